//! Keys and other values derived from labels, and signatures that are wrong in a chosen way.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How to make one signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// The right key over the right bytes.
    #[default]
    Sound,
    /// Sound, then the lowest bit of s is flipped.
    Flipped,
    /// Made with a key that nobody certified; everything else still names the right one.
    OtherKey,
    /// Sound, then s is replaced with n − s: other bytes, and still valid.
    Malleated,
    /// r and s are both zero.
    Zero,
}

/// A P-256 key pair made from a label.
#[derive(Clone)]
pub(crate) struct Key {
    label: String,
    signing: SigningKey,
}

impl Key {
    pub(crate) fn new(label: &str) -> Self {
        let secret: [u8; 32] = derive(&format!("private key of {label}"));
        Self {
            label: label.to_owned(),
            signing: SigningKey::from_slice(&secret).expect("a SHA-256 value in 1..n"),
        }
    }

    /// The public point as x ‖ y, which is how quotes hold it.
    pub(crate) fn public(&self) -> [u8; 64] {
        let point = self.signing.verifying_key().to_sec1_point(false);
        point.as_bytes()[1..].try_into().expect("x and y")
    }

    /// The key identifier in certificates: the first 20 bytes of the SHA-256 of the point (RFC 7093, method 1).
    pub(crate) fn id(&self) -> [u8; 20] {
        let point = [&[4], &self.public()[..]].concat();
        Sha256::digest(point)[..20].try_into().expect("20 bytes")
    }

    /// Signs with ECDSA P-256 and SHA-256, deterministically (RFC 6979). Returns r ‖ s.
    pub(crate) fn sign(&self, message: &[u8], how: Signing) -> [u8; 64] {
        let signer = match how {
            Signing::OtherKey => Self::new(&format!("an impostor of {}", self.label)),
            _ => self.clone(),
        };
        let signature: Signature = signer.signing.sign(message);
        let mut raw: [u8; 64] = signature.to_bytes().into();
        match how {
            Signing::Sound | Signing::OtherKey => {}
            Signing::Flipped => raw[63] ^= 1,
            Signing::Malleated => {
                let (r, s) = signature.split_scalars();
                raw = Signature::from_scalars(r, -s)
                    .expect("r and n − s are in 1..n")
                    .to_bytes()
                    .into();
            }
            Signing::Zero => raw = [0; 64],
        }
        raw
    }
}

/// `N` bytes that depend on the label only.
pub(crate) fn derive<const N: usize>(label: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (index, chunk) in bytes.chunks_mut(32).enumerate() {
        let block = Sha256::digest(format!("forged Intel, block {index}: {label}"));
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
    bytes
}
