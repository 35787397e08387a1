//! Pledges: a document, and what ties its signatory to it.

use super::evidence::{Confirmation, File, Pledge, Role};
use super::hosting::{self, Signed};
use super::people::readable;
use super::report::{Check, CheckId, Finding, Found, Tie};
use super::written;
use super::{Code, Given, claim};
use crate::text::quoted;

/// Most lines that are shown, and most characters on either side of what ties.
const MOST_LINES: usize = 5;
const MOST_BESIDE: usize = 200;
/// Most places that are named where a digest stands that does not count.
const MOST_PLACES: usize = 3;

/// Checks a pledge by its confirmation: a mail that names or attaches the document, or a signature over it. And what ties a mail.
pub(super) fn check(files: &Given<'_>, entered: &Pledge, at: u64) -> (Found, Vec<Tie>) {
    match &entered.confirmed_by {
        Confirmation::Signature { key, .. } => {
            let signed = claim::signature(
                CheckId::PledgeSignature,
                files,
                Role::Document,
                key,
                "document",
            );
            let found = Found {
                checks: vec![signed],
                ..Found::default()
            };
            (found, Vec::new())
        }
        Confirmation::Mail(mail) => {
            let checked = hosting::mail(files.mail(), mail, at);
            let (tied, ties) = match (files.named(Role::Document), &checked.signed) {
                (Some(document), Some(signed)) => document_row(document, signed),
                _ => (Check::not_reached(CheckId::PledgeDocument), Vec::new()),
            };
            let mut found = checked.found;
            found.checks.push(tied);
            (found, ties)
        }
    }
}

/// Row `pledge.document`, of a mail whose signature holds; and what ties it. The file's digest was computed where it was taken in.
fn document_row(document: &File, mail: &Signed<'_>) -> (Check, Vec<Tie>) {
    let id = CheckId::PledgeDocument;
    let digest = document.sha256.as_str();
    let fail = |code: Code, details: Vec<String>| {
        let findings = details
            .into_iter()
            .map(|detail| Finding::fail(code, detail))
            .collect();
        (Check::ran(id, "", findings), Vec::new())
    };
    if !mail.machine.is_empty() {
        let signs = mail.machine.iter().map(written::Machine::words).collect();
        return fail(Code::MailAutomatic, signs);
    }
    let in_text = in_text(mail, digest);
    let attached = attached(mail, digest);
    let is_tied = !in_text.is_empty() || !attached.is_empty();
    if is_tied && let Some(doubt) = mail.doubt {
        return fail(Code::DkimTypeUnsigned, vec![doubt.words().to_owned()]);
    }
    let has_words = mail.shown.is_some_and(written::Shown::has_words);
    if in_text.is_empty() && is_tied && !has_words {
        return fail(
            Code::DocumentQuoted,
            vec!["The mail attaches the document, and holds no words of the sender's own in the text that is shown, outside of what looks quoted or forwarded.".to_owned()],
        );
    }
    if !in_text.is_empty() && !mail.unsigned.is_empty() {
        return fail(
            Code::DkimFieldsUnsigned,
            vec![format!(
                "The signature does not cover {}: whether a program repeated the SHA-256 from there cannot be told, as whoever hands the mail over could have cut it off or changed it.",
                mail.unsigned.join(" and ")
            )],
        );
    }
    if !in_text.is_empty()
        && let Some(field) = mail.repeats(digest)
    {
        return fail(
            Code::DocumentQuoted,
            vec![format!(
                "The mail's field {} holds the document's SHA-256 as well as its text: {digest}. A program that answers by itself repeats the subject, name or address that it was sent.",
                quoted(field, 60)
            )],
        );
    }
    let mut own = mail.shown.into_iter().flat_map(written::Shown::own);
    if !in_text.is_empty()
        && let Some((line, _)) = own.find(|(_, text)| written::greets(text, digest))
    {
        return fail(
            Code::DocumentQuoted,
            vec![format!(
                "Line {line} of the text greets somebody by the document's SHA-256: {digest}. A program that answers by itself repeats the name that it was sent."
            )],
        );
    }
    if is_tied {
        let how = match (in_text.len(), attached.is_empty()) {
            (0, _) => "attaches the document",
            (_, false) => {
                "holds the document's SHA-256 in its own text, outside of what is quoted, and attaches the document"
            }
            (_, true) => "holds the document's SHA-256 in its own text, outside of what is quoted",
        };
        let ties = in_text.into_iter().chain(attached).collect();
        return (
            Check::ran(id, format!("The mail {how}: {digest}."), Vec::new()),
            ties,
        );
    }
    match places(mail, digest) {
        places if places.is_empty() => fail(
            Code::DocumentUntied,
            vec![format!(
                "The mail neither attaches the document nor holds its SHA-256 in what is read of it: {digest}."
            )],
        ),
        places => fail(
            Code::DocumentQuoted,
            vec![format!(
                "The document's SHA-256, {digest}, stands only where it does not count: {}.",
                places.join("; ")
            )],
        ),
    }
}

/// The sender's own lines that hold the digest.
fn in_text(mail: &Signed<'_>, digest: &str) -> Vec<Tie> {
    let own = mail.shown.into_iter().flat_map(written::Shown::own);
    own.filter_map(|(line, text)| {
        let at = written::position(text, digest)?;
        let (before, rest) = text.split_at_checked(at)?;
        let (tie, after) = rest.split_at_checked(digest.len())?;
        let mut last: Vec<char> = before.chars().rev().take(MOST_BESIDE).collect();
        last.reverse();
        let before: String = last.into_iter().collect();
        Some(Tie {
            line: Some(line),
            before: readable(&before, MOST_BESIDE),
            tie: tie.to_owned(),
            after: readable(after, MOST_BESIDE),
        })
    })
    .take(MOST_LINES)
    .collect()
}

/// Parts that are the document, byte for byte; none that stands in a mail that was returned or forwarded.
fn attached(mail: &Signed<'_>, digest: &str) -> Vec<Tie> {
    mail.content
        .parts
        .iter()
        .filter(|part| part.has_type || mail.is_type_signed)
        .filter(|part| hex::encode(part.sha256) == digest)
        .map(|part| Tie {
            line: None,
            before: "attached as ".to_owned(),
            tie: part.name.as_deref().map_or_else(
                || "a part without a name".to_owned(),
                |name| quoted(name, 100),
            ),
            after: String::new(),
        })
        .take(MOST_LINES)
        .collect()
}

/// Where a digest stands that does not count.
fn places(mail: &Signed<'_>, digest: &str) -> Vec<String> {
    let mut places = Vec::new();
    places.extend(mail.shown.and_then(|shown| shown.elsewhere(digest)));
    let shown = mail.shown.map(|shown| shown.part);
    for (number, part) in mail.content.parts.iter().enumerate() {
        let named = part.name.as_deref().unwrap_or_default();
        if named.to_ascii_lowercase().contains(digest) {
            places.push("in the name of a file that is attached".to_owned());
        }
        let holds = || part.text().to_ascii_lowercase().contains(digest);
        if shown == Some(number) {
            if places.is_empty() && holds() {
                places.push(format!(
                    "in what is not shown of the text, such as comments of HTML, or behind its first {} characters",
                    written::MOST_TEXT
                ));
            }
        } else if holds() {
            places.push(if part.media_type.starts_with("message/") {
                format!(
                    "in another mail that this one holds ({})",
                    readable(&part.media_type, 60)
                )
            } else if part.is_attached {
                format!(
                    "in a file that is attached ({})",
                    readable(&part.media_type, 60)
                )
            } else {
                format!(
                    "in a part that is not shown ({})",
                    readable(&part.media_type, 60)
                )
            });
        }
        if places.len() >= MOST_PLACES {
            break;
        }
    }
    if let Some(field) = mail.repeats(digest) {
        places.push(format!("in the field {}", quoted(field, 60)));
    }
    places.dedup();
    places
}
