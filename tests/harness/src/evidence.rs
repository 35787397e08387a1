//! How a vector's evidence is made.

use base64::Engine as _;
use cloud_witness::attester::{self, Generation};
use cloud_witness::identity::{PckChain, PckIdentity};
use cloud_witness::quote::Quote;
use serde::Deserialize;

/// Where the quote comes from, in which form it is given, and what is changed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceSpec {
    /// A quote of the dcap-qvl crate.
    pub sample: Option<String>,
    /// A forged quote, with its collateral.
    pub forge: Option<forge::ForgeSpec>,
    /// No quote: this text instead.
    pub text: Option<String>,
    /// No quote: these bytes instead.
    pub bytes: Option<String>,
    /// `attester_output` (default), `raw`, `hex`, `hex_0x`, `base64`, `base64url`, `json`.
    pub form: Option<String>,
    /// Generation of the attester's format, by its day; default the newest.
    pub generation: Option<String>,
    /// The word after `Verification status:`; default `OK`.
    pub status: Option<String>,
    /// Made to the quote's bytes, in order, before it is put into its form.
    pub quote_edits: Vec<Edit>,
    /// Made to the finished input, in order.
    pub edits: Vec<Edit>,
}

/// One change.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Text `0` becomes `1`; it must stand there.
    Replace(String, String),
    /// Only the first `0` bytes stay.
    Cut(usize),
    /// Text is added at the end.
    Append(String),
    /// Bytes in hex are added at the end.
    AppendBytes(String),
    /// Zeros are added at the end.
    Zeros(usize),
    /// Bytes in hex stand at the front.
    PrependBytes(String),
    /// The byte at `at` is replaced.
    Patch { at: usize, hex: String },
    /// Line ends become CR LF.
    Crlf,
    /// Saved as UTF-16, little endian, with a byte order mark.
    Utf16,
    /// Hex digits of the quote's line in alternating case.
    MixedCase,
    /// The line that contains this text goes away.
    DropLine(String),
    /// The first line is doubled.
    DoubleFirstLine,
    /// The first line becomes the last.
    FirstLineLast,
}

impl EvidenceSpec {
    /// The quote before it is put into its form.
    fn quote(&self) -> Vec<u8> {
        let mut quote = match (&self.sample, &self.forge) {
            (Some(name), None) => crate::samples::quote(name),
            (None, Some(spec)) => spec.build().quote,
            _ => panic!("evidence needs exactly one of sample, forge, text, bytes"),
        };
        for edit in &self.quote_edits {
            quote = edit.apply(quote);
        }
        quote
    }

    /// The finished input.
    pub fn make(&self) -> Vec<u8> {
        let mut input = match (&self.text, &self.bytes) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(bytes)) => hex::decode(bytes).unwrap(),
            _ => self.in_form(self.quote()),
        };
        for edit in &self.edits {
            input = edit.apply(input);
        }
        input
    }

    fn in_form(&self, quote: Vec<u8>) -> Vec<u8> {
        let engine = base64::engine::general_purpose::STANDARD;
        match self.form.as_deref().unwrap_or("attester_output") {
            "raw" => quote,
            "hex" => hex::encode(quote).into_bytes(),
            "hex_0x" => format!("0x{}\n", hex::encode_upper(quote)).into_bytes(),
            "base64" => engine.encode(quote).into_bytes(),
            "base64url" => base64::engine::general_purpose::URL_SAFE_NO_PAD
                .encode(quote)
                .into_bytes(),
            "json" => serde_json::json!({ "quote": hex::encode(quote) })
                .to_string()
                .into_bytes(),
            "attester_output" => attester_text(
                &quote,
                self.generation.as_deref().unwrap_or("2026-02-15"),
                self.status.as_deref().unwrap_or("OK"),
            )
            .into_bytes(),
            other => panic!("unknown form {other}"),
        }
    }

    /// MRENCLAVE of an SGX quote.
    pub fn mr_enclave(&self) -> String {
        hex::encode(&self.quote()[112..144])
    }

    /// PPID, SHA-256 of the SGX extensions, and charter key.
    pub fn machine_ids(&self) -> [String; 3] {
        let quote = Quote::parse(&self.quote()).unwrap();
        let chain = PckChain::parse(quote.pck_chain()).unwrap();
        let identity = PckIdentity::parse(&chain.pck).unwrap();
        let ca = cloud_witness::identity::PckCa::Platform;
        let ids = identity.view(ca, quote.tee()).machine_ids;
        let [ppid, extensions, charter] = &ids[..] else {
            panic!("three schemes")
        };
        [ppid, extensions, charter].map(|id| id.id.clone())
    }

    /// The collateral that belongs to the quote.
    pub fn collateral(&self) -> Option<String> {
        match (&self.sample, &self.forge) {
            (Some(name), _) => Some(crate::samples::collateral(name)),
            (_, Some(spec)) => Some(spec.build().collateral_json),
            _ => None,
        }
    }
}

/// What the attester prints for a quote.
pub fn attester_text(raw: &[u8], since: &str, status: &str) -> String {
    let generation = Generation::ALL
        .into_iter()
        .find(|generation| generation.since() == since)
        .expect("a generation's day");
    let quote = Quote::parse(raw).expect("a well-formed quote");
    let chain = PckChain::parse(quote.pck_chain()).expect("a PEM chain");
    let identity = PckIdentity::parse(&chain.pck).expect("SGX extensions");
    attester::print(raw, &quote, &identity, generation, status)
}

impl Edit {
    /// Applies the change.
    pub fn apply(&self, mut input: Vec<u8>) -> Vec<u8> {
        let text = |input: &[u8]| String::from_utf8(input.to_vec()).expect("text");
        match self {
            Self::Replace(from, to) => {
                let text = text(&input);
                assert!(text.contains(from.as_str()), "{from:?} is not there");
                text.replacen(from, to, 1).into_bytes()
            }
            Self::Cut(length) => {
                assert!(*length < input.len());
                input.truncate(*length);
                input
            }
            Self::Append(more) => [input, more.clone().into_bytes()].concat(),
            Self::AppendBytes(more) => [input, hex::decode(more).unwrap()].concat(),
            Self::PrependBytes(more) => [hex::decode(more).unwrap(), input].concat(),
            Self::Zeros(count) => [input, vec![0; *count]].concat(),
            Self::Patch { at, hex: bytes } => {
                let bytes = hex::decode(bytes).unwrap();
                input[*at..*at + bytes.len()].copy_from_slice(&bytes);
                input
            }
            Self::Crlf => text(&input).replace('\n', "\r\n").into_bytes(),
            Self::Utf16 => std::iter::once(0xfeff)
                .chain(text(&input).encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
            Self::MixedCase => {
                let text = text(&input);
                let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
                let (key, digits) = first.split_once(": ").expect("a line with a value");
                let digits: String = digits
                    .char_indices()
                    .map(|(i, c)| {
                        if i % 2 == 0 {
                            c.to_ascii_lowercase()
                        } else {
                            c.to_ascii_uppercase()
                        }
                    })
                    .collect();
                format!("{key}: {digits}\n{rest}").into_bytes()
            }
            Self::DropLine(part) => {
                let text = text(&input);
                assert!(text.lines().any(|line| line.contains(part.as_str())));
                text.lines()
                    .filter(|line| !line.contains(part.as_str()))
                    .map(|line| format!("{line}\n"))
                    .collect::<String>()
                    .into_bytes()
            }
            Self::FirstLineLast => {
                let text = text(&input);
                let (first, rest) = text.split_once('\n').expect("two lines");
                format!("{rest}{first}\n").into_bytes()
            }
            Self::DoubleFirstLine => {
                let text = text(&input);
                let first = text.lines().next().expect("a line");
                format!("{first}\n{text}").into_bytes()
            }
        }
    }
}
