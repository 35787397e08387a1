//! `test`: everything, from the cheapest suite to the dearest. `test --fast`: what a change is tried with while one works on it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::shell::{self, npm, program, say, step};
use crate::workspace::Workspace;
use crate::{harness, install, page, pkg, stress, tool};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut suites = Suites::default();
    suites.run(
        "Rust",
        harness::cargo(workspace, "test").arg("--no-fail-fast"),
    );
    suites.run("this runner and its tools", &mut own_tests(workspace));

    build_packages(workspace)?;
    in_node(workspace, &mut suites)?;
    suites.run(
        "the npm package, in fresh instances of the engines that are here",
        &mut stress::short(workspace)?,
    );
    suites.run(
        "what drives and counts those",
        &mut stress::tests(workspace)?,
    );
    build_pages(workspace)?;
    types(workspace, &mut suites);
    suites.run(
        "the page, in Chromium",
        on_the_pages(
            workspace,
            npm("npm", &workspace.www()).args(["run", "--silent", "test"]),
        )?
        .env("CW_SCREENSHOTS_DIR", workspace.target.join("screenshots"))
        .env("CW_SCREENSHOTS_ALL", "1"),
    );
    suites.finish()
}

/// What a change is tried with while one works on it: no test is weaker here, but those that take long are left to `test`.
pub(crate) fn fast(workspace: &Workspace) -> Result<()> {
    let mut suites = Suites::default();
    suites.run("Rust, what is quick", &mut quick_rust(workspace)?);
    build_packages(workspace)?;
    in_node(workspace, &mut suites)?;
    build_pages(workspace)?;
    types(workspace, &mut suites);
    suites.run(
        "the page in Chromium, a smoke",
        on_the_pages(
            workspace,
            npm("npm", &workspace.www()).args(["run", "--silent", "smoke"]),
        )?,
    );
    suites.finish()?;
    say("that was the fast part; `cargo xtask test` is all of it");
    Ok(())
}

/// Left out of `test --fast`: the same code on many more inputs.
const SLOW: [&str; 7] = [
    "corpus",
    "flips",
    "fuzz",
    "memory",
    "properties",
    "snapshot",
    "structure",
];

/// The unit tests of every crate, and the harness's own but those that are slow. (A new one counts as quick.)
fn quick_rust(workspace: &Workspace) -> Result<Command> {
    let mut command = harness::cargo(workspace, "test");
    command.args(["--no-fail-fast", "--lib", "--bins"]);
    let folder = workspace.root.join("tests/harness/tests");
    let mut names = Vec::new();
    for entry in
        std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        names.push(name.into_owned());
    }
    for slow in SLOW {
        if !names.iter().any(|name| name == slow) {
            bail!("there is no {slow}.rs in {} any more", folder.display());
        }
    }
    names.retain(|name| !SLOW.contains(&name.as_str()));
    names.sort();
    for name in names {
        command.args(["--test", &name]);
    }
    Ok(command)
}

fn in_node(workspace: &Workspace, suites: &mut Suites) -> Result<()> {
    // Other implementations, which only the tests use: of DSSE, drand and JSON Schema.
    install::npm_packages(&workspace.root.join("tests/node"))?;
    suites.run(
        "the npm package, in Node",
        program("node", &workspace.root)
            // Node itself would run one file at a time on two cores.
            .args(["--test", "--test-concurrency=2"])
            .args(node_tests(workspace)?)
            .env("CW_PKG_DIR", workspace.pkg())
            .env("CW_FORGED_PKG_DIR", workspace.forged_pkg())
            .env("CW_VECTORS_DIR", workspace.vectors())
            .env("CW_REGISTRY_DIR", workspace.registry())
            .env("CW_EXAMPLES_DIR", workspace.target.join("debug/examples"))
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    );
    Ok(())
}

fn types(workspace: &Workspace, suites: &mut Suites) {
    suites.run(
        "the page's types",
        npm("npm", &workspace.www()).args(["run", "--silent", "check"]),
    );
}

/// With the profile that they are built with, so that their libraries are compiled once.
fn own_tests(workspace: &Workspace) -> Command {
    let mut command = shell::cargo(&workspace.root);
    command.args(["test", "--locked", "--profile", tool::PROFILE]);
    command.args(["--package", "xtask"]);
    for each in tool::Tool::ALL {
        command.args(["--package", each.package()]);
    }
    command
}

/// `screenshots`: the pictures that the docs show, made anew.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<()> {
    build_packages(workspace)?;
    build_pages(workspace)?;
    step("taking the pictures of docs/screenshots", || {
        shell::run(
            on_the_pages(
                workspace,
                program("node", &workspace.www()).args(["--test", "tests/looks.test.mjs"]),
            )?
            .env(
                "CW_SCREENSHOTS_DIR",
                workspace.root.join("docs/screenshots"),
            ),
        )
    })
}

/// The npm package, its twin over the forge's root, and the vectors as plain files.
fn build_packages(workspace: &Workspace) -> Result<()> {
    pkg::run(workspace)?;
    pkg::run_forged(workspace)?;
    materialise_vectors(workspace)?;
    install::node(workspace)
}

fn build_pages(workspace: &Workspace) -> Result<()> {
    let collateral = page::prefetched(workspace);
    page::build(workspace, &workspace.pkg(), &workspace.site(), &collateral)?;
    page::build(
        workspace,
        &workspace.forged_pkg(),
        &workspace.forged_site(),
        &collateral,
    )
}

/// Tells a test of the page where the pages, the vectors and the browser are.
fn on_the_pages<'a>(workspace: &Workspace, command: &'a mut Command) -> Result<&'a mut Command> {
    Ok(command
        .env("CW_SITE_DIR", workspace.site())
        .env("CW_FORGED_SITE_DIR", workspace.forged_site())
        .env("CW_VECTORS_DIR", workspace.vectors())
        .env("CW_PKG_DIR", workspace.pkg())
        .env("CW_HARNESS", harness::build(workspace)?)
        .env("DCAP_QVL_SAMPLES", &workspace.samples)
        .env("CW_CHROMIUM", install::chromium(workspace)?))
}

/// Writes every case of `tests/vectors` out as plain files, so that Node and the page run what Rust ran.
fn materialise_vectors(workspace: &Workspace) -> Result<()> {
    step("writing the test vectors out", || {
        harness::run(
            workspace,
            &["vectors", &workspace.vectors().to_string_lossy()],
        )?;
        harness::run(
            workspace,
            &["registry", &workspace.registry().to_string_lossy()],
        )
    })
}

/// Named one by one: Node 20 takes no pattern here, and later ones take no folder.
fn node_tests(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join("tests/node");
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Runs every suite even after one failed, and says at the end which did.
#[derive(Default)]
struct Suites {
    lines: Vec<String>,
    failed: usize,
}

impl Suites {
    fn run(&mut self, name: &str, command: &mut Command) {
        say(&format!("testing {name} …"));
        let start = Instant::now();
        let outcome = match shell::run(command) {
            Ok(()) => "passed".to_owned(),
            Err(error) => {
                self.failed = self.failed.saturating_add(1);
                format!("FAILED ({error:#})")
            }
        };
        self.lines.push(format!(
            "{name}: {outcome}, {:.1} s",
            start.elapsed().as_secs_f64()
        ));
    }

    fn finish(self) -> Result<()> {
        for line in &self.lines {
            say(line);
        }
        if self.failed > 0 {
            bail!("{} of {} suites failed", self.failed, self.lines.len());
        }
        Ok(())
    }
}
