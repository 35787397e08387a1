//! Strict JSON: one text for one meaning.
//!
//! A text is read only when it is canonical by RFC 8785: keys sorted, no space, no key twice, numbers as integers
//! that every reader holds exactly (I-JSON, RFC 7493). So a changed byte is a changed meaning.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;

use super::Code;
use crate::text::quoted;

/// Why a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// Not JSON.
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A key stands twice in one object.
    KeyTwice {
        /// The key.
        key: String,
    },
    /// More values than anything that is read here has: each takes far more memory than its text.
    TooMany,
    /// A field is missing, unknown, or of the wrong form.
    Field {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The reader's words, made safe to show.
        what: String,
    },
    /// Readable, but not in canonical form.
    NotCanonical {
        /// The first byte that differs.
        byte: usize,
    },
}

impl JsonError {
    /// The code of row `record.format`.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotJson { .. } => Code::RecordNotJson,
            Self::KeyTwice { .. } => Code::RecordKeyTwice,
            Self::TooMany => Code::RecordTooLarge,
            Self::Field { .. } => Code::RecordField,
            Self::NotCanonical { .. } => Code::RecordNotCanonical,
        }
    }
}

impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(f, "not JSON at line {line}, column {column}")
            }
            Self::TooMany => write!(f, "it has more than {MOST_VALUES} values"),
            Self::KeyTwice { key } => write!(f, "the key {} stands twice", quoted(key, 60)),
            Self::Field { line, column, what } => {
                write!(f, "line {line}, column {column}: {what}")
            }
            Self::NotCanonical { byte } => {
                write!(
                    f,
                    "not in canonical form (RFC 8785), first seen at byte {byte}"
                )
            }
        }
    }
}

impl std::error::Error for JsonError {}

/// Reads a canonical text.
///
/// # Errors
/// [`JsonError`] says where it breaks.
pub fn read_canonical<T: DeserializeOwned + Serialize>(text: &[u8]) -> Result<T, JsonError> {
    let value: T = read(text)?;
    let canonical = canonical(&value);
    if canonical == text {
        return Ok(value);
    }
    // A key that stands twice inside a free-form part is read as its last value: name it.
    Err(key_twice(text).unwrap_or_else(|| JsonError::NotCanonical {
        byte: canonical
            .iter()
            .zip(text)
            .position(|(a, b)| a != b)
            .unwrap_or_else(|| canonical.len().min(text.len())),
    }))
}

/// Most values in a text. A record has some three thousand.
const MOST_VALUES: usize = 100_000;

/// How many values a text has, at least as many as a reader would make of it.
fn values(text: &[u8]) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (1_usize, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count = count.saturating_add(1),
            _ => {}
        }
    }
    count
}

/// Reads a text in any layout, but no key twice where the form is closed.
///
/// # Errors
/// [`JsonError`] says where it breaks.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    if values(text) > MOST_VALUES {
        return Err(JsonError::TooMany);
    }
    serde_json::from_slice(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => key_twice(text).unwrap_or_else(|| JsonError::Field {
                line,
                column,
                what: quoted(&error.to_string(), 200),
            }),
            Category::Io | Category::Syntax | Category::Eof => JsonError::NotJson { line, column },
        }
    })
}

/// Reads a text in any layout and of any form, but no key twice, however deep.
///
/// # Errors
/// [`JsonError`] says where it breaks.
pub fn read_open<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    match key_twice(text) {
        Some(error) => Err(error),
        None => read(text),
    }
}

/// The canonical text of plain data with string keys and integers, which always has one.
pub fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}

/// The first key that stands twice in one object, anywhere.
fn key_twice(text: &[u8]) -> Option<JsonError> {
    let found = RefCell::new(None);
    // Whether the text could be read to its end does not matter here.
    let _ = KeyTwice(&found).deserialize(&mut serde_json::Deserializer::from_slice(text));
    found.into_inner().map(|key| JsonError::KeyTwice { key })
}

/// Walks over any JSON and stops at the first key that stands twice.
#[derive(Clone, Copy)]
struct KeyTwice<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for KeyTwice<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeyTwice<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                self.0.replace(Some(key));
                return Err(A::Error::custom("key twice"));
            }
            seen.insert(key);
            map.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn code(text: &str) -> Code {
        read_canonical::<Value>(text.as_bytes()).unwrap_err().code()
    }

    #[test]
    fn only_canonical_text_is_read() {
        assert!(read_canonical::<Value>(br#"{"a":1,"b":["x",null,true]}"#).is_ok());
        for other in [
            r#"{"b":1,"a":1}"#,
            r#"{"a": 1}"#,
            "{\"a\":1}\n",
            r#"{"a":1.0}"#,
            r#"{"a":"\u0061"}"#,
            r#"{"a":9007199254740993}"#,
            r#"{"a":-0}"#,
        ] {
            assert_eq!(code(other), Code::RecordNotCanonical, "{other}");
        }
    }

    #[test]
    fn where_a_text_ceases_to_be_canonical_is_said() {
        for (text, byte) in [(r#"{"a":1,"b": 2}"#, 11), ("[1] ", 3)] {
            assert_eq!(
                read_canonical::<Value>(text.as_bytes()),
                Err(JsonError::NotCanonical { byte })
            );
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_named_however_deep() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            assert_eq!(
                read_canonical::<Value>(text.as_bytes()),
                Err(JsonError::KeyTwice {
                    key: "a".to_owned()
                })
            );
        }
    }

    #[test]
    fn the_examples_of_rfc_8785_come_out_as_it_says() {
        // Section 3.2.2 and 3.2.3 of the RFC.
        let value: Value = serde_json::from_str(
            "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],\
             \"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\
             \"literals\":[null,true,false]}",
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(canonical(&value)).unwrap(),
            "{\"literals\":[null,true,false],\
             \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    #[test]
    fn a_text_of_too_many_values_is_refused_before_it_is_read() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        let of = |text: String| read::<Value>(text.as_bytes()).map_err(|error| error.code());
        assert!(of(list(MOST_VALUES)).is_ok());
        assert_eq!(of(list(MOST_VALUES + 1)), Err(Code::RecordTooLarge));
        // What stands in a string is no value, wherever the string ends.
        let text = format!(
            r#"["{}","\\","\"{}"]"#,
            ",".repeat(MOST_VALUES),
            "[".repeat(MOST_VALUES)
        );
        assert!(of(text).is_ok());
        assert_eq!(values(br#"{"a":[1,{"b":2}],"c":"\",[{"}"#), 6);
        assert_eq!(
            values(br"\[["),
            3,
            "a string's escape is none outside of it"
        );
    }

    #[test]
    fn junk_is_no_json_and_says_where() {
        assert_eq!(code(""), Code::RecordNotJson);
        assert_eq!(code("{\"a\":"), Code::RecordNotJson);
        assert_eq!(code(&"[".repeat(50_000)), Code::RecordNotJson);
        assert_eq!(code("{} x"), Code::RecordNotJson);
    }
}
