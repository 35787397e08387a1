//! Which stretches of time a log covers.

use serde::Serialize;

/// Most stretches that a report lists; what is counted is counted over all.
const MOST_STRETCHES: usize = 2_000;

/// What a stretch of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Good answers of the machine, never further apart than the maximum gap, under good signatures.
    Covered,
    /// Nothing was recorded for longer than the maximum gap.
    Gap,
    /// Recorded, but no good answer for longer than the maximum gap.
    Error,
    /// Lines are there, but they count for nothing: the chain is broken, or no good signature covers them.
    Unproven,
}

/// A stretch of time, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Its first second.
    pub from: u64,
    /// Its last second, which is the first of the stretch after.
    pub to: u64,
    /// What it is.
    pub state: State,
}

impl Stretch {
    /// How long it is.
    pub const fn seconds(self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

/// What is known so far.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) max_gap: u64,
    /// What must be covered; else what the log speaks of.
    window: Option<(u64, u64)>,
    /// Up to where time is divided up, and whether a good answer stands there.
    cursor: Option<(u64, bool)>,
    /// The last moment that any line speaks of.
    end: u64,
    saw_error: bool,
    saw_unproven: bool,
    pub(super) stretches: Vec<Stretch>,
    pub(super) left_off: usize,
    pub(super) covered: u64,
    pub(super) span: u64,
    pub(super) longest_gap: u64,
}

impl Timeline {
    pub(super) const fn new(max_gap: u64, window: Option<(u64, u64)>) -> Self {
        Self {
            max_gap,
            window,
            cursor: None,
            end: 0,
            saw_error: false,
            saw_unproven: false,
            stretches: Vec::new(),
            left_off: 0,
            covered: 0,
            span: 0,
            longest_gap: 0,
        }
    }

    /// A good answer at this time; the stretch before it, where that was longer than the maximum gap.
    pub(super) fn good(&mut self, time: u64) -> Option<Stretch> {
        self.reach(time);
        let (from, is_good) = self.begin(time, true);
        // A clock that was set back adds nothing.
        if time < from {
            return None;
        }
        let stretch = self.stretch(from, time, is_good);
        self.cursor = Some((time, true));
        (self.saw_error, self.saw_unproven) = (false, false);
        self.push(stretch)
    }

    /// A line at this time that is no good answer.
    pub(super) fn error(&mut self, time: u64) {
        self.begin(time, false);
        self.reach(time);
        self.saw_error = true;
    }

    /// A line at this time that counts for nothing.
    pub(super) fn unproven(&mut self, time: u64) {
        self.begin(time, false);
        self.reach(time);
        self.saw_unproven = true;
    }

    /// The log goes on at least until this time.
    pub(super) fn reach(&mut self, time: u64) {
        self.end = self.end.max(time);
    }

    /// The log ends; the stretches at its end that were longer than the maximum gap.
    pub(super) fn finish(&mut self) -> Vec<Stretch> {
        let mut gaps = Vec::new();
        if let Some((from, is_good)) = self.cursor {
            let mut rest = self.stretch(from, self.end, is_good);
            if rest.state == State::Covered && self.saw_unproven {
                rest.state = State::Unproven;
            }
            // The moments from the last answer to the last line are no loss, and no proof.
            if rest.state != State::Covered {
                self.cursor = Some((rest.to, false));
                gaps.extend(self.push(rest));
            }
        }
        if let Some((start, to)) = self.window {
            let from = self.cursor.map_or(start, |(cursor, _)| cursor);
            let after = Stretch {
                from,
                to,
                state: State::Gap,
            };
            if after.seconds() > self.max_gap {
                gaps.extend(self.push(after));
            }
        }
        gaps
    }

    /// Where time is divided up to; at the first line, what the window asks for before it is a gap.
    fn begin(&mut self, time: u64, is_good: bool) -> (u64, bool) {
        if let Some(cursor) = self.cursor {
            return cursor;
        }
        if let Some((from, _)) = self.window
            && time.saturating_sub(from) > self.max_gap
        {
            self.cursor = Some((from, false));
            return (from, false);
        }
        self.cursor = Some((time, is_good));
        (time, is_good)
    }

    fn stretch(&self, from: u64, to: u64, is_good: bool) -> Stretch {
        let state = if is_good && to.saturating_sub(from) <= self.max_gap {
            State::Covered
        } else if self.saw_unproven {
            State::Unproven
        } else if self.saw_error {
            State::Error
        } else {
            State::Gap
        };
        Stretch { from, to, state }
    }

    /// Adds what of a stretch lies in the window; gives that back where it is a gap.
    fn push(&mut self, stretch: Stretch) -> Option<Stretch> {
        let (first, last) = self.window.unwrap_or((0, u64::MAX));
        let is_gap = stretch.seconds() > self.max_gap;
        let stretch = Stretch {
            from: stretch.from.max(first),
            to: stretch.to.min(last),
            ..stretch
        };
        if stretch.seconds() == 0 {
            return None;
        }
        self.span = self.span.saturating_add(stretch.seconds());
        if stretch.state == State::Covered {
            self.covered = self.covered.saturating_add(stretch.seconds());
        } else {
            self.longest_gap = self.longest_gap.max(stretch.seconds());
        }
        let has_room = self.stretches.len() < MOST_STRETCHES;
        match self.stretches.last_mut() {
            Some(last) if last.state == stretch.state && self.left_off == 0 => {
                last.to = stretch.to;
            }
            _ if has_room => self.stretches.push(stretch),
            _ => self.left_off = self.left_off.saturating_add(1),
        }
        is_gap.then_some(stretch)
    }
}
