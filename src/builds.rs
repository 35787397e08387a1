//! The list of attester builds: which MRENCLAVE a ceremony accepts, and where that value comes from (O22).
//!
//! It ships empty. A witness adds the build that a ceremony agreed on. MRSIGNER would prove nothing: the
//! attester's signing key is in its public repository.

use serde::{Deserialize, Serialize};

use crate::text::sha256_hex;

/// Largest list.
pub const MAX_LIST: usize = 1024 * 1024;

/// One build of the attester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttesterBuild {
    /// MRENCLAVE, 32 bytes.
    #[serde(with = "hex_32")]
    pub mr_enclave: [u8; 32],
    /// The container image that the enclave came from, by digest.
    pub image: String,
    /// Where this value comes from: a URL or plain words.
    pub source: String,
    /// Who added it.
    pub added_by: String,
}

/// The list, as JSON: an array of [`AttesterBuild`], see `docs/attesters.md`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttesterBuilds {
    builds: Vec<AttesterBuild>,
    sha256: Option<String>,
}

/// Why a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttesterBuildsError {
    /// More than [`MAX_LIST`] bytes.
    TooLarge {
        /// How many bytes.
        bytes: usize,
    },
    /// Not JSON, or a field is missing, unknown, or of the wrong form.
    Unreadable {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// The same MRENCLAVE stands there twice.
    Twice {
        /// The value.
        mr_enclave: String,
    },
}

impl AttesterBuildsError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "ATTESTERS_TOO_LARGE",
            Self::Unreadable { .. } => "ATTESTERS_UNREADABLE",
            Self::Twice { .. } => "ATTESTERS_TWICE",
        }
    }
}

impl std::fmt::Display for AttesterBuildsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "The list of attester builds has {bytes} bytes; at most {MAX_LIST} are accepted."
            ),
            Self::Unreadable { line, column } => write!(
                f,
                "The list of attester builds cannot be read at line {line}, column {column}. It is a JSON \
                 array of objects with the fields mr_enclave (64 hexadecimal digits), image, source and added_by."
            ),
            Self::Twice { mr_enclave } => write!(
                f,
                "The list of attester builds has {mr_enclave} twice. Keep one entry for it."
            ),
        }
    }
}

impl std::error::Error for AttesterBuildsError {}

impl AttesterBuilds {
    /// Reads a list.
    ///
    /// # Errors
    /// [`AttesterBuildsError`] says where it breaks.
    pub fn from_json(json: &str) -> Result<Self, AttesterBuildsError> {
        if json.len() > MAX_LIST {
            return Err(AttesterBuildsError::TooLarge { bytes: json.len() });
        }
        let builds: Vec<AttesterBuild> =
            serde_json::from_str(json).map_err(|error| AttesterBuildsError::Unreadable {
                line: error.line(),
                column: error.column(),
            })?;
        let mut seen = std::collections::BTreeSet::new();
        match builds.iter().find(|build| !seen.insert(build.mr_enclave)) {
            Some(build) => Err(AttesterBuildsError::Twice {
                mr_enclave: hex::encode(build.mr_enclave),
            }),
            None => Ok(Self {
                builds,
                sha256: Some(sha256_hex(json.as_bytes())),
            }),
        }
    }

    /// The entries.
    pub fn entries(&self) -> &[AttesterBuild] {
        &self.builds
    }

    /// SHA-256 of the list's text; `None` for the empty list that the verifier ships with.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// The entry for this MRENCLAVE.
    pub fn find(&self, mr_enclave: &[u8]) -> Option<&AttesterBuild> {
        self.builds
            .iter()
            .find(|build| build.mr_enclave == mr_enclave)
    }
}

mod hex_32 {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &[u8; 32], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(value))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(d)?;
        let mut value = [0; 32];
        hex::decode_to_slice(text, &mut value).map_err(D::Error::custom)?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"mr_enclave":"ABababababababababababababababababababababababababababababababab","image":"i","source":"s","added_by":"w"}"#;

    #[test]
    fn o22_a_build_is_found_by_its_mrenclave_only() {
        let list = AttesterBuilds::from_json(&format!("[{ONE}]")).unwrap();
        assert_eq!(list.find(&[0xab; 32]).unwrap().added_by, "w");
        assert_eq!(list.find(&[0xac; 32]), None);
        assert_eq!(list.find(&[]), None);
    }

    #[test]
    fn a_damaged_list_is_refused_with_its_place() {
        let of = |json: &str| AttesterBuilds::from_json(json).unwrap_err().code();
        assert_eq!(of("[{}]"), "ATTESTERS_UNREADABLE");
        assert_eq!(of("{}"), "ATTESTERS_UNREADABLE");
        assert_eq!(of(&format!("[{ONE},{ONE}]")), "ATTESTERS_TWICE");
        assert_eq!(of(&ONE.replace("ABab", "AB")), "ATTESTERS_UNREADABLE");
        assert_eq!(
            of(&format!("[{}]", ONE.replace("image", "extra"))),
            "ATTESTERS_UNREADABLE"
        );
    }
}
