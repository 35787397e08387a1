//! Kinds of damage, each found and named; the names are the catalogue.

use ed25519_dalek::{Signer as _, SigningKey};

use super::line::{Answer, Chain, Fault, PowerState, When, signed};
use super::timeline::State;
use super::*;
use crate::ceremony::keys::Key;

const MACHINE: &str = "intel:sgx:ppid:0123456789abcdef0123456789abcdef";
const OTHER: &str = "intel:tdx:ppid:ffffffffffffffffffffffffffffffff";
/// When the logs of these tests begin.
const BEGIN: u64 = 1_790_000_000;
const INTERVAL: u64 = 10;
const MAX_GAP: u64 = 60;
const SIGN_EVERY: u32 = 6;
/// When they are checked.
const AT: u64 = BEGIN + 86_400;

fn recorder(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn key(seed: u8) -> Key {
    Key::from_ed25519(recorder(seed).verifying_key().to_bytes()).unwrap()
}

fn header(machine: &str) -> Header {
    Header {
        format: 1,
        machine: machine.to_owned(),
        endpoint: "bmc-7, rack 3".to_owned(),
        asked: vec![
            "/redfish/v1/Systems/1".to_owned(),
            "/redfish/v1/Chassis/1/Power".to_owned(),
        ],
        interval: INTERVAL,
        max_gap: MAX_GAP,
        sign_every: SIGN_EVERY,
        time: BEGIN,
        key: key(7).line(),
    }
}

fn answer() -> Answer {
    Answer {
        power: PowerState::On,
        uuid: Some("4c4c4544-0042-3510-8052-b9c04f4d4e32".to_owned()),
        serial: Some("S1234567".to_owned()),
        supplies: Some(2),
    }
}

/// A log under construction: the time goes on with every poll.
struct Log {
    lines: Vec<String>,
    chain: Chain,
    time: u64,
    clock: u64,
    unsigned: u32,
    signer: SigningKey,
}

impl Log {
    fn new() -> Self {
        Self::with(header(MACHINE))
    }

    fn with(header: Header) -> Self {
        let (first, chain) = Chain::begin(header).unwrap();
        let mut log = Self {
            lines: vec![first],
            chain,
            time: BEGIN,
            clock: 0,
            unsigned: 0,
            signer: recorder(7),
        };
        log.start();
        log
    }

    fn start(&mut self) {
        self.clock = 0;
        let line = self.chain.start(self.time);
        self.lines.push(line);
        self.sign();
    }

    fn sign(&mut self) {
        let signer = self.signer.clone();
        let line = self
            .chain
            .signature(self.time, |bytes| signer.sign(bytes).to_bytes());
        self.lines.push(line);
        self.unsigned = 0;
    }

    /// Time goes on, for both clocks.
    fn wait(&mut self, seconds: u64) {
        self.time += seconds;
        self.clock += seconds;
    }

    const fn when(&self) -> When {
        When {
            time: self.time,
            clock: self.clock,
        }
    }

    /// A poll now, and a signature when it is due.
    fn poll(&mut self, answer: &Answer) {
        let line = self.chain.beat(self.when(), 2, answer);
        self.lines.push(line);
        self.polled();
    }

    fn fail(&mut self, what: Fault, status: Option<u16>) {
        let line = self.chain.error(self.when(), 1, what, status);
        self.lines.push(line);
        self.polled();
    }

    fn polled(&mut self) {
        self.unsigned += 1;
        if self.unsigned == SIGN_EVERY {
            self.sign();
        }
    }

    fn polls(mut self, count: u64) -> Self {
        for _ in 0..count {
            self.wait(INTERVAL);
            self.poll(&answer());
        }
        self
    }

    fn stop(mut self) -> Vec<String> {
        if self.unsigned > 0 {
            self.sign();
        }
        self.lines
    }

    fn text(self) -> Vec<u8> {
        text(&self.stop())
    }
}

fn text(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n").into_bytes();
    text.push(b'\n');
    text
}

/// A good log of 20 polls: header, start, signature; polls in lines 4 to 9, a signature in 10, and so on.
fn good() -> Vec<String> {
    Log::new().polls(20).stop()
}

fn checked(log: &[u8]) -> HeartbeatReport {
    let key = key(7);
    check(
        log,
        Expected {
            machine: Some(MACHINE),
            recorder: Some(&key),
            max_gap: Some(MAX_GAP),
            window: None,
            at: AT,
        },
    )
}

/// Codes with the first line of each, in the order of the codes.
fn codes(report: &HeartbeatReport) -> Vec<(Code, Option<u64>)> {
    report
        .counts
        .iter()
        .map(|count| (count.code, count.first_line))
        .collect()
}

#[track_caller]
fn names(log: &[u8], code: Code, line: u64) -> HeartbeatReport {
    let report = checked(log);
    assert!(
        codes(&report).contains(&(code, Some(line))),
        "{code:?} in line {line} is lacking: {:#?}",
        report.findings
    );
    assert_ne!(report.outcome, Outcome::Pass);
    report
}

#[track_caller]
fn names_only(log: &[u8], code: Code, line: u64) -> HeartbeatReport {
    let report = names(log, code, line);
    assert_eq!(codes(&report).len(), 1, "{:#?}", report.findings);
    report
}

/// A good log with a line changed by hand.
fn changed(line: usize, from: &str, to: &str) -> Vec<u8> {
    let mut lines = good();
    assert!(lines[line - 1].contains(from), "{}", lines[line - 1]);
    lines[line - 1] = lines[line - 1].replacen(from, to, 1);
    text(&lines)
}

#[test]
fn a_good_log_passes_and_all_of_its_time_is_covered() {
    let report = checked(&text(&good()));
    assert_eq!(report.findings, []);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(
        (report.polls, report.answers, report.signatures),
        (20, 20, 5)
    );
    assert_eq!((report.covered, report.span), (190, 190));
    assert_eq!(report.covered_ppm, 1_000_000);
    assert_eq!(
        report.stretches,
        [Stretch {
            from: BEGIN + 10,
            to: BEGIN + 200,
            state: State::Covered
        }]
    );
    assert_eq!(report.first, Some(BEGIN + 10));
    assert_eq!(report.last, Some(BEGIN + 200));
    assert_eq!(report.serial.as_deref(), Some("S1234567"));
}

#[test]
fn every_line_of_a_good_log_is_read_as_it_is_written() {
    for line in good() {
        let mut scratch = Vec::new();
        assert_eq!(
            Line::read(line.as_bytes(), &mut scratch).unwrap().text(),
            line
        );
    }
}

#[test]
fn what_is_read_ahead_is_what_is_read() {
    let mut log = Log::new();
    for (uuid, serial, supplies) in [
        (Some("u"), Some("s"), Some(2)),
        (None, Some("s"), None),
        (Some(""), None, Some(0)),
        (Some("a text: of, \u{7e} {signs}"), None, Some(u32::MAX)),
    ] {
        log.wait(INTERVAL);
        log.poll(&Answer {
            power: PowerState::On,
            uuid: uuid.map(str::to_owned),
            serial: serial.map(str::to_owned),
            supplies,
        });
    }
    let mut read_ahead = 0;
    let mut compare = |line: &[u8]| {
        let text = [line, b"\n", b"rest"].concat();
        let Some((beat, taken, rest)) = Beat::ahead(&text) else {
            return false;
        };
        assert_eq!(rest, b"rest");
        assert_eq!(taken, line);
        let mut scratch = Vec::new();
        assert_eq!(
            Line::read(line, &mut scratch),
            Ok(Line::Beat(beat)),
            "{}",
            String::from_utf8_lossy(line)
        );
        read_ahead += 1;
        true
    };
    for line in log
        .lines
        .iter()
        .filter(|line| line.starts_with("{\"beat\""))
    {
        assert!(compare(line.as_bytes()), "{line}");
        for at in 0..line.len() {
            for byte in *b"0129 afAF\"\\{}:,-+.nul\n\x7f\xc3\0" {
                let mut changed = line.clone().into_bytes();
                changed[at] = byte;
                compare(&changed);
                changed.insert(at, byte);
                compare(&changed);
            }
            let mut shorter = line.clone().into_bytes();
            shorter.remove(at);
            compare(&shorter);
        }
    }
    assert!(read_ahead > 1_000, "{read_ahead}");
}

#[test]
fn an_empty_log_is_named() {
    let report = checked(b"");
    assert_eq!(codes(&report), [(Code::LogEmpty, None)]);
    assert_eq!(report.outcome, Outcome::Fail);
}

#[test]
fn a_log_of_more_lines_than_any_has_is_refused_before_one_is_read() {
    for line in [
        "\n",
        "x\n",
        "{\"start\":{\"seq\":1,\"time\":1,\"prev\":\"\"}}\n",
    ] {
        let log = line.repeat(MAX_LINES + 1);
        let report = checked(log.as_bytes());
        assert_eq!(codes(&report), [(Code::LogTooLarge, None)], "{line}");
        assert_eq!(report.lines, 0);
        let report = checked(&log.as_bytes()[line.len()..]);
        assert!(!codes(&report).contains(&(Code::LogTooLarge, None)));
        assert!(report.lines > 0);
    }
    // What its recorder writes reaches the limit of bytes first.
    let (_, mut chain) = Chain::begin(header(MACHINE)).unwrap();
    assert!((chain.start(1_700_000_000).len() + 1) * MAX_LINES > MAX_LOG);
}

#[test]
fn a_huge_log_is_refused_before_it_is_read() {
    let huge = vec![b'{'; MAX_LOG + 1];
    assert_eq!(codes(&checked(&huge)), [(Code::LogTooLarge, None)]);
    // The limit itself is read: one line, far too long.
    let report = checked(&huge[..MAX_LOG]);
    assert!(codes(&report).contains(&(Code::LineTooLong, Some(1))));
}

#[test]
fn another_encoding_is_named() {
    let good = text(&good());
    let utf16: Vec<u8> = good.iter().flat_map(|byte| [*byte, 0]).collect();
    let marked = [&[0xff, 0xfe][..], &utf16].concat();
    for log in [utf16, marked] {
        assert_eq!(codes(&checked(&log)), [(Code::LogEncoding, Some(1))]);
    }
    let big: Vec<u8> = good.iter().flat_map(|byte| [0, *byte]).collect();
    names_only(&big, Code::LogEncoding, 1);
    // A byte order mark alone hides nothing.
    let report = names_only(&[b"\xef\xbb\xbf", &good[..]].concat(), Code::LogEncoding, 1);
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn a_log_that_was_cut_in_a_line_is_named() {
    let whole = text(&good());
    let report = names(&whole[..whole.len() - 1], Code::LogCut, 27);
    assert_eq!(codes(&report).len(), 1);
    let report = names(&whole[..whole.len() - 40], Code::LogCut, 27);
    assert!(report.counts.iter().any(|c| c.code == Code::LineNotJson));
    assert!(report.counts.iter().any(|c| c.code == Code::TailNotSigned));
}

#[test]
fn a_tail_without_a_signature_is_named_and_counts_for_nothing() {
    let mut lines = good();
    lines.pop();
    let report = names_only(&text(&lines), Code::TailNotSigned, 25);
    assert_eq!(report.covered, 170);
    assert_eq!(report.stretches.last().unwrap().state, State::Unproven);
}

#[test]
fn blank_lines_are_named_and_hide_nothing() {
    let mut lines = good();
    lines.insert(5, String::new());
    let report = names_only(&text(&lines), Code::LineBlank, 6);
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn lines_that_end_with_cr_lf_are_named_and_counted() {
    let log = text(&good());
    let log = String::from_utf8(log).unwrap().replace('\n', "\r\n");
    let report = names_only(log.as_bytes(), Code::LineEnd, 1);
    assert_eq!(report.counts[0].count, 27);
    assert_eq!(report.findings.len(), 10);
    let shown = report.found();
    assert!(
        shown.checks[0].detail.contains("first of 27"),
        "{}",
        shown.checks[0].detail
    );
}

#[test]
fn a_line_longer_than_any_is_named() {
    let mut lines = good();
    lines.insert(6, "x".repeat(MAX_LINE + 1));
    names_only(&text(&lines), Code::LineTooLong, 7);
    lines[6].pop();
    names_only(&text(&lines), Code::LineNotJson, 7);
}

#[test]
fn a_character_that_no_line_holds_is_named() {
    for foreign in ["é", "\u{7f}", "\t", "\0"] {
        let log = changed(5, "S1234567", &format!("S12345{foreign}7"));
        names(&log, Code::LineCharacter, 5);
    }
    let mut log = text(&good());
    let at = log.windows(8).position(|w| w == b"S1234567").unwrap();
    log[at] = 0xff;
    names(&log, Code::LineCharacter, 4);
}

#[test]
fn a_line_that_is_no_json_is_named() {
    let report = names(&changed(5, "\"time\":", "\"time\""), Code::LineNotJson, 5);
    assert_eq!(report.counts.len(), 1, "named once: {:?}", report.counts);
}

#[test]
fn an_unknown_field_is_named() {
    names(&changed(5, "\"power\"", "\"powers\""), Code::LineField, 5);
    names(
        &changed(5, "\"power\"", "\"more\":1,\"power\""),
        Code::LineField,
        5,
    );
    names(&changed(5, "{\"beat\"", "{\"pulse\""), Code::LineField, 5);
}

#[test]
fn a_missing_doubled_or_misshapen_field_is_named() {
    for (from, to) in [
        ("\"asked\":2,", ""),
        ("\"clock\":20", "\"clock\":-20"),
        ("\"clock\":20", "\"clock\":20.0"),
        ("\"clock\":20", "\"clock\":20,\"clock\":20"),
        ("\"power\":\"On\"", "\"power\":\"on\""),
        ("S1234567", "S\\u0031234567"),
    ] {
        names(&changed(5, from, to), Code::LineField, 5);
    }
}

#[test]
fn a_line_that_is_written_otherwise_is_named() {
    names(
        &changed(5, ",\"power\"", ", \"power\""),
        Code::LineNotCanonical,
        5,
    );
    names(
        &changed(5, "\"supplies\":2,", ""),
        Code::LineNotCanonical,
        5,
    );
    // Even where no line after it holds its hash.
    names(
        &changed(27, ",\"time\"", ", \"time\""),
        Code::LineNotCanonical,
        27,
    );
}

#[test]
fn a_log_without_its_header_is_named() {
    let lines = good().split_off(1);
    let report = names(&text(&lines), Code::HeaderMissing, 1);
    assert!(report.header.is_none());
    // The rest is checked all the same, with the key that the checker knows.
    assert_eq!(report.signatures, 5);
}

#[test]
fn signatures_without_any_key_are_not_checked_and_count_for_nothing() {
    let lines = good().split_off(1);
    let report = check(
        &text(&lines),
        Expected {
            at: AT,
            ..Expected::default()
        },
    );
    assert!(
        report
            .counts
            .iter()
            .any(|c| c.code == Code::SignatureUnchecked)
    );
    assert_eq!(report.covered, 0);
}

#[test]
fn a_second_header_is_named_and_whose_it_is() {
    let mut lines = good();
    lines.insert(8, lines[0].clone());
    names_only(&text(&lines), Code::HeaderTwice, 9);
    lines[8] = Log::with(header(OTHER)).lines[0].clone();
    let report = names(&text(&lines), Code::HeaderTwice, 9);
    assert!(codes(&report).contains(&(Code::HeaderOtherMachine, Some(9))));
}

#[test]
fn a_log_of_another_machine_is_named() {
    let log = Log::with(header(OTHER)).polls(20).text();
    names_only(&log, Code::HeaderOtherMachine, 1);
}

#[test]
fn a_header_that_cannot_be_is_named() {
    let base = header(MACHINE);
    let wrong: [fn(&mut Header); 9] = [
        |h| h.format = 2,
        |h| h.machine = "intel:sgx:ppid:XY".to_owned(),
        |h| h.endpoint = String::new(),
        |h| h.asked = Vec::new(),
        |h| h.asked = vec!["redfish".to_owned()],
        |h| h.interval = 0,
        |h| h.max_gap = 9,
        |h| h.sign_every = 0,
        |h| h.key = "ssh-ed25519 AAAA".to_owned(),
    ];
    for change in wrong {
        let mut header = base.clone();
        change(&mut header);
        assert!(Chain::begin(header.clone()).is_err(), "{header:?}");
        let mut lines = good();
        lines[0] = Line::Header(header).text();
        names(&text(&lines), Code::HeaderInvalid, 1);
    }
}

#[test]
fn a_maximum_gap_longer_than_declared_is_named_and_the_shorter_is_used() {
    let mut longer = header(MACHINE);
    longer.max_gap = 600;
    let mut log = Log::with(longer).polls(10);
    log.wait(100);
    let report = checked(&log.polls(10).text());
    assert!(codes(&report).contains(&(Code::HeaderMaxGap, Some(1))));
    assert!(report.counts.iter().any(|c| c.code == Code::LogGap));
    assert_eq!((report.max_gap, report.longest_gap), (60, 110));
}

#[test]
fn another_recorders_key_is_named() {
    let log = text(&good());
    let other = key(8);
    let report = check(
        &log,
        Expected {
            recorder: Some(&other),
            at: AT,
            ..Expected::default()
        },
    );
    assert!(codes(&report).contains(&(Code::RecorderKeyOther, Some(1))));
    assert!(codes(&report).contains(&(Code::SignatureWrong, Some(3))));
    assert_eq!(report.covered, 0);
}

#[test]
fn a_key_that_nobody_knows_is_said_to_be_unknown() {
    let report = check(
        &text(&good()),
        Expected {
            at: AT,
            ..Expected::default()
        },
    );
    assert_eq!(codes(&report), [(Code::RecorderKeyNotGiven, None)]);
    assert_eq!(report.outcome, Outcome::Warn);
    assert!(!report.recorder_known);
}

#[test]
fn a_wrong_sequence_is_named() {
    let mut lines = good();
    // A recorder that miscounts: linked, signed, but out of count.
    let mut log = Log::new();
    log = log.polls(3);
    let at = log.lines.len();
    let prev = LineHash::of(log.lines[at - 1].as_bytes());
    log.chain = Chain::after(30, prev);
    log = log.polls(3);
    names(&log.text(), Code::SequenceWrong, 7);
    // A number that was changed by hand.
    lines[6] = lines[6].replace("\"seq\":6", "\"seq\":9");
    names(&text(&lines), Code::SequenceWrong, 7);
}

#[test]
fn a_missing_line_is_named_and_what_it_would_have_proven_is_lost() {
    let mut lines = good();
    lines.remove(12);
    let report = names_only(&text(&lines), Code::LinesMissing, 13);
    assert!(report.findings[0].detail.contains("number 12 is"));
    // One poll of six is missing: no gap. The ones before it, in the same signature, count for nothing.
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn missing_lines_longer_than_the_maximum_gap_are_a_gap() {
    let mut lines = good();
    lines.drain(10..17);
    let report = names(&text(&lines), Code::LinesMissing, 11);
    assert!(
        report
            .findings
            .iter()
            .any(|f| f.detail.contains("numbers 10 to 16"))
    );
    assert!(codes(&report).contains(&(Code::LogGap, Some(11))));
    assert!(report.covered_ppm < 1_000_000);
}

#[test]
fn what_a_broken_chain_cuts_off_from_its_signature_counts_for_nothing() {
    // The last of six polls and their signature are gone: the five before them were never signed.
    let mut lines = good();
    lines.drain(15..17);
    let report = names(&text(&lines), Code::LinesMissing, 16);
    assert!(codes(&report).contains(&(Code::LogGap, Some(16))));
    assert_eq!(report.longest_gap, 70);
    assert_eq!(report.stretches[1].state, State::Unproven);
}

#[test]
fn a_repeated_line_is_named() {
    let mut lines = good();
    lines.insert(12, lines[11].clone());
    names_only(&text(&lines), Code::LineRepeated, 13);
    let mut lines = good();
    lines.insert(20, lines[11].clone());
    names_only(&text(&lines), Code::LineRepeated, 21);
}

#[test]
fn lines_in_another_order_are_named() {
    let mut lines = good();
    lines.swap(11, 12);
    let report = names(&text(&lines), Code::LineOutOfOrder, 13);
    assert!(
        !report.counts.iter().any(|c| c.code == Code::LinesMissing),
        "what turns up later is not missing"
    );
}

#[test]
fn a_line_that_was_changed_breaks_the_chain_at_the_next() {
    let report = names_only(
        &changed(12, "1790000080", "1790000081"),
        Code::ChainBroken,
        13,
    );
    assert_eq!(report.outcome, Outcome::Fail);
    // A hash that was changed breaks it at its own line, and at the next.
    let lines = good();
    let report = names(
        &changed(12, &lines[11][lines[11].len() - 10..], "00000000\"}}"),
        Code::ChainBroken,
        12,
    );
    assert_eq!(report.counts[0].count, 2);
}

#[test]
fn a_chain_that_was_made_anew_lacks_the_recorders_signature() {
    // Whoever changes a line and chains all later ones anew cannot sign.
    let mut log = Log::new();
    log.signer = recorder(9);
    let report = names(&log.polls(20).text(), Code::SignatureWrong, 10);
    assert_eq!((report.covered, report.signatures), (0, 1));
    let codes = codes(&report);
    assert!(codes.contains(&(Code::LogNothingCovered, None)));
}

#[test]
fn a_wrong_signature_is_named_and_a_later_good_one_covers_what_it_did_not() {
    let mut log = Log::new().polls(5);
    log.signer = recorder(9);
    log = log.polls(1);
    log.signer = recorder(7);
    let report = names_only(&log.polls(6).text(), Code::SignatureWrong, 10);
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn a_signature_of_other_lines_is_wrong() {
    let mut lines = good();
    // The signature of line 10 in the place of line 17.
    let ten = lines[9].clone();
    let (_, signature) = ten.split_once("\"ed25519\":").unwrap();
    let (head, _) = lines[16].split_once("\"ed25519\":").unwrap();
    lines[16] = format!("{head}\"ed25519\":{signature}");
    names(&text(&lines), Code::SignatureWrong, 17);
}

#[test]
fn a_signature_in_upper_case_is_wrong() {
    let mut lines = good();
    let last = lines.len() - 1;
    let (head, signature) = lines[last].split_once("\"ed25519\":").unwrap();
    lines[last] = format!("{head}\"ed25519\":{}", signature.to_uppercase());
    names(&text(&lines), Code::SignatureWrong, 27);
}

#[test]
fn a_missing_signature_is_named() {
    let mut log = Log::new();
    for _ in 0..SIGN_EVERY + 2 {
        log.wait(INTERVAL);
        let line = log.chain.beat(log.when(), 2, &answer());
        log.lines.push(line);
    }
    log.unsigned = 1;
    let report = names_only(&log.text(), Code::SignatureMissing, 10);
    assert_eq!(report.covered, 70);
}

#[test]
fn more_signatures_than_are_checked_are_named() {
    let mut log = Log::new();
    for _ in 0..MOST_SIGNATURES {
        log.sign();
    }
    names(&log.polls(6).text(), Code::SignaturesTooMany, 4_503);
}

#[test]
fn a_clock_that_goes_back_is_named() {
    let mut log = Log::new().polls(8);
    log.time -= 3;
    log.clock += 10;
    log.poll(&answer());
    let report = names(&log.polls(8).text(), Code::ClockBack, 13);
    assert_eq!(report.outcome, Outcome::Fail);
}

#[test]
fn a_clock_that_was_set_back_a_little_is_named() {
    let mut log = Log::new().polls(8);
    log.time += 3;
    log.clock += 10;
    log.poll(&answer());
    names(&log.polls(8).text(), Code::ClockBack, 13);
}

#[test]
fn a_clock_that_jumps_forward_beyond_the_maximum_gap_is_a_gap() {
    let mut log = Log::new().polls(8);
    log.time += 600;
    let report = names(&log.polls(8).text(), Code::ClockForward, 13);
    assert!(codes(&report).contains(&(Code::LogGap, Some(13))));
    assert_eq!(report.longest_gap, 610);
}

#[test]
fn a_clock_that_jumps_forward_within_the_maximum_gap_is_named() {
    let mut log = Log::new().polls(8);
    log.time += 6;
    names_only(&log.polls(8).text(), Code::ClockForward, 13);
    // Two clocks that are read one after the other may differ a little.
    let mut log = Log::new().polls(8);
    log.time += 5;
    assert_eq!(checked(&log.polls(8).text()).outcome, Outcome::Pass);
}

#[test]
fn a_recorder_that_begins_to_count_anew_without_saying_so_is_named() {
    let mut log = Log::new().polls(8);
    log.clock = 0;
    names_only(&log.polls(8).text(), Code::CountBack, 13);
}

#[test]
fn a_restart_within_the_maximum_gap_is_no_fault() {
    let mut log = Log::new().polls(8);
    log.wait(50);
    log.start();
    let report = checked(&log.polls(8).text());
    assert_eq!(report.findings, []);
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn a_restart_after_the_maximum_gap_shows_as_a_gap() {
    let mut log = Log::new().polls(8);
    log.sign();
    log.wait(500);
    log.start();
    let report = names_only(&log.polls(8).text(), Code::LogGap, 16);
    let states: Vec<_> = report.stretches.iter().map(|s| s.state).collect();
    assert_eq!(states, [State::Covered, State::Gap, State::Covered]);
    assert_eq!(report.longest_gap, 510);
}

#[test]
fn times_of_the_future_are_named_and_do_not_count() {
    let key = key(7);
    let log = text(&good());
    let at = |at| {
        check(
            &log,
            Expected {
                recorder: Some(&key),
                at,
                ..Expected::default()
            },
        )
    };
    let report = at(BEGIN + 100 - FUTURE_TOLERANCE);
    // The eleventh poll.
    assert!(
        codes(&report).contains(&(Code::TimeInFuture, Some(15))),
        "{:#?}",
        report.findings
    );
    assert_eq!(report.covered, 90);
    assert_eq!(at(BEGIN + 200 - FUTURE_TOLERANCE).outcome, Outcome::Pass);
}

#[test]
fn a_silence_longer_than_the_maximum_gap_is_named_with_its_line() {
    let mut log = Log::new().polls(8);
    log.wait(51);
    let report = names(&log.polls(8).text(), Code::LogGap, 13);
    assert_eq!(report.longest_gap, 61);
    // Just within.
    let mut log = Log::new().polls(8);
    log.wait(50);
    let report = names_only(&log.polls(8).text(), Code::PollLate, 13);
    assert_eq!(report.outcome, Outcome::Warn);
    assert_eq!(report.covered_ppm, 1_000_000);
}

#[test]
fn an_interval_that_is_not_kept_is_named() {
    let mut log = Log::new().polls(8);
    log.wait(11);
    names_only(&log.polls(8).text(), Code::PollLate, 13);
    let mut log = Log::new().polls(8);
    log.wait(4);
    log.poll(&answer());
    names_only(&log.polls(8).text(), Code::PollEarly, 13);
    let mut log = Log::new().polls(8);
    log.wait(5);
    log.poll(&answer());
    assert_eq!(checked(&log.polls(8).text()).outcome, Outcome::Pass);
}

#[test]
fn answers_of_another_machine_are_named_and_do_not_count() {
    let others: [fn(&mut Answer); 3] = [
        |a| a.serial = Some("S7654321".to_owned()),
        |a| a.uuid = Some("00000000-0000-0000-0000-000000000000".to_owned()),
        |a| (a.serial, a.uuid) = (Some("S7654321".to_owned()), None),
    ];
    for change in others {
        let mut other = answer();
        change(&mut other);
        let mut log = Log::new().polls(8);
        for _ in 0..7 {
            log.wait(INTERVAL);
            log.poll(&other);
        }
        let report = names(&log.polls(8).text(), Code::AnswerOtherMachine, 13);
        assert!(report.counts.iter().any(|c| c.code == Code::LogGap));
        assert_eq!(report.longest_gap, 80);
        assert_eq!(report.answers, 16);
    }
}

#[test]
fn an_endpoint_that_names_no_machine_is_named() {
    let nameless = Answer {
        uuid: None,
        serial: None,
        ..answer()
    };
    let mut log = Log::new();
    for _ in 0..6 {
        log.wait(INTERVAL);
        log.poll(&nameless);
    }
    let report = names_only(&log.text(), Code::AnswerUnnamed, 4);
    assert_eq!(report.outcome, Outcome::Warn);
}

#[test]
fn a_machine_that_is_switched_off_is_named_and_not_covered() {
    let off = Answer {
        power: PowerState::Off,
        ..answer()
    };
    let mut log = Log::new().polls(8);
    for _ in 0..7 {
        log.wait(INTERVAL);
        log.poll(&off);
    }
    let report = names(&log.polls(8).text(), Code::PowerNotOn, 13);
    let states: Vec<_> = report.stretches.iter().map(|s| s.state).collect();
    assert_eq!(states, [State::Covered, State::Error, State::Covered]);
}

#[test]
fn a_power_supply_that_goes_away_is_named() {
    let one = Answer {
        supplies: Some(1),
        ..answer()
    };
    let mut log = Log::new().polls(8);
    log.wait(INTERVAL);
    log.poll(&one);
    let report = names_only(&log.polls(8).text(), Code::SupplyLost, 13);
    assert_eq!(report.outcome, Outcome::Warn);
    let silent = Answer {
        supplies: None,
        ..answer()
    };
    let mut log = Log::new().polls(8);
    log.wait(INTERVAL);
    log.poll(&silent);
    names_only(&log.polls(8).text(), Code::SupplyLost, 13);
    let none = Answer {
        supplies: Some(0),
        ..answer()
    };
    let mut log = Log::new().polls(8);
    log.wait(INTERVAL);
    log.poll(&none);
    names(&log.polls(8).text(), Code::SupplyNone, 13);
}

#[test]
fn errors_are_named_with_their_kind_and_cover_nothing() {
    let mut log = Log::new().polls(8);
    for (what, status) in [
        (Fault::Connection, None),
        (Fault::Tls, None),
        (Fault::Timeout, None),
        (Fault::Status, Some(401)),
        (Fault::Redirect, Some(302)),
        (Fault::TooLarge, None),
        (Fault::Unreadable, None),
    ] {
        log.wait(INTERVAL);
        log.fail(what, status);
    }
    let report = names(&log.polls(8).text(), Code::AnswerError, 13);
    assert!(codes(&report).contains(&(Code::LogGap, Some(21))));
    assert!(
        report
            .findings
            .iter()
            .any(|f| f.detail == "Path 1 of the header gave a refusal (401).")
    );
    assert_eq!(report.stretches[1].state, State::Error);
}

#[test]
fn a_poll_that_asked_less_is_named_and_does_not_count() {
    let mut log = Log::new().polls(2);
    log.wait(INTERVAL);
    let line = log.chain.beat(log.when(), 1, &answer());
    log.lines.push(line);
    log.polled();
    names_only(&log.polls(8).text(), Code::PollOther, 6);
}

#[test]
fn a_poll_that_asked_nothing_is_named_and_does_not_count() {
    let mut log = Log::new().polls(2);
    log.wait(INTERVAL);
    let line = log.chain.beat(log.when(), 0, &answer());
    log.lines.push(line);
    log.polled();
    names_only(&log.polls(8).text(), Code::PollOther, 6);
}

#[test]
fn a_log_without_a_single_stretch_covers_nothing() {
    let report = checked(&Log::new().polls(1).text());
    assert_eq!(codes(&report), [(Code::LogNothingCovered, None)]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.covered_ppm, 0);
}

#[test]
fn a_window_that_the_log_does_not_cover_shows_as_gaps() {
    let key = key(7);
    let log = text(&good());
    let window = |from, to| {
        check(
            &log,
            Expected {
                recorder: Some(&key),
                window: Some((from, to)),
                at: AT,
                ..Expected::default()
            },
        )
    };
    let report = window(BEGIN + 50, BEGIN + 150);
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!((report.covered, report.span), (100, 100));
    let report = window(BEGIN, BEGIN + 260);
    assert_eq!(report.outcome, Outcome::Pass, "within the maximum gap");
    let report = window(BEGIN - 100, BEGIN + 400);
    assert_eq!(report.counts[0].count, 2);
    assert_eq!((report.covered, report.span), (190, 500));
    assert_eq!(report.covered_ppm, 380_000);
    let states: Vec<_> = report.stretches.iter().map(|s| s.state).collect();
    assert_eq!(states, [State::Gap, State::Covered, State::Gap]);
    let report = window(BEGIN + 1_000, BEGIN + 2_000);
    assert_eq!((report.covered, report.span), (0, 1_000));
    assert_eq!(report.outcome, Outcome::Fail);
}

#[test]
fn one_fault_does_not_hide_another() {
    let mut lines = good();
    lines.remove(24);
    lines[20] = lines[20].replace("\"supplies\":2", "\"supplies\":1");
    lines[12] = lines[12].replace("On", "Of");
    lines.insert(5, String::new());
    let report = checked(&text(&lines));
    for code in [
        Code::LineBlank,
        Code::LineField,
        Code::ChainBroken,
        Code::LinesMissing,
        Code::SupplyLost,
    ] {
        assert!(
            report.counts.iter().any(|count| count.code == code),
            "{code:?}: {:#?}",
            report.counts
        );
    }
}

#[test]
fn findings_are_bounded_and_counted() {
    let junk = "junk\n".repeat(100_000);
    let log = [&text(&good()), junk.as_bytes()].concat();
    let report = checked(&log);
    let count = report
        .counts
        .iter()
        .find(|c| c.code == Code::LineNotJson)
        .unwrap();
    assert_eq!(count.count, 100_000);
    assert!(report.findings.len() < 20);
    // Stretches too.
    let mut log = Log::new();
    for _ in 0..2_100 {
        log.wait(100);
        log.poll(&answer());
        log.wait(INTERVAL);
        log.poll(&answer());
    }
    let report = check(
        &log.text(),
        Expected {
            at: u64::MAX,
            ..Expected::default()
        },
    );
    assert_eq!(report.stretches.len(), 2_000);
    assert_eq!(report.stretches_left_off, 2_199);
    assert_eq!(report.covered, 21_000);
}

#[test]
fn any_change_of_one_byte_of_a_good_log_is_found() {
    let log = text(&Log::new().polls(8).stop());
    for at in 0..log.len() {
        for change in [1, 4, 32, 128] {
            let mut changed = log.clone();
            changed[at] ^= change;
            let report = checked(&changed);
            assert_eq!(
                report.outcome,
                Outcome::Fail,
                "byte {at} ^ {change}: {:?}",
                String::from_utf8_lossy(&changed[at.saturating_sub(20)..at])
            );
        }
    }
}

#[test]
fn a_log_cut_at_any_byte_is_found_or_ends_with_a_signature() {
    let lines = Log::new().polls(8).stop();
    let log = text(&lines);
    for end in 0..log.len() {
        let report = checked(&log[..end]);
        let last = log[..end]
            .split(|b| *b == b'\n')
            .rev()
            .nth(1)
            .unwrap_or_default();
        let is_whole = log[..end].ends_with(b"\n") && last.starts_with(b"{\"signature\"");
        assert_eq!(
            report.outcome == Outcome::Pass,
            is_whole && report.polls > 1,
            "{end}"
        );
    }
}

#[test]
fn rows_hold_every_finding_and_a_log_that_cannot_be_read_reaches_no_other() {
    let entered = |key: String| Heartbeat {
        key,
        key_source: "on the call".to_owned(),
        max_gap: MAX_GAP,
        from: BEGIN,
        to: BEGIN + 200,
    };
    let good = found(
        &entered(key(7).line()),
        Some(&text(&good())),
        Some(MACHINE),
        AT,
    );
    assert_eq!(good.checks.len(), 6);
    assert!(
        good.checks
            .iter()
            .all(|check| check.outcome == Outcome::Pass)
    );
    assert_eq!(good.timeline.unwrap().covered_ppm, 1_000_000);
    assert!(
        good.facts
            .iter()
            .any(|fact| fact.value.contains("20, of which 20"))
    );

    let none = found(&entered(key(7).line()), None, Some(MACHINE), AT);
    assert!(
        none.checks
            .iter()
            .all(|check| check.outcome == Outcome::NotReached)
    );

    let empty = found(&entered(key(7).line()), Some(b""), Some(MACHINE), AT);
    assert_eq!(empty.checks[0].outcome, Outcome::Fail);
    assert!(
        empty.checks[1..]
            .iter()
            .all(|check| check.outcome == Outcome::NotReached)
    );

    let keyless = found(
        &entered("ssh-rsa AAAA".to_owned()),
        Some(b""),
        Some(MACHINE),
        AT,
    );
    assert!(keyless.checks.iter().all(|check| !check.holds()));
}

#[test]
fn every_code_of_a_log_has_a_row() {
    let report = |code: Code| row_of(code).is_some();
    // What this module can find, by name: its sections of the list.
    let all: Vec<_> = Code::ALL
        .iter()
        .filter(|code| (Code::LogEmpty..=Code::LogNothingCovered).contains(code))
        .collect();
    assert!(all.len() >= 40);
    for code in all {
        assert!(report(*code), "{code:?}");
    }
}

#[test]
fn what_is_signed_names_its_purpose_number_time_and_the_line_before() {
    assert_eq!(
        signed(3, 1_790_000_000, "ab"),
        b"cloud-witness heartbeat 1\n3\n1790000000\nab\n"
    );
}

#[test]
fn text_of_an_endpoint_is_written_plainly() {
    assert_eq!(
        Answer::plain(" S\"1\\2é\u{202e} "),
        Some("S?1?2??".to_owned())
    );
    assert_eq!(Answer::plain("  "), None);
    assert_eq!(Answer::plain(&"x".repeat(200)).unwrap().len(), 100);
}

const UUID: &str = "00112233-4455-6677-8899-aabbccddeeff";

fn named(uuid: Option<&str>, serial: Option<&str>) -> Answer {
    Answer {
        uuid: uuid.map(str::to_owned),
        serial: serial.map(str::to_owned),
        ..answer()
    }
}

/// A log of these answers, one after the other.
fn answers(said: &[Answer]) -> HeartbeatReport {
    let mut log = Log::new();
    for answer in said {
        log.wait(INTERVAL);
        log.poll(answer);
    }
    checked(&log.text())
}

#[test]
fn a_uuid_is_the_same_in_upper_case() {
    let upper = UUID.to_uppercase();
    let report = answers(&[
        named(Some(UUID), Some("4711")),
        named(Some(&upper), Some("4711")),
        named(Some(UUID), Some("4711")),
    ]);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answers, 3);
    // A serial number has no such rule.
    let report = answers(&[named(Some(UUID), Some("x1")), named(Some(UUID), Some("X1"))]);
    assert!(codes(&report).contains(&(Code::AnswerOtherMachine, Some(5))));
}

#[test]
fn a_name_that_lacks_is_a_reservation_and_no_other_machine() {
    for (less, name) in [
        (named(Some(UUID), None), "serial number none"),
        (named(None, Some("4711")), "UUID none"),
    ] {
        let whole = named(Some(UUID), Some("4711"));
        let report = answers(&[whole.clone(), less, whole]);
        assert_eq!(codes(&report), [(Code::AnswerNamesLess, Some(5))]);
        assert!(report.findings[0].detail.contains(name));
        assert_eq!(report.outcome, Outcome::Warn);
        assert_eq!(report.answers, 3);
    }
    // With nothing in common, nothing says that it is the machine: such time is not covered.
    let whole = named(Some(UUID), Some("4711"));
    let report = answers(&[whole.clone(), named(None, None), whole.clone()]);
    assert_eq!(codes(&report), [(Code::AnswerNamesLess, Some(5))]);
    assert_eq!(report.answers, 2);
    let many = vec![named(None, None); 8];
    let report = answers(&[vec![whole], many].concat());
    assert!(report.counts.iter().any(|count| count.code == Code::LogGap));
}

#[test]
fn a_name_that_lacked_is_filled_in_by_a_later_answer_that_is_tied_to_the_machine() {
    let (less, whole) = (named(Some(UUID), None), named(Some(UUID), Some("4711")));
    let report = answers(&[less.clone(), less.clone(), whole.clone(), whole]);
    assert_eq!(codes(&report), []);
    assert_eq!(report.serial.as_deref(), Some("4711"));
    // What was filled in holds from then on.
    let report = answers(&[
        less.clone(),
        named(Some(UUID), Some("4711")),
        named(Some(UUID), Some("4712")),
    ]);
    assert_eq!(codes(&report)[0], (Code::AnswerOtherMachine, Some(6)));
    assert!(report.findings[0].detail.contains("lines 4 and 5 had"));
    // Another name alone ties nothing, and fills nothing in.
    let report = answers(&[less.clone(), named(None, Some("4711")), less]);
    assert_eq!(codes(&report), [(Code::AnswerNamesLess, Some(5))]);
    assert_eq!(report.serial, None);
    assert_eq!(report.answers, 2);
    // What nobody named may be named by anything, once.
    let report = answers(&[
        named(None, None),
        named(Some(UUID), None),
        named(Some(&UUID.replace('0', "1")), None),
    ]);
    let found = codes(&report);
    assert!(found.contains(&(Code::AnswerUnnamed, Some(4))));
    assert!(found.contains(&(Code::AnswerOtherMachine, Some(6))));
}

#[test]
fn a_uuid_with_its_bytes_turned_is_named_as_that() {
    let turned = "33221100-5544-7766-8899-AABBCCDDEEFF";
    let report = answers(&[
        named(Some(UUID), Some("4711")),
        named(Some(turned), Some("4711")),
    ]);
    assert_eq!(codes(&report), [(Code::AnswerUuidTurned, Some(5))]);
    assert!(report.findings[0].detail.contains("a BIOS update?"));
    assert_eq!(report.answers, 2);
    // Without a serial number that is the same it covers nothing.
    let report = answers(&[named(Some(UUID), None), named(Some(turned), None)]);
    let found = codes(&report);
    assert!(found.contains(&(Code::AnswerUuidTurned, Some(5))));
    assert!(found.contains(&(Code::LogNothingCovered, None)));
    assert_eq!(report.answers, 1);
    for other in [
        // Another serial number; half turned; the rest turned as well; no UUID's form.
        named(Some(turned), Some("4712")),
        named(Some("33221100-4455-6677-8899-aabbccddeeff"), Some("4711")),
        named(Some("33221100-5544-7766-9988-ffeeddccbbaa"), Some("4711")),
        named(Some("33221100554477668899aabbccddeeff"), Some("4711")),
    ] {
        let report = answers(&[named(Some(UUID), Some("4711")), other]);
        assert!(codes(&report).contains(&(Code::AnswerOtherMachine, Some(5))));
    }
}

#[test]
fn the_check_ends_where_too_many_lines_say_nothing() {
    let most = usize::try_from(MOST_UNREAD).unwrap();
    for line in ["x\n", "\n", "{\"beat\":{\"x\":1}}\n"] {
        let log = [text(&good()), line.repeat(most + 7).into_bytes()].concat();
        let ended = u64::try_from(good().len()).unwrap() + MOST_UNREAD;
        let report = names(&log, Code::LinesUnreadable, ended);
        assert_eq!(report.lines, ended);
        assert_eq!(report.outcome, Outcome::Fail);
        // One fewer is looked at to its end.
        let log = [text(&good()), line.repeat(most - 1).into_bytes()].concat();
        let report = checked(&log);
        assert!(
            report
                .counts
                .iter()
                .all(|count| count.code != Code::LinesUnreadable)
        );
        assert_eq!(report.lines, ended - 1);
    }
    // A log whose ends of lines were changed on its way can be read all the same.
    let log = "{\"start\":{\"seq\":1,\"time\":1,\"prev\":\"\"}}\r\n".repeat(most + 7);
    let report = checked(log.as_bytes());
    assert!(
        report
            .counts
            .iter()
            .all(|count| count.code != Code::LinesUnreadable)
    );
}

#[test]
fn of_bad_lines_only_those_are_put_into_words_that_are_listed() {
    let formatted = |line: &str, lines: usize| {
        crate::text::work::reset();
        checked(&[text(&good()), line.repeat(lines).into_bytes()].concat());
        crate::text::work::count()
    };
    let header = good().remove(0) + "\n";
    for line in ["{\"beat\":{\"x\":1}}\n", "x\n", "{}\n", header.as_str()] {
        assert_eq!(formatted(line, 50), formatted(line, 5_000), "{line}");
    }
}

#[test]
fn a_line_out_of_order_is_found_among_many_holes_and_each_number_once() {
    // Every second number is left out; then those come, last first, and the first of them once more.
    let start = |seq: u64| format!("{{\"start\":{{\"seq\":{seq},\"time\":1,\"prev\":\"\"}}}}\n");
    let later = (1..=500).rev().chain([1]).map(|number| 2 * number);
    let log: String = (0..=500)
        .map(|number| 2 * number + 1)
        .chain(later)
        .map(start)
        .collect();
    let count = |code| {
        let report = checked(log.as_bytes());
        let counts = report.counts.into_iter();
        counts
            .filter(|count| count.code == code)
            .map(|count| count.count)
            .sum::<u64>()
    };
    assert_eq!(count(Code::LineOutOfOrder), 500);
    assert_eq!(count(Code::LineRepeated), 1);
    assert_eq!(count(Code::LinesMissing), 0);
}

#[test]
fn thirty_days_at_a_poll_in_ten_seconds_find_room_in_a_log() {
    let polls = 30 * 24 * 360;
    // The last line is as long as any before it.
    let mut long = Chain::after(polls + MOST_SIGNATURES, LineHash::of(b""));
    let when = When {
        time: 9_999_999_999,
        clock: 30 * 24 * 3600,
    };
    let said = named(Some(UUID), Some("a serial number of 24 ch"));
    let poll = long.beat(when, 4, &said).len() + 1;
    let signature = long.signature(when.time, |_| [0; 64]).len() + 1;
    let signatures = usize::try_from(polls / 60 + 1).unwrap();
    assert!(u64::try_from(signatures).unwrap() <= MOST_SIGNATURES);
    let bytes = poll * usize::try_from(polls).unwrap() + signature * signatures;
    assert!(bytes < MAX_LOG, "{bytes}");
}
