//! What a Report says in words and shows beside its rows: for who reads it aloud, no less than the verdict.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use cloud_witness::attester::AttesterOutput;
use cloud_witness::builds::AttesterBuilds;
use cloud_witness::code::Code;
use cloud_witness::collateral::Source;
use cloud_witness::evidence::{Evidence, MAX_INPUT};
use cloud_witness::identity::{PckChain, PckIdentity};
use cloud_witness::quote::Quote;
use cloud_witness::report::{CheckId, FindingOutcome, Outcome};
use cloud_witness::{Moment, Report, Request, Verdict, Verifier};
use harness::ceremony::CHALLENGE;
use harness::evidence::attester_text;
use serde_json::json;
use sha2::Digest as _;

/// A forged ceremony with everything right, and what a test changes of it.
struct Asked {
    forged: forge::Forged,
    evidence: Vec<u8>,
    collateral: Option<String>,
    challenge: Option<&'static str>,
    digest: bool,
    listed: bool,
    moment: Moment,
}

fn asked(spec: serde_json::Value) -> Asked {
    let forged = serde_json::from_value::<forge::ForgeSpec>(spec)
        .unwrap()
        .build();
    Asked {
        evidence: attester_text(&forged.quote, "2026-02-15", "OK").into_bytes(),
        collateral: Some(forged.collateral_json.clone()),
        forged,
        challenge: Some(CHALLENGE),
        digest: true,
        listed: true,
        moment: Moment::as_of(forge::AT),
    }
}

impl Asked {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn report(&self) -> Report {
        let digest = hex::encode(sha2::Sha256::digest(&self.evidence));
        let mut request = Request::new(&self.evidence, self.moment);
        request.collateral = self.collateral.as_ref().map(|text| text.as_bytes().into());
        request.collateral_from = Source::Site;
        request.challenge = self.challenge;
        request.challenge_issued_at = Some(self.moment.seconds() - 60);
        request.noted_sha256 = self.digest.then_some(digest.as_str());
        if self.listed {
            let list = json!([{
                "mr_enclave": hex::encode(&self.forged.quote[112..144]),
                "image": "example.org/attester@sha256:00",
                "source": "made for this test",
                "added_by": "the test",
            }]);
            request.attesters = AttesterBuilds::from_json(&list.to_string()).unwrap();
        }
        Verifier::with_root(&forge::root_der())
            .unwrap()
            .appraise(&request)
    }
}

#[test]
fn the_headline_is_the_verdict_and_as_of_when_it_is_not_about_now() {
    let now = asked(json!({})).with(|a| a.moment = Moment::now(forge::AT));
    assert_eq!(now.report().headline, "Affirming");
    for (spec, headline) in [
        (json!({}), "Affirming, as of 2040-01-02 00:00:00 UTC"),
        (
            json!({"tcb_status": "OutOfDate"}),
            "Warning, as of 2040-01-02 00:00:00 UTC",
        ),
        (
            json!({"debug": true}),
            "Contraindicated, as of 2040-01-02 00:00:00 UTC",
        ),
        (
            json!({"tcb_info": {"tcb_type": 5}}),
            "No verdict, as of 2040-01-02 00:00:00 UTC",
        ),
    ] {
        assert_eq!(asked(spec).report().headline, headline);
    }
}

#[test]
fn the_summary_says_the_weightiest_reason_and_what_was_not_compared() {
    let say = |spec, change: fn(&mut Asked)| asked(spec).with(change).report().summary;
    assert_eq!(
        say(json!({}), |_| {}),
        "Genuine hardware answered this challenge, and everything that a ceremony asks for was given and holds."
    );
    let none = "The quote is genuine, but not all that a ceremony asks for was given.";
    assert_eq!(
        say(json!({}), |a| (a.challenge, a.digest) = (None, false)),
        format!("{none} Neither a challenge nor a noted hash was compared.")
    );
    assert_eq!(
        say(json!({}), |a| a.challenge = None),
        format!("{none} No challenge was compared.")
    );
    assert_eq!(
        say(json!({}), |a| a.digest = false),
        format!("{none} No noted hash was compared.")
    );
    assert_eq!(
        say(
            json!({"tcb_status": "OutOfDate", "advisories": ["INTEL-SA-00001", "INTEL-SA-00002"]}),
            |a| a.evidence =
                attester_text(&a.forged.quote, "2026-02-15", "OUT_OF_DATE").into_bytes()
        ),
        "The quote is genuine, with one reservation: The platform is OutOfDate: INTEL-SA-00001, INTEL-SA-00002."
    );
    // The status outweighs the enclave, the enclave outweighs the line.
    assert_eq!(
        say(json!({"tcb_status": "OutOfDate"}), |a| a.listed = false),
        "The quote is genuine, with 3 reservations. The weightiest: The platform is OutOfDate."
    );
    assert!(
        say(json!({}), |a| {
            a.evidence = hex::encode(&a.forged.quote).into_bytes();
        })
        .starts_with(
            "Genuine hardware, not ceremony evidence, with one reservation: The enclave is a listed"
        )
    );
    assert_eq!(
        say(json!({"debug": true}), |_| {}),
        "Do not accept this evidence. The enclave runs in debug mode (ATTRIBUTES.DEBUG is set)."
    );
    assert_eq!(
        say(json!({}), |a| a.collateral = None),
        "Nothing can be decided: this says neither that the quote is genuine nor that it is not. \
         No collateral was given."
    );
}

#[test]
fn what_falls_short_of_the_newest_level_is_counted() {
    let report = asked(json!({
        "pck": {"cpu_svn": "03040202040100050000000000000000", "pce_svn": 12},
        "qe": {"isv_svn": 7},
    }))
    .report();
    let tcb = report.tcb.as_ref().unwrap();
    let short: Vec<(&str, u16, u16)> = tcb
        .shortfalls
        .iter()
        .map(|s| (s.component.as_str(), s.have, s.needs))
        .collect();
    assert_eq!(
        short,
        [
            ("SGX component 1", 3, 4),
            ("PCE SVN", 12, 13),
            ("QE ISVSVN", 7, 8)
        ]
    );
    assert_eq!(
        report.check(CheckId::TcbStatus).unwrap().detail,
        "The platform is OutOfDate: INTEL-SA-00615, INTEL-SA-00828. Short of the newest level: SGX component 1 is 3, \
         needs 4; PCE SVN is 12, needs 13; QE ISVSVN is 7, needs 8."
    );
    let up_to_date = asked(json!({})).report();
    assert!(up_to_date.tcb.unwrap().shortfalls.is_empty());

    let mut td = asked(json!({"tee": "tdx10", "td": {"tee_tcb_svn": "060103"}}));
    td.evidence = td.forged.quote.clone();
    let tcb = td.report().tcb.unwrap();
    let short: Vec<(&str, u16, u16)> = tcb
        .shortfalls
        .iter()
        .map(|s| (s.component.as_str(), s.have, s.needs))
        .collect();
    assert_eq!(
        short,
        [("TDX component 3", 3, 4), ("TDX module ISVSVN", 6, 11)]
    );
}

#[test]
fn each_advisory_is_named_once_whoever_it_is_about() {
    let mut td = asked(json!({
        "tee": "tdx10",
        "advisories": ["INTEL-SA-00001"],
        "tdx_module_advisories": ["INTEL-SA-00001", "INTEL-SA-00002"],
        "qe_advisories": ["INTEL-SA-00002", "INTEL-SA-00003"],
    }));
    td.evidence = td.forged.quote.clone();
    let report = td.report();
    assert_eq!(
        report.tcb.as_ref().unwrap().advisories,
        ["INTEL-SA-00001", "INTEL-SA-00002", "INTEL-SA-00003"]
    );
    assert_eq!(
        report.check(CheckId::TcbStatus).unwrap().detail,
        "The platform is UpToDate: INTEL-SA-00001, INTEL-SA-00002, INTEL-SA-00003."
    );
}

#[test]
fn o15_differing_evaluation_numbers_are_shown() {
    let detail = |spec| {
        let report = asked(spec).report();
        report
            .check(CheckId::CollateralCurrent)
            .unwrap()
            .detail
            .clone()
    };
    assert_eq!(
        detail(json!({})),
        "All of it is valid then, until 2040-01-30 23:59:59 UTC; TCB evaluation data number 20."
    );
    assert_eq!(
        detail(json!({"qe_identity": {"evaluation_number": 19}})),
        "All of it is valid then, until 2040-01-30 23:59:59 UTC; TCB evaluation data numbers 20 (TCB info) and \
         19 (QE identity), which differ."
    );
}

#[test]
fn o16_for_now_the_age_of_each_piece_is_said() {
    let now = asked(json!({"tcb_info": {"issue_date": "2039-12-31T00:00:00Z"}}))
        .with(|a| a.moment = Moment::now(forge::AT));
    let report = now.report();
    let detail = &report.check(CheckId::CollateralCurrent).unwrap().detail;
    assert!(
        detail.ends_with(
            "Issued this long ago: TCB info 2 days, QE identity 24 hours, PCK CRL 24 hours, root CA CRL 24 hours."
        ),
        "{detail}"
    );
}

#[test]
fn an_expired_certificate_is_not_called_forged() {
    let report =
        asked(json!({"certificates": {"pck": {"not_after": "2040-01-01T12:00:00Z"}}})).report();
    let row = report.check(CheckId::PckChain).unwrap();
    assert_eq!(row.code, Some(Code::PckExpired));
    assert_eq!(row.findings.len(), 1, "{:?}", row.findings);
    // A wrong name does not hide a signature that the engine refused.
    let report = asked(json!({
        "certificates": {"pck": {"subject_cn": "Intel SGX PCK Garden"}},
        "signatures": {"pck": "flipped"},
    }))
    .report();
    let row = report.check(CheckId::PckChain).unwrap();
    let codes: Vec<Code> = row.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::PckNameWrong, Code::PckSignatureInvalid]);
}

#[test]
fn the_chain_shows_each_signature_as_the_engine_found_it() {
    let drawn = |spec| {
        let report = asked(spec).report();
        let nodes: Vec<&str> = report.chain.nodes.iter().map(|node| node.id).collect();
        assert_eq!(
            nodes.len(),
            nodes
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        );
        for link in &report.chain.links {
            assert!(
                nodes.contains(&link.from) && nodes.contains(&link.to),
                "{link:?}"
            );
        }
        report
            .chain
            .links
            .iter()
            .map(|link| (format!("{} {}", link.from, link.to), link.outcome))
            .collect::<Vec<_>>()
    };
    let all = [
        "root root_crl",
        "root tcb_signer",
        "tcb_signer tcb_info",
        "root qe_signer",
        "qe_signer qe_identity",
        "root pck_ca",
        "pck_ca pck",
        "pck_ca pck_crl",
        "pck qe_report",
        "qe_report attestation_key",
        "attestation_key quote",
    ];
    let good = drawn(json!({}));
    assert_eq!(
        good.iter()
            .map(|(link, _)| link.as_str())
            .collect::<Vec<_>>(),
        all
    );
    assert!(good.iter().all(|(_, outcome)| *outcome == "verified"));
    let refused = drawn(json!({"signatures": {"quote": "flipped"}}));
    assert_eq!(refused[10].1, "refused");
    assert!(
        refused[..10]
            .iter()
            .all(|(_, outcome)| *outcome == "verified")
    );
    let unbound = drawn(json!({"qe": {"binding": "zero"}}));
    assert_eq!((unbound[8].1, unbound[9].1), ("verified", "refused"));
    // Collateral that is not in force is not asked about any further.
    let expired = drawn(json!({"collateral_next_update": "2040-01-01T12:00:00Z"}));
    assert!(expired.iter().all(|(_, outcome)| *outcome == "not_checked"));
}

#[test]
fn what_was_given_is_named_by_its_digest_unless_it_is_too_large() {
    let good = asked(json!({}));
    let report = good.report();
    let digest = |bytes: &[u8]| Some(hex::encode(sha2::Sha256::digest(bytes)));
    assert_eq!(report.inputs.evidence_sha256, digest(&good.evidence));
    assert_eq!(
        report.inputs.collateral_sha256,
        digest(good.collateral.as_ref().unwrap().as_bytes())
    );
    // Blank lines say nothing, so an input may have exactly as many bytes as are read.
    let full = asked(json!({})).with(|a| a.evidence.resize(MAX_INPUT, b'\n'));
    let report = full.report();
    assert_eq!(report.verdict, Verdict::Affirming, "{}", report.summary);
    assert_eq!(report.inputs.evidence_sha256, digest(&full.evidence));
    let over = asked(json!({})).with(|a| a.evidence.resize(MAX_INPUT + 1, b'\n'));
    let report = over.report();
    assert_eq!(report.inputs.evidence_sha256, None);
    assert_eq!(
        report.check(CheckId::FileDigest).unwrap().outcome,
        Outcome::NotReached
    );
    // A file that is larger than any bundle is not hashed.
    let long = asked(json!({})).with(|a| {
        a.collateral
            .as_mut()
            .unwrap()
            .push_str(&" ".repeat(33 * 1024 * 1024));
    });
    assert_eq!(long.report().inputs.collateral_sha256, None);
}

#[test]
fn the_platform_that_a_bundle_is_asked_for_is_the_certificates() {
    let asked = asked(json!({"ca": "processor"}));
    let platform = cloud_witness::appraisal::platform_of(&asked.evidence).unwrap();
    assert_eq!(platform.fmspc, forge::FMSPC);
    assert_eq!(platform.ca.id(), "processor");
    assert_eq!(platform.tee.id(), "SGX");
    assert!(cloud_witness::appraisal::platform_of(b"nothing").is_none());
}

fn compare(text: &str) -> (AttesterOutput, Vec<cloud_witness::report::Finding>, usize) {
    let forged = forge::ForgeSpec::default().build();
    let quote = Quote::parse(&forged.quote).unwrap();
    let identity = PckIdentity::parse(&PckChain::parse(quote.pck_chain()).unwrap().pck).unwrap();
    let (_, output) = AttesterOutput::parse(text).unwrap();
    let (findings, compared) = output.compare(&quote, &identity);
    assert!(compared.iter().all(|line| !line.expected.is_empty()));
    assert!(
        compared
            .iter()
            .all(|line| line.equal == line.expected.eq_ignore_ascii_case(&line.actual))
    );
    let count = compared.len();
    (output, findings, count)
}

#[test]
fn digits_in_lower_case_are_the_same_digits() {
    let text = attester_text(
        &forge::ForgeSpec::default().build().quote,
        "2026-02-15",
        "OK",
    );
    let lower: String = text
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((name, digits)) => format!("{name} = {}\n", digits.to_lowercase()),
            None => format!("{line}\n"),
        })
        .collect();
    assert_ne!(lower, text);
    let (_, findings, compared) = compare(&lower);
    assert_eq!(findings, []);
    assert!(compared > 10);
}

#[test]
fn wrong_lines_are_told_in_twenty_refusals_first_and_say_where_they_stand() {
    let text = attester_text(
        &forge::ForgeSpec::default().build().quote,
        "2026-02-15",
        "OK",
    );
    let (output, findings, compared) = compare(&text);
    assert!(findings.is_empty());
    // Every line but the quote's own, two headings and the status, which rests on the attester's collateral.
    let headings = text
        .lines()
        .filter(|line| line.ends_with("...") || line.ends_with("report_body"))
        .count();
    assert_eq!(compared, text.lines().count() - 2 - headings);
    assert!(output.has_printed_fields());
    assert!(
        output.description().contains("2026-02-15"),
        "{}",
        output.description()
    );

    let lines = text.lines().count();
    for wrong in [19, 20, 21, 500] {
        let (_, findings, _) = compare(&format!("{text}{}", "what is this\n".repeat(wrong)));
        assert_eq!(findings.len(), wrong.min(21));
        assert_eq!(
            findings[0].place.as_deref(),
            Some(format!("line {}", lines + 1).as_str())
        );
        assert_eq!(
            findings[0].detail,
            format!(
                "Line {} is none of the attester's: \"what is this\".",
                lines + 1
            )
        );
        let last = findings.last().unwrap();
        match wrong {
            19 | 20 => assert!(last.detail.contains("none of the attester's")),
            _ => assert_eq!(
                last.detail,
                format!(
                    "{} more lines are not as the attester prints them.",
                    wrong - 20
                )
            ),
        }
    }
    // A lie at the very end is told before the noise in front of it.
    let noise = "what is this\n".repeat(100);
    let (_, findings, _) = compare(&format!("{text}{noise}\tqe_svn = 9\n"));
    assert_eq!(findings[0].outcome, FindingOutcome::Fail);
    assert!(
        findings[0]
            .detail
            .contains("(\"qe_svn\") does not stand where"),
        "{}",
        findings[0].detail
    );
    let (_, findings, _) = compare(&text.replace("isv_prod_id = 0", "isv_prod_id = 7"));
    assert!(
        findings[0]
            .detail
            .ends_with("prints isv_prod_id as \"7\", but the quote says \"0\"."),
        "{}",
        findings[0].detail
    );

    let (output, ..) = compare(text.lines().next().unwrap());
    assert!(!output.has_printed_fields());
    // That it checks is no field of the quote.
    let (output, ..) = compare(&format!(
        "{}\nChecking quote...\n",
        text.lines().next().unwrap()
    ));
    assert!(!output.has_printed_fields());
    assert!(output.description().ends_with("only the quote"));
    let evidence = Evidence::decode(text.as_bytes()).unwrap();
    assert!(evidence.form.description().contains("2026-02-15"));
}

#[test]
fn what_is_refused_is_said_as_it_was_checked() {
    let detail = |spec, row| {
        let forged = serde_json::from_value::<forge::ForgeSpec>(spec)
            .unwrap()
            .build();
        let mut request = Request::new(&forged.quote, Moment::as_of(forge::AT));
        request.collateral = Some(forged.collateral_json.as_bytes().into());
        let verifier = Verifier::with_root(&forge::root_der()).unwrap();
        let report = verifier.appraise(&request);
        report.check(row).unwrap().detail.clone()
    };
    let level =
        json!({"sgx": "04040202040100050000000000000000", "pce_svn": 13, "status": "UpToDate"});
    for (spec, row, said) in [
        (
            json!({"tee": "epid", "header": {"attestation_key_type": 1}}),
            CheckId::QuoteStructure,
            "This is an EPID quote (version 2): no certificate for a PPID is in it.",
        ),
        (
            json!({"header": {"version": 6}}),
            CheckId::QuoteStructure,
            "header.version is 6, which this verifier does not know.",
        ),
        (
            json!({"tcb_info": {"levels": [level, level]}}),
            CheckId::CollateralFound,
            "The TCB info has two TCB levels with the same SVNs, numbers 1 and 2.",
        ),
        (
            json!({"crls": {"pck": {"extensions_added": [{"oid": "2.5.29.27", "critical": true, "value": "020101"}]}}}),
            CheckId::CollateralGenuine,
            "The PCK CRL has only the changes to another list (deltaCRLIndicator).",
        ),
        (
            json!({"root": "other"}),
            CheckId::PckChain,
            "The chain ends in a certificate with the name of Intel's SGX root, but another key.",
        ),
        (
            json!({"certificates": {"pck_ca": {"key_usage": 2}}}),
            CheckId::PckChain,
            "The PCK CA's certificate does not allow its key to sign certificates (keyUsage without keyCertSign).",
        ),
        (
            json!({"qe_identity": {"attributes": "15000000000000000000000000000000"}}),
            CheckId::QeReport,
            "The quoting enclave's ATTRIBUTES are 1500000000000000e700000000000000; under the mask \
             fbffffffffffffff0000000000000000 they are not the QE identity's 15000000000000000000000000000000.",
        ),
    ] {
        assert_eq!(detail(spec, row), said);
    }
}
