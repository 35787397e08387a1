//! The challenge: random bytes that the quote must carry in `report_data`.

use crate::code::Code;
use crate::text::{count, quoted, sha256};

/// Fewest bytes that are accepted: below, the answer to every challenge can be made beforehand (O23).
pub const MIN_BYTES: usize = 8;
/// Fewest bytes without a warning (O23).
pub const SAFE_BYTES: usize = 16;
/// `report_data` has room for no more.
pub const MAX_BYTES: usize = 64;
/// How many bytes a challenge has unless somebody must type it.
pub const DEFAULT_BYTES: usize = 32;
/// For how many minutes a challenge may be answered unless the witness says otherwise (O25).
pub const DEFAULT_MINUTES: u32 = 15;

/// Keeps the checksum apart from every other use of SHA-256.
const CHECKSUM_DOMAIN: &[u8] = b"cloud-witness challenge checksum v1\0";

/// 8 to 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(Vec<u8>);

/// Why a text cannot be a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChallengeError {
    /// A character that is no hexadecimal digit.
    NotHex {
        /// The character.
        found: char,
        /// Which digit it stands for, from 1.
        digit: usize,
    },
    /// An odd number of digits.
    OddDigits {
        /// How many.
        digits: usize,
    },
    /// Fewer than [`MIN_BYTES`].
    TooShort {
        /// How many bytes.
        bytes: usize,
    },
    /// Nothing but zeros: every quote that was made without a challenge would answer it.
    Zeros {
        /// How many bytes.
        bytes: usize,
    },
    /// More than [`MAX_BYTES`].
    TooLong {
        /// How many bytes.
        bytes: usize,
    },
}

impl ChallengeError {
    /// The row's code.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotHex { .. } => Code::ChallengeNotHex,
            Self::OddDigits { .. } => Code::ChallengeOddDigits,
            Self::TooShort { .. } | Self::Zeros { .. } => Code::ChallengeTooShort,
            Self::TooLong { .. } => Code::ChallengeTooLong,
        }
    }
}

impl std::fmt::Display for ChallengeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotHex { found, digit } => write!(
                f,
                "The challenge has {} as its digit {digit}, which is not hexadecimal.",
                quoted(&found.to_string(), 1)
            ),
            Self::OddDigits { digits } => {
                write!(f, "The challenge has {digits} digits, an odd number.")
            }
            Self::TooShort { bytes } => write!(
                f,
                "The challenge has {}; at least {MIN_BYTES} are needed.",
                count(*bytes, "byte")
            ),
            Self::Zeros { bytes } => write!(
                f,
                "The challenge is {} of zeros, which a quote without a challenge has as well.",
                count(*bytes, "byte")
            ),
            Self::TooLong { bytes } => write!(
                f,
                "The challenge has {bytes} bytes; at most {MAX_BYTES} fit."
            ),
        }
    }
}

impl std::error::Error for ChallengeError {}

impl Challenge {
    /// Reads hexadecimal digits of any case; spaces and `-` may stand between groups.
    ///
    /// ```
    /// use cloud_witness::challenge::Challenge;
    ///
    /// let challenge = Challenge::parse("4865 6C6C 6F2C 2077-6f72 6C64 21")?;
    /// assert_eq!(challenge.hex(), "48656c6c6f2c20776f726c6421");
    /// assert_eq!(&challenge.report_data()[..13], b"Hello, world!");
    /// assert!(Challenge::parse("odd").is_err());
    /// # Ok::<(), cloud_witness::challenge::ChallengeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ChallengeError`] says which digit is wrong, or how many there are.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        let digits: Vec<char> = text
            .chars()
            .filter(|c| !c.is_ascii_whitespace() && *c != '-')
            .collect();
        if let Some(at) = digits.iter().position(|c| !c.is_ascii_hexdigit()) {
            return Err(ChallengeError::NotHex {
                found: digits.get(at).copied().unwrap_or_default(),
                digit: at.saturating_add(1),
            });
        }
        let digits: String = digits.into_iter().collect();
        let bytes = hex::decode(&digits).map_err(|_| ChallengeError::OddDigits {
            digits: digits.len(),
        })?;
        Self::from_bytes(bytes)
    }

    /// Takes 8 to 64 bytes.
    ///
    /// # Errors
    /// [`ChallengeError::TooShort`], [`ChallengeError::TooLong`] or [`ChallengeError::Zeros`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ChallengeError> {
        match bytes.len() {
            length if length < MIN_BYTES => Err(ChallengeError::TooShort { bytes: length }),
            length if length > MAX_BYTES => Err(ChallengeError::TooLong { bytes: length }),
            length if bytes.iter().all(|byte| *byte == 0) => {
                Err(ChallengeError::Zeros { bytes: length })
            }
            _ => Ok(Self(bytes)),
        }
    }

    /// Draws a fresh challenge from `fill`, which must be a secure random source.
    ///
    /// The last byte is not zero, so that tools which trim zeros from `report_data` still agree (O23, O24).
    ///
    /// # Errors
    /// The source's own error, or a length that no challenge has. `None` when the source gives a zero last
    /// byte 64 times: it is broken.
    pub fn draw<E>(
        length: usize,
        mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Option<Result<Self, ChallengeError>>, E> {
        let mut bytes = vec![0; length];
        for _ in 0..64 {
            fill(&mut bytes)?;
            if bytes.last().is_none_or(|last| *last != 0) {
                return Ok(Some(Self::from_bytes(bytes)));
            }
        }
        Ok(None)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Lower-case hex.
    pub fn hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// Groups of four digits, to read out.
    pub fn groups(&self) -> Vec<String> {
        self.0.chunks(2).map(hex::encode).collect()
    }

    /// Four hex digits that both sides compare by voice after a challenge was dictated.
    pub fn checksum(&self) -> String {
        let digest = sha256(&[CHECKSUM_DOMAIN, self.bytes()].concat());
        hex::encode(digest.get(..2).unwrap_or_default())
    }

    /// All 64 bytes that `report_data` must have: the challenge, then zeros (O24).
    pub fn report_data(&self) -> [u8; MAX_BYTES] {
        let mut expected = [0; MAX_BYTES];
        for (to, from) in expected.iter_mut().zip(&self.0) {
            *to = *from;
        }
        expected
    }

    /// How many bytes it has before the zeros at its end: in `report_data`, a challenge and the same one with zeros behind it
    /// are one.
    pub fn bytes_before_zeros(&self) -> usize {
        let zeros = self.0.iter().rev().take_while(|byte| **byte == 0).count();
        self.0.len().saturating_sub(zeros)
    }

    /// Whether it is so short that its answer could have been made beforehand (O23).
    pub fn is_short(&self) -> bool {
        self.bytes_before_zeros() < SAFE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o24_hex_is_read_in_any_case_and_in_groups() {
        let plain = Challenge::parse("48656c6c6f2c20776f726c6421").unwrap();
        assert_eq!(plain.bytes(), b"Hello, world!");
        assert_eq!(
            Challenge::parse(" 4865-6C6C 6f2C-2077\t6F72 6C64 21\n").unwrap(),
            plain
        );
        assert_eq!(plain.groups().join(" "), "4865 6c6c 6f2c 2077 6f72 6c64 21");
    }

    #[test]
    fn o24_an_odd_number_of_digits_is_refused_as_the_attester_refuses_it() {
        assert_eq!(
            Challenge::parse("48656c6c6f2c20776f726c642"),
            Err(ChallengeError::OddDigits { digits: 25 })
        );
    }

    #[test]
    fn what_is_not_hex_is_named_by_its_digit() {
        assert_eq!(
            Challenge::parse("0x48656c6c6f2c2077"),
            Err(ChallengeError::NotHex {
                found: 'x',
                digit: 2
            })
        );
    }

    #[test]
    fn o23_shorter_than_8_bytes_is_refused_and_shorter_than_16_is_short() {
        let of = |bytes: usize| Challenge::parse(&"ab".repeat(bytes));
        assert_eq!(of(7), Err(ChallengeError::TooShort { bytes: 7 }));
        assert!(of(8).unwrap().is_short());
        assert!(of(15).unwrap().is_short());
        assert!(!of(16).unwrap().is_short());
        assert_eq!(of(65), Err(ChallengeError::TooLong { bytes: 65 }));
        assert_eq!(of(0), Err(ChallengeError::TooShort { bytes: 0 }));
    }

    #[test]
    fn o23_zeros_at_the_end_make_a_challenge_no_longer_and_alone_they_are_none() {
        let of = |text: &str| Challenge::parse(text);
        let short = of(&format!("{}{}", "ab".repeat(8), "00".repeat(56))).unwrap();
        assert_eq!((short.bytes_before_zeros(), short.is_short()), (8, true));
        assert!(of(&format!("{}00", "ab".repeat(15))).unwrap().is_short());
        assert!(!of(&format!("{}00", "ab".repeat(16))).unwrap().is_short());
        assert_eq!(
            of(&"00".repeat(32)),
            Err(ChallengeError::Zeros { bytes: 32 })
        );
        // A typed one may end in a zero: one in 256 does (O24).
        assert!(of("ab00ab00ab00ab00").is_ok());
    }

    #[test]
    fn o23_a_drawn_challenge_never_ends_in_a_zero_byte() {
        let mut draws = 0_u8;
        let challenge = Challenge::draw(32, |bytes| {
            bytes.fill(draws);
            draws += 1;
            Ok::<(), ()>(())
        });
        assert_eq!(challenge, Ok(Some(Challenge::from_bytes(vec![1; 32]))));
        assert_eq!(Challenge::draw(32, |_| Ok::<(), ()>(())), Ok(None));
        assert_eq!(
            Challenge::draw(32, |_| Err("no entropy")),
            Err("no entropy")
        );
    }

    #[test]
    fn o24_report_data_is_the_challenge_and_zeros_to_64_bytes() {
        let data = Challenge::parse("ab00ab00ab00ab00").unwrap().report_data();
        assert_eq!(data[..8], [0xab, 0, 0xab, 0, 0xab, 0, 0xab, 0]);
        assert_eq!(data[8..], [0; 56]);
    }

    #[test]
    fn the_checksum_changes_with_every_digit() {
        let a = Challenge::parse("48656c6c6f2c20776f726c6421").unwrap();
        let b = Challenge::parse("48656c6c6f2c20776f726c6422").unwrap();
        assert_ne!(a.checksum(), b.checksum());
        assert_eq!(a.checksum().len(), 4);
    }
}
