//! Every output that the tests' tables produce, as the JSON that a caller gets: with it a change that must not change any
//! answer shows that it did not.
//!
//! A snapshot is a text of one line an output: its SHA-256 and its name, sorted by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::ceremony::{Beside, Earlier, Today, open};
use cloud_witness::collateral::Source;
use cloud_witness::colocation::evidence::{Kind, Role};
use cloud_witness::{Given, Moment, Request, Verifier};
use serde::Serialize;
use sha2::Digest as _;

use crate::ceremony::{Ceremony, attesters, key, sign_raw, signers, verifier};
use crate::colocation::Evidence;
use crate::{case, colocation, fuzz, registry, samples, token};

/// The commit that a harness is built as when it takes a snapshot: a Report names its build, and a record's digest rests on
/// that, so that otherwise every commit would have another snapshot.
pub const COMMIT: &str = "0000000000000000000000000000000000000000";

/// Every output by its name.
pub type Outputs = BTreeMap<String, String>;

/// All of them. On a thread of its own, where nothing is remembered yet.
pub fn all() -> Outputs {
    std::thread::spawn(|| {
        let mut outputs = Outputs::new();
        vectors(&mut outputs);
        tokens(&mut outputs);
        colocated(&mut outputs);
        records(&mut outputs);
        enrolments(&mut outputs);
        seeds(&mut outputs);
        outputs
    })
    .join()
    .expect("every output is made")
}

fn put(outputs: &mut Outputs, name: String, output: &impl Serialize) {
    let text = serde_json::to_string(output).expect("plain data");
    let before = outputs.insert(name.clone(), text);
    assert!(before.is_none(), "two outputs are called {name}");
}

fn vectors(outputs: &mut Outputs) {
    for (name, case) in case::all() {
        put(
            outputs,
            format!("vector/{name}"),
            &case.make(&name).appraise(),
        );
    }
}

fn tokens(outputs: &mut Outputs) {
    let all = token::vectors();
    for vector in &all.vectors {
        let report = token::checked(&all, vector, token::text(vector).as_bytes());
        let name = vector["name"].as_str().expect("a name");
        put(outputs, format!("token/{name}"), &report);
    }
}

/// Of every kind, in the order of the trust table.
pub const KINDS: [Kind; 8] = [
    Kind::OwnerClaim,
    Kind::HostingVideo,
    Kind::HostingMail,
    Kind::NotificationPledge,
    Kind::ProviderPledge,
    Kind::Heartbeat,
    Kind::Addresses,
    Kind::Beacon,
];

/// All evidence; each kind alone; each e-mail in the place of the data centre's; each file of an item damaged.
fn colocated(outputs: &mut Outputs) {
    let good = Evidence::good();
    put(outputs, "colocation/all".to_owned(), &good.check());
    for (what, change) in [
        (
            "of no machine",
            (|it| it.machine = None) as fn(&mut Evidence),
        ),
        ("of another machine", |it| {
            it.machine = Some(format!("intel:sgx:ppid:{}", "ab".repeat(16)));
        }),
        ("of a console", |it| it.console = true),
        ("two years later", |it| it.at += 2 * 366 * 86_400),
        ("the year before", |it| it.at -= 366 * 86_400),
        ("twice", |it| it.items.extend(it.items.clone())),
        ("without its files", |it| it.contents = Default::default()),
    ] {
        let report = good.clone().with(change).check();
        put(outputs, format!("colocation/all, {what}"), &report);
    }
    for kind in KINDS {
        let report = Evidence::only(&[kind]).check();
        put(outputs, format!("colocation/only {}", word(&kind)), &report);
        let others = good
            .clone()
            .with(|it| it.items.retain(|item| item.entered.kind() != kind));
        put(
            outputs,
            format!("colocation/all but {}", word(&kind)),
            &others.check(),
        );
    }
    for name in mails() {
        let mail = colocation::file(&name);
        let report = Evidence::only(&[Kind::HostingMail])
            .with(|it| it.replace(Kind::HostingMail, Role::Mail, mail))
            .check();
        put(outputs, format!("colocation/{name}"), &report);
    }
    for (at, item) in good.items.iter().enumerate() {
        for (number, file) in item.files.iter().enumerate() {
            let report = good.clone().with(|it| {
                let mut bytes = colocation::file(&file.name);
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                it.items[at].files[number].sha256 = it.contents.add(bytes);
            });
            put(
                outputs,
                format!("colocation/item {at}, file {number} damaged"),
                &report.check(),
            );
        }
    }
}

/// The e-mails of `tests/colocation/`.
pub fn mails() -> Vec<String> {
    let mut names: Vec<String> = ["", "mails/"]
        .into_iter()
        .flat_map(|below| {
            std::fs::read_dir(colocation::folder().join(below))
                .expect("tests/colocation")
                .map(move |entry| {
                    let name = entry.expect("an entry").file_name();
                    format!("{below}{}", name.to_string_lossy())
                })
        })
        .filter(|name| name.ends_with(".eml"))
        .collect();
    names.sort();
    names
}

/// The docs' records, and one that nobody, one, two and all have signed; each opened with more and less beside it.
fn records(outputs: &mut Outputs) {
    let signers = Signers::from_json(&signers()).expect("a list");
    let attesters = AttesterBuilds::from_json(&attesters()).expect("a list");
    let made = Ceremony::good().make().expect("a record").file;
    let signed = Ceremony::good().signed();
    let by_one = sign_raw(&made, &key(crate::ceremony::PEOPLE[0].0));
    let by_two = sign_raw(&by_one, &key(crate::ceremony::PEOPLE[1].0));
    let mut damaged = signed.clone();
    damaged[5000] ^= 1;
    let example = |name: &str| {
        let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let lines = format!(
        "{},revoked for the test\n",
        &colocation::MACHINE["intel:sgx:ppid:".len()..]
    );
    let list = cloud_witness::registry::load(&verifier(), &[lines.as_bytes()], None);
    let list = list.expect("a list");
    let today = |registry, revoked| Today {
        now: forge::AT + 86_400,
        collateral: None,
        registry,
        revoked,
    };
    for (name, file) in [
        (
            "ceremony-record.example.dsse.json",
            example("ceremony-record.example.dsse.json"),
        ),
        (
            "colocation-record.example.dsse.json",
            example("colocation-record.example.dsse.json"),
        ),
        ("made", made),
        ("signed by one", by_one),
        ("signed by two", by_two),
        ("signed by all", signed.clone()),
        ("in colocation", Ceremony::in_colocation().signed()),
        ("with a recording", registry::record()),
        ("of a silent third", registry::silent_third()),
        ("damaged", damaged),
        ("cut off", signed[..signed.len() / 2].to_vec()),
        ("no record", b"{}".to_vec()),
    ] {
        let known = Beside {
            signers: Some(&signers),
            attesters: Some(&attesters),
            ..Beside::default()
        };
        let earlier = [Earlier::read(&signed).expect("a record")];
        let log = colocation::file("heartbeat.jsonl");
        let files: [&[u8]; 1] = [&log];
        for (with, beside) in [
            ("nothing", Beside::default()),
            ("what its reader knows", known),
            (
                "that and its files",
                Beside {
                    files: &files,
                    ..known
                },
            ),
            (
                "an earlier record",
                Beside {
                    earlier: &earlier,
                    ..known
                },
            ),
            (
                "today",
                Beside {
                    today: Some(today(None, None)),
                    ..known
                },
            ),
            (
                "today, its machine known",
                Beside {
                    today: Some(today(Some(&list), None)),
                    ..known
                },
            ),
            (
                "today, its machine revoked",
                Beside {
                    today: Some(today(None, Some(&list))),
                    ..known
                },
            ),
        ] {
            let report = open(&verifier(), &file, beside);
            put(outputs, format!("record/{name}, with {with}"), &report);
        }
        let report = open(&Verifier::production(), &file, known);
        put(
            outputs,
            format!("record/{name}, under Intel's root"),
            &report,
        );
    }
}

/// What is proposed of a record, and the check of a good change, its patch, and each tampered one.
fn enrolments(outputs: &mut Outputs) {
    let (record, base) = (registry::record(), registry::base());
    let head = registry::head(&record, &base);
    let proposed = registry::proposed(&record, &base).expect("an enrolment");
    put(outputs, "enrolment/proposed".to_owned(), &proposed);
    let patch = proposed.patch.as_bytes();
    for (name, report) in [
        ("good", registry::check_folders(&base, &head)),
        ("patch", registry::check_patch(&base, patch, Some(&record))),
        ("patch alone", registry::check_patch(&base, patch, None)),
        (
            "patch cut off",
            registry::check_patch(&base, &patch[..patch.len() / 2], None),
        ),
        ("nothing changed", registry::check_folders(&base, &base)),
        (
            "machine taken out again",
            registry::check_folders(&head, &base),
        ),
    ] {
        put(outputs, format!("enrolment/{name}"), &report);
    }
    for (name, tamper, _) in registry::TAMPERED {
        let (mut before, mut after) = (base.clone(), head.clone());
        tamper(&mut before, &mut after);
        let report = registry::check_folders(&before, &after);
        put(outputs, format!("enrolment/tampered: {name}"), &report);
    }
    let unsigned = Ceremony::good().make().expect("a record").file;
    let refused = registry::proposed(&unsigned, &base).err();
    let refused = refused.expect("a refusal");
    let said = (refused.code, refused.detail);
    put(outputs, "enrolment/refused".to_owned(), &said);
}

/// The seeds of the fuzz targets that a report answers, and each of them with its middle byte changed.
fn seeds(outputs: &mut Outputs) {
    let all = token::vectors();
    let bundle = samples::bundle();
    for target in &fuzz::TARGETS {
        let report: &dyn Fn(&[u8]) -> String = match target.name {
            "evidence" => &|seed| {
                let mut request = Request::new(seed, Moment::as_of(samples::AT));
                request.collateral = Some(Given::Bundle(&bundle));
                request.collateral_from = Source::Site;
                text_of(&Verifier::production().appraise(&request))
            },
            "envelope" => &|seed| text_of(&open(&verifier(), seed, Beside::default())),
            "token" => &|seed| text_of(&token::checked(&all, &all.vectors[0], seed)),
            _ => continue,
        };
        for (number, mut seed) in (1..).zip((target.seeds)()) {
            let name = format!("seed/{} {number}", target.name);
            outputs.insert(name.clone(), report(&seed));
            let middle = seed.len() / 2;
            if let Some(byte) = seed.get_mut(middle) {
                *byte ^= 1;
            }
            outputs.insert(format!("{name}, damaged"), report(&seed));
        }
    }
}

fn text_of(report: &impl Serialize) -> String {
    serde_json::to_string(report).expect("plain data")
}

fn word(kind: &Kind) -> String {
    let value = serde_json::to_value(kind).expect("plain data");
    value.as_str().expect("a word").to_owned()
}

/// A snapshot's text.
pub fn lines(outputs: &Outputs) -> String {
    let mut text = String::new();
    for (name, output) in outputs {
        let digest = hex::encode(sha2::Sha256::digest(output));
        writeln!(text, "{digest}  {name}").expect("into a string");
    }
    text
}

/// How an output differs from a snapshot's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It is in both, and not the same.
    Changed,
    /// The snapshot has it, and there is none now.
    Gone,
    /// The snapshot lacks it.
    New,
}

/// How many outputs are as in a snapshot, and those that are not.
pub fn compare(snapshot: &str, outputs: &Outputs) -> (usize, Vec<(Difference, String)>) {
    let now = lines(outputs);
    let (before, now) = (by_name(snapshot), by_name(&now));
    let mut same = 0;
    let mut differences = Vec::new();
    for (name, digest) in &before {
        match now.get(name) {
            Some(other) if other == digest => same += 1,
            Some(_) => differences.push((Difference::Changed, (*name).to_owned())),
            None => differences.push((Difference::Gone, (*name).to_owned())),
        }
    }
    for name in now.keys().filter(|name| !before.contains_key(*name)) {
        differences.push((Difference::New, (*name).to_owned()));
    }
    (same, differences)
}

fn by_name(snapshot: &str) -> BTreeMap<&str, &str> {
    snapshot
        .lines()
        .map(|line| {
            let (digest, name) = line
                .split_once("  ")
                .unwrap_or_else(|| panic!("no line of a snapshot: {line:?}"));
            (name, digest)
        })
        .collect()
}
