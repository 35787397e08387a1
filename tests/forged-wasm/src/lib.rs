//! The same functions as the product's wasm, over the forge's root: so that Node and the page can run forged
//! vectors. The product has no such door; this crate is never published.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use cloud_witness::{Verifier, wasm};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn verify(
    evidence: &[u8],
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    let verifier = Verifier::with_root(&forge::root_der())
        .map_err(|error| JsValue::from_str(&error.to_string()))?;
    wasm::verify(&verifier, evidence, collateral, options)
}

#[wasm_bindgen]
pub fn unsteady(
    evidence: &[u8],
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::unsteady(&forged()?, evidence, collateral, options)
}

#[wasm_bindgen(js_name = loadCollateral)]
pub fn load_collateral(text: &[u8]) -> Result<String, JsValue> {
    wasm::load_collateral(text)
}

#[wasm_bindgen(js_name = overlayCollateral)]
pub fn overlay_collateral(id: f64, file: &[u8]) -> Result<String, JsValue> {
    wasm::overlay_collateral(id, file)
}

#[wasm_bindgen(js_name = selectCollateral)]
pub fn select_collateral(id: f64, evidence: &[u8]) -> Result<String, JsValue> {
    wasm::select_collateral(id, evidence)
}

#[wasm_bindgen(js_name = forgetCollateral)]
pub fn forget_collateral(id: f64) -> String {
    wasm::forget_collateral(id)
}

#[wasm_bindgen(js_name = generateChallenge)]
pub fn generate_challenge(bytes: f64) -> Result<String, JsValue> {
    wasm::generate_challenge(bytes)
}

#[wasm_bindgen(js_name = parseChallenge)]
pub fn parse_challenge(text: &str) -> Result<String, JsValue> {
    wasm::parse_challenge(text)
}

#[wasm_bindgen(js_name = parseAttesterOutput)]
pub fn parse_attester_output(file: &[u8]) -> Result<String, JsValue> {
    wasm::parse_attester_output(file)
}

#[wasm_bindgen(js_name = parsePolicy)]
pub fn parse_policy(text: &str) -> Result<String, JsValue> {
    wasm::parse_policy(text)
}

#[wasm_bindgen(js_name = parseAttesters)]
pub fn parse_attesters(text: &str) -> Result<String, JsValue> {
    wasm::parse_attesters(text)
}

#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    wasm::sha256(bytes)
}

#[wasm_bindgen(js_name = verifierInfo)]
pub fn verifier_info() -> String {
    wasm::verifier_info()
}

// Ceremonies.

fn forged() -> Result<Verifier, JsValue> {
    Verifier::with_root(&forge::root_der()).map_err(|error| JsValue::from_str(&error.to_string()))
}

#[wasm_bindgen(js_name = checkParticipants)]
pub fn check_participants(list: &str) -> Result<String, JsValue> {
    wasm::ceremony::check_participants(list)
}

#[wasm_bindgen(js_name = recordCeremony)]
pub fn record_ceremony(
    entered: &str,
    evidence: &[u8],
    collateral: &[u8],
    earlier: js_sys::Array,
    files: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::ceremony::record_ceremony(
        &forged()?,
        entered,
        evidence,
        collateral,
        earlier,
        files,
        options,
    )
}

#[wasm_bindgen(js_name = bytesToSign)]
pub fn bytes_to_sign(file: &[u8]) -> Result<String, JsValue> {
    wasm::ceremony::bytes_to_sign(file)
}

#[wasm_bindgen(js_name = addSignature)]
pub fn add_signature(
    file: &[u8],
    signature: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::ceremony::add_signature(&forged()?, file, signature, options)
}

#[wasm_bindgen(js_name = mergeCeremonies)]
pub fn merge_ceremonies(a: &[u8], b: &[u8]) -> Result<String, JsValue> {
    wasm::ceremony::merge_ceremonies(a, b)
}

#[wasm_bindgen(js_name = addendumToSign)]
pub fn addendum_to_sign(file: &[u8], addendum: &str) -> Result<String, JsValue> {
    wasm::ceremony::addendum_to_sign(file, addendum)
}

#[wasm_bindgen(js_name = addAddendum)]
pub fn add_addendum(
    file: &[u8],
    payload: &str,
    signature: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::ceremony::add_addendum(file, payload, signature, options)
}

#[wasm_bindgen(js_name = openCeremony)]
pub fn open_ceremony(
    file: &[u8],
    collateral: Option<Vec<u8>>,
    earlier: js_sys::Array,
    files: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::ceremony::open_ceremony(&forged()?, file, collateral, earlier, files, options)
}

#[wasm_bindgen(js_name = checkColocation)]
pub fn check_colocation(
    items: &str,
    files: js_sys::Array,
    ceremony: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::colocation::check_colocation(&forged()?, items, &files, ceremony, options)
}

#[wasm_bindgen(js_name = colocationTemplates)]
pub fn colocation_templates() -> String {
    wasm::colocation::colocation_templates()
}

#[wasm_bindgen(js_name = mixChallenge)]
pub fn mix_challenge(round: &str, own: Option<String>) -> Result<String, JsValue> {
    wasm::ceremony::mix_challenge(round, own)
}

#[wasm_bindgen(js_name = parseKey)]
pub fn parse_key(line: &str) -> Result<String, JsValue> {
    wasm::ceremony::parse_key(line)
}

#[wasm_bindgen(js_name = ed25519Key)]
pub fn ed25519_key(bytes: &[u8]) -> Result<String, JsValue> {
    wasm::ceremony::ed25519_key(bytes)
}

#[wasm_bindgen(js_name = parseSigners)]
pub fn parse_signers(text: &str) -> Result<String, JsValue> {
    wasm::ceremony::parse_signers(text)
}

// The registry.

#[wasm_bindgen(js_name = loadRegistry)]
pub fn load_registry(files: js_sys::Array, options: JsValue) -> Result<String, JsValue> {
    wasm::registry::load_registry(&forged()?, files, options)
}

#[wasm_bindgen(js_name = forgetRegistry)]
pub fn forget_registry(id: f64) -> String {
    wasm::registry::forget_registry(id)
}

#[wasm_bindgen(js_name = searchRegistry)]
pub fn search_registry(id: f64, text: &str, offset: f64, limit: f64) -> Result<String, JsValue> {
    wasm::registry::search_registry(id, text, offset, limit)
}

#[wasm_bindgen]
pub fn enrol(record: &[u8], known: &[u8], options: JsValue) -> Result<String, JsValue> {
    wasm::registry::enrol(&forged()?, record, known, options)
}

#[wasm_bindgen(js_name = checkEnrolment)]
pub fn check_enrolment(
    patch: Option<Vec<u8>>,
    known: Option<Vec<u8>>,
    record: Option<Vec<u8>>,
    files: js_sys::Array,
    earlier: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::registry::check_enrolment(&forged()?, patch, known, record, files, earlier, options)
}

#[wasm_bindgen(js_name = verifyToken)]
pub fn verify_token(
    token: &[u8],
    quote: Option<Vec<u8>>,
    collateral: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    wasm::token::verify_token(&forged()?, token, quote, collateral, options)
}
