//! Records of ceremonies: made, signed, merged, opened; and every way in which one can be bad.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::envelope::{Opened, Signed};
use cloud_witness::ceremony::keys::{Key, NAMESPACE, SshSignature};
use cloud_witness::ceremony::record::{Addendum, ColocationAnswer, Origin, Role};
use cloud_witness::ceremony::report::CheckId;
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::ceremony::{
    Beside, CeremonyReport, Code, Earlier, Today, addendum, attach, bytes_to_sign, drand, json,
    merge, open, sign,
};
use cloud_witness::code::Code as MachineCode;
use cloud_witness::collateral::Source;
use cloud_witness::registry::Registry;
use cloud_witness::report::{Outcome, Tense, Verdict};
use cloud_witness::rows::Row as _;
use ed25519_dalek::Signer as _;
use harness::ceremony::{
    Ceremony, PEOPLE, attesters, key, key_line, sign_raw, sign_ssh, signers, ssh_signature,
    verifier,
};
use serde_json::Value;
use sha2::Digest as _;

fn opened(file: &[u8]) -> CeremonyReport {
    let signers = Signers::from_json(&signers()).unwrap();
    ask(file, Some(&signers), &[], None)
}

/// Opened by one who knows the attester's build.
fn ask(
    file: &[u8],
    signers: Option<&Signers>,
    earlier: &[Earlier],
    today: Option<Today<'_>>,
) -> CeremonyReport {
    let attesters = AttesterBuilds::from_json(&attesters()).unwrap();
    let beside = Beside {
        files: &[],
        signers,
        attesters: Some(&attesters),
        earlier,
        today,
    };
    open(&verifier(), file, beside)
}

/// Asked at this moment, with nothing of its own to go by.
fn at(now: u64) -> Today<'static> {
    Today {
        now,
        collateral: None,
        registry: None,
        revoked: None,
    }
}

/// Every code that any row found.
fn codes(report: &CeremonyReport) -> Vec<Code> {
    report
        .checks
        .iter()
        .flat_map(|check| check.findings.iter().map(|finding| finding.code))
        .collect()
}

/// Why a ceremony becomes no record.
fn refused(change: impl FnOnce(&mut Ceremony)) -> Vec<Code> {
    let error = Ceremony::good().with(change).make().err().unwrap();
    error.findings.iter().map(|finding| finding.code).collect()
}

/// The file's JSON, changed, in canonical form again.
fn edited(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(file).unwrap();
    change(&mut value);
    json::canonical(&value)
}

/// The payload's JSON, changed, in canonical form again; signatures stay as they were.
fn forged(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    edited(file, |envelope| {
        let payload = STANDARD
            .decode(envelope["payload"].as_str().unwrap())
            .unwrap();
        envelope["payload"] = STANDARD.encode(edited(&payload, change)).into();
    })
}

/// A record that says what it likes, signed by everyone: as if all participants lied together.
fn conspired(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let file = forged(&Ceremony::good().make().unwrap().file, change);
    let pae = bytes_to_sign(&file).unwrap().pae;
    edited(&file, |envelope| {
        let mut signatures: Vec<Value> = PEOPLE
            .into_iter()
            .map(|(name, ..)| {
                serde_json::json!({
                    "keyid": Key::parse(&key_line(&key(name))).unwrap().fingerprint(),
                    "sig": STANDARD.encode(key(name).sign(pae.as_bytes()).to_bytes()),
                })
            })
            .collect();
        signatures.sort_by_key(|signature| signature["keyid"].to_string());
        envelope["signatures"] = signatures.into();
    })
}

// A good ceremony.

#[test]
fn a_signed_record_by_known_signers_is_affirming_as_of_its_day() {
    let file = Ceremony::good().signed();
    assert!(
        Opened::read(&file)
            .unwrap()
            .signed_by()
            .into_iter()
            .eq(0..3)
    );
    let report = opened(&file);
    assert_eq!(codes(&report), []);
    assert_eq!(report.verdict, Verdict::Affirming);
    let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["verdict"], "affirming");
    assert!(report.summary.starts_with("The evidence, appraised again"));
    assert!(report.headline.starts_with("Affirming, as of 2040-01-02"));
    assert!(report.signable && report.differences.is_empty());
    assert!(
        report
            .checks
            .iter()
            .map(|check| check.id)
            .eq(CheckId::ALL.iter().copied())
    );
    let inside = report.report.unwrap();
    assert_eq!(
        (inside.verdict, inside.time),
        (Verdict::Affirming, Tense::AsOf)
    );
    assert_eq!(
        serde_json::to_value(&inside).unwrap(),
        report.recorded_report.unwrap()
    );
    let forms: Vec<_> = report.signatures.iter().map(|view| view.form).collect();
    assert!(forms.contains(&Some("dsse")) && forms.contains(&Some("sshsig")));
}

#[test]
fn without_a_list_of_signers_a_good_quorum_is_a_warning() {
    let report = ask(&Ceremony::good().signed(), None, &[], None);
    assert_eq!(report.verdict, Verdict::Warning);
    let row = report.check(CheckId::Signers).unwrap();
    assert_eq!(
        (row.outcome, row.code),
        (Outcome::NotGiven, Some(Code::SignersNotGiven))
    );
}

#[test]
fn without_a_list_of_attester_builds_a_good_record_is_a_warning() {
    let signers = Signers::from_json(&signers()).unwrap();
    let beside = Beside {
        files: &[],
        signers: Some(&signers),
        ..Beside::default()
    };
    let report = open(&verifier(), &Ceremony::good().signed(), beside);
    assert_eq!(report.verdict, Verdict::Warning);
    let row = report.check(CheckId::Attester).unwrap();
    assert_eq!(
        (row.outcome, row.code),
        (Outcome::NotGiven, Some(Code::AttestersNotGiven))
    );
}

#[test]
fn an_attester_that_only_the_records_makers_know_is_a_warning() {
    let mut entries: Vec<Value> = serde_json::from_str(&attesters()).unwrap();
    entries[0]["mr_enclave"] = "ab".repeat(32).into();
    let signers = Signers::from_json(&signers()).unwrap();
    for list in ["[]".to_owned(), serde_json::to_string(&entries).unwrap()] {
        let attesters = AttesterBuilds::from_json(&list).unwrap();
        let beside = Beside {
            files: &[],
            signers: Some(&signers),
            attesters: Some(&attesters),
            ..Beside::default()
        };
        let report = open(&verifier(), &Ceremony::good().signed(), beside);
        assert_eq!(codes(&report), [Code::AttesterUnknown]);
        assert_eq!(report.verdict, Verdict::Warning);
        // The record's own list has it: the appraisal by itself is affirming.
        assert_eq!(report.report.unwrap().verdict, Verdict::Affirming);
    }
}

#[test]
fn making_a_record_twice_gives_the_same_bytes() {
    assert_eq!(Ceremony::good().signed(), Ceremony::good().signed());
}

#[test]
fn a_warning_is_signed_only_with_a_reason() {
    let unlisted = |ceremony: &mut Ceremony| ceremony.attesters = None;
    assert_eq!(refused(unlisted), [Code::OutcomeReasonMissing]);
    let file = Ceremony::good()
        .with(unlisted)
        .with(|ceremony| ceremony.entered.warning_reason = Some("A new build.".to_owned()))
        .signed();
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::Warning);
    assert_eq!(codes(&report), []);
}

#[test]
fn none_and_contraindicated_are_never_made_a_record_nor_signed() {
    let other_challenge = |ceremony: &mut Ceremony| {
        ceremony.entered.challenge.hex = "ff".repeat(32);
        ceremony.entered.warning_reason = Some("All the same.".to_owned());
    };
    let error = Ceremony::good().with(other_challenge).make().err().unwrap();
    assert_eq!(error.verdict, Verdict::Contraindicated);
    assert!(refused(other_challenge).contains(&Code::OutcomeNotSignable));
    assert!(
        refused(|ceremony| ceremony.collateral = "{}".to_owned())
            .contains(&Code::OutcomeNotSignable)
    );
    // Nor is it said of another fault alone.
    let codes = refused(|ceremony| {
        other_challenge(ceremony);
        ceremony.entered.console.machine.clear();
    });
    assert!(codes.contains(&Code::OutcomeNotSignable) && codes.contains(&Code::ConsoleMissing));
    let codes = refused(|ceremony| {
        ceremony.entered.notes = Some("x".repeat(cloud_witness::ceremony::MAX_FILE));
    });
    assert_eq!(codes, [Code::TextTooLong, Code::RecordTooLarge]);

    // A file that somebody made otherwise is not signed here either.
    let file = forged(&Ceremony::good().make().unwrap().file, |statement| {
        statement["predicate"]["entered"]["challenge"]["hex"] = "ff".repeat(32).into();
    });
    let name = PEOPLE[0].0;
    let pae = bytes_to_sign(&file).unwrap().pae;
    let signature = key(name).sign(pae.as_bytes()).to_bytes();
    let line = key_line(&key(name));
    let signed = Signed::Raw {
        key: &line,
        signature: &signature,
    };
    assert_eq!(
        sign(&verifier(), &file, signed).unwrap_err().code,
        Code::OutcomeNotSignable
    );
}

/// What is changed in a record's statement.
type Lie = fn(&mut Value);

#[test]
fn a_record_that_says_anything_but_what_the_evidence_gives_is_not_signed() {
    let good = Ceremony::good().make().unwrap().file;
    let add = |file: &[u8]| {
        let signer = key(PEOPLE[0].0);
        let pae = bytes_to_sign(file).unwrap().pae;
        let signed = Signed::Raw {
            key: &key_line(&signer),
            signature: &signer.sign(pae.as_bytes()).to_bytes(),
        };
        let may_be_signed = sign(&verifier(), file, signed).map_err(|error| {
            assert!(
                error.detail.contains("open it to see what differs"),
                "{error}"
            );
            error.code
        });
        assert_eq!(opened(file).signable, may_be_signed.is_ok());
        may_be_signed.map(|_| ())
    };
    assert_eq!(add(&good), Ok(()));
    let cases: [(&str, Lie); 3] = [
        ("another Report", |statement| {
            statement["predicate"]["report"]["checks"][11]["outcome"] = "warn".into();
        }),
        ("another machine", |statement| {
            statement["subject"][0]["digest"]["sha256"] = "00".repeat(32).into();
        }),
        ("another verdict", |statement| {
            statement["predicate"]["verdict"] = "warning".into();
            statement["predicate"]["entered"]["warning_reason"] = "because".into();
        }),
    ];
    for (what, change) in cases {
        assert_eq!(
            add(&forged(&good, change)),
            Err(Code::OutcomeNotSignable),
            "{what}"
        );
    }
}

#[test]
fn evidence_larger_than_any_file_that_is_read_is_named() {
    let report = opened(&conspired(|statement| {
        let bytes = vec![b'\n'; cloud_witness::evidence::MAX_INPUT + 1];
        statement["predicate"]["evidence"] = serde_json::json!({
            "base64": STANDARD.encode(&bytes),
            "sha256": hex::encode(sha2::Sha256::digest(&bytes)),
        });
    }));
    let row = report.check(CheckId::Evidence).unwrap();
    assert_eq!(row.code, Some(Code::EvidenceDamaged));
    assert!(row.detail.contains("262144"), "{}", row.detail);
    let report = opened(&conspired(|statement| {
        let bytes = vec![b'\n'; cloud_witness::evidence::MAX_INPUT];
        statement["predicate"]["evidence"] = serde_json::json!({
            "base64": STANDARD.encode(&bytes),
            "sha256": hex::encode(sha2::Sha256::digest(&bytes)),
        });
    }));
    let row = report.check(CheckId::Evidence).unwrap();
    assert_eq!(row.code, None, "{}", row.detail);
}

#[test]
fn o16_collateral_that_was_old_then_is_a_warning_for_ever() {
    let old = |ceremony: &mut Ceremony| {
        let day = 8 * 86_400;
        let times = &mut ceremony.entered.times;
        for time in [
            &mut times.participants,
            &mut times.colocation,
            &mut times.console,
            &mut times.challenge,
            &mut times.file,
            &mut times.appraisal,
            &mut times.outcome,
        ] {
            *time += day;
        }
        times.command = None;
        times.hash = None;
    };
    assert_eq!(refused(old), [Code::OutcomeReasonMissing]);
    let file = Ceremony::good()
        .with(old)
        .with(|ceremony| ceremony.entered.warning_reason = Some("No newer set.".to_owned()))
        .signed();
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::Warning);
    assert!(codes(&report).contains(&Code::CollateralOldThen));
    assert_eq!(report.report.unwrap().verdict, Verdict::Affirming);
}

#[test]
fn what_is_known_today_stands_beside_and_changes_nothing() {
    let file = Ceremony::good().signed();
    let revoked: forge::ForgeSpec = serde_json::from_str(r#"{"tcb_status":"Revoked"}"#).unwrap();
    let collateral = revoked.build().collateral_json;
    let signers = Signers::from_json(&signers()).unwrap();
    let ask = |collateral| {
        let today = Today {
            collateral,
            ..at(forge::AT + 86_400)
        };
        ask(&file, Some(&signers), &[], Some(today))
    };
    let same = ask(None);
    assert_eq!(same.verdict, Verdict::Affirming);
    assert_eq!(same.today.unwrap().differences, []);
    let report = ask(Some((collateral.as_bytes(), Source::Site)));
    assert_eq!(report.verdict, Verdict::Affirming);
    let today = report.today.unwrap();
    assert_eq!(today.report.verdict, Verdict::Contraindicated);
    assert_eq!(today.differences[0].place, "checks.tcb.status");
    assert_eq!(today.differences[0].found, "fail TCB_REVOKED");
}

/// Row `registry` beside a record, the verdict on its hardware, and what is said before signing.
struct Listed {
    row: Option<(Outcome, Option<MachineCode>)>,
    hardware: Verdict,
    warned: Vec<Code>,
}

/// The good record, opened beside lists of machines (of "ours", its own ID, and others) at `now`.
fn listed(
    now: u64,
    collateral: Option<&str>,
    known: Option<&str>,
    revoked: Option<&str>,
) -> Listed {
    let file = Ceremony::good().signed();
    let signers = Signers::from_json(&signers()).unwrap();
    let ppid = opened(&file).report.unwrap().identity.unwrap().ppid;
    let list = |text: &str| Registry::parse(&[text.replace("ours", &ppid).as_bytes()]).unwrap();
    let [known, revoked] = [known.map(list), revoked.map(list)];
    let today = Today {
        collateral: collateral.map(|text| (text.as_bytes(), Source::Site)),
        registry: known.as_ref(),
        revoked: revoked.as_ref(),
        ..at(now)
    };
    let report = ask(&file, Some(&signers), &[], Some(today));
    assert_eq!(report.verdict, Verdict::Affirming, "it held then");
    assert_eq!(report.report.unwrap().registry, None);
    let today = report.today.unwrap();
    assert_eq!(today.report.registry, None);
    Listed {
        row: today.registry.map(|row| (row.outcome, row.code)),
        hardware: today.report.verdict,
        warned: today
            .before_signing
            .iter()
            .map(|finding| finding.code)
            .collect(),
    }
}

const OTHER: &str = "00112233445566778899aabbccddeeff,other\n";

#[test]
fn where_the_machine_stands_in_the_lists_of_today_is_said_beside_its_record() {
    use MachineCode::{MachineKnown, MachineNew, MachineRevoked};

    let said = |known, revoked| {
        let Listed {
            row,
            hardware,
            warned,
        } = listed(soon(), None, known, revoked);
        assert_eq!(hardware, Verdict::Warning, "the hardware is as it was");
        (row, warned)
    };
    let pass = |code| Some((Outcome::Pass, Some(code)));
    assert_eq!(said(None, None), (None, vec![]));
    assert_eq!(
        said(Some("ours,we\n"), Some(OTHER)),
        (pass(MachineKnown), vec![])
    );
    assert_eq!(said(Some(OTHER), None), (pass(MachineNew), vec![]));
    assert_eq!(
        said(None, Some(OTHER)),
        (Some((Outcome::NotGiven, None)), vec![])
    );
    assert_eq!(
        said(Some("ours,we\n"), Some("ours,sold\n")),
        (
            Some((Outcome::Fail, Some(MachineRevoked))),
            vec![Code::TodayNotSignable]
        )
    );
}

#[test]
fn a_revoked_list_with_an_unusable_line_is_said_before_signing() {
    let Listed { row, warned, .. } = listed(soon(), None, None, Some("junk\n"));
    let incomplete = (Outcome::Fail, Some(MachineCode::RevokedIncomplete));
    assert_eq!(row, Some(incomplete));
    assert_eq!(warned, [Code::TodayNotSignable]);
}

#[test]
fn a_revoked_machine_is_named_long_after_its_collateral_went_out_of_date() {
    let year_later = forge::AT + 365 * 86_400;
    let Listed {
        row,
        hardware,
        warned,
    } = listed(year_later, None, None, Some("ours,sold\n"));
    assert_eq!(
        row,
        Some((Outcome::Fail, Some(MachineCode::MachineRevoked)))
    );
    assert_eq!(hardware, Verdict::None);
    assert_eq!(warned, [Code::TodayLater, Code::TodayNotSignable]);
}

#[test]
fn a_machine_that_todays_collateral_refuses_is_not_said_to_be_known_or_new() {
    let refused: forge::ForgeSpec = serde_json::from_str(r#"{"revoked":["pck"]}"#).unwrap();
    let refused = refused.build().collateral_json;
    for known in ["ours,we\n", OTHER] {
        let Listed {
            row,
            hardware,
            warned,
        } = listed(soon(), Some(&refused), Some(known), None);
        assert_eq!(hardware, Verdict::Contraindicated);
        assert_eq!(row, Some((Outcome::NotReached, None)));
        assert_eq!(warned, [Code::TodayNotSignable]);
    }
    let both = listed(soon(), Some(&refused), None, Some("ours,sold\n"));
    assert_eq!(
        both.row,
        Some((Outcome::Fail, Some(MachineCode::MachineRevoked)))
    );
    assert_eq!(
        both.warned,
        [Code::TodayNotSignable, Code::TodayNotSignable]
    );
}

#[test]
fn what_is_known_today_is_said_in_a_sentence() {
    let file = Ceremony::good().signed();
    let said = |now, collateral: Option<&str>, source| {
        let today = Today {
            collateral: collateral.map(|text| (text.as_bytes(), source)),
            ..at(now)
        };
        ask(&file, None, &[], Some(today)).today.unwrap().summary
    };
    assert_eq!(
        said(soon(), None, Source::Site),
        "Nothing about the hardware differs from then."
    );
    let same = forge::ForgeSpec::default().build().collateral_json;
    assert_eq!(
        said(soon(), Some(&same), Source::Applicant),
        "1 row about the hardware or its collateral came out otherwise than then."
    );
    let late = said(forge::AT + 365 * 86_400, None, Source::Site);
    assert!(
        late.starts_with("No verdict. Nothing can be decided"),
        "{late}"
    );
}

fn soon() -> u64 {
    forge::AT + 3600
}

#[test]
fn before_signing_it_says_that_the_ceremony_is_long_past_or_in_the_future_or_its_hardware_no_longer_good()
 {
    let file = Ceremony::good().signed();
    let revoked: forge::ForgeSpec = serde_json::from_str(r#"{"tcb_status":"Revoked"}"#).unwrap();
    let collateral = revoked.build().collateral_json;
    // The ceremony's last step is 60 seconds after the appraisal.
    let said = |now: u64, collateral: Option<(&[u8], Source)>| -> Vec<Code> {
        let today = Today {
            collateral,
            ..at(now)
        };
        let report = ask(&file, None, &[], Some(today));
        let today = report.today.unwrap();
        today
            .before_signing
            .iter()
            .map(|finding| finding.code)
            .collect()
    };
    let end = forge::AT + 60;
    assert_eq!(said(end - 60, None), []);
    assert_eq!(said(end - 61, None), [Code::TodayEarlier]);
    assert_eq!(said(end + 86_400, None), []);
    assert_eq!(said(end + 86_401, None), [Code::TodayLater]);
    assert_eq!(
        said(end, Some((collateral.as_bytes(), Source::Site))),
        [Code::TodayNotSignable]
    );
}

// Who takes part.

#[test]
fn bad_participants_become_no_record() {
    let project = |index: usize, project: &'static str| {
        move |ceremony: &mut Ceremony| {
            ceremony.entered.participants[index].project = project.to_owned();
        }
    };
    assert_eq!(
        refused(project(2, "first  PROJECT")),
        [Code::WitnessesOfOneProject]
    );
    assert_eq!(
        refused(project(1, "example compute")),
        [Code::WitnessOfProversProject, Code::ChallengeMaker]
    );
    assert_eq!(
        refused(|ceremony| {
            ceremony.entered.participants[2].key = ceremony.entered.participants[1].key.clone();
        }),
        [Code::KeyTwice]
    );
    assert_eq!(
        refused(|ceremony| ceremony.entered.participants[0].key = None),
        [Code::KeyMissing]
    );
    assert_eq!(
        refused(|ceremony| ceremony.entered.participants[1].role = Role::Prover),
        [
            Code::ProverTwice,
            Code::WitnessesTooFew,
            Code::ChallengeMaker
        ]
    );
}

#[test]
fn a_fourth_witness_of_the_provers_project_makes_no_challenge_and_notes_no_hash() {
    let friend = |ceremony: &mut Ceremony| {
        let mut friend = ceremony.entered.participants[1].clone();
        friend.name = "Peter Friend".to_owned();
        friend.project = ceremony.entered.participants[0].project.clone();
        friend.key = Some(key_line(&key("Peter Friend")));
        ceremony.entered.participants.push(friend);
    };
    let made = refused(|ceremony| {
        friend(ceremony);
        ceremony.entered.challenge.made_by = 3;
    });
    assert!(made.contains(&Code::ChallengeMaker), "{made:?}");
    let noted = refused(|ceremony| {
        friend(ceremony);
        ceremony.entered.file.noted_by = Some(3);
    });
    assert!(noted.contains(&Code::EvidenceNotedBy), "{noted:?}");
}

#[test]
fn names_that_differ_by_what_is_not_seen_are_refused() {
    for unseen in ['\u{200b}', '\u{ad}', '\u{feff}', '\u{e0041}', '\u{3164}'] {
        let codes = refused(|ceremony| {
            let twin = ceremony.entered.participants[1].name.clone();
            ceremony.entered.participants[2].name = format!("{twin}{unseen}");
        });
        assert!(
            codes.contains(&Code::TextCharacter),
            "{unseen:?}: {codes:?}"
        );
    }
}

#[test]
fn a_ceremony_of_more_than_a_day_is_a_warning() {
    let file = Ceremony::good()
        .with(|ceremony| {
            ceremony.entered.times.outcome += 3 * 24 * 60 * 60;
            ceremony.entered.warning_reason = Some("it took long".to_owned());
        })
        .signed();
    assert!(codes(&opened(&file)).contains(&Code::TimeTooLong));
    assert_eq!(opened(&file).verdict, Verdict::Warning);
}

#[test]
fn times_at_their_limits_are_times() {
    let with = |change: fn(&mut Ceremony)| {
        let ceremony = Ceremony::good().with(change).with(|ceremony| {
            ceremony.entered.warning_reason = Some("it took long".to_owned());
        });
        codes(&opened(&ceremony.signed()))
    };
    assert_eq!(
        with(|ceremony| ceremony.entered.times.outcome = 253_402_300_799),
        [Code::TimeTooLong]
    );
    assert_eq!(
        with(|ceremony| {
            let times = &mut ceremony.entered.times;
            times.outcome = times.participants + 24 * 60 * 60;
        }),
        []
    );
    assert_eq!(
        with(|ceremony| ceremony.entered.times.outcome = ceremony.entered.times.appraisal),
        []
    );
    // Answered in the last second of its ten minutes.
    assert_eq!(with(|ceremony| ceremony.entered.challenge.minutes = 10), []);
}

#[test]
fn keys_that_prove_nothing_are_refused() {
    let with_key =
        |line: String| refused(|ceremony| ceremony.entered.participants[1].key = Some(line));
    let ed25519 = |bytes: [u8; 32]| {
        let blob = [&[0, 0, 0, 11][..], b"ssh-ed25519", &[0, 0, 0, 32], &bytes].concat();
        format!("ssh-ed25519 {}", STANDARD.encode(blob))
    };
    // Neutral element, and a point of order 8 (RFC 7748's low-order list, as an Edwards point).
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let order_8: [u8; 32] = hex::decode(order_8).unwrap().try_into().unwrap();
    for bytes in [neutral, order_8] {
        assert_eq!(with_key(ed25519(bytes)), [Code::KeyWeak], "{bytes:02x?}");
    }
    let rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7uT0Yl1RkcM9fG5FSwmKzkMGTHn1JbsD7sWQ2nWqkXKcVXKvIbJ9X1s1+qcBFX3L9c7mfZ8x1tVdx0b1hVbY1";
    assert_eq!(with_key(rsa.to_owned()), [Code::KeyUnsupported]);
    assert_eq!(
        with_key("ssh-ed25519 AAAA".to_owned()),
        [Code::KeyUnreadable]
    );
    assert_eq!(with_key(String::new()), [Code::KeyUnreadable]);
    // One key has one text: a comment would be another.
    let line = key_line(&key(PEOPLE[1].0));
    assert_eq!(with_key(format!("{line} me@home")), [Code::KeyUnreadable]);
}

#[test]
fn more_participants_than_a_call_holds_are_refused_without_reading_every_key() {
    let with = |participants: usize| {
        let file = forged(&Ceremony::good().signed(), |statement| {
            let list = &mut statement["predicate"]["entered"]["participants"];
            let one = list[2].clone();
            *list = vec![one; participants].into();
        });
        opened(&file)
    };
    assert_eq!(with(32).entered.unwrap().participants.len(), 32);
    for more in [33, 5_000] {
        let report = with(more);
        assert_eq!(report.verdict, Verdict::None);
        assert_eq!(codes(&report), [Code::ParticipantsTooMany]);
        assert!(report.entered.is_none(), "nothing of them is handed out");
    }
}

// What was entered.

#[test]
fn a_clock_set_back_between_two_steps_is_named() {
    let error = Ceremony::good()
        .with(|ceremony| ceremony.entered.times.hash = Some(forge::AT - 601))
        .make()
        .err()
        .unwrap();
    assert_eq!(error.findings[0].code, Code::TimeSetBack);
    assert!(error.findings[0].detail.contains("hash"), "{error}");
    assert_eq!(
        refused(|ceremony| ceremony.entered.times.outcome = u64::MAX),
        [Code::TimeInvalid]
    );
}

#[test]
fn an_expired_challenge_is_a_warning_that_names_the_minutes() {
    let late = |ceremony: &mut Ceremony| {
        ceremony.entered.challenge.minutes = 5;
        ceremony.entered.warning_reason = Some("The console hung.".to_owned());
    };
    let file = Ceremony::good().with(late).signed();
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::Warning);
    let row = report.check(CheckId::Challenge).unwrap();
    assert_eq!(row.code, Some(Code::ChallengeExpired));
    assert!(row.detail.contains("5 minutes"), "{}", row.detail);
}

/// The same people, with the same challenge at another moment.
fn another() -> Ceremony {
    Ceremony::good().with(|ceremony| {
        ceremony.entered.console.machine = "server 4712".to_owned();
        ceremony.entered.times.challenge += 1;
    })
}

#[test]
fn a_challenge_that_stands_in_another_record_is_named() {
    let other = another().signed();
    let earlier = Earlier::read(&other).unwrap();
    assert_eq!(
        refused(|ceremony| ceremony.earlier = vec![earlier.clone()]),
        [Code::ChallengeReused]
    );
    let file = Ceremony::good().signed();
    let own = Earlier::read(&file).unwrap();
    let open = |earlier: &[Earlier]| ask(&file, None, earlier, None);
    assert_eq!(
        open(&[own]).verdict,
        Verdict::Warning,
        "a record is no reuse of itself"
    );
    assert_eq!(open(&[earlier]).verdict, Verdict::Contraindicated);
}

/// The record of another ceremony with the same challenge, signed by people who made themselves up.
fn strangers_record() -> Vec<u8> {
    let names = ["Stranger 1", "Stranger 2", "Stranger 3"];
    let unsigned = forged(&another().make().unwrap().file, |statement| {
        let entered = &mut statement["predicate"]["entered"];
        for (index, name) in names.into_iter().enumerate() {
            entered["participants"][index]["key"] = key_line(&key(name)).into();
        }
    });
    let pae = bytes_to_sign(&unsigned).unwrap().pae;
    edited(&unsigned, |file| {
        file["signatures"] = names
            .into_iter()
            .map(|name| {
                serde_json::json!({
                    "keyid": Key::parse(&key_line(&key(name))).unwrap().fingerprint(),
                    "sig": STANDARD.encode(key(name).sign(pae.as_bytes()).to_bytes()),
                })
            })
            .collect();
    })
}

#[test]
fn a_record_that_nobody_known_signed_makes_anothers_challenge_a_warning_not_a_reuse() {
    let signers = Signers::from_json(&signers()).unwrap();
    let file = Ceremony::good().signed();
    for other in [another().make().unwrap().file, strangers_record()] {
        let earlier = [Earlier::read(&other).unwrap()];
        let report = ask(&file, Some(&signers), &earlier, None);
        assert_eq!(codes(&report), [Code::ChallengeReused]);
        assert_eq!(report.verdict, Verdict::Warning);
        assert!(
            report.signable,
            "what somebody has at hand keeps nobody from signing"
        );
    }
    // One that people who are known signed weighs more, wherever it stands in the list.
    let [one, two] =
        [another().signed(), strangers_record()].map(|file| Earlier::read(&file).unwrap());
    for both in [[one.clone(), two.clone()], [two, one]] {
        let report = ask(&file, Some(&signers), &both, None);
        assert_eq!(report.verdict, Verdict::Contraindicated);
        assert!(!report.signable);
    }
}

#[test]
fn a_signer_whom_the_opener_knows_vouches_for_another_record_too() {
    let other = strangers_record();
    let list = serde_json::json!([{
        "project": "Third Project", "key": key_line(&key("Stranger 2")), "source": "test", "added_by": "test",
    }]);
    let signers = Signers::from_json(&list.to_string()).unwrap();
    let earlier = [Earlier::read(&other).unwrap()];
    let report = ask(&Ceremony::good().signed(), Some(&signers), &earlier, None);
    let row = report.check(CheckId::Challenge).unwrap();
    assert_eq!(
        (row.outcome, row.code),
        (Outcome::Fail, Some(Code::ChallengeReused))
    );
}

#[test]
fn a_record_that_was_made_again_of_the_same_ceremony_is_no_reuse() {
    let with_typo = Ceremony::good()
        .with(|ceremony| ceremony.entered.notes = Some("A tpyo.".to_owned()))
        .signed();
    let earlier = Earlier::read(&with_typo).unwrap();
    let corrected = Ceremony::good().with(|ceremony| ceremony.earlier = vec![earlier.clone()]);
    let report = ask(&corrected.signed(), None, &[earlier], None);
    assert_eq!(codes(&report), []);
    assert!(report.signable);
}

#[test]
fn a_record_made_beside_a_strangers_can_be_signed() {
    let earlier = Earlier::read(&strangers_record()).unwrap();
    let made = Ceremony::good().with(|ceremony| ceremony.earlier = vec![earlier.clone()]);
    assert_eq!(made.make().unwrap().verdict, Verdict::Affirming);
    assert_eq!(opened(&made.signed()).verdict, Verdict::Affirming);
}

#[test]
fn a_challenge_with_zeros_behind_it_is_no_other_one() {
    let earlier = Earlier::read(&another().signed()).unwrap();
    let codes = refused(|ceremony| {
        ceremony.entered.challenge.hex.push_str("00");
        ceremony.earlier = vec![earlier.clone()];
    });
    assert!(codes.contains(&Code::ChallengeReused), "{codes:?}");
}

/// What is changed in a good ceremony.
type Change = fn(&mut Ceremony);

#[test]
fn everything_else_that_is_entered_is_looked_at() {
    let cases: [(&str, Change, Code); 10] = [
        (
            "upper-case challenge",
            |c| c.entered.challenge.hex.make_ascii_uppercase(),
            Code::ChallengeInvalid,
        ),
        (
            "machine",
            |c| c.entered.console.machine = " ".to_owned(),
            Code::ConsoleMissing,
        ),
        (
            "colocation",
            |c| c.entered.colocation.answer = ColocationAnswer::NotShown,
            Code::ColocationNotExcluded,
        ),
        (
            "maker",
            |c| c.entered.challenge.made_by = 0,
            Code::ChallengeMaker,
        ),
        (
            "nobody",
            |c| c.entered.challenge.made_by = 3,
            Code::ChallengeMaker,
        ),
        (
            "minutes",
            |c| c.entered.challenge.minutes = 0,
            Code::ChallengeInvalid,
        ),
        (
            "noted by",
            |c| c.entered.file.noted_by = None,
            Code::EvidenceNotedBy,
        ),
        (
            "noted by the prover",
            |c| c.entered.file.noted_by = Some(0),
            Code::EvidenceNotedBy,
        ),
        (
            "notes",
            |c| c.entered.notes = Some("\u{1b}[2J".to_owned()),
            Code::TextCharacter,
        ),
        (
            "link",
            |c| c.entered.recording = Some("javascript:alert(1)".to_owned()),
            Code::RecordingLink,
        ),
    ];
    for (what, change, code) in cases {
        let found = refused(change);
        assert!(found.contains(&code), "{what}: {found:?}");
    }
    assert_eq!(
        refused(|ceremony| ceremony.policy = "lenient".to_owned()),
        [Code::AppraisalInput]
    );
    assert_eq!(
        refused(|ceremony| ceremony.attesters = Some("[{}]".to_owned())),
        [Code::AppraisalInput, Code::OutcomeReasonMissing]
    );
}

// Public randomness.

const ROUND: &str = r#"{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}"#;

/// A ceremony whose machine answers a challenge that was mixed from a published round.
fn mixed() -> Ceremony {
    let round = drand::Round::parse(ROUND).unwrap();
    let own = [0xab; drand::OWN_BYTES];
    let challenge = round.mix(&own).unwrap();
    let spec: forge::ForgeSpec =
        serde_json::from_value(serde_json::json!({ "challenge": challenge.hex() })).unwrap();
    Ceremony::over(&spec).with(|ceremony| {
        ceremony.entered.challenge.hex = challenge.hex();
        ceremony.entered.challenge.origin = round.origin(&own);
        // The forge lives in 2040, the round is of 2023.
        ceremony.entered.warning_reason = Some("The round is old.".to_owned());
    })
}

#[test]
fn a_challenge_from_a_public_round_is_mixed_again_and_gives_its_not_before() {
    let report = opened(&mixed().signed());
    assert_eq!(report.verdict, Verdict::Warning);
    assert_eq!(codes(&report), [Code::DrandRoundOld]);
    let not_before = report.not_before.unwrap();
    assert_eq!((not_before.round, not_before.time), (1000, 1_692_806_364));
}

#[test]
fn a_challenge_that_was_not_mixed_from_its_round_is_named() {
    let change = |change: fn(&mut String, &mut u64, &mut String, &mut String)| {
        let error = mixed()
            .with(|ceremony| {
                let Origin::Drand {
                    chain,
                    round,
                    signature,
                    own,
                } = &mut ceremony.entered.challenge.origin
                else {
                    panic!("a round");
                };
                change(chain, round, signature, own);
            })
            .make()
            .err()
            .unwrap();
        error.findings[0].code
    };
    assert_eq!(
        change(|chain, _, _, _| chain.replace_range(..1, "0")),
        Code::DrandUnreadable
    );
    assert_eq!(change(|_, round, _, _| *round = 1001), Code::DrandSignature);
    assert_eq!(
        change(|_, _, signature, _| signature.replace_range(90.., "000000")),
        Code::DrandSignature
    );
    assert_eq!(
        change(|_, _, signature, _| signature.clear()),
        Code::DrandUnreadable
    );
    assert_eq!(
        change(|_, _, _, own| own.replace_range(..2, "00")),
        Code::DrandMix
    );
    assert_eq!(
        change(|_, _, _, own| own.make_ascii_uppercase()),
        Code::DrandMix
    );
    assert_eq!(
        change(|_, _, signature, _| signature.make_ascii_uppercase()),
        Code::DrandUnreadable,
        "one meaning, one text"
    );
    // A challenge that is older than its round was not made from it.
    let error = mixed()
        .with(|ceremony| ceremony.entered.times.challenge = 1_692_806_000)
        .make()
        .err()
        .unwrap();
    assert!(
        error
            .findings
            .iter()
            .any(|finding| finding.code == Code::DrandRoundLater)
    );
}

// The file.

#[test]
fn what_is_no_record_is_named_and_decides_nothing() {
    let good = Ceremony::good().signed();
    let text = String::from_utf8(good.clone()).unwrap();
    let cases: [(&str, Vec<u8>, Code); 18] = [
        ("nothing", Vec::new(), Code::RecordNotJson),
        ("a quote", b"RAW Quote: 03".to_vec(), Code::RecordNotJson),
        ("cut", good[..good.len() / 2].to_vec(), Code::RecordNotJson),
        ("a list", b"[]".to_vec(), Code::RecordField),
        (
            "an unknown field",
            edited(&good, |file| file["x"] = 1.into()),
            Code::RecordField,
        ),
        (
            "a key twice in the envelope",
            text.replacen(r#""payloadType""#, r#""payloadType":"x","payloadType""#, 1)
                .into_bytes(),
            Code::RecordKeyTwice,
        ),
        (
            "a space",
            text.replacen(':', ": ", 1).into_bytes(),
            Code::RecordNotCanonical,
        ),
        (
            "a line end",
            format!("{text}\n").into_bytes(),
            Code::RecordNotCanonical,
        ),
        (
            "another payload type",
            edited(&good, |file| {
                file["payloadType"] = "application/json".into()
            }),
            Code::RecordPayloadType,
        ),
        (
            "base64 without padding",
            edited(&good, |file| file["payload"] = "AAA".into()),
            Code::RecordBase64,
        ),
        (
            "another version of the record",
            forged(&good, |statement| {
                let kind = statement["predicateType"]
                    .as_str()
                    .unwrap()
                    .replace("/v1", "/v2");
                statement["predicateType"] = kind.into();
            }),
            Code::RecordVersionUnsupported,
        ),
        (
            "another version of the statement",
            forged(&good, |statement| {
                statement["_type"] = "https://in-toto.io/Statement/v0.1".into()
            }),
            Code::RecordVersionUnsupported,
        ),
        (
            "an unknown entry",
            forged(&good, |statement| {
                statement["predicate"]["entered"]["x"] = Value::Null
            }),
            Code::RecordField,
        ),
        (
            "an entry left out",
            forged(&good, |statement| {
                statement["predicate"]["entered"]
                    .as_object_mut()
                    .unwrap()
                    .remove("notes");
            }),
            Code::RecordNotCanonical,
        ),
        (
            "more signatures than anyone needs",
            edited(&good, |file| {
                let one = file["signatures"][0].clone();
                file["signatures"] = vec![one; 65].into();
            }),
            Code::RecordTooManySignatures,
        ),
        (
            "an addition with more signatures than anyone needs",
            edited(&good, |file| {
                let mut addendum = file.clone();
                addendum["signatures"] = vec![file["signatures"][0].clone(); 65].into();
                file["addenda"] = vec![addendum].into();
            }),
            Code::RecordTooManySignatures,
        ),
        (
            "more than 32 MiB",
            vec![b' '; cloud_witness::ceremony::MAX_FILE + 1],
            Code::RecordTooLarge,
        ),
        (
            "32 MiB of nothing",
            vec![b' '; cloud_witness::ceremony::MAX_FILE],
            Code::RecordNotJson,
        ),
    ];
    for (what, file, code) in cases {
        let report = opened(&file);
        assert_eq!(codes(&report), [code], "{what}");
        assert_eq!(report.verdict, Verdict::None, "{what}");
        assert!(!report.signable && report.report.is_none(), "{what}");
    }
}

#[test]
fn a_record_that_was_only_written_anew_is_told_what_differs_and_is_not_read() {
    let good = Ceremony::good().signed();
    let unsigned = Ceremony::good().make().unwrap().file;
    let text = String::from_utf8(good.clone()).unwrap();
    let refusal = |file: &[u8]| bytes_to_sign(file).unwrap_err();
    let open: Value = serde_json::from_slice(&good).unwrap();
    let pretty = serde_json::to_string_pretty(&open).unwrap();
    // In the order in which another library writes the fields.
    let other_order = format!(
        r#"{{"payloadType":{},"payload":{},"signatures":{}}}"#,
        open["payloadType"], open["payload"], open["signatures"]
    );
    for (file, words) in [
        (
            format!("{text}\n"),
            "A line end stands behind the record: payload and signatures are whole.",
        ),
        (
            format!("{text}\r\n"),
            "A line end stands behind the record: payload and signatures are whole.",
        ),
        (
            format!("{text} \n\n"),
            "Empty space stands behind the record: payload and signatures are whole.",
        ),
        (
            pretty,
            "Only the envelope's writing differs, first at byte 1: payload and signatures are whole.",
        ),
        (
            other_order,
            "Only the envelope's writing differs, first at byte 9: payload and signatures are whole.",
        ),
        (
            format!("{}\n", String::from_utf8(unsigned).unwrap()),
            "A line end stands behind the record: its payload is whole, and nobody has signed it yet.",
        ),
    ] {
        let refused = refusal(file.as_bytes());
        assert_eq!(refused.code, Code::RecordNotCanonical);
        assert!(refused.detail.starts_with(words), "{}", refused.detail);
        assert!(refused.detail.contains("`jq -cSj . FILE`"));
    }
    // Nothing is said to be whole that is not.
    let damaged = edited(&good, |file| {
        let sig = file["signatures"][0]["sig"].as_str().unwrap();
        let other = if sig.starts_with('A') { "B" } else { "A" };
        file["signatures"][0]["sig"] = format!("{other}{}", &sig[1..]).into();
    });
    let stranger = edited(&good, |file| {
        file["signatures"][0]["keyid"] = "SHA256:x".into();
    });
    let bad_addition = edited(&with_addition(), |file| {
        file["addenda"][0]["signatures"] = file["signatures"].clone();
    });
    for file in [damaged, stranger, bad_addition] {
        let detail = refusal(&[&file[..], b"\n"].concat()).detail;
        assert!(!detail.contains("whole"), "{detail}");
    }
    // Saved in another encoding, or inside of something else.
    let marked = refusal(format!("\u{feff}{text}").as_bytes());
    assert_eq!(marked.code, Code::RecordNotJson);
    assert!(
        marked.detail.contains("a byte order mark"),
        "{}",
        marked.detail
    );
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refusal(&utf16).detail.contains("UTF-16 (little endian)"));
    let bundle = serde_json::json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": open});
    let bundle = refusal(bundle.to_string().as_bytes());
    assert_eq!(bundle.code, Code::RecordField);
    assert!(
        bundle
            .detail
            .contains("a Sigstore bundle: the envelope stands in its field dsseEnvelope"),
        "{}",
        bundle.detail
    );
}

#[test]
fn what_was_signed_in_another_writing_or_without_a_touch_is_named() {
    let file = Ceremony::good().make().unwrap().file;
    let payload = bytes_to_sign(&file).unwrap().payload;
    let walter = key(PEOPLE[1].0);
    for (signed, words) in [
        (
            format!("{payload}\n"),
            "fits the payload with a line end behind it:",
        ),
        (
            format!("{payload}\r\n"),
            "fits the payload with CR LF line ends and with a line end behind it:",
        ),
        (
            format!("\u{feff}{payload}"),
            "fits the payload with a byte order mark before it:",
        ),
    ] {
        let text = ssh_signature(&walter, NAMESPACE, signed.as_bytes());
        let refused = sign(&verifier(), &file, Signed::Ssh(&text)).unwrap_err();
        assert_eq!(refused.code, Code::SignatureConverted);
        assert!(refused.detail.contains(words), "{}", refused.detail);
    }
    // On a security key: the same curve, flags and a counter behind the signature.
    let string = |bytes: &[u8]| -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length[..], bytes].concat()
    };
    let digest = |bytes: &[u8]| sha2::Sha256::digest(bytes).to_vec();
    let kind = string(b"sk-ssh-ed25519@openssh.com");
    let point = string(walter.verifying_key().as_bytes());
    let public = [&kind[..], &point, &string(b"ssh:")].concat();
    let line = format!("sk-ssh-ed25519@openssh.com {}", STANDARD.encode(&public));
    let file = Ceremony::good()
        .with(|ceremony| ceremony.entered.participants[1].key = Some(line))
        .make()
        .unwrap()
        .file;
    let payload = bytes_to_sign(&file).unwrap().payload;
    let made = |flags: u8| {
        let message =
            ssh_key::SshSig::signed_data(NAMESPACE, ssh_key::HashAlg::Sha512, payload.as_bytes())
                .unwrap();
        let trailer = [flags, 0, 0, 0, 1];
        let signed = [digest(b"ssh:"), trailer.to_vec(), digest(&message)].concat();
        let signature = [
            kind.clone(),
            string(&walter.sign(&signed).to_bytes()),
            trailer.to_vec(),
        ]
        .concat();
        let parts = [
            &public[..],
            NAMESPACE.as_bytes(),
            b"",
            b"sha512",
            &signature,
        ];
        let parts: Vec<u8> = parts.iter().flat_map(|part| string(part)).collect();
        [&b"SSHSIG\0\0\0\x01"[..], &parts].concat()
    };
    let add = |flags: u8| {
        let text = SshSignature::from_bytes(&made(flags)).unwrap().armoured();
        sign(&verifier(), &file, Signed::Ssh(&text))
    };
    assert!(add(1).is_ok());
    let refused = add(0).unwrap_err();
    assert_eq!(refused.code, Code::SignatureUntouched);
    assert!(
        refused
            .detail
            .starts_with("Nobody touched the security key SHA256:")
    );
    // Put into the file by hand it counts no more, and is named as what it is.
    let by_hand = edited(&file, |file| {
        file["signatures"] = serde_json::json!([{
            "keyid": SshSignature::from_bytes(&made(0)).unwrap().key().unwrap().fingerprint(),
            "sig": STANDARD.encode(made(0)),
        }]);
    });
    let report = opened(&by_hand);
    let row = report.check(CheckId::Signatures).unwrap();
    assert_eq!(row.code, Some(Code::SignatureUntouched));
    assert!(row.detail.starts_with("Nobody touched"), "{}", row.detail);
    assert!(!report.signatures[0].verified);

    let text = ssh_signature(&walter, NAMESPACE, payload.as_bytes());
    let marked = format!("\u{feff}{text}");
    let refused = sign(&verifier(), &file, Signed::Ssh(&marked)).unwrap_err();
    assert_eq!(refused.code, Code::SignatureUnreadable);
    assert!(
        refused
            .detail
            .contains("saved as UTF-8 with a byte order mark"),
        "{}",
        refused.detail
    );
}

#[test]
fn a_key_twice_in_the_payload_is_named_however_deep() {
    let good = Ceremony::good().signed();
    for key in ["verdict", "region", "smt_enabled", "_type"] {
        let file = edited(&good, |envelope| {
            let payload = STANDARD
                .decode(envelope["payload"].as_str().unwrap())
                .unwrap();
            let text = String::from_utf8(payload).unwrap();
            let twice = text.replacen(
                &format!(r#""{key}":"#),
                &format!(r#""{key}":null,"{key}":"#),
                1,
            );
            assert_ne!(text, twice);
            envelope["payload"] = STANDARD.encode(twice).into();
        });
        let report = opened(&file);
        assert_eq!(codes(&report), [Code::RecordKeyTwice], "{key}");
        assert!(
            report.summary.contains(&format!("\"{key}\"")),
            "{}",
            report.summary
        );
    }
}

#[test]
fn ten_megabytes_of_json_are_refused_by_name() {
    let size = 10 * 1024 * 1024;
    let cases = [
        ("nested lists", "[".repeat(size), Code::RecordTooLarge),
        (
            "a long list",
            format!("[{}1]", "1,".repeat(size / 2)),
            Code::RecordTooLarge,
        ),
        (
            "many keys",
            format!("{{{}\"a\":1}}", "\"b\":{},".repeat(size / 7)),
            Code::RecordTooLarge,
        ),
        (
            "one long text",
            format!("\"{}\"", "a".repeat(size)),
            Code::RecordField,
        ),
        (
            "a long payload",
            format!(
                r#"{{"payload":"{}","payloadType":"application/vnd.in-toto+json","signatures":[]}}"#,
                "AAAA".repeat(size / 4)
            ),
            Code::RecordNotJson,
        ),
    ];
    for (what, text, code) in cases {
        assert_eq!(codes(&opened(text.as_bytes())), [code], "{what}");
    }
}

// Signatures.

#[test]
fn until_all_have_signed_nothing_is_decided_and_it_says_who_is_lacking() {
    let [prover, first, second] = PEOPLE.map(|(name, ..)| key(name));
    let mut file = Ceremony::good().make().unwrap().file;
    // Where nobody signed, there is nothing that could be good, or known.
    for id in [CheckId::Signatures, CheckId::Signers] {
        let row = opened(&file).check(id).unwrap().outcome;
        assert_eq!(row, Outcome::NotReached);
    }
    for (key, lacking) in [
        (&first, Some("the prover, and a witness of 1 project more")),
        (&prover, Some("a witness of 1 project more")),
        (&second, None),
    ] {
        file = sign_raw(&file, key);
        let report = opened(&file);
        let row = report.check(CheckId::Quorum).unwrap();
        match lacking {
            Some(words) => {
                assert_eq!(report.verdict, Verdict::None);
                assert!(report.signable);
                assert!(row.detail.contains(words), "{}", row.detail);
            }
            None => assert_eq!(report.verdict, Verdict::Affirming),
        }
    }
}

#[test]
fn who_made_the_challenge_or_noted_the_hash_must_have_signed() {
    let file = Ceremony::good()
        .with(|ceremony| {
            let mut fourth = ceremony.entered.participants[1].clone();
            fourth.name = "Wanda Witness".to_owned();
            fourth.project = "Third Project".to_owned();
            fourth.key = Some(key_line(&key("Wanda Witness")));
            ceremony.entered.participants.push(fourth);
            ceremony.entered.challenge.made_by = 3;
        })
        .signed();
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::None);
    let row = report.check(CheckId::Quorum).unwrap();
    assert_eq!(row.code, Some(Code::QuorumMissing));
    assert_eq!(row.findings[0].participant, Some(3));
    assert!(
        row.detail
            .contains("Wanda Witness\" is said to have made the challenge"),
        "{}",
        row.detail
    );
    let by_all = sign_raw(&file, &key("Wanda Witness"));
    let report = opened(&by_all);
    assert_eq!(
        report.check(CheckId::Quorum).unwrap().outcome,
        Outcome::Pass
    );
}

#[test]
fn a_signature_that_does_not_count_is_not_added() {
    let file = Ceremony::good().make().unwrap().file;
    let to_sign = bytes_to_sign(&file).unwrap();
    let add = |file: &[u8], signed: Signed<'_>| sign(&verifier(), file, signed).map_err(|e| e.code);
    let walter = key(PEOPLE[1].0);
    let raw = |signer: &ed25519_dalek::SigningKey, message: &str| {
        let line = key_line(signer);
        let signature = signer.sign(message.as_bytes()).to_bytes();
        add(
            &file,
            Signed::Raw {
                key: &line,
                signature: &signature,
            },
        )
    };
    assert_eq!(
        raw(&key("a stranger"), &to_sign.pae),
        Err(Code::SignatureByStranger)
    );
    let detail = |signer: &str, namespace: &str| {
        let text = ssh_signature(&key(signer), namespace, to_sign.payload.as_bytes());
        let refused = sign(&verifier(), &file, Signed::Ssh(&text)).unwrap_err();
        refused.detail
    };
    assert!(detail("a stranger", NAMESPACE).ends_with("is no participant's."));
    assert!(detail(PEOPLE[1].0, "file").contains("for another purpose"));
    assert_eq!(
        raw(&walter, &to_sign.payload),
        Err(Code::SignatureRefused),
        "not over the PAE"
    );
    assert!(raw(&walter, &to_sign.pae).is_ok());

    let ssh = |signer: &ed25519_dalek::SigningKey, namespace: &str, message: &str| {
        add(
            &file,
            Signed::Ssh(&ssh_signature(signer, namespace, message.as_bytes())),
        )
    };
    assert_eq!(
        ssh(&key("a stranger"), NAMESPACE, &to_sign.payload),
        Err(Code::SignatureByStranger)
    );
    assert_eq!(
        ssh(&walter, "file", &to_sign.payload),
        Err(Code::SignatureNamespace)
    );
    assert_eq!(
        ssh(&walter, NAMESPACE, &to_sign.pae),
        Err(Code::SignatureRefused),
        "not over the payload"
    );
    assert!(ssh(&walter, NAMESPACE, &to_sign.payload).is_ok());
    for text in [
        "",
        "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----",
        "ssh-ed25519 AAAA",
    ] {
        assert_eq!(
            add(&file, Signed::Ssh(text)),
            Err(Code::SignatureUnreadable)
        );
    }
    // CR LF and space around are the way's, not the signature's.
    let text = ssh_signature(&walter, NAMESPACE, to_sign.payload.as_bytes()).replace('\n', "\r\n");
    assert!(add(&file, Signed::Ssh(&format!("\r\n{text}\r\n"))).is_ok());

    let once = sign_raw(&file, &walter);
    let again = ssh_signature(&walter, NAMESPACE, to_sign.payload.as_bytes());
    assert_eq!(add(&once, Signed::Ssh(&again)), Err(Code::SignatureTwice));
}

/// An SSH signature written by hand (OpenSSH's PROTOCOL.sshsig), with what ssh-keygen would not write.
fn ssh_by_hand(
    signer: &ed25519_dalek::SigningKey,
    message: &[u8],
    reserved: &str,
    algorithm: &str,
) -> String {
    let signed =
        ssh_key::SshSig::signed_data(NAMESPACE, ssh_key::HashAlg::Sha512, message).unwrap();
    let string = |bytes: &[u8]| -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length[..], bytes].concat()
    };
    let strings =
        |parts: &[&[u8]]| -> Vec<u8> { parts.iter().flat_map(|part| string(part)).collect() };
    let public = strings(&[b"ssh-ed25519", signer.verifying_key().as_bytes()]);
    let signature = strings(&[algorithm.as_bytes(), &signer.sign(&signed).to_bytes()]);
    let blob = [
        b"SSHSIG\0\0\0\x01".to_vec(),
        strings(&[
            &public,
            NAMESPACE.as_bytes(),
            reserved.as_bytes(),
            b"sha512",
            &signature,
        ]),
    ]
    .concat();
    SshSignature::from_bytes(&blob).unwrap().armoured()
}

#[test]
fn an_ssh_signature_says_nothing_that_is_not_signed() {
    let file = Ceremony::good().make().unwrap().file;
    let payload = bytes_to_sign(&file).unwrap().payload;
    let walter = key(PEOPLE[1].0);
    let add = |reserved: &str, algorithm: &str| {
        let text = ssh_by_hand(&walter, payload.as_bytes(), reserved, algorithm);
        sign(&verifier(), &file, Signed::Ssh(&text))
            .map(|_| ())
            .map_err(|error| error.code)
    };
    assert_eq!(add("", "ssh-ed25519"), Ok(()));
    assert_eq!(
        add("for later", "ssh-ed25519"),
        Err(Code::SignatureRefused),
        "the reserved field"
    );
    assert_eq!(
        add("", "rsa-sha2-512"),
        Err(Code::SignatureRefused),
        "the algorithm of another kind of key"
    );
}

#[test]
fn as_many_signatures_and_additions_as_are_accepted_are_read() {
    let good = Ceremony::good().signed();
    let is_read = |signatures: usize, addenda: usize, in_addendum: usize| {
        let file = edited(&good, |file| {
            let one = file["signatures"][0].clone();
            let mut addendum = file.clone();
            addendum["signatures"] = vec![one.clone(); in_addendum].into();
            file["signatures"] = vec![one; signatures].into();
            if addenda > 0 {
                file["addenda"] = vec![addendum; addenda].into();
            }
        });
        !codes(&opened(&file)).contains(&Code::RecordTooManySignatures)
    };
    assert!(is_read(64, 0, 0) && is_read(1, 64, 0) && is_read(1, 1, 64));
    for (signatures, addenda, in_addendum) in [(65, 0, 0), (1, 65, 0), (1, 66, 0), (1, 1, 65)] {
        assert!(!is_read(signatures, addenda, in_addendum));
    }
}

#[test]
fn signatures_put_into_the_file_by_hand_are_named() {
    let good = Ceremony::good().signed();
    // Of nothing, nobody can say in which form it is.
    let empty = opened(&edited(&good, |file| {
        file["signatures"][0]["sig"] = "".into()
    }));
    let has_no_form = |report: &CeremonyReport| {
        let views = report.signatures.iter();
        views.filter(|view| view.form.is_none()).count()
    };
    assert_eq!((has_no_form(&empty), has_no_form(&opened(&good))), (1, 0));
    let raw = |name: &str, message: &str| -> Value {
        serde_json::json!({
            "keyid": Key::parse(&key_line(&key(name))).unwrap().fingerprint(),
            "sig": STANDARD.encode(key(name).sign(message.as_bytes()).to_bytes()),
        })
    };
    let pae = bytes_to_sign(&good).unwrap().pae;
    let with = |more: Value| {
        edited(&good, |file| {
            let signatures = file["signatures"].as_array_mut().unwrap();
            signatures.push(more);
            signatures.sort_by_key(|signature| signature["keyid"].to_string());
        })
    };
    let verdict = |file: &[u8]| {
        let report = opened(file);
        (report.verdict, codes(&report))
    };
    assert_eq!(
        verdict(&with(raw("a stranger", &pae))),
        (Verdict::Warning, vec![Code::SignatureByStranger])
    );
    // The last participant signed by ssh; the same key's raw signature is good, and is one too many.
    assert_eq!(
        verdict(&with(raw(PEOPLE[2].0, &pae))),
        (Verdict::Warning, vec![Code::SignatureTwice])
    );
    assert_eq!(
        verdict(&with(raw(PEOPLE[2].0, "something else"))),
        (Verdict::Contraindicated, vec![Code::SignatureRefused])
    );
    let unreadable = edited(&good, |file| file["signatures"][0]["sig"] = "*".into());
    assert_eq!(
        verdict(&unreadable),
        (
            Verdict::Contraindicated,
            vec![Code::SignatureUnreadable, Code::QuorumMissing]
        )
    );
}

#[test]
fn a_signature_moved_to_another_record_is_refused() {
    let good = Ceremony::good().signed();
    let file = forged(&good, |statement| {
        statement["predicate"]["entered"]["console"]["machine"] = "server 4712".into();
    });
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(
        codes(&report),
        [vec![Code::SignatureRefused; 3], vec![Code::QuorumMissing]].concat()
    );
}

fn super_codes(file: &[u8]) -> Vec<Code> {
    codes(&opened(file))
}

#[test]
fn a_whole_bundle_in_place_of_the_collateral_that_was_used_is_refused() {
    let file = conspired(|statement| {
        let document = statement["predicate"]["collateral"]["text"]
            .as_str()
            .unwrap()
            .to_owned();
        statement["predicate"]["collateral"]["text"] = harness::bundle::of(&[document]).into();
    });
    let report = opened(&file);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert!(codes(&report).contains(&Code::AppraisalInput));
}

#[test]
fn a_record_made_from_a_bundle_holds_what_was_used_of_it() {
    let from_document = Ceremony::good();
    let of_bundle = Ceremony::good().with(|ceremony| {
        ceremony.collateral = harness::bundle::of(std::slice::from_ref(&ceremony.collateral));
    });
    let text = |ceremony: &Ceremony| {
        let file = ceremony.make().unwrap().file;
        let envelope: Value = serde_json::from_slice(&file).unwrap();
        let payload = STANDARD
            .decode(envelope["payload"].as_str().unwrap())
            .unwrap();
        let statement: Value = serde_json::from_slice(&payload).unwrap();
        statement["predicate"]["collateral"]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let is_bundle = |text: &str| cloud_witness::Bundle::recognise(text.as_bytes());
    assert!(is_bundle(&of_bundle.collateral) && !is_bundle(&text(&of_bundle)));
    let parsed = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let (one, other) = (parsed(text(&from_document)), parsed(text(&of_bundle)));
    assert_eq!(one["tcb_info"], other["tcb_info"]);
    assert_eq!(opened(&of_bundle.signed()).verdict, Verdict::Affirming);
}

#[test]
fn a_record_in_which_all_lied_together_is_found_out() {
    let told = |change: fn(&mut Value)| {
        let report = opened(&conspired(change));
        (report.verdict, codes(&report), report.differences)
    };
    let (verdict, codes, differences) = told(|statement| {
        statement["predicate"]["report"]["checks"][11]["outcome"] = "warn".into();
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Warning, vec![Code::AppraisalDiffers])
    );
    assert_eq!(differences[0].place, "checks.tcb.status.outcome");
    let (verdict, codes, _) = told(|statement| {
        statement["predicate"]["report"]["identity"]["ppid"] = "00".repeat(16).into();
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Contraindicated, vec![Code::AppraisalOtherMachine])
    );
    let (verdict, codes, _) = told(|statement| statement["predicate"]["report"] = Value::Null);
    assert_eq!(verdict, Verdict::Contraindicated);
    assert!(codes.contains(&Code::AppraisalOtherMachine));
    let (verdict, codes, _) = told(|statement| {
        statement["subject"][0]["digest"]["sha256"] = "00".repeat(32).into();
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Contraindicated, vec![Code::SubjectMismatch])
    );
    let (verdict, codes, _) = told(|statement| {
        let more = statement["subject"][0].clone();
        statement["subject"].as_array_mut().unwrap().push(more);
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Contraindicated, vec![Code::SubjectMismatch])
    );
    let (verdict, codes, _) =
        told(|statement| statement["predicate"]["evidence"]["sha256"] = "00".repeat(32).into());
    assert_eq!(
        (verdict, codes),
        (
            Verdict::Contraindicated,
            vec![Code::EvidenceDamaged, Code::OutcomeDiffers]
        )
    );
    let no_digests: [fn(&mut Value); 3] = [
        |statement| statement["predicate"]["verifier"]["wasm_sha256"] = "AB".into(),
        |statement| statement["predicate"]["verifier"]["wasm_sha256"] = "ab".into(),
        |statement| statement["predicate"]["verifier"]["wasm_sha256"] = "z".repeat(64).into(),
    ];
    for no_digest in no_digests {
        let (verdict, codes, _) = told(no_digest);
        assert_eq!(
            (verdict, codes),
            (Verdict::Contraindicated, vec![Code::RecordField])
        );
    }
    let (verdict, codes, _) =
        told(|statement| statement["predicate"]["verifier"]["name"] = "a\u{202e}b".into());
    assert_eq!(
        (verdict, codes),
        (Verdict::Contraindicated, vec![Code::TextCharacter])
    );
    let (verdict, codes, _) =
        told(|statement| statement["predicate"]["verdict"] = "contraindicated".into());
    assert_eq!(
        (verdict, codes),
        (Verdict::Contraindicated, vec![Code::OutcomeNotSignable])
    );
    let (verdict, codes, _) = told(|statement| {
        statement["predicate"]["verdict"] = "warning".into();
        statement["predicate"]["entered"]["warning_reason"] = "because".into();
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Warning, vec![Code::OutcomeDiffers])
    );
    let report = opened(&conspired(|statement| {
        statement["predicate"]["verdict"] = "warning".into();
        statement["predicate"]["entered"]["warning_reason"] = "because".into();
    }));
    let row = report.check(CheckId::Outcome).unwrap();
    assert!(
        row.detail.contains("warning") && row.detail.contains("affirming"),
        "{}",
        row.detail
    );
    let (verdict, codes, _) = told(|statement| {
        let checks = statement["predicate"]["report"]["checks"]
            .as_array_mut()
            .unwrap();
        let mut failed = checks[11].clone();
        failed["outcome"] = "fail".into();
        checks.insert(0, failed);
    });
    assert_eq!(verdict, Verdict::Warning, "a row that stands twice");
    assert!(codes.contains(&Code::AppraisalDiffers));
    let (verdict, codes, differences) = told(|statement| {
        let row = &mut statement["predicate"]["report"]["checks"][2];
        row["compared"][0]["expected"] = "4".into();
    });
    assert_eq!(
        (verdict, codes),
        (Verdict::Warning, vec![Code::AppraisalDiffers]),
        "what the file printed"
    );
    assert!(
        differences[0]
            .place
            .starts_with("checks.file.consistent.compared"),
        "{differences:?}"
    );
    for (member, told_value) in [
        ("policy", serde_json::json!({ "base": "lenient" })),
        ("tcb", serde_json::json!({ "status": "Revoked" })),
        ("time", "now".into()),
        ("at", 1.into()),
    ] {
        let file = conspired(|statement| statement["predicate"]["report"][member] = told_value);
        assert!(
            super_codes(&file).contains(&Code::AppraisalDiffers),
            "{member}"
        );
    }
    let (verdict, codes, _) =
        told(|statement| statement["predicate"]["collateral"]["source"] = "nobody".into());
    assert_eq!(verdict, Verdict::Contraindicated);
    assert!(codes.contains(&Code::AppraisalInput));
}

#[test]
fn a_record_by_another_build_verifies() {
    let file = conspired(|statement| {
        for verifier in ["/predicate/verifier", "/predicate/report/verifier"] {
            let verifier = statement.pointer_mut(verifier).unwrap();
            verifier["version"] = "9.9.9".into();
            verifier["commit"] = "ab".repeat(20).into();
        }
        statement["predicate"]["verifier"]["wasm_sha256"] = "cd".repeat(32).into();
        statement["predicate"]["report"]["checks"][0]["detail"] = "In other words.".into();
    });
    assert_eq!(opened(&file).verdict, Verdict::Affirming);
}

// Known signers.

#[test]
fn signers_are_looked_up_by_project_and_key() {
    let file = Ceremony::good().signed();
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut list: Vec<Value> = serde_json::from_str(&signers()).unwrap();
        change(&mut list);
        let signers = Signers::from_json(&serde_json::to_string(&list).unwrap()).unwrap();
        let report = ask(&file, Some(&signers), &[], None);
        (report.verdict, codes(&report))
    };
    assert_eq!(with(&|_| {}), (Verdict::Affirming, vec![]));
    assert_eq!(
        with(&|list| list[1]["project"] = " FIRST project".into()),
        (Verdict::Affirming, vec![])
    );
    assert_eq!(
        with(&|list| {
            list.remove(1);
        }),
        (Verdict::Warning, vec![Code::SignerProjectUnknown])
    );
    assert_eq!(
        with(&|list| list[1]["key"] = key_line(&key("another")).into()),
        (Verdict::Contraindicated, vec![Code::SignerKeyUnknown])
    );
    assert_eq!(
        with(&|list| list[1]["project"] = "Third Project".into()),
        (Verdict::Contraindicated, vec![Code::SignerOfOtherProject])
    );
    assert_eq!(
        with(&|list| list[1]["valid_to"] = "2040-01-01T23:59:59Z".into()),
        (Verdict::Contraindicated, vec![Code::SignerKeyNotValidThen])
    );
    assert_eq!(
        with(&|list| list[1]["valid_from"] = "2040-01-03T00:00:00Z".into()),
        (Verdict::Contraindicated, vec![Code::SignerKeyNotValidThen])
    );
    assert_eq!(
        with(&|list| {
            list[1]["valid_from"] = "2040-01-02T00:00:00Z".into();
            list[1]["valid_to"] = "2040-01-02T00:00:00Z".into();
        }),
        (Verdict::Affirming, vec![])
    );
}

#[test]
fn a_list_of_signers_that_cannot_be_used_is_refused() {
    let code = |text: &str| Signers::from_json(text).unwrap_err().code();
    let line = key_line(&key("one"));
    let entry = format!(r#"{{"project":"p","key":"{line}","source":"s","added_by":"a"}}"#);
    assert!(Signers::from_json(&format!("[{entry}]")).is_ok());
    assert_eq!(code("{}"), "SIGNERS_UNREADABLE");
    assert_eq!(code(r#"[{"project":"p"}]"#), "SIGNERS_UNREADABLE");
    assert_eq!(
        code(&format!(
            "[{}]",
            entry.replacen('{', r#"{"project":"q","#, 1)
        )),
        "SIGNERS_UNREADABLE"
    );
    assert_eq!(
        code(&format!("[{}]", entry.replace(&line, "x"))),
        "SIGNERS_KEY"
    );
    assert_eq!(
        code(&format!(
            "[{}]",
            entry.replacen('{', r#"{"valid_to":"2026","#, 1)
        )),
        "SIGNERS_TIME"
    );
    assert_eq!(code(&format!("[{entry},{entry}]")), "SIGNERS_TWICE");
    let list = |size: usize| format!("[{entry}]{}", " ".repeat(size - entry.len() - 2));
    assert!(Signers::from_json(&list(1024 * 1024)).is_ok());
    assert_eq!(code(&list(1024 * 1024 + 1)), "SIGNERS_TOO_LARGE");

    let view = Signers::from_json(&list(2000)).unwrap().view();
    assert_eq!(view.len(), 1);
    assert_eq!(view[0].project, "p");
    assert!(view[0].fingerprint.starts_with("SHA256:"));
}

// Passing files around.

#[test]
fn merging_two_files_of_one_record_is_a_union_in_any_order() {
    let [prover, first, second] = PEOPLE.map(|(name, ..)| key(name));
    let unsigned = Ceremony::good().make().unwrap().file;
    let a = sign_raw(&sign_raw(&unsigned, &prover), &first);
    let b = sign_ssh(&sign_raw(&unsigned, &first), &second);
    let union = merge(&a, &b).unwrap();
    assert_eq!(union, merge(&b, &a).unwrap());
    assert_eq!(union, merge(&union, &a).unwrap());
    assert_eq!(union, Ceremony::good().signed());
    // One key that signed in both ways counts once.
    let c = sign_ssh(&unsigned, &prover);
    assert_eq!(
        opened(&merge(&union, &c).unwrap()).verdict,
        Verdict::Affirming
    );
}

#[test]
fn a_difference_in_a_record_that_was_made_to_be_slow_is_named_in_a_few_words() {
    let with = |last: u64| {
        forged(&Ceremony::good().make().unwrap().file, |statement| {
            let mut list = vec![0_u64; 20_000];
            list.push(last);
            statement["predicate"]["report"] = serde_json::json!({ "k".repeat(1 << 20): list });
        })
    };
    let error = merge(&with(0), &with(1)).unwrap_err();
    assert_eq!(error.code, Code::PayloadsDiffer);
    assert!(error.detail.len() < 3_000);
}

#[test]
fn merging_keeps_what_counts_and_leaves_out_the_rest_in_any_order() {
    let good = Ceremony::good().signed();
    let bad = edited(&good, |file| {
        let other = file["signatures"][1]["sig"].clone();
        file["signatures"][0]["sig"] = other;
        file["signatures"]
            .as_array_mut()
            .unwrap()
            .push(serde_json::json!({
                "keyid": Key::parse(&key_line(&key("a stranger"))).unwrap().fingerprint(),
                "sig": "AAAA",
            }));
    });
    assert_eq!(opened(&bad).verdict, Verdict::Contraindicated);
    assert_eq!(merge(&good, &bad).unwrap(), good);
    assert_eq!(merge(&bad, &good).unwrap(), good);
    let alone = merge(&bad, &bad).unwrap();
    assert_eq!(opened(&alone).signatures.len(), 2);
    assert_eq!(codes(&opened(&alone))[0], Code::QuorumMissing);
}

#[test]
fn files_of_different_records_are_not_merged_and_the_first_difference_is_named() {
    let one = Ceremony::good().signed();
    let other = Ceremony::good()
        .with(|ceremony| ceremony.entered.console.machine = "server 4712".to_owned())
        .signed();
    let error = merge(&one, &other).unwrap_err();
    assert_eq!(error.code, Code::PayloadsDiffer);
    assert!(
        error
            .detail
            .contains("predicate.entered.console.machine: \"server 4711\" against \"server 4712\""),
        "{error}"
    );
    // Of lists of one length the entry is named, of others the list.
    let made = |change: fn(&mut Ceremony)| Ceremony::good().with(change).make().unwrap().file;
    let [renamed, joined]: [fn(&mut Ceremony); 2] = [
        |ceremony| ceremony.entered.participants[2].name.push('x'),
        |ceremony| {
            let mut more = ceremony.entered.participants[2].clone();
            more.name = "One More".to_owned();
            more.key = Some(key_line(&key("One More")));
            ceremony.entered.participants.push(more);
        },
    ];
    for (change, place) in [
        (renamed, "predicate.entered.participants.2.name: "),
        (joined, "predicate.entered.participants: \"["),
    ] {
        let error = merge(&made(|_| ()), &made(change)).unwrap_err();
        assert!(error.detail.contains(place), "{error}");
    }
}

#[test]
fn a_recordings_link_is_added_later_and_signed() {
    let file = Ceremony::good().signed();
    let said = |link: &str| Addendum {
        added_at: forge::AT + 3600,
        recording: Some(link.to_owned()),
        note: None,
    };
    let to_sign = addendum(&file, said("https://example.org/video/1")).unwrap();
    let prover = key(PEOPLE[0].0);
    let signature = prover.sign(to_sign.pae.as_bytes()).to_bytes();
    let line = key_line(&prover);
    let signed = Signed::Raw {
        key: &line,
        signature: &signature,
    };
    let with_link = attach(&file, to_sign.payload.as_bytes(), signed).unwrap();
    let report = opened(&with_link);
    assert_eq!(report.verdict, Verdict::Affirming);
    assert_eq!(
        report.addenda[0].addendum,
        Some(said("https://example.org/video/1"))
    );
    assert!(report.addenda[0].verified);
    // The record's own signatures are untouched, and merging keeps the addition.
    assert_eq!(report.payload_sha256, opened(&file).payload_sha256);
    assert_eq!(merge(&file, &with_link).unwrap(), with_link);

    let walter = ssh_signature(&key(PEOPLE[1].0), NAMESPACE, to_sign.payload.as_bytes());
    let by_two = attach(&with_link, to_sign.payload.as_bytes(), Signed::Ssh(&walter)).unwrap();
    assert_eq!(opened(&by_two).addenda[0].signatures.len(), 2);

    let refused = attach(&by_two, to_sign.payload.as_bytes(), Signed::Ssh(&walter)).unwrap_err();
    assert_eq!(refused.code, Code::SignatureTwice);
    // Merging leaves out an addition that nobody signed.
    let unsigned = edited(&by_two, |file| {
        file["addenda"][0]["signatures"] = serde_json::json!([]);
    });
    assert_eq!(merge(&unsigned, &file).unwrap(), file);
    assert_eq!(merge(&unsigned, &by_two).unwrap(), by_two);

    let stranger = ssh_signature(&key("a stranger"), NAMESPACE, to_sign.payload.as_bytes());
    let refused = attach(&file, to_sign.payload.as_bytes(), Signed::Ssh(&stranger)).unwrap_err();
    assert_eq!(refused.code, Code::SignatureByStranger);
    assert_eq!(
        addendum(&file, said("http://x")).unwrap_err().code,
        Code::RecordingLink
    );

    let changed = edited(&with_link, |file| {
        let payload = STANDARD
            .decode(file["addenda"][0]["payload"].as_str().unwrap())
            .unwrap();
        let text = String::from_utf8(payload)
            .unwrap()
            .replace("video/1", "video/2");
        file["addenda"][0]["payload"] = STANDARD.encode(text).into();
    });
    let report = opened(&changed);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(codes(&report), [Code::AddendumRefused]);

    // A stranger's signature beside a participant's counts for nothing, and takes nothing away.
    let beside = edited(&with_link, |file| {
        let list = file["addenda"][0]["signatures"].as_array_mut().unwrap();
        list.push(serde_json::json!({
            "keyid": Key::parse(&key_line(&key("a stranger"))).unwrap().fingerprint(),
            "sig": "AAAA",
        }));
    });
    let report = opened(&beside);
    assert_eq!(codes(&report), [Code::SignatureByStranger]);
    assert_eq!(report.verdict, Verdict::Warning);
    assert!(report.addenda[0].verified);
    for added_at in [forge::AT + 60, 253_402_300_799] {
        let said = Addendum {
            added_at,
            ..said("https://example.org/video/1")
        };
        assert!(addendum(&file, said).is_ok());
    }
    for added_at in [253_402_300_800, u64::MAX] {
        let said = Addendum {
            added_at,
            ..said("https://example.org/video/1")
        };
        assert_eq!(addendum(&file, said).unwrap_err().code, Code::TimeInvalid);
    }
    // Nothing is added to a ceremony before it has ended.
    let early = Addendum {
        added_at: forge::AT + 59,
        ..said("https://example.org/video/1")
    };
    assert_eq!(addendum(&file, early).unwrap_err().code, Code::TimeInvalid);

    // An addition to another record.
    let other = Ceremony::good()
        .with(|ceremony| ceremony.entered.console.machine = "server 4712".to_owned())
        .signed();
    let refused = attach(&other, to_sign.payload.as_bytes(), signed).unwrap_err();
    assert_eq!(refused.code, Code::AddendumRefused);
}

#[test]
fn merging_keeps_the_signatures_that_each_file_has_on_one_addition() {
    let file = Ceremony::good().signed();
    let link = Addendum {
        added_at: forge::AT + 3600,
        recording: Some("https://example.org/video/1".to_owned()),
        note: None,
    };
    let to_sign = addendum(&file, link).unwrap();
    let [paula, walter] = [0, 1].map(|index: usize| {
        ssh_signature(&key(PEOPLE[index].0), NAMESPACE, to_sign.payload.as_bytes())
    });
    let payload = to_sign.payload.as_bytes();
    let by_paula = attach(&file, payload, Signed::Ssh(&paula)).unwrap();
    let by_walter = attach(&file, payload, Signed::Ssh(&walter)).unwrap();
    let by_both = merge(&by_paula, &by_walter).unwrap();
    assert_eq!(by_both, merge(&by_walter, &by_paula).unwrap());
    let read: Value = serde_json::from_slice(&by_both).unwrap();
    assert_eq!(read["addenda"].as_array().unwrap().len(), 1);
    assert_eq!(
        read["addenda"][0]["signatures"].as_array().unwrap().len(),
        2
    );
    assert_eq!(opened(&by_both).verdict, Verdict::Affirming);
}

#[test]
fn an_addition_that_was_tampered_with_takes_no_good_one_along() {
    let file = Ceremony::good().signed();
    let link = Addendum {
        added_at: forge::AT + 3600,
        recording: Some("https://example.org/video/1".to_owned()),
        note: None,
    };
    let to_sign = addendum(&file, link).unwrap();
    let [paula, walter] = [0, 1].map(|index: usize| {
        ssh_signature(&key(PEOPLE[index].0), NAMESPACE, to_sign.payload.as_bytes())
    });
    let payload = to_sign.payload.as_bytes();
    let honest = attach(&file, payload, Signed::Ssh(&paula)).unwrap();
    let tampered: [fn(&mut Value); 2] = [
        |addition| addition["payloadType"] = "x".into(),
        |addition| addition["addenda"] = vec![addition.clone()].into(),
    ];
    for tamper in tampered {
        let evil = edited(&honest, |file| {
            file["addenda"][0]["signatures"] = serde_json::json!([]);
            tamper(&mut file["addenda"][0]);
        });
        assert_eq!(merge(&honest, &evil).unwrap(), honest);
        assert_eq!(merge(&evil, &honest).unwrap(), honest);
        let by_walter = attach(&evil, payload, Signed::Ssh(&walter)).unwrap();
        assert_eq!(opened(&by_walter).verdict, Verdict::Affirming);
        assert_eq!(merge(&evil, &by_walter).unwrap(), by_walter);
    }
}

/// A good record with a recording's link that the prover added and signed.
fn with_addition() -> Vec<u8> {
    let file = Ceremony::good().signed();
    let addition = Addendum {
        added_at: forge::AT + 3600,
        recording: Some("https://example.org/video/1".to_owned()),
        note: None,
    };
    let to_sign = addendum(&file, addition).unwrap();
    let prover = key(PEOPLE[0].0);
    let signed = Signed::Raw {
        key: &key_line(&prover),
        signature: &prover.sign(to_sign.pae.as_bytes()).to_bytes(),
    };
    attach(&file, to_sign.payload.as_bytes(), signed).unwrap()
}

#[test]
fn an_addition_holds_no_addition_of_its_own() {
    let nested = edited(&with_addition(), |file| {
        file["addenda"][0]["addenda"] = vec![file["addenda"][0].clone()].into();
    });
    let report = opened(&nested);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(codes(&report), [Code::AddendumRefused]);
}

#[test]
fn a_bad_signature_by_a_participant_beside_a_good_one_on_an_addition_is_refused() {
    let second = edited(&with_addition(), |file| {
        let walter = key(PEOPLE[1].0);
        let signatures = file["addenda"][0]["signatures"].as_array_mut().unwrap();
        signatures.push(serde_json::json!({
            "keyid": Key::parse(&key_line(&walter)).unwrap().fingerprint(),
            "sig": STANDARD.encode(walter.sign(b"something else").to_bytes()),
        }));
        signatures.sort_by_key(|signature| signature["keyid"].to_string());
    });
    let report = opened(&second);
    assert_eq!(report.verdict, Verdict::Contraindicated);
    assert_eq!(codes(&report), [Code::SignatureRefused]);
}

// The example in the documentation.

#[test]
fn a_record_made_by_an_earlier_commit_verifies() {
    let file = include_bytes!("../../../docs/ceremony-record.example.dsse.json");
    let signers = Signers::from_json(include_str!("../../../docs/signers.example.json")).unwrap();
    let attesters =
        AttesterBuilds::from_json(include_str!("../../../docs/attesters.example.json")).unwrap();
    let beside = Beside {
        files: &[],
        signers: Some(&signers),
        attesters: Some(&attesters),
        ..Beside::default()
    };
    assert_eq!(open(&verifier(), file, beside).verdict, Verdict::Affirming);
    // Under Intel's root nobody vouches for a forged machine.
    let real = open(&cloud_witness::Verifier::production(), file, beside);
    assert_ne!(real.verdict, Verdict::Affirming);
    assert!(real.report.unwrap().identity.is_none());
}

#[test]
fn the_example_is_what_a_record_is_today() {
    let example = include_bytes!("../../../docs/ceremony-record.example.dsse.json");
    let without_the_build = |file: &[u8]| {
        let mut statement = serde_json::to_value(Opened::read(file).unwrap().statement).unwrap();
        statement["predicate"]["verifier"] = Value::Null;
        statement["predicate"]["report"]["verifier"] = Value::Null;
        statement
    };
    assert!(
        without_the_build(example) == without_the_build(&Ceremony::good().signed()),
        "make it anew: cargo run -p harness -- ceremony docs"
    );
    assert_eq!(
        include_str!("../../../docs/signers.example.json"),
        signers() + "\n"
    );
}

// Another implementation: OpenSSH's own.

/// ssh-keygen, in a folder of this test's own.
struct SshKeygen {
    folder: std::path::PathBuf,
}

impl SshKeygen {
    /// `None` where there is no ssh-keygen, which it says.
    fn find(name: &str) -> Option<Self> {
        if std::process::Command::new("ssh-keygen")
            .arg("-?")
            .output()
            .is_err()
        {
            println!("NOT CHECKED against OpenSSH: there is no ssh-keygen here");
            return None;
        }
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Some(Self { folder })
    }

    /// Whether it says yes.
    fn run(&self, words: &[&str], input: &[u8]) -> bool {
        use std::io::Write as _;
        let mut child = std::process::Command::new("ssh-keygen")
            .args(words)
            .current_dir(&self.folder)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // It may have read enough before the end.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait().unwrap().success()
    }
}

#[test]
fn what_ssh_keygen_signs_counts_here() {
    let Some(ssh_keygen) = SshKeygen::find("ssh-sign") else {
        return;
    };
    let folder = &ssh_keygen.folder;
    let run = |words: &[&str], input: &[u8]| ssh_keygen.run(words, input);
    for (kind, bits) in [
        ("ed25519", "256"),
        ("ecdsa", "256"),
        ("ecdsa", "384"),
        ("rsa", "3072"),
    ] {
        for file in ["key", "key.pub", "payload.json", "payload.json.sig"] {
            let _ = std::fs::remove_file(folder.join(file));
        }
        assert!(run(
            &[
                "-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", "key"
            ],
            b""
        ));
        let line = std::fs::read_to_string(folder.join("key.pub"))
            .unwrap()
            .trim()
            .to_owned();
        let made = Ceremony::good()
            .with(|ceremony| ceremony.entered.participants[1].key = Some(line.clone()))
            .make();
        if (kind, bits) == ("rsa", "3072") || bits == "384" {
            assert_eq!(
                made.err().unwrap().findings[0].code,
                Code::KeyUnsupported,
                "{kind} {bits}"
            );
            continue;
        }
        let file = made.unwrap().file;
        let payload = bytes_to_sign(&file).unwrap().payload;
        std::fs::write(folder.join("payload.json"), &payload).unwrap();
        assert!(run(
            &[
                "-Y",
                "sign",
                "-q",
                "-n",
                NAMESPACE,
                "-f",
                "key",
                "payload.json"
            ],
            b""
        ));
        let text = std::fs::read_to_string(folder.join("payload.json.sig")).unwrap();
        let file = sign(&verifier(), &file, Signed::Ssh(&text)).unwrap();
        assert!(opened(&file).signatures[0].verified, "{kind}");

        std::fs::remove_file(folder.join("payload.json.sig")).unwrap();
        assert!(run(
            &[
                "-Y",
                "sign",
                "-q",
                "-n",
                "file",
                "-f",
                "key",
                "payload.json"
            ],
            b""
        ));
        let text = std::fs::read_to_string(folder.join("payload.json.sig")).unwrap();
        let again = sign(&verifier(), &file, Signed::Ssh(&text)).map_err(|error| error.code);
        assert_eq!(again, Err(Code::SignatureNamespace), "{kind}");
    }
}

#[test]
fn what_counts_here_ssh_keygen_verifies_and_a_changed_payload_not() {
    let Some(ssh_keygen) = SshKeygen::find("ssh-verify") else {
        return;
    };
    let folder = &ssh_keygen.folder;
    let run = |words: &[&str], input: &[u8]| ssh_keygen.run(words, input);
    let file = Ceremony::good().signed();
    let payload = bytes_to_sign(&file).unwrap().payload;
    let envelope = Opened::read(&file).unwrap().envelope;
    let name = PEOPLE[2].0;
    let keyid = Key::parse(&key_line(&key(name))).unwrap().fingerprint();
    let signature = envelope
        .signatures
        .iter()
        .find(|signature| signature.keyid == keyid)
        .unwrap();
    let bytes = STANDARD.decode(&signature.sig).unwrap();
    let armoured = SshSignature::from_bytes(&bytes).unwrap().armoured();
    std::fs::write(folder.join("record.sig"), armoured).unwrap();
    let allowed = format!("vera@example.org {}\n", key_line(&key(name)));
    std::fs::write(folder.join("allowed_signers"), allowed).unwrap();
    let verify = |payload: &[u8]| {
        run(
            &[
                "-Y",
                "verify",
                "-n",
                NAMESPACE,
                "-f",
                "allowed_signers",
                "-I",
                "vera@example.org",
                "-s",
                "record.sig",
            ],
            payload,
        )
    };
    assert!(verify(payload.as_bytes()));
    assert!(!verify(payload.replace("4711", "4712").as_bytes()));
}

// A changed byte.

/// Whether a changed file still verifies: it can be read, and everyone's signature is good.
fn verifies(file: &[u8]) -> bool {
    Opened::read(file).is_ok_and(|opened| opened.signed_by().len() == PEOPLE.len())
}

/// Every byte of the signed example, changed in one of these ways; `step` bytes apart.
fn changed_bytes(file: &[u8], step: usize, changes: &[u8]) -> usize {
    let mut tried = 0;
    let mut changed = file.to_vec();
    for at in (0..file.len()).step_by(step) {
        for change in changes {
            changed[at] ^= change;
            assert!(!verifies(&changed), "byte {at} ^ {change:#x}");
            tried += 1;
            changed[at] ^= change;
        }
    }
    tried
}

/// The same for the payload, put into the envelope again with the signatures as they were.
fn changed_payload_bytes(file: &[u8], step: usize, changes: &[u8]) -> usize {
    let mut envelope: Value = serde_json::from_slice(file).unwrap();
    let mut payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let mut tried = 0;
    for at in (0..payload.len()).step_by(step) {
        for change in changes {
            payload[at] ^= change;
            envelope["payload"] = STANDARD.encode(&payload).into();
            assert!(
                !verifies(&json::canonical(&envelope)),
                "payload byte {at} ^ {change:#x}"
            );
            tried += 1;
            payload[at] ^= change;
        }
    }
    tried
}

/// The part of the file that holds the signatures.
fn signatures_of(file: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(file).unwrap();
    text.find(r#""signatures""#).unwrap()..file.len()
}

/// Every bit of a byte, alone.
const BITS: [u8; 8] = [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80];

#[test]
fn no_changed_bit_of_the_signatures_verifies() {
    let file = Ceremony::good().signed();
    assert!(verifies(&file));
    let mut changed = file.clone();
    for at in signatures_of(&file) {
        for bit in BITS {
            changed[at] ^= bit;
            assert!(!verifies(&changed), "byte {at} ^ {bit:#x}");
            changed[at] ^= bit;
        }
    }
}

#[test]
fn no_changed_byte_of_file_or_payload_verifies() {
    // A sample here; every byte in the long run below.
    let file = Ceremony::good().signed();
    assert!(changed_bytes(&file, 211, &[1, 0x20]) > 400);
    assert!(changed_payload_bytes(&file, 211, &[1, 0x20]) > 400);
}

#[test]
#[ignore = "half an hour: cargo test --release -p harness --test ceremony -- --ignored --nocapture"]
fn long_no_changed_byte_at_all_verifies() {
    let file = Ceremony::good().signed();
    let every: Vec<u8> = (1..=u8::MAX).collect();
    let mut tail = file.clone();
    let mut signatures: usize = 0;
    for at in signatures_of(&file) {
        for change in &every {
            tail[at] ^= change;
            assert!(!verifies(&tail), "byte {at} ^ {change:#x}");
            tail[at] ^= change;
            signatures += 1;
        }
    }
    println!(
        "signatures: all {signatures} changes of one byte; file of {} bytes: {} changes of one bit; its payload: {} \
         changes of one bit; none verifies",
        file.len(),
        changed_bytes(&file, 1, &BITS),
        changed_payload_bytes(&file, 1, &BITS)
    );
}
