//! What checking a trust token finds, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs; `docs/token.md` describes each row and code.

use serde::Serialize;

use super::code::Code;
use crate::report::{FindingOutcome, Outcome, Report, Tense, Verdict, Verifier};

/// Version of the JSON below. It grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The rows, in the order in which they are checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CheckId {
    /// One compact JWS, strictly.
    #[serde(rename = "token.format")]
    Format,
    /// A key of the user's lists, which says which algorithm.
    #[serde(rename = "token.key")]
    Key,
    /// The signature is that key's.
    #[serde(rename = "token.signature")]
    Signature,
    /// The claims have the forms that trust servers write.
    #[serde(rename = "token.claims")]
    Claims,
    /// The times fit each other, the moment, and the dates of the key.
    #[serde(rename = "token.time")]
    Time,
    /// What a token of this kind lacks.
    #[serde(rename = "token.lacks")]
    Lacks,
    /// The quote at hand is the one whose hash was signed.
    #[serde(rename = "quote.hash")]
    QuoteHash,
    /// The quote is authentic.
    #[serde(rename = "quote.appraisal")]
    QuoteAppraisal,
    /// The machine that was signed is the one that made the quote.
    #[serde(rename = "machine")]
    Machine,
}

impl CheckId {
    /// All rows, in order.
    pub const ALL: [Self; 9] = [
        Self::Format,
        Self::Key,
        Self::Signature,
        Self::Claims,
        Self::Time,
        Self::Lacks,
        Self::QuoteHash,
        Self::QuoteAppraisal,
        Self::Machine,
    ];
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
}

impl Finding {
    /// A refusal.
    pub(super) fn fail(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Fail,
            code,
            detail: detail.into(),
            advice: code.advice(),
        }
    }

    /// A reservation.
    pub(super) fn warn(code: Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Warn,
            ..Self::fail(code, detail)
        }
    }
}

impl Check {
    /// A row that ran: it passes with `detail`, unless findings were made; then the weightiest one speaks.
    pub(super) fn ran(id: CheckId, detail: impl Into<String>, mut findings: Vec<Finding>) -> Self {
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
            findings,
        }
    }

    /// A row whose input is not there.
    pub(super) fn not_given(id: CheckId, detail: &str) -> Self {
        Self {
            outcome: Outcome::NotGiven,
            ..Self::ran(id, detail, Vec::new())
        }
    }

    /// A row that could not run.
    pub(super) fn not_reached(id: CheckId) -> Self {
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
    pub fn holds(&self) -> bool {
        matches!(self.outcome, Outcome::Pass | Outcome::Warn)
    }

    /// Whether the row speaks against the token.
    pub(super) fn refuses(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.outcome == FindingOutcome::Fail && !finding.code.is_undecided())
    }
}

/// The verdict over rows: the worst of contraindicated, none, warning, affirming. Absence is never a pass.
pub fn verdict_of(checks: &[Check]) -> Verdict {
    let complete = checks.iter().map(|check| check.id).eq(CheckId::ALL);
    let any = |outcomes: &[Outcome]| checks.iter().any(|check| outcomes.contains(&check.outcome));
    if checks.iter().any(Check::refuses) {
        Verdict::Contraindicated
    } else if !complete || any(&[Outcome::Fail, Outcome::NotReached]) {
        Verdict::None
    } else if any(&[Outcome::Warn, Outcome::NotGiven]) {
        Verdict::Warning
    } else {
        Verdict::Affirming
    }
}

/// The whole report of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier wrote it.
    pub verifier: Verifier,
    /// From [`verdict_of`] the checks.
    pub verdict: Verdict,
    /// The verdict in words; ends in "as of DATE" when it is not about now.
    pub headline: String,
    /// Why.
    pub summary: String,
    /// The moment that the token was checked for.
    pub at: u64,
    /// The same, RFC 3339 in UTC.
    pub at_rfc3339: String,
    /// Whether the moment is now or a past one.
    pub time: Tense,
    /// What the token says; null when it cannot be read.
    pub token: Option<TokenView>,
    /// Nine rows, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
    /// The appraisal of the quote, when one was given.
    pub report: Option<Report>,
}

/// What a token says. Believe it only where `signed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// SHA-256 of its text, without the space around it.
    pub sha256: String,
    /// Whether row `token.signature` holds.
    pub signed: bool,
    /// The header's `alg`.
    pub algorithm: Option<String>,
    /// The header's `kid`.
    pub kid: Option<String>,
    /// The key of the user's lists.
    pub key: Option<KeyView>,
    /// SHA-256 of the quote, as the server was sent it.
    pub quote_hash: Option<String>,
    /// The machine.
    pub machine_id: Option<String>,
    /// "ppid", "sgx_extensions_sha256", "charter" or "amd_chip_id"; null for an ID of no known form.
    pub machine_id_scheme: Option<&'static str>,
    /// What the server's list calls the machine.
    pub label: Option<String>,
    /// `iat`, the server's own time, else `timestamp`, which whoever asks chooses. Unix seconds.
    pub issued_at: Option<u64>,
    /// Seconds from then to the moment that is asked about.
    pub age_seconds: Option<u64>,
    /// `exp`, Unix seconds.
    pub expires_at: Option<u64>,
    /// All of the payload, in its order.
    pub claims: Vec<Claim>,
}

/// One claim of the payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its value as JSON.
    pub value: String,
}

/// A key that the user's lists have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyView {
    /// For people: "an RSA key of 2048 bits".
    pub kind: String,
    /// "the alliance's keys" or "keys.json".
    pub list: &'static str,
    /// Where the list has it from; null in keys.json.
    pub source: Option<String>,
    /// Unix seconds; null for open.
    pub valid_from: Option<u64>,
    /// The last second; null for open.
    pub valid_to: Option<u64>,
}
