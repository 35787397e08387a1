//! Building the page (`www/`) around one wasm package.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::{self, npm, program, say, step};
use crate::workspace::Workspace;
use crate::{bill, install, size, third_party};

/// The digests of a site's files, in the site.
pub(crate) const DIGESTS: &str = "SHA256SUMS";

/// The bundle that the page loads, beside it.
pub(crate) const COLLATERAL: &str = "collateral.json";

/// The list of what the site is made of, in the site.
pub(crate) const BILL: &str = "sbom.cdx.json";

/// Where `prefetch` leaves a bundle for the page.
pub(crate) fn prefetched(workspace: &Workspace) -> PathBuf {
    workspace.root.join("collateral/bundle.json")
}

/// Builds the page around the package in `pkg`, with this collateral if there is any, and writes its digests beside it.
pub(crate) fn build(
    workspace: &Workspace,
    pkg: &Path,
    site: &Path,
    collateral: &Path,
) -> Result<()> {
    install::node(workspace)?;
    install::npm_packages(&workspace.www())?;
    let generated = generated(workspace)?;
    bundle(workspace, pkg, &generated, collateral)?;
    let crates = third_party::in_the_wasm(workspace)?;
    std::fs::write(
        generated.join("notices.txt"),
        third_party::notices(&crates)?,
    )?;
    // A file that the page no longer has must not stay in what is deployed.
    if site.exists() {
        std::fs::remove_dir_all(site)?;
    }
    std::fs::create_dir_all(site)?;
    step(
        &format!("building the page into {}", site.display()),
        || {
            shell::run(
                npm("npm", &workspace.www())
                    .args(["run", "--silent", "build"])
                    .env("CW_PKG_DIR", pkg)
                    .env("CW_OUT_DIR", site)
                    .env("CW_GENERATED_DIR", &generated),
            )
        },
    )?;
    let npm_packages = std::fs::read_to_string(generated.join("npm-packages.json"))
        .context("reading which npm packages are in the page")?;
    let mut packages = bill::of_crates(workspace, &crates)?;
    packages.extend(bill::of_npm(&npm_packages)?);
    bill::write(workspace, "cloud-witness-site", packages, &site.join(BILL))?;
    write_digests(site)
}

/// Puts the bundle that `prefetch` wrote where the page is built from; in a clean clone the samples', which is old and says so.
fn bundle(workspace: &Workspace, pkg: &Path, generated: &Path, prefetched: &Path) -> Result<()> {
    let from = if prefetched.exists() {
        prefetched.to_owned()
    } else {
        say(
            "no collateral/bundle.json: the page gets the old collateral of the samples. \
             For fresh one: cargo run --release -p prefetch -- --out collateral/bundle.json",
        );
        workspace.samples_of_the_page().join(COLLATERAL)
    };
    let out = generated.join(COLLATERAL);
    std::fs::copy(&from, &out).with_context(|| format!("copying {}", from.display()))?;
    // A page around a bundle that it cannot read would be built all the same, and have none.
    shell::run(
        program("node", &workspace.www())
            .arg("collateral.mjs")
            .arg(&out)
            .env("CW_PKG_DIR", pkg),
    )
    .with_context(|| format!("{} is no bundle", from.display()))
}

/// What the page is built from beside its source, in one folder: to begin with, the ceremony behind "Try it with a real sample".
fn generated(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.www().join("generated");
    std::fs::create_dir_all(&folder)?;
    let sample = workspace.samples_of_the_page().join("sample.json");
    std::fs::copy(&sample, folder.join("sample.json"))
        .with_context(|| format!("copying {}", sample.display()))?;
    Ok(folder)
}

/// `SHA256SUMS` over every file of a folder, in the form that `sha256sum --check` reads.
pub(crate) fn write_digests(site: &Path) -> Result<()> {
    let mut files = Vec::new();
    list(site, &mut files)?;
    let mut lines = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(site)
            .context("a file outside of the site")?;
        let name = name
            .to_str()
            .context("a file name that is not UTF-8")?
            .replace('\\', "/");
        lines.push((name, size::sha256(&file)?));
    }
    lines.sort();
    let text: String = lines
        .iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"))
        .collect();
    std::fs::write(site.join(DIGESTS), text).context("writing SHA256SUMS")
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
