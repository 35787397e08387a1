//! The two JSON forms: the bundle as it is written, and QuoteCollateralV3.
//!
//! Plain data with string keys always becomes JSON, so writing cannot fail.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bundle::{Bundle, BundleError, KIND, MAX_CHAINS, MAX_PIECES, SCHEMA};
use super::piece::{Body, IssuerChain, Key, Piece, PieceError, RawPiece, fmspc_from_hex};
use crate::identity::PckCa;
use crate::quote::Tee;

/// Longest text that says where a bundle was fetched from.
const MAX_FROM: usize = 1024;

/// Whether a file says that it is a bundle.
pub(super) fn is_bundle(file: &[u8]) -> bool {
    serde_json::from_slice::<Head>(file).is_ok_and(|head| head.kind == KIND)
}

/// Reads a bundle's form.
pub(super) fn read(file: &[u8]) -> Result<Bundle, BundleError> {
    match serde_json::from_slice::<Head>(file) {
        Ok(head) if head.kind != KIND => return Err(BundleError::NotABundle),
        Ok(head) if head.schema != u64::from(SCHEMA) => {
            return Err(BundleError::SchemaUnsupported {
                schema: head.schema,
            });
        }
        Ok(_) => {}
        Err(_) => return Err(BundleError::NotABundle),
    }
    serde_json::from_slice::<File>(file)
        .map_err(|error| BundleError::Unreadable {
            line: error.line(),
            column: error.column(),
        })?
        .read()
}

/// The bundle as JSON text.
pub(super) fn write(bundle: &Bundle) -> String {
    serde_json::to_string(&File::of(bundle)).unwrap_or_default()
}

/// The four pieces of a QuoteCollateralV3 document, with their chains.
///
/// # Errors
/// [`BundleError::NotAPiece`] when it is no such document; otherwise the field that cannot be read.
pub fn pieces_of_document(json: &[u8]) -> Result<Vec<Piece>, BundleError> {
    let document: Document = serde_json::from_slice(json).map_err(|_| BundleError::NotAPiece)?;
    let bytes = |field: &str, text: &str| {
        hex::decode(text).map_err(|_| BundleError::FieldInvalid {
            field: field.to_owned(),
            must_be: "hexadecimal",
        })
    };
    let in_field = |field: &'static str| {
        move |error| BundleError::Piece {
            field: field.to_owned(),
            error,
        }
    };
    let chain = |field: &'static str, pem: &str| {
        IssuerChain::from_pem(pem)
            .map(|chain| Some(Arc::new(chain)))
            .map_err(in_field(field))
    };
    let pieces = [
        (
            "tcb_info",
            RawPiece::TcbInfo {
                signature: bytes("tcb_info_signature", &document.tcb_info_signature)?,
                text: document.tcb_info,
            },
            chain("tcb_info_issuer_chain", &document.tcb_info_issuer_chain)?,
        ),
        (
            "qe_identity",
            RawPiece::QeIdentity {
                signature: bytes("qe_identity_signature", &document.qe_identity_signature)?,
                text: document.qe_identity,
            },
            chain(
                "qe_identity_issuer_chain",
                &document.qe_identity_issuer_chain,
            )?,
        ),
        (
            "pck_crl",
            RawPiece::Crl(bytes("pck_crl", &document.pck_crl)?),
            chain("pck_crl_issuer_chain", &document.pck_crl_issuer_chain)?,
        ),
        (
            "root_ca_crl",
            RawPiece::Crl(bytes("root_ca_crl", &document.root_ca_crl)?),
            None,
        ),
    ];
    pieces
        .into_iter()
        .map(|(field, raw, chain)| Piece::new(raw, chain).map_err(in_field(field)))
        .collect()
}

impl Body {
    /// A document's text; empty for a CRL.
    fn text(&self) -> String {
        match self {
            Self::Document { text, .. } => text.clone(),
            Self::Crl { .. } => String::new(),
        }
    }

    /// A document's signature or a whole CRL, in hex.
    fn in_hex(&self) -> String {
        match self {
            Self::Document { signature, .. } => hex::encode(signature),
            Self::Crl { der, .. } => hex::encode(der),
        }
    }
}

/// QuoteCollateralV3, as dcap-qvl's tools write it: bytes in hex, texts as they are.
#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    pck_crl_issuer_chain: String,
    root_ca_crl: String,
    pck_crl: String,
    tcb_info_issuer_chain: String,
    tcb_info: String,
    tcb_info_signature: String,
    qe_identity_issuer_chain: String,
    qe_identity: String,
    qe_identity_signature: String,
}

impl Document {
    /// The four pieces as one platform's collateral.
    pub(super) fn of(root: &Piece, pck: &Piece, qe: &Piece, tcb: &Piece) -> Self {
        let chain = |piece: &Piece| {
            piece
                .chain
                .as_ref()
                .map(|chain| chain.pem.clone())
                .unwrap_or_default()
        };
        Self {
            pck_crl_issuer_chain: chain(pck),
            root_ca_crl: root.body.in_hex(),
            pck_crl: pck.body.in_hex(),
            tcb_info_issuer_chain: chain(tcb),
            tcb_info: tcb.body.text(),
            tcb_info_signature: tcb.body.in_hex(),
            qe_identity_issuer_chain: chain(qe),
            qe_identity: qe.body.text(),
            qe_identity_signature: qe.body.in_hex(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What is read first, of whatever version.
#[derive(Deserialize)]
struct Head {
    schema: u64,
    kind: String,
}

/// A bundle as it is written. Hex is lower case; a chain is named by its index in `chains`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    kind: String,
    fetched_at: u64,
    from: String,
    chains: Vec<String>,
    root_ca_crl: Option<String>,
    pck_crls: PckCrls,
    tcb_infos: Vec<TcbInfoEntry>,
    qe_identities: Vec<QeIdentityEntry>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PckCrls {
    processor: Option<PckCrlEntry>,
    platform: Option<PckCrlEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PckCrlEntry {
    crl: String,
    chain: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TcbInfoEntry {
    tee: TeeWord,
    fmspc: String,
    body: String,
    signature: String,
    chain: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QeIdentityEntry {
    tee: TeeWord,
    body: String,
    signature: String,
    chain: usize,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TeeWord {
    Sgx,
    Tdx,
}

impl From<Tee> for TeeWord {
    fn from(tee: Tee) -> Self {
        match tee {
            Tee::Sgx => Self::Sgx,
            Tee::Tdx => Self::Tdx,
        }
    }
}

impl From<TeeWord> for Tee {
    fn from(word: TeeWord) -> Self {
        match word {
            TeeWord::Sgx => Self::Sgx,
            TeeWord::Tdx => Self::Tdx,
        }
    }
}

impl File {
    fn of(bundle: &Bundle) -> Self {
        let mut file = Self {
            schema: SCHEMA,
            kind: KIND.to_owned(),
            fetched_at: bundle.fetched_at,
            from: bundle.from.clone(),
            chains: Vec::new(),
            root_ca_crl: None,
            pck_crls: PckCrls::default(),
            tcb_infos: Vec::new(),
            qe_identities: Vec::new(),
        };
        let mut indices = BTreeMap::new();
        for piece in bundle.pieces() {
            let chain = piece.chain.as_ref().map_or(0, |chain| {
                *indices.entry(chain.pem.as_str()).or_insert_with(|| {
                    file.chains.push(chain.pem.clone());
                    file.chains.len().saturating_sub(1)
                })
            });
            match piece.key {
                Key::RootCaCrl => file.root_ca_crl = Some(piece.body.in_hex()),
                Key::PckCrl(ca) => {
                    let entry = Some(PckCrlEntry {
                        crl: piece.body.in_hex(),
                        chain,
                    });
                    match ca {
                        PckCa::Processor => file.pck_crls.processor = entry,
                        PckCa::Platform => file.pck_crls.platform = entry,
                    }
                }
                Key::TcbInfo(tee, fmspc) => file.tcb_infos.push(TcbInfoEntry {
                    tee: tee.into(),
                    fmspc: hex::encode(fmspc),
                    body: piece.body.text(),
                    signature: piece.body.in_hex(),
                    chain,
                }),
                Key::QeIdentity(tee) => file.qe_identities.push(QeIdentityEntry {
                    tee: tee.into(),
                    body: piece.body.text(),
                    signature: piece.body.in_hex(),
                    chain,
                }),
            }
        }
        file
    }

    fn read(self) -> Result<Bundle, BundleError> {
        if self.from.len() > MAX_FROM {
            return Err(BundleError::FieldInvalid {
                field: "from".to_owned(),
                must_be: "at most 1024 bytes",
            });
        }
        for (field, number, most, must_be) in [
            (
                "chains",
                self.chains.len(),
                MAX_CHAINS,
                "at most 100 issuer chains",
            ),
            (
                "tcb_infos",
                self.tcb_infos.len(),
                MAX_PIECES,
                "at most 10000 TCB infos",
            ),
            (
                "qe_identities",
                self.qe_identities.len(),
                MAX_PIECES,
                "at most 10000 QE identities",
            ),
        ] {
            if number > most {
                return Err(BundleError::FieldInvalid {
                    field: field.to_owned(),
                    must_be,
                });
            }
        }
        for (index, pem) in self.chains.iter().enumerate() {
            IssuerChain::within_limit(pem).map_err(|error| in_chain(index, error))?;
        }
        let mut reader = Reader {
            bundle: Bundle::new(self.fetched_at, self.from),
            chains: self.chains,
            read: BTreeMap::new(),
        };
        if let Some(crl) = &self.root_ca_crl {
            let raw = RawPiece::Crl(hex_field("root_ca_crl", crl)?);
            reader.take("root_ca_crl".to_owned(), Key::RootCaCrl, raw, None)?;
        }
        for (ca, entry) in [
            (PckCa::Processor, &self.pck_crls.processor),
            (PckCa::Platform, &self.pck_crls.platform),
        ] {
            if let Some(entry) = entry {
                let field = format!("pck_crls.{}", ca.id());
                let raw = RawPiece::Crl(hex_field(&field, &entry.crl)?);
                reader.take(field, Key::PckCrl(ca), raw, Some(entry.chain))?;
            }
        }
        for (index, entry) in (0_usize..).zip(self.qe_identities) {
            let field = format!("qe_identities[{index}]");
            let raw = RawPiece::QeIdentity {
                signature: hex_field(&format!("{field}.signature"), &entry.signature)?,
                text: entry.body,
            };
            let key = Key::QeIdentity(entry.tee.into());
            reader.take(field, key, raw, Some(entry.chain))?;
        }
        for (index, entry) in (0_usize..).zip(self.tcb_infos) {
            let field = format!("tcb_infos[{index}]");
            let fmspc = fmspc_from_hex(&entry.fmspc).ok_or_else(|| BundleError::FieldInvalid {
                field: format!("{field}.fmspc"),
                must_be: "12 hexadecimal digits",
            })?;
            let raw = RawPiece::TcbInfo {
                signature: hex_field(&format!("{field}.signature"), &entry.signature)?,
                text: entry.body,
            };
            let key = Key::TcbInfo(entry.tee.into(), fmspc);
            reader.take(field, key, raw, Some(entry.chain))?;
        }
        Ok(reader.bundle)
    }
}

/// A bundle in the making.
struct Reader {
    bundle: Bundle,
    chains: Vec<String>,
    /// Those that a piece refers to, each read once: of the others nothing is used.
    read: BTreeMap<usize, Arc<IssuerChain>>,
}

fn in_chain(index: usize, error: PieceError) -> BundleError {
    BundleError::Piece {
        field: format!("chains[{index}]"),
        error,
    }
}

impl Reader {
    fn chain(&mut self, field: &str, index: usize) -> Result<Arc<IssuerChain>, BundleError> {
        if let Some(known) = self.read.get(&index) {
            return Ok(Arc::clone(known));
        }
        let pem = self
            .chains
            .get(index)
            .ok_or_else(|| BundleError::FieldInvalid {
                field: format!("{field}.chain"),
                must_be: "an index into chains",
            })?;
        let chain = IssuerChain::from_pem(pem).map_err(|error| in_chain(index, error))?;
        let chain = Arc::new(chain);
        self.read.insert(index, Arc::clone(&chain));
        Ok(chain)
    }

    fn take(
        &mut self,
        field: String,
        key: Key,
        raw: RawPiece,
        chain: Option<usize>,
    ) -> Result<(), BundleError> {
        let chain = chain.map(|index| self.chain(&field, index)).transpose()?;
        let piece = Piece::new(raw, chain).map_err(|error| BundleError::Piece {
            field: field.clone(),
            error,
        })?;
        if piece.key != key {
            return Err(BundleError::Misplaced {
                field,
                key: piece.key,
            });
        }
        if self.bundle.put(piece).is_some() {
            return Err(BundleError::Repeated { key });
        }
        Ok(())
    }
}

fn hex_field(field: &str, text: &str) -> Result<Vec<u8>, BundleError> {
    hex::decode(text).map_err(|_| BundleError::FieldInvalid {
        field: field.to_owned(),
        must_be: "hexadecimal",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::work;

    fn bundle(chains: &[&str], tcb_infos: &[(usize, usize)]) -> Result<Bundle, BundleError> {
        let tcb_infos: Vec<_> = tcb_infos
            .iter()
            .map(|(number, chain)| {
                json!({
                    "tee": "sgx", "fmspc": format!("{number:012x}"), "signature": "", "chain": chain,
                    "body": json!({
                        "id": "SGX", "version": 3, "issueDate": "2025-01-01T00:00:00Z",
                        "nextUpdate": "2026-01-01T00:00:00Z", "fmspc": format!("{number:012x}"), "tcbLevels": [],
                    }).to_string(),
                })
            })
            .collect();
        let text = json!({
            "schema": SCHEMA, "kind": KIND, "fetched_at": 1, "from": "here", "chains": chains,
            "root_ca_crl": null, "pck_crls": { "processor": null, "platform": null },
            "qe_identities": [], "tcb_infos": tcb_infos,
        });
        Bundle::parse(text.to_string().as_bytes())
    }

    #[test]
    fn only_chains_that_a_piece_refers_to_are_read_and_each_once() {
        let root = pem::encode(&pem::Pem::new("CERTIFICATE", forge::root_der()));
        work::reset();
        let read = bundle(&["", &root, "no PEM", &root], &[(1, 1), (2, 3), (3, 1)]).unwrap();
        assert_eq!(read.pieces().count(), 3);
        assert_eq!(work::count(), 2);
        let error = bundle(&[&root, "no PEM"], &[(1, 0), (2, 1)]).unwrap_err();
        assert_eq!(error, in_chain(1, PieceError::ChainUnreadable));
    }

    #[test]
    fn more_chains_or_pieces_than_any_bundle_has_are_refused_before_one_is_read() {
        let root = pem::encode(&pem::Pem::new("CERTIFICATE", forge::root_der()));
        let chains = |number: usize| vec![root.as_str(); number];
        let each = |number: usize| (0..number).map(|at| (at, at)).collect::<Vec<_>>();
        work::reset();
        let error = bundle(&chains(MAX_CHAINS + 1), &each(MAX_CHAINS + 1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The bundle's chains must be at most 100 issuer chains. Get the bundle again."
        );
        let of_one = |number: usize| (0..number).map(|at| (at, 0)).collect::<Vec<_>>();
        let error = bundle(&[&root], &of_one(MAX_PIECES + 1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The bundle's tcb_infos must be at most 10000 TCB infos. Get the bundle again."
        );
        assert_eq!(work::count(), 0);
        let most = bundle(&chains(MAX_CHAINS), &each(MAX_CHAINS)).unwrap();
        assert_eq!(most.pieces().count(), MAX_CHAINS);
        assert_eq!(work::count(), MAX_CHAINS);
        assert!(bundle(&[&root], &of_one(MAX_PIECES)).is_ok());
    }

    #[test]
    fn a_chain_longer_than_any_is_refused_by_its_name_whoever_refers_to_it() {
        let long = " ".repeat(super::super::MAX_CHAIN + 1);
        let error = bundle(&["", &long], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The bundle's chains[1]: The issuer chain has 16385 bytes; at most 16384 are accepted. \
             Get it again: Intel's have two certificates."
        );
        assert!(bundle(&["", &long[1..]], &[]).is_ok());
    }
}
