//! What holds of any input whatever: the bodies of the fuzz targets in `fuzz/`, and their seeds.
//!
//! A target panics when something is believed that nobody signed, when what was read cannot be written again, or
//! when a Report breaks a rule of `docs/report.md`. Under Intel's own root nothing can be forged, so whatever is
//! accepted there must be about a machine of the samples.

use std::sync::LazyLock;

use cloud_witness::attester::{self, AttesterOutput, Generation};
use cloud_witness::builds::AttesterBuilds;
use cloud_witness::ceremony::envelope::Opened;
use cloud_witness::ceremony::keys::{Key, SshSignature};
use cloud_witness::ceremony::record::{Entered, Record, Statement};
use cloud_witness::ceremony::signers::Signers;
use cloud_witness::ceremony::{Beside, bytes_to_sign, json, merge, open};
use cloud_witness::code::Code;
use cloud_witness::collateral::Source;
use cloud_witness::identity::{PckChain, PckIdentity};
use cloud_witness::quote::Quote;
use cloud_witness::registry::patch::Patch;
use cloud_witness::registry::{Machine, Registry};
use cloud_witness::report::{CheckId, Outcome, verdict_of};
use cloud_witness::rows::Row as _;
use cloud_witness::{Bundle, Given, Moment, Report, Request, Verdict, Verifier};

use parity_scale_codec::Encode as _;

use crate::ceremony::{CHALLENGE, Ceremony, attesters, signers, verifier as forged_verifier};
use crate::colocation::Evidence;
use crate::samples;

/// A target: its name, what it does with bytes, and where it starts from.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 12] = [
    Target {
        name: "evidence",
        run: evidence,
        seeds: evidence_seeds,
    },
    Target {
        name: "attester",
        run: attester,
        seeds: attester_seeds,
    },
    Target {
        name: "quote",
        run: quote,
        seeds: quote_seeds,
    },
    Target {
        name: "collateral",
        run: collateral,
        seeds: collateral_seeds,
    },
    Target {
        name: "bundle",
        run: bundle,
        seeds: bundle_seeds,
    },
    Target {
        name: "record",
        run: record,
        seeds: record_seeds,
    },
    Target {
        name: "envelope",
        run: envelope,
        seeds: envelope_seeds,
    },
    Target {
        name: "keys",
        run: keys,
        seeds: keys_seeds,
    },
    Target {
        name: "colocation",
        run: colocation,
        seeds: colocation_seeds,
    },
    Target {
        name: "token",
        run: token,
        seeds: token_seeds,
    },
    Target {
        name: "registry",
        run: registry,
        seeds: registry_seeds,
    },
    Target {
        name: "patch",
        run: patch,
        seeds: patch_seeds,
    },
];

static FORGED: LazyLock<forge::Forged> = LazyLock::new(|| forge::ForgeSpec::default().build());
static BUNDLE: LazyLock<Bundle> = LazyLock::new(samples::bundle);
static PRODUCTION: LazyLock<Verifier> = LazyLock::new(Verifier::production);
static UNDER_FORGED: LazyLock<Verifier> = LazyLock::new(forged_verifier);

/// The machines of the samples.
static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    samples::WITH_COLLATERAL
        .iter()
        .map(|name| hex::encode(identity_of(&samples::quote(name)).ppid))
        .collect()
});

fn identity_of(quote: &[u8]) -> PckIdentity {
    let quote = Quote::parse(quote).expect("a sound quote");
    let chain = PckChain::parse(quote.pck_chain()).expect("a sound chain");
    PckIdentity::parse(&chain.pck).expect("sound extensions")
}

/// The rules that every Report keeps.
pub fn sound(report: &Report) {
    assert!(
        report
            .checks
            .iter()
            .map(|check| check.id)
            .eq(CheckId::ALL.iter().copied()),
        "seventeen rows in order"
    );
    assert_eq!(
        report.verdict,
        verdict_of(&report.checks),
        "the verdict is made of the rows alone"
    );
    let passes = |id| {
        report
            .check(id)
            .is_some_and(|check| check.outcome == Outcome::Pass)
    };
    if matches!(report.verdict, Verdict::Affirming | Verdict::Warning) {
        assert!(
            report
                .checks
                .iter()
                .all(|check| !matches!(check.outcome, Outcome::NotReached | Outcome::Fail))
        );
        for id in [
            CheckId::PckChain,
            CheckId::QeReport,
            CheckId::QuoteKey,
            CheckId::QuoteSignature,
        ] {
            assert!(passes(id), "{id:?} must pass first");
        }
        assert!(report.identity.is_some() && report.tcb.is_some());
    }
    if report.verdict == Verdict::Affirming {
        for id in [
            CheckId::TcbStatus,
            CheckId::EnclaveAttributes,
            CheckId::EnclaveAttester,
            CheckId::Challenge,
        ] {
            assert!(passes(id), "{id:?} must pass first");
        }
    }
    if report.identity.is_some() {
        assert!(
            passes(CheckId::PckChain) && passes(CheckId::QuoteSignature),
            "a machine is named too early"
        );
    }
    for check in &report.checks {
        assert_eq!(
            matches!(check.outcome, Outcome::Warn | Outcome::Fail),
            check.code.is_some(),
            "{:?}: a code tells what is wrong, and nothing else",
            check.id
        );
        // What a message quotes of an input must not steer whoever reads it.
        for text in [Some(&check.detail), check.place.as_ref()]
            .into_iter()
            .flatten()
        {
            assert!(!text.chars().any(steers), "{text:?}");
        }
    }
    let text = report.to_json().expect("plain data");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["checks"].as_array().map(Vec::len), Some(17));
}

/// Control characters, and those that turn the direction of writing around.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What Intel's root lets pass must be about a machine of the samples, and can never be affirming.
fn sound_under_intels_root(report: &Report) {
    sound(report);
    assert_ne!(report.verdict, Verdict::Affirming);
    if let Some(identity) = &report.identity {
        assert!(
            SAMPLES.contains(&identity.ppid),
            "another machine: {}",
            identity.ppid
        );
    }
}

pub fn evidence(data: &[u8]) {
    let mut request = Request::new(data, Moment::as_of(samples::AT));
    request.collateral = Some(Given::Bundle(&BUNDLE));
    request.collateral_from = Source::Site;
    request.challenge = Some(CHALLENGE);
    sound_under_intels_root(&PRODUCTION.appraise(&request));
}

fn evidence_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for name in samples::WITH_COLLATERAL {
        let quote = samples::quote(name);
        seeds.push(hex::encode(&quote).into_bytes());
        seeds.push(
            serde_json::json!({ "quote": hex::encode(&quote) })
                .to_string()
                .into_bytes(),
        );
        seeds.push(quote);
    }
    for generation in Generation::ALL {
        seeds.push(
            crate::evidence::attester_text(&samples::quote("sgx_quote"), generation.since(), "OK")
                .into_bytes(),
        );
    }
    seeds.extend(of_vectors("1", |made| made.evidence));
    seeds
}

/// One printed line is replaced: what is not the line that was there must be noticed. And a file that is only taken apart
/// is what it is as evidence.
pub fn attester(data: &[u8]) {
    taken_apart(data);
    if let Ok(text) = std::str::from_utf8(data) {
        // Any text at all.
        if let Ok((_, output)) = AttesterOutput::parse(text) {
            let quote = Quote::parse(&FORGED.quote).expect("a sound quote");
            let _ = output.compare(&quote, &identity_of(&FORGED.quote));
        }
    }
    let [generation, line, with @ ..] = data else {
        return;
    };
    let generation = Generation::ALL[usize::from(*generation) % Generation::ALL.len()];
    let quote = Quote::parse(&FORGED.quote).expect("a sound quote");
    let identity = identity_of(&FORGED.quote);
    let text = attester::print(&FORGED.quote, &quote, &identity, generation, "OK");
    let (Ok(with), mut lines) = (std::str::from_utf8(with), text.lines().collect::<Vec<_>>())
    else {
        return;
    };
    if with.contains(['\n', '\r']) || !with.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
    {
        return;
    }
    // Not the quote's own line, and not the status, which the attester's own collateral decides.
    let at = 1 + usize::from(*line) % (lines.len() - 1);
    let was = lines[at];
    lines[at] = with;
    let changed = lines.join("\n") + "\n";
    let Ok((raw, output)) = AttesterOutput::parse(&changed) else {
        return;
    };
    assert_eq!(raw, FORGED.quote, "the quote's line stands as it was");
    let (findings, _) = output.compare(&quote, &identity);
    // Trailing blanks say nothing; hex is the same in either case.
    let same = with.trim_end().eq_ignore_ascii_case(was.trim_end());
    let is_status = was.contains("Verification status");
    // Without its last line, a text may be all that an earlier attester printed.
    let said = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .map(|line| line.trim_end().to_ascii_lowercase());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let is_earlier = Generation::ALL.into_iter().any(|earlier| {
        let text = attester::print(&FORGED.quote, &quote, &identity, earlier, "OK");
        said(&text) == said(&changed)
    });
    assert!(
        same || is_status || is_earlier || !findings.is_empty(),
        "{was:?} became {with:?}, and nothing was found"
    );
}

fn taken_apart(data: &[u8]) {
    use cloud_witness::evidence::Evidence;

    match (Evidence::attester_file(data), Evidence::decode(data)) {
        (Ok(file), read) => {
            let read = read.expect("what can be taken apart can be read");
            assert!(read.attester_output().is_some());
            assert_eq!(file.quote, hex::encode(read.quote));
        }
        // No file of the attester's, whatever else it is.
        (Err(finding), _) if finding.code == Code::RawQuoteMissing => {}
        (Err(finding), read) => assert_eq!(read, Err(finding)),
    }
}

fn attester_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, generation) in (0_u8..).zip(Generation::ALL) {
        let text = crate::evidence::attester_text(&FORGED.quote, generation.since(), "OK");
        for (at, line) in (0_u8..).zip(text.lines().skip(1)) {
            seeds.push([&[number, at], line.as_bytes()].concat());
            // The line left out.
            seeds.push(vec![number, at]);
        }
        seeds.push(text.into_bytes());
    }
    seeds
}

pub fn quote(data: &[u8]) {
    if let Ok(quote) = Quote::parse(data) {
        let view = quote.view();
        let mut at = 0;
        for field in &view.fields {
            assert_eq!(field.offset, at, "{}", field.name);
            at += field.length;
        }
        assert_eq!(at, quote.canonical().len(), "every byte in a field");
        let (head, tail) = data.split_at(at);
        assert_eq!(head, quote.canonical());
        assert!(tail.iter().all(|byte| *byte == 0) && tail.len() == quote.trailing_zeros());
        // The engine reads the same, or refuses.
        if let Ok(engines) = dcap_qvl::quote::Quote::parse(data) {
            assert_eq!(engines.encode(), quote.canonical());
            assert_eq!(engines.signed_length(), quote.signed_bytes().len());
        }
    }
    let mut request = Request::new(data, Moment::as_of(forge::AT));
    request.collateral = Some(Given::Document(FORGED.collateral_json.as_bytes()));
    request.collateral_from = Source::Site;
    request.challenge = Some(CHALLENGE);
    let report = UNDER_FORGED.appraise(&request);
    sound(&report);
    if let Some(identity) = &report.identity {
        assert_eq!(identity.ppid, hex::encode(&FORGED.ppid), "another machine");
        let row = report.check(CheckId::Challenge).expect("the row");
        assert_eq!(
            row.outcome,
            Outcome::Warn,
            "only the window is unknown: {}",
            row.detail
        );
    }
}

fn quote_seeds() -> Vec<Vec<u8>> {
    // Those of other machines and challenges would rightly be about them.
    let mut seeds: Vec<Vec<u8>> = [
        "sgx", "tdx10", "tdx10v5", "tdx15", "tdx15ex", "sgx_v4", "sgx_v5",
    ]
    .into_iter()
    .map(|tee| {
        let spec = serde_json::json!({ "tee": tee });
        serde_json::from_value::<forge::ForgeSpec>(spec)
            .expect("a specification")
            .build()
            .quote
    })
    .collect();
    seeds.extend(samples::WITH_COLLATERAL.map(samples::quote));
    seeds.push([FORGED.quote.as_slice(), &[0; 64]].concat());
    seeds
}

pub fn collateral(data: &[u8]) {
    static QUOTE: LazyLock<Vec<u8>> = LazyLock::new(|| samples::quote("sgx_quote"));
    let mut request = Request::new(&QUOTE, Moment::as_of(samples::AT));
    request.collateral = Some(Given::Document(data));
    request.collateral_from = Source::Site;
    let report = PRODUCTION.appraise(&request);
    sound_under_intels_root(&report);
    if let Some(tcb) = &report.tcb {
        assert_eq!(
            tcb.status, "ConfigurationAndSWHardeningNeeded",
            "only Intel could have said so"
        );
    }

    let mut request = Request::new(&FORGED.quote, Moment::as_of(forge::AT));
    request.collateral = Some(Given::Document(data));
    request.collateral_from = Source::Site;
    sound(&UNDER_FORGED.appraise(&request));
}

fn collateral_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = samples::WITH_COLLATERAL
        .map(|name| samples::collateral(name).into_bytes())
        .to_vec();
    seeds.push(FORGED.collateral_json.clone().into_bytes());
    seeds.extend(of_vectors("3", |made| {
        made.collateral.unwrap_or_default().into_bytes()
    }));
    seeds
}

pub fn bundle(data: &[u8]) {
    if let Ok(bundle) = Bundle::parse(data) {
        let text = bundle.to_json();
        let again = Bundle::parse(text.as_bytes()).expect("what was written can be read");
        assert_eq!(again.to_json(), text);
        let _ = bundle.view();
        let mut request = Request::new(&FORGED.quote, Moment::as_of(forge::AT));
        request.collateral = Some(Given::Bundle(&bundle));
        let report = UNDER_FORGED.appraise(&request);
        sound(&report);
    }
    // A response of Intel's service, laid over a bundle.
    let mut bundle = BUNDLE.clone();
    if bundle.overlay(data).is_ok() {
        let text = bundle.to_json();
        assert_eq!(
            Bundle::parse(text.as_bytes()).expect("a bundle").to_json(),
            text
        );
    } else {
        assert_eq!(
            bundle.to_json(),
            BUNDLE.to_json(),
            "what is refused changes nothing"
        );
    }
}

fn bundle_seeds() -> Vec<Vec<u8>> {
    let document = FORGED.collateral_json.clone();
    let mut seeds = vec![
        crate::bundle::of(std::slice::from_ref(&document)).into_bytes(),
        BUNDLE.to_json().into_bytes(),
    ];
    for piece in ["tcb_info", "qe_identity", "pck_crl"] {
        seeds.push(crate::bundle::response(&document, piece).into_bytes());
        seeds.push(crate::bundle::response(&samples::collateral("sgx_quote"), piece).into_bytes());
    }
    seeds
}

pub fn record(data: &[u8]) {
    if let Ok(statement) = json::read_canonical::<Statement<Record>>(data) {
        assert_eq!(json::canonical(&statement), data, "a record has one text");
    }
    if let Ok(value) = json::read::<serde_json::Value>(data) {
        let text = json::canonical(&value);
        let again: serde_json::Value = json::read_canonical(&text).expect("canonical is canonical");
        assert_eq!(json::canonical(&again), text);
    }
    if let Ok(entered) = json::read::<Entered>(data) {
        // Whatever is entered, a record is made only of what may be signed, and what is made can be read.
        if let Ok(made) = Ceremony::good().with(|good| good.entered = entered).make() {
            bytes_to_sign(&made.file).expect("a record that was made");
        }
    }
}

fn record_seeds() -> Vec<Vec<u8>> {
    let good = Ceremony::good();
    let payload = Opened::read(&good.signed())
        .expect("a sound record")
        .payload;
    vec![
        payload,
        json::canonical(&good.entered),
        b"{\"a\":[1,-0.5,1e21,\"\\u00e9\"],\"b\":null}".to_vec(),
    ]
}

pub fn envelope(data: &[u8]) {
    static SIGNERS: LazyLock<Signers> =
        LazyLock::new(|| Signers::from_json(&signers()).expect("a list"));
    static EVIDENCE: LazyLock<String> = LazyLock::new(|| {
        let good = Ceremony::good();
        hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&good.evidence))
    });
    static BUILDS: LazyLock<AttesterBuilds> = LazyLock::new(|| {
        let list = attesters();
        AttesterBuilds::from_json(&list).expect("a list")
    });
    // All that its reader can know, so that nothing but the file keeps it from affirming.
    let beside = Beside {
        files: &[],
        signers: Some(&SIGNERS),
        attesters: Some(&BUILDS),
        ..Beside::default()
    };
    let report = open(&UNDER_FORGED, data, beside);
    let text = report.to_json().expect("plain data");
    if report.verdict == Verdict::Affirming {
        assert!(text.contains(EVIDENCE.as_str()), "nobody signed that");
    }
    for check in &report.checks {
        assert!(!check.detail.chars().any(steers), "{:?}", check.detail);
    }
    if let Ok(merged) = merge(data, data) {
        let again = merge(&merged, data).expect("the same record");
        assert_eq!(again, merged, "merging twice adds nothing");
    }
}

fn envelope_seeds() -> Vec<Vec<u8>> {
    let good = Ceremony::good();
    vec![
        good.signed(),
        good.make().expect("a record").file,
        include_bytes!("../../../docs/ceremony-record.example.dsse.json").to_vec(),
    ]
}

pub fn keys(data: &[u8]) {
    if let Ok(signature) = SshSignature::from_bytes(data) {
        assert_eq!(
            SshSignature::from_bytes(&signature.to_bytes())
                .map(|again| again.to_bytes())
                .ok(),
            Some(signature.to_bytes())
        );
        let _ = signature
            .key()
            .map(|key| key.verifies_ssh(b"message", &signature));
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(key) = Key::parse(text) {
        assert_eq!(key.line(), text, "a key has one text");
        assert!(key.verifies_raw(b"message", &[0; 64]).is_err());
    }
    if let Ok(signature) = SshSignature::from_armoured(text) {
        SshSignature::from_armoured(&signature.armoured()).expect("what was written can be read");
    }
    if let Ok(list) = Signers::from_json(text) {
        let _ = list.view();
    }
    let _ = AttesterBuilds::from_json(text);
    let _ = cloud_witness::policy::Policy::parse(text);
    if let Ok(challenge) = cloud_witness::challenge::Challenge::parse(text) {
        let again = cloud_witness::challenge::Challenge::parse(&challenge.groups().join(" "));
        assert_eq!(again.expect("what is read out").hex(), challenge.hex());
    }
}

/// Lists of machines: every line is an entry, a remark or a finding, and what is shown can be written and read again.
pub fn registry(data: &[u8]) {
    let Ok(list) = Registry::parse(&[data]) else {
        return;
    };
    let view = list.view();
    assert_eq!(view.schemes.values().sum::<usize>(), list.len());
    assert!(view.findings.len() <= view.unusable + view.remarks);
    let all = list.search("", 0, usize::MAX);
    assert_eq!(all.total, list.len());
    for entry in all.entries.iter().filter(|entry| entry.scheme == "ppid") {
        let line = cloud_witness::registry::enrol::csv_line(&entry.id, &entry.label);
        if entry.label.chars().any(char::is_control) {
            continue;
        }
        let again = Registry::parse(&[line.as_bytes()]).expect("a line");
        assert_eq!((again.len(), again.unusable()), (1, 0), "{line}");
        assert!(
            !again
                .view()
                .findings
                .iter()
                .any(|finding| finding.code == cloud_witness::registry::Code::LabelFormula)
        );
    }
    let machine = Machine {
        ppid: [0x5a; 16],
        extensions: [0xa5; 32],
    };
    assert!(
        list.find(&machine)
            .is_none_or(|found| found.prefix_bits.is_none_or(|bits| bits >= 64))
    );
}

fn registry_seeds() -> Vec<Vec<u8>> {
    let entry =
        "{\"method\":\"m\",\"level\":1,\"evidences\":[],\"timestamp\":1,\"endorsements\":[]}";
    vec![
        crate::registry::LIST.as_bytes().to_vec(),
        b"\xef\xbb\xbf# prefix-digits: 16\r\n5a5a5a5a5a5a5a5a,\"a \"\"b\"\"\"\r\n".to_vec(),
        b"811dca2a26b952e85bb6448b097ba4fd,=1+1\n,empty\nintel:sgx:ppid:811dca2a26b952e85bb6448b097ba4fd".to_vec(),
        format!("{{\"intel:tdx:ppid:{}\":{entry},\"amd:snp:chipid:{}\":{entry}}}", "5a".repeat(16), "ab".repeat(64)).into_bytes(),
    ]
}

/// Patches: whatever can be read touches plain paths, and applies to nothing but what it names.
pub fn patch(data: &[u8]) {
    let Ok(patch) = Patch::read(data) else {
        return;
    };
    for file in &patch.files {
        assert!(
            !file.path.starts_with('/')
                && !file
                    .path
                    .split('/')
                    .any(|part| matches!(part, "" | "." | ".."))
        );
        if let Ok(after) = file.apply(None) {
            assert!(file.is_new && file.apply(Some(&after)).is_err());
        }
        let _ = file.apply(Some(crate::registry::LIST));
    }
}

fn patch_seeds() -> Vec<Vec<u8>> {
    let patch = crate::registry::proposed(&crate::registry::record(), &crate::registry::base())
        .expect("an enrolment")
        .patch;
    // Without the record, which only makes it long.
    let cut = patch.find("diff --git a/records/").unwrap_or(patch.len());
    vec![format!("{}-- \n2.43.0\n\n", &patch[..cut]).into_bytes()]
}

fn keys_seeds() -> Vec<Vec<u8>> {
    let key = crate::ceremony::key("Paula Prover");
    let armoured = crate::ceremony::ssh_signature(&key, "namespace", b"message");
    vec![
        crate::ceremony::key_line(&key).into_bytes(),
        SshSignature::from_armoured(&armoured)
            .expect("a signature")
            .to_bytes(),
        armoured.into_bytes(),
        signers().into_bytes(),
        b"{\"base\":\"strict\",\"max_collateral_age_days\":3}".to_vec(),
        b"0102-0304 0506 0708".to_vec(),
    ]
}

/// Of any token: what is signed is one of the vectors, byte for byte but for the space around it.
pub fn token(data: &[u8]) {
    static ALL: std::sync::OnceLock<crate::token::Vectors> = std::sync::OnceLock::new();
    let all = ALL.get_or_init(crate::token::vectors);
    let report = crate::token::checked(all, &all.vectors[0], data);
    assert_eq!(report.checks.len(), 9);
    assert_ne!(report.verdict, Verdict::Affirming);
    if report.token.is_some_and(|token| token.signed) {
        let text = std::str::from_utf8(data).expect("base64url").trim();
        assert!(
            all.vectors
                .iter()
                .any(|vector| crate::token::text(vector).trim() == text),
            "nobody signed {text}"
        );
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = cloud_witness::registry::token::keys::Keys::from_json(text);
        let _ = cloud_witness::registry::token::keys::Alliance::from_json(text);
    }
}

fn token_seeds() -> Vec<Vec<u8>> {
    let vectors = crate::token::vectors().vectors;
    vectors
        .iter()
        .filter(|vector| vector.get("repeat").is_none())
        .map(|vector| crate::token::text(vector).into_bytes())
        .chain([br#"[{"kid":"5ea69fede5bcf71054395b273bad67f67158c242d77945d436374020ece525cb","source":"s"}]"#.to_vec()])
        .collect()
}

fn of_vectors(first: &str, part: fn(crate::case::Made) -> Vec<u8>) -> Vec<Vec<u8>> {
    crate::case::all()
        .into_iter()
        .filter(|(name, _)| name.starts_with(first))
        .map(|(name, case)| part(case.make(&name)))
        // A huge seed only slows the search.
        .filter(|seed| seed.len() < 64 * 1024)
        .collect()
}

/// Any bytes in the place of each file, and of a key record: every item has all its rows, nothing is worth more than
/// the good evidence is, and two checks of one input are one.
pub fn colocation(data: &[u8]) {
    use cloud_witness::colocation::evidence::{Entered, Kind, Role};

    let good = Evidence::good();
    let of_good = good.check();
    let places = [
        (Kind::OwnerClaim, Role::Statement),
        (Kind::OwnerClaim, Role::Signature),
        (Kind::HostingMail, Role::Mail),
        (Kind::NotificationPledge, Role::Mail),
        (Kind::NotificationPledge, Role::Document),
        (Kind::Addresses, Role::Prefixes),
        (Kind::Heartbeat, Role::Log),
    ];
    for (kind, role) in places {
        let mut evidence = good.clone();
        evidence.replace(kind, role, data.to_vec());
        if let (Entered::HostingMail { mail, .. }, Ok(text)) = (
            evidence.entered(Kind::HostingMail),
            std::str::from_utf8(data),
        ) && role == Role::Document
        {
            mail.key_record = text.to_owned();
        }
        let report = evidence.check();
        assert_eq!(report, evidence.check());
        for (item, of_good) in report.items.iter().zip(&of_good.items) {
            let ids = |item: &cloud_witness::colocation::report::ItemReport| {
                item.checks.iter().map(|check| check.id).collect::<Vec<_>>()
            };
            assert_eq!(ids(item), ids(of_good));
        }
        let cells = |report: &cloud_witness::colocation::ColocationReport| {
            let rows = report.trust.rows.iter();
            rows.flat_map(|row| row.cells.iter().map(|cell| cell.level))
                .collect::<Vec<_>>()
        };
        assert!(
            cells(&report)
                .iter()
                .zip(cells(&of_good))
                .all(|(level, good)| *level <= good)
        );
    }
}

fn colocation_seeds() -> Vec<Vec<u8>> {
    [
        "hosting.eml",
        "mails/simple-simple.eml",
        "notification-pledge-attached.eml",
        "key-record.txt",
        "owner-claim.txt",
        "owner-claim.txt.sig",
        "prefixes.txt",
        "heartbeat.jsonl",
    ]
    .map(crate::colocation::file)
    .to_vec()
}
