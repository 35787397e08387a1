//! `bench`: our package and its peers, side by side in one run; then how lively the page stays.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::{self, program, step};
use crate::workspace::Workspace;
use crate::{install, site};

pub(crate) enum Output {
    Markdown,
    Json,
}

pub(crate) fn run(workspace: &Workspace, output: Output) -> Result<()> {
    site::run(workspace)?;
    install::node(workspace)?;
    let folder = workspace.root.join("tests/bench");
    install::npm_packages(&folder)?;
    let native = step("building the engine by itself, native", || native(&folder))?;
    let mut bench = program("node", &folder);
    bench
        .arg("bench.mjs")
        .env("CW_PKG_DIR", workspace.pkg())
        .env("CW_SITE_DIR", workspace.site())
        .env("CW_CHROMIUM", install::chromium(workspace)?)
        .env("CW_NATIVE", native)
        .env("CW_DOCS_DIR", workspace.root.join("docs"))
        .env("DCAP_QVL_SAMPLES", &workspace.samples);
    if matches!(output, Output::Json) {
        bench.arg("--json");
    }
    shell::run(&mut bench)?;
    match output {
        Output::Json => Ok(()),
        Output::Markdown => shell::run(
            program("node", &folder)
                .arg("page.mjs")
                .env("CW_SITE_DIR", workspace.site())
                .env("CW_CHROMIUM", install::chromium(workspace)?),
        ),
    }
}

/// The engine with ring, the limit: in a workspace of its own, since ring is no part of the product.
fn native(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join("native");
    shell::run(shell::cargo(&folder).args(["build", "--release", "--locked", "--quiet"]))?;
    Ok(folder.join("target/release/bench-native"))
}
