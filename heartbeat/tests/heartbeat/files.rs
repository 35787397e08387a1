//! The log and the key as files: begun, gone on with, refused.

use std::io::Write as _;

use cloud_witness::colocation::Code;
use heartbeat::key::{KeyError, RecorderKey};
use heartbeat::log::LogError;
use heartbeat::record::RecordError;

use crate::standin::StandIn;
use crate::world::{MACHINE, Place, assert_sound, codes};

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
    for end in ends {
        std::fs::write(&plan.log, &whole[..end]).unwrap();
        place.record(&plan, 1).unwrap();
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
