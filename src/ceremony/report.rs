//! What opening a record finds, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs; `docs/ceremony-record.md` describes each row and code.

use serde::Serialize;

use super::Code;
use super::record::{Addendum, Entered, VerifierCopy};
use crate::colocation::ColocationReport;
use crate::colocation::trust::Table;
use crate::report::{Report, Verdict, Verifier};
use crate::rows::{self, Row, Shape, WhenFailed};

/// Version of the JSON below. It grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The rows, in the order in which they are checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CheckId {
    /// The file is one record, in canonical form, of a known version.
    #[serde(rename = "record.format")]
    Format,
    /// One prover, and witnesses of two other projects, each with a key of their own.
    #[serde(rename = "participants")]
    Participants,
    /// The steps follow each other in time.
    #[serde(rename = "times")]
    Times,
    /// The console was seen, and the machine is not in colocation.
    #[serde(rename = "console")]
    Console,
    /// The evidence of colocation, checked again, gives what the record says; `not_given` for bare metal.
    #[serde(rename = "colocation")]
    Colocation,
    /// The challenge: by a witness, within its window, used once, and mixed as it says.
    #[serde(rename = "challenge")]
    Challenge,
    /// The evidence is the file that the record names, and a hash that was noted was noted by a witness.
    #[serde(rename = "evidence")]
    Evidence,
    /// The collateral was fresh then.
    #[serde(rename = "collateral.fresh")]
    CollateralFresh,
    /// The evidence, appraised again as of its time, gives the Report inside.
    #[serde(rename = "appraisal")]
    Appraisal,
    /// The statement is about the machine that the evidence names.
    #[serde(rename = "subject")]
    Subject,
    /// The verdict that was signed is the one that the evidence gives; a warning has its reason.
    #[serde(rename = "outcome")]
    Outcome,
    /// Every signature is a participant's, over this very record.
    #[serde(rename = "signatures")]
    Signatures,
    /// The prover and witnesses of two other projects have signed.
    #[serde(rename = "quorum")]
    Quorum,
    /// The signers' keys are known.
    #[serde(rename = "signers")]
    Signers,
    /// The enclave is an attester build that the one who opens the record knows.
    #[serde(rename = "attester")]
    Attester,
    /// What was added later is signed by a participant.
    #[serde(rename = "addenda")]
    Addenda,
}

/// What one row of a record found.
pub type Check = rows::Check<CheckId>;

/// One thing that a row of a record found wrong.
pub type Finding = rows::Finding<CheckId>;

impl Row for CheckId {
    type Code = Code;

    const ALL: &'static [Self] = &[
        Self::Format,
        Self::Participants,
        Self::Times,
        Self::Console,
        Self::Colocation,
        Self::Challenge,
        Self::Evidence,
        Self::CollateralFresh,
        Self::Appraisal,
        Self::Subject,
        Self::Outcome,
        Self::Signatures,
        Self::Quorum,
        Self::Signers,
        Self::Attester,
        Self::Addenda,
    ];

    const SHAPE: Shape = Shape {
        place: false,
        compared: false,
        advice: true,
        finding_place: false,
        participant: true,
    };

    /// Without its format or its quorum, nothing can be decided of a record yet.
    fn when_failed(self, _: Code) -> WhenFailed {
        match self {
            Self::Format | Self::Quorum => WhenFailed::Undecided,
            _ => WhenFailed::Refused,
        }
    }

    fn caps_when_not_given(self) -> bool {
        matches!(self, Self::Signers | Self::Attester)
    }
}

/// What opening a record finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CeremonyReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier opened the record.
    pub verifier: Verifier,
    /// The verdict, always as of the ceremony's time.
    pub verdict: Verdict,
    /// The verdict in words; ends in "as of DATE". Never to be shown in green.
    pub headline: String,
    /// One plain sentence: why.
    pub summary: String,
    /// The moment when the file was received; null when the record cannot be read.
    pub at: Option<u64>,
    /// The same, RFC 3339 in UTC.
    pub at_rfc3339: Option<String>,
    /// Sixteen rows, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
    /// Whether a participant may sign: all rows but those about signatures hold, and nothing differs.
    pub signable: bool,
    /// SHA-256 of the payload: the record's name.
    pub payload_sha256: Option<String>,
    /// What people entered. Signed by those who signed; not verified by itself.
    pub entered: Option<Entered>,
    /// The Report that this verifier makes of the evidence, as of its time. Draw this one.
    pub report: Option<Report>,
    /// The Report inside the record, as signed. For comparison only.
    pub recorded_report: Option<serde_json::Value>,
    /// What differs between the two.
    pub differences: Vec<Difference>,
    /// The verdict that was signed.
    pub recorded_verdict: Option<Verdict>,
    /// Which verifier made the record, as it says.
    pub recorded_by: Option<VerifierCopy>,
    /// Every signature in the file.
    pub signatures: Vec<SignatureView>,
    /// The challenge cannot have been made before this moment; null where it was not mixed from a public round.
    pub not_before: Option<NotBefore>,
    /// What was added later, each with who signed it.
    pub addenda: Vec<AddendumView>,
    /// What checking the evidence of colocation again finds; null for bare metal.
    pub colocation: Option<ColocationReport>,
    /// What the record is worth against whom; null when it cannot be read.
    pub trust: Option<Table>,
    /// What is known today; null unless asked for. It never changes the verdict.
    pub today: Option<TodayView>,
}

impl CeremonyReport {
    /// The row `id`.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The CeremonyReport as JSON text.
    ///
    /// # Errors
    /// None in practice: every field is plain data with string keys. An error here is a bug.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// One difference between the recorded Report and the one made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: "verdict", "identity.ppid", "checks.tcb.status".
    pub place: String,
    /// What the record says.
    pub recorded: String,
    /// What the evidence gives.
    pub found: String,
}

/// One signature in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureView {
    /// OpenSSH fingerprint of the key, `SHA256:…`.
    pub keyid: String,
    /// "dsse" (over the pre-authentication encoding) or "sshsig" (by ssh-keygen, over the payload); null if unreadable.
    pub form: Option<&'static str>,
    /// Which participant's key it is: position in `participants`, from 0.
    pub participant: Option<usize>,
    /// Whether it is good, and counts.
    pub verified: bool,
    /// What is wrong with it.
    pub code: Option<Code>,
}

/// A public round of randomness in the challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NotBefore {
    /// The round of drand's chain quicknet.
    pub round: u64,
    /// When it was published, Unix seconds.
    pub time: u64,
}

/// What was added later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddendumView {
    /// What it says; null when it cannot be read.
    pub addendum: Option<Addendum>,
    /// Its signatures.
    pub signatures: Vec<SignatureView>,
    /// Whether a participant signed it, and nothing is wrong with it.
    pub verified: bool,
}

/// What is known today.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TodayView {
    /// A sentence or two about the hardware: whether anything differs from then.
    pub summary: String,
    /// The hardware's standing now. Challenge and noted hash are not asked again, as they were answered then; lists are not
    /// looked at here.
    pub report: Report,
    /// Where the machine stands in today's lists: row `registry`, of the machine that the record's own collateral vouched
    /// for. `not_reached` where today's evidence is contraindicated and the machine not revoked; null without lists.
    pub registry: Option<crate::report::Check>,
    /// Rows about the hardware whose outcome differs from the one as of the ceremony.
    pub differences: Vec<Difference>,
    /// What the one who is about to sign today should know: the record's times are its makers' word.
    pub before_signing: Vec<Finding>,
}
