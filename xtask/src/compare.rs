//! `compare`: is what somebody serves what this source builds? Every file, byte for byte.
//!
//! Collateral is not built but fetched daily, so theirs is taken into our build. It needs no comparison: the verifier
//! judges every piece of it by Intel's signatures.

use std::ffi::OsStr;

use anyhow::Result;

use crate::page::{self, COLLATERAL};
use crate::pkg;
use crate::shell::{self, program, step};
use crate::tool::{self, Tool};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, place: &str) -> Result<()> {
    let folder = workspace.target.join("compare");
    std::fs::create_dir_all(&folder)?;
    let bundle = folder.join(COLLATERAL);
    let arguments = [
        OsStr::new("collateral"),
        OsStr::new(place),
        bundle.as_os_str(),
    ];
    tool::run(workspace, Tool::Publish, arguments)?;

    pkg::run(workspace)?;
    let ours = folder.join("site");
    page::build(workspace, &workspace.pkg(), &ours, &bundle)?;

    let state = state(workspace);
    let arguments = [
        OsStr::new("compare"),
        ours.as_os_str(),
        OsStr::new(place),
        OsStr::new(&state),
    ];
    step(&format!("comparing with {place}"), || {
        tool::run(workspace, Tool::Publish, arguments)
    })
}

/// Which source that was.
fn state(workspace: &Workspace) -> String {
    let git = |arguments: &[&str]| {
        shell::read(program("git", &workspace.root).args(arguments))
            .map(|text| text.trim().to_owned())
    };
    match (git(&["rev-parse", "HEAD"]), git(&["status", "--porcelain"])) {
        (Ok(commit), Ok(changes)) if changes.is_empty() => {
            format!("This source is commit {commit}.")
        }
        (Ok(commit), Ok(_)) => {
            format!("This source is commit {commit} with changes that are not committed.")
        }
        _ => "This source is no git repository, so it does not know its commit.".to_owned(),
    }
}
