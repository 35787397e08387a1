//! Rows 7 to 11: who signed what, up to the root.
//!
//! A row passes only if the trace holds the successful verification of each signature that it claims.

use super::engine::{Claim, Run};
use super::freshness::outside;
use super::{Subject, engine};
use crate::code::Code;
use crate::collateral::Collateral;
use crate::crypto::{Verification, verify_p256};
use crate::identity::PckCa;
use crate::moment::Moment;
use crate::quote::Quote;
use crate::report::{Check, CheckId, Compared, Finding};
use crate::text::{count, quoted, sha256};
use crate::x509::{Certificate, Crl, PCK, Purpose, ROOT_CA, Signed, TCB_SIGNING, ecdsa_sig_value};

/// Intel's issuer chains have two certificates, the signer and the root; one more does no harm.
const MAX_ISSUER_CHAIN: usize = 3;

/// Row 7: TCB info, QE identity and CRLs are signed under the root.
pub(super) fn collateral(root: &Certificate, collateral: &Collateral, engine: &Run) -> Check {
    let claims = collateral_claims(root, collateral);
    let mut findings = misnamed_signers(collateral);
    findings.extend(cut_signatures(collateral));
    findings.extend(engine.refused(&claims));
    findings.extend(unfit_pieces(collateral));
    findings.extend(revoked_signers(root, collateral));
    findings.extend(pck_crl_signature(root, collateral, engine));
    // The engine may have stopped at what was just found.
    if findings.is_empty() {
        findings.extend(engine.findings(&claims));
    }
    Check::ran(
        CheckId::CollateralGenuine,
        "TCB info, QE identity and both CRLs are signed under the Intel SGX Root CA.",
        findings,
    )
}

/// Signers and revocation lists that cannot be relied on, whoever signed them.
fn unfit_pieces(collateral: &Collateral) -> Vec<Finding> {
    [
        ("TCB info", &collateral.tcb_signers, Purpose::Data),
        ("QE identity", &collateral.qe_signers, Purpose::Data),
        ("PCK CRL", &collateral.pck_crl_signers, Purpose::Crls),
    ]
    .into_iter()
    .filter_map(|(what, signers, purpose)| unfit_signer(what, signers, purpose))
    .chain(unfit_crl("root CA CRL", &collateral.root_crl))
    .chain(unfit_crl("PCK CRL", &collateral.pck_crl))
    .collect()
}

pub(super) fn unfit_signer(
    what: &str,
    signers: &[Certificate],
    purpose: Purpose,
) -> Option<Finding> {
    let fault = signers.first()?.fault(purpose)?;
    Some(Finding::fail(
        Code::CollateralSignerUnfit,
        format!("The certificate of the {what}'s signer {fault}."),
    ))
}

pub(super) fn unfit_crl(what: &str, crl: &Crl) -> Option<Finding> {
    let fault = crl.fault?;
    Some(Finding::fail(
        Code::CollateralCrlUnfit,
        format!("The {what} {fault}."),
    ))
}

/// A signature over collateral is `r ‖ s`, 64 bytes.
fn cut_signatures(collateral: &Collateral) -> Vec<Finding> {
    collateral
        .signature_lengths()
        .into_iter()
        .filter_map(|(what, length)| cut_signature(what, length))
        .collect()
}

pub(super) fn cut_signature(what: &str, length: usize) -> Option<Finding> {
    (length != 64).then(|| {
        Finding::fail(
            Code::CollateralSignatureInvalid,
            format!(
                "The signature over the {what} has {} instead of 64.",
                count(length, "byte")
            ),
        )
    })
}

/// The signatures that make collateral genuine, as the engine checks them.
pub(super) fn collateral_claims<'a>(
    root: &'a Certificate,
    collateral: &'a Collateral,
) -> Vec<Claim<'a>> {
    let mut claims = vec![root_crl_claim(root, collateral.root_crl.signed.clone())];
    for (signers, signed_thing, signed) in [
        (
            &collateral.tcb_signers,
            "the TCB info",
            collateral.signed_tcb_info(),
        ),
        (
            &collateral.qe_signers,
            "the QE identity",
            collateral.signed_qe_identity(),
        ),
    ] {
        if let Some(signer) = signers.first() {
            claims.extend(document_claims(root, signer, signed_thing, signed));
        }
    }
    claims
}

pub(super) fn root_crl_claim(root: &Certificate, signed: Signed) -> Claim<'_> {
    Claim {
        signed_thing: "the root CA CRL",
        signer: "the root",
        key: &root.key,
        signed,
        refused: Code::CollateralSignatureInvalid,
    }
}

/// The root signed the signer, the signer the document.
pub(super) fn document_claims<'a>(
    root: &'a Certificate,
    signer: &'a Certificate,
    signed_thing: &'static str,
    signed: Signed,
) -> [Claim<'a>; 2] {
    [
        Claim {
            signed_thing: "the TCB signing certificate",
            signer: "the root",
            key: &root.key,
            signed: signer.signed.clone(),
            refused: Code::CollateralSignerUntrusted,
        },
        Claim {
            signed_thing,
            signer: "the TCB signing certificate",
            key: &signer.key,
            signed,
            refused: Code::CollateralSignatureInvalid,
        },
    ]
}

fn misnamed_signers(collateral: &Collateral) -> Vec<Finding> {
    let mut findings: Vec<Finding> = [
        ("TCB info", &collateral.tcb_signers),
        ("QE identity", &collateral.qe_signers),
        ("PCK CRL", &collateral.pck_crl_signers),
    ]
    .into_iter()
    .filter_map(|(what, chain)| long_chain(what, chain))
    .collect();
    for (what, signers) in [
        ("TCB info", &collateral.tcb_signers),
        ("QE identity", &collateral.qe_signers),
    ] {
        findings.extend(misnamed_signer(what, signers));
    }
    findings.extend(misnamed_root_crl(&collateral.root_crl));
    findings
}

fn long_chain(what: &str, chain: &[Certificate]) -> Option<Finding> {
    (chain.len() > MAX_ISSUER_CHAIN).then(|| {
        Finding::fail(
            Code::CollateralSignerUntrusted,
            format!(
                "The {what}'s issuer chain has {}; Intel's have two.",
                count(chain.len(), "certificate")
            ),
        )
    })
}

pub(super) fn misnamed_signer(what: &str, signers: &[Certificate]) -> Option<Finding> {
    let is_tcb_signing = signers
        .first()
        .is_some_and(|s| s.is_named(TCB_SIGNING) && s.is_issued_by(ROOT_CA));
    (!is_tcb_signing).then(|| {
        Finding::fail(
            Code::CollateralSignerUntrusted,
            format!("The {what} is not signed by a certificate named {TCB_SIGNING}."),
        )
    })
}

pub(super) fn misnamed_root_crl(root_crl: &Crl) -> Option<Finding> {
    (!root_crl.is_issued_by(ROOT_CA)).then(|| {
        Finding::fail(
            Code::CollateralSignerUntrusted,
            format!("The root CA CRL is not issued by {ROOT_CA}."),
        )
    })
}

/// The PCK CA is left to row 8: where it is revoked, the machine's chain is, whatever collateral is chosen.
fn revoked_signers(root: &Certificate, collateral: &Collateral) -> Vec<Finding> {
    [
        ("root", Some(root)),
        ("TCB info's signer", collateral.tcb_signers.first()),
        ("QE identity's signer", collateral.qe_signers.first()),
    ]
    .into_iter()
    .filter_map(|(who, certificate)| revoked_signer(who, certificate?, &collateral.root_crl))
    .collect()
}

pub(super) fn revoked_signer(
    who: &str,
    certificate: &Certificate,
    root_crl: &Crl,
) -> Option<Finding> {
    root_crl.revokes(certificate).then(|| {
        Finding::fail(
            Code::CollateralSignerRevoked,
            format!("The {who} is on the root's revocation list."),
        )
    })
}

/// The PCK CRL under the collateral's own PCK CA, and that CA under the root: our own checks, since the
/// engine takes the PCK CA from the quote.
fn pck_crl_signature(root: &Certificate, collateral: &Collateral, engine: &Run) -> Option<Finding> {
    pck_crl_refusal(
        root,
        collateral.pck_crl_signers.first(),
        &collateral.pck_crl,
        |key, signed| engine.trace.of(key, signed) == Verification::Verified,
    )
}

/// What is wrong with a PCK CRL under its issuer, where `verified` says what became of a signature.
pub(super) fn pck_crl_refusal(
    root: &Certificate,
    pck_ca: Option<&Certificate>,
    pck_crl: &Crl,
    verified: impl Fn(&[u8], &Signed) -> bool,
) -> Option<Finding> {
    let Some(pck_ca) = pck_ca else {
        return Some(Finding::fail(
            Code::CollateralSignerUntrusted,
            "The PCK CRL has no issuer chain.",
        ));
    };
    if !verified(&root.key, &pck_ca.signed) {
        return Some(Finding::fail(
            Code::CollateralSignerUntrusted,
            "The PCK CRL's issuer is not signed by the root.",
        ));
    }
    if pck_ca.subject != pck_crl.issuer || !verified(&pck_ca.key, &pck_crl.signed) {
        return Some(Finding::fail(
            Code::CollateralSignatureInvalid,
            "The signature over the PCK CRL does not fit the key of its issuer.",
        ));
    }
    None
}

/// Row 8: the PCK certificate chains to the root; nothing in the chain is revoked.
///
/// Its shape and names are judged from the quote alone; signatures and revocation only against `collateral`
/// that is genuine.
pub(super) fn pck_chain(
    root: &Certificate,
    subject: Option<&Subject>,
    collateral: Option<&Collateral>,
    engine: &Run,
    moment: Moment,
) -> Check {
    const ID: CheckId = CheckId::PckChain;
    let Some(subject) = subject else {
        return Check::not_reached(ID);
    };
    let shape = chain_shape(root, subject);
    let Some(collateral) = collateral else {
        return if shape.is_empty() {
            Check::not_reached(ID)
        } else {
            Check::ran(ID, "", shape)
        };
    };
    let mut findings = shape;
    findings.extend(chain_windows(subject, moment));
    findings.extend(revoked(subject, collateral));
    if findings.is_empty() {
        findings.extend(engine.findings(&pck_claims(root, subject, collateral)));
    } else {
        // The engine may have stopped at what was just found; only a signature that it did refuse adds to it.
        findings.extend(
            pck_claims(root, subject, collateral)
                .iter()
                .filter(|claim| {
                    engine.trace.by_engine(claim.key, &claim.signed) == Verification::Refused
                })
                .map(|claim| {
                    Finding::fail(
                        claim.refused,
                        format!("The signature over {} does not fit.", claim.signed_thing),
                    )
                }),
        );
    }
    if findings.is_empty()
        && engine.accepted()
        && !subject
            .identity
            .as_ref()
            .is_ok_and(|identity| engine.agrees_on(identity))
    {
        findings.push(Finding::fail(
            Code::EngineDisagrees,
            "The engine names another machine than the certificate read here.",
        ));
    }
    Check::ran(
        ID,
        format!(
            "{PCK}, issued by {}, chains to the Intel SGX Root CA; none of them is revoked.",
            subject.ca.map_or("", PckCa::common_name)
        ),
        findings,
    )
}

/// O8, O10, O14: three certificates, with Intel's names, and SGX extensions that make sense.
fn chain_shape(root: &Certificate, subject: &Subject) -> Vec<Finding> {
    let chain = &subject.chain;
    let mut findings = Vec::new();
    let [pck_ca, chain_root] = chain.issuers.as_slice() else {
        return vec![Finding::fail(
            Code::PckChainLength,
            format!(
                "The quote carries {} instead of three.",
                count(chain.issuers.len().saturating_add(1), "certificate")
            ),
        )];
    };
    if !chain.pck.is_named(PCK) {
        findings.push(Finding::fail(
            Code::PckNameWrong,
            format!(
                "The first certificate is {}.",
                quoted(&chain.pck.subject, 80)
            ),
        ));
    }
    match subject.ca {
        Some(ca) if pck_ca.is_named(ca.common_name()) && pck_ca.is_issued_by(ROOT_CA) => {}
        Some(_) => findings.push(Finding::fail(
            Code::PckNameWrong,
            format!(
                "The second certificate is {}, not the issuer of the first.",
                quoted(&pck_ca.subject, 80)
            ),
        )),
        None => findings.push(Finding::fail(
            Code::PckNameWrong,
            format!(
                "The PCK certificate's issuer is {}, neither of Intel's two PCK CAs.",
                quoted(&chain.pck.issuer, 80)
            ),
        )),
    }
    findings.extend(foreign_root(root, chain_root));
    findings.extend(subject.identity.as_ref().err().cloned());
    findings.extend(unfit_in_chain(&chain.pck, pck_ca));
    findings
}

/// The PCK key signs the QE report; the PCK CA's signs that certificate and the list of those that are revoked.
fn unfit_in_chain(pck: &Certificate, pck_ca: &Certificate) -> Vec<Finding> {
    let of_ca = |purpose| pck_ca.fault(purpose);
    [
        ("PCK certificate", pck.fault(Purpose::Data)),
        (
            "PCK CA's certificate",
            of_ca(Purpose::Certificates).or_else(|| of_ca(Purpose::Crls)),
        ),
    ]
    .into_iter()
    .filter_map(|(what, fault)| {
        Some(Finding::fail(
            Code::PckCertificateUnfit,
            format!("The {what} {}.", fault?),
        ))
    })
    .collect()
}

/// A trust anchor is a name and a key (RFC 5280, section 6.1.1). Intel has issued its root's certificate several times, with one
/// name, key and serial number: in 2018 until 2033, later until 2049. Each of them ends a chain, if its own signature holds.
fn foreign_root(root: &Certificate, chain_root: &Certificate) -> Option<Finding> {
    let what = if chain_root.subject != root.subject {
        format!(
            "The chain ends in {}, not in Intel's SGX root.",
            quoted(&chain_root.subject, 80)
        )
    } else if chain_root.key != root.key {
        "The chain ends in a certificate with the name of Intel's SGX root, but another key."
            .to_owned()
    } else if chain_root.der != root.der && !is_signed_by(chain_root, root) {
        "The chain ends in a certificate with name and key of Intel's SGX root, which that key did not sign."
            .to_owned()
    } else {
        return None;
    };
    Some(Finding::fail(Code::RootUntrusted, what))
}

/// Whether `certificate` is signed by the key of `issuer`: asked outside the engine's run, where only the
/// answer counts.
pub(super) fn is_signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    verify_p256(
        &issuer.key,
        &sha256(&certificate.signed.message),
        &certificate.signed.signature,
    )
}

fn chain_windows(subject: &Subject, moment: Moment) -> Vec<Finding> {
    std::iter::once(("PCK certificate", &subject.chain.pck))
        .chain(
            ["PCK CA's certificate", "root certificate"]
                .into_iter()
                .zip(&subject.chain.issuers),
        )
        .filter_map(|(piece, certificate)| {
            outside(
                piece,
                certificate.window,
                moment.seconds(),
                Code::PckExpired,
                Code::PckNotYetValid,
            )
        })
        .collect()
}

fn revoked(subject: &Subject, collateral: &Collateral) -> Vec<Finding> {
    let mut findings = Vec::new();
    if collateral.pck_crl.revokes(&subject.chain.pck) {
        findings.push(Finding::fail(
            Code::PckRevoked,
            format!(
                "The PCK certificate with serial number {} is on its CA's revocation list.",
                hex::encode(&subject.chain.pck.serial)
            ),
        ));
    }
    if subject
        .chain
        .issuers
        .iter()
        .any(|issuer| collateral.root_crl.revokes(issuer))
    {
        findings.push(Finding::fail(
            Code::PckCaRevoked,
            "The PCK CA is on the root's revocation list.",
        ));
    }
    findings
}

/// The signatures that make a PCK certificate genuine, as the engine checks them.
pub(super) fn pck_claims<'a>(
    root: &'a Certificate,
    subject: &'a Subject,
    collateral: &Collateral,
) -> Vec<Claim<'a>> {
    let Some(pck_ca) = subject.chain.issuers.first() else {
        return Vec::new();
    };
    vec![
        Claim {
            signed_thing: "the PCK CA's certificate",
            signer: "the root",
            key: &root.key,
            signed: pck_ca.signed.clone(),
            refused: Code::PckSignatureInvalid,
        },
        Claim {
            signed_thing: "the PCK certificate",
            signer: "the PCK CA",
            key: &pck_ca.key,
            signed: subject.chain.pck.signed.clone(),
            refused: Code::PckSignatureInvalid,
        },
        Claim {
            signed_thing: "the PCK CRL",
            signer: "the PCK CA",
            key: &pck_ca.key,
            signed: collateral.pck_crl.signed.clone(),
            refused: Code::PckSignatureInvalid,
        },
    ]
}

/// Row 9: the PCK key signed the QE report, and the QE is Intel's (QE identity).
///
/// Source: Intel, "SGX DCAP ECDSA Quote Library API", section on QE identity: MRSIGNER and ISVPRODID equal,
/// MISCSELECT and ATTRIBUTES under their masks equal to what the identity says, ISVSVN at or above a listed level.
pub(super) fn qe_report(subject: &Subject, collateral: &Collateral, engine: &Run) -> Check {
    let report = QeReport::read(subject.quote.qe_report());
    let identity = &collateral.qe_identity;
    let mut findings = engine.findings(&[qe_report_claim(subject)]);
    // Facts count only of a report that the PCK key signed.
    if findings.is_empty() {
        if report.mr_signer != identity.mrsigner {
            findings.push(Finding::fail(
                Code::QeMrSignerMismatch,
                "The quoting enclave's MRSIGNER is not the one in the QE identity.",
            ));
        }
        if report.isv_prod_id != identity.isvprodid {
            findings.push(Finding::fail(
                Code::QeIsvProdIdMismatch,
                format!(
                    "The quoting enclave's ISVPRODID is {}, not {}.",
                    report.isv_prod_id, identity.isvprodid
                ),
            ));
        }
        if !equal_under_mask(
            &report.misc_select,
            &identity.miscselect,
            &identity.miscselect_mask,
        ) {
            findings.push(Finding::fail(
                Code::QeMiscSelectMismatch,
                format!(
                    "The quoting enclave's MISCSELECT is {}; under the mask {} it is not the QE identity's {}.",
                    hex::encode(report.misc_select),
                    hex::encode(identity.miscselect_mask),
                    hex::encode(identity.miscselect)
                ),
            ));
        }
        if !equal_under_mask(
            &report.attributes,
            &identity.attributes,
            &identity.attributes_mask,
        ) {
            findings.push(Finding::fail(
                Code::QeAttributesMismatch,
                format!(
                    "The quoting enclave's ATTRIBUTES are {}; under the mask {} they are not the QE identity's {}.",
                    hex::encode(report.attributes),
                    hex::encode(identity.attributes_mask),
                    hex::encode(identity.attributes)
                ),
            ));
        } else if report.is_debug() {
            findings.push(Finding::fail(
                Code::QeAttributesMismatch,
                "The quoting enclave runs in debug mode (ATTRIBUTES.DEBUG is set).",
            ));
        }
        if !identity
            .tcb_levels
            .iter()
            .any(|level| report.isv_svn >= level.tcb.isvsvn)
        {
            findings.push(Finding::fail(
                Code::QeIsvSvnTooLow,
                format!(
                    "The quoting enclave's ISVSVN is {}, below every listed level.",
                    report.isv_svn
                ),
            ));
        }
    }
    Check::ran(
        CheckId::QeReport,
        "The machine's PCK key signed the QE report, and the quoting enclave is Intel's.",
        findings,
    )
    .comparing(vec![Compared::new(
        "MRSIGNER of the quoting enclave",
        hex::encode(identity.mrsigner),
        hex::encode(report.mr_signer),
    )])
}

pub(super) fn qe_report_claim(subject: &Subject) -> Claim<'_> {
    Claim {
        signed_thing: "the QE report",
        signer: "the PCK certificate",
        key: &subject.chain.pck.key,
        signed: Signed {
            message: subject.quote.qe_report().to_vec(),
            signature: ecdsa_sig_value(subject.quote.bytes("auth_data.qe_report_signature")),
        },
        refused: Code::QeReportSignatureInvalid,
    }
}

/// The fields of the QE report that the QE identity speaks of (an SGX report body, 384 bytes).
pub(super) struct QeReport {
    misc_select: [u8; 4],
    attributes: [u8; 16],
    mr_signer: [u8; 32],
    isv_prod_id: u16,
    pub(super) isv_svn: u16,
    report_data: [u8; 64],
}

impl QeReport {
    pub(super) fn read(report: &[u8]) -> Self {
        Self {
            misc_select: array(report, 16),
            attributes: array(report, 48),
            mr_signer: array(report, 128),
            isv_prod_id: u16::from_le_bytes(array(report, 256)),
            isv_svn: u16::from_le_bytes(array(report, 258)),
            report_data: array(report, 320),
        }
    }

    const fn is_debug(&self) -> bool {
        self.attributes[0] & 0x02 != 0
    }
}

/// `N` bytes at `offset`; zeros beyond the end, which the strict quote structure rules out.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    bytes
        .get(offset..)
        .and_then(|rest| rest.first_chunk())
        .copied()
        .unwrap_or([0; N])
}

/// Like Intel's library: the expected value is not masked, so that one with bits outside its mask fits nothing.
fn equal_under_mask(actual: &[u8], expected: &[u8], mask: &[u8]) -> bool {
    actual.len() == expected.len()
        && actual.len() == mask.len()
        && actual
            .iter()
            .zip(expected)
            .zip(mask)
            .all(|((actual, expected), mask)| actual & mask == *expected)
}

/// Row 10: the QE report binds the attestation key and QE authentication data.
///
/// Its `report_data` is SHA-256(attestation key ‖ QE authentication data), then 32 zeros.
pub(super) fn quote_key(quote: &Quote) -> Check {
    let expected = [sha256(&quote.bound_by_qe()), [0; 32]].concat();
    let actual = QeReport::read(quote.qe_report()).report_data;
    let findings = if expected == actual {
        Vec::new()
    } else {
        vec![Finding::fail(
            Code::AttestationKeyNotBound,
            "The QE report does not vouch for the attestation key in this quote.",
        )]
    };
    Check::ran(
        CheckId::QuoteKey,
        "The QE report vouches for the attestation key in this quote.",
        findings,
    )
    .comparing(vec![Compared::new(
        "report_data of the QE report",
        hex::encode(expected),
        hex::encode(actual),
    )])
}

/// Row 11: the attestation key signed this header and report body.
pub(super) fn quote_signature(quote: &Quote, engine: &Run) -> Check {
    let key = attestation_key(quote);
    let mut findings = engine.findings(&[quote_claim(quote, &key)]);
    if findings.is_empty()
        && engine
            .claims()
            .is_some_and(|claims| !same_body(claims, quote))
    {
        findings.push(Finding::fail(
            Code::EngineDisagrees,
            "The engine reads another report body than the quote has.",
        ));
    }
    Check::ran(
        CheckId::QuoteSignature,
        "The attestation key signed this quote's header and report body.",
        findings,
    )
}

/// SEC1, uncompressed.
pub(super) fn attestation_key(quote: &Quote) -> Vec<u8> {
    [&[0x04], quote.bytes("auth_data.attestation_key")].concat()
}

pub(super) fn quote_claim<'a>(quote: &Quote, key: &'a [u8]) -> engine::Claim<'a> {
    Claim {
        signed_thing: "the quote's header and report body",
        signer: "the attestation key",
        key,
        signed: Signed {
            message: quote.signed_bytes().to_vec(),
            signature: ecdsa_sig_value(quote.bytes("auth_data.signature")),
        },
        refused: Code::QuoteSignatureInvalid,
    }
}

/// Whether the engine's report body has the measurements and `report_data` that we read.
fn same_body(claims: &engine::Claims, quote: &Quote) -> bool {
    let (measurement, report_data) = match (claims.report.as_sgx(), claims.report.as_td10()) {
        (Some(sgx), _) => (
            sgx.mr_enclave == quote.bytes("report_body.mr_enclave"),
            sgx.report_data,
        ),
        (_, Some(td)) => (td.mr_td == quote.bytes("report_body.mr_td"), td.report_data),
        _ => return false,
    };
    measurement && report_data == quote.report_data()
}
