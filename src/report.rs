//! The Report: what an appraisal found, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs, field by field; `docs/report.md` describes each row and code.
//! Hexadecimal is lower case, times are Unix seconds, absence is `null`.

use serde::Serialize;

use crate::code::{Code, Weight};
use crate::registry::list::Match;
use crate::rows::{self, Row, Shape, WhenFailed};
pub use crate::rows::{Compared, FindingOutcome, Outcome, Verdict, verdict_of};

/// Version of the JSON below. It grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The seventeen rows, in the order in which they are appraised and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CheckId {
    /// Exactly one quote is found, and how.
    #[serde(rename = "file.decoded")]
    FileDecoded,
    /// The file's SHA-256 is the one noted during the call.
    #[serde(rename = "file.digest")]
    FileDigest,
    /// Every field that the attester printed equals what the quote and its certificate say.
    #[serde(rename = "file.consistent")]
    FileConsistent,
    /// Lengths, versions and types of the quote; nothing left over but zeros.
    #[serde(rename = "quote.structure")]
    QuoteStructure,
    /// There is collateral for this TEE, FMSPC and PCK CA.
    #[serde(rename = "collateral.found")]
    CollateralFound,
    /// Every window of the collateral holds the moment.
    #[serde(rename = "collateral.current")]
    CollateralCurrent,
    /// TCB info, QE identity and CRLs are signed under the root.
    #[serde(rename = "collateral.genuine")]
    CollateralGenuine,
    /// The PCK certificate chains to the root; nothing in the chain is revoked.
    #[serde(rename = "pck.chain")]
    PckChain,
    /// The PCK key signed the QE report, and the QE is Intel's.
    #[serde(rename = "qe.report")]
    QeReport,
    /// The QE report binds the attestation key.
    #[serde(rename = "quote.key")]
    QuoteKey,
    /// The attestation key signed this header and report body.
    #[serde(rename = "quote.signature")]
    QuoteSignature,
    /// The platform's TCB level.
    #[serde(rename = "tcb.status")]
    TcbStatus,
    /// No debug, no migration, and so on.
    #[serde(rename = "enclave.attributes")]
    EnclaveAttributes,
    /// MRENCLAVE is on the list of attester builds.
    #[serde(rename = "enclave.attester")]
    EnclaveAttester,
    /// `report_data` is the challenge.
    #[serde(rename = "challenge")]
    Challenge,
    /// The PPID in the certificate is the one the file recorded.
    #[serde(rename = "ppid.recorded")]
    PpidRecorded,
    /// The machine is known, new, or revoked in a registry.
    #[serde(rename = "registry")]
    Registry,
}

/// What one row of an appraisal found.
pub type Check = rows::Check<CheckId>;

/// One thing that a row of an appraisal found wrong.
pub type Finding = rows::Finding<CheckId>;

impl Row for CheckId {
    type Code = Code;

    const ALL: &'static [Self] = &[
        Self::FileDecoded,
        Self::FileDigest,
        Self::FileConsistent,
        Self::QuoteStructure,
        Self::CollateralFound,
        Self::CollateralCurrent,
        Self::CollateralGenuine,
        Self::PckChain,
        Self::QeReport,
        Self::QuoteKey,
        Self::QuoteSignature,
        Self::TcbStatus,
        Self::EnclaveAttributes,
        Self::EnclaveAttester,
        Self::Challenge,
        Self::PpidRecorded,
        Self::Registry,
    ];

    const SHAPE: Shape = Shape {
        place: true,
        compared: true,
        advice: false,
        finding_place: false,
        participant: false,
    };

    fn when_failed(self, code: Code) -> WhenFailed {
        match code.weight() {
            Weight::Refused => WhenFailed::Refused,
            Weight::Unsupported | Weight::Undecided => WhenFailed::Undecided,
            Weight::ByRow => match self {
                Self::FileDecoded
                | Self::CollateralFound
                | Self::CollateralCurrent
                | Self::CollateralGenuine => WhenFailed::Undecided,
                _ => WhenFailed::Refused,
            },
        }
    }

    fn caps_when_not_given(self) -> bool {
        matches!(
            self,
            Self::FileDigest | Self::EnclaveAttester | Self::Challenge
        )
    }
}

/// The whole Report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier wrote it.
    pub verifier: Verifier,
    /// The verdict, from [`verdict_of`] the checks.
    pub verdict: Verdict,
    /// The verdict in words; ends in "as of DATE" when it is not about now.
    pub headline: String,
    /// One plain sentence: why.
    pub summary: String,
    /// The moment that was appraised for.
    pub at: u64,
    /// The same, RFC 3339 in UTC.
    pub at_rfc3339: String,
    /// Whether the moment is now or a past one.
    pub time: Tense,
    /// Seventeen rows, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
    /// The machine, from verified claims only.
    pub identity: Option<IdentityView>,
    /// The TCB level that was matched.
    pub tcb: Option<Tcb>,
    /// What the quote says.
    pub quote: Option<QuoteView>,
    /// How the input was read.
    pub evidence: Option<EvidenceView>,
    /// The collateral that was used.
    pub collateral: Option<CollateralView>,
    /// Who signed what.
    pub chain: Chain,
    /// Digests of what went in.
    pub inputs: Inputs,
    /// The policy in force.
    pub policy: PolicyView,
    /// The machine's standing in the lists that were given; left out without any, so that a record, which never rests
    /// on one, is made of the same bytes as before there were lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<StandingView>,
}

impl Report {
    /// The row `id`.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The Report as JSON text.
    ///
    /// # Errors
    /// None in practice: every field is plain data with string keys. An error here is a bug.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// A machine's standing in the lists that were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingView {
    /// What can be said of it.
    pub standing: Standing,
    /// How it was found, in the revoked list before the known one; null when it was not.
    pub found: Option<Match>,
    /// The list of known machines; null when none was given.
    pub known: Option<ListView>,
    /// The list of revoked machines; null when none was given.
    pub revoked: Option<ListView>,
}

/// A list that row `registry` rests on, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListView {
    /// SHA-256 of each file.
    pub files: Vec<String>,
    /// How many machines.
    pub entries: usize,
    /// How many lines cannot be used.
    pub unusable: usize,
}

/// What lists say of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is on the list of known machines.
    Known,
    /// It is on neither list.
    New,
    /// It is on the list of revoked machines.
    Revoked,
    /// A list was not given, cannot be read whole, or the machine is not authenticated.
    Unknown,
}

/// Which build wrote a Report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verifier {
    /// Always "cloud-witness".
    pub name: &'static str,
    /// The crate's version.
    pub version: &'static str,
    /// Commit of the build, or "unknown".
    pub commit: &'static str,
    /// Date of that commit.
    pub commit_time: u64,
    /// The verification engine and its version.
    pub engine: &'static str,
}

/// Whether a Report speaks of now or of a past moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tense {
    /// The caller's clock.
    Now,
    /// A moment that the caller chose, or one before this build.
    AsOf,
}

/// The machine, from the verified PCK certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentityView {
    /// Platform Provisioning ID, 16 bytes in hex.
    pub ppid: String,
    /// PCE ID, 2 bytes in hex, in the certificate's byte order.
    pub pce_id: String,
    /// FMSPC, 6 bytes in hex.
    pub fmspc: String,
    /// Which of Intel's two CAs issued the PCK certificate.
    pub pck_ca: &'static str,
    /// Platform instance ID, 16 bytes in hex; only from the Platform CA.
    pub platform_instance_id: Option<String>,
    /// What is called a machine ID in the wild, by scheme.
    pub machine_ids: Vec<MachineId>,
    /// The platform can be extended with more packages.
    pub dynamic_platform: Option<bool>,
    /// Platform root keys are kept by Intel's registration service.
    pub cached_keys: Option<bool>,
    /// Simultaneous multithreading is on.
    pub smt_enabled: Option<bool>,
}

/// One machine ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MachineId {
    /// "ppid", "sgx_extensions_sha256" or "charter".
    pub scheme: &'static str,
    /// The ID under that scheme.
    pub id: String,
}

/// The matched TCB level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tcb {
    /// The converged status, in Intel's words.
    pub status: String,
    /// Advisory IDs of platform, TDX module and QE.
    pub advisories: Vec<String>,
    /// Date of the level, RFC 3339.
    pub tcb_date: String,
    /// Date of Intel's newest TCB level for this kind of platform, RFC 3339.
    pub newest_tcb_date: String,
    /// Status of the platform's own level.
    pub platform_status: String,
    /// Status of the quoting enclave's level.
    pub qe_status: String,
    /// Of the TCB info.
    pub tcb_evaluation_data_number: u32,
    /// Of the QE identity.
    pub qe_evaluation_data_number: u32,
    /// What falls short of the newest level.
    pub shortfalls: Vec<Shortfall>,
}

/// One security version number that is below the newest level's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortfall {
    /// "SGX component 3", "PCE SVN", "TDX component 0", "QE ISVSVN".
    pub component: String,
    /// What the platform has.
    pub have: u16,
    /// What the newest level asks for.
    pub needs: u16,
}

/// What the quote says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuoteView {
    /// Quote format version.
    pub version: u16,
    /// "sgx" or "tdx".
    pub tee: &'static str,
    /// Which report body it carries.
    pub body: &'static str,
    /// Bytes without the padding.
    pub length: usize,
    /// Zero bytes after the quote.
    pub trailing_zeros: usize,
    /// SHA-256 of the quote without padding.
    pub sha256: String,
    /// The 64 bytes that carry the challenge.
    pub report_data: String,
    /// Every field in the quote's order.
    pub fields: Vec<QuoteField>,
}

impl QuoteView {
    /// A field's value by Intel's name, as shown; none where this kind of quote has no such field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        Some(&field.value)
    }
}

/// One field of the quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuoteField {
    /// Intel's name.
    pub name: &'static str,
    /// Numbers in decimal, bytes in hex.
    pub value: String,
    /// Byte offset.
    pub offset: usize,
    /// Bytes.
    pub length: usize,
}

/// How the input was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceView {
    /// "attester_output", "hex", "base64", "raw" or "json".
    pub form: &'static str,
    /// Plain words.
    pub description: String,
    /// SHA-256 of the bytes as given.
    pub sha256: String,
    /// How many bytes were given.
    pub length: usize,
}

/// The collateral that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollateralView {
    /// Who handed it over.
    pub source: &'static str,
    /// "SGX" or "TDX".
    pub tee: String,
    /// FMSPC of the TCB info.
    pub fmspc: String,
    /// Of the TCB info.
    pub tcb_evaluation_data_number: u32,
    /// Of the QE identity.
    pub qe_evaluation_data_number: u32,
    /// Each piece's window.
    pub windows: Vec<WindowView>,
}

/// When a piece of collateral is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowView {
    /// Which piece.
    pub piece: String,
    /// First second.
    pub from: u64,
    /// Last second.
    pub to: u64,
}

/// The chain of trust: who signed what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Certificates, documents and keys.
    pub nodes: Vec<ChainNode>,
    /// Signatures between them.
    pub links: Vec<ChainLink>,
}

/// One certificate, document or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainNode {
    /// Short name used by the links.
    pub id: &'static str,
    /// What it is.
    pub kind: &'static str,
    /// Plain words.
    pub label: &'static str,
    /// SHA-256 of the public key that it holds.
    pub key_sha256: Option<String>,
    /// First second of its window.
    pub valid_from: Option<u64>,
    /// Last second of its window.
    pub valid_to: Option<u64>,
}

/// One signature, or a hash that binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainLink {
    /// Node that holds the key.
    pub from: &'static str,
    /// Node that was signed.
    pub to: &'static str,
    /// "signature" or "hash".
    pub kind: &'static str,
    /// "verified", "refused" or "not_checked".
    pub outcome: &'static str,
}

/// What went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// SHA-256 of the evidence; `None` for one over the limit, which may have been cut at the border.
    pub evidence_sha256: Option<String>,
    /// SHA-256 of the collateral's text; `None` also for one over the limit.
    pub collateral_sha256: Option<String>,
    /// Who handed the collateral over.
    pub collateral_from: &'static str,
    /// The challenge as understood.
    pub challenge: Option<String>,
    /// When it was made.
    pub challenge_issued_at: Option<u64>,
    /// For how many minutes it may be answered.
    pub challenge_minutes: Option<u32>,
    /// The noted hash as understood.
    pub noted_sha256: Option<String>,
    /// SHA-256 of the list of attester builds.
    pub attesters_sha256: Option<String>,
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// Name of the preset it starts from, with "tightened" when a file changed it.
    pub name: String,
    /// Lowest accepted tcbEvaluationDataNumber.
    pub min_tcb_evaluation_data_number: u32,
    /// Older collateral is a warning for now.
    pub max_collateral_age_days: u32,
    /// Anything but UpToDate without advisories fails.
    pub require_up_to_date: bool,
    /// Collateral from the applicant fails.
    pub refuse_applicant_collateral: bool,
}
