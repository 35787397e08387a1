//! What became of a run, for people and for machines.

use std::fmt::Write as _;

use cloud_witness::moment::in_words;
use serde::Serialize;

use crate::gather::Gathered;

/// The run as `--json` prints it. Times are Unix seconds. Described in `docs/collateral.md`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// 1.
    pub schema: u32,
    /// Whether a bundle was written.
    pub written: bool,
    /// Why not.
    pub error: Option<String>,
    /// The exit status.
    pub status: u8,
    /// The file.
    pub file: String,
    /// The service.
    pub from: String,
    /// The clock at the start of the run.
    pub fetched_at: u64,
    /// How long the run took.
    pub seconds: f64,
    /// Requests made, repeated ones included.
    pub requests: u32,
    /// Size of the bundle.
    pub bytes: usize,
    /// Kinds of platform with TCB info.
    pub fmspcs: usize,
    /// Pieces fetched and verified.
    pub fresh: usize,
    /// Pieces that the service says it does not have: not every platform has both TEEs.
    pub absent: usize,
    /// Old pieces that were not asked for.
    pub untouched: usize,
    /// Pieces asked for, but not renewed.
    pub stale: Vec<StaleSummary>,
    /// The last second at which all of the bundle is valid.
    pub valid_until: Option<u64>,
}

/// One piece that was not renewed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StaleSummary {
    /// For example "TCB info for TDX 90c06f000000".
    pub piece: String,
    /// Closed and stable.
    pub code: String,
    /// In words.
    pub reason: String,
    /// Whether the old piece is still there.
    pub kept: bool,
    /// issueDate or thisUpdate of the piece that was kept.
    pub issued: Option<u64>,
    /// Its last second.
    pub valid_until: Option<u64>,
}

/// Everything that was asked for is fresh.
pub const STATUS_FRESH: u8 = 0;
/// Nothing was written: the file is as before.
pub const STATUS_NOTHING: u8 = 1;
/// The command line was not understood.
pub const STATUS_USAGE: u8 = 2;
/// A bundle was written, but some pieces of it are old, or lacking.
pub const STATUS_STALE: u8 = 3;

impl Summary {
    /// Of a run that wrote `bytes` bytes.
    pub fn written(file: &str, gathered: &Gathered, bytes: usize, seconds: f64) -> Self {
        let view = gathered.bundle.view();
        let status = if gathered.stale.is_empty() {
            STATUS_FRESH
        } else {
            STATUS_STALE
        };
        Self {
            schema: 1,
            written: true,
            error: None,
            status,
            file: file.to_owned(),
            from: gathered.bundle.from.clone(),
            fetched_at: gathered.bundle.fetched_at,
            seconds,
            requests: gathered.requests,
            bytes,
            fmspcs: view.fmspcs,
            fresh: gathered.fresh,
            absent: gathered.absent,
            untouched: gathered.untouched,
            stale: gathered
                .stale
                .iter()
                .map(|stale| StaleSummary {
                    piece: stale.key.to_string(),
                    code: stale.problem.code(),
                    reason: stale.problem.to_string(),
                    kept: stale.kept.is_some(),
                    issued: stale.kept.map(|(from, _)| from),
                    valid_until: stale.kept.map(|(_, to)| to),
                })
                .collect(),
            valid_until: view.valid_until,
        }
    }

    /// Of a run that wrote nothing.
    pub fn nothing(file: &str, from: &str, now: u64, error: String, seconds: f64) -> Self {
        Self {
            schema: 1,
            written: false,
            error: Some(error),
            status: STATUS_NOTHING,
            file: file.to_owned(),
            from: from.to_owned(),
            fetched_at: now,
            seconds,
            requests: 0,
            bytes: 0,
            fmspcs: 0,
            fresh: 0,
            absent: 0,
            untouched: 0,
            stale: Vec::new(),
            valid_until: None,
        }
    }

    /// For people: a few lines.
    pub fn text(&self) -> String {
        if let Some(error) = &self.error {
            return format!(
                "Nothing was written; {} is as before. {error}.\n",
                self.file
            )
            .replace("..\n", ".\n");
        }
        let mut text = format!(
            "{}: {} kinds of platform, {} bytes, from {} in {:.1} s and {} requests.\n\
             {} pieces are fresh",
            self.file, self.fmspcs, self.bytes, self.from, self.seconds, self.requests, self.fresh
        );
        if self.absent > 0 {
            let _ = write!(text, "; {} the service does not have", self.absent);
        }
        if self.untouched > 0 {
            let _ = write!(text, "; {} were not asked for and stay", self.untouched);
        }
        text.push_str(".\n");
        if let Some(until) = self.valid_until {
            let _ = writeln!(text, "All of it is valid until {}.", in_words(until));
        }
        for stale in &self.stale {
            let kept = stale.issued.map_or_else(
                || "The bundle lacks it.".to_owned(),
                |issued| format!("The old one of {} stays.", in_words(issued)),
            );
            let _ = writeln!(
                text,
                "WARNING: {}: {}. {kept}",
                stale.piece,
                stale.reason.trim_end_matches('.')
            );
        }
        text
    }
}
