//! The collateral, as the JSON file that dcap-qvl's tools write: bytes as hexadecimal, texts as they are.

use crate::crl::{self, crl};
use crate::json::Object;
use crate::pki::{CertificateName, Pki};
use crate::qe_identity::qe_identity;
use crate::spec::ForgeSpec;
use crate::tcb_info::tcb_info;

/// Makes and signs all of it.
pub(crate) fn collateral(spec: &ForgeSpec, pki: &Pki) -> String {
    let (chains, signatures) = (&spec.chains, &spec.signatures);
    let sign = |signer, text: &str, how| {
        let signature = pki.entity(signer).key.sign(text.as_bytes(), how);
        hex::encode(signature)
    };
    let tcb_info = tcb_info(spec);
    let qe_identity = qe_identity(spec);
    let tcb_info_signature = sign(spec.tcb_info.signer, &tcb_info, signatures.tcb_info);
    let qe_identity_signature = sign(
        spec.qe_identity.signer,
        &qe_identity,
        signatures.qe_identity,
    );

    let mut object = Object::default();
    object.set("pck_crl_issuer_chain", pki.pem(&chains.pck_crl));
    object.set("root_ca_crl", hex::encode(root_crl(spec, pki)));
    object.set("pck_crl", hex::encode(pck_crl(spec, pki)));
    object.set("tcb_info_issuer_chain", pki.pem(&chains.tcb_info));
    object.set("tcb_info", tcb_info);
    object.set("tcb_info_signature", tcb_info_signature);
    object.set("qe_identity_issuer_chain", pki.pem(&chains.qe_identity));
    object.set("qe_identity", qe_identity);
    object.set("qe_identity_signature", qe_identity_signature);
    if let Some(chain) = &chains.pck_certificate {
        object.set("pck_certificate_chain", pki.pem(chain));
    }
    object.apply(&spec.collateral_raw);
    object.text()
}

fn root_crl(spec: &ForgeSpec, pki: &Pki) -> Vec<u8> {
    let context = crl::Context {
        pki,
        issuer: CertificateName::Root,
        revoked: revoked(spec, |name| !is_pck(name)),
        issued: &spec.collateral_issued,
        next_update: &spec.collateral_next_update,
        signing: spec.signatures.root_crl,
    };
    crl(&spec.crls.root, &context)
}

fn pck_crl(spec: &ForgeSpec, pki: &Pki) -> Vec<u8> {
    let context = crl::Context {
        pki,
        issuer: CertificateName::PckCa,
        revoked: revoked(spec, is_pck),
        issued: &spec.collateral_issued,
        next_update: &spec.collateral_next_update,
        signing: spec.signatures.pck_crl,
    };
    let mut with_strangers = spec.crls.pck.clone();
    with_strangers.revoked_serials.extend(crl::strangers());
    crl(&with_strangers, &context)
}

fn is_pck(name: CertificateName) -> bool {
    matches!(name, CertificateName::Pck | CertificateName::OtherPck)
}

fn revoked(spec: &ForgeSpec, listed: fn(CertificateName) -> bool) -> Vec<CertificateName> {
    let all = spec.revoked.iter().copied();
    all.filter(|name| listed(*name)).collect()
}
