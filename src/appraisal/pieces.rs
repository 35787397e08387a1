//! Pieces of collateral by themselves: signed under the root, in force, and readable.
//!
//! For who gathers collateral without a quote at hand. Rows 6 and 7 check the same things, with the same
//! functions, whenever a piece is used; what was checked here is not believed there.

use super::Verifier;
use super::authenticity::{
    cut_signature, document_claims, misnamed_root_crl, misnamed_signer, pck_crl_refusal,
    revoked_signer, root_crl_claim, unfit_crl, unfit_signer,
};
use super::engine::Claim;
use super::freshness::outside;
use crate::code::Code;
use crate::collateral::bundle::Bundle;
use crate::collateral::piece::{Body, Key, Piece};
use crate::collateral::unreadable_document;
use crate::crypto::verify_p256;
use crate::report::Finding;
use crate::text::sha256;
use crate::x509::{Certificate, Crl, Purpose, Signed};

impl Verifier {
    /// Checks every piece of a bundle at a moment, Unix seconds: what [`Verifier::check_piece`] finds, by key.
    pub fn check_bundle(&self, bundle: &Bundle, at: u64) -> Vec<(Key, Vec<Finding>)> {
        let root_crl = bundle.get(Key::RootCaCrl).and_then(Piece::crl);
        bundle
            .pieces()
            .map(|piece| (piece.key, self.check_piece(piece, root_crl, at)))
            .collect()
    }

    /// Checks one piece at a moment, Unix seconds: that it can be read by an appraisal, that it and its issuer
    /// chain are in force, and that it is signed under the root by a signer whom `root_crl` does not revoke.
    ///
    /// No finding means that all of this holds. Without `root_crl` nothing but the root's CRL itself passes.
    pub fn check_piece(&self, piece: &Piece, root_crl: Option<&Crl>, at: u64) -> Vec<Finding> {
        let root = &self.root;
        let mut findings = windows(piece, at);
        match (&piece.key, &piece.body) {
            (Key::RootCaCrl, Body::Crl { list, .. }) => {
                findings.extend(misnamed_root_crl(list));
                findings.extend(unfit_crl("root CA CRL", list));
                findings.extend(revoked_signer("root", root, list));
                findings.extend(refused(&[root_crl_claim(root, piece.signed())]));
            }
            (_, Body::Crl { list, .. }) => {
                findings.extend(foreign_chain("PCK CRL", piece.signers(), root));
                findings.extend(unfit_signer("PCK CRL", piece.signers(), Purpose::Crls));
                findings.extend(unfit_crl("PCK CRL", list));
                findings.extend(pck_crl_refusal(
                    root,
                    piece.signers().first(),
                    list,
                    is_signed,
                ));
                findings.extend(revocation("PCK CA", piece.signers(), root_crl));
            }
            (
                key,
                Body::Document {
                    text, signature, ..
                },
            ) => {
                let (what, the_thing) = match key {
                    Key::QeIdentity(_) => ("QE identity", "the QE identity"),
                    _ => ("TCB info", "the TCB info"),
                };
                findings.extend(unreadable_document(*key, text));
                findings.extend(foreign_chain(what, piece.signers(), root));
                findings.extend(misnamed_signer(what, piece.signers()));
                findings.extend(unfit_signer(what, piece.signers(), Purpose::Data));
                findings.extend(cut_signature(what, signature.len()));
                if let Some(signer) = piece.signers().first() {
                    let claims = document_claims(root, signer, the_thing, piece.signed());
                    findings.extend(refused(&claims));
                }
                let who = format!("{what}'s signer");
                findings.extend(revocation(&who, piece.signers(), root_crl));
            }
        }
        findings
    }
}

/// Every window holds `at`: the piece's and those of its issuer chain.
fn windows(piece: &Piece, at: u64) -> Vec<Finding> {
    let chain = format!("issuer chain of the {}", piece.key);
    let mut findings: Vec<Finding> = std::iter::once((piece.key.to_string(), piece.window))
        .chain(
            piece
                .signers()
                .iter()
                .map(|certificate| (chain.clone(), certificate.window)),
        )
        .filter_map(|(what, window)| {
            outside(
                &what,
                window,
                at,
                Code::CollateralExpired,
                Code::CollateralNotYetValid,
            )
        })
        .collect();
    findings.dedup();
    findings
}

/// After the signer stands the root, or one that its key issued anew for the same name, or nothing: what nobody verifies
/// would still end a bundle early.
fn foreign_chain(what: &str, signers: &[Certificate], root: &Certificate) -> Option<Finding> {
    let is_intels = match signers.get(1..).unwrap_or_default() {
        [] => true,
        [second] => second.subject == root.subject && is_signed(&root.key, &second.signed),
        _ => false,
    };
    (!is_intels).then(|| {
        Finding::fail(
            Code::CollateralSignerUntrusted,
            format!("The {what}'s issuer chain has something else after its signer than the root certificate alone."),
        )
    })
}

/// The signatures that do not fit.
fn refused(claims: &[Claim<'_>]) -> Vec<Finding> {
    claims
        .iter()
        .filter(|claim| !is_signed(claim.key, &claim.signed))
        .map(|claim| {
            Finding::fail(
                claim.refused,
                format!(
                    "The signature over {} does not fit the key of {}.",
                    claim.signed_thing, claim.signer
                ),
            )
        })
        .collect()
}

fn is_signed(key: &[u8], signed: &Signed) -> bool {
    verify_p256(key, &sha256(&signed.message), &signed.signature)
}

fn revocation(who: &str, signers: &[Certificate], root_crl: Option<&Crl>) -> Option<Finding> {
    match root_crl {
        Some(root_crl) => revoked_signer(who, signers.first()?, root_crl),
        None => Some(Finding::fail(
            Code::CollateralMissing,
            "Without the root CA CRL nobody knows whether the signer is revoked.",
        )),
    }
}
