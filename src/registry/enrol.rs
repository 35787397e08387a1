//! Enrolment: what a record that verifies proposes to the registry.
//!
//! Everything that is proposed is a function of the record: the charter's entry, the line of the list, the label, the
//! names of the files. So whoever has the record makes the same again, and compares ([`super::check`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::list::{Machine, Registry, is_formula};
use super::patch::{self, Author, Written};
use super::{Code, KNOWN, entry_path, record_path};
use crate::Verifier;
use crate::builds::AttesterBuilds;
use crate::ceremony::envelope::Opened;
use crate::ceremony::keys::Key;
use crate::ceremony::participants::{QUORUM_PROJECTS, project_key};
use crate::ceremony::record::{Entered, Kind, RECORD_TYPE, Role};
use crate::ceremony::report::SignatureView;
use crate::ceremony::signers::Signers;
use crate::ceremony::{Beside, CeremonyReport, open};
use crate::moment::{in_words, rfc3339};
use crate::report::{Report, Verdict};
use crate::text::{count, is_unseen, quoted, sha256_hex};

/// The charter's word for verification by people (section 4 of its draft 0.1).
const LEVEL: u8 = 1;

/// An entry as the charter has it; the registry's files hold one, under its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How the machine was verified: the kind of record.
    pub method: String,
    /// 1: verified by people.
    pub level: u8,
    /// What supports it.
    pub evidences: Vec<Evidence>,
    /// When the ceremony ended, RFC 3339 in UTC.
    pub timestamp: String,
    /// The witnesses' signatures, as they stand in the record.
    pub endorsements: Vec<Endorsement>,
}

/// What supports an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Evidence {
    /// The signed record, as a file of the registry.
    CeremonyRecord {
        /// Its path in the registry.
        path: String,
        /// SHA-256 of the file.
        sha256: String,
    },
    /// The recording of the call.
    Recording {
        /// Where it is.
        url: String,
    },
}

/// A witness's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endorsement {
    /// As said on the call.
    pub name: String,
    /// The project that they speak for.
    pub project: String,
    /// The key's OpenSSH fingerprint.
    pub keyid: String,
    /// The signature, as in the record.
    pub sig: String,
}

/// What a record proposes, without who proposes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The machine's PPID: its ID in the list.
    pub ppid: String,
    /// Its key in the charter's form.
    pub charter_key: String,
    /// Its label: plain characters, never a formula.
    pub label: String,
    /// Its line in the list, without a line end.
    pub line: String,
    /// The list's path in the registry.
    pub list_path: &'static str,
    /// The entry's path.
    pub entry_path: String,
    /// The entry's file.
    pub entry: String,
    /// The record's path.
    pub record_path: String,
    /// The recording's link.
    pub recording: String,
}

/// What one who proposes a machine gives.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The signed record.
    pub record: &'a [u8],
    /// The list of known machines as it is now, `known.csv`; empty when it is.
    pub known: &'a [u8],
    /// The list of revoked machines, where at hand.
    pub revoked: Option<&'a Registry>,
    /// The signers that they know, where at hand: then the witnesses must be among them.
    pub signers: Option<&'a Signers>,
    /// The attester builds that they know.
    pub attesters: Option<&'a AttesterBuilds>,
    /// The commit's author.
    pub author: Author<'a>,
    /// The commit's time, Unix seconds.
    pub at: u64,
}

/// A machine's way into the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// What the record proposes.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// The pull request's title, and the commit's.
    pub title: String,
    /// The pull request's text, and the commit's; Markdown.
    pub text: String,
    /// What `git am` takes.
    pub patch: String,
    /// The patch's file name.
    pub patch_name: String,
    /// The record's verdict, opened with what was given.
    pub verdict: Verdict,
    /// Why, in a sentence or two.
    pub summary: String,
}

/// Why a machine cannot be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolError {
    /// A closed code.
    pub code: Code,
    /// Plain words, with the facts.
    pub detail: String,
}

impl EnrolError {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl std::fmt::Display for EnrolError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.detail, self.code.advice())
    }
}

impl std::error::Error for EnrolError {}

/// Proposes the machine of a record that verifies, with two witnesses of two other projects.
///
/// # Errors
/// [`EnrolError`]: the record does not verify, says too little, or the machine must not be added.
pub fn enrol(verifier: &Verifier, ask: &Ask<'_>) -> Result<Enrolment, EnrolError> {
    if let Some((code, detail)) = ask.author.problem() {
        return Err(EnrolError::new(code, detail));
    }
    let beside = Beside {
        signers: ask.signers,
        attesters: ask.attesters,
        ..Beside::default()
    };
    let report = open(verifier, ask.record, beside);
    let record = Verified::of(ask.record, &report)?;
    record.witnesses(ask.signers)?;
    let proposal = record.proposal()?;
    let known = known_text(ask.known)?;
    let listed = Registry::parse(&[ask.known])
        .map_err(|error| EnrolError::new(Code::ListUnreadable, error.to_string()))?;
    not_listed(&listed, &record.machine)?;
    if let Some(revoked) = ask.revoked {
        not_revoked(revoked, &record.machine)?;
    }
    let title = format!("Add machine {}", proposal.ppid);
    let text = record.text(&proposal);
    let files = [
        Written::Append {
            path: KNOWN,
            before: known,
            line: &proposal.line,
        },
        Written::New {
            path: &proposal.entry_path,
            text: &proposal.entry,
        },
        Written::New {
            path: &proposal.record_path,
            text: record.text_of_file()?,
        },
    ];
    let patch = patch::write(ask.author, ask.at, &title, &text, &files).ok_or_else(|| {
        EnrolError::new(
            Code::CommitTime,
            format!("{} is no time for a commit.", ask.at),
        )
    })?;
    Ok(Enrolment {
        title,
        text,
        patch,
        patch_name: format!("0001-add-machine-{}.patch", proposal.ppid),
        verdict: report.verdict,
        summary: report.summary.clone(),
        proposal,
    })
}

/// The list as text that a patch can be made for.
fn known_text(known: &[u8]) -> Result<&str, EnrolError> {
    let text = std::str::from_utf8(known).map_err(|_| {
        EnrolError::new(
            Code::ListUnreadable,
            "The list of known machines is not UTF-8.",
        )
    })?;
    if text.contains(['\r', '\0']) {
        return Err(EnrolError::new(
            Code::ListLineEnds,
            "The list of known machines holds carriage returns or NULs, which git am changes in a patch.",
        ));
    }
    Ok(text)
}

/// The machine is in the list under no scheme, and that can be said of it.
pub(super) fn not_listed(list: &Registry, machine: &Machine) -> Result<(), EnrolError> {
    if let Some(found) = list.find(machine) {
        return Err(EnrolError::new(
            Code::EnrolTwice,
            format!(
                "The machine is known already: its {} stands at {}.",
                found.scheme, found.entry.place
            ),
        ));
    }
    if let Some(doubt) = list.doubt(machine, "the list of known machines") {
        return Err(EnrolError::new(
            Code::ListLines,
            format!("{doubt}, so nobody knows whether the machine is new."),
        ));
    }
    Ok(())
}

/// The machine is not on the list of revoked machines, and that can be said of it.
pub(super) fn not_revoked(list: &Registry, machine: &Machine) -> Result<(), EnrolError> {
    if let Some(found) = list.find(machine) {
        return Err(EnrolError::new(
            Code::EnrolRevoked,
            format!(
                "The machine is revoked: its {} stands at {}.",
                found.scheme, found.entry.place
            ),
        ));
    }
    if let Some(doubt) = list.doubt(machine, "the revoked list") {
        return Err(EnrolError::new(
            Code::RevokedLines,
            format!("{doubt}, so nobody knows whether the machine is revoked."),
        ));
    }
    Ok(())
}

/// A record that was opened and may be proposed.
pub(super) struct Verified<'a> {
    file: &'a [u8],
    opened: Opened,
    report: &'a CeremonyReport,
    appraisal: &'a Report,
    entered: &'a Entered,
    pub(super) machine: Machine,
}

impl<'a> Verified<'a> {
    /// # Errors
    /// The record's verdict is neither `affirming` nor `warning`.
    pub(super) fn of(file: &'a [u8], report: &'a CeremonyReport) -> Result<Self, EnrolError> {
        let refused = || {
            EnrolError::new(
                Code::RecordRefused,
                format!("The record does not verify. {}", report.summary),
            )
        };
        if !matches!(report.verdict, Verdict::Affirming | Verdict::Warning) {
            return Err(refused());
        }
        let opened = Opened::read(file).map_err(|_| refused())?;
        let (appraisal, entered) = report
            .report
            .as_ref()
            .zip(report.entered.as_ref())
            .ok_or_else(refused)?;
        let machine = appraisal
            .identity
            .as_ref()
            .and_then(Machine::shown)
            .ok_or_else(refused)?;
        Ok(Self {
            file,
            opened,
            report,
            appraisal,
            entered,
            machine,
        })
    }

    /// Witnesses of two projects other than the prover's have signed; where a list of signers is given, with keys that
    /// it has for their projects. (Who signed with a key that fits no participant has no part in this.)
    ///
    /// # Errors
    /// Which projects there are.
    pub(super) fn witnesses(&self, signers: Option<&Signers>) -> Result<(), EnrolError> {
        let signed = self.opened.signed_by();
        let at = self.entered.times.file;
        let provers: BTreeSet<String> = self.projects(Role::Prover, &|_| true);
        let listed = self.projects(Role::Witness, &|index| {
            let is_listed = || {
                let signers = signers?;
                let participant = self.entered.participants.get(index)?;
                let key = Key::parse(participant.key.as_deref()?).ok()?;
                Some(
                    signers
                        .check(&participant.name, &participant.project, &key, at)
                        .is_none(),
                )
            };
            signed.contains(&index) && (signers.is_none() || is_listed() == Some(true))
        });
        let others: Vec<&String> = listed.difference(&provers).collect();
        if others.len() >= QUORUM_PROJECTS {
            return Ok(());
        }
        let whose = if signers.is_some() {
            "with keys that the list of signers has for them, "
        } else {
            ""
        };
        Err(EnrolError::new(
            Code::WitnessesMissing,
            format!(
                "Witnesses of {} other than the prover's have signed, {whose}where {QUORUM_PROJECTS} are needed.",
                count(others.len(), "project")
            ),
        ))
    }

    fn projects(&self, role: Role, wanted: &dyn Fn(usize) -> bool) -> BTreeSet<String> {
        self.entered
            .participants
            .iter()
            .enumerate()
            .filter(|(index, participant)| participant.role == role && wanted(*index))
            .map(|(_, participant)| project_key(&participant.project))
            .collect()
    }

    /// # Errors
    /// The record has no recording's link that a registry can hold.
    pub(super) fn proposal(&self) -> Result<Proposal, EnrolError> {
        let ppid = hex::encode(self.machine.ppid);
        let label = label(self.entered);
        let charter_key = self
            .opened
            .statement
            .subject
            .first()
            .map(|subject| subject.name.clone())
            .unwrap_or_default();
        let recording = self.recording()?;
        let entry = Entry {
            method: method(self.entered.kind),
            level: LEVEL,
            evidences: vec![
                Evidence::CeremonyRecord {
                    path: record_path(&ppid),
                    sha256: sha256_hex(self.file),
                },
                Evidence::Recording {
                    url: recording.clone(),
                },
            ],
            timestamp: rfc3339(self.entered.times.outcome),
            endorsements: self.endorsements(),
        };
        let file = BTreeMap::from([(charter_key.as_str(), &entry)]);
        Ok(Proposal {
            line: csv_line(&ppid, &label),
            list_path: KNOWN,
            entry_path: entry_path(&ppid),
            // Plain data with string keys always becomes JSON.
            entry: serde_json::to_string_pretty(&file).unwrap_or_default() + "\n",
            record_path: record_path(&ppid),
            charter_key,
            ppid,
            label,
            recording,
        })
    }

    /// The link in the record, which everyone signed; else the last one that a witness added. The prover's word alone does
    /// not say where the recording is.
    fn recording(&self) -> Result<String, EnrolError> {
        let later = || {
            let by_witnesses = self.report.addenda.iter().filter(|view| {
                view.verified && view.signatures.iter().any(|made| self.is_a_witness(made))
            });
            by_witnesses
                .filter_map(|view| view.addendum.as_ref())
                .filter(|addendum| addendum.recording.is_some())
                .max_by_key(|addendum| addendum.added_at)
                .and_then(|addendum| addendum.recording.clone())
        };
        let link = self.entered.recording.clone().or_else(later).ok_or_else(|| {
            EnrolError::new(
                Code::RecordingMissing,
                "Neither the record nor a witness's addition to it has a link to the call's recording.",
            )
        })?;
        // It stands in Markdown: only what RFC 3986 lets stand in a link, section 2.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/?#[]@!$&'()*+,;=-._~%".contains(c);
        if link.chars().all(is_plain) {
            Ok(link)
        } else {
            Err(EnrolError::new(
                Code::RecordingMissing,
                format!("The recording's link {} is none.", quoted(&link, 80)),
            ))
        }
    }

    fn is_a_witness(&self, made: &SignatureView) -> bool {
        let participant = made
            .participant
            .and_then(|at| self.entered.participants.get(at));
        made.verified && participant.is_some_and(|by| by.role == Role::Witness)
    }

    fn endorsements(&self) -> Vec<Endorsement> {
        let signatures = self
            .report
            .signatures
            .iter()
            .zip(&self.opened.envelope.signatures);
        let good = signatures.filter(|(view, _)| view.verified);
        let mut found: Vec<(usize, Endorsement)> = good
            .filter_map(|(view, signature)| {
                let index = view.participant?;
                let participant = self.entered.participants.get(index)?;
                (participant.role == Role::Witness).then(|| {
                    (
                        index,
                        Endorsement {
                            name: participant.name.clone(),
                            project: participant.project.clone(),
                            keyid: signature.keyid.clone(),
                            sig: signature.sig.clone(),
                        },
                    )
                })
            })
            .collect();
        found.sort_by_key(|(index, _)| *index);
        found
            .into_iter()
            .map(|(_, endorsement)| endorsement)
            .collect()
    }

    /// Every line begins with words of ours, so that none can be taken for a part of the patch.
    fn text(&self, proposal: &Proposal) -> String {
        let mut lines = vec![
            format!("- Machine: `{}`", proposal.ppid),
            format!("- Label: {}", proposal.label),
            format!("- Ceremony ended: {}", in_words(self.entered.times.outcome)),
            format!("- Verdict: {}", plain(&self.report.headline)),
        ];
        let signed = self.opened.signed_by();
        for (index, participant) in self.entered.participants.iter().enumerate() {
            lines.push(format!(
                "- {}: {} ({}), {}",
                match participant.role {
                    Role::Prover => "Prover",
                    Role::Witness => "Witness",
                },
                plain(&participant.name),
                plain(&participant.project),
                if signed.contains(&index) {
                    "signed"
                } else {
                    "not signed"
                }
            ));
        }
        lines.extend(self.worth());
        if let Some(status) = &self.appraisal.tcb {
            lines.push(format!("- TCB status then: {}", plain(&status.status)));
        }
        lines.extend([
            format!("- Recording: {}", proposal.recording),
            format!("- Record: `{}`", proposal.record_path),
            format!("- SHA-256 of its payload: `{}`", self.opened.sha256()),
            String::new(),
            "Another witness opens the record, watches the recording, and checks this change before merging it."
                .to_owned(),
        ]);
        lines.join("\n")
    }

    /// What the record is worth against whom: a machine in colocation is another thing than one on a cloud's console.
    fn worth(&self) -> Vec<String> {
        let kind = match self.entered.kind {
            Kind::BareMetal => "bare metal, on a cloud's console",
            Kind::Colocation => "colocation, by evidence combined",
        };
        let mut lines = vec![format!("- Kind: {kind}")];
        lines.extend(self.report.trust.iter().flat_map(|table| {
            table.strongest.iter().map(|strongest| {
                format!(
                    "- Against {}: {}",
                    strongest.attacker_words, strongest.words
                )
            })
        }));
        lines
    }

    /// A record is canonical JSON, in one line of UTF-8.
    fn text_of_file(&self) -> Result<&'a str, EnrolError> {
        std::str::from_utf8(self.file)
            .ok()
            .filter(|text| !text.contains(['\r', '\0']))
            .ok_or_else(|| EnrolError::new(Code::RecordRefused, "The record is no text."))
    }
}

/// How a machine was verified: the type of its record, and the record's kind where that is not a cloud's console.
fn method(kind: Kind) -> String {
    match kind {
        Kind::BareMetal => RECORD_TYPE.to_owned(),
        Kind::Colocation => format!("{RECORD_TYPE}#colocation"),
    }
}

/// A machine's label: who operates it, and where it stands, in plain characters.
pub fn label(entered: &Entered) -> String {
    let prover = entered
        .participants
        .iter()
        .find(|participant| participant.role == Role::Prover)
        .map_or("", |participant| participant.project.as_str());
    let console = &entered.console;
    let label = plain(&format!(
        "{prover}: {} {} {} {}",
        console.provider, console.product, console.region, console.machine
    ));
    let cut: String = label.chars().take(super::list::MAX_LABEL).collect();
    cut.trim_end().to_owned()
}

/// Text that means the same in a CSV cell, in a spreadsheet, in Markdown and in a terminal: letters, digits, and a few
/// marks; anything else becomes a space. It begins with a letter or digit.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| {
            if (c.is_alphanumeric() && !is_unseen(c)) || ".:()/-".contains(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    kept.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// A line of the list. A cell that could be taken for something else is quoted, and a formula made text.
pub fn csv_line(id: &str, label: &str) -> String {
    let label = if is_formula(label) {
        format!("'{label}")
    } else {
        label.to_owned()
    };
    if label.contains([',', '"', '\n', '\r']) {
        format!("{id},\"{}\"", label.replace('"', "\"\""))
    } else {
        format!("{id},{label}")
    }
}
