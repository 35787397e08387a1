//! The strict structure of a quote.
//!
//! Three layouts are read: SGX version 3, TDX version 4, TDX version 5 (report bodies 1.0, 1.5 and 1.5ex).
//! Source: Intel, "SGX Data Center Attestation Primitives: ECDSA Quote Library API", appendix A.4 (version 3),
//! and "TDX DCAP Quoting Library API", appendix A.3 (versions 4 and 5).
//!
//! Every byte of the quote belongs to exactly one named field, so that nothing can hide between fields (O7).

use std::ops::Range;

use crate::code::Code;
use crate::report::{QuoteField, QuoteView};
use crate::text::{count, sha256_hex};

/// Zeros that may follow a quote: the quoting library rounds its buffer up (O7).
pub const MAX_PADDING: usize = 4096;

/// Intel's QE vendor ID, 939a7233-f79c-4ca9-940a-0db3957f0607.
pub const INTEL_QE_VENDOR_ID: [u8; 16] = [
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
];

/// Length of the QE authentication data that the engine takes. Intel's quoting enclave writes so many; the format allows any.
const ENGINES_QE_AUTH_DATA: usize = 32;

/// The trusted execution environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tee {
    /// Software Guard Extensions.
    Sgx,
    /// Trust Domain Extensions.
    Tdx,
}

impl Tee {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sgx, Self::Tdx];

    /// As it stands in TCB info's `id`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sgx => "SGX",
            Self::Tdx => "TDX",
        }
    }

    /// The word for it in our own formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sgx => "sgx",
            Self::Tdx => "tdx",
        }
    }
}

/// Which report body a quote carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    /// SGX enclave report, 384 bytes.
    Sgx,
    /// TD report 1.0, 584 bytes.
    Td10,
    /// TD report 1.5, 648 bytes.
    Td15,
    /// TD report 1.5ex, 885 bytes.
    Td15Ex,
}

impl Body {
    /// Plain words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sgx => "SGX enclave report",
            Self::Td10 => "TD report 1.0",
            Self::Td15 => "TD report 1.5",
            Self::Td15Ex => "TD report 1.5ex",
        }
    }

    const fn layout(self) -> &'static [&'static [Layout]] {
        match self {
            Self::Sgx => &[SGX_BODY],
            Self::Td10 => &[TD10_BODY],
            Self::Td15 => &[TD10_BODY, TD15_BODY],
            Self::Td15Ex => &[TD10_BODY, TD15_BODY, TD15EX_BODY],
        }
    }

    fn length(self) -> usize {
        self.layout()
            .iter()
            .flat_map(|part| part.iter())
            .map(|field| field.length)
            .sum()
    }
}

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Little-endian number.
    Number,
    /// Bytes as hex.
    Bytes,
    /// PEM text: shown by its length.
    Text,
}

/// One field of a fixed layout.
struct Layout {
    name: &'static str,
    length: usize,
    kind: Kind,
}

const fn number(name: &'static str, length: usize) -> Layout {
    Layout {
        name,
        length,
        kind: Kind::Number,
    }
}

const fn bytes(name: &'static str, length: usize) -> Layout {
    Layout {
        name,
        length,
        kind: Kind::Bytes,
    }
}

const HEADER: &[Layout] = &[
    number("header.version", 2),
    number("header.attestation_key_type", 2),
    number("header.tee_type", 4),
    number("header.qe_svn", 2),
    number("header.pce_svn", 2),
    bytes("header.qe_vendor_id", 16),
    bytes("header.user_data", 20),
];

const SGX_BODY: &[Layout] = &[
    bytes("report_body.cpu_svn", 16),
    bytes("report_body.misc_select", 4),
    bytes("report_body.reserved1", 12),
    bytes("report_body.isv_ext_prod_id", 16),
    bytes("report_body.attributes", 16),
    bytes("report_body.mr_enclave", 32),
    bytes("report_body.reserved2", 32),
    bytes("report_body.mr_signer", 32),
    bytes("report_body.reserved3", 32),
    bytes("report_body.config_id", 64),
    number("report_body.isv_prod_id", 2),
    number("report_body.isv_svn", 2),
    number("report_body.config_svn", 2),
    bytes("report_body.reserved4", 42),
    bytes("report_body.isv_family_id", 16),
    bytes("report_body.report_data", 64),
];

const TD10_BODY: &[Layout] = &[
    bytes("report_body.tee_tcb_svn", 16),
    bytes("report_body.mr_seam", 48),
    bytes("report_body.mr_signer_seam", 48),
    bytes("report_body.seam_attributes", 8),
    bytes("report_body.td_attributes", 8),
    bytes("report_body.xfam", 8),
    bytes("report_body.mr_td", 48),
    bytes("report_body.mr_config_id", 48),
    bytes("report_body.mr_owner", 48),
    bytes("report_body.mr_owner_config", 48),
    bytes("report_body.rtmr0", 48),
    bytes("report_body.rtmr1", 48),
    bytes("report_body.rtmr2", 48),
    bytes("report_body.rtmr3", 48),
    bytes("report_body.report_data", 64),
];

const TD15_BODY: &[Layout] = &[
    bytes("report_body.tee_tcb_svn2", 16),
    bytes("report_body.mr_service_td", 48),
];

const TD15EX_BODY: &[Layout] = &[
    number("report_body.vmid", 1),
    bytes("report_body.td_id", 32),
    bytes("report_body.dev_info", 48),
    bytes("report_body.init_service_td_hash", 48),
    bytes("report_body.init_service_td_attributes", 8),
    bytes("report_body.init_cpu_svn", 16),
    bytes("report_body.init_tee_tcb_svn", 16),
    bytes("report_body.init_tee_fmspc", 12),
    bytes("report_body.cur_service_td_hash", 48),
    bytes("report_body.cur_service_td_attributes", 8),
];

/// A quote that is read strictly. Nothing in it is authenticated yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    canonical: Vec<u8>,
    trailing_zeros: usize,
    version: u16,
    tee: Tee,
    body: Body,
    signed: usize,
    fields: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    name: &'static str,
    kind: Kind,
    range: Range<usize>,
}

/// Where and why bytes are not a quote that can be appraised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuoteError {
    /// The quote ends before a field does.
    Truncated {
        /// The field.
        field: &'static str,
        /// Its offset.
        at: usize,
        /// Bytes it needs.
        needs: usize,
        /// Bytes there are.
        has: usize,
    },
    /// Bytes stand where the format has none.
    TrailingBytes {
        /// Which part they follow.
        after: &'static str,
        /// Offset of the first one (for padding: of the first that is not zero).
        at: usize,
        /// How many.
        count: usize,
    },
    /// More than [`MAX_PADDING`] zeros follow.
    PaddingTooLong {
        /// Offset of the first one.
        at: usize,
        /// How many.
        count: usize,
    },
    /// A quote of the kind before DCAP.
    Epid {
        /// The quote's version.
        version: u16,
    },
    /// A value that is none of those that this verifier knows.
    Unknown {
        /// The field.
        field: &'static str,
        /// Its offset.
        at: usize,
        /// What stands there.
        value: String,
        /// The row's code.
        code: Code,
    },
    /// Sound, but beyond this verifier.
    Unsupported {
        /// The field.
        field: &'static str,
        /// Its offset.
        at: usize,
        /// What that value means.
        meaning: String,
        /// The row's code.
        code: Code,
    },
}

impl QuoteError {
    /// The row's code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Truncated { .. } => Code::QuoteTruncated,
            Self::TrailingBytes { .. } => Code::QuoteTrailingBytes,
            Self::PaddingTooLong { .. } => Code::QuotePaddingTooLong,
            Self::Epid { .. } => Code::QuoteEpid,
            Self::Unknown { code, .. } | Self::Unsupported { code, .. } => *code,
        }
    }

    /// Byte offset in the quote.
    pub const fn offset(&self) -> usize {
        match self {
            Self::Truncated { at, .. }
            | Self::TrailingBytes { at, .. }
            | Self::PaddingTooLong { at, .. }
            | Self::Unknown { at, .. }
            | Self::Unsupported { at, .. } => *at,
            Self::Epid { .. } => 0,
        }
    }
}

impl std::fmt::Display for QuoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truncated {
                field, needs, has, ..
            } => write!(
                f,
                "The quote ends inside {field}: {} needed, {has} there.",
                count(*needs, "byte")
            ),
            Self::TrailingBytes {
                after, count: n, ..
            } => {
                write!(f, "{} too many after {after}.", count(*n, "byte"))
            }
            Self::PaddingTooLong { count: n, .. } => write!(
                f,
                "{n} zero bytes follow the quote; at most {MAX_PADDING} are accepted."
            ),
            Self::Epid { version } => write!(
                f,
                "This is an EPID quote (version {version}): no certificate for a PPID is in it."
            ),
            Self::Unknown { field, value, .. } => {
                write!(f, "{field} is {value}, which this verifier does not know.")
            }
            Self::Unsupported { field, meaning, .. } => {
                write!(
                    f,
                    "{field} says {meaning}, which this verifier cannot appraise."
                )
            }
        }
    }
}

impl std::error::Error for QuoteError {}

impl Quote {
    /// Reads a quote, with the zeros that may follow it.
    ///
    /// # Errors
    /// [`QuoteError`] names the field, its offset, and what is wrong.
    pub fn parse(input: &[u8]) -> Result<Self, QuoteError> {
        let mut reader = Reader::new(input);
        if let [2, 0, 0 | 1, 0, ..] = input {
            return Err(reader.epid()?);
        }
        reader.layout(HEADER)?;
        let version = reader.number_u16("header.version");
        if !(3..=5).contains(&version) {
            return Err(reader.unknown("header.version", Code::QuoteVersionUnknown));
        }
        match reader.number_u16("header.attestation_key_type") {
            2 => {}
            3 => {
                return Err(reader.unsupported(
                    "header.attestation_key_type",
                    "3, an ECDSA key on P-384",
                    Code::AttestationKeyTypeUnsupported,
                ));
            }
            _ => {
                return Err(reader.unknown(
                    "header.attestation_key_type",
                    Code::AttestationKeyTypeUnknown,
                ));
            }
        }
        let tee = match (version, reader.number("header.tee_type")) {
            (_, 0) => Tee::Sgx,
            (4 | 5, 0x81) => Tee::Tdx,
            _ => return Err(reader.unknown("header.tee_type", Code::TeeTypeUnknown)),
        };
        if reader.value("header.qe_vendor_id") != INTEL_QE_VENDOR_ID {
            return Err(reader.unknown("header.qe_vendor_id", Code::QeVendorUnknown));
        }
        let body = match version {
            5 => reader.body_of_version_5(tee)?,
            _ if tee == Tee::Tdx => Body::Td10,
            _ => Body::Sgx,
        };
        for part in body.layout() {
            reader.layout(part)?;
        }
        let signed = reader.at;
        let declared = reader.length_prefix(AUTH_DATA_SIZE, 4)?;
        let end = reader.section("authentication data", declared)?;
        reader.take("auth_data.signature", 64, Kind::Bytes)?;
        reader.take("auth_data.attestation_key", 64, Kind::Bytes)?;
        if version == 3 {
            reader.qe_report_certification_data(end)?;
        } else {
            reader.certification_data_type("auth_data.certification_data.type", 6)?;
            let declared = reader.length_prefix(CERTIFICATION_DATA_SIZE, 4)?;
            let inner_end = reader.section("QE report certification data", declared)?;
            reader.qe_report_certification_data(inner_end)?;
            reader.nothing_left_before(end, "the certification data")?;
        }
        reader.only_zeros_left()?;
        // Only now: a damaged quote of a kind that is beyond this verifier is damaged first of all.
        if tee == Tee::Sgx && version != 3 {
            return Err(reader.unsupported(
                "header.version",
                &format!("{version} for an SGX enclave"),
                Code::SgxQuoteVersionUnsupported,
            ));
        }
        Ok(Self {
            canonical: input.get(..reader.at).unwrap_or_default().to_vec(),
            trailing_zeros: input.len().saturating_sub(reader.at),
            version,
            tee,
            body,
            signed,
            fields: reader.fields,
        })
    }

    /// The quote without padding.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Format version: 3, 4 or 5.
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// SGX or TDX.
    pub const fn tee(&self) -> Tee {
        self.tee
    }

    /// Which report body.
    pub const fn body(&self) -> Body {
        self.body
    }

    /// How many zeros follow.
    pub const fn trailing_zeros(&self) -> usize {
        self.trailing_zeros
    }

    /// Header and report body: what the attestation key signs.
    pub fn signed_bytes(&self) -> &[u8] {
        self.canonical.get(..self.signed).unwrap_or_default()
    }

    /// The bytes of a field, by its name; empty for a field that this quote does not have.
    pub fn bytes(&self, name: &str) -> &[u8] {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .and_then(|field| self.canonical.get(field.range.clone()))
            .unwrap_or_default()
    }

    /// The bytes of a field of known length.
    pub fn array<const N: usize>(&self, name: &str) -> Option<[u8; N]> {
        self.bytes(name).try_into().ok()
    }

    /// A little-endian number field.
    pub fn number(&self, name: &str) -> u64 {
        little_endian(self.bytes(name))
    }

    /// Offset of a field; 0 for one that this quote does not have.
    pub fn offset(&self, name: &str) -> usize {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map_or(0, |field| field.range.start)
    }

    /// What the QE report vouches for: the attestation key, then the QE authentication data.
    pub fn bound_by_qe(&self) -> Vec<u8> {
        [
            self.bytes("auth_data.attestation_key"),
            self.bytes(QE_AUTH_DATA),
        ]
        .concat()
    }

    /// The same quote with QE authentication data of the one length that the engine takes, in the place of its own of another
    /// length. Nothing signs the data themselves: the QE report has their hash, which row 10 compares with the quote's own.
    /// `None` for a quote that the engine takes as it is.
    pub fn with_engines_auth_data(&self) -> Option<Self> {
        let own = self.bytes(QE_AUTH_DATA).len();
        if own == ENGINES_QE_AUTH_DATA {
            return None;
        }
        let at = self.offset(QE_AUTH_DATA_SIZE);
        let after = at.saturating_add(2).saturating_add(own);
        let mut quote = self.canonical.get(..at)?.to_vec();
        quote.extend(u16::try_from(ENGINES_QE_AUTH_DATA).ok()?.to_le_bytes());
        quote.extend([0; ENGINES_QE_AUTH_DATA]);
        quote.extend(self.canonical.get(after..)?);
        for size in [AUTH_DATA_SIZE, CERTIFICATION_DATA_SIZE] {
            let [a, b, c, d] = self.array(size).unwrap_or_default();
            let declared = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
            let declared = declared
                .saturating_add(ENGINES_QE_AUTH_DATA)
                .saturating_sub(own);
            let at = self.offset(size);
            // A quote of version 3 has no certification data around its QE report.
            if at != 0 {
                quote
                    .get_mut(at..at.saturating_add(4))?
                    .copy_from_slice(&u32::try_from(declared).ok()?.to_le_bytes());
            }
        }
        Self::parse(&quote).ok()
    }

    /// The 64 bytes that carry the challenge.
    pub fn report_data(&self) -> &[u8] {
        self.bytes("report_body.report_data")
    }

    /// The QE report, 384 bytes.
    pub fn qe_report(&self) -> &[u8] {
        self.bytes("auth_data.qe_report")
    }

    /// The PCK certificate chain as it stands in the quote: PEM text.
    pub fn pck_chain(&self) -> &[u8] {
        self.bytes(PCK_CHAIN)
    }

    /// Byte offset of the PCK certificate chain.
    pub fn pck_chain_offset(&self) -> usize {
        self.offset(PCK_CHAIN)
    }

    /// The quote as the Report shows it.
    pub fn view(&self) -> QuoteView {
        QuoteView {
            version: self.version,
            tee: match self.tee {
                Tee::Sgx => "sgx",
                Tee::Tdx => "tdx",
            },
            body: self.body.label(),
            length: self.canonical.len(),
            trailing_zeros: self.trailing_zeros,
            sha256: sha256_hex(&self.canonical),
            report_data: hex::encode(self.report_data()),
            fields: self
                .fields
                .iter()
                .map(|field| QuoteField {
                    name: field.name,
                    value: shown(
                        field.kind,
                        self.canonical.get(field.range.clone()).unwrap_or_default(),
                    ),
                    offset: field.range.start,
                    length: field.range.len(),
                })
                .collect(),
        }
    }
}

const PCK_CHAIN: &str = "auth_data.pck_certificate_chain";
const AUTH_DATA_SIZE: &str = "auth_data.size";
const CERTIFICATION_DATA_SIZE: &str = "auth_data.certification_data.size";
const QE_AUTH_DATA_SIZE: &str = "auth_data.qe_auth_data.size";
const QE_AUTH_DATA: &str = "auth_data.qe_auth_data";

fn shown(kind: Kind, value: &[u8]) -> String {
    match kind {
        Kind::Number => little_endian(value).to_string(),
        Kind::Bytes => hex::encode(value),
        Kind::Text => String::from_utf8_lossy(value).into_owned(),
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .take(8)
        .fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

/// A cursor that names every byte it passes.
struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    fields: Vec<Span>,
}

impl<'a> Reader<'a> {
    const fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            at: 0,
            fields: Vec::new(),
        }
    }

    fn take(&mut self, name: &'static str, length: usize, kind: Kind) -> Result<(), QuoteError> {
        let has = self.input.len().saturating_sub(self.at);
        if has < length {
            return Err(QuoteError::Truncated {
                field: name,
                at: self.at,
                needs: length,
                has,
            });
        }
        let end = self.at.saturating_add(length);
        self.fields.push(Span {
            name,
            kind,
            range: self.at..end,
        });
        self.at = end;
        Ok(())
    }

    /// An EPID quote, which must be whole: a damaged quote is damaged first of all.
    ///
    /// Source: Intel, SGX SDK, `sgx_quote.h`, `sgx_quote_t`: a header of 48 bytes with the type of the signature (0 unlinkable,
    /// 1 linkable) after the version, a report body, and the signature's length before it.
    fn epid(&mut self) -> Result<QuoteError, QuoteError> {
        self.take("header", 48, Kind::Bytes)?;
        self.layout(SGX_BODY)?;
        let length = self.length_prefix("signature_len", 4)?;
        self.take("signature", length, Kind::Bytes)?;
        self.only_zeros_left()?;
        Ok(QuoteError::Epid { version: 2 })
    }

    fn layout(&mut self, layout: &[Layout]) -> Result<(), QuoteError> {
        layout
            .iter()
            .try_for_each(|field| self.take(field.name, field.length, field.kind))
    }

    /// Quote version 5 says which report body follows, and how long it is.
    fn body_of_version_5(&mut self, tee: Tee) -> Result<Body, QuoteError> {
        self.take("body.type", 2, Kind::Number)?;
        self.take("body.size", 4, Kind::Number)?;
        let body = match (tee, self.number("body.type")) {
            (Tee::Sgx, 1) => Body::Sgx,
            (Tee::Tdx, 2) => Body::Td10,
            (Tee::Tdx, 3) => Body::Td15,
            (Tee::Tdx, 4) => Body::Td15Ex,
            _ => return Err(self.unknown("body.type", Code::QuoteBodyUnknown)),
        };
        if usize::try_from(self.number("body.size")) != Ok(body.length()) {
            return Err(self.unknown("body.size", Code::QuoteBodySize));
        }
        Ok(body)
    }

    /// QE report, its signature, QE authentication data, and the PCK certificate chain, up to `end`.
    fn qe_report_certification_data(&mut self, end: usize) -> Result<(), QuoteError> {
        self.take("auth_data.qe_report", 384, Kind::Bytes)?;
        self.take("auth_data.qe_report_signature", 64, Kind::Bytes)?;
        let length = self.length_prefix(QE_AUTH_DATA_SIZE, 2)?;
        self.take(QE_AUTH_DATA, length, Kind::Bytes)?;
        self.certification_data_type("auth_data.pck_certification_data.type", 5)?;
        let length = self.length_prefix("auth_data.pck_certification_data.size", 4)?;
        self.take(PCK_CHAIN, length, Kind::Text)?;
        self.nothing_left_before(end, "the PCK certificate chain")
    }

    /// Outer type 6, inner type 5; types 1 to 4 keep the certificate chain out of the quote (O6).
    fn certification_data_type(
        &mut self,
        name: &'static str,
        expected: u64,
    ) -> Result<(), QuoteError> {
        self.take(name, 2, Kind::Number)?;
        let meaning = match (expected, self.number(name)) {
            (expected, found) if found == expected => return Ok(()),
            (5, 1) => "1, a plain PPID",
            (5, 2) => "2, a PPID encrypted with RSA-2048",
            (5, 3) => "3, a PPID encrypted with RSA-3072",
            (5, 4) => "4, a PCK certificate without its chain",
            _ => return Err(self.unknown(name, Code::CertificationDataWrong)),
        };
        Err(self.unsupported(name, meaning, Code::CertificationDataUnsupported))
    }

    fn length_prefix(&mut self, name: &'static str, size: usize) -> Result<usize, QuoteError> {
        self.take(name, size, Kind::Number)?;
        Ok(usize::try_from(self.number(name)).unwrap_or(usize::MAX))
    }

    /// The end of a section of declared length, which must lie within the input.
    fn section(&self, name: &'static str, length: usize) -> Result<usize, QuoteError> {
        let has = self.input.len().saturating_sub(self.at);
        if has < length {
            return Err(QuoteError::Truncated {
                field: name,
                at: self.at,
                needs: length,
                has,
            });
        }
        Ok(self.at.saturating_add(length))
    }

    /// Fields may not run past their section either: then the section's end lies behind the cursor.
    fn nothing_left_before(&self, end: usize, after: &'static str) -> Result<(), QuoteError> {
        match end.checked_sub(self.at) {
            Some(0) => Ok(()),
            Some(count) => Err(QuoteError::TrailingBytes {
                after,
                at: self.at,
                count,
            }),
            None => Err(QuoteError::Truncated {
                field: after,
                at: end,
                needs: self.at.saturating_sub(end),
                has: 0,
            }),
        }
    }

    fn only_zeros_left(&self) -> Result<(), QuoteError> {
        let rest = self.input.get(self.at..).unwrap_or_default();
        if let Some(position) = rest.iter().position(|byte| *byte != 0) {
            return Err(QuoteError::TrailingBytes {
                after: "the quote",
                at: self.at.saturating_add(position),
                count: rest.len().saturating_sub(position),
            });
        }
        if rest.len() > MAX_PADDING {
            return Err(QuoteError::PaddingTooLong {
                at: self.at,
                count: rest.len(),
            });
        }
        Ok(())
    }

    fn span(&self, name: &str) -> Option<&Span> {
        self.fields.iter().rev().find(|field| field.name == name)
    }

    fn value(&self, name: &str) -> &'a [u8] {
        self.span(name)
            .and_then(|field| self.input.get(field.range.clone()))
            .unwrap_or_default()
    }

    fn number(&self, name: &str) -> u64 {
        little_endian(self.value(name))
    }

    fn number_u16(&self, name: &str) -> u16 {
        u16::try_from(self.number(name)).unwrap_or(u16::MAX)
    }

    fn unknown(&self, field: &'static str, code: Code) -> QuoteError {
        let span = self.span(field);
        QuoteError::Unknown {
            field,
            at: span.map_or(0, |span| span.range.start),
            value: span.map_or_else(String::new, |span| shown(span.kind, self.value(field))),
            code,
        }
    }

    fn unsupported(&self, field: &'static str, meaning: &str, code: Code) -> QuoteError {
        QuoteError::Unsupported {
            field,
            at: self.span(field).map_or(0, |span| span.range.start),
            meaning: meaning.to_owned(),
            code,
        }
    }
}
