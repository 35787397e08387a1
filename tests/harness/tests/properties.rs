//! Properties over generated inputs, where a table of cases would say less.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use cloud_witness::attester::{AttesterOutput, Generation};
use cloud_witness::ceremony::json;
use cloud_witness::challenge::Challenge;
use cloud_witness::identity::{PckChain, PckIdentity};
use cloud_witness::quote::Quote;
use cloud_witness::report::{CheckId, Outcome};
use cloud_witness::{Moment, Request, Verifier};
use proptest::prelude::*;
use serde_json::{Value, json};

const STATUSES: [&str; 7] = [
    "UpToDate",
    "SWHardeningNeeded",
    "ConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded",
    "OutOfDate",
    "OutOfDateConfigurationNeeded",
    "Revoked",
];

#[derive(Debug, Clone)]
struct Level {
    sgx: [u8; 3],
    tdx: u8,
    pce_svn: u16,
    status: &'static str,
}

fn level() -> impl Strategy<Value = Level> {
    (
        [0..4_u8, 0..4_u8, 0..4_u8],
        0..4_u8,
        0..4_u16,
        proptest::sample::select(STATUSES.to_vec()),
    )
        .prop_map(|(sgx, tdx, pce_svn, status)| Level {
            sgx,
            tdx,
            pce_svn,
            status,
        })
}

/// Intel PCS API v4, "Get TCB Info", steps 1 to 3, over levels ordered highest first, as Intel's QVL orders them:
/// the first level of which no component, nor PCESVN, is above the platform's.
fn platform_status(
    levels: &[Level],
    sgx: [u8; 3],
    pce_svn: u16,
    tdx: Option<u8>,
) -> Option<&'static str> {
    let mut ordered: Vec<&Level> = levels.iter().collect();
    ordered.sort_by_key(|level| std::cmp::Reverse((level.sgx, level.pce_svn, level.tdx)));
    ordered
        .into_iter()
        .find(|level| {
            (0..3).all(|i| sgx[i] >= level.sgx[i])
                && pce_svn >= level.pce_svn
                && tdx.is_none_or(|tdx| tdx >= level.tdx)
        })
        .map(|level| level.status)
}

/// Intel QVL, `convergeTcbStatuses`, as a table.
fn converged(platform: &'static str, component: &str) -> &'static str {
    match (component, platform) {
        ("Revoked", _) => "Revoked",
        ("OutOfDate", "UpToDate" | "SWHardeningNeeded") => "OutOfDate",
        ("OutOfDate", "ConfigurationNeeded" | "ConfigurationAndSWHardeningNeeded") => {
            "OutOfDateConfigurationNeeded"
        }
        _ => platform,
    }
}

fn row(status: Option<&str>) -> &'static str {
    match status {
        None => "fail TCB_LEVEL_MISSING",
        Some("Revoked") => "fail TCB_REVOKED",
        Some("UpToDate") => "pass",
        Some("SWHardeningNeeded") => "warn TCB_SW_HARDENING_NEEDED",
        Some("ConfigurationNeeded") => "warn TCB_CONFIGURATION_NEEDED",
        Some("ConfigurationAndSWHardeningNeeded") => {
            "warn TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED"
        }
        Some("OutOfDate") => "warn TCB_OUT_OF_DATE",
        Some("OutOfDateConfigurationNeeded") => "warn TCB_OUT_OF_DATE_CONFIGURATION_NEEDED",
        Some(other) => panic!("{other}"),
    }
}

/// Numbers that are the same in JavaScript and in Rust, texts, and what is made of them.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn o19_the_tcb_level_is_the_one_that_intels_algorithm_gives(
        levels in proptest::collection::vec(level(), 1..6),
        sgx in [0..4_u8, 0..4_u8, 0..4_u8],
        pce_svn in 0..4_u16,
        tdx in proptest::option::of(0..4_u8),
        qe in proptest::sample::select(vec!["UpToDate", "OutOfDate", "Revoked"]),
    ) {
        // Two levels that ask for the same cannot both be Intel's.
        let mut levels = levels;
        levels.sort_by_key(|level| (level.sgx, level.pce_svn, level.tdx));
        levels.dedup_by_key(|level| (level.sgx, level.pce_svn, tdx.map(|_| level.tdx)));
        let mut cpu_svn = [0_u8; 16];
        cpu_svn[..3].copy_from_slice(&sgx);
        // For a TDX module of generation 1 the first two components say nothing; the third is the microcode's.
        let tee_tcb_svn = format!("0b01{:02x}", tdx.unwrap_or(0));
        let spec = json!({
            "tee": if tdx.is_some() { "tdx10" } else { "sgx" },
            "pck": {"cpu_svn": hex::encode(cpu_svn), "pce_svn": pce_svn},
            "td": {"tee_tcb_svn": tee_tcb_svn},
            "qe_tcb_status": qe,
            "tcb_info": {"levels": levels.iter().map(|level| json!({
                "sgx": hex::encode(level.sgx),
                "tdx": format!("0000{:02x}", level.tdx),
                "pce_svn": level.pce_svn,
                "status": level.status,
            })).collect::<Vec<_>>()},
        });
        let forged = serde_json::from_value::<forge::ForgeSpec>(spec).unwrap().build();
        let mut request = Request::new(&forged.quote, Moment::as_of(forge::AT));
        request.collateral = Some(forged.collateral_json.as_bytes().into());
        let report = Verifier::with_root(&forge::root_der()).unwrap().appraise(&request);
        let check = report.check(CheckId::TcbStatus).unwrap();
        let code = serde_json::to_value(check.code).unwrap();
        let is = match check.outcome {
            Outcome::Pass => "pass".to_owned(),
            Outcome::Warn => format!("warn {}", code.as_str().unwrap()),
            _ => format!("fail {}", code.as_str().unwrap()),
        };
        let status = platform_status(&levels, sgx, pce_svn, tdx).map(|platform| converged(platform, qe));
        prop_assert_eq!(is, row(status), "{}", check.detail);
    }

    #[test]
    fn o20_every_report_keeps_its_rules_whatever_is_given(
        evidence in proptest::collection::vec(any::<u8>(), 0..2000),
        text in any::<String>(),
        challenge in proptest::option::of(".{0,40}"),
        digest in proptest::option::of(".{0,80}"),
        at in any::<u32>(),
    ) {
        for evidence in [&evidence[..], text.as_bytes()] {
            let mut request = Request::new(evidence, Moment::as_of(u64::from(at)));
            request.collateral = Some(text.as_bytes().into());
            request.challenge = challenge.as_deref();
            request.noted_sha256 = digest.as_deref();
            harness::fuzz::sound(&Verifier::production().appraise(&request));
        }
    }

    #[test]
    fn o05_what_the_attester_prints_of_any_enclave_is_read_without_a_finding(
        mr_enclave in any::<[u8; 32]>(),
        report_data in proptest::collection::vec(any::<u8>(), 64),
        numbers in any::<[u16; 3]>(),
        ppid in any::<[u8; 16]>(),
        generation in proptest::sample::select(Generation::ALL.to_vec()),
    ) {
        let spec = json!({
            "challenge": hex::encode(report_data),
            "sgx": {
                "mr_enclave": hex::encode(mr_enclave),
                "isv_prod_id": numbers[0], "isv_svn": numbers[1], "config_svn": numbers[2],
            },
            "pck": {"ppid": hex::encode(ppid)},
        });
        prop_assume!(ppid != [0; 16]);
        let forged = serde_json::from_value::<forge::ForgeSpec>(spec).unwrap().build();
        let text = harness::evidence::attester_text(&forged.quote, generation.since(), "OK");
        let (raw, output) = AttesterOutput::parse(&text).unwrap();
        prop_assert_eq!(&raw, &forged.quote);
        let quote = Quote::parse(&raw).unwrap();
        let identity = PckIdentity::parse(&PckChain::parse(quote.pck_chain()).unwrap().pck).unwrap();
        let (findings, compared) = output.compare(&quote, &identity);
        prop_assert!(findings.is_empty(), "{:?}", findings);
        prop_assert!(compared.iter().all(|line| line.equal));
        prop_assert_eq!(output.recorded_ppid(), Some(hex::encode(ppid)));
    }

    #[test]
    fn o24_a_challenge_read_out_and_typed_again_is_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 8..=64),
        upper in any::<bool>(),
    ) {
        let challenge = Challenge::from_bytes(bytes.clone()).unwrap();
        let mut typed = challenge.groups().join(" ");
        if upper {
            typed.make_ascii_uppercase();
        }
        let again = Challenge::parse(&typed).unwrap();
        prop_assert_eq!(again.bytes(), &bytes[..]);
        let report_data = again.report_data();
        prop_assert_eq!(&report_data[..bytes.len()], &bytes[..]);
        prop_assert!(report_data[bytes.len()..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn canonical_json_read_and_written_again_is_the_same_text(value in any_json()) {
        let text = json::canonical(&value);
        let again: Value = json::read_canonical(&text).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(json::canonical(&again), text);
    }

    /// Any bytes over a genuine quote: it is refused, or what it says of machine and challenge is unchanged.
    #[test]
    fn o07_bytes_written_over_a_quote_change_no_claim(
        tee in proptest::sample::select(vec!["sgx", "tdx10", "tdx15ex"]),
        at in any::<prop::sample::Index>(),
        over in proptest::collection::vec(any::<u8>(), 1..8),
    ) {
        let spec = json!({"tee": tee});
        let mut quote = serde_json::from_value::<forge::ForgeSpec>(spec).unwrap().build().quote;
        let at = at.index(quote.len() - over.len());
        quote[at..at + over.len()].copy_from_slice(&over);
        harness::fuzz::quote(&quote);
    }
}
