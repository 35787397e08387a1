//! What checking a trust token finds, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs; `docs/token.md` describes each row and code.

use serde::Serialize;

use super::code::Code;
use crate::report::{Report, Tense, Verdict, Verifier};
use crate::rows::{self, Row, Shape, WhenFailed};

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

/// What one row of a token found.
pub type Check = rows::Check<CheckId>;

/// One thing that a row of a token found wrong.
pub type Finding = rows::Finding<CheckId>;

impl Row for CheckId {
    type Code = Code;

    const ALL: &'static [Self] = &[
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

    const SHAPE: Shape = Shape {
        place: false,
        compared: false,
        advice: true,
        finding_place: false,
        participant: false,
    };

    fn when_failed(self, code: Code) -> WhenFailed {
        if code.is_undecided() {
            WhenFailed::Undecided
        } else {
            WhenFailed::Refused
        }
    }

    fn caps_when_not_given(self) -> bool {
        true
    }
}

/// The whole report of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier wrote it.
    pub verifier: Verifier,
    /// From [`rows::verdict_of`] the checks.
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
