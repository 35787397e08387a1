//! `advisories`: known vulnerabilities in what we depend on. Needs the network, so it is no part of `ci`.

use anyhow::{Context, Result};

use crate::install;
use crate::shell::{cargo, npm, read, run as run_program, step};
use crate::workspace::Workspace;

/// The engine's fork of `rustls-webpki`, whose name no advisory mentions (O30).
const FORK: &str = "dcap-qvl-webpki";
const UPSTREAM: &str = "rustls-webpki";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    install::cargo_deny(workspace)?;
    step("looking for advisories about our crates", || {
        run_program(cargo(&workspace.root).args([
            "deny",
            "--locked",
            // Not only the root package's.
            "--workspace",
            "check",
            "advisories",
        ]))
    })?;
    step(
        "looking for advisories about the upstream of the webpki fork",
        || upstream(workspace),
    )?;
    install::node(workspace)?;
    for folder in ["www", "tests/bench", "tests/node"] {
        step(
            &format!("looking for advisories about the npm packages of {folder}"),
            || {
                run_program(
                    npm("npm", &workspace.root.join(folder)).args(["audit", "--audit-level=low"]),
                )
            },
        )?;
    }
    Ok(())
}

/// Asks about upstream at the version that the fork was made from: an empty crate that depends on it
/// is checked under our own `deny.toml`.
fn upstream(workspace: &Workspace) -> Result<()> {
    let fork = read(cargo(&workspace.root).args(["pkgid", "--locked", FORK]))?;
    let base = base_version(&fork).with_context(|| format!("no version in {fork:?}"))?;
    let folder = workspace.target.join("upstream-webpki");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = folder.join("Cargo.toml");
    std::fs::write(
        &manifest,
        format!(
            "[workspace]\n[package]\nname = \"upstream\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\
             [dependencies]\n{UPSTREAM} = \"={base}\"\n"
        ),
    )?;
    run_program(
        cargo(&folder)
            .args(["deny", "--manifest-path"])
            .arg(&manifest)
            .arg("--config")
            .arg(workspace.root.join("deny.toml"))
            .args(["check", "advisories"]),
    )
}

/// `…#dcap-qvl-webpki@0.103.15+dcap.1` was made from 0.103.15.
fn base_version(package_id: &str) -> Option<&str> {
    let (_, version) = package_id.trim().rsplit_once('@')?;
    version.split('+').next()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_fork_names_the_version_it_was_made_from() {
        let id = "registry+https://example.org/index#dcap-qvl-webpki@0.103.15+dcap.1\n";
        assert_eq!(super::base_version(id), Some("0.103.15"));
    }
}
