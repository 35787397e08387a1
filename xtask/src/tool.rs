//! Parts of this runner that rest on large libraries. Each is a crate of its own, which is compiled when it is first asked
//! for, so that no command waits for what it does not use.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{self, program, say};
use crate::workspace::Workspace;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// wasm-bindgen, over the wasm that cargo built.
    Bind,
    /// Bills of materials.
    Bill,
    /// Archives, sizes as a host sends them, and sites that are fetched.
    Publish,
}

impl Tool {
    pub(crate) const ALL: [Self; 3] = [Self::Bind, Self::Bill, Self::Publish];

    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Bind => "xtask-bind",
            Self::Bill => "xtask-bill",
            Self::Publish => "xtask-publish",
        }
    }

    fn does(self) -> &'static str {
        match self {
            Self::Bind => "makes the wasm's glue",
            Self::Bill => "writes bills of materials",
            Self::Publish => "packs, measures and compares",
        }
    }
}

/// Compiles a tool where that is needed, showing cargo's progress, and runs it.
pub(crate) fn run(
    workspace: &Workspace,
    tool: Tool,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<()> {
    shell::run(program(build(workspace, tool)?, &workspace.root).args(arguments))
}

fn build(workspace: &Workspace, tool: Tool) -> Result<PathBuf> {
    if !is_built(workspace, tool) {
        say(&format!("compiling what {}, once", tool.does()));
    }
    executable(
        cargo(workspace).args(["--bin", tool.package()]),
        tool.package(),
    )
}

/// Does some work, and compiles these tools beside it where they are lacking: the last minute of building the wasm keeps one
/// core busy alone. What goes wrong here is said when the tool is run.
pub(crate) fn meanwhile<T>(workspace: &Workspace, tools: &[Tool], work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let lacking: Vec<Tool> = tools
            .iter()
            .copied()
            .filter(|tool| !is_built(workspace, *tool))
            .collect();
        if !lacking.is_empty() {
            scope.spawn(move || {
                let mut cargo = cargo(workspace);
                for tool in lacking {
                    say(&format!("compiling what {}, once, beside it", tool.does()));
                    cargo.args(["--bin", tool.package()]);
                }
                // Two bars would write over each other; the lines about what is compiled stay.
                shell::run(cargo.env("CARGO_TERM_PROGRESS_WHEN", "never"))
            });
        }
        work()
    })
}

fn is_built(workspace: &Workspace, tool: Tool) -> bool {
    let name = format!("{}{}", tool.package(), std::env::consts::EXE_SUFFIX);
    workspace.target.join(PROFILE).join(name).is_file()
}

fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = shell::cargo(&workspace.root);
    cargo.args(["build", "--locked", "--profile", PROFILE]);
    // All are named, so that each is built with the features of all: the tests of them then find it compiled.
    for each in Tool::ALL {
        cargo.args(["--package", each.package()]);
    }
    cargo
}

/// Quick to compile: see `Cargo.toml`.
pub(crate) const PROFILE: &str = "tools";

/// Runs a `cargo build`, and finds the program of this name in what it built.
pub(crate) fn executable(build: &mut Command, name: &str) -> Result<PathBuf> {
    let messages = shell::read(
        build
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit()),
    )?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some(name))
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no {name}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_runner_itself_rests_on_little_so_that_its_first_word_comes_in_seconds() {
        let manifest = include_str!("../Cargo.toml");
        let list = manifest
            .split_once("[dependencies]\n")
            .and_then(|(_, rest)| rest.split_once("\n\n"))
            .map_or("", |(list, _)| list);
        let names: Vec<&str> = list
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(['.', ' ']).next())
            .collect();
        assert_eq!(names, ["anyhow", "serde_json", "sha2", "hex"]);
    }
}
