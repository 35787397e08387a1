//! What is known of a record's hardware and machine at the moment at which it is opened: beside its verdict, never in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Code;
use super::record::Record;
use super::report::{Difference, Finding, TodayView};
use super::substance::{CLOCK_SKEW, LONGEST_CEREMONY, name, request};
use crate::collateral::Source;
use crate::moment::{duration_in_words, in_words};
use crate::registry::list::Registry;
use crate::report::{Check, CheckId, Outcome, Report, Verdict};
use crate::text::count;
use crate::{Moment, Request, Verifier};

/// What is asked about today, beside the record.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// Now, by the caller's clock, Unix seconds.
    pub now: u64,
    /// Collateral of today, with who handed it over; without it the record's own is asked again.
    pub collateral: Option<(&'a [u8], Source)>,
    /// Today's list of known machines.
    pub registry: Option<&'a Registry>,
    /// Today's list of revoked machines.
    pub revoked: Option<&'a Registry>,
}

/// The standing of hardware and machine at another moment, beside collateral and lists of that time.
pub(super) fn standing(
    verifier: &Verifier,
    record: &Record,
    then: &Report,
    today: &Today<'_>,
) -> TodayView {
    let evidence = STANDARD.decode(&record.evidence.base64).unwrap_or_default();
    let mut request = hardware_request(record, &evidence, Moment::now(today.now));
    if let Some((collateral, source)) = today.collateral {
        request.collateral = Some(collateral.into());
        request.collateral_from = source;
    }
    let report = verifier.appraise(&request);
    let registry = in_lists(verifier, record, &evidence, today, &report);
    let differences: Vec<Difference> = about_hardware(then)
        .zip(about_hardware(&report))
        // Of a row that could not run today nothing is known to have changed.
        .filter(|(then, now)| {
            now.outcome != Outcome::NotReached
                && (then.outcome, then.code) != (now.outcome, now.code)
        })
        .map(|(then, now)| Difference {
            place: format!("checks.{}", name(then.id)),
            recorded: standing_of(then),
            found: standing_of(now),
        })
        .collect();
    TodayView {
        summary: summary_of(&report, differences.len()),
        before_signing: before_signing(
            record.entered.times.outcome,
            today.now,
            &report,
            registry.as_ref(),
        ),
        report,
        registry,
        differences,
    }
}

/// Rows 5 to 13 of a Report: what depends on the hardware, its collateral and the moment only.
fn about_hardware(report: &Report) -> impl Iterator<Item = &Check> {
    report
        .checks
        .iter()
        .filter(|check| (CheckId::CollateralFound..=CheckId::EnclaveAttributes).contains(&check.id))
}

fn standing_of(check: &Check) -> String {
    match check.code {
        None => name(check.outcome),
        Some(code) => format!("{} {}", name(check.outcome), name(code)),
    }
}

/// Where the record's machine stands in today's lists: row `registry`. The record's own collateral says which machine it is,
/// as today's may be out of date or about another platform; a machine that today's refuses is not said to be known or new.
fn in_lists(
    verifier: &Verifier,
    record: &Record,
    evidence: &[u8],
    today: &Today<'_>,
    hardware: &Report,
) -> Option<Check> {
    today.registry.or(today.revoked)?;
    let mut request = hardware_request(record, evidence, Moment::as_of(record.entered.times.file));
    request.registry = today.registry;
    request.revoked = today.revoked;
    let rows = verifier.appraise(&request).checks;
    let row = rows
        .into_iter()
        .find(|check| check.id == CheckId::Registry)?;
    let is_refused = hardware.verdict == Verdict::Contraindicated && row.outcome != Outcome::Fail;
    Some(if is_refused {
        Check::not_reached(CheckId::Registry)
    } else {
        row
    })
}

/// The ceremony's own questions (challenge, noted hash) are left out: they were answered then.
fn hardware_request<'a>(record: &'a Record, evidence: &'a [u8], moment: Moment) -> Request<'a> {
    let mut request = request(record, evidence, moment, &mut Vec::new());
    request.challenge = None;
    request.challenge_issued_at = None;
    request.noted_sha256 = None;
    request
}

/// A verdict that is no worse than a reservation says nothing new: it lacks the challenge, which is not asked again.
fn summary_of(report: &Report, differences: usize) -> String {
    match (report.verdict, differences) {
        (Verdict::Contraindicated | Verdict::None, _) => {
            format!("{}. {}", report.headline, report.summary)
        }
        (_, 0) => "Nothing about the hardware differs from then.".to_owned(),
        (_, rows) => format!(
            "{} about the hardware or its collateral came out otherwise than then.",
            count(rows, "row")
        ),
    }
}

/// What speaks against signing now: the times are the makers' word, and the hardware's standing may have changed.
fn before_signing(
    outcome: u64,
    now: u64,
    today: &Report,
    registry: Option<&Check>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if outcome > now.saturating_add(CLOCK_SKEW) {
        findings.push(Finding::warn(
            Code::TodayEarlier,
            format!(
                "The record says that the ceremony ends on {}, {} from now.",
                in_words(outcome),
                duration_in_words(outcome.saturating_sub(now))
            ),
        ));
    }
    if now.saturating_sub(outcome) > LONGEST_CEREMONY {
        findings.push(Finding::warn(
            Code::TodayLater,
            format!(
                "The record says that the ceremony ended on {}, {} ago.",
                in_words(outcome),
                duration_in_words(now.saturating_sub(outcome))
            ),
        ));
    }
    if today.verdict == Verdict::Contraindicated {
        findings.push(Finding::warn(
            Code::TodayNotSignable,
            format!(
                "Today the same evidence is contraindicated: {}",
                today.summary
            ),
        ));
    }
    if let Some(row) = registry.filter(|row| row.outcome == Outcome::Fail) {
        findings.push(Finding::warn(
            Code::TodayNotSignable,
            format!("By today's lists: {}", row.detail),
        ));
    }
    findings
}
