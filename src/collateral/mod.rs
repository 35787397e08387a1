//! Collateral: what Intel vouches for. Reading verifies nothing.
//!
//! | module | what |
//! |---|---|
//! | this one | one platform's collateral as typed pieces, for the appraisal |
//! | [`bundle`] | every platform's collateral in one document, to be looked up by TEE, FMSPC and CA |
//! | [`piece`] | one TCB info, QE identity or CRL |
//! | `form`, [`view`] | a bundle as JSON; a bundle as people see it |
//! | `memory` | the texts that were read last, since the same few come again and again |
//! | [`rollback`] | whether one piece is older than another |
//! | `strict` | what Intel's library refuses in a document that can be read |
//!
//! One platform's collateral is dcap-qvl's `QuoteCollateralV3` JSON. Bodies stay byte for byte as Intel
//! signed them. A `pck_certificate_chain` in the file is never used: the chain is the quote's (O9).

pub mod bundle;
mod form;
mod memory;
pub mod piece;
pub mod rollback;
mod strict;
pub mod view;

use std::rc::Rc;

use dcap_qvl::{QeIdentity, QuoteCollateralV3, TcbInfo};

pub use self::form::pieces_of_document;

use self::bundle::Bundle;
use self::piece::{Key, RawPiece};
use crate::code::Code;
use crate::identity::PckCa;
use crate::moment::{in_words, parse_rfc3339};
use crate::quote::Tee;
use crate::report::{CollateralView, Finding, WindowView};
use crate::text::sha256_hex;
use crate::x509::{Certificate, Crl, Signed, Window, ecdsa_sig_value};

/// Largest field (O1).
pub const MAX_FIELD: usize = 1024 * 1024;
/// Largest issuer chain: Intel's have two certificates, and 2 KB.
pub const MAX_CHAIN: usize = 16 * 1024;
/// Largest file: nine fields, the bytes among them in hex.
pub const MAX_FILE: usize = 12 * MAX_FIELD;

/// Who handed the collateral over (O16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Source {
    /// This site's own.
    Site,
    /// The witness fetched it.
    Witness,
    /// The applicant sent it: the most careful reading, and the default.
    #[default]
    Applicant,
}

impl Source {
    /// The word used at every border.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Witness => "witness",
            Self::Applicant => "applicant",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Site, Self::Witness, Self::Applicant]
            .into_iter()
            .find(|source| source.id() == word)
    }
}

/// Collateral as a caller has it.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// A file: one platform's collateral as QuoteCollateralV3 JSON, or a whole bundle as JSON.
    Document(&'a [u8]),
    /// A bundle that was loaded before.
    Bundle(&'a Bundle),
}

impl<'a> From<&'a [u8]> for Given<'a> {
    fn from(file: &'a [u8]) -> Self {
        Self::Document(file)
    }
}

impl<'a> From<&'a Bundle> for Given<'a> {
    fn from(bundle: &'a Bundle) -> Self {
        Self::Bundle(bundle)
    }
}

/// By what a bundle is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// The quote's TEE.
    pub tee: Tee,
    /// The PCK certificate's FMSPC.
    pub fmspc: [u8; 6],
    /// The PCK certificate's issuer.
    pub ca: PckCa,
}

impl Given<'_> {
    /// The QuoteCollateralV3 document that is appraised with: the file itself, or what a bundle has for this
    /// platform. `None` when there is a bundle, but no platform to look up by.
    pub(crate) fn document_for(
        self,
        platform: Option<Platform>,
    ) -> Option<Result<Rc<Document>, Finding>> {
        match self {
            Self::Bundle(bundle) => Some(look_up(bundle, platform?)),
            Self::Document(file) => {
                // What is remembered is no bundle.
                if let Some(document) = memory::recall(file) {
                    return Some(Ok(document));
                }
                if !Bundle::recognise(file) {
                    return Some(Ok(memory::read(file)));
                }
                match Bundle::parse(file) {
                    Ok(bundle) => Some(look_up(&bundle, platform?)),
                    Err(error) => Some(Err(Finding::fail(
                        Code::CollateralUnreadable,
                        error.to_string(),
                    ))),
                }
            }
        }
    }
}

fn look_up(bundle: &Bundle, platform: Platform) -> Result<Rc<Document>, Finding> {
    let Platform { tee, fmspc, ca } = platform;
    bundle
        .find(tee, fmspc, ca)
        .map(|text| {
            let text = text.as_bytes();
            memory::recall(text).unwrap_or_else(|| memory::read(text))
        })
        .map_err(|lacking| {
            let lacking: Vec<String> = lacking.iter().map(ToString::to_string).collect();
            Finding::fail(
                Code::CollateralNotInBundle,
                format!(
                    "The machine is {} with FMSPC {}, certified by {}; the bundle of {} has no {}.",
                    tee.id(),
                    hex::encode(fmspc),
                    ca.common_name(),
                    in_words(bundle.fetched_at),
                    lacking.join(", no ")
                ),
            )
        })
}

/// One QuoteCollateralV3 text, read.
#[derive(Debug)]
pub(crate) struct Document {
    /// SHA-256 of the text; `None` when it is larger than any such document may be.
    pub(crate) sha256: Option<String>,
    /// What it says, or a finding of row `collateral.found` that names the field.
    pub(crate) collateral: Result<Collateral, Finding>,
}

impl Document {
    fn read(text: &[u8]) -> Self {
        Self {
            sha256: (text.len() <= MAX_FILE).then(|| sha256_hex(text)),
            collateral: Collateral::parse(text),
        }
    }
}

/// One platform's collateral.
#[derive(Debug, Clone, PartialEq)]
pub struct Collateral {
    /// The pieces as the engine takes them, without a PCK certificate chain.
    raw: QuoteCollateralV3,
    /// TCB info.
    pub tcb_info: TcbInfo,
    /// Identity of the quoting enclave.
    pub qe_identity: QeIdentity,
    /// Who signed the TCB info, signer first.
    pub tcb_signers: Vec<Certificate>,
    /// Who signed the QE identity, signer first.
    pub qe_signers: Vec<Certificate>,
    /// Who signed the PCK CRL, the PCK CA first.
    pub pck_crl_signers: Vec<Certificate>,
    /// CRL of the root.
    pub root_crl: Crl,
    /// CRL of the PCK CA.
    pub pck_crl: Crl,
    tcb_info_window: Window,
    qe_identity_window: Window,
}

impl Collateral {
    /// Reads collateral from JSON text.
    ///
    /// # Errors
    /// A finding of row `collateral.found` that names the field.
    pub fn parse(json: &[u8]) -> Result<Self, Finding> {
        if json.len() > MAX_FILE {
            return Err(Finding::fail(
                Code::CollateralTooLarge,
                format!("The collateral has more than {MAX_FILE} bytes."),
            ));
        }
        let mut raw: QuoteCollateralV3 = serde_json::from_slice(json).map_err(|error| {
            if RawPiece::recognise(json).is_some() {
                return Finding::fail(
                    Code::CollateralPieceAlone,
                    "This is one piece of collateral: a TCB info, a QE identity or a CRL by itself.",
                );
            }
            Finding::fail(
                Code::CollateralUnreadable,
                "The collateral is neither a bundle nor JSON with the fields of QuoteCollateralV3.",
            )
            .at(format!(
                "collateral, line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        raw.pck_certificate_chain = None;
        for (field, length) in [
            ("pck_crl_issuer_chain", raw.pck_crl_issuer_chain.len()),
            ("root_ca_crl", raw.root_ca_crl.len()),
            ("pck_crl", raw.pck_crl.len()),
            ("tcb_info_issuer_chain", raw.tcb_info_issuer_chain.len()),
            ("tcb_info", raw.tcb_info.len()),
            ("tcb_info_signature", raw.tcb_info_signature.len()),
            (
                "qe_identity_issuer_chain",
                raw.qe_identity_issuer_chain.len(),
            ),
            ("qe_identity", raw.qe_identity.len()),
            ("qe_identity_signature", raw.qe_identity_signature.len()),
        ] {
            let most = if field.ends_with("_chain") {
                MAX_CHAIN
            } else {
                MAX_FIELD
            };
            if length > most {
                return Err(Finding::fail(
                    Code::CollateralTooLarge,
                    format!("The collateral's field {field} has {length} bytes; at most {most} are accepted."),
                )
                .at(place(field)));
            }
        }
        let tcb_info = tcb_info(&raw.tcb_info)?;
        let qe_identity = qe_identity(&raw.qe_identity)?;
        let tcb_info_window = window("tcb_info", &tcb_info.issue_date, &tcb_info.next_update)?;
        let qe_identity_window = window(
            "qe_identity",
            &qe_identity.issue_date,
            &qe_identity.next_update,
        )?;
        let tcb_signers = signers("tcb_info_issuer_chain", &raw.tcb_info_issuer_chain)?;
        Ok(Self {
            tcb_info_window,
            qe_identity_window,
            tcb_info,
            qe_identity,
            qe_signers: if raw.qe_identity_issuer_chain == raw.tcb_info_issuer_chain {
                tcb_signers.clone()
            } else {
                signers("qe_identity_issuer_chain", &raw.qe_identity_issuer_chain)?
            },
            tcb_signers,
            pck_crl_signers: signers("pck_crl_issuer_chain", &raw.pck_crl_issuer_chain)?,
            root_crl: crl("root_ca_crl", &raw.root_ca_crl)?,
            pck_crl: crl("pck_crl", &raw.pck_crl)?,
            raw,
        })
    }

    /// As the engine takes it.
    pub fn for_engine(&self) -> QuoteCollateralV3 {
        self.raw.clone()
    }

    /// The signed TCB info.
    pub fn signed_tcb_info(&self) -> Signed {
        Signed {
            message: self.raw.tcb_info.as_bytes().to_vec(),
            signature: ecdsa_sig_value(&self.raw.tcb_info_signature),
        }
    }

    /// The signed QE identity.
    pub fn signed_qe_identity(&self) -> Signed {
        Signed {
            message: self.raw.qe_identity.as_bytes().to_vec(),
            signature: ecdsa_sig_value(&self.raw.qe_identity_signature),
        }
    }

    /// Bytes of the two raw signatures.
    pub fn signature_lengths(&self) -> [(&'static str, usize); 2] {
        [
            ("TCB info", self.raw.tcb_info_signature.len()),
            ("QE identity", self.raw.qe_identity_signature.len()),
        ]
    }

    /// The four pieces that Intel issues anew, with their windows: what freshness is about.
    pub fn dated_pieces(&self) -> [(&'static str, Window); 4] {
        [
            ("TCB info", self.tcb_info_window),
            ("QE identity", self.qe_identity_window),
            ("PCK CRL", self.pck_crl.window),
            ("root CA CRL", self.root_crl.window),
        ]
    }

    /// Whether a CRL's number is larger than the engine's claims can hold, although it is one that RFC 5280 allows.
    pub fn has_number_beyond_the_engine(&self) -> bool {
        [&self.root_crl, &self.pck_crl].into_iter().any(|crl| {
            let length = crl.number.as_ref().map_or(0, Vec::len);
            crl.fault.is_none() && length > size_of::<u32>()
        })
    }

    /// Every certificate of the collateral, with the words for it.
    pub fn certificates(&self) -> impl Iterator<Item = (&'static str, &Certificate)> {
        [
            ("TCB info's issuer chain", &self.tcb_signers),
            ("QE identity's issuer chain", &self.qe_signers),
            ("PCK CRL's issuer chain", &self.pck_crl_signers),
        ]
        .into_iter()
        .flat_map(|(words, chain)| chain.iter().map(move |certificate| (words, certificate)))
    }

    /// Whether this collateral's documents speak of `tee`.
    pub fn is_for(&self, tee: Tee) -> bool {
        let qe = match tee {
            Tee::Sgx => "QE",
            Tee::Tdx => "TD_QE",
        };
        self.tcb_info.id == tee.id() && self.qe_identity.id == qe
    }

    /// The collateral as the Report shows it.
    pub fn view(&self, source: Source) -> CollateralView {
        CollateralView {
            source: source.id(),
            tee: self.tcb_info.id.clone(),
            fmspc: self.tcb_info.fmspc.to_ascii_lowercase(),
            tcb_evaluation_data_number: self.tcb_info.tcb_evaluation_data_number,
            qe_evaluation_data_number: self.qe_identity.tcb_evaluation_data_number,
            windows: self
                .dated_pieces()
                .into_iter()
                .map(|(piece, window)| WindowView {
                    piece: piece.to_owned(),
                    from: window.from,
                    to: window.to,
                })
                .collect(),
        }
    }
}

/// What every version of the two documents has.
#[derive(serde::Deserialize)]
struct Version {
    version: u64,
}

/// TCB info; version 2 is told apart first, as its levels have another shape (O13).
fn tcb_info(text: &str) -> Result<TcbInfo, Finding> {
    const FIELD: &str = "tcb_info";
    let unreadable = || unreadable(FIELD, "TCB info");
    let Version { version } = serde_json::from_str(text).map_err(|_| unreadable())?;
    if version != 3 {
        return Err(Finding::fail(
            Code::TcbInfoVersionUnsupported,
            format!("The TCB info is of version {version}; this verifier appraises version 3."),
        )
        .at(place(FIELD)));
    }
    let info: TcbInfo = serde_json::from_str(text).map_err(|_| unreadable())?;
    match strict::tcb_info(&info, text) {
        Some(wrong) => Err(
            Finding::fail(Code::TcbInfoInvalid, format!("The TCB info {wrong}.")).at(place(FIELD)),
        ),
        None => Ok(info),
    }
}

/// QE identity, of an SGX or a TDX QE: Intel's library knows version 2 only, although the engine takes a TD QE's of version 3.
fn qe_identity(text: &str) -> Result<QeIdentity, Finding> {
    const FIELD: &str = "qe_identity";
    let unreadable = || unreadable(FIELD, "a QE identity");
    let Version { version } = serde_json::from_str(text).map_err(|_| unreadable())?;
    if version != 2 {
        return Err(Finding::fail(
            Code::QeIdentityVersionUnsupported,
            format!("The QE identity is of version {version}; this verifier appraises version 2."),
        )
        .at(place(FIELD)));
    }
    let identity: QeIdentity = serde_json::from_str(text).map_err(|_| unreadable())?;
    match strict::qe_identity(&identity) {
        Some(wrong) => Err(Finding::fail(
            Code::QeIdentityInvalid,
            format!("The QE identity {wrong}."),
        )
        .at(place(FIELD))),
        None => Ok(identity),
    }
}

/// Why an appraisal could not read this TCB info or QE identity.
pub(crate) fn unreadable_document(key: Key, text: &str) -> Option<Finding> {
    match key {
        Key::TcbInfo(..) => tcb_info(text).err(),
        Key::QeIdentity(_) => qe_identity(text).err(),
        Key::RootCaCrl | Key::PckCrl(_) => None,
    }
}

fn window(field: &'static str, from: &str, to: &str) -> Result<Window, Finding> {
    match (parse_rfc3339(from), parse_rfc3339(to)) {
        (Some(from), Some(to)) => Ok(Window { from, to }),
        _ => Err(unreadable(
            field,
            "a document with issueDate and nextUpdate",
        )),
    }
}

fn signers(field: &'static str, chain: &str) -> Result<Vec<Certificate>, Finding> {
    let certificates =
        Certificate::chain_from_pem(chain).map_err(|_| unreadable(field, "PEM certificates"))?;
    if certificates.is_empty() {
        return Err(unreadable(field, "PEM certificates"));
    }
    Ok(certificates)
}

fn crl(field: &'static str, der: &[u8]) -> Result<Crl, Finding> {
    Crl::from_der(der).map_err(|_| unreadable(field, "a CRL in DER"))
}

fn unreadable(field: &'static str, what: &str) -> Finding {
    Finding::fail(
        Code::CollateralUnreadable,
        format!("The collateral's field {field} is not {what}."),
    )
    .at(place(field))
}

fn place(field: &str) -> String {
    format!("collateral, field {field}")
}
