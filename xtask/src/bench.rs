//! `bench`: our package and its peers, side by side in one run of Node.

use anyhow::Result;

use crate::shell::{self, program};
use crate::workspace::Workspace;
use crate::{install, pkg};

pub(crate) enum Output {
    Markdown,
    Json,
}

pub(crate) fn run(workspace: &Workspace, output: Output) -> Result<()> {
    pkg::run(workspace)?;
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
    shell::run(&mut bench)
}
