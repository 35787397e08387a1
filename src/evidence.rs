//! From a file or text to the bytes of exactly one quote.
//!
//! Accepted: the attester's output, hex with or without `0x`, base64 or base64url, raw bytes, and a JSON
//! document with one quote field. How the input was read is part of the answer: nothing is guessed silently.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::attester::{AttesterOutput, AttesterOutputView};
use crate::code::Code;
use crate::report::{EvidenceView, Finding};
use crate::text::{count, quoted};

/// Largest input (O1): an attester file has about 15 kB.
pub const MAX_INPUT: usize = 256 * 1024;
/// Largest quote (O1): one has about 5 kB.
pub const MAX_QUOTE: usize = 64 * 1024;

/// Exactly one quote, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The quote's bytes, with what follows them.
    pub quote: Vec<u8>,
    /// How the input was read.
    pub form: Form,
}

/// How the input was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// The attester's own file.
    AttesterOutput(AttesterOutput),
    /// Hexadecimal digits.
    Hex,
    /// Base64 or base64url.
    Base64,
    /// The quote's bytes themselves.
    Raw,
    /// A JSON document; the field's name.
    Json(String),
}

impl Evidence {
    /// Finds the one quote in `input`.
    ///
    /// ```
    /// use cloud_witness::{code::Code, evidence::Evidence};
    ///
    /// assert_eq!(Evidence::decode(b"0x03000200")?.quote, [3, 0, 2, 0]);
    /// assert_eq!(Evidence::decode(b"hello").unwrap_err().code, Code::InputNotAQuote);
    /// # Ok::<(), cloud_witness::report::Finding>(())
    /// ```
    ///
    /// # Errors
    /// A finding with one of the codes of row `file.decoded`, and the place.
    pub fn decode(input: &[u8]) -> Result<Self, Finding> {
        let evidence = Self::find(input)?;
        bounded(&evidence.quote)?;
        Ok(evidence)
    }

    /// Takes the attester's own file apart: a bare quote, which [`Evidence::decode`] takes as well, is refused here.
    ///
    /// ```
    /// use cloud_witness::{code::Code, evidence::Evidence};
    ///
    /// let file = Evidence::attester_file(b"RAW Quote: 03000200\nChecking quote...\n")?;
    /// assert_eq!((file.quote.as_str(), file.quote_line), ("03000200", 1));
    /// assert_eq!(file.lines[0].text, "Checking quote...");
    /// assert_eq!(Evidence::attester_file(b"03000200").unwrap_err().code, Code::RawQuoteMissing);
    /// # Ok::<(), cloud_witness::report::Finding>(())
    /// ```
    ///
    /// # Errors
    /// A finding with one of the codes of row `file.decoded`, and the place.
    pub fn attester_file(input: &[u8]) -> Result<AttesterOutputView, Finding> {
        // A quote's own bytes have no line `RAW Quote:` either.
        let text = Self::text_of(input)?.unwrap_or_default();
        let (quote, output) = AttesterOutput::parse(text)?;
        bounded(&quote)?;
        Ok(output.view(&quote))
    }

    /// The input as text, once it can be a file of the attester's; none for a quote's own bytes.
    fn text_of(input: &[u8]) -> Result<Option<&str>, Finding> {
        if input.iter().all(u8::is_ascii_whitespace) {
            return Err(Finding::fail(Code::InputEmpty, "The input is empty."));
        }
        if input.len() > MAX_INPUT {
            return Err(Finding::fail(
                Code::InputTooLarge,
                format!("The input has more than {MAX_INPUT} bytes."),
            ));
        }
        if let Some(encoding) = foreign_encoding(input) {
            return Err(Finding::fail(
                Code::InputEncoding,
                format!("The file is saved as {encoding}; the attester writes plain ASCII."),
            )
            .at("byte 0"));
        }
        if starts_like_a_quote(input) {
            return Ok(None);
        }
        ascii_text(input).map(Some)
    }

    fn find(input: &[u8]) -> Result<Self, Finding> {
        let Some(text) = Self::text_of(input)? else {
            return Ok(Self {
                quote: input.to_vec(),
                form: Form::Raw,
            });
        };
        if AttesterOutput::is_like(text) {
            return AttesterOutput::parse(text).map(|(quote, output)| Self {
                quote,
                form: Form::AttesterOutput(output),
            });
        }
        if text.trim_start().starts_with('{') {
            return quote_field(text);
        }
        quote_text(text)
    }

    /// The attester's own output, when that is what was given.
    pub const fn attester_output(&self) -> Option<&AttesterOutput> {
        match &self.form {
            Form::AttesterOutput(output) => Some(output),
            _ => None,
        }
    }

    /// How the input of this length and SHA-256 was read, for the Report.
    pub fn view(&self, length: usize, sha256: String) -> EvidenceView {
        EvidenceView {
            form: self.form.id(),
            description: self.form.description(),
            sha256,
            length,
        }
    }
}

impl Form {
    /// The word in the Report.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::AttesterOutput(_) => "attester_output",
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Raw => "raw",
            Self::Json(_) => "json",
        }
    }

    /// Plain words.
    pub fn description(&self) -> String {
        match self {
            Self::AttesterOutput(output) => output.description(),
            Self::Hex => "a quote as hexadecimal digits".to_owned(),
            Self::Base64 => "a quote as base64".to_owned(),
            Self::Raw => "a quote as raw bytes".to_owned(),
            Self::Json(field) => format!("a quote in the JSON field {}", quoted(field, 40)),
        }
    }
}

/// Refuses a quote over its limit (O1).
fn bounded(quote: &[u8]) -> Result<(), Finding> {
    if quote.len() > MAX_QUOTE {
        return Err(Finding::fail(
            Code::QuoteTooLarge,
            format!(
                "The quote has {} bytes; at most {MAX_QUOTE} are accepted.",
                quote.len()
            ),
        ));
    }
    Ok(())
}

/// UTF-16 and byte order marks, as a console's editor may save them (O4).
pub(crate) fn foreign_encoding(input: &[u8]) -> Option<&'static str> {
    match input {
        [0xef, 0xbb, 0xbf, ..] => Some("UTF-8 with a byte order mark"),
        [0xff, 0xfe, ..] => Some("UTF-16 (little endian)"),
        [0xfe, 0xff, ..] => Some("UTF-16 (big endian)"),
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => {
            Some("UTF-16 (little endian) without a byte order mark")
        }
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => {
            Some("UTF-16 (big endian) without a byte order mark")
        }
        _ => None,
    }
}

/// A quote starts with its version as two bytes, and its key type, 2 or 3, as two more; an EPID quote with version 2, and 0 or 1.
fn starts_like_a_quote(bytes: &[u8]) -> bool {
    match bytes {
        [2, 0, 0 | 1, 0, ..] => true,
        [version, 0, key_type, 0, ..] => (1..=9).contains(version) && (1..=3).contains(key_type),
        [3..=5, 0] | [3..=5, 0, 2] => true,
        _ => false,
    }
}

/// ASCII with CR, LF and tab only (O4).
fn ascii_text(input: &[u8]) -> Result<&str, Finding> {
    let allowed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let Some(at) = input.iter().position(|byte| !allowed(byte)) else {
        return std::str::from_utf8(input).map_err(|_| not_a_quote());
    };
    let reads_as_text = std::str::from_utf8(input).is_ok_and(|text| !text.contains('\0'))
        || input.windows(10).any(|window| window == b"RAW Quote:");
    if !reads_as_text {
        return Err(not_a_quote());
    }
    let before = input.get(..at).unwrap_or_default();
    let line = before
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        .saturating_add(1);
    let found = input
        .get(at..)
        .map(String::from_utf8_lossy)
        .and_then(|rest| rest.chars().next())
        .unwrap_or_default();
    Err(Finding::fail(
        Code::InputCharacter,
        format!(
            "Line {line} has the character {}; the attester writes plain ASCII.",
            quoted(&found.to_string(), 1)
        ),
    )
    .at(format!("line {line}, byte {at}")))
}

/// A quote as hex or base64.
fn quote_text(text: &str) -> Result<Evidence, Finding> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let digits = compact
        .strip_prefix("0x")
        .or_else(|| compact.strip_prefix("0X"));
    let looks_like_hex = digits.is_some()
        || compact.chars().all(|c| c.is_ascii_hexdigit())
        || matches!(compact.get(..4), Some("0300" | "0400" | "0500"));
    let (quote, form) = if looks_like_hex {
        let digits = digits.unwrap_or(&compact);
        let before = compact.len().saturating_sub(digits.len());
        (decode_hex(digits, before)?, Form::Hex)
    } else if is_token(&compact) {
        return Err(Finding::fail(
            Code::InputNotAQuote,
            "This is written like a signed token: three parts with dots between. It holds no quote: check it as a trust \
             token, and give the quote that it was made for.",
        ));
    } else {
        (decode_base64(&compact)?, Form::Base64)
    };
    if !starts_like_a_quote(&quote) {
        return Err(not_a_quote());
    }
    Ok(Evidence { quote, form })
}

/// The compact form of a signed token (RFC 7515, section 7.1), whose header is JSON.
fn is_token(text: &str) -> bool {
    let is_base64url = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.starts_with("eyJ") && text.split('.').count() == 3 && text.split('.').all(is_base64url)
}

/// Hex of any case, an even number of digits, with so many characters before it.
pub(crate) fn decode_hex(digits: &str, before: usize) -> Result<Vec<u8>, Finding> {
    hex::decode(digits).map_err(|_| {
        // The library counts before it looks: of what has other characters the number says nothing.
        let other = digits
            .chars()
            .enumerate()
            .find(|(_, c)| !c.is_ascii_hexdigit())
            .map(|(index, c)| (index.saturating_add(before).saturating_add(1), c));
        let (what, place) = match other {
            Some((number, c)) => (
                format!(
                    "Its character {number} is {}, which is not hexadecimal.",
                    quoted(&c.to_string(), 1)
                ),
                Some(format!("hex digit {number}")),
            ),
            None => (
                format!("It has {} digits, an odd number.", digits.len()),
                None,
            ),
        };
        let finding = Finding::fail(
            Code::HexInvalid,
            format!("The quote's hex cannot be decoded. {what}"),
        );
        match place {
            Some(place) => finding.at(place),
            None => finding,
        }
    })
}

/// Base64 or base64url, with or without padding.
fn decode_base64(text: &str) -> Result<Vec<u8>, Finding> {
    let url = text.contains(['-', '_']);
    let alphabet = if url { &URL_SAFE } else { &STANDARD };
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
        .decode(text)
        .map_err(|error| match error {
            // Only what begins like the base64 of a quote is a damaged quote.
            _ if !matches!(text.get(..4), Some("AwAC" | "BAAC" | "BQAC")) => not_a_quote(),
            base64::DecodeError::InvalidByte(at, byte) => Finding::fail(
                Code::Base64Invalid,
                format!(
                    "The quote's base64 cannot be decoded: its character {} is {}.",
                    at.saturating_add(1),
                    quoted(&char::from(byte).to_string(), 1)
                ),
            )
            .at(format!("base64 character {}", at.saturating_add(1))),
            _ => Finding::fail(
                Code::Base64Invalid,
                "The quote's base64 cannot be decoded: its end is missing or damaged.",
            ),
        })
}

/// The one quote field of a JSON document, at any depth.
fn quote_field(text: &str) -> Result<Evidence, Finding> {
    let mut found = Vec::new();
    let mut json = serde_json::Deserializer::from_str(text);
    serde::de::DeserializeSeed::deserialize(
        QuoteFields {
            name: None,
            found: &mut found,
        },
        &mut json,
    )
    .and_then(|()| json.end())
    .map_err(|error| {
        Finding::fail(
            Code::InputNotAQuote,
            "The input begins like JSON, but cannot be read as JSON.",
        )
        .at(format!("line {}, column {}", error.line(), error.column()))
    })?;
    match <[(String, Option<String>); 1]>::try_from(found) {
        Ok([(name, Some(value))]) => quote_text(&value).map(|evidence| Evidence {
            form: Form::Json(name),
            ..evidence
        }),
        Ok([(name, None)]) => Err(Finding::fail(
            Code::JsonQuoteField,
            format!(
                "The JSON field {} holds no text. A list of numbers is not read: give its bytes as hex or base64.",
                quoted(&name, 40)
            ),
        )),
        Err(found) if found.is_empty() && is_servers_answer(text) => Err(Finding::fail(
            Code::JsonQuoteField,
            "This is written like a trust server's answer, with a token in the field jwt and no quote. Check it as a trust \
             token, and give the quote that was sent to the server.",
        )),
        Err(found) => Err(Finding::fail(
            Code::JsonQuoteField,
            format!(
                "The JSON document has {} instead of one.",
                count(found.len(), "quote field")
            ),
        )),
    }
}

/// Whether a JSON document has a token at its top, as a trust server answers.
fn is_servers_answer(text: &str) -> bool {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
        .ok()
        .and_then(|fields| fields.get("jwt").map(serde_json::Value::is_string))
        .unwrap_or_default()
}

/// Collects every string under a quote field's name, at any depth. A visitor, because a parsed document would
/// silently keep only the last of two fields of the same name.
struct QuoteFields<'a> {
    /// The quote field whose value is read, if one is.
    name: Option<&'a str>,
    /// By name; without a text where it holds something else.
    found: &'a mut Vec<(String, Option<String>)>,
}

impl<'de> serde::de::DeserializeSeed<'de> for QuoteFields<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for QuoteFields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let plain = key.replace('_', "").to_ascii_lowercase();
            let is_quote = matches!(plain.as_str(), "quote" | "rawquote");
            let before = self.found.len();
            map.next_value_seed(QuoteFields {
                name: is_quote.then_some(key.as_str()),
                found: self.found,
            })?;
            // A quote field that holds something else than text is still one quote field too many.
            if is_quote && self.found.len() == before {
                self.found.push((key, None));
            }
        }
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let found = self.found;
        while seq
            .next_element_seed(QuoteFields { name: None, found })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if let Some(name) = self.name {
            self.found.push((name.to_owned(), Some(text.to_owned())));
        }
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
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

fn not_a_quote() -> Finding {
    Finding::fail(Code::InputNotAQuote, "No quote was found in the input.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(input: &[u8]) -> Code {
        Evidence::decode(input).unwrap_err().code
    }

    const QUOTE: [u8; 8] = [3, 0, 2, 0, 0, 0, 0, 0xfb];

    #[test]
    fn o1_more_than_256_kib_is_refused_before_decoding() {
        assert_eq!(code(&vec![b'0'; MAX_INPUT + 1]), Code::InputTooLarge);
    }

    #[test]
    fn o1_a_quote_of_more_than_64_kib_is_refused() {
        let mut quote = vec![0; MAX_QUOTE + 1];
        quote[..8].copy_from_slice(&QUOTE);
        assert_eq!(code(&quote), Code::QuoteTooLarge);
    }

    #[test]
    fn o1_what_is_exactly_at_a_limit_is_read() {
        let mut quote = vec![0; MAX_QUOTE];
        quote[..8].copy_from_slice(&QUOTE);
        assert_eq!(Evidence::decode(&quote).unwrap().quote.len(), MAX_QUOTE);
        let mut text = b"03000200000000fb".to_vec();
        text.resize(MAX_INPUT, b'\n');
        assert_eq!(Evidence::decode(&text).unwrap().quote, QUOTE);
    }

    #[test]
    fn o4_utf16_and_byte_order_marks_are_named() {
        let utf16: Vec<u8> = "RAW Quote: 03"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(code(&utf16), Code::InputEncoding);
        assert_eq!(
            code(&[&[0xff, 0xfe], &utf16[..]].concat()),
            Code::InputEncoding
        );
        assert_eq!(
            code("\u{feff}RAW Quote: 03".as_bytes()),
            Code::InputEncoding
        );
        let big_endian: Vec<u8> = "RAW Quote: 03"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for (input, words) in [
            (big_endian.clone(), "(big endian) without"),
            (
                [&[0xfe, 0xff], &big_endian[..]].concat(),
                "UTF-16 (big endian);",
            ),
            (utf16, "(little endian) without"),
        ] {
            let finding = Evidence::decode(&input).unwrap_err();
            assert_eq!(finding.code, Code::InputEncoding);
            assert!(finding.detail.contains(words), "{}", finding.detail);
        }
        // Two letters with zeros between them, not one, nor numbers.
        for bytes in [
            [b'R', 0, 1, 0],
            [1, 0, b'R', 0],
            [0, b'R', 0, 1],
            [0, 1, 0, b'R'],
            [0, 1, 0, 2],
        ] {
            assert_eq!(code(&bytes), Code::InputNotAQuote, "{bytes:?}");
        }
    }

    #[test]
    fn what_begins_like_a_quote_is_one_and_nothing_else_is() {
        for begins in [
            &[3, 0, 2, 0][..],
            &[1, 0, 1, 0],
            &[9, 0, 3, 0],
            &[3, 0],
            &[5, 0, 2],
        ] {
            assert_eq!(Evidence::decode(begins).unwrap().form, Form::Raw);
        }
        for other in [
            &[0, 0, 2, 0][..],
            &[10, 0, 2, 0],
            &[3, 0, 0, 0],
            &[3, 0, 4, 0],
            &[3, 1, 2, 0],
            &[6, 0],
            &[3, 0, 1],
        ] {
            assert_eq!(code(other), Code::InputNotAQuote, "{other:?}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_says_which_character_is_wrong() {
        for (text, place, words) in [
            (
                "0300020000z000fb",
                Some("hex digit 11"),
                "\"z\", which is not hexadecimal",
            ),
            ("0x0300020", None, "7 digits, an odd number"),
            // A list of bytes is no odd number of digits, however many characters it has.
            (
                "0x03, 0x00, 0x02",
                Some("hex digit 5"),
                "character 5 is \",\", which is not",
            ),
            (
                "0300,0200",
                Some("hex digit 5"),
                "character 5 is \",\", which is not",
            ),
            ("AwACAA*AAPs=", Some("base64 character 7"), "\"*\""),
            ("AwACAAAAA", None, "its end is missing or damaged"),
        ] {
            let finding = Evidence::decode(text.as_bytes()).unwrap_err();
            assert_eq!(finding.place.as_deref(), place, "{text}");
            assert!(finding.detail.contains(words), "{}", finding.detail);
        }
    }

    #[test]
    fn how_it_was_read_is_said_in_words() {
        for (input, words) in [
            (&QUOTE[..], "a quote as raw bytes"),
            (b"03000200", "a quote as hexadecimal digits"),
            (b"AwACAAAAAPs", "a quote as base64"),
            (
                br#"{"raw_quote":"03000200"}"#,
                "a quote in the JSON field \"raw_quote\"",
            ),
        ] {
            assert_eq!(Evidence::decode(input).unwrap().form.description(), words);
        }
    }

    #[test]
    fn o4_bidi_homoglyphs_and_escapes_are_named_with_their_line() {
        for text in [
            "RAW Quote: 03\u{202e}",
            "RAW Quot\u{435}: 03",
            "RAW Quote: 03\u{1b}[2J",
        ] {
            let finding = Evidence::decode(format!("\n{text}").as_bytes()).unwrap_err();
            assert_eq!(finding.code, Code::InputCharacter, "{text:?}");
            assert!(finding.place.unwrap().starts_with("line 2"), "{text:?}");
        }
    }

    #[test]
    fn every_form_gives_the_same_quote() {
        let forms: [(&str, Vec<u8>); 8] = [
            ("raw", QUOTE.to_vec()),
            ("hex", b"03000200000000fb".to_vec()),
            ("hex", b"0x03000200 000000FB\r\n".to_vec()),
            ("base64", b"AwACAAAAAPs=".to_vec()),
            ("base64", b"AwACAAAAAPs".to_vec()),
            ("base64", b"AwACAA\nAAAPs=".to_vec()),
            (
                "json",
                br#"{"data":{"quote":"0x03000200000000fb"}}"#.to_vec(),
            ),
            (
                "json",
                br#"{"raw_quote":"AwACAAAAAPs=","n":[1,true,null,1.5]}"#.to_vec(),
            ),
        ];
        for (form, input) in forms {
            let evidence = Evidence::decode(&input).unwrap();
            assert_eq!(evidence.quote, QUOTE, "{}", String::from_utf8_lossy(&input));
            assert_eq!(evidence.view(input.len(), String::new()).form, form);
        }
        let url_safe =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([3, 0, 2, 0, 0xfb, 0xff]);
        assert!(url_safe.contains(['-', '_']));
        assert_eq!(
            Evidence::decode(url_safe.as_bytes()).unwrap().quote,
            [3, 0, 2, 0, 0xfb, 0xff]
        );
    }

    #[test]
    fn a_json_document_must_have_exactly_one_quote_field() {
        assert_eq!(code(br#"{"a":1}"#), Code::JsonQuoteField);
        assert_eq!(
            code(br#"{"quote":"03000200","quote":"04000200"}"#),
            Code::JsonQuoteField
        );
        assert_eq!(
            code(br#"{"quote":"03000200","x":{"rawQuote":"00"}}"#),
            Code::JsonQuoteField
        );
        assert_eq!(
            code(br#"{"quote":{"quote":"03000200"},"raw_quote":5}"#),
            Code::JsonQuoteField
        );
        assert_eq!(
            code(br#"{"quote":{"quote":"04000200","quote":"03000200"}}"#),
            Code::JsonQuoteField
        );
        assert_eq!(code(br#"{"quote":"03000200""#), Code::InputNotAQuote);
    }

    #[test]
    fn a_quote_field_without_text_and_a_servers_answer_are_named_as_what_they_are() {
        for (text, words) in [
            (
                r#"{"quote":[3,0,2,0]}"#,
                "The JSON field \"quote\" holds no text. A list of numbers is not read",
            ),
            (
                r#"{"x":{"raw_quote":{"type":"Buffer","data":[3,0,2,0]}}}"#,
                "\"raw_quote\" holds no text",
            ),
            (r#"{"quote":null}"#, "\"quote\" holds no text"),
            (
                r#"{"machineId":"00","label":"l","jwt":"eyJ.e30.AA"}"#,
                "like a trust server's answer, with a token in the field jwt and no quote",
            ),
            (r#"{"error":"no"}"#, "0 quote fields instead of one"),
            (r#"{"jwt":5}"#, "0 quote fields instead of one"),
        ] {
            let finding = Evidence::decode(text.as_bytes()).unwrap_err();
            assert_eq!(finding.code, Code::JsonQuoteField, "{text}");
            assert!(finding.detail.contains(words), "{}", finding.detail);
        }
        let finding = Evidence::decode(b"eyJhbGciOiJFZERTQSJ9.e30.AA_-\n").unwrap_err();
        assert_eq!(finding.code, Code::InputNotAQuote);
        assert!(
            finding.detail.contains("like a signed token"),
            "{}",
            finding.detail
        );
        for other in [
            &b"eyJ.e30"[..],
            b"eyJ.e30.AA.AA",
            b"eyJ.e 0.A+",
            b"abc.e30.AA",
        ] {
            let finding = Evidence::decode(other).unwrap_err();
            assert_eq!(finding.detail, "No quote was found in the input.");
        }
    }

    #[test]
    fn junk_is_no_quote_and_says_so() {
        assert_eq!(code(b""), Code::InputEmpty);
        assert_eq!(code(b" \r\n\t"), Code::InputEmpty);
        assert_eq!(
            code(&[0x7f, b'E', b'L', b'F', 0, 1, 2, 255]),
            Code::InputNotAQuote
        );
        assert_eq!(code(b"hello"), Code::InputNotAQuote);
        assert_eq!(code(b"deadbeef"), Code::InputNotAQuote);
        assert_eq!(code(b"AwACAAAAA"), Code::Base64Invalid);
        assert_eq!(code(b"AwACAA*AAPs="), Code::Base64Invalid);
        assert_eq!(code(b"0x0300020"), Code::HexInvalid);
        assert_eq!(code(b"03000200000000zz"), Code::HexInvalid);
    }
}
