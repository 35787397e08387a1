//! Rows 1 to 4: the file, and the quote in it.

use super::{Request, Subject};
use crate::attester::{AttesterOutput, status_word};
use crate::code::Code;
use crate::evidence::Evidence;
use crate::report::{Check, CheckId, Compared, Finding};
use crate::text::{count, quoted};

/// Row 1: exactly one quote is found, and how.
pub(super) fn decoded(evidence: Result<&Evidence, &Finding>) -> Check {
    match evidence {
        Err(finding) => Check::ran(CheckId::FileDecoded, "", vec![finding.clone()]),
        Ok(evidence) => Check::ran(
            CheckId::FileDecoded,
            format!("Read as {}.", evidence.form.description()),
            Vec::new(),
        ),
    }
}

/// Row 2: the file's SHA-256, where it has one, is the one noted during the call.
pub(super) fn digest(request: &Request<'_>, actual: Option<&str>) -> Check {
    const ID: CheckId = CheckId::FileDigest;
    const WHOLE: usize = 64;
    let Some(noted) = request.noted_sha256 else {
        return Check::not_given(ID, "No hash that was noted during the call was given.");
    };
    let Some(actual) = actual else {
        return Check::not_reached(ID);
    };
    let noted = match noted_digits(noted) {
        Ok(noted) => noted,
        Err(finding) => return Check::ran(ID, "", vec![finding]),
    };
    let same_digits = actual.get(..noted.len()).unwrap_or_default();
    let mut findings = Vec::new();
    if same_digits != noted {
        findings.push(Finding::fail(
            Code::DigestMismatch,
            "The file's SHA-256 is not the one that was noted.",
        ));
    } else if noted.len() < WHOLE {
        // O24b: few digits can be matched on purpose, by trying case, line ends and padding.
        findings.push(Finding::warn(
            Code::DigestPartial,
            format!(
                "Only the first {} of the SHA-256 were noted: they check {} of 256 bits.",
                count(noted.len(), "digit"),
                noted.len().saturating_mul(4)
            ),
        ));
    }
    Check::ran(
        ID,
        "The file's SHA-256 is the one that was noted.",
        findings,
    )
    .comparing(vec![Compared {
        equal: same_digits == noted,
        ..Compared::new("SHA-256 of the file", noted, actual)
    }])
}

/// A noted hash as typed: up to 64 hexadecimal digits, spaces allowed, lower case.
pub(super) fn noted_digits(noted: &str) -> Result<String, Finding> {
    let digits: String = noted
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if digits.is_empty() || digits.len() > 64 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(Finding::fail(
            Code::DigestInvalid,
            format!("The noted hash {} is not a SHA-256.", quoted(noted, 70)),
        ));
    }
    Ok(digits)
}

/// Row 3: every field that the attester printed equals what the quote and its certificate say.
///
/// `status` is the TCB status found here, where it is known. The attester's own status and warning rest on
/// its own collateral, so a difference there is only a reservation.
pub(super) fn consistent(
    evidence: &Evidence,
    subject: Option<&Subject>,
    status: Option<&str>,
) -> Check {
    const ID: CheckId = CheckId::FileConsistent;
    let Some(output) = evidence
        .attester_output()
        .filter(|output| output.has_printed_fields())
    else {
        return Check::not_given(ID, "The input has no printed fields to compare.");
    };
    let Some((subject, identity)) =
        subject.and_then(|subject| Some((subject, subject.identity.as_ref().ok()?)))
    else {
        return Check::not_reached(ID);
    };
    let (mut findings, compared) = output.compare(&subject.quote, identity);
    findings.extend(printed_status(output, status));
    Check::ran(
        ID,
        format!(
            "{} of the file equal what the quote and its certificate say.",
            count(compared.len(), "printed line")
        ),
        findings,
    )
    .comparing(compared)
}

fn printed_status(output: &AttesterOutput, status: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some((printed, line)), Some(status)) = (output.printed_status(), status)
        && status_word(status) != Some(printed)
    {
        findings.push(
            Finding::warn(
                Code::PrintedStatusDiffers,
                format!(
                    "Line {line} prints the status {}; here it is {status}.",
                    quoted(printed, 40)
                ),
            )
            .at(format!("line {line}")),
        );
    }
    if let Some(line) = output.printed_collateral_expired() {
        findings.push(
            Finding::warn(
                Code::PrintedCollateralExpired,
                format!("Line {line} says that the attester's own collateral had expired."),
            )
            .at(format!("line {line}")),
        );
    }
    findings
}

/// Row 4: lengths, versions, types; nothing left over but zeros; a clean certificate chain.
pub(super) fn structure(subject: Result<&Subject, &Finding>) -> Check {
    const ID: CheckId = CheckId::QuoteStructure;
    match subject {
        Err(finding) => Check::ran(ID, "", vec![finding.clone()]),
        Ok(Subject { quote, .. }) => Check::ran(
            ID,
            format!(
                "Quote version {}, {}, {}{}.",
                quote.version(),
                quote.body().label(),
                count(quote.canonical().len(), "byte"),
                match quote.trailing_zeros() {
                    0 => String::new(),
                    zeros => format!(", followed by {}", count(zeros, "zero byte")),
                }
            ),
            Vec::new(),
        ),
    }
}
