//! Getting what a command lacks: the wasm target, Node's packages, browsers, cargo-deny, cargo-fuzz.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{self, npm, program, run, say};
use crate::workspace::Workspace;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
const OLDEST_NODE: u32 = 20;
/// Pinned, so that a new release of the tool cannot change what CI accepts.
const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";

pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    let libraries = sysroot(workspace)?.join("lib/rustlib").join(WASM_TARGET);
    if libraries.join("lib").is_dir() {
        return Ok(());
    }
    say(&format!(
        "the Rust target {WASM_TARGET} is lacking; adding it with rustup"
    ));
    run(program("rustup", &workspace.root).args(["target", "add", WASM_TARGET])).with_context(
        || {
            format!(
                "add the target {WASM_TARGET} to your Rust toolchain by hand, then run this again"
            )
        },
    )
}

pub(crate) fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let printed = shell::read(program(rustc(), &workspace.root).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(printed.trim_end()))
}

pub(crate) fn rustc() -> std::ffi::OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

pub(crate) fn node(workspace: &Workspace) -> Result<()> {
    let version =
        shell::read(program("node", &workspace.root).arg("--version")).with_context(|| {
            format!("Node.js {OLDEST_NODE} or newer is needed (https://nodejs.org)")
        })?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|digits| digits.parse::<u32>().ok())
        .with_context(|| format!("`node --version` printed {:?}", version.trim()))?;
    if major < OLDEST_NODE {
        bail!(
            "Node.js {OLDEST_NODE} or newer is needed; this is {}",
            version.trim()
        );
    }
    Ok(())
}

/// Installs a folder's npm packages from its lockfile, without running their install scripts.
pub(crate) fn npm_packages(folder: &Path) -> Result<()> {
    let lockfile = folder.join("package-lock.json");
    // npm writes this copy last, so it also tells that the installation was not broken off.
    let installed = folder.join("node_modules/.package-lock.json");
    if let (Ok(wanted), Ok(have)) = (modified(&lockfile), modified(&installed))
        && have >= wanted
    {
        return Ok(());
    }
    shell::step(
        &format!("installing npm packages in {}", folder.display()),
        || run(npm("npm", folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])),
    )
}

fn modified(file: &Path) -> std::io::Result<std::time::SystemTime> {
    std::fs::metadata(file)?.modified()
}

/// The browser for the page's tests: the one named, else one that is there, else one that is fetched.
pub(crate) fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("CLOUD_WITNESS_CHROMIUM") {
        let given = PathBuf::from(given);
        if !given.is_file() {
            bail!(
                "CLOUD_WITNESS_CHROMIUM names {}, which is no file",
                given.display()
            );
        }
        return Ok(given);
    }
    if let Some(found) = find_chromium(workspace) {
        return Ok(found);
    }
    if may_install(workspace) {
        say("no Chromium found; installing Debian's");
        apt_update(workspace)?;
        apt_install(workspace, "chromium")?;
        if let Some(found) = find_chromium(workspace) {
            return Ok(found);
        }
    }
    say("no Chromium found; asking Playwright to fetch one");
    playwright_chromium(&workspace.www())
        .context("install Chromium or Chrome, or name one in CLOUD_WITNESS_CHROMIUM")
}

fn playwright_chromium(www: &Path) -> Result<PathBuf> {
    npm_packages(www)?;
    run(npm("npx", www).args(["--no-install", "playwright-core", "install", "chromium"]))?;
    let path = shell::read(program("node", www).args([
        "--input-type=module",
        "--eval",
        "import { chromium } from 'playwright-core'; console.log(chromium.executablePath());",
    ]))?;
    Ok(PathBuf::from(path.trim_end()))
}

fn find_chromium(workspace: &Workspace) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) {
        &["chrome.exe", "chromium.exe", "msedge.exe"]
    } else {
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
        ]
    };
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let on_path = names
        .iter()
        .flat_map(|name| on_path.iter().map(move |folder| folder.join(name)));
    let usual = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files\Chromium\Application\chrome.exe",
    ]
    .into_iter()
    .map(PathBuf::from);
    on_path
        .chain(usual)
        .find(|candidate| candidate.is_file() && starts(candidate, workspace))
}

/// Ubuntu ships a stand-in called `chromium-browser` that only says how to install it; so ask.
/// (On Windows asking would open a window.)
fn starts(browser: &Path, workspace: &Workspace) -> bool {
    cfg!(windows) || shell::read(program(browser, &workspace.root).arg("--version")).is_ok()
}

/// A program that Debian has, for a test in another engine than Chromium.
pub(crate) struct Program {
    pub(crate) what: &'static str,
    /// The variable in which a user names it.
    variable: &'static str,
    /// The variable in which the tests' scripts are told.
    pub(crate) told_as: &'static str,
    names: &'static [&'static str],
    /// Of Debian's package: a pattern, since some names hold a version.
    package: &'static str,
}

pub(crate) const FIREFOX: Program = Program {
    what: "Firefox",
    variable: "CLOUD_WITNESS_FIREFOX",
    told_as: "CW_FIREFOX",
    names: &["firefox-esr", "firefox"],
    package: "^firefox-esr$",
};

pub(crate) const WEBKIT_DRIVER: Program = Program {
    what: "WebKitGTK's driver",
    variable: "CLOUD_WITNESS_WEBKIT_DRIVER",
    told_as: "CW_WEBKIT_DRIVER",
    names: &["WebKitWebDriver"],
    package: "^webkit2gtk-driver$",
};

/// WebKitGTK has no mode without a window.
pub(crate) const XVFB: Program = Program {
    what: "Xvfb",
    variable: "CLOUD_WITNESS_XVFB",
    told_as: "CW_XVFB",
    names: &["Xvfb"],
    package: "^xvfb$",
};

pub(crate) const JSC: Program = Program {
    what: "WebKit's shell",
    variable: "CLOUD_WITNESS_JSC",
    told_as: "CW_JSC",
    names: &["jsc"],
    package: "^libjavascriptcoregtk-[0-9.]+-bin$",
};

/// The one named, else the first on the PATH.
pub(crate) fn find(workspace: &Workspace, wanted: &Program) -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(wanted.variable) {
        return Some(PathBuf::from(given)).filter(|given| given.is_file());
    }
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let found = wanted
        .names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())?;
    // Ubuntu's `firefox` too is a stand-in that only says how to install it. The others know no `--version`.
    (wanted.told_as != FIREFOX.told_as || starts(&found, workspace)).then_some(found)
}

/// The same; where it is not there and this is Debian's root, it is installed.
pub(crate) fn debian_program(workspace: &Workspace, wanted: &Program) -> Result<PathBuf> {
    if let Some(found) = find(workspace, wanted) {
        return Ok(found);
    }
    if std::env::var_os(wanted.variable).is_none() && may_install(workspace) {
        say(&format!("no {} found; installing Debian's", wanted.what));
        apt_update(workspace)?;
        let listed = shell::read(program("apt-cache", &workspace.root).args([
            "search",
            "--names-only",
            wanted.package,
        ]))?;
        if let Some(package) = listed
            .lines()
            .last()
            .and_then(|line| line.split(' ').next())
        {
            apt_install(workspace, package)?;
        }
        if let Some(found) = find(workspace, wanted) {
            return Ok(found);
        }
    }
    bail!(
        "no {} here: install it (Debian: {}), or name it in {}",
        wanted.what,
        wanted.package.trim_matches(['^', '$']),
        wanted.variable
    )
}

fn may_install(workspace: &Workspace) -> bool {
    Path::new("/etc/debian_version").is_file() && is_root(workspace)
}

fn apt_update(workspace: &Workspace) -> Result<()> {
    run(program("apt-get", &workspace.root).arg("update"))
}

fn apt_install(workspace: &Workspace, package: &str) -> Result<()> {
    run(program("apt-get", &workspace.root)
        .args(["install", "--yes", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root(workspace: &Workspace) -> bool {
    shell::read(program("id", &workspace.root).arg("-u")).is_ok_and(|id| id.trim() == "0")
}

pub(crate) fn cargo_deny(workspace: &Workspace) -> Result<()> {
    cargo_tool(workspace, "deny", CARGO_DENY)
}

pub(crate) fn cargo_fuzz(workspace: &Workspace) -> Result<()> {
    cargo_tool(workspace, "fuzz", CARGO_FUZZ)
}

fn cargo_tool(workspace: &Workspace, name: &str, version: &str) -> Result<()> {
    if shell::read(shell::cargo(&workspace.root).args([name, "--version"])).is_ok() {
        return Ok(());
    }
    say(&format!(
        "cargo-{name} is lacking; installing {version} (some minutes)"
    ));
    run(shell::cargo(&workspace.root).args([
        "install",
        &format!("cargo-{name}"),
        "--locked",
        "--version",
        version,
    ]))
}
