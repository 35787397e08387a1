//! The border to JavaScript: conversion only, no decision.
//!
//! `pkg/core.js` checks types before it calls in; this module checks them again, since a wrong type that
//! slips through must never read as "not given" (O2). Results cross as JSON text.

pub mod ceremony;
pub mod colocation;
pub mod registry;
mod shelf;
pub mod token;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::builds::AttesterBuilds;
use crate::challenge::Challenge;
use crate::code::Code;
use crate::collateral::{Given, Source};
use crate::evidence::Evidence;
use crate::policy::Policy;
use crate::{Bundle, Moment, Request, Verifier};
use shelf::Shelf;

/// Largest integer that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// What goes beside evidence and collateral.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    collateral_from: Option<String>,
    challenge: Option<String>,
    challenge_issued_at: Option<f64>,
    challenge_minutes: Option<f64>,
    sha256: Option<String>,
    at: f64,
    time: String,
    policy: Option<String>,
    attesters: Option<String>,
    /// A loaded bundle, in the place of a collateral file.
    bundle: Option<f64>,
    /// Loaded lists of known and of revoked machines.
    registry: Option<f64>,
    revoked: Option<f64>,
}

// They change no answer: a Report from a bundle is the one from the document that the bundle has for the platform.
thread_local! {
    static BUNDLES: RefCell<Shelf<Bundle>> = const { RefCell::new(Shelf::new()) };
}

/// Loads a bundle: `{"id":…,"view":…}` as JSON text. `forgetCollateral` frees it.
///
/// # Errors
/// An `Error` with a `BUNDLE_…` code.
pub fn load_collateral(text: &[u8]) -> Result<String, JsValue> {
    let bundle = Bundle::parse(text).map_err(|error| bundle_error(&error))?;
    Ok(kept(bundle, None))
}

/// Lays a file over a loaded bundle: `{"id":…,"view":…,"text":…}` as JSON text, the bundle so made being a new one.
///
/// # Errors
/// An `Error` with a `PIECE_…` or `BUNDLE_…` code.
pub fn overlay_collateral(id: f64, file: &[u8]) -> Result<String, JsValue> {
    let mut bundle = Bundle::clone(&*loaded(id)?);
    bundle.overlay(file).map_err(|error| bundle_error(&error))?;
    let text = bundle.to_json();
    Ok(kept(bundle, Some(text)))
}

/// The QuoteCollateralV3 text that a loaded bundle has for evidence, as JSON text; `null` when it has none.
///
/// # Errors
/// None but a bug: the number of a bundle that is not loaded.
pub fn select_collateral(id: f64, evidence: &[u8]) -> Result<String, JsValue> {
    let bundle = loaded(id)?;
    let text = crate::appraisal::platform_of(evidence)
        .and_then(|platform| bundle.select(platform.tee, platform.fmspc, platform.ca));
    Ok(json(&text))
}

/// Frees a loaded bundle; `true` as JSON text when there was one.
pub fn forget_collateral(id: f64) -> String {
    let id = bundle_id(id);
    json(&BUNDLES.with(|bundles| bundles.borrow_mut().remove(id)))
}

fn kept(bundle: Bundle, text: Option<String>) -> String {
    let view = bundle.view();
    let id = BUNDLES.with(|bundles| bundles.borrow_mut().add(bundle));
    serde_json::json!({ "id": id, "view": view, "text": text }).to_string()
}

/// `core.js` names only bundles that it loaded into this very instance; anything else is its fault.
fn loaded(id: f64) -> Result<Rc<Bundle>, JsValue> {
    let id = bundle_id(id);
    BUNDLES
        .with(|bundles| bundles.borrow().get(id))
        .ok_or_else(|| coded(&js_sys::Error::new("this bundle is not loaded"), "BUG"))
}

/// No bundle has the number that stands for one that is none.
fn bundle_id(id: f64) -> u32 {
    seconds("bundle", id)
        .ok()
        .and_then(|id| u32::try_from(id).ok())
        .unwrap_or(u32::MAX)
}

fn bundle_error(error: &crate::collateral::bundle::BundleError) -> JsValue {
    configuration_error(error.code(), &error.to_string())
}

/// Appraises under `verifier`; the Report as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` for a policy or list that cannot be read; both with `code`.
pub fn verify(
    verifier: &Verifier,
    evidence: &[u8],
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    with_request(evidence, collateral, options, |request| {
        verifier.appraise(request)
    })
}

/// What [`verify`] answers where its answers differed: the Report as JSON text.
///
/// # Errors
/// As [`verify`].
pub fn unsteady(
    verifier: &Verifier,
    evidence: &[u8],
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    with_request(evidence, collateral, options, |request| {
        verifier.unsteady(request)
    })
}

fn with_request(
    evidence: &[u8],
    collateral: Option<Vec<u8>>,
    options: JsValue,
    report: impl FnOnce(&Request<'_>) -> crate::Report,
) -> Result<String, JsValue> {
    let options: Options = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))?;
    let at = seconds("at", options.at)?;
    let moment = match options.time.as_str() {
        "now" => Moment::now(at),
        "as_of" => Moment::as_of(at),
        _ => return Err(invalid_argument("time", "must be \"now\" or \"as_of\"")),
    };
    let bundle = options.bundle.map(loaded).transpose()?;
    let mut request = Request::new(evidence, moment);
    request.collateral = match (&collateral, &bundle) {
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
    if let Some(word) = &options.collateral_from {
        request.collateral_from = Source::parse(word).ok_or_else(|| {
            invalid_argument(
                "collateralFrom",
                "must be \"site\", \"witness\" or \"applicant\"",
            )
        })?;
    }
    request.challenge = options.challenge.as_deref();
    request.challenge_issued_at = options
        .challenge_issued_at
        .map(|time| seconds("challengeIssuedAt", time))
        .transpose()?;
    if let Some(minutes) = options.challenge_minutes {
        request.challenge_minutes = seconds("challengeMinutes", minutes)?
            .try_into()
            .ok()
            .filter(|minutes| (1..=1440).contains(minutes))
            .ok_or_else(|| invalid_argument("challengeMinutes", "must be 1 to 1440"))?;
    }
    request.noted_sha256 = options.sha256.as_deref();
    if let Some(policy) = &options.policy {
        request.policy = Policy::parse(policy)
            .map_err(|error| configuration_error(error.code(), &error.to_string()))?;
    }
    if let Some(attesters) = &options.attesters {
        request.attesters = AttesterBuilds::from_json(attesters)
            .map_err(|error| configuration_error(error.code(), &error.to_string()))?;
    }
    let registry = options.registry.map(registry::loaded).transpose()?;
    let revoked = options.revoked.map(registry::loaded).transpose()?;
    request.registry = registry.as_deref();
    request.revoked = revoked.as_deref();
    report(&request)
        .to_json()
        .map_err(|error| coded(&js_sys::Error::new(&error.to_string()), "BUG"))
}

/// A fresh challenge as JSON text.
///
/// # Errors
/// A `TypeError` for a length that no challenge has; an `Error` when the platform gives no randomness.
pub fn generate_challenge(bytes: f64) -> Result<String, JsValue> {
    let wrong_length = || invalid_argument("bytes", "must be a whole number from 8 to 64");
    let length = usize::try_from(seconds("bytes", bytes)?)
        .ok()
        .filter(|length| {
            (crate::challenge::MIN_BYTES..=crate::challenge::MAX_BYTES).contains(length)
        })
        .ok_or_else(wrong_length)?;
    match Challenge::draw(length, getrandom::fill) {
        Ok(Some(Ok(challenge))) => Ok(challenge_json(&challenge)),
        Ok(Some(Err(_))) => Err(wrong_length()),
        Ok(None) | Err(_) => Err(configuration_error(
            "NO_RANDOMNESS",
            "This platform gives no secure random numbers. Make the challenge on another computer.",
        )),
    }
}

/// A challenge as typed, read and shown again as JSON text.
///
/// # Errors
/// An `Error` with the code of row `challenge`.
pub fn parse_challenge(text: &str) -> Result<String, JsValue> {
    Challenge::parse(text)
        .map(|challenge| challenge_json(&challenge))
        .map_err(|error| row_error(error.code(), &error.to_string()))
}

/// The attester's file, taken apart, as JSON text.
///
/// # Errors
/// An `Error` with the code of row `file.decoded`, its words and the place.
pub fn parse_attester_output(file: &[u8]) -> Result<String, JsValue> {
    Evidence::attester_file(file)
        .map(|view| json(&view))
        .map_err(|finding| {
            let place = finding.place.map(|place| format!(" ({place})"));
            let message = format!("{}{}", finding.detail, place.unwrap_or_default());
            row_error(finding.code, &message)
        })
}

/// A policy as the Report shows it, as JSON text.
///
/// # Errors
/// An `Error` with a `POLICY_…` code.
pub fn parse_policy(text: &str) -> Result<String, JsValue> {
    Policy::parse(text)
        .map(|policy| json(&policy.view()))
        .map_err(|error| configuration_error(error.code(), &error.to_string()))
}

/// A list of attester builds, as JSON text.
///
/// # Errors
/// An `Error` with an `ATTESTERS_…` code.
pub fn parse_attesters(text: &str) -> Result<String, JsValue> {
    AttesterBuilds::from_json(text)
        .map(|list| json(&list.entries()))
        .map_err(|error| configuration_error(error.code(), &error.to_string()))
}

/// SHA-256 as lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    crate::text::sha256_hex(bytes)
}

/// Which build this is, as JSON text.
pub fn verifier_info() -> String {
    json(&crate::appraisal::build())
}

fn challenge_json(challenge: &Challenge) -> String {
    serde_json::json!({
        "hex": challenge.hex(),
        "groups": challenge.groups(),
        "checksum": challenge.checksum(),
    })
    .to_string()
}

/// Plain data with string keys always becomes JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A whole, safe number from 0 (O2): a BigInt or a wrapped number never gets here as one.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and within 0 to 2^53-1"
)]
fn seconds(argument: &str, value: f64) -> Result<u64, JsValue> {
    if value.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(&value) {
        Ok(value as u64)
    } else {
        Err(invalid_argument(
            argument,
            "must be a safe integer, not negative",
        ))
    }
}

fn invalid_argument(argument: &str, what: &str) -> JsValue {
    let error = js_sys::TypeError::new(&format!("{argument} {what}"));
    let value = coded(&error, "INVALID_ARGUMENT");
    // Setting a property on a fresh error object cannot fail.
    let _ = js_sys::Reflect::set(&value, &"argument".into(), &argument.into());
    value
}

/// What a row would find, said of its input alone.
fn row_error(code: Code, message: &str) -> JsValue {
    let code = serde_json::to_value(code).unwrap_or_default();
    configuration_error(code.as_str().unwrap_or_default(), message)
}

fn configuration_error(code: &str, message: &str) -> JsValue {
    coded(&js_sys::Error::new(message), code)
}

fn coded(error: &JsValue, code: &str) -> JsValue {
    let _ = js_sys::Reflect::set(error, &"code".into(), &code.into());
    error.clone()
}

/// Makes a panic readable in the console before it traps.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// What JavaScript sees: production root only.
#[cfg(feature = "exports")]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod exports {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::Verifier;

    #[wasm_bindgen]
    pub fn verify(
        evidence: &[u8],
        collateral: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::verify(&Verifier::production(), evidence, collateral, options)
    }

    #[wasm_bindgen]
    pub fn unsteady(
        evidence: &[u8],
        collateral: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::unsteady(&Verifier::production(), evidence, collateral, options)
    }

    #[wasm_bindgen(js_name = loadCollateral)]
    pub fn load_collateral(text: &[u8]) -> Result<String, JsValue> {
        super::load_collateral(text)
    }

    #[wasm_bindgen(js_name = overlayCollateral)]
    pub fn overlay_collateral(id: f64, file: &[u8]) -> Result<String, JsValue> {
        super::overlay_collateral(id, file)
    }

    #[wasm_bindgen(js_name = selectCollateral)]
    pub fn select_collateral(id: f64, evidence: &[u8]) -> Result<String, JsValue> {
        super::select_collateral(id, evidence)
    }

    #[wasm_bindgen(js_name = forgetCollateral)]
    pub fn forget_collateral(id: f64) -> String {
        super::forget_collateral(id)
    }

    #[wasm_bindgen(js_name = generateChallenge)]
    pub fn generate_challenge(bytes: f64) -> Result<String, JsValue> {
        super::generate_challenge(bytes)
    }

    #[wasm_bindgen(js_name = parseChallenge)]
    pub fn parse_challenge(text: &str) -> Result<String, JsValue> {
        super::parse_challenge(text)
    }

    #[wasm_bindgen(js_name = parseAttesterOutput)]
    pub fn parse_attester_output(file: &[u8]) -> Result<String, JsValue> {
        super::parse_attester_output(file)
    }

    #[wasm_bindgen(js_name = parsePolicy)]
    pub fn parse_policy(text: &str) -> Result<String, JsValue> {
        super::parse_policy(text)
    }

    #[wasm_bindgen(js_name = parseAttesters)]
    pub fn parse_attesters(text: &str) -> Result<String, JsValue> {
        super::parse_attesters(text)
    }

    #[wasm_bindgen]
    pub fn sha256(bytes: &[u8]) -> String {
        super::sha256(bytes)
    }

    #[wasm_bindgen(js_name = verifierInfo)]
    pub fn verifier_info() -> String {
        super::verifier_info()
    }
}
