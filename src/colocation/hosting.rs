//! Proof of data-centre hosting: a video that was watched, and an e-mail that the data centre's domain signed.

use chrono::DateTime;

use super::dkim::{self, KeyRecord, Signature};
use super::evidence::{MailKey, Role};
use super::mail::{Message, Part, domain_name, is_within, wire};
use super::people::readable;
use super::report::{Check, CheckId, Fact, Finding, Found};
use super::{Code, Given};
use crate::moment::{duration_in_words, in_words};
use crate::text::{count, folded, quoted};

/// For how long the sender's clock may be ahead.
const CLOCK_SKEW: u64 = 300;
/// An older mail may no longer be true.
const OLD: u64 = 366 * 24 * 60 * 60;
/// As much of a text as a person reads.
const MOST_TEXT: usize = 8000;

/// Row `video.watched`.
pub(super) fn video(watched_by: &[String], seconds: u64) -> Found {
    let mut findings = Vec::new();
    if seconds == 0 {
        findings.push(Finding::fail(Code::VideoEmpty, "The video has no length."));
    }
    let names: std::collections::BTreeSet<String> = watched_by
        .iter()
        .map(|name| folded(name))
        .filter(|name| !name.is_empty())
        .collect();
    match names.len() {
        0 => findings.push(Finding::fail(
            Code::VideoUnwatched,
            "Nobody is said to have watched the video.",
        )),
        1 => findings.push(Finding::warn(
            Code::VideoWatchedByOne,
            "One person is said to have watched the video.",
        )),
        _ => {}
    }
    Found {
        checks: vec![Check::ran(
            CheckId::VideoWatched,
            format!(
                "{} say that they watched it, {seconds} seconds of it.",
                count(names.len(), "person").replace("persons", "people")
            ),
            findings,
        )],
        ..Found::default()
    }
}

/// A mail that was read and checked.
pub(super) struct CheckedMail {
    /// Rows `mail.read` to `mail.domain`.
    pub(super) found: Found,
    /// What it holds, of which a pledge's tie is found.
    pub(super) parts: Vec<Part>,
}

/// Checks a mail: signature, times, and whose domain it is.
pub(super) fn mail(files: &Given<'_>, entered: &MailKey, at: u64) -> CheckedMail {
    let unread = |read: Check, key: Check| CheckedMail {
        found: Found {
            checks: vec![
                read,
                key,
                Check::not_reached(CheckId::MailSignature),
                Check::not_reached(CheckId::MailTime),
                Check::not_reached(CheckId::MailDomain),
            ],
            ..Found::default()
        },
        parts: Vec::new(),
    };
    let (record, key) = match dkim::key_record(&entered.key_record) {
        Err(finding) => (None, Check::ran(CheckId::MailKey, "", vec![finding])),
        Ok(record) => {
            let row = Check::ran(
                CheckId::MailKey,
                format!(
                    "The key record that was supplied holds a key: {}. It is not from DNS.",
                    record.words()
                ),
                record.reservations(),
            );
            (Some(record), row)
        }
    };
    let Some(file) = files.one(Role::Mail) else {
        return unread(Check::not_reached(CheckId::MailRead), key);
    };
    let wire = match wire(file) {
        Err(finding) => return unread(Check::ran(CheckId::MailRead, "", vec![finding]), key),
        Ok(wire) => wire,
    };
    let message = match Message::read(&wire) {
        Err(finding) => return unread(Check::ran(CheckId::MailRead, "", vec![finding]), key),
        Ok(message) => message,
    };
    let read = Check::ran(
        CheckId::MailRead,
        format!("One e-mail with {} header fields.", message.fields.len()),
        Vec::new(),
    );
    let domain = domain_name(&entered.domain).unwrap_or_default();
    let parts = message.parts();
    let signed = match &record {
        None => (Check::not_reached(CheckId::MailSignature), None),
        Some(record) => signature(&message, record, &domain),
    };
    let (time, whose) = match &signed.1 {
        None => (
            Check::not_reached(CheckId::MailTime),
            Check::not_reached(CheckId::MailDomain),
        ),
        Some(signature) => (
            times(&message, signature, at),
            domains(&message, signature, &domain),
        ),
    };
    CheckedMail {
        found: Found {
            facts: facts(&message, signed.1.as_ref(), &parts),
            checks: vec![read, key, signed.0, time, whose],
            timeline: None,
        },
        parts,
    }
}

/// Row `mail.signature`: of several signatures, one that holds; of those, rather one of the data centre's domain.
fn signature<'a>(
    message: &Message<'a>,
    record: &KeyRecord,
    domain: &str,
) -> (Check, Option<Signature<'a>>) {
    let id = CheckId::MailSignature;
    let fields = message.all("DKIM-Signature");
    if fields.is_empty() {
        let finding = Finding::fail(Code::DkimMissing, "The mail has no DKIM signature.");
        return (Check::ran(id, "", vec![finding]), None);
    }
    if fields.len() > dkim::MAX_SIGNATURES {
        let finding = Finding::fail(
            Code::DkimTooMany,
            format!(
                "The mail has {} DKIM signatures; {} are looked at.",
                fields.len(),
                dkim::MAX_SIGNATURES
            ),
        );
        return (Check::ran(id, "", vec![finding]), None);
    }
    let number = fields.len();
    // Best first: holds and is of the domain, holds, is of the domain, any. Sorting keeps the order of the mail.
    let mut tried: Vec<(bool, bool, Vec<Finding>, Option<Signature<'a>>)> = fields
        .into_iter()
        .map(|field| match Signature::read(field) {
            Err(finding) => (false, false, vec![finding], None),
            Ok(signature) => {
                let findings = signature.verify(message, record);
                let row = Check::ran(id, "", findings.clone());
                let is_of_domain = is_within(&signature.domain, domain);
                (row.holds(), is_of_domain, findings, Some(signature))
            }
        })
        .collect();
    tried.sort_by_key(|(holds, is_of_domain, ..)| (!holds, !is_of_domain));
    let Some((holds, _, findings, signature)) = tried.into_iter().next() else {
        return (Check::not_reached(id), None);
    };
    let words = signature.as_ref().map_or_else(String::new, |signature| {
        format!(
            "{} signed the mail, by its DKIM signature with the selector {}, under the key that was supplied; not from DNS.{}",
            signature.domain,
            quoted(&signature.selector, 60),
            if number > 1 {
                format!(" (One of {number} signatures.)")
            } else {
                String::new()
            }
        )
    });
    (Check::ran(id, words, findings), signature.filter(|_| holds))
}

/// Row `mail.time`.
fn times(message: &Message<'_>, signature: &Signature<'_>, at: u64) -> Check {
    let mut findings = Vec::new();
    let latest = at.saturating_add(CLOCK_SKEW);
    if let Some(expires) = signature.expires_at.filter(|expires| *expires < at) {
        findings.push(Finding::fail(
            Code::DkimExpired,
            format!("The signature expired on {} (x=).", in_words(expires)),
        ));
    }
    if let Some(signed) = signature.signed_at.filter(|signed| *signed > latest) {
        findings.push(Finding::fail(
            Code::MailLater,
            format!(
                "The mail was signed on {} (t=), after the moment that is checked for.",
                in_words(signed)
            ),
        ));
    }
    let date = message
        .text("Date")
        .filter(|_| signature.covers("Date"))
        .and_then(|text| DateTime::parse_from_rfc2822(&without_comment(&text)).ok())
        .and_then(|date| u64::try_from(date.timestamp()).ok());
    if let Some(date) = date.filter(|date| *date > latest) {
        findings.push(Finding::fail(
            Code::MailLater,
            format!(
                "The mail is dated {}, after the moment that is checked for.",
                in_words(date)
            ),
        ));
    }
    let made = signature.signed_at.or(date);
    match made {
        None => findings.push(Finding::warn(
            Code::MailUndated,
            "Neither the signature (t=) nor a signed field Date tells when the mail was made.",
        )),
        Some(made) if at.saturating_sub(made) > OLD => findings.push(Finding::warn(
            Code::MailOld,
            format!(
                "The mail was made on {}, {} before.",
                in_words(made),
                duration_in_words(at.saturating_sub(made))
            ),
        )),
        Some(_) => {}
    }
    Check::ran(
        CheckId::MailTime,
        format!(
            "The mail was made on {}, by its own word, and the signature has not expired.",
            made.map(in_words).unwrap_or_default()
        ),
        findings,
    )
}

/// A date as chrono reads it: without the zone's name behind.
fn without_comment(date: &str) -> String {
    date.split_once('(')
        .map_or(date, |(date, _)| date)
        .trim()
        .to_owned()
}

/// Row `mail.domain`.
fn domains(message: &Message<'_>, signature: &Signature<'_>, domain: &str) -> Check {
    let mut findings = Vec::new();
    if !is_within(&signature.domain, domain) {
        findings.push(Finding::fail(
            Code::DomainDiffers,
            format!(
                "{} signed the mail (d=), which is neither {domain} nor below it.",
                signature.domain
            ),
        ));
    }
    match message.sender() {
        None => findings.push(Finding::fail(
            Code::SenderUnclear,
            "The field From has not exactly one address.",
        )),
        Some(sender) => {
            let of = sender.rsplit_once('@').map_or("", |(_, of)| of);
            if !is_within(of, domain) {
                findings.push(Finding::fail(
                    Code::SenderDiffers,
                    format!(
                        "The mail is from {}, whose domain is neither {domain} nor below it.",
                        quoted(&sender, 100)
                    ),
                ));
            }
        }
    }
    Check::ran(
        CheckId::MailDomain,
        format!(
            "The signing domain {} and the sender's are {domain}, or below it.",
            signature.domain
        ),
        findings,
    )
}

/// What people read for themselves: whether what it says is enough, no program can tell.
fn facts(message: &Message<'_>, signature: Option<&Signature<'_>>, parts: &[Part]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = ["From", "To", "Date", "Subject"]
        .into_iter()
        .filter_map(|name| {
            let is_signed = signature.is_some_and(|signature| signature.covers(name));
            let label = if is_signed {
                name.to_owned()
            } else {
                format!("{name} (not signed)")
            };
            message.text(name).map(|text| Fact {
                label,
                value: readable(&text, 1000),
            })
        })
        .collect();
    if let Some(signature) = signature {
        facts.push(Fact {
            label: "Key record's place in DNS".to_owned(),
            value: readable(
                &format!("{}._domainkey.{}", signature.selector, signature.domain),
                1000,
            ),
        });
    }
    let of = |media_type: &str| {
        parts
            .iter()
            .find(|part| part.media_type == media_type && !part.is_attached)
    };
    let shown = of("text/plain")
        .map(|part| ("Text", part))
        .or_else(|| of("text/html").map(|part| ("Text, as HTML", part)));
    if let Some((label, part)) = shown {
        let is_signed = signature.is_some();
        facts.push(Fact {
            label: if is_signed {
                label.to_owned()
            } else {
                format!("{label} (not signed)")
            },
            value: readable(part.text().trim(), MOST_TEXT),
        });
    }
    facts
}
