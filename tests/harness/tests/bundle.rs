//! A bundle is only a way to find the document: over every vector, and over bundles that are damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use cloud_witness::appraisal::platform_of;
use cloud_witness::collateral::bundle::{BundleError, MAX_BUNDLE};
use cloud_witness::collateral::pieces_of_document;
use cloud_witness::{Bundle, Given, Report};
use harness::bundle::FETCHED_AT;
use harness::{bundle, case, samples};

/// A bundle of a document's pieces; `None` when it is damaged in its shape.
fn bundle_of(document: &str) -> Option<Bundle> {
    let mut bundle = Bundle::new(FETCHED_AT, "made for a test".to_owned());
    for piece in pieces_of_document(document.as_bytes()).ok()? {
        bundle.put(piece);
    }
    Some(bundle)
}

#[test]
fn a_report_from_a_bundle_is_byte_for_byte_the_one_from_the_document_that_it_selects() {
    let mut compared = 0;
    for (name, case) in case::all() {
        let made = case.make(&name);
        let Some(given) = made.collateral.as_deref() else {
            continue;
        };
        let Some(bundle) = Bundle::parse(given.as_bytes())
            .ok()
            .or_else(|| bundle_of(given))
        else {
            continue;
        };
        let Some(platform) = platform_of(&made.evidence) else {
            continue;
        };
        let Some(selected) = bundle.select(platform.tee, platform.fmspc, platform.ca) else {
            continue;
        };
        let loaded = made.appraise_with(Some(Given::Bundle(&bundle)));
        let as_text = bundle.to_json();
        let from_text = made.appraise_with(Some(Given::Document(as_text.as_bytes())));
        let from_document = made.appraise_with(Some(Given::Document(selected.as_bytes())));
        let json = |report: &Report| report.to_json().unwrap();
        assert_eq!(json(&loaded), json(&from_document), "{name}");
        assert_eq!(json(&from_text), json(&from_document), "{name}");
        // And what was given in the first place says the same, but for the digest of its own text.
        assert_eq!(made.appraise().checks, from_document.checks, "{name}");
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn a_bundle_written_and_read_again_is_the_same() {
    let documents: Vec<String> = [
        r#"{}"#,
        r#"{"tee":"tdx15"}"#,
        r#"{"ca":"processor","tcb_info":{"fmspc":"00606A000000"}}"#,
    ]
    .map(|spec| {
        serde_json::from_str::<forge::ForgeSpec>(spec)
            .unwrap()
            .build()
            .collateral_json
    })
    .to_vec();
    let by_hand = bundle::of(&documents);
    let read = Bundle::parse(by_hand.as_bytes()).unwrap();
    assert_eq!(read.pieces().count(), 1 + 2 + 2 + 3);
    let again = Bundle::parse(read.to_json().as_bytes()).unwrap();
    assert_eq!(read, again);
    assert_eq!(read.to_json(), again.to_json());
    // Three pieces share the TCB signer's chain, stored once; each CA has its own.
    let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
    assert_eq!(json["chains"].as_array().unwrap().len(), 3);
    let view = read.view();
    assert_eq!((view.fmspcs, view.sgx, view.tdx), (2, 2, 1));
    assert_eq!(view.fetched_at, FETCHED_AT);
}

/// A good bundle's JSON, changed.
fn changed(change: impl FnOnce(&mut serde_json::Value)) -> Result<Bundle, BundleError> {
    let document = forge::ForgeSpec::default().build().collateral_json;
    let mut json: serde_json::Value = serde_json::from_str(&bundle::of(&[document])).unwrap();
    change(&mut json);
    Bundle::parse(json.to_string().as_bytes())
}

#[test]
fn a_damaged_bundle_names_the_field() {
    let cases: Vec<(&str, &str, Result<Bundle, BundleError>)> = vec![
        (
            "BUNDLE_UNRECOGNISED",
            "no collateral bundle",
            changed(|json| json["kind"] = "other".into()),
        ),
        (
            "BUNDLE_UNRECOGNISED",
            "no collateral bundle",
            Bundle::parse(b""),
        ),
        (
            "BUNDLE_UNRECOGNISED",
            "no collateral bundle",
            Bundle::parse(b"[]"),
        ),
        (
            "BUNDLE_SCHEMA_UNSUPPORTED",
            "version 2",
            changed(|json| json["schema"] = 2.into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "line 1",
            changed(|json| json["more"] = 1.into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "line 1",
            changed(|json| json["fetched_at"] = (-1).into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "from",
            changed(|json| json["from"] = "x".repeat(1025).into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "root_ca_crl",
            changed(|json| json["root_ca_crl"] = "zz".into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "tcb_infos[0].chain",
            changed(|json| json["tcb_infos"][0]["chain"] = 9.into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "tcb_infos[0].fmspc",
            changed(|json| json["tcb_infos"][0]["fmspc"] = "00".into()),
        ),
        (
            "BUNDLE_UNREADABLE",
            "line 1",
            changed(|json| json["tcb_infos"][0]["tee"] = "sev".into()),
        ),
        (
            "BUNDLE_PIECE_UNREADABLE",
            "chains[0]",
            changed(|json| json["chains"][0] = "".into()),
        ),
        (
            "BUNDLE_PIECE_UNREADABLE",
            "tcb_infos[0]",
            changed(|json| json["tcb_infos"][0]["body"] = "{}".into()),
        ),
        (
            "BUNDLE_PIECE_UNREADABLE",
            "root_ca_crl",
            changed(|json| json["root_ca_crl"] = "3000".into()),
        ),
        (
            "BUNDLE_PIECE_UNREADABLE",
            "1048577 bytes",
            changed(|json| json["tcb_infos"][0]["body"] = " ".repeat(1_048_577).into()),
        ),
        (
            "BUNDLE_PIECE_REPEATED",
            "TCB info for SGX f0f1f2f3f4f5 twice",
            changed(|json| {
                let entry = json["tcb_infos"][0].clone();
                json["tcb_infos"].as_array_mut().unwrap().push(entry);
            }),
        ),
        (
            "BUNDLE_PIECE_MISPLACED",
            "tcb_infos[0] holds the TCB info for SGX",
            changed(|json| json["tcb_infos"][0]["tee"] = "tdx".into()),
        ),
        (
            "BUNDLE_PIECE_MISPLACED",
            "pck_crls.processor holds the PCK CRL of the platform CA",
            changed(|json| json["pck_crls"]["processor"] = json["pck_crls"]["platform"].clone()),
        ),
        (
            "BUNDLE_TOO_LARGE",
            "33554432",
            Bundle::parse(&vec![b' '; MAX_BUNDLE + 1]),
        ),
    ];
    for (code, words, outcome) in cases {
        let error = outcome.expect_err(words);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error} lacks {words}");
    }
}

#[test]
fn a_response_is_laid_over_a_bundle_with_the_chain_of_its_kind() {
    let newer: forge::ForgeSpec = serde_json::from_str(
        r#"{"tcb_info":{"evaluation_number":99,"fmspc":"00606A000000"},"qe_identity":{"evaluation_number":99}}"#,
    )
    .unwrap();
    let newer = newer.build().collateral_json;
    let mut bundle = bundle_of(&forge::ForgeSpec::default().build().collateral_json).unwrap();
    for piece in ["tcb_info", "qe_identity", "pck_crl"] {
        let keys = bundle
            .overlay(bundle::response(&newer, piece).as_bytes())
            .unwrap();
        assert_eq!(keys.len(), 1, "{piece}");
    }
    let view = bundle.view();
    assert_eq!(view.fmspcs, 2);
    assert_eq!(view.tcb_evaluation_data_numbers.unwrap().greatest, 99);
    let verifier = cloud_witness::Verifier::with_root(&forge::root_der()).unwrap();
    for (key, findings) in verifier.check_bundle(&bundle, forge::AT) {
        assert!(findings.is_empty(), "{key}: {findings:?}");
    }
    // A whole document brings its own chains.
    assert_eq!(bundle.overlay(newer.as_bytes()).unwrap().len(), 4);
}

#[test]
fn a_crl_is_recognised_as_der_as_pem_and_as_hex() {
    let document = forge::ForgeSpec::default().build().collateral_json;
    let hex_text = bundle::response(&document, "pck_crl");
    let der = hex::decode(&hex_text).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &der);
    let pem = format!("-----BEGIN X509 CRL-----\n{base64}\n-----END X509 CRL-----\n");
    for file in [
        der.as_slice(),
        pem.as_bytes(),
        hex_text.as_bytes(),
        hex_text.to_uppercase().as_bytes(),
    ] {
        let mut bundle = bundle_of(&document).unwrap();
        assert_eq!(bundle.overlay(file).unwrap().len(), 1);
    }
}

#[test]
fn what_is_no_piece_is_not_laid_over() {
    let document = forge::ForgeSpec::default().build().collateral_json;
    let good = bundle_of(&document).unwrap();
    for (file, code) in [
        ("", "PIECE_UNRECOGNISED"),
        ("{}", "PIECE_UNRECOGNISED"),
        (
            r#"{"tcbInfo":{},"signature":""}"#,
            "BUNDLE_PIECE_UNREADABLE",
        ),
        (
            r#"{"tcbInfo":{},"enclaveIdentity":{},"signature":""}"#,
            "PIECE_UNRECOGNISED",
        ),
    ] {
        let mut bundle = good.clone();
        assert_eq!(
            bundle.overlay(file.as_bytes()).unwrap_err().code(),
            code,
            "{file}"
        );
        assert_eq!(bundle, good, "{file}");
    }
    let mut empty = Bundle::new(0, String::new());
    let alone = bundle::response(&document, "tcb_info");
    assert_eq!(
        empty.overlay(alone.as_bytes()).unwrap_err().code(),
        "PIECE_CHAIN_MISSING"
    );
}

#[test]
fn every_damaged_piece_is_found_before_it_is_used() {
    let verifier = cloud_witness::Verifier::with_root(&forge::root_der()).unwrap();
    let wrong = |spec: &str| -> Vec<String> {
        let spec: forge::ForgeSpec = serde_json::from_str(spec).unwrap();
        let bundle = bundle_of(&spec.build().collateral_json).unwrap();
        let mut wrong: Vec<String> = verifier
            .check_bundle(&bundle, forge::AT)
            .into_iter()
            .filter(|(_, findings)| !findings.is_empty())
            .map(|(key, findings)| {
                let codes: Vec<String> = findings
                    .iter()
                    .map(|finding| {
                        serde_json::to_value(finding.code)
                            .unwrap()
                            .as_str()
                            .unwrap()
                            .to_owned()
                    })
                    .collect();
                format!("{key}: {}", codes.join(" "))
            })
            .collect();
        wrong.sort();
        wrong
    };
    let of = |spec: &str| {
        let spec: forge::ForgeSpec = serde_json::from_str(spec).unwrap();
        let bundle = bundle_of(&spec.build().collateral_json).unwrap();
        verifier
            .check_bundle(&bundle, forge::AT)
            .into_iter()
            .find_map(|(_, findings)| Some(findings.first()?.detail.clone()))
            .unwrap()
    };
    assert!(of(r#"{"signatures":{"qe_identity":"flipped"}}"#).contains("the QE identity"));
    assert!(of(r#"{"signatures":{"tcb_info":"flipped"}}"#).contains("the TCB info"));
    let tcb = "TCB info for SGX f0f1f2f3f4f5";
    let qe = "QE identity for SGX";
    let pck = "PCK CRL of the platform CA";
    for (spec, expected) in [
        (r#"{}"#, vec![]),
        (
            r#"{"signatures":{"tcb_info":"flipped"}}"#,
            vec![format!("{tcb}: COLLATERAL_SIGNATURE_INVALID")],
        ),
        (
            r#"{"signatures":{"qe_identity":"flipped"}}"#,
            vec![format!("{qe}: COLLATERAL_SIGNATURE_INVALID")],
        ),
        (
            r#"{"signatures":{"pck_crl":"flipped"}}"#,
            vec![format!("{pck}: COLLATERAL_SIGNATURE_INVALID")],
        ),
        (
            r#"{"signatures":{"root_crl":"flipped"}}"#,
            vec!["root CA CRL: COLLATERAL_SIGNATURE_INVALID".to_owned()],
        ),
        (
            r#"{"signatures":{"pck_ca":"flipped"}}"#,
            vec![format!("{pck}: COLLATERAL_SIGNER_UNTRUSTED")],
        ),
        (
            r#"{"signatures":{"tcb_signer":"flipped"}}"#,
            vec![
                format!("{qe}: COLLATERAL_SIGNER_UNTRUSTED"),
                format!("{tcb}: COLLATERAL_SIGNER_UNTRUSTED"),
            ],
        ),
        (
            r#"{"revoked":["tcb_signer"]}"#,
            vec![
                format!("{qe}: COLLATERAL_SIGNER_REVOKED"),
                format!("{tcb}: COLLATERAL_SIGNER_REVOKED"),
            ],
        ),
        (
            r#"{"revoked":["pck_ca"]}"#,
            vec![format!("{pck}: COLLATERAL_SIGNER_REVOKED")],
        ),
        (
            r#"{"tcb_info":{"next_update":"2040-01-01T12:00:00Z"}}"#,
            vec![format!("{tcb}: COLLATERAL_EXPIRED")],
        ),
        (
            r#"{"qe_identity":{"issue_date":"2040-01-03T00:00:00Z"}}"#,
            vec![format!("{qe}: COLLATERAL_NOT_YET_VALID")],
        ),
        (
            r#"{"tcb_info":{"version":2}}"#,
            vec![format!("{tcb}: TCB_INFO_VERSION_UNSUPPORTED")],
        ),
    ] {
        assert_eq!(wrong(spec), expected, "{spec}");
    }
}

#[test]
fn intels_own_pieces_pass_under_intels_root_at_their_time() {
    let verifier = cloud_witness::Verifier::production();
    let bundle = bundle_of(&samples::collateral("sgx_quote")).unwrap();
    for (key, findings) in verifier.check_bundle(&bundle, samples::AT) {
        assert!(findings.is_empty(), "{key}: {findings:?}");
    }
}

#[test]
fn a_clean_clone_has_a_bundle_of_the_samples_that_says_how_old_it_is() {
    let bundle = samples::bundle();
    let view = bundle.view();
    assert_eq!((view.fmspcs, view.sgx, view.tdx), (3, 1, 2));
    assert!(view.from.contains("samples"));
    // October 2026, from the newest of the four sets.
    assert_eq!(
        cloud_witness::moment::rfc3339(view.fetched_at).get(..7),
        Some("2026-10")
    );
    let quote = samples::quote("tdx_quote_td15ex");
    let platform = platform_of(&quote).unwrap();
    assert!(
        bundle
            .select(platform.tee, platform.fmspc, platform.ca)
            .is_some()
    );
}
