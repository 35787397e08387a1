//! Trust tokens that an independent library made, good and bad: `tests/tokens/make.mjs` says what each is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

use std::collections::{BTreeMap, BTreeSet};

use cloud_witness::collateral::{Given, Source};
use cloud_witness::registry::token::keys::{Alliance, Keys};
use cloud_witness::registry::token::{Code, MAX_TOKEN, Request, TokenReport, check};
use cloud_witness::report::{Outcome, Verdict};
use cloud_witness::{Moment, Request as QuoteRequest, Verifier};
use harness::samples;
use serde_json::Value;

struct Vectors {
    keys: Keys,
    alliance: BTreeMap<String, Alliance>,
    vectors: Vec<Value>,
}

fn vectors() -> Vectors {
    let all: Value = serde_json::from_str(include_str!("../../tokens/vectors.json")).unwrap();
    Vectors {
        keys: Keys::from_json(all["keys"].as_str().unwrap()).unwrap(),
        alliance: all["alliance"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, list)| {
                (
                    name.clone(),
                    Alliance::from_json(&list.to_string()).unwrap(),
                )
            })
            .collect(),
        vectors: all["vectors"].as_array().unwrap().clone(),
    }
}

/// The token's text; an oversized one is made here.
fn text(vector: &Value) -> String {
    let Some(repeat) = vector.get("repeat") else {
        return vector["token"].as_str().unwrap().to_owned();
    };
    let until = usize::try_from(repeat["until"].as_u64().unwrap()).unwrap();
    repeat["of"]
        .as_str()
        .unwrap()
        .chars()
        .cycle()
        .take(until)
        .collect()
}

/// The quote that a vector names, and whether there is collateral for it.
fn quote(name: &str) -> (Vec<u8>, Option<String>) {
    let tdx = || samples::quote("tdx_quote");
    let collateral = Some(samples::collateral("tdx_quote"));
    match name {
        "tdx_quote" => (tdx(), collateral),
        "sgx_quote" => (
            samples::quote("sgx_quote"),
            Some(samples::collateral("sgx_quote")),
        ),
        "tdx_quote without collateral" => (tdx(), None),
        "my notes" => (b"my notes".to_vec(), collateral),
        "tdx_quote damaged" => {
            let mut quote = tdx();
            quote[700] ^= 1;
            (quote, collateral)
        }
        "tdx_quote+zeros" => {
            let mut quote = tdx();
            quote.extend([0; 100]);
            (quote, collateral)
        }
        other => panic!("no quote {other}"),
    }
}

fn checked(all: &Vectors, vector: &Value, token: &[u8]) -> TokenReport {
    let moment = Moment::as_of(vector["at"].as_u64().unwrap());
    let quote = vector["quote"].as_str().map(quote);
    let appraise = quote.as_ref().map(|(evidence, collateral)| {
        let mut request = QuoteRequest::new(evidence, moment);
        request.collateral = collateral
            .as_ref()
            .map(|text| Given::Document(text.as_bytes()));
        request.collateral_from = Source::Site;
        request
    });
    check(
        &Verifier::production(),
        &Request {
            token,
            keys: vector["keys"].as_bool().unwrap().then_some(&all.keys),
            alliance: &all.alliance[vector["alliance"].as_str().unwrap()],
            quote: appraise.as_ref(),
            moment,
        },
    )
}

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

fn codes(report: &TokenReport) -> Vec<String> {
    report
        .checks
        .iter()
        .flat_map(|check| &check.findings)
        .map(|finding| {
            serde_json::to_value(finding.code)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn matches(wanted: &str) {
    let all = vectors();
    let mut wrong = Vec::new();
    for vector in all
        .vectors
        .iter()
        .filter(|vector| wanted.is_empty() || vector["name"] == wanted)
    {
        let report = checked(&all, vector, text(vector).as_bytes());
        let found = (
            serde_json::to_value(report.verdict).unwrap(),
            serde_json::to_value(codes(&report)).unwrap(),
        );
        if found != (vector["verdict"].clone(), vector["codes"].clone()) {
            wrong.push(format!(
                "{}: expected {} {}, found {} {}",
                vector["name"], vector["verdict"], vector["codes"], found.0, found.1
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_token_of_an_independent_library_gives_its_codes_and_verdict() {
    matches("");
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
