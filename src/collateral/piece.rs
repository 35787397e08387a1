//! One piece of collateral: a TCB info, a QE identity, or a CRL, with the chain of who signed it.
//!
//! Reading a piece checks its shape and learns what it is for; it verifies nothing. The body stays byte for
//! byte as Intel signed it.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{MAX_CHAIN, MAX_FIELD};
use crate::identity::PckCa;
use crate::moment::parse_rfc3339;
use crate::quote::Tee;
use crate::text::{quoted, sha256_hex, work};
use crate::x509::{Certificate, Crl, ROOT_CA, Signed, Window, ecdsa_sig_value};

/// What a piece is for: by this it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The root's revocation list.
    RootCaCrl,
    /// The revocation list of one of the two PCK CAs.
    PckCrl(PckCa),
    /// The identity of the quoting enclave of a TEE.
    QeIdentity(Tee),
    /// The TCB info of a kind of platform: its TEE and FMSPC.
    TcbInfo(Tee, [u8; 6]),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RootCaCrl => write!(f, "root CA CRL"),
            Self::PckCrl(ca) => write!(f, "PCK CRL of the {} CA", ca.id()),
            Self::QeIdentity(tee) => write!(f, "QE identity for {}", tee.id()),
            Self::TcbInfo(tee, fmspc) => {
                write!(f, "TCB info for {} {}", tee.id(), hex::encode(fmspc))
            }
        }
    }
}

/// One piece, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What it is for.
    pub key: Key,
    /// The signed bytes.
    pub body: Body,
    /// Who signed it; `None` only for the root's CRL, which the root itself signs.
    pub chain: Option<Arc<IssuerChain>>,
    /// From issueDate or thisUpdate to nextUpdate; a CRL's last second is the one before.
    pub window: Window,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A JSON text of Intel's and the raw signature over it.
    Document {
        /// Byte for byte as signed.
        text: String,
        /// `r ‖ s`, 64 bytes when it is right.
        signature: Vec<u8>,
        /// What a reader wants to know of it.
        facts: Facts,
    },
    /// A revocation list.
    Crl {
        /// The whole list.
        der: Vec<u8>,
        /// The same, read.
        list: Box<Crl>,
    },
}

/// What a reader wants to know of a TCB info or QE identity. Not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `version` of the format.
    pub version: u64,
    /// tcbEvaluationDataNumber; the oldest TCB infos have none.
    pub tcb_evaluation_data_number: Option<u32>,
    /// How many TCB levels it has.
    pub levels: usize,
    /// Status of the first level, the newest, in Intel's words.
    pub newest_status: Option<String>,
    /// Date of that level, RFC 3339.
    pub newest_date: Option<String>,
}

/// The certificates of who signed a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerChain {
    /// As it was given.
    pub pem: String,
    /// The same, read; signer first, never empty.
    pub certificates: Vec<Certificate>,
}

/// A piece without its issuer chain, as a service's response body or a file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawPiece {
    /// `{"tcbInfo":…,"signature":…}`.
    TcbInfo {
        /// Byte for byte as signed.
        text: String,
        /// `r ‖ s`.
        signature: Vec<u8>,
    },
    /// `{"enclaveIdentity":…,"signature":…}`.
    QeIdentity {
        /// Byte for byte as signed.
        text: String,
        /// `r ‖ s`.
        signature: Vec<u8>,
    },
    /// DER.
    Crl(Vec<u8>),
}

/// Why something is no piece of collateral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceError {
    /// A field is over [`MAX_FIELD`].
    TooLarge {
        /// "TCB info", "issuer chain", …
        what: &'static str,
        /// How many bytes it has.
        bytes: usize,
    },
    /// An issuer chain is over [`MAX_CHAIN`].
    ChainTooLarge {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A body without the fields that it must have.
    Unreadable {
        /// "TCB info", "QE identity", "CRL".
        what: &'static str,
    },
    /// A document that is for something else than a bundle knows.
    NotFor {
        /// "TCB info", "QE identity", "CRL".
        what: &'static str,
        /// What it says that it is for.
        subject: String,
    },
    /// The issuer chain is not PEM certificates.
    ChainUnreadable,
    /// A piece that is not the root's CRL came without the chain of who signed it.
    ChainMissing {
        /// Which piece.
        key: Key,
    },
}

impl fmt::Display for PieceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { what, bytes } => write!(
                f,
                "The {what} has {bytes} bytes; at most {MAX_FIELD} are accepted."
            ),
            Self::ChainTooLarge { bytes } => write!(
                f,
                "The issuer chain has {bytes} bytes; at most {MAX_CHAIN} are accepted. Get it again: Intel's have two certificates."
            ),
            Self::Unreadable { what } => write!(
                f,
                "This is not a {what} as Intel publishes it. Get it again."
            ),
            Self::NotFor { what, subject } => write!(
                f,
                "This {what} is for {}, which is no use for a quote.",
                quoted(subject, 80)
            ),
            Self::ChainUnreadable => {
                write!(f, "The issuer chain is not PEM certificates. Get it again.")
            }
            Self::ChainMissing { key } => write!(
                f,
                "The {key} came without the chain of who signed it. Get it with its chain, or lay it over a bundle."
            ),
        }
    }
}

impl std::error::Error for PieceError {}

impl IssuerChain {
    /// Reads a chain from PEM text.
    ///
    /// # Errors
    /// [`PieceError::ChainTooLarge`] and [`PieceError::ChainUnreadable`].
    pub fn from_pem(pem: &str) -> Result<Self, PieceError> {
        Self::within_limit(pem)?;
        work::done();
        Certificate::chain_from_pem(pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .map(|certificates| Self {
                pem: pem.to_owned(),
                certificates,
            })
            .ok_or(PieceError::ChainUnreadable)
    }
}

impl IssuerChain {
    /// Whether it is short enough to be read.
    pub(super) fn within_limit(pem: &str) -> Result<(), PieceError> {
        if pem.len() > MAX_CHAIN {
            return Err(PieceError::ChainTooLarge { bytes: pem.len() });
        }
        Ok(())
    }
}

impl RawPiece {
    /// Reads a response body of Intel's service or of a PCCS, or a file that holds one: TCB info and QE
    /// identity as JSON, a CRL as DER, PEM or hex. `None` when it is none of these.
    ///
    /// Source: Intel, "SGX and TDX Provisioning Certification Service API", version 4; PCCS gives CRLs in hex.
    pub fn recognise(file: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Response<'a> {
            #[serde(borrow, rename = "tcbInfo")]
            tcb_info: Option<&'a RawValue>,
            #[serde(borrow, rename = "enclaveIdentity")]
            enclave_identity: Option<&'a RawValue>,
            signature: String,
        }
        let text = std::str::from_utf8(file).map(str::trim).ok();
        if let Some(text) = text.filter(|text| text.starts_with('{')) {
            let response: Response<'_> = serde_json::from_str(text).ok()?;
            let signature = hex::decode(&response.signature).ok()?;
            return match (response.tcb_info, response.enclave_identity) {
                (Some(body), None) => Some(Self::TcbInfo {
                    text: body.get().to_owned(),
                    signature,
                }),
                (None, Some(body)) => Some(Self::QeIdentity {
                    text: body.get().to_owned(),
                    signature,
                }),
                _ => None,
            };
        }
        let der = match text {
            Some(text) if text.starts_with("-----BEGIN") => pem::parse(text)
                .ok()
                .filter(|block| block.tag() == "X509 CRL")?
                .into_contents(),
            Some(text) => hex::decode(text).unwrap_or_else(|_| file.to_vec()),
            None => file.to_vec(),
        };
        Crl::from_der(&der).ok().map(|_| Self::Crl(der))
    }
}

impl Piece {
    /// A response body with the chain of who signed it; the root's CRL has none.
    ///
    /// # Errors
    /// [`PieceError`] says what is wrong with the body, or that the chain is missing.
    pub fn new(raw: RawPiece, chain: Option<Arc<IssuerChain>>) -> Result<Self, PieceError> {
        let mut piece = Self::without_chain(raw)?;
        if piece.key != Key::RootCaCrl {
            piece.chain = Some(chain.ok_or(PieceError::ChainMissing { key: piece.key })?);
        }
        Ok(piece)
    }

    /// The same before its chain is known: for who has to look the chain up by the key.
    pub(super) fn without_chain(raw: RawPiece) -> Result<Self, PieceError> {
        match raw {
            RawPiece::TcbInfo { text, signature } => tcb_info(text, signature),
            RawPiece::QeIdentity { text, signature } => qe_identity(text, signature),
            RawPiece::Crl(der) => crl(der),
        }
    }

    /// The signed bytes and the signature, as a verification takes them.
    pub fn signed(&self) -> Signed {
        match &self.body {
            Body::Document {
                text, signature, ..
            } => Signed {
                message: text.as_bytes().to_vec(),
                signature: ecdsa_sig_value(signature),
            },
            Body::Crl { list, .. } => list.signed.clone(),
        }
    }

    /// Who signed it, signer first; empty for the root's CRL.
    pub fn signers(&self) -> &[Certificate] {
        self.chain
            .as_ref()
            .map_or(&[], |chain| chain.certificates.as_slice())
    }

    /// What a reader wants to know of a TCB info or QE identity.
    pub const fn facts(&self) -> Option<&Facts> {
        match &self.body {
            Body::Document { facts, .. } => Some(facts),
            Body::Crl { .. } => None,
        }
    }

    /// The revocation list.
    pub fn crl(&self) -> Option<&Crl> {
        match &self.body {
            Body::Crl { list, .. } => Some(list),
            Body::Document { .. } => None,
        }
    }

    /// SHA-256 of the body's bytes: text, or DER.
    pub fn sha256(&self) -> String {
        match &self.body {
            Body::Document { text, .. } => sha256_hex(text.as_bytes()),
            Body::Crl { der, .. } => sha256_hex(der),
        }
    }

    /// Last second at which it and every certificate of its chain are valid, Unix time.
    pub fn valid_until(&self) -> u64 {
        self.signers()
            .iter()
            .map(|certificate| certificate.window.to)
            .fold(self.window.to, u64::min)
    }
}

/// The members that TCB info has had since its first version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TcbInfoHead {
    id: Option<String>,
    version: u64,
    issue_date: String,
    next_update: String,
    fmspc: String,
    tcb_evaluation_data_number: Option<u32>,
    tcb_levels: Vec<LevelHead>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QeIdentityHead {
    id: String,
    version: u64,
    issue_date: String,
    next_update: String,
    tcb_evaluation_data_number: Option<u32>,
    tcb_levels: Vec<LevelHead>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LevelHead {
    /// "status" until version 2.
    #[serde(alias = "status")]
    tcb_status: Option<String>,
    tcb_date: Option<String>,
}

fn tcb_info(text: String, signature: Vec<u8>) -> Result<Piece, PieceError> {
    const WHAT: &str = "TCB info";
    within_limit(WHAT, text.len().max(signature.len()))?;
    let unreadable = PieceError::Unreadable { what: WHAT };
    let head: TcbInfoHead = serde_json::from_str(&text).map_err(|_| unreadable.clone())?;
    let tee = match head.id.as_deref() {
        Some("SGX") => Tee::Sgx,
        Some("TDX") => Tee::Tdx,
        // Before version 3 there was nothing but SGX to tell apart.
        None if head.version < 3 => Tee::Sgx,
        other => {
            return Err(PieceError::NotFor {
                what: WHAT,
                subject: other.unwrap_or_default().chars().take(80).collect(),
            });
        }
    };
    let fmspc = fmspc_from_hex(&head.fmspc).ok_or_else(|| unreadable.clone())?;
    Ok(Piece {
        key: Key::TcbInfo(tee, fmspc),
        window: window(&head.issue_date, &head.next_update).ok_or(unreadable)?,
        body: Body::Document {
            text,
            signature,
            facts: facts(
                head.version,
                head.tcb_evaluation_data_number,
                head.tcb_levels,
            ),
        },
        chain: None,
    })
}

fn qe_identity(text: String, signature: Vec<u8>) -> Result<Piece, PieceError> {
    const WHAT: &str = "QE identity";
    within_limit(WHAT, text.len().max(signature.len()))?;
    let unreadable = PieceError::Unreadable { what: WHAT };
    let head: QeIdentityHead = serde_json::from_str(&text).map_err(|_| unreadable.clone())?;
    let tee = match head.id.as_str() {
        "QE" => Tee::Sgx,
        "TD_QE" => Tee::Tdx,
        other => {
            return Err(PieceError::NotFor {
                what: WHAT,
                subject: other.chars().take(80).collect(),
            });
        }
    };
    Ok(Piece {
        key: Key::QeIdentity(tee),
        window: window(&head.issue_date, &head.next_update).ok_or(unreadable)?,
        body: Body::Document {
            text,
            signature,
            facts: facts(
                head.version,
                head.tcb_evaluation_data_number,
                head.tcb_levels,
            ),
        },
        chain: None,
    })
}

fn crl(der: Vec<u8>) -> Result<Piece, PieceError> {
    const WHAT: &str = "CRL";
    within_limit(WHAT, der.len())?;
    let list = Crl::from_der(&der).map_err(|_| PieceError::Unreadable { what: WHAT })?;
    let key = if list.is_issued_by(ROOT_CA) {
        Key::RootCaCrl
    } else {
        PckCa::ALL
            .into_iter()
            .find(|ca| list.is_issued_by(ca.common_name()))
            .map(Key::PckCrl)
            .ok_or_else(|| PieceError::NotFor {
                what: WHAT,
                subject: list.issuer.chars().take(80).collect(),
            })?
    };
    Ok(Piece {
        key,
        window: list.window,
        body: Body::Crl {
            der,
            list: Box::new(list),
        },
        chain: None,
    })
}

fn facts(version: u64, number: Option<u32>, levels: Vec<LevelHead>) -> Facts {
    Facts {
        version,
        tcb_evaluation_data_number: number,
        levels: levels.len(),
        newest_status: levels.first().and_then(|level| level.tcb_status.clone()),
        newest_date: levels.first().and_then(|level| level.tcb_date.clone()),
    }
}

fn window(from: &str, to: &str) -> Option<Window> {
    Some(Window {
        from: parse_rfc3339(from)?,
        to: parse_rfc3339(to)?,
    })
}

/// Six bytes from twelve hex digits of any case.
pub fn fmspc_from_hex(text: &str) -> Option<[u8; 6]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn within_limit(what: &'static str, bytes: usize) -> Result<(), PieceError> {
    if bytes > MAX_FIELD {
        return Err(PieceError::TooLarge { what, bytes });
    }
    Ok(())
}
