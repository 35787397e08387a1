//! Byte strings that are written as hexadecimal in a specification.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Bytes of any length, written as hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

/// At most `N` bytes, written as hexadecimal; a shorter string is filled with zeros at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes<const N: usize>(pub [u8; N]);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map(Self).map_err(D::Error::custom)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Hex(bytes) = Hex::deserialize(deserializer)?;
        if bytes.len() > N {
            return Err(D::Error::custom(format!(
                "{} bytes where at most {N} fit",
                bytes.len()
            )));
        }
        Ok(Self::padded(&bytes))
    }
}

impl<const N: usize> Bytes<N> {
    /// These bytes, then zeros. Panics if there are more than `N`.
    pub fn padded(start: &[u8]) -> Self {
        let mut bytes = [0; N];
        bytes[..start.len()].copy_from_slice(start);
        Self(bytes)
    }
}

impl<const N: usize> Default for Bytes<N> {
    fn default() -> Self {
        Self([0; N])
    }
}
