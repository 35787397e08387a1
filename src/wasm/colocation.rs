//! The border to JavaScript for evidence of colocation: conversion only, no decision.
//!
//! Items come in as JSON text, their files' bytes beside it, in the order in which the items name them.

use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::ceremony::{plain, read_attesters, read_signers};
use super::{invalid_argument, json, seconds};
use crate::Verifier;
use crate::ceremony::{Beside, console_of, open};
use crate::colocation::evidence::{Contents, Item};
use crate::colocation::{Asked, check, templates};

/// What goes beside items and files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckOptions {
    machine: Option<String>,
    at: f64,
    signers: Option<String>,
    attesters: Option<String>,
}

/// Checks items; the ColocationReport as JSON text.
///
/// # Errors
/// A `TypeError` for a wrong argument, an `Error` for a list that cannot be read.
pub fn check_colocation(
    verifier: &Verifier,
    items: &str,
    files: &js_sys::Array,
    ceremony: Option<Vec<u8>>,
    options: JsValue,
) -> Result<String, JsValue> {
    let options: CheckOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| invalid_argument("options", &error.to_string()))?;
    let at = seconds("at", options.at)?;
    let (items, contents) = read_items(items, files)?;
    let signers = options.signers.as_deref().map(read_signers).transpose()?;
    let attesters = options
        .attesters
        .as_deref()
        .map(read_attesters)
        .transpose()?;
    let of_console = ceremony.and_then(|file| {
        let beside = Beside {
            signers: signers.as_ref(),
            attesters: attesters.as_ref(),
            ..Beside::default()
        };
        console_of(&open(verifier, &file, beside))
    });
    let machine = options.machine.or_else(|| of_console.clone());
    Ok(json(&check(&Asked {
        items: &items,
        contents: &contents,
        machine: machine.as_deref(),
        at,
        console: of_console.is_some() && of_console == machine,
    })))
}

/// Texts to start from, as JSON text.
pub fn colocation_templates() -> String {
    json(&templates::ALL)
}

/// Items, each file with the digest of its bytes.
pub(super) fn read_items(
    items: &str,
    files: &js_sys::Array,
) -> Result<(Vec<Item>, Contents<'static>), JsValue> {
    let mut items: Vec<Item> = plain("items", items)?;
    let mut contents = Contents::default();
    let mut bytes = files.iter();
    for file in items.iter_mut().flat_map(|item| &mut item.files) {
        let content = bytes
            .next()
            .ok_or_else(|| invalid_argument("files", "are fewer than the items name"))?;
        file.sha256 = contents.add(js_sys::Uint8Array::from(content).to_vec());
        file.base64 = None;
    }
    if bytes.next().is_some() {
        return Err(invalid_argument("files", "are more than the items name"));
    }
    Ok((items, contents))
}

/// What JavaScript sees: production root only.
#[cfg(feature = "exports")]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod exports {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::Verifier;

    #[wasm_bindgen(js_name = checkColocation)]
    pub fn check_colocation(
        items: &str,
        files: js_sys::Array,
        ceremony: Option<Vec<u8>>,
        options: JsValue,
    ) -> Result<String, JsValue> {
        super::check_colocation(&Verifier::production(), items, &files, ceremony, options)
    }

    #[wasm_bindgen(js_name = colocationTemplates)]
    pub fn colocation_templates() -> String {
        super::colocation_templates()
    }
}
