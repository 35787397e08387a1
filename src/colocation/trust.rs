//! The trust table: for each attacker, what each evidence is worth, computed from what checked out.
//!
//! The design's table says what each evidence is worth at best. A row is worth that only if all that it needs counts;
//! with half of it, what remains is somebody's word; with none, nothing.

use std::collections::BTreeSet;

use serde::Serialize;

use super::evidence::{Entered, Item, Kind};
use super::report::ItemReport;

/// How far something protects against an attacker, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not at all.
    No,
    /// Somebody's word.
    Promised,
    /// Against attacks that need the machine to leave its rack, not against attacks in place.
    ProvenRemoteOnly,
    /// Proven.
    Proven,
}

/// Evidence as the design's table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A bare metal cloud's console, witnessed.
    Console,
    /// The claim by the server's owner.
    OwnerClaim,
    /// Proof of data-centre hosting.
    Hosting,
    /// The data centre's pledge of notification.
    Notification,
    /// Proof of IP ownership in the data centre's range.
    Addresses,
    /// PSU heartbeat.
    Heartbeat,
    /// Hardware beacon and integrity guarantee.
    Beacon,
}

/// Who attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attacker {
    /// A third party.
    ThirdParty,
    /// The server's owner.
    Owner,
    /// Operators of the data centre.
    DataCentre,
}

/// The trust table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Every evidence, in the design's order.
    pub rows: Vec<Row>,
    /// The strongest of each column.
    pub strongest: Vec<Strongest>,
}

/// One evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Which.
    pub evidence: Evidence,
    /// In words.
    pub name: &'static str,
    /// One an attacker, in the order of [`Attacker`].
    pub cells: Vec<Cell>,
    /// The design's comment.
    pub comment: &'static str,
    /// Why the row is worth what it is: what counted, or what lacks.
    pub why: &'static str,
    /// Which items it rests on: positions from 0. Empty where it is worth nothing.
    pub items: Vec<usize>,
}

/// One evidence against one attacker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Against whom.
    pub attacker: Attacker,
    /// What it is worth here.
    pub level: Level,
    /// In the design's words: "proven, remote only".
    pub words: &'static str,
    /// What it is worth at best.
    pub at_best: Level,
    /// The same in words.
    pub at_best_words: &'static str,
}

/// The strongest protection against one attacker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strongest {
    /// Against whom.
    pub attacker: Attacker,
    /// In words.
    pub attacker_words: &'static str,
    /// The level.
    pub level: Level,
    /// In words.
    pub words: &'static str,
    /// Which evidence gives it; empty for none.
    pub evidence: Vec<Evidence>,
}

impl Attacker {
    /// All columns, in order.
    pub const ALL: [Self; 3] = [Self::ThirdParty, Self::Owner, Self::DataCentre];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ThirdParty => "a third party",
            Self::Owner => "the server's owner",
            Self::DataCentre => "data-centre operators",
        }
    }
}

impl Level {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Promised => "promised",
            Self::ProvenRemoteOnly => "proven, remote only",
            Self::Proven => "proven",
        }
    }
}

impl Evidence {
    /// All rows, in the design's order.
    pub const ALL: [Self; 7] = [
        Self::Console,
        Self::OwnerClaim,
        Self::Hosting,
        Self::Notification,
        Self::Addresses,
        Self::Heartbeat,
        Self::Beacon,
    ];

    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Console => "bare metal cloud's console, witnessed",
            Self::OwnerClaim => "claim by the server's owner",
            Self::Hosting => "proof of data-centre hosting",
            Self::Notification => "data-centre pledge of notification",
            Self::Addresses => "proof of IP ownership in the data centre's range",
            Self::Heartbeat => "PSU heartbeat",
            Self::Beacon => "hardware beacon and integrity guarantee",
        }
    }

    /// The design's comment.
    pub const fn comment(self) -> &'static str {
        match self {
            Self::Console => "the cloud is trusted",
            Self::OwnerClaim | Self::Hosting => "",
            Self::Notification => "the data centre may not monitor enough",
            Self::Addresses => "sophisticated network attacks",
            Self::Heartbeat => "network down time",
            Self::Beacon => "work in progress",
        }
    }

    /// What it is worth at best, in the order of [`Attacker::ALL`].
    const fn at_best(self) -> [Level; 3] {
        use Level::{No, Promised, Proven, ProvenRemoteOnly};

        match self {
            Self::Console => [Proven, Proven, No],
            Self::OwnerClaim => [Promised, Promised, No],
            Self::Hosting => [Proven, No, No],
            Self::Notification | Self::Addresses => [Proven, ProvenRemoteOnly, No],
            Self::Heartbeat => [Proven, ProvenRemoteOnly, ProvenRemoteOnly],
            Self::Beacon => [Proven, Proven, Proven],
        }
    }

    /// A level in the design's words, which say whose promise it is, and what the trust in a cloud gives.
    const fn words(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::Console, Level::Proven) => "protected",
            (Self::OwnerClaim, Level::Promised) => "promised by the owner",
            (_, level) => level.words(),
        }
    }
}

/// How much of what a row needs counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    /// All: the row is worth what it is at best.
    Whole,
    /// Half: what is left is somebody's word.
    Word,
    /// Nothing.
    None,
}

struct Standing {
    share: Share,
    why: &'static str,
    items: Vec<usize>,
}

/// The table, from what counts.
pub(super) fn table(items: &[Item], reports: &[ItemReport], console: bool) -> Table {
    let rows: Vec<Row> = Evidence::ALL
        .into_iter()
        .map(|evidence| {
            let standing = standing(evidence, items, reports, console);
            let cells = Attacker::ALL
                .into_iter()
                .zip(evidence.at_best())
                .map(|(attacker, at_best)| {
                    let level = match standing.share {
                        Share::Whole => at_best,
                        Share::Word => at_best.min(Level::Promised),
                        Share::None => Level::No,
                    };
                    Cell {
                        attacker,
                        level,
                        words: evidence.words(level),
                        at_best,
                        at_best_words: evidence.words(at_best),
                    }
                })
                .collect();
            Row {
                evidence,
                name: evidence.name(),
                cells,
                comment: evidence.comment(),
                why: standing.why,
                items: standing.items,
            }
        })
        .collect();
    Table {
        strongest: Attacker::ALL
            .into_iter()
            .map(|attacker| strongest(attacker, &rows))
            .collect(),
        rows,
    }
}

/// The table without any evidence but a cloud's console, where a record of a ceremony on it holds.
pub fn of_console(holds: bool) -> Table {
    table(&[], &[], holds)
}

fn strongest(attacker: Attacker, rows: &[Row]) -> Strongest {
    let cells = || {
        rows.iter().flat_map(|row| {
            row.cells
                .iter()
                .filter(|cell| cell.attacker == attacker)
                .map(|cell| (row.evidence, cell.level))
        })
    };
    let level = cells().map(|(_, level)| level).max().unwrap_or(Level::No);
    Strongest {
        attacker,
        attacker_words: attacker.words(),
        level,
        words: level.words(),
        evidence: cells()
            .filter(|(_, found)| *found == level && level != Level::No)
            .map(|(evidence, _)| evidence)
            .collect(),
    }
}

fn standing(evidence: Evidence, items: &[Item], reports: &[ItemReport], console: bool) -> Standing {
    let counting = |kind: Kind| -> Vec<usize> {
        reports
            .iter()
            .enumerate()
            .filter(|(_, report)| report.kind == kind && report.counts)
            .map(|(index, _)| index)
            .collect()
    };
    let was_given = |kinds: &[Kind]| reports.iter().any(|report| kinds.contains(&report.kind));
    let lacking = |kinds: &[Kind]| {
        if was_given(kinds) {
            "What was given does not check out, or is not whole."
        } else {
            "Not given."
        }
    };
    let whole = |why: &'static str, items: Vec<usize>| Standing {
        share: Share::Whole,
        why,
        items,
    };
    let word = |why: &'static str, items: Vec<usize>| Standing {
        share: Share::Word,
        why,
        items,
    };
    let none = |why: &'static str| Standing {
        share: Share::None,
        why,
        items: Vec::new(),
    };
    let single = |kind: Kind, why: &'static str| match counting(kind) {
        found if found.is_empty() => none(lacking(&[kind])),
        found => whole(why, found),
    };
    match evidence {
        Evidence::Console if console => whole(
            "The record of a ceremony on the cloud's console was opened, and holds.",
            Vec::new(),
        ),
        Evidence::Console => {
            none("No record of a ceremony on a cloud's console was opened that holds.")
        }
        Evidence::OwnerClaim => single(
            Kind::OwnerClaim,
            "The owner's key signed a statement that names the machine.",
        ),
        Evidence::Hosting => {
            let (videos, mails) = (counting(Kind::HostingVideo), counting(Kind::HostingMail));
            let place = |index: &usize| {
                items
                    .get(*index)
                    .and_then(|item| data_centre(&item.entered))
            };
            let of_mails: BTreeSet<String> = mails.iter().filter_map(place).collect();
            let of_one_place =
                |index: &usize| place(index).is_some_and(|place| of_mails.contains(&place));
            match (videos.is_empty(), mails.is_empty()) {
                (true, true) => none(lacking(&[Kind::HostingVideo, Kind::HostingMail])),
                (true, false) => word(
                    "The data centre's mail alone: a video that counts lacks.",
                    mails,
                ),
                (false, true) => word(
                    "A video alone: a mail of the data centre's that counts lacks.",
                    videos,
                ),
                (false, false) if videos.iter().any(of_one_place) => whole(
                    "People are said to have watched a video, and the data centre's domain signed a mail.",
                    both(videos, mails),
                ),
                (false, false) => word(
                    "Video and mail are of data centres with different names.",
                    both(videos, mails),
                ),
            }
        }
        Evidence::Notification => {
            match (
                counting(Kind::NotificationPledge),
                counting(Kind::ProviderPledge),
            ) {
                (found, _) if !found.is_empty() => whole(
                    "A pledge of notification is tied to a mail of the data centre's, or to the signatory's key. What it says is for people to read.",
                    found,
                ),
                (_, found) if !found.is_empty() => word(
                    "The Colocation Provider Pledge alone: a pledge to notify that counts lacks.",
                    found,
                ),
                _ => none(lacking(&[Kind::NotificationPledge, Kind::ProviderPledge])),
            }
        }
        Evidence::Addresses => single(
            Kind::Addresses,
            "The machine's addresses lie in the data centre's prefixes, as supplied. A range is not a location.",
        ),
        Evidence::Heartbeat => single(
            Kind::Heartbeat,
            "The log is whole, signed, and without silences longer than declared.",
        ),
        Evidence::Beacon => none("Work in progress: nothing of a beacon can be checked yet."),
    }
}

fn both(mut one: Vec<usize>, other: Vec<usize>) -> Vec<usize> {
    one.extend(other);
    one.sort_unstable();
    one
}

/// The data centre of a proof of hosting: one name is one, however it is typed.
fn data_centre(entered: &Entered) -> Option<String> {
    match entered {
        Entered::HostingVideo { data_centre, .. } | Entered::HostingMail { data_centre, .. } => {
            Some(
                data_centre
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .to_lowercase(),
            )
        }
        _ => None,
    }
}
