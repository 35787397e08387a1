//! What checking evidence of colocation finds, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs; `docs/colocation.md` describes each row and code.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Code;
use super::evidence::{Kind, Role};
use super::heartbeat::timeline::Stretch;
use super::trust::Table;
use crate::report::{FindingOutcome, Outcome, Verifier};

/// Version of the JSON below. It grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The rows of items. Which of them an item has depends on its kind, and on nothing else but how a pledge is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CheckId {
    /// What people entered is there, and can be shown.
    #[serde(rename = "entered")]
    Entered,
    /// The files that the kind needs are there, byte for byte.
    #[serde(rename = "files")]
    Files,
    /// The owner's statement names this machine.
    #[serde(rename = "claim.machine")]
    ClaimMachine,
    /// The owner's key signed the statement.
    #[serde(rename = "claim.signature")]
    ClaimSignature,
    /// Every audit certificate is valid at the moment.
    #[serde(rename = "claim.certificates")]
    ClaimCertificates,
    /// The video is named by its hash, and was watched.
    #[serde(rename = "video.watched")]
    VideoWatched,
    /// The file is one e-mail.
    #[serde(rename = "mail.read")]
    MailRead,
    /// The key record that was supplied holds a key that can be used.
    #[serde(rename = "mail.key")]
    MailKey,
    /// A DKIM signature of the mail verifies under that key.
    #[serde(rename = "mail.signature")]
    MailSignature,
    /// The mail was signed, and dated, before the moment, and the signature has not expired.
    #[serde(rename = "mail.time")]
    MailTime,
    /// The signing domain, and the sender's, are the data centre's; and nothing marks the mail as sent by a program.
    #[serde(rename = "mail.domain")]
    MailDomain,
    /// The mail's own text names the very document by its SHA-256, or the mail attaches it.
    #[serde(rename = "pledge.document")]
    PledgeDocument,
    /// The signatory's key signed the document.
    #[serde(rename = "pledge.signature")]
    PledgeSignature,
    /// The log can be read, every line of it.
    #[serde(rename = "heartbeat.read")]
    HeartbeatRead,
    /// Every line holds the hash of the line before.
    #[serde(rename = "heartbeat.chain")]
    HeartbeatChain,
    /// Sequence and time grow.
    #[serde(rename = "heartbeat.order")]
    HeartbeatOrder,
    /// No silence is longer than declared.
    #[serde(rename = "heartbeat.gaps")]
    HeartbeatGaps,
    /// The recorder's key signed the log at intervals, and at its end.
    #[serde(rename = "heartbeat.signatures")]
    HeartbeatSignatures,
    /// The machine answered.
    #[serde(rename = "heartbeat.answers")]
    HeartbeatAnswers,
    /// The list of prefixes can be read.
    #[serde(rename = "addresses.prefixes")]
    AddressesPrefixes,
    /// Every address that was seen lies in them.
    #[serde(rename = "addresses.inside")]
    AddressesInside,
    /// Addresses were seen in both directions.
    #[serde(rename = "addresses.seen")]
    AddressesSeen,
    /// The beacon: noted only.
    #[serde(rename = "beacon.noted")]
    BeaconNoted,
}

/// What one row found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which row.
    pub id: CheckId,
    /// How it ended.
    pub outcome: Outcome,
    /// The weightiest finding's code.
    pub code: Option<Code>,
    /// Plain words: what was found.
    pub detail: String,
    /// What to do next.
    pub advice: Option<&'static str>,
    /// Where in the file: "line 7", "byte 436".
    pub place: Option<String>,
    /// All findings, weightiest first.
    pub findings: Vec<Finding>,
}

/// One thing that a row found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub outcome: FindingOutcome,
    /// Its closed code.
    pub code: Code,
    /// Plain words, with the facts.
    pub detail: String,
    /// What to do next.
    pub advice: &'static str,
    /// Where in the file.
    pub place: Option<String>,
}

impl Finding {
    /// A refusal.
    pub fn fail(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Fail,
            code,
            detail: detail.into(),
            advice: code.advice(),
            place: None,
        }
    }

    /// A reservation.
    pub fn warn(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Warn,
            ..Self::fail(code, detail)
        }
    }

    /// Says where.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl Check {
    /// A row that ran: it passes with `detail`, unless findings were made; then the weightiest one speaks.
    ///
    /// Of one code at most ten are listed; the first then says how many there are.
    pub fn ran(id: CheckId, detail: impl Into<String>, findings: Vec<Finding>) -> Self {
        let mut findings = listed(findings);
        findings.sort_by_key(|finding| finding.outcome == FindingOutcome::Warn);
        let first = findings.first();
        Self {
            id,
            outcome: match first.map(|first| first.outcome) {
                None => Outcome::Pass,
                Some(FindingOutcome::Fail) => Outcome::Fail,
                Some(FindingOutcome::Warn) => Outcome::Warn,
            },
            code: first.map(|first| first.code),
            detail: first.map_or_else(|| detail.into(), |first| first.detail.clone()),
            advice: first.map(|first| first.advice),
            place: first.and_then(|first| first.place.clone()),
            findings,
        }
    }

    /// A row whose input the user did not give; `code` says what to do about it.
    pub fn not_given(id: CheckId, code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotGiven,
            code: Some(code),
            advice: Some(code.advice()),
            ..Self::ran(id, detail, Vec::new())
        }
    }

    /// A row that could not run.
    pub fn not_reached(id: CheckId) -> Self {
        Self {
            outcome: Outcome::NotReached,
            ..Self::ran(
                id,
                "Not checked, because a row that it rests on did not pass.",
                Vec::new(),
            )
        }
    }

    /// Whether the row holds, with or without reservation.
    pub const fn holds(&self) -> bool {
        matches!(self.outcome, Outcome::Pass | Outcome::Warn)
    }
}

/// Findings of one code that a row lists.
const LISTED_A_CODE: usize = 10;

fn listed(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    findings.retain(|finding| {
        let seen = counts.entry(finding.code).or_default();
        *seen = seen.saturating_add(1);
        *seen <= LISTED_A_CODE
    });
    for (code, seen) in counts {
        if seen > LISTED_A_CODE
            && let Some(first) = findings.iter_mut().find(|finding| finding.code == code)
        {
            first.detail = format!(
                "{} This is the first of {seen} such findings.",
                first.detail
            );
        }
    }
    findings
}

/// What a checker of one kind finds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The kind's own rows, in order.
    pub checks: Vec<Check>,
    /// What people should read for themselves.
    pub facts: Vec<Fact>,
    /// What a heartbeat log covers.
    pub timeline: Option<Timeline>,
}

/// What ties a mail to a document: where it stands, and what is around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tie {
    /// The line of the text that is shown, from 1; null for a file that is attached.
    pub line: Option<usize>,
    /// The line up to it; at most 200 characters.
    pub before: String,
    /// The SHA-256, or the file's name.
    pub tie: String,
    /// The line after it; at most 200 characters.
    pub after: String,
}

/// Something to read: not verified by being shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is: "From", "Text".
    pub label: String,
    /// As it stands in the file, made safe to show.
    pub value: String,
}

/// What a heartbeat log covers, in order and without holes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Unix seconds.
    pub from: u64,
    /// Unix seconds.
    pub to: u64,
    /// One after the other, from `from` to `to`; at most 2,000.
    pub spans: Vec<Stretch>,
    /// Seconds that are covered.
    pub covered: u64,
    /// Seconds that had to be covered, listed or not.
    pub span: u64,
    /// `covered` of `span` in parts per million, rounded down.
    pub covered_ppm: u64,
    /// The longest stretch that is not covered, in seconds.
    pub longest_gap: u64,
    /// Stretches beyond those that are listed.
    pub left_off: usize,
}

/// A file as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// What it is to the item.
    pub role: Role,
    /// Its name as received.
    pub name: String,
    /// Of its bytes.
    pub sha256: String,
    /// How many bytes; null where the file is not here.
    pub bytes: Option<usize>,
}

/// What one item is found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// Its kind.
    pub kind: Kind,
    /// Whether it counts in the trust table: all its rows hold. A row that was not given holds only where the kind
    /// does without it.
    pub counts: bool,
    /// Its rows, in the order of the kind.
    pub checks: Vec<Check>,
    /// Plain words: how far these checks go, and what they do not show.
    pub how_far: &'static str,
    /// What people should read for themselves.
    pub facts: Vec<Fact>,
    /// What ties a pledge's mail to its document, to be read there: at most ten. Empty for other kinds.
    pub ties: Vec<Tie>,
    /// Its files.
    pub files: Vec<FileView>,
    /// What a heartbeat log covers.
    pub timeline: Option<Timeline>,
}

/// What checking evidence of colocation finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColocationReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier wrote it.
    pub verifier: Verifier,
    /// The moment that was checked for, Unix seconds.
    pub at: u64,
    /// The same, RFC 3339 in UTC.
    pub at_rfc3339: String,
    /// The machine's charter key, if one was given.
    pub machine: Option<String>,
    /// Every item, in the order given.
    pub items: Vec<ItemReport>,
    /// What they are worth together.
    pub trust: Table,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_lists_ten_findings_of_a_code_and_counts_all() {
        let finding = |code, number: usize| Finding::fail(code, format!("Number {number}."));
        let many = (0..500).map(|number| finding(Code::EnteredMissing, number));
        let few = (0..10).map(|number| finding(Code::EnteredTooLong, number));
        let row = Check::ran(CheckId::Entered, "", many.chain(few).collect());
        assert_eq!(row.findings.len(), 20);
        assert_eq!(
            row.detail,
            "Number 0. This is the first of 500 such findings."
        );
        assert_eq!(row.findings[10].detail, "Number 0.");
    }
}
