//! What is given: items of evidence, each with what people entered and the files that belong to it.
//!
//! This is also the form in which a record holds them. Every field is always there; what was not given is `null`.
//! Times are Unix seconds, digests 64 lower-case hex digits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::sha256_hex;

/// Most items that are checked.
pub const MAX_ITEMS: usize = 32;
/// Most files of an item.
pub const MAX_FILES: usize = 32;
/// Most times that one file is read, of all items that name it.
pub const MAX_READS: usize = 8;

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its kind, and what people entered.
    pub entered: Entered,
    /// Its files, in any order; of the roles that the kind takes.
    pub files: Vec<File>,
}

/// A file of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What it is to the item.
    pub role: Role,
    /// Its name as received.
    pub name: String,
    /// Of its bytes.
    #[serde(default)]
    pub sha256: String,
    /// Its bytes (RFC 4648, section 4, with padding); null where they are given beside (see [`Contents`]).
    #[serde(default)]
    pub base64: Option<String>,
}

/// What a file is to its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The text that the owner signed.
    Statement,
    /// A signature: the text of `ssh-keygen -Y sign -n colocation@cloud-witness`.
    Signature,
    /// An audit certificate.
    Certificate,
    /// An e-mail as it was received (.eml).
    Mail,
    /// A pledge.
    Document,
    /// A heartbeat log.
    Log,
    /// A RIR's delegated-statistics file, or a plain list of prefixes.
    Prefixes,
}

/// The kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The owner's signed claim, with audit certificates.
    OwnerClaim,
    /// Proof of data-centre hosting: the video.
    HostingVideo,
    /// Proof of data-centre hosting: the data centre's e-mail.
    HostingMail,
    /// The data centre's pledge to notify of access.
    NotificationPledge,
    /// The Colocation Provider Pledge.
    ProviderPledge,
    /// A PSU or BMC heartbeat log.
    Heartbeat,
    /// The machine's addresses, in the data centre's range.
    Addresses,
    /// A hardware beacon: work in progress.
    Beacon,
}

/// What people entered, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entered {
    /// Files: one `statement`, one `signature`, and a `certificate` for each of `certificates`, in their order.
    OwnerClaim {
        /// Who owns the machine.
        owner: String,
        /// The owner's key, as an OpenSSH public-key line.
        key: String,
        /// How the key is known to be the owner's.
        key_source: String,
        /// Audit certificates, one a file.
        certificates: Vec<Certificate>,
    },
    /// No files: a video is too large to be here.
    HostingVideo {
        /// Which data centre.
        data_centre: String,
        /// Of the video's file.
        sha256: String,
        /// Where it can be seen (https); null where it is kept by the witnesses.
        link: Option<String>,
        /// Its length.
        seconds: u64,
        /// When it was recorded.
        recorded_at: u64,
        /// What is seen on it.
        seen: String,
        /// Who watched it, from start to end.
        watched_by: Vec<String>,
    },
    /// Files: one `mail`.
    HostingMail {
        /// Which data centre.
        data_centre: String,
        /// How the mail is checked.
        mail: MailKey,
    },
    /// Files: one `document`, and one `mail` or `signature` as `confirmed_by` says.
    NotificationPledge(Pledge),
    /// Files: as of [`Entered::NotificationPledge`].
    ProviderPledge(Pledge),
    /// Files: one `log`.
    Heartbeat(Heartbeat),
    /// Files: one or more `prefixes`.
    Addresses(Addresses),
    /// No files.
    Beacon {
        /// What it is, and where it sits.
        description: String,
        /// Digests of what was noted of it: photographs, tag identifiers.
        hashes: Vec<Noted>,
    },
}

/// An audit certificate, as it is entered from the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// For example "SOC 2 Type II" or "ISO/IEC 27001:2022".
    pub standard: String,
    /// Who issued it.
    pub issuer: String,
    /// What it covers.
    pub scope: String,
    /// First second of its validity.
    pub valid_from: u64,
    /// Last second of its validity.
    pub valid_to: u64,
}

/// Whose e-mail it must be, and the key that its signature is checked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailKey {
    /// The data centre's domain.
    pub domain: String,
    /// How the domain is known to be the data centre's.
    pub domain_source: String,
    /// The DKIM key record (`v=DKIM1; k=rsa; p=…`) of the signature's selector: supplied, not from DNS.
    pub key_record: String,
    /// Who looked the record up, where and when.
    pub key_record_source: String,
}

/// A pledge that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// Which data centre.
    pub data_centre: String,
    /// Who signed it.
    pub signatory: String,
    /// What they are there.
    pub signatory_role: String,
    /// What ties them to the document.
    pub confirmed_by: Confirmation,
}

/// What ties a signatory to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Confirmation {
    /// A mail of the data centre's that holds the document's SHA-256, or attaches it.
    Mail(MailKey),
    /// A signature over the document.
    Signature {
        /// The signatory's key, as an OpenSSH public-key line.
        key: String,
        /// How the key is known to be theirs.
        key_source: String,
    },
}

/// What is said of a heartbeat log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// The recorder's key, as an OpenSSH public-key line.
    pub key: String,
    /// How the key is known to be the recorder's, and who runs it.
    pub key_source: String,
    /// Longest silence that is no gap, in seconds.
    pub max_gap: u64,
    /// From when the log must cover.
    pub from: u64,
    /// Until when.
    pub to: u64,
}

/// Addresses that were seen, and whose range they must be of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// Which data centre.
    pub data_centre: String,
    /// How the prefixes are known to be the data centre's.
    pub prefixes_source: String,
    /// The data centre's opaque id in a delegated-statistics file; null for a plain list.
    pub holder: Option<String>,
    /// What was seen.
    pub seen: Vec<Seen>,
}

/// An address that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// IPv4 or IPv6.
    pub address: String,
    /// Which way.
    pub direction: Direction,
    /// Who saw it, and how.
    pub seen_by: String,
    /// When.
    pub seen_at: u64,
}

/// Which way an address was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A connection to the machine.
    Inbound,
    /// A connection from the machine.
    Outbound,
}

/// The digest of something that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// What it is.
    pub what: String,
    /// Its digest.
    pub sha256: String,
}

impl Entered {
    /// Which kind it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::OwnerClaim { .. } => Kind::OwnerClaim,
            Self::HostingVideo { .. } => Kind::HostingVideo,
            Self::HostingMail { .. } => Kind::HostingMail,
            Self::NotificationPledge(_) => Kind::NotificationPledge,
            Self::ProviderPledge(_) => Kind::ProviderPledge,
            Self::Heartbeat(_) => Kind::Heartbeat,
            Self::Addresses(_) => Kind::Addresses,
            Self::Beacon { .. } => Kind::Beacon,
        }
    }
}

/// Files' bytes by their SHA-256, which is computed here: a file is what its digest says, or it is not there.
#[derive(Debug, Clone, Default)]
pub struct Contents<'a>(BTreeMap<String, Cow<'a, [u8]>>);

impl<'a> Contents<'a> {
    /// Puts bytes in, and says their digest.
    pub fn add(&mut self, bytes: impl Into<Cow<'a, [u8]>>) -> String {
        let bytes = bytes.into();
        let sha256 = sha256_hex(&bytes);
        self.0.insert(sha256.clone(), bytes);
        sha256
    }

    /// Every file, by digest.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.0.values().map(|bytes| &**bytes)
    }

    /// The bytes with this digest.
    pub fn get(&self, sha256: &str) -> Option<&[u8]> {
        self.0.get(sha256).map(|bytes| &**bytes)
    }
}
