//! Intel's Provisioning Certification Service, version 4, and a PCCS, which has the same paths.
//!
//! Source: Intel, "SGX and TDX Provisioning Certification Service API", version 4. What a PCCS does otherwise:
//! it gives CRLs in hex, has the root CA's CRL at `/rootcacrl`, and has no list of FMSPCs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_witness::collateral::piece::{
    IssuerChain, Key, Piece, PieceError, RawPiece, fmspc_from_hex,
};
use serde::Deserialize;

use crate::http::{Client, HttpError, Response};
use crate::plan::Plan;

/// More kinds of platform than this is no list of Intel's.
const MAX_FMSPCS: usize = 1_000;

/// A service, asked by one client. Issuer chains are read once.
#[derive(Debug)]
pub struct Service<'a> {
    plan: &'a Plan,
    client: &'a Client,
    chains: Mutex<BTreeMap<String, Arc<IssuerChain>>>,
}

/// Why a piece could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// No response.
    Http(HttpError),
    /// JSON was asked for, something else came.
    ContentType {
        /// What it says that it is, escaped.
        found: String,
    },
    /// The body is no response of Intel's: cut, or a page of something in between.
    Unrecognised {
        /// What it says that it is, escaped.
        content_type: String,
        /// How many bytes came.
        bytes: usize,
    },
    /// The header with the issuer chain is missing or there twice.
    ChainHeaderMissing {
        /// Its name.
        header: &'static str,
    },
    /// The header with the issuer chain is no URL-encoded PEM.
    ChainHeaderUnreadable {
        /// Its name.
        header: &'static str,
    },
    /// A response of the right form with a piece that cannot be read.
    Piece(PieceError),
    /// Another piece than was asked for.
    AnotherPiece {
        /// What came.
        key: Key,
    },
}

impl FetchError {
    /// A closed, stable code, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Http(HttpError::NotFound) => "NOT_FOUND",
            Self::Http(HttpError::Status { .. }) => "STATUS",
            Self::Http(HttpError::Redirect { .. }) => "REDIRECT",
            Self::Http(HttpError::AskedToWait { .. }) => "ASKED_TO_WAIT",
            Self::Http(HttpError::TooLarge) => "TOO_LARGE",
            Self::Http(HttpError::Connection { .. }) => "CONNECTION",
            Self::Http(HttpError::OutOfTime) => "OUT_OF_TIME",
            Self::ContentType { .. } => "CONTENT_TYPE",
            Self::Unrecognised { .. } => "UNRECOGNISED",
            Self::ChainHeaderMissing { .. } | Self::ChainHeaderUnreadable { .. } => "CHAIN_HEADER",
            Self::Piece(_) => "PIECE_UNREADABLE",
            Self::AnotherPiece { .. } => "ANOTHER_PIECE",
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => write!(f, "{error}"),
            Self::ContentType { found } => write!(
                f,
                "the answer is {found} instead of application/json; check --from"
            ),
            Self::Unrecognised {
                content_type,
                bytes,
            } => write!(
                f,
                "the answer ({bytes} bytes of {content_type}) is not what Intel's service gives; check --from"
            ),
            Self::ChainHeaderMissing { header } => write!(
                f,
                "the answer has not exactly one header {header}, which holds the issuer chain"
            ),
            Self::ChainHeaderUnreadable { header } => write!(
                f,
                "the answer's header {header} does not hold a URL-encoded issuer chain"
            ),
            Self::Piece(error) => write!(f, "{error}"),
            Self::AnotherPiece { key } => write!(f, "the answer holds another piece: {key}"),
        }
    }
}

impl std::error::Error for FetchError {}

impl<'a> Service<'a> {
    /// The plan's service.
    pub const fn new(plan: &'a Plan, client: &'a Client) -> Self {
        Self {
            plan,
            client,
            chains: Mutex::new(BTreeMap::new()),
        }
    }

    /// The kinds of platform that the service knows.
    ///
    /// # Errors
    /// [`FetchError`]; `NOT_FOUND` from a PCCS, which has no such list.
    pub fn fmspcs(&self) -> Result<Vec<[u8; 6]>, FetchError> {
        #[derive(Deserialize)]
        struct Entry {
            fmspc: String,
        }
        let response = self.get(&format!("{}/sgx/certification/v4/fmspcs", self.plan.from))?;
        require_json(&response)?;
        let unrecognised = || unrecognised(&response);
        let entries: Vec<Entry> =
            serde_json::from_slice(&response.body).map_err(|_| unrecognised())?;
        let mut fmspcs = entries
            .iter()
            .map(|entry| fmspc_from_hex(&entry.fmspc))
            .collect::<Option<Vec<_>>>()
            .filter(|fmspcs| fmspcs.len() <= MAX_FMSPCS)
            .ok_or_else(unrecognised)?;
        fmspcs.sort_unstable();
        fmspcs.dedup();
        Ok(fmspcs)
    }

    /// One piece, with the chain of who signed it. Its shape is read; nothing is verified yet.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn piece(&self, key: Key) -> Result<Piece, FetchError> {
        let response = self.get(&self.url(key))?;
        if matches!(key, Key::TcbInfo(..) | Key::QeIdentity(_)) {
            require_json(&response)?;
        }
        let raw = RawPiece::recognise(&response.body).ok_or_else(|| unrecognised(&response))?;
        let chain = match key {
            Key::RootCaCrl => None,
            // Version 3 of the API wrote the first of these with a prefix; some caches still do.
            Key::TcbInfo(..) => Some(self.chain(
                &response,
                &["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"],
            )?),
            Key::QeIdentity(_) => {
                Some(self.chain(&response, &["SGX-Enclave-Identity-Issuer-Chain"])?)
            }
            Key::PckCrl(_) => Some(self.chain(&response, &["SGX-PCK-CRL-Issuer-Chain"])?),
        };
        let piece = Piece::new(raw, chain).map_err(FetchError::Piece)?;
        if piece.key != key {
            return Err(FetchError::AnotherPiece { key: piece.key });
        }
        Ok(piece)
    }

    fn url(&self, key: Key) -> String {
        let from = &self.plan.from;
        match key {
            Key::RootCaCrl => self.plan.root_ca_crl.clone(),
            Key::PckCrl(ca) => format!(
                "{from}/sgx/certification/v4/pckcrl?ca={}&encoding=der",
                ca.id()
            ),
            Key::QeIdentity(tee) => format!("{from}/{}/certification/v4/qe/identity", tee.word()),
            Key::TcbInfo(tee, fmspc) => format!(
                "{from}/{}/certification/v4/tcb?fmspc={}",
                tee.word(),
                hex::encode(fmspc)
            ),
        }
    }

    fn get(&self, url: &str) -> Result<Response, FetchError> {
        self.client.get(url).map_err(FetchError::Http)
    }

    fn chain(
        &self,
        response: &Response,
        names: &[&'static str],
    ) -> Result<Arc<IssuerChain>, FetchError> {
        let header = names.first().copied().unwrap_or_default();
        let encoded = names
            .iter()
            .find_map(|name| response.header(&name.to_ascii_lowercase()))
            .ok_or(FetchError::ChainHeaderMissing { header })?;
        let unreadable = FetchError::ChainHeaderUnreadable { header };
        let pem = percent_encoding::percent_decode_str(encoded)
            .decode_utf8()
            .map_err(|_| unreadable.clone())?;
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = chains.get(pem.as_ref()) {
            return Ok(Arc::clone(known));
        }
        let chain = Arc::new(IssuerChain::from_pem(&pem).map_err(|_| unreadable)?);
        chains.insert(pem.into_owned(), Arc::clone(&chain));
        Ok(chain)
    }
}

fn require_json(response: &Response) -> Result<(), FetchError> {
    if response.content_type != "application/json" {
        return Err(FetchError::ContentType {
            found: shown(&response.content_type),
        });
    }
    Ok(())
}

fn unrecognised(response: &Response) -> FetchError {
    FetchError::Unrecognised {
        content_type: shown(&response.content_type),
        bytes: response.body.len(),
    }
}

/// A media type for a message.
fn shown(content_type: &str) -> String {
    if content_type.is_empty() {
        return "no type".to_owned();
    }
    content_type
        .chars()
        .take(80)
        .flat_map(char::escape_default)
        .collect()
}
