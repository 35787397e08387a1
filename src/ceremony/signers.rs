//! The list of known signers: which keys a project signs with. It ships empty; see `docs/signers.md`.

use serde::{Deserialize, Serialize};

use super::Code;
use super::json::{self, JsonError};
use super::keys::{Key, KeyError};
use super::participants::project_key;
use super::report::Finding;
use crate::moment::{in_words, parse_rfc3339};
use crate::text::quoted;

/// Largest list.
pub const MAX_LIST: usize = 1024 * 1024;

/// The list, as JSON: an array of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers(Vec<Signer>);

/// A key that the list knows, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignerView {
    /// In lower case, with single spaces.
    pub project: String,
    /// OpenSSH's fingerprint, `SHA256:…`.
    pub fingerprint: String,
    /// Unix seconds; null for open.
    pub valid_from: Option<u64>,
    /// The last second; null for open.
    pub valid_to: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signer {
    project: String,
    key: Key,
    valid_from: Option<u64>,
    valid_to: Option<u64>,
}

/// One entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Compared without regard to case and to space around and inside.
    project: String,
    /// An OpenSSH public-key line.
    key: String,
    /// RFC 3339; open when left out.
    valid_from: Option<String>,
    /// RFC 3339, the last second; open when left out.
    valid_to: Option<String>,
    /// Where the key comes from: for people.
    #[serde(rename = "source")]
    _source: String,
    /// Who added it: for people.
    #[serde(rename = "added_by")]
    _added_by: String,
}

/// Why a list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignersError {
    /// More than [`MAX_LIST`] bytes.
    TooLarge {
        /// How many bytes.
        bytes: usize,
    },
    /// Not JSON of the documented form.
    Unreadable(JsonError),
    /// An entry's key cannot be used.
    Key {
        /// Which entry, from 1.
        entry: usize,
        /// Why.
        error: KeyError,
    },
    /// An entry's time is not RFC 3339.
    Time {
        /// Which entry, from 1.
        entry: usize,
    },
    /// One key stands there twice.
    Twice {
        /// Its fingerprint.
        fingerprint: String,
    },
}

impl SignersError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "SIGNERS_TOO_LARGE",
            Self::Unreadable(_) => "SIGNERS_UNREADABLE",
            Self::Key { .. } => "SIGNERS_KEY",
            Self::Time { .. } => "SIGNERS_TIME",
            Self::Twice { .. } => "SIGNERS_TWICE",
        }
    }
}

impl std::fmt::Display for SignersError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "The list of signers has {bytes} bytes; at most {MAX_LIST} are accepted."
            ),
            Self::Unreadable(error) => write!(
                f,
                "The list of signers cannot be read: {error}. It is a JSON array of objects with the fields \
                 project, key, source, added_by, and if wanted valid_from and valid_to."
            ),
            Self::Key { entry, error } => write!(
                f,
                "Entry {entry} of the list of signers has no usable key: {error}. Put an OpenSSH public-key line \
                 of Ed25519 or ECDSA P-256 there."
            ),
            Self::Time { entry } => write!(
                f,
                "Entry {entry} of the list of signers has a time that is not RFC 3339, such as 2026-01-31T00:00:00Z."
            ),
            Self::Twice { fingerprint } => write!(
                f,
                "The list of signers has the key {fingerprint} twice. Keep one entry for it."
            ),
        }
    }
}

impl std::error::Error for SignersError {}

impl Signers {
    /// Reads a list.
    ///
    /// # Errors
    /// [`SignersError`] says which entry is wrong.
    pub fn from_json(text: &str) -> Result<Self, SignersError> {
        if text.len() > MAX_LIST {
            return Err(SignersError::TooLarge { bytes: text.len() });
        }
        let entries: Vec<Entry> = json::read(text.as_bytes()).map_err(SignersError::Unreadable)?;
        let mut seen = std::collections::BTreeSet::new();
        let signers = (1..)
            .zip(&entries)
            .map(|(number, entry)| {
                let signer = Signer::read(number, entry)?;
                let fingerprint = signer.key.fingerprint();
                if seen.insert(fingerprint.clone()) {
                    Ok(signer)
                } else {
                    Err(SignersError::Twice { fingerprint })
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self(signers))
    }

    /// Fingerprints of all keys.
    pub(super) fn fingerprints(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|signer| signer.key.fingerprint())
    }

    /// The entries.
    pub fn view(&self) -> Vec<SignerView> {
        self.0
            .iter()
            .map(|signer| SignerView {
                project: signer.project.clone(),
                fingerprint: signer.key.fingerprint(),
                valid_from: signer.valid_from,
                valid_to: signer.valid_to,
            })
            .collect()
    }

    /// What speaks against this key being the project's at a moment.
    pub fn check(&self, name: &str, project: &str, key: &Key, at: u64) -> Option<Finding> {
        let (wanted, who) = (project_key(project), quoted(name, 60));
        let shown = quoted(project, 60);
        let Some(listed) = self.0.iter().find(|signer| signer.key == *key) else {
            return Some(if self.0.iter().any(|signer| signer.project == wanted) {
                Finding::fail(
                    Code::SignerKeyUnknown,
                    format!("The key of {who} is none of those listed for {shown}."),
                )
            } else {
                Finding::warn(
                    Code::SignerProjectUnknown,
                    format!("The list has no key for {shown}, which {who} speaks for."),
                )
            });
        };
        if listed.project != wanted {
            return Some(Finding::fail(
                Code::SignerOfOtherProject,
                format!(
                    "The key of {who} is listed for {}, not for {shown}.",
                    quoted(&listed.project, 60)
                ),
            ));
        }
        let in_use = listed.valid_from.is_none_or(|from| from <= at)
            && listed.valid_to.is_none_or(|to| at <= to);
        (!in_use).then(|| {
            Finding::fail(
                Code::SignerKeyNotValidThen,
                format!(
                    "The list says that the key of {who} was not in use on {}.",
                    in_words(at)
                ),
            )
        })
    }
}

impl Signer {
    fn read(number: usize, entry: &Entry) -> Result<Self, SignersError> {
        let time = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => parse_rfc3339(text)
                .map(Some)
                .ok_or(SignersError::Time { entry: number }),
        };
        Ok(Self {
            project: project_key(&entry.project),
            key: Key::parse(&entry.key).map_err(|error| SignersError::Key {
                entry: number,
                error,
            })?,
            valid_from: time(&entry.valid_from)?,
            valid_to: time(&entry.valid_to)?,
        })
    }
}
