//! The lines of a heartbeat log: one type for the recorder that writes them and the check that reads them.
//!
//! A line is one JSON object without spaces, in plain ASCII, its fields in the order of the structs below. It is read
//! only when it is written exactly so: one line, one text. `docs/heartbeat.md` describes it for people.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::ceremony::keys::Key;
use crate::text::{quoted, sha256};

/// The format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// Longest line, without its end. A poll has some 230 bytes.
pub const MAX_LINE: usize = 4096;

/// Longest interval between two polls: an hour.
pub const MAX_INTERVAL: u64 = 3_600;
/// Longest maximum gap that can be declared: a day.
pub const MAX_MAX_GAP: u64 = 86_400;
/// Most polls from one signature to the next.
pub const MAX_SIGN_EVERY: u32 = 10_000;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line<'a> {
    /// The first line: what is recorded, and by whom.
    Header(Header),
    /// The recorder was started, for the first time or again.
    #[serde(borrow)]
    Start(Start<'a>),
    /// The endpoint was asked, and answered.
    Beat(Beat<'a>),
    /// The endpoint was asked, and did not answer as it should.
    Error(Failed<'a>),
    /// The recorder signs everything so far.
    Signature(Signature<'a>),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// The machine's charter key, for example `intel:sgx:ppid:…`.
    pub machine: String,
    /// What the endpoint is called, for people: at most 100 characters.
    pub endpoint: String,
    /// The paths that each poll asks for, in this order: one to four.
    pub asked: Vec<String>,
    /// Seconds from one poll to the next.
    pub interval: u64,
    /// The longest time without a good answer, in seconds, that the owner declares to stand for.
    pub max_gap: u64,
    /// At most so many polls from one signature to the next.
    pub sign_every: u32,
    /// Unix seconds.
    pub time: u64,
    /// The recorder's public key, as an OpenSSH line without a comment: Ed25519.
    pub key: String,
}

/// The recorder was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start<'a> {
    /// Counts the lines after the header, from 1.
    pub seq: u64,
    /// Unix seconds.
    pub time: u64,
    /// SHA-256 of the line before, 64 hexadecimal digits.
    pub prev: &'a str,
}

/// A good answer: the fields of it that matter here, as the endpoint gave them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beat<'a> {
    /// Counts the lines after the header, from 1.
    pub seq: u64,
    /// Unix seconds, when the answer was there.
    pub time: u64,
    /// Seconds since the recorder was started, by a clock that nobody sets.
    pub clock: u64,
    /// How many of the header's paths were asked.
    pub asked: u32,
    /// `PowerState` of the system.
    pub power: PowerState,
    /// `UUID` of the system.
    #[serde(borrow)]
    pub uuid: Option<&'a str>,
    /// `SerialNumber` of the system.
    pub serial: Option<&'a str>,
    /// Power supplies that are there and enabled; null when no path was asked that says so.
    pub supplies: Option<u32>,
    /// SHA-256 of the line before.
    pub prev: &'a str,
}

/// Redfish's `PowerState` (DMTF DSP0268, Resource.PowerState), in its own spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the words of the schema")]
pub enum PowerState {
    On,
    Off,
    Paused,
    PoweringOn,
    PoweringOff,
}

/// A poll without a good answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failed<'a> {
    /// Counts the lines after the header, from 1.
    pub seq: u64,
    /// Unix seconds.
    pub time: u64,
    /// Seconds since the recorder was started.
    pub clock: u64,
    /// How many of the header's paths were asked; the last of them failed.
    pub asked: u32,
    /// What went wrong.
    pub what: Fault,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// SHA-256 of the line before.
    pub prev: &'a str,
}

/// What can go wrong with a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No connection, or one that was cut.
    Connection,
    /// The server's certificate is not the one that the recorder was told to expect.
    Tls,
    /// No whole answer in time.
    Timeout,
    /// A status other than 200.
    Status,
    /// The server sends elsewhere; the recorder does not follow.
    Redirect,
    /// The answer is larger than the recorder reads.
    TooLarge,
    /// The answer is not what Redfish says it is.
    Unreadable,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "no connection",
            Self::Tls => "another certificate than expected",
            Self::Timeout => "no answer in time",
            Self::Status => "a refusal",
            Self::Redirect => "it sent elsewhere",
            Self::TooLarge => "too large an answer",
            Self::Unreadable => "an answer that is not Redfish's",
        })
    }
}

/// The recorder's signature over everything before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature<'a> {
    /// Counts the lines after the header, from 1.
    pub seq: u64,
    /// Unix seconds.
    pub time: u64,
    /// SHA-256 of the line before, and so of all before.
    pub prev: &'a str,
    /// Ed25519 over [`signed`], 128 hexadecimal digits.
    pub ed25519: &'a str,
}

/// What a signature is made over: it names its purpose, and through the line before it all lines before.
pub fn signed(seq: u64, time: u64, prev: &str) -> Vec<u8> {
    format!("cloud-witness heartbeat {FORMAT}\n{seq}\n{time}\n{prev}\n").into_bytes()
}

/// Why a line is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineError {
    /// A byte that is no printable ASCII character.
    Character {
        /// From 1.
        column: usize,
        /// The byte.
        byte: u8,
    },
    /// Not JSON.
    NotJson {
        /// From 1.
        column: usize,
    },
    /// A field is missing, unknown, twice there, or of the wrong form.
    Field {
        /// From 1.
        column: usize,
        /// The reader's words, made safe to show.
        what: String,
    },
    /// Readable, but not written as the recorder writes.
    NotCanonical {
        /// The first column that differs, from 1.
        column: usize,
    },
}

/// Why a line is none, before any of it is put into words: of a log without one good line only a few are shown.
#[derive(Debug)]
pub(super) enum Unread {
    /// As it is.
    Plain(LineError),
    /// What the reader of JSON says.
    Field(serde_json::Error),
}

impl Unread {
    pub(super) fn told(self) -> LineError {
        match self {
            Self::Plain(error) => error,
            Self::Field(error) => LineError::Field {
                column: error.column(),
                what: quoted(&error.to_string(), 200),
            },
        }
    }
}

impl<'a> Line<'a> {
    /// Reads a line without its end. `scratch` is room to write it again, so that a long log needs no memory a line.
    ///
    /// # Errors
    /// [`LineError`]
    pub fn read(bytes: &'a [u8], scratch: &mut Vec<u8>) -> Result<Self, LineError> {
        Self::parse(bytes, scratch).map_err(Unread::told)
    }

    /// The same, without words.
    pub(super) fn parse(bytes: &'a [u8], scratch: &mut Vec<u8>) -> Result<Self, Unread> {
        let is_foreign = |byte: &u8| !(b' '..=b'~').contains(byte);
        if let Some(at) = bytes.iter().position(is_foreign) {
            return Err(Unread::Plain(LineError::Character {
                column: at.saturating_add(1),
                byte: bytes.get(at).copied().unwrap_or_default(),
            }));
        }
        let line: Self = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            Category::Data => Unread::Field(error),
            Category::Io | Category::Syntax | Category::Eof => Unread::Plain(LineError::NotJson {
                column: error.column(),
            }),
        })?;
        scratch.clear();
        line.write(scratch);
        if scratch == bytes {
            return Ok(line);
        }
        let same = scratch.iter().zip(bytes).take_while(|(a, b)| a == b);
        Err(Unread::Plain(LineError::NotCanonical {
            column: same.count().saturating_add(1),
        }))
    }

    /// The line without its end.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        self.write(&mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    fn write(&self, to: &mut Vec<u8>) {
        // Plain data always has a text, and writing to memory cannot fail.
        let _ = serde_json::to_writer(to, self);
    }
}

impl<'a> Beat<'a> {
    /// Reads a poll's line from the beginning of a log's rest, up to its end; `None` where [`Line::read`] must look.
    ///
    /// Nearly all lines of a log are such lines, and they have one text: so a line that is read here is one that the other
    /// reads as the same, which a test compares. It is far faster, which counts with 260,000 lines in a tab; there
    /// it must also stay a function of its own, as functions become fast between their calls.
    #[inline(never)]
    pub(super) fn ahead(log: &'a [u8]) -> Option<(Self, &'a [u8], &'a [u8])> {
        let mut rest = log;
        let beat = Self {
            seq: number(after(&mut rest, b"{\"beat\":{\"seq\":")?)?,
            time: number(after(&mut rest, b",\"time\":")?)?,
            clock: number(after(&mut rest, b",\"clock\":")?)?,
            asked: number(after(&mut rest, b",\"asked\":")?)?.try_into().ok()?,
            power: {
                after(&mut rest, b",\"power\":\"On\"")?;
                PowerState::On
            },
            uuid: plain(after(&mut rest, b",\"uuid\":")?)?,
            serial: plain(after(&mut rest, b",\"serial\":")?)?,
            supplies: {
                let rest = after(&mut rest, b",\"supplies\":")?;
                match rest.strip_prefix(b"null") {
                    Some(more) => {
                        *rest = more;
                        None
                    }
                    None => Some(number(rest)?.try_into().ok()?),
                }
            },
            prev: {
                let (prev, more) = after(&mut rest, b",\"prev\":\"")?.split_at_checked(64)?;
                rest = more;
                std::str::from_utf8(prev)
                    .ok()
                    .filter(|prev| is_lower_hex(prev, 64))?
            },
        };
        let more = rest.strip_prefix(b"\"}}\n")?;
        let line = log.get(..log.len().checked_sub(more.len())?.checked_sub(1)?)?;
        Some((beat, line, more))
    }
}

/// Takes a text that must stand here off the rest.
fn after<'r, 'a>(rest: &'r mut &'a [u8], text: &[u8]) -> Option<&'r mut &'a [u8]> {
    *rest = rest.strip_prefix(text)?;
    Some(rest)
}

/// Takes a number in its one form off the rest.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value: u64 = 0;
    let mut digits = *rest;
    while let [digit @ b'0'..=b'9', more @ ..] = digits {
        value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit.wrapping_sub(b'0')))?;
        digits = more;
    }
    let length = rest.len().checked_sub(digits.len())?;
    let is_canonical = length == 1 || (length > 1 && rest.first() != Some(&b'0'));
    *rest = digits;
    is_canonical.then_some(value)
}

/// Takes a short text, or null, off the rest.
fn plain<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a str>> {
    if let Some(more) = rest.strip_prefix(b"null") {
        *rest = more;
        return Some(None);
    }
    let text = rest.strip_prefix(b"\"")?;
    let length = text.iter().take(101).position(|byte| *byte == b'"')?;
    let (text, more) = text.split_at_checked(length)?;
    *rest = more.strip_prefix(b"\"")?;
    let text = std::str::from_utf8(text).ok()?;
    is_plain(text).then_some(Some(text))
}

/// What is wrong with a header that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderError {
    /// Another format.
    Format {
        /// It.
        found: u32,
    },
    /// A field's value cannot be.
    Field {
        /// Its name.
        field: &'static str,
        /// What it must be.
        must: &'static str,
    },
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { found } => write!(
                f,
                "the log is of format {found}; this version knows format {FORMAT}"
            ),
            Self::Field { field, must } => write!(f, "`{field}` must be {must}"),
        }
    }
}

impl std::error::Error for HeaderError {}

impl Header {
    /// The recorder's key, when every field is what it may be.
    ///
    /// # Errors
    /// [`HeaderError`] names the first field that is not.
    pub fn checked(&self) -> Result<Key, HeaderError> {
        if self.format != FORMAT {
            return Err(HeaderError::Format { found: self.format });
        }
        let require = |holds: bool, field, must| {
            if holds {
                Ok(())
            } else {
                Err(HeaderError::Field { field, must })
            }
        };
        require(
            is_charter_key(&self.machine),
            "machine",
            "a machine's key such as intel:sgx:ppid: and 32 hexadecimal digits in lower case",
        )?;
        require(
            (1..=100).contains(&self.endpoint.len()) && is_plain(&self.endpoint),
            "endpoint",
            "a name of 1 to 100 characters in plain ASCII",
        )?;
        require(
            (1..=4).contains(&self.asked.len())
                && self
                    .asked
                    .iter()
                    .all(|path| path.starts_with('/') && path.len() <= 256 && is_plain(path)),
            "asked",
            "one to four paths that begin with / and have at most 256 characters",
        )?;
        require(
            (1..=MAX_INTERVAL).contains(&self.interval),
            "interval",
            "1 to 3600 seconds",
        )?;
        require(
            (self.interval..=MAX_MAX_GAP).contains(&self.max_gap),
            "max_gap",
            "at least the interval, and at most 86400 seconds",
        )?;
        require(
            (1..=MAX_SIGN_EVERY).contains(&self.sign_every),
            "sign_every",
            "1 to 10000 polls",
        )?;
        Key::parse(&self.key)
            .ok()
            .filter(|key| key.line() == self.key && key.point().len() == 32)
            .ok_or(HeaderError::Field {
                field: "key",
                must: "an Ed25519 key as an OpenSSH line without a comment",
            })
    }
}

/// `intel:<sgx|tdx>:ppid:<32 hex>`, as the charter writes it.
pub fn is_charter_key(text: &str) -> bool {
    ["intel:sgx:ppid:", "intel:tdx:ppid:"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .is_some_and(|ppid| is_lower_hex(ppid, 32))
}

/// Text that a line can hold: printable ASCII without `"` and `\`, which JSON would write in another way.
pub fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\')
}

pub(super) fn is_lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// SHA-256 of a line without its end, as it stands in the line after: lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LineHash([u8; 64]);

impl LineHash {
    /// Of a line.
    pub fn of(line: &[u8]) -> Self {
        let mut digits = [0; 64];
        // 32 bytes have 64 digits.
        let _ = hex::encode_to_slice(sha256(line), &mut digits);
        Self(digits)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a log stands: what the next line needs. It makes lines, one after the other, and holds no more than a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    seq: u64,
    prev: LineHash,
}

/// What a poll found, beside when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `PowerState` of the system.
    pub power: PowerState,
    /// `UUID`, as [`Self::plain`] writes it.
    pub uuid: Option<String>,
    /// `SerialNumber`, as [`Self::plain`] writes it.
    pub serial: Option<String>,
    /// Power supplies that are there and enabled.
    pub supplies: Option<u32>,
}

impl Answer {
    /// Text of an endpoint as a line can hold it: at most 100 characters, what is not [`is_plain`] as `?`; none when
    /// nothing is left.
    pub fn plain(text: &str) -> Option<String> {
        let plain: String = text
            .trim()
            .chars()
            .take(100)
            .map(|c| match c {
                '"' | '\\' => '?',
                ' '..='~' => c,
                _ => '?',
            })
            .collect();
        (!plain.is_empty()).then_some(plain)
    }
}

/// When a poll was made: Unix seconds, and seconds since the recorder was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Unix seconds.
    pub time: u64,
    /// Seconds since the start, by a clock that nobody sets.
    pub clock: u64,
}

impl Chain {
    /// A new log: its first line, and where it stands then.
    ///
    /// # Errors
    /// [`HeaderError`]
    pub fn begin(header: Header) -> Result<(String, Self), HeaderError> {
        header.checked()?;
        let text = Line::Header(header).text();
        let prev = LineHash::of(text.as_bytes());
        Ok((text, Self { seq: 0, prev }))
    }

    /// A log that goes on after a line with this number and hash; 0 is the header's.
    pub const fn after(seq: u64, prev: LineHash) -> Self {
        Self { seq, prev }
    }

    /// A line that says that the recorder was started.
    pub fn start(&mut self, time: u64) -> String {
        self.next(|seq, prev| Line::Start(Start { seq, time, prev }).text())
    }

    /// A line of a good answer.
    pub fn beat(&mut self, when: When, asked: u32, answer: &Answer) -> String {
        self.next(|seq, prev| {
            Line::Beat(Beat {
                seq,
                time: when.time,
                clock: when.clock,
                asked,
                power: answer.power,
                uuid: answer.uuid.as_deref(),
                serial: answer.serial.as_deref(),
                supplies: answer.supplies,
                prev,
            })
            .text()
        })
    }

    /// A line of a poll that failed.
    pub fn error(&mut self, when: When, asked: u32, what: Fault, status: Option<u16>) -> String {
        self.next(|seq, prev| {
            Line::Error(Failed {
                seq,
                time: when.time,
                clock: when.clock,
                asked,
                what,
                status,
                prev,
            })
            .text()
        })
    }

    /// A signature's line; `sign` signs with the key that the header names.
    pub fn signature(&mut self, time: u64, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
        self.next(|seq, prev| {
            let signature = hex::encode(sign(&signed(seq, time, prev)));
            Line::Signature(Signature {
                seq,
                time,
                prev,
                ed25519: &signature,
            })
            .text()
        })
    }

    fn next(&mut self, write: impl FnOnce(u64, &str) -> String) -> String {
        self.seq = self.seq.saturating_add(1);
        let text = write(self.seq, self.prev.as_str());
        self.prev = LineHash::of(text.as_bytes());
        text
    }
}
