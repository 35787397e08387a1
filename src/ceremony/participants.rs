//! Who takes part: one prover, and witnesses of two other projects, each with a key of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::Code;
use super::keys::Key;
use super::record::{Participant, Role};
use super::report::Finding;
use crate::text::{count, folded, is_unseen, quoted};

/// Longest name, project, or other line that people enter, in characters.
pub const MAX_LINE: usize = 200;
/// Longest free text, in characters.
pub const MAX_TEXT: usize = 4000;
/// Most participants.
pub const MAX_PARTICIPANTS: usize = 32;
/// From how many projects other than the prover's witnesses must come.
pub const QUORUM_PROJECTS: usize = 2;

/// Everything that is wrong with a list of participants; empty when a ceremony can begin with them.
///
/// A key may still be lacking; [`keys_given`] is about that.
pub fn check(participants: &[Participant]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if participants.len() > MAX_PARTICIPANTS {
        findings.push(Finding::fail(
            Code::ParticipantsTooMany,
            format!("There are more than {MAX_PARTICIPANTS} participants."),
        ));
        return findings;
    }
    for (index, participant) in participants.iter().enumerate() {
        findings.extend(
            one(participant)
                .into_iter()
                .map(|finding| finding.of(index)),
        );
    }
    findings.extend(twice(participants));
    findings.extend(roles(participants));
    findings
}

/// Who has given no key yet: every participant of a record needs one.
pub fn keys_given(participants: &[Participant]) -> Vec<Finding> {
    participants
        .iter()
        .enumerate()
        .filter(|(_, participant)| participant.key.is_none())
        .map(|(index, participant)| {
            Finding::fail(
                Code::KeyMissing,
                format!("{} has given no key.", quoted(&participant.name, MAX_LINE)),
            )
            .of(index)
        })
        .collect()
}

/// One project is one, however it is typed: case, and space around and inside, do not tell two apart.
pub fn project_key(project: &str) -> String {
    folded(project)
}

/// Whether these participants are enough to sign: the prover, and witnesses of two other projects.
///
/// Otherwise in words what is lacking.
///
/// # Errors
/// Who must still sign.
pub fn quorum(all: &[Participant], signed: &BTreeSet<usize>) -> Result<(), String> {
    let mut lacking = Vec::new();
    let has_signed = |wanted: &dyn Fn(&Participant) -> bool| {
        all.iter()
            .enumerate()
            .filter(|(index, participant)| signed.contains(index) && wanted(participant))
            .count()
    };
    if has_signed(&|participant| participant.role == Role::Prover) != 1 {
        lacking.push("the prover".to_owned());
    }
    let projects = witness_projects(
        all.iter()
            .enumerate()
            .filter(|(index, participant)| {
                signed.contains(index) || participant.role == Role::Prover
            })
            .map(|(_, participant)| participant),
    );
    if projects.len() < QUORUM_PROJECTS {
        let missing = QUORUM_PROJECTS.saturating_sub(projects.len());
        lacking.push(format!(
            "{} of {} more",
            if missing == 1 {
                "a witness"
            } else {
                "witnesses"
            },
            count(missing, "project")
        ));
    }
    if lacking.is_empty() {
        Ok(())
    } else {
        Err(lacking.join(", and "))
    }
}

/// What is wrong with one participant alone.
fn one(participant: &Participant) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = quoted(&participant.name, MAX_LINE);
    if participant.name.trim().is_empty() {
        findings.push(Finding::fail(
            Code::NameMissing,
            "A participant has no name.",
        ));
    }
    if participant.project.trim().is_empty() {
        findings.push(Finding::fail(
            Code::ProjectMissing,
            format!("{name} has no project."),
        ));
    } else if !participant
        .project
        .chars()
        .all(|c| matches!(c, ' '..='\u{7e}'))
    {
        findings.push(Finding::fail(
            Code::ProjectCharacter,
            format!(
                "The project {} is not printable ASCII.",
                quoted(&participant.project, MAX_LINE)
            ),
        ));
    }
    findings.extend(line("name", &participant.name));
    findings.extend(line("project", &participant.project));
    if let Some(line) = &participant.key {
        match Key::parse(line) {
            Err(error) => findings.push(Finding::fail(
                error.code(),
                format!("The key of {name}: {error}."),
            )),
            // One key has one text, or a changed byte would mean the same.
            Ok(key) if key.line() != *line => findings.push(Finding::fail(
                Code::KeyUnreadable,
                format!("The key of {name} has more than its type and its bytes."),
            )),
            Ok(_) => {}
        }
    }
    findings
}

/// Names and keys that stand twice.
fn twice(participants: &[Participant]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    let mut keys = BTreeMap::new();
    for (index, participant) in participants.iter().enumerate() {
        let name = folded(&participant.name);
        if !name.is_empty() && !names.insert(name) {
            findings.push(
                Finding::fail(
                    Code::NameTwice,
                    format!("{} takes part twice.", quoted(&participant.name, MAX_LINE)),
                )
                .of(index),
            );
        }
        let key = participant
            .key
            .as_deref()
            .and_then(|line| Key::parse(line).ok());
        if let Some(first) = key.and_then(|key| keys.insert(key.point(), &participant.name)) {
            findings.push(
                Finding::fail(
                    Code::KeyTwice,
                    format!(
                        "{} and {} have the same key.",
                        quoted(first, MAX_LINE),
                        quoted(&participant.name, MAX_LINE)
                    ),
                )
                .of(index),
            );
        }
    }
    findings
}

/// One prover, and witnesses of two other projects.
fn roles(participants: &[Participant]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let provers: Vec<&Participant> = participants
        .iter()
        .filter(|participant| participant.role == Role::Prover)
        .collect();
    match provers.as_slice() {
        [] => findings.push(Finding::fail(Code::ProverMissing, "No prover takes part.")),
        [_] => {}
        [..] => findings.push(Finding::fail(
            Code::ProverTwice,
            format!("{} provers take part.", provers.len()),
        )),
    }
    let witnesses = participants.len().saturating_sub(provers.len());
    if witnesses < QUORUM_PROJECTS {
        findings.push(Finding::fail(
            Code::WitnessesTooFew,
            format!("{} takes part.", count(witnesses, "witness")),
        ));
        return findings;
    }
    if witness_projects(participants.iter()).len() >= QUORUM_PROJECTS {
        return findings;
    }
    let provers: Vec<String> = provers
        .iter()
        .map(|prover| project_key(&prover.project))
        .collect();
    let mut seen = BTreeSet::new();
    for (index, witness) in participants.iter().enumerate() {
        let project = project_key(&witness.project);
        if witness.role == Role::Prover || project.is_empty() {
            continue;
        }
        let words = (
            quoted(&witness.name, MAX_LINE),
            quoted(&witness.project, MAX_LINE),
        );
        if provers.contains(&project) {
            findings.push(
                Finding::fail(
                    Code::WitnessOfProversProject,
                    format!("{} is of the prover's own project {}.", words.0, words.1),
                )
                .of(index),
            );
        } else if !seen.insert(project) {
            findings.push(
                Finding::fail(
                    Code::WitnessesOfOneProject,
                    format!(
                        "{} is of the project {}, as another witness is.",
                        words.0, words.1
                    ),
                )
                .of(index),
            );
        }
    }
    findings
}

/// The projects that witnesses speak for, without the provers' own.
fn witness_projects<'a>(
    participants: impl Iterator<Item = &'a Participant> + Clone,
) -> BTreeSet<String> {
    let of = |role: Role| {
        participants
            .clone()
            .filter(move |participant| participant.role == role)
            .map(|participant| project_key(&participant.project))
            .filter(|project| !project.is_empty())
            .collect::<BTreeSet<String>>()
    };
    of(Role::Witness)
        .difference(&of(Role::Prover))
        .cloned()
        .collect()
}

/// What is wrong with a line that people entered.
pub(super) fn line(what: &str, text: &str) -> Option<Finding> {
    text_problem(what, text, MAX_LINE, false)
}

/// What is wrong with a free text that people entered.
pub(super) fn free_text(what: &str, text: &str) -> Option<Finding> {
    text_problem(what, text, MAX_TEXT, true)
}

fn text_problem(what: &str, text: &str, most: usize, lines: bool) -> Option<Finding> {
    if text.chars().count() > most {
        return Some(Finding::fail(
            Code::TextTooLong,
            format!("The {what} has more than {most} characters."),
        ));
    }
    let steers = |c: char| (c.is_control() && !(lines && c == '\n')) || is_unseen(c);
    text.chars().find(|c| steers(*c)).map(|c| {
        Finding::fail(
            Code::TextCharacter,
            format!("The {what} holds {}.", quoted(&c.to_string(), 1)),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[(&str, &str, Role)]) -> Vec<Participant> {
        list.iter()
            .map(|(name, project, role)| Participant {
                name: (*name).to_owned(),
                project: (*project).to_owned(),
                role: *role,
                key: None,
            })
            .collect()
    }

    fn codes(list: &[(&str, &str, Role)]) -> Vec<Code> {
        check(&of(list))
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    }

    use Role::{Prover, Witness};

    #[test]
    fn a_prover_and_witnesses_of_two_other_projects_are_enough() {
        assert_eq!(
            codes(&[("P", "a", Prover), ("W", "b", Witness), ("V", "c", Witness)]),
            []
        );
        // More do no harm, of whatever project.
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("W", "b", Witness),
                ("V", "c", Witness),
                ("U", "b", Witness),
                ("T", "a", Witness)
            ]),
            []
        );
    }

    #[test]
    fn every_lack_is_named() {
        assert_eq!(codes(&[]), [Code::ProverMissing, Code::WitnessesTooFew]);
        assert_eq!(
            codes(&[("P", "a", Prover), ("W", "b", Witness)]),
            [Code::WitnessesTooFew]
        );
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("Q", "d", Prover),
                ("W", "b", Witness),
                ("V", "c", Witness)
            ]),
            [Code::ProverTwice]
        );
        assert_eq!(
            codes(&[(" ", "a", Prover), ("W", "", Witness), ("V", "c", Witness)]),
            [Code::NameMissing, Code::ProjectMissing]
        );
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("p ", "b", Witness),
                ("V", "c", Witness)
            ]),
            [Code::NameTwice]
        );
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("Jörg  Groß", "b", Witness),
                ("JÖRG Groß", "c", Witness)
            ]),
            [Code::NameTwice]
        );
    }

    #[test]
    fn two_witnesses_of_one_project_count_once_however_it_is_typed() {
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("W", "Near AI", Witness),
                ("V", " near  ai", Witness)
            ]),
            [Code::WitnessesOfOneProject]
        );
        assert_eq!(
            codes(&[
                ("P", "Acme", Prover),
                ("W", "ACME ", Witness),
                ("V", "c", Witness)
            ]),
            [Code::WitnessOfProversProject]
        );
    }

    #[test]
    fn look_alikes_and_steering_characters_are_refused() {
        assert_eq!(
            codes(&[
                ("P", "a", Prover),
                ("W", "b", Witness),
                ("V", "\u{430}", Witness)
            ]),
            [Code::ProjectCharacter]
        );
        assert_eq!(
            codes(&[
                ("P\u{202e}", "a", Prover),
                ("W", "b", Witness),
                ("V", "c", Witness)
            ]),
            [Code::TextCharacter]
        );
        assert_eq!(
            codes(&[
                (&"P".repeat(201), "a", Prover),
                ("W", "b", Witness),
                ("V", "c", Witness)
            ]),
            [Code::TextTooLong]
        );
        assert_eq!(
            codes(&[
                (&"P".repeat(200), "a", Prover),
                ("W", "b", Witness),
                ("V", "c", Witness)
            ]),
            []
        );
        let names: Vec<String> = (0..MAX_PARTICIPANTS).map(|n| format!("W{n}")).collect();
        let full: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(n, name)| match n {
                0 => (name.as_str(), "a", Prover),
                1 => (name.as_str(), "b", Witness),
                _ => (name.as_str(), "c", Witness),
            })
            .collect();
        assert!(!codes(&full).contains(&Code::ParticipantsTooMany));
    }

    #[test]
    fn a_quorum_is_the_prover_and_witnesses_of_two_other_projects() {
        let all = of(&[
            ("P", "a", Prover),
            ("W", "b", Witness),
            ("V", "c", Witness),
            ("U", "b", Witness),
            ("T", "a", Witness),
        ]);
        let signed = |list: &[usize]| quorum(&all, &list.iter().copied().collect());
        assert_eq!(signed(&[0, 1, 2]), Ok(()));
        assert_eq!(signed(&[0, 2, 3, 4]), Ok(()));
        for lacking in [
            &[][..],
            &[1, 2],
            &[0, 1],
            &[0, 1, 3],
            &[0, 1, 4],
            &[0, 3, 4],
        ] {
            assert!(signed(lacking).is_err(), "{lacking:?}");
        }
    }
}
