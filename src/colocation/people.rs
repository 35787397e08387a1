//! What people entered: present, short enough, and without characters that nobody sees.

use super::Code;
use super::mail::domain_name;
use super::report::{Check, CheckId, Finding};
use crate::ceremony::keys::Key;
use crate::moment::in_words;
use crate::text::is_unseen;
use crate::text::quoted;

/// Longest line that people enter, in characters.
pub(super) const MAX_LINE: usize = 200;
/// Longest free text, in characters.
const MAX_TEXT: usize = 4000;
/// 9999-12-31T23:59:59Z.
const LAST_SECOND: u64 = 253_402_300_799;

/// Row `entered`, filled entry by entry.
pub(super) struct Entries {
    at: u64,
    findings: Vec<Finding>,
}

impl Entries {
    /// For the moment that is checked for.
    pub(super) const fn new(at: u64) -> Self {
        Self {
            at,
            findings: Vec::new(),
        }
    }

    /// A line that must be there.
    pub(super) fn line(&mut self, what: &str, text: &str) -> &mut Self {
        self.text(what, text, MAX_LINE, false)
    }

    /// A text of several lines that must be there.
    pub(super) fn free_text(&mut self, what: &str, text: &str) -> &mut Self {
        self.text(what, text, MAX_TEXT, true)
    }

    fn text(&mut self, what: &str, text: &str, most: usize, has_lines: bool) -> &mut Self {
        if text.trim().is_empty() {
            self.fail(Code::EnteredMissing, format!("The {what} was not entered."));
        }
        if text.chars().count() > most {
            self.fail(
                Code::EnteredTooLong,
                format!("The {what} has more than {most} characters."),
            );
        }
        let steers = |c: &char| (c.is_control() && !(has_lines && *c == '\n')) || is_unseen(*c);
        if let Some(c) = text.chars().find(steers) {
            self.fail(
                Code::EnteredCharacter,
                format!("The {what} holds {}.", quoted(&c.to_string(), 1)),
            );
        }
        self
    }

    /// A public key's line.
    pub(super) fn key(&mut self, what: &str, line: &str) -> &mut Self {
        if let Err(error) = Key::parse(line) {
            self.fail(Code::KeyUnreadable, format!("The {what}: {error}."));
        }
        self
    }

    /// 64 lower-case hex digits.
    pub(super) fn digest(&mut self, what: &str, digest: &str) -> &mut Self {
        if !is_digest(digest) {
            self.fail(
                Code::DigestInvalid,
                format!(
                    "The SHA-256 of the {what} is {}, not 64 lower-case hex digits.",
                    quoted(digest, 70)
                ),
            );
        }
        self
    }

    /// A link that a browser opens.
    pub(super) fn link(&mut self, link: &str) -> &mut Self {
        let is_link = link.len() > "https://".len()
            && link.starts_with("https://")
            && link.len() <= 2000
            && link.chars().all(|c| c.is_ascii_graphic());
        if !is_link {
            self.fail(
                Code::LinkInvalid,
                format!("{} is no link.", quoted(link, 80)),
            );
        }
        self
    }

    /// A domain.
    pub(super) fn domain(&mut self, domain: &str) -> &mut Self {
        if domain_name(domain).is_none() {
            self.fail(
                Code::DomainInvalid,
                format!("{} is no domain.", quoted(domain, 80)),
            );
        }
        self
    }

    /// A moment that was, by then.
    pub(super) fn past(&mut self, what: &str, time: u64) -> &mut Self {
        self.time(what, time);
        if time > self.at {
            self.fail(
                Code::TimeLater,
                format!(
                    "The time of the {what}, {}, is after the moment that is checked for, {}.",
                    in_words(time),
                    in_words(self.at)
                ),
            );
        }
        self
    }

    /// Two moments, the one no later than the other.
    pub(super) fn span(&mut self, what: &str, from: u64, to: u64) -> &mut Self {
        self.time(what, to);
        if from > to {
            self.fail(
                Code::TimeInvalid,
                format!(
                    "The {what} ends on {}, before it begins on {}.",
                    in_words(to),
                    in_words(from)
                ),
            );
        }
        self
    }

    fn time(&mut self, what: &str, time: u64) {
        if time > LAST_SECOND {
            self.fail(
                Code::TimeInvalid,
                format!("The time of the {what} is none."),
            );
        }
    }

    pub(super) fn fail(&mut self, code: Code, detail: String) {
        self.findings.push(Finding::fail(code, detail));
    }

    /// The row.
    pub(super) fn row(self) -> Check {
        Check::ran(
            CheckId::Entered,
            "Everything that this kind needs was entered.",
            self.findings,
        )
    }
}

/// Whether a text is a SHA-256 in lower-case hex.
pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// Text from a file for people to read: at most `limit` characters; what steers or is not seen is written out.
pub(super) fn readable(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    for c in text.replace("\r\n", "\n").chars().take(limit) {
        if c != '\n' && c != '\t' && (c.is_control() || is_unseen(c)) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}
