//! Lists of machines: known ones, and revoked ones, in every form in which they are kept.
//!
//! | form | a machine is | source |
//! |---|---|---|
//! | lines `id,label`, `#` comments | a PPID, the SHA-256 of the SGX extensions, an AMD chip ID, or a prefix | the trust server |
//! | JSON object | `intel:<sgx or tdx>:ppid:<hex>` or `amd:snp:chipid:<hex>` | Proof of Cloud Charter, draft 0.1, section 5 |
//! | signed record | the PPID that its evidence gives, appraised again | `docs/ceremony-record.md` |
//!
//! A line that cannot be used is a finding with its place, and the others are used. Whether a machine is *absent* can
//! then not be said any more ([`Registry::doubt`]): row `registry` says so instead of "new", and never "not revoked".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Code;
use crate::identity::PckIdentity;
use crate::report::{FindingOutcome, IdentityView, ListView};
use crate::text::{count, is_unseen, quoted, sha256, sha256_hex};

/// Largest file, and largest sum of files (O1): more than 100,000 entries with labels.
pub const MAX_LIST: usize = 16 * 1024 * 1024;
/// Most files in one registry.
pub const MAX_FILES: usize = 10_000;
/// Most lines of all files that are no JSON, so that reading them takes seconds nowhere: twice as many as such a list has
/// machines.
pub const MAX_LINES: usize = 250_000;
/// Most findings that are kept with their place; all are counted.
pub const MAX_FINDINGS: usize = 100;
/// Longest label that is kept, in characters; the rest of a longer one is cut off.
pub const MAX_LABEL: usize = 200;
/// Fewest bits of a prefix. Nobody chooses a PPID, so a false match is an accident: among 2^17 listed machines and some
/// 2^27 that exist, prefixes of 64 bits have one by a chance of one in a million; of 32 bits, thousands.
pub const MIN_PREFIX_BITS: usize = 64;

const MIN_PREFIX: usize = MIN_PREFIX_BITS / 4;
const PPID_DIGITS: usize = 32;
const EXTENSIONS_DIGITS: usize = 64;
const AMD_DIGITS: usize = 128;
/// Where a line ends for a spreadsheet, an editor or Python's `splitlines`, but not for git, nor here.
const OTHER_LINE_ENDS: [char; 9] = [
    '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
];

/// What identifies a machine, from verified claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// The PPID.
    pub ppid: [u8; 16],
    /// SHA-256 of the SGX extensions.
    pub extensions: [u8; 32],
}

impl Machine {
    /// From a certificate's identity.
    pub fn of(identity: &PckIdentity) -> Self {
        Self {
            ppid: identity.ppid,
            extensions: sha256(&identity.sgx_extensions),
        }
    }

    /// The schemes of lines, and its ID in each.
    fn digits(&self) -> [(&'static str, String); 2] {
        [
            ("ppid", hex::encode(self.ppid)),
            ("sgx_extensions_sha256", hex::encode(self.extensions)),
        ]
    }

    /// From what a Report shows of it.
    pub fn shown(identity: &IdentityView) -> Option<Self> {
        let id = |scheme: &str| {
            let of_it = |id: &&crate::report::MachineId| id.scheme == scheme;
            hex::decode(&identity.machine_ids.iter().find(of_it)?.id).ok()
        };
        Some(Self {
            ppid: id("ppid")?.try_into().ok()?,
            extensions: id("sgx_extensions_sha256")?.try_into().ok()?,
        })
    }
}

/// An ID as a list has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Id {
    Ppid([u8; 16]),
    Extensions([u8; 32]),
    AmdChip(Box<[u8]>),
    /// The charter's key; the TEE is only how its author came to know the PPID.
    Charter(&'static str, [u8; 16]),
    AmdCharter(Box<[u8]>),
    /// How many bytes of how many: digits are declared in even numbers. (Not on the heap: a list can hold a million.)
    Prefix(u8, [u8; EXTENSIONS_DIGITS / 2]),
}

impl Id {
    const fn scheme(&self) -> &'static str {
        match self {
            Self::Ppid(_) => "ppid",
            Self::Extensions(_) => "sgx_extensions_sha256",
            Self::AmdChip(_) => "amd_chip_id",
            Self::Charter(..) | Self::AmdCharter(_) => "charter",
            Self::Prefix(..) => "prefix",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Ppid(id) => hex::encode(id),
            Self::Extensions(id) => hex::encode(id),
            Self::AmdChip(id) => hex::encode(id),
            Self::Charter(tee, id) => format!("intel:{tee}:ppid:{}", hex::encode(id)),
            Self::AmdCharter(id) => format!("amd:snp:chipid:{}", hex::encode(id)),
            Self::Prefix(length, bytes) => {
                hex::encode(bytes.get(..usize::from(*length)).unwrap_or_default())
            }
        }
    }

    /// The beginning of an ID, in digits.
    fn prefix(digits: &str) -> Option<Self> {
        let bytes = hex::decode(digits).ok()?;
        let length = u8::try_from(bytes.len()).ok()?;
        let mut whole = [0; EXTENSIONS_DIGITS / 2];
        whole.get_mut(..bytes.len())?.copy_from_slice(&bytes);
        Some(Self::Prefix(length, whole))
    }
}

/// What an entry in the charter's form says beside its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CharterView {
    /// How the machine was verified.
    pub method: String,
    /// 1 to 3.
    pub level: u8,
    /// When that was completed, as written.
    pub timestamp: String,
    /// How many artifacts support it.
    pub evidences: usize,
    /// How many members' signatures stand there. None is verified here.
    pub endorsements: usize,
}

/// One machine in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    id: Id,
    label: Box<str>,
    /// Which file, from 0, and which line or entry of it, from 1.
    file: usize,
    number: usize,
    charter: Option<Box<CharterView>>,
}

impl Entry {
    /// What is searched: the ID and the label in lower case. Made for each search, as a list can be large.
    fn folded(&self) -> String {
        format!("{}\n{}", self.id.text(), self.label.to_lowercase())
    }
}

/// One machine in a list, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// "ppid", "sgx_extensions_sha256", "amd_chip_id", "charter" or "prefix".
    pub scheme: &'static str,
    /// In lower case.
    pub id: String,
    /// As written, at most [`MAX_LABEL`] characters; empty when there is none. Not verified; never run as a formula.
    pub label: String,
    /// Where it stands: "line 7", "entry 3", "the record", with "file 2, " before it where there are several.
    pub place: String,
    /// Only in the charter's form.
    pub charter: Option<CharterView>,
}

/// One thing that is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `fail`: the line cannot be used. `warn`: it is used, with a remark.
    pub outcome: FindingOutcome,
    /// Its closed code.
    pub code: Code,
    /// Where.
    pub place: String,
    /// Plain words, with the facts.
    pub detail: String,
    /// What to do next.
    pub advice: &'static str,
}

/// How a machine was found in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Which of the machine's IDs matched: "ppid", "sgx_extensions_sha256" or "charter".
    pub scheme: &'static str,
    /// How many bits of it were compared, when the list has only a prefix.
    pub prefix_bits: Option<usize>,
    /// The entry.
    pub entry: EntryView,
}

/// A registry as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistryView {
    /// SHA-256 of each file.
    pub files: Vec<String>,
    /// How many machines.
    pub entries: usize,
    /// How many of them under each scheme.
    pub schemes: BTreeMap<&'static str, usize>,
    /// Declared lengths of prefixes, in digits.
    pub prefix_digits: Vec<usize>,
    /// How many lines cannot be used.
    pub unusable: usize,
    /// How many remarks there are.
    pub remarks: usize,
    /// The first of both, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// How many entries match.
    pub total: usize,
    /// Those that were asked for, in the list's order.
    pub entries: Vec<EntryView>,
}

/// What stands behind a line's ID, with digits enough for another one: two lines in one, perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Aside {
    file: usize,
    number: usize,
    /// In lower case.
    text: Box<str>,
}

/// A list of machines, read once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    entries: Vec<Entry>,
    index: BTreeMap<Id, usize>,
    prefix_digits: BTreeSet<usize>,
    asides: Vec<Aside>,
    files: Vec<File>,
    findings: Vec<Finding>,
    unusable: usize,
    remarks: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    sha256: String,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Charter,
    Record,
}

/// What a record that verifies says of its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The PPID.
    pub ppid: [u8; 16],
    /// "sgx" or "tdx".
    pub tee: &'static str,
    /// Its label.
    pub label: String,
    /// A remark: the signers are not known.
    pub remark: Option<String>,
}

/// Opens a record: what it says, or why it is refused. The one who reads a list hands it in.
pub type Opener<'a> = &'a dyn Fn(&[u8]) -> Result<Recorded, String>;

/// Why nothing of a list can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryError {
    /// More than [`MAX_LIST`] bytes, in one file or in all.
    TooLarge {
        /// How many bytes.
        bytes: usize,
    },
    /// More than [`MAX_FILES`] files.
    TooManyFiles {
        /// How many.
        files: usize,
    },
    /// More than [`MAX_LINES`] lines in all files that are no JSON.
    TooManyLines {
        /// How many, up to the end of the file in which they became too many.
        lines: usize,
    },
    /// Not UTF-8.
    NotText {
        /// Which file, from 1.
        file: usize,
        /// From 1.
        line: usize,
    },
    /// Begins as JSON and is none, or is no object from keys to entries.
    NotJson {
        /// Which file, from 1.
        file: usize,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

impl RegistryError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "REGISTRY_TOO_LARGE",
            Self::TooManyFiles { .. } => "REGISTRY_TOO_MANY_FILES",
            Self::TooManyLines { .. } => "REGISTRY_TOO_MANY_LINES",
            Self::NotText { .. } => "REGISTRY_NOT_TEXT",
            Self::NotJson { .. } => "REGISTRY_NOT_JSON",
        }
    }
}

impl std::fmt::Display for RegistryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                f,
                "The list of machines has {bytes} bytes; at most {MAX_LIST} are accepted."
            ),
            Self::TooManyFiles { files } => write!(
                f,
                "The list of machines has {files} files; at most {MAX_FILES} are accepted."
            ),
            Self::TooManyLines { lines } => write!(
                f,
                "The list of machines has {lines} lines; at most {MAX_LINES} are accepted. Check that this is the right file."
            ),
            Self::NotText { file, line } => write!(
                f,
                "File {file} of the list of machines is not UTF-8 at line {line}. Save it as UTF-8."
            ),
            Self::NotJson { file, line, column } => write!(
                f,
                "File {file} of the list of machines is not JSON of the charter's form at line {line}, column {column}. \
                 It is an object from keys such as intel:sgx:ppid:… to entries."
            ),
        }
    }
}

impl std::error::Error for RegistryError {}

impl Registry {
    /// Reads one list that is made of these files, each in any of the three forms.
    ///
    /// # Errors
    /// [`RegistryError`] when nothing of a file can be used. What is wrong with single lines is in
    /// [`Registry::view`].
    pub fn read(files: &[&[u8]], opener: Opener<'_>) -> Result<Self, RegistryError> {
        let bytes = files
            .iter()
            .fold(0_usize, |sum, file| sum.saturating_add(file.len()));
        if bytes > MAX_LIST {
            return Err(RegistryError::TooLarge { bytes });
        }
        if files.len() > MAX_FILES {
            return Err(RegistryError::TooManyFiles { files: files.len() });
        }
        let mut registry = Self::default();
        let mut lines = 0_usize;
        for (number, file) in (1..).zip(files) {
            let text = std::str::from_utf8(file).map_err(|error| RegistryError::NotText {
                file: number,
                line: line_of(file, error.valid_up_to()),
            })?;
            let form = form_of(text);
            registry.files.push(File {
                sha256: sha256_hex(file),
                form,
            });
            match form {
                Form::Lines => {
                    lines =
                        lines.saturating_add(text.bytes().filter(|byte| *byte == b'\n').count());
                    if !text.is_empty() && !text.ends_with('\n') {
                        lines = lines.saturating_add(1);
                    }
                    if lines > MAX_LINES {
                        return Err(RegistryError::TooManyLines { lines });
                    }
                    registry.read_lines(text);
                }
                Form::Record => registry.read_record(file, opener),
                Form::Charter => {
                    registry
                        .read_charter(text)
                        .map_err(|error| RegistryError::NotJson {
                            file: number,
                            line: error.line(),
                            column: error.column(),
                        })?;
                }
            }
        }
        Ok(registry)
    }

    /// Reads lists without records: whoever has no verifier at hand. A record is a line that cannot be used.
    ///
    /// # Errors
    /// As [`Registry::read`].
    pub fn parse(files: &[&[u8]]) -> Result<Self, RegistryError> {
        Self::read(files, &|_| {
            Err("A record cannot be verified here.".to_owned())
        })
    }

    /// The entry for a machine, and which of its IDs matched. Whole IDs come before prefixes.
    pub fn find(&self, machine: &Machine) -> Option<Match> {
        let whole = [
            ("ppid", Id::Ppid(machine.ppid)),
            ("sgx_extensions_sha256", Id::Extensions(machine.extensions)),
            ("charter", Id::Charter("sgx", machine.ppid)),
            ("charter", Id::Charter("tdx", machine.ppid)),
        ];
        let digits = machine.digits();
        let prefixes = self
            .prefixes(&digits)
            .filter_map(|(scheme, prefix)| Some((scheme, Id::prefix(prefix)?)));
        whole.into_iter().chain(prefixes).find_map(|(scheme, id)| {
            let entry = self.entries.get(*self.index.get(&id)?)?;
            Some(Match {
                scheme,
                prefix_bits: match &entry.id {
                    Id::Prefix(bytes, _) => Some(usize::from(*bytes).saturating_mul(8)),
                    _ => None,
                },
                entry: self.entry_view(entry),
            })
        })
    }

    /// Why nobody can say that a machine is absent which was not found: lines of the list, by its `name`, that cannot be
    /// used, or one that has the machine's ID where a label stands. `None` where it is absent.
    pub fn doubt(&self, machine: &Machine, name: &str) -> Option<String> {
        if self.unusable > 0 {
            let lines = count(self.unusable, "line");
            return Some(format!("{lines} of {name} cannot be used"));
        }
        let digits = machine.digits();
        // What holds more of an ID holds its beginning: of all lengths the shortest tells.
        let shortest = self.prefix_digits.first().copied();
        let beginnings = digits.each_ref().map(|(_, whole)| {
            let beginning = shortest.and_then(|length| whole.get(..length));
            beginning.unwrap_or(whole)
        });
        let is_meant = |aside: &&Aside| beginnings.iter().any(|id| aside.text.contains(id));
        self.asides.iter().find(is_meant).map(|aside| {
            let place = self.place(aside.file, aside.number);
            format!("The machine's ID stands in {name} inside a label, at {place}")
        })
    }

    /// The beginnings of these digits that have a declared length.
    fn prefixes<'a>(
        &'a self,
        digits: &'a [(&'static str, String)],
    ) -> impl Iterator<Item = (&'static str, &'a str)> {
        digits.iter().flat_map(|(scheme, digits)| {
            let prefix = |length: &usize| Some((*scheme, digits.get(..*length)?));
            self.prefix_digits.iter().filter_map(prefix)
        })
    }

    /// How many lines cannot be used: by them, no machine can be said to be absent.
    pub const fn unusable(&self) -> usize {
        self.unusable
    }

    /// How many machines.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The registry as it is shown.
    pub fn view(&self) -> RegistryView {
        let mut schemes = BTreeMap::new();
        for entry in &self.entries {
            let of_it: &mut usize = schemes.entry(entry.id.scheme()).or_default();
            *of_it = of_it.saturating_add(1);
        }
        RegistryView {
            files: self.files.iter().map(|file| file.sha256.clone()).collect(),
            entries: self.entries.len(),
            schemes,
            prefix_digits: self.prefix_digits.iter().copied().collect(),
            unusable: self.unusable,
            remarks: self.remarks,
            findings: self.findings.clone(),
        }
    }

    /// The same in short, beside a machine's standing.
    pub fn short_view(&self) -> ListView {
        ListView {
            files: self.files.iter().map(|file| file.sha256.clone()).collect(),
            entries: self.entries.len(),
            unusable: self.unusable,
        }
    }

    /// The entries whose ID or label holds `text`, without regard to case: `limit` of them from `offset`. Digits may
    /// be typed in groups. An empty text finds all.
    pub fn search(&self, text: &str, offset: usize, limit: usize) -> Found {
        let wanted = text.trim().to_lowercase();
        let digits: String = wanted
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        let grouped = (digits != wanted && digits.chars().all(|c| c.is_ascii_hexdigit()))
            .then_some(digits.as_str());
        let is_wanted = |entry: &&Entry| {
            let folded = entry.folded();
            folded.contains(&wanted) || grouped.is_some_and(|digits| folded.contains(digits))
        };
        let mut found = Found {
            total: 0,
            entries: Vec::new(),
        };
        for entry in self.entries.iter().filter(is_wanted) {
            if found.total >= offset && found.entries.len() < limit {
                found.entries.push(self.entry_view(entry));
            }
            found.total = found.total.saturating_add(1);
        }
        found
    }

    fn entry_view(&self, entry: &Entry) -> EntryView {
        EntryView {
            scheme: entry.id.scheme(),
            id: entry.id.text(),
            label: entry.label.to_string(),
            place: self.place(entry.file, entry.number),
            charter: entry.charter.as_deref().cloned(),
        }
    }

    fn place(&self, file: usize, number: usize) -> String {
        let mut place = String::new();
        if self.files.len() > 1 {
            // Writing to a String cannot fail.
            let _ = write!(place, "file {}, ", file.saturating_add(1));
        }
        let _ = match self.files.get(file).map(|file| file.form) {
            Some(Form::Charter) => write!(place, "entry {number}"),
            Some(Form::Record) => write!(place, "the record"),
            Some(Form::Lines) | None => write!(place, "line {number}"),
        };
        place
    }

    fn last_file(&self) -> usize {
        self.files.len().saturating_sub(1)
    }

    /// Everything is counted; only what is listed is put into words.
    fn note(
        &mut self,
        outcome: FindingOutcome,
        code: Code,
        number: usize,
        detail: impl FnOnce(&Self) -> String,
    ) {
        let counter = match outcome {
            FindingOutcome::Fail => &mut self.unusable,
            FindingOutcome::Warn => &mut self.remarks,
        };
        *counter = counter.saturating_add(1);
        if self.findings.len() < MAX_FINDINGS {
            crate::text::work::done();
            self.findings.push(Finding {
                outcome,
                code,
                place: self.place(self.last_file(), number),
                detail: detail(self),
                advice: code.advice(),
            });
        }
    }

    fn unusable_line(&mut self, number: usize, (code, detail): Problem<'_>) {
        self.note(FindingOutcome::Fail, code, number, |_| detail());
    }

    fn remark(&mut self, number: usize, code: Code, detail: impl FnOnce() -> String) {
        self.note(FindingOutcome::Warn, code, number, |_| detail());
    }

    fn add(&mut self, id: Id, label: &str, number: usize, charter: Option<CharterView>) {
        let label: Box<str> = label.chars().take(MAX_LABEL).collect::<String>().into();
        if let Some((code, detail)) = label_remark(&label) {
            self.remark(number, code, detail);
        }
        let at = self.index.get(&id).copied();
        if let Some((at, first)) = at.and_then(|at| Some((at, self.entries.get(at)?))) {
            let is_same = first.label == label;
            let code = if is_same {
                Code::IdTwice
            } else {
                Code::IdTwiceLabels
            };
            self.note(FindingOutcome::Warn, code, number, |list| {
                let Some(first) = list.entries.get(at) else {
                    return String::new();
                };
                let place = list.place(first.file, first.number);
                if is_same {
                    return format!("{} stands at {place} already.", id.text());
                }
                format!(
                    "{} stands at {place} already, with the label {}, and here with {}.",
                    id.text(),
                    quoted(&first.label, 60),
                    quoted(&label, 60)
                )
            });
            return;
        }
        self.index.insert(id.clone(), self.entries.len());
        self.entries.push(Entry {
            id,
            label,
            file: self.last_file(),
            number,
            charter: charter.map(Box::new),
        });
    }

    fn read_lines(&mut self, text: &str) {
        let without_mark = text.strip_prefix('\u{feff}');
        if without_mark.is_some() {
            self.remark(1, Code::ByteOrderMark, || {
                "The file begins with a byte order mark.".to_owned()
            });
        }
        // Only what this file declares holds for it.
        let mut declared = BTreeSet::new();
        for (number, line) in (1..).zip(without_mark.unwrap_or(text).lines()) {
            let line = line.trim();
            if let Some(end) = line.chars().find(|c| OTHER_LINE_ENDS.contains(c)) {
                let detail =
                    move || format!("{} stands inside of the line.", quoted(&end.to_string(), 1));
                self.unusable_line(number, (Code::LineEnd, Box::new(detail)));
            }
            if let Some(comment) = line.strip_prefix('#') {
                match declared_prefix(comment) {
                    None => {}
                    Some(Ok(digits)) => {
                        declared.insert(digits);
                        self.prefix_digits.insert(digits);
                    }
                    Some(Err(problem)) => self.unusable_line(number, problem),
                }
            } else if !line.is_empty() {
                self.read_line(line, number, &declared);
            }
        }
    }

    fn read_line(&mut self, line: &str, number: usize, declared: &BTreeSet<usize>) {
        let (id, rest) = line.split_once(',').unwrap_or((line, ""));
        let read = raw_id(id.trim(), declared)
            .and_then(|id| label_of(rest).map(|(label, extra)| (id, label, extra)));
        match read {
            Err(problem) => self.unusable_line(number, problem),
            Ok((id, label, extra)) => {
                if has_digits_of_an_id(rest) {
                    self.remark(number, Code::LabelId, || {
                        format!(
                            "The label {} holds the digits of an ID.",
                            quoted(rest.trim(), 160)
                        )
                    });
                    self.asides.push(Aside {
                        file: self.last_file(),
                        number,
                        text: rest.to_ascii_lowercase().into(),
                    });
                }
                if extra {
                    self.remark(number, Code::ColumnExtra, || {
                        "The line has more than an ID and a label.".to_owned()
                    });
                }
                self.add(id, &label, number, None);
            }
        }
    }

    fn read_charter(&mut self, text: &str) -> Result<(), serde_json::Error> {
        let mut number = 0_usize;
        each_entry(text, |key, value| {
            number = number.saturating_add(1);
            let entry = charter_key(key).and_then(|id| Ok((id, charter_entry(key, value.get())?)));
            match entry {
                Err(problem) => self.unusable_line(number, problem),
                Ok((id, charter)) => self.add(id, "", number, Some(charter)),
            }
        })
    }

    fn read_record(&mut self, file: &[u8], opener: Opener<'_>) {
        match opener(file) {
            Err(why) => self.unusable_line(1, (Code::RecordRefused, Box::new(move || why.clone()))),
            Ok(Recorded {
                ppid,
                tee,
                label,
                remark,
            }) => {
                if let Some(remark) = remark {
                    self.remark(1, Code::RecordSigners, || remark);
                }
                self.add(Id::Charter(tee, ppid), &label, 1, None);
            }
        }
    }
}

/// A problem of one line, in words for those that are listed.
type Problem<'a> = (Code, Box<dyn Fn() -> String + 'a>);

/// A problem, put into words later.
fn problem<'a>(code: Code, words: impl Fn() -> String + 'a) -> Problem<'a> {
    (code, Box::new(words))
}

/// Which form a file has: by its first character, and of an object by what only an envelope has.
fn form_of(text: &str) -> Form {
    match text.trim_start().strip_prefix('{') {
        None if text.trim_start().starts_with('[') => Form::Charter,
        None => Form::Lines,
        // Canonical JSON sorts its keys: an envelope begins with one of these.
        Some(rest) if rest.starts_with("\"payload\"") || rest.starts_with("\"addenda\"") => {
            Form::Record
        }
        Some(_) => Form::Charter,
    }
}

/// The line in which a byte stands, from 1.
fn line_of(bytes: &[u8], at: usize) -> usize {
    let before = bytes.iter().take(at);
    before
        .filter(|byte| **byte == b'\n')
        .count()
        .saturating_add(1)
}

/// A comment that declares a length of prefixes: `prefix-digits: 24`.
fn declared_prefix(comment: &str) -> Option<Result<usize, Problem<'_>>> {
    let (name, value) = comment.split_once(':')?;
    if !name.trim().eq_ignore_ascii_case("prefix-digits") {
        return None;
    }
    let value = value.trim();
    let digits = value.parse::<usize>().ok().filter(|digits| {
        digits.is_multiple_of(2)
            && (MIN_PREFIX..EXTENSIONS_DIGITS).contains(digits)
            && *digits != PPID_DIGITS
    });
    Some(digits.ok_or_else(|| {
        problem(Code::PrefixLength, move || {
            format!(
                "{} is declared as the length of prefixes.",
                quoted(value, 20)
            )
        })
    }))
}

/// An ID in a line: digits alone, or a key of the charter.
fn raw_id<'a>(id: &'a str, declared: &BTreeSet<usize>) -> Result<Id, Problem<'a>> {
    if id.is_empty() {
        return Err(problem(Code::IdEmpty, || "The line has no ID.".to_owned()));
    }
    if id.contains(':') {
        return charter_key(id);
    }
    let bytes = digits(id)?;
    match id.len() {
        PPID_DIGITS => fixed(&bytes).map(Id::Ppid),
        EXTENSIONS_DIGITS => fixed(&bytes).map(Id::Extensions),
        AMD_DIGITS => Some(Id::AmdChip(bytes.into())),
        length if declared.contains(&length) => Id::prefix(id),
        _ => None,
    }
    .ok_or_else(|| {
        problem(Code::IdLength, move || {
            format!("{} has {}.", quoted(id, 140), count(id.len(), "digit"))
        })
    })
}

/// A key of the charter. Its ID is always whole.
fn charter_key(key: &str) -> Result<Id, Problem<'_>> {
    let unknown = || {
        problem(Code::IdSchemeUnknown, move || {
            format!("{} is no key of the charter.", quoted(key, 180))
        })
    };
    let (scheme, id) = key.trim().rsplit_once(':').ok_or_else(unknown)?;
    let wrong_length = || {
        problem(Code::IdLength, move || {
            format!(
                "The ID of {} has {}.",
                quoted(key, 180),
                count(id.len(), "digit")
            )
        })
    };
    let read = |tee: &'static str| {
        fixed(&digits(id)?)
            .map(|ppid| Id::Charter(tee, ppid))
            .ok_or_else(wrong_length)
    };
    match scheme.to_ascii_lowercase().as_str() {
        _ if id.is_empty() => Err(problem(Code::IdEmpty, move || {
            format!("{} has no ID.", quoted(key, 180))
        })),
        "intel:sgx:ppid" => read("sgx"),
        "intel:tdx:ppid" => read("tdx"),
        "amd:snp:chipid" => {
            let bytes = digits(id)?;
            if id.len() == AMD_DIGITS {
                Ok(Id::AmdCharter(bytes.into()))
            } else {
                Err(wrong_length())
            }
        }
        _ => Err(unknown()),
    }
}

fn digits(id: &str) -> Result<Vec<u8>, Problem<'_>> {
    if !id.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(problem(Code::IdNotHex, move || {
            format!("{} is not hexadecimal.", quoted(id, 140))
        }));
    }
    hex::decode(id).map_err(|_| {
        problem(Code::IdOddDigits, move || {
            format!("{} has {}.", quoted(id, 140), count(id.len(), "digit"))
        })
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// The label after the first comma, and whether more follows it. A quoted one is read as RFC 4180, section 2, has it.
fn label_of(rest: &str) -> Result<(String, bool), Problem<'_>> {
    let rest = rest.trim();
    let Some(quoted_label) = rest.strip_prefix('"') else {
        let (label, extra) = match rest.split_once(',') {
            Some((label, _)) => (label, true),
            None => (rest, false),
        };
        return Ok((label.trim().to_owned(), extra));
    };
    let mut label = String::new();
    let mut characters = quoted_label.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => match characters.next() {
                Some('"') => label.push('"'),
                None => return Ok((label, false)),
                Some(',') => return Ok((label, true)),
                Some(_) => break,
            },
            _ => label.push(c),
        }
    }
    Err(problem(Code::LabelQuotes, move || {
        format!(
            "The label {} is not closed, or goes on after its end.",
            quoted(rest, 80)
        )
    }))
}

/// Whether as many hexadecimal digits stand in a row as the shortest ID has.
fn has_digits_of_an_id(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_hexdigit())
        .any(|run| run.len() >= MIN_PREFIX)
}

/// What a reader should know of a label before they open the list elsewhere.
fn label_remark(label: &str) -> Option<Problem<'_>> {
    if let Some(c) = label.chars().find(|c| c.is_control() || is_unseen(*c)) {
        return Some(problem(Code::LabelCharacter, move || {
            format!(
                "The label {} holds {}.",
                quoted(label, 60),
                quoted(&c.to_string(), 1)
            )
        }));
    }
    is_formula(label).then(|| {
        problem(Code::LabelFormula, move || {
            format!("The label {} begins as a formula does.", quoted(label, 60))
        })
    })
}

/// Whether a spreadsheet would run a cell (OWASP, "CSV Injection").
pub(super) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Goes through a JSON object's members in their order, of which a key may stand twice. None is kept.
fn each_entry<'de>(
    text: &'de str,
    take: impl FnMut(&str, &'de RawValue),
) -> Result<(), serde_json::Error> {
    struct Members<F>(F);
    impl<'de, F: FnMut(&str, &'de RawValue)> Visitor<'de> for Members<F> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object from keys to entries")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                (self.0)(&key, value);
            }
            Ok(())
        }
    }
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Members(take))?;
    json.end()
}

/// The charter leaves open how a time is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Timestamp {
    Seconds(u64),
    Text(String),
}

#[derive(Deserialize)]
struct CharterEntry {
    method: String,
    level: u8,
    evidences: Vec<IgnoredAny>,
    timestamp: Timestamp,
    endorsements: Vec<IgnoredAny>,
}

fn charter_entry<'a>(key: &'a str, value: &str) -> Result<CharterView, Problem<'a>> {
    let words = move |what: &str| format!("The entry of {}: {what}.", quoted(key, 180));
    let entry: CharterEntry = serde_json::from_str(value).map_err(|error| {
        problem(Code::EntryField, move || {
            words(&quoted(&error.to_string(), 120))
        })
    })?;
    if !(1..=3).contains(&entry.level) {
        return Err(problem(Code::EntryField, move || {
            words(&format!("its level is {}", entry.level))
        }));
    }
    Ok(CharterView {
        method: entry.method.chars().take(MAX_LABEL).collect(),
        level: entry.level,
        timestamp: match entry.timestamp {
            Timestamp::Seconds(seconds) => crate::moment::rfc3339(seconds),
            Timestamp::Text(text) => text.chars().take(60).collect(),
        },
        evidences: entry.evidences.len(),
        endorsements: entry.endorsements.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::work;

    #[test]
    fn of_a_list_of_bad_lines_only_those_are_put_into_words_that_are_listed() {
        let ppid = "00112233445566778899aabbccddeeff";
        for line in [
            "a\n".to_owned(),
            "xy\n".to_owned(),
            ",\n".to_owned(),
            "#prefix-digits: 1\n".to_owned(),
            "#\u{b}x\n".to_owned(),
            "intel:x:y\n".to_owned(),
            format!("{ppid},=1\n"),
            format!("{ppid},\"open\n"),
            format!("{ppid},{ppid},x\n"),
        ] {
            let formatted = |lines: usize| {
                work::reset();
                let list = Registry::parse(&[line.repeat(lines).as_bytes()]).unwrap();
                let view = list.view();
                assert!(view.unusable + view.remarks >= lines - 1);
                assert_eq!(view.findings.len(), MAX_FINDINGS);
                work::count()
            };
            assert_eq!(formatted(200), formatted(20_000), "{line}");
        }
        let members = |number: usize| {
            work::reset();
            let text = format!("{{{}\"\":0}}", "\"intel:sgx:ppid:0\":{},".repeat(number));
            assert_eq!(
                Registry::parse(&[text.as_bytes()]).unwrap().unusable(),
                number + 1
            );
            work::count()
        };
        assert_eq!(members(200), members(20_000));
    }

    #[test]
    fn a_list_of_more_lines_than_any_has_is_refused_before_one_is_read() {
        let refused = |files: &[&[u8]]| {
            work::reset();
            let error = Registry::parse(files).unwrap_err();
            (error, work::count())
        };
        let lines = MAX_LINES + 1;
        for line in ["a\n", "\n", "#\n", "00112233445566778899aabbccddeeff\n"] {
            let text = line.repeat(lines);
            let error = RegistryError::TooManyLines { lines };
            assert_eq!(refused(&[text.as_bytes()]), (error, 0), "{line}");
        }
        // The last line needs no end.
        let text = "#\n".repeat(MAX_LINES) + "#";
        assert!(Registry::parse(&[text.as_bytes()]).is_err());
        let half = "#\n".repeat(MAX_LINES / 2);
        let both: [&[u8]; 2] = [half.as_bytes(), half.as_bytes()];
        assert!(Registry::parse(&both).is_ok());
        let all: [&[u8]; 3] = [half.as_bytes(), half.as_bytes(), b"#"];
        assert_eq!(refused(&all), (RegistryError::TooManyLines { lines }, 0));
    }

    #[test]
    fn an_id_in_a_label_is_found_by_the_shortest_beginning_that_is_declared() {
        let machine = Machine {
            ppid: [0xab; 16],
            extensions: [0xcd; 32],
        };
        let label = |declared: &str, label: &str| {
            let text = format!("{declared}00112233445566778899aabbccddeeff,{label}\n");
            let list = Registry::parse(&[text.as_bytes()]).unwrap();
            list.doubt(&machine, "the list").is_some()
        };
        let (ppid, extensions) = ("ab".repeat(16), "cd".repeat(32));
        assert!(label("", &ppid) && label("", &extensions));
        assert!(!label("", &ppid[1..]) && !label("", &extensions[1..]));
        for digits in [16, 24, 34, 62] {
            let declared = format!("#prefix-digits: 62\n#prefix-digits: {digits}\n");
            assert!(label(&declared, &ppid) && label(&declared, &extensions));
            assert!(label(&declared, &extensions[..digits]));
            assert!(!label(&declared, &extensions[..digits - 1]));
            // A PPID has 32 digits: longer prefixes are none of it.
            assert_eq!(label(&declared, &ppid[..digits.min(31)]), digits < 32);
        }
    }
}
