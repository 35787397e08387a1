//! Whose signatures count: a trust server's keys.json, and the alliance's own keys with their dates.
//!
//! A key knows its algorithm; nothing that a token says can make it another one. RSA is the `rsa` crate's (RFC 8017,
//! section 8.2.2), Ed25519 is `ed25519-dalek`'s, strict (RFC 8032, section 5.1.7).

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use der::asn1::UintRef;
use der::{Decode as _, Sequence};
use rsa::BoxedUint;
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use serde::Deserialize;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::code::Code;
use super::report::Finding;
use crate::ceremony::json::{JsonError, read_open};
use crate::moment::parse_rfc3339;
use crate::text::quoted;

/// Largest list of either kind.
pub const MAX_LIST: usize = 1024 * 1024;
/// Fewest and most bits of an RSA key (NIST SP 800-131A; a longer one only costs time).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The alliance's keys that this build ships.
const SHIPPED: &str = include_str!("../alliance_keys.json");

/// The order of Ed25519's base point, little-endian (RFC 8032, section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The two algorithms that trust servers sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// Ed25519: `EdDSA` (RFC 8037), or by its curve `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A public key that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Rsa(rsa::PublicKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

/// A key of a list, and what the list says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) list: &'static str,
    pub(super) source: Option<String>,
    pub(super) valid_from: Option<u64>,
    pub(super) valid_to: Option<u64>,
}

/// Why an entry of keys.json cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KidError {
    pub(super) code: Code,
    pub(super) what: String,
}

/// Why a list cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysError {
    /// More than [`MAX_LIST`] bytes.
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Not JSON of the documented form.
    Unreadable(JsonError),
    /// An alliance key is none.
    Key {
        /// Which entry, from 1.
        entry: usize,
    },
    /// A time is not RFC 3339.
    Time {
        /// Which entry, from 1.
        entry: usize,
    },
    /// One alliance key stands there twice.
    Twice {
        /// Which entry, from 1.
        entry: usize,
    },
}

impl KeysError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "KEYS_TOO_LARGE",
            Self::Unreadable(JsonError::KeyTwice { .. }) | Self::Twice { .. } => "KEYS_TWICE",
            Self::Unreadable(_) => "KEYS_UNREADABLE",
            Self::Key { .. } => "KEYS_KEY",
            Self::Time { .. } => "KEYS_TIME",
        }
    }
}

impl std::fmt::Display for KeysError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "The list of keys has {bytes} bytes; at most {MAX_LIST} are accepted."
            ),
            Self::Unreadable(error) => write!(
                f,
                "The list of keys cannot be read: {error}. keys.json is an object of key IDs and public keys in PEM; \
                 the alliance's keys are an array of objects with the fields kid and source, and if wanted valid_from \
                 and valid_to."
            ),
            Self::Key { entry } => write!(
                f,
                "Entry {entry} of the alliance's keys is no usable Ed25519 key. Its kid is the key itself, as 64 \
                 hexadecimal digits."
            ),
            Self::Time { entry } => write!(
                f,
                "Entry {entry} of the alliance's keys has a date that is not RFC 3339, such as 2026-01-31T00:00:00Z."
            ),
            Self::Twice { entry } => write!(
                f,
                "Entry {entry} of the alliance's keys stands there a second time. Keep one."
            ),
        }
    }
}

impl std::error::Error for KeysError {}

/// A trust server's keys.json: key IDs and public keys in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, String>);

impl Keys {
    /// Reads a list. An entry that cannot be used is named only when a token asks for it.
    ///
    /// # Errors
    /// [`KeysError`]
    pub fn from_json(json: &str) -> Result<Self, KeysError> {
        read_list(json).map(Self)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, kid: &str) -> Option<Result<Found, KidError>> {
        let pem = self.0.get(kid)?;
        Some(Key::from_pem(pem).map(|key| Found {
            key,
            list: "keys.json",
            source: None,
            valid_from: None,
            valid_to: None,
        }))
    }
}

/// The alliance's own keys: each named by its own 32 bytes, and dated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alliance(Vec<AllianceKey>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllianceKey {
    bytes: [u8; 32],
    key: ed25519_dalek::VerifyingKey,
    source: String,
    valid_from: Option<u64>,
    valid_to: Option<u64>,
}

/// One entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kid: String,
    source: String,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

impl Alliance {
    /// The keys that this build ships.
    pub fn shipped() -> Self {
        // The text is the crate's own; a test reads it.
        match Self::from_json(SHIPPED) {
            Ok(keys) => keys,
            Err(_) => unreachable!("the shipped list can be read"),
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`KeysError`]
    pub fn from_json(json: &str) -> Result<Self, KeysError> {
        let entries: Vec<Entry> = read_list(json)?;
        let mut keys: Vec<AllianceKey> = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let number = index.saturating_add(1);
            let time = |text: Option<String>| {
                text.map(|text| parse_rfc3339(&text).ok_or(KeysError::Time { entry: number }))
                    .transpose()
            };
            let (bytes, key) = from_kid(&entry.kid).ok_or(KeysError::Key { entry: number })?;
            if keys.iter().any(|key| key.bytes == bytes) {
                return Err(KeysError::Twice { entry: number });
            }
            keys.push(AllianceKey {
                bytes,
                key,
                source: entry.source,
                valid_from: time(entry.valid_from)?,
                valid_to: time(entry.valid_to)?,
            });
        }
        Ok(Self(keys))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, kid: &str) -> Option<Result<Found, KidError>> {
        let bytes = hex_32(kid)?;
        let entry = self.0.iter().find(|entry| entry.bytes == bytes)?;
        Some(Ok(Found {
            key: Key::Ed25519(entry.key),
            list: "the alliance's keys",
            source: Some(entry.source.clone()),
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
        }))
    }
}

fn read_list<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, KeysError> {
    if json.len() > MAX_LIST {
        return Err(KeysError::TooLarge { bytes: json.len() });
    }
    read_open(json.as_bytes()).map_err(KeysError::Unreadable)
}

fn from_kid(kid: &str) -> Option<([u8; 32], ed25519_dalek::VerifyingKey)> {
    let bytes = hex_32(kid)?;
    Some((bytes, sound_ed25519(&bytes)?))
}

fn hex_32(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// The key, unless it is of small order or written in another way than its point is.
fn sound_ed25519(bytes: &[u8; 32]) -> Option<ed25519_dalek::VerifyingKey> {
    ed25519_dalek::VerifyingKey::from_bytes(bytes)
        .ok()
        .filter(|key| !key.is_weak() && key.to_edwards().compress().as_bytes() == bytes)
}

/// RSAPublicKey (RFC 8017, appendix A.1.1).
#[derive(Sequence)]
struct RsaNumbers<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl Key {
    /// Reads a public key in PEM. Some keys.json have `\n` in two characters, as the server takes it.
    fn from_pem(text: &str) -> Result<Self, KidError> {
        let refuse = |code: Code, what: &str| KidError {
            code,
            what: what.to_owned(),
        };
        let unreadable = || {
            refuse(
                Code::TokenKeyUnreadable,
                "it is no public key in PEM (`BEGIN PUBLIC KEY`)",
            )
        };
        let block = pem::parse(text.replace("\\n", "\n"))
            .ok()
            .filter(|block| block.tag() == "PUBLIC KEY")
            .ok_or_else(unreadable)?;
        let info = SubjectPublicKeyInfoRef::from_der(block.contents()).map_err(|_| unreadable())?;
        let key = info.subject_public_key.as_bytes().ok_or_else(unreadable)?;
        match info.algorithm.oid {
            RSA_ENCRYPTION => {
                let numbers = RsaNumbers::from_der(key).map_err(|_| unreadable())?;
                let number =
                    |number: UintRef<'_>| BoxedUint::from_be_slice_vartime(number.as_bytes());
                Self::rsa(number(numbers.modulus), number(numbers.exponent))
            }
            ED25519 => key
                .try_into()
                .ok()
                .and_then(sound_ed25519)
                .map(Self::Ed25519)
                .ok_or_else(|| {
                    refuse(
                        Code::TokenKeyWeak,
                        "its point is not on the curve, of small order, or written in another way",
                    )
                }),
            other => Err(refuse(
                Code::TokenKeyUnsupported,
                &format!("it is of the algorithm {}", quoted(&other.to_string(), 60)),
            )),
        }
    }

    fn rsa(modulus: BoxedUint, exponent: BoxedUint) -> Result<Self, KidError> {
        let bits = usize::try_from(modulus.bit_width_vartime()).unwrap_or(usize::MAX);
        if !RSA_BITS.contains(&bits) {
            return Err(KidError {
                code: Code::TokenKeyLength,
                what: format!(
                    "it has {bits} bits, not {} to {}",
                    RSA_BITS.start(),
                    RSA_BITS.end()
                ),
            });
        }
        // The library refuses an even modulus, and an exponent that is even, below 2, or above 2^33.
        rsa::PublicKey::new_with_size_limits(modulus, exponent, RSA_BITS)
            .map(Self::Rsa)
            .map_err(|_| KidError {
                code: Code::TokenKeyExponent,
                what: "its exponent or modulus is none that an honest key has".to_owned(),
            })
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa(_) => Algorithm::Rs256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Rsa(key) => format!("an RSA key of {} bits", key.n().bit_width_vartime()),
            Self::Ed25519(_) => "an Ed25519 key".to_owned(),
        }
    }

    /// Verifies a signature over exactly `signed`.
    ///
    /// # Errors
    /// A finding of row `token.signature`.
    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Finding> {
        let length = match self {
            Self::Rsa(key) => key.size(),
            Self::Ed25519(_) => ed25519_dalek::SIGNATURE_LENGTH,
        };
        if signature.len() != length {
            return Err(Finding::fail(
                Code::TokenSignatureLength,
                format!(
                    "The signature has {} bytes; one of this key has {length}.",
                    signature.len()
                ),
            ));
        }
        let verified = match self {
            Self::Rsa(key) => {
                rsa::pkcs1v15::Signature::try_from(signature).is_ok_and(|signature| {
                    rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key.clone())
                        .verify(signed, &signature)
                        .is_ok()
                })
            }
            Self::Ed25519(key) => {
                if !is_reduced(signature) {
                    return Err(Finding::fail(
                        Code::TokenSignatureNotCanonical,
                        "The signature's number S is not below the order of the group.",
                    ));
                }
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok())
            }
        };
        if verified {
            Ok(())
        } else {
            Err(Finding::fail(
                Code::TokenSignatureRefused,
                "The signature does not fit the key and this text.",
            ))
        }
    }
}

/// Whether the second half of an Ed25519 signature is below the group's order (RFC 8032, section 5.1.7, step 1).
fn is_reduced(signature: &[u8]) -> bool {
    let number = signature.iter().rev().take(32);
    number.lt(ED25519_ORDER.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_the_alliances_key_in_use() {
        let shipped = Alliance::shipped();
        assert_eq!(shipped.len(), 1);
        let kid = "5ea69fede5bcf71054395b273bad67f67158c242d77945d436374020ece525cb";
        assert!(matches!(shipped.find(kid), Some(Ok(_))));
        assert!(
            shipped.find(&kid.to_ascii_uppercase()).is_some(),
            "hex of any case"
        );
        assert_eq!(shipped.find(&kid[2..]), None);
        assert_eq!(shipped.find(""), None);
    }

    #[test]
    fn a_damaged_list_is_refused_by_name() {
        let of = |json: &str| Alliance::from_json(json).unwrap_err().code();
        let kid = "5ea69fede5bcf71054395b273bad67f67158c242d77945d436374020ece525cb";
        let entry = format!(r#"{{"kid":"{kid}","source":"s"}}"#);
        assert_eq!(of("{}"), "KEYS_UNREADABLE");
        assert_eq!(of(r#"[{"kid":"ab"}]"#), "KEYS_UNREADABLE");
        assert_eq!(of(r#"[{"kid":"ab","source":"s"}]"#), "KEYS_KEY");
        assert_eq!(
            of(&format!(
                "[{entry},{}]",
                entry
                    .to_uppercase()
                    .replace("KID", "kid")
                    .replace("SOURCE", "source")
            )),
            "KEYS_TWICE"
        );
        assert_eq!(
            of(&format!(
                r#"[{{"kid":"{kid}","source":"s","valid_from":"soon"}}]"#
            )),
            "KEYS_TIME"
        );
        assert_eq!(of(&" ".repeat(MAX_LIST + 1)), "KEYS_TOO_LARGE");
        assert_eq!(
            Keys::from_json(r#"{"a":"x","a":"y"}"#).unwrap_err().code(),
            "KEYS_TWICE"
        );
        assert_eq!(
            Keys::from_json(r#"{"keys":[]}"#).unwrap_err().code(),
            "KEYS_UNREADABLE"
        );
    }

    #[test]
    fn an_alliance_key_of_small_order_or_in_another_spelling_is_refused() {
        // The neutral point, a point of order 8, and the point y = 3 + p, which is no canonical spelling (RFC 8032, section 5.1.3).
        let neutral = format!("01{}", "00".repeat(31));
        let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
        let spelled_otherwise = format!("f0{}7f", "ff".repeat(30));
        for kid in [&neutral, order_8, &spelled_otherwise] {
            let list = format!(r#"[{{"kid":"{kid}","source":"s"}}]"#);
            assert_eq!(
                Alliance::from_json(&list),
                Err(KeysError::Key { entry: 1 }),
                "{kid}"
            );
        }
    }
}
