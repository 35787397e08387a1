//! Rows 5 and 6: there is collateral for this platform, and it is current.

use super::authenticity::is_signed_by;
use super::{Request, Subject};
use crate::code::Code;
use crate::collateral::{Collateral, Source};
use crate::moment::{duration_in_words, in_words};
use crate::report::{Check, CheckId, Compared, Finding, Tense};
use crate::x509::{Certificate, Window};

/// Row 5: there is collateral for this TEE, FMSPC and PCK CA, and which.
pub(super) fn found(
    root: &Certificate,
    request: &Request<'_>,
    subject: &Subject,
    collateral: Option<Result<&Collateral, &Finding>>,
) -> Check {
    const ID: CheckId = CheckId::CollateralFound;
    // Without these two, row 8 says what is wrong with the certificate; there is nothing to look up by.
    let (Some(fmspc), Some(ca)) = (subject.fmspc, subject.ca) else {
        return Check::not_reached(ID);
    };
    let collateral = match collateral {
        None => {
            return Check::ran(
                ID,
                "",
                vec![Finding::fail(
                    Code::CollateralMissing,
                    "No collateral was given.",
                )],
            );
        }
        Some(Err(finding)) => return Check::ran(ID, "", vec![finding.clone()]),
        Some(Ok(collateral)) => collateral,
    };
    let tcb_info = &collateral.tcb_info;
    let tee = subject.quote.tee();
    let fmspc = hex::encode(fmspc);
    let mut findings = Vec::new();
    if !collateral.is_for(tee) {
        findings.push(Finding::fail(
            Code::CollateralTeeMismatch,
            format!(
                "The quote is {}; the collateral has TCB info for {} and the QE identity {}.",
                tee.id(),
                crate::text::quoted(&tcb_info.id, 20),
                crate::text::quoted(&collateral.qe_identity.id, 20)
            ),
        ));
    }
    if !tcb_info.fmspc.eq_ignore_ascii_case(&fmspc) {
        findings.push(Finding::fail(
            Code::CollateralFmspcMismatch,
            format!(
                "The machine's FMSPC is {fmspc}; the collateral is for {}.",
                crate::text::quoted(&tcb_info.fmspc.to_ascii_lowercase(), 20)
            ),
        ));
    }
    if !covers_ca(root, collateral, subject, ca.common_name()) {
        findings.push(Finding::fail(
            Code::CollateralCaMismatch,
            format!(
                "The machine's certificate was issued by {}; the collateral's PCK CRL is from another CA.",
                ca.common_name()
            ),
        ));
    }
    if let Ok(identity) = &subject.identity
        && !tcb_info
            .pce_id
            .eq_ignore_ascii_case(&hex::encode(identity.pce_id))
    {
        findings.push(Finding::fail(
            Code::CollateralPceIdMismatch,
            format!(
                "The machine's PCEID is {}; the collateral is for {}.",
                hex::encode(identity.pce_id),
                crate::text::quoted(&tcb_info.pce_id, 20)
            ),
        ));
    }
    if tcb_info.tcb_type != 0 {
        findings.push(Finding::fail(
            Code::TcbTypeUnsupported,
            format!("The TCB info has tcbType {}.", tcb_info.tcb_type),
        ));
    }
    if request.collateral_from == Source::Applicant {
        let detail = "The collateral came from the applicant.";
        findings.push(if request.policy.refuses_applicant_collateral() {
            Finding::fail(Code::CollateralFromApplicant, detail)
        } else {
            Finding::warn(Code::CollateralFromApplicant, detail)
        });
    }
    Check::ran(
        ID,
        format!(
            "Collateral for {} platforms with FMSPC {fmspc} and {}.",
            tee.id(),
            ca.common_name()
        ),
        findings,
    )
    .comparing(vec![
        Compared::new("TEE", tee.id(), tcb_info.id.as_str()),
        Compared::new("FMSPC", fmspc, tcb_info.fmspc.to_ascii_lowercase()),
    ])
}

/// The PCK CRL is from the CA that issued the quote's certificate: same name, and same key.
///
/// A CA of that name that the root never signed is no question of collateral: row 8 refuses it.
fn covers_ca(
    root: &Certificate,
    collateral: &Collateral,
    subject: &Subject,
    common_name: &str,
) -> bool {
    let is_covered = match (
        subject.chain.issuers.first(),
        collateral.pck_crl_signers.first(),
    ) {
        (Some(in_quote), Some(in_collateral)) => {
            in_quote.key == in_collateral.key || !is_signed_by(in_quote, root)
        }
        // A chain that is too short has no CA to compare with: row 8 refuses it too.
        _ => true,
    };
    collateral.pck_crl.is_issued_by(common_name) && is_covered
}

/// Row 6: every window holds the moment; for now, nothing is older than the policy allows.
pub(super) fn current(request: &Request<'_>, collateral: &Collateral) -> Check {
    const ID: CheckId = CheckId::CollateralCurrent;
    let at = request.moment.seconds();
    let mut findings: Vec<Finding> = collateral
        .dated_pieces()
        .into_iter()
        .chain(
            collateral
                .certificates()
                .map(|(words, certificate)| (words, certificate.window)),
        )
        .filter_map(|(piece, window)| {
            outside(
                piece,
                window,
                at,
                Code::CollateralExpired,
                Code::CollateralNotYetValid,
            )
        })
        .collect();
    // Three certificates of one chain with the same fault are one finding.
    findings.dedup();
    let numbers = (
        collateral.tcb_info.tcb_evaluation_data_number,
        collateral.qe_identity.tcb_evaluation_data_number,
    );
    let minimum = request.policy.min_tcb_evaluation_data_number();
    if numbers.0.min(numbers.1) < minimum {
        findings.push(Finding::fail(
            Code::TcbEvaluationNumberTooLow,
            format!(
                "The TCB evaluation data number is {} (TCB info) and {} (QE identity); the policy asks for {minimum}.",
                numbers.0, numbers.1
            ),
        ));
    }
    if request.moment.tense() == Tense::Now {
        findings.extend(old_pieces(request, collateral));
    }
    let until = collateral
        .dated_pieces()
        .into_iter()
        .map(|(_, window)| window.to)
        .min()
        .unwrap_or_default();
    let numbers = if numbers.0 == numbers.1 {
        format!("TCB evaluation data number {}", numbers.0)
    } else {
        format!(
            "TCB evaluation data numbers {} (TCB info) and {} (QE identity), which differ",
            numbers.0, numbers.1
        )
    };
    let ages = match request.moment.tense() {
        Tense::Now => ages(at, collateral),
        Tense::AsOf => String::new(),
    };
    Check::ran(
        ID,
        format!(
            "All of it is valid then, until {}; {numbers}.{ages}",
            in_words(until)
        ),
        findings,
    )
}

/// How old each piece is, for a moment that is now.
fn ages(at: u64, collateral: &Collateral) -> String {
    let ages: Vec<String> = collateral
        .dated_pieces()
        .into_iter()
        .map(|(piece, window)| {
            let age = duration_in_words(at.saturating_sub(window.from));
            format!("{piece} {age}")
        })
        .collect();
    format!(" Issued this long ago: {}.", ages.join(", "))
}

/// O16: the pieces that Intel issues at least monthly must be fresh; the root's CRL goes by its own window.
pub(crate) fn old_pieces(request: &Request<'_>, collateral: &Collateral) -> Vec<Finding> {
    collateral
        .dated_pieces()
        .into_iter()
        .filter(|(piece, _)| *piece != "root CA CRL")
        .filter_map(|(piece, window)| {
            let age = request.moment.seconds().saturating_sub(window.from);
            (age > request.policy.max_collateral_age()).then(|| {
                Finding::warn(
                    Code::CollateralOld,
                    format!(
                        "The {piece} is {} old; the policy allows {}.",
                        duration_in_words(age),
                        duration_in_words(request.policy.max_collateral_age())
                    ),
                )
            })
        })
        .collect()
}

/// What is wrong with a window at a moment.
pub(super) fn outside(
    piece: &str,
    window: Window,
    at: u64,
    expired: Code,
    not_yet_valid: Code,
) -> Option<Finding> {
    if window.holds(at) {
        None
    } else if at < window.from {
        Some(Finding::fail(
            not_yet_valid,
            format!(
                "The {piece} is valid from {} only, {} after the moment asked about.",
                in_words(window.from),
                duration_in_words(window.from.saturating_sub(at))
            ),
        ))
    } else {
        Some(Finding::fail(
            expired,
            format!(
                "The {piece} expired on {}, {} before the moment asked about.",
                in_words(window.to),
                duration_in_words(at.saturating_sub(window.to))
            ),
        ))
    }
}
