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
fn every_code_and_row_of_the_registry_stands_in_docs_registry() {
    use cloud_witness::registry::{Code, check::CheckId};

    let document = include_str!("../docs/registry.md");
    for code in Code::ALL {
        let row = format!("| `{}` | ", name(code));
        let line = document.lines().find(|line| line.starts_with(&row));
        assert!(
            line.is_some_and(|line| line.contains(code.advice())),
            "docs/registry.md lacks {row}"
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
fn every_code_and_row_of_a_token_stands_in_docs_token() {
    use cloud_witness::registry::token::{Code, report::CheckId};

    let document = include_str!("../docs/token.md");
    for code in Code::ALL {
        let row = format!("| `{}` | ", name(code));
        let line = document.lines().find(|line| line.starts_with(&row));
        assert!(
            line.is_some_and(|line| line.contains(code.advice())),
            "docs/token.md lacks {row}"
        );
    }
    for id in CheckId::ALL {
        assert!(
            document.contains(&format!("\n| `{}` | ", name(id))),
            "{id:?}"
        );
    }
}
