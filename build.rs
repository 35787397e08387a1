//! Tells the crate which commit it was built from, so that a Report can name its verifier.

use std::process::Command;

/// Date of the release, used where neither the environment nor git can tell (a crate from the registry).
const RELEASED: &str = "1795219200"; // 2026-11-21T00:00:00Z

fn main() {
    println!("cargo::rerun-if-env-changed=CLOUD_WITNESS_COMMIT");
    println!("cargo::rerun-if-env-changed=CLOUD_WITNESS_COMMIT_TIME");
    // A path that does not exist would make every build rerun this.
    for path in ["build.rs", ".git/HEAD", ".git/logs/HEAD"] {
        if std::path::Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let commit = from_env("CLOUD_WITNESS_COMMIT")
        .or_else(|| own_git(&["rev-parse", "HEAD"]))
        .unwrap_or_else(|| "unknown".to_owned());
    let time = from_env("CLOUD_WITNESS_COMMIT_TIME")
        .or_else(|| own_git(&["show", "-s", "--format=%ct", "HEAD"]))
        .filter(|time| time.parse::<u64>().is_ok())
        .unwrap_or_else(|| RELEASED.to_owned());
    println!("cargo::rustc-env=CLOUD_WITNESS_COMMIT={commit}");
    println!("cargo::rustc-env=CLOUD_WITNESS_COMMIT_TIME={time}");
}

fn from_env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Asks git only where this crate is the repository: a vendored copy is not its host's commit.
fn own_git(arguments: &[&str]) -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let here = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    let same = std::fs::canonicalize(top).ok()? == std::fs::canonicalize(here).ok()?;
    same.then(|| git(arguments)).flatten()
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
