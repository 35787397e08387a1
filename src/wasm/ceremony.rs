//! The border to JavaScript for ceremonies: conversion only, no decision.
//!
//! Plain data comes in as JSON text that `pkg/border.js` wrote after it had looked at every value; files come as
//! bytes. What a file lacks is in the CeremonyReport; what cannot be signed or merged is an `Error` with a code.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::colocation::read_items;
use super::{configuration_error, invalid_argument, json, registry, seconds};
use crate::Verifier;
use crate::builds::AttesterBuilds;
use crate::ceremony::envelope::{Refused, Signed};
use crate::ceremony::keys::Key;
use crate::ceremony::record::{Addendum, Entered, Participant};
use crate::ceremony::report::Finding;
use crate::ceremony::signers::Signers;
use crate::ceremony::{Beside, Earlier, Input, Today, drand, envelope, make, open, participants};
use crate::collateral::Source;
use crate::report::{Report, Verdict};

/// What goes beside a ceremony's entries and files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RecordOptions {
    collateral_from: Option<String>,
    policy: Option<String>,
    attesters: Option<String>,
    wasm_sha256: Option<String>,
    /// Items of evidence, as JSON text.
    colocation: Option<String>,
}

/// What goes beside a record that is opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct OpenOptions {
    signers: Option<String>,
    attesters: Option<String>,
    now: Option<f64>,
    collateral_from: Option<String>,
    /// Loaded lists of known and of revoked machines.
    registry: Option<f64>,
    revoked: Option<f64>,
}

/// A signature: either an SSH signature's text, or a key's line and 64 bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureOptions {
    ssh: Option<String>,
    key: Option<String>,
}

/// What making a record gives.
#[derive(serde::Serialize)]
struct RecordAnswer {
    record: Option<RecordView>,
    verdict: Verdict,
    findings: Vec<Finding>,
    report: Report,
}

#[derive(serde::Serialize)]
struct RecordView {
    file: String,
    #[serde(flatten)]
    to_sign: envelope::ToSign,
}

/// What is wrong with a list of participants, as JSON text.
///
/// # Errors
/// A `TypeError` when the list has another form.
pub fn check_participants(list: &str) -> Result<String, JsValue> {
    let list: Vec<Participant> = plain("participants", list)?;
    Ok(json(&participants::check(&list)))
}

/// Makes a record: as JSON text, the record or what does not allow it.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` for an earlier file that cannot be read.
pub fn record_ceremony(
    verifier: &Verifier,
    entered: &str,
    evidence: &[u8],
    collateral: &[u8],
    earlier: js_sys::Array,
    files: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    let entered: Entered = plain("entered", entered)?;
    let options: RecordOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))?;
    let collateral = std::str::from_utf8(collateral)
        .map_err(|_| invalid_argument("collateral", "must be UTF-8 text"))?;
    let earlier = read_earlier(&earlier)?;
    let evidence_of_colocation = options
        .colocation
        .as_deref()
        .map(|items| read_items(items, &files))
        .transpose()?;
    let made = make::record(
        verifier,
        Input {
            entered,
            evidence,
            collateral,
            collateral_from: source(options.collateral_from.as_deref())?,
            policy: options.policy.as_deref().unwrap_or("ceremony"),
            attesters: options.attesters.as_deref(),
            wasm_sha256: options.wasm_sha256.as_deref(),
            earlier: &earlier,
            colocation: evidence_of_colocation
                .as_ref()
                .map(|(items, contents)| make::Colocated { items, contents }),
        },
    );
    Ok(json(&match made {
        Ok(made) => RecordAnswer {
            record: Some(RecordView {
                file: utf8(made.file),
                to_sign: made.to_sign,
            }),
            verdict: made.verdict,
            findings: Vec::new(),
            report: made.report,
        },
        Err(error) => RecordAnswer {
            record: None,
            verdict: error.verdict,
            findings: error.findings,
            report: *error.report,
        },
    }))
}

/// What a participant signs, as JSON text.
///
/// # Errors
/// An `Error` when the file cannot be read.
pub fn bytes_to_sign(file: &[u8]) -> Result<String, JsValue> {
    envelope::bytes_to_sign(file)
        .map(|to_sign| json(&to_sign))
        .map_err(refused)
}

/// Adds a signature; the file as JSON text.
///
/// # Errors
/// An `Error` when the signature does not count, or the record must not be signed.
pub fn add_signature(
    verifier: &Verifier,
    file: &[u8],
    signature: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    with_signature(signature, options, |signed| {
        envelope::sign(verifier, file, signed)
    })
}

/// Merges two files of one record; the file as JSON text.
///
/// # Errors
/// An `Error` when they are about different records.
pub fn merge_ceremonies(a: &[u8], b: &[u8]) -> Result<String, JsValue> {
    envelope::merge(a, b)
        .map(|file| json(&utf8(file)))
        .map_err(refused)
}

/// What a participant signs to add something later, as JSON text.
///
/// # Errors
/// A `TypeError` for an addition of another form, an `Error` when the file cannot be read.
pub fn addendum_to_sign(file: &[u8], addendum: &str) -> Result<String, JsValue> {
    let addendum: Addendum = plain("addendum", addendum)?;
    envelope::addendum(file, addendum)
        .map(|to_sign| json(&to_sign))
        .map_err(refused)
}

/// Attaches a signed addition; the file as JSON text.
///
/// # Errors
/// An `Error` when its signature does not count.
pub fn add_addendum(
    file: &[u8],
    payload: &str,
    signature: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    with_signature(signature, options, |signed| {
        envelope::attach(file, payload.as_bytes(), signed)
    })
}

/// Opens a record; the CeremonyReport as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` for a list or an earlier file that cannot be read.
pub fn open_ceremony(
    verifier: &Verifier,
    file: &[u8],
    collateral: Option<Vec<u8>>,
    earlier: js_sys::Array,
    files: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    let options: OpenOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))?;
    let signers = options.signers.as_deref().map(read_signers).transpose()?;
    let attesters = options
        .attesters
        .as_deref()
        .map(read_attesters)
        .transpose()?;
    let source = source(options.collateral_from.as_deref())?;
    let now = options.now.map(|now| seconds("now", now)).transpose()?;
    let known = options.registry.map(registry::loaded).transpose()?;
    let revoked = options.revoked.map(registry::loaded).transpose()?;
    let today = now.map(|now| Today {
        now,
        collateral: collateral.as_deref().map(|text| (text, source)),
        registry: known.as_deref(),
        revoked: revoked.as_deref(),
    });
    let earlier = read_earlier(&earlier)?;
    let files: Vec<Vec<u8>> = files
        .iter()
        .map(|file| js_sys::Uint8Array::from(file).to_vec())
        .collect();
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    Ok(json(&open::open(
        verifier,
        file,
        Beside {
            signers: signers.as_ref(),
            attesters: attesters.as_ref(),
            earlier: &earlier,
            today,
            files: &files,
        },
    )))
}

/// Mixes a challenge from a pasted round and own random bytes; as JSON text.
///
/// # Errors
/// An `Error` when the round is none of drand's, or the platform gives no randomness.
pub fn mix_challenge(round: &str, own: Option<String>) -> Result<String, JsValue> {
    let round = drand::Round::parse(round).map_err(|error| refused_round(&error))?;
    let own = match own {
        Some(own) => drand::own_bytes(&own).map_err(|error| refused_round(&error))?,
        None => {
            let mut own = [0; drand::OWN_BYTES];
            getrandom::fill(&mut own).map_err(|_| no_randomness())?;
            own
        }
    };
    let challenge = round.mix(&own).ok_or_else(no_randomness)?;
    Ok(serde_json::json!({
        "hex": challenge.hex(),
        "groups": challenge.groups(),
        "checksum": challenge.checksum(),
        "origin": round.origin(&own),
        "not_before": { "round": round.number(), "time": round.time() },
    })
    .to_string())
}

/// A key from its OpenSSH line, as JSON text.
///
/// # Errors
/// An `Error` with a `KEY_…` code.
pub fn parse_key(line: &str) -> Result<String, JsValue> {
    key(Key::parse(line))
}

/// A key from 32 bytes of Ed25519, as JSON text.
///
/// # Errors
/// A `TypeError` for another number of bytes, an `Error` with a `KEY_…` code.
pub fn ed25519_key(bytes: &[u8]) -> Result<String, JsValue> {
    let bytes = bytes
        .try_into()
        .map_err(|_| invalid_argument("key", "must have 32 bytes"))?;
    key(Key::from_ed25519(bytes))
}

/// A list of signers, as JSON text.
///
/// # Errors
/// An `Error` with a `SIGNERS_…` code.
pub fn parse_signers(text: &str) -> Result<String, JsValue> {
    read_signers(text).map(|signers| json(&signers.view()))
}

fn key(key: Result<Key, crate::ceremony::keys::KeyError>) -> Result<String, JsValue> {
    key.map(|key| json(&key.view())).map_err(|error| {
        configuration_error(
            &name(error.code()),
            &format!("The key: {error}. {}", error.code().advice()),
        )
    })
}

fn with_signature(
    signature: Option<Vec<u8>>,
    options: JsValue,
    act: impl FnOnce(Signed<'_>) -> Result<Vec<u8>, Refused>,
) -> Result<String, JsValue> {
    let options: SignatureOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("signature", &error.to_string()))?;
    let signed = match (&options.ssh, &options.key, &signature) {
        (Some(text), None, None) => Signed::Ssh(text),
        (None, Some(key), Some(signature)) => Signed::Raw { key, signature },
        _ => {
            return Err(invalid_argument(
                "signature",
                "must be either `ssh`, or `key` and `signature`",
            ));
        }
    };
    act(signed).map(|file| json(&utf8(file))).map_err(refused)
}

pub(super) fn read_signers(text: &str) -> Result<Signers, JsValue> {
    Signers::from_json(text).map_err(|error| configuration_error(error.code(), &error.to_string()))
}

pub(super) fn read_attesters(text: &str) -> Result<AttesterBuilds, JsValue> {
    AttesterBuilds::from_json(text)
        .map_err(|error| configuration_error(error.code(), &error.to_string()))
}

pub(super) fn read_earlier(files: &js_sys::Array) -> Result<Vec<Earlier>, JsValue> {
    files
        .iter()
        .map(|file| Earlier::read(&js_sys::Uint8Array::from(file).to_vec()).map_err(refused))
        .collect()
}

fn source(word: Option<&str>) -> Result<Source, JsValue> {
    match word {
        None => Ok(Source::default()),
        Some(word) => Source::parse(word).ok_or_else(|| {
            invalid_argument(
                "collateralFrom",
                "must be \"site\", \"witness\" or \"applicant\"",
            )
        }),
    }
}

/// Plain data of a closed form.
pub(super) fn plain<T: DeserializeOwned>(argument: &str, text: &str) -> Result<T, JsValue> {
    crate::ceremony::json::read(text.as_bytes())
        .map_err(|error| invalid_argument(argument, &format!("has another form: {error}")))
}

fn refused(refused: Refused) -> JsValue {
    configuration_error(&name(refused.code), &refused.to_string())
}

fn refused_round(error: &drand::RoundError) -> JsValue {
    let code = error.code();
    configuration_error(&name(code), &format!("{error} {}", code.advice()))
}

fn no_randomness() -> JsValue {
    configuration_error(
        "NO_RANDOMNESS",
        "This platform gives no secure random numbers. Make the challenge on another computer.",
    )
}

/// A code's name.
pub(super) fn name(code: impl serde::Serialize) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Files and payloads are canonical JSON, which is UTF-8.
fn utf8(file: Vec<u8>) -> String {
    String::from_utf8(file).unwrap_or_default()
}

/// What JavaScript sees: production root only.
#[cfg(feature = "exports")]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod exports {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::Verifier;

    #[wasm_bindgen(js_name = checkParticipants)]
    pub fn check_participants(list: &str) -> Result<String, JsValue> {
        super::check_participants(list)
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
        let verifier = Verifier::production();
        super::record_ceremony(
            &verifier, entered, evidence, collateral, earlier, files, options,
        )
    }

    #[wasm_bindgen(js_name = bytesToSign)]
    pub fn bytes_to_sign(file: &[u8]) -> Result<String, JsValue> {
        super::bytes_to_sign(file)
    }

    #[wasm_bindgen(js_name = addSignature)]
    pub fn add_signature(
        file: &[u8],
        signature: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::add_signature(&Verifier::production(), file, signature, options)
    }

    #[wasm_bindgen(js_name = mergeCeremonies)]
    pub fn merge_ceremonies(a: &[u8], b: &[u8]) -> Result<String, JsValue> {
        super::merge_ceremonies(a, b)
    }

    #[wasm_bindgen(js_name = addendumToSign)]
    pub fn addendum_to_sign(file: &[u8], addendum: &str) -> Result<String, JsValue> {
        super::addendum_to_sign(file, addendum)
    }

    #[wasm_bindgen(js_name = addAddendum)]
    pub fn add_addendum(
        file: &[u8],
        payload: &str,
        signature: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::add_addendum(file, payload, signature, options)
    }

    #[wasm_bindgen(js_name = openCeremony)]
    pub fn open_ceremony(
        file: &[u8],
        collateral: Option<Vec<u8>>,
        earlier: js_sys::Array,
        files: js_sys::Array,
        options: JsValue,
    ) -> Result<String, JsValue> {
        let verifier = Verifier::production();
        super::open_ceremony(&verifier, file, collateral, earlier, files, options)
    }

    #[wasm_bindgen(js_name = mixChallenge)]
    pub fn mix_challenge(round: &str, own: Option<String>) -> Result<String, JsValue> {
        super::mix_challenge(round, own)
    }

    #[wasm_bindgen(js_name = parseKey)]
    pub fn parse_key(line: &str) -> Result<String, JsValue> {
        super::parse_key(line)
    }

    #[wasm_bindgen(js_name = ed25519Key)]
    pub fn ed25519_key(bytes: &[u8]) -> Result<String, JsValue> {
        super::ed25519_key(bytes)
    }

    #[wasm_bindgen(js_name = parseSigners)]
    pub fn parse_signers(text: &str) -> Result<String, JsValue> {
        super::parse_signers(text)
    }
}
