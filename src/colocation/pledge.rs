//! Pledges: a document, and what ties its signatory to it.

use super::evidence::{Confirmation, Pledge, Role};
use super::hosting;
use super::report::{Check, CheckId, Finding, Found};
use super::{Code, Given, claim};
use crate::text::sha256;

/// Checks a pledge by its confirmation: a mail that names or attaches the document, or a signature over it.
pub(super) fn check(files: &Given<'_>, entered: &Pledge, at: u64) -> Found {
    match &entered.confirmed_by {
        Confirmation::Signature { key, .. } => Found {
            checks: vec![claim::signature(
                CheckId::PledgeSignature,
                files,
                Role::Document,
                key,
                "document",
            )],
            ..Found::default()
        },
        Confirmation::Mail(mail) => {
            let checked = hosting::mail(files, mail, at);
            let tied = document(files, &checked);
            let mut found = checked.found;
            found.checks.push(tied);
            found
        }
    }
}

/// Row `pledge.document`: of a mail that could be read, and whose body was signed.
fn document(files: &Given<'_>, mail: &hosting::CheckedMail) -> Check {
    let id = CheckId::PledgeDocument;
    let is_signed = mail
        .found
        .checks
        .iter()
        .any(|check| check.id == CheckId::MailSignature && check.holds());
    let Some(document) = files.one(Role::Document).filter(|_| is_signed) else {
        return Check::not_reached(id);
    };
    let hash = sha256(document);
    let digest = hex::encode(hash);
    let is_attached = mail.parts.iter().any(|part| sha256(&part.bytes) == hash);
    let is_named = mail
        .parts
        .iter()
        .filter(|part| part.media_type.starts_with("text/"))
        .any(|part| claim::holds_word(&part.text().to_ascii_lowercase(), &digest));
    if is_attached || is_named {
        let how = if is_attached {
            "attaches the document"
        } else {
            "holds the document's SHA-256"
        };
        return Check::ran(id, format!("The mail {how}: {digest}."), Vec::new());
    }
    Check::ran(
        id,
        "",
        vec![Finding::fail(
            Code::DocumentUntied,
            format!("The mail neither attaches the document nor holds its SHA-256, {digest}."),
        )],
    )
}

#[cfg(test)]
mod tests {
    use super::super::mail::Message;
    use super::*;

    #[test]
    fn a_document_is_hashed_once_however_many_parts_a_mail_has() {
        let part = Message::read(b"A: 1\r\n\r\nx\r\n").unwrap().parts();
        let mail = hosting::CheckedMail {
            found: Found {
                checks: vec![Check::ran(CheckId::MailSignature, "", Vec::new())],
                ..Found::default()
            },
            // More than a mail is read for: were the document hashed for each, this would last for hours.
            parts: part.into_iter().cycle().take(1 << 18).collect(),
        };
        let bytes = vec![0; 4 << 20];
        let files = Given(vec![(Role::Document, "pledge.pdf", &bytes)]);
        let row = document(&files, &mail);
        assert_eq!(row.code, Some(Code::DocumentUntied));
    }
}
