//! `pkg`: the wasm and its glue, built so that anyone gets the same bytes (O28).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{self, program, say, step};
use crate::tool::{self, Tool};
use crate::workspace::Workspace;
use crate::{install, size, third_party};

const GLUE: &str = "cloud_witness.js";
const WASM: &str = "cloud_witness_bg.wasm";
const INLINE: &str = "inline.js";
const NOTICES: &str = "THIRD-PARTY.txt";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    run_beside(workspace, &[Tool::Bind])
}

/// The same, while these tools are compiled.
pub(crate) fn run_beside(workspace: &Workspace, tools: &[Tool]) -> Result<()> {
    let folder = workspace.pkg();
    step("building the wasm package", || {
        tool::meanwhile(workspace, tools, || compile(workspace, "cloud-witness"))?;
        bind(workspace, "cloud-witness", &folder)?;
        let crates = third_party::in_the_wasm(workspace)?;
        std::fs::write(folder.join(NOTICES), third_party::notices(&crates)?)
            .context("writing the licences of what is in the wasm")
    })?;
    say(&size::describe(&folder.join(WASM))?);
    say(&size::describe(&folder.join(GLUE))?);
    say(&size::describe(&folder.join(INLINE))?);
    Ok(())
}

/// The same package around the test-only crate, in a folder of its own under `target`.
pub(crate) fn run_forged(workspace: &Workspace) -> Result<()> {
    let folder = workspace.forged_pkg();
    step(
        "building the test-only wasm that trusts the forge's root",
        || {
            compile(workspace, "forged-wasm")?;
            bind(workspace, "forged-wasm", &folder)?;
            copy_hand_written(&workspace.pkg(), &folder)?;
            Ok(())
        },
    )
}

/// Everything in `pkg` but what is built.
fn copy_hand_written(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        if ![GLUE, WASM, INLINE].iter().any(|built| name == *built) {
            std::fs::copy(from.join(&name), to.join(&name))
                .with_context(|| format!("copying {}", from.join(&name).display()))?;
        }
    }
    Ok(())
}

fn compile(workspace: &Workspace, package: &str) -> Result<()> {
    install::wasm_target(workspace)?;
    let mut build = shell::cargo(&workspace.root);
    build
        .args([
            "build",
            "--locked",
            "--release",
            "--lib",
            "--package",
            package,
        ])
        .args(["--target", install::WASM_TARGET])
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            rustflags(workspace)?.join("\u{1f}"),
        );
    // A copy without git gets neither; the crate's build script then says "unknown".
    if let (Some(commit), Some(time)) = (
        git(workspace, &["rev-parse", "HEAD"]),
        git(workspace, &["show", "-s", "--format=%ct", "HEAD"]),
    ) {
        build
            .env("CLOUD_WITNESS_COMMIT", commit)
            .env("CLOUD_WITNESS_COMMIT_TIME", time);
    }
    shell::run(&mut build)
}

fn bind(workspace: &Workspace, package: &str, folder: &Path) -> Result<()> {
    let built = workspace
        .target
        .join(install::WASM_TARGET)
        .join("release")
        .join(package.replace('-', "_"))
        .with_extension("wasm");
    tool::run(workspace, Tool::Bind, [built.as_path(), folder])
}

/// Every path of this computer that the compiler could write into the wasm is replaced by a fixed name.
fn rustflags(workspace: &Workspace) -> Result<Vec<String>> {
    let mut replaced: Vec<(PathBuf, String)> = vec![
        (workspace.target.clone(), "/target".to_owned()),
        (workspace.root.clone(), "/cloud-witness".to_owned()),
    ];
    for folder in &workspace.dependency_folders {
        replaced.push((folder.clone(), "/dependencies".to_owned()));
    }
    // With the component rust-src installed, the standard library's own paths become local ones.
    let library = install::sysroot(workspace)?.join("lib/rustlib/src/rust");
    replaced.push((library, format!("/rustc/{}", compiler_commit(workspace)?)));
    replaced
        .into_iter()
        .map(|(from, to)| match from.to_str() {
            Some(from) => Ok(format!("--remap-path-prefix={from}={to}")),
            None => bail!("{} is not UTF-8, which rustc's flags need", from.display()),
        })
        .collect()
}

fn compiler_commit(workspace: &Workspace) -> Result<String> {
    let version = shell::read(program(install::rustc(), &workspace.root).arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .map(str::to_owned)
        .context("`rustc -vV` names no commit-hash")
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Option<String> {
    let printed = shell::read(program("git", &workspace.root).args(arguments)).ok()?;
    Some(printed.trim().to_owned())
}
