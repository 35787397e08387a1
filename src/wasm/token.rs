//! The border to JavaScript for trust tokens: conversion only, no decision.

use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::{configuration_error, invalid_argument, json, loaded, seconds};
use crate::collateral::{Given, Source};
use crate::registry::token::keys::{Alliance, Keys, KeysError};
use crate::registry::token::{Request, check};
use crate::{Moment, Request as QuoteRequest, Verifier};

/// What goes beside a token and its quote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    keys: Option<String>,
    alliance: Option<String>,
    collateral_from: Option<String>,
    at: f64,
    time: String,
    /// A loaded bundle, in the place of a collateral file.
    bundle: Option<f64>,
}

/// Checks a token; the TokenReport as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` with a `KEYS_…` code for a list that cannot be read.
pub fn verify_token(
    verifier: &Verifier,
    token: &[u8],
    quote: Option<Vec<u8>>,
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    let options: Options = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))?;
    let at = seconds("at", options.at)?;
    let moment = match options.time.as_str() {
        "now" => Moment::now(at),
        "as_of" => Moment::as_of(at),
        _ => return Err(invalid_argument("time", "must be \"now\" or \"as_of\"")),
    };
    let keys = options
        .keys
        .as_deref()
        .map(Keys::from_json)
        .transpose()
        .map_err(|error| keys_error(&error))?;
    let alliance = options
        .alliance
        .as_deref()
        .map_or_else(|| Ok(Alliance::shipped()), Alliance::from_json)
        .map_err(|error| keys_error(&error))?;
    let source = match options.collateral_from.as_deref() {
        None => Source::default(),
        Some(word) => Source::parse(word).ok_or_else(|| {
            invalid_argument(
                "collateralFrom",
                "must be \"site\", \"witness\" or \"applicant\"",
            )
        })?,
    };
    let bundle = options.bundle.map(loaded).transpose()?;
    let given = match (&collateral, &bundle) {
        (Some(_), Some(_)) => {
            return Err(invalid_argument(
                "collateral",
                "is a file and a bundle at once",
            ));
        }
        (Some(file), None) => Some(Given::Document(file)),
        (None, Some(bundle)) => Some(Given::Bundle(bundle)),
        (None, None) => None,
    };
    let quote = quote.as_deref().map(|evidence| {
        let mut request = QuoteRequest::new(evidence, moment);
        request.collateral = given;
        request.collateral_from = source;
        request
    });
    Ok(json(&check(
        verifier,
        &Request {
            token,
            keys: keys.as_ref(),
            alliance: &alliance,
            quote: quote.as_ref(),
            moment,
        },
    )))
}

fn keys_error(error: &KeysError) -> JsValue {
    configuration_error(error.code(), &error.to_string())
}

/// What JavaScript sees: production root only.
#[cfg(feature = "exports")]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod exports {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::Verifier;

    #[wasm_bindgen(js_name = verifyToken)]
    pub fn verify_token(
        token: &[u8],
        quote: Option<Vec<u8>>,
        collateral: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::verify_token(&Verifier::production(), token, quote, collateral, options)
    }
}
