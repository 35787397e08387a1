//! Reading an e-mail: header fields as they stand in the file, and the parts of its body (RFC 5322, RFC 2045 to 2047).
//!
//! Only as much as a witness needs: what DKIM signs, whose mail it says it is, its plain text, and what is attached. A
//! library that reads all of MIME would be a sixth of the wasm (`docs/decisions/0009`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Code;
use super::report::Finding;
use crate::text::{quoted, sha256};

/// Most bytes before the body.
const MAX_HEADER: usize = 256 * 1024;
/// Most header fields.
const MAX_FIELDS: usize = 1000;
/// Most parts of a body, and how deep they nest.
const MAX_PARTS: usize = 64;
const MAX_DEPTH: usize = 8;

/// Padding and trailing bits as senders write them: bytes are compared by their digest afterwards.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Header fields that stand once at most (RFC 5322, section 3.6; RFC 2045, section 3; RFC 2183): a second one could be shown
/// in place of the one that was signed.
const ONCE: [&str; 15] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Date",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

/// Those of them that say how the body is read.
pub(super) const OF_THE_BODY: [&str; 3] = [
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

/// A mail, with lines that end in CR LF.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// In the order of the file.
    pub(super) fields: Vec<Field<'a>>,
    /// Everything after the empty line.
    pub(super) body: &'a [u8],
}

/// A header field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    /// Before the colon, as written.
    pub(super) name: &'a str,
    /// Everything after the colon, up to but without the last line end; folded as in the file.
    pub(super) value: &'a [u8],
    /// Name, colon, value and line end.
    pub(super) raw: &'a [u8],
    /// Where it begins, from 1.
    pub(super) line: usize,
}

/// The file with CR LF at every line's end, as it went over the wire: programs save mails with line ends of their own.
///
/// # Errors
/// A [`Finding`] of row `mail.read`: the file is no text of a mail.
pub(super) fn wire(file: &[u8]) -> Result<Cow<'_, [u8]>, Finding> {
    if file.starts_with(&[0xff, 0xfe]) || file.starts_with(&[0xfe, 0xff]) {
        return Err(Finding::fail(
            Code::MailEncoding,
            "The file is UTF-16, which no mail is: it was saved anew.",
        )
        .at("byte 0"));
    }
    if file.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Err(Finding::fail(
            Code::MailEncoding,
            "The file begins with a byte order mark, which no mail has: it was saved anew.",
        )
        .at("byte 0"));
    }
    let (mut line, mut before) = (1_usize, 0_u8);
    let mut has_bare = false;
    let mut bytes = file.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == 0 || (byte == b'\r' && bytes.peek() != Some(&b'\n')) {
            return Err(Finding::fail(
                Code::MailEncoding,
                format!("Line {line} holds byte {byte}, which no line of a mail does."),
            )
            .at(format!("line {line}")));
        }
        if byte == b'\n' {
            line = line.saturating_add(1);
            has_bare |= before != b'\r';
        }
        before = byte;
    }
    if !has_bare {
        return Ok(Cow::Borrowed(file));
    }
    let mut wire = Vec::with_capacity(file.len().saturating_add(line));
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            None => wire.extend_from_slice(line),
            Some(text) => {
                wire.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                wire.extend_from_slice(b"\r\n");
            }
        }
    }
    Ok(Cow::Owned(wire))
}

impl<'a> Message<'a> {
    /// Reads what [`wire`] made.
    ///
    /// # Errors
    /// A [`Finding`] of row `mail.read`, with the line.
    pub(super) fn read(wire: &'a [u8]) -> Result<Self, Finding> {
        let unreadable = |line: usize, what: String| {
            Finding::fail(Code::MailUnreadable, what).at(format!("line {line}"))
        };
        if wire.starts_with(b"From ") {
            return Err(unreadable(
                1,
                "Line 1 begins a mailbox file (mbox), not a mail.".to_owned(),
            ));
        }
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut rest = wire;
        let mut line = 1_usize;
        loop {
            let (this, after) = split_line(rest);
            if this.is_empty() {
                return Err(unreadable(
                    line,
                    "The file ends before the mail's body: it was cut.".to_owned(),
                ));
            }
            if this == b"\r\n" {
                rest = after;
                break;
            }
            if wire.len().saturating_sub(after.len()) > MAX_HEADER || fields.len() >= MAX_FIELDS {
                return Err(unreadable(
                    line,
                    format!("The header has more than {MAX_HEADER} bytes or {MAX_FIELDS} fields."),
                ));
            }
            // A folded field goes on in the lines that begin with space.
            let (mut end, mut lines) = (this.len(), 1_usize);
            let mut next = after;
            while next
                .first()
                .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
            {
                let (folded, after) = split_line(next);
                end = end.saturating_add(folded.len());
                lines = lines.saturating_add(1);
                next = after;
            }
            let (raw, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            let field = field(raw, line).ok_or_else(|| {
                unreadable(
                    line,
                    format!(
                        "Line {line} is no header field: {}.",
                        quoted(&String::from_utf8_lossy(this), 60)
                    ),
                )
            })?;
            fields.push(field);
            line = line.saturating_add(lines);
            rest = after;
        }
        let message = Self { fields, body: rest };
        for name in ONCE {
            if let [_, second, ..] = message.all(name).as_slice() {
                return Err(Finding::fail(
                    Code::MailFieldTwice,
                    format!("The mail has the field {name} more than once."),
                )
                .at(format!("line {}", second.line)));
            }
        }
        Ok(message)
    }

    /// Every field of a name, in the order of the file.
    pub(super) fn all(&self, name: &str) -> Vec<Field<'a>> {
        self.fields
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .copied()
            .collect()
    }

    /// A field that stands once, unfolded, with encoded words as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.all(name)
            .first()
            .map(|field| decode_words(&unfolded(field.value)))
    }

    /// The parts that are no multipart themselves, in order, with what they hold decoded.
    pub(super) fn content(&self) -> Content {
        let value = |name: &str| self.all(name).first().map(|field| unfolded(field.value));
        let mut content = Content::default();
        let head = Head {
            content_type: value("Content-Type"),
            encoding: value("Content-Transfer-Encoding"),
            disposition: value("Content-Disposition"),
        };
        content.frames_itself = head
            .boundary()
            .is_some_and(|boundary| is_framed(self.body, &boundary));
        // A mail without a type is text; what follows from a type that lacks inside of it is another matter.
        content.collect(head, self.body, MAX_DEPTH, Within::default());
        content
    }

    /// The sender's address: of exactly one.
    pub(super) fn sender(&self) -> Option<String> {
        let from = self.all("From");
        let [from] = from.as_slice() else { return None };
        address(&unfolded(from.value))
    }
}

/// A line with its end, and what follows.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |at| at.saturating_add(1));
    text.split_at_checked(end).unwrap_or((text, &[]))
}

fn field(raw: &[u8], line: usize) -> Option<Field<'_>> {
    let colon = raw.iter().position(|byte| *byte == b':')?;
    let (name, value) = raw.split_at_checked(colon)?;
    // Space before the colon is obsolete, but signed mails have it (RFC 5322, section 4.5).
    let name = std::str::from_utf8(name)
        .ok()?
        .trim_end_matches([' ', '\t']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| matches!(byte, 33..=126));
    let value = value.get(1..)?.strip_suffix(b"\r\n")?;
    is_name.then_some(Field {
        name,
        value,
        raw,
        line,
    })
}

/// A value in one line.
pub(super) fn unfolded(value: &[u8]) -> String {
    let line = String::from_utf8_lossy(value).replace("\r\n", "");
    trimmed(&line).to_owned()
}

/// Without the white space of a field around it: space and tab (RFC 5234, `WSP`), and nothing else that looks like it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// One address and no more: `name <local@domain>` or `local@domain`; quoted names and comments are skipped over.
pub(super) fn address(value: &str) -> Option<String> {
    let (mut bare, mut angle): (String, Option<String>) = (String::new(), None);
    let (mut is_quoted, mut comments, mut is_angle, mut is_escaped) = (false, 0_u32, false, false);
    for c in value.chars() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' if is_quoted || comments > 0 => is_escaped = true,
            '"' if comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => comments = comments.saturating_add(1),
            ')' => comments = comments.checked_sub(1)?,
            _ if comments > 0 => {}
            ',' | ';' | ':' => return None,
            '<' if angle.is_none() => {
                is_angle = true;
                angle = Some(String::new());
            }
            '>' if is_angle => is_angle = false,
            '<' | '>' => return None,
            c if is_angle => angle.as_mut()?.push(c),
            c => bare.push(c),
        }
    }
    if is_quoted || comments > 0 || is_angle {
        return None;
    }
    let address = trimmed(&angle.unwrap_or(bare)).to_ascii_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = !local.is_empty()
        && !local.contains('@')
        && domain_name(domain).is_some()
        && address.chars().all(|c| c.is_ascii_graphic());
    is_plain.then_some(address)
}

/// A domain in lower case: at least two labels of letters, digits and hyphens (RFC 1123, section 2.1).
pub(super) fn domain_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_domain = text.len() <= 253 && text.contains('.') && text.split('.').all(is_label);
    is_domain.then(|| text.to_ascii_lowercase())
}

/// Whether a domain is another, or lies below it: whole labels are compared, never the end of a text.
pub(super) fn is_within(domain: &str, of: &str) -> bool {
    let below = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|labels| labels.ends_with('.'))
    };
    domain == of || below(domain, of)
}

/// What the body of a mail holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Content {
    /// In order; at most [`MAX_PARTS`].
    pub(super) parts: Vec<Part>,
    /// The types of what parts stand in, in lower case: "multipart/mixed".
    pub(super) multiparts: BTreeSet<String>,
    /// Whether the outermost boundary is the body's own: its first line opens it, and its last one closes it. Another boundary
    /// than the sender's would not be.
    pub(super) frames_itself: bool,
}

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// In lower case, without parameters: "text/plain".
    pub(super) media_type: String,
    /// In lower case; none for US-ASCII.
    charset: Option<String>,
    /// Whether it is a file rather than text that is shown: by its disposition, or because it has a name.
    pub(super) is_attached: bool,
    /// Its file's name.
    pub(super) name: Option<String>,
    /// Whether it says itself what it is.
    pub(super) has_type: bool,
    /// Which multipart/alternative it is a choice of.
    pub(super) alternative: Option<usize>,
    /// Decoded.
    pub(super) bytes: Vec<u8>,
    /// Of its bytes.
    pub(super) sha256: [u8; 32],
}

/// The fields that say what a part is.
struct Head {
    content_type: Option<String>,
    encoding: Option<String>,
    disposition: Option<String>,
}

impl Head {
    fn boundary(&self) -> Option<String> {
        let content_type = self.content_type.as_deref()?;
        parameter(content_type, "boundary")
            .filter(|boundary| !boundary.is_empty())
            .filter(|_| media_type(content_type).starts_with("multipart/"))
    }
}

/// What a part inherits.
#[derive(Clone, Copy, Default)]
struct Within {
    /// Of a multipart that is attached as a whole.
    is_attached: bool,
    /// Of a multipart/digest, whose parts are mails if they do not say otherwise (RFC 2046, section 5.1.5).
    is_digest: bool,
    /// Of a multipart/alternative, or of a multipart/related that is a choice of it: how many parts stand before it.
    alternative: Option<usize>,
}

impl Part {
    /// Its bytes as text.
    pub(super) fn text(&self) -> String {
        text_in(self.charset.as_deref().unwrap_or("us-ascii"), &self.bytes)
    }
}

/// Text in UTF-8, or in ISO 8859-1, of which US-ASCII is a part. Of others the ASCII can be read.
fn text_in(charset: &str, bytes: &[u8]) -> String {
    match charset {
        "iso-8859-1" | "latin1" | "windows-1252" => bytes.iter().copied().map(char::from).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

impl Content {
    fn collect(&mut self, head: Head, body: &[u8], depth: usize, within: Within) {
        if self.parts.len() >= MAX_PARTS {
            return;
        }
        let boundary = head.boundary();
        let has_type = head.content_type.is_some();
        let content_type = head.content_type.unwrap_or_else(|| {
            let default = if within.is_digest {
                "message/rfc822"
            } else {
                "text/plain"
            };
            default.to_owned()
        });
        let media_type = media_type(&content_type);
        let disposition = head.disposition.as_deref();
        let name = disposition
            .and_then(|text| parameter(text, "filename"))
            .or_else(|| parameter(&content_type, "name"));
        let is_inline = disposition.is_none_or(|text| self::media_type(text) == "inline");
        let is_attached = within.is_attached || !is_inline;
        if let (Some(boundary), Some(depth)) = (boundary, depth.checked_sub(1)) {
            let within = Within {
                is_attached,
                is_digest: media_type == "multipart/digest",
                alternative: match media_type.as_str() {
                    "multipart/alternative" => Some(self.parts.len()),
                    "multipart/related" => within.alternative,
                    _ => None,
                },
            };
            self.multiparts.insert(media_type);
            for part in between(body, &boundary) {
                let (fields, body) = part_fields(part);
                let value = |name: &str| {
                    fields
                        .iter()
                        .find(|field| field.name.eq_ignore_ascii_case(name))
                        .map(|field| unfolded(field.value))
                };
                let head = Head {
                    content_type: value("Content-Type"),
                    encoding: value("Content-Transfer-Encoding"),
                    disposition: value("Content-Disposition"),
                };
                self.collect(head, body, depth, within);
            }
        } else {
            let bytes = decoded(head.encoding.as_deref().unwrap_or_default(), body);
            self.parts.push(Part {
                charset: parameter(&content_type, "charset").map(|name| name.to_ascii_lowercase()),
                is_attached: is_attached || name.is_some(),
                name,
                has_type,
                alternative: within.alternative,
                sha256: sha256(&bytes),
                bytes,
                media_type,
            });
        }
    }
}

/// Whether the first line that is not blank opens a boundary, and the last one closes it.
fn is_framed(body: &[u8], boundary: &str) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let is = |line: Option<&[u8]>, end: &str| {
        line.and_then(|line| line.strip_prefix(format!("--{boundary}{end}").as_bytes()))
            .is_some_and(|rest| rest.iter().all(is_space))
    };
    let mut lines = body
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !line.iter().all(is_space));
    is(lines.next(), "") && is(lines.next_back(), "--")
}

/// What stands between the lines `--boundary` (RFC 2046, section 5.1.1); the line end before such a line is its own.
fn between<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0_usize;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at.saturating_add(line.len());
        if let Some(rest) = line.strip_prefix(delimiter.as_bytes()) {
            let is_last = rest.starts_with(b"--");
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let is_delimiter = is_last || rest.iter().all(is_space);
            if is_delimiter {
                if let Some(part) = start.and_then(|start| body.get(start..at)) {
                    parts.push(part.strip_suffix(b"\r\n").unwrap_or(part));
                }
                start = Some(next);
                if is_last {
                    return parts;
                }
            }
        }
        at = next;
    }
    // A last delimiter that lacks: what there is belongs to the part.
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}

/// A part's own fields, and its body. Lines that are none end them.
fn part_fields(part: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let mut fields = Vec::new();
    let mut rest = part;
    loop {
        let (this, after) = split_line(rest);
        if this.is_empty() || this == b"\r\n" {
            return (fields, after);
        }
        let mut end = this.len();
        let mut next = after;
        while next
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            let (folded, after) = split_line(next);
            end = end.saturating_add(folded.len());
            next = after;
        }
        let raw = rest.get(..end).unwrap_or_default();
        match field(raw, 0) {
            Some(field) if fields.len() < MAX_FIELDS => fields.push(field),
            _ => return (fields, rest),
        }
        rest = next;
    }
}

fn media_type(value: &str) -> String {
    let end = value.find([';', ' ', '(']).unwrap_or(value.len());
    trimmed(value.get(..end).unwrap_or_default()).to_ascii_lowercase()
}

/// A parameter of a field such as Content-Type (RFC 2045, section 5.1).
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start_matches([' ', '\t']);
        let (found, next) = match after.strip_prefix('"') {
            Some(text) => {
                let (mut found, mut is_escaped, mut end) = (String::new(), false, text.len());
                for (at, c) in text.char_indices() {
                    match c {
                        _ if is_escaped => {
                            is_escaped = false;
                            found.push(c);
                        }
                        '\\' => is_escaped = true,
                        '"' => {
                            end = at.saturating_add(1);
                            break;
                        }
                        c => found.push(c),
                    }
                }
                (found, text.get(end..).unwrap_or_default())
            }
            None => {
                let (text, _) = after.split_once(';').unwrap_or((after, ""));
                (
                    trimmed(text).to_owned(),
                    after.get(text.len()..).unwrap_or_default(),
                )
            }
        };
        if trimmed(key).eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next.split_once(';')?.1;
    }
}

/// A body as its Content-Transfer-Encoding says (RFC 2045, section 6). What cannot be decoded stays as it is.
fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    match trimmed(encoding).to_ascii_lowercase().as_str() {
        "base64" => {
            let digits: Vec<u8> = body
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            BASE64.decode(digits).unwrap_or_else(|_| body.to_vec())
        }
        "quoted-printable" => quoted_printable(body, false),
        _ => body.to_vec(),
    }
}

/// Quoted-printable (RFC 2045, section 6.7), or the `Q` of encoded words (RFC 2047, section 4.2).
fn quoted_printable(text: &[u8], is_word: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            // Space before a line's end is none (RFC 2045, section 6.7, rule 3), and a relaxed signature does not cover it.
            b'=' => match (without_space(after), after) {
                ([b'\r', b'\n', after @ ..], _) if !is_word => rest = after,
                (_, [high, low, after @ ..]) => {
                    let digit = |byte: u8| char::from(byte).to_digit(16);
                    let value = digit(*high)
                        .zip(digit(*low))
                        .map(|(high, low)| high.wrapping_mul(16) | low)
                        .and_then(|value| u8::try_from(value).ok());
                    match value {
                        Some(value) => {
                            out.push(value);
                            rest = after;
                        }
                        None => out.push(b'='),
                    }
                }
                _ => out.push(b'='),
            },
            b'_' if is_word => out.push(b' '),
            byte => out.push(*byte),
        }
    }
    out
}

/// What follows spaces and tabs.
fn without_space(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}

/// Encoded words as text (RFC 2047); what is none stays as it is.
pub(super) fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut was_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        match encoded_word(from) {
            None => {
                out.push_str(before);
                out.push_str("=?");
                rest = from.get(2..).unwrap_or_default();
                was_word = false;
            }
            Some((word, after)) => {
                // Space between two encoded words is none.
                if !(was_word && trimmed(before).is_empty()) {
                    out.push_str(before);
                }
                out.push_str(&word);
                rest = after;
                was_word = true;
            }
        }
    }
    out.push_str(rest);
    out
}

fn encoded_word(from: &str) -> Option<(String, &str)> {
    let mut pieces = from.get(2..)?.splitn(3, '?');
    let (charset, encoding, rest) = (pieces.next()?, pieces.next()?, pieces.next()?);
    // The text ends at its first question mark: the rest is not searched for an end that the next word would have.
    let (text, after) = rest.split_once('?')?;
    let after = after.strip_prefix('=')?;
    if text.contains(' ') {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => BASE64.decode(text).ok()?,
        "Q" | "q" => quoted_printable(text.as_bytes(), true),
        _ => return None,
    };
    Some((text_in(&charset.to_ascii_lowercase(), &bytes), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(), Finding> {
        let wire = wire(text.as_bytes())?;
        Message::read(&wire).map(|_| ())
    }

    #[test]
    fn a_mail_that_is_none_says_which_line() {
        let place = |text: &str| read(text).unwrap_err().place.unwrap();
        assert_eq!(place("From: a@b.cd\nno field\n\nbody\n"), "line 2");
        assert_eq!(place("From: a@b.cd\n folded\nSubject: x\n"), "line 4");
        assert_eq!(place("From a@b.cd Mon\nFrom: a@b.cd\n\n"), "line 1");
        assert_eq!(place("A: 1\n\nbody\0\n"), "line 3");
        assert_eq!(place("A: 1\n\nbo\rdy\n"), "line 3");
        assert_eq!(place("\u{feff}A: 1\n\n"), "byte 0");
        assert_eq!(place(""), "line 1");
        assert_eq!(place(&"A: 1\n".repeat(MAX_FIELDS + 1)), "line 1001");
        assert!(OF_THE_BODY.iter().all(|name| ONCE.contains(name)));
        for name in ONCE {
            assert_eq!(
                place(&format!("{name}: 1\nA: 1\n{}: 2\n\n", name.to_lowercase())),
                "line 3"
            );
        }
        assert_eq!(read("From: a@b.cd\n\n"), Ok(()));
    }

    #[test]
    fn line_ends_become_those_of_the_wire() {
        assert_eq!(&*wire(b"A: 1\n\nx\r\ny").unwrap(), b"A: 1\r\n\r\nx\r\ny");
        assert!(matches!(
            wire(b"A: 1\r\n\r\nx\r\n").unwrap(),
            Cow::Borrowed(_)
        ));
        assert!(wire(&[0xff, 0xfe, b'A', 0]).is_err());
    }

    #[test]
    fn the_sender_is_one_address_and_not_its_display_name() {
        let of = |value: &str| address(value);
        assert_eq!(of("a@b.cd").as_deref(), Some("a@b.cd"));
        assert_eq!(
            of("\"x@dc.example\" <Y@Evil.example>").as_deref(),
            Some("y@evil.example")
        );
        assert_eq!(of("Name (c <q@r.st>) <a@b.cd>").as_deref(), Some("a@b.cd"));
        for value in [
            "a@b.cd, c@d.ef",
            "<a@b.cd> <c@d.ef>",
            "x@dc.example <>",
            "group: a@b.cd;",
            "a@localhost",
            "\"a@b.cd",
            "a b@c.de",
            "a@b@c.de",
            "a@b.cd>",
            "",
        ] {
            assert_eq!(of(value), None, "{value}");
        }
    }

    #[test]
    fn a_domain_lies_within_another_by_whole_labels() {
        assert!(is_within("dc.example", "dc.example"));
        assert!(is_within("mail.dc.example", "dc.example"));
        assert!(!is_within("evildc.example", "dc.example"));
        assert!(!is_within("example", "dc.example"));
        assert!(!is_within("dc.example.evil.example", "dc.example"));
        assert_eq!(
            domain_name("Mail.DC.example.").as_deref(),
            Some("mail.dc.example")
        );
        for name in ["com", "a..b", "-a.b", "a-.b", "ä.b", "a b.c", ""] {
            assert_eq!(domain_name(name), None, "{name}");
        }
    }

    #[test]
    fn parts_are_found_and_decoded() {
        let text = "MIME-Version: 1.0\nContent-Type: multipart/mixed; charset=x; boundary=\"b 1\"\n\npreamble\n\
            --b 1\nContent-Type: multipart/alternative; boundary=in\n\n--in\nContent-Type: text/plain; charset=UTF-8\n\
            Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe\n--in\nContent-Type: text/html\n\n<p>x\n--in--\n\
            --b 1\nContent-Type: application/pdf\nContent-Disposition: attachment;\n filename=x.pdf\n\
            Content-Transfer-Encoding: BASE64\n\nAAEC\nAw==\n--b 1--\nepilogue\n";
        let wire = wire(text.as_bytes()).unwrap();
        let message = Message::read(&wire).unwrap();
        let content = message.content();
        let parts = content.parts;
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0].text(), "Grüße");
        assert_eq!(parts[1].media_type, "text/html");
        assert_eq!(parts[2].bytes, [0, 1, 2, 3]);
        assert!(parts[2].is_attached && !parts[0].is_attached);
    }

    #[test]
    fn nesting_and_number_of_parts_are_bounded() {
        let nested = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(100);
        let wide = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n{}",
            "--b\n\nx\n".repeat(10_000)
        );
        for text in [nested, wide] {
            let wire = wire(text.as_bytes()).unwrap();
            assert!(Message::read(&wire).unwrap().content().parts.len() <= MAX_PARTS);
        }
    }

    #[test]
    fn a_line_goes_on_behind_an_equals_sign_whatever_space_follows() {
        for (text, read) in [
            ("> a=\r\nb", "> ab"),
            ("> a= \t\r\nb", "> ab"),
            ("a= b=3d=C3=BC=", "a= b=ü="),
            ("a=+A=-1= 1", "a=+A=-1= 1"),
        ] {
            let decoded = quoted_printable(text.as_bytes(), false);
            assert_eq!(String::from_utf8(decoded).unwrap(), read);
        }
    }

    #[test]
    fn encoded_words_are_read() {
        assert_eq!(
            decode_words("=?UTF-8?B?R3LDvA==?= =?utf-8?q?=C3=9F_e?= x =?bad"),
            "Grüß e x =?bad"
        );
        assert_eq!(decode_words("=?iso-8859-1?Q?=FC?="), "ü");
        for none in [
            "=?a?Q?b?c?=",
            "=?a?Q?b c?=",
            "=?a?Q?b?",
            "=?a?Q?b",
            "=?a?B?%?=",
        ] {
            assert_eq!(decode_words(none), none);
        }
    }

    #[test]
    fn a_subject_of_megabytes_of_broken_words_is_read_in_one_pass() {
        // Were every word's end looked for in all that follows, this would not end today.
        let subject = "=?a?b?c ".repeat(1 << 20);
        assert!(decode_words(&subject) == subject);
    }
}
