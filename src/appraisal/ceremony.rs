//! Rows 15 to 17: what ties the quote to this ceremony, and the machine to its record.

use super::{Request, Subject};
use crate::challenge::Challenge;
use crate::code::Code;
use crate::evidence::Evidence;
use crate::moment::duration_in_words;
use crate::quote::Quote;
use crate::report::{Check, CheckId, Compared, Finding};
use crate::text::count;

/// Row 15: `report_data` is the challenge, zero-padded; all 64 bytes compared (O24).
///
/// A challenge that cannot be one fails whatever the quote is; `quote` is only given when it is authentic.
pub(super) fn challenge(request: &Request<'_>, quote: Option<&Quote>) -> Check {
    const ID: CheckId = CheckId::Challenge;
    let Some(typed) = request.challenge else {
        return Check::not_given(ID, "No challenge was given to compare with.");
    };
    let challenge = match Challenge::parse(typed) {
        Ok(challenge) => challenge,
        Err(error) => {
            return Check::ran(ID, "", vec![Finding::fail(error.code(), error.to_string())]);
        }
    };
    let Some(quote) = quote else {
        return Check::not_reached(ID);
    };
    let expected = challenge.report_data();
    let mut findings = Vec::new();
    if quote.report_data() != expected {
        findings.push(
            Finding::fail(
                Code::ChallengeMismatch,
                "The quote's report_data is not the challenge.",
            )
            .at(format!("byte {}", quote.offset("report_body.report_data"))),
        );
    }
    if challenge.is_short() {
        findings.push(Finding::warn(
            Code::ChallengeShort,
            format!(
                "The challenge has only {}.",
                count(challenge.bytes().len(), "byte")
            ),
        ));
    }
    findings.extend(window(request));
    Check::ran(
        ID,
        "The quote answers the challenge: all 64 bytes of report_data agree.",
        findings,
    )
    .comparing(vec![Compared::new(
        "report_data",
        hex::encode(expected),
        hex::encode(quote.report_data()),
    )])
}

/// O25: the answer came within the challenge's window.
fn window(request: &Request<'_>) -> Option<Finding> {
    let Some(issued_at) = request.challenge_issued_at else {
        return Some(Finding::warn(
            Code::ChallengeWindowUnknown,
            "It was not said when the challenge was made.",
        ));
    };
    let at = request.moment.seconds();
    let allowed = u64::from(request.challenge_minutes).saturating_mul(60);
    let missed = if at < issued_at {
        format!(
            "The challenge was made {} after the moment appraised for.",
            duration_in_words(issued_at.saturating_sub(at))
        )
    } else if at.saturating_sub(issued_at) > allowed {
        format!(
            "The challenge was made {} before; it could be answered for {}.",
            duration_in_words(at.saturating_sub(issued_at)),
            duration_in_words(allowed)
        )
    } else {
        return None;
    };
    Some(Finding::warn(Code::ChallengeWindowMissed, missed))
}

/// Row 16: the PPID in the certificate is the one the file recorded.
///
/// `subject` is only given when the quote is authentic.
pub(super) fn ppid_recorded(evidence: Option<&Evidence>, subject: Option<&Subject>) -> Check {
    const ID: CheckId = CheckId::PpidRecorded;
    let recorded = evidence
        .and_then(Evidence::attester_output)
        .and_then(|output| output.recorded_ppid());
    let Some(recorded) = recorded else {
        return Check::not_given(ID, "The input records no PPID.");
    };
    let Some(identity) = subject.and_then(|subject| subject.identity.as_ref().ok()) else {
        return Check::not_reached(ID);
    };
    let compared = Compared::new("PPID", recorded, hex::encode(identity.ppid));
    let findings = if compared.equal {
        Vec::new()
    } else {
        vec![Finding::fail(
            Code::PpidMismatch,
            "The file records another PPID than the certificate.",
        )]
    };
    Check::ran(
        ID,
        "The PPID in the certificate is the one that the file records.",
        findings,
    )
    .comparing(vec![compared])
}

/// Row 17: no list of known machines can be given yet.
pub(super) fn registry() -> Check {
    Check::not_given(CheckId::Registry, "No list of known machines was given.")
}
