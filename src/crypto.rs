//! ECDSA on P-256 with SHA-256, and the trace of every signature that was checked.
//!
//! The engine asks for signatures through [`dcap_qvl::config::CryptoProvider`], whose functions have no
//! state; so the trace lives in a thread-local that is empty outside [`traced`]. Rows of the appraisal pass
//! only on what the trace holds: the exact signed bytes, under the exact key.
//!
//! The arithmetic is the `crrl` crate's, see `docs/decisions/0002-p256.md`.

use std::cell::RefCell;

use dcap_qvl::config::{Config, CryptoProvider};
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use sha2::Digest as _;

use crate::text::sha256;
use crate::x509::Signed;

/// One signature that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// SEC1 point.
    key: Vec<u8>,
    /// SHA-256 of the signed bytes.
    digest: [u8; 32],
    /// DER `ECDSA-Sig-Value`.
    signature: Vec<u8>,
    verified: bool,
    asked_by: AskedBy,
}

/// Who wanted a signature checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AskedBy {
    Engine,
    Appraisal,
}

thread_local! {
    static TRACE: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// What the trace says of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It was checked, and it is good.
    Verified,
    /// It was checked, and it does not fit.
    Refused,
    /// It was not checked.
    NotChecked,
}

/// Every signature that was checked during one appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace(Vec<Entry>);

impl Trace {
    /// What became of this signature under this key.
    pub fn of(&self, key: &[u8], signed: &Signed) -> Verification {
        self.find(key, signed, |_| true)
    }

    /// The same, but only as asked by the engine: a gap in the engine must not be filled by our own checks.
    pub fn by_engine(&self, key: &[u8], signed: &Signed) -> Verification {
        self.find(key, signed, |entry| entry.asked_by == AskedBy::Engine)
    }

    fn find(
        &self,
        key: &[u8],
        signed: &Signed,
        of_interest: impl Fn(&Entry) -> bool,
    ) -> Verification {
        let digest = sha256(&signed.message);
        self.0
            .iter()
            .find(|entry| {
                entry.key == key
                    && entry.digest == digest
                    && entry.signature == signed.signature
                    && of_interest(entry)
            })
            .map_or(Verification::NotChecked, |entry| {
                if entry.verified {
                    Verification::Verified
                } else {
                    Verification::Refused
                }
            })
    }
}

/// Runs `work` with an empty trace, and returns what it checked.
pub fn traced<T>(work: impl FnOnce() -> T) -> (T, Trace) {
    TRACE.with(|trace| trace.borrow_mut().clear());
    let outcome = work();
    let entries = TRACE.with(|trace| std::mem::take(&mut *trace.borrow_mut()));
    (outcome, Trace(entries))
}

/// Checks one signature ourselves, into the trace.
pub fn check(key: &[u8], signed: &Signed) -> bool {
    verify_into_trace(key, &signed.message, &signed.signature, AskedBy::Appraisal)
}

/// A signature that was already checked in this appraisal keeps its outcome: it is a pure function.
fn verify_into_trace(key: &[u8], message: &[u8], signature: &[u8], asked_by: AskedBy) -> bool {
    let digest = sha256(message);
    let known = TRACE.with(|trace| {
        trace
            .borrow()
            .iter()
            .find(|entry| {
                entry.key == key && entry.digest == digest && entry.signature == signature
            })
            .map(|entry| entry.verified)
    });
    let verified = known.unwrap_or_else(|| verify_p256(key, &digest, signature));
    TRACE.with(|trace| {
        trace.borrow_mut().push(Entry {
            key: key.to_vec(),
            digest,
            signature: signature.to_vec(),
            verified,
            asked_by,
        });
    });
    verified
}

/// ECDSA on P-256 over a SHA-256 digest (FIPS 186-5, section 6.4).
///
/// `key` is an uncompressed SEC1 point, `signature` strict DER; anything else is refused.
pub fn verify_p256(key: &[u8], digest: &[u8; 32], signature: &[u8]) -> bool {
    let uncompressed = key.len() == 65 && key.first() == Some(&0x04);
    let (Some(raw), true) = (raw_signature(signature), uncompressed) else {
        return false;
    };
    crrl::p256::PublicKey::decode(key).is_some_and(|key| key.verify_hash(&raw, digest))
}

/// `r ‖ s` of 64 bytes from DER `ECDSA-Sig-Value`: exactly two INTEGERs that fit 32 bytes, minimal, unsigned.
fn raw_signature(signature: &[u8]) -> Option<[u8; 64]> {
    use der::{Decode as _, asn1::UintRef};

    let integers = Vec::<UintRef<'_>>::from_der(signature).ok()?;
    let [r, s] = integers.as_slice() else {
        return None;
    };
    let mut raw = [0; 64];
    let (left, right) = raw.split_at_mut(32);
    for (half, integer) in [(left, r), (right, s)] {
        let start = half.len().checked_sub(integer.as_bytes().len())?;
        half.get_mut(start..)?.copy_from_slice(integer.as_bytes());
    }
    Some(raw)
}

/// The engine's configuration: its own X.509 and signature codecs, our traced signatures.
#[derive(Debug)]
pub struct TracedConfig;

impl Config for TracedConfig {
    type X509 = dcap_qvl::x509::X509CertBackend;
    type SigEncoder = dcap_qvl::signature::DerSigEncoder;
    type Crypto = TracedCrypto;
}

/// The engine's hash functions and traced signatures.
#[derive(Debug)]
pub struct TracedCrypto;

impl CryptoProvider for TracedCrypto {
    fn sig_algo() -> &'static dyn SignatureVerificationAlgorithm {
        &TracedP256
    }

    fn sha256(data: &[u8]) -> [u8; 32] {
        sha256(data)
    }

    fn sha384(data: &[u8]) -> [u8; 48] {
        sha2::Sha384::digest(data).into()
    }
}

#[derive(Debug)]
struct TracedP256;

impl SignatureVerificationAlgorithm for TracedP256 {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }

    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if verify_into_trace(public_key, message, signature, AskedBy::Engine) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

#[cfg(test)]
impl Trace {
    /// As if the engine had not asked for any signature.
    pub(crate) fn forget_the_engines(&mut self) {
        self.0.retain(|entry| entry.asked_by == AskedBy::Appraisal);
    }
}
