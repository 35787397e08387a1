//! The record's shape: an in-toto Statement v1 whose predicate is everything that people entered and the verifier saw.
//!
//! <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>. `docs/ceremony-record.schema.json` is the
//! same as a JSON Schema. Every field is always there; what was not given is `null`. Times are Unix seconds.

use serde::{Deserialize, Serialize};

use crate::colocation::Item;
use crate::report::Verdict;

/// `_type` of every in-toto Statement v1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of a ceremony's record; the version at its end grows when a field changes.
pub const RECORD_TYPE: &str = "https://github.com/cloud-witness/cloud-witness/ceremony/v1";
/// `predicateType` of what is added later, such as the recording's link.
pub const ADDENDUM_TYPE: &str =
    "https://github.com/cloud-witness/cloud-witness/ceremony-addendum/v1";

/// An in-toto Statement v1 around one predicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement<P> {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// What it is about: one subject.
    pub subject: Vec<Subject>,
    /// [`RECORD_TYPE`] or [`ADDENDUM_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What it says.
    pub predicate: P,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// A record's is the machine's charter key, for example `intel:sgx:ppid:…`; an addendum's is "ceremony record".
    pub name: String,
    /// A record's is over the 16 bytes of the PPID; an addendum's over the record's payload.
    pub digest: Digest,
}

/// A digest by its algorithm's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// 64 lower-case hex digits.
    pub sha256: String,
}

/// The predicate of a ceremony's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What people entered and saw.
    pub entered: Entered,
    /// The file that the attester wrote.
    pub evidence: EvidenceCopy,
    /// The collateral that was used.
    pub collateral: CollateralCopy,
    /// The policy in force: a preset's name, or a policy's JSON text.
    pub policy: String,
    /// The list of attester builds as JSON text; null for none.
    pub attesters: Option<String>,
    /// The Report as of the moment when the file was received. Compared on opening, never believed.
    pub report: serde_json::Value,
    /// The verdict that was signed: the Report's, or `warning` where the ceremony adds a reservation.
    pub verdict: Verdict,
    /// Which verifier made the record.
    pub verifier: VerifierCopy,
    /// Evidence that the machine stands in a data centre; only of the kind [`Kind::Colocation`], and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colocation: Option<ColocationCopy>,
}

/// Evidence of colocation, and what was found of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColocationCopy {
    /// The items, with the bytes of their files, but for those that are too large.
    pub items: Vec<Item>,
    /// Outcome and code of every row, and the trust table's levels. Compared on opening, never believed.
    pub found: serde_json::Value,
}

/// What people entered and saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// Where the machine stands.
    pub kind: Kind,
    /// Everyone who signs, in the order in which they presented themselves.
    pub participants: Vec<Participant>,
    /// Whether the machine could be in colocation.
    pub colocation: Colocation,
    /// What was seen of the provider's console.
    pub console: Console,
    /// When each step ended.
    pub times: Times,
    /// The challenge.
    pub challenge: ChallengeEntered,
    /// What was noted of the attester's file during the call.
    pub file: FileNoted,
    /// Why the participants sign although the verdict is a warning; needed then.
    pub warning_reason: Option<String>,
    /// Anything else.
    pub notes: Option<String>,
    /// Link to the call's recording, if it exists already.
    pub recording: Option<String>,
}

/// Where the machine stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A machine of a cloud provider, chosen on the provider's console.
    BareMetal,
    /// A machine in a data centre, without a provider's console. What stands under `console` is then the data centre
    /// and how the machine was reached.
    Colocation,
}

/// One who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// As said on the call.
    pub name: String,
    /// The project that they speak for; ASCII.
    pub project: String,
    /// What they do.
    pub role: Role,
    /// The key that they sign with, as an OpenSSH public-key line without comment. Never null in a record.
    pub key: Option<String>,
}

/// What a participant does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Shows the machine.
    Prover,
    /// Watches and verifies.
    Witness,
}

/// Whether the provider offers colocation, and if so, whether it was shown that the machine is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colocation {
    /// The answer.
    pub answer: ColocationAnswer,
    /// How it is known.
    pub how: String,
}

/// Answers to the question of colocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColocationAnswer {
    /// The provider offers none.
    NotOffered,
    /// It does, and it was shown that the machine is not in it.
    ShownNotInIt,
    /// It does, and that was not shown: no record for bare metal can be made.
    NotShown,
    /// The machine is in colocation: the answer of [`Kind::Colocation`], and of it alone.
    InColocation,
}

/// What was seen of the provider's console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {
    /// The cloud.
    pub provider: String,
    /// What the cloud calls the kind of machine.
    pub product: String,
    /// Where it stands, in the cloud's words.
    pub region: String,
    /// For example "IPMI" or "serial".
    pub console_type: String,
    /// Which machine was picked on screen.
    pub machine: String,
}

/// When each step ended, Unix seconds, in the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Everyone presented themselves.
    pub participants: u64,
    /// The question of colocation was answered.
    pub colocation: u64,
    /// The console was seen and the machine picked.
    pub console: u64,
    /// The challenge was made.
    pub challenge: u64,
    /// The command was shown.
    pub command: Option<u64>,
    /// The file's hash was noted.
    pub hash: Option<u64>,
    /// The file was received. The appraisal is as of this moment: by then the quote existed.
    pub file: u64,
    /// The verifier appraised it.
    pub appraisal: u64,
    /// The outcome was agreed on, and the record made.
    pub outcome: u64,
}

/// The challenge, and how it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeEntered {
    /// Lower-case hex, 8 to 64 bytes.
    pub hex: String,
    /// For how many minutes after `times.challenge` it could be answered, 1 to 1440.
    pub minutes: u32,
    /// Which participant made it: position in `participants`, from 0.
    pub made_by: u32,
    /// How it was made.
    pub origin: Origin,
}

/// How a challenge was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// Random bytes of the witness's computer.
    Random,
    /// A round of drand's chain quicknet, mixed with random bytes of the witness's computer: see [`super::drand`].
    Drand {
        /// The chain's hash, 64 hex digits.
        chain: String,
        /// Its number.
        round: u64,
        /// Its signature, 96 hex digits.
        signature: String,
        /// The witness's own random bytes, 64 hex digits.
        own: String,
    },
}

/// What was noted of the attester's file during the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileNoted {
    /// Its name as received.
    pub name: String,
    /// Its SHA-256 as noted from the screen, whole or its first digits.
    pub noted_sha256: Option<String>,
    /// Which participant noted it: position in `participants`, from 0.
    pub noted_by: Option<u32>,
}

/// The evidence, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceCopy {
    /// RFC 4648, section 4, with padding.
    pub base64: String,
    /// 64 lower-case hex digits.
    pub sha256: String,
}

/// The collateral, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralCopy {
    /// `QuoteCollateralV3` JSON, as it was used.
    pub text: String,
    /// "site", "witness" or "applicant".
    pub source: String,
}

/// Which verifier made a record. Shown, never compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifierCopy {
    /// "cloud-witness".
    pub name: String,
    /// The crate's version.
    pub version: String,
    /// Commit of the build, or "unknown".
    pub commit: String,
    /// The engine and its version.
    pub engine: String,
    /// SHA-256 of the wasm, as the caller says; null where there is none.
    pub wasm_sha256: Option<String>,
}

/// The predicate of what is added later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addendum {
    /// When, Unix seconds.
    pub added_at: u64,
    /// Link to the call's recording.
    pub recording: Option<String>,
    /// Anything else.
    pub note: Option<String>,
}

impl Times {
    /// Every step's name and end, in order; a step without a time was not done.
    pub const fn in_order(&self) -> [(&'static str, Option<u64>); 9] {
        [
            ("participants", Some(self.participants)),
            ("colocation", Some(self.colocation)),
            ("console", Some(self.console)),
            ("challenge", Some(self.challenge)),
            ("command", self.command),
            ("hash", self.hash),
            ("file", Some(self.file)),
            ("appraisal", Some(self.appraisal)),
            ("outcome", Some(self.outcome)),
        ]
    }
}

impl<P> Statement<P> {
    /// A statement about one subject.
    pub(super) fn about(name: impl Into<String>, sha256: String, kind: &str, predicate: P) -> Self {
        Self {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: vec![Subject {
                name: name.into(),
                digest: Digest { sha256 },
            }],
            predicate_type: kind.to_owned(),
            predicate,
        }
    }
}
