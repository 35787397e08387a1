//! `fuzz`: coverage-guided fuzzing of everything that reads what others wrote.
//!
//! What each target does, and what must hold of any bytes, is in `tests/harness/src/fuzz.rs`. What a run finds
//! interesting stays in `target/fuzz/corpus`, so that the next one goes on from there. A crash is written to
//! `target/fuzz/artifacts` and is an error.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{self, say, step};
use crate::workspace::Workspace;
use crate::{harness, install};

const TARGETS: [&str; 12] = [
    "evidence",
    "attester",
    "quote",
    "collateral",
    "bundle",
    "record",
    "envelope",
    "keys",
    "colocation",
    "token",
    "registry",
    "patch",
];
/// For each target, unless told otherwise: what CI can spare.
const SECONDS: u32 = 20;
/// Far above what the limits on inputs allow; a target that needs more has a bug.
const MEMORY_MIB: u32 = 1024;
/// For one input.
const SLOWEST_SECONDS: u32 = 20;
const LARGEST_INPUT: u32 = 128 * 1024;

pub(crate) struct Plan<'a> {
    seconds: u32,
    targets: Vec<&'a str>,
}

/// `[--seconds N] [TARGET…]`
pub(crate) fn plan<'a>(arguments: &[&'a str]) -> Result<Plan<'a>> {
    let (seconds, targets) = match arguments {
        ["--seconds", seconds, rest @ ..] => (
            seconds
                .parse()
                .with_context(|| format!("not a number of seconds: {seconds}"))?,
            rest,
        ),
        rest => (SECONDS, rest),
    };
    if let Some(unknown) = targets.iter().find(|target| !TARGETS.contains(target)) {
        bail!("no target {unknown}; there are: {}", TARGETS.join(", "));
    }
    let targets = if targets.is_empty() {
        TARGETS.to_vec()
    } else {
        targets.to_vec()
    };
    Ok(Plan { seconds, targets })
}

pub(crate) fn run(workspace: &Workspace, plan: &Plan<'_>) -> Result<()> {
    install::cargo_fuzz(workspace)?;
    let folder = workspace.target.join("fuzz");
    let seeds = folder.join("seeds");
    step("writing the seeds", || {
        harness::run(workspace, &["seeds", &seeds.to_string_lossy()])
    })?;
    step("building the fuzz targets", || {
        shell::run(&mut cargo_fuzz(workspace, "build", &folder))
    })?;
    let mut table = String::from(
        "| target | executions | seconds | crashes | peak MiB |\n|---|---|---|---|---|\n",
    );
    let mut crashed = Vec::new();
    for target in &plan.targets {
        let corpus = folder.join("corpus").join(target);
        let artifacts = folder.join("artifacts").join(target);
        std::fs::create_dir_all(&corpus)?;
        std::fs::create_dir_all(&artifacts)?;
        say(&format!("fuzzing {target} for {} s …", plan.seconds));
        let output = cargo_fuzz(workspace, "run", &folder)
            .arg(target)
            .arg(&corpus)
            .arg(seeds.join(target))
            .arg("--")
            .arg(format!("-max_total_time={}", plan.seconds))
            .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
            .arg(format!("-timeout={SLOWEST_SECONDS}"))
            .arg(format!("-max_len={LARGEST_INPUT}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg("-print_final_stats=1")
            .env("DCAP_QVL_SAMPLES", &workspace.samples)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .context("running cargo fuzz")?;
        let text = String::from_utf8_lossy(&output.stderr);
        let stat = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(&format!("stat::{name}:")))
                .map_or("?", str::trim)
        };
        table.push_str(&format!(
            "| {target} | {} | {} | {} | {} |\n",
            stat("number_of_executed_units"),
            plan.seconds,
            u8::from(!output.status.success()),
            stat("peak_rss_mb"),
        ));
        if !output.status.success() {
            let tail: Vec<&str> = text.lines().rev().take(40).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            say(&tail.join("\n"));
            crashed.push(*target);
        }
    }
    println!("{table}");
    ensure!(
        crashed.is_empty(),
        "crashes in {}: the inputs are in {}",
        crashed.join(", "),
        folder.join("artifacts").display()
    );
    Ok(())
}

/// Without a sanitizer: there is no unsafe code of ours, and so the pinned toolchain can do it.
fn cargo_fuzz(workspace: &Workspace, verb: &str, folder: &Path) -> Command {
    let mut command = shell::cargo(&workspace.root);
    command
        .args(["fuzz", verb, "--sanitizer", "none", "--fuzz-dir", "fuzz"])
        .env("CARGO_TARGET_DIR", folder.join("build"))
        // For the few flags of the compiler that coverage needs.
        .env("RUSTC_BOOTSTRAP", "1");
    command
}
