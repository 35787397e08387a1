//! `test`: everything, from the cheapest suite to the dearest.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::shell::{self, npm, program, say, step};
use crate::workspace::Workspace;
use crate::{harness, install, page, pkg, stress};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut suites = Suites::default();
    suites.run(
        "Rust",
        shell::cargo(&workspace.root).args(["test", "--workspace", "--locked"]),
    );

    build_packages(workspace)?;
    // Other implementations, which only the tests use: of DSSE, drand and JSON Schema.
    install::npm_packages(&workspace.root.join("tests/node"))?;
    suites.run(
        "the npm package, in Node",
        program("node", &workspace.root)
            .arg("--test")
            .args(node_tests(workspace)?)
            .env("CW_PKG_DIR", workspace.pkg())
            .env("CW_FORGED_PKG_DIR", workspace.forged_pkg())
            .env("CW_VECTORS_DIR", workspace.vectors())
            .env("CW_REGISTRY_DIR", workspace.registry())
            .env("CW_EXAMPLES_DIR", workspace.target.join("debug/examples"))
            .env("DCAP_QVL_SAMPLES", &workspace.samples),
    );

    suites.run(
        "the npm package, in fresh instances of the engines that are here",
        &mut stress::short(workspace)?,
    );
    suites.run(
        "what drives and counts those",
        &mut stress::tests(workspace)?,
    );

    build_pages(workspace)?;
    suites.run(
        "the page's types",
        npm("npm", &workspace.www()).args(["run", "--silent", "check"]),
    );
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

/// `screenshots`: the pictures that the docs show, made anew.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<()> {
    build_packages(workspace)?;
    build_pages(workspace)?;
    step("taking the pictures of docs/screenshots", || {
        shell::run(
            on_the_pages(
                workspace,
                program("node", &workspace.www()).args(["--test", "tests/screenshots.test.mjs"]),
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
