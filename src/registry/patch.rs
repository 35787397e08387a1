//! A patch that `git am` takes: written for three files, and read strictly.
//!
//! Read is what `git format-patch` and this module write, and nothing else, so that git sees in it what is seen here: one
//! message in plain UTF-8, then files that are new or changed line by line. Renames, modes, binary parts, a second
//! message, another transfer encoding, or text where git would look for a diff are refused with their line.
//!
//! Source: git-am(1), git-mailinfo(1), git-apply(1); RFC 2047 for names that are not ASCII.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;

use super::Code;
use crate::ceremony::MAX_FILE;
use crate::text::quoted;

/// Most files that one changes: an enrolment changes three.
const MAX_FILES: usize = 1_000;

/// Largest patch: a record of the largest size, and room for the rest.
pub const MAX_PATCH: usize = MAX_FILE + 1024 * 1024;

/// Why a patch is not read, or does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchError {
    /// A closed code.
    pub code: Code,
    /// In the patch, from 1.
    pub line: usize,
    /// Plain words, with the facts.
    pub detail: String,
}

/// A patch as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch<'a> {
    /// As written, encoded words and all.
    pub from: &'a str,
    /// As written.
    pub date: &'a str,
    /// The files, in their order.
    pub files: Vec<FilePatch<'a>>,
}

/// What a patch does to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch<'a> {
    /// Relative to the registry's folder.
    pub path: &'a str,
    /// Whether it is a new file.
    pub is_new: bool,
    /// In their order.
    pub hunks: Vec<Hunk<'a>>,
}

/// Lines that stand next to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// First line before, from 1; with no line before, the line after which they are put.
    old_start: usize,
    old_count: usize,
    new_start: usize,
    lines: Vec<Line<'a>>,
    /// Where in the patch, from 1.
    at: usize,
}

/// One line of a hunk, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// What becomes of it.
    pub kind: LineKind,
    /// Its text.
    pub text: &'a str,
    /// Whether a line end follows.
    pub ends: bool,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// It stays.
    Context,
    /// It goes away.
    Removed,
    /// It is new.
    Added,
}

/// Longest name of an author, in bytes of UTF-8 (git-mailinfo).
const MAX_NAME: usize = 60;
/// Lines of the message's head that are read.
const HEADERS: [&str; 6] = [
    "From",
    "Date",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];
/// Values of the last two: with any other, git would read another text than this.
const PLAIN: [&str; 4] = [
    "text/plain; charset=UTF-8",
    "text/plain; charset=utf-8",
    "8bit",
    "7bit",
];

/// What follows a last line without an end. git looks at its first two bytes, but not where fewer than twelve are left, so
/// that with a shorter one it may write a line end that is not there here.
const NO_LINE_END: &str = "\\ No newline at end of file\n";

/// The lines of a patch, with their numbers.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        (!self.rest.is_empty()).then(|| self.rest.split('\n').next().unwrap_or_default())
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.peek()?;
        self.number = self.number.saturating_add(1);
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        Some(line)
    }

    /// An error about the line that was taken last.
    fn wrong(&self, code: Code, detail: impl Into<String>) -> PatchError {
        PatchError {
            code,
            line: self.number,
            detail: detail.into(),
        }
    }
}

impl<'a> Patch<'a> {
    /// Reads a patch.
    ///
    /// # Errors
    /// [`PatchError`] names the line.
    pub fn read(bytes: &'a [u8]) -> Result<Self, PatchError> {
        let first = |code, detail: &str| PatchError {
            code,
            line: 1,
            detail: detail.to_owned(),
        };
        if bytes.len() > MAX_PATCH {
            return Err(first(
                Code::PatchTooLarge,
                &format!("The patch has more than {MAX_PATCH} bytes."),
            ));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| first(Code::PatchText, "The patch is not UTF-8."))?;
        let mut lines = Lines {
            rest: text,
            number: 0,
        };
        // git strips a carriage return at a line's end, and stops at a NUL.
        if let Some((number, _)) = (1..)
            .zip(text.split('\n'))
            .find(|(_, line)| line.contains(['\r', '\0']))
        {
            lines.number = number;
            return Err(lines.wrong(
                Code::PatchText,
                "The line holds a carriage return or a NUL.",
            ));
        }
        let (from, date) = head(&mut lines)?;
        message(&mut lines)?;
        let files = files(&mut lines)?;
        Ok(Self { from, date, files })
    }
}

/// The head of the message: its author and date.
fn head<'a>(lines: &mut Lines<'a>) -> Result<(&'a str, &'a str), PatchError> {
    let begins = lines.next().is_some_and(|line| {
        line.strip_prefix("From ").is_some_and(|rest| {
            rest.split(' ')
                .next()
                .is_some_and(|id| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
    });
    if !begins {
        return Err(lines.wrong(
            Code::PatchHeader,
            "The patch does not begin as git format-patch writes it: From, and a commit's 40 digits.",
        ));
    }
    let (mut from, mut date) = (None, None);
    let mut seen: Vec<&str> = Vec::new();
    loop {
        let Some(line) = lines.next() else {
            return Err(lines.wrong(Code::PatchHeader, "The patch ends in its head."));
        };
        if line.is_empty() {
            break;
        }
        // A long subject or name goes on in the next line.
        if line.starts_with(' ') && matches!(seen.last(), Some(&("Subject" | "From"))) {
            continue;
        }
        let field = line.split_once(": ");
        let known = field.and_then(|(name, value)| {
            let name = HEADERS.iter().find(|known| **known == name)?;
            Some((*name, value))
        });
        let Some((name, value)) = known.filter(|(name, _)| !seen.contains(name)) else {
            return Err(lines.wrong(
                Code::PatchHeader,
                format!("The head holds {}.", quoted(line, 80)),
            ));
        };
        if name.starts_with("Content-") && !PLAIN.contains(&value) {
            return Err(lines.wrong(
                Code::PatchHeader,
                format!("The message is not plain UTF-8: {}.", quoted(line, 80)),
            ));
        }
        match name {
            "From" => from = Some(value),
            "Date" => date = Some(value),
            _ => {}
        }
        seen.push(name);
    }
    match (from, date) {
        (Some(from), Some(date)) if seen.contains(&"Subject") => Ok((from, date)),
        _ => Err(lines.wrong(Code::PatchHeader, "The head lacks From, Date or Subject.")),
    }
}

/// Whether git begins the diff at this line of the message, or another message, or takes the line for its head.
///
/// A head that stands in the message counts more than the real one, in any case and with or without a space. git looks
/// for it at the beginning only, and again below a line of scissors where it is told to cut there
/// (`mailinfo.scissors`); other versions and programs may look elsewhere, so it is refused in every line.
///
/// Source: git-mailinfo(1) and mailinfo.c of git 2.47, `check_inbody_header`, `is_scissors_line`, `patchbreak`.
fn is_more_than_words(line: &str) -> bool {
    let begins_other = ["diff -", "Index: ", "---", "From "]
        .iter()
        .any(|start| line.starts_with(start));
    let words = line.trim_start();
    let is_head = words.split_once(':').is_some_and(|(name, _)| {
        HEADERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name.trim_end()))
    });
    let is_subject_or_separator = ["[PATCH]", ">From"]
        .iter()
        .any(|start| words.starts_with(start));
    let is_cut = line.contains('-')
        && [">8", "8<", ">%", "%<"]
            .iter()
            .any(|mark| line.contains(mark));
    begins_other || is_head || is_subject_or_separator || is_cut
}

/// The message, up to the line `---` and what git writes below it.
fn message(lines: &mut Lines<'_>) -> Result<(), PatchError> {
    loop {
        match lines.next() {
            None => return Err(lines.wrong(Code::PatchMessage, "The patch changes no file.")),
            Some("---") => break,
            Some(line) if is_more_than_words(line) => {
                return Err(lines.wrong(
                    Code::PatchMessage,
                    format!("The message holds {}.", quoted(line, 80)),
                ));
            }
            Some(_) => {}
        }
    }
    while let Some(line) = lines.peek() {
        if line.starts_with("diff --git ") {
            break;
        }
        lines.next();
        if !line.is_empty() && !line.starts_with(' ') {
            return Err(lines.wrong(
                Code::PatchMessage,
                format!("Before the first file stands {}.", quoted(line, 80)),
            ));
        }
    }
    Ok(())
}

fn files<'a>(lines: &mut Lines<'a>) -> Result<Vec<FilePatch<'a>>, PatchError> {
    let mut files: Vec<FilePatch<'a>> = Vec::new();
    while let Some(line) = lines.next() {
        match line.strip_prefix("diff --git ") {
            Some(names) => {
                let file = file(lines, names)?;
                if files.len() >= MAX_FILES {
                    return Err(lines.wrong(
                        Code::PatchTooLarge,
                        format!("The patch changes more than {MAX_FILES} files."),
                    ));
                }
                if files.iter().any(|known| known.path == file.path) {
                    return Err(lines.wrong(
                        Code::PatchPath,
                        format!("{} is changed twice.", quoted(file.path, 80)),
                    ));
                }
                files.push(file);
            }
            // The end that git format-patch writes: a line of its version, and nothing more.
            None if line == "-- " => {
                let version = lines.next().unwrap_or_default();
                let is_version = version
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ' ' | '-' | '(' | ')'));
                if !is_version || !lines.rest.trim_matches('\n').is_empty() {
                    return Err(lines.wrong(
                        Code::PatchTrailing,
                        "Something follows the end of the patch.",
                    ));
                }
                lines.rest = "";
            }
            None => {
                return Err(lines.wrong(
                    Code::PatchTrailing,
                    format!("After a file's lines stands {}.", quoted(line, 80)),
                ));
            }
        }
    }
    if files.is_empty() {
        return Err(lines.wrong(Code::PatchMessage, "The patch changes no file."));
    }
    Ok(files)
}

fn file<'a>(lines: &mut Lines<'a>, names: &'a str) -> Result<FilePatch<'a>, PatchError> {
    let path = names
        .split_once(" b/")
        .and_then(|(a, b)| a.strip_prefix("a/").filter(|a| *a == b));
    let is_plain = |path: &&str| {
        path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))
    };
    let Some(path) = path.filter(is_plain) else {
        return Err(lines.wrong(
            Code::PatchPath,
            format!("{} is no plain path, or two paths.", quoted(names, 120)),
        ));
    };
    let mut is_new = false;
    loop {
        let line = lines.next().unwrap_or_default();
        let from = if is_new {
            "--- /dev/null".to_owned()
        } else {
            format!("--- a/{path}")
        };
        if line == "new file mode 100644" && !is_new {
            is_new = true;
        } else if is_index(line) {
        } else if line == from && lines.next() == Some(format!("+++ b/{path}").as_str()) {
            break;
        } else {
            return Err(lines.wrong(
                Code::PatchKind,
                format!(
                    "To {path} the patch does something else than adding or changing lines: {}.",
                    quoted(line, 80)
                ),
            ));
        }
    }
    let mut hunks = Vec::new();
    while lines.peek().is_some_and(|line| line.starts_with("@@ ")) {
        hunks.push(hunk(lines)?);
    }
    if hunks.is_empty() {
        return Err(lines.wrong(Code::PatchHunk, format!("{path} has no lines.")));
    }
    Ok(FilePatch {
        path,
        is_new,
        hunks,
    })
}

/// `index 0123abc..4567def 100644`: what git looks up to merge three ways. It changes nothing here.
fn is_index(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("index ") else {
        return false;
    };
    let ids = rest.strip_suffix(" 100644").unwrap_or(rest);
    let is_id =
        |id: &str| (4..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    ids.split_once("..")
        .is_some_and(|(old, new)| is_id(old) && is_id(new))
}

fn hunk<'a>(lines: &mut Lines<'a>) -> Result<Hunk<'a>, PatchError> {
    let head = lines.next().unwrap_or_default();
    let at = lines.number;
    let Some((old, new)) = head
        .strip_prefix("@@ -")
        .and_then(|rest| rest.split_once(" @@"))
        .and_then(|(ranges, _)| ranges.split_once(" +"))
        .and_then(|(old, new)| Some((range(old)?, range(new)?)))
    else {
        return Err(lines.wrong(
            Code::PatchHunk,
            format!("{} is no hunk's head.", quoted(head, 80)),
        ));
    };
    let (mut before, mut after) = (old.1, new.1);
    let mut read: Vec<Line<'a>> = Vec::new();
    loop {
        if lines.peek().is_some_and(|line| line.starts_with('\\')) {
            let is_mark = lines.rest.starts_with(NO_LINE_END);
            lines.next();
            match read.last_mut() {
                Some(last) if last.ends && is_mark => last.ends = false,
                _ => {
                    return Err(lines.wrong(
                        Code::PatchHunk,
                        "This is not git's mark of a line without an end, or it follows none.",
                    ));
                }
            }
            continue;
        }
        if before == 0 && after == 0 {
            break;
        }
        let line = lines.next().unwrap_or_default();
        let (kind, used) = match line.get(..1) {
            Some(" ") => (LineKind::Context, (1, 1)),
            Some("-") => (LineKind::Removed, (1, 0)),
            Some("+") => (LineKind::Added, (0, 1)),
            _ => {
                return Err(lines.wrong(
                    Code::PatchHunk,
                    "The hunk has fewer lines than its head says.",
                ));
            }
        };
        let (Some(rest_before), Some(rest_after)) =
            (before.checked_sub(used.0), after.checked_sub(used.1))
        else {
            return Err(lines.wrong(
                Code::PatchHunk,
                "The hunk has more lines than its head says.",
            ));
        };
        (before, after) = (rest_before, rest_after);
        read.push(Line {
            kind,
            text: line.get(1..).unwrap_or_default(),
            ends: true,
        });
    }
    Ok(Hunk {
        old_start: old.0,
        old_count: old.1,
        new_start: new.0,
        lines: read,
        at,
    })
}

/// `12,3`, or `12` for one line.
fn range(text: &str) -> Option<(usize, usize)> {
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    };
    match text.split_once(',') {
        Some((start, count)) => Some((number(start)?, number(count)?)),
        None => Some((number(text)?, 1)),
    }
}

impl FilePatch<'_> {
    /// The file after the patch; `before` is `None` where there is none.
    ///
    /// Every line must stand exactly where the patch says, as in the base that it was made for.
    ///
    /// # Errors
    /// [`PatchError`] with [`Code::PatchDoesNotApply`].
    pub fn apply(&self, before: Option<&str>) -> Result<String, PatchError> {
        let wrong = |line: usize, detail: String| PatchError {
            code: Code::PatchDoesNotApply,
            line,
            detail,
        };
        let first = self.hunks.first().map_or(1, |hunk| hunk.at);
        if self.is_new != before.is_none() {
            let detail = if self.is_new {
                format!("{} is there already.", self.path)
            } else {
                format!("{} is not there.", self.path)
            };
            return Err(wrong(first, detail));
        }
        let old: Vec<&str> = before.unwrap_or_default().split_inclusive('\n').collect();
        let mut rest = old.iter();
        let mut taken = 0_usize;
        let mut new = String::new();
        let mut written = 0_usize;
        for hunk in &self.hunks {
            let misplaced = || wrong(hunk.at, format!("A hunk of {} is misplaced.", self.path));
            let start = if hunk.old_count == 0 {
                hunk.old_start
            } else {
                hunk.old_start.checked_sub(1).ok_or_else(misplaced)?
            };
            let keep = start.checked_sub(taken).ok_or_else(misplaced)?;
            for _ in 0..keep {
                new.push_str(rest.next().ok_or_else(misplaced)?);
            }
            taken = start;
            written = written.saturating_add(keep);
            let is_there = hunk.new_start
                == written.saturating_add(usize::from(
                    hunk.lines.iter().any(|line| line.kind != LineKind::Removed),
                ));
            if !is_there {
                return Err(misplaced());
            }
            for (number, line) in (hunk.at.saturating_add(1)..).zip(&hunk.lines) {
                let text = [line.text, if line.ends { "\n" } else { "" }].concat();
                if line.kind != LineKind::Added {
                    if rest.next() != Some(&text.as_str()) {
                        return Err(wrong(
                            number,
                            format!(
                                "{} has not {} as its line {}.",
                                self.path,
                                quoted(line.text, 80),
                                taken.saturating_add(1)
                            ),
                        ));
                    }
                    taken = taken.saturating_add(1);
                }
                if line.kind != LineKind::Removed {
                    new.push_str(&text);
                    written = written.saturating_add(1);
                }
            }
            // git wants a hunk without lines after it to stand at the end.
            let ends_open = hunk
                .lines
                .last()
                .is_some_and(|line| line.kind != LineKind::Context);
            if ends_open && rest.len() > 0 {
                return Err(wrong(
                    hunk.at,
                    format!("A hunk of {} is not at its end.", self.path),
                ));
            }
        }
        new.extend(rest.copied());
        Ok(new)
    }

    /// What the patch adds and takes away, where no base is at hand to compare with.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.hunks
            .iter()
            .flat_map(|hunk| hunk.lines.iter().copied())
    }
}

/// Who proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author<'a> {
    /// One line.
    pub name: &'a str,
    /// An address in ASCII.
    pub email: &'a str,
}

impl Author<'_> {
    /// What is wrong with it, if anything: it stands in a line that git reads.
    pub fn problem(&self) -> Option<(Code, String)> {
        // git takes the address for a name that is longer or looks like an address, and drops quotes.
        let bad_name = self.name.trim().is_empty()
            || self.name.len() > MAX_NAME
            || self
                .name
                .chars()
                .any(|c| c.is_control() || crate::text::is_unseen(c) || "<>@\"\\".contains(c));
        if bad_name {
            return Some((
                Code::AuthorName,
                format!(
                    "{} is no name for a commit's author.",
                    quoted(self.name, 60)
                ),
            ));
        }
        let is_address = self.email.len() <= 200
            && self.email.split('@').count() == 2
            && self.email.split('@').all(|part| !part.is_empty())
            && self
                .email
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c));
        (!is_address).then(|| {
            (
                Code::AuthorEmail,
                format!("{} is no e-mail address.", quoted(self.email, 100)),
            )
        })
    }
}

/// One file of a patch that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// A new file.
    New { path: &'a str, text: &'a str },
    /// A line more at the end of a file.
    Append {
        path: &'a str,
        before: &'a str,
        line: &'a str,
    },
}

/// Writes a patch; `at` is the author's time, Unix seconds. `None` for a time that git cannot read.
pub(super) fn write(
    author: Author<'_>,
    at: u64,
    title: &str,
    text: &str,
    files: &[Written<'_>],
) -> Option<String> {
    let date = DateTime::from_timestamp(i64::try_from(at).ok()?, 0)
        .filter(|_| at <= crate::ceremony::LAST_SECOND)?
        .format("%a, %d %b %Y %H:%M:%S +0000");
    let mut patch = format!(
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n\
         From: {} <{}>\n\
         Date: {date}\n\
         Subject: {}\n\
         MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=UTF-8\n\
         Content-Transfer-Encoding: 8bit\n\n\
         {text}\n---\n\n",
        header_text(author.name.trim()),
        author.email,
        header_text(&format!("[PATCH] {title}")),
    );
    for file in files {
        write_file(&mut patch, file);
    }
    patch.push_str("-- \ncloud-witness\n\n");
    Some(patch)
}

fn write_file(patch: &mut String, file: &Written<'_>) {
    let (path, before, after, is_new) = match file {
        Written::New { path, text } => (path, "", (*text).to_owned(), true),
        Written::Append { path, before, line } => (path, *before, appended(before, line), false),
    };
    let (old, new) = if is_new {
        ("new file mode 100644\n--- /dev/null".to_owned(), path)
    } else {
        (format!("--- a/{path}"), path)
    };
    // Writing to a String cannot fail.
    let _ = writeln!(patch, "diff --git a/{path} b/{path}\n{old}\n+++ b/{new}");
    let lines_before: Vec<&str> = before.split_inclusive('\n').collect();
    let lines_after: Vec<&str> = after.split_inclusive('\n').collect();
    // Three lines before what changes, as git does; the last one changes too when it did not end.
    let same = lines_before
        .iter()
        .zip(&lines_after)
        .take_while(|(before, after)| before == after)
        .count();
    let from = same.saturating_sub(3);
    let range = |count: usize| {
        let count = count.saturating_sub(from);
        let start = from.saturating_add(usize::from(count > 0));
        if count == 1 {
            start.to_string()
        } else {
            format!("{start},{count}")
        }
    };
    let _ = writeln!(
        patch,
        "@@ -{} +{} @@",
        range(lines_before.len()),
        range(lines_after.len())
    );
    let context = lines_after
        .iter()
        .take(same)
        .skip(from)
        .map(|line| (' ', *line));
    let removed = lines_before.iter().skip(same).map(|line| ('-', *line));
    let added = lines_after.iter().skip(same).map(|line| ('+', *line));
    for (sign, line) in context.chain(removed).chain(added) {
        patch.push(sign);
        patch.push_str(line);
        if !line.ends_with('\n') {
            patch.push('\n');
            patch.push_str(NO_LINE_END);
        }
    }
}

/// A text with a line more at its end.
pub(super) fn appended(before: &str, line: &str) -> String {
    let gap = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    [before, gap, line, "\n"].concat()
}

/// Text for a header: as it is where every reader takes it so, else as encoded words of at most 75 characters, folded
/// (RFC 2047, section 2).
fn header_text(text: &str) -> String {
    let is_plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " -'[]_/.:".contains(c))
        && text.len() <= 200
        && !text.starts_with(['\'', ':', '.']);
    let needs_quotes = text.contains(['.', ':', '[', ']']) && !text.starts_with("[PATCH] ");
    if is_plain && !needs_quotes {
        return text.to_owned();
    }
    // 45 bytes are 60 of base64; with the 12 around them, 72.
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len().saturating_add(c.len_utf8()) > 45 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words
        .iter()
        .map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)))
        .collect::<Vec<_>>()
        .join("\n ")
}
