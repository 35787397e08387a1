//! Proof of data-centre hosting: a video that was watched, and an e-mail that the data centre's domain signed.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use chrono::DateTime;

use super::Code;
use super::dkim::{self, KeyRecord, Memory, Signature};
use super::evidence::MailKey;
use super::mail::{
    Content, Message, decode_words, domain_name, is_within, trimmed, unfolded, wire,
};
use super::people::readable;
use super::report::{Check, CheckId, Fact, Finding, Found};
use super::written::{self, Doubt, Machine, Shown};
use crate::moment::{duration_in_words, in_words};
use crate::text::{folded, quoted};

/// For how long the sender's clock may be ahead.
const CLOCK_SKEW: u64 = 300;
/// An older mail may no longer be true.
const OLD: u64 = 366 * 24 * 60 * 60;

/// Row `video.watched`.
pub(super) fn video(watched_by: &[String], seconds: u64) -> Found {
    let mut findings = Vec::new();
    if seconds == 0 {
        findings.push(Finding::fail(Code::VideoEmpty, "The video has no length."));
    }
    let names: BTreeSet<String> = watched_by
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
                "{} said to have watched it; its length was entered as {seconds} seconds.",
                if names.len() == 1 {
                    "1 person is".to_owned()
                } else {
                    format!("{} people are", names.len())
                }
            ),
            findings,
        )],
        ..Found::default()
    }
}

/// A mail's file, and what was computed of it: once, whichever items name it.
pub(super) struct Opened<'a> {
    wire: Cow<'a, [u8]>,
    content: OnceCell<(Content, Option<Shown>)>,
    memory: Memory,
}

impl<'a> Opened<'a> {
    /// Of a file's bytes.
    ///
    /// # Errors
    /// A [`Finding`] of row `mail.read`.
    pub(super) fn new(file: &'a [u8]) -> Result<Self, Finding> {
        Ok(Self {
            wire: wire(file)?,
            content: OnceCell::new(),
            memory: Memory::default(),
        })
    }

    /// What was done for it so far.
    pub(super) const fn work(&self) -> dkim::Work {
        self.memory.work()
    }

    fn content(&self, message: &Message<'_>) -> (&Content, Option<&Shown>) {
        let (content, shown) = self.content.get_or_init(|| {
            let content = message.content();
            let shown = Shown::of(&content);
            (content, shown)
        });
        (content, shown.as_ref())
    }
}

/// A mail that was read and checked.
pub(super) struct CheckedMail<'m> {
    /// Rows `mail.read` to `mail.domain`.
    pub(super) found: Found,
    /// What it holds, of which a pledge's tie is found: of a mail whose signature holds.
    pub(super) signed: Option<Signed<'m>>,
}

/// What a mail holds whose signature holds.
pub(super) struct Signed<'m> {
    pub(super) content: &'m Content,
    pub(super) shown: Option<&'m Shown>,
    /// By what it is taken for a program's.
    pub(super) machine: Vec<Machine>,
    /// Whether what is not signed could have changed how it is read.
    pub(super) doubt: Option<Doubt>,
    /// Its header fields: their names, and their text in lower case, without space and backslashes.
    pub(super) fields: Vec<(String, String)>,
    /// Those of the fields that programs repeat which the signature does not cover, there or not.
    pub(super) unsigned: Vec<&'static str>,
    /// Whether the signature covers Content-Type.
    pub(super) is_type_signed: bool,
}

/// Fields of what a program was sent, which it repeats. One that is named in `h=` and is not there is signed as absent.
const REPEATED: [&str; 2] = ["Subject", "To"];

impl Signed<'_> {
    /// The first field that holds a digest: people write it in the text.
    pub(super) fn repeats(&self, digest: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(_, text)| text.contains(digest))
            .map(|(name, _)| name.as_str())
    }
}

/// A name can be folded, or quoted with backslashes: what is left is what its reader sees of a digest.
fn plain_fields(message: &Message<'_>) -> Vec<(String, String)> {
    let plain = |value: &[u8]| {
        decode_words(&unfolded(value))
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\\')
            .flat_map(char::to_lowercase)
            .collect()
    };
    message
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), plain(field.value)))
        .collect()
}

/// Checks a mail: signature, times, and whose domain it is. None for a file that is not there.
pub(super) fn mail<'m>(
    opened: Option<Result<&'m Opened<'_>, &Finding>>,
    entered: &MailKey,
    at: u64,
) -> CheckedMail<'m> {
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
        signed: None,
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
    let refused = |finding: &Finding| Check::ran(CheckId::MailRead, "", vec![finding.clone()]);
    let opened = match opened {
        None => return unread(Check::not_reached(CheckId::MailRead), key),
        Some(Err(finding)) => return unread(refused(finding), key),
        Some(Ok(opened)) => opened,
    };
    let message = match Message::read(&opened.wire) {
        Err(finding) => return unread(refused(&finding), key),
        Ok(message) => message,
    };
    let read = Check::ran(
        CheckId::MailRead,
        format!("One e-mail with {} header fields.", message.fields.len()),
        Vec::new(),
    );
    let domain = domain_name(&entered.domain).unwrap_or_default();
    let (content, shown) = opened.content(&message);
    let machine = written::machine(&message, content, shown);
    let looked = match &record {
        None => Looked::not_reached(),
        Some(record) => signature(&message, record, &domain, &opened.memory, at),
    };
    let time = match &looked.signature {
        None => Check::not_reached(CheckId::MailTime),
        Some(signature) => times(&message, signature, at),
    };
    let whose = match &looked.signature {
        None if looked.others.is_empty() => Check::not_reached(CheckId::MailDomain),
        signature => domains(
            &message,
            signature.as_ref(),
            &looked.others,
            &machine,
            &domain,
        ),
    };
    let signed = looked.signature.as_ref().map(|signature| Signed {
        content,
        shown,
        machine,
        doubt: written::doubt(signature, &message, content, shown),
        fields: plain_fields(&message),
        unsigned: REPEATED
            .into_iter()
            .filter(|name| !signature.covers(name))
            .collect(),
        is_type_signed: signature.covers("Content-Type"),
    });
    CheckedMail {
        found: Found {
            facts: facts(&message, looked.signature.as_ref(), shown),
            checks: vec![read, key, looked.row, time, whose],
            ..Found::default()
        },
        signed,
    }
}

/// What was found of a mail's signatures.
struct Looked<'a> {
    /// Row `mail.signature`.
    row: Check,
    /// The one that holds.
    signature: Option<Signature<'a>>,
    /// Where there is none of the data centre's domain: of which they are.
    others: Vec<String>,
}

impl Looked<'_> {
    const fn of(row: Check) -> Self {
        Self {
            row,
            signature: None,
            others: Vec::new(),
        }
    }

    fn not_reached() -> Self {
        Self::of(Check::not_reached(CheckId::MailSignature))
    }
}

/// Row `mail.signature`: of the signatures of the data centre's domain, one that holds, and rather one that has not expired. Those
/// of other domains are not verified: whatever they said, the mail would not be the data centre's by them.
fn signature<'a>(
    message: &Message<'a>,
    record: &KeyRecord,
    domain: &str,
    memory: &Memory,
    at: u64,
) -> Looked<'a> {
    let id = CheckId::MailSignature;
    let fail = |code: Code, detail: String| {
        Looked::of(Check::ran(id, "", vec![Finding::fail(code, detail)]))
    };
    let fields = message.all("DKIM-Signature");
    if fields.is_empty() {
        return fail(
            Code::DkimMissing,
            "The mail has no DKIM signature.".to_owned(),
        );
    }
    if fields.len() > dkim::MAX_SIGNATURES {
        return fail(
            Code::DkimTooMany,
            format!(
                "The mail has {} DKIM signatures; {} are looked at.",
                fields.len(),
                dkim::MAX_SIGNATURES
            ),
        );
    }
    let number = fields.len();
    let (mut own, mut others, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields {
        match Signature::read(field) {
            Err(finding) => unreadable.push(finding),
            Ok(signature) if is_within(&signature.domain, domain) => own.push(signature),
            Ok(signature) => others.push(signature.domain),
        }
    }
    if own.is_empty() {
        if let Some(finding) = unreadable.into_iter().next() {
            return Looked::of(Check::ran(id, "", vec![finding]));
        }
        others.sort_unstable();
        others.dedup();
        let row = fail(Code::DomainDiffers, differs(&others, domain)).row;
        return Looked {
            row,
            signature: None,
            others,
        };
    }
    if own.len() > dkim::MAX_VERIFIED {
        return fail(
            Code::DkimTooMany,
            format!(
                "The mail has {} DKIM signatures of {domain}; at most {} of one domain are verified.",
                own.len(),
                dkim::MAX_VERIFIED
            ),
        );
    }
    let of_domain = own.len();
    // Best first: holds and has not expired, holds, any. Sorting keeps the order of the mail.
    let mut tried: Vec<(bool, bool, Vec<Finding>, Signature<'a>)> = own
        .into_iter()
        .map(|signature| {
            let findings = signature.verify(message, record, memory);
            let row = Check::ran(id, "", findings.clone());
            let has_expired = signature.expires_at.is_some_and(|expires| expires < at);
            (row.holds(), has_expired, findings, signature)
        })
        .collect();
    tried.sort_by_key(|(holds, has_expired, ..)| (!holds, *has_expired));
    let Some((holds, _, findings, signature)) = tried.into_iter().next() else {
        return Looked::not_reached();
    };
    let more = match (of_domain, number.saturating_sub(of_domain)) {
        (1, 0) => String::new(),
        (1, others) => format!(
            " (One of {number} signatures; {others} of other domains, or not readable, were not verified.)"
        ),
        (_, 0) => format!(" (One of {number} signatures.)"),
        (_, others) => format!(
            " (One of {of_domain} signatures of the domain; {others} of other domains, or not readable, were not verified.)"
        ),
    };
    let words = format!(
        "{} signed the mail, by its DKIM signature with the selector {}, under the key that was supplied; not from DNS.{more}",
        signature.domain,
        quoted(&signature.selector, 60),
    );
    Looked {
        row: Check::ran(id, words, findings),
        signature: holds.then_some(signature),
        others: Vec::new(),
    }
}

/// Whose the signatures are, where none is the data centre's.
fn differs(others: &[String], domain: &str) -> String {
    let mut names = others
        .iter()
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if others.len() > 3 {
        names.push_str(", …");
    }
    format!(
        "The mail's DKIM signatures name {names} (d=), and none {domain} or a domain below it. None was verified."
    )
}

/// Row `mail.time`. A signature that expired is refused, though the mail says that it was sent before: what it says stands under
/// that very signature, and whoever got hold of an old key could write any date. A record is checked as of its own time, so one
/// that was made before the end keeps holding.
fn times(message: &Message<'_>, signature: &Signature<'_>, at: u64) -> Check {
    let mut findings = Vec::new();
    let latest = at.saturating_add(CLOCK_SKEW);
    if let Some(expires) = signature.expires_at.filter(|expires| *expires < at) {
        let held = match signature.signed_at {
            None => "It does not say when it was made (t=).".to_owned(),
            Some(signed) => format!(
                "By its own word it was made on {} (t=), and held for {}.",
                in_words(signed),
                duration_in_words(expires.saturating_sub(signed))
            ),
        };
        findings.push(Finding::fail(
            Code::DkimExpired,
            format!(
                "The signature expired on {} (x=), {} before the moment that is checked for. {held}",
                in_words(expires),
                duration_in_words(at.saturating_sub(expires))
            ),
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
            "The mail was made on {}, by its own word. {}",
            made.map(in_words).unwrap_or_default(),
            signature.expires_at.map_or_else(
                || "Its signature names no end (x=).".to_owned(),
                |expires| format!(
                    "Its signature holds until {} (x=), {} from the moment that is checked for.",
                    in_words(expires),
                    duration_in_words(expires.saturating_sub(at))
                )
            )
        ),
        findings,
    )
}

/// A date as chrono reads it: without the zone's name behind.
fn without_comment(date: &str) -> String {
    date.split_once('(')
        .map_or_else(|| trimmed(date), |(date, _)| trimmed(date))
        .to_owned()
}

/// Row `mail.domain`: it is the data centre's, and nothing marks it as one that a program sent.
fn domains(
    message: &Message<'_>,
    signature: Option<&Signature<'_>>,
    others: &[String],
    machine: &[Machine],
    domain: &str,
) -> Check {
    let mut findings = Vec::new();
    if signature.is_none() {
        findings.push(Finding::fail(Code::DomainDiffers, differs(others, domain)));
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
    findings.extend(
        machine
            .iter()
            .map(|sign| Finding::fail(Code::MailAutomatic, sign.words())),
    );
    Check::ran(
        CheckId::MailDomain,
        format!(
            "The signing domain {} and the sender's are {domain}, or below it. No mark of a program's mail was found in it.",
            signature.map_or("", |signature| &signature.domain)
        ),
        findings,
    )
}

/// What people read for themselves: whether what it says is enough, no program can tell.
fn facts(
    message: &Message<'_>,
    signature: Option<&Signature<'_>>,
    shown: Option<&Shown>,
) -> Vec<Fact> {
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
    if let Some(expires) = signature.and_then(|signature| signature.expires_at) {
        facts.push(Fact {
            label: "Signature's end".to_owned(),
            value: in_words(expires),
        });
    }
    if let Some(shown) = shown {
        let label = if shown.is_html {
            "Text, out of HTML"
        } else {
            "Text"
        };
        facts.push(Fact {
            label: if signature.is_some() {
                label.to_owned()
            } else {
                format!("{label} (not signed)")
            },
            value: readable(&shown.text(), written::MOST_TEXT.saturating_add(1)),
        });
    }
    facts
}
