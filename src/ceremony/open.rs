//! Opening a record: every row in a fixed order, then the verdict.
//!
//! [`open`] reads as the procedure: the file is read strictly; what it rests on is checked as when it was made; the
//! evidence is appraised again and compared; then signatures, quorum, and whether signers and attester are known to
//! the one who opens it.

use std::collections::BTreeSet;

use super::Code;
use super::envelope::{Checked, Opened, Refused};
use super::keys::Key;
use super::participants::{MAX_LINE, quorum};
use super::record::{Addendum, Kind, Record};
use super::report::{AddendumView, CeremonyReport, Check, CheckId, Finding, SCHEMA};
use super::signers::Signers;
use super::substance::{Earlier, Substance, charter_key};
use super::today::{self, Today};
use crate::appraisal::{build, headline};
use crate::builds::AttesterBuilds;
use crate::colocation::trust::{self, Table};
use crate::moment::rfc3339;
use crate::report::{Outcome, Report, Verdict};
use crate::rows::{Row as _, verdict_of};
use crate::text::{count, quoted};
use crate::{Moment, Verifier};

/// What the one who opens a record knows and asks. The record's own lists are its makers' word.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The signers that they know; without them good signatures are a `warning`.
    pub signers: Option<&'a Signers>,
    /// The attester builds that they know; without them a good record is a `warning`.
    pub attesters: Option<&'a AttesterBuilds>,
    /// Other ceremonies' records, in which the challenge must not stand.
    pub earlier: &'a [Earlier],
    /// The hardware's standing now, which never changes the verdict.
    pub today: Option<Today<'a>>,
    /// Files that the record names and does not hold, such as a heartbeat log.
    pub files: &'a [&'a [u8]],
}

/// Opens a record: a pure function of this verifier and what is given.
pub fn open(verifier: &Verifier, file: &[u8], beside: Beside<'_>) -> CeremonyReport {
    let opened = match Opened::read(file) {
        Ok(opened) => opened,
        Err(refused) => return unreadable(&refused),
    };
    let record = &opened.statement.predicate;
    let at = record.entered.times.file;
    let payload_sha256 = opened.sha256();
    let mut substance = Substance::of(verifier, record);
    substance.compare_with(record, beside.earlier, beside.signers);
    if beside.files.is_empty() {
        substance.name_files_away();
    } else {
        substance.look_at_files(record, beside.files);
    }
    let (appraisal, differences) = substance.appraisal(&record.report);
    let subject = substance.subject(&opened.statement.subject);
    let outcome = substance.outcome(record);
    let signatures = opened.signatures();
    let addenda = opened.addenda();

    let mut checks = vec![format_row(&payload_sha256)];
    checks.extend(substance.rows.iter().cloned());
    checks.extend([
        appraisal,
        subject,
        outcome,
        signatures_row(&signatures),
        quorum_row(&opened, &signatures.signed),
        signers_row(&opened, &signatures.signed, beside.signers),
        attester_row(&substance.report, beside.attesters),
        addenda_row(&addenda),
    ]);
    let verdict = substance.report.verdict.worst(verdict_of(&checks));
    CeremonyReport {
        schema: SCHEMA,
        verifier: build(),
        verdict,
        headline: headline(verdict, Moment::as_of(at)),
        summary: summary(verdict, &substance, &checks),
        at: Some(at),
        at_rfc3339: Some(rfc3339(at)),
        checks,
        signable: substance.is_signable(&opened.statement),
        payload_sha256: Some(payload_sha256),
        entered: Some(record.entered.clone()),
        recorded_report: Some(record.report.clone()),
        differences,
        recorded_verdict: Some(record.verdict),
        recorded_by: Some(record.verifier.clone()),
        signatures: signatures.views,
        not_before: substance.not_before,
        addenda: addenda.into_iter().map(addendum_view).collect(),
        trust: Some(trust(record, &substance, verdict)),
        colocation: substance.colocation.report.clone(),
        today: beside
            .today
            .map(|asked| today::standing(verifier, record, &substance.report, &asked)),
        report: Some(substance.report),
    }
}

/// The report of a file that is no record: one row failed, none other could run.
fn unreadable(refused: &Refused) -> CeremonyReport {
    let mut checks = vec![Check::ran(
        CheckId::Format,
        "",
        vec![Finding::fail(refused.code, refused.detail.clone())],
    )];
    checks.extend(CheckId::ALL.iter().copied().skip(1).map(Check::not_reached));
    CeremonyReport {
        schema: SCHEMA,
        verifier: build(),
        verdict: Verdict::None.worst(verdict_of(&checks)),
        headline: "No verdict".to_owned(),
        summary: format!("Nothing can be decided. {}", refused.detail),
        at: None,
        at_rfc3339: None,
        checks,
        signable: false,
        payload_sha256: None,
        entered: None,
        report: None,
        recorded_report: None,
        differences: Vec::new(),
        recorded_verdict: None,
        recorded_by: None,
        signatures: Vec::new(),
        not_before: None,
        addenda: Vec::new(),
        colocation: None,
        trust: None,
        today: None,
    }
}

/// The machine of a record for bare metal that holds: its charter key. The trust table has a row for it.
pub fn console_of(report: &CeremonyReport) -> Option<String> {
    let holds = matches!(report.verdict, Verdict::Affirming | Verdict::Warning);
    let is_bare_metal = report.entered.as_ref()?.kind == Kind::BareMetal;
    let machine = charter_key(report.report.as_ref()?)?;
    (holds && is_bare_metal).then(|| machine.to_owned())
}

/// What the record is worth against whom: of bare metal, the console's row, if the record holds.
fn trust(record: &Record, substance: &Substance, verdict: Verdict) -> Table {
    let holds = matches!(verdict, Verdict::Affirming | Verdict::Warning);
    match &substance.colocation.report {
        Some(report) if holds => report.trust.clone(),
        _ => trust::of_console(holds && record.entered.kind == Kind::BareMetal),
    }
}

fn format_row(payload_sha256: &str) -> Check {
    Check::ran(
        CheckId::Format,
        format!("One record in canonical form; its payload's SHA-256 is {payload_sha256}."),
        Vec::new(),
    )
}

fn signatures_row(signatures: &Checked) -> Check {
    if signatures.views.is_empty() {
        return Check::not_reached(CheckId::Signatures);
    }
    Check::ran(
        CheckId::Signatures,
        format!(
            "{} by participants, over this very record.",
            count(signatures.signed.len(), "good signature")
        ),
        signatures.findings(),
    )
}

fn quorum_row(opened: &Opened, signed: &BTreeSet<usize>) -> Check {
    let findings = match quorum(opened.participants(), signed) {
        Err(lacking) => vec![Finding::fail(
            Code::QuorumMissing,
            format!("Not yet signed by: {lacking}."),
        )],
        Ok(()) => silent(opened, signed).collect(),
    };
    Check::ran(
        CheckId::Quorum,
        "The prover and witnesses of two other projects have signed, and whoever made the challenge or noted the hash.",
        findings,
    )
}

/// Whoever the record says to have done a part of it must sign that they did.
fn silent<'a>(
    opened: &'a Opened,
    signed: &'a BTreeSet<usize>,
) -> impl Iterator<Item = Finding> + 'a {
    let entered = &opened.statement.predicate.entered;
    let did = [
        (Some(entered.challenge.made_by), "made the challenge"),
        (entered.file.noted_by, "noted the file's hash"),
    ];
    did.into_iter().filter_map(|(who, what)| {
        let index = usize::try_from(who?).ok()?;
        let participant = entered.participants.get(index)?;
        (!signed.contains(&index)).then(|| {
            Finding::fail(
                Code::QuorumMissing,
                format!(
                    "{} is said to have {what}, and has not signed.",
                    quoted(&participant.name, MAX_LINE)
                ),
            )
            .of(index)
        })
    })
}

fn signers_row(opened: &Opened, signed: &BTreeSet<usize>, signers: Option<&Signers>) -> Check {
    let Some(signers) = signers else {
        return Check::not_given(CheckId::Signers, "No list of known signers was given.")
            .saying(Code::SignersNotGiven);
    };
    if signed.is_empty() {
        return Check::not_reached(CheckId::Signers);
    }
    let at = opened.statement.predicate.entered.times.file;
    let findings = opened
        .participants()
        .iter()
        .enumerate()
        .filter(|(index, _)| signed.contains(index))
        .filter_map(|(index, participant)| {
            let key = Key::parse(participant.key.as_deref()?).ok()?;
            signers
                .check(&participant.name, &participant.project, &key, at)
                .map(|finding| finding.of(index))
        })
        .collect();
    Check::ran(
        CheckId::Signers,
        "Every signer's key is listed for their project.",
        findings,
    )
}

/// Row `attester`: the record's list says what its makers held for an attester; this is what the opener does.
fn attester_row(report: &Report, attesters: Option<&AttesterBuilds>) -> Check {
    let Some(attesters) = attesters else {
        return Check::not_given(
            CheckId::Attester,
            "No list of attester builds of your own was given; the one in the record is its makers' word.",
        )
        .saying(Code::AttestersNotGiven);
    };
    let Some(quote) = &report.quote else {
        return Check::not_reached(CheckId::Attester);
    };
    let unknown = |detail: String| {
        let finding = Finding::warn(Code::AttesterUnknown, detail);
        Check::ran(CheckId::Attester, "", vec![finding])
    };
    let Some(mr_enclave) = quote.field("report_body.mr_enclave") else {
        return unknown("The quote is from a TD; the attester is an SGX enclave.".to_owned());
    };
    let known = hex::decode(mr_enclave)
        .ok()
        .and_then(|bytes| attesters.find(&bytes));
    match known {
        None => unknown(format!(
            "MRENCLAVE {mr_enclave} is not on your list of attester builds."
        )),
        Some(build) => Check::ran(
            CheckId::Attester,
            format!(
                "The enclave is an attester build on your list: {}, added by {}.",
                quoted(&build.image, 100),
                quoted(&build.added_by, 60)
            ),
            Vec::new(),
        ),
    }
}

fn addenda_row(addenda: &[(Option<Addendum>, Checked)]) -> Check {
    if addenda.is_empty() {
        return Check::not_given(CheckId::Addenda, "Nothing was added later.");
    }
    let findings = addenda
        .iter()
        .flat_map(|(addendum, checked)| {
            if holds(addendum.as_ref(), checked) {
                return checked.findings();
            }
            vec![Finding::fail(
                Code::AddendumRefused,
                "An addition is not about this record, or no participant signed it.",
            )]
        })
        .collect();
    Check::ran(
        CheckId::Addenda,
        format!(
            "{} signed by participants.",
            count(addenda.len(), "addition")
        ),
        findings,
    )
}

/// An addition counts when it can be read and a participant signed it. What else stands there is named, as on the
/// record itself.
fn holds(addendum: Option<&Addendum>, checked: &Checked) -> bool {
    addendum.is_some() && !checked.signed.is_empty()
}

fn addendum_view((addendum, checked): (Option<Addendum>, Checked)) -> AddendumView {
    AddendumView {
        verified: holds(addendum.as_ref(), &checked),
        addendum,
        signatures: checked.views,
    }
}

/// A sentence or two: the verdict and its weightiest reason.
fn summary(verdict: Verdict, substance: &Substance, checks: &[Check]) -> String {
    let first = |wanted: &dyn Fn(&Check) -> bool| {
        checks
            .iter()
            .find(|check| wanted(check))
            .map(|check| check.detail.clone())
    };
    let of_the_evidence = || format!("Of the evidence: {}", substance.report.summary);
    match verdict {
        Verdict::Affirming => {
            "The evidence, appraised again, gives what the record says, from an attester that you \
             know, and signers that you know have signed it: the prover and witnesses of two other projects."
                .to_owned()
        }
        Verdict::Warning => format!(
            "The record holds, with reservations. {}",
            first(&|check| check.outcome == Outcome::Warn)
                .or_else(|| {
                    (substance.report.verdict == Verdict::Warning).then(of_the_evidence)
                })
                .or_else(|| {
                    first(&Check::caps)
                })
                .unwrap_or_default()
        ),
        Verdict::Contraindicated => format!(
            "Do not accept this record. {}",
            first(&Check::refuses).unwrap_or_else(of_the_evidence)
        ),
        Verdict::None => format!(
            "Nothing can be decided yet. {}",
            first(&|check| check.outcome == Outcome::Fail).unwrap_or_else(of_the_evidence)
        ),
    }
}
