//! The chain of trust as the Report shows it: drawn from the trace, like the rows.

use super::Subject;
use super::authenticity::{
    attestation_key, collateral_claims, pck_claims, qe_report_claim, quote_claim,
};
use super::engine::{Claim, Run};
use crate::collateral::Collateral;
use crate::crypto::Verification;
use crate::report::{Chain, ChainLink, ChainNode, Outcome};
use crate::text::sha256_hex;
use crate::x509::{Certificate, Window};

pub(super) fn of(
    root: &Certificate,
    subject: Option<&Subject>,
    collateral: Option<&Collateral>,
    engine: &Run,
    key_outcome: Outcome,
) -> Chain {
    let mut chain = Chain::default();
    chain
        .nodes
        .push(certificate("root", "Intel SGX Root CA", root));
    if let Some(collateral) = collateral {
        collateral_part(&mut chain, root, collateral, engine);
    }
    if let Some(subject) = subject {
        quote_part(&mut chain, root, subject, collateral, engine, key_outcome);
    }
    chain
}

fn collateral_part(chain: &mut Chain, root: &Certificate, collateral: &Collateral, engine: &Run) {
    for (id, label, signers) in [
        ("tcb_signer", "TCB info's signer", &collateral.tcb_signers),
        ("qe_signer", "QE identity's signer", &collateral.qe_signers),
    ] {
        chain
            .nodes
            .extend(signers.first().map(|signer| certificate(id, label, signer)));
    }
    let [tcb_info, qe_identity, _, _] = collateral.dated_pieces().map(|(_, window)| window);
    chain.nodes.extend([
        document("root_crl", "crl", "Root CA CRL", collateral.root_crl.window),
        document("tcb_info", "document", "TCB info", tcb_info),
        document("qe_identity", "document", "QE identity", qe_identity),
        document("pck_crl", "crl", "PCK CRL", collateral.pck_crl.window),
    ]);
    let ends = [
        ("root", "root_crl"),
        ("root", "tcb_signer"),
        ("tcb_signer", "tcb_info"),
        ("root", "qe_signer"),
        ("qe_signer", "qe_identity"),
    ];
    let claims = collateral_claims(root, collateral);
    chain.links.extend(
        ends.into_iter()
            .zip(&claims)
            .map(|((from, to), claim)| signature(from, to, claim, engine)),
    );
}

fn quote_part(
    chain: &mut Chain,
    root: &Certificate,
    subject: &Subject,
    collateral: Option<&Collateral>,
    engine: &Run,
    key_outcome: Outcome,
) {
    let quote = &subject.quote;
    let key = attestation_key(quote);
    chain.nodes.extend(
        subject
            .chain
            .issuers
            .first()
            .map(|ca| certificate("pck_ca", "PCK CA", ca)),
    );
    chain.nodes.extend([
        certificate("pck", "The machine's PCK certificate", &subject.chain.pck),
        undated("qe_report", "report", "Quoting enclave's report", None),
        undated(
            "attestation_key",
            "key",
            "Attestation key",
            Some(sha256_hex(&key)),
        ),
        undated("quote", "report", "Quote: header and report body", None),
    ]);
    if let Some(collateral) = collateral {
        let ends = [("root", "pck_ca"), ("pck_ca", "pck"), ("pck_ca", "pck_crl")];
        chain.links.extend(
            ends.into_iter()
                .zip(&pck_claims(root, subject, collateral))
                .map(|((from, to), claim)| signature(from, to, claim, engine)),
        );
    }
    chain.links.push(signature(
        "pck",
        "qe_report",
        &qe_report_claim(subject),
        engine,
    ));
    chain.links.push(ChainLink {
        from: "qe_report",
        to: "attestation_key",
        kind: "hash",
        outcome: match key_outcome {
            Outcome::Pass | Outcome::Warn => "verified",
            Outcome::Fail => "refused",
            Outcome::NotGiven | Outcome::NotReached => "not_checked",
        },
    });
    chain.links.push(signature(
        "attestation_key",
        "quote",
        &quote_claim(quote, &key),
        engine,
    ));
}

fn certificate(id: &'static str, label: &'static str, certificate: &Certificate) -> ChainNode {
    ChainNode {
        key_sha256: Some(certificate.key_sha256()),
        ..document(id, "certificate", label, certificate.window)
    }
}

fn document(
    id: &'static str,
    kind: &'static str,
    label: &'static str,
    window: Window,
) -> ChainNode {
    ChainNode {
        id,
        kind,
        label,
        key_sha256: None,
        valid_from: Some(window.from),
        valid_to: Some(window.to),
    }
}

fn undated(
    id: &'static str,
    kind: &'static str,
    label: &'static str,
    key_sha256: Option<String>,
) -> ChainNode {
    ChainNode {
        id,
        kind,
        label,
        key_sha256,
        valid_from: None,
        valid_to: None,
    }
}

fn signature(from: &'static str, to: &'static str, claim: &Claim<'_>, engine: &Run) -> ChainLink {
    ChainLink {
        from,
        to,
        kind: "signature",
        outcome: match engine.trace.by_engine(claim.key, &claim.signed) {
            Verification::Verified => "verified",
            Verification::Refused => "refused",
            Verification::NotChecked => "not_checked",
        },
    }
}
