//! What an endpoint may answer, and what the log then says.

use std::time::Duration;

use cloud_witness::colocation::Code;
use cloud_witness::report::Outcome;
use heartbeat::plan::{Login, Trust};
use heartbeat::record::RecordError;
use heartbeat::redfish::{NoClient, require_private};

use crate::standin::{POWER, Reply, SYSTEM, StandIn, power, system};
use crate::world::{Place, assert_sound, codes};

#[test]
fn a_log_of_good_answers_passes_the_check() {
    let server = StandIn::plain();
    let place = Place::new();
    place.record(&place.plan(&server), 4).unwrap();
    let report = place.report();
    assert_sound(&report);
    assert_eq!((report.polls, report.answers), (4, 4));
    assert_eq!(report.serial.as_deref(), Some("S1234567"));
    assert!(place.lines()[3].contains(r#""power":"On""#));
    assert!(place.lines()[3].contains(r#""supplies":2"#));
    // Header, start, signature; three polls and the signature that is due; one poll, and one at the end.
    assert_eq!(place.lines().len(), 9);
    let asked: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(&asked[..2], [SYSTEM, POWER]);
}

#[test]
fn a_pinned_certificate_is_taken_whatever_name_is_in_it() {
    let server = StandIn::over_tls("idrac.invalid");
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.trust = Trust::Pin(server.sha256);
    place.record(&plan, 2).unwrap();
    assert_eq!(place.report().answers, 2);
}

#[test]
fn another_certificate_than_the_pinned_one_is_a_tls_error_and_nothing_is_sent() {
    let server = StandIn::over_tls("localhost");
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.trust = Trust::Pin([7; 32]);
    plan.endpoint.login = Login::Basic("root:secret".to_owned());
    place.record(&plan, 1).unwrap();
    assert!(
        place.lines()[3].contains(r#""what":"tls","status":null"#),
        "{}",
        place.lines()[3]
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_certificate_of_a_given_ca_is_taken_and_of_no_other() {
    let server = StandIn::over_tls("localhost");
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.trust = Trust::Ca(server.pem.clone());
    place.record(&plan, 1).unwrap();
    assert_eq!(place.report().answers, 1);

    let other = StandIn::over_tls("localhost");
    for trust in [Trust::Ca(other.pem.clone()), Trust::Public] {
        let place = Place::new();
        let mut plan = place.plan(&server);
        plan.endpoint.trust = trust;
        place.record(&plan, 1).unwrap();
        assert!(
            place.lines()[3].contains(r#""what":"tls""#),
            "{}",
            place.lines()[3]
        );
    }
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let server = StandIn::over_tls("localhost");
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.trust = Trust::Ca(b"nothing".to_vec());
    assert!(matches!(
        place.record(&plan, 1),
        Err(RecordError::Client(NoClient::Certificates))
    ));
    assert!(place.log().is_empty());
}

#[test]
fn logging_on_is_by_basic_or_by_a_sessions_token_which_can_be_renewed() {
    let server = StandIn::plain();
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.login = Login::Basic("root:calvin".to_owned());
    place.record(&plan, 1).unwrap();
    let first = &server.requests()[0].headers;
    assert_eq!(first["authorization"], "Basic cm9vdDpjYWx2aW4=");
    assert_eq!(first["odata-version"], "4.0");

    let token = place.file("token");
    std::fs::write(&token, "one\n").unwrap();
    plan.endpoint.login = Login::TokenFile(token.clone());
    place.record(&plan, 1).unwrap();
    std::fs::write(&token, "two\n").unwrap();
    place.record(&plan, 1).unwrap();
    let tokens: Vec<_> = server
        .requests()
        .into_iter()
        .filter_map(|request| request.headers.get("x-auth-token").cloned())
        .collect();
    assert_eq!(tokens, ["one", "one", "two", "two"]);
    let log = String::from_utf8(place.log()).unwrap();
    assert!(!log.contains("calvin") && !log.contains("two"));
}

#[test]
fn nothing_goes_in_the_clear_over_a_network() {
    let server = StandIn::plain();
    let place = Place::new();
    let mut plan = place.plan(&server);
    for login in [Login::Basic("root:secret".to_owned()), Login::None] {
        plan.endpoint.login = login;
        for url in [
            "http://192.0.2.7",
            "http://bmc.example:8080",
            "http://localhost.example",
            "http://127.0.0.1.example:80",
            "http://127.0.0.1:80:bmc.example",
            "HTTP://bmc.example",
        ] {
            plan.endpoint.url = url.to_owned();
            let refused = place.record(&plan, 1);
            assert!(
                matches!(refused, Err(RecordError::Client(NoClient::Clear))),
                "{url}: {refused:?}"
            );
        }
    }
    assert!(place.log().is_empty());
    plan.endpoint.login = Login::None;
    for url in ["http://127.0.0.1", "http://[::1]", "http://[::1]:1"] {
        plan.endpoint.url = url.to_owned();
        require_private(&plan.endpoint).unwrap();
    }
}

#[test]
fn a_host_behind_user_information_is_refused() {
    let server = StandIn::plain();
    let place = Place::new();
    let mut plan = place.plan(&server);
    for url in [
        "http://127.0.0.1:80@bmc.example",
        "http://localhost@bmc.example/x",
        "https://bmc.example@other.example",
        "https://root:secret@bmc.example",
    ] {
        plan.endpoint.url = url.to_owned();
        let refused = place.record(&plan, 1);
        assert!(
            matches!(refused, Err(RecordError::Client(NoClient::UserInfo))),
            "{url}: {refused:?}"
        );
    }
}

#[test]
fn a_certificate_that_is_expected_where_none_is_shown_is_refused() {
    let server = StandIn::plain();
    let place = Place::new();
    let mut plan = place.plan(&server);
    for trust in [Trust::Pin([7; 32]), Trust::Ca(server.pem.clone())] {
        plan.endpoint.trust = trust;
        let refused = place.record(&plan, 1);
        assert!(
            matches!(refused, Err(RecordError::Client(NoClient::NoCertificate))),
            "{refused:?}"
        );
    }
    assert!(server.requests().is_empty());
}

/// What one poll of such an endpoint leaves in the log.
fn line_of(target: &str, reply: Reply) -> String {
    let server = StandIn::plain();
    server.put(target, reply);
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.endpoint.timeout = Duration::from_secs(1);
    place.record(&plan, 1).unwrap();
    let report = place.report();
    assert!(
        codes(&report).iter().all(|code| matches!(
            code,
            Code::AnswerError | Code::LogNothingCovered | Code::PollLate
        )),
        "{:#?}",
        report.findings
    );
    place.lines()[3].clone()
}

#[test]
fn a_refusal_is_an_error_line_with_its_status() {
    for status in [401, 403, 404, 500, 503] {
        let line = line_of(SYSTEM, Reply::status(status));
        assert!(
            line.contains(&format!(r#""asked":1,"what":"status","status":{status}"#)),
            "{line}"
        );
    }
    let line = line_of(POWER, Reply::status(500));
    assert!(
        line.contains(r#""asked":2,"what":"status","status":500"#),
        "{line}"
    );
}

#[test]
fn an_answer_that_never_ends_in_time_is_a_timeout() {
    let line = line_of(SYSTEM, Reply::Hangs);
    assert!(line.contains(r#""what":"timeout""#), "{line}");
}

#[test]
fn a_redirect_is_not_followed() {
    let server = StandIn::plain();
    let elsewhere = StandIn::plain();
    let to = vec![("Location", format!("{}{SYSTEM}", elsewhere.url))];
    server.put(SYSTEM, Reply::Http(302, to, String::new()));
    let place = Place::new();
    place.record(&place.plan(&server), 1).unwrap();
    assert!(place.lines()[3].contains(r#""what":"redirect","status":302"#));
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_huge_answer_is_not_read() {
    let line = line_of(SYSTEM, Reply::json(" ".repeat(1024 * 1024 + 1)));
    assert!(line.contains(r#""what":"too_large""#), "{line}");
    let line = line_of(SYSTEM, Reply::Endless);
    assert!(line.contains(r#""what":"too_large""#), "{line}");
}

#[test]
fn an_answer_that_is_not_redfish_is_unreadable() {
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"PowerState":"on"}"#,
        r#"{"PowerState":null}"#,
    ] {
        let line = line_of(SYSTEM, Reply::json(body));
        assert!(
            line.contains(r#""asked":1,"what":"unreadable""#),
            "{body}: {line}"
        );
    }
    for body in [
        "{}",
        r#"{"PowerSupplies":{"@odata.id":"//elsewhere.example/x"}}"#,
    ] {
        let line = line_of(POWER, Reply::json(body));
        assert!(
            line.contains(r#""asked":2,"what":"unreadable""#),
            "{body}: {line}"
        );
    }
}

#[test]
fn a_closed_connection_is_an_error_line() {
    let line = line_of(SYSTEM, Reply::NoAnswer);
    assert!(line.contains(r#""what":"connection""#), "{line}");
    let gone = StandIn::plain();
    let place = Place::new();
    let plan = place.plan(&gone);
    drop(gone);
    place.record(&plan, 1).unwrap();
    assert!(
        place.lines()[3].contains(r#""what":"connection""#),
        "{}",
        place.lines()[3]
    );
}

#[test]
fn after_an_error_it_goes_on() {
    let server = StandIn::plain();
    server.put(SYSTEM, Reply::status(500));
    let place = Place::new();
    place.record(&place.plan(&server), 1).unwrap();
    server.put(SYSTEM, system("S1234567", "On"));
    place.record(&place.plan(&server), 2).unwrap();
    let report = place.report();
    assert_eq!((report.polls, report.answers), (3, 2));
    assert!(codes(&report).contains(&Code::AnswerError));
    assert_eq!(report.outcome, Outcome::Warn, "{:#?}", report.findings);
}

#[test]
fn another_machine_or_one_that_is_off_shows_in_the_log() {
    let server = StandIn::plain();
    let place = Place::new();
    place.record(&place.plan(&server), 2).unwrap();
    server.put(SYSTEM, system("S7654321", "On"));
    place.record(&place.plan(&server), 1).unwrap();
    server.put(SYSTEM, system("S1234567", "Off"));
    place.record(&place.plan(&server), 1).unwrap();
    let found = codes(&place.report());
    assert!(found.contains(&Code::AnswerOtherMachine), "{found:?}");
    assert!(found.contains(&Code::PowerNotOn), "{found:?}");
}

#[test]
fn supplies_are_counted_when_they_are_there_and_live() {
    for (states, count) in [
        (&[("Enabled", "OK"), ("Absent", "OK")][..], 1),
        (&[("Enabled", "OK"), ("Enabled", "Critical")], 1),
        (&[("StandbySpare", "OK"), ("Enabled", "Warning")], 2),
        (&[], 0),
    ] {
        let server = StandIn::plain();
        server.put(POWER, power(states));
        let place = Place::new();
        place.record(&place.plan(&server), 1).unwrap();
        let line = &place.lines()[3];
        assert!(line.contains(&format!(r#""supplies":{count},"#)), "{line}");
    }
}

#[test]
fn supplies_of_a_power_subsystem_are_asked_one_by_one() {
    let subsystem = "/redfish/v1/Chassis/1/PowerSubsystem";
    let server = StandIn::plain();
    server.put(
        subsystem,
        Reply::json(format!(
            r#"{{"PowerSupplies":{{"@odata.id":"{subsystem}/PowerSupplies"}}}}"#
        )),
    );
    server.put(
        &format!("{subsystem}/PowerSupplies"),
        Reply::json(format!(
            r#"{{"Members":[{{"@odata.id":"{subsystem}/PowerSupplies/1"}},{{"@odata.id":"{subsystem}/PowerSupplies/2"}}]}}"#
        )),
    );
    for (number, state) in [(1, "Enabled"), (2, "Absent")] {
        server.put(
            &format!("{subsystem}/PowerSupplies/{number}"),
            Reply::json(format!(
                r#"{{"Status":{{"State":"{state}","Health":null}}}}"#
            )),
        );
    }
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.about.asked[1] = subsystem.to_owned();
    place.record(&plan, 1).unwrap();
    assert!(
        place.lines()[3].contains(r#""supplies":1,"#),
        "{}",
        place.lines()[3]
    );
}

#[test]
fn without_a_power_path_supplies_are_not_named() {
    let server = StandIn::plain();
    let place = Place::new();
    let mut plan = place.plan(&server);
    plan.about.asked.pop();
    place.record(&plan, 2).unwrap();
    assert!(place.lines()[3].contains(r#""asked":1,"#));
    assert!(place.lines()[3].contains(r#""supplies":null,"#));
    assert_sound(&place.report());
}
