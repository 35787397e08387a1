//! Real quotes from public repositories, when the folder that holds them is at hand: the environment
//! variable `CLOUD_WITNESS_CORPUS` names it. Nothing of it is part of this project.
//!
//! `expected` maps what is known of each case, independently of this verifier, to the verdict that it must
//! get. It was written and committed before the first run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cloud_witness::collateral::piece::{Key, Piece};
use cloud_witness::collateral::pieces_of_document;
use cloud_witness::report::{CheckId, Outcome, Report};
use cloud_witness::{Bundle, Given, Moment, Request, Verifier};
use serde_json::Value;

/// Where a case's verdict differs from the rule, and why. An entry that no longer differs fails the test.
const DIFFERENCES: &[(&str, &str, &str)] = &[(
    "v4-tdx1.0-b0c06f000000-f185dfdcd8",
    "none",
    "a damaged PCK certificate in a well-formed chain, and no collateral: no signature is checked without",
)];

/// What a case must get, as a bare quote with its collateral from the applicant.
#[derive(Debug, PartialEq)]
enum Expected {
    /// Genuine: `warning`, with this PPID and TCB status.
    Warning { ppid: String, status: String },
    /// Refused, in this row where the case's facts name one.
    Contraindicated(Option<CheckId>),
    /// Undecided.
    None,
}

/// The rule.
fn expected(case: &Value, has_collateral: bool) -> Expected {
    let is = |field: &str, value: &str| case[field] == value;
    let broken_signature = case["sig_checks"]
        .as_object()
        .is_some_and(|checks| checks.values().any(|check| check == false));
    let reference_error = case["dcap_qvl"]["error"].as_str().unwrap_or_default();
    // Sound, but beyond this verifier: no certificate in the quote, or an SGX quote of version 4.
    if is("cls", "genuine-encppid") || (case["quote_version"] != 3 && is("tee", "SGX")) {
        return Expected::None;
    }
    // Not a strict quote, or not under Intel's root.
    if is("cls", "malformed-or-unsigned")
        || is("cls", "nonprod-or-corrupt-chain")
        || !case["parse_error"].is_null()
    {
        return Expected::Contraindicated(None);
    }
    if !has_collateral || case["tcb_info_version"] == 2 {
        return Expected::None;
    }
    if broken_signature {
        return Expected::Contraindicated(Some(CheckId::QuoteSignature));
    }
    if case["debug"] == true || reference_error.contains("SEPT_VE_DISABLE") {
        return Expected::Contraindicated(Some(CheckId::EnclaveAttributes));
    }
    match case["dcap_qvl"]["status"].as_str() {
        Some(status) => Expected::Warning {
            ppid: case["ppid"].as_str().unwrap().to_owned(),
            status: status.to_owned(),
        },
        None => Expected::Contraindicated(Some(CheckId::TcbStatus)),
    }
}

fn holds(expected: &Expected, report: &Report) -> bool {
    let json = serde_json::to_value(report).unwrap();
    match expected {
        Expected::Warning { ppid, status } => {
            json["verdict"] == "warning"
                && json["identity"]["ppid"] == *ppid
                && json["tcb"]["status"] == *status
        }
        Expected::Contraindicated(row) => {
            json["verdict"] == "contraindicated"
                && row.is_none_or(|row| report.check(row).unwrap().outcome == Outcome::Fail)
        }
        Expected::None => json["verdict"] == "none",
    }
}

fn cases(corpus: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(corpus.join("quotes"))
        .expect("CLOUD_WITNESS_CORPUS/quotes")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("case.json").exists())
        .collect();
    folders.sort();
    folders
}

#[test]
fn every_case_of_the_corpus_gets_the_verdict_of_the_rule() {
    let Some(corpus) = std::env::var_os("CLOUD_WITNESS_CORPUS") else {
        println!("CLOUD_WITNESS_CORPUS is not set: no corpus to run");
        return;
    };
    let verifier = Verifier::production();
    let (mut wrong, mut counts) = (Vec::new(), [0_u32; 3]);
    for folder in cases(Path::new(&corpus)) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let case: Value =
            serde_json::from_slice(&std::fs::read(folder.join("case.json")).unwrap()).unwrap();
        let quote = std::fs::read(folder.join("quote.bin")).unwrap();
        let collateral = std::fs::read(folder.join("collateral.json")).ok();
        // Without collateral any moment serves: nothing is dated.
        let at = case["at"].as_u64().unwrap_or(harness::samples::AT);
        let mut request = Request::new(&quote, Moment::as_of(at));
        request.collateral = collateral.as_deref().map(Into::into);
        let report = verifier.appraise(&request);
        let expected = expected(&case, collateral.is_some());
        counts[match expected {
            Expected::Warning { .. } => 0,
            Expected::Contraindicated(_) => 1,
            Expected::None => 2,
        }] += 1;
        let difference = DIFFERENCES.iter().find(|(id, _, _)| *id == name);
        match (holds(&expected, &report), difference) {
            (true, None) => {}
            (false, Some((_, verdict, _)))
                if serde_json::to_value(report.verdict).unwrap() == **verdict => {}
            (true, Some(_)) => wrong.push(format!("{name}: listed as a difference, but is none")),
            (false, _) => wrong.push(format!(
                "{name}: expected {expected:?}, got {}: {}",
                report.headline, report.summary
            )),
        }
    }
    let [warning, contraindicated, none] = counts;
    println!(
        "{} cases: {warning} warning, {contraindicated} contraindicated, {none} none; {} listed differences",
        counts.iter().sum::<u32>(),
        DIFFERENCES.len()
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Share of the cases that must say the same from a bundle as from their own collateral, in percent.
const SERVED: usize = 90;

/// One bundle for each moment that the corpus speaks of, made from all that was in force then: the pieces of
/// every case's collateral and of the pool. It knows nothing of the case that it is asked about.
#[test]
fn bundles_of_each_time_serve_the_corpus() {
    let Some(corpus) = std::env::var_os("CLOUD_WITNESS_CORPUS") else {
        println!("CLOUD_WITNESS_CORPUS is not set: no corpus to run");
        return;
    };
    let corpus = Path::new(&corpus);
    let verifier = Verifier::production();
    let mut pieces = harness::pool::pieces(corpus);
    let mut asked = Vec::new();
    for folder in cases(corpus) {
        let case: Value =
            serde_json::from_slice(&std::fs::read(folder.join("case.json")).unwrap()).unwrap();
        let quote = std::fs::read(folder.join("quote.bin")).unwrap();
        if let (Ok(own), Some(at)) = (
            std::fs::read(folder.join("collateral.json")),
            case["at"].as_u64(),
        ) {
            pieces.extend(pieces_of_document(&own).unwrap_or_default());
            asked.push((folder, quote, own, at));
        }
    }

    let mut bundles: BTreeMap<u64, Bundle> = BTreeMap::new();
    let (mut served, mut genuine, mut genuine_served) = (0, 0, 0);
    let mut differing = Vec::new();
    for (folder, quote, own, at) in &asked {
        let bundle = bundles.entry(*at).or_insert_with(|| in_force(&pieces, *at));
        let rows = |collateral: Given<'_>| {
            let mut request = Request::new(quote, Moment::as_of(*at));
            request.collateral = Some(collateral);
            let report = verifier.appraise(&request);
            let rows: Vec<_> = report
                .checks
                .iter()
                .map(|check| (check.id, check.outcome, check.code))
                .collect();
            (report, rows)
        };
        let (with_own, own_rows) = rows(Given::Document(own));
        let (from_bundle, bundle_rows) = rows(Given::Bundle(bundle));
        let same = own_rows == bundle_rows
            && with_own.identity == from_bundle.identity
            && with_own.verdict == from_bundle.verdict;
        served += usize::from(same);
        if with_own.identity.is_some() {
            genuine += 1;
            genuine_served += usize::from(same);
        }
        if !same {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let first = own_rows.iter().zip(&bundle_rows).find(|(a, b)| a != b);
            differing.push(format!("{name}: {first:?}"));
        }
    }
    println!(
        "{served} of {} cases with collateral say the same from {} bundles alone; of {genuine} whose machine is named, \
         {genuine_served}\n{}",
        asked.len(),
        bundles.len(),
        differing.join("\n")
    );
    assert!(served * 100 >= asked.len() * SERVED);
}

/// Of each key the piece that was issued last before `at` and is in force then.
fn in_force(pieces: &[Piece], at: u64) -> Bundle {
    let mut newest: BTreeMap<Key, &Piece> = BTreeMap::new();
    for piece in pieces {
        if piece.window.holds(at) && piece.valid_until() >= at {
            let known = newest.entry(piece.key).or_insert(piece);
            if piece.window.from > known.window.from {
                *known = piece;
            }
        }
    }
    let mut bundle = Bundle::new(at, "the corpus".to_owned());
    for piece in newest.into_values() {
        bundle.put(piece.clone());
    }
    bundle
}
