//! Trust tokens that an independent library made: `tests/tokens/make.mjs` says what each is.

use std::collections::BTreeMap;

use cloud_witness::collateral::{Given, Source};
use cloud_witness::registry::token::keys::{Alliance, Keys};
use cloud_witness::registry::token::{Request, TokenReport, check};
use cloud_witness::{Moment, Request as QuoteRequest, Verifier};
use serde_json::Value;

use crate::samples;

/// All of them, and the lists of keys that they are checked with.
#[derive(Debug)]
pub struct Vectors {
    keys: Keys,
    alliance: BTreeMap<String, Alliance>,
    /// Each as it stands in `vectors.json`.
    pub vectors: Vec<Value>,
}

/// Reads them.
pub fn vectors() -> Vectors {
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
pub fn text(vector: &Value) -> String {
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

/// A token checked with what a vector gives beside it.
pub fn checked(all: &Vectors, vector: &Value, token: &[u8]) -> TokenReport {
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

/// Every code that any row found, in order.
pub fn codes(report: &TokenReport) -> Vec<String> {
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

/// What differs from what a vector expects; `None` when nothing does.
pub fn difference(all: &Vectors, vector: &Value) -> Option<String> {
    let report = checked(all, vector, text(vector).as_bytes());
    let found = (
        serde_json::to_value(report.verdict).unwrap(),
        serde_json::to_value(codes(&report)).unwrap(),
    );
    let expected = (vector["verdict"].clone(), vector["codes"].clone());
    (found != expected).then(|| {
        format!(
            "expected {} {}, found {} {}",
            expected.0, expected.1, found.0, found.1
        )
    })
}
