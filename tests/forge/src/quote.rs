//! Quotes, from the header to the last trailing byte (Intel's "SGX ECDSA QuoteLibReference", appendix A, and
//! "TDX DCAP Quoting Library API", appendix A).

use serde::Deserialize;

use crate::bytes::{Bytes, Hex};
use crate::keys::derive;
use crate::pki::{CertificateName, Pki};
use crate::qe::attestation_key;
use crate::spec::{ForgeSpec, Tee};

/// Intel's QE vendor ID.
pub const INTEL_QE_VENDOR_ID: [u8; 16] = [
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
];

/// What the quote's header says. `None` is: what is right for the kind of quote.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Header {
    /// Version.
    pub version: Option<u16>,
    /// Attestation key type: 2 is ECDSA P-256, 3 is P-384. The signature stays one of P-256.
    pub attestation_key_type: u16,
    /// TEE type: 0 is SGX, 0x81 is TDX.
    pub tee_type: Option<u32>,
    /// QE SVN; reserved in TDX quotes.
    pub qe_svn: Option<u16>,
    /// PCE SVN; reserved in TDX quotes.
    pub pce_svn: Option<u16>,
    /// QE vendor ID.
    pub qe_vendor_id: Bytes<16>,
    /// User data: the QE ID in 16 bytes, and 4 zeros. Made from the machine's label by default.
    pub user_data: Option<Bytes<20>>,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            version: None,
            attestation_key_type: 2,
            tee_type: None,
            qe_svn: None,
            pce_svn: None,
            qe_vendor_id: Bytes(INTEL_QE_VENDOR_ID),
            user_data: None,
        }
    }
}

/// How the quote is laid out around what it says. `None` is: what is right.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// Version 5: the number of the body's type (1 SGX, 2 TDX 1.0, 3 TDX 1.5, 4 TDX 1.5ex). It is signed.
    pub body_type: Option<u16>,
    /// Version 5: the written length of the body. It is signed.
    pub body_length: Option<u32>,
    /// The written length of the signature data.
    pub auth_data_length: Option<u32>,
    /// Versions 4 and 5: the written length of the outer certification data.
    pub outer_length: Option<u32>,
    /// The written length of the (inner) certification data.
    pub inner_length: Option<u32>,
    /// The written length of the QE authentication data.
    pub qe_auth_data_length: Option<u16>,

    /// Versions 4 and 5: number of the outer certification data's type.
    pub outer_type: u16,
    /// Versions 4 and 5: what the outer certification data really are, if not what the number says.
    pub outer_content: Option<u16>,
    /// Number of the (inner) certification data's type.
    pub inner_type: u16,
    /// What the (inner) certification data really are, if not what the number says.
    pub inner_content: Option<u16>,

    /// Bytes before the first certificate of the PCK chain.
    pub before_pck_chain: Hex,
    /// Bytes after its last line feed; Intel's QE writes a NUL.
    pub after_pck_chain: Hex,
    /// Versions 4 and 5: bytes after the inner certification data, inside the outer.
    pub after_inner: Hex,
    /// Bytes after everything, inside the signature data.
    pub after_auth_data: Hex,
    /// Zeros after the quote.
    pub trailing_zeros: usize,
    /// Bytes after those.
    pub trailing: Hex,

    /// Bytes to write over those of the finished quote.
    pub patch: Vec<Patch>,
    /// Cut the quote to this length, after everything else.
    pub cut_at: Option<usize>,
}

/// Bytes to write over others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Offset of the first.
    pub at: usize,
    /// The bytes.
    pub hex: Hex,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            body_type: None,
            body_length: None,
            auth_data_length: None,
            outer_length: None,
            inner_length: None,
            qe_auth_data_length: None,
            outer_type: QE_REPORT_CERTIFICATION_DATA,
            outer_content: None,
            inner_type: PCK_CERTIFICATE_CHAIN,
            inner_content: None,
            before_pck_chain: Hex::default(),
            after_pck_chain: Hex(vec![0]),
            after_inner: Hex::default(),
            after_auth_data: Hex::default(),
            trailing_zeros: 0,
            trailing: Hex::default(),
            patch: Vec::new(),
            cut_at: None,
        }
    }
}

const PPID_IN_PLAIN: u16 = 1;
const PPID_UNDER_RSA_2048: u16 = 2;
const PPID_UNDER_RSA_3072: u16 = 3;
const PCK_CERTIFICATE: u16 = 4;
const PCK_CERTIFICATE_CHAIN: u16 = 5;
const QE_REPORT_CERTIFICATION_DATA: u16 = 6;

/// Makes and signs the quote.
pub(crate) fn quote(spec: &ForgeSpec, pki: &Pki) -> Vec<u8> {
    let layout = &spec.layout;
    let mut quote = match spec.tee {
        Tee::Epid => epid(spec),
        _ => dcap(spec, pki),
    };
    quote.extend(vec![0; layout.trailing_zeros]);
    quote.extend(&layout.trailing.0);
    for patch in &layout.patch {
        quote[patch.at..][..patch.hex.0.len()].copy_from_slice(&patch.hex.0);
    }
    if let Some(length) = layout.cut_at {
        quote.truncate(length);
    }
    quote
}

/// Intel's `sgx_quote_t`: version, type of the signature, group, QE SVN, PCE SVN, extended group, basename; a report body; the
/// signature behind its length.
fn epid(spec: &ForgeSpec) -> Vec<u8> {
    let signature = [derive::<512>("EPID signature"), derive::<512>("more of it")].concat();
    let signature = &signature[..680];
    [
        &spec.header.version.unwrap_or(2).to_le_bytes()[..],
        &spec.header.attestation_key_type.to_le_bytes(),
        &derive::<4>("EPID group"),
        &spec.qe.isv_svn.to_le_bytes(),
        &(crate::pck::PCE_SVN as u16).to_le_bytes(),
        &[0; 4],
        &derive::<32>("basename"),
        &spec.sgx.encode(&spec.challenge.0, spec.debug),
        &length_32(spec.layout.auth_data_length, signature),
        signature,
    ]
    .concat()
}

fn dcap(spec: &ForgeSpec, pki: &Pki) -> Vec<u8> {
    let layout = &spec.layout;
    let signed = [header(spec), body(spec)].concat();
    let key = attestation_key(spec);
    let mut auth_data = key.sign(&signed, spec.signatures.quote).to_vec();
    auth_data.extend(key.public());
    if spec.tee.version() == 3 {
        let number = layout.inner_type;
        let content = layout.inner_content.unwrap_or(number);
        auth_data.extend(qe_report_certification_data(spec, pki, number, content));
    } else {
        let content = layout.outer_content.unwrap_or(layout.outer_type);
        let content = certification_data(spec, pki, content);
        auth_data.extend(layout.outer_type.to_le_bytes());
        auth_data.extend(length_32(layout.outer_length, &content));
        auth_data.extend(content);
    }
    auth_data.extend(&layout.after_auth_data.0);

    let mut quote = signed;
    quote.extend(length_32(layout.auth_data_length, &auth_data));
    quote.extend(auth_data);
    quote
}

fn header(spec: &ForgeSpec) -> Vec<u8> {
    let (header, tee) = (&spec.header, spec.tee);
    let tdx = tee.is_tdx();
    let tee_type = if tdx { 0x81 } else { 0 };
    let qe_svn = if tdx { 0 } else { spec.qe.isv_svn };
    let pce_svn = if tdx { 0 } else { crate::pck::PCE_SVN as u16 };
    let qe_id: [u8; 16] = derive(&format!("QE ID on {}", spec.machine));
    [
        &header.version.unwrap_or(tee.version()).to_le_bytes()[..],
        &header.attestation_key_type.to_le_bytes(),
        &header.tee_type.unwrap_or(tee_type).to_le_bytes(),
        &header.qe_svn.unwrap_or(qe_svn).to_le_bytes(),
        &header.pce_svn.unwrap_or(pce_svn).to_le_bytes(),
        &header.qe_vendor_id.0,
        &header.user_data.unwrap_or(Bytes::padded(&qe_id)).0,
    ]
    .concat()
}

fn body(spec: &ForgeSpec) -> Vec<u8> {
    let report_data = &spec.challenge.0;
    let mut body = match spec.tee {
        Tee::Sgx | Tee::SgxV4 | Tee::SgxV5 | Tee::Epid => spec.sgx.encode(report_data, spec.debug),
        _ => spec.td.encode_10(report_data, spec.debug),
    };
    if matches!(spec.tee, Tee::Tdx15 | Tee::Tdx15ex) {
        body.extend(spec.td.encode_15());
    }
    if spec.tee == Tee::Tdx15ex {
        body.extend(spec.td.encode_15ex());
    }
    let Some(body_type) = spec.tee.body_type() else {
        return body;
    };
    let body_type = spec.layout.body_type.unwrap_or(body_type);
    let length = length_32(spec.layout.body_length, &body);
    [&body_type.to_le_bytes()[..], &length, &body].concat()
}

/// The QE report, its signature, the QE authentication data, and the certification data of the PCK: of type `number`,
/// and really of type `content`.
fn qe_report_certification_data(spec: &ForgeSpec, pki: &Pki, number: u16, content: u16) -> Vec<u8> {
    let layout = &spec.layout;
    let report = spec.qe.report(spec);
    let pck_key = pki.entity(CertificateName::Pck).key;
    let signature = pck_key.sign(&report, spec.signatures.qe_report);
    let qe_auth_data = &spec.qe.auth_data.0;
    let qe_auth_data_length = layout.qe_auth_data_length;
    let qe_auth_data_length = qe_auth_data_length.unwrap_or(qe_auth_data.len() as u16);
    let content = match content {
        // Nothing keeps a quote from wrapping such data once more; in there it ends.
        QE_REPORT_CERTIFICATION_DATA => {
            qe_report_certification_data(spec, pki, PCK_CERTIFICATE_CHAIN, PCK_CERTIFICATE_CHAIN)
        }
        _ => certification_data(spec, pki, content),
    };
    [
        &report,
        &signature[..],
        &qe_auth_data_length.to_le_bytes(),
        qe_auth_data,
        &number.to_le_bytes(),
        &length_32(layout.inner_length, &content),
        &content,
    ]
    .concat()
}

/// Certification data of a type, without type and length.
fn certification_data(spec: &ForgeSpec, pki: &Pki, content: u16) -> Vec<u8> {
    let layout = &spec.layout;
    match content {
        PPID_IN_PLAIN => identified(spec, &spec.pck.ppid(&spec.machine)),
        PPID_UNDER_RSA_2048 => identified(spec, &derive::<256>("encrypted PPID")),
        PPID_UNDER_RSA_3072 => identified(spec, &derive::<384>("encrypted PPID")),
        PCK_CERTIFICATE => pki.pem(&[CertificateName::Pck]).into_bytes(),
        PCK_CERTIFICATE_CHAIN => [
            &layout.before_pck_chain.0,
            pki.pem(&spec.chains.quote).as_bytes(),
            &layout.after_pck_chain.0,
        ]
        .concat(),
        QE_REPORT_CERTIFICATION_DATA => {
            let number = layout.inner_type;
            let content = layout.inner_content.unwrap_or(number);
            let mut data = qe_report_certification_data(spec, pki, number, content);
            data.extend(&layout.after_inner.0);
            data
        }
        // Type 7 is a platform manifest, which only Intel's registration service reads; others don't exist.
        _ => derive::<128>("platform manifest").to_vec(),
    }
}

/// A PPID, then what else it takes to ask Intel for the PCK certificate: CPUSVN, PCESVN, PCEID.
fn identified(spec: &ForgeSpec, ppid: &[u8]) -> Vec<u8> {
    let pce_svn = spec.pck.pce_svn as u16;
    [
        ppid,
        &spec.pck.cpu_svn.0,
        &pce_svn.to_le_bytes(),
        &spec.pck.pce_id.0,
    ]
    .concat()
}

fn length_32(written: Option<u32>, content: &[u8]) -> [u8; 4] {
    written.unwrap_or(content.len() as u32).to_le_bytes()
}

impl Tee {
    /// The version of the quote.
    pub(crate) fn version(self) -> u16 {
        match self {
            Self::Epid => 2,
            Self::Sgx => 3,
            Self::SgxV4 | Self::Tdx10 => 4,
            Self::SgxV5 | Self::Tdx10v5 | Self::Tdx15 | Self::Tdx15ex => 5,
        }
    }

    /// The number of the body's type, in version 5.
    fn body_type(self) -> Option<u16> {
        match self {
            Self::Sgx | Self::SgxV4 | Self::Tdx10 | Self::Epid => None,
            Self::SgxV5 => Some(1),
            Self::Tdx10v5 => Some(2),
            Self::Tdx15 => Some(3),
            Self::Tdx15ex => Some(4),
        }
    }
}
