//! `prefetch`: arguments in, a bundle and a summary out. The clock is read here, once.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use cloud_witness::Verifier;
use cloud_witness::collateral::piece::fmspc_from_hex;
use cloud_witness::quote::Tee;
use indicatif::{ProgressBar, ProgressStyle};
use lexopt::prelude::*;
use prefetch::gather::Progress;
use prefetch::plan::{INTEL, Plan};
use prefetch::summary::{STATUS_NOTHING, STATUS_USAGE};

const HELP: &str = "\
prefetch --out FILE [options]
    Fetches Intel's collateral for every kind of platform into one bundle, verifies all of it, and replaces FILE
    in one step. A piece that fails, or is older than the one in FILE, leaves the old one in place.

    --out FILE            the bundle
    --from URL            Intel's service (default: https://api.trustedservices.intel.com) or a PCCS
    --root-crl-from URL   where the root CA's CRL is (default: Intel's, or the PCCS's /rootcacrl)
    --tee sgx,tdx         which TEEs (default: both)
    --fmspc HEX,HEX       which kinds of platform (default: all that the service lists; a PCCS lists none)
    --ca-file FILE        PEM of the CA that issued the server's certificate (default: the public CAs)
    --json                a summary for machines on standard output

Exit status: 0 everything is fresh, 3 written with old or lacking pieces, 1 nothing was written, 2 wrong usage.
";

struct Arguments {
    out: PathBuf,
    plan: Plan,
    json: bool,
}

fn main() -> ExitCode {
    let arguments = match read(std::env::args_os().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            // Nobody to read it is no failure.
            let _ = std::io::stdout().write_all(HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("prefetch: {problem}\nRun `prefetch --help` for what it takes.");
            return ExitCode::from(STATUS_USAGE);
        }
    };
    // A clock before 1970 makes everything not yet valid, which says what is wrong.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let watch = |progress: Progress| match progress {
        Progress::Total(total) => bar.set_length(u64::try_from(total).unwrap_or(u64::MAX)),
        Progress::Done(key) => {
            bar.set_message(key.to_string());
            bar.inc(1);
        }
    };
    let summary = prefetch::run(
        &arguments.out,
        &arguments.plan,
        &Verifier::production(),
        now,
        &watch,
    );
    bar.finish_and_clear();
    eprint!("{}", summary.text());
    if arguments.json {
        let text = serde_json::to_string(&summary).unwrap_or_default();
        if writeln!(std::io::stdout(), "{text}").is_err() {
            return ExitCode::from(STATUS_NOTHING);
        }
    }
    ExitCode::from(summary.status)
}

/// `None`: help was asked for.
fn read(words: impl Iterator<Item = OsString>) -> Result<Option<Arguments>, String> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut out, mut from, mut root_ca_crl, mut tees) = (None, None, None, None);
    let (mut fmspcs, mut ca_pem, mut json) = (None, None, false);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("out") => once(&mut out, "--out", PathBuf::from(value(&mut parser)?))?,
            Long("from") => once(&mut from, "--from", url("--from", value(&mut parser)?)?)?,
            Long("root-crl-from") => {
                let given = url("--root-crl-from", value(&mut parser)?)?;
                once(&mut root_ca_crl, "--root-crl-from", given)?;
            }
            Long("tee") => once(&mut tees, "--tee", list("--tee", value(&mut parser)?, tee)?)?,
            Long("fmspc") => once(
                &mut fmspcs,
                "--fmspc",
                list("--fmspc", value(&mut parser)?, fmspc_from_hex)?,
            )?,
            Long("ca-file") => {
                let file = PathBuf::from(value(&mut parser)?);
                let pem =
                    std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                once(&mut ca_pem, "--ca-file", pem)?;
            }
            Long("json") => json = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    let mut plan = Plan::everything_from(from.as_deref().unwrap_or(INTEL));
    plan.root_ca_crl = root_ca_crl.unwrap_or(plan.root_ca_crl);
    plan.tees = tees.unwrap_or(plan.tees);
    plan.fmspcs = fmspcs;
    plan.ca_pem = ca_pem;
    Ok(Some(Arguments {
        out: out.ok_or("--out FILE is missing")?,
        plan,
        json,
    }))
}

fn value(parser: &mut lexopt::Parser) -> Result<OsString, String> {
    parser.value().map_err(|error| error.to_string())
}

/// Which of two values counts is not for this program to choose.
fn once<T>(slot: &mut Option<T>, option: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{option} is given twice")),
    }
}

fn url(option: &str, value: OsString) -> Result<String, String> {
    let url = value
        .into_string()
        .map_err(|_| format!("{option} is not text"))?;
    let Some(rest) = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
    else {
        return Err(format!(
            "{option} is a URL with https:// or http://, not {url}"
        ));
    };
    // The bundle says from where it is, and is published. A backslash is a slash to some.
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(format!(
            "{option} takes no user or password: the bundle, which is published, names the URL"
        ));
    }
    Ok(url)
}

fn list<T>(
    option: &str,
    value: OsString,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, String> {
    let text = value
        .into_string()
        .map_err(|_| format!("{option} is not text"))?;
    text.split(',')
        .map(|word| parse(word.trim()).ok_or_else(|| format!("{option} does not take {word:?}")))
        .collect()
}

fn tee(word: &str) -> Option<Tee> {
    Tee::ALL.into_iter().find(|tee| tee.word() == word)
}
