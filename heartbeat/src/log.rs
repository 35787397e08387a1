//! The file: begun, gone on with after a restart, signed, and on the disk at every signature.
//!
//! The chain has no key: anyone who can write the file can add lines that fit it. So only what the recorder's own
//! signatures cover is gone on with.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use cloud_witness::ceremony::keys::Key;
use cloud_witness::colocation::Code;
use cloud_witness::colocation::heartbeat::line::{
    Answer, Chain, Header, HeaderError, Line, MAX_LINE, When, signed,
};
use cloud_witness::colocation::heartbeat::{Checker, Expected, MAX_LOG, MOST_SIGNATURES, row_of};
use cloud_witness::colocation::report::CheckId;

use crate::key::RecorderKey;
use crate::plan::About;
use crate::redfish::Failure;

/// A log is full a little before the check refuses it: the last signature must find room.
const FULL: u64 = 4096;
/// What is full.
const SIZE: &str = "it is as large as a log is read";
const SIGNATURES: &str = "it has as many signatures as are checked in one log";

/// How much one log may hold.
#[derive(Debug, Clone, Copy)]
struct Limits {
    bytes: usize,
    signatures: u64,
}

/// What the check reads.
const LIMITS: Limits = Limits {
    bytes: MAX_LOG,
    signatures: MOST_SIGNATURES,
};

impl Limits {
    /// What is full in a log of so many bytes and signatures: another line, or its signature, finds no room.
    fn full(self, bytes: u64, signatures: u64) -> Option<&'static str> {
        let most = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        if bytes.saturating_add(FULL) > most {
            Some(SIZE)
        } else if signatures >= self.signatures {
            Some(SIGNATURES)
        } else {
            None
        }
    }
}

/// Why a log cannot be written.
#[derive(Debug)]
pub enum LogError {
    /// Reading or writing failed.
    Io {
        /// The file.
        file: PathBuf,
        /// How.
        error: io::Error,
    },
    /// Another recorder writes it.
    InUse(PathBuf),
    /// It was begun with other settings.
    Other {
        /// The file.
        file: PathBuf,
        /// Which field differs.
        field: &'static str,
    },
    /// It was changed since the recorder wrote it, or is none.
    Damaged {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: Option<u64>,
        /// What is wrong.
        detail: String,
    },
    /// The settings cannot be.
    Header(HeaderError),
    /// None of its signatures is by this recorder's key.
    Unsigned(PathBuf),
    /// It holds as much as is checked in one log.
    Full {
        /// The file.
        file: PathBuf,
        /// What is full, in words.
        what: &'static str,
    },
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "{}: {error}", file.display()),
            Self::InUse(file) => {
                write!(f, "{}: another recorder writes this log", file.display())
            }
            Self::Other { file, field } => write!(
                f,
                "{} was begun with another `{field}`; name another file to begin a new log",
                file.display()
            ),
            Self::Damaged { file, line, detail } => {
                write!(f, "{}", file.display())?;
                if let Some(line) = line {
                    write!(f, ", line {line}")?;
                }
                write!(
                    f,
                    ": {detail} The recorder does not go on with a log that it did not write so; move it away."
                )
            }
            Self::Header(error) => write!(f, "{error}"),
            Self::Unsigned(file) => write!(
                f,
                "{} holds no signature by this recorder's key, so anyone may have written it; name another file to \
                 begin a new log, or remove this one if the recorder ended before its first signature",
                file.display()
            ),
            Self::Full { file, what } => write!(
                f,
                "{} is full: {what}; name another file to begin a new log",
                file.display()
            ),
        }
    }
}

impl std::error::Error for LogError {}

/// A log that is being written.
#[derive(Debug)]
pub struct Log {
    file: File,
    path: PathBuf,
    bytes: u64,
    chain: Chain,
    key: RecorderKey,
    sign_every: u32,
    paths: u32,
    unsigned: u32,
    signatures: u64,
    dropped: u64,
    limits: Limits,
}

impl Log {
    /// Begins a log, or goes on with one of the same settings. Either way a start and a signature are written.
    ///
    /// What no signature by `key` covers is cut off first: its signature would cover lines that it may not have written.
    ///
    /// # Errors
    /// [`LogError`]; then the file is as before.
    pub fn open(
        path: &Path,
        about: &About,
        key: RecorderKey,
        public: &Key,
        now: u64,
    ) -> Result<Self, LogError> {
        Self::open_within(LIMITS, path, about, key, public, now)
    }

    fn open_within(
        limits: Limits,
        path: &Path,
        about: &About,
        key: RecorderKey,
        public: &Key,
        now: u64,
    ) -> Result<Self, LogError> {
        let at_file = |error| LogError::Io {
            file: path.to_owned(),
            error,
        };
        let header = about.header(now, public.line());
        header.checked().map_err(LogError::Header)?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(at_file)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LogError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(at_file(error)),
        }
        let length = file.metadata().map_err(at_file)?.len();
        let kept = read(path, &mut file, &header, public, now)?;
        let (mut opening, mut chain) = match kept.chain {
            Some(chain) => (String::new(), chain),
            None => {
                let (line, chain) = Chain::begin(header).map_err(LogError::Header)?;
                (format!("{line}\n"), chain)
            }
        };
        for line in [
            chain.start(now),
            chain.signature(now, |bytes| key.sign(bytes)),
        ] {
            opening.push_str(&line);
            opening.push('\n');
        }
        let mut log = Self {
            file,
            path: path.to_owned(),
            bytes: kept.bytes,
            chain,
            key,
            sign_every: about.sign_every,
            paths: u32::try_from(about.asked.len()).unwrap_or(u32::MAX),
            unsigned: 0,
            signatures: kept.signatures.saturating_add(1),
            dropped: kept.dropped,
            limits,
        };
        // After the start there must be room for a poll and its signature.
        let begun = u64::try_from(opening.len()).unwrap_or(u64::MAX);
        if let Some(what) = limits.full(kept.bytes.saturating_add(begun), log.signatures) {
            return Err(log.full(what));
        }
        if kept.bytes < length {
            log.file.set_len(kept.bytes).map_err(at_file)?;
            log.file.sync_all().map_err(at_file)?;
        }
        // In one write: an end between header and signature would leave a log that nobody can go on with.
        log.write(&opening)?;
        log.file.sync_all().map_err(at_file)?;
        sync_folder(path).map_err(at_file)?;
        Ok(log)
    }

    /// How many lines [`Self::open`] cut off, the last of them perhaps unfinished.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A good answer.
    ///
    /// # Errors
    /// [`LogError`]
    pub fn beat(&mut self, when: When, answer: &Answer) -> Result<(), LogError> {
        let line = self.chain.beat(when, self.paths, answer);
        self.poll(&line, when.time)
    }

    /// A poll that failed.
    ///
    /// # Errors
    /// [`LogError`]
    pub fn error(&mut self, when: When, failure: &Failure) -> Result<(), LogError> {
        let line = self
            .chain
            .error(when, failure.asked, failure.what, failure.status);
        self.poll(&line, when.time)
    }

    fn poll(&mut self, line: &str, time: u64) -> Result<(), LogError> {
        self.write(&format!("{line}\n"))?;
        self.unsigned = self.unsigned.saturating_add(1);
        if self.unsigned >= self.sign_every {
            self.sign(time)?;
        }
        if let Some(what) = self.limits.full(self.bytes, self.signatures) {
            self.finish(time)?;
            return Err(self.full(what));
        }
        Ok(())
    }

    /// Signs what is not signed yet; the recorder stops.
    ///
    /// # Errors
    /// [`LogError`]
    pub fn finish(&mut self, time: u64) -> Result<(), LogError> {
        if self.unsigned > 0 {
            self.sign(time)?;
        }
        Ok(())
    }

    fn sign(&mut self, time: u64) -> Result<(), LogError> {
        let line = self.chain.signature(time, |bytes| self.key.sign(bytes));
        self.write(&format!("{line}\n"))?;
        self.unsigned = 0;
        self.signatures = self.signatures.saturating_add(1);
        self.file.sync_all().map_err(|error| self.at_file(error))
    }

    /// Whole lines, in one write.
    fn write(&mut self, lines: &str) -> Result<(), LogError> {
        self.file
            .write_all(lines.as_bytes())
            .map_err(|error| self.at_file(error))?;
        let bytes = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    fn full(&self, what: &'static str) -> LogError {
        LogError::Full {
            file: self.path.clone(),
            what,
        }
    }

    fn at_file(&self, error: io::Error) -> LogError {
        LogError::Io {
            file: self.path.clone(),
            error,
        }
    }
}

/// What of a file is gone on with.
struct Kept {
    bytes: u64,
    /// Where its chain ends. `None`: nothing is there.
    chain: Option<Chain>,
    signatures: u64,
    /// Lines after it.
    dropped: u64,
}

/// What of the file the recorder's signatures cover, which must be as the recorder wrote it.
fn read(
    path: &Path,
    file: &mut File,
    header: &Header,
    public: &Key,
    now: u64,
) -> Result<Kept, LogError> {
    let at_file = |error| LogError::Io {
        file: path.to_owned(),
        error,
    };
    let damaged = |line, detail: String| LogError::Damaged {
        file: path.to_owned(),
        line,
        detail,
    };
    let ends = ends(file, public).map_err(at_file)?;
    if ends.whole == 0 {
        // At most a first line that a sudden end left unfinished.
        return if ends.begins_as_log {
            Ok(Kept {
                bytes: 0,
                chain: None,
                signatures: 0,
                dropped: ends.lines,
            })
        } else {
            Err(damaged(Some(1), "The file is no log.".to_owned()))
        };
    }
    let end = ends.signed.as_ref().map_or(ends.whole, |last| last.end);
    let mut checker = Checker::new(Expected {
        machine: Some(&header.machine),
        recorder: Some(public),
        max_gap: Some(header.max_gap),
        window: None,
        at: now,
    });
    file.seek(SeekFrom::Start(0)).map_err(at_file)?;
    let mut reader = BufReader::new(file).take(end);
    let mut line = Vec::new();
    while next_line(&mut reader, &mut line).map_err(at_file)? > 0 {
        if line.last() != Some(&b'\n') {
            return Err(damaged(None, "A line is longer than any.".to_owned()));
        }
        checker.line(&line);
    }
    if let Some(found) = checker.header()
        && let Some(field) = other_field(found, header)
    {
        return Err(LogError::Other {
            file: path.to_owned(),
            field,
        });
    }
    let tail = checker.tail().map(|(seq, hash, _)| Chain::after(seq, hash));
    let report = checker.finish();
    if let Some(finding) = report.findings.iter().find(|f| is_damage(f.code)) {
        return Err(damaged(finding.line, finding.detail.clone()));
    }
    let (Some(last), Some(chain)) = (ends.signed, tail) else {
        return Err(LogError::Unsigned(path.to_owned()));
    };
    Ok(Kept {
        bytes: last.end,
        chain: Some(chain),
        signatures: last.signatures,
        dropped: ends.lines.saturating_sub(last.lines),
    })
}

/// Where a file's parts end.
#[derive(Default)]
struct Ends {
    /// Lines, the last perhaps unfinished.
    lines: u64,
    /// Where the last whole line ends.
    whole: u64,
    /// Whether the file is empty or its first line may be a header, perhaps unfinished.
    begins_as_log: bool,
    signed: Option<LastSignature>,
}

/// The last line with a signature by the recorder's key, whether or not the chain leads to it.
struct LastSignature {
    /// Where the line ends.
    end: u64,
    /// Lines up to it.
    lines: u64,
    /// Lines with any signature up to it.
    signatures: u64,
}

fn ends(file: &mut File, public: &Key) -> io::Result<Ends> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut ends = Ends {
        begins_as_log: true,
        ..Ends::default()
    };
    let (mut at, mut signatures): (u64, u64) = (0, 0);
    loop {
        let read = next_line(&mut reader, &mut line)?;
        if read == 0 {
            return Ok(ends);
        }
        at = at.saturating_add(read);
        if ends.lines == 0 {
            ends.begins_as_log = line.len() <= MAX_LINE && line.starts_with(b"{\"header\"");
        }
        ends.lines = ends.lines.saturating_add(1);
        let Some(text) = line.strip_suffix(b"\n") else {
            // Unfinished, or longer than any: then its rest is passed over.
            let mut end = Vec::new();
            loop {
                let more = next_line(&mut reader, &mut end)?;
                at = at.saturating_add(more);
                if more == 0 {
                    return Ok(ends);
                }
                if end.ends_with(b"\n") {
                    break;
                }
            }
            ends.whole = at;
            continue;
        };
        ends.whole = at;
        if text.starts_with(b"{\"signature\"") {
            signatures = signatures.saturating_add(1);
            if is_signed_by(text, public) {
                ends.signed = Some(LastSignature {
                    end: at,
                    lines: ends.lines,
                    signatures,
                });
            }
        }
    }
}

/// The next line with its end, or as much of it as is more than any line has; how many bytes that is.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let longest = u64::try_from(MAX_LINE)
        .unwrap_or(u64::MAX)
        .saturating_add(2);
    line.clear();
    let read = reader.take(longest).read_until(b'\n', line)?;
    Ok(u64::try_from(read).unwrap_or(u64::MAX))
}

/// Whether a line holds a signature that this key made, over whatever it says that it covers.
fn is_signed_by(text: &[u8], public: &Key) -> bool {
    let mut scratch = Vec::new();
    let Ok(Line::Signature(line)) = Line::read(text, &mut scratch) else {
        return false;
    };
    let mut bytes = [0; 64];
    hex::decode_to_slice(line.ed25519, &mut bytes).is_ok()
        && public
            .verifies_raw(&signed(line.seq, line.time, line.prev), &bytes)
            .is_ok()
}

/// Whether a finding means that the file is not what the recorder wrote; all else may be true of the machine.
fn is_damage(code: Code) -> bool {
    match row_of(code) {
        Some(CheckId::HeartbeatRead | CheckId::HeartbeatChain) => true,
        // Too many are a full log, not a changed one.
        Some(CheckId::HeartbeatSignatures) => {
            !matches!(code, Code::TailNotSigned | Code::SignaturesTooMany)
        }
        Some(CheckId::HeartbeatOrder) => matches!(
            code,
            Code::SequenceWrong | Code::LinesMissing | Code::LineRepeated | Code::LineOutOfOrder
        ),
        _ => false,
    }
}

/// The first setting in which two headers differ.
fn other_field(a: &Header, b: &Header) -> Option<&'static str> {
    [
        (a.format == b.format, "format"),
        (a.machine == b.machine, "machine"),
        (a.endpoint == b.endpoint, "name"),
        (a.asked == b.asked, "system or power"),
        (a.interval == b.interval, "interval"),
        (a.max_gap == b.max_gap, "max-gap"),
        (a.sign_every == b.sign_every, "sign-every"),
        (a.key == b.key, "key"),
    ]
    .into_iter()
    .find_map(|(same, field)| (!same).then_some(field))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // A folder cannot be opened like this everywhere; where it can, the new name must last.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            machine: "intel:sgx:ppid:00112233445566778899aabbccddeeff".to_owned(),
            name: "n".to_owned(),
            asked: vec!["/redfish/v1/Systems/1".to_owned()],
            interval: 1,
            max_gap: 60,
            sign_every: 2,
        }
    }

    /// Opens a log, and polls until it is full or this often; how often, and why it ended.
    fn run(folder: &Path, limits: Limits, polls: u32) -> (u32, Option<LogError>) {
        let key = RecorderKey::read_or_make(&folder.join("key")).unwrap();
        let public = key.public().unwrap();
        let log = folder.join("log");
        let mut log = match Log::open_within(limits, &log, &about(), key, &public, 1_000) {
            Ok(log) => log,
            Err(error) => return (0, Some(error)),
        };
        let failure = Failure {
            asked: 1,
            what: cloud_witness::colocation::heartbeat::line::Fault::Timeout,
            status: None,
            words: String::new(),
        };
        for poll in 1..=polls {
            let when = When {
                time: 1_000,
                clock: 0,
            };
            if let Err(error) = log.error(when, &failure) {
                return (poll, Some(error));
            }
        }
        log.finish(1_000).unwrap();
        (polls, None)
    }

    fn is_full(error: Option<&LogError>, words: &str) -> bool {
        matches!(error, Some(LogError::Full { what, .. }) if *what == words)
    }

    #[test]
    fn a_full_log_stays_readable_however_often_the_recorder_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            bytes: 12_000,
            ..LIMITS
        };
        let log = folder.path().join("log");
        let (polls, ended) = run(folder.path(), limits, 1_000);
        assert!(polls > 5 && is_full(ended.as_ref(), SIZE), "{ended:?}");
        let full = std::fs::read(&log).unwrap();
        assert!(full.len() <= limits.bytes);
        for _ in 0..20 {
            let (_, ended) = run(folder.path(), limits, 1);
            assert!(is_full(ended.as_ref(), SIZE), "{ended:?}");
            assert_eq!(std::fs::read(&log).unwrap(), full);
        }
    }

    #[test]
    fn a_log_of_starts_alone_ends_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            bytes: 12_000,
            ..LIMITS
        };
        for _ in 0..40 {
            run(folder.path(), limits, 0);
        }
        assert!(std::fs::read(folder.path().join("log")).unwrap().len() <= limits.bytes);
    }

    #[test]
    fn the_limit_of_signatures_is_full_too_and_is_never_passed() {
        let signatures = |folder: &Path| {
            let text = std::fs::read_to_string(folder.join("log")).unwrap();
            text.matches("{\"signature\"").count()
        };
        for most in 2..8 {
            let folder = tempfile::tempdir().unwrap();
            let limits = Limits {
                signatures: most,
                ..LIMITS
            };
            let (_, ended) = run(folder.path(), limits, 1_000);
            assert!(is_full(ended.as_ref(), SIGNATURES), "{ended:?}");
            assert_eq!(u64::try_from(signatures(folder.path())).unwrap(), most);
            let (_, ended) = run(folder.path(), limits, 1);
            assert!(is_full(ended.as_ref(), SIGNATURES), "{ended:?}");
            // Starts take signatures as well.
            let folder = tempfile::tempdir().unwrap();
            for _ in 0..10 {
                run(folder.path(), limits, 1);
            }
            assert!(u64::try_from(signatures(folder.path())).unwrap() <= most);
            assert!(ended.unwrap().to_string().contains("name another file"));
        }
    }

    #[test]
    fn too_many_signatures_are_no_damage() {
        assert!(!is_damage(Code::SignaturesTooMany));
        assert!(is_damage(Code::SignatureWrong));
    }
}
