//! Running the tests' harness, natively: it makes vectors and samples from the same Rust code.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{self, program};
use crate::workspace::Workspace;

/// Builds the harness and runs one of its commands.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    shell::run(
        program(build(workspace)?, &workspace.root)
            .args(arguments)
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    )
}

/// For the whole workspace, as `cargo test` does: for one package alone, cargo would choose other
/// features for its dependencies and compile many of them a second time.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let messages = shell::read(
        shell::cargo(&workspace.root)
            .args(["build", "--locked", "--workspace", "--bin", "harness"])
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit()),
    )?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message.pointer("/target/name").and_then(Value::as_str) == Some("harness")
        })
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo built no harness")
}
