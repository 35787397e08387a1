//! The part of a record that is about a machine in colocation: its evidence, checked again as of the record's time.
//!
//! Files are inside, but for those that are too large to be: they are named by their SHA-256 and given beside. What
//! somebody has at hand says nothing of what the record holds, so a file that is not here is no part of the verdict
//! that is signed; the row says that it is not here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Code;
use super::envelope::differences;
use super::record::{ColocationCopy, Kind, Record};
use super::report::{Check, CheckId, Finding};
use crate::colocation::evidence::{Contents, Item, Kind as EvidenceKind, MAX_ITEMS};
use crate::colocation::report::ItemReport;
use crate::colocation::trust::{Attacker, Level};
use crate::colocation::{Asked, ColocationReport, check};
use crate::report::FindingOutcome;
use crate::text::quoted;

/// Largest file that is put into a record.
pub const MAX_INSIDE: usize = 2 * 1024 * 1024;
/// More than anyone reads.
const MOST_DIFFERENCES: usize = 50;
/// Longest text of what was found that is compared.
const MAX_FOUND: usize = 1024 * 1024;

/// What the evidence of colocation gives.
pub(super) struct Colocated {
    /// None for a machine of a cloud.
    pub(super) report: Option<ColocationReport>,
    /// Row `colocation`.
    pub(super) row: Check,
    /// The same with items left out whose files are not here. Of the files inside alone, this is what is signed.
    pub(super) signed: Check,
}

impl Colocated {
    /// Where no evidence was checked.
    fn none(row: Check) -> Self {
        Self {
            report: None,
            signed: row.clone(),
            row,
        }
    }
}

/// Checks it again, with the files inside, and others beside.
pub(super) fn colocated(record: &Record, machine: Option<&str>, beside: &[&[u8]]) -> Colocated {
    let id = CheckId::Colocation;
    let failed = |code: Code, detail: String| {
        Colocated::none(Check::ran(id, "", vec![Finding::fail(code, detail)]))
    };
    let copy = match (record.entered.kind, &record.colocation) {
        (Kind::BareMetal, None) => {
            return Colocated::none(Check::not_given(
                id,
                "A machine of a cloud: no evidence of colocation is asked for.",
            ));
        }
        (Kind::BareMetal, Some(_)) => {
            return failed(
                Code::ColocationUnexpected,
                "The record is for bare metal, and holds evidence of colocation.".to_owned(),
            );
        }
        (Kind::Colocation, None) => {
            return failed(
                Code::ColocationMissing,
                "The record is for a machine in colocation, and holds no evidence of it."
                    .to_owned(),
            );
        }
        (Kind::Colocation, Some(copy)) => copy,
    };
    if copy.items.is_empty() || copy.items.len() > MAX_ITEMS {
        return failed(
            Code::ColocationMissing,
            format!(
                "The record holds {} items of evidence; 1 to {MAX_ITEMS} are read.",
                copy.items.len()
            ),
        );
    }
    let (contents, mut findings) = contents(&copy.items, beside);
    let report = check(&Asked {
        items: &copy.items,
        contents: &contents,
        machine,
        at: record.entered.times.file,
        console: false,
    });
    let away: BTreeSet<usize> = copy
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| {
            item.files
                .iter()
                .any(|file| file.base64.is_none() && contents.get(&file.sha256).is_none())
        })
        .map(|(index, _)| index)
        .collect();
    for (index, item) in report.items.iter().enumerate() {
        if away.contains(&index) {
            findings.push(Finding::warn(
                Code::ColocationFileAway,
                format!(
                    "{}: a file is not here, so nothing of it was checked.",
                    place(index, item)
                ),
            ));
        } else {
            findings.extend(of_item(index, item));
        }
    }
    if away.is_empty() && !is_proven(&report) {
        findings.push(Finding::warn(
            Code::ColocationUnproven,
            "Nothing of the evidence proves anything against a third party.",
        ));
    }
    findings.extend(differing(copy, &report, &away));
    let row = |findings: Vec<Finding>| {
        Check::ran(
            id,
            "The evidence of colocation, checked again as of its time, gives what the record says.",
            findings,
        )
    };
    let is_signed = |finding: &&Finding| finding.code != Code::ColocationFileAway;
    Colocated {
        signed: row(findings.iter().filter(is_signed).cloned().collect()),
        row: row(findings),
        report: Some(report),
    }
}

/// Every file that is here, and what is wrong with those inside: one that is too large to be is not looked at.
fn contents<'a>(items: &'a [Item], beside: &[&'a [u8]]) -> (Contents<'a>, Vec<Finding>) {
    let mut contents = Contents::default();
    let mut findings = Vec::new();
    for file in beside {
        contents.add(*file);
    }
    for file in items.iter().flat_map(|item| &item.files) {
        let Some(base64) = &file.base64 else { continue };
        let is_whole = STANDARD.decode(base64).is_ok_and(|bytes| {
            bytes.len() <= MAX_INSIDE && contents.add(Cow::Owned(bytes)) == file.sha256
        });
        if !is_whole {
            findings.push(Finding::fail(
                Code::ColocationFileDamaged,
                format!(
                    "The record does not hold the file {} that it names.",
                    quoted(&file.name, 100)
                ),
            ));
        }
    }
    (contents, findings)
}

fn place(index: usize, item: &ItemReport) -> String {
    format!(
        "Evidence {} ({})",
        index.saturating_add(1),
        name(&item.kind)
    )
}

/// What speaks against an item. A beacon proves nothing either way.
fn of_item(index: usize, item: &ItemReport) -> Vec<Finding> {
    if item.kind == EvidenceKind::Beacon && item.counts {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = item
        .checks
        .iter()
        .flat_map(|check| &check.findings)
        .map(|finding| {
            let detail = format!("{}: {}", place(index, item), finding.detail);
            match finding.outcome {
                FindingOutcome::Fail => Finding::fail(Code::ColocationRefused, detail),
                FindingOutcome::Warn => Finding::warn(Code::ColocationReserved, detail),
            }
        })
        .collect();
    if !item.counts && findings.is_empty() {
        findings.push(Finding::fail(
            Code::ColocationRefused,
            format!(
                "{}: something that it needs was not given.",
                place(index, item)
            ),
        ));
    }
    findings
}

fn is_proven(report: &ColocationReport) -> bool {
    report
        .trust
        .strongest
        .iter()
        .any(|found| found.attacker == Attacker::ThirdParty && found.level == Level::Proven)
}

/// What of a report a record holds, to be compared: rows' outcomes and codes, and the table's levels; not words, which
/// another version may write otherwise.
pub(super) fn comparable(report: &ColocationReport) -> Value {
    let items: Vec<Value> = report.items.iter().map(item_of).collect();
    json!({ "items": items, "trust": trust_of(report) })
}

fn item_of(item: &ItemReport) -> Value {
    let checks: Vec<Value> = item
        .checks
        .iter()
        .map(|check| json!({ "id": check.id, "outcome": check.outcome, "code": check.code }))
        .collect();
    json!({ "kind": item.kind, "counts": item.counts, "checks": checks })
}

fn trust_of(report: &ColocationReport) -> Value {
    report
        .trust
        .rows
        .iter()
        .map(|row| {
            let levels: Vec<Level> = row.cells.iter().map(|cell| cell.level).collect();
            json!({ "evidence": row.evidence, "levels": levels })
        })
        .collect()
}

/// Where the record says otherwise than its evidence.
fn differing(
    copy: &ColocationCopy,
    report: &ColocationReport,
    away: &BTreeSet<usize>,
) -> Vec<Finding> {
    let is_bounded = copy.found.to_string().len() <= MAX_FOUND;
    let recorded = if is_bounded {
        &copy.found
    } else {
        &Value::Null
    };
    let mut recorded_items = recorded
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut found_items: Vec<Value> = report.items.iter().map(item_of).collect();
    for index in away {
        for items in [&mut recorded_items, &mut found_items] {
            if let Some(item) = items.get_mut(*index) {
                *item = Value::Null;
            }
        }
    }
    // Without all files the table is another one.
    let (said, found) = if away.is_empty() {
        (recorded.get("trust").cloned(), Some(trust_of(report)))
    } else {
        (None, None)
    };
    differences(
        &json!({ "items": recorded_items, "trust": said }),
        &json!({ "items": found_items, "trust": found }),
        MOST_DIFFERENCES,
    )
    .into_iter()
    .map(|(place, recorded, found)| {
        Finding::warn(
            Code::ColocationDiffers,
            format!(
                "{place}: the record says {}, the evidence gives {}.",
                quoted(&recorded, 80),
                quoted(&found, 80)
            ),
        )
    })
    .collect()
}

/// Items as a record holds them: with their files' bytes, but for those that are too large.
pub(super) fn with_files(items: &[Item], contents: &Contents<'_>) -> Vec<Item> {
    let mut items = items.to_vec();
    for file in items.iter_mut().flat_map(|item| &mut item.files) {
        file.base64 = contents
            .get(&file.sha256)
            .filter(|bytes| bytes.len() <= MAX_INSIDE)
            .map(|bytes| STANDARD.encode(bytes));
    }
    items
}

fn name(kind: &EvidenceKind) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(name)) => name.replace('_', " "),
        _ => String::new(),
    }
}
