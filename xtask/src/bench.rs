//! `bench`: our package and its peers, side by side in one run of Node; then how lively the page stays.

use anyhow::Result;

use crate::shell::{self, program};
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
    let mut bench = program("node", &folder);
    bench
        .arg("bench.mjs")
        .env("CW_PKG_DIR", workspace.pkg())
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
