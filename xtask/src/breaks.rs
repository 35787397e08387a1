//! `breaks`: takes each check of the appraisal out, one at a time, and sees its named test turn red.
//!
//! A break is a patch in `tests/breaks/`, headed by what it takes out and by the test that must fail then. It
//! is applied to a copy of the tracked files, never to the working tree. A break that does not apply, does
//! not compile, or leaves its test green is an error: then the check has no test that guards it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{self, program, say};
use crate::workspace::Workspace;

struct Break {
    name: String,
    patch: PathBuf,
    takes_out: String,
    red: Red,
}

/// The test that must fail then.
enum Red {
    /// Arguments of `cargo test`.
    Cargo(Vec<String>),
    /// A test of the npm package that needs no wasm: its file, and its title.
    Node { file: String, title: String },
}

impl Red {
    fn parse(header: &str) -> Result<Self> {
        if let Some(arguments) = header.strip_prefix("cargo test ") {
            return Ok(Self::Cargo(
                arguments.split_whitespace().map(str::to_owned).collect(),
            ));
        }
        header
            .strip_prefix("node --test ")
            .and_then(|rest| rest.split_once(' '))
            .map(|(file, title)| Self::Node {
                file: file.to_owned(),
                title: title.to_owned(),
            })
            .with_context(|| format!("not a test: {header}"))
    }

    fn test(&self) -> &str {
        match self {
            Self::Cargo(arguments) => arguments.last().map_or("", String::as_str),
            Self::Node { title, .. } => title,
        }
    }
}

/// Runs the breaks of these names, or all.
pub(crate) fn run(workspace: &Workspace, only: &[&str]) -> Result<()> {
    let breaks = all(&workspace.root.join("tests/breaks"))?;
    let tree = workspace.root.join("target/breaks/tree");
    copy_tracked_files(&workspace.root, &tree)?;
    let chosen: Vec<&Break> = breaks
        .iter()
        .filter(|each| only.is_empty() || only.contains(&each.name.as_str()))
        .collect();
    ensure!(
        only.is_empty() || chosen.len() == only.len(),
        "no such break"
    );
    let mut failures = Vec::new();
    for (number, each) in (1..).zip(&chosen) {
        // A patch that does not fit changes nothing; one that stays in would turn the next tests red.
        let outcome = match apply(&tree, &each.patch, &[]) {
            Ok(()) => {
                let outcome = turns_red(&tree, each);
                apply(&tree, &each.patch, &["--reverse"])?;
                outcome
            }
            unfit => unfit,
        };
        let word = match outcome {
            Ok(()) => "red".to_owned(),
            Err(error) => {
                failures.push(each.name.clone());
                format!("NOT RED: {error:#}")
            }
        };
        say(&format!(
            "{number}/{}: {}: {} ({}): {word}",
            chosen.len(),
            each.name,
            each.takes_out,
            each.red.test()
        ));
    }
    if !failures.is_empty() {
        bail!("breaks that no test notices: {}", failures.join(", "));
    }
    say(&format!("{} breaks, all red", chosen.len()));
    Ok(())
}

fn all(folder: &Path) -> Result<Vec<Break>> {
    let mut breaks = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let patch = entry?.path();
        if patch
            .extension()
            .is_some_and(|extension| extension == "patch")
        {
            let text = std::fs::read_to_string(&patch)?;
            let header = |start: &str| {
                text.lines()
                    .find_map(|line| line.strip_prefix(start))
                    .with_context(|| format!("{} has no line `{start}`", patch.display()))
            };
            breaks.push(Break {
                name: patch
                    .file_stem()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                takes_out: header("Takes out: ")?.to_owned(),
                red: Red::parse(header("Red: ")?)?,
                patch,
            });
        }
    }
    breaks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(breaks)
}

/// The files as git would commit them, in a repository of their own so that `git apply` finds its place.
fn copy_tracked_files(root: &Path, tree: &Path) -> Result<()> {
    if tree.exists() {
        std::fs::remove_dir_all(tree)?;
    }
    std::fs::create_dir_all(tree)?;
    shell::run(
        program("git", root)
            .args(["checkout-index", "--all", "--force"])
            .arg(format!("--prefix={}/", tree.display())),
    )?;
    shell::run(program("git", tree).args(["init", "--quiet"]))
}

fn apply(tree: &Path, patch: &Path, options: &[&str]) -> Result<()> {
    shell::run(
        program("git", tree)
            .args(["apply", "--whitespace=nowarn"])
            .args(options)
            .arg(patch),
    )
    .with_context(|| format!("{} does not fit the code any more", patch.display()))
}

fn turns_red(tree: &Path, each: &Break) -> Result<()> {
    match &each.red {
        Red::Cargo(arguments) => cargo_turns_red(tree, arguments),
        Red::Node { file, title } => node_turns_red(tree, file, title),
    }
}

/// The test runs and fails by its title. (It needs no building, so nothing else can make it fail.)
fn node_turns_red(tree: &Path, file: &str, title: &str) -> Result<()> {
    let ran = program("node", tree)
        .args(["--test", "--test-reporter=tap", file])
        .env("CW_PKG_DIR", tree.join("pkg"))
        .output()
        .context("running node")?;
    let output = String::from_utf8_lossy(&ran.stdout);
    // "not ok 3 - title", where the title's own "#" is escaped.
    let ending = format!(" - {}", title.replace('#', "\\#"));
    let failed = output.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("not ok ") && line.ends_with(&ending)
    });
    let others_run = output
        .lines()
        .any(|line| line.trim_start().starts_with("ok "));
    ensure!(
        !ran.status.success() && failed && others_run,
        "{title} stays green"
    );
    Ok(())
}

/// The test compiles, runs, and fails by its name.
fn cargo_turns_red(tree: &Path, arguments: &[String]) -> Result<()> {
    let cargo = |more: &[&str]| {
        let mut command: Command = shell::cargo(tree);
        let (before, after) = match arguments.iter().position(|word| word == "--") {
            Some(at) => arguments.split_at(at),
            None => (arguments, [].as_slice()),
        };
        command
            .arg("test")
            .arg("--locked")
            .args(before)
            .args(more)
            .args(if more.is_empty() { after } else { &[] })
            .env("CARGO_TARGET_DIR", tree.with_file_name("target"));
        command.output().context("running cargo")
    };
    let built = cargo(&["--no-run"])?;
    ensure!(
        built.status.success(),
        "does not compile: {}",
        String::from_utf8_lossy(&built.stderr)
    );
    let test = arguments.last().context("no test is named")?;
    let ran = cargo(&[])?;
    let output = String::from_utf8_lossy(&ran.stdout);
    let failed = output
        .lines()
        .any(|line| line.contains(test.as_str()) && line.ends_with("FAILED"));
    ensure!(!ran.status.success() && failed, "{test} stays green");
    Ok(())
}
