//! The corpus's pool: what Intel's service gave over the years, piece by piece.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloud_witness::collateral::piece::{IssuerChain, Key, Piece, RawPiece};
use cloud_witness::crypto::verify_p256;
use cloud_witness::x509::Certificate;
use sha2::Digest as _;

/// Every piece of the folder `collateral-pool` in `corpus` that can be read, with a chain whose signer signed it
/// and was in force when it was issued. The pool has no headers, so the chain is put together here.
pub fn pieces(corpus: &Path) -> Vec<Piece> {
    let pool = corpus.join("collateral-pool");
    let read = |file: PathBuf| std::fs::read(file).unwrap();
    let certificates: Vec<Certificate> = files(&pool.join("certs"))
        .into_iter()
        .map(|file| Certificate::from_der(&read(file)).unwrap())
        .collect();
    let root = Certificate::from_der(&read(pool.join("certs/root-44a0196b2b99.der"))).unwrap();
    let chains: Vec<Arc<IssuerChain>> = certificates
        .iter()
        .map(|signer| chain(signer, &root))
        .collect();
    ["tcbinfo", "qeid", "crl"]
        .into_iter()
        .flat_map(|folder| files(&pool.join(folder)))
        .filter_map(|file| RawPiece::recognise(&read(file)))
        .filter_map(|raw| {
            chains
                .iter()
                .filter_map(|chain| Piece::new(raw.clone(), Some(Arc::clone(chain))).ok())
                .find(is_signed)
        })
        .collect()
}

fn is_signed(piece: &Piece) -> bool {
    let Some(signer) = piece.signers().first() else {
        return piece.key == Key::RootCaCrl;
    };
    let signed = piece.signed();
    let digest = sha2::Sha256::digest(&signed.message).into();
    signer.window.holds(piece.window.from) && verify_p256(&signer.key, &digest, &signed.signature)
}

fn chain(signer: &Certificate, root: &Certificate) -> Arc<IssuerChain> {
    let pem = |certificate: &Certificate| {
        pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der.clone()))
    };
    Arc::new(IssuerChain::from_pem(&format!("{}{}", pem(signer), pem(root))).unwrap())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}
