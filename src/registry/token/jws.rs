//! The compact form of a signed token (RFC 7515, section 7.1), read so that one meaning has one text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::code::Code;
use super::report::Finding;
use crate::ceremony::json::{JsonError, read_open};
use crate::text::quoted;

/// Largest token, with the space around it. One has about 700 bytes.
pub const MAX_TOKEN: usize = 16 * 1024;

/// Header fields that bring or name a key (RFC 7515, section 4.1): never looked at.
const KEYS_OF_THE_HEADER: [&str; 6] = ["jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"];

/// A token in its three parts. Nothing of it is verified.
pub(super) struct Compact {
    /// Without the space around it.
    pub(super) text: String,
    header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    /// The bytes that are signed: the first two parts as they stand, with the dot.
    pub(super) signed: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Compact {
    /// # Errors
    /// A finding of row `token.format`.
    pub(super) fn parse(token: &[u8]) -> Result<Self, Finding> {
        if token.len() > MAX_TOKEN {
            return Err(Finding::fail(
                Code::TokenTooLarge,
                format!("The token has more than {MAX_TOKEN} bytes."),
            ));
        }
        let token = token.trim_ascii();
        if token.is_empty() {
            return Err(Finding::fail(Code::TokenEmpty, "There is no token."));
        }
        if token.starts_with(b"{") {
            return Err(json(token));
        }
        // What is not ASCII is no base64url either, and is named with its place.
        let text = String::from_utf8_lossy(token).into_owned();
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(if parts.len() == 5 {
                Finding::fail(Code::TokenEncrypted, "The token has five parts.")
            } else {
                Finding::fail(
                    Code::TokenParts,
                    format!(
                        "The token has {} instead of three.",
                        crate::text::count(parts.len(), "part")
                    ),
                )
            });
        };
        let (header_bytes, payload_bytes) =
            (decode("header", header)?, decode("payload", payload)?);
        let compact = Self {
            signature: decode("signature", signature)?,
            signed: [header, ".", payload].concat().into_bytes(),
            header: object("header", &header_bytes)?,
            payload: match object("payload", &payload_bytes) {
                // The payload of a nested token is a token, which begins as every header does.
                Err(finding)
                    if finding.code == Code::TokenNotJson && payload_bytes.starts_with(b"eyJ") =>
                {
                    return Err(nested());
                }
                read => read?,
            },
            text: text.clone(),
        };
        compact.check_header()?;
        Ok(compact)
    }

    fn check_header(&self) -> Result<(), Finding> {
        // RFC 7797's `b64` changes what is signed, and stands beside `crit` only.
        for demand in ["crit", "b64"] {
            if let Some(value) = self.header.get(demand) {
                return Err(Finding::fail(
                    Code::TokenCritical,
                    format!(
                        "The header has `{demand}`: {}.",
                        quoted(&value.to_string(), 80)
                    ),
                ));
            }
        }
        // A media type may leave out `application/` (RFC 7515, sections 4.1.9 and 4.1.10).
        let is_jwt = |value: &Value| {
            value.as_str().is_some_and(|value| {
                value.eq_ignore_ascii_case("jwt") || value.eq_ignore_ascii_case("application/jwt")
            })
        };
        match (self.header.get("cty"), self.header.get("typ")) {
            (Some(cty), _) if is_jwt(cty) => Err(nested()),
            (_, Some(typ)) if !is_jwt(typ) => Err(Finding::fail(
                Code::TokenType,
                format!(
                    "The header's type is {}, not \"JWT\".",
                    quoted(&typ.to_string(), 40)
                ),
            )),
            _ => Ok(()),
        }
    }

    /// What is said of a header that can be read.
    pub(super) fn remarks(&self) -> Vec<Finding> {
        let brought: Vec<&str> = KEYS_OF_THE_HEADER
            .into_iter()
            .filter(|name| self.header.contains_key(*name))
            .collect();
        if brought.is_empty() {
            return Vec::new();
        }
        vec![Finding::warn(
            Code::TokenHeaderKeyIgnored,
            format!(
                "The header brings or names a key of its own ({}), which was not looked at.",
                brought.join(", ")
            ),
        )]
    }

    /// A header field that is text.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.header
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }
}

/// What JSON in the token's place is.
fn json(text: &[u8]) -> Finding {
    let fields: Map<String, Value> = read_open(text).unwrap_or_default();
    let has = |name: &str| fields.contains_key(name);
    // RFC 7515, section 7.2: general and flattened.
    if has("payload") && (has("signatures") || has("signature")) {
        return Finding::fail(
            Code::TokenJsonSerialization,
            "This is a signed token in JSON, not in its compact form.",
        );
    }
    let said = |name: &str| fields.get(name).and_then(Value::as_str);
    let words = match (said("jwt"), said("error")) {
        (Some(_), _) => {
            "This is a trust server's whole answer. The token is the text of its field jwt."
                .to_owned()
        }
        (None, Some(error)) => format!(
            "This is an answer without a token: the server gave the error {}.",
            quoted(error, 200)
        ),
        (None, None) if fields.is_empty() => {
            "This begins like JSON, and has no field that could be read.".to_owned()
        }
        (None, None) => {
            "This is JSON without a field jwt. If a trust server answered so, it has not given a token yet."
                .to_owned()
        }
    };
    Finding::fail(Code::TokenAnswer, words)
}

fn nested() -> Finding {
    Finding::fail(
        Code::TokenNested,
        "The token's payload is a token of its own.",
    )
}

/// Base64url without padding, in the one text that its bytes have.
fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, Finding> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| match error {
        base64::DecodeError::InvalidByte(at, byte) => Finding::fail(
            Code::TokenBase64,
            format!(
                "The {part}'s character {} is {}; a token is written in base64url, without padding.",
                at.saturating_add(1),
                quoted(&char::from(byte).to_string(), 1)
            ),
        ),
        base64::DecodeError::InvalidPadding => Finding::fail(
            Code::TokenBase64,
            format!("The {part} is padded; a token is written in base64url, without padding."),
        ),
        base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidLastSymbol { .. } => {
            Finding::fail(
                Code::TokenBase64Bits,
                format!("The {part} ends in bits that belong to no byte."),
            )
        }
    })
}

/// A JSON object with no key twice, however deep.
fn object(part: &'static str, json: &[u8]) -> Result<Map<String, Value>, Finding> {
    read_open(json).map_err(|error| match error {
        JsonError::KeyTwice { key } => Finding::fail(
            Code::TokenKeyTwice,
            format!("The {part} has the key {} twice.", quoted(&key, 60)),
        ),
        error => Finding::fail(
            Code::TokenNotJson,
            format!("The {part} is no JSON object: {error}."),
        ),
    })
}
