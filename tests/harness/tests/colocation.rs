//! Evidence of colocation: what checks out, every way in which it can be bad, and what either is worth.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::report::CheckId as RecordRow;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::ceremony::{Beside, CeremonyReport, Code as RecordCode, json, open};
use cloud_witness::colocation::evidence::{
    Addresses, Certificate, Confirmation, Entered, File, Heartbeat, Kind, MailKey, Noted, Pledge,
    Role,
};
use cloud_witness::colocation::report::CheckId;
use cloud_witness::colocation::trust::{Attacker, Evidence as Row, Level};
use cloud_witness::colocation::{Code, ColocationReport};
use cloud_witness::report::{Outcome, Verdict};
use harness::ceremony::{Ceremony, attesters, signers, verifier};
use harness::colocation::{AT, Evidence, Signer, file, text};

const DAY: u64 = 86_400;

/// The cells of a row, in the design's words.
fn cells(report: &ColocationReport, row: Row) -> [&'static str; 3] {
    let row = report
        .trust
        .rows
        .iter()
        .find(|found| found.evidence == row)
        .unwrap();
    [row.cells[0].words, row.cells[1].words, row.cells[2].words]
}

/// Outcome and codes of a row of the first item of a kind.
fn row(report: &ColocationReport, kind: Kind, id: CheckId) -> (Outcome, Vec<Code>) {
    let item = report.items.iter().find(|item| item.kind == kind).unwrap();
    let check = item.checks.iter().find(|check| check.id == id).unwrap();
    let mut codes: Vec<Code> = check.findings.iter().map(|finding| finding.code).collect();
    if codes.is_empty() {
        codes.extend(check.code);
    }
    (check.outcome, codes)
}

fn counts(report: &ColocationReport, kind: Kind) -> bool {
    report
        .items
        .iter()
        .find(|item| item.kind == kind)
        .unwrap()
        .counts
}

/// One change, the row and code that it must give, and that the item no longer counts.
#[track_caller]
fn refused(kind: Kind, id: CheckId, code: Code, change: impl FnOnce(&mut Evidence)) {
    let report = Evidence::good().with(change).check();
    assert_eq!(row(&report, kind, id), (Outcome::Fail, vec![code]));
    assert!(!counts(&report, kind), "{id:?} {code:?}");
}

/// One change that leaves a reservation.
#[track_caller]
fn reserved(kind: Kind, id: CheckId, code: Code, change: impl FnOnce(&mut Evidence)) {
    let report = Evidence::good().with(change).check();
    assert_eq!(row(&report, kind, id), (Outcome::Warn, vec![code]));
    assert!(counts(&report, kind), "{id:?} {code:?}");
}

fn mail_key(entered: &mut Entered) -> &mut MailKey {
    match entered {
        Entered::HostingMail { mail, .. } => mail,
        Entered::NotificationPledge(Pledge {
            confirmed_by: Confirmation::Mail(mail),
            ..
        }) => mail,
        _ => panic!("has no mail"),
    }
}

/// The hosting mail in the place of another, with another key record if one is named.
fn with_mail(name: &str, record: Option<&str>) -> impl FnOnce(&mut Evidence) {
    let (mail, record) = (file(name), record.map(text));
    move |evidence| {
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
        if let Some(record) = record {
            mail_key(evidence.entered(Kind::HostingMail)).key_record = record;
        }
    }
}

/// The hosting mail, edited.
fn edited(from: &'static str, to: &'static str) -> impl FnOnce(&mut Evidence) {
    move |evidence| {
        let mail = text("hosting.eml");
        assert!(mail.contains(from), "{from}");
        evidence.replace(
            Kind::HostingMail,
            Role::Mail,
            mail.replacen(from, to, 1).into_bytes(),
        );
    }
}

// What checks out.

#[test]
fn everything_that_is_right_counts() {
    let report = Evidence::good().check();
    for item in &report.items {
        let bad: Vec<_> = item
            .checks
            .iter()
            .filter(|check| check.outcome != Outcome::Pass)
            .collect();
        if item.kind == Kind::Beacon {
            assert_eq!(bad.len(), 1);
        } else {
            assert!(bad.is_empty(), "{:?}: {bad:#?}", item.kind);
        }
        assert!(item.counts, "{:?}", item.kind);
        assert!(!item.how_far.is_empty());
    }
}

#[test]
fn what_the_mail_says_is_for_people_to_read() {
    let report = Evidence::good().check();
    let facts = &report
        .items
        .iter()
        .find(|item| item.kind == Kind::HostingMail)
        .unwrap()
        .facts;
    let value = |label: &str| {
        let fact = facts.iter().find(|fact| fact.label == label);
        fact.map(|fact| fact.value.clone()).unwrap()
    };
    assert_eq!(value("From"), "Dora Desk <support@datacentre.example>");
    assert_eq!(value("Subject"), "Your server in rack 12");
    assert_eq!(value("Date"), "Sun, 01 Jan 2040 00:00:00 -0000");
    assert_eq!(
        value("Key record's place in DNS"),
        "s1._domainkey.datacentre.example"
    );
    assert!(value("Text").starts_with("Hello,\n\nthe server with serial number 4711 stands"));
    let encoded = Evidence::good()
        .with(with_mail("mails/encoded.eml", None))
        .check();
    let item = &encoded.items[2];
    assert!(item.facts.iter().any(|fact| fact.value == "Ihr Gerät"));
    assert!(
        item.facts
            .iter()
            .any(|fact| fact.value.starts_with("Grüße aus dem"))
    );
}

// The trust table.

#[test]
fn nothing_given_is_worth_nothing() {
    let report = Evidence::only(&[]).check();
    for row in Row::ALL {
        assert_eq!(cells(&report, row), ["no", "no", "no"], "{row:?}");
    }
    for strongest in &report.trust.strongest {
        assert_eq!((strongest.level, strongest.evidence.len()), (Level::No, 0));
    }
}

/// The design's table, as docs/colocation.md has it: name, three cells, comment.
fn design() -> Vec<[String; 5]> {
    let document = include_str!("../../../docs/colocation.md");
    let table = document.split("| evidence | ").nth(1).unwrap();
    let rows: Vec<[String; 5]> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<String> = line
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect();
            cells.try_into().unwrap()
        })
        .collect();
    assert_eq!(rows.len(), Row::ALL.len());
    rows
}

#[test]
fn the_table_of_the_design_comes_out_cell_by_cell() {
    let whole = Evidence::good()
        .with(|evidence| evidence.console = true)
        .check();
    for (row, [name, third_party, owner, data_centre, comment]) in
        Row::ALL.into_iter().zip(design())
    {
        let found = whole
            .trust
            .rows
            .iter()
            .find(|found| found.evidence == row)
            .unwrap();
        let words = [third_party.as_str(), owner.as_str(), data_centre.as_str()];
        assert_eq!(
            (found.name, found.comment),
            (name.as_str(), comment.as_str())
        );
        let at_best: Vec<&str> = found.cells.iter().map(|cell| cell.at_best_words).collect();
        assert_eq!(at_best, words, "{row:?}");
        // A beacon proves nothing yet: its row of the design is what it is for.
        let expected = if row == Row::Beacon { ["no"; 3] } else { words };
        assert_eq!(cells(&whole, row), expected, "{row:?}");
        // And each evidence alone gives its own row, and no other.
        let kinds: &[Kind] = match row {
            Row::Console => &[],
            Row::OwnerClaim => &[Kind::OwnerClaim],
            Row::Hosting => &[Kind::HostingVideo, Kind::HostingMail],
            Row::Notification => &[Kind::NotificationPledge],
            Row::Addresses => &[Kind::Addresses],
            Row::Heartbeat => &[Kind::Heartbeat],
            Row::Beacon => &[Kind::Beacon],
        };
        let alone = Evidence::only(kinds)
            .with(|evidence| evidence.console = row == Row::Console)
            .check();
        for other in Row::ALL {
            let expected = if other == row { expected } else { ["no"; 3] };
            assert_eq!(cells(&alone, other), expected, "{row:?} {other:?}");
        }
    }
}

#[test]
fn a_beacon_is_work_in_progress_and_never_proven() {
    let report = Evidence::good().check();
    assert_eq!(cells(&report, Row::Beacon), ["no"; 3]);
    let found = report
        .trust
        .rows
        .iter()
        .find(|row| row.evidence == Row::Beacon)
        .unwrap();
    assert_eq!(found.comment, "work in progress");
    assert!(
        found
            .cells
            .iter()
            .all(|cell| cell.at_best_words == "proven")
    );
    assert_eq!(
        row(&report, Kind::Beacon, CheckId::BeaconNoted),
        (Outcome::Warn, vec![Code::BeaconWorkInProgress])
    );
}

#[test]
fn the_strongest_of_each_column_names_its_evidence() {
    let strongest = |evidence: &Evidence| -> Vec<(Attacker, &'static str, Vec<Row>)> {
        let table = evidence.check().trust;
        table
            .strongest
            .into_iter()
            .map(|found| (found.attacker, found.words, found.evidence))
            .collect()
    };
    assert_eq!(
        strongest(&Evidence::good()),
        [
            (
                Attacker::ThirdParty,
                "proven",
                vec![
                    Row::Hosting,
                    Row::Notification,
                    Row::Addresses,
                    Row::Heartbeat
                ]
            ),
            (
                Attacker::Owner,
                "proven, remote only",
                vec![Row::Notification, Row::Addresses, Row::Heartbeat]
            ),
            (
                Attacker::DataCentre,
                "proven, remote only",
                vec![Row::Heartbeat]
            ),
        ]
    );
    assert_eq!(
        strongest(&Evidence::only(&[Kind::OwnerClaim]))[1],
        (Attacker::Owner, "promised", vec![Row::OwnerClaim])
    );
}

#[test]
fn half_of_the_proof_of_hosting_is_somebodys_word() {
    for half in [Kind::HostingVideo, Kind::HostingMail] {
        let report = Evidence::only(&[half]).check();
        assert_eq!(
            cells(&report, Row::Hosting),
            ["promised", "no", "no"],
            "{half:?}"
        );
    }
    let elsewhere = Evidence::good().with(|evidence| {
        let Entered::HostingVideo { data_centre, .. } = evidence.entered(Kind::HostingVideo) else {
            panic!()
        };
        *data_centre = "Another Data Centre".to_owned();
    });
    assert_eq!(
        cells(&elsewhere.check(), Row::Hosting),
        ["promised", "no", "no"]
    );
    // However its name is typed, one is one.
    let typed = Evidence::good().with(|evidence| {
        let Entered::HostingVideo { data_centre, .. } = evidence.entered(Kind::HostingVideo) else {
            panic!()
        };
        *data_centre = " data  centre EXAMPLE".to_owned();
    });
    assert_eq!(cells(&typed.check(), Row::Hosting), ["proven", "no", "no"]);
}

#[test]
fn the_provider_pledge_alone_is_a_word() {
    let report = Evidence::only(&[Kind::ProviderPledge]).check();
    assert_eq!(
        cells(&report, Row::Notification),
        ["promised", "promised", "no"]
    );
}

/// A bad vector for every row that a kind rests on: what it was worth, and what it is worth then.
#[test]
fn taking_any_one_check_away_lowers_its_cell() {
    type Change = fn(&mut Evidence);
    let changes: &[(Row, [&str; 3], CheckId, Change)] = &[
        (Row::OwnerClaim, ["no"; 3], CheckId::Entered, |evidence| {
            let Entered::OwnerClaim { owner, .. } = evidence.entered(Kind::OwnerClaim) else {
                panic!()
            };
            owner.clear();
        }),
        (Row::OwnerClaim, ["no"; 3], CheckId::Files, |evidence| {
            evidence.item(Kind::OwnerClaim).files.remove(0);
        }),
        (
            Row::OwnerClaim,
            ["no"; 3],
            CheckId::ClaimMachine,
            |evidence| {
                evidence.machine = Some("intel:sgx:ppid:00".to_owned());
            },
        ),
        (
            Row::OwnerClaim,
            ["no"; 3],
            CheckId::ClaimSignature,
            |evidence| {
                evidence.replace(
                    Kind::OwnerClaim,
                    Role::Signature,
                    file("owner-claim.stranger.sig"),
                );
            },
        ),
        (
            Row::OwnerClaim,
            ["no"; 3],
            CheckId::ClaimCertificates,
            |evidence| {
                certificates(evidence)[0].valid_to = AT - 1;
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::VideoWatched,
            |evidence| {
                let Entered::HostingVideo { watched_by, .. } = evidence.entered(Kind::HostingVideo)
                else {
                    panic!()
                };
                watched_by.clear();
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::Entered,
            |evidence| {
                let Entered::HostingVideo { sha256, .. } = evidence.entered(Kind::HostingVideo)
                else {
                    panic!()
                };
                sha256.pop();
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::MailRead,
            |evidence| {
                evidence.replace(Kind::HostingMail, Role::Mail, b"not a mail".to_vec());
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::MailKey,
            |evidence| {
                mail_key(evidence.entered(Kind::HostingMail)).key_record = "v=DKIM1; p=".to_owned();
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::MailSignature,
            |evidence| {
                edited("rack 12, uni", "rack 13, uni")(evidence);
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::MailTime,
            |evidence| {
                with_mail("mails/expired.eml", None)(evidence);
            },
        ),
        (
            Row::Hosting,
            ["promised", "no", "no"],
            CheckId::MailDomain,
            |evidence| {
                with_mail("mails/other-domain.eml", None)(evidence);
            },
        ),
        (
            Row::Notification,
            ["promised", "promised", "no"],
            CheckId::PledgeDocument,
            |evidence| {
                evidence.replace(
                    Kind::NotificationPledge,
                    Role::Document,
                    b"another pledge".to_vec(),
                );
            },
        ),
        (
            Row::Notification,
            ["promised", "promised", "no"],
            CheckId::MailSignature,
            |evidence| {
                evidence.replace(
                    Kind::NotificationPledge,
                    Role::Mail,
                    file("hosting.eml").split_off(9),
                );
            },
        ),
        (
            Row::Notification,
            ["promised", "promised", "no"],
            CheckId::MailKey,
            |evidence| {
                mail_key(evidence.entered(Kind::NotificationPledge)).key_record =
                    "v=DKIM1; p=".to_owned();
            },
        ),
        (Row::Heartbeat, ["no"; 3], CheckId::Entered, |evidence| {
            heartbeat(evidence).key_source.clear();
        }),
        (Row::Heartbeat, ["no"; 3], CheckId::Files, |evidence| {
            evidence.item(Kind::Heartbeat).files.clear();
        }),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatRead,
            |evidence| {
                log(evidence, |log| log.replacen("{\"beat\"", "{\"beet\"", 1));
            },
        ),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatChain,
            |evidence| {
                log(evidence, |log| {
                    log.replacen("\"supplies\":2", "\"supplies\":3", 1)
                });
            },
        ),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatOrder,
            |evidence| {
                evidence.at = AT - 1800;
                heartbeat(evidence).to = AT - 1800;
            },
        ),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatGaps,
            |evidence| {
                heartbeat(evidence).to = AT;
                heartbeat(evidence).from = AT - 4000;
            },
        ),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatSignatures,
            |evidence| {
                heartbeat(evidence).key = text("owner.pub");
            },
        ),
        (
            Row::Heartbeat,
            ["no"; 3],
            CheckId::HeartbeatAnswers,
            |evidence| {
                log(evidence, |log| {
                    log.replace("\"power\":\"On\"", "\"power\":\"Off\"")
                });
            },
        ),
        (Row::Addresses, ["no"; 3], CheckId::Entered, |evidence| {
            addresses(evidence).prefixes_source.clear();
        }),
        (
            Row::Addresses,
            ["no"; 3],
            CheckId::AddressesPrefixes,
            |evidence| {
                evidence.replace(Kind::Addresses, Role::Prefixes, b"193.0.0.0/33\n".to_vec());
            },
        ),
        (
            Row::Addresses,
            ["no"; 3],
            CheckId::AddressesInside,
            |evidence| {
                evidence.replace(Kind::Addresses, Role::Prefixes, b"193.0.0.0/24\n".to_vec());
            },
        ),
        (
            Row::Addresses,
            ["no"; 3],
            CheckId::AddressesSeen,
            |evidence| {
                addresses(evidence).seen.remove(0);
            },
        ),
    ];
    let good = Evidence::good().check();
    for (row, words, id, change) in changes {
        let report = Evidence::good().with(change).check();
        assert_eq!(cells(&report, *row), *words, "{row:?} without {id:?}");
        let level = |report: &ColocationReport| {
            let row = report
                .trust
                .rows
                .iter()
                .find(|found| found.evidence == *row);
            row.unwrap().cells[0].level
        };
        assert!(level(&report) < level(&good), "{row:?} without {id:?}");
        let is_named = report.items.iter().any(|item| {
            !item.counts
                && item
                    .checks
                    .iter()
                    .any(|check| check.id == *id && !check.holds())
        });
        assert!(is_named, "{row:?} without {id:?}");
    }
    let signed = signed_pledge();
    assert_eq!(cells(&signed.check(), Row::Notification)[0], "proven");
    let unsigned = signed_pledge().with(|evidence| {
        evidence.replace(Kind::NotificationPledge, Role::Document, b"other".to_vec());
    });
    let report = unsigned.check();
    assert_eq!(cells(&report, Row::Notification)[0], "promised");
    assert_eq!(
        row(&report, Kind::NotificationPledge, CheckId::PledgeSignature),
        (Outcome::Fail, vec![Code::SignatureRefused])
    );
}

/// A pledge that is confirmed by a key's signature in the place of a mail.
fn signed_pledge() -> Evidence {
    Evidence::good().with(|evidence| {
        let sha256 = evidence.contents.add(file("notification-pledge.txt.sig"));
        let item = evidence.item(Kind::NotificationPledge);
        let Entered::NotificationPledge(pledge) = &mut item.entered else {
            panic!()
        };
        pledge.confirmed_by = Confirmation::Signature {
            key: text("owner.pub"),
            key_source: "Published by the data centre.".to_owned(),
        };
        item.files[1] = File {
            role: Role::Signature,
            name: "pledge.sig".to_owned(),
            sha256,
            base64: None,
        };
    })
}

fn heartbeat(evidence: &mut Evidence) -> &mut Heartbeat {
    match evidence.entered(Kind::Heartbeat) {
        Entered::Heartbeat(heartbeat) => heartbeat,
        _ => panic!(),
    }
}

fn addresses(evidence: &mut Evidence) -> &mut Addresses {
    match evidence.entered(Kind::Addresses) {
        Entered::Addresses(addresses) => addresses,
        _ => panic!(),
    }
}

fn log(evidence: &mut Evidence, change: impl FnOnce(String) -> String) {
    let log = change(text("heartbeat.jsonl"));
    evidence.replace(Kind::Heartbeat, Role::Log, log.into_bytes());
}

#[test]
fn addresses_that_nobody_saw_do_not_count() {
    let report = Evidence::good()
        .with(|evidence| addresses(evidence).seen.clear())
        .check();
    assert_eq!(
        row(&report, Kind::Addresses, CheckId::AddressesSeen),
        (Outcome::NotGiven, vec![Code::AddressesNone])
    );
    assert!(!counts(&report, Kind::Addresses));
}

#[test]
fn the_log_of_the_example_is_the_one_that_a_recorder_writes() {
    assert_eq!(
        harness::colocation::heartbeat(),
        (text("heartbeat.jsonl"), text("recorder.pub"))
    );
}

fn certificates(evidence: &mut Evidence) -> &mut Vec<Certificate> {
    match evidence.entered(Kind::OwnerClaim) {
        Entered::OwnerClaim { certificates, .. } => certificates,
        _ => panic!(),
    }
}

// What is entered.

#[test]
fn what_is_entered_is_there_and_can_be_seen() {
    let with_owner = |text: &str| {
        let text = text.to_owned();
        move |evidence: &mut Evidence| {
            let Entered::OwnerClaim { owner, .. } = evidence.entered(Kind::OwnerClaim) else {
                panic!()
            };
            *owner = text;
        }
    };
    let entered = |code, change: Box<dyn FnOnce(&mut Evidence)>| {
        refused(Kind::OwnerClaim, CheckId::Entered, code, change);
    };
    entered(Code::EnteredMissing, Box::new(with_owner(" ")));
    entered(
        Code::EnteredCharacter,
        Box::new(with_owner("Example\u{202e}")),
    );
    entered(Code::EnteredCharacter, Box::new(with_owner("Exam\nple")));
    entered(Code::EnteredTooLong, Box::new(with_owner(&"x".repeat(201))));
    entered(
        Code::KeyUnreadable,
        Box::new(|evidence: &mut Evidence| {
            let Entered::OwnerClaim { key, .. } = evidence.entered(Kind::OwnerClaim) else {
                panic!()
            };
            *key = "ssh-rsa AAAA".to_owned();
        }),
    );
    entered(
        Code::TimeInvalid,
        Box::new(|evidence: &mut Evidence| {
            let certificate = &mut certificates(evidence)[0];
            certificate.valid_from = certificate.valid_to + 1;
        }),
    );
}

/// What can be changed of a video.
struct Video<'a> {
    sha256: &'a mut String,
    link: &'a mut Option<String>,
    recorded_at: &'a mut u64,
    watched_by: &'a mut Vec<String>,
    seconds: &'a mut u64,
}

fn video(change: impl FnOnce(Video<'_>)) -> impl FnOnce(&mut Evidence) {
    move |evidence| {
        let Entered::HostingVideo {
            sha256,
            link,
            recorded_at,
            watched_by,
            seconds,
            ..
        } = evidence.entered(Kind::HostingVideo)
        else {
            panic!()
        };
        change(Video {
            sha256,
            link,
            recorded_at,
            watched_by,
            seconds,
        });
    }
}

#[test]
fn a_video_is_named_by_hash_and_link_and_was_recorded_before() {
    let (kind, id) = (Kind::HostingVideo, CheckId::Entered);
    refused(
        kind,
        id,
        Code::DigestInvalid,
        video(|video| video.sha256.make_ascii_uppercase()),
    );
    for link in [
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "http://video.example",
    ] {
        refused(
            kind,
            id,
            Code::LinkInvalid,
            video(|video| *video.link = Some(link.to_owned())),
        );
    }
    refused(
        kind,
        id,
        Code::TimeLater,
        video(|video| *video.recorded_at = AT + 1),
    );
    refused(
        kind,
        id,
        Code::EnteredMissing,
        video(|video| video.watched_by.push(String::new())),
    );
    let report = Evidence::good()
        .with(video(|video| *video.link = None))
        .check();
    assert!(counts(&report, kind));
}

#[test]
fn a_video_that_nobody_watched_does_not_count() {
    let (kind, id) = (Kind::HostingVideo, CheckId::VideoWatched);
    refused(
        kind,
        id,
        Code::VideoUnwatched,
        video(|video| video.watched_by.clear()),
    );
    refused(
        kind,
        id,
        Code::VideoEmpty,
        video(|video| *video.seconds = 0),
    );
    reserved(
        kind,
        id,
        Code::VideoWatchedByOne,
        video(|video| video.watched_by.truncate(1)),
    );
    // One name typed twice is one person.
    reserved(
        kind,
        id,
        Code::VideoWatchedByOne,
        video(|video| {
            *video.watched_by = vec!["Ada Lovelace".to_owned(), " ada  lovelace ".to_owned()];
        }),
    );
}

#[test]
fn a_beacons_digests_are_digests() {
    refused(
        Kind::Beacon,
        CheckId::Entered,
        Code::DigestInvalid,
        |evidence| {
            let Entered::Beacon { hashes, .. } = evidence.entered(Kind::Beacon) else {
                panic!()
            };
            hashes.push(Noted {
                what: "seal".to_owned(),
                sha256: "12".to_owned(),
            });
        },
    );
}

#[test]
fn the_data_centres_domain_is_one() {
    for domain in ["com", "", "a b.example", "https://datacentre.example"] {
        refused_domain(domain);
    }
    fn refused_domain(domain: &str) {
        let report = Evidence::good()
            .with(|evidence| {
                mail_key(evidence.entered(Kind::HostingMail)).domain = domain.to_owned();
            })
            .check();
        assert_eq!(
            row(&report, Kind::HostingMail, CheckId::Entered),
            (Outcome::Fail, vec![Code::DomainInvalid]),
            "{domain}"
        );
        assert!(!counts(&report, Kind::HostingMail));
    }
    refused(
        Kind::HostingMail,
        CheckId::Entered,
        Code::EnteredMissing,
        |evidence| {
            mail_key(evidence.entered(Kind::HostingMail)).key_record_source = String::new();
        },
    );
}

// Files.

#[test]
fn files_are_those_that_were_named() {
    let id = CheckId::Files;
    refused(Kind::OwnerClaim, id, Code::FileMissing, |evidence| {
        evidence.item(Kind::OwnerClaim).files.remove(1);
    });
    refused(Kind::OwnerClaim, id, Code::FileMissing, |evidence| {
        // Named, but not here.
        evidence.item(Kind::OwnerClaim).files[0].sha256 = "ab".repeat(32);
    });
    refused(Kind::OwnerClaim, id, Code::DigestInvalid, |evidence| {
        evidence.item(Kind::OwnerClaim).files[0].sha256.clear();
    });
    refused(Kind::OwnerClaim, id, Code::FileUnexpected, |evidence| {
        let mail = evidence.item(Kind::HostingMail).files[0].clone();
        evidence.item(Kind::OwnerClaim).files.push(mail);
    });
    refused(Kind::HostingMail, id, Code::FileUnexpected, |evidence| {
        let item = evidence.item(Kind::HostingMail);
        item.files.push(item.files[0].clone());
    });
    refused(Kind::HostingMail, id, Code::FileEmpty, |evidence| {
        evidence.replace(Kind::HostingMail, Role::Mail, Vec::new());
    });
    refused(Kind::HostingMail, id, Code::FileTooLarge, |evidence| {
        let mut mail = file("hosting.eml");
        mail.resize(4 * 1024 * 1024 + 1, b'\n');
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
    });
    // Where there is another file to give, the advice names it.
    refused(Kind::Addresses, id, Code::PrefixesTooLarge, |evidence| {
        let list = vec![b'\n'; 32 * 1024 * 1024 + 1];
        evidence.replace(Kind::Addresses, Role::Prefixes, list);
    });
    refused(Kind::Heartbeat, id, Code::LogTooLarge, |evidence| {
        let log = vec![b'\n'; 64 * 1024 * 1024 + 1];
        evidence.replace(Kind::Heartbeat, Role::Log, log);
    });
    // A certificate that was entered without its file.
    refused(Kind::OwnerClaim, id, Code::FileMissing, |evidence| {
        let certificate = certificates(evidence)[0].clone();
        certificates(evidence).push(certificate);
    });
}

// The owner's claim.

#[test]
fn a_file_that_many_items_name_is_read_for_eight_of_them() {
    let evidence = Evidence::only(&[Kind::HostingMail]).with(|evidence| {
        evidence.items = vec![evidence.items[0].clone(); 32];
    });
    for (number, item) in (1..).zip(evidence.check().items) {
        let row = |id: CheckId| item.checks.iter().find(|check| check.id == id).unwrap();
        let (files, mail) = (row(CheckId::Files), row(CheckId::MailRead));
        if number <= 8 {
            assert!(item.counts, "{number}");
        } else {
            assert_eq!(files.code, Some(Code::FileUnexpected), "{number}");
            assert_eq!(mail.outcome, Outcome::NotReached, "{number}");
        }
    }
    // A list of prefixes that one item names again and again is read no more often.
    let report = Evidence::good()
        .with(|evidence| {
            let files = &mut evidence.item(Kind::Addresses).files;
            *files = vec![files[0].clone(); 9];
        })
        .check();
    assert_eq!(
        row(&report, Kind::Addresses, CheckId::Files),
        (Outcome::Fail, vec![Code::FileUnexpected])
    );
    // An audit report of many standards is read by nobody.
    let report = Evidence::good()
        .with(|evidence| {
            let one = certificates(evidence)[0].clone();
            *certificates(evidence) = vec![one; 20];
            let files = &mut evidence.item(Kind::OwnerClaim).files;
            let is_certificate = |file: &File| file.role == Role::Certificate;
            let file = files.iter().find(|file| is_certificate(file)).unwrap();
            let many = vec![file.clone(); 20];
            files.retain(|file| !is_certificate(file));
            files.extend(many);
        })
        .check();
    assert!(counts(&report, Kind::OwnerClaim));
}

#[test]
fn a_claim_names_the_machine_and_is_signed_by_the_owners_key() {
    let kind = Kind::OwnerClaim;
    refused(
        kind,
        CheckId::ClaimMachine,
        Code::MachineUnnamed,
        |evidence| {
            evidence.machine.as_mut().unwrap().pop();
        },
    );
    refused(
        kind,
        CheckId::ClaimSignature,
        Code::SignatureRefused,
        |evidence| {
            let mut statement = file("owner-claim.txt");
            statement.push(b' ');
            evidence.replace(kind, Role::Statement, statement);
        },
    );
    refused(
        kind,
        CheckId::ClaimSignature,
        Code::SignatureRefused,
        |evidence| {
            evidence.replace(kind, Role::Signature, file("owner-claim.stranger.sig"));
        },
    );
    refused(
        kind,
        CheckId::ClaimSignature,
        Code::SignatureNamespace,
        |evidence| {
            evidence.replace(kind, Role::Signature, file("owner-claim.namespace.sig"));
        },
    );
    refused(
        kind,
        CheckId::ClaimSignature,
        Code::SignatureUnreadable,
        |evidence| {
            evidence.replace(
                kind,
                Role::Signature,
                file("owner-claim.txt.sig").split_off(40),
            );
        },
    );
    refused(
        kind,
        CheckId::ClaimSignature,
        Code::SignatureRefused,
        |evidence| {
            let signature = text("owner-claim.stranger.sig");
            evidence.replace(kind, Role::Signature, signature.into_bytes());
        },
    );
    // Converted on its way: it does not count, and what happened is said.
    let told = |role: Role, content: Vec<u8>, id: CheckId, code: Code, words: &str| {
        let report = Evidence::good()
            .with(|evidence| evidence.replace(kind, role, content))
            .check();
        assert_eq!(row(&report, kind, id), (Outcome::Fail, vec![code]));
        assert!(!counts(&report, kind));
        let said = serde_json::to_string(&report).unwrap();
        assert!(said.contains(words), "{words}: {said}");
    };
    let statement = text("owner-claim.txt");
    told(
        Role::Statement,
        statement.replace('\n', "\r\n").into_bytes(),
        CheckId::ClaimSignature,
        Code::SignatureRefused,
        "The signature fits the statement with LF line ends: one of the two was converted on its way.",
    );
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for mark in [&[][..], &[0xff, 0xfe]] {
        told(
            Role::Statement,
            [mark, &utf16(&statement)].concat(),
            CheckId::ClaimMachine,
            Code::StatementEncoding,
            "The statement is saved as UTF-16 (little endian)",
        );
        told(
            Role::Signature,
            [mark, &utf16(&text("owner-claim.txt.sig"))].concat(),
            CheckId::ClaimSignature,
            Code::SignatureUnreadable,
            "The signature's file is saved as UTF-16 (little endian)",
        );
    }
    // Line ends of the armour are the way's, not the signature's.
    let armour = text("owner-claim.txt.sig").replace('\n', "\r\n");
    let report = Evidence::good()
        .with(|evidence| evidence.replace(kind, Role::Signature, armour.into_bytes()))
        .check();
    assert!(counts(&report, kind));
    let unnamed = Evidence::good()
        .with(|evidence| evidence.machine = None)
        .check();
    assert_eq!(
        row(&unnamed, kind, CheckId::ClaimMachine),
        (Outcome::NotGiven, vec![Code::MachineMissing])
    );
    assert!(!counts(&unnamed, kind));
}

#[test]
fn a_log_proves_nothing_where_no_machine_was_named() {
    let kind = Kind::Heartbeat;
    let unnamed = Evidence::good()
        .with(|evidence| evidence.machine = None)
        .check();
    assert_eq!(
        row(&unnamed, kind, CheckId::HeartbeatRead),
        (Outcome::NotGiven, vec![Code::MachineMissing])
    );
    assert!(!counts(&unnamed, kind));
    // What is wrong with a log is said all the same.
    let broken = Evidence::good()
        .with(|evidence| {
            evidence.machine = None;
            log(evidence, |log| log.replacen("{\"beat\"", "{\"beet\"", 1));
        })
        .check();
    let (outcome, _) = row(&broken, kind, CheckId::HeartbeatRead);
    assert_eq!(outcome, Outcome::Fail);
}

#[test]
fn a_claim_that_is_no_text_says_at_which_byte() {
    let report = Evidence::good()
        .with(|evidence| {
            evidence.replace(Kind::OwnerClaim, Role::Statement, b"abc\xff".to_vec());
        })
        .check();
    let check = &report.items[0].checks[2];
    assert_eq!(check.code, Some(Code::StatementEncoding));
    assert_eq!(check.place.as_deref(), Some("byte 3"));
}

#[test]
fn a_claim_signed_without_its_purpose_counts_for_nothing() {
    use ed25519_dalek::Signer as _;

    // The same 64 bytes could be a signature over a record.
    let key = harness::ceremony::key("Olga Owner");
    let id = CheckId::ClaimSignature;
    refused(
        Kind::OwnerClaim,
        id,
        Code::SignatureUnreadable,
        |evidence| {
            let signature = key.sign(&file("owner-claim.txt")).to_bytes().to_vec();
            evidence.replace(Kind::OwnerClaim, Role::Signature, signature);
            let Entered::OwnerClaim { key: line, .. } = evidence.entered(Kind::OwnerClaim) else {
                panic!()
            };
            *line = harness::ceremony::key_line(&key);
        },
    );
}

#[test]
fn certificates_are_valid_at_the_moment_or_not_given() {
    let id = CheckId::ClaimCertificates;
    refused(Kind::OwnerClaim, id, Code::CertificateExpired, |evidence| {
        certificates(evidence)[0].valid_to = AT - 1;
    });
    refused(Kind::OwnerClaim, id, Code::CertificateLater, |evidence| {
        certificates(evidence)[0].valid_from = AT + 1;
    });
    let report = Evidence::good()
        .with(|evidence| {
            certificates(evidence).clear();
            evidence.item(Kind::OwnerClaim).files.truncate(2);
        })
        .check();
    assert_eq!(
        row(&report, Kind::OwnerClaim, id),
        (Outcome::NotGiven, vec![Code::CertificatesNone])
    );
    assert!(counts(&report, Kind::OwnerClaim));
}

// Mails. All were signed by dkimpy (tests/colocation/make.py).

#[test]
fn a_mail_signed_by_an_independent_tool_verifies_in_every_canonical_form() {
    for name in [
        "hosting.eml",
        "mails/relaxed-relaxed.eml",
        "mails/relaxed-simple.eml",
        "mails/simple-relaxed.eml",
        "mails/simple-simple.eml",
        "mails/not-expired.eml",
        "mails/subdomain.eml",
        "mails/identity.eml",
        "mails/two-signatures.eml",
        "mails/encoded.eml",
    ] {
        let report = Evidence::good().with(with_mail(name, None)).check();
        assert_eq!(
            row(&report, Kind::HostingMail, CheckId::MailSignature),
            (Outcome::Pass, vec![]),
            "{name}"
        );
        assert!(counts(&report, Kind::HostingMail), "{name}");
    }
    for (name, record) in [
        ("mails/ed25519.eml", "key-record-ed25519.txt"),
        ("hosting.eml", "key-record-pkcs1.txt"),
    ] {
        let report = Evidence::good().with(with_mail(name, Some(record))).check();
        assert!(counts(&report, Kind::HostingMail), "{name}");
    }
}

#[test]
fn a_mail_saved_with_other_line_ends_is_the_same() {
    let report = Evidence::good()
        .with(|evidence| {
            let mail = text("mails/simple-simple.eml").replace("\r\n", "\n");
            evidence.replace(Kind::HostingMail, Role::Mail, mail.into_bytes());
        })
        .check();
    assert!(counts(&report, Kind::HostingMail));
}

#[test]
fn a_mail_whose_body_was_changed_does_not_verify() {
    let id = CheckId::MailSignature;
    refused(
        Kind::HostingMail,
        id,
        Code::DkimBody,
        edited("rack 12, uni", "rack 13, uni"),
    );
    refused(Kind::HostingMail, id, Code::DkimBody, |evidence| {
        let mut mail = file("hosting.eml");
        mail.extend_from_slice(b"One line more.\r\n");
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
    });
    refused(Kind::HostingMail, id, Code::DkimBody, |evidence| {
        let mut mail = file("hosting.eml");
        mail.truncate(mail.len() - 11);
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
    });
    // Whoever changes the hash as well is found by the signature.
    refused(
        Kind::HostingMail,
        id,
        Code::DkimRefused,
        edited("s=s1", "s=s2"),
    );
}

#[test]
fn a_mail_whose_signed_field_was_changed_does_not_verify() {
    let id = CheckId::MailSignature;
    let kind = Kind::HostingMail;
    refused(
        kind,
        id,
        Code::DkimRefused,
        edited("Subject: Your", "Subject: My"),
    );
    refused(
        kind,
        id,
        Code::DkimRefused,
        edited("From: Dora", "From: Dora D"),
    );
    refused(
        kind,
        id,
        Code::DkimRefused,
        edited("t=2208988800", "t=2208988801"),
    );
    // A field that was not there is signed as absent.
    let kept = Evidence::good()
        .with(edited("From: Dora", "X-Spam: no\r\nFrom: Dora"))
        .check();
    assert!(counts(&kept, kind), "an unsigned field is no matter");
}

#[test]
fn a_second_sender_or_subject_is_refused_wherever_it_stands() {
    for name in ["From", "Subject", "Date", "Content-Type"] {
        for place in ["DKIM-Signature:", "Message-ID:"] {
            let report = Evidence::good()
                .with(|evidence| {
                    let mail =
                        text("hosting.eml").replacen(place, &format!("{name}: x\r\n{place}"), 1);
                    evidence.replace(Kind::HostingMail, Role::Mail, mail.into_bytes());
                })
                .check();
            assert_eq!(
                row(&report, Kind::HostingMail, CheckId::MailRead),
                (Outcome::Fail, vec![Code::MailFieldTwice]),
                "{name} {place}"
            );
            assert!(!counts(&report, Kind::HostingMail));
        }
    }
}

#[test]
fn an_expired_signature_does_not_count() {
    let id = CheckId::MailTime;
    refused(
        Kind::HostingMail,
        id,
        Code::DkimExpired,
        with_mail("mails/expired.eml", None),
    );
    refused(Kind::HostingMail, id, Code::DkimExpired, |evidence| {
        with_mail("mails/not-expired.eml", None)(evidence);
        evidence.at = AT + 3601;
    });
    let last = Evidence::good().with(|evidence| {
        with_mail("mails/not-expired.eml", None)(evidence);
        evidence.at = AT + 3600;
    });
    assert!(counts(&last.check(), Kind::HostingMail));
}

#[test]
fn a_mail_from_later_does_not_count_and_an_old_one_with_a_reservation() {
    let id = CheckId::MailTime;
    refused(
        Kind::HostingMail,
        id,
        Code::MailLater,
        with_mail("mails/signed-later.eml", None),
    );
    refused(
        Kind::HostingMail,
        id,
        Code::MailLater,
        with_mail("mails/dated-later.eml", None),
    );
    reserved(
        Kind::HostingMail,
        id,
        Code::MailOld,
        with_mail("mails/old.eml", None),
    );
    // Neither t= nor a signed Date.
    reserved(
        Kind::HostingMail,
        id,
        Code::MailUndated,
        with_mail("mails/undated.eml", None),
    );
    let a_clock_ahead = Evidence::good().with(|evidence| evidence.at = AT - DAY - 300);
    assert_eq!(
        row(&a_clock_ahead.check(), Kind::HostingMail, id),
        (Outcome::Pass, vec![])
    );
    let further = Evidence::good().with(|evidence| evidence.at = AT - DAY - 301);
    assert_eq!(
        row(&further.check(), Kind::HostingMail, id).0,
        Outcome::Fail
    );
}

#[test]
fn a_mail_of_another_domain_does_not_count() {
    let id = CheckId::MailDomain;
    let kind = Kind::HostingMail;
    refused(
        kind,
        id,
        Code::DomainDiffers,
        with_mail("mails/other-domain.eml", None),
    );
    refused(
        kind,
        id,
        Code::SenderDiffers,
        with_mail("mails/other-sender.eml", None),
    );
    refused(
        kind,
        id,
        Code::SenderUnclear,
        with_mail("mails/two-senders.eml", None),
    );
    // The end of a text is no subdomain.
    let report = Evidence::good()
        .with(with_mail("mails/look-alike-domain.eml", None))
        .check();
    assert_eq!(
        row(&report, kind, id),
        (
            Outcome::Fail,
            vec![Code::DomainDiffers, Code::SenderDiffers]
        )
    );
    // Nor is the domain above the data centre's its own.
    refused_above();
    fn refused_above() {
        let report = Evidence::good()
            .with(|evidence| {
                mail_key(evidence.entered(Kind::HostingMail)).domain =
                    "hall3.datacentre.example".to_owned();
            })
            .check();
        assert_eq!(
            row(&report, Kind::HostingMail, CheckId::MailDomain).1,
            [Code::DomainDiffers, Code::SenderDiffers]
        );
    }
}

#[test]
fn a_mail_under_another_key_does_not_verify() {
    let id = CheckId::MailSignature;
    let kind = Kind::HostingMail;
    refused(
        kind,
        id,
        Code::DkimRefused,
        with_mail("hosting.eml", Some("key-record-other.txt")),
    );
    refused(
        kind,
        id,
        Code::DkimRefused,
        with_mail("hosting.eml", Some("key-record-ed25519.txt")),
    );
    refused(
        kind,
        id,
        Code::DkimRefused,
        with_mail("mails/ed25519.eml", None),
    );
}

#[test]
fn a_short_key_or_a_domain_that_only_tests_is_a_reservation() {
    reserved(
        Kind::HostingMail,
        CheckId::MailKey,
        Code::KeyRecordShort,
        with_mail("mails/short-key.eml", Some("key-record-short.txt")),
    );
    reserved(
        Kind::HostingMail,
        CheckId::MailKey,
        Code::KeyRecordTesting,
        |evidence| {
            let key = mail_key(evidence.entered(Kind::HostingMail));
            key.key_record = format!("{}; t=y", key.key_record);
        },
    );
}

#[test]
fn a_key_record_that_was_revoked_or_is_none_gives_no_key() {
    for (record, code) in [
        ("v=DKIM1; k=rsa; p=", Code::KeyRecordRevoked),
        ("v=DKIM1; k=rsa; p=AAAA", Code::KeyRecordUnreadable),
        ("not a record", Code::KeyRecordUnreadable),
        // RSA of 512 bits.
        (
            "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANDiE2+Xi/WnO+s120NiiJhNyIButVu6zxqlVzz0wy2j4kQVUC4ZRZD80IY+4wIiX2YxKBZKGnd2TtPkcJ/ljkUCAwEAAQ==",
            Code::KeyRecordWeak,
        ),
    ] {
        let report = Evidence::good()
            .with(|evidence| {
                mail_key(evidence.entered(Kind::HostingMail)).key_record = record.to_owned();
            })
            .check();
        assert_eq!(
            row(&report, Kind::HostingMail, CheckId::MailKey),
            (Outcome::Fail, vec![code]),
            "{record}"
        );
        assert_eq!(
            row(&report, Kind::HostingMail, CheckId::MailSignature).0,
            Outcome::NotReached
        );
    }
}

#[test]
fn a_strict_key_takes_no_user_of_a_subdomain() {
    refused(
        Kind::HostingMail,
        CheckId::MailSignature,
        Code::DkimUser,
        |evidence| {
            with_mail("mails/identity.eml", None)(evidence);
            let key = mail_key(evidence.entered(Kind::HostingMail));
            key.key_record = format!("{}; t=s", key.key_record);
        },
    );
    refused(
        Kind::HostingMail,
        CheckId::MailSignature,
        Code::DkimUser,
        edited("i=@datacentre.example", "i=@evildatacentre.example"),
    );
}

#[test]
fn a_signature_over_a_part_of_the_body_does_not_count() {
    let id = CheckId::MailSignature;
    reserved(
        Kind::HostingMail,
        id,
        Code::DkimLength,
        with_mail("mails/with-length.eml", None),
    );
    refused(Kind::HostingMail, id, Code::DkimLength, |evidence| {
        let mut mail = file("mails/with-length.eml");
        mail.extend_from_slice(b"One line more.\r\n");
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
    });
    refused(Kind::HostingMail, id, Code::DkimBody, |evidence| {
        let mut mail = file("mails/with-length.eml");
        mail.truncate(mail.len() - 11);
        evidence.replace(Kind::HostingMail, Role::Mail, mail);
    });
}

#[test]
fn a_signature_that_leaves_the_sender_or_the_body_s_form_out_says_so() {
    let id = CheckId::MailSignature;
    refused(Kind::HostingMail, id, Code::DkimFromUnsigned, |evidence| {
        let mail = text("mails/few-fields.eml")
            .replace("h=from", "h=to")
            .replace(": from", ": to");
        evidence.replace(Kind::HostingMail, Role::Mail, mail.into_bytes());
    });
    let report = Evidence::good()
        .with(with_mail("mails/few-fields.eml", None))
        .check();
    assert_eq!(
        row(&report, Kind::HostingMail, id),
        (Outcome::Warn, vec![Code::DkimTypeUnsigned])
    );
    // One that was added behind the signature's back would make the text an attachment.
    reserved(
        Kind::HostingMail,
        id,
        Code::DkimTypeUnsigned,
        edited("Subject:", "Content-Disposition: attachment\nSubject:"),
    );
    // What is shown, and not signed, says that.
    let facts = &report.items[2].facts;
    assert!(
        facts
            .iter()
            .any(|fact| fact.label == "Subject (not signed)")
    );
}

#[test]
fn a_signature_that_cannot_be_read_says_in_which_line() {
    let id = CheckId::MailSignature;
    let kind = Kind::HostingMail;
    for (from, to, code) in [
        ("v=1;", "v=2;", Code::DkimUnreadable),
        ("v=1;", "v=1; v=1;", Code::DkimUnreadable),
        ("a=rsa-sha256", "a=rsa-sha1", Code::DkimAlgorithm),
        ("a=rsa-sha256", "a=rsa-sha512", Code::DkimAlgorithm),
        ("c=relaxed/relaxed", "c=relaxed/tidy", Code::DkimUnreadable),
        ("d=datacentre.example", "d=example", Code::DkimUnreadable),
        (
            "d=datacentre.example",
            "e=datacentre.example",
            Code::DkimUnreadable,
        ),
        ("q=dns/txt", "q=http", Code::DkimUnreadable),
        ("t=2208988800", "t=-1", Code::DkimUnreadable),
        (
            "t=2208988800",
            "t=2208988800; x=2208988800",
            Code::DkimUnreadable,
        ),
        ("t=2208988800", "t=2208988800; l=x", Code::DkimUnreadable),
        ("h=from", "h=from : : from", Code::DkimUnreadable),
        ("bh=", "bh=%", Code::DkimUnreadable),
    ] {
        let report = Evidence::good().with(edited(from, to)).check();
        assert_eq!(row(&report, kind, id), (Outcome::Fail, vec![code]), "{to}");
        let check = &report.items[2].checks[4];
        assert_eq!(check.place.as_deref(), Some("line 1"), "{to}");
    }
    refused(
        kind,
        id,
        Code::DkimMissing,
        edited("DKIM-Signature:", "X-Signature:"),
    );
    refused(kind, id, Code::DkimTooMany, |evidence| {
        let mail = "DKIM-Signature: v=1\r\n".repeat(16) + &text("hosting.eml");
        evidence.replace(Kind::HostingMail, Role::Mail, mail.into_bytes());
    });
}

#[test]
fn a_mail_that_is_none_is_refused_with_its_line() {
    let id = CheckId::MailRead;
    let kind = Kind::HostingMail;
    for (bytes, code, place) in [
        (b"\xff\xfeF\0".to_vec(), Code::MailEncoding, "byte 0"),
        (
            b"\xef\xbb\xbfFrom: a@b.cd\n\nx".to_vec(),
            Code::MailEncoding,
            "byte 0",
        ),
        (
            b"From: a@b.cd\n\nx\0".to_vec(),
            Code::MailEncoding,
            "line 3",
        ),
        (b"From: a@b.cd\n".to_vec(), Code::MailUnreadable, "line 2"),
        (
            b"From x@y Mon\nFrom: a@b.cd\n\n".to_vec(),
            Code::MailUnreadable,
            "line 1",
        ),
        (
            b"From: a@b.cd\nhello\n\n".to_vec(),
            Code::MailUnreadable,
            "line 2",
        ),
        (vec![b'A'; 300_000], Code::MailUnreadable, "line 1"),
    ] {
        let report = Evidence::good()
            .with(|evidence| evidence.replace(kind, Role::Mail, bytes))
            .check();
        assert_eq!(row(&report, kind, id), (Outcome::Fail, vec![code]));
        let check = report.items[2]
            .checks
            .iter()
            .find(|check| check.id == id)
            .unwrap();
        assert_eq!(check.place.as_deref(), Some(place));
        assert!(!counts(&report, kind));
    }
}

#[test]
fn every_changed_byte_of_a_signed_mail_is_noticed_or_means_the_same() {
    // Under simple canonical form every byte of signed fields and body counts.
    let mail = file("mails/simple-simple.eml");
    let signed_from = mail.windows(6).position(|six| six == b"\nFrom:").unwrap() + 1;
    for at in (signed_from..mail.len()).step_by(7) {
        let mut changed = mail.clone();
        changed[at] ^= 1;
        let report = Evidence::only(&[Kind::HostingMail])
            .with(|evidence| evidence.replace(Kind::HostingMail, Role::Mail, changed))
            .check();
        assert!(
            !counts(&report, Kind::HostingMail) || mail[at] == b'\r' || mail[at] == b'\n',
            "byte {at}"
        );
    }
}

// Pledges.

#[test]
fn a_pledge_is_tied_to_its_document_by_hash_or_attachment() {
    let attached = Evidence::good().with(|evidence| {
        evidence.replace(
            Kind::NotificationPledge,
            Role::Mail,
            file("notification-pledge-attached.eml"),
        );
    });
    assert!(counts(&attached.check(), Kind::NotificationPledge));
    refused(
        Kind::NotificationPledge,
        CheckId::PledgeDocument,
        Code::DocumentUntied,
        |evidence| {
            evidence.replace(
                Kind::NotificationPledge,
                Role::Document,
                file("provider-pledge.txt"),
            );
        },
    );
    // A hash within a longer word is none.
    refused(
        Kind::NotificationPledge,
        CheckId::PledgeDocument,
        Code::DocumentUntied,
        |evidence| {
            evidence.replace(Kind::NotificationPledge, Role::Mail, file("hosting.eml"));
        },
    );
    // What a mail holds counts only once its signature does.
    let forged = Evidence::good()
        .with(|evidence| {
            let mail = text("notification-pledge.eml").replace("I signed", "I, Dora, signed");
            evidence.replace(Kind::NotificationPledge, Role::Mail, mail.into_bytes());
        })
        .check();
    assert_eq!(
        row(&forged, Kind::NotificationPledge, CheckId::PledgeDocument).0,
        Outcome::NotReached
    );
}

#[test]
fn a_pledge_can_be_confirmed_by_a_signature() {
    assert!(counts(&signed_pledge().check(), Kind::NotificationPledge));
    let other = signed_pledge().with(|evidence| {
        let Entered::NotificationPledge(Pledge {
            confirmed_by: Confirmation::Signature { key, .. },
            ..
        }) = evidence.entered(Kind::NotificationPledge)
        else {
            panic!()
        };
        *key = text("stranger.pub");
    });
    assert_eq!(
        row(
            &other.check(),
            Kind::NotificationPledge,
            CheckId::PledgeSignature
        ),
        (Outcome::Fail, vec![Code::SignatureRefused])
    );
}

/// The header of a mail that somebody at the data centre writes.
const HEADER: &str = "From: Dora Desk <dora@datacentre.example>\nTo: witnesses@alliance.example\n\
    Subject: Our pledge\nDate: Sun, 01 Jan 2040 00:00:00 +0000\n";
const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";

/// The notification pledge with a mail signed for this: in the header and body `#` stands for the document's SHA-256.
fn pledged(signer: &Signer, header: &str, body: &str) -> ColocationReport {
    use sha2::Digest as _;

    let digest = hex::encode(sha2::Sha256::digest(file("notification-pledge.txt")));
    let fill = |text: &str| text.replace('#', &digest);
    Evidence::only(&[Kind::NotificationPledge])
        .with(|evidence| {
            let mail = signer.sign(&fill(header), &fill(body));
            evidence.replace(Kind::NotificationPledge, Role::Mail, mail);
            mail_key(evidence.entered(Kind::NotificationPledge)).key_record = Signer::record();
        })
        .check()
}

fn tied(report: &ColocationReport) -> (Outcome, Vec<Code>) {
    row(report, Kind::NotificationPledge, CheckId::PledgeDocument)
}

/// What the mail says does not tie the document, for a reason.
#[track_caller]
fn untied(signer: &Signer, header: &str, body: &str, code: Code) -> ColocationReport {
    let report = pledged(signer, header, body);
    let signature = row(&report, Kind::NotificationPledge, CheckId::MailSignature);
    assert_ne!(signature.0, Outcome::Fail, "{header}{body}");
    let (outcome, codes) = tied(&report);
    assert_eq!((outcome, codes[0]), (Outcome::Fail, code), "{header}{body}");
    assert!(!counts(&report, Kind::NotificationPledge));
    assert!(report.items[0].ties.is_empty());
    assert_eq!(cells(&report, Row::Notification), ["no"; 3]);
    report
}

#[test]
fn the_lines_that_tie_a_pledge_are_shown() {
    let body = "Hello,\n\nI signed the document # today.\n\nMallory wrote:\n> #\n";
    let report = pledged(&Signer::default(), &format!("{HEADER}{PLAIN}"), body);
    assert_eq!(tied(&report), (Outcome::Pass, vec![]));
    assert!(counts(&report, Kind::NotificationPledge));
    let [tie] = report.items[0].ties.as_slice() else {
        panic!("one line")
    };
    assert_eq!(tie.line, Some(3));
    assert_eq!(tie.before, "I signed the document ");
    assert_eq!((tie.tie.len(), tie.after.as_str()), (64, " today."));
    // However often it stands there, and however long its lines are.
    let body = format!("{}#{}\n", "x ".repeat(200), " y".repeat(200)).repeat(6);
    let report = pledged(&Signer::default(), &format!("{HEADER}{PLAIN}"), &body);
    let ties = &report.items[0].ties;
    assert_eq!(ties.len(), 5);
    assert!(ties[0].before.ends_with("x x ") && ties[0].before.len() == 200);
    assert_eq!(ties[0].after.chars().count(), 201);
    // A file is named.
    let attached = Evidence::good().check();
    let item = attached
        .items
        .iter()
        .find(|item| item.kind == Kind::ProviderPledge)
        .unwrap();
    assert_eq!(item.ties[0].line, None);
    assert_eq!(item.ties[0].tie, "\"pledge.txt\"");
}

#[test]
fn what_a_program_sends_by_itself_ties_no_pledge() {
    let body = "I signed the document with the SHA-256\n#\n\nDora\n";
    let plain = format!("{HEADER}{PLAIN}");
    assert!(counts(
        &pledged(&Signer::default(), &plain, body),
        Kind::NotificationPledge
    ));
    for field in [
        "Auto-Submitted: auto-replied",
        "AUTO-SUBMITTED: Auto-Generated (rejected); owner-email=x@y.example",
        "Auto-Submitted:\n auto-notified",
        "Auto-Submitted: no\nAuto-Submitted: auto-replied",
        "Auto-Submitted:",
        "Precedence: bulk",
        "Precedence: Junk",
        "precedence: auto_reply",
        "Precedence: list",
        "Return-Path: <>",
        "Return-Path: < >",
        "List-Id: <all.datacentre.example>",
        "X-Autoreply: yes",
        "X-Failed-Recipients: nobody@datacentre.example",
        "Sender: MAILER-DAEMON@datacentre.example",
    ] {
        let header = format!("{field}\n{plain}");
        let report = untied(&Signer::default(), &header, body, Code::MailAutomatic);
        let (outcome, codes) = row(&report, Kind::NotificationPledge, CheckId::MailDomain);
        assert_eq!((outcome, codes[0]), (Outcome::Fail, Code::MailAutomatic));
    }
    for field in [
        "Auto-Submitted: No",
        "Precedence: normal",
        "Return-Path: <dora@datacentre.example>",
    ] {
        let report = pledged(&Signer::default(), &format!("{field}\n{plain}"), body);
        assert!(counts(&report, Kind::NotificationPledge), "{field}");
    }
    // What the signature covers nobody can cut off.
    for (from, to) in [
        ("dora@", "MAILER-DAEMON@"),
        ("dora@", "postmaster@"),
        ("dora@", "no-reply@"),
        ("dora@", "noreply+7@"),
        ("dora@", "bounces@"),
        ("Our pledge", "Automatic reply: pledge"),
        ("Our pledge", "Undelivered Mail Returned to Sender"),
    ] {
        let header = plain.replace(from, to);
        untied(&Signer::default(), &header, body, Code::MailAutomatic);
    }
    let says = format!("This is an automatically generated answer.\n{body}");
    untied(&Signer::default(), &plain, &says, Code::MailAutomatic);
}

#[test]
fn a_program_s_mail_is_no_proof_of_hosting() {
    let refused = |field: &str| {
        let report = Evidence::only(&[Kind::HostingMail])
            .with(|evidence| {
                let header = format!("{field}{HEADER}{PLAIN}");
                let mail = Signer::default().sign(&header, "We host the machine.\n");
                evidence.replace(Kind::HostingMail, Role::Mail, mail);
                mail_key(evidence.entered(Kind::HostingMail)).key_record = Signer::record();
            })
            .check();
        let codes = row(&report, Kind::HostingMail, CheckId::MailDomain).1;
        (counts(&report, Kind::HostingMail), codes)
    };
    assert_eq!(refused(""), (true, vec![]));
    assert_eq!(
        refused("Auto-Submitted: auto-replied\n"),
        (false, vec![Code::MailAutomatic])
    );
}

/// A mail of several parts, each with its own fields.
fn parts(kind: &str, parts: &[&str]) -> (String, String) {
    let header =
        format!("{HEADER}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=\"b\"\n");
    let body: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    (header, format!("{body}--b--\n"))
}

#[test]
fn a_digest_that_nobody_wrote_or_nobody_is_shown_ties_no_pledge() {
    let text = "Content-Type: text/plain\n\nI signed it.\n";
    for (kind, others, code) in [
        // A message that could not be delivered, and what is returned of it.
        (
            "report; report-type=delivery-status",
            "Content-Type: text/rfc822-headers\n\nSubject: #\n",
            Code::MailAutomatic,
        ),
        (
            "mixed",
            "Content-Type: message/delivery-status\n\nStatus: 5.1.1 #\n",
            Code::MailAutomatic,
        ),
        (
            "mixed",
            "Content-Type: text/calendar\n\nMETHOD:REPLY\nSUMMARY:#\n",
            Code::MailAutomatic,
        ),
        (
            "mixed",
            "Content-Type: message/rfc822\n\nFrom: m@x.example\n\n#\n",
            Code::DocumentQuoted,
        ),
        (
            "mixed",
            "Content-Type: message/global\n\nFrom: m@x.example\n\n#\n",
            Code::DocumentQuoted,
        ),
        ("digest", "\nFrom: m@x.example\n\n#\n", Code::DocumentQuoted),
        // What a reader of the text does not see.
        (
            "alternative",
            "Content-Type: text/html\n\n<p>#</p>\n",
            Code::DocumentQuoted,
        ),
        (
            "mixed",
            "Content-Type: text/plain\n\n#\n",
            Code::DocumentQuoted,
        ),
        (
            "mixed",
            "Content-Type: text/plain\nContent-Disposition: attachment\n\n#\n",
            Code::DocumentQuoted,
        ),
        (
            "mixed",
            "Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"#.pdf\"\n\nx\n",
            Code::DocumentQuoted,
        ),
    ] {
        let (header, body) = parts(kind, &[text, others]);
        untied(&Signer::default(), &header, &body, code);
    }
    // Nor if it stands first: of a digest's parts those without a type are mails, a file is none of the text, and what is
    // attached as a whole is attached.
    for (kind, first) in [
        ("digest", "\n#\n"),
        ("mixed", "Content-Type: text/plain; name=x.txt\n\n#\n"),
        ("mixed", "Content-Disposition: x-unknown\n\n#\n"),
        (
            "mixed",
            "Content-Type: multipart/mixed; boundary=c\nContent-Disposition: attachment\n\n--c\n\n#\n--c--\n",
        ),
    ] {
        let (header, body) = parts(kind, &[first, text]);
        untied(&Signer::default(), &header, &body, Code::DocumentQuoted);
    }
    let plain = format!("{HEADER}{PLAIN}");
    for body in [
        "Hello\n> #\n",
        "Yes.\n\n-----Original Message-----\nFrom: m@x.example\n\n#\n",
        "Thank you.\n\nOn Monday Mallory wrote:\n> Hello\n\n#\n",
        "Am 01.01.2040 schrieb Mallory <m@x.example>:\n\n#\n",
        "Your file pledge-#.pdf was received.\n",
    ] {
        untied(&Signer::default(), &plain, body, Code::DocumentQuoted);
    }
    let html = format!("{HEADER}Content-Type: text/html\nContent-Transfer-Encoding: 8bit\n");
    untied(
        &Signer::default(),
        &html,
        "<p>Hello, you there</p><!-- # -->\n",
        Code::DocumentQuoted,
    );
    let seen = pledged(
        &Signer::default(),
        &html,
        "<p>I signed the document #</p>\n",
    );
    assert!(counts(&seen, Kind::NotificationPledge));
    // A subject is what a program repeats.
    let subject = plain.replace("Our pledge", "Re: #");
    untied(
        &Signer::default(),
        &subject,
        "Your request \"#\" is open.\n",
        Code::DocumentQuoted,
    );
    untied(
        &Signer::default(),
        &subject,
        "We sign.\n",
        Code::DocumentQuoted,
    );
    // A document that came along with another's mail, and no word of the sender's.
    let document = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(file("notification-pledge.txt"))
    };
    let attached = format!(
        "Content-Type: application/octet-stream; name=p\nContent-Transfer-Encoding: base64\n\n{document}\n"
    );
    let (header, body) = parts("mixed", &[text, &attached]);
    let report = pledged(&Signer::default(), &header, &body);
    assert!(counts(&report, Kind::NotificationPledge));
    for first in [
        "Content-Type: text/plain\n\n",
        "Content-Type: text/plain\n\nFrom: m@x.example\n\nI attach it.\n",
    ] {
        let (header, body) = parts("mixed", &[first, &attached]);
        untied(&Signer::default(), &header, &body, Code::DocumentQuoted);
    }
}

#[test]
fn a_digest_that_a_program_repeats_as_a_name_ties_no_pledge() {
    let plain = format!("{HEADER}{PLAIN}");
    let body = "We received the request of #.\n";
    assert!(counts(
        &pledged(&Signer::default(), &plain, body),
        Kind::NotificationPledge
    ));
    // The name that the owner gave himself, in each field, and written so that it is not found as it stands.
    let name = "\"#\" <m@x.example>";
    for field in ["Cc", "Reply-To", "In-Reply-To", "References", "X-Requester"] {
        let header = format!("{field}: {name}\n{plain}");
        untied(&Signer::default(), &header, body, Code::DocumentQuoted);
    }
    let half = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(file(
        "notification-pledge.txt",
    )));
    let (one, two) = half.split_at(32);
    for name in [
        "#".to_owned(),
        "=?utf-8?Q?#?=".to_owned(),
        format!("=?utf-8?Q?{one}?=\n =?us-ascii?Q?{two}?="),
        format!("\"{one}\\{two}\""),
        half.to_uppercase(),
    ] {
        let to = format!("To: {name} <m@x.example>");
        let header = plain.replace("To: witnesses@alliance.example", &to);
        untied(&Signer::default(), &header, body, Code::DocumentQuoted);
    }
}

#[test]
fn a_digest_that_is_greeted_ties_no_pledge() {
    let plain = format!("{HEADER}{PLAIN}");
    for body in [
        "Dear #,\n\nwe will answer soon.\n",
        "Ticket 17\n\nHello Mallory #!\n\nwe will answer soon.\n",
        "Dear #,\n\nyou are written down here as #.\n",
        "Thank you, #, we will answer soon.\n",
    ] {
        untied(&Signer::default(), &plain, body, Code::DocumentQuoted);
    }
    let body = "Dear Alice,\n\nI sign the document\n#\n\nDora\n\n-- \nDesk\nThis line is automatically generated.\n";
    let report = pledged(&Signer::default(), &plain, body);
    assert!(counts(&report, Kind::NotificationPledge));
}

#[test]
fn a_subject_or_recipient_that_could_be_cut_off_leaves_a_pledge_untied() {
    let body = "I signed the document #.\n";
    let plain = format!("{HEADER}{PLAIN}");
    let type_too = "content-type:content-transfer-encoding";
    for covers in ["from:date", "from:subject:date", "from:to:date"] {
        let covers: &'static str = format!("{covers}:{type_too}").leak();
        let signer = Signer {
            covers,
            ..Signer::default()
        };
        // There, or cut off.
        let cut = plain.replace("Subject: Our pledge\n", "");
        let cut = cut.replace("To: witnesses@alliance.example\n", "");
        untied(&signer, &plain, body, Code::DkimFieldsUnsigned);
        if covers.starts_with("from:date") {
            untied(&signer, &cut, body, Code::DkimFieldsUnsigned);
        }
    }
    // What is signed as absent was not cut off.
    let cut = plain.replace("Subject: Our pledge\n", "");
    let report = pledged(&Signer::default(), &cut, body);
    assert!(counts(&report, Kind::NotificationPledge));
    // A document that is attached is no words that a program repeats.
    let document = file("notification-pledge.txt");
    let attached = format!(
        "Content-Type: application/octet-stream; name=p\nContent-Transfer-Encoding: base64\n\n{}\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, document)
    );
    let text = "Content-Type: text/plain\n\nI signed it.\n";
    let (header, body) = parts("mixed", &[text, &attached]);
    let signer = Signer {
        covers: "from:date:content-type",
        ..Signer::default()
    };
    let report = pledged(&signer, &header, &body);
    assert!(counts(&report, Kind::NotificationPledge));
}

#[test]
fn of_several_texts_the_first_is_shown_and_a_later_one_ties_no_pledge() {
    let html = "Content-Type: text/html\n\n<p>I sign nothing.</p>\n";
    let enriched = "Content-Type: text/enriched\n\nI sign nothing.\n";
    let copy =
        "Content-Type: text/plain\nContent-Disposition: inline\n\nI signed the document #.\n";
    let nested = "Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>I sign nothing.</p>\n--c--\n";
    for (kind, first) in [
        ("mixed", html),
        ("related", html),
        ("mixed", enriched),
        ("mixed", nested),
    ] {
        let (header, body) = parts(kind, &[first, copy]);
        untied(&Signer::default(), &header, &body, Code::DocumentQuoted);
    }
    // Choices of one text, in either order; and an HTML text before a file.
    let related = "Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>I signed it.</p>\n--c--\n";
    for others in [[html, copy], [copy, html], [related, copy]] {
        let (header, body) = parts("alternative", &others);
        let report = pledged(&Signer::default(), &header, &body);
        assert!(counts(&report, Kind::NotificationPledge));
    }
    let signs = "Content-Type: text/html\n\n<p>I signed the document #.</p>\n";
    let footer = "Content-Type: text/plain\n\nDesk\n";
    let (header, body) = parts("mixed", &[signs, footer]);
    let report = pledged(&Signer::default(), &header, &body);
    assert!(counts(&report, Kind::NotificationPledge));
}

#[test]
fn fields_that_are_not_signed_do_not_make_anothers_words_the_senders() {
    let unsigned = Signer {
        covers: "from:to:subject:date",
        ..Signer::default()
    };
    let text = "Content-Type: text/plain\n\nI signed the document #.\n";
    // As many senders sign: what the body itself bears out counts, with the reservation that there was.
    let (header, body) = parts("mixed", &[text]);
    let report = pledged(&unsigned, &header, &body);
    assert!(counts(&report, Kind::NotificationPledge));
    let plain = format!("{HEADER}Content-Type: text/plain\n");
    let report = pledged(&unsigned, &plain, "I signed the document #.\n");
    assert!(counts(&report, Kind::NotificationPledge));
    // The boundary of a mail that was returned, in place of the outer one.
    let (_, inner) = parts("mixed", &[text]);
    let bounce = format!(
        "--outer\nContent-Type: text/plain\n\nNot delivered.\n--outer\nContent-Type: message/rfc822\n\n{inner}\n--outer--\n"
    );
    untied(&unsigned, &header, &bounce, Code::DkimTypeUnsigned);
    // A part of a digest.
    let (_, body) = parts("mixed", &["\nI signed the document #.\n"]);
    untied(&unsigned, &header, &body, Code::DkimTypeUnsigned);
    // HTML as text, and text as HTML.
    for html in [
        "<p>I signed</p><!-- \n the document # -->\n",
        "<p>Hello you</p><blockquote>\n#</blockquote>\n",
    ] {
        untied(&unsigned, &plain, html, Code::DkimTypeUnsigned);
    }
    let as_html = format!("{HEADER}Content-Type: text/html\n");
    untied(
        &unsigned,
        &as_html,
        "I signed the document #.\n",
        Code::DkimTypeUnsigned,
    );
    // Quoted-printable as text, and the other way: a quoted line has another end.
    let broken = "I signed the document that follows.\n\nx=\n#\n";
    untied(&unsigned, &plain, broken, Code::DkimTypeUnsigned);
    // Base64 of words that somebody chose, as text.
    untied(
        &unsigned,
        &plain,
        "SGVsbG8sIHlvdQ\n#\nSGVsbG8sIHlvdQ\n",
        Code::DkimTypeUnsigned,
    );
    let report = pledged(&unsigned, &plain, "#\n");
    assert!(counts(&report, Kind::NotificationPledge));
    let encoded = format!("{plain}Content-Transfer-Encoding: quoted-printable\n");
    untied(
        &unsigned,
        &encoded,
        "I signed it. > x=0A#\n",
        Code::DkimTypeUnsigned,
    );
    let signed = pledged(&Signer::default(), &encoded, "I signed it.=0A#\n");
    assert!(counts(&signed, Kind::NotificationPledge));
}

#[test]
fn signatures_of_other_domains_are_not_verified() {
    let other = Signer {
        domain: "list.example",
        ..Signer::default()
    };
    let header = format!("{HEADER}{PLAIN}");
    let report = pledged(&other, &header, "I signed the document #.\n");
    let kind = Kind::NotificationPledge;
    let (outcome, codes) = row(&report, kind, CheckId::MailSignature);
    assert_eq!((outcome, codes), (Outcome::Fail, vec![Code::DomainDiffers]));
    assert_eq!(tied(&report).0, Outcome::NotReached);
    let detail = &report.items[0].checks[4].detail;
    assert!(
        detail.contains("list.example") && detail.contains("None was verified"),
        "{detail}"
    );
    // More of the domain than anybody needs.
    let many = format!(
        "{}{header}",
        "DKIM-Signature: v=1; a=rsa-sha256; d=datacentre.example; s=x; h=from; bh=AAAA; b=AAAA\n"
            .repeat(4)
    );
    let report = pledged(&Signer::default(), &many, "I signed the document #.\n");
    let (_, codes) = row(&report, kind, CheckId::MailSignature);
    assert_eq!(codes, [Code::DkimTooMany]);
}

#[test]
fn of_two_good_signatures_one_that_has_not_expired_is_taken() {
    let header = format!("{HEADER}{PLAIN}");
    let lasting = Signer::default().sign(&header, "We host it.\n");
    let lasting = String::from_utf8(lasting).unwrap();
    let (field, _) = lasting.split_once("\r\n").unwrap();
    let expired = Signer {
        tags: format!("t={}; x={};", AT - 7200, AT - 3600),
        ..Signer::default()
    };
    let mail = expired.sign(&format!("{field}\n{header}"), "We host it.\n");
    let report = Evidence::only(&[Kind::HostingMail])
        .with(|evidence| {
            evidence.replace(Kind::HostingMail, Role::Mail, mail);
            mail_key(evidence.entered(Kind::HostingMail)).key_record = Signer::record();
        })
        .check();
    assert!(counts(&report, Kind::HostingMail));
}

#[test]
fn when_a_signature_ends_is_said_before_and_after() {
    let day = |at: u64| {
        let signer = Signer {
            tags: format!("t={}; x={};", AT - DAY, AT),
            ..Signer::default()
        };
        let report = Evidence::only(&[Kind::HostingMail])
            .with(|evidence| {
                let mail = signer.sign(&format!("{HEADER}{PLAIN}"), "We host it.\n");
                evidence.replace(Kind::HostingMail, Role::Mail, mail);
                mail_key(evidence.entered(Kind::HostingMail)).key_record = Signer::record();
                evidence.at = at;
            })
            .check();
        let time = report.items[0].checks[5].clone();
        let fact = report.items[0]
            .facts
            .iter()
            .any(|fact| fact.label == "Signature's end");
        assert!(fact);
        (time.code, time.detail)
    };
    assert_eq!(
        day(AT - 12 * 3600),
        (
            None,
            "The mail was made on 2040-01-01 00:00:00 UTC, by its own word. Its signature holds until 2040-01-02 00:00:00 UTC \
             (x=), 12 hours from the moment that is checked for."
                .to_owned()
        )
    );
    assert_eq!(
        day(AT + 12 * 3600),
        (
            Some(Code::DkimExpired),
            "The signature expired on 2040-01-02 00:00:00 UTC (x=), 12 hours before the moment that is checked for. By its own \
             word it was made on 2040-01-01 00:00:00 UTC (t=), and held for 24 hours."
                .to_owned()
        )
    );
}

#[test]
fn a_form_feed_in_a_signed_field_breaks_the_signature() {
    for other in ["\u{c}", "\u{b}"] {
        for (from, to) in [
            ("Subject: Y", format!("Subject: {other}Y")),
            ("rack 12\r\nD", format!("rack 12{other}\r\nD")),
        ] {
            let report = Evidence::good()
                .with(|evidence| {
                    let mail = text("hosting.eml");
                    assert!(mail.contains(from));
                    evidence.replace(
                        Kind::HostingMail,
                        Role::Mail,
                        mail.replacen(from, &to, 1).into_bytes(),
                    );
                })
                .check();
            let (_, codes) = row(&report, Kind::HostingMail, CheckId::MailSignature);
            assert_eq!(codes, [Code::DkimRefused]);
        }
    }
}

#[test]
fn a_key_record_counts_in_the_form_of_every_tool() {
    let record = text("key-record.txt");
    let (first, second) = record.split_at(200);
    let escaped = first.replace(';', "\\;");
    for form in [
        format!("\"{first}\" \"{second}\""),
        format!("\"{escaped}\" \"{second}\""),
        format!("s1._domainkey.datacentre.example. 3600 IN TXT \"{first}\" \"{second}\""),
        format!(
            "s1._domainkey\tIN\tTXT\t( \"{first}\"\n\t\"{second}\" )  ; ----- DKIM key s1 for datacentre.example\n"
        ),
        format!(
            "\"n=say \\\"hi\\\"; \" \"{}\" \"{second}\"",
            first.replace("v=DKIM1; ", "")
        ),
        format!("s1._domainkey.datacentre.example\ttext = \"{first}\" \"{second}\""),
        format!("{first}\n  {second}\n"),
    ] {
        let report = Evidence::good()
            .with(|evidence| {
                mail_key(evidence.entered(Kind::HostingMail)).key_record = form.clone()
            })
            .check();
        assert!(counts(&report, Kind::HostingMail), "{form}");
    }
    for form in [
        format!("\"{first}\" \"{second}"),
        format!(
            "s1 IN TXT \"{record}\"\ns2 IN TXT \"{}\"",
            text("key-record-other.txt")
        ),
    ] {
        let report = Evidence::good()
            .with(|evidence| mail_key(evidence.entered(Kind::HostingMail)).key_record = form)
            .check();
        let (_, codes) = row(&report, Kind::HostingMail, CheckId::MailKey);
        assert_eq!(codes, [Code::KeyRecordUnreadable]);
    }
}

#[test]
fn mails_and_documents_are_read_up_to_a_total() {
    let report = Evidence::only(&[Kind::HostingMail])
        .with(|evidence| {
            let item = evidence.items[0].clone();
            evidence.items = (0..6)
                .map(|number| {
                    let mut mail = file("hosting.eml");
                    mail.resize(4 * 1024 * 1024 - number, b'\n');
                    let mut item = item.clone();
                    item.files[0].sha256 = evidence.contents.add(mail);
                    item
                })
                .collect();
            // One that was read already adds nothing; not even a small one is read beyond.
            evidence.items.push(evidence.items[0].clone());
            evidence.items.push(item);
        })
        .check();
    let codes: Vec<Option<Code>> = report
        .items
        .iter()
        .map(|item| item.checks[1].code)
        .collect();
    let beyond = Some(Code::FilesTooLarge);
    assert_eq!(
        codes,
        [None, None, None, None, beyond, beyond, None, beyond]
    );
    assert!(report.items[0].counts && !report.items[4].counts && report.items[6].counts);
}

#[test]
fn the_most_that_mails_can_ask_for_is_refused_and_ends() {
    let report = harness::colocation::worst().check();
    assert_eq!(report.items.len(), 32);
    for item in &report.items {
        assert_eq!(item.checks[1].outcome, Outcome::Pass);
        assert_eq!(item.checks[4].code, Some(Code::DkimRefused));
    }
}

// The record.

fn opened(file: &[u8], files: &[&[u8]]) -> CeremonyReport {
    let signers = Signers::from_json(&signers()).unwrap();
    let attesters = AttesterBuilds::from_json(&attesters()).unwrap();
    let beside = Beside {
        signers: Some(&signers),
        attesters: Some(&attesters),
        earlier: &[],
        today: None,
        files,
    };
    open(&verifier(), file, beside)
}

/// Codes of the record's row `colocation`.
fn of_record(report: &CeremonyReport) -> (Outcome, Vec<RecordCode>) {
    let row = report.check(RecordRow::Colocation).unwrap();
    let codes = row.findings.iter().map(|finding| finding.code).collect();
    (row.outcome, codes)
}

/// The payload's JSON, changed; signatures stay as they were.
fn forged(file: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let mut envelope: serde_json::Value = serde_json::from_slice(file).unwrap();
    let payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let mut payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    change(&mut payload["predicate"]);
    envelope["payload"] = STANDARD.encode(json::canonical(&payload)).into();
    json::canonical(&envelope)
}

/// Why no record is made.
fn unmade(change: impl FnOnce(&mut Ceremony)) -> Vec<RecordCode> {
    let error = Ceremony::in_colocation().with(change).make().err().unwrap();
    error.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_record_of_colocation_is_made_signed_and_opened_with_its_files_inside() {
    let report = opened(&Ceremony::in_colocation().signed(), &[]);
    assert_eq!(of_record(&report), (Outcome::Pass, vec![]));
    assert_eq!(report.verdict, Verdict::Affirming, "{}", report.summary);
    let inside = report.colocation.unwrap();
    let outside = Evidence::good().check();
    assert_eq!(inside.trust, outside.trust);
    assert_eq!(inside.items, outside.items);
    assert_eq!(inside.at, AT);
    assert_eq!(report.trust.unwrap(), outside.trust);
}

#[test]
fn a_record_for_bare_metal_has_the_consoles_row_of_the_table() {
    let report = opened(&Ceremony::good().signed(), &[]);
    assert_eq!(of_record(&report), (Outcome::NotGiven, vec![]));
    assert!(report.colocation.is_none());
    let table = report.trust.unwrap();
    let words: Vec<&str> = table.rows[0].cells.iter().map(|cell| cell.words).collect();
    assert_eq!(
        (table.rows[0].evidence, words),
        (Row::Console, vec!["protected", "protected", "no"])
    );
    assert!(
        table.rows[1..]
            .iter()
            .all(|row| row.cells.iter().all(|cell| cell.level == Level::No))
    );
    // A record that does not hold is worth nothing.
    let unsigned = opened(&Ceremony::good().make().unwrap().file, &[]);
    assert!(
        unsigned
            .trust
            .unwrap()
            .strongest
            .iter()
            .all(|found| found.level == Level::No)
    );
}

#[test]
fn a_record_for_bare_metal_is_written_as_before() {
    let file = Ceremony::good().make().unwrap();
    assert!(!file.to_sign.payload.contains(r#""found""#));
    let example = std::fs::read(
        harness::colocation::folder().join("../../docs/ceremony-record.example.dsse.json"),
    )
    .unwrap();
    let report = opened(&example, &[]);
    assert_eq!(report.verdict, Verdict::Affirming);
}

#[test]
fn the_example_of_a_record_opens_affirming_with_its_evidence() {
    let example = include_bytes!("../../../docs/colocation-record.example.dsse.json");
    let report = opened(example, &[]);
    assert_eq!(of_record(&report), (Outcome::Pass, vec![]));
    assert_eq!(report.verdict, Verdict::Affirming, "{}", report.summary);
}

#[test]
fn kind_answer_and_evidence_of_a_record_agree() {
    use cloud_witness::ceremony::record::{ColocationAnswer, Kind as RecordKind};

    assert_eq!(
        unmade(|ceremony| ceremony.colocation = None),
        [RecordCode::ColocationMissing]
    );
    assert_eq!(
        unmade(|ceremony| ceremony.colocation.as_mut().unwrap().items.clear()),
        [RecordCode::ColocationMissing]
    );
    for answer in [
        ColocationAnswer::NotOffered,
        ColocationAnswer::ShownNotInIt,
        ColocationAnswer::NotShown,
    ] {
        assert_eq!(
            unmade(|ceremony| ceremony.entered.colocation.answer = answer),
            [RecordCode::ColocationDenied]
        );
    }
    assert_eq!(
        unmade(|ceremony| ceremony.entered.kind = RecordKind::BareMetal),
        [
            RecordCode::ColocationNotExcluded,
            RecordCode::ColocationUnexpected
        ]
    );
    assert_eq!(
        unmade(|ceremony| {
            ceremony.entered.kind = RecordKind::BareMetal;
            ceremony.colocation = None;
        }),
        [RecordCode::ColocationNotExcluded]
    );
}

#[test]
fn evidence_that_does_not_check_out_makes_no_record() {
    let with = |change: fn(&mut Evidence)| {
        move |ceremony: &mut Ceremony| change(ceremony.colocation.as_mut().unwrap())
    };
    assert_eq!(
        unmade(with(|evidence| edited("rack 12, uni", "rack 13, uni")(
            evidence
        ))),
        [RecordCode::ColocationRefused]
    );
    // A claim that names another machine than the quote.
    assert_eq!(
        unmade(with(|evidence| {
            let text = text("owner-claim.txt").replace("e8a3f02b", "00000000");
            evidence.replace(Kind::OwnerClaim, Role::Statement, text.into_bytes());
        })),
        [RecordCode::ColocationRefused; 2]
    );
}

#[test]
fn a_reservation_makes_the_verdict_a_warning_with_a_reason() {
    let reserved = |ceremony: &mut Ceremony| {
        let evidence = ceremony.colocation.as_mut().unwrap();
        with_mail("mails/old.eml", None)(evidence);
    };
    assert_eq!(unmade(reserved), [RecordCode::OutcomeReasonMissing]);
    let file = Ceremony::in_colocation()
        .with(reserved)
        .with(|ceremony| ceremony.entered.warning_reason = Some("We asked by phone.".to_owned()))
        .signed();
    let report = opened(&file, &[]);
    assert_eq!(
        of_record(&report),
        (Outcome::Warn, vec![RecordCode::ColocationReserved])
    );
    assert_eq!(report.verdict, Verdict::Warning);
}

#[test]
fn promises_alone_are_a_reservation() {
    let file = Ceremony::in_colocation()
        .with(|ceremony| {
            ceremony.colocation = Some(Evidence::only(&[Kind::OwnerClaim]));
            ceremony.entered.warning_reason = Some("It is a start.".to_owned());
        })
        .signed();
    let report = opened(&file, &[]);
    assert_eq!(
        of_record(&report),
        (Outcome::Warn, vec![RecordCode::ColocationUnproven])
    );
}

#[test]
fn what_is_inside_is_checked_again_and_compared() {
    let file = Ceremony::in_colocation().signed();
    // A level that nothing gives.
    let report = opened(
        &forged(&file, |predicate| {
            predicate["colocation"]["found"]["trust"][6]["levels"][2] = "proven".into();
        }),
        &[],
    );
    assert_eq!(
        of_record(&report),
        (Outcome::Warn, vec![RecordCode::ColocationDiffers])
    );
    assert_eq!(
        report.verdict,
        Verdict::Contraindicated,
        "its signatures are no longer"
    );
    // Another file under the same name.
    let report = opened(
        &forged(&file, |predicate| {
            predicate["colocation"]["items"][2]["files"][0]["base64"] = "AAAA".into();
        }),
        &[],
    );
    assert!(
        of_record(&report)
            .1
            .contains(&RecordCode::ColocationFileDamaged)
    );
    // Evidence that was taken out.
    let report = opened(
        &forged(&file, |predicate| {
            predicate["colocation"]["items"]
                .as_array_mut()
                .unwrap()
                .pop();
        }),
        &[],
    );
    assert!(
        of_record(&report)
            .1
            .contains(&RecordCode::ColocationDiffers)
    );
}

#[test]
fn a_file_inside_that_is_larger_than_any_that_is_put_there_is_not_looked_at() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let file = Ceremony::in_colocation().signed();
    for (bytes, is_read) in [(2 * 1024 * 1024, true), (2 * 1024 * 1024 + 1, false)] {
        let mail = vec![b'x'; bytes];
        let sha256 = Evidence::good().contents.add(mail.clone());
        let report = opened(
            &forged(&file, |predicate| {
                let file = &mut predicate["colocation"]["items"][2]["files"][0];
                file["sha256"] = sha256.into();
                file["base64"] = STANDARD.encode(mail).into();
            }),
            &[],
        );
        let (_, codes) = of_record(&report);
        assert_eq!(!codes.contains(&RecordCode::ColocationFileDamaged), is_read);
        let item = &report.colocation.unwrap().items[2];
        let row = item.checks.iter().find(|row| row.id == CheckId::MailRead);
        assert_eq!(row.unwrap().outcome == Outcome::NotReached, !is_read);
    }
}

#[test]
fn a_file_that_is_too_large_is_named_and_given_beside() {
    // An audit report of three megabytes.
    let mut report = b"%PDF-1.4\n".to_vec();
    report.resize(3 * 1024 * 1024, b' ');
    let file = Ceremony::in_colocation()
        .with(|ceremony| {
            let evidence = ceremony.colocation.as_mut().unwrap();
            evidence.replace(Kind::OwnerClaim, Role::Certificate, report.clone());
        })
        .signed();
    assert!(file.len() < 2 * 1024 * 1024);
    let without = opened(&file, &[]);
    assert_eq!(
        of_record(&without),
        (Outcome::Warn, vec![RecordCode::ColocationFileAway])
    );
    let table = without.trust.unwrap();
    assert_eq!(table.rows[1].cells[0].words, "no");
    let with = opened(&file, &[&report]);
    assert_eq!(of_record(&with), (Outcome::Pass, vec![]));
    assert_eq!(with.verdict, Verdict::Affirming);
    // Another file is not it.
    let other = opened(&file, &[b"another"]);
    assert_eq!(of_record(&other).0, Outcome::Warn);
}
