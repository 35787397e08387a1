//! `harness vectors OUT`: makes every vector's inputs for the runners in Node and in the browser.
//! `harness page FOLDER`: makes `www/samples`: the sample ceremonies and the collateral that the page offers in a clean clone.
//! `harness ceremony FOLDER`: makes the example of a ceremony's record that `docs/` holds.
//! `harness colocation FOLDER`: makes the heartbeat log of `tests/colocation/`, and its recorder's key.
//! `harness registry FOLDER`: makes a sample registry: a record, a good enrolment, and every tampered one.
//! `harness open FILE`: opens a ceremony's record and prints the Report of its evidence.
//! `harness seeds FOLDER`: writes the seeds of each fuzz target.
//! `harness assurance`: writes the tables of docs/assurance.md.
//! `harness worst [KIND FILE]`: writes one of the dearest inputs and prints with what it is entered, or names their kinds.
//! `harness weigh KIND`: checks such an input, and prints what that took.
//! `harness snapshot FILE`: writes the SHA-256 of every output that the tests' tables produce.
//! `harness snapshot --compare FILE`: says which outputs are not as in that file.
//! `harness snapshot --json FOLDER`: writes those outputs themselves.
//! `harness flips`: flips every single bit of three samples and prints what is still accepted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use harness::snapshot::Outputs;
use harness::{case, samples, snapshot};
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
        ["page", out] => page(Path::new(out)),
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
            // With what it is entered, for whoever asks the package.
            println!("{}", serde_json::to_string(&harness::worst::entered(kind))?);
            std::fs::write(file, (worst.make)(worst.most))
        }
        ["weigh", kind] => weigh(kind),
        ["assurance"] => harness::assurance::write(),
        ["snapshot", "--compare", file] => compare(Path::new(file)),
        ["snapshot", "--json", folder] => outputs(Path::new(folder)),
        ["snapshot", file] => std::fs::write(file, snapshot::lines(&taken())),
        ["flips"] => flips(),
        _ => panic!(
            "usage: harness vectors FOLDER | harness page FOLDER | \
             harness ceremony FOLDER | harness colocation FOLDER | harness registry FOLDER | harness open FILE | harness seeds FOLDER | \
             harness worst [KIND FILE] | harness weigh KIND | harness snapshot [--compare | --json] PLACE | harness assurance | harness flips"
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

/// What the page offers in a clean clone: `www/samples`, which `tests/page_samples.rs` compares with this.
fn page(out: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(out)?;
    for (name, text) in samples::of_the_page() {
        std::fs::write(out.join(name), text)?;
    }
    Ok(())
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

/// Every output, from a build that names no commit of its own.
fn taken() -> Outputs {
    assert_eq!(
        cloud_witness::moment::COMMIT,
        snapshot::COMMIT,
        "a snapshot is taken by `cargo xtask snapshot`, so that each commit's is the same"
    );
    snapshot::all()
}

fn compare(file: &Path) -> std::io::Result<()> {
    let (same, differences) = snapshot::compare(&std::fs::read_to_string(file)?, &taken());
    for (what, name) in &differences {
        println!("{what:?}: {name}");
    }
    println!("the same: {same}; not the same: {}", differences.len());
    if !differences.is_empty() {
        std::process::exit(1);
    }
    Ok(())
}

/// One file each. A name is made of words, so that it is a file's name but for a few signs.
fn outputs(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, output) in taken() {
        let value: serde_json::Value = serde_json::from_str(&output).unwrap();
        let name = name.replace(['/', ':'], "_");
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        std::fs::write(folder.join(format!("{name}.json")), text)?;
    }
    Ok(())
}

fn flips() -> std::io::Result<()> {
    let (table, unchanged) = harness::flips::report(1);
    println!("{table}");
    assert!(unchanged, "a flip changed what the Report says");
    Ok(())
}
