//! The vocabulary of every report: rows, what each found, and the verdict over them.
//!
//! An appraisal, a record, evidence of colocation, an enrolment and a trust token are each checked in rows. What a row
//! is, and how rows become a verdict, is said here alone; which rows there are, and what a failure of each means, is
//! said where they are checked. Absence is never a pass: a row that did not run keeps a verdict from being good.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// The verdict: an AR4SI trust tier (draft-ietf-rats-ar4si, section 2.3.2), the worst over all checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Tier 2: everything that a ceremony asks for was given and holds.
    Affirming,
    /// Tier 32: genuine, with reservations that a person must weigh.
    Warning,
    /// Tier 96: decided, and against the evidence.
    Contraindicated,
    /// Tier 0: nothing can be decided.
    None,
}

impl Verdict {
    /// The worst of contraindicated, none, warning, affirming.
    pub const fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Contraindicated, _) | (_, Self::Contraindicated) => Self::Contraindicated,
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::Warning, _) | (_, Self::Warning) => Self::Warning,
            (Self::Affirming, Self::Affirming) => Self::Affirming,
        }
    }
}

/// Outcome of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The row ran and holds.
    Pass,
    /// The row ran and holds with a reservation.
    Warn,
    /// The row ran and does not hold.
    Fail,
    /// The user did not give what this row needs.
    NotGiven,
    /// An earlier row failed, so this one could not run.
    NotReached,
}

/// Whether a finding refuses the row or only qualifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingOutcome {
    /// A reservation.
    Warn,
    /// A refusal.
    Fail,
}

/// What a failure means for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFailed {
    /// Decided, and against what was checked.
    Refused,
    /// Nothing can be decided.
    Undecided,
}

/// A closed list of codes.
pub trait Coded: Copy + Eq + std::fmt::Debug + Serialize + 'static {
    /// What the user can do next.
    fn advice(self) -> &'static str;
}

/// The rows of one kind of report.
pub trait Row: Copy + Eq + std::fmt::Debug + Serialize + 'static {
    /// What they can find.
    type Code: Coded;

    /// All rows, in the order in which they are checked and shown.
    const ALL: &'static [Self];

    /// What this report's JSON has beside what all have.
    const SHAPE: Shape;

    /// What a failure of this row with this code means.
    fn when_failed(self, code: Self::Code) -> WhenFailed;

    /// Whether `not_given` in this row caps the verdict at `warning`.
    fn caps_when_not_given(self) -> bool;
}

/// Facts that only some reports have, each a field of their JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// A row says where in the input.
    pub place: bool,
    /// A row says what was compared with what.
    pub compared: bool,
    /// A finding says what to do next, not only its row.
    pub advice: bool,
    /// A finding says where in the input.
    pub finding_place: bool,
    /// A finding says which participant it is about.
    pub participant: bool,
}

/// One thing that a row found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<R: Row> {
    /// How much it weighs.
    pub outcome: FindingOutcome,
    /// Its closed code.
    pub code: R::Code,
    /// Plain words, with the facts.
    pub detail: String,
    /// Where in the input: "byte 436", "line 7".
    pub place: Option<String>,
    /// Which participant it is about: position in `participants`, from 0.
    pub participant: Option<usize>,
}

impl<R: Row> Finding<R> {
    /// A refusal.
    pub fn fail(code: R::Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Fail,
            code,
            detail: detail.into(),
            place: None,
            participant: None,
        }
    }

    /// A reservation.
    pub fn warn(code: R::Code, detail: impl Into<String>) -> Self {
        Self {
            outcome: FindingOutcome::Warn,
            ..Self::fail(code, detail)
        }
    }

    /// Says where.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Says which participant it is about.
    pub fn of(mut self, participant: usize) -> Self {
        self.participant = Some(participant);
        self
    }
}

/// What one row found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check<R: Row> {
    /// Which row.
    pub id: R,
    /// How it ended.
    pub outcome: Outcome,
    /// The weightiest finding's code.
    pub code: Option<R::Code>,
    /// Plain words: what was found.
    pub detail: String,
    /// What to do next.
    pub advice: Option<&'static str>,
    /// Where in the input: "byte 436", "line 7".
    pub place: Option<String>,
    /// What was compared with what.
    pub compared: Vec<Compared>,
    /// All findings, weightiest first.
    pub findings: Vec<Finding<R>>,
}

/// Findings of one code that a row lists: somebody's file must not make a report without end.
pub const LISTED_A_CODE: usize = 10;

fn listed<R: Row>(all: Vec<Finding<R>>) -> Vec<Finding<R>> {
    let mut counts: Vec<(R::Code, usize)> = Vec::new();
    let mut listed: Vec<Finding<R>> = Vec::new();
    for finding in all {
        let seen = match counts.iter_mut().find(|(code, _)| *code == finding.code) {
            Some((_, seen)) => {
                *seen = seen.saturating_add(1);
                *seen
            }
            None => {
                counts.push((finding.code, 1));
                1
            }
        };
        if seen <= LISTED_A_CODE {
            listed.push(finding);
        }
    }
    for (code, seen) in counts.into_iter().filter(|(_, seen)| *seen > LISTED_A_CODE) {
        if let Some(first) = listed.iter_mut().find(|finding| finding.code == code) {
            first.detail = format!(
                "{} This is the first of {seen} such findings.",
                first.detail
            );
        }
    }
    listed
}

impl<R: Row> Check<R> {
    /// A row that ran: it passes with `detail`, unless findings were made; then the weightiest one speaks.
    ///
    /// Of one code, [`LISTED_A_CODE`] at most are listed; the first of them then says how many there are.
    pub fn ran(id: R, detail: impl Into<String>, mut findings: Vec<Finding<R>>) -> Self {
        // Refusals first, so that no reservation of the same code can take a refusal's place in the list.
        findings.sort_by_key(|finding| finding.outcome == FindingOutcome::Warn);
        let findings = listed(findings);
        let first = findings.first();
        Self {
            id,
            outcome: match first.map(|first| first.outcome) {
                None => Outcome::Pass,
                Some(FindingOutcome::Fail) => Outcome::Fail,
                Some(FindingOutcome::Warn) => Outcome::Warn,
            },
            code: first.map(|first| first.code),
            detail: first.map_or_else(|| detail.into(), |first| first.detail.clone()),
            advice: first.map(|first| first.code.advice()),
            place: first.and_then(|first| first.place.clone()),
            compared: Vec::new(),
            findings,
        }
    }

    /// Says by a code what a row without findings found, or what to do about it.
    pub fn saying(mut self, code: R::Code) -> Self {
        self.code = Some(code);
        self.advice = Some(code.advice());
        self
    }

    /// A row whose input the user did not give.
    pub fn not_given(id: R, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotGiven,
            ..Self::ran(id, detail, Vec::new())
        }
    }

    /// A row that could not run.
    pub fn not_reached(id: R) -> Self {
        Self {
            outcome: Outcome::NotReached,
            ..Self::ran(
                id,
                "Not checked, because a row that it rests on did not pass.",
                Vec::new(),
            )
        }
    }

    /// Adds what was compared with what.
    pub fn comparing(mut self, compared: Vec<Compared>) -> Self {
        self.compared = compared;
        self
    }

    /// Whether the row holds, with or without reservation.
    pub const fn holds(&self) -> bool {
        matches!(self.outcome, Outcome::Pass | Outcome::Warn)
    }

    /// Whether the row failed in a way that speaks against what was checked.
    pub fn refuses(&self) -> bool {
        self.findings.iter().any(|finding| {
            finding.outcome == FindingOutcome::Fail
                && self.id.when_failed(finding.code) == WhenFailed::Refused
        })
    }

    /// Whether the row was not given, and that alone keeps the verdict from being good.
    pub fn caps(&self) -> bool {
        self.outcome == Outcome::NotGiven && self.id.caps_when_not_given()
    }
}

/// The verdict over rows: the worst of contraindicated, none, warning, affirming.
///
/// Only the rows count: their outcome, and what a failure with its code means. Rows that are missing, or in another
/// order, decide nothing.
pub fn verdict_of<R: Row>(checks: &[Check<R>]) -> Verdict {
    let is_complete = checks
        .iter()
        .map(|check| check.id)
        .eq(R::ALL.iter().copied());
    let any = |outcome: Outcome| checks.iter().any(|check| check.outcome == outcome);
    if checks.iter().any(Check::refuses) {
        Verdict::Contraindicated
    } else if !is_complete || any(Outcome::Fail) || any(Outcome::NotReached) {
        Verdict::None
    } else if any(Outcome::Warn) || checks.iter().any(Check::caps) {
        Verdict::Warning
    } else {
        Verdict::Affirming
    }
}

/// Two values side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// What the values are.
    pub label: String,
    /// What was asked for.
    pub expected: String,
    /// What was found.
    pub actual: String,
    /// Whether they agree.
    pub equal: bool,
}

impl Compared {
    /// Two texts, equal when they are the same.
    pub fn new(
        label: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        let (expected, actual) = (expected.into(), actual.into());
        Self {
            label: label.into(),
            equal: expected == actual,
            expected,
            actual,
        }
    }
}

impl<R: Row> Serialize for Check<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Shape {
            place, compared, ..
        } = R::SHAPE;
        let fields = [place, compared].map(usize::from).iter().sum::<usize>();
        let mut row = serializer.serialize_struct("Check", fields.saturating_add(6))?;
        row.serialize_field("id", &self.id)?;
        row.serialize_field("outcome", &self.outcome)?;
        row.serialize_field("code", &self.code)?;
        row.serialize_field("detail", &self.detail)?;
        row.serialize_field("advice", &self.advice)?;
        if place {
            row.serialize_field("place", &self.place)?;
        }
        if compared {
            row.serialize_field("compared", &self.compared)?;
        }
        row.serialize_field("findings", &self.findings)?;
        row.end()
    }
}

impl<R: Row> Serialize for Finding<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shape = R::SHAPE;
        let more = [shape.advice, shape.finding_place, shape.participant];
        let fields = more.map(usize::from).iter().sum::<usize>();
        let mut row = serializer.serialize_struct("Finding", fields.saturating_add(3))?;
        row.serialize_field("outcome", &self.outcome)?;
        row.serialize_field("code", &self.code)?;
        row.serialize_field("detail", &self.detail)?;
        if shape.advice {
            row.serialize_field("advice", self.code.advice())?;
        }
        if shape.finding_place {
            row.serialize_field("place", &self.place)?;
        }
        if shape.participant {
            row.serialize_field("participant", &self.participant)?;
        }
        row.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    enum Of {
        /// A failure refuses; what was not given caps.
        Evidence,
        /// A failure decides nothing; what was not given does no harm.
        Collateral,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    enum Why {
        Row,
        AlwaysRefused,
        NeverDecided,
    }

    impl Coded for Why {
        fn advice(self) -> &'static str {
            "Do something."
        }
    }

    impl Row for Of {
        type Code = Why;
        const ALL: &'static [Self] = &[Self::Evidence, Self::Collateral];
        const SHAPE: Shape = Shape {
            place: false,
            compared: false,
            advice: false,
            finding_place: false,
            participant: false,
        };

        fn when_failed(self, code: Why) -> WhenFailed {
            match (code, self) {
                (Why::AlwaysRefused, _) | (Why::Row, Self::Evidence) => WhenFailed::Refused,
                (Why::NeverDecided, _) | (Why::Row, Self::Collateral) => WhenFailed::Undecided,
            }
        }

        fn caps_when_not_given(self) -> bool {
            self == Self::Evidence
        }
    }

    fn pass(id: Of) -> Check<Of> {
        Check::ran(id, "fine", Vec::new())
    }

    fn found(id: Of, findings: &[(FindingOutcome, Why)]) -> Check<Of> {
        let finding = |&(outcome, code)| Finding {
            outcome,
            ..Finding::fail(code, "wrong")
        };
        Check::ran(id, "", findings.iter().map(finding).collect())
    }

    /// Every outcome of a row, in every kind of row, beside a row that passes.
    #[test]
    fn the_truth_table() {
        use FindingOutcome::{Fail, Warn};
        use Of::{Collateral, Evidence};
        use Verdict::{Affirming, Contraindicated, None, Warning};
        use Why::{AlwaysRefused, NeverDecided, Row};
        let table = [
            (pass(Evidence), Affirming),
            (pass(Collateral), Affirming),
            (found(Evidence, &[(Warn, Row)]), Warning),
            (found(Collateral, &[(Warn, AlwaysRefused)]), Warning),
            (found(Evidence, &[(Fail, Row)]), Contraindicated),
            (found(Collateral, &[(Fail, Row)]), None),
            (found(Evidence, &[(Fail, NeverDecided)]), None),
            (found(Collateral, &[(Fail, NeverDecided)]), None),
            (found(Evidence, &[(Fail, AlwaysRefused)]), Contraindicated),
            (found(Collateral, &[(Fail, AlwaysRefused)]), Contraindicated),
            // A refusal is not hidden by what stands before it in the same row.
            (
                found(Collateral, &[(Fail, Row), (Fail, AlwaysRefused)]),
                Contraindicated,
            ),
            (found(Evidence, &[(Warn, Row), (Fail, NeverDecided)]), None),
            (Check::not_given(Evidence, "absent"), Warning),
            (Check::not_given(Collateral, "absent"), Affirming),
            (Check::not_reached(Evidence), None),
            (Check::not_reached(Collateral), None),
        ];
        for (row, expected) in table {
            let other = match row.id {
                Evidence => Collateral,
                Collateral => Evidence,
            };
            let mut rows = [row, pass(other)];
            rows.sort_by_key(|row| row.id == Collateral);
            assert_eq!(verdict_of(&rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn rows_that_are_missing_doubled_or_in_another_order_decide_nothing() {
        use Of::{Collateral, Evidence};
        for rows in [
            vec![],
            vec![pass(Evidence)],
            vec![pass(Collateral), pass(Evidence)],
            vec![pass(Evidence), pass(Collateral), pass(Collateral)],
        ] {
            assert_eq!(verdict_of(&rows), Verdict::None, "{rows:?}");
        }
        // What refuses does so wherever it stands.
        let refusal = found(Evidence, &[(FindingOutcome::Fail, Why::Row)]);
        assert_eq!(verdict_of(&[refusal]), Verdict::Contraindicated);
    }

    #[test]
    fn a_row_lists_ten_findings_of_a_code_and_counts_all() {
        let row = found(
            Of::Evidence,
            &[
                [(FindingOutcome::Warn, Why::Row); 499].as_slice(),
                &[(FindingOutcome::Fail, Why::Row)],
                &[(FindingOutcome::Warn, Why::NeverDecided); 10],
            ]
            .concat(),
        );
        assert_eq!(row.findings.len(), 20);
        assert_eq!(row.detail, "wrong This is the first of 500 such findings.");
        // The only refusal stood behind 499 reservations of the same code.
        assert_eq!(row.outcome, Outcome::Fail);
        assert!(row.refuses());
        assert_eq!(row.findings.last().unwrap().detail, "wrong");
    }

    #[test]
    fn the_weightiest_finding_speaks() {
        let row = found(
            Of::Evidence,
            &[
                (FindingOutcome::Warn, Why::Row),
                (FindingOutcome::Fail, Why::AlwaysRefused),
            ],
        );
        assert_eq!(
            (row.outcome, row.code),
            (Outcome::Fail, Some(Why::AlwaysRefused))
        );
        assert_eq!(row.advice, Some("Do something."));
    }

    #[test]
    fn the_worst_of_two_verdicts() {
        let order = [
            Verdict::Contraindicated,
            Verdict::None,
            Verdict::Warning,
            Verdict::Affirming,
        ];
        for (at, one) in order.iter().enumerate() {
            for (other_at, other) in order.iter().enumerate() {
                assert_eq!(one.worst(*other), *order.get(at.min(other_at)).unwrap());
            }
        }
    }
}
