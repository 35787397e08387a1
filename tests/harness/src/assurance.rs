//! The tables of `docs/assurance.md`: for each obligation, code and status, what would notice if it broke.
//!
//! Vectors, tests and breaks are found where they are; only what cannot be found by a name is listed here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloud_witness::code::Code;
use cloud_witness::report::CheckId;
use cloud_witness::rows::Row as _;

use crate::case::{self, Case};
use crate::expect::name;

/// What the verifier owes beyond its engine, each in a line.
const OBLIGATIONS: [(&str, &str); 32] = [
    (
        "O1",
        "limits before any decoding: input 256 KiB, quote 64 KiB, collateral field 1 MiB, bundle 32 MiB",
    ),
    (
        "O2",
        "the border to JavaScript takes bytes, text and safe integers, and nothing else",
    ),
    (
        "O3",
        "an instance that trapped is thrown away, and no verdict comes from it",
    ),
    (
        "O4",
        "plain ASCII, exactly one `RAW Quote:` line; other encodings are named",
    ),
    ("O5", "every printed field is derived again"),
    (
        "O6",
        "certification data of types 5 and 6; the others are explained",
    ),
    (
        "O7",
        "every byte of a quote in a field; only zeros follow; quotes are never told apart by their hash",
    ),
    ("O8", "three certificates, with Intel's names"),
    ("O9", "the chain is the quote's, never the collateral's"),
    (
        "O10",
        "one PPID, an OCTET STRING of 16 bytes, not zero, the same in both readings",
    ),
    (
        "O11",
        "PPID, PCEID, FMSPC, CA and platform instance ID are shown; the last is no key",
    ),
    (
        "O12",
        "the two machine IDs of the attester's output are told apart",
    ),
    (
        "O13",
        "PCEID of two bytes equals TCB info's; tcbType 0; TCB info of version 3",
    ),
    ("O14", "CPUSVN equals its sixteen components"),
    (
        "O15",
        "the policy's minimum evaluation number; a difference is shown",
    ),
    (
        "O16",
        "freshness for now; the applicant's collateral never gives `affirming`",
    ),
    (
        "O17",
        "a moment before the build is \"as of\", and reads so",
    ),
    ("O18", "the compiled-in root is Intel's"),
    (
        "O19",
        "only UpToDate without advisories passes; Revoked is contraindicated; platform flags inform",
    ),
    ("O20", "a check that did not run is no pass"),
    (
        "O21",
        "SGX: INIT set, DEBUG clear; TD: each attribute that gives it away has a code",
    ),
    (
        "O22",
        "MRENCLAVE on the list of attester builds; a TD is never the attester",
    ),
    (
        "O23",
        "challenges of 8 to 64 bytes from the platform's generator, the last byte not zero",
    ),
    ("O24", "all 64 bytes of `report_data`"),
    ("O24b", "a hash noted in part is a warning"),
    ("O25", "single use, answered within minutes"),
    (
        "O26",
        "one buffer is hashed, verified and shown; a changed input clears the verdict",
    ),
    ("O27", "text from a file is shown as text"),
    ("O28", "published digests, no install scripts"),
    ("O29", "a record lets a second witness get the same Report"),
    (
        "O30",
        "the engine is pinned exactly, and its fork's upstream is watched",
    ),
    (
        "O31",
        "what comes out bad is asked again of a fresh instance, until two answers in a row are the same",
    ),
];

/// Tests that bear another name: obligation, file, title.
const BY_TITLE: &[(&str, &str, &str)] = &[
    (
        "O11",
        "tests/node/samples.test.mjs",
        "the Report as text names the verdict, every row and the machine",
    ),
    (
        "O26",
        "www/tests/inputs.test.mjs",
        "changing any input takes the verdict away at once",
    ),
    (
        "O29",
        "tests/harness/tests/ceremony.rs",
        "a_record_by_another_build_verifies",
    ),
    (
        "O29",
        "tests/harness/tests/ceremony.rs",
        "a_record_in_which_all_lied_together_is_found_out",
    ),
];

/// Breaks that bear another name.
const BREAKS: &[(&str, &str)] = &[
    ("O1", "ceremony-limit"),
    ("O16", "ceremony-collateral-fresh"),
    ("O20", "trace-gap"),
    ("O23", "ceremony-drand-zero"),
    ("O25", "ceremony-challenge-reused"),
    ("O25", "ceremony-challenge-expired"),
    ("O29", "ceremony-appraisal-differs"),
    ("O29", "ceremony-as-of"),
];

/// Codes that no input can bring about: only a fault of the engine could, which a unit test plays.
const BY_UNIT_TEST: &[(Code, &str, &str)] = &[
    (
        Code::SignatureNotChecked,
        "src/appraisal/mod.rs",
        "a_signature_that_the_engine_did_not_check_is_never_a_pass",
    ),
    (
        Code::VerifierUnsteady,
        "src/appraisal/mod.rs",
        "answers_that_differ_decide_nothing_and_show_nothing",
    ),
    (
        Code::EngineDisagrees,
        "src/appraisal/mod.rs",
        "an_engine_with_another_tcb_status_is_not_believed",
    ),
];

/// What a row can never be, by the rules of docs/report.md.
fn never(row: CheckId, outcome: &str) -> bool {
    use CheckId as Id;
    match outcome {
        // Nothing in these is a matter of degree.
        "warn" => matches!(
            row,
            Id::FileDecoded
                | Id::QuoteStructure
                | Id::CollateralGenuine
                | Id::PckChain
                | Id::QeReport
                | Id::QuoteKey
                | Id::QuoteSignature
                | Id::EnclaveAttributes
                | Id::PpidRecorded
        ),
        "fail" => row == Id::EnclaveAttester,
        "not_reached" => row == Id::FileDecoded,
        "not_given" => !matches!(
            row,
            Id::FileDigest | Id::FileConsistent | Id::Challenge | Id::PpidRecorded | Id::Registry
        ),
        _ => false,
    }
}

const TCB_STATUSES: [(&str, &str); 10] = [
    ("UpToDate", "pass"),
    ("UpToDate, with advisories", "warn TCB_ADVISORIES"),
    ("SWHardeningNeeded", "warn TCB_SW_HARDENING_NEEDED"),
    ("ConfigurationNeeded", "warn TCB_CONFIGURATION_NEEDED"),
    (
        "ConfigurationAndSWHardeningNeeded",
        "warn TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED",
    ),
    ("OutOfDate", "warn TCB_OUT_OF_DATE"),
    (
        "OutOfDateConfigurationNeeded",
        "warn TCB_OUT_OF_DATE_CONFIGURATION_NEEDED",
    ),
    ("TDRelaunchAdvised", "warn TCB_TD_RELAUNCH_ADVISED"),
    (
        "TDRelaunchAdvisedConfigurationNeeded",
        "warn TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED",
    ),
    ("Revoked", "fail TCB_REVOKED"),
];

const BEGIN: &str = "<!-- tables: written by `cargo xtask assurance`, checked by a test -->";
const END: &str = "<!-- end of tables -->";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document() -> PathBuf {
    root().join("docs/assurance.md")
}

/// The document as it is, and as it must be; and every empty cell.
pub fn check() -> (String, String, Vec<String>) {
    let is = std::fs::read_to_string(document()).expect("docs/assurance.md");
    let (before, rest) = is.split_once(BEGIN).expect("the tables' begin");
    let (_, after) = rest.split_once(END).expect("the tables' end");
    let (tables, empty) = tables();
    let must_be = format!("{before}{BEGIN}\n\n{tables}\n{END}{after}");
    (is, must_be, empty)
}

/// Writes the tables.
pub fn write() -> std::io::Result<()> {
    std::fs::write(document(), check().1)
}

fn tables() -> (String, Vec<String>) {
    let vectors = case::all();
    let sources = sources();
    let breaks = breaks();
    let mut empty = Vec::new();
    let mut cell = |what: String, entries: &[String]| {
        if entries.is_empty() {
            empty.push(what);
        }
        entries.join(", ")
    };
    let mut text = String::new();
    let mut line = |line: &str| writeln!(text, "{line}").expect("a String takes all");

    line(&format!(
        "{} vectors, each run natively, in Node and in Chromium; {} breaks. A vector is named by its number in \
         `tests/vectors`, a test by its name, a break by its file in `tests/breaks`.",
        vectors.len(),
        breaks.len()
    ));
    line("\n### Obligations\n\n| | what is owed | vectors and tests | breaks |\n|---|---|---|---|");
    for (id, what) in OBLIGATIONS {
        let mut noticed: Vec<String> = vectors
            .iter()
            .filter(|(_, case)| names_it(&case.source, id) || names_it(&case.title, id))
            .map(|(name, _)| number(name))
            .collect();
        noticed.extend(tests_named(&sources, id));
        for (_, file, title) in BY_TITLE.iter().filter(|(of, _, _)| *of == id) {
            assert!(
                sources.get(*file).is_some_and(|text| text.contains(title)),
                "{file} has no test {title:?} any more"
            );
            noticed.push(format!("`{}`", title.replace('`', "")));
        }
        let prefix = format!("o{:0>2}", id.trim_start_matches('O')).replace("o24b", "o24b-");
        let broken: Vec<String> = breaks
            .iter()
            .filter(|of| {
                of.strip_prefix(prefix.as_str())
                    .is_some_and(|rest| prefix.ends_with('-') || rest.starts_with('-'))
                    || BREAKS.contains(&(id, of.as_str()))
            })
            .cloned()
            .collect();
        line(&format!(
            "| {id} | {what} | {} | {} |",
            cell(format!("{id}: vectors and tests"), &noticed),
            cell(format!("{id}: breaks"), &broken)
        ));
    }

    line("\n### Codes of a Report\n\n| code | vectors |\n|---|---|");
    for code in Code::ALL {
        let word = serde_json::to_value(code).expect("a word");
        let word = word.as_str().expect("a word");
        let mut reached: Vec<String> =
            reaching(&vectors, |_, row| row.ends_with(&format!(" {word}")));
        for (_, file, title) in BY_UNIT_TEST.iter().filter(|(of, _, _)| of == code) {
            assert!(
                sources[*file].contains(&format!("fn {title}()")),
                "{file}: {title}"
            );
            reached.push(format!("`{title}`"));
        }
        line(&format!(
            "| `{word}` | {} |",
            cell(word.to_owned(), &reached)
        ));
    }

    line("\n### Codes of a ceremony's record\n\n| code | tests |\n|---|---|");
    for code in cloud_witness::ceremony::Code::ALL {
        let mut tests = tests_with(&sources, of_ceremonies, &format!("Code::{code:?}"));
        // The tests of colocation know these by another name.
        tests.extend(tests_with(
            &sources,
            |file| file == COLOCATION_TESTS,
            &format!("RecordCode::{code:?}"),
        ));
        let word = serde_json::to_value(code).expect("a word");
        let word = word.as_str().expect("a word");
        line(&format!("| `{word}` | {} |", cell(word.to_owned(), &tests)));
    }

    line("\n### Codes of evidence of colocation\n\n| code | tests |\n|---|---|");
    for code in cloud_witness::colocation::Code::ALL {
        let tests = tests_with(&sources, of_colocation, &format!("Code::{code:?}"));
        let word = serde_json::to_value(code).expect("a word");
        let word = word.as_str().expect("a word");
        line(&format!("| `{word}` | {} |", cell(word.to_owned(), &tests)));
    }

    line(
        "\n### Codes of a trust token\n\n| code | tokens of `tests/tokens/vectors.json` |\n|---|---|",
    );
    let tokens = crate::token::vectors().vectors;
    for code in cloud_witness::registry::token::Code::ALL {
        let word = serde_json::to_value(code).expect("a word");
        let of: Vec<String> = tokens
            .iter()
            .filter(|vector| {
                let codes = vector["codes"].as_array().into_iter().flatten();
                codes.into_iter().any(|code| *code == word)
            })
            .map(|vector| vector["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        let shown = match of.len() {
            0..=12 => of,
            more => vec![format!("{more} tokens")],
        };
        let word = word.as_str().expect("a word");
        line(&format!("| `{word}` | {} |", cell(word.to_owned(), &shown)));
    }

    line("\n### Statuses\n\n| status | vectors |\n|---|---|");
    for verdict in ["affirming", "warning", "contraindicated", "none"] {
        let of: Vec<String> = vectors
            .iter()
            .filter(|(_, case)| case.expect.verdict == verdict)
            .map(|(name, _)| number(name))
            .collect();
        let shown = match of.len() {
            0..=40 => of,
            more => vec![format!("{more} vectors")],
        };
        line(&format!(
            "| verdict `{verdict}` | {} |",
            cell(verdict.to_owned(), &shown)
        ));
    }
    for (status, row) in TCB_STATUSES {
        let of = reaching(&vectors, |id, is| id == CheckId::TcbStatus && is == row);
        let shown = match of.len() {
            0..=40 => of,
            more => vec![format!("{more} vectors")],
        };
        line(&format!(
            "| TCB status {status} | {} |",
            cell(status.to_owned(), &shown)
        ));
    }

    line(
        "\n### Rows\n\nHow many vectors expect what of each row; – is what a row can never be.\n\n\
         | row | pass | warn | fail | not_given | not_reached |\n|---|---|---|---|---|---|",
    );
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (_, case) in &vectors {
        for (row, is) in case.expect.all_rows() {
            *counts.entry((row, is.outcome)).or_default() += 1;
        }
    }
    for &row in CheckId::ALL {
        let cells: Vec<String> = ["pass", "warn", "fail", "not_given", "not_reached"]
            .into_iter()
            .map(|outcome| {
                let count = counts.get(&(name(row), outcome.to_owned()));
                match (count, never(row, outcome)) {
                    (None, true) => "–".to_owned(),
                    (Some(count), false) => count.to_string(),
                    (Some(_), true) => panic!("{} is {outcome}", name(row)),
                    (None, false) => cell(format!("{} {outcome}", name(row)), &[]),
                }
            })
            .collect();
        line(&format!("| `{}` | {} |", name(row), cells.join(" | ")));
    }
    (text, empty)
}

/// The vectors with such a row.
fn reaching(vectors: &[(String, Case)], wanted: impl Fn(CheckId, &str) -> bool) -> Vec<String> {
    vectors
        .iter()
        .filter(|(_, case)| {
            CheckId::ALL
                .iter()
                .copied()
                .zip(case.expect.all_rows())
                .any(|(id, (_, row))| {
                    let row = match row.code {
                        Some(code) => format!("{} {code}", row.outcome),
                        None => row.outcome,
                    };
                    wanted(id, &row)
                })
        })
        .map(|(name, _)| number(name))
        .collect()
}

fn number(vector: &str) -> String {
    vector.split('-').next().unwrap_or(vector).to_owned()
}

/// Whether a text names the obligation: as a word, so that `O2` is not in `O24`.
fn names_it(text: &str, id: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == id)
}

/// Rust tests called `o07_…`, and JavaScript tests with `(O7)` in their title.
fn tests_named(sources: &BTreeMap<String, String>, id: &str) -> Vec<String> {
    let prefix = format!("fn o{:0>2}_", id.trim_start_matches('O'));
    let mut found = BTreeSet::new();
    for (file, text) in sources {
        for line in text.lines().map(str::trim_start) {
            if file.ends_with(".rs") && line.starts_with(&prefix) {
                let name = line
                    .trim_start_matches("fn ")
                    .split('(')
                    .next()
                    .unwrap_or_default();
                found.insert(format!("`{name}`"));
            }
            let mark = format!(" ({id})\"");
            if file.ends_with(".mjs") && line.contains("est(\"") && line.contains(&mark) {
                let title = line.split('"').nth(1).unwrap_or_default();
                found.insert(format!("`{title}`"));
            }
        }
    }
    found.into_iter().collect()
}

/// Tests of evidence of colocation, and of records with it.
const COLOCATION_TESTS: &str = "tests/harness/tests/colocation.rs";

fn of_ceremonies(file: &str) -> bool {
    file == "tests/harness/tests/ceremony.rs" || file.starts_with("src/ceremony/")
}

fn of_colocation(file: &str) -> bool {
    file == COLOCATION_TESTS || file.starts_with("src/colocation/")
}

/// Rust tests in whose body, or in whose helpers' bodies, `what` stands.
fn tests_with(
    sources: &BTreeMap<String, String>,
    is_of: fn(&str) -> bool,
    what: &str,
) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (file, text) in sources {
        if !is_of(file) {
            continue;
        }
        let text = match text.find("#[cfg(test)]") {
            Some(at) => &text[at..],
            None if file.starts_with("tests/") || file.ends_with("/tests.rs") => text,
            None => continue,
        };
        for test in text.split("#[test]").skip(1) {
            // A test ends where the next item of its module begins.
            let body = test.split("\n}\n").next().unwrap_or(test);
            let body = if file.starts_with("src/") && !file.ends_with("/tests.rs") {
                test.split("\n    }\n").next().unwrap_or(test)
            } else {
                body
            };
            let is_there = body.match_indices(what).any(|(at, _)| {
                !body[at + what.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
                    && !body[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
            });
            if is_there {
                let name = body
                    .split("fn ")
                    .nth(1)
                    .and_then(|rest| rest.split('(').next());
                found.insert(format!("`{}`", name.unwrap_or_default()));
            }
        }
    }
    found.into_iter().collect()
}

/// Every file that may hold tests, by its path in the repository.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = ["src", "tests", "www/tests", "prefetch", "xtask"]
        .iter()
        .map(|folder| root().join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of ours") {
            let path = entry.expect("an entry").path();
            let file_name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                if !matches!(file_name, "node_modules" | "vectors" | "breaks" | "target") {
                    folders.push(path);
                }
            } else if matches!(
                path.extension().and_then(|e| e.to_str()),
                Some("rs" | "mjs")
            ) {
                let name = path
                    .strip_prefix(root())
                    .expect("below the root")
                    .to_string_lossy()
                    .replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).expect("UTF-8"));
            }
        }
    }
    found
}

/// How many breaks there are, and those whose patch the code has outgrown.
pub fn breaks_that_fit_no_more() -> (usize, Vec<String>) {
    let breaks = breaks();
    let fits = |name: &String| {
        Command::new("git")
            .current_dir(root())
            .args(["apply", "--check", "--whitespace=nowarn"])
            .arg(format!("tests/breaks/{name}.patch"))
            .output()
            .expect("git")
            .status
            .success()
    };
    (
        breaks.len(),
        breaks.iter().filter(|name| !fits(name)).cloned().collect(),
    )
}

fn breaks() -> BTreeSet<String> {
    std::fs::read_dir(root().join("tests/breaks"))
        .expect("tests/breaks")
        .filter_map(|entry| {
            let name = entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8");
            name.strip_suffix(".patch").map(str::to_owned)
        })
        .collect()
}
