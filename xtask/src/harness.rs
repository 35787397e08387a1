//! Running the tests' harness, natively: it makes vectors and samples from the same Rust code.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{self, program};
use crate::tool;
use crate::workspace::Workspace;

/// Builds the harness and runs one of its commands.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    shell::run(
        program(build(workspace)?, &workspace.root)
            .args(arguments)
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    )
}

/// As `cargo test` does it, with the same packages: for one alone, cargo would choose other features for its dependencies
/// and compile many of them a second time.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    build_with(workspace, &[])
}

/// The same with these in the environment.
pub(crate) fn build_with(workspace: &Workspace, environment: &[(&str, &str)]) -> Result<PathBuf> {
    tool::executable(
        cargo(workspace, "build")
            .args(["--bin", "harness"])
            .envs(environment.iter().copied()),
        "harness",
    )
}

/// Cargo over all that is tested, but for this runner itself, whose libraries nothing else needs.
pub(crate) fn cargo(workspace: &Workspace, command: &str) -> std::process::Command {
    let mut cargo = shell::cargo(&workspace.root);
    cargo.args([command, "--locked", "--workspace", "--exclude", "xtask"]);
    for each in tool::Tool::ALL {
        cargo.args(["--exclude", each.package()]);
    }
    cargo
}
