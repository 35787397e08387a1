//! ECDSA on P-256 with SHA-256, the trace of every signature that was checked, and the memory of those that repeat.
//!
//! The engine asks for signatures through [`dcap_qvl::config::CryptoProvider`], whose functions have no
//! state; so the trace lives in a thread-local that is empty outside [`traced`]. Rows of the appraisal pass
//! only on what the trace holds: the exact signed bytes, under the exact key.
//!
//! Signatures over collateral and CA certificates are the same for every machine of a kind, so a good one is
//! remembered for the next appraisal: whether a signature fits is a pure function of key, message and signature.
//! Nothing else is remembered here, and nothing of the quote or its machine ever is: dates, revocation and every other
//! check run each time, and the trace holds each signature whether it was computed or remembered.
//!
//! The arithmetic is the `crrl` crate's, see `docs/decisions/0002-p256.md`.

use std::cell::RefCell;

use dcap_qvl::config::{Config, CryptoProvider};
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use sha2::Digest as _;

use crate::memory::Recent;
use crate::text::sha256;
use crate::x509::Signed;

/// One signature that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// SEC1 point.
    key: Vec<u8>,
    /// The signed bytes.
    message: Vec<u8>,
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
    static REPEATING: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    static STANDS_FOR: RefCell<Option<StandsFor>> = const { RefCell::new(None) };
    static REMEMBERED: RefCell<Recent<Good, ()>> = const { RefCell::new(Recent::new(MOST_REMEMBERED)) };
}

/// Bytes that the engine is given in the place of others that it cannot take: it hashes the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandsFor {
    /// What the engine is given.
    pub given: Vec<u8>,
    /// What the quote has.
    pub real: Vec<u8>,
}

/// A signature that fits, whole: to hash its message for a name's sake would take longer than to compare it.
struct Good {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// All that Intel publishes at one time has about a hundred signatures.
const MOST_REMEMBERED: usize = 512;

/// Largest message whose signature is remembered: Intel's have up to 20 kB, and all of them together must stay small.
const LARGEST_REMEMBERED: usize = 64 * 1024;

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
        self.0
            .iter()
            .find(|entry| entry.is(key, &signed.message, &signed.signature) && of_interest(entry))
            .map_or(Verification::NotChecked, |entry| {
                if entry.verified {
                    Verification::Verified
                } else {
                    Verification::Refused
                }
            })
    }
}

impl Entry {
    fn is(&self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.key == key && self.signature == signature && self.message == message
    }
}

/// Runs `work` with an empty trace, and returns what it checked.
///
/// `repeating` are messages whose good signatures are remembered from one call to the next.
pub fn traced<T>(repeating: Vec<Vec<u8>>, work: impl FnOnce() -> T) -> (T, Trace) {
    traced_with(repeating, None, work)
}

/// The same, where the engine is given bytes that stand for others.
pub fn traced_with<T>(
    repeating: Vec<Vec<u8>>,
    stands_for: Option<StandsFor>,
    work: impl FnOnce() -> T,
) -> (T, Trace) {
    TRACE.with(|trace| trace.borrow_mut().clear());
    REPEATING.with(|messages| *messages.borrow_mut() = repeating);
    STANDS_FOR.with(|known| *known.borrow_mut() = stands_for);
    let outcome = work();
    STANDS_FOR.with(|known| known.borrow_mut().take());
    REPEATING.with(|messages| messages.borrow_mut().clear());
    let entries = TRACE.with(|trace| std::mem::take(&mut *trace.borrow_mut()));
    (outcome, Trace(entries))
}

/// Checks one signature ourselves, into the trace.
pub fn check(key: &[u8], signed: &Signed) -> bool {
    verify_into_trace(key, &signed.message, &signed.signature, AskedBy::Appraisal)
}

/// A signature that was already checked in this appraisal keeps its outcome: it is a pure function.
fn verify_into_trace(key: &[u8], message: &[u8], signature: &[u8], asked_by: AskedBy) -> bool {
    let known = TRACE.with(|trace| {
        trace
            .borrow()
            .iter()
            .find(|entry| entry.is(key, message, signature))
            .map(|entry| entry.verified)
    });
    let verified = known.unwrap_or_else(|| verify_or_remember(key, message, signature));
    TRACE.with(|trace| {
        trace.borrow_mut().push(Entry {
            key: key.to_vec(),
            message: message.to_vec(),
            signature: signature.to_vec(),
            verified,
            asked_by,
        });
    });
    verified
}

/// Only a signature over one of the repeating messages is looked up, and only a good one is remembered.
fn verify_or_remember(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let repeats = REPEATING.with(|messages| messages.borrow().iter().any(|one| one == message));
    if repeats && is_remembered(key, message, signature) {
        return true;
    }
    let verified = verify_p256(key, &sha256(message), signature);
    if repeats && verified {
        remember(key, message, signature);
    }
    verified
}

fn is_remembered(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let is_the_same =
        |good: &Good| good.signature == signature && good.key == key && good.message == message;
    REMEMBERED.with(|remembered| remembered.borrow().recall(is_the_same).is_some())
}

fn remember(key: &[u8], message: &[u8], signature: &[u8]) {
    if message.len() > LARGEST_REMEMBERED {
        return;
    }
    let good = Good {
        key: key.to_vec(),
        message: message.to_vec(),
        signature: signature.to_vec(),
    };
    REMEMBERED.with(|remembered| remembered.borrow_mut().add(good, ()));
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
        STANDS_FOR.with(|known| match &*known.borrow() {
            Some(known) if known.given == data => sha256(&known.real),
            _ => sha256(data),
        })
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

/// Whether this signature is remembered.
#[cfg(test)]
pub(crate) fn remembers(key: &[u8], signed: &Signed) -> bool {
    is_remembered(key, &signed.message, &signed.signature)
}

#[cfg(test)]
impl Trace {
    /// As if the engine had not asked for any signature.
    pub(crate) fn forget_the_engines(&mut self) {
        self.0.retain(|entry| entry.asked_by == AskedBy::Appraisal);
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::hazmat::PrehashSigner as _;
    use p256::ecdsa::{DerSignature, SigningKey};

    use super::*;

    fn signed(signer: u8, message: &[u8]) -> (Vec<u8>, Signed) {
        let key = SigningKey::from_slice(&[signer; 32]).unwrap();
        let signature: DerSignature = key.sign_prehash(&sha256(message)).unwrap();
        let signed = Signed {
            message: message.to_vec(),
            signature: signature.as_bytes().to_vec(),
        };
        (
            key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            signed,
        )
    }

    /// Checks one signature where `repeating` may be remembered.
    fn checks(repeating: &[u8], key: &[u8], signed: &Signed) -> bool {
        traced(vec![repeating.to_vec()], || check(key, signed)).0
    }

    fn remembered() -> usize {
        REMEMBERED.with(|remembered| remembered.borrow().len())
    }

    #[test]
    fn a_remembered_signature_stands_in_for_itself_and_for_no_other_key_message_or_signature() {
        let (key, good) = signed(1, b"collateral");
        assert!(checks(b"collateral", &key, &good));
        assert_eq!(remembered(), 1);
        assert!(checks(b"collateral", &key, &good));
        assert_eq!(remembered(), 1, "the second time it was known");

        let (other_key, _) = signed(2, b"collateral");
        assert!(!checks(b"collateral", &other_key, &good));
        let moved = Signed {
            message: b"another".to_vec(),
            ..good.clone()
        };
        assert!(!checks(b"another", &key, &moved));
        let (_, again) = signed(2, b"collateral");
        assert!(!checks(b"collateral", &key, &again));
        // Nor where a border between the parts moves.
        let shifted: Vec<u8> = key.iter().chain(&[0x30]).copied().collect();
        assert!(!checks(b"collateral", &shifted, &good));
        assert_eq!(remembered(), 1);
    }

    #[test]
    fn what_was_remembered_is_used_only_for_a_message_that_repeats() {
        // What no computation would give: only the memory can say yes.
        let (key, good) = signed(1, b"collateral");
        let bad = Signed {
            signature: signed(2, b"collateral").1.signature,
            ..good
        };
        remember(&key, b"collateral", &bad.signature);
        assert!(checks(b"collateral", &key, &bad), "it is looked up");
        assert!(
            !checks(b"a quote", &key, &bad),
            "not for what does not repeat"
        );
    }

    #[test]
    fn a_bad_signature_and_one_that_does_not_repeat_are_not_remembered() {
        let (key, good) = signed(1, b"a quote");
        assert!(checks(b"collateral", &key, &good));
        let (other, _) = signed(2, b"a quote");
        assert!(!checks(b"a quote", &other, &good));
        assert_eq!(remembered(), 0);
        // What repeats in one appraisal does not in the next.
        traced(vec![b"a quote".to_vec()], || ());
        assert!(traced(Vec::new(), || check(&key, &good)).0);
        assert_eq!(remembered(), 0);
    }

    #[test]
    fn the_memory_is_bounded() {
        for number in 0..MOST_REMEMBERED + 10 {
            remember(&number.to_be_bytes(), b"", b"");
        }
        assert_eq!(remembered(), MOST_REMEMBERED);
        let large = vec![0; LARGEST_REMEMBERED + 1];
        remember(b"key", &large, b"");
        assert!(!is_remembered(b"key", &large, b""));
        remember(b"key", &large[1..], b"");
        assert!(is_remembered(b"key", &large[1..], b""));
    }

    #[test]
    fn a_trace_answers_for_exactly_the_key_the_message_and_the_signature_that_were_checked() {
        let made = [signed(1, b"one"), signed(2, b"one"), signed(1, b"two")];
        for checked in &made {
            let (_, trace) = traced(Vec::new(), || {
                assert!(check(&checked.0, &checked.1));
                for (key, _) in &made {
                    for (_, Signed { message, .. }) in &made {
                        for (_, Signed { signature, .. }) in &made {
                            let asked = Signed {
                                message: message.clone(),
                                signature: signature.clone(),
                            };
                            let is_one = made.contains(&(key.clone(), asked.clone()));
                            assert_eq!(check(key, &asked), is_one);
                        }
                    }
                }
            });
            assert_eq!(trace.of(&checked.0, &checked.1), Verification::Verified);
            let (_, alone) = traced(Vec::new(), || check(&checked.0, &checked.1));
            for (key, _) in &made {
                for (_, Signed { message, .. }) in &made {
                    for (_, Signed { signature, .. }) in &made {
                        let asked = Signed {
                            message: message.clone(),
                            signature: signature.clone(),
                        };
                        let expected = if *checked == (key.clone(), asked.clone()) {
                            Verification::Verified
                        } else {
                            Verification::NotChecked
                        };
                        assert_eq!(alone.of(key, &asked), expected);
                    }
                }
            }
        }
    }

    #[test]
    fn the_trace_holds_a_remembered_signature_like_a_computed_one() {
        let (key, good) = signed(1, b"collateral");
        for _ in 0..2 {
            let (_, trace) = traced(vec![b"collateral".to_vec()], || check(&key, &good));
            assert_eq!(trace.of(&key, &good), Verification::Verified);
        }
    }
}
