//! What goes wrong on the way: one test each. `Place::run` asserts that whatever is written verifies.

use prefetch::plan::Plan;
use prefetch::summary::{STATUS_FRESH, STATUS_NOTHING, STATUS_STALE, Summary};

use crate::shelf::{FMSPCS, intel, reply, target};
use crate::standin::{Answers, Fault, Reply, StandIn};
use crate::world::{
    ALL, NOW, PLATFORM, Place, QE, SGX, SGX_OTHER, TDX, forged_one, plan, stale, world, yesterday,
};
use cloud_witness::collateral::piece::Key;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Intel's service, with one answer changed.
fn with(key: Key, change: impl FnOnce(Reply) -> Vec<Reply>) -> Answers {
    let mut answers = intel(&world());
    let replies = change(answers[&target(key)][0].clone());
    answers.insert(target(key), replies);
    answers
}

/// A run over yesterday's bundle in which this one piece fails: the old one stays, all else is fresh.
fn keeps_the_old_one(key: Key, answers: Answers, code: &str) -> (Summary, StandIn) {
    keeps_the_old_one_by(key, answers, code, |_| {})
}

fn keeps_the_old_one_by(
    key: Key,
    answers: Answers,
    code: &str,
    change: impl FnOnce(&mut Plan),
) -> (Summary, StandIn) {
    let server = StandIn::plain(answers);
    let mut plan = plan(&server);
    change(&mut plan);
    let place = Place::with(&yesterday());
    let summary = place.run(&plan);
    assert_eq!(summary.status, STATUS_STALE, "{}", summary.text());
    assert_eq!(
        stale(&summary),
        [format!("{key} {code}")],
        "{}",
        summary.text()
    );
    assert!(summary.stale[0].kept);
    for other in ALL {
        let expected = if other == key { yesterday() } else { world() };
        assert_eq!(place.bundle().get(other), expected.get(other), "{other}");
    }
    // Without an old one it is lacking, and the rest is written all the same.
    if key != Key::RootCaCrl {
        let nothing_at_hand = Place::empty();
        let summary = nothing_at_hand.run(&plan);
        assert_eq!(
            nothing_at_hand.bundle().get(key),
            None,
            "{}",
            summary.text()
        );
    }
    (summary, server)
}

/// How often a piece was asked for.
fn asked(server: &StandIn, key: Key) -> usize {
    server
        .requests()
        .iter()
        .filter(|known| **known == target(key))
        .count()
}

#[test]
fn not_found_keeps_the_old_piece() {
    keeps_the_old_one(TDX, with(TDX, |_| vec![Reply::status(404)]), "NOT_FOUND");
    keeps_the_old_one(QE, with(QE, |_| vec![Reply::status(404)]), "NOT_FOUND");
}

#[test]
fn too_many_requests_are_repeated_after_the_time_that_the_server_asks_for() {
    let server = StandIn::plain(with(SGX, |good| {
        vec![
            Reply::status(429).with("Retry-After", "1"),
            Reply::status(429),
            good,
        ]
    }));
    let place = Place::empty();
    let summary = place.run(&plan(&server));
    assert_eq!(summary.status, STATUS_FRESH, "{}", summary.text());
    assert_eq!(asked(&server, SGX), 3);
}

#[test]
fn a_retry_after_as_a_date_is_understood() {
    // Ten seconds before the run's clock: at once.
    let date = "Sun, 01 Jan 2040 23:59:50 GMT";
    let server = StandIn::plain(with(SGX, |good| {
        vec![Reply::status(503).with("Retry-After", date), good]
    }));
    let summary = Place::empty().run(&plan(&server));
    assert_eq!(
        (summary.status, asked(&server, SGX)),
        (STATUS_FRESH, 2),
        "{}",
        summary.text()
    );
}

#[test]
fn a_server_that_asks_for_a_longer_wait_than_allowed_is_not_asked_again() {
    let answers = with(SGX, |_| {
        vec![Reply::status(429).with("Retry-After", "3600")]
    });
    let (summary, server) = keeps_the_old_one(SGX, answers, "ASKED_TO_WAIT");
    // Once in each of the two runs.
    assert_eq!(asked(&server, SGX), 2);
    assert!(summary.stale[0].reason.contains("3600 s"));
}

#[test]
fn server_errors_that_pass_are_survived() {
    let server = StandIn::plain(with(SGX, |good| {
        vec![Reply::status(500), Reply::status(502), good]
    }));
    let summary = Place::empty().run(&plan(&server));
    assert_eq!(
        (summary.status, asked(&server, SGX)),
        (STATUS_FRESH, 3),
        "{}",
        summary.text()
    );
}

#[test]
fn server_errors_that_stay_keep_the_old_piece() {
    let (_, server) = keeps_the_old_one(SGX, with(SGX, |_| vec![Reply::status(503)]), "STATUS");
    assert_eq!(asked(&server, SGX), 2 * 3);
}

#[test]
fn a_body_that_is_cut_keeps_the_old_piece() {
    let cut = |key| with(key, |good| vec![good.failing(Fault::CutAfter(100))]);
    keeps_the_old_one(SGX, cut(SGX), "CONNECTION");
    keeps_the_old_one(PLATFORM, cut(PLATFORM), "CONNECTION");
}

#[test]
fn a_body_that_is_cut_once_is_asked_for_again() {
    let server = StandIn::plain(with(SGX, |good| {
        vec![good.clone().failing(Fault::CutAfter(100)), good]
    }));
    assert_eq!(Place::empty().run(&plan(&server)).status, STATUS_FRESH);
}

#[test]
fn half_a_body_that_calls_itself_whole_keeps_the_old_piece() {
    let half = |key| {
        with(key, |mut good| {
            good.body.truncate(good.body.len() / 2);
            vec![good]
        })
    };
    keeps_the_old_one(SGX, half(SGX), "UNRECOGNISED");
    keeps_the_old_one(PLATFORM, half(PLATFORM), "UNRECOGNISED");
}

#[test]
fn a_wrong_content_type_keeps_the_old_piece() {
    let answers = with(SGX, |good| {
        vec![good.with("Content-Type", "text/html; charset=utf-8")]
    });
    let (summary, _) = keeps_the_old_one(SGX, answers, "CONTENT_TYPE");
    assert!(
        summary.stale[0]
            .reason
            .contains("text/html instead of application/json")
    );
    keeps_the_old_one(
        SGX,
        with(SGX, |good| vec![good.without("Content-Type")]),
        "CONTENT_TYPE",
    );
}

#[test]
fn a_page_of_something_in_between_keeps_the_old_piece() {
    let page = |key| {
        with(key, |good| {
            vec![
                Reply {
                    body: b"<html>Please log in</html>".to_vec(),
                    ..good
                }
                .with("Content-Type", "text/html"),
            ]
        })
    };
    keeps_the_old_one(PLATFORM, page(PLATFORM), "UNRECOGNISED");
    keeps_the_old_one(Key::RootCaCrl, page(Key::RootCaCrl), "UNRECOGNISED");
}

#[test]
fn a_bad_chain_header_keeps_the_old_piece() {
    const HEADER: &str = "TCB-Info-Issuer-Chain";
    keeps_the_old_one(
        SGX,
        with(SGX, |good| vec![good.without(HEADER)]),
        "CHAIN_HEADER",
    );
    for bad in [
        "",
        "nonsense",
        "%ff%fe",
        "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A",
    ] {
        keeps_the_old_one(
            SGX,
            with(SGX, |good| vec![good.with(HEADER, bad)]),
            "CHAIN_HEADER",
        );
    }
}

#[test]
fn the_chain_of_another_signer_keeps_the_old_piece() {
    let pck_ca_chain = reply(world().get(PLATFORM).unwrap());
    let (_, chain) = pck_ca_chain
        .headers
        .iter()
        .find(|(name, _)| name.ends_with("Issuer-Chain"))
        .unwrap();
    let answers = with(SGX, |good| vec![good.with("TCB-Info-Issuer-Chain", chain)]);
    keeps_the_old_one(SGX, answers, "COLLATERAL_SIGNER_UNTRUSTED");
}

#[test]
fn after_the_signer_stands_the_root_or_nothing() {
    let world = world();
    let pem = |key| world.get(key).unwrap().chain.as_ref().unwrap().pem.clone();
    let both = |key| {
        let pem = pem(key);
        let second = pem.rfind("-----BEGIN").unwrap();
        (pem[..second].to_owned(), pem[second..].to_owned())
    };
    for (key, other, header) in [
        (SGX, PLATFORM, "TCB-Info-Issuer-Chain"),
        (QE, PLATFORM, "SGX-Enclave-Identity-Issuer-Chain"),
        (PLATFORM, SGX, "SGX-PCK-CRL-Issuer-Chain"),
    ] {
        let ((signer, root), (stranger, _)) = (both(key), both(other));
        let answers = |chain: &str| {
            let chain = utf8_percent_encode(chain, NON_ALPHANUMERIC).to_string();
            with(key, |good| vec![good.with(header, &chain)])
        };
        for chain in [
            format!("{signer}{stranger}"),
            format!("{signer}{root}{stranger}"),
            format!("{signer}{stranger}{root}"),
        ] {
            keeps_the_old_one(key, answers(&chain), "COLLATERAL_SIGNER_UNTRUSTED");
        }
        let server = StandIn::plain(answers(&signer));
        let summary = Place::with(&yesterday()).run(&plan(&server));
        assert_eq!(summary.status, STATUS_FRESH, "{}", summary.text());
    }
}

#[test]
fn a_tampered_body_keeps_the_old_piece() {
    for key in [SGX, QE] {
        let answers = with(key, |mut good| {
            let text = String::from_utf8(good.body).unwrap();
            assert!(text.contains("UpToDate"));
            good.body = text.replacen("OutOfDate", "UpToDate", 1).into_bytes();
            vec![good]
        });
        keeps_the_old_one(key, answers, "COLLATERAL_SIGNATURE_INVALID");
    }
    for key in [PLATFORM, Key::RootCaCrl] {
        let answers = with(key, |mut good| {
            *good.body.last_mut().unwrap() ^= 1;
            vec![good]
        });
        keeps_the_old_one(key, answers, "COLLATERAL_SIGNATURE_INVALID");
    }
}

#[test]
fn pieces_under_another_root_are_refused() {
    let foreign = forged_one(r#"{"root":"other"}"#, SGX);
    keeps_the_old_one(
        SGX,
        with(SGX, |_| vec![reply(&foreign)]),
        "COLLATERAL_SIGNER_UNTRUSTED",
    );
}

#[test]
fn an_expired_piece_is_not_taken_for_fresh() {
    let expired = forged_one(
        r#"{"tcb_info":{"next_update":"2040-01-01T12:00:00Z"}}"#,
        SGX,
    );
    keeps_the_old_one(
        SGX,
        with(SGX, |_| vec![reply(&expired)]),
        "COLLATERAL_EXPIRED",
    );
}

#[test]
fn another_platforms_piece_is_refused() {
    let other = reply(world().get(SGX_OTHER).unwrap());
    keeps_the_old_one(SGX, with(SGX, |_| vec![other]), "ANOTHER_PIECE");
    let tdx = reply(world().get(TDX).unwrap());
    keeps_the_old_one(SGX, with(SGX, |_| vec![tdx]), "ANOTHER_PIECE");
}

#[test]
fn a_slow_server_keeps_the_old_piece() {
    let answers = with(SGX, |good| vec![good.failing(Fault::Hangs)]);
    keeps_the_old_one_by(SGX, answers, "CONNECTION", |plan| {
        plan.patience.request = std::time::Duration::from_millis(500);
    });
}

#[test]
fn a_run_that_takes_too_long_ends() {
    let mut answers = intel(&world());
    for key in ALL.into_iter().skip(1) {
        answers.insert(
            target(key),
            vec![Reply::status(503).with("Retry-After", "2")],
        );
    }
    let server = StandIn::plain(answers);
    let mut plan = plan(&server);
    plan.patience.run = std::time::Duration::from_millis(1500);
    let place = Place::with(&yesterday());
    let summary = place.run(&plan);
    assert_eq!(summary.status, STATUS_NOTHING);
    assert!(
        summary
            .error
            .unwrap()
            .contains("the time for the whole run was over")
    );
    assert_eq!(place.text().unwrap(), yesterday().to_json());
}

#[test]
fn a_cut_connection_keeps_the_old_piece() {
    let answers = with(SGX, |good| vec![good.failing(Fault::NoAnswer)]);
    keeps_the_old_one(SGX, answers, "CONNECTION");
}

#[test]
fn an_oversized_body_keeps_the_old_piece() {
    let declared = with(SGX, |good| {
        vec![Reply {
            body: vec![b' '; 3 * 1024 * 1024],
            ..good
        }]
    });
    keeps_the_old_one(SGX, declared, "TOO_LARGE");
    let endless = with(SGX, |good| vec![good.failing(Fault::Endless)]);
    keeps_the_old_one(SGX, endless, "TOO_LARGE");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = StandIn::plain(intel(&world()));
    for status in [301, 302, 307, 308] {
        let to = format!("{}{}", elsewhere.url, target(SGX));
        let answers = with(SGX, |_| vec![Reply::status(status).with("Location", &to)]);
        keeps_the_old_one(SGX, answers, "REDIRECT");
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

#[test]
fn a_server_with_a_certificate_of_nobody_known_is_not_asked() {
    let server = StandIn::over_tls(intel(&world()));
    let mut plan = plan(&server);
    plan.ca_pem = None;
    let place = Place::with(&yesterday());
    let summary = place.run(&plan);
    assert_eq!(summary.status, STATUS_NOTHING, "{}", summary.text());
    assert_eq!(place.text().unwrap(), yesterday().to_json());
    assert!(server.requests().is_empty());
}

#[test]
fn without_a_server_nothing_is_written() {
    let server = StandIn::plain(Answers::new());
    let mut plan = plan(&server);
    drop(server);
    plan.patience.attempts = 1;
    for place in [Place::empty(), Place::with(&yesterday())] {
        let before = place.text();
        assert_eq!(place.run(&plan).status, STATUS_NOTHING);
        assert_eq!(place.text(), before);
    }
}

#[test]
fn without_the_root_ca_crl_nothing_is_written() {
    let server = StandIn::plain(with(Key::RootCaCrl, |_| vec![Reply::status(404)]));
    let place = Place::empty();
    let summary = place.run(&plan(&server));
    assert_eq!((summary.status, place.text()), (STATUS_NOTHING, None));
    assert!(summary.error.unwrap().contains("root CA CRL"));
}

#[test]
fn a_bad_list_of_fmspcs_writes_nothing() {
    for body in [
        "",
        "{}",
        "[1]",
        r#"[{"fmspc":"00"}]"#,
        r#"[{"fmspc":"../../../../etc"}]"#,
    ] {
        let mut answers = intel(&world());
        answers.get_mut(FMSPCS).unwrap()[0].body = body.into();
        let server = StandIn::plain(answers);
        let place = Place::with(&yesterday());
        let summary = place.run(&plan(&server));
        assert_eq!(summary.status, STATUS_NOTHING, "{body}");
        assert_eq!(place.text().unwrap(), yesterday().to_json());
    }
}

#[test]
fn a_revoked_signer_takes_its_old_pieces_along() {
    let mut answers = intel(&world());
    let revoking = forged_one(r#"{"revoked":["tcb_signer"]}"#, Key::RootCaCrl);
    answers.insert(target(Key::RootCaCrl), vec![reply(&revoking)]);
    let server = StandIn::plain(answers);
    let place = Place::with(&yesterday());
    let summary = place.run(&plan(&server));
    assert_eq!(summary.status, STATUS_STALE, "{}", summary.text());
    assert!(place.bundle().pieces().map(|piece| piece.key).eq([
        Key::RootCaCrl,
        crate::world::PROCESSOR,
        PLATFORM
    ]));
}

/// Every fault at every place: whatever is in the file afterwards verifies (`Place::run`), and no key gets lost.
#[test]
fn no_fault_anywhere_loses_or_spoils_a_piece() {
    type Break = fn(Reply) -> Vec<Reply>;
    let faults: [(&str, Break); 9] = [
        ("404", |_| vec![Reply::status(404)]),
        ("429", |_| {
            vec![Reply::status(429).with("Retry-After", "100")]
        }),
        ("500", |_| vec![Reply::status(500)]),
        ("cut", |good| vec![good.failing(Fault::CutAfter(10))]),
        ("empty", |good| {
            vec![Reply {
                body: Vec::new(),
                ..good
            }]
        }),
        ("type", |good| vec![good.with("Content-Type", "text/plain")]),
        ("flipped", |mut good| {
            let middle = good.body.len() / 2;
            good.body[middle] ^= 1;
            vec![good]
        }),
        ("redirect", |_| {
            vec![Reply::status(302).with("Location", "http://127.0.0.1:1/")]
        }),
        ("no answer", |good| vec![good.failing(Fault::NoAnswer)]),
    ];
    for (name, fault) in faults {
        for key in ALL {
            let server = StandIn::plain(with(key, fault));
            let place = Place::with(&yesterday());
            let summary = place.run(&plan(&server));
            assert!(summary.written, "{name} at {key}: {}", summary.text());
            assert!(
                place.bundle().pieces().map(|piece| piece.key).eq(ALL),
                "{name} at {key}"
            );
            assert_eq!(place.bundle().fetched_at, NOW);
        }
    }
}
