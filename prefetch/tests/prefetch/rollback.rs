//! An old piece is still signed by Intel: only its own numbers and dates show that it is old.

use cloud_witness::Bundle;
use cloud_witness::collateral::piece::Key;
use cloud_witness::collateral::rollback::{GoesBack, goes_back};
use cloud_witness::moment::in_words;
use prefetch::summary::{STATUS_STALE, Summary};

use crate::shelf::{intel, reply, target};
use crate::standin::StandIn;
use crate::world::{
    NOW, PLATFORM, Place, QE, SGX, forged_one, plan, stale, verifier, world, yesterday,
};

/// The rule itself, and a whole run in which the service offers `older` where the file has `newer`.
fn is_refused(key: Key, newer: &str, older: &str) -> GoesBack {
    let (newer, older) = (forged_one(newer, key), forged_one(older, key));
    let back = goes_back(&newer, &older).expect("older");
    assert_eq!(goes_back(&newer, &newer), None, "the same piece again");
    assert_eq!(goes_back(&older, &newer), None, "forward");

    let mut at_hand = world();
    at_hand.put(newer.clone());
    let mut answers = intel(&world());
    answers.insert(target(key), vec![reply(&older)]);
    let server = StandIn::plain(answers);
    let place = Place::with(&at_hand);
    let summary = place.run(&plan(&server));
    assert_eq!(summary.status, STATUS_STALE, "{}", summary.text());
    assert_eq!(stale(&summary), [format!("{key} GOES_BACK")]);
    assert_eq!(place.bundle().get(key), Some(&newer));
    // Where there is none at hand it is as good as any.
    let empty = Place::empty();
    empty.run(&plan(&server));
    assert_eq!(empty.bundle().get(key), Some(&older));
    back
}

#[test]
fn rollback_of_the_evaluation_number_of_tcb_info_is_refused() {
    let back = is_refused(
        SGX,
        r#"{"tcb_info":{"evaluation_number":18}}"#,
        r#"{"tcb_info":{"evaluation_number":17}}"#,
    );
    assert_eq!(
        back,
        GoesBack::EvaluationNumber {
            old: 18,
            new: Some(17)
        }
    );
}

#[test]
fn rollback_of_the_evaluation_number_is_refused_although_it_was_issued_later() {
    let newer = r#"{"tcb_info":{"evaluation_number":18,"issue_date":"2039-12-31T00:00:00Z"}}"#;
    let older = r#"{"tcb_info":{"evaluation_number":17}}"#;
    assert_eq!(
        goes_back(&forged_one(newer, SGX), &forged_one(older, SGX)),
        Some(GoesBack::EvaluationNumber {
            old: 18,
            new: Some(17)
        })
    );
}

#[test]
fn a_piece_without_an_evaluation_number_goes_back_behind_one_that_has_it() {
    let document = serde_json::from_str::<forge::ForgeSpec>("{}")
        .unwrap()
        .build()
        .collateral_json;
    let without = document.replace("\\\"tcbEvaluationDataNumber\\\":20,", "");
    assert_ne!(document, without);
    for key in [SGX, QE] {
        let [numbered, unnumbered] = [&document, &without].map(|document| {
            cloud_witness::collateral::pieces_of_document(document.as_bytes())
                .unwrap()
                .into_iter()
                .find(|piece| piece.key == key)
                .unwrap()
        });
        assert_eq!(
            goes_back(&numbered, &unnumbered),
            Some(GoesBack::EvaluationNumber { old: 20, new: None })
        );
        assert_eq!(goes_back(&unnumbered, &numbered), None);
        assert_eq!(goes_back(&unnumbered, &unnumbered), None);
    }
}

#[test]
fn rollback_of_the_evaluation_number_of_a_qe_identity_is_refused() {
    let back = is_refused(
        QE,
        r#"{"qe_identity":{"evaluation_number":18}}"#,
        r#"{"qe_identity":{"evaluation_number":17}}"#,
    );
    assert_eq!(
        back,
        GoesBack::EvaluationNumber {
            old: 18,
            new: Some(17)
        }
    );
}

#[test]
fn rollback_of_the_issue_date_of_tcb_info_is_refused() {
    let back = is_refused(
        SGX,
        r#"{"tcb_info":{"issue_date":"2040-01-01T12:00:00Z"}}"#,
        r#"{}"#,
    );
    assert!(matches!(back, GoesBack::IssueDate { old, new } if old - new == 43_200));
}

#[test]
fn rollback_of_the_issue_date_of_a_qe_identity_is_refused() {
    let back = is_refused(
        QE,
        r#"{"qe_identity":{"issue_date":"2040-01-01T12:00:00Z"}}"#,
        r#"{}"#,
    );
    assert!(matches!(back, GoesBack::IssueDate { .. }));
}

#[test]
fn rollback_of_this_update_of_a_pck_crl_is_refused_although_both_have_number_1() {
    let back = is_refused(
        PLATFORM,
        r#"{"crls":{"pck":{"this_update":"2040-01-01T12:00:00Z"}}}"#,
        r#"{}"#,
    );
    assert!(matches!(back, GoesBack::ThisUpdate { old, new } if old - new == 43_200));
}

#[test]
fn rollback_of_this_update_of_the_root_ca_crl_is_refused() {
    let back = is_refused(
        Key::RootCaCrl,
        r#"{"crls":{"root":{"this_update":"2040-01-01T12:00:00Z"}}}"#,
        r#"{}"#,
    );
    assert!(matches!(back, GoesBack::ThisUpdate { .. }));
}

#[test]
fn rollback_of_a_crl_number_is_refused() {
    let back = is_refused(
        PLATFORM,
        r#"{"crls":{"pck":{"number":256}}}"#,
        r#"{"crls":{"pck":{"number":255}}}"#,
    );
    assert_eq!(
        back,
        GoesBack::CrlNumber {
            old: "0100".to_owned(),
            new: "ff".to_owned()
        }
    );
}

/// A run whose clock is behind, over `at_hand`, with a service that has everything of the day before.
fn with_the_clock_at(now: u64, at_hand: &Bundle) -> (Summary, Vec<String>) {
    let server = StandIn::plain(intel(&yesterday()));
    let place = Place::with(at_hand);
    let before = place.text();
    let summary = prefetch::run(&place.file(), &plan(&server), &verifier(), now, &|_| {});
    assert_eq!(place.text(), before, "{}", summary.text());
    (summary, server.requests())
}

#[test]
fn a_clock_before_the_pieces_at_hand_writes_nothing() {
    let mut at_hand = world();
    at_hand.fetched_at = 0;
    // Newer pieces at hand are not yet valid by this clock; those of the day before are in force.
    let now = at_hand.get(SGX).unwrap().window.from - 1;
    for piece in yesterday().pieces() {
        assert!(piece.window.holds(now), "{}", piece.key);
    }
    let (summary, _) = with_the_clock_at(now, &at_hand);
    let error = summary.error.unwrap();
    for said in [
        "at hand is valid from",
        "set the clock",
        &in_words(now),
        &in_words(now + 1),
    ] {
        assert!(error.contains(said), "{said}: {error}");
    }
}

#[test]
fn a_clock_before_the_last_run_writes_nothing_and_asks_nobody() {
    let mut at_hand = yesterday();
    at_hand.fetched_at = NOW;
    let (summary, requests) = with_the_clock_at(NOW - 1, &at_hand);
    let error = summary.error.unwrap();
    for said in [
        "the bundle at hand was fetched on",
        "set the clock",
        &in_words(NOW - 1),
        &in_words(NOW),
    ] {
        assert!(error.contains(said), "{said}: {error}");
    }
    assert!(requests.is_empty(), "{requests:?}");
}
