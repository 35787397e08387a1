//! What checking evidence of colocation finds, as plain data and its JSON.
//!
//! `pkg/index.d.ts` mirrors these structs; `docs/colocation.md` describes each row and code.

use serde::Serialize;

use super::Code;
use super::evidence::{Kind, Role};
use super::heartbeat::timeline::Stretch;
use super::trust::Table;
use crate::report::Verifier;
use crate::rows::{self, Row, Shape, WhenFailed};

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

/// What one row of an item found.
pub type Check = rows::Check<CheckId>;

/// One thing that a row of an item found wrong.
pub type Finding = rows::Finding<CheckId>;

impl Row for CheckId {
    type Code = Code;

    /// Of all kinds together: an item has those of its own.
    const ALL: &'static [Self] = &[
        Self::Entered,
        Self::Files,
        Self::ClaimMachine,
        Self::ClaimSignature,
        Self::ClaimCertificates,
        Self::VideoWatched,
        Self::MailRead,
        Self::MailKey,
        Self::MailSignature,
        Self::MailTime,
        Self::MailDomain,
        Self::PledgeDocument,
        Self::PledgeSignature,
        Self::HeartbeatRead,
        Self::HeartbeatChain,
        Self::HeartbeatOrder,
        Self::HeartbeatGaps,
        Self::HeartbeatSignatures,
        Self::HeartbeatAnswers,
        Self::AddressesPrefixes,
        Self::AddressesInside,
        Self::AddressesSeen,
        Self::BeaconNoted,
    ];

    const SHAPE: Shape = Shape {
        place: true,
        compared: false,
        advice: true,
        finding_place: true,
        participant: false,
    };

    /// An item counts or does not: [`ItemReport::counts`]. There is no verdict over its rows.
    fn when_failed(self, _: Code) -> WhenFailed {
        WhenFailed::Refused
    }

    fn caps_when_not_given(self) -> bool {
        true
    }
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
