//! Runs that go well, over both transports and both kinds of service.

use prefetch::gather::Progress;
use prefetch::plan::{INTEL, INTEL_ROOT_CA_CRL, Plan};
use prefetch::summary::{STATUS_FRESH, STATUS_STALE};

use crate::shelf::{FMSPCS, intel, pccs, target};
use crate::standin::StandIn;
use crate::world::{
    ALL, NOW, ONE, OTHER, Place, SGX, SGX_OTHER, TD_QE, TDX, plan, stale, verifier, world,
    yesterday,
};

#[test]
fn a_normal_run_over_plain_http_fetches_everything() {
    let server = StandIn::plain(intel(&world()));
    let place = Place::empty();
    let summary = place.run(&plan(&server));
    assert_eq!(summary.status, STATUS_FRESH, "{}", summary.text());
    // OTHER has no TDX: the service says 404, which is an answer.
    assert_eq!((summary.fresh, summary.absent, summary.fmspcs), (8, 1, 2));
    let mut expected = world();
    expected.from = server.url.clone();
    assert_eq!(place.bundle(), expected);
    assert_eq!(summary.bytes, place.text().unwrap().len());
    assert!(
        summary
            .text()
            .contains("8 pieces are fresh; 1 the service does not have."),
        "{}",
        summary.text()
    );
}

#[test]
fn a_normal_run_over_tls_fetches_everything() {
    let server = StandIn::over_tls(intel(&world()));
    let place = Place::with(&yesterday());
    let summary = place.run(&plan(&server));
    assert_eq!(summary.status, STATUS_FRESH, "{}", summary.text());
    assert_eq!(place.bundle().fetched_at, NOW);
    assert!(place.bundle().pieces().eq(world().pieces()));
}

#[test]
fn every_thing_is_asked_for_once() {
    let server = StandIn::plain(intel(&world()));
    let summary = Place::empty().run(&plan(&server));
    let mut asked = server.requests();
    asked.sort();
    let mut expected: Vec<String> = ALL.into_iter().map(target).collect();
    expected.push(FMSPCS.to_owned());
    expected.push("/tdx/certification/v4/tcb?fmspc=00606a000000".to_owned());
    expected.sort();
    assert_eq!(asked, expected);
    assert_eq!(summary.requests as usize, expected.len());
}

#[test]
fn a_pccs_is_asked_by_the_fmspcs_that_are_named() {
    let server = StandIn::plain(pccs(&world()));
    let mut plan = plan(&server);
    plan.root_ca_crl = Plan::everything_from(&server.url).root_ca_crl;
    let place = Place::empty();
    let without_list = place.run(&plan);
    assert!(without_list.error.unwrap().contains("--fmspc"));
    assert_eq!(place.text(), None);

    plan.fmspcs = Some(vec![ONE, OTHER]);
    let summary = place.run(&plan);
    assert_eq!(summary.status, STATUS_FRESH, "{}", summary.text());
    assert!(place.bundle().pieces().eq(world().pieces()));
}

#[test]
fn what_was_not_asked_for_stays_as_it_was() {
    let server = StandIn::plain(intel(&world()));
    let mut plan = plan(&server);
    plan.tees.retain(|tee| tee.word() == "sgx");
    plan.fmspcs = Some(vec![ONE]);
    let place = Place::with(&yesterday());
    let summary = place.run(&plan);
    assert_eq!(
        (summary.status, summary.fresh, summary.untouched),
        (STATUS_FRESH, 5, 3),
        "{}",
        summary.text()
    );
    assert_eq!(place.bundle().get(SGX), world().get(SGX));
    assert_eq!(place.bundle().get(TDX), yesterday().get(TDX));
}

#[test]
fn the_same_run_again_changes_nothing_but_the_time() {
    let server = StandIn::plain(intel(&world()));
    let place = Place::empty();
    place.run(&plan(&server));
    let first = place.text();
    assert!(stale(&place.run(&plan(&server))).is_empty());
    assert_eq!(place.text(), first);
}

#[test]
fn intels_root_ca_crl_lies_elsewhere_than_its_service() {
    for url in [INTEL.to_owned(), format!("{INTEL}/")] {
        let plan = Plan::everything_from(&url);
        assert_eq!(
            (plan.from.as_str(), plan.root_ca_crl.as_str()),
            (INTEL, INTEL_ROOT_CA_CRL)
        );
    }
}

#[test]
fn an_old_piece_that_does_not_verify_is_not_carried_on() {
    // As if somebody had changed the file at hand: the body's date, under the old signature.
    let text = yesterday().to_json().replace("2040-01-31T", "2040-01-30T");
    let place = Place::empty();
    std::fs::write(place.file(), text).unwrap();
    let mut answers = intel(&world());
    answers.remove(&target(SGX));
    let server = StandIn::plain(answers);
    let summary = place.run(&plan(&server));
    assert_eq!(place.bundle().get(SGX), None, "{}", summary.text());
    for (key, findings) in verifier().check_bundle(&place.bundle(), NOW) {
        assert!(findings.is_empty(), "{key}");
    }
}

#[test]
fn a_piece_that_was_not_asked_for_and_does_not_verify_is_dropped_and_said() {
    let text = yesterday().to_json().replace("2040-01-31T", "2040-01-30T");
    let place = Place::empty();
    std::fs::write(place.file(), text).unwrap();
    let server = StandIn::plain(intel(&world()));
    let mut plan = plan(&server);
    plan.tees.retain(|tee| tee.word() == "sgx");
    plan.fmspcs = Some(vec![ONE]);
    let summary = place.run(&plan);
    assert_eq!(
        (summary.status, summary.untouched),
        (STATUS_STALE, 0),
        "{}",
        summary.text()
    );
    let mut dropped = stale(&summary);
    dropped.sort();
    let mut named =
        [SGX_OTHER, TDX, TD_QE].map(|key| format!("{key} COLLATERAL_SIGNATURE_INVALID"));
    named.sort();
    assert_eq!(dropped, named);
    assert!(summary.stale.iter().all(|piece| !piece.kept));
    for key in [SGX_OTHER, TDX, TD_QE] {
        assert_eq!(place.bundle().get(key), None, "{key}");
    }
}

#[test]
fn an_unsigned_number_in_the_file_at_hand_keeps_no_good_piece_out() {
    let number = "\\\"tcbEvaluationDataNumber\\\":";
    let old = yesterday().to_json();
    let at = old.find(number).expect("a number") + number.len();
    let end = at + old[at..].find(|c: char| !c.is_ascii_digit()).unwrap();
    let place = Place::empty();
    std::fs::write(place.file(), format!("{}4000{}", &old[..at], &old[end..])).unwrap();
    let server = StandIn::plain(intel(&world()));
    let summary = place.run(&plan(&server));
    assert!(summary.stale.is_empty(), "{}", summary.text());
    assert!(place.bundle().get(SGX).is_some());
}

#[test]
fn a_file_that_is_no_bundle_is_not_written_over() {
    let server = StandIn::plain(intel(&world()));
    let place = Place::empty();
    std::fs::write(place.file(), "{}").unwrap();
    let summary = prefetch::run(&place.file(), &plan(&server), &verifier(), NOW, &|_| {});
    assert!(!summary.written && summary.error.unwrap().contains("Move it away"));
    assert_eq!(place.text().unwrap(), "{}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_file_that_was_changed_meanwhile_is_not_written_over() {
    let server = StandIn::plain(intel(&world()));
    let newer = world().to_json();
    for place in [Place::empty(), Place::with(&yesterday())] {
        // As if another run had ended while this one asks.
        let other_run = |progress| {
            if matches!(progress, Progress::Total(_)) {
                std::fs::write(place.file(), &newer).unwrap();
            }
        };
        let file = place.file();
        let summary = prefetch::run(&file, &plan(&server), &verifier(), NOW, &other_run);
        assert!(!summary.written, "{}", summary.text());
        assert!(summary.error.unwrap().contains("meanwhile"));
        assert_eq!(place.text().as_ref(), Some(&newer));
    }
}
