//! What a record rests on, apart from its signatures: checked when it is made, and again whenever it is opened.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Code;
use super::colocation::{Colocated, colocated};
use super::drand;
use super::envelope::{Opened, Refused, differences, recording_link};
use super::keys::Key;
use super::participants::{self, MAX_LINE, free_text, line, project_key};
use super::record::{
    ColocationAnswer, Entered, Kind, Origin, Participant, Record, Role, Statement,
    Subject as StatementSubject, VerifierCopy,
};
use super::report::{Check, CheckId, Difference, Finding, NotBefore};
use super::signers::Signers;
use crate::appraisal::platform_of;
use crate::builds::AttesterBuilds;
use crate::challenge::{Challenge, DEFAULT_MINUTES};
use crate::collateral::Source;
use crate::collateral::bundle::Bundle;
use crate::evidence::MAX_INPUT;
use crate::moment::{duration_in_words, in_words};
use crate::policy::Policy;
use crate::report::{Outcome, Report, Verdict};
use crate::rows::LISTED_A_CODE;
use crate::text::{quoted, sha256_hex};
use crate::{Moment, Request, Verifier};

/// 9999-12-31T23:59:59Z.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;
/// For how long a witness's clock may be behind drand's.
pub(super) const CLOCK_SKEW: u64 = 60;
/// An older round shows less than it could.
const MAX_ROUND_AGE: u64 = 60 * 60;

/// Another ceremony's record, of which only the challenge is of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    payload_sha256: String,
    challenge: String,
    ceremony: Ceremony,
    /// Fingerprints of the keys that have signed it.
    signed_by: BTreeSet<String>,
}

/// What tells one ceremony from another, whatever was noted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ceremony {
    evidence_sha256: String,
    challenge_at: u64,
    keys: BTreeSet<String>,
}

impl Ceremony {
    fn of(record: &Record) -> Self {
        Self {
            evidence_sha256: record.evidence.sha256.clone(),
            challenge_at: record.entered.times.challenge,
            keys: fingerprints(&record.entered.participants),
        }
    }
}

fn fingerprints(participants: &[Participant]) -> BTreeSet<String> {
    participants
        .iter()
        .filter_map(|participant| Key::parse(participant.key.as_deref()?).ok())
        .map(|key| key.fingerprint())
        .collect()
}

impl Earlier {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refused`] when it is no ceremony's file.
    pub fn read(file: &[u8]) -> Result<Self, Refused> {
        Opened::read(file).map(|opened| Self {
            payload_sha256: opened.sha256(),
            ceremony: Ceremony::of(&opened.statement.predicate),
            signed_by: opened.signed_by_keys(),
            challenge: opened.statement.predicate.entered.challenge.hex,
        })
    }
}

/// What the evidence and the entries give, appraised now.
pub(super) struct Substance {
    /// As of the record's time.
    pub(super) report: Report,
    /// The verdict that participants may sign: the Report's, or worse by a row below.
    pub(super) verdict: Verdict,
    /// Rows `participants` to `collateral.fresh`.
    pub(super) rows: Vec<Check>,
    pub(super) not_before: Option<NotBefore>,
    /// What in the record cannot be appraised with.
    unusable: Vec<Finding>,
    /// What the evidence of colocation gives.
    pub(super) colocation: Colocated,
}

impl Substance {
    pub(super) fn of(verifier: &Verifier, record: &Record) -> Self {
        let entered = &record.entered;
        let evidence = STANDARD.decode(&record.evidence.base64).ok();
        let mut unusable = Vec::new();
        let request = request(
            record,
            evidence.as_deref().unwrap_or_default(),
            Moment::as_of(entered.times.file),
            &mut unusable,
        );
        let report = verifier.appraise(&request);
        let (challenge, not_before) = challenge(entered);
        let colocated = colocated(record, charter_key(&report), &[]);
        let rows = vec![
            participants_row(entered),
            times(entered),
            console(entered),
            colocated.signed.clone(),
            challenge,
            evidence_row(record, evidence.as_deref()),
            collateral_fresh(&request),
        ];
        let verdict = rows.iter().fold(report.verdict, |verdict, row| {
            verdict.worst(match row.outcome {
                Outcome::Fail => Verdict::Contraindicated,
                Outcome::Warn => Verdict::Warning,
                Outcome::Pass | Outcome::NotGiven | Outcome::NotReached => Verdict::Affirming,
            })
        });
        Self {
            report,
            verdict,
            rows,
            not_before,
            unusable,
            colocation: colocated,
        }
    }

    /// Row `colocation`, with the files that somebody has at hand. As with other ceremonies' records, that says nothing
    /// of what the record holds, so it is no part of the verdict that is signed.
    pub(super) fn look_at_files(&mut self, record: &Record, files: &[&[u8]]) {
        self.colocation = colocated(record, charter_key(&self.report), files);
        self.name_files_away();
    }

    /// The same where nobody has any: what is inside was checked already, and what is not is named.
    pub(super) fn name_files_away(&mut self) {
        for row in &mut self.rows {
            if row.id == CheckId::Colocation {
                *row = self.colocation.row.clone();
            }
        }
    }

    /// Row `challenge`, beside other ceremonies' records. What somebody has at hand says nothing of what the evidence
    /// gives, so it is no part of the verdict that is signed.
    pub(super) fn compare_with(
        &mut self,
        record: &Record,
        others: &[Earlier],
        signers: Option<&Signers>,
    ) {
        let found = reuse(record, others, signers);
        for row in &mut self.rows {
            if row.id == CheckId::Challenge && !found.is_empty() {
                let findings = row.findings.iter().chain(&found).cloned().collect();
                *row = Check::ran(CheckId::Challenge, "", findings);
            }
        }
    }

    /// Whether participants may sign the statement: nothing speaks against it, and it says what the evidence gives.
    pub(super) fn is_signable(&self, statement: &Statement<Record>) -> bool {
        let record = &statement.predicate;
        let holds = |row: &Check| row.outcome == Outcome::Pass;
        matches!(self.verdict, Verdict::Affirming | Verdict::Warning)
            && holds(&self.appraisal(&record.report).0)
            && holds(&self.subject(&statement.subject))
            && holds(&self.outcome(record))
            && self.rows.iter().all(|row| row.outcome != Outcome::Fail)
    }

    /// Row `appraisal`: the evidence gives the Report inside, in verdict, rows, identity and policy.
    pub(super) fn appraisal(&self, recorded: &Value) -> (Check, Vec<Difference>) {
        let found = serde_json::to_value(&self.report).unwrap_or_default();
        // No Report is nearly as long; comparing one would only keep the reader waiting.
        let is_bounded = recorded.to_string().len() <= MAX_REPORT;
        let recorded = if is_bounded { recorded } else { &Value::Null };
        let differences: Vec<Difference> =
            differences(&comparable(recorded), &comparable(&found), MOST_DIFFERENCES)
                .into_iter()
                .map(|(place, recorded, found)| Difference {
                    place,
                    recorded,
                    found,
                })
                .collect();
        let mut findings = self.unusable.clone();
        findings.extend(differences.iter().map(|difference| {
            let detail = format!(
                "{}: the Report inside says {}, the evidence gives {}.",
                difference.place,
                quoted(&difference.recorded, 80),
                quoted(&difference.found, 80)
            );
            let of_the_machine = difference.place == "identity"
                || difference.place == "identity.ppid"
                || difference.place.starts_with("identity.machine_ids");
            if of_the_machine {
                Finding::fail(Code::AppraisalOtherMachine, detail)
            } else {
                Finding::warn(Code::AppraisalDiffers, detail)
            }
        }));
        let row = Check::ran(
            CheckId::Appraisal,
            "Appraised again as of its time, the evidence gives the same verdict, rows, identity and policy.",
            findings,
        );
        (row, differences)
    }

    /// Row `subject`: the statement is about the machine that the evidence names.
    pub(super) fn subject(&self, subjects: &[StatementSubject]) -> Check {
        match self.own_subject() {
            None => Check::not_reached(CheckId::Subject),
            Some((name, sha256)) => {
                let same = matches!(
                    subjects,
                    [only] if only.name == name && only.digest.sha256 == sha256
                );
                let findings = if same {
                    Vec::new()
                } else {
                    vec![Finding::fail(
                        Code::SubjectMismatch,
                        format!("The statement is not about {name} alone."),
                    )]
                };
                Check::ran(
                    CheckId::Subject,
                    format!("The statement is about {name}."),
                    findings,
                )
            }
        }
    }

    /// The machine's charter key, and the digest of its PPID.
    pub(super) fn own_subject(&self) -> Option<(String, String)> {
        let identity = self.report.identity.as_ref()?;
        let charter = charter_key(&self.report)?;
        let ppid = hex::decode(&identity.ppid).ok()?;
        Some((charter.to_owned(), sha256_hex(&ppid)))
    }

    /// Row `outcome`: the verdict that was signed is the one that the evidence gives, and a warning has its reason.
    pub(super) fn outcome(&self, record: &Record) -> Check {
        let entered = &record.entered;
        let mut findings = Vec::new();
        if matches!(record.verdict, Verdict::None | Verdict::Contraindicated) {
            findings.push(Finding::fail(
                Code::OutcomeNotSignable,
                format!("The record's verdict is {}.", word(record.verdict)),
            ));
        } else if record.verdict != self.verdict {
            findings.push(Finding::warn(
                Code::OutcomeDiffers,
                format!(
                    "The record's verdict is {}; the evidence gives {}.",
                    word(record.verdict),
                    word(self.verdict)
                ),
            ));
        }
        let reason = entered.warning_reason.as_deref().unwrap_or_default();
        if record.verdict == Verdict::Warning && reason.trim().is_empty() {
            findings.push(Finding::fail(
                Code::OutcomeReasonMissing,
                "The verdict is a warning, and no reason is given to sign all the same.",
            ));
        }
        findings.extend(free_text("reason", reason));
        findings.extend(free_text(
            "text of notes",
            entered.notes.as_deref().unwrap_or_default(),
        ));
        findings.extend(entered.recording.as_deref().and_then(recording_link));
        Check::ran(
            CheckId::Outcome,
            format!(
                "The verdict that was signed is {}, as the evidence gives.",
                word(record.verdict)
            ),
            findings,
        )
    }
}

/// The charter key of the machine that a Report names.
pub(super) fn charter_key(report: &Report) -> Option<&str> {
    let ids = &report.identity.as_ref()?.machine_ids;
    let charter = ids.iter().find(|id| id.scheme == "charter")?;
    Some(&charter.id)
}

/// The request that a record's appraisal is. What in it cannot be used is named in `unusable`, and read as not given.
pub(super) fn request<'a>(
    record: &'a Record,
    evidence: &'a [u8],
    moment: Moment,
    unusable: &mut Vec<Finding>,
) -> Request<'a> {
    let entered = &record.entered;
    let mut request = Request::new(evidence, moment);
    request.collateral = Some(record.collateral.text.as_bytes().into());
    request.challenge = Some(&entered.challenge.hex);
    request.challenge_issued_at = Some(entered.times.challenge);
    request.challenge_minutes = entered.challenge.minutes;
    request.noted_sha256 = entered.file.noted_sha256.as_deref();
    match Source::parse(&record.collateral.source) {
        Some(source) => request.collateral_from = source,
        None => unusable.push(Finding::fail(
            Code::AppraisalInput,
            format!(
                "The collateral is said to come from {}.",
                quoted(&record.collateral.source, 40)
            ),
        )),
    }
    // The record holds what was used of a bundle; a whole one would be read in another way than it says.
    if Bundle::recognise(record.collateral.text.as_bytes()) {
        unusable.push(Finding::fail(
            Code::AppraisalInput,
            "The record holds a whole bundle in place of one platform's collateral.",
        ));
    }
    unusable.extend(maker(&record.verifier));
    match Policy::parse(&record.policy) {
        Ok(policy) => request.policy = policy,
        Err(error) => unusable.push(Finding::fail(Code::AppraisalInput, error.to_string())),
    }
    match record.attesters.as_deref().map(AttesterBuilds::from_json) {
        None => {}
        Some(Ok(attesters)) => request.attesters = attesters,
        Some(Err(error)) => unusable.push(Finding::fail(Code::AppraisalInput, error.to_string())),
    }
    request
}

/// What is said of the verifier that made the record is shown to people.
fn maker(verifier: &VerifierCopy) -> Vec<Finding> {
    let lines = [
        ("verifier's name", &verifier.name),
        ("verifier's version", &verifier.version),
        ("verifier's commit", &verifier.commit),
        ("verifier's engine", &verifier.engine),
    ];
    let mut findings: Vec<Finding> = lines
        .into_iter()
        .filter_map(|(what, text)| line(what, text))
        .collect();
    if verifier
        .wasm_sha256
        .as_deref()
        .is_some_and(|digest| !is_sha256(digest))
    {
        findings.push(Finding::fail(
            Code::RecordField,
            "The wasm's digest is not 64 lower-case hexadecimal digits.",
        ));
    }
    findings
}

pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}

/// Longest Report that is compared, in bytes.
const MAX_REPORT: usize = 1024 * 1024;
/// More than anyone reads.
const MOST_DIFFERENCES: usize = 200;
/// More rows than any Report has.
const MOST_ROWS: usize = 100;

/// Findings as far as a row lists them now: earlier builds listed all.
fn listed(findings: Vec<Value>) -> Vec<Value> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .into_iter()
        .filter(|finding| {
            let code = finding
                .get("code")
                .map(Value::to_string)
                .unwrap_or_default();
            let seen = counts.entry(code).or_default();
            *seen = seen.saturating_add(1);
            *seen <= LISTED_A_CODE
        })
        .collect()
}

/// What of a Report is compared: verdict, rows, TCB, moment, identity and policy. Not words, version or digest, which another
/// version may write otherwise.
fn comparable(report: &Value) -> Value {
    let rows = report.get("checks").and_then(Value::as_array);
    // Which rows there are, in their order: one that stands twice must not hide behind its namesake.
    let order: Vec<Value> = rows
        .into_iter()
        .flatten()
        .take(MOST_ROWS)
        .map(|row| row.get("id").cloned().unwrap_or_default())
        .collect();
    let rows: serde_json::Map<String, Value> = rows
        .into_iter()
        .flatten()
        .take(MOST_ROWS)
        .map(|row| {
            let each = |list: &str, keys: &[&str]| -> Vec<Value> {
                row.get(list)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .map(|item| {
                        keys.iter()
                            .map(|key| {
                                (
                                    (*key).to_owned(),
                                    item.get(key).cloned().unwrap_or_default(),
                                )
                            })
                            .collect::<serde_json::Map<_, _>>()
                            .into()
                    })
                    .collect()
            };
            let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
            (
                id.to_owned(),
                json!({
                    "outcome": row.get("outcome"),
                    "code": row.get("code"),
                    "findings": listed(each("findings", &["outcome", "code"])),
                    "compared": each("compared", &["expected", "actual", "equal"]),
                }),
            )
        })
        .collect();
    json!({
        "verdict": report.get("verdict"),
        "rows": order,
        "checks": rows,
        "tcb": report.get("tcb").map(|tcb| json!({
            "status": tcb.get("status"),
            "advisories": tcb.get("advisories"),
        })),
        "at": report.get("at"),
        "time": report.get("time"),
        "identity": report.get("identity"),
        "policy": report.get("policy"),
    })
}

fn participants_row(entered: &Entered) -> Check {
    let mut findings = participants::check(&entered.participants);
    findings.extend(participants::keys_given(&entered.participants));
    Check::ran(
        CheckId::Participants,
        "One prover, and witnesses of two other projects, each with a key of their own.",
        findings,
    )
}

/// A call that took longer than a day was not one call.
pub(super) const LONGEST_CEREMONY: u64 = 24 * 60 * 60;

/// Row `times`: every step ended no earlier than the one before it.
fn times(entered: &Entered) -> Check {
    let mut findings = Vec::new();
    let mut last: Option<(&str, u64)> = None;
    for (step, time) in entered.times.in_order() {
        let Some(time) = time else { continue };
        if time > LAST_SECOND {
            findings.push(Finding::fail(
                Code::TimeInvalid,
                format!("The time of the step {step} is none."),
            ));
        }
        if let Some((before, earlier)) = last.filter(|(_, earlier)| time < *earlier) {
            findings.push(Finding::fail(
                Code::TimeSetBack,
                format!(
                    "The step {step} ended on {}, {} seconds before the step {before}.",
                    in_words(time),
                    earlier.saturating_sub(time)
                ),
            ));
        }
        last = Some((step, time));
    }
    let took = entered
        .times
        .outcome
        .saturating_sub(entered.times.participants);
    if took > LONGEST_CEREMONY {
        findings.push(Finding::warn(
            Code::TimeTooLong,
            format!(
                "From the first step to the outcome it took {}.",
                duration_in_words(took)
            ),
        ));
    }
    Check::ran(
        CheckId::Times,
        format!(
            "The steps follow each other; the ceremony took {}.",
            duration_in_words(took)
        ),
        findings,
    )
}

/// Row `console`: what was seen of it, and whether the machine is in colocation as the record's kind says.
fn console(entered: &Entered) -> Check {
    let console = &entered.console;
    let mut findings = Vec::new();
    for (what, text) in [
        ("provider", &console.provider),
        ("product", &console.product),
        ("region", &console.region),
        ("kind of console", &console.console_type),
        ("machine", &console.machine),
        ("answer about colocation", &entered.colocation.how),
    ] {
        if text.trim().is_empty() {
            findings.push(Finding::fail(
                Code::ConsoleMissing,
                format!("The {what} was not entered."),
            ));
        }
        findings.extend(line(what, text));
    }
    match (entered.kind, entered.colocation.answer) {
        (Kind::BareMetal, ColocationAnswer::NotShown | ColocationAnswer::InColocation) => findings.push(Finding::fail(
            Code::ColocationNotExcluded,
            "The provider offers colocation, and it was not shown that the machine is not in it.",
        )),
        (Kind::Colocation, ColocationAnswer::NotOffered | ColocationAnswer::ShownNotInIt | ColocationAnswer::NotShown) => {
            findings.push(Finding::fail(
                Code::ColocationDenied,
                "The record is for a machine in colocation, and the participants say that it is in none.",
            ));
        }
        (Kind::BareMetal, ColocationAnswer::NotOffered | ColocationAnswer::ShownNotInIt)
        | (Kind::Colocation, ColocationAnswer::InColocation) => {}
    }
    let (machine, console_type, provider) = (
        quoted(&console.machine, MAX_LINE),
        quoted(&console.console_type, MAX_LINE),
        quoted(&console.provider, MAX_LINE),
    );
    Check::ran(
        CheckId::Console,
        match entered.kind {
            Kind::BareMetal => format!(
                "{machine} was picked on the {console_type} console of {provider}, as the participants say."
            ),
            Kind::Colocation => format!(
                "{machine} at {provider} was reached by {console_type}, as the participants say."
            ),
        },
        findings,
    )
}

/// Row `challenge`: made by a witness, answered within its window, used once, and mixed as it says.
fn challenge(entered: &Entered) -> (Check, Option<NotBefore>) {
    let (challenge, times) = (&entered.challenge, &entered.times);
    let mut findings = Vec::new();
    match Challenge::parse(&challenge.hex) {
        Err(error) => findings.push(Finding::fail(Code::ChallengeInvalid, error.to_string())),
        Ok(read) if read.hex() != challenge.hex => findings.push(Finding::fail(
            Code::ChallengeInvalid,
            "The challenge is not in lower-case hex.",
        )),
        Ok(_) => {}
    }
    let maker = witness(entered, Some(challenge.made_by));
    if maker.is_none() {
        findings.push(Finding::fail(
            Code::ChallengeMaker,
            "The challenge was made by none of the witnesses.",
        ));
    }
    if !(1..=1440).contains(&challenge.minutes) {
        findings.push(Finding::fail(
            Code::ChallengeInvalid,
            format!(
                "The challenge could be answered for {} minutes; 1 to 1440 are accepted, {DEFAULT_MINUTES} are usual.",
                challenge.minutes
            ),
        ));
    }
    let took = times.file.saturating_sub(times.challenge);
    if took > u64::from(challenge.minutes).saturating_mul(60) {
        findings.push(Finding::warn(
            Code::ChallengeExpired,
            format!(
                "The file was received {} after the challenge was made; {} were allowed.",
                duration_in_words(took),
                duration_in_words(u64::from(challenge.minutes).saturating_mul(60))
            ),
        ));
    }
    let not_before = match &challenge.origin {
        Origin::Random => None,
        Origin::Drand {
            chain,
            round,
            signature,
            own,
        } => match drand::replay(chain, *round, signature, own) {
            Err(error) => {
                findings.push(Finding::fail(error.code(), error.to_string()));
                None
            }
            Ok((round, mixed)) => {
                findings.extend(round_findings(
                    &round,
                    mixed.as_ref(),
                    &challenge.hex,
                    times.challenge,
                ));
                Some(NotBefore {
                    round: round.number(),
                    time: round.time(),
                })
            }
        },
    };
    let maker = quoted(maker.unwrap_or_default(), MAX_LINE);
    let detail = match not_before {
        None => format!("Made by {maker} and answered within its window."),
        Some(round) => format!(
            "Made by {maker} from drand's round {}, so not before {}, and answered within its window.",
            round.round,
            in_words(round.time)
        ),
    };
    (Check::ran(CheckId::Challenge, detail, findings), not_before)
}

/// Another ceremony's record with this challenge (O25).
///
/// Anyone can write a record, and sign it with keys of their own: it is a refusal only where a participant of this
/// one, or a signer whom the opener knows, has signed the other.
fn reuse(record: &Record, others: &[Earlier], signers: Option<&Signers>) -> Vec<Finding> {
    let this = Ceremony::of(record);
    let mut known = this.keys.clone();
    known.extend(signers.into_iter().flat_map(Signers::fingerprints));
    others
        .iter()
        .filter(|other| {
            other.ceremony != this
                && is_same_challenge(&other.challenge, &record.entered.challenge.hex)
        })
        .map(|other| {
            let name = &other.payload_sha256;
            if other.signed_by.is_disjoint(&known) {
                let detail = format!(
                    "The same challenge stands in the record {name}, which nobody signed whom you know."
                );
                Finding::warn(Code::ChallengeReused, detail)
            } else {
                let detail = format!("The same challenge stands in the record {name}.");
                Finding::fail(Code::ChallengeReused, detail)
            }
        })
        .collect()
}

/// Whether one answer serves both: `report_data` is padded with zeros, so a challenge and the same with zeros behind
/// it are one.
fn is_same_challenge(one: &str, other: &str) -> bool {
    let padded = |hex: &str| Challenge::parse(hex).map(|read| read.report_data());
    match (padded(one), padded(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// What a verified round says against the challenge that is said to be mixed from it.
fn round_findings(
    round: &drand::Round,
    mixed: Option<&Challenge>,
    challenge: &str,
    made_at: u64,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if mixed.map(Challenge::hex).as_deref() != Some(challenge) {
        findings.push(Finding::fail(
            Code::DrandMix,
            format!(
                "The challenge is not the mix of round {} and the witness's bytes.",
                round.number()
            ),
        ));
    }
    if round.time() > made_at.saturating_add(CLOCK_SKEW) {
        findings.push(Finding::fail(
            Code::DrandRoundLater,
            format!(
                "Round {} was published on {}, after the challenge was made.",
                round.number(),
                in_words(round.time())
            ),
        ));
    }
    let age = made_at.saturating_sub(round.time());
    if age > MAX_ROUND_AGE {
        findings.push(Finding::warn(
            Code::DrandRoundOld,
            format!(
                "Round {} was published {} before the challenge was made.",
                round.number(),
                duration_in_words(age)
            ),
        ));
    }
    findings
}

/// Row `evidence`: the bytes are those that the record names.
fn evidence_row(record: &Record, evidence: Option<&[u8]>) -> Check {
    let noted = &record.entered.file;
    let mut findings = Vec::new();
    match evidence {
        None => findings.push(Finding::fail(
            Code::EvidenceDamaged,
            "The evidence is not base64 with padding.",
        )),
        Some(bytes) if bytes.len() > MAX_INPUT => findings.push(Finding::fail(
            Code::EvidenceDamaged,
            format!("The evidence has more than {MAX_INPUT} bytes."),
        )),
        Some(bytes) if sha256_hex(bytes) != record.evidence.sha256 => findings.push(Finding::fail(
            Code::EvidenceDamaged,
            "The evidence's SHA-256 is not the one that the record names.",
        )),
        Some(_) => {}
    }
    findings.extend(line("file's name", &noted.name));
    let by_a_witness = witness(&record.entered, noted.noted_by).is_some();
    if noted.noted_sha256.is_some() != noted.noted_by.is_some()
        || (noted.noted_by.is_some() && !by_a_witness)
    {
        findings.push(Finding::fail(
            Code::EvidenceNotedBy,
            "The file's hash was noted by none of the witnesses.",
        ));
    }
    Check::ran(
        CheckId::Evidence,
        format!(
            "The record holds {}, SHA-256 {}.",
            quoted(&noted.name, MAX_LINE),
            record.evidence.sha256
        ),
        findings,
    )
}

/// Row `collateral.fresh`: O16 as it was asked then. A verdict as of a past moment does not ask it.
fn collateral_fresh(request: &Request<'_>) -> Check {
    let document = request
        .collateral
        .and_then(|given| given.document_for(platform_of(request.evidence)));
    let Some(Ok(document)) = document else {
        return Check::not_reached(CheckId::CollateralFresh);
    };
    let Ok(collateral) = &document.collateral else {
        return Check::not_reached(CheckId::CollateralFresh);
    };
    let findings = crate::appraisal::old_pieces(request, collateral)
        .into_iter()
        .map(|finding| Finding::warn(Code::CollateralOldThen, finding.detail))
        .collect();
    Check::ran(
        CheckId::CollateralFresh,
        "The collateral was as fresh as the policy asks.",
        findings,
    )
}

/// The name of a participant who is a witness, and not of the prover's own project: such a one is no third party.
fn witness(entered: &Entered, index: Option<u32>) -> Option<&str> {
    let index = usize::try_from(index?).ok()?;
    let is_provers = |project: &str| {
        entered.participants.iter().any(|other| {
            other.role == Role::Prover && project_key(&other.project) == project_key(project)
        })
    };
    entered
        .participants
        .get(index)
        .filter(|participant| {
            participant.role == Role::Witness && !is_provers(&participant.project)
        })
        .map(|participant| participant.name.as_str())
}

/// The word that a plain enum is in JSON.
pub(super) fn name(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

pub(super) fn word(verdict: Verdict) -> String {
    name(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_build_that_listed_every_finding_is_the_same() {
        let report = |count: usize| {
            let finding = json!({ "outcome": "warn", "code": "PRINTED_LINE_UNKNOWN" });
            let other = json!({ "outcome": "warn", "code": "PRINTED_STATUS_DIFFERS" });
            let mut findings = vec![finding; count];
            findings.push(other);
            json!({ "checks": [{ "id": "file.consistent", "outcome": "warn", "findings": findings }] })
        };
        assert_eq!(comparable(&report(30)), comparable(&report(LISTED_A_CODE)));
        assert_ne!(
            comparable(&report(30)),
            comparable(&report(LISTED_A_CODE - 1))
        );
    }

    #[test]
    fn one_challenge_is_another_only_where_one_answer_serves_both() {
        let one = "0102030405060708";
        assert!(is_same_challenge(one, one));
        assert!(is_same_challenge(one, "01020304050607080000"));
        assert!(!is_same_challenge(one, "0102030405060709"));
        assert!(is_same_challenge("none", "none") && !is_same_challenge("none", "no one"));
    }

    #[test]
    fn a_round_is_neither_later_than_its_challenge_nor_more_than_an_hour_older() {
        // Round 1000 of drand's chain quicknet, as its API gives it.
        let round = drand::Round::parse(concat!(
            r#"{"round":1000,"signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b1957"#,
            r#"6350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}"#
        ))
        .unwrap();
        let codes = |made_at: u64| -> Vec<Code> {
            round_findings(&round, None, "", made_at)
                .into_iter()
                .map(|finding| finding.code)
                .filter(|code| *code != Code::DrandMix)
                .collect()
        };
        let time = round.time();
        // A minute before it, and an hour after it.
        assert_eq!(codes(time - 60), []);
        assert_eq!(codes(time - 61), [Code::DrandRoundLater]);
        assert_eq!(codes(time + 3600), []);
        assert_eq!(codes(time + 3601), [Code::DrandRoundOld]);
    }
}
