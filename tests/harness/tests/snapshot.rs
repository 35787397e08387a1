//! The snapshot of all outputs holds what the tables hold, is the same each time, and a change of one output shows.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::LazyLock;

use harness::snapshot::{Difference, Outputs, all, compare, lines, mails};
use harness::{case, registry, token};

static OUTPUTS: LazyLock<Outputs> = LazyLock::new(all);

#[test]
fn every_line_of_every_table_is_in_the_snapshot() {
    let mut wanted: Vec<String> = case::all()
        .into_iter()
        .map(|(name, _)| format!("vector/{name}"))
        .collect();
    assert!(wanted.len() > 380);
    for vector in token::vectors().vectors {
        wanted.push(format!("token/{}", vector["name"].as_str().unwrap()));
    }
    for (name, ..) in registry::TAMPERED {
        wanted.push(format!("enrolment/tampered: {name}"));
    }
    for name in mails() {
        wanted.push(format!("colocation/{name}"));
    }
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".dsse.json") {
            wanted.push(format!("record/{name}, with what its reader knows"));
        }
    }
    let lacking: Vec<&String> = wanted
        .iter()
        .filter(|name| !OUTPUTS.contains_key(*name))
        .collect();
    assert!(lacking.is_empty(), "not in the snapshot: {lacking:#?}");
}

/// A report, not an error's text or an empty one.
#[test]
fn every_report_in_the_snapshot_is_whole() {
    for (name, output) in &*OUTPUTS {
        let value: serde_json::Value = serde_json::from_str(output).unwrap();
        let rows = |field: &str| value[field].as_array().is_some_and(|rows| !rows.is_empty());
        let is_whole = match name.split_once('/').unwrap().0 {
            "vector" => value["checks"].as_array().unwrap().len() == 17,
            "token" | "record" | "seed" => rows("checks"),
            "colocation" => rows("items"),
            "enrolment" => {
                rows("checks")
                    || matches!(name.as_str(), "enrolment/proposed" | "enrolment/refused")
            }
            other => panic!("no kind of output: {other}"),
        };
        assert!(is_whole, "{name}: {output}");
    }
}

#[test]
fn a_snapshot_taken_twice_is_the_same() {
    let (first, second) = (lines(&OUTPUTS), lines(&all()));
    assert!(
        first == second,
        "the outputs differ from one time to the next"
    );
    let (same, differences) = compare(&first, &OUTPUTS);
    assert_eq!((same, differences.len()), (OUTPUTS.len(), 0));
}

#[test]
fn an_output_that_changed_is_gone_or_is_new_is_named() {
    let outputs = |all: &[(&str, &str)]| -> Outputs {
        all.iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    };
    let before = lines(&outputs(&[("a", "1"), ("b", "2"), ("c", "3")]));
    let now = outputs(&[("a", "1"), ("b", "2 "), ("d", "4")]);
    let named = |what, name: &str| (what, name.to_owned());
    assert_eq!(
        compare(&before, &now),
        (
            1,
            vec![
                named(Difference::Changed, "b"),
                named(Difference::Gone, "c"),
                named(Difference::New, "d"),
            ]
        )
    );
}
