//! Collateral, its signers and the signatures over it are remembered between appraisals; no Report may ever tell.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use cloud_witness::{Given, Moment, Request, Verifier};
use harness::samples;

/// The Report of a verifier that remembers nothing: the memory is a thread's own.
fn cold(report: impl FnOnce() -> String + Send) -> String {
    std::thread::scope(|scope| scope.spawn(report).join()).unwrap()
}

fn report(quote: &[u8], collateral: Given<'_>, at: u64) -> String {
    let mut request = Request::new(quote, Moment::as_of(at));
    request.collateral = Some(collateral);
    Verifier::production().appraise(&request).to_json().unwrap()
}

/// Every vector, appraised by a verifier that remembers nothing, and by one that has seen all the others.
#[test]
fn every_vector_ends_the_same_whatever_was_appraised_before() {
    let made: Vec<_> = harness::case::all()
        .into_iter()
        .map(|(name, case)| (case.make(&name), name))
        .collect();
    let cold: Vec<String> = made
        .iter()
        .map(|(one, _)| cold(|| one.appraise().to_json().unwrap()))
        .collect();
    for round in ["once", "twice", "in the other order"] {
        let mut order: Vec<usize> = (0..made.len()).collect();
        if round == "in the other order" {
            order.reverse();
        }
        for index in order {
            let (one, name) = &made[index];
            let warm = one.appraise().to_json().unwrap();
            assert!(warm == cold[index], "{name}: another Report, {round}");
        }
    }
}

/// More texts than are kept, of two platforms in turn, with each platform's quote and the other's.
#[test]
fn collaterals_in_turn_are_not_mistaken_for_each_other() {
    let platforms = ["sgx_quote", "tdx_quote"];
    let quotes = platforms.map(samples::quote);
    let texts: Vec<String> = (0..20)
        .map(|spaces| samples::collateral(platforms[spaces % 2]) + &" ".repeat(spaces / 2))
        .collect();
    for round in 0..2 {
        for (number, text) in texts.iter().enumerate() {
            for quote in &quotes {
                let ask = || report(quote, text.as_bytes().into(), samples::AT);
                assert!(ask() == cold(ask), "text {number}, round {round}");
            }
        }
    }
}

#[test]
fn a_text_that_differs_in_one_byte_from_one_that_is_remembered_is_read_by_itself() {
    let quote = samples::quote("sgx_quote");
    let good = samples::collateral("sgx_quote").into_bytes();
    let genuine = report(&quote, good.as_slice().into(), samples::AT);
    let mut others = 0;
    for at in (0..good.len()).step_by(61) {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        let ask = || report(&quote, damaged.as_slice().into(), samples::AT);
        let warm = ask();
        assert!(warm == cold(ask), "byte {at}");
        assert!(
            warm != genuine,
            "byte {at} is in the collateral's SHA-256 at least"
        );
        assert!(report(&quote, good.as_slice().into(), samples::AT) == genuine);
        others += 1;
    }
    assert!(others > 200);
}

#[test]
fn collateral_that_is_remembered_expires_all_the_same() {
    const YEAR: u64 = 365 * 24 * 3600;
    let quote = samples::quote("sgx_quote");
    let text = samples::collateral("sgx_quote");
    for at in [
        samples::AT,
        samples::AT + YEAR,
        samples::AT - YEAR,
        samples::AT,
    ] {
        let ask = || report(&quote, text.as_bytes().into(), at);
        assert!(ask() == cold(ask), "at {at}");
    }
    let later = report(&quote, text.as_bytes().into(), samples::AT + YEAR);
    assert!(later.contains("COLLATERAL_EXPIRED"));
}

/// A bundle's document by itself, the bundle, and its file, in every order.
#[test]
fn a_document_is_the_same_from_a_bundle_and_by_itself() {
    let quote = samples::quote("sgx_quote");
    let bundle = samples::bundle();
    let file = bundle.to_json();
    let platform = cloud_witness::appraisal::platform_of(&quote).unwrap();
    let document = bundle
        .select(platform.tee, platform.fmspc, platform.ca)
        .unwrap();
    let given: [Given<'_>; 3] = [
        Given::Bundle(&bundle),
        file.as_bytes().into(),
        document.as_bytes().into(),
    ];
    let expected = cold(|| report(&quote, document.as_bytes().into(), samples::AT));
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        for which in order {
            assert!(report(&quote, given[which], samples::AT) == expected);
        }
    }
}
