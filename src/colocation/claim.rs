//! The owner's claim: a statement that the owner's key signed, and audit certificates.

use super::Code;
use super::evidence::{Certificate, Role};
use super::people::{MAX_LINE, readable};
use super::report::{Check, CheckId, Fact, Finding, Found};
use super::{Given, NAMESPACE};
use crate::ceremony::keys::{Key, Refusal, SshSignature};
use crate::evidence::foreign_encoding;
use crate::moment::in_words;
use crate::text::quoted;

/// Checks a claim: that it names the machine, that the key signed it, and that the certificates are valid.
pub(super) fn check(
    files: &Given<'_>,
    key: &str,
    certificates: &[Certificate],
    machine: Option<&str>,
    at: u64,
) -> Found {
    let statement = files.one(Role::Statement);
    let text = statement.map(std::str::from_utf8);
    let facts = match text {
        Some(Ok(text)) => vec![Fact {
            label: "Statement".to_owned(),
            value: readable(text, 8000),
        }],
        _ => Vec::new(),
    };
    let signed = signature(
        CheckId::ClaimSignature,
        files,
        Role::Statement,
        key,
        "statement",
    );
    Found {
        checks: vec![
            names_machine(statement, machine),
            signed,
            valid(certificates, at),
        ],
        facts,
        ..Found::default()
    }
}

/// Row `claim.machine`.
fn names_machine(statement: Option<&[u8]>, machine: Option<&str>) -> Check {
    let id = CheckId::ClaimMachine;
    let Some(machine) = machine else {
        return Check::not_given(id, "No machine was named to look for in the statement.")
            .saying(Code::MachineMissing);
    };
    // UTF-16 of plain letters is UTF-8 as well, with zeros between them.
    let utf16 = statement
        .and_then(foreign_encoding)
        .filter(|encoding| encoding.starts_with("UTF-16"));
    if let Some(encoding) = utf16 {
        let words = format!("The statement is saved as {encoding}, not as UTF-8 text.");
        let finding = Finding::fail(Code::StatementEncoding, words).at("byte 0");
        return Check::ran(id, "", vec![finding]);
    }
    match statement.map(std::str::from_utf8) {
        None => Check::not_reached(id),
        Some(Err(error)) => Check::ran(
            id,
            "",
            vec![
                Finding::fail(
                    Code::StatementEncoding,
                    format!(
                        "The statement is no UTF-8 text: byte {} does not fit.",
                        error.valid_up_to()
                    ),
                )
                .at(format!("byte {}", error.valid_up_to())),
            ],
        ),
        Some(Ok(text)) => {
            let findings = if holds_word(text, machine) {
                Vec::new()
            } else {
                vec![Finding::fail(
                    Code::MachineUnnamed,
                    format!("The statement does not name {}.", quoted(machine, 80)),
                )]
            };
            Check::ran(
                id,
                format!("The statement names {}.", quoted(machine, 80)),
                findings,
            )
        }
    }
}

/// Whether a text holds a name, and not only as the beginning or end of a longer one.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == ':');
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text
                .get(at.saturating_add(word.len())..)
                .and_then(|text| text.chars().next());
            // A sentence may end, or a clause go on, behind the name.
            let ends = match after {
                Some(':') => true,
                after => !goes_on(after),
            };
            !goes_on(before) && ends
        })
}

/// A row about a signature over the file of a role, by a key that was entered.
pub(super) fn signature(
    id: CheckId,
    files: &Given<'_>,
    over: Role,
    key: &str,
    what: &str,
) -> Check {
    let (Some(message), Some(signature), Ok(key)) =
        (files.one(over), files.one(Role::Signature), Key::parse(key))
    else {
        return Check::not_reached(id);
    };
    // Only a signature that names its purpose: bare Ed25519 over a file could be one over a record, or a record's over a file.
    let outcome = SshSignature::from_file(signature)
        .and_then(|signature| key.explained(NAMESPACE, message, &signature));
    let findings = match outcome {
        Ok(()) => Vec::new(),
        Err(Refusal::Unreadable) => vec![Finding::fail(
            Code::SignatureUnreadable,
            "The signature is no SSH signature.",
        )],
        Err(Refusal::Encoding { saved_as }) => vec![Finding::fail(
            Code::SignatureUnreadable,
            format!("The signature's file is saved as {saved_as}; ssh-keygen writes plain text."),
        )],
        Err(Refusal::Untouched) => vec![Finding::fail(
            Code::SignatureRefused,
            format!(
                "Nobody touched the security key {} when it signed.",
                key.fingerprint()
            ),
        )],
        Err(Refusal::Converted(conversion)) => vec![Finding::fail(
            Code::SignatureRefused,
            format!(
                "The signature fits the {what} {conversion}: one of the two was converted on its way. Ask for both as they were signed."
            ),
        )],
        Err(Refusal::Namespace) => vec![Finding::fail(
            Code::SignatureNamespace,
            format!("The signature was made for another purpose than {NAMESPACE}."),
        )],
        Err(Refusal::Refused) => vec![Finding::fail(
            Code::SignatureRefused,
            format!(
                "The signature is not one of {} over the {what}.",
                key.fingerprint()
            ),
        )],
    };
    Check::ran(
        id,
        format!("{} signed the {what}.", key.fingerprint()),
        findings,
    )
}

/// Row `claim.certificates`.
fn valid(certificates: &[Certificate], at: u64) -> Check {
    let id = CheckId::ClaimCertificates;
    if certificates.is_empty() {
        return Check::not_given(id, "No audit certificate was given.")
            .saying(Code::CertificatesNone);
    }
    let mut findings = Vec::new();
    for certificate in certificates {
        let name = format!(
            "{} of {}",
            quoted(&certificate.standard, MAX_LINE),
            quoted(&certificate.issuer, MAX_LINE)
        );
        if at > certificate.valid_to {
            findings.push(Finding::fail(
                Code::CertificateExpired,
                format!("{name} expired on {}.", in_words(certificate.valid_to)),
            ));
        } else if at < certificate.valid_from {
            findings.push(Finding::fail(
                Code::CertificateLater,
                format!(
                    "{name} is valid from {} only.",
                    in_words(certificate.valid_from)
                ),
            ));
        }
    }
    Check::ran(
        id,
        format!(
            "{} at the moment, by the dates that were entered.",
            if certificates.len() == 1 {
                "The certificate is valid".to_owned()
            } else {
                format!("All {} certificates are valid", certificates.len())
            }
        ),
        findings,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_name_is_not_the_beginning_of_another() {
        let name = "intel:sgx:ppid:00ff";
        for text in [
            "intel:sgx:ppid:00ff",
            "machine (intel:sgx:ppid:00ff).",
            "intel:sgx:ppid:00ff: mine",
            "x intel:sgx:ppid:00ff0 intel:sgx:ppid:00ff",
        ] {
            assert!(holds_word(text, name), "{text}");
        }
        for text in [
            "",
            "intel:sgx:ppid:00ff0",
            "xintel:sgx:ppid:00ff",
            "intel:sgx:ppid:00f",
        ] {
            assert!(!holds_word(text, name), "{text}");
        }
        assert!(!holds_word("text", ""));
    }
}
