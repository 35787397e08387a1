//! The bundle: everything that Intel publishes for verification, in one JSON document.
//!
//! A bundle is only a way to find the document: [`Bundle::select`] gives one platform's collateral as
//! QuoteCollateralV3 text, and the appraisal runs on that text as if it had been given itself. So nothing is
//! trusted because it lay in a bundle. Loading checks the shape and verifies nothing; using a piece verifies
//! that piece. The format is described in `docs/collateral.md`.

use std::collections::BTreeMap;
use std::fmt;

use super::form::{self, Document};
use super::piece::{Key, Piece, PieceError, RawPiece};
use super::rollback::{GoesBack, goes_back};
use crate::identity::PckCa;
use crate::quote::Tee;

/// Version of the format.
pub const SCHEMA: u32 = 1;
/// What tells a bundle from other JSON.
pub const KIND: &str = "cloud-witness collateral bundle";
/// Largest bundle, in bytes (O1).
pub const MAX_BUNDLE: usize = 32 * 1024 * 1024;
/// Most issuer chains of a bundle that is read: Intel's pieces have three between them, and each is kept as it was read.
pub const MAX_CHAINS: usize = 100;
/// Most TCB infos, and most QE identities, of a bundle that is read: Intel publishes a few hundred.
pub const MAX_PIECES: usize = 10_000;

/// Every piece at hand, at most one of each key.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// When it was fetched, Unix seconds, by the clock of who fetched it.
    pub fetched_at: u64,
    /// From where, for people: a service's URL, or plain words.
    pub from: String,
    pieces: BTreeMap<Key, Piece>,
}

/// Why a bundle cannot be used. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleError {
    /// More than [`MAX_BUNDLE`] bytes.
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// JSON, or a file, that is no bundle.
    NotABundle,
    /// A bundle of a later format.
    SchemaUnsupported {
        /// Its `schema`.
        schema: u64,
    },
    /// Not JSON of the documented form.
    Unreadable {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A member with a value that it cannot have.
    FieldInvalid {
        /// For example `tcb_infos[3].signature`.
        field: String,
        /// What it must be.
        must_be: &'static str,
    },
    /// One piece cannot be read.
    Piece {
        /// For example `tcb_infos[3]`.
        field: String,
        /// Why.
        error: PieceError,
    },
    /// Two pieces of the same key.
    Repeated {
        /// The key.
        key: Key,
    },
    /// A piece stands under another key than its body says.
    Misplaced {
        /// For example `tcb_infos[3]`.
        field: String,
        /// What the body says.
        key: Key,
    },
    /// A file to lay over a bundle is no piece of collateral.
    NotAPiece,
    /// A raw piece carries no issuer chain, and the bundle has none of its kind to lend.
    NoChainToLend {
        /// The piece.
        key: Key,
    },
}

impl BundleError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "BUNDLE_TOO_LARGE",
            Self::NotABundle => "BUNDLE_UNRECOGNISED",
            Self::SchemaUnsupported { .. } => "BUNDLE_SCHEMA_UNSUPPORTED",
            Self::Unreadable { .. } | Self::FieldInvalid { .. } => "BUNDLE_UNREADABLE",
            Self::Piece { .. } => "BUNDLE_PIECE_UNREADABLE",
            Self::Repeated { .. } => "BUNDLE_PIECE_REPEATED",
            Self::Misplaced { .. } => "BUNDLE_PIECE_MISPLACED",
            Self::NotAPiece => "PIECE_UNRECOGNISED",
            Self::NoChainToLend { .. } => "PIECE_CHAIN_MISSING",
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "The bundle has {bytes} bytes; at most {MAX_BUNDLE} are accepted."
            ),
            Self::NotABundle => write!(
                f,
                "This is no collateral bundle. Give the file that `prefetch` wrote, or this site's collateral.json."
            ),
            Self::SchemaUnsupported { schema } => write!(
                f,
                "The bundle has the format's version {schema}; this verifier reads version {SCHEMA}. Use a newer verifier."
            ),
            Self::Unreadable { line, column } => write!(
                f,
                "The bundle cannot be read at line {line}, column {column}. Get it again; docs/collateral.md has its form."
            ),
            Self::FieldInvalid { field, must_be } => write!(
                f,
                "The bundle's {field} must be {must_be}. Get the bundle again."
            ),
            Self::Piece { field, error } => write!(f, "The bundle's {field}: {error}"),
            Self::Repeated { key } => {
                write!(f, "The bundle has the {key} twice. Get the bundle again.")
            }
            Self::Misplaced { field, key } => write!(
                f,
                "The bundle's {field} holds the {key}, which is not what it stands for. Get the bundle again."
            ),
            Self::NotAPiece => write!(
                f,
                "This is no piece of collateral. Give a response of Intel's service: TCB info, QE identity or CRL; \
                 or QuoteCollateralV3 as JSON."
            ),
            Self::NoChainToLend { key } => write!(
                f,
                "A raw file does not say who signed it, and the bundle has no issuer chain for the {key}. \
                 Lay it over a bundle that has such a piece."
            ),
        }
    }
}

impl std::error::Error for BundleError {}

impl Bundle {
    /// A bundle without any piece.
    pub const fn new(fetched_at: u64, from: String) -> Self {
        Self {
            fetched_at,
            from,
            pieces: BTreeMap::new(),
        }
    }

    /// Whether a file says that it is a bundle, of whatever version and however damaged.
    pub fn recognise(file: &[u8]) -> bool {
        form::is_bundle(file)
    }

    /// Reads a bundle: its shape only, nothing is verified.
    ///
    /// ```
    /// use cloud_witness::{Bundle, Moment, Request, Verifier};
    ///
    /// let empty = r#"{"schema":1,"kind":"cloud-witness collateral bundle","fetched_at":1750377600,"from":"nowhere",
    ///     "chains":[],"root_ca_crl":null,"pck_crls":{"processor":null,"platform":null},"qe_identities":[],"tcb_infos":[]}"#;
    /// let bundle = Bundle::parse(empty.as_bytes())?;
    /// assert_eq!(bundle.pieces().count(), 0);
    ///
    /// // Parsed once, it serves any number of appraisals.
    /// let mut request = Request::new(b"0300", Moment::as_of(1_750_377_600));
    /// request.collateral = Some(cloud_witness::Given::Bundle(&bundle));
    /// let report = Verifier::production().appraise(&request);
    /// assert_eq!(report.checks.len(), 17);
    /// # Ok::<(), cloud_witness::collateral::bundle::BundleError>(())
    /// ```
    ///
    /// # Errors
    /// [`BundleError`] names the field. A key that repeats, or that is not what its body says, is an error.
    pub fn parse(file: &[u8]) -> Result<Self, BundleError> {
        if file.len() > MAX_BUNDLE {
            return Err(BundleError::TooLarge { bytes: file.len() });
        }
        form::read(file)
    }

    /// The bundle as JSON text. The same pieces always give the same bytes.
    pub fn to_json(&self) -> String {
        form::write(self)
    }

    /// Puts a piece in the place of the one with the same key, which is returned.
    pub fn put(&mut self, piece: Piece) -> Option<Piece> {
        self.pieces.insert(piece.key, piece)
    }

    /// The same, but never back: see [`goes_back`].
    ///
    /// # Errors
    /// In what the piece goes back; then the one at hand stays.
    pub fn put_forward(&mut self, piece: Piece) -> Result<Option<Piece>, GoesBack> {
        match self.get(piece.key).and_then(|old| goes_back(old, &piece)) {
            Some(back) => Err(back),
            None => Ok(self.put(piece)),
        }
    }

    /// The piece with this key.
    pub fn get(&self, key: Key) -> Option<&Piece> {
        self.pieces.get(&key)
    }

    /// Every piece, in the order of their keys.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.values()
    }

    /// One platform's collateral as QuoteCollateralV3 text; `None` when a piece of it is lacking.
    ///
    /// The text is a function of the four pieces alone.
    pub fn select(&self, tee: Tee, fmspc: [u8; 6], ca: PckCa) -> Option<String> {
        self.find(tee, fmspc, ca).ok()
    }

    /// The same.
    ///
    /// # Errors
    /// The keys that are lacking.
    pub fn find(&self, tee: Tee, fmspc: [u8; 6], ca: PckCa) -> Result<String, Vec<Key>> {
        let keys = [
            Key::RootCaCrl,
            Key::PckCrl(ca),
            Key::QeIdentity(tee),
            Key::TcbInfo(tee, fmspc),
        ];
        let [Some(root), Some(pck), Some(qe), Some(tcb)] = keys.map(|key| self.get(key)) else {
            return Err(keys
                .into_iter()
                .filter(|key| self.get(*key).is_none())
                .collect());
        };
        Ok(Document::of(root, pck, qe, tcb).to_json())
    }

    /// Lays a file's pieces over the bundle's: a raw response of Intel's service or of a PCCS, which takes the
    /// bundle's issuer chain of its kind, or a QuoteCollateralV3 document, which has its own.
    ///
    /// What was laid over is as trustworthy as who gave it: it is for the caller to say so.
    ///
    /// # Errors
    /// The file is neither, or the bundle has no issuer chain to lend. Then the bundle is as before.
    pub fn overlay(&mut self, file: &[u8]) -> Result<Vec<Key>, BundleError> {
        let pieces = match RawPiece::recognise(file) {
            Some(raw) => vec![self.with_own_chain(raw)?],
            None => form::pieces_of_document(file)?,
        };
        let keys = pieces.iter().map(|piece| piece.key).collect();
        for piece in pieces {
            self.put(piece);
        }
        Ok(keys)
    }

    fn with_own_chain(&self, raw: RawPiece) -> Result<Piece, BundleError> {
        let mut piece = Piece::without_chain(raw).map_err(|error| BundleError::Piece {
            field: "new piece".to_owned(),
            error,
        })?;
        piece.chain = match piece.key {
            Key::RootCaCrl => None,
            key => Some(
                // The one that it replaces was signed by the same, or at least by a contemporary.
                self.get(key)
                    .into_iter()
                    .chain(self.pieces().filter(|other| same_signer(other.key, key)))
                    .find_map(|other| other.chain.clone())
                    .ok_or(BundleError::NoChainToLend { key })?,
            ),
        };
        Ok(piece)
    }
}

/// One certificate signs TCB infos and QE identities; each PCK CA signs its own CRL.
fn same_signer(one: Key, other: Key) -> bool {
    let is_document = |key| matches!(key, Key::TcbInfo(..) | Key::QeIdentity(_));
    one == other || (is_document(one) && is_document(other))
}
