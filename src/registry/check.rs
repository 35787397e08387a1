//! The second pair of hands: whether a change to the registry adds this machine, by this record, and nothing else.
//!
//! What the record proposes is made again ([`super::enrol`]) and compared with what the change does, byte for byte.
//! Signers, attester builds, lists and earlier records are those of the base: what the change itself brings along has no
//! say in whether it is good.

use std::borrow::Cow;

use serde::Serialize;

use super::enrol::{EnrolError, Proposal, Verified, not_listed, not_revoked};
use super::list::Registry;
use super::patch::{LineKind, Patch, PatchError, appended};
use super::{Code, KNOWN};
use crate::Verifier;
use crate::appraisal::build;
use crate::builds::AttesterBuilds;
use crate::ceremony::envelope::differences;
use crate::ceremony::signers::Signers;
use crate::ceremony::{Beside, CeremonyReport, Earlier, open};
use crate::report::{Outcome, Verdict, Verifier as Build};
use crate::rows::{self, Row, Shape, WhenFailed, verdict_of};
use crate::text::{count, quoted};

/// Version of the JSON below.
pub const SCHEMA: u32 = 1;

/// The rows, in the order in which they are checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CheckId {
    /// The change can be read, and git reads the same in it.
    #[serde(rename = "patch.format")]
    Format,
    /// It applies to the base.
    #[serde(rename = "patch.applies")]
    Applies,
    /// It touches the list, adds an entry and a record, and nothing else.
    #[serde(rename = "patch.files")]
    Files,
    /// The record is the one that the second witness has.
    #[serde(rename = "record.same")]
    RecordSame,
    /// The record verifies.
    #[serde(rename = "record")]
    Record,
    /// Witnesses of two other projects have signed it, with keys that the base's list has for them.
    #[serde(rename = "witnesses")]
    Witnesses,
    /// The entry is the one that the record gives.
    #[serde(rename = "entry")]
    Entry,
    /// The list gets the one line that the record gives, at its end.
    #[serde(rename = "list")]
    List,
    /// The machine is not on the base's list already.
    #[serde(rename = "machine.new")]
    New,
    /// The machine is not revoked.
    #[serde(rename = "machine.revoked")]
    Revoked,
}

/// What one row of a change found.
pub type Check = rows::Check<CheckId>;

/// One thing that a row of a change found wrong.
pub type Finding = rows::Finding<CheckId>;

impl Row for CheckId {
    type Code = Code;

    const ALL: &'static [Self] = &[
        Self::Format,
        Self::Applies,
        Self::Files,
        Self::RecordSame,
        Self::Record,
        Self::Witnesses,
        Self::Entry,
        Self::List,
        Self::New,
        Self::Revoked,
    ];

    const SHAPE: Shape = Shape {
        place: false,
        compared: false,
        advice: true,
        finding_place: false,
        participant: false,
    };

    /// A change that cannot be read is none.
    fn when_failed(self, _: Code) -> WhenFailed {
        match self {
            Self::Format => WhenFailed::Undecided,
            _ => WhenFailed::Refused,
        }
    }

    /// (A second witness may have no copy of the record.)
    fn caps_when_not_given(self) -> bool {
        !matches!(self, Self::RecordSame)
    }
}

impl From<&EnrolError> for Finding {
    fn from(error: &EnrolError) -> Self {
        Self::fail(error.code, error.detail.clone())
    }
}

impl From<&PatchError> for Finding {
    fn from(error: &PatchError) -> Self {
        Self::fail(
            error.code,
            format!("Line {} of the patch: {}", error.line, error.detail),
        )
    }
}

/// One file that a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// Relative to the registry's folder, with `/`.
    pub path: &'a str,
    /// `None`: it was not there.
    pub before: Option<&'a [u8]>,
    /// `None`: it is gone.
    pub after: Option<&'a [u8]>,
    /// A file that is neither a link nor can be run.
    pub is_plain: bool,
}

/// What is proposed.
#[derive(Debug, Clone, Copy)]
pub enum Proposed<'a> {
    /// A patch, with those files of the base that it touches: path and content. What is not among them is not there.
    /// `None`: no base is at hand, and whether the patch applies is not given.
    Patch(&'a [u8], Option<&'a [(&'a str, &'a [u8])]>),
    /// Every file in which two folders differ.
    Changes(&'a [Change<'a>]),
}

/// What the one who checks has: all of it from the base, never from what is proposed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Against<'a> {
    /// Their own copy of the record.
    pub record: Option<&'a [u8]>,
    /// The list of known machines before the change.
    pub known: Option<&'a [u8]>,
    /// The list of revoked machines.
    pub revoked: Option<&'a Registry>,
    /// The signers that the registry knows.
    pub signers: Option<&'a Signers>,
    /// The attester builds that the registry knows.
    pub attesters: Option<&'a AttesterBuilds>,
    /// The registry's other records, in which the challenge must not stand.
    pub earlier: &'a [Earlier],
}

/// What checking a change finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnrolmentReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which verifier checked.
    pub verifier: Build,
    /// The worst of the rows. `affirming`: it can be merged; `warning`: a person decides.
    pub verdict: Verdict,
    /// The verdict in words.
    pub headline: String,
    /// One plain sentence: why.
    pub summary: String,
    /// Ten rows, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
    /// Paths that the change touches.
    pub touched: Vec<String>,
    /// What the record gives; null where it gives nothing.
    pub proposal: Option<Proposal>,
    /// The record, opened; null where there is none.
    pub record: Option<CeremonyReport>,
}

impl EnrolmentReport {
    /// The row `id`.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

/// Checks a change: a pure function of this verifier and what is given.
pub fn check(
    verifier: &Verifier,
    proposed: Proposed<'_>,
    against: &Against<'_>,
) -> EnrolmentReport {
    let (format, read) = match proposed {
        Proposed::Changes(changes) => (format_of_folders(), Ok(Read::changes(changes))),
        Proposed::Patch(patch, base) => match Patch::read(patch) {
            Ok(patch) => (format_of_patch(&patch), Read::patch(&patch, base)),
            Err(error) => {
                let row = Check::ran(CheckId::Format, "", vec![Finding::from(&error)]);
                return unread(row);
            }
        },
    };
    let (applies, read) = match read {
        Ok(read) if read.is_blind => (
            Check::not_given(
                CheckId::Applies,
                "The registry's list was not given, so nobody knows whether the patch applies to it.",
            ),
            read,
        ),
        Ok(read) => (
            Check::ran(
                CheckId::Applies,
                "The change applies to the registry as it is.",
                Vec::new(),
            ),
            read,
        ),
        Err((error, read)) => (
            Check::ran(CheckId::Applies, "", vec![Finding::from(&error)]),
            read,
        ),
    };

    let inside = read.record();
    // Without a record in the change the second witness's own still says what should be there.
    let record = inside.or(against.record);
    let same = match (inside, against.record) {
        (_, None) => Check::not_given(
            CheckId::RecordSame,
            "No record of your own was given to compare with.",
        ),
        (None, Some(_)) => Check::not_reached(CheckId::RecordSame),
        (Some(inside), Some(own)) => record_same(inside, own),
    };
    let opened = record.map(|record| {
        let beside = Beside {
            signers: against.signers,
            attesters: against.attesters,
            earlier: against.earlier,
            ..Beside::default()
        };
        open(verifier, record, beside)
    });
    let verified = record
        .zip(opened.as_ref())
        .map(|(record, report)| Verified::of(record, report));
    let verified = verified.as_ref();
    let proposal = verified
        .and_then(|verified| verified.as_ref().ok())
        .map(Verified::proposal);
    let record_row = record_row(verified, proposal.as_ref(), opened.as_ref());
    let verified = verified.and_then(|verified| verified.as_ref().ok());
    let proposal = proposal.and_then(Result::ok);

    let checks = vec![
        format,
        applies,
        files_row(&read, proposal.as_ref()),
        same,
        record_row,
        witnesses_row(verified, against.signers),
        entry_row(&read, proposal.as_ref()),
        list_row(&read, proposal.as_ref()),
        new_row(verified, against.known),
        revoked_row(verified, against.revoked),
    ];
    let verdict = verdict_of(&checks);
    EnrolmentReport {
        schema: SCHEMA,
        verifier: build(),
        verdict,
        headline: headline(verdict).to_owned(),
        summary: summary(verdict, &checks),
        checks,
        touched: read.files.iter().map(|file| file.path.clone()).collect(),
        proposal,
        record: opened,
    }
}

/// The report of a patch that cannot be read.
fn unread(format: Check) -> EnrolmentReport {
    let mut checks = vec![format];
    checks.extend(CheckId::ALL.iter().copied().skip(1).map(Check::not_reached));
    let verdict = verdict_of(&checks);
    EnrolmentReport {
        schema: SCHEMA,
        verifier: build(),
        verdict,
        headline: headline(verdict).to_owned(),
        summary: summary(verdict, &checks),
        checks,
        touched: Vec::new(),
        proposal: None,
        record: None,
    }
}

/// What a change does, however it was given.
struct Read<'a> {
    files: Vec<Touched<'a>>,
    /// A patch without its base.
    is_blind: bool,
}

struct Touched<'a> {
    path: String,
    before: Option<Cow<'a, [u8]>>,
    after: Option<Cow<'a, [u8]>>,
    is_plain: bool,
    /// Of a patch without its base: the lines that are new, and whether any other changes.
    added: Option<(Vec<String>, bool)>,
}

impl<'a> Read<'a> {
    fn changes(changes: &'a [Change<'a>]) -> Self {
        Self {
            files: changes
                .iter()
                .map(|change| Touched {
                    path: change.path.to_owned(),
                    before: change.before.map(Cow::Borrowed),
                    after: change.after.map(Cow::Borrowed),
                    is_plain: change.is_plain,
                    added: None,
                })
                .collect(),
            is_blind: false,
        }
    }

    /// # Errors
    /// The patch does not apply; what it would do is handed out beside, as without a base.
    fn patch(
        patch: &Patch<'_>,
        base: Option<&'a [(&'a str, &'a [u8])]>,
    ) -> Result<Self, (PatchError, Self)> {
        let mut failed = None;
        let mut is_blind = false;
        let files = patch
            .files
            .iter()
            .map(|file| {
                let before = base.and_then(|base| {
                    base.iter()
                        .find(|(path, _)| *path == file.path)
                        .map(|(_, content)| *content)
                });
                let applied = if base.is_none() && !file.is_new {
                    is_blind = true;
                    None
                } else {
                    match file.apply(before.map(String::from_utf8_lossy).as_deref()) {
                        Ok(after) => Some(after),
                        Err(error) => {
                            failed.get_or_insert(error);
                            file.is_new.then(|| file.apply(None).ok()).flatten()
                        }
                    }
                };
                Touched {
                    path: file.path.to_owned(),
                    before: before.map(Cow::Borrowed),
                    added: applied.is_none().then(|| added(file)),
                    after: applied.map(|text| Cow::Owned(text.into_bytes())),
                    is_plain: true,
                }
            })
            .collect();
        let read = Self { files, is_blind };
        match failed {
            Some(error) => Err((error, read)),
            None => Ok(read),
        }
    }

    fn file(&self, path: &str) -> Option<&Touched<'a>> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The one file that can be the record.
    fn record(&self) -> Option<&[u8]> {
        let mut records = self
            .files
            .iter()
            .filter(|file| file.path.starts_with("records/"))
            .filter_map(|file| file.after.as_deref());
        match (records.next(), records.next()) {
            (Some(record), None) => Some(record),
            _ => None,
        }
    }
}

/// The lines that are new, and whether any other changes: a last line that only gets its line end does not.
fn added(file: &super::patch::FilePatch<'_>) -> (Vec<String>, bool) {
    let mut removed: Vec<&str> = Vec::new();
    let mut added: Vec<&str> = Vec::new();
    for line in file.lines() {
        match line.kind {
            LineKind::Context => {}
            LineKind::Removed => removed.push(line.text),
            LineKind::Added => added.push(line.text),
        }
    }
    let kept = removed
        .iter()
        .zip(&added)
        .take_while(|(old, new)| old == new)
        .count();
    let is_at_the_end = file
        .lines()
        .last()
        .is_some_and(|line| line.kind == LineKind::Added);
    let others = removed.len() > kept || file.hunks.len() > 1 || !is_at_the_end;
    (
        added.into_iter().skip(kept).map(str::to_owned).collect(),
        others,
    )
}

fn format_of_folders() -> Check {
    Check::ran(
        CheckId::Format,
        "The two folders were compared file by file.",
        Vec::new(),
    )
}

fn format_of_patch(patch: &Patch<'_>) -> Check {
    Check::ran(
        CheckId::Format,
        format!(
            "One commit, dated {}, that touches {}.",
            quoted(patch.date, 40),
            count(patch.files.len(), "file")
        ),
        Vec::new(),
    )
}

fn files_row(read: &Read<'_>, proposal: Option<&Proposal>) -> Check {
    let mut findings = Vec::new();
    let is_entry = |path: &str| path.starts_with("machines/") && path.ends_with(".json");
    let is_record = |path: &str| path.starts_with("records/") && path.ends_with(".dsse.json");
    for file in &read.files {
        let shown = quoted(&file.path, 120);
        let is_new = is_entry(&file.path) || is_record(&file.path);
        if !is_new && file.path != KNOWN {
            findings.push(Finding::fail(
                Code::FileOther,
                format!("The change touches {shown}."),
            ));
            continue;
        }
        if !file.is_plain {
            findings.push(Finding::fail(
                Code::FileKind,
                format!("{shown} is a link, or a file that can be run."),
            ));
        }
        let is_gone = file.after.is_none() && file.added.is_none();
        if is_gone {
            findings.push(Finding::fail(
                Code::FileNotNew,
                format!("{shown} is removed."),
            ));
        } else if is_new && file.before.is_some() {
            findings.push(Finding::fail(
                Code::FileNotNew,
                format!("{shown} was there before."),
            ));
        } else if let Some(proposal) = proposal
            && is_new
            && ![&proposal.entry_path, &proposal.record_path].contains(&&file.path)
        {
            findings.push(Finding::fail(
                Code::FileName,
                format!("{shown} is not named after the machine {}.", proposal.ppid),
            ));
        }
    }
    let count_of =
        |is_it: &dyn Fn(&str) -> bool| read.files.iter().filter(|file| is_it(&file.path)).count();
    for (what, how_many) in [
        ("an entry", count_of(&is_entry)),
        ("a record", count_of(&is_record)),
        ("the list", count_of(&|path| path == KNOWN)),
    ] {
        if how_many == 0 {
            findings.push(Finding::fail(
                Code::FileMissing,
                format!("The change lacks {what}."),
            ));
        } else if how_many > 1 {
            findings.push(Finding::fail(
                Code::FileOther,
                format!("The change has {what} {how_many} times: one machine is added at a time."),
            ));
        }
    }
    if findings.is_empty() && proposal.is_none() {
        return Check::not_reached(CheckId::Files);
    }
    Check::ran(
        CheckId::Files,
        "The change touches the list, adds this machine's entry and record, and nothing else.",
        findings,
    )
}

fn record_same(inside: &[u8], own: &[u8]) -> Check {
    let findings = if inside == own {
        Vec::new()
    } else {
        let byte = inside
            .iter()
            .zip(own)
            .position(|(a, b)| a != b)
            .unwrap_or_else(|| inside.len().min(own.len()));
        vec![Finding::fail(
            Code::RecordOther,
            format!("The record in the change is not yours; they differ first at byte {byte}."),
        )]
    };
    Check::ran(
        CheckId::RecordSame,
        "The record in the change is yours, byte for byte.",
        findings,
    )
}

fn record_row(
    verified: Option<&Result<Verified<'_>, EnrolError>>,
    proposal: Option<&Result<Proposal, EnrolError>>,
    opened: Option<&CeremonyReport>,
) -> Check {
    const ID: CheckId = CheckId::Record;
    let findings = match (verified, proposal) {
        (None, _) => return Check::not_reached(ID),
        (Some(Err(error)), _) => vec![Finding::from(error)],
        (Some(Ok(_)), Some(Err(error))) => vec![Finding::from(error)],
        (Some(Ok(_)), _) => opened
            .filter(|report| report.verdict == Verdict::Warning)
            .map(|report| Finding::warn(Code::RecordWarning, report.summary.clone()))
            .into_iter()
            .collect(),
    };
    Check::ran(
        ID,
        format!(
            "The record verifies: {}.",
            opened.map_or("", |report| report.headline.as_str())
        ),
        findings,
    )
}

fn witnesses_row(verified: Option<&Verified<'_>>, signers: Option<&Signers>) -> Check {
    const ID: CheckId = CheckId::Witnesses;
    let Some(verified) = verified else {
        return Check::not_reached(ID);
    };
    let found = verified.witnesses(signers);
    if signers.is_none() && found.is_ok() {
        return Check::not_given(
            ID,
            "No list of signers was given, so nobody knows whose keys these are.",
        );
    }
    Check::ran(
        ID,
        "Witnesses of two projects other than the prover's have signed, with keys that the list has for them.",
        found.err().iter().map(Finding::from).collect(),
    )
}

fn entry_row(read: &Read<'_>, proposal: Option<&Proposal>) -> Check {
    const ID: CheckId = CheckId::Entry;
    let mut entries = read
        .files
        .iter()
        .filter(|file| file.path.starts_with("machines/"))
        .filter_map(|file| file.after.as_deref());
    let (Some(entry), None, Some(proposal)) = (entries.next(), entries.next(), proposal) else {
        return Check::not_reached(ID);
    };
    let findings = if entry == proposal.entry.as_bytes() {
        Vec::new()
    } else {
        vec![Finding::fail(
            Code::EntryDiffers,
            difference(entry, &proposal.entry),
        )]
    };
    Check::ran(
        ID,
        format!(
            "The entry of {} is the one that the record gives.",
            proposal.charter_key
        ),
        findings,
    )
}

/// Where an entry differs first from the one that the record gives.
fn difference(entry: &[u8], wanted: &str) -> String {
    let values = serde_json::from_slice(entry)
        .ok()
        .zip(serde_json::from_str(wanted).ok());
    let first =
        values.and_then(|(entry, wanted)| differences(&entry, &wanted, 1).into_iter().next());
    match first {
        Some((place, entry, wanted)) => format!(
            "The entry says {} of {}; the record gives {}.",
            quoted(&entry, 80),
            quoted(&place, 120),
            quoted(&wanted, 80)
        ),
        None => "The entry is not written as the record gives it.".to_owned(),
    }
}

fn list_row(read: &Read<'_>, proposal: Option<&Proposal>) -> Check {
    const ID: CheckId = CheckId::List;
    let (Some(file), Some(proposal)) = (read.file(KNOWN), proposal) else {
        return Check::not_reached(ID);
    };
    let (lines, others) = match (&file.before, &file.after, &file.added) {
        (_, _, Some((lines, others))) => (lines.clone(), *others),
        (before, Some(after), None) => {
            let before = String::from_utf8_lossy(before.as_deref().unwrap_or_default());
            let after = String::from_utf8_lossy(after);
            // Most often the lines are the right ones: then no other can have changed.
            if after == appended(&before, &proposal.line) {
                (vec![proposal.line.clone()], false)
            } else {
                let rest = after.strip_prefix(before.trim_end_matches('\n'));
                let lines = rest.map(|rest| rest.trim_matches('\n').lines().map(str::to_owned));
                (
                    lines.map(Iterator::collect).unwrap_or_default(),
                    rest.is_none(),
                )
            }
        }
        (_, None, None) => return Check::not_reached(ID),
    };
    let mut findings = Vec::new();
    if others {
        findings.push(Finding::fail(
            Code::LinesOther,
            "Lines of the list change that are not this machine's.",
        ));
    }
    let is_whole = match (&file.before, &file.after) {
        (before, Some(after)) => {
            let before = String::from_utf8_lossy(before.as_deref().unwrap_or_default());
            after.as_ref() == appended(&before, &proposal.line).as_bytes()
        }
        (_, None) => lines == [proposal.line.as_str()],
    };
    if !is_whole && findings.is_empty() {
        findings.push(Finding::fail(
            Code::LineDiffers,
            format!(
                "The list gets {}; the record gives {}.",
                quoted(&lines.join("\n"), 120),
                quoted(&proposal.line, 120)
            ),
        ));
    }
    Check::ran(
        ID,
        format!("The list gets one line: {}.", quoted(&proposal.line, 120)),
        findings,
    )
}

fn new_row(verified: Option<&Verified<'_>>, known: Option<&[u8]>) -> Check {
    const ID: CheckId = CheckId::New;
    let Some(known) = known else {
        return Check::not_given(ID, "The registry's list of known machines was not given.");
    };
    let Some(verified) = verified else {
        return Check::not_reached(ID);
    };
    let findings = match Registry::parse(&[known]) {
        Err(error) => vec![Finding::fail(Code::ListUnreadable, error.to_string())],
        Ok(list) => not_listed(&list, &verified.machine)
            .err()
            .iter()
            .map(Finding::from)
            .collect(),
    };
    Check::ran(
        ID,
        "The machine is on the list of known machines under none of its IDs.",
        findings,
    )
}

fn revoked_row(verified: Option<&Verified<'_>>, revoked: Option<&Registry>) -> Check {
    const ID: CheckId = CheckId::Revoked;
    let Some(revoked) = revoked else {
        return Check::not_given(ID, "The registry's list of revoked machines was not given.");
    };
    let Some(verified) = verified else {
        return Check::not_reached(ID);
    };
    let finding = not_revoked(revoked, &verified.machine).err();
    Check::ran(
        ID,
        "The machine is not on the list of revoked machines.",
        finding.iter().map(Finding::from).collect(),
    )
}

const fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Affirming => "Record, entry and change agree",
        Verdict::Warning => "Record, entry and change agree, with reservations",
        Verdict::Contraindicated => "Do not merge",
        Verdict::None => "Nothing can be decided",
    }
}

fn summary(verdict: Verdict, checks: &[Check]) -> String {
    let first = |wanted: &dyn Fn(&Check) -> bool| {
        checks
            .iter()
            .find(|check| wanted(check))
            .map_or("", |check| check.detail.as_str())
    };
    match verdict {
        Verdict::Affirming => "The record verifies, witnesses of two other projects have signed it, and the change adds \
             what the record gives and nothing else."
            .to_owned(),
        Verdict::Warning => {
            let is_open = |check: &Check| check.outcome == Outcome::Warn;
            let reason = Some(first(&is_open))
                .filter(|reason| !reason.is_empty())
                .unwrap_or_else(|| first(&Check::caps));
            format!("The change adds what the record gives. {reason}")
        }
        Verdict::Contraindicated => first(&Check::refuses).to_owned(),
        Verdict::None => first(&|check| check.outcome == Outcome::Fail).to_owned(),
    }
}
