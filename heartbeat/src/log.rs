//! The file: begun, gone on with after a restart, signed, and on the disk at every signature.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use cloud_witness::ceremony::keys::Key;
use cloud_witness::colocation::Code;
use cloud_witness::colocation::heartbeat::line::{
    Answer, Chain, Header, HeaderError, MAX_LINE, When,
};
use cloud_witness::colocation::heartbeat::{Checker, Expected, MAX_LOG, row_of};
use cloud_witness::colocation::report::CheckId;

use crate::key::RecorderKey;
use crate::plan::About;
use crate::redfish::Failure;

/// A log is full a little before the check refuses it: the last signature must find room.
const FULL: u64 = 4096;

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
    /// It is as large as a log is read.
    Full(PathBuf),
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
            Self::Full(file) => write!(
                f,
                "{} is as large as a log is read; begin another file",
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
}

impl Log {
    /// Begins a log, or goes on with one of the same settings. Either way a start and a signature are written.
    ///
    /// A line that a sudden end left unfinished is cut off: the recorder never got to count it.
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
        let (whole, tail) = read(path, &mut file, &header, public, now)?;
        if whole < length {
            file.set_len(whole).map_err(at_file)?;
        }
        let paths = u32::try_from(about.asked.len()).unwrap_or(u32::MAX);
        let mut log = Self {
            file,
            path: path.to_owned(),
            bytes: whole,
            // A new log's chain begins with its header, just below.
            chain: tail.clone().unwrap_or_else(|| placeholder(&header)),
            key,
            sign_every: about.sign_every,
            paths,
            unsigned: 0,
        };
        if tail.is_none() {
            let (line, chain) = Chain::begin(header).map_err(LogError::Header)?;
            log.chain = chain;
            log.write(&line)?;
        }
        let line = log.chain.start(now);
        log.write(&line)?;
        log.sign(now)?;
        sync_folder(path).map_err(at_file)?;
        Ok(log)
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
        self.write(line)?;
        self.unsigned = self.unsigned.saturating_add(1);
        if self.unsigned >= self.sign_every {
            self.sign(time)?;
        }
        let most = u64::try_from(MAX_LOG).unwrap_or(u64::MAX);
        if self.bytes.saturating_add(FULL) > most {
            self.finish(time)?;
            return Err(LogError::Full(self.path.clone()));
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
        self.write(&line)?;
        self.unsigned = 0;
        self.file.sync_all().map_err(|error| self.at_file(error))
    }

    /// One line, in one write.
    fn write(&mut self, line: &str) -> Result<(), LogError> {
        let line = format!("{line}\n");
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| self.at_file(error))?;
        let bytes = u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    fn at_file(&self, error: io::Error) -> LogError {
        LogError::Io {
            file: self.path.clone(),
            error,
        }
    }
}

/// Where nothing is written yet.
fn placeholder(header: &Header) -> Chain {
    use cloud_witness::colocation::heartbeat::line::LineHash;

    Chain::after(0, LineHash::of(header.machine.as_bytes()))
}

/// Reads what is there, line by line: how many bytes of whole lines, and where their chain ends. `None`: nothing is there.
fn read(
    path: &Path,
    file: &mut File,
    header: &Header,
    public: &Key,
    now: u64,
) -> Result<(u64, Option<Chain>), LogError> {
    let at_file = |error| LogError::Io {
        file: path.to_owned(),
        error,
    };
    let damaged = |line, detail: String| LogError::Damaged {
        file: path.to_owned(),
        line,
        detail,
    };
    file.seek(SeekFrom::Start(0)).map_err(at_file)?;
    let mut checker = Checker::new(Expected {
        machine: Some(&header.machine),
        recorder: Some(public),
        max_gap: Some(header.max_gap),
        window: None,
        at: now,
    });
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut whole: u64 = 0;
    let longest = u64::try_from(MAX_LINE)
        .unwrap_or(u64::MAX)
        .saturating_add(2);
    loop {
        line.clear();
        let read = reader
            .by_ref()
            .take(longest)
            .read_until(b'\n', &mut line)
            .map_err(at_file)?;
        if line.last() != Some(&b'\n') {
            if u64::try_from(read).unwrap_or(u64::MAX) == longest {
                return Err(damaged(None, "A line is longer than any.".to_owned()));
            }
            break;
        }
        checker.line(&line);
        whole = whole.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    if whole == 0 {
        // At most a first line that a sudden end left unfinished.
        if !line.is_empty() && !line.starts_with(b"{\"header\"") {
            return Err(damaged(Some(1), "The file is no log.".to_owned()));
        }
        return Ok((0, None));
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
    Ok((whole, tail))
}

/// Whether a finding means that the file is not what the recorder wrote; all else may be true of the machine.
fn is_damage(code: Code) -> bool {
    match row_of(code) {
        Some(CheckId::HeartbeatRead | CheckId::HeartbeatChain) => true,
        Some(CheckId::HeartbeatSignatures) => code != Code::TailNotSigned,
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
