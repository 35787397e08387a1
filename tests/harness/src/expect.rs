//! What a vector expects of the Report.

use std::collections::BTreeMap;

use cloud_witness::report::CheckId;
use cloud_witness::rows::Row as _;
use serde::{Deserialize, Serialize};

/// As written in a case: rows in short form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `affirming`, `warning`, `contraindicated` or `none`.
    pub verdict: String,
    /// `"challenge": "fail CHALLENGE_MISMATCH"`; the key may be a range of rows, `"qe.report..challenge"`.
    /// Every row that is not named must be `pass`, and `registry` `not_given`.
    #[serde(default)]
    pub rows: BTreeMap<String, String>,
    /// The PPID that must be shown; `null`: none may be.
    pub ppid: Option<String>,
}

/// One row, as the runners compare it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub outcome: String,
    pub code: Option<String>,
}

impl Row {
    fn parse(short: &str) -> Self {
        let (outcome, code) = match short.split_once(' ') {
            Some((outcome, code)) => (outcome, Some(code.to_owned())),
            None => (short, None),
        };
        // Of a machine that is known or new a code tells which.
        let says_which = matches!(short, "pass MACHINE_KNOWN" | "pass MACHINE_NEW");
        assert!(
            (says_which
                || matches!(outcome, "pass" | "not_given" | "not_reached") == code.is_none())
                && matches!(
                    outcome,
                    "pass" | "warn" | "fail" | "not_given" | "not_reached"
                ),
            "not a row: {short}"
        );
        Self {
            outcome: outcome.to_owned(),
            code,
        }
    }
}

/// The JSON name of a row.
pub fn name(id: CheckId) -> String {
    serde_json::to_value(id)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

impl Expectation {
    /// All seventeen rows, in order.
    pub fn all_rows(&self) -> Vec<(String, Row)> {
        let names: Vec<String> = CheckId::ALL.iter().copied().map(name).collect();
        let position = |name: &str| {
            names
                .iter()
                .position(|n| n == name)
                .unwrap_or_else(|| panic!("no row {name}"))
        };
        let mut rows = vec![Row::parse("pass"); names.len()];
        rows[position("registry")] = Row::parse("not_given");
        // Ranges first, so that a single row inside a range keeps its own word.
        for (key, short) in &self.rows {
            if let Some((first, last)) = key.split_once("..") {
                rows[position(first)..=position(last)].fill(Row::parse(short));
            }
        }
        for (key, short) in &self.rows {
            if !key.contains("..") {
                rows[position(key)] = Row::parse(short);
            }
        }
        names.into_iter().zip(rows).collect()
    }
}
