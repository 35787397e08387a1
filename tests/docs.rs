//! The documents say what the code does.

#![allow(clippy::unwrap_used, missing_docs)]

use cloud_witness::code::{Code, Weight};
use cloud_witness::report::CheckId;

fn name(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn every_code_and_row_stands_in_docs_report() {
    let document = include_str!("../docs/report.md");
    for code in Code::ALL {
        let beyond = if code.weight() == Weight::Unsupported {
            " *(beyond)*"
        } else {
            ""
        };
        let row = format!("| `{}`{beyond} | ", name(code));
        let line = document.lines().find(|line| line.starts_with(&row));
        assert!(
            line.is_some_and(|line| line.contains(code.advice())),
            "docs/report.md lacks {row}"
        );
    }
    for id in CheckId::ALL {
        assert!(document.contains(&name(id)), "{id:?}");
    }
}

#[test]
fn every_code_is_reached_by_a_vector_or_is_listed_with_its_reason() {
    // Findings that the table of vectors cannot make, each with the reason.
    let elsewhere = [
        (
            Code::QuoteTooLarge,
            "an input of 256 KiB is over the limit as hex; unit test in evidence.rs",
        ),
        (Code::Base64Invalid, "unit test in evidence.rs"),
        (
            Code::SignatureNotChecked,
            "only when the engine skips a signature: unit test in the appraisal",
        ),
        (
            Code::EngineDisagrees,
            "only when the engine and our own evaluation differ",
        ),
        (
            Code::QeIdentityVersionUnsupported,
            "Intel has issued no such identity for SGX",
        ),
    ];
    let vectors: String = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path().join("case.json")).unwrap())
        .collect();
    for code in Code::ALL {
        let quoted = name(code);
        let reached = vectors.contains(&format!(" {quoted}\""));
        let listed = elsewhere.iter().any(|(listed, _)| listed == code);
        assert!(
            reached != listed,
            "{quoted}: reached by a vector: {reached}, listed as not: {listed}"
        );
    }
}

#[test]
fn every_code_and_row_of_a_ceremony_stands_in_docs_ceremony_record() {
    use cloud_witness::ceremony::{Code, report::CheckId};

    let document = include_str!("../docs/ceremony-record.md");
    for code in Code::ALL {
        let row = format!("| `{}` | ", name(code));
        let line = document.lines().find(|line| line.starts_with(&row));
        assert!(
            line.is_some_and(|line| line.contains(code.advice())),
            "docs/ceremony-record.md lacks {row}"
        );
    }
    for id in CheckId::ALL {
        assert!(
            document.contains(&format!("\n### {}\n", name(id))),
            "{id:?}"
        );
    }
}

#[test]
fn every_code_of_a_ceremony_is_reached_by_a_test() {
    use cloud_witness::ceremony::Code;

    let tests = [
        include_str!("harness/tests/ceremony.rs"),
        include_str!("../src/ceremony/participants.rs"),
        include_str!("../src/ceremony/json.rs"),
    ];
    for code in Code::ALL {
        let used = format!("Code::{code:?}");
        let reached = tests.iter().any(|test| {
            let from = test.find("#[cfg(test)]").unwrap_or_default();
            test.get(from..).unwrap_or_default().contains(&used)
        });
        assert!(reached, "{used}");
    }
}
