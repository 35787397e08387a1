//! Making a record: from what people entered, and the evidence, to the file that they sign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Code;
use super::MAX_FILE;
use super::colocation::{comparable, with_files};
use super::envelope::{Envelope, Refused, ToSign, to_sign};
use super::json;
use super::record::{
    CollateralCopy, ColocationCopy, Entered, EvidenceCopy, RECORD_TYPE, Record, Statement,
    VerifierCopy,
};
use super::report::Finding;
use super::substance::{Earlier, Substance};
use crate::Verifier;
use crate::appraisal::platform_of;
use crate::collateral::bundle::Bundle;
use crate::collateral::{Platform, Source};
use crate::colocation::evidence::{Contents, Item};
use crate::report::{FindingOutcome, Report, Verdict};
use crate::text::sha256_hex;

/// Everything that a record is made of.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// What people entered.
    pub entered: Entered,
    /// The attester's file, byte for byte.
    pub evidence: &'a [u8],
    /// Collateral as JSON text: one platform's, or a bundle, of which the record takes what is for this platform.
    pub collateral: &'a str,
    /// Who handed the collateral over.
    pub collateral_from: Source,
    /// A preset's name, or a policy's JSON text.
    pub policy: &'a str,
    /// The list of attester builds as JSON text.
    pub attesters: Option<&'a str>,
    /// SHA-256 of the verifier's wasm, 64 lower-case hex digits, where the caller knows it.
    pub wasm_sha256: Option<&'a str>,
    /// Other ceremonies' records, in which the challenge must not stand.
    pub earlier: &'a [Earlier],
    /// Evidence of colocation, with its files; only where that is the record's kind.
    pub colocation: Option<Colocated<'a>>,
}

/// Evidence of colocation that goes into a record.
#[derive(Debug, Clone, Copy)]
pub struct Colocated<'a> {
    /// The items.
    pub items: &'a [Item],
    /// Their files' bytes. Those of at most [`super::MAX_INSIDE`] bytes go into the record.
    pub contents: &'a Contents<'a>,
}

/// A record that may be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The file, without a signature yet.
    pub file: Vec<u8>,
    /// What to sign.
    pub to_sign: ToSign,
    /// The verdict in the record.
    pub verdict: Verdict,
    /// The Report in the record, as of the moment when the file was received.
    pub report: Report,
}

/// Why no record is made: what was entered, or the evidence, does not allow it. Nothing of it is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordError {
    /// Each thing that is wrong.
    pub findings: Vec<Finding>,
    /// The verdict that the evidence and the entries give.
    pub verdict: Verdict,
    /// The Report that the evidence gives.
    pub report: Box<Report>,
}

impl std::fmt::Display for RecordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("No record can be made.")?;
        for finding in &self.findings {
            write!(f, " {} {}", finding.detail, finding.code.advice())?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordError {}

/// Appraises the evidence as of the moment when it was received, and makes the record that participants sign.
///
/// # Errors
/// [`RecordError`]: the verdict is `none` or `contraindicated`, a `warning` has no reason, or an entry is wrong.
pub fn record(verifier: &Verifier, input: Input<'_>) -> Result<Made, RecordError> {
    let mut record = unappraised(input.entered.clone(), &input);
    let mut substance = Substance::of(verifier, &record);
    substance.compare_with(&record, input.earlier, None);
    if let Some(given) = input.colocation {
        let files: Vec<&[u8]> = given.contents.all().collect();
        // What is found goes into the record, then is compared with itself: nothing is left to differ.
        substance.look_at_files(&record, &files);
        if let (Some(copy), Some(found)) = (&mut record.colocation, &substance.colocation.report) {
            copy.found = comparable(found);
        }
        substance.look_at_files(&record, &files);
        substance.verdict = Substance::of(verifier, &record).verdict;
    }
    record.report = serde_json::to_value(&substance.report).unwrap_or_default();
    record.verdict = substance.verdict;

    // The same rows as when it is opened: what would not hold there is not made here.
    let (appraisal, _) = substance.appraisal(&record.report);
    let outcome = substance.outcome(&record);
    let mut findings: Vec<Finding> = substance
        .rows
        .iter()
        .chain([&appraisal, &outcome])
        .flat_map(|row| row.findings.clone())
        .filter(|finding| finding.outcome == FindingOutcome::Fail)
        .collect();
    // A verdict that is only bad because of another finding here needs no finding of its own.
    if findings.len() > 1
        && matches!(
            substance.report.verdict,
            Verdict::Affirming | Verdict::Warning
        )
    {
        findings.retain(|finding| finding.code != Code::OutcomeNotSignable);
    }
    let made = substance.own_subject().map(|(name, sha256)| {
        let statement = Statement::about(name, sha256, RECORD_TYPE, record);
        let payload = json::canonical(&statement);
        let file = Envelope::around(&payload).to_file();
        (file, to_sign(&payload))
    });
    match made {
        Some((file, to_sign)) if findings.is_empty() && file.len() <= MAX_FILE => Ok(Made {
            file,
            to_sign,
            verdict: substance.verdict,
            report: substance.report,
        }),
        made => {
            if made.is_some_and(|(file, _)| file.len() > MAX_FILE) {
                findings.push(Finding::fail(
                    Code::RecordTooLarge,
                    format!("The file would have more than {MAX_FILE} bytes."),
                ));
            }
            Err(RecordError {
                findings,
                verdict: substance.verdict,
                report: Box::new(substance.report),
            })
        }
    }
}

/// The document itself, or what a bundle has for this machine. A bundle without it stays as it is: then there is
/// no verdict, and so no record.
fn as_used(collateral: &str, evidence: &[u8]) -> String {
    if !Bundle::recognise(collateral.as_bytes()) {
        return collateral.to_owned();
    }
    let selected = Bundle::parse(collateral.as_bytes())
        .ok()
        .zip(platform_of(evidence))
        .and_then(|(bundle, Platform { tee, fmspc, ca })| bundle.select(tee, fmspc, ca));
    selected.unwrap_or_else(|| collateral.to_owned())
}

/// The record before the evidence was appraised.
fn unappraised(entered: Entered, input: &Input<'_>) -> Record {
    let build = crate::appraisal::build();
    Record {
        entered,
        evidence: EvidenceCopy {
            base64: STANDARD.encode(input.evidence),
            sha256: sha256_hex(input.evidence),
        },
        collateral: CollateralCopy {
            text: as_used(input.collateral, input.evidence),
            source: input.collateral_from.id().to_owned(),
        },
        policy: input.policy.to_owned(),
        attesters: input.attesters.map(str::to_owned),
        report: Value::Null,
        verdict: Verdict::None,
        verifier: VerifierCopy {
            name: build.name.to_owned(),
            version: build.version.to_owned(),
            commit: build.commit.to_owned(),
            engine: build.engine.to_owned(),
            wasm_sha256: input.wasm_sha256.map(str::to_owned),
        },
        colocation: input.colocation.map(|given| ColocationCopy {
            items: with_files(given.items, given.contents),
            found: Value::Null,
        }),
    }
}

impl From<RecordError> for Refused {
    /// The weightiest finding alone.
    fn from(error: RecordError) -> Self {
        Self {
            code: error
                .findings
                .first()
                .map_or(Code::OutcomeNotSignable, |finding| finding.code),
            detail: error.to_string(),
        }
    }
}
