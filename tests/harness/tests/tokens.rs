//! Trust tokens: what holds of all of them. The table of single ones is run by `token_vectors.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

use std::collections::BTreeSet;

use cloud_witness::registry::token::{Code, MAX_TOKEN, TokenReport};
use cloud_witness::report::{Outcome, Verdict};
use harness::token::{Vectors, checked, codes, text, vectors};
use serde_json::Value;

fn named(all: &Vectors, name: &str) -> (Value, TokenReport) {
    let vector = all
        .vectors
        .iter()
        .find(|vector| vector["name"] == name)
        .unwrap()
        .clone();
    let report = checked(all, &vector, text(&vector).as_bytes());
    (vector, report)
}

#[test]
fn every_code_of_a_token_has_a_vector() {
    let all = vectors();
    let seen: BTreeSet<&str> = all
        .vectors
        .iter()
        .flat_map(|vector| vector["codes"].as_array().unwrap())
        .map(|code| code.as_str().unwrap())
        .collect();
    for code in Code::ALL {
        let name = serde_json::to_value(code).unwrap();
        assert!(
            seen.contains(name.as_str().unwrap()),
            "{name} has no vector"
        );
    }
}

#[test]
fn no_single_bit_of_a_token_can_be_turned_and_the_claims_still_count() {
    let all = vectors();
    for name in ["eddsa-by-the-alliances-key", "rs256-by-a-keys-json"] {
        let (vector, good) = named(&all, name);
        assert_eq!(good.verdict, Verdict::Warning);
        let token = text(&vector).into_bytes();
        let step = if name.starts_with("rs") { 7 } else { 1 };
        for bit in (0..token.len() * 8).step_by(step) {
            let mut turned = token.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            let report = checked(&all, &vector, &turned);
            assert!(
                !report.token.as_ref().is_some_and(|token| token.signed),
                "{name}: bit {bit}: {:?}",
                codes(&report)
            );
            assert!(matches!(
                report.verdict,
                Verdict::None | Verdict::Contraindicated
            ));
        }
    }
}

#[test]
fn nothing_that_an_unsigned_token_says_is_looked_at() {
    let all = vectors();
    for name in ["payload-changed", "alg-none", "kid-unknown"] {
        let (_, report) = named(&all, name);
        assert!(!report.token.as_ref().unwrap().signed);
        for row in &report.checks[3..] {
            assert_eq!(row.outcome, Outcome::NotReached, "{name}: {:?}", row.id);
        }
    }
}

#[test]
fn without_a_quote_its_rows_are_not_given_and_never_a_pass() {
    let (_, report) = named(&vectors(), "eddsa-by-the-alliances-key");
    for row in &report.checks[6..] {
        assert_eq!(row.outcome, Outcome::NotGiven);
    }
    assert_eq!(report.verdict, Verdict::Warning);
}

#[test]
fn what_a_token_says_is_shown_with_scheme_key_and_age() {
    let (_, report) = named(&vectors(), "with-its-quote");
    let token = report.token.unwrap();
    assert_eq!(token.machine_id_scheme, Some("ppid"));
    assert_eq!(
        token.machine_id.as_deref(),
        Some("811dca2a26b952e85bb6448b097ba4fd")
    );
    assert_eq!(token.label.as_deref(), Some("Example Compute, hall 4"));
    assert_eq!(token.age_seconds, Some(1800));
    assert_eq!(token.expires_at, None);
    assert_eq!(token.key.unwrap().kind, "an Ed25519 key");
    assert_eq!(token.claims.len(), 4);
    assert_eq!(
        report.report.unwrap().identity.unwrap().ppid,
        token.machine_id.unwrap()
    );
}

#[test]
fn the_age_is_by_the_servers_own_clock_and_both_are_said_where_they_differ() {
    let (vector, report) = named(&vectors(), "two-times-of-making");
    let at = vector["at"].as_u64().unwrap();
    let token = report.token.unwrap();
    assert_eq!(token.issued_at, Some(at - 1499), "iat, not timestamp");
    assert_eq!(token.age_seconds, Some(1499));
    assert!(
        report.summary.contains(
            "24 minutes ago by its server's clock (iat), 30 minutes ago by its timestamp"
        ),
        "{}",
        report.summary
    );
}

#[test]
fn what_a_trust_server_answered_is_named_as_what_it_is() {
    let all = vectors();
    for (name, words) in [
        ("a-servers-whole-answer", "is the text of its field jwt"),
        (
            "a-servers-refusal",
            "the error \"Machine is not on the list.\"",
        ),
        (
            "a-servers-answer-before-the-last",
            "it has not given a token yet",
        ),
        ("json-that-is-cut", "no field that could be read"),
        ("flattened-json-serialisation", "a signed token in JSON"),
    ] {
        let (_, report) = named(&all, name);
        let detail = &report.checks[0].detail;
        assert!(detail.contains(words), "{name}: {detail}");
    }
}

#[test]
fn a_token_of_the_longest_text_is_read_and_no_longer_one() {
    let all = vectors();
    let (vector, _) = named(&all, "eddsa-by-the-alliances-key");
    let token = text(&vector);
    let padded = |length: usize| format!("{token}{}", " ".repeat(length - token.len()));
    let of = |length| checked(&all, &vector, padded(length).as_bytes());
    assert_eq!(of(MAX_TOKEN).verdict, Verdict::Warning);
    assert_eq!(codes(&of(MAX_TOKEN + 1)), ["TOKEN_TOO_LARGE"]);
}

#[test]
fn any_bytes_at_all_give_a_report_and_none_is_affirming() {
    let all = vectors();
    let (vector, _) = named(&all, "eddsa-by-the-alliances-key");
    let token = text(&vector).into_bytes();
    for end in 0..token.len() {
        let report = checked(&all, &vector, &token[..end]);
        assert!(
            !matches!(report.verdict, Verdict::Affirming | Verdict::Warning),
            "{end}"
        );
    }
    for junk in [
        &b"\xff\xfe"[..],
        b"...",
        b".",
        b"e30.e30.",
        b"e30.e30.AA",
        "a.b.\u{202e}".as_bytes(),
    ] {
        let report = checked(&all, &vector, junk);
        assert!(!matches!(
            report.verdict,
            Verdict::Affirming | Verdict::Warning
        ));
    }
}
