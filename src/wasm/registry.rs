//! The border to JavaScript for the registry: conversion only, no decision.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::ceremony::{name, read_attesters, read_earlier, read_signers};
use super::shelf::Shelf;
use super::{bundle_id, coded, configuration_error, invalid_argument, json, seconds};
use crate::Verifier;
use crate::registry::check::{Against, Change, Proposed};
use crate::registry::enrol::Ask;
use crate::registry::patch::Author;
use crate::registry::{self, KNOWN, Registry};

// They change no answer.
thread_local! {
    static LISTS: RefCell<Shelf<Registry>> = const { RefCell::new(Shelf::new()) };
}

/// What goes beside a list's files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LoadOptions {
    signers: Option<String>,
}

/// What goes beside a record that is proposed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct EnrolOptions {
    name: String,
    email: String,
    at: f64,
    revoked: Option<f64>,
    signers: Option<String>,
    attesters: Option<String>,
}

/// What goes beside a change that is checked. Contents are numbers of the files that are handed over beside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CheckOptions {
    changes: Vec<ChangeOptions>,
    present: Vec<String>,
    revoked: Option<f64>,
    signers: Option<String>,
    attesters: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangeOptions {
    path: String,
    before: Option<usize>,
    after: Option<usize>,
    plain: bool,
}

/// Loads a list of machines: `{"id":…,"view":…}` as JSON text. `forgetRegistry` frees it.
///
/// # Errors
/// An `Error` with a `REGISTRY_…` or `SIGNERS_…` code.
pub fn load_registry(
    verifier: &Verifier,
    files: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    let options: LoadOptions = plain(options)?;
    let signers = options.signers.as_deref().map(read_signers).transpose()?;
    let files = contents(&files);
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let list = registry::load(verifier, &files, signers.as_ref())
        .map_err(|error| configuration_error(error.code(), &error.to_string()))?;
    let view = list.view();
    let id = LISTS.with(|lists| lists.borrow_mut().add(list));
    Ok(serde_json::json!({ "id": id, "view": view }).to_string())
}

/// Frees a loaded list; `true` as JSON text when there was one.
pub fn forget_registry(id: f64) -> String {
    let id = bundle_id(id);
    json(&LISTS.with(|lists| lists.borrow_mut().remove(id)))
}

/// What a search in a loaded list finds, as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong number.
pub fn search_registry(id: f64, text: &str, offset: f64, limit: f64) -> Result<String, JsValue> {
    let number = |argument: &str, value: f64| {
        seconds(argument, value).map(|value| usize::try_from(value).unwrap_or(usize::MAX))
    };
    let list = loaded(id)?;
    Ok(json(&list.search(
        text,
        number("offset", offset)?,
        number("limit", limit)?,
    )))
}

/// Proposes a machine; the Enrolment as JSON text.
///
/// # Errors
/// An `Error` with a code of `docs/registry.md`.
pub fn enrol(
    verifier: &Verifier,
    record: &[u8],
    known: &[u8],
    options: JsValue,
) -> Result<String, JsValue> {
    let options: EnrolOptions = plain(options)?;
    let revoked = options.revoked.map(loaded).transpose()?;
    let signers = options.signers.as_deref().map(read_signers).transpose()?;
    let attesters = options
        .attesters
        .as_deref()
        .map(read_attesters)
        .transpose()?;
    let ask = Ask {
        record,
        known,
        revoked: revoked.as_deref(),
        signers: signers.as_ref(),
        attesters: attesters.as_ref(),
        author: Author {
            name: &options.name,
            email: &options.email,
        },
        at: seconds("at", options.at)?,
    };
    registry::enrol::enrol(verifier, &ask)
        .map(|enrolment| json(&enrolment))
        .map_err(|error| configuration_error(&name(error.code), &error.to_string()))
}

/// Checks a change to a registry; the EnrolmentReport as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` for a list or an earlier record that cannot be read.
pub fn check_enrolment(
    verifier: &Verifier,
    patch: Option<Vec<u8>>,
    known: Option<Vec<u8>>,
    record: Option<Vec<u8>>,
    files: js_sys::Array,
    earlier: js_sys::Array,
    options: JsValue,
) -> Result<String, JsValue> {
    let options: CheckOptions = plain(options)?;
    let revoked = options.revoked.map(loaded).transpose()?;
    let signers = options.signers.as_deref().map(read_signers).transpose()?;
    let attesters = options
        .attesters
        .as_deref()
        .map(read_attesters)
        .transpose()?;
    let earlier = read_earlier(&earlier)?;
    let files = contents(&files);
    let content = |index: Option<usize>| match index {
        None => Ok(None),
        Some(index) => files
            .get(index)
            .map(|file| Some(file.as_slice()))
            .ok_or_else(|| invalid_argument("changes", "name a file that was not given")),
    };
    let changes = options
        .changes
        .iter()
        .map(|change| {
            Ok(Change {
                path: &change.path,
                before: content(change.before)?,
                after: content(change.after)?,
                is_plain: change.plain,
            })
        })
        .collect::<Result<Vec<_>, JsValue>>()?;
    let base: Vec<(&str, &[u8])> = known
        .iter()
        .map(|known| (KNOWN, known.as_slice()))
        .chain(options.present.iter().map(|path| (path.as_str(), &[][..])))
        .collect();
    let proposed = match &patch {
        Some(patch) => Proposed::Patch(patch, known.is_some().then_some(base.as_slice())),
        None => Proposed::Changes(&changes),
    };
    let against = Against {
        record: record.as_deref(),
        known: known.as_deref(),
        revoked: revoked.as_deref(),
        signers: signers.as_ref(),
        attesters: attesters.as_ref(),
        earlier: &earlier,
    };
    Ok(json(&registry::check::check(verifier, proposed, &against)))
}

/// `core.js` names only lists that it loaded into this very instance; anything else is its fault.
pub(super) fn loaded(id: f64) -> Result<Rc<Registry>, JsValue> {
    let id = bundle_id(id);
    LISTS
        .with(|lists| lists.borrow().get(id))
        .ok_or_else(|| coded(&js_sys::Error::new("this list is not loaded"), "BUG"))
}

fn contents(files: &js_sys::Array) -> Vec<Vec<u8>> {
    files
        .iter()
        .map(|file| js_sys::Uint8Array::from(file).to_vec())
        .collect()
}

fn plain<T: serde::de::DeserializeOwned>(options: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))
}

/// What JavaScript sees: production root only.
#[cfg(feature = "exports")]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod exports {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::Verifier;

    #[wasm_bindgen(js_name = loadRegistry)]
    pub fn load_registry(files: js_sys::Array, options: JsValue) -> Result<String, JsValue> {
        super::load_registry(&Verifier::production(), files, options)
    }

    #[wasm_bindgen(js_name = forgetRegistry)]
    pub fn forget_registry(id: f64) -> String {
        super::forget_registry(id)
    }

    #[wasm_bindgen(js_name = searchRegistry)]
    pub fn search_registry(
        id: f64,
        text: &str,
        offset: f64,
        limit: f64,
    ) -> Result<String, JsValue> {
        super::search_registry(id, text, offset, limit)
    }

    #[wasm_bindgen]
    pub fn enrol(record: &[u8], known: &[u8], options: JsValue) -> Result<String, JsValue> {
        super::enrol(&Verifier::production(), record, known, options)
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
        let verifier = Verifier::production();
        super::check_enrolment(&verifier, patch, known, record, files, earlier, options)
    }
}
