//! The documents say what the code does.

#![allow(clippy::unwrap_used, missing_docs)]

use cloud_witness::code::{Code, Weight};
use cloud_witness::report::CheckId;
use cloud_witness::rows::Row;

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
fn every_code_of_a_heartbeat_stands_in_docs_heartbeat_with_its_row() {
    use cloud_witness::colocation::{Code, heartbeat::row_of};

    let document = include_str!("../docs/heartbeat.md");
    let mut row = String::new();
    let mut listed = std::collections::BTreeMap::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        // A row's name stands on its first line alone.
        let first = line.split('`').nth(1).unwrap_or_default();
        if first.starts_with("heartbeat.") {
            row = first.to_owned();
        }
        for word in line.split('`').skip(1).step_by(2) {
            listed.insert(word.to_owned(), row.clone());
        }
    }
    let codes: Vec<_> = Code::ALL
        .iter()
        .filter_map(|code| Some((name(code), name(row_of(*code)?))))
        .collect();
    assert!(codes.len() > 40);
    for (code, row) in codes {
        assert_eq!(listed.get(&code), Some(&row), "{code}");
    }
}

#[test]
fn every_code_row_kind_and_how_far_stands_in_docs_colocation() {
    use cloud_witness::colocation::Code;
    use cloud_witness::colocation::evidence::Kind;

    // A table's cell has no bare `|`.
    let document = include_str!("../docs/colocation.md").replace("\\|", "|");
    for code in Code::ALL {
        let row = format!("| `{}` | ", name(code));
        let line = document.lines().find(|line| line.starts_with(&row));
        assert!(
            line.is_some_and(|line| line.contains(code.advice())),
            "docs/colocation.md lacks {row}"
        );
    }
    for kind in Kind::ALL {
        assert!(
            document.contains(&format!("\n| `{}` | ", name(kind))),
            "{kind:?}"
        );
    }
}

#[test]
fn every_template_is_a_file_of_docs_templates() {
    use cloud_witness::colocation::templates;

    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/templates")).unwrap();
    let mut files: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut named: Vec<&str> = templates::ALL
        .iter()
        .map(|template| template.file)
        .collect();
    named.sort_unstable();
    assert_eq!(files, named);
    let claim = templates::ALL
        .iter()
        .find(|template| template.id == "owner_claim")
        .unwrap();
    assert!(claim.text.contains(cloud_witness::colocation::NAMESPACE));
}

/// The package's types list the very codes that the core has, so that a `switch` over them can be exhaustive.
#[test]
fn the_types_of_the_npm_package_list_every_code_and_no_other() {
    let types = include_str!("../pkg/index.d.ts");
    let listed = |of: &str| -> Vec<String> {
        let (_, rest) = types.split_once(&format!("export type {of} =")).unwrap();
        let (list, _) = rest.split_once(';').unwrap();
        list.split('|')
            .map(|word| word.trim().trim_matches('"').to_owned())
            .filter(|word| !word.is_empty())
            .collect()
    };
    fn names(all: &[impl serde::Serialize]) -> Vec<String> {
        all.iter().map(name).collect()
    }
    assert_eq!(listed("Code"), names(Code::ALL));
    assert_eq!(
        listed("CeremonyCode"),
        names(cloud_witness::ceremony::Code::ALL)
    );
    assert_eq!(
        listed("ColocationCode"),
        names(cloud_witness::colocation::Code::ALL)
    );
    assert_eq!(
        listed("RegistryCode"),
        names(cloud_witness::registry::Code::ALL)
    );
    assert_eq!(
        listed("TokenCode"),
        names(cloud_witness::registry::token::Code::ALL)
    );
    assert_eq!(listed("CheckId"), names(CheckId::ALL));
    assert_eq!(
        listed("CeremonyCheckId"),
        names(cloud_witness::ceremony::report::CheckId::ALL)
    );
}
