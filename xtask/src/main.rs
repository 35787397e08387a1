//! The one runner of this project, for people and for CI alike: `cargo xtask <command>`.
//!
//! Each command installs what it lacks and says what it does. Progress goes to standard error, so
//! that what a command makes (the table of `bench`) can be piped.

mod advisories;
mod bench;
mod bill;
mod breaks;
mod ci;
mod collateral;
mod compare;
mod fuzz;
mod harness;
mod install;
mod packaging;
mod page;
mod pkg;
mod release;
mod serve;
mod shell;
mod site;
mod size;
mod snapshot;
mod stress;
mod test;
mod third_party;
mod tool;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N]   build the page, with today's collateral if it can be had, and serve it here (default port 8080)
  test [--fast]      every test: Rust, the npm package in Node and other engines, the page in Chromium; --fast: in three minutes, what is quick
  packaging          install the packed npm package in every kind of project that uses it, and run it there
  pkg                build the wasm and its glue into pkg/
  site               build the page into target/site, for any static host
  compare PLACE      build the page, and compare it with the one at a URL or in a folder, byte for byte
  release            make what a release publishes: site, one file, npm package, SBOMs, digests
  screenshots        take the pictures of every state that the docs show
  bench [--json]     measure speed and size against other packages, in one run
  stress [ENGINE…] [--appraisals N] [--workers N] [--damaged]
                     appraise in fresh instances of chromium, firefox, webkit and jsc, and compare with Node's answers
  ci                 what CI runs: format, lints, licences and sources, then test
  breaks [NAME…]     take each check out, one at a time, and see its test turn red
  snapshot [--compare | --json] PLACE
                     the SHA-256 of every output that the tests' tables produce: written, compared, or the outputs themselves
  fuzz [--seconds N] [TARGET…]  fuzz what reads what others wrote (default 20 seconds a target)
  flips              flip every single bit of three real samples (a quarter of an hour)
  assurance          write the tables of docs/assurance.md: obligation, code and status → what would notice
  advisories         look for known vulnerabilities in what we depend on (needs the network)";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((command, rest)) = arguments.split_first() else {
        bail!("which command?\n\n{HELP}");
    };
    if matches!(*command, "help" | "--help" | "-h") {
        println!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::find()?;
    match (*command, rest) {
        ("serve", rest) => serve::run(&workspace, serve::port(rest)?),
        ("test", []) => test::run(&workspace),
        ("test", ["--fast"]) => test::fast(&workspace),
        ("packaging", []) => packaging::run(&workspace),
        ("pkg", []) => pkg::run(&workspace),
        ("site", []) => site::run(&workspace),
        ("compare", [place]) => compare::run(&workspace, place),
        ("release", []) => release::run(&workspace),
        ("screenshots", []) => test::screenshots(&workspace),
        ("bench", []) => bench::run(&workspace, bench::Output::Markdown),
        ("bench", ["--json"]) => bench::run(&workspace, bench::Output::Json),
        ("stress", rest) => stress::run(&workspace, &stress::plan(rest)?),
        ("ci", []) => ci::run(&workspace),
        ("breaks", names) => breaks::run(&workspace, names),
        ("snapshot", rest) => snapshot::run(&workspace, rest),
        ("fuzz", rest) => fuzz::run(&workspace, &fuzz::plan(rest)?),
        ("flips", []) => harness::run(&workspace, &["flips"]),
        ("assurance", []) => harness::run(&workspace, &["assurance"]),
        ("advisories", []) => advisories::run(&workspace),
        _ => bail!("not understood: {}\n\n{HELP}", arguments.join(" ")),
    }
}
