//! The command itself: arguments, exit status, and that it knows no root but Intel's.

use std::process::{Command, Output};

use crate::shelf::{ROOT_CA_CRL, intel};
use crate::standin::StandIn;
use crate::world::{Place, world};

fn prefetch(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_prefetch"))
        .args(words)
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .output()
        .unwrap()
}

#[test]
fn what_a_forged_intel_signed_is_never_written() {
    let server = StandIn::plain(intel(&world()));
    let place = Place::empty();
    let root = format!("{}{ROOT_CA_CRL}", server.url);
    let file = place.file();
    let words = [
        "--out",
        file.to_str().unwrap(),
        "--from",
        &server.url,
        "--root-crl-from",
        &root,
        "--json",
    ];
    let output = prefetch(&words);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(place.text(), None);
    let people = String::from_utf8(output.stderr).unwrap();
    assert!(people.starts_with("Nothing was written; "), "{people}");
    let machines: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&machines["written"], &machines["status"]),
        (&false.into(), &1.into())
    );
    assert!(
        machines["error"].as_str().unwrap().contains("root CA CRL"),
        "{machines}"
    );
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_wrong() {
    for (words, what) in [
        (vec![], "--out FILE is missing"),
        (vec!["--out"], "--out"),
        (vec!["--out", "x", "--out", "y"], "--out is given twice"),
        (
            vec!["--out", "x", "--tee", "sev"],
            "--tee does not take \"sev\"",
        ),
        (vec!["--out", "x", "--tee", ""], "--tee does not take \"\""),
        (
            vec!["--out", "x", "--fmspc", "00606a"],
            "--fmspc does not take",
        ),
        (
            vec!["--out", "x", "--from", "ftp://example.org"],
            "--from is a URL",
        ),
        (
            vec!["--out", "x", "--ca-file", "no/such/file"],
            "no/such/file",
        ),
        (vec!["--out", "x", "--root", "y"], "--root"),
        (vec!["--out", "x", "y"], "y"),
        (
            vec!["--out", "x", "--from", "https://user:secret@pccs.example"],
            "--from takes no user or password",
        ),
        (
            vec!["--out", "x", "--root-crl-from", "http://secret@a?b"],
            "--root-crl-from takes no user or password",
        ),
    ] {
        let output = prefetch(&words);
        let people = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(people.contains(what), "{words:?}: {people}");
        assert!(output.stdout.is_empty());
        assert!(!people.contains("secret"), "{people}");
    }
}

#[test]
fn help_names_every_exit_status() {
    let output = prefetch(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Exit status: 0 everything is fresh, 3 written with old"));
}
