//! A challenge from public randomness: a round of drand's chain quicknet, mixed with a witness's own random bytes.
//!
//! The round shows that the challenge was not made before the round was published; the witness's bytes, that nobody
//! knew it before the witness made it. drand: <https://docs.drand.love/docs/specification>. The chain's facts are
//! those that its own hash is made of, which a test recomputes. The pairing is the `bls12_381` crate's.

use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve};
use bls12_381::{G1Affine, G1Projective, G2Affine, pairing};
use serde::Deserialize;

use super::record::Origin;
use crate::challenge::Challenge;
use crate::text::{quoted, sha256};

/// Hash of the chain quicknet.
pub const CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
/// Its public key, a point on G2, compressed.
const PUBLIC_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
/// Time of its first round, Unix seconds.
const GENESIS: u64 = 1_692_803_367;
/// Seconds from round to round.
const PERIOD: u64 = 3;
/// Domain of the scheme `bls-unchained-g1-rfc9380` (RFC 9380, section 8.8.1).
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// Keeps mixed challenges apart from every other use of SHA-256.
const MIX_DOMAIN: &[u8] = b"cloud-witness challenge from drand quicknet v1\0";
/// How many random bytes of their own a witness mixes in.
pub const OWN_BYTES: usize = 32;
/// Bytes of a signature: a point on G1, compressed.
const SIGNATURE_BYTES: usize = 48;
/// Largest text of a pasted round.
pub const MAX_ROUND: usize = 16 * 1024;

/// One round whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    number: u64,
    signature: [u8; SIGNATURE_BYTES],
}

/// Why a text is no round of quicknet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundError {
    /// Not JSON with a round's number and signature.
    Unreadable,
    /// The randomness beside the signature is not the signature's hash.
    Randomness,
    /// The signature is not the chain's over this number.
    Signature {
        /// The round.
        round: u64,
    },
    /// Written like a round of another of drand's chains.
    OtherChain {
        /// How many bytes its signature has.
        bytes: usize,
        /// Whether it names the signature of the round before, as rounds of the default chain do.
        chained: bool,
    },
    /// Another chain.
    Chain {
        /// Its hash as given.
        chain: String,
    },
    /// The witness's own bytes are not 64 hex digits.
    Own,
}

impl RoundError {
    /// The code of row `challenge`.
    pub const fn code(&self) -> super::Code {
        match self {
            Self::Unreadable | Self::OtherChain { .. } | Self::Chain { .. } => {
                super::Code::DrandUnreadable
            }
            Self::Randomness | Self::Signature { .. } => super::Code::DrandSignature,
            Self::Own => super::Code::DrandMix,
        }
    }
}

impl std::fmt::Display for RoundError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable => f.write_str(
                "This is no round of drand's: JSON with the fields round and signature (96 hexadecimal digits).",
            ),
            Self::Randomness => {
                f.write_str("The round's randomness is not the SHA-256 of its signature.")
            }
            Self::Signature { round } => write!(
                f,
                "The signature is not that of drand's chain quicknet over round {round}."
            ),
            Self::OtherChain { bytes, chained } => write!(
                f,
                "This is written like a round of another chain of drand than quicknet: its signature has {bytes} bytes{}. \
                 Take one of quicknet's, whose signatures have {SIGNATURE_BYTES} bytes: \
                 https://api.drand.sh/{CHAIN}/public/latest.",
                if *chained {
                    ", and previous_signature stands there, as in rounds of drand's default chain"
                } else {
                    ""
                }
            ),
            Self::Chain { chain } => write!(
                f,
                "The round is said to be of the chain {}, not of quicknet ({CHAIN}).",
                quoted(chain, 64)
            ),
            Self::Own => write!(
                f,
                "The witness's own bytes are not {OWN_BYTES} bytes in lower-case hex."
            ),
        }
    }
}

impl std::error::Error for RoundError {}

/// A round as drand's API gives it. Other fields may stand there: nothing rests on them.
#[derive(Deserialize)]
struct Pasted {
    round: u64,
    signature: String,
    /// Version 2 of the API leaves it out: it is the signature's hash.
    randomness: Option<String>,
    /// Rounds of a chained network have it. It says nothing of quicknet's.
    previous_signature: Option<String>,
}

impl Round {
    /// Reads a pasted round and verifies its signature.
    ///
    /// # Errors
    /// [`RoundError`]
    pub fn parse(text: &str) -> Result<Self, RoundError> {
        if text.len() > MAX_ROUND {
            return Err(RoundError::Unreadable);
        }
        let pasted: Pasted =
            super::json::read(text.as_bytes()).map_err(|_| RoundError::Unreadable)?;
        let chained = pasted.previous_signature.is_some_and(|it| !it.is_empty());
        let round = Self::verified(pasted.round, &pasted.signature).map_err(|error| {
            match hex::decode(&pasted.signature) {
                // Points on G2, and on the curve BN254: what drand's other chains sign with.
                Ok(bytes) if matches!(bytes.len(), 64 | 96) => RoundError::OtherChain {
                    bytes: bytes.len(),
                    chained,
                },
                _ => error,
            }
        })?;
        match pasted.randomness {
            Some(randomness)
                if !randomness.eq_ignore_ascii_case(&hex::encode(round.randomness())) =>
            {
                Err(RoundError::Randomness)
            }
            _ => Ok(round),
        }
    }

    /// A round by number and signature, when it is the chain's.
    ///
    /// # Errors
    /// [`RoundError`]
    pub fn verified(number: u64, signature: &str) -> Result<Self, RoundError> {
        let mut bytes = [0; SIGNATURE_BYTES];
        hex::decode_to_slice(signature, &mut bytes).map_err(|_| RoundError::Unreadable)?;
        if is_signed(number, &bytes) {
            Ok(Self {
                number,
                signature: bytes,
            })
        } else {
            Err(RoundError::Signature { round: number })
        }
    }

    /// The round's randomness: the SHA-256 of its signature.
    pub fn randomness(&self) -> [u8; 32] {
        sha256(&self.signature)
    }

    /// Its number.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// When it was published, Unix seconds: rounds count from 1.
    pub const fn time(&self) -> u64 {
        GENESIS.saturating_add(self.number.saturating_sub(1).saturating_mul(PERIOD))
    }

    /// The challenge that this round and a witness's own bytes make:
    ///
    /// SHA-256 over `"cloud-witness challenge from drand quicknet v1"`, a zero byte, the round's number (8 bytes, big
    /// endian), its randomness (32 bytes), the witness's own bytes (32), and one byte that counts from 0 until the
    /// challenge's last byte is not zero (O23).
    pub fn mix(&self, own: &[u8; OWN_BYTES]) -> Option<Challenge> {
        let mixed = |counter: u8| {
            sha256(
                &[
                    MIX_DOMAIN,
                    &self.number.to_be_bytes(),
                    &self.randomness(),
                    own,
                    &[counter],
                ]
                .concat(),
            )
        };
        (0..=u8::MAX)
            .map(mixed)
            .find(|bytes| bytes.last() != Some(&0))
            .and_then(|bytes| Challenge::from_bytes(bytes.to_vec()).ok())
    }

    /// How the record tells of a challenge that was mixed so.
    pub fn origin(&self, own: &[u8; OWN_BYTES]) -> Origin {
        Origin::Drand {
            chain: CHAIN.to_owned(),
            round: self.number,
            signature: hex::encode(self.signature),
            own: hex::encode(own),
        }
    }
}

/// What a record says of its challenge, verified again: the round, and the challenge that it gives.
///
/// # Errors
/// [`RoundError`]
pub fn replay(
    chain: &str,
    round: u64,
    signature: &str,
    own: &str,
) -> Result<(Round, Option<Challenge>), RoundError> {
    if chain != CHAIN {
        return Err(RoundError::Chain {
            chain: chain.to_owned(),
        });
    }
    let own = own_bytes(own)?;
    let round = Round::verified(round, signature)?;
    // One meaning, one text.
    if hex::encode(round.signature) != signature {
        return Err(RoundError::Unreadable);
    }
    let challenge = round.mix(&own);
    Ok((round, challenge))
}

/// A witness's own bytes from lower-case hex.
///
/// # Errors
/// [`RoundError::Own`]
pub fn own_bytes(own: &str) -> Result<[u8; OWN_BYTES], RoundError> {
    let mut bytes = [0; OWN_BYTES];
    hex::decode_to_slice(own, &mut bytes).map_err(|_| RoundError::Own)?;
    // One meaning, one text.
    if hex::encode(bytes) == own {
        Ok(bytes)
    } else {
        Err(RoundError::Own)
    }
}

/// BLS on BLS12-381 with signatures on G1: e(signature, generator) = e(H(SHA-256(round)), key).
///
/// Decompressing checks that a point is on the curve and in its prime-order subgroup.
fn is_signed(round: u64, signature: &[u8; SIGNATURE_BYTES]) -> bool {
    let mut key = [0; 96];
    let (Ok(()), Some(signature)) = (
        hex::decode_to_slice(PUBLIC_KEY, &mut key),
        Option::<G1Affine>::from(G1Affine::from_compressed(signature)),
    ) else {
        return false;
    };
    let Some(key) = Option::<G2Affine>::from(G2Affine::from_compressed(&key)) else {
        return false;
    };
    let message = sha256(&round.to_be_bytes());
    let hashed = <G1Projective as HashToCurve<ExpandMsgXmd<sha2_for_bls::Sha256>>>::hash_to_curve(
        [&message],
        DOMAIN,
    );
    let hashed = G1Affine::from(hashed);
    pairing(&signature, &G2Affine::generator()) == pairing(&hashed, &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounds as published by drand's API and in the documentation of its clients.
    const PUBLISHED: [(u64, &str, &str); 2] = [
        (
            123,
            "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
            "",
        ),
        (
            1000,
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
            "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
        ),
    ];

    #[test]
    fn the_chains_hash_is_made_of_its_facts() {
        // drand's chain hash: period, genesis time, public key, group hash, and the beacon's name.
        let group = "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e";
        let facts = [
            &u32::try_from(PERIOD).unwrap().to_be_bytes()[..],
            &GENESIS.to_be_bytes(),
            &hex::decode(PUBLIC_KEY).unwrap(),
            &hex::decode(group).unwrap(),
            b"quicknet",
        ]
        .concat();
        assert_eq!(hex::encode(sha256(&facts)), CHAIN);
    }

    #[test]
    fn published_rounds_verify() {
        for (number, signature, randomness) in PUBLISHED {
            let round = Round::verified(number, signature).unwrap();
            if !randomness.is_empty() {
                assert_eq!(hex::encode(round.randomness()), randomness);
            }
        }
        let (number, signature, randomness) = PUBLISHED[1];
        let text = format!(
            r#"{{"round":{number},"randomness":"{randomness}","signature":"{signature}"}}"#
        );
        assert_eq!(Round::parse(&text).unwrap().time(), 1_692_806_364);
    }

    #[test]
    fn a_changed_round_is_named() {
        let (number, signature, randomness) = PUBLISHED[1];
        assert_eq!(
            Round::verified(number + 1, signature),
            Err(RoundError::Signature { round: 1001 })
        );
        let other = Round::verified(number, PUBLISHED[0].1);
        assert_eq!(other, Err(RoundError::Signature { round: 1000 }));
        let good = format!(r#"{{"round":{number},"signature":"{signature}"}}"#);
        assert_eq!(MAX_ROUND, 16_384);
        assert!(Round::parse(&format!("{good:MAX_ROUND$}")).is_ok());
        for text in [
            "".to_owned(),
            "{}".to_owned(),
            format!(r#"{{"round":{number},"signature":"{}"}}"#, &signature[2..]),
            format!(r#"{{"round":"{number}","signature":"{signature}"}}"#),
            format!("{:1$}", good, MAX_ROUND + 1),
            format!("{:1$}", good, MAX_ROUND + 2),
        ] {
            assert_eq!(Round::parse(&text), Err(RoundError::Unreadable), "{text}");
        }
        let lie = format!(
            r#"{{"round":{number},"signature":"{signature}","randomness":"{}"}}"#,
            randomness.replace('f', "e")
        );
        assert_eq!(Round::parse(&lie), Err(RoundError::Randomness));
        let fastnet = "dbd506d6ef76e5f386f41c651dcb808c5bcbd75471cc4eafa3f4df7ad4e4c493";
        assert!(matches!(
            replay(fastnet, number, signature, &"ab".repeat(32)),
            Err(RoundError::Chain { .. })
        ));
    }

    #[test]
    fn every_bit_of_a_signature_counts() {
        let (number, signature, _) = PUBLISHED[1];
        let bytes = hex::decode(signature).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(
                Round::verified(number, &hex::encode(changed)).is_err(),
                "{at}"
            );
        }
        // The point at infinity is a signature under no key.
        let infinity = format!("c0{}", "00".repeat(47));
        assert!(Round::verified(number, &infinity).is_err());
    }

    #[test]
    fn o23_the_mix_is_the_documented_hash_and_never_ends_in_a_zero_byte() {
        let (number, signature, randomness) = PUBLISHED[1];
        let round = Round::verified(number, signature).unwrap();
        let mut counters = std::collections::BTreeSet::new();
        for own in 0..1000_u16 {
            let mut bytes = [0; OWN_BYTES];
            bytes[..2].copy_from_slice(&own.to_be_bytes());
            let challenge = round.mix(&bytes).unwrap();
            assert_ne!(challenge.bytes()[31], 0);
            let counter = (0..=255_u8)
                .find(|counter| {
                    let input = [
                        b"cloud-witness challenge from drand quicknet v1\0",
                        &1000_u64.to_be_bytes()[..],
                        &hex::decode(randomness).unwrap(),
                        &bytes,
                        &[*counter],
                    ]
                    .concat();
                    sha256(&input) == challenge.bytes()
                })
                .expect("made by the documented hash");
            counters.insert(counter);
        }
        // About four in a thousand need a second try.
        assert!(counters.contains(&1), "{counters:?}");
    }

    #[test]
    fn a_round_is_taken_as_either_version_of_the_api_writes_it() {
        let (number, signature, randomness) = PUBLISHED[1];
        for text in [
            format!(
                r#"{{"round":{number},"signature":"{signature}","randomness":"{randomness}"}}"#
            ),
            format!(r#"{{"round":{number},"signature":"{signature}"}}"#),
            format!(
                r#"{{"round":{number},"signature":"{signature}","randomness":null,"previous_signature":""}}"#
            ),
        ] {
            let round = Round::parse(&text).unwrap();
            assert_eq!(hex::encode(round.randomness()), randomness);
        }
        let other = format!(
            r#"{{"round":{number},"signature":"{signature}","randomness":"{}"}}"#,
            "00".repeat(32)
        );
        assert_eq!(Round::parse(&other), Err(RoundError::Randomness));
    }

    #[test]
    fn a_round_of_another_chain_is_named_with_where_quicknets_are() {
        let of = |signature: &str, more: &str| {
            let text = format!(r#"{{"round":2023932,"signature":"{signature}"{more}}}"#);
            Round::parse(&text).unwrap_err()
        };
        let previous = format!(r#","previous_signature":"{}""#, "b1".repeat(96));
        // As the default chain's are, and as those of a chain on another curve.
        for (signature, more, words) in [
            (
                "a5".repeat(96),
                previous.as_str(),
                "has 96 bytes, and previous_signature",
            ),
            ("a5".repeat(96), "", "has 96 bytes. Take"),
            ("05".repeat(64), "", "has 64 bytes. Take"),
        ] {
            let error = of(&signature, more);
            assert_eq!(error.code(), super::super::Code::DrandUnreadable);
            let said = error.to_string();
            assert!(said.contains(words), "{said}");
            assert!(
                said.ends_with(&format!("https://api.drand.sh/{CHAIN}/public/latest.")),
                "{said}"
            );
        }
        // Of a signature as long as quicknet's only that is said that it does not fit.
        let same_length = of(&"a5".repeat(48), &previous);
        assert_eq!(same_length, RoundError::Signature { round: 2_023_932 });
        assert_eq!(of("xy", &previous), RoundError::Unreadable);
        assert_eq!(of("", &previous), RoundError::Unreadable);
    }

    #[test]
    fn own_bytes_are_32_in_lower_case() {
        assert!(own_bytes(&"ab".repeat(32)).is_ok());
        for other in [
            "",
            "ab",
            &"AB".repeat(32),
            &"ab".repeat(33),
            &"zz".repeat(32),
        ] {
            assert_eq!(own_bytes(other), Err(RoundError::Own));
        }
    }
}
