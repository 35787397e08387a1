//! Building the page (`www/`) around one wasm package.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::{self, npm, step};
use crate::workspace::Workspace;
use crate::{harness, install, size};

/// Builds the page around the package in `pkg` and writes its digests beside it.
pub(crate) fn build(workspace: &Workspace, pkg: &Path, site: &Path) -> Result<()> {
    install::node(workspace)?;
    install::npm_packages(&workspace.www())?;
    let generated = samples(workspace)?;
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
                    .env("CW_GENERATED_DIR", generated),
            )
        },
    )?;
    digests(site)
}

/// The ceremony behind "Try it with a real sample", made by the core from the engine's own samples.
fn samples(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.www().join("generated");
    std::fs::create_dir_all(&folder)?;
    step("making the page's sample ceremonies", || {
        harness::run(
            workspace,
            &["sample", &folder.join("sample.json").to_string_lossy()],
        )
    })?;
    Ok(folder)
}

/// `SHA256SUMS` over every file, in the form that `sha256sum --check` reads.
fn digests(site: &Path) -> Result<()> {
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
    std::fs::write(site.join("SHA256SUMS"), text).context("writing SHA256SUMS")
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
