//! `packaging`: the npm package as it is published, in the hands of those who use it.
//!
//! By itself, since what the consumers install is far larger than all that the other tests need.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{self, npm, program, step};
use crate::workspace::Workspace;
use crate::{install, pkg};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    install::node(workspace)?;
    install::npm_packages(&workspace.www())?;
    pkg::run(workspace)?;
    let scratch = workspace.target.join("packaging");
    let tarball = pack(workspace, &scratch)?;
    let folder = workspace.root.join("tests/packaging");
    step("the packed package, in every kind of project", || {
        shell::run(
            program("node", &folder)
                .args(["--test", "--test-concurrency=1"])
                .args(["tools.test.mjs", "packaging.test.mjs", "new-user.test.mjs"])
                .env("CW_TARBALL", tarball)
                .env("CW_SCRATCH", &scratch)
                .env("CW_CHROMIUM", install::chromium(workspace)?)
                .env("DCAP_QVL_SAMPLES", &workspace.samples),
        )
    })
}

fn pack(workspace: &Workspace, scratch: &std::path::Path) -> Result<PathBuf> {
    std::fs::create_dir_all(scratch)?;
    let name = shell::read(
        npm("npm", &workspace.pkg())
            .args(["pack", "--ignore-scripts", "--silent", "--pack-destination"])
            .arg(scratch),
    )?;
    let name = name.trim().lines().last().context("npm packed nothing")?;
    Ok(scratch.join(name))
}
