//! The dearest inputs that are known, one a kind, each as large as its importer reads: what they cost is measured
//! (`harness weigh KIND`, a table in `docs/assurance.md`), and what work they make is counted in tests.
//!
//! Of every importer: what it looks at the longest, what it keeps the most of, and what it finds the most wrong with.

use std::fmt::Write as _;

use cloud_witness::collateral::MAX_CHAIN;
use cloud_witness::collateral::bundle::{MAX_BUNDLE, MAX_CHAINS, MAX_PIECES};
use cloud_witness::colocation::addresses::MAX_PREFIXES;
use cloud_witness::colocation::evidence::{
    Addresses, Contents, Direction, Entered, File, Heartbeat, Item, Role, Seen,
};
use cloud_witness::colocation::heartbeat::line::{Answer, Chain, FORMAT, Header, PowerState, When};
use cloud_witness::colocation::heartbeat::{MAX_LINES as LOG_LINES, MAX_LOG, MOST_SIGNATURES};
use cloud_witness::colocation::{Asked, ColocationReport, check};
use cloud_witness::registry::list::{self, MAX_LIST, Machine, Registry};
use cloud_witness::{Moment, Request, Verifier};
use ed25519_dalek::Signer as _;

use crate::ceremony::{key, key_line};
use crate::samples;

/// One input at its limit.
pub struct Worst {
    pub kind: &'static str,
    /// Makes it, at most so many bytes.
    pub make: fn(usize) -> Vec<u8>,
    /// How large it may be.
    pub most: usize,
    /// What reads it; a few words of what was found.
    pub run: fn(&[u8]) -> String,
}

macro_rules! worst {
    ($($kind:literal: $make:expr, $most:expr, $run:expr;)*) => {
        &[$(Worst { kind: $kind, make: $make, most: $most, run: $run }),*]
    };
}

/// All of them.
pub const ALL: &[Worst] = worst! {
    "prefixes-repeated": |most| repeated("8.8.8.0/24\n", most), MAX_PREFIXES, plain_list;
    "prefixes-nested": nested, MAX_PREFIXES, plain_list;
    "prefixes-single": single, MAX_PREFIXES, plain_list;
    "prefixes-special": |most| repeated("::\n", most), MAX_PREFIXES, plain_list;
    "prefixes-bad": |most| repeated("x\n", most), MAX_PREFIXES, plain_list;
    "prefixes-blank": |most| behind("x\n", &wide("", 16), most), MAX_PREFIXES, plain_list;
    "rir-headers": |most| repeated("1|a|b|1|d|e|f\n", most), MAX_PREFIXES, rir_file;
    "rir-bad": |most| repeated("|\n", most), MAX_PREFIXES, rir_file;
    "rir-fields": |most| repeated(&("|".repeat(1023) + "\n"), most), MAX_PREFIXES, rir_file;
    "rir-records": |most| records("o", most), MAX_PREFIXES, rir_file;
    "rir-holder": |most| records("AAA", most), MAX_PREFIXES, rir_file;
    "rir-summaries": summaries, MAX_PREFIXES, rir_file;
    "log-good": good_log, MAX_LOG, log;
    "log-field": |most| repeated(&format!("{{\"beat\":{{\"{}\":1}}}}\n", "x".repeat(LOG_LINE - 15)), most), MAX_LOG, log;
    "log-object": |most| repeated(&wide("{}", LOG_LINE), most), MAX_LOG, log;
    "log-text": |most| repeated(&wide("x", LOG_LINE), most), MAX_LOG, log;
    "log-blank": |_| repeated("\n", LOG_LINES), MAX_LOG, log;
    "log-cr": |_| repeated("\r\n", 2 * LOG_LINES), MAX_LOG, log;
    "log-other-way": |most| repeated(&wide("{\"start\":{\"seq\":1,\"time\":1,\"prev\":\"\"}", LOG_LINE - 1).replace('\n', "}\n"), most), MAX_LOG, log;
    "log-holes": holes, MAX_LOG, log;
    "list-bad": |most| repeated(&wide("a", LIST_LINE), most), MAX_LIST, machines;
    "list-comma": |most| repeated(&wide(",", LIST_LINE), most), MAX_LIST, machines;
    "list-blank": |most| repeated(&wide("", LIST_LINE), most), MAX_LIST, machines;
    "list-declared": |most| repeated(&wide("#prefix-digits:1", LIST_LINE), most), MAX_LIST, machines;
    "list-line-ends": |most| repeated(&(wide("#", LIST_LINE - 2).trim_end_matches('\n').to_owned() + "\u{b}a\n"), most), MAX_LIST, machines;
    "list-same": |most| repeated(&format!("00112233445566778899aabbccddeeff,={}\n", "x".repeat(LIST_LINE - 34)), most), MAX_LIST, machines;
    "list-prefixes": prefixes, MAX_LIST, machines;
    "list-asides": asides, MAX_LIST, machines;
    "list-ppids": ppids, MAX_LIST, machines;
    "list-charter": charter, MAX_LIST, machines;
    "bundle-unused-chains": unused_chains, MAX_BUNDLE, bundle;
    "bundle-chains": chains, MAX_BUNDLE, bundle;
    "bundle-pieces": pieces, MAX_BUNDLE, bundle;
    "collateral-names": names, MAX_BUNDLE, bundle;
};

/// The one of this kind.
pub fn of(kind: &str) -> Option<&'static Worst> {
    ALL.iter().find(|worst| worst.kind == kind)
}

/// One line again and again.
pub fn repeated(line: &str, most: usize) -> Vec<u8> {
    line.as_bytes().repeat(most / line.len())
}

fn behind(first: &str, line: &str, most: usize) -> Vec<u8> {
    let mut text = first.as_bytes().to_vec();
    text.extend(repeated(line, most - first.len()));
    text
}

/// Bytes a line, its end left out, where a file has as many lines as bytes.
const LIST_LINE: usize = MAX_LIST / list::MAX_LINES;
const LOG_LINE: usize = MAX_LOG / LOG_LINES;

/// A line with blanks behind it, so wide.
fn wide(line: &str, width: usize) -> String {
    format!("{line:width$}\n")
}

/// Lines by their number, until there is no room for another.
fn numbered(begin: &str, most: usize, line: impl Fn(u32, &mut String)) -> Vec<u8> {
    let mut text = String::with_capacity(most);
    text.push_str(begin);
    let mut one = String::new();
    for number in 0.. {
        one.clear();
        line(number, &mut one);
        if text.len() + one.len() > most {
            break;
        }
        text.push_str(&one);
    }
    text.into_bytes()
}

fn v4(number: u32) -> std::net::Ipv4Addr {
    number.into()
}

/// Each range inside of the one before.
fn nested(most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let _ = writeln!(
            line,
            "{}-{}",
            v4(0x0b00_0000 + number),
            v4(0x6300_0000 - number)
        );
    })
}

/// Single addresses, no two the same, in few characters.
fn single(most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let _ = writeln!(line, "2a{:02x}::{:x}", number >> 16, number & 0xffff);
    })
}

fn records(holder: &str, most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let first = v4(0x0b00_0000 + 2 * number);
        let _ = writeln!(line, "a||ipv4|{first}|1||assigned|{holder}");
    })
}

fn summaries(most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let _ = writeln!(line, "a|*|{number:x}|*|1|summary");
    })
}

/// A log as its recorder writes it: a poll in 10 s, with as many signatures as are checked.
fn good_log(most: usize) -> Vec<u8> {
    let key = key("the heartbeat's recorder");
    let header = Header {
        format: FORMAT,
        machine: MACHINE.to_owned(),
        endpoint: "bmc-7".to_owned(),
        asked: vec!["/redfish/v1/Systems/1".to_owned()],
        interval: 10,
        max_gap: 60,
        sign_every: 10_000,
        time: FROM,
        key: key_line(&key),
    };
    let answer = Answer {
        power: PowerState::On,
        uuid: Some("00112233-4455-6677-8899-aabbccddeeff".to_owned()),
        serial: Some("S512345X1234567".to_owned()),
        supplies: Some(2),
    };
    let (first, mut chain) = Chain::begin(header).unwrap();
    let mut text = first + "\n" + &chain.start(FROM) + "\n";
    // A poll has some 230 bytes.
    let every = (most / 235 / usize::try_from(MOST_SIGNATURES).unwrap()).max(1) as u64 + 1;
    for poll in 0.. {
        if text.len() + 1000 > most {
            break;
        }
        let clock = poll * 10;
        let time = FROM + clock;
        text.push_str(&chain.beat(When { time, clock }, 1, &answer));
        text.push('\n');
        if poll % every == every - 1 {
            text.push_str(&chain.signature(time, |signed| key.sign(signed).to_bytes()));
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// Lines that leave as many numbers out as are held in mind, then lines that stood before.
fn holes(most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let seq = if number < 1_000 { 10 + 2 * number } else { 1 };
        let _ = writeln!(
            line,
            "{{\"start\":{{\"seq\":{seq},\"time\":1,\"prev\":\"{:0width$}\"}}}}",
            0,
            width = LOG_LINE - 37
        );
    })
}

/// Every length of prefixes that can be declared, then as many machines as there is room for.
fn prefixes(most: usize) -> Vec<u8> {
    let declared = declared();
    numbered(&declared, most, |number, line| {
        let _ = writeln!(line, "{number:016x},{:x<1$}", "", LIST_LINE - 17);
    })
}

fn declared() -> String {
    (16..64)
        .step_by(2)
        .filter(|digits| *digits != 32)
        .fold(String::new(), |text, digits| {
            text + &format!("#prefix-digits: {digits}\n")
        })
}

/// The same, with digits of an ID in each label.
fn asides(most: usize) -> Vec<u8> {
    let declared = declared();
    numbered(&declared, most, |number, line| {
        let _ = writeln!(line, "{number:016x},{number:0200x}");
    })
}

fn ppids(most: usize) -> Vec<u8> {
    numbered("", most, |number, line| {
        let _ = writeln!(line, "{number:032x},{:x<1$}", "", LIST_LINE - 33);
    })
}

/// Members that are no entries.
fn charter(most: usize) -> Vec<u8> {
    let mut text = b"{".to_vec();
    text.extend(repeated("\"\":0,", most - 10));
    text.extend(b"\"\":0}");
    text
}

/// Of a certificate that is nearly as long as a field may be.
const LONG_NAME: usize = 700 * 1024;

/// Issuer chains that no piece refers to, each one certificate with a name as long as a field may be.
fn unused_chains(most: usize) -> Vec<u8> {
    let pem = certificate(LONG_NAME);
    let each = serde_json::to_string(&pem).unwrap().len() + 1;
    bundle_of(&vec![pem; (most - 1000) / each], &[])
}

/// As many chains as are read, each nearly as long as it may be, and each of a piece.
fn chains(most: usize) -> Vec<u8> {
    let chain = |_| certificate(MAX_CHAIN * 2 / 3);
    let chains: Vec<_> = (0..MAX_CHAINS).map(chain).collect();
    let room = most - 1000 - serde_json::to_string(&chains).unwrap().len();
    let entries: Vec<_> = (0..MAX_CHAINS)
        .map(|number| entry(number, number, room / MAX_CHAINS))
        .collect();
    bundle_of(&chains, &entries)
}

/// As many pieces as are read, all of one chain.
fn pieces(most: usize) -> Vec<u8> {
    let entries: Vec<_> = (0..MAX_PIECES)
        .map(|number| entry(number, 0, (most - 2000) / MAX_PIECES))
        .collect();
    bundle_of(&[certificate(0)], &entries)
}

/// A TCB info of about so many bytes.
fn entry(number: usize, chain: usize, bytes: usize) -> serde_json::Value {
    let entry = |filling: usize| {
        let body = format!(
            "{{\"id\":\"SGX\",\"version\":3,\"issueDate\":\"2025-01-01T00:00:00Z\",\
             \"nextUpdate\":\"2026-01-01T00:00:00Z\",\"fmspc\":\"{number:012x}\",\"tcbLevels\":[],\"x\":\"{}\"}}",
            "0".repeat(filling)
        );
        serde_json::json!({
            "tee": "sgx", "fmspc": format!("{number:012x}"), "body": body, "signature": "", "chain": chain,
        })
    };
    entry(bytes.saturating_sub(entry(0).to_string().len() + 8))
}

fn bundle_of(chains: &[String], tcb_infos: &[serde_json::Value]) -> Vec<u8> {
    serde_json::json!({
        "schema": 1,
        "kind": "cloud-witness collateral bundle",
        "fetched_at": 1_750_377_600,
        "from": "nowhere",
        "chains": chains,
        "root_ca_crl": null,
        "pck_crls": { "processor": null, "platform": null },
        "qe_identities": [],
        "tcb_infos": tcb_infos,
    })
    .to_string()
    .into_bytes()
}

/// One platform's collateral, each chain one certificate with a name as long as a field may be.
fn names(_most: usize) -> Vec<u8> {
    let mut document: serde_json::Value =
        serde_json::from_str(&samples::collateral("sgx_quote")).unwrap();
    let pem = certificate(LONG_NAME);
    for field in [
        "tcb_info_issuer_chain",
        "qe_identity_issuer_chain",
        "pck_crl_issuer_chain",
    ] {
        // No two the same: each is read by itself.
        document[field] = (pem.clone() + &"\n".repeat(field.len())).into();
    }
    document.to_string().into_bytes()
}

/// A certificate as PEM, with a subject of about so many bytes, in as many parts as fit.
pub fn certificate(subject: usize) -> String {
    let tlv = |tag: u8, content: &[u8]| {
        let mut der = vec![tag];
        let length = content.len().to_be_bytes();
        let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
        match (content.len(), length.len()) {
            (0..=127, _) => der.push(content.len() as u8),
            (_, bytes) => {
                der.push(0x80 + bytes as u8);
                der.extend(length);
            }
        }
        der.extend(content);
        der
    };
    let join = |parts: &[Vec<u8>]| tlv(0x30, &parts.concat());
    let common_name = [0x06, 0x03, 0x55, 0x04, 0x03];
    let part = tlv(0x31, &join(&[common_name.to_vec(), tlv(0x13, b"")]));
    let name = |bytes: usize| tlv(0x30, &part.repeat(bytes / part.len()));
    let ecdsa = join(&[vec![
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
    ]]);
    let key = join(&[
        join(&[vec![0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]]),
        tlv(0x03, &[0, 4]),
    ]);
    let tbs = join(&[
        tlv(0xa0, &tlv(0x02, &[2])),
        tlv(0x02, &[1]),
        ecdsa.clone(),
        name(0),
        join(&[tlv(0x17, b"240101000000Z"), tlv(0x17, b"340101000000Z")]),
        name(subject),
        key,
    ]);
    let der = join(&[tbs, ecdsa, tlv(0x03, &[0, 0])]);
    pem::encode(&pem::Pem::new("CERTIFICATE", der))
}

const MACHINE: &str = "intel:sgx:ppid:11111111111111111111111111111111";
const FROM: u64 = 1_700_000_000;
const AT: u64 = 2_000_000_000;

fn plain_list(bytes: &[u8]) -> String {
    words(&addresses(bytes, None))
}

fn rir_file(bytes: &[u8]) -> String {
    words(&addresses(bytes, Some("AAA")))
}

fn log(bytes: &[u8]) -> String {
    words(&heartbeat(bytes))
}

/// With what an input of evidence of colocation is entered; none for other kinds.
pub fn entered(kind: &str) -> Option<Entered> {
    match kind.split_once('-')?.0 {
        "prefixes" => Some(entered_addresses(None)),
        "rir" => Some(entered_addresses(Some("AAA"))),
        "log" => Some(entered_heartbeat()),
        _ => None,
    }
}

fn entered_addresses(holder: Option<&str>) -> Entered {
    let seen = |direction| Seen {
        address: "8.8.8.8".to_owned(),
        direction,
        seen_by: "Ada".to_owned(),
        seen_at: FROM,
    };
    Entered::Addresses(Addresses {
        data_centre: "A data centre".to_owned(),
        prefixes_source: "its page".to_owned(),
        holder: holder.map(str::to_owned),
        seen: vec![seen(Direction::Inbound), seen(Direction::Outbound)],
    })
}

fn entered_heartbeat() -> Entered {
    Entered::Heartbeat(Heartbeat {
        key: key_line(&key("the heartbeat's recorder")),
        key_source: "read out".to_owned(),
        max_gap: 60,
        from: FROM,
        to: FROM + 86_400,
    })
}

/// The check of a list of prefixes.
pub fn addresses(bytes: &[u8], holder: Option<&str>) -> ColocationReport {
    checked(entered_addresses(holder), Role::Prefixes, bytes)
}

/// The check of a heartbeat log.
pub fn heartbeat(bytes: &[u8]) -> ColocationReport {
    checked(entered_heartbeat(), Role::Log, bytes)
}

fn checked(entered: Entered, role: Role, bytes: &[u8]) -> ColocationReport {
    let mut contents = Contents::default();
    let sha256 = contents.add(bytes);
    let file = File {
        role,
        name: "the file".to_owned(),
        sha256,
        base64: None,
    };
    check(&Asked {
        items: &[Item {
            entered,
            files: vec![file],
        }],
        contents: &contents,
        machine: Some(MACHINE),
        at: AT,
        console: false,
    })
}

/// The codes that were found, and how long the report is.
fn words(report: &ColocationReport) -> String {
    let mut codes: Vec<String> = report.items[0]
        .checks
        .iter()
        .filter_map(|check| check.code)
        .map(|code| format!("{code:?}"))
        .collect();
    codes.dedup();
    let length = serde_json::to_string(report).unwrap().len();
    format!("{}; a report of {length} bytes", codes.join(" "))
}

fn machines(bytes: &[u8]) -> String {
    let list = match Registry::parse(&[bytes]) {
        Ok(list) => list,
        Err(error) => return format!("refused: {}", error.code()),
    };
    let machine = Machine {
        ppid: [0xab; 16],
        extensions: [0xcd; 32],
    };
    let view = list.view();
    format!(
        "{} machines, {} lines that cannot be used, {} remarks; found: {}; doubt: {:?}",
        list.len(),
        view.unusable,
        view.remarks,
        list.find(&machine).is_some(),
        list.doubt(&machine, "the list"),
    )
}

fn bundle(bytes: &[u8]) -> String {
    let quote = samples::quote("sgx_quote");
    let mut request = Request::new(&quote, Moment::as_of(samples::AT));
    request.collateral = Some(bytes.into());
    Verifier::production().appraise(&request).summary
}
