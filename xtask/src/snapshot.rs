//! `snapshot`: every output that the tests' tables produce, so that a change which must not change any can be compared.

use anyhow::{Result, bail};

use crate::harness;
use crate::shell::{self, program};
use crate::workspace::Workspace;

/// As `tests/harness/src/snapshot.rs` has it: a Report names its commit, which must not make a difference.
const COMMIT: &str = "0000000000000000000000000000000000000000";
const COMMIT_TIME: &str = "1795219200";

/// `[--compare | --json] PLACE`
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    match arguments {
        ["--compare" | "--json", _] => {}
        [place] if !place.starts_with('-') => {}
        _ => bail!(
            "snapshot takes the place to write to, after --compare the one to read, after --json a folder"
        ),
    }
    let built = harness::build_with(
        workspace,
        &[
            ("CLOUD_WITNESS_COMMIT", COMMIT),
            ("CLOUD_WITNESS_COMMIT_TIME", COMMIT_TIME),
        ],
    )?;
    shell::run(
        program(built, &workspace.root)
            .arg("snapshot")
            .args(arguments)
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    )
}
