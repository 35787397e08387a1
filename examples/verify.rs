//! Verifies a file from a ceremony, with collateral from another file:
//!
//! ```sh
//! cargo run --example verify -- attester.txt collateral.json 1750377600 48656c6c6f2c20776f726c6421
//! ```
//!
//! Third comes the moment, in Unix seconds: the library has no clock. The challenge may be left out; the verdict then says
//! that it was not given. Ends with 0 for `affirming`, 10 `warning`, 20 `contraindicated`, 30 `none`; 2 when called wrongly.

use std::process::ExitCode;

use cloud_witness::collateral::Source;
use cloud_witness::{Moment, Request, Verdict, Verifier};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.as_slice() {
        [evidence, collateral, at] => verify(evidence, collateral, at, None),
        [evidence, collateral, at, challenge] => verify(evidence, collateral, at, Some(challenge)),
        _ => Err("give: EVIDENCE COLLATERAL SECONDS [CHALLENGE]".to_owned()),
    }
    .unwrap_or_else(|problem| {
        eprintln!("{problem}");
        ExitCode::from(2)
    })
}

fn verify(
    evidence: &str,
    collateral: &str,
    at: &str,
    challenge: Option<&String>,
) -> Result<ExitCode, String> {
    let read = |file: &str| std::fs::read(file).map_err(|error| format!("{file}: {error}"));
    let (evidence, collateral) = (read(evidence)?, read(collateral)?);
    let at = at.parse().map_err(|error| format!("{at:?}: {error}"))?;

    let mut request = Request::new(&evidence, Moment::as_of(at));
    request.collateral = Some(collateral.as_slice().into());
    // Say who gave it: collateral from the applicant never makes a verdict `affirming`.
    request.collateral_from = Source::Witness;
    request.challenge = challenge.map(String::as_str);
    let report = Verifier::production().appraise(&request);

    println!("{}\n{}", report.headline, report.summary);
    for check in &report.checks {
        println!("  {:?} {:?}: {}", check.outcome, check.id, check.detail);
    }
    if let Some(machine) = &report.identity {
        println!("PPID {}", machine.ppid);
    }
    Ok(ExitCode::from(match report.verdict {
        Verdict::Affirming => 0,
        Verdict::Warning => 10,
        Verdict::Contraindicated => 20,
        Verdict::None => 30,
    }))
}
