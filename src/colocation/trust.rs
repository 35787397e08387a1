//! The trust table: for each attacker, what each evidence is worth, computed from what checked out.

use serde::Serialize;

use super::evidence::Kind;

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
    pub why: String,
}

/// One evidence against one attacker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Against whom.
    pub attacker: Attacker,
    /// What it is worth here.
    pub level: Level,
    /// In words: "proven, remote only".
    pub words: &'static str,
    /// What it is worth at best.
    pub at_best: Level,
    /// Which items gave it: positions from 0.
    pub items: Vec<usize>,
}

/// The strongest protection against one attacker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strongest {
    /// Against whom.
    pub attacker: Attacker,
    /// The level.
    pub level: Level,
    /// In words.
    pub words: &'static str,
    /// Which evidence gives it.
    pub evidence: Vec<Evidence>,
}

/// What is known of the items: kind, and whether each counts.
pub type Standing = (Kind, bool);
