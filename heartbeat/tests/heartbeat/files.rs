//! The log and the key as files: begun, gone on with, refused.

use std::io::Write as _;

use cloud_witness::colocation::Code;
use cloud_witness::colocation::heartbeat::line::{Answer, Chain, LineHash, PowerState, When};
use heartbeat::key::{KeyError, RecorderKey};
use heartbeat::log::LogError;
use heartbeat::record::RecordError;

use crate::standin::StandIn;
use crate::world::{MACHINE, Place, assert_sound, codes, now};

#[test]
fn a_log_is_gone_on_with_after_a_restart() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 2).unwrap();
    let before = place.log();
    place.record(&plan, 2).unwrap();
    assert!(place.log().starts_with(&before), "nothing is written anew");
    let report = place.report();
    assert_sound(&report);
    assert_eq!(report.polls, 4);
}

#[test]
fn a_line_that_a_sudden_end_left_unfinished_is_cut_off_wherever_it_was_cut() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 1).unwrap();
    let whole = place.log();
    let ends: Vec<usize> = (0..whole.len())
        .filter(|at| at % 97 == 0 || whole[*at] == b'\n')
        .collect();
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    for end in ends {
        std::fs::write(&plan.log, &whole[..end]).unwrap();
        let recorded = place.record(&plan, 1);
        if matches!(lines(&whole[..end]), 1 | 2) {
            // The header stands, the first signature does not.
            assert!(
                matches!(&recorded, Err(RecordError::Log(LogError::Unsigned(_)))),
                "cut at {end}: {recorded:?}"
            );
            assert_eq!(place.log(), &whole[..end]);
            continue;
        }
        recorded.unwrap();
        let report = place.report();
        let found = codes(&report);
        assert!(
            found.iter().all(|code| matches!(
                code,
                Code::LogNothingCovered | Code::PollEarly | Code::PollLate
            )),
            "cut at {end}: {:#?}",
            report.findings
        );
    }
}

/// Lines that fit a log's chain, which needs no key.
fn fitting(chain: &mut Chain) -> String {
    let answer = Answer {
        power: PowerState::On,
        uuid: Some("4c4c4544-0042-3510-8052-b9c04f4d4e32".to_owned()),
        serial: Some("S1234567".to_owned()),
        supplies: Some(2),
    };
    let time = now();
    (0..5)
        .map(|clock| format!("{}\n", chain.beat(When { time, clock }, 2, &answer)))
        .collect()
}

#[test]
fn lines_that_no_signature_covers_are_dropped_and_never_signed() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 2).unwrap();
    let signed = place.log();
    let lines = place.lines();
    let last = lines.last().unwrap();
    let seq = u64::try_from(lines.len() - 1).unwrap();
    let fit = fitting(&mut Chain::after(seq, LineHash::of(last.as_bytes())));
    let cut = &fit[..fit.len() - 9];
    let junk = format!("{}\n{fit}", "x".repeat(20_000));
    for (tail, dropped) in [
        (fit.as_str(), 5),
        (cut, 5),
        ("junk\n", 1),
        (&junk, 6),
        (&"\0".repeat(9_000), 1),
    ] {
        std::fs::write(&plan.log, [&signed, tail.as_bytes()].concat()).unwrap();
        let log = place.open(&plan);
        assert_eq!(log.dropped(), dropped);
        drop(log);
        let after = place.log();
        assert!(after.starts_with(&signed));
        let added = String::from_utf8(after[signed.len()..].to_vec()).unwrap();
        assert_eq!(added.lines().count(), 2, "{added}");
        assert!(added.starts_with("{\"start\""), "{added}");
        let report = place.report();
        assert_sound(&report);
        assert_eq!(report.polls, 2);
    }
}

#[test]
fn a_log_that_somebody_prepared_is_not_gone_on_with() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    let header = plan.about.header(now(), place.public().line());
    let (line, mut chain) = Chain::begin(header).unwrap();
    let start = chain.start(now());
    let beats = fitting(&mut chain);
    let other = chain.signature(now(), |_| [7; 64]);
    for log in [
        format!("{line}\n"),
        format!("{line}\n{start}\n{beats}"),
        format!("{line}\n{start}\n{beats}{other}\n"),
    ] {
        std::fs::write(&plan.log, &log).unwrap();
        let refused = place.record(&plan, 1).unwrap_err();
        assert!(
            matches!(
                &refused,
                RecordError::Log(LogError::Unsigned(_) | LogError::Damaged { .. })
            ),
            "{refused:?}"
        );
        assert_eq!(place.log(), log.as_bytes());
    }
    std::fs::write(&plan.log, format!("{line}\n")).unwrap();
    let people = place.record(&plan, 1).unwrap_err().to_string();
    assert!(people.contains("name another file"), "{people}");
}

#[test]
fn a_log_that_was_changed_is_not_gone_on_with_and_stays_as_it_is() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 2).unwrap();
    let good = String::from_utf8(place.log()).unwrap();
    for changed in [
        good.replacen("S1234567", "S1234568", 1),
        good.replacen("\"seq\":4", "\"seq\":5", 1),
        good.replacen('\n', "\r\n", 1),
        good.replacen("{\"beat\"", "{\"beet\"", 1),
        good.lines()
            .skip(1)
            .map(|line| format!("{line}\n"))
            .collect(),
        "a letter".to_owned(),
        "a letter\n".to_owned(),
        "x".repeat(10_000),
    ] {
        std::fs::write(&plan.log, &changed).unwrap();
        let refused = place.record(&plan, 1);
        assert!(
            matches!(&refused, Err(RecordError::Log(LogError::Damaged { .. }))),
            "{refused:?}"
        );
        assert_eq!(place.log(), changed.as_bytes());
    }
}

#[test]
fn a_log_of_other_settings_or_another_key_is_not_gone_on_with() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 1).unwrap();
    let before = place.log();
    let mut other = plan.clone();
    other.about.max_gap = 90;
    let mut machine = plan.clone();
    machine.about.machine = MACHINE.replace("sgx", "tdx");
    for (plan, field) in [(&other, "max-gap"), (&machine, "machine")] {
        let refused = place.record(plan, 1);
        assert!(
            matches!(&refused, Err(RecordError::Log(LogError::Other { field: found, .. })) if *found == field),
            "{refused:?}"
        );
    }
    std::fs::remove_file(place.file("key")).unwrap();
    let refused = place.record(&plan, 1);
    assert!(
        matches!(
            &refused,
            Err(RecordError::Log(LogError::Other { field: "key", .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(place.log(), before);
}

#[test]
fn two_recorders_do_not_write_one_log() {
    let server = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&server);
    place.record(&plan, 1).unwrap();
    let held = std::fs::File::open(&plan.log).unwrap();
    held.lock().unwrap();
    let refused = place.record(&plan, 1);
    assert!(
        matches!(&refused, Err(RecordError::Log(LogError::InUse(_)))),
        "{refused:?}"
    );
}

#[test]
fn a_key_is_made_once_and_only_its_owner_can_read_it() {
    let place = Place::new();
    let first = place.public();
    assert_eq!(place.public(), first);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = std::fs::metadata(place.file("key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let open = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(place.file("key"), open).unwrap();
        assert!(matches!(
            RecorderKey::read_or_make(&place.file("key")),
            Err(KeyError::Open(_))
        ));
    }
}

#[test]
fn a_file_that_holds_no_key_is_refused_and_stays() {
    let place = Place::new();
    for content in [
        &b""[..],
        b"ssh-ed25519 AAAA",
        b"cloud-witness-heartbeat-key 00",
        &[0xff; 40],
    ] {
        let mut file = tempfile::Builder::new()
            .tempfile_in(place.file(""))
            .unwrap();
        file.write_all(content).unwrap();
        assert!(matches!(
            RecorderKey::read_or_make(file.path()),
            Err(KeyError::Unreadable(_))
        ));
        assert_eq!(std::fs::read(file.path()).unwrap(), content);
    }
}
