//! Rows 15 to 17: what ties the quote to this ceremony, and the machine to its record.

use super::{Request, Subject};
use crate::challenge::Challenge;
use crate::code::Code;
use crate::evidence::Evidence;
use crate::moment::duration_in_words;
use crate::quote::Quote;
use crate::registry::list::{Machine, Match, Registry};
use crate::report::{Check, CheckId, Compared, Finding, Standing, StandingView};
use crate::text::{count, quoted};

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
                "The challenge has only {}{}.",
                count(challenge.bytes_before_zeros(), "byte"),
                if challenge.bytes_before_zeros() < challenge.bytes().len() {
                    " before the zeros at its end, which every quote has behind its challenge"
                } else {
                    ""
                }
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

/// Row 17: the machine's standing in the lists that were given.
///
/// A revoked machine is refused, whatever else a list says of it. That a machine stands in no list can only be said of
/// lists that can be read whole. Being known or new changes no verdict: a machine is new before it is enrolled.
///
/// `subject` is only given when the quote is authentic.
pub(super) fn registry(
    request: &Request<'_>,
    subject: Option<&Subject>,
) -> (Check, Option<StandingView>) {
    const ID: CheckId = CheckId::Registry;
    if request.registry.is_none() && request.revoked.is_none() {
        let row = Check::not_given(ID, "No list of known machines was given.");
        return (row, None);
    }
    let machine = subject
        .and_then(|subject| subject.identity.as_ref().ok())
        .map(Machine::of);
    let (row, standing, found) = match &machine {
        None => (Check::not_reached(ID), Standing::Unknown, None),
        Some(machine) => standing(request.registry, request.revoked, machine),
    };
    let view = StandingView {
        standing,
        found,
        known: request.registry.map(Registry::short_view),
        revoked: request.revoked.map(Registry::short_view),
    };
    (row, Some(view))
}

fn standing(
    known: Option<&Registry>,
    revoked: Option<&Registry>,
    machine: &Machine,
) -> (Check, Standing, Option<Match>) {
    const ID: CheckId = CheckId::Registry;
    if let Some(found) = revoked.and_then(|list| list.find(machine)) {
        let detail = format!("The machine is revoked: {}.", in_words(&found));
        let finding = Finding::fail(Code::MachineRevoked, detail);
        let row = Check::ran(ID, "", vec![finding]);
        return (row, Standing::Revoked, Some(found));
    }
    let found = known.and_then(|list| list.find(machine));
    let undecided = |finding: Finding| Check::ran(ID, "", vec![finding]);
    let doubt = |list: Option<&Registry>, name| list.and_then(|list| list.doubt(machine, name));
    if let Some(doubt) = doubt(revoked, "the revoked list") {
        let detail = format!("{doubt}, and no other line is the machine's.");
        let row = undecided(Finding::fail(Code::RevokedIncomplete, detail));
        return (row, Standing::Unknown, found);
    }
    let beside = match revoked {
        Some(_) => "It is not on the revoked list.",
        None => "No revoked list was given.",
    };
    match (known, found) {
        (_, Some(found)) => {
            let detail = format!("The machine is known: {}. {beside}", in_words(&found));
            let row = Check::ran(ID, detail, Vec::new()).saying(Code::MachineKnown);
            (row, Standing::Known, Some(found))
        }
        (None, None) => {
            let row =
                Check::not_given(ID, format!("No list of known machines was given. {beside}"));
            (row, Standing::Unknown, None)
        }
        (Some(list), None) => match doubt(known, "the list of known machines") {
            Some(doubt) => {
                let detail = format!("{doubt}, and no other line is the machine's.");
                let row = undecided(Finding::warn(Code::RegistryIncomplete, detail));
                (row, Standing::Unknown, None)
            }
            None => {
                let detail = format!(
                    "The machine is new: it is none of the {} that are known. {beside}",
                    count(list.len(), "machine")
                );
                let row = Check::ran(ID, detail, Vec::new()).saying(Code::MachineNew);
                (row, Standing::New, None)
            }
        },
    }
}

fn in_words(found: &Match) -> String {
    let Match {
        scheme,
        prefix_bits,
        entry,
    } = found;
    let by = match prefix_bits {
        Some(bits) => format!("the first {bits} bits of its {scheme}"),
        None => format!("its {scheme}"),
    };
    let label = if entry.label.is_empty() {
        "no label".to_owned()
    } else {
        format!("the label {}", quoted(&entry.label, 80))
    };
    format!("{by} stands at {} with {label}", entry.place)
}
