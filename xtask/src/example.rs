//! Running the core's helper programs (`examples/`), natively.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{self, program};
use crate::workspace::Workspace;

/// Builds an example and runs it with the path that it shall write to.
pub(crate) fn run(workspace: &Workspace, name: &str, output: &Path) -> Result<()> {
    shell::run(
        program(build(workspace, name)?, &workspace.root)
            .arg(output)
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    )
}

/// For the whole workspace, as `cargo test` does: for one package alone, cargo would choose other
/// features for its dependencies and compile many of them a second time.
fn build(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let messages = shell::read(
        shell::cargo(&workspace.root)
            .args(["build", "--locked", "--workspace", "--example", name])
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit()),
    )?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some(name))
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no example {name}"))
}
