//! `ci`: what must hold before a change is taken.

use anyhow::Result;

use crate::shell::{cargo, run as run_program, step};
use crate::workspace::Workspace;
use crate::{install, test};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    step("checking the format", || {
        run_program(cargo(&workspace.root).args(["fmt", "--all", "--check"]))
    })?;
    step("linting", || {
        run_program(cargo(&workspace.root).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    install::cargo_deny(workspace)?;
    step("checking licences and sources of dependencies", || {
        // Without the graphs, a crate that is there in two versions takes a few lines, not fifty.
        run_program(cargo(&workspace.root).args([
            "deny",
            "--locked",
            // Not only the root package's.
            "--workspace",
            "check",
            "--hide-inclusion-graph",
            "bans",
            "licenses",
            "sources",
        ]))
    })?;
    step("building the crate's documentation", || {
        run_program(
            cargo(&workspace.root)
                .args(["doc", "--locked", "--no-deps", "--package", "cloud-witness"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })?;
    test::run(workspace)
}
