//! `harness vectors OUT`: makes every vector's inputs for the runners in Node and in the browser.
//! `harness sample OUT.json`: makes the sample ceremonies that the page offers.
//! `harness bundle OUT.json [BUNDLE.json]`: makes the page's collateral: a prefetched bundle, or one from the samples.
//! `harness ceremony FOLDER`: makes the example of a ceremony's record that `docs/` holds.
//! `harness colocation FOLDER`: makes the heartbeat log of `tests/colocation/`, and its recorder's key.
//! `harness registry FOLDER`: makes a sample registry: a record, a good enrolment, and every tampered one.
//! `harness open FILE`: opens a ceremony's record and prints the Report of its evidence.
//! `harness seeds FOLDER`: writes the seeds of each fuzz target.
//! `harness assurance`: writes the tables of docs/assurance.md.
//! `harness worst [KIND FILE]`: writes one of the dearest inputs, or names their kinds.
//! `harness weigh KIND`: checks such an input, and prints what that took.
//! `harness flips`: flips every single bit of three samples and prints what is still accepted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use cloud_witness::Bundle;
use cloud_witness::moment::in_words;
use harness::{case, evidence, samples};
use sha2::Digest as _;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["vectors", out] => vectors(Path::new(out)),
        ["sample", out] => sample(Path::new(out)),
        ["bundle", out] => bundle(Path::new(out), None),
        ["bundle", out, prefetched] => bundle(Path::new(out), Some(Path::new(prefetched))),
        ["ceremony", out] => ceremony(Path::new(out)),
        ["colocation", out] => colocation(Path::new(out)),
        ["registry", out] => harness::registry::write_sample(Path::new(out)),
        ["open", file] => open(Path::new(file)),
        ["seeds", out] => seeds(Path::new(out)),
        ["worst"] => {
            for worst in harness::worst::ALL {
                println!("{}", worst.kind);
            }
            Ok(())
        }
        ["worst", kind, file] => {
            let worst = harness::worst::of(kind).expect("a kind that `harness worst` names");
            std::fs::write(file, (worst.make)(worst.most))
        }
        ["weigh", kind] => weigh(kind),
        ["assurance"] => harness::assurance::write(),
        ["flips"] => flips(),
        _ => panic!(
            "usage: harness vectors FOLDER | harness sample FILE | harness bundle FILE [BUNDLE] | \
             harness ceremony FOLDER | harness colocation FOLDER | harness registry FOLDER | harness open FILE | harness seeds FOLDER | harness assurance | harness worst [KIND FILE] | harness weigh KIND | harness flips"
        ),
    }
}

fn vectors(out: &Path) -> std::io::Result<()> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    let mut names = Vec::new();
    for (name, case) in case::all() {
        case.make(&name).write(&out.join(&name))?;
        names.push(name);
    }
    println!("{} vectors made in {}", names.len(), out.display());
    std::fs::write(
        out.join("index.json"),
        serde_json::to_string(&names).unwrap(),
    )
}

/// The collateral that the page ships: what `prefetch` wrote, as it is; else the newest pieces of the samples.
fn bundle(out: &Path, prefetched: Option<&Path>) -> std::io::Result<()> {
    let text = match prefetched {
        Some(file) => std::fs::read_to_string(file)?,
        None => samples::bundle().to_json(),
    };
    let view = Bundle::parse(text.as_bytes())
        .unwrap_or_else(|error| panic!("{error}"))
        .view();
    println!(
        "collateral of {} kinds of platform, from {}, fetched on {}, all of it valid until {}",
        view.fmspcs,
        view.from,
        in_words(view.fetched_at),
        in_words(view.valid_until.unwrap_or_default()),
    );
    std::fs::write(out, text)
}

fn ceremony(out: &Path) -> std::io::Result<()> {
    let file = harness::ceremony::Ceremony::good().signed();
    std::fs::write(out.join("ceremony-record.example.dsse.json"), file)?;
    let file = harness::ceremony::Ceremony::in_colocation().signed();
    std::fs::write(out.join("colocation-record.example.dsse.json"), file)?;
    std::fs::write(
        out.join("signers.example.json"),
        harness::ceremony::signers() + "\n",
    )?;
    std::fs::write(
        out.join("attesters.example.json"),
        harness::ceremony::attesters() + "\n",
    )
}

fn colocation(out: &Path) -> std::io::Result<()> {
    let (log, key) = harness::colocation::heartbeat();
    std::fs::write(out.join("heartbeat.jsonl"), log)?;
    std::fs::write(out.join("recorder.pub"), key)
}

fn open(file: &Path) -> std::io::Result<()> {
    let file = std::fs::read(file)?;
    let opened = cloud_witness::ceremony::open(
        &cloud_witness::Verifier::production(),
        &file,
        cloud_witness::ceremony::Beside::default(),
    );
    println!("{}", serde_json::to_string(&opened.report).unwrap());
    Ok(())
}

fn seeds(out: &Path) -> std::io::Result<()> {
    for target in &harness::fuzz::TARGETS {
        let folder = out.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for seed in (target.seeds)() {
            let name = hex::encode(sha2::Sha256::digest(&seed));
            std::fs::write(folder.join(&name[..16]), seed)?;
        }
    }
    Ok(())
}

/// Bytes, peak of this process's memory (the input's own bytes are in it), seconds, and what was found.
fn weigh(kind: &str) -> std::io::Result<()> {
    let worst = harness::worst::of(kind).expect("a kind that `harness worst` names");
    let input = (worst.make)(worst.most);
    let began = std::time::Instant::now();
    let found = (worst.run)(&input);
    let seconds = began.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|kib| kib.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map_or_else(|| "?".to_owned(), |kib| kib.div_ceil(1024).to_string());
    println!(
        "{kind} | {} | {peak} MiB | {seconds:.1} s | {found}",
        input.len()
    );
    Ok(())
}

fn flips() -> std::io::Result<()> {
    let (table, unchanged) = harness::flips::report(1);
    println!("{table}");
    assert!(unchanged, "a flip changed what the Report says");
    Ok(())
}

/// The sample's challenge is the hex of its report_data's text.
const CHALLENGE: &[u8] = b"Hello, world!";

fn sample(out: &Path) -> std::io::Result<()> {
    let text = evidence::attester_text(
        &samples::quote("sgx_quote"),
        "2026-02-15",
        "CONFIG_AND_SW_HARDENING_NEEDED",
    );
    let ceremony = serde_json::json!({
        "name": "SGX machine, June 2025",
        "evidence": text,
        "challenge": hex::encode(CHALLENGE),
        "sha256": hex::encode(sha2::Sha256::digest(text.as_bytes())),
        "at": samples::AT,
        "collateral": samples::collateral("sgx_quote"),
        "note": "A real quote of a real machine. Its file is printed as the attester prints it; the challenge \
                 was \"Hello, world!\". It is appraised as of 20 June 2025, when its collateral was valid.",
    });
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let document = serde_json::json!({ "ceremonies": [ceremony] });
    std::fs::write(out, document.to_string())
}
