//! The command itself: arguments, exit status, signals, and a kill in the middle of whatever it does.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use cloud_witness::ceremony::keys::Key;

use crate::standin::{POWER, SYSTEM, StandIn};
use crate::world::{MACHINE, Place, assert_sound};

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-witness-heartbeat"));
    command
        .args(words)
        .env_remove("CLOUD_WITNESS_BMC_LOGIN")
        .env_remove("CLOUD_WITNESS_BMC_TOKEN");
    command
}

fn run(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

/// A recorder that runs until it is ended.
fn recorder(place: &Place, server: &StandIn) -> Child {
    let (log, key) = (place.file("log.jsonl"), place.file("key"));
    command(&[
        "--log",
        log.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
        "--endpoint",
        &server.url,
        "--system",
        SYSTEM,
        "--power",
        POWER,
        "--machine",
        MACHINE,
        "--name",
        "stand-in",
        "--interval",
        "1",
        "--sign-every",
        "3",
    ])
    .stderr(Stdio::piped())
    .spawn()
    .unwrap()
}

/// Waits until the recorder says that the endpoint answers; gives back what it says after that.
fn answers(child: &mut Child) -> BufReader<std::process::ChildStderr> {
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("The endpoint answers.") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "it ended");
    }
    said
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn sigterm_and_ctrl_c_end_the_log_with_a_signature() {
    for name in ["TERM", "INT"] {
        let server = StandIn::plain();
        let place = Place::new();
        let mut child = recorder(&place, &server);
        let mut said = answers(&mut child);
        std::thread::sleep(Duration::from_millis(1_200));
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        let mut last = String::new();
        said.read_line(&mut last).unwrap();
        assert_eq!(last, "Stopped; the log ends with a signature.\n");
        assert!(place.lines().last().unwrap().starts_with("{\"signature\""));
        assert_sound(&place.report());
    }
}

#[test]
fn after_kills_at_any_moment_the_log_goes_on_and_is_sound() {
    let server = StandIn::plain();
    let place = Place::new();
    for kill in 0..8 {
        let mut child = recorder(&place, &server);
        if kill % 2 == 0 {
            // Before, while or after it writes its first lines.
            std::thread::sleep(Duration::from_millis(kill * 7));
        } else {
            drop(answers(&mut child));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    place.record(&place.plan(&server), 2).unwrap();
    // What a kill left unsigned does not count; what stays is sound.
    let report = place.report();
    assert_sound(&report);
    assert!(report.answers >= 2);
}

#[test]
fn how_many_lines_were_dropped_is_said() {
    let server = StandIn::plain();
    let place = Place::new();
    place.record(&place.plan(&server), 1).unwrap();
    let mut log = place.log();
    log.extend_from_slice(b"one\ntwo\nthr");
    std::fs::write(place.file("log.jsonl"), log).unwrap();
    let mut child = recorder(&place, &server);
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("lines: 3."), "{line}");
}

#[test]
fn the_public_key_can_be_printed() {
    let place = Place::new();
    let key = place.file("key");
    let output = run(&["--key", key.to_str().unwrap(), "--public"]);
    assert_eq!(output.status.code(), Some(0));
    let line = String::from_utf8(output.stdout).unwrap();
    assert_eq!(Key::parse(&line).unwrap(), place.public());
}

#[test]
fn a_log_that_cannot_be_written_ends_with_1() {
    let place = Place::new();
    let key = place.file("key");
    let output = run(&[
        "--log",
        "no/such/folder/log",
        "--key",
        key.to_str().unwrap(),
        "--endpoint",
        "http://127.0.0.1:9",
        "--system",
        SYSTEM,
        "--machine",
        MACHINE,
        "--name",
        "n",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let people = String::from_utf8(output.stderr).unwrap();
    assert!(people.contains("no/such/folder/log"), "{people}");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_wrong() {
    let good = [
        "--log",
        "l",
        "--key",
        "k",
        "--endpoint",
        "https://bmc",
        "--system",
        SYSTEM,
        "--machine",
        MACHINE,
        "--name",
        "n",
    ];
    let with = |more: &[&'static str]| [&good[..], more].concat();
    let without = |option: &str| {
        let at = good.iter().position(|word| *word == option).unwrap();
        [&good[..at], &good[at + 2..]].concat()
    };
    let to = |url| [&without("--endpoint")[..], &["--endpoint", url]].concat();
    let pin = "0000000000000000000000000000000000000000000000000000000000000000";
    let pinned = [&to("http://127.0.0.1")[..], &["--pin", pin]].concat();
    for (words, what) in [
        (vec![], "--key FILE is missing"),
        (without("--log"), "--log FILE is missing"),
        (without("--endpoint"), "--endpoint URL is missing"),
        (without("--system"), "--system PATH is missing"),
        (without("--machine"), "--machine KEY is missing"),
        (without("--name"), "--name NAME is missing"),
        (with(&["--name", "m"]), "--name is given twice"),
        (with(&["--interval", "0"]), "`interval` must be"),
        (with(&["--interval", "x"]), "no whole number"),
        (with(&["--max-gap", "5"]), "`max_gap` must be"),
        (with(&["--sign-every", "0"]), "`sign_every` must be"),
        (
            with(&["--sign-every", "99999999999"]),
            "--sign-every is too large",
        ),
        (with(&["--power", "Power"]), "`asked` must be"),
        (with(&["--pin", "00"]), "--pin is a SHA-256"),
        (with(&["--ca-file", "no/such/file"]), "no/such/file"),
        (
            with(&["--login-file", "a", "--token-file", "b"]),
            "one password or token",
        ),
        (with(&["--password", "secret"]), "--password"),
        (to("https://root@bmc"), "has an @"),
        (to("http://bmc"), "http:// is for this computer alone"),
        (pinned, "over http:// no certificate is shown"),
    ] {
        let output = run(&words);
        let people = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(people.contains(what), "{words:?}: {people}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(run(&to("ftp://bmc")).status.code(), Some(2));
}

#[test]
fn help_names_every_exit_status() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Exit status: 0 stopped as told, 1 the log could not"));
}
