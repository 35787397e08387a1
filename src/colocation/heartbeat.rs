//! The PSU/BMC heartbeat: a log that shows that a machine stayed where its management controller answers.
//!
//! ```text
//! log, line by line ─▶ form ─▶ order and chain ─▶ clocks ─▶ answers ─▶ (a good signature) ─▶ timeline
//! ```
//!
//! Only what a good signature covers through an unbroken chain counts as covered time. One fault never hides
//! another: the check goes on to the end, and counts. `docs/heartbeat.md` describes the format.

pub mod line;
#[cfg(test)]
mod tests;
pub mod timeline;

use std::collections::BTreeMap;

use serde::Serialize;

use self::line::{
    Beat, Failed, Header, Line, LineError, LineHash, MAX_LINE, MAX_MAX_GAP, MAX_SIGN_EVERY,
    PowerState, Signature, Unread, is_lower_hex, signed,
};
use self::timeline::{State, Stretch, Timeline};
use super::Code;
use super::evidence::Heartbeat;
use super::report::{Check, CheckId, Fact, Finding, Found};
use crate::ceremony::keys::{Key, KeyView};
use crate::moment::in_words;
use crate::report::{FindingOutcome, Outcome};
use crate::text::quoted;

/// Version of the report's JSON. It grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// Largest log: 30 days at one poll in 10 s, with a signature every ten minutes. A tab holds it twice while it checks.
pub const MAX_LOG: usize = 64 * 1024 * 1024;

/// Most lines of a log: its recorder's shortest have 114 bytes, of which [`MAX_LOG`] holds fewer.
pub const MAX_LINES: usize = 600_000;
/// Most signatures that are checked in one log: 30 days with one every ten minutes.
pub const MOST_SIGNATURES: u64 = 4_500;
/// Most lines that say nothing: with more of them the rest is not looked at.
const MOST_UNREAD: u64 = 100_000;
/// Findings of one code that are listed; all are counted.
const LISTED_A_CODE: u64 = 10;
/// Stretches of missing lines that are held until the log ends.
const MOST_HOLES: usize = 1_000;
/// How far the time and the recorder's own count of seconds may drift apart between two polls.
const CLOCK_TOLERANCE: u64 = 5;
/// How far the recorder's clock may be ahead of the reader's.
const FUTURE_TOLERANCE: u64 = 300;

/// What the one who checks knows from elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected<'a> {
    /// The machine's charter key.
    pub machine: Option<&'a str>,
    /// The recorder's public key.
    pub recorder: Option<&'a Key>,
    /// The longest gap that the owner declared, in seconds.
    pub max_gap: Option<u64>,
    /// From when and until when the log must cover, in Unix seconds; else from its first poll to its last line.
    pub window: Option<(u64, u64)>,
    /// The moment of the check, in Unix seconds.
    pub at: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFinding {
    /// How much it weighs.
    pub outcome: FindingOutcome,
    /// Its closed code.
    pub code: Code,
    /// The line in the file, from 1; null where it is about the whole.
    pub line: Option<u64>,
    /// Plain words, with the facts.
    pub detail: String,
    /// What to do next.
    pub advice: &'static str,
}

/// How often a code was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The code.
    pub code: Code,
    /// How much it weighs.
    pub outcome: FindingOutcome,
    /// How often, listed or not.
    pub count: u64,
    /// The first line with it.
    pub first_line: Option<u64>,
}

/// What a log shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeartbeatReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `fail` with any failed finding, else `warn` with any, else `pass`.
    pub outcome: Outcome,
    /// Plain words: how much is covered, or the weightiest finding.
    pub detail: String,
    /// The first line, where it can be read.
    pub header: Option<Header>,
    /// The key that the signatures were checked with.
    pub recorder: Option<KeyView>,
    /// Whether that key is the one that the checker knew from elsewhere.
    pub recorder_known: bool,
    /// The maximum gap that was applied, in seconds.
    pub max_gap: u64,
    /// Lines of the file.
    pub lines: u64,
    /// Polls, answered or not.
    pub polls: u64,
    /// Good answers.
    pub answers: u64,
    /// Signatures that fit.
    pub signatures: u64,
    /// `UUID` of the first answer.
    pub uuid: Option<String>,
    /// `SerialNumber` of the first answer.
    pub serial: Option<String>,
    /// Unix seconds of the first poll.
    pub first: Option<u64>,
    /// Unix seconds of the last line.
    pub last: Option<u64>,
    /// Seconds that are covered.
    pub covered: u64,
    /// Seconds that the log speaks of, covered or not.
    pub span: u64,
    /// `covered` of `span` in parts per million, rounded down: 1,000,000 is everything.
    pub covered_ppm: u64,
    /// The longest stretch that is not covered, in seconds.
    pub longest_gap: u64,
    /// All stretches in order, at most 2,000.
    pub stretches: Vec<Stretch>,
    /// Stretches beyond those.
    pub stretches_left_off: usize,
    /// SHA-256 of the last line: through the chain, of everything.
    pub last_line_sha256: Option<String>,
    /// At most ten findings of each code, failures first, then by line.
    pub findings: Vec<LineFinding>,
    /// How often each code was found.
    pub counts: Vec<Count>,
}

/// Checks a whole log.
pub fn check(log: &[u8], expected: Expected<'_>) -> HeartbeatReport {
    let mut checker = Checker::new(expected);
    if log.is_empty() {
        checker.fail(Code::LogEmpty, None, || "The log is empty.".to_owned());
        return checker.finish();
    }
    if log.len() > MAX_LOG {
        checker.fail(Code::LogTooLarge, None, || {
            format!(
                "The log has {} bytes; at most {MAX_LOG} are read.",
                log.len()
            )
        });
        return checker.finish();
    }
    let lines = log.iter().filter(|byte| **byte == b'\n').count();
    if lines > MAX_LINES {
        checker.fail(Code::LogTooLarge, None, || {
            format!("The log has {lines} lines; at most {MAX_LINES} are read.")
        });
        return checker.finish();
    }
    let mut log = log;
    if let Some(name) = other_encoding(log) {
        checker.fail(Code::LogEncoding, Some(1), || {
            format!("The file begins like {name}; the recorder writes plain ASCII.")
        });
        match log.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => log = rest,
            None => return checker.finish(),
        }
    }
    while !log.is_empty() {
        if let Some((beat, line, rest)) = Beat::ahead(log) {
            checker.beat_line(line, beat);
            log = rest;
        } else {
            let end = log.iter().position(|byte| *byte == b'\n');
            let end = end.map_or(log.len(), |end| end.saturating_add(1));
            let (line, rest) = log.split_at_checked(end).unwrap_or_default();
            checker.line(line);
            log = rest;
            if checker.gives_up() {
                break;
            }
        }
    }
    checker.finish()
}

/// The name of another encoding that a text begins like.
fn other_encoding(log: &[u8]) -> Option<&'static str> {
    match log {
        [0xef, 0xbb, 0xbf, ..] => Some("UTF-8 with a byte order mark"),
        [0xff, 0xfe, ..] | [b'{', 0, ..] => Some("UTF-16, little end first"),
        [0xfe, 0xff, ..] | [0, b'{', ..] => Some("UTF-16, big end first"),
        _ => None,
    }
}

/// A poll that waits for a signature.
#[derive(Debug, Clone, Copy)]
struct Pending {
    line: u64,
    time: u64,
    is_good: bool,
}

/// The poll before.
#[derive(Debug, Clone, Copy)]
struct Before {
    time: u64,
    clock: u64,
}

/// Which machine answers: what the first answers said of it, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    uuid: Option<(String, u64)>,
    serial: Option<(String, u64)>,
    line: u64,
}

/// How one name of a machine compares with what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Both have none.
    Absent,
    /// Only the answer has it.
    New,
    /// Only what was known has it.
    Lacking,
    /// Both have it.
    Same,
    /// The same UUID, its first three fields with their bytes turned around.
    Turned,
    /// Both have one, and they differ.
    Other,
}

impl Name {
    fn of(
        known: Option<&(String, u64)>,
        said: Option<&str>,
        compare: impl Fn(&str, &str) -> Self,
    ) -> Self {
        match (known, said) {
            (None, None) => Self::Absent,
            (None, Some(_)) => Self::New,
            (Some(_), None) => Self::Lacking,
            (Some((known, _)), Some(said)) => compare(known, said),
        }
    }

    /// UUIDs are compared without regard to case (RFC 9562, section 4).
    fn of_uuids(known: &str, said: &str) -> Self {
        if known.eq_ignore_ascii_case(said) {
            Self::Same
        } else if turned(known).is_some_and(|turned| turned.eq_ignore_ascii_case(said)) {
            Self::Turned
        } else {
            Self::Other
        }
    }

    fn of_serials(known: &str, said: &str) -> Self {
        if known == said {
            Self::Same
        } else {
            Self::Other
        }
    }
}

impl Named {
    /// What an answer says, beside what was known.
    fn beside(&self, beat: &Beat<'_>, begin: &str) -> String {
        let words = |uuid: Option<&str>, serial: Option<&str>| {
            format!(
                "UUID {} and serial number {}",
                uuid.unwrap_or("none"),
                serial.unwrap_or("none")
            )
        };
        let known = |name: &Option<(String, u64)>| name.as_ref().map(|(name, _)| name.clone());
        let lines = [&self.uuid, &self.serial].map(|name| name.as_ref().map(|(_, line)| *line));
        let before = match lines {
            [Some(uuid), Some(serial)] if uuid != serial => format!("lines {uuid} and {serial}"),
            _ => format!(
                "line {}",
                lines.into_iter().flatten().next().unwrap_or(self.line)
            ),
        };
        format!(
            "{begin} {}; {before} had {}.",
            words(beat.uuid, beat.serial),
            words(known(&self.uuid).as_deref(), known(&self.serial).as_deref())
        )
    }
}

/// A UUID with the bytes of its first three fields in the other order, as the other of two readings of SMBIOS has it.
fn turned(uuid: &str) -> Option<String> {
    let fields: Vec<&str> = uuid.split('-').collect();
    let lengths: Vec<usize> = fields.iter().map(|field| field.len()).collect();
    if lengths != [8, 4, 4, 4, 12] {
        return None;
    }
    let turn = |field: &str| {
        let mut bytes = hex::decode(field).ok()?;
        bytes.reverse();
        Some(hex::encode(bytes))
    };
    let (first, rest) = fields.split_at_checked(3)?;
    let mut all: Vec<String> = first
        .iter()
        .map(|field| turn(field))
        .collect::<Option<_>>()?;
    all.extend(rest.iter().map(|field| (*field).to_owned()));
    Some(all.join("-"))
}

/// A check in steps: a line at a time, in bounded memory.
#[derive(Debug)]
pub struct Checker<'e> {
    expected: Expected<'e>,
    header: Option<Header>,
    /// The key that signatures are checked with.
    key: Option<Key>,
    lines: u64,
    /// Lines that could not be read since the last one that could.
    unread: u64,
    /// All of them, and blank ones.
    unread_in_all: u64,
    /// Number of the last line in the chain.
    seq: u64,
    /// Hash of the last line in the chain.
    prev: Option<LineHash>,
    /// By the first number that is missing: the last, and the line before which they are.
    holes: BTreeMap<u64, (u64, u64)>,
    pending: Vec<Pending>,
    polls_unsigned: u64,
    lines_unsigned: u64,
    time: Option<u64>,
    before: Option<Before>,
    named: Option<Named>,
    supplies: Option<u32>,
    first: Option<u64>,
    polls: u64,
    answers: u64,
    signatures: u64,
    signature_lines: u64,
    timeline: Timeline,
    findings: Vec<LineFinding>,
    counts: BTreeMap<Code, Count>,
    scratch: Vec<u8>,
}

impl<'e> Checker<'e> {
    /// A check that has not seen anything yet.
    pub fn new(expected: Expected<'e>) -> Self {
        Self {
            expected,
            header: None,
            key: expected.recorder.cloned(),
            lines: 0,
            unread: 0,
            unread_in_all: 0,
            seq: 0,
            prev: None,
            holes: BTreeMap::new(),
            pending: Vec::new(),
            polls_unsigned: 0,
            lines_unsigned: 0,
            time: None,
            before: None,
            named: None,
            supplies: None,
            first: None,
            polls: 0,
            answers: 0,
            signatures: 0,
            signature_lines: 0,
            timeline: Timeline::new(expected.max_gap.unwrap_or(MAX_MAX_GAP), expected.window),
            findings: Vec::new(),
            counts: BTreeMap::new(),
            scratch: Vec::new(),
        }
    }

    /// The header, once it was read.
    pub const fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Number, hash and time of the last line in the chain: where a recorder goes on.
    pub fn tail(&self) -> Option<(u64, LineHash, u64)> {
        Some((self.seq, self.prev?, self.time?))
    }

    /// Whether any failure of this code was found.
    pub fn found(&self, code: Code) -> bool {
        self.counts.contains_key(&code)
    }

    /// Takes the next line, which is a poll's. Like [`Beat::ahead`] a function of its own.
    #[inline(never)]
    fn beat_line(&mut self, text: &[u8], beat: Beat<'_>) {
        self.lines = self.lines.saturating_add(1);
        self.read(self.lines, text, Line::Beat(beat));
    }

    /// Takes the next line, with its end.
    #[inline(never)]
    pub fn line(&mut self, bytes: &[u8]) {
        self.lines = self.lines.saturating_add(1);
        let number = self.lines;
        let text = match bytes.strip_suffix(b"\n") {
            Some(text) => text,
            None => {
                self.fail(Code::LogCut, Some(number), || {
                    "The last line has no end: the file was cut.".to_owned()
                });
                bytes
            }
        };
        let text = match text.strip_suffix(b"\r") {
            Some(text) => {
                self.fail(Code::LineEnd, Some(number), || {
                    "The line ends with CR LF; the recorder writes LF.".to_owned()
                });
                text
            }
            None => text,
        };
        if text.is_empty() {
            self.unread_in_all = self.unread_in_all.saturating_add(1);
            self.fail(Code::LineBlank, Some(number), || {
                "The line is empty.".to_owned()
            });
            return;
        }
        if text.len() > MAX_LINE {
            self.fail(Code::LineTooLong, Some(number), || {
                format!(
                    "The line has {} bytes; at most {MAX_LINE} are read.",
                    text.len()
                )
            });
            self.unreadable(number, text);
            return;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        match Line::parse(text, &mut scratch) {
            Ok(line) => self.read(number, text, line),
            Err(unread) => {
                self.misread(number, unread);
                self.unreadable(number, text);
            }
        }
        self.scratch = scratch;
    }

    fn misread(&mut self, number: u64, unread: Unread) {
        let line = Some(number);
        let error = match unread {
            Unread::Plain(error) => error,
            // Of this one alone the words are dear.
            Unread::Field(_) if !self.lists(Code::LineField) => {
                self.fail(Code::LineField, line, String::new);
                return;
            }
            Unread::Field(_) => unread.told(),
        };
        match error {
            LineError::Character { column, byte } => self.fail(Code::LineCharacter, line, || {
                format!("Byte {byte:#04x} in column {column} is no printable ASCII character.")
            }),
            LineError::NotJson { column } => self.fail(Code::LineNotJson, line, || {
                format!("The line is not JSON from column {column} on.")
            }),
            LineError::Field { column, what } => self.fail(Code::LineField, line, || {
                format!("A field is not as it should be at column {column}: {what}.")
            }),
            LineError::NotCanonical { column } => self.fail(Code::LineNotCanonical, line, || {
                format!("The line is written in another way than the recorder writes, from column {column} on.")
            }),
        }
    }

    /// Whether too many lines say nothing for this to be a log; then that is found.
    fn gives_up(&mut self) -> bool {
        let gives_up = self.unread_in_all >= MOST_UNREAD;
        if gives_up {
            self.fail(Code::LinesUnreadable, Some(self.lines), || {
                format!("The check ended here: {MOST_UNREAD} lines say nothing.")
            });
        }
        gives_up
    }

    /// A line that says nothing takes a place all the same.
    fn unreadable(&mut self, number: u64, text: &[u8]) {
        self.unread_in_all = self.unread_in_all.saturating_add(1);
        if number == 1 {
            // Whatever it was, it stood where the header stands.
            self.prev = Some(LineHash::of(text));
            self.header_missing();
        } else {
            self.unread = self.unread.saturating_add(1);
            self.lines_unsigned = self.lines_unsigned.saturating_add(1);
        }
    }

    fn header_missing(&mut self) {
        self.fail(Code::HeaderMissing, Some(1), || {
            "The first line is no header that can be read.".to_owned()
        });
    }

    fn read(&mut self, number: u64, text: &[u8], line: Line<'_>) {
        let (seq, time, prev) = match &line {
            Line::Header(header) => {
                self.read_header(number, text, header);
                return;
            }
            Line::Start(start) => (start.seq, start.time, start.prev),
            Line::Beat(beat) => (beat.seq, beat.time, beat.prev),
            Line::Error(failed) => (failed.seq, failed.time, failed.prev),
            Line::Signature(signature) => (signature.seq, signature.time, signature.prev),
        };
        if number == 1 {
            self.header_missing();
        }
        if !self.place(number, seq, prev) {
            return;
        }
        self.seq = seq.max(self.seq.saturating_add(1));
        self.prev = Some(LineHash::of(text));
        let is_past = self.clock(number, time);
        match line {
            Line::Header(_) => {}
            Line::Start(_) => {
                self.before = None;
                self.lines_unsigned = self.lines_unsigned.saturating_add(1);
            }
            Line::Beat(beat) => {
                let is_good = self.beat(number, &beat);
                let asked = Some(beat.asked);
                self.poll(number, beat.time, beat.clock, asked, is_good, is_past);
            }
            Line::Error(failed) => {
                self.failed(number, &failed);
                self.poll(number, failed.time, failed.clock, None, false, is_past);
            }
            Line::Signature(signature) => self.signature(number, &signature),
        }
        if is_past {
            self.timeline.reach(time);
        }
    }

    fn read_header(&mut self, number: u64, text: &[u8], header: &Header) {
        if number != 1 {
            self.fail(Code::HeaderTwice, Some(number), || {
                format!(
                    "Another header stands here, of the machine {}.",
                    quoted(&header.machine, 60)
                )
            });
            if self
                .header
                .as_ref()
                .is_some_and(|first| first.machine != header.machine)
            {
                self.fail(Code::HeaderOtherMachine, Some(number), || {
                    "It is another machine than the first header's.".to_owned()
                });
            }
            return;
        }
        self.prev = Some(LineHash::of(text));
        self.time = Some(header.time);
        let key = match header.checked() {
            Ok(key) => Some(key),
            Err(error) => {
                self.fail(Code::HeaderInvalid, Some(1), || {
                    format!("The header cannot be used: {error}.")
                });
                None
            }
        };
        match (self.expected.recorder, key) {
            (Some(known), Some(found)) if known.point() != found.point() => {
                self.fail(Code::RecorderKeyOther, Some(1), || {
                    format!(
                        "The log names the key {}, but the recorder's is {}.",
                        found.fingerprint(),
                        known.fingerprint()
                    )
                });
            }
            (None, found) => self.key = found,
            _ => {}
        }
        if let Some(machine) = self.expected.machine
            && machine != header.machine
        {
            self.fail(Code::HeaderOtherMachine, Some(1), || {
                format!(
                    "The log is about {}, not about {machine}.",
                    quoted(&header.machine, 60)
                )
            });
        }
        let declared = self.expected.max_gap.unwrap_or(header.max_gap);
        if header.max_gap > declared {
            self.fail(Code::HeaderMaxGap, Some(1), || {
                format!(
                    "The log allows itself gaps of {} s; the owner declared {declared} s.",
                    header.max_gap
                )
            });
        }
        self.timeline = Timeline::new(header.max_gap.min(declared), self.expected.window);
        self.header = Some(header.clone());
    }

    /// Whether the line goes on with the chain; a copy, or one that was moved, does not.
    fn place(&mut self, number: u64, seq: u64, prev: &str) -> bool {
        let expected = self.seq.saturating_add(1);
        let unread = std::mem::take(&mut self.unread);
        let is_linked = self.prev.is_some_and(|hash| hash.as_str() == prev);
        if is_linked {
            if seq != expected {
                self.fail(Code::SequenceWrong, Some(number), || {
                    format!("The line has the number {seq}; its place is {expected}.")
                });
                // The chain says where it stands.
                self.seq = expected.saturating_sub(1);
            }
            return true;
        }
        if seq < expected {
            self.unread = unread;
            self.misplaced(number, seq);
            return false;
        }
        let missing = seq.saturating_sub(expected);
        if missing > unread && seq != u64::MAX {
            self.hole(number, expected, seq.saturating_sub(1));
        } else if seq == expected && self.prev.is_some() {
            self.fail(Code::ChainBroken, Some(number), || {
                "The line does not hold the hash of the one before it.".to_owned()
            });
        }
        self.lose();
        true
    }

    /// A line with a number that the chain has passed.
    fn misplaced(&mut self, number: u64, seq: u64) {
        // No two holes overlap: the last that begins before this number is the only one that can have it.
        let hole = self.holes.range(..=seq).next_back();
        let hole = hole.map(|(from, (to, line))| (*from, *to, *line));
        let Some((from, to, line)) = hole.filter(|(_, to, _)| seq <= *to) else {
            self.fail(Code::LineRepeated, Some(number), || {
                format!("A line with the number {seq} was there before.")
            });
            return;
        };
        self.fail(Code::LineOutOfOrder, Some(number), || {
            format!("The line with the number {seq} stands after later ones.")
        });
        self.holes.remove(&from);
        if from < seq {
            self.holes.insert(from, (seq.saturating_sub(1), line));
        }
        if seq < to {
            self.holes.insert(seq.saturating_add(1), (to, line));
        }
    }

    /// Lines that are missing so far; they may still turn up further down.
    fn hole(&mut self, number: u64, from: u64, to: u64) {
        if self.holes.len() < MOST_HOLES {
            self.holes.insert(from, (to, number));
        } else {
            self.missing(from, to, number);
        }
    }

    fn missing(&mut self, from: u64, to: u64, number: u64) {
        self.fail(Code::LinesMissing, Some(number), || {
            if from == to {
                format!("The line with the number {from} is missing before this one.")
            } else {
                format!("The lines with the numbers {from} to {to} are missing before this one.")
            }
        });
    }

    /// What waits for a signature will never have one.
    fn lose(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.timeline.unproven(pending.time);
        }
    }

    /// Whether the time is none of the future.
    fn clock(&mut self, number: u64, time: u64) -> bool {
        if let Some(before) = self.time
            && time < before
        {
            self.fail(Code::ClockBack, Some(number), || {
                format!(
                    "The time goes back by {} s, from {} to {}.",
                    before.saturating_sub(time),
                    in_words(before),
                    in_words(time)
                )
            });
        }
        self.time = Some(time);
        let is_past = time <= self.expected.at.saturating_add(FUTURE_TOLERANCE);
        if !is_past {
            let at = self.expected.at;
            self.fail(Code::TimeInFuture, Some(number), || {
                format!(
                    "The line is of {}, after the moment of this check, {}.",
                    in_words(time),
                    in_words(at)
                )
            });
        }
        is_past
    }

    /// What any poll must keep to.
    fn poll(
        &mut self,
        number: u64,
        time: u64,
        clock: u64,
        asked: Option<u32>,
        is_good: bool,
        is_past: bool,
    ) {
        self.polls = self.polls.saturating_add(1);
        if is_past {
            self.first.get_or_insert(time);
        }
        let paths = self.header.as_ref().map(|header| header.asked.len());
        // A poll that failed says nothing of paths.
        let other =
            asked.filter(|asked| paths.is_some_and(|paths| usize::try_from(*asked) != Ok(paths)));
        if let Some(asked) = other {
            self.fail(Code::PollOther, Some(number), || {
                format!("{asked} paths were asked, not those of the header.")
            });
        }
        let before = self.before.replace(Before { time, clock });
        if let Some(before) = before {
            self.pace(number, before, Before { time, clock });
        }
        self.polls_unsigned = self.polls_unsigned.saturating_add(1);
        self.lines_unsigned = self.lines_unsigned.saturating_add(1);
        let sign_every = self
            .header
            .as_ref()
            .map_or(MAX_SIGN_EVERY, |header| header.sign_every);
        if self.polls_unsigned == u64::from(sign_every).saturating_add(1) {
            self.fail(Code::SignatureMissing, Some(number), || {
                format!(
                    "This is one poll more than {sign_every} since the last signature, the most that the header allows."
                )
            });
        }
        // No log of a recorder has so many; memory stays bounded.
        if self.polls_unsigned > u64::from(MAX_SIGN_EVERY) {
            self.lose();
        }
        if is_past {
            self.pending.push(Pending {
                line: number,
                time,
                is_good: is_good && other.is_none(),
            });
        }
    }

    /// Two polls of one run of the recorder.
    fn pace(&mut self, number: u64, before: Before, now: Before) {
        let Some(counted) = now.clock.checked_sub(before.clock) else {
            self.fail(Code::CountBack, Some(number), || {
                format!(
                    "The recorder had counted {} s, and now {} s.",
                    before.clock, now.clock
                )
            });
            return;
        };
        // A time that goes back is named already.
        let Some(passed) = now.time.checked_sub(before.time) else {
            return;
        };
        if passed > counted.saturating_add(CLOCK_TOLERANCE) {
            self.fail(Code::ClockForward, Some(number), || {
                format!("The time runs on by {passed} s, while the recorder counted {counted} s.")
            });
        } else if counted > passed.saturating_add(CLOCK_TOLERANCE) {
            self.fail(Code::ClockBack, Some(number), || {
                format!(
                    "The time runs on by {passed} s, while the recorder counted {counted} s: the clock went back."
                )
            });
        }
        let Some(header) = &self.header else { return };
        let (interval, max_gap) = (header.interval, header.max_gap);
        if passed > interval.saturating_mul(2) && passed <= max_gap {
            self.warn(Code::PollLate, Some(number), || {
                format!(
                    "The poll came {passed} s after the one before; the interval is {interval} s."
                )
            });
        } else if passed.saturating_mul(2) < interval {
            self.warn(Code::PollEarly, Some(number), || {
                format!(
                    "The poll came {passed} s after the one before; the interval is {interval} s."
                )
            });
        }
    }

    /// Whether the machine itself answered, and runs.
    fn beat(&mut self, number: u64, beat: &Beat<'_>) -> bool {
        let is_same = self.is_same_machine(number, beat);
        let is_on = beat.power == PowerState::On;
        if !is_on {
            self.fail(Code::PowerNotOn, Some(number), || {
                format!("The machine's power state is {:?}.", beat.power)
            });
        }
        let supplies = std::mem::replace(&mut self.supplies, beat.supplies);
        match (supplies, beat.supplies) {
            (_, Some(0)) => self.fail(Code::SupplyNone, Some(number), || {
                "The endpoint names no power supply that is there and enabled.".to_owned()
            }),
            (Some(before), now) if now.is_none_or(|now| now < before) => {
                self.warn(Code::SupplyLost, Some(number), || {
                    format!(
                        "The machine had {before} power supplies before, and now {}.",
                        now.map_or_else(|| "does not say".to_owned(), |now| now.to_string())
                    )
                });
            }
            _ => {}
        }
        let is_good = is_same && is_on && beat.supplies != Some(0);
        if is_good {
            self.answers = self.answers.saturating_add(1);
        }
        is_good
    }

    fn is_same_machine(&mut self, number: u64, beat: &Beat<'_>) -> bool {
        let Some(named) = &self.named else {
            if beat.uuid.is_none() && beat.serial.is_none() {
                self.warn(Code::AnswerUnnamed, Some(number), || {
                    "The endpoint gives neither a UUID nor a serial number.".to_owned()
                });
            }
            self.named = Some(Named {
                uuid: beat.uuid.map(|uuid| (uuid.to_owned(), number)),
                serial: beat.serial.map(|serial| (serial.to_owned(), number)),
                line: number,
            });
            return true;
        };
        let uuid = Name::of(named.uuid.as_ref(), beat.uuid, Name::of_uuids);
        let serial = Name::of(named.serial.as_ref(), beat.serial, Name::of_serials);
        let names = [uuid, serial];
        if names == [Name::Same, Name::Same] {
            return true;
        }
        if names.contains(&Name::Other) {
            let known = named.clone();
            self.fail(Code::AnswerOtherMachine, Some(number), || {
                known.beside(beat, "The answer has")
            });
            return false;
        }
        // Of a machine that nothing was known of, whatever it says is new.
        let is_first = named.uuid.is_none() && named.serial.is_none();
        // What both have, and have alike, ties the answer to the machine.
        let is_tied = names.contains(&Name::Same);
        if uuid == Name::Turned {
            let known = named.clone();
            self.warn(Code::AnswerUuidTurned, Some(number), || {
                let words = known.beside(beat, "The answer has");
                format!("{words} It is the same UUID with its first three fields turned around: a BIOS update?")
            });
            return is_tied;
        }
        if names.contains(&Name::Lacking) {
            let known = named.clone();
            self.warn(Code::AnswerNamesLess, Some(number), || {
                known.beside(beat, "The answer has only")
            });
            return is_tied;
        }
        if is_tied || is_first {
            self.fill_in(number, beat);
        }
        true
    }

    /// What the answers before did not say.
    fn fill_in(&mut self, number: u64, beat: &Beat<'_>) {
        let Some(named) = &mut self.named else { return };
        let new = |text: &str| (text.to_owned(), number);
        named.uuid = named.uuid.take().or_else(|| beat.uuid.map(new));
        named.serial = named.serial.take().or_else(|| beat.serial.map(new));
    }

    fn failed(&mut self, number: u64, failed: &Failed<'_>) {
        self.warn(Code::AnswerError, Some(number), || {
            let path = format!("Path {} of the header", failed.asked);
            match failed.status {
                Some(status) => format!("{path} gave {} ({status}).", failed.what),
                None => format!("{path} gave {}.", failed.what),
            }
        });
    }

    fn signature(&mut self, number: u64, signature: &Signature<'_>) {
        self.signature_lines = self.signature_lines.saturating_add(1);
        self.polls_unsigned = 0;
        self.lines_unsigned = 0;
        if self.signature_lines > MOST_SIGNATURES {
            self.fail(Code::SignaturesTooMany, Some(number), || {
                format!("This is one signature more than the {MOST_SIGNATURES} that are checked.")
            });
            return;
        }
        let Some(key) = &self.key else {
            self.fail(Code::SignatureUnchecked, Some(number), || {
                "No key is known that the signature could be checked with.".to_owned()
            });
            return;
        };
        let made_over = signed(signature.seq, signature.time, signature.prev);
        let mut bytes = [0; 64];
        let is_good = is_lower_hex(signature.ed25519, 128)
            && hex::decode_to_slice(signature.ed25519, &mut bytes).is_ok()
            && key.verifies_raw(&made_over, &bytes).is_ok();
        if !is_good {
            self.fail(Code::SignatureWrong, Some(number), || {
                "The signature is not the recorder's over the lines before it.".to_owned()
            });
            return;
        }
        self.signatures = self.signatures.saturating_add(1);
        for pending in std::mem::take(&mut self.pending) {
            if !pending.is_good {
                self.timeline.error(pending.time);
            } else if let Some(gap) = self.timeline.good(pending.time) {
                self.gap(Some(pending.line), gap);
            }
        }
    }

    fn gap(&mut self, line: Option<u64>, gap: Stretch) {
        self.fail(Code::LogGap, line, || {
            let why = match gap.state {
                State::Error => "polls failed or were not the running machine's",
                State::Unproven => "what was recorded then counts for nothing",
                State::Gap | State::Covered => "nothing was recorded",
            };
            format!(
                "No good answer for {} s, from {} to {}: {why}.",
                gap.seconds(),
                in_words(gap.from),
                in_words(gap.to)
            )
        });
    }

    /// The log ends here.
    pub fn finish(mut self) -> HeartbeatReport {
        for (from, (to, number)) in std::mem::take(&mut self.holes) {
            self.missing(from, to, number);
        }
        if self.lines_unsigned > 0 {
            let (count, from) = (
                self.lines_unsigned,
                self.lines
                    .saturating_sub(self.lines_unsigned)
                    .saturating_add(1),
            );
            self.fail(Code::TailNotSigned, Some(from), || {
                format!("The last signature is followed by lines that none covers: {count}.")
            });
        }
        self.lose();
        if self.lines > 0 {
            for gap in self.timeline.finish() {
                self.gap(None, gap);
            }
        }
        if self.lines > 0 && self.timeline.covered == 0 {
            self.fail(Code::LogNothingCovered, None, || {
                "No stretch of time is covered by good answers under a good signature.".to_owned()
            });
        }
        if self.header.is_some() && self.expected.recorder.is_none() {
            self.warn(Code::RecorderKeyNotGiven, None, || {
                "The log's signatures were checked with the key that it names itself; whose that is, it cannot say."
                    .to_owned()
            });
        }
        self.report()
    }

    fn report(mut self) -> HeartbeatReport {
        self.findings
            .sort_by_key(|finding| (finding.outcome == FindingOutcome::Warn, finding.line));
        let timeline = self.timeline;
        let covered_ppm = timeline
            .covered
            .saturating_mul(1_000_000)
            .checked_div(timeline.span)
            .unwrap_or(0);
        let first = self.findings.first();
        let outcome = match first.map(|first| first.outcome) {
            None => Outcome::Pass,
            Some(FindingOutcome::Warn) => Outcome::Warn,
            Some(FindingOutcome::Fail) => Outcome::Fail,
        };
        HeartbeatReport {
            schema: SCHEMA,
            outcome,
            detail: first.map_or_else(
                || {
                    format!(
                        "{} s are covered, without a gap of more than {} s.",
                        timeline.covered, timeline.max_gap
                    )
                },
                |first| first.detail.clone(),
            ),
            recorder: self.key.as_ref().map(Key::view),
            recorder_known: self.expected.recorder.is_some(),
            max_gap: timeline.max_gap,
            header: self.header,
            lines: self.lines,
            polls: self.polls,
            answers: self.answers,
            signatures: self.signatures,
            uuid: self
                .named
                .as_ref()
                .and_then(|named| named.uuid.as_ref().map(|(uuid, _)| uuid.clone())),
            serial: self
                .named
                .and_then(|named| named.serial.map(|(serial, _)| serial)),
            first: self.first,
            last: self.time,
            covered: timeline.covered,
            span: timeline.span,
            covered_ppm,
            longest_gap: timeline.longest_gap,
            stretches: timeline.stretches,
            stretches_left_off: timeline.left_off,
            last_line_sha256: self.prev.map(|hash| hash.as_str().to_owned()),
            findings: self.findings,
            counts: self.counts.into_values().collect(),
        }
    }

    fn fail(&mut self, code: Code, line: Option<u64>, detail: impl FnOnce() -> String) {
        self.find(FindingOutcome::Fail, code, line, detail);
    }

    fn warn(&mut self, code: Code, line: Option<u64>, detail: impl FnOnce() -> String) {
        self.find(FindingOutcome::Warn, code, line, detail);
    }

    /// Whether another finding of this code is listed.
    fn lists(&self, code: Code) -> bool {
        self.counts
            .get(&code)
            .is_none_or(|count| count.count < LISTED_A_CODE)
    }

    /// Every finding is counted; the words are made only for those that are listed.
    fn find(
        &mut self,
        outcome: FindingOutcome,
        code: Code,
        line: Option<u64>,
        detail: impl FnOnce() -> String,
    ) {
        let count = self.counts.entry(code).or_insert(Count {
            code,
            outcome,
            count: 0,
            first_line: line,
        });
        count.count = count.count.saturating_add(1);
        if count.count <= LISTED_A_CODE {
            self.findings.push(LineFinding {
                outcome,
                code,
                line,
                detail: detail(),
                advice: code.advice(),
            });
        }
    }
}

/// The rows of an item of this kind: the log, where it is there, against what people entered.
pub fn found(entered: &Heartbeat, log: Option<&[u8]>, machine: Option<&str>, at: u64) -> Found {
    let Some(log) = log else {
        let checks = ROWS.map(|(id, _)| Check::not_reached(id)).to_vec();
        return Found {
            checks,
            ..Found::default()
        };
    };
    let key = match Key::parse(&entered.key) {
        Ok(key) => key,
        Err(error) => {
            let finding =
                Finding::fail(Code::KeyUnreadable, format!("The recorder's key: {error}."));
            let signatures = Check::ran(CheckId::HeartbeatSignatures, "", vec![finding]);
            let checks = ROWS
                .into_iter()
                .map(|(id, _)| match id {
                    CheckId::HeartbeatSignatures => signatures.clone(),
                    _ => Check::not_reached(id),
                })
                .collect();
            return Found {
                checks,
                ..Found::default()
            };
        }
    };
    let expected = Expected {
        machine,
        recorder: Some(&key),
        max_gap: Some(entered.max_gap),
        window: Some((entered.from, entered.to)),
        at,
    };
    let mut found = check(log, expected).found();
    if machine.is_none() {
        let read = CheckId::HeartbeatRead;
        let rows = found.checks.iter_mut();
        for row in rows.filter(|row| row.id == read && row.holds()) {
            *row = Check::not_given(read, "No machine was named that the log could be about.")
                .saying(Code::MachineMissing);
        }
    }
    found
}

/// The rows, in order, and what each says when nothing is wrong.
const ROWS: [(CheckId, &str); 6] = [
    (
        CheckId::HeartbeatRead,
        "Every line is one that the recorder writes, and the header is this machine's.",
    ),
    (
        CheckId::HeartbeatChain,
        "Every line holds the hash of the line before it.",
    ),
    (
        CheckId::HeartbeatOrder,
        "No line is missing, moved or there twice, and no clock was set.",
    ),
    (
        CheckId::HeartbeatGaps,
        "No silence is longer than declared.",
    ),
    (
        CheckId::HeartbeatSignatures,
        "The recorder's key signed the log at its intervals, and at its end.",
    ),
    (
        CheckId::HeartbeatAnswers,
        "The same machine answered every poll, and was running.",
    ),
];

/// The row that a code belongs to; `None` for codes of other kinds of evidence.
pub const fn row_of(code: Code) -> Option<CheckId> {
    Some(match code {
        Code::LogEmpty
        | Code::LogTooLarge
        | Code::LogEncoding
        | Code::LogCut
        | Code::LineTooLong
        | Code::LineBlank
        | Code::LineEnd
        | Code::LineCharacter
        | Code::LineNotJson
        | Code::LineField
        | Code::LineNotCanonical
        | Code::LinesUnreadable
        | Code::HeaderMissing
        | Code::HeaderTwice
        | Code::HeaderInvalid
        | Code::HeaderOtherMachine
        | Code::HeaderMaxGap => CheckId::HeartbeatRead,
        Code::ChainBroken => CheckId::HeartbeatChain,
        Code::SequenceWrong
        | Code::LinesMissing
        | Code::LineRepeated
        | Code::LineOutOfOrder
        | Code::ClockBack
        | Code::ClockForward
        | Code::CountBack
        | Code::TimeInFuture => CheckId::HeartbeatOrder,
        Code::LogGap | Code::PollLate | Code::PollEarly | Code::LogNothingCovered => {
            CheckId::HeartbeatGaps
        }
        Code::RecorderKeyNotGiven
        | Code::RecorderKeyOther
        | Code::SignatureWrong
        | Code::SignatureUnchecked
        | Code::SignatureMissing
        | Code::SignaturesTooMany
        | Code::TailNotSigned => CheckId::HeartbeatSignatures,
        Code::PollOther
        | Code::AnswerError
        | Code::AnswerOtherMachine
        | Code::AnswerUnnamed
        | Code::AnswerNamesLess
        | Code::AnswerUuidTurned
        | Code::PowerNotOn
        | Code::SupplyLost
        | Code::SupplyNone => CheckId::HeartbeatAnswers,
        _ => return None,
    })
}

impl HeartbeatReport {
    /// The same as rows of an item of evidence. A log that could not be read at all reached no other row.
    pub fn found(&self) -> Found {
        let checks = ROWS
            .into_iter()
            .map(|(id, good)| {
                let findings: Vec<_> = self
                    .findings
                    .iter()
                    .filter(|finding| row_of(finding.code) == Some(id))
                    .map(|finding| self.shown(finding))
                    .collect();
                if findings.is_empty() && self.header.is_none() {
                    Check::not_reached(id)
                } else {
                    Check::ran(id, good, findings)
                }
            })
            .collect();
        Found {
            checks,
            facts: self.facts(),
            timeline: Some(self.timeline()).filter(|timeline| !timeline.spans.is_empty()),
        }
    }

    fn shown(&self, finding: &LineFinding) -> Finding {
        let count = self
            .counts
            .iter()
            .find(|count| count.code == finding.code)
            .filter(|count| count.count > LISTED_A_CODE && count.first_line == finding.line);
        let detail = count.map_or_else(
            || finding.detail.clone(),
            |count| {
                format!(
                    "{} This is the first of {} such findings.",
                    finding.detail, count.count
                )
            },
        );
        Finding {
            outcome: finding.outcome,
            code: finding.code,
            detail,
            place: finding.line.map(|line| format!("line {line}")),
            participant: None,
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let fact = |label: &str, value: String| Fact {
            label: label.to_owned(),
            value,
        };
        let mut facts = Vec::new();
        if let Some(header) = &self.header {
            facts.push(fact("Endpoint", quoted(&header.endpoint, 100)));
            facts.push(fact(
                "Polls",
                format!(
                    "{}, of which {} were good; one every {} s",
                    self.polls, self.answers, header.interval
                ),
            ));
        }
        if let Some(recorder) = &self.recorder {
            facts.push(fact("Recorder's key", recorder.fingerprint.clone()));
        }
        facts.extend(
            self.uuid
                .as_deref()
                .map(|uuid| fact("UUID", quoted(uuid, 100))),
        );
        facts.extend(
            self.serial
                .as_deref()
                .map(|serial| fact("Serial number", quoted(serial, 100))),
        );
        facts.extend(
            self.last_line_sha256
                .clone()
                .map(|hash| fact("SHA-256 of the last line", hash)),
        );
        facts
    }

    fn timeline(&self) -> super::report::Timeline {
        super::report::Timeline {
            from: self.stretches.first().map_or(0, |first| first.from),
            to: self.stretches.last().map_or(0, |last| last.to),
            spans: self.stretches.clone(),
            covered: self.covered,
            span: self.span,
            covered_ppm: self.covered_ppm,
            longest_gap: self.longest_gap,
            left_off: self.stretches_left_off,
        }
    }
}
