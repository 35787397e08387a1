//! An engine of somebody else's (dcap-qvl) accepts what the forge makes right, and refuses what it makes wrong, for the
//! reason that was meant.

use dcap_qvl::QuoteCollateralV3;
use dcap_qvl::configs::RustCryptoConfig;
use dcap_qvl::verify::{QuoteVerifier, VerifiedReport};
use forge::{AT, ForgeSpec, Forged};

const KINDS: [&str; 5] = ["sgx", "tdx10", "tdx10v5", "tdx15", "tdx15ex"];

fn spec(json: &str) -> ForgeSpec {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn verify(forged: &Forged) -> Result<VerifiedReport, String> {
    let collateral: QuoteCollateralV3 =
        serde_json::from_str(&forged.collateral_json).map_err(|error| error.to_string())?;
    QuoteVerifier::<RustCryptoConfig>::new_with_config(forge::root_der())
        .verify(&forged.quote, &collateral, AT)
        .map_err(|error| format!("{error:#}"))
}

/// Every specification gives the status.
fn give(status: &str, specs: &[&str]) {
    for json in specs {
        let report = verify(&spec(json).build()).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(report.status, status, "{json}");
    }
}

/// Every specification is refused, with a message that holds its text.
fn refused(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (json, reason) in cases {
        match verify(&spec(json).build()) {
            Ok(report) => wrong.push(format!("{json} is accepted: {}", report.status)),
            Err(error) if error.contains(reason) => {}
            Err(error) => wrong.push(format!("{json}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_is_up_to_date() {
    for kind in KINDS {
        for ca in ["platform", "processor"] {
            let forged = spec(&format!(r#"{{"tee":"{kind}","ca":"{ca}"}}"#)).build();
            let report = verify(&forged).unwrap_or_else(|error| panic!("{kind}, {ca}: {error}"));
            assert_eq!(report.status, "UpToDate", "{kind}, {ca}");
            assert!(report.advisory_ids.is_empty(), "{kind}, {ca}");
            assert_eq!(report.ppid, forged.ppid, "{kind}, {ca}");
            assert_eq!(report.ppid.len(), 16, "{kind}, {ca}");
        }
    }
}

#[test]
fn the_challenge_is_report_data() {
    for kind in KINDS {
        let json = format!(r#"{{"tee":"{kind}","challenge":"48656C6c6f"}}"#);
        let report = verify(&spec(&json).build()).unwrap().report;
        let report_data = match report.as_td10() {
            Some(td) => td.report_data,
            None => report.as_sgx().unwrap().report_data,
        };
        assert_eq!(report_data[..6], *b"Hello\0", "{kind}");
        assert_eq!(report_data[5..], [0; 59], "{kind}");
    }
}

#[test]
fn any_moment_of_the_windows_is_good() {
    let forged = ForgeSpec::default().build();
    let collateral: QuoteCollateralV3 = serde_json::from_str(&forged.collateral_json).unwrap();
    let verifier = QuoteVerifier::<RustCryptoConfig>::new_with_config(forged.root_der);
    let good = |at| verifier.verify(&forged.quote, &collateral, at).is_ok();
    let day = 86_400;
    assert!(good(AT - day) && good(AT + 29 * day - 1));
    assert!(!good(AT - day - 1) && !good(AT + 29 * day + 1));
}

#[test]
fn statuses() {
    for status in [
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded",
    ] {
        for kind in KINDS {
            give(
                status,
                &[&format!(r#"{{"tee":"{kind}","tcb_status":"{status}"}}"#)],
            );
        }
    }
    give(
        "OutOfDate",
        &[
            r#"{"qe_tcb_status":"OutOfDate"}"#,
            r#"{"qe":{"isv_svn":6}}"#,
            r#"{"tcb_info":{"levels":[{"sgx":"0404","pce_svn":1,"status":"OutOfDate","advisories":["INTEL-SA-1"]}]}}"#,
            r#"{"tee":"tdx10","tdx_module_status":"OutOfDate"}"#,
            r#"{"tee":"tdx10","td":{"tee_tcb_svn":"060104"}}"#,
            r#"{"pck":{"cpu_svn":"02020202020100050000000000000000","pce_svn":11}}"#,
        ],
    );
    give(
        "SWHardeningNeeded",
        &[
            r#"{"pck":{"cpu_svn":"04040202030100050000000000000000"}}"#,
            r#"{"tee":"tdx10","td":{"tee_tcb_svn":"0b0103"}}"#,
        ],
    );
    give(
        "UpToDate",
        &[
            r#"{"tee":"tdx15","td":{"tee_tcb_svn":"050304"}}"#,
            r#"{"tee":"tdx15","td":{"tee_tcb_svn":"050004"}}"#,
        ],
    );
    give(
        "TDRelaunchAdvised",
        &[
            r#"{"tee":"tdx15","td":{"tee_tcb_svn":"060104"}}"#,
            r#"{"tee":"tdx15ex","td":{"tee_tcb_svn":"030304"}}"#,
        ],
    );
    give(
        "TDRelaunchAdvisedConfigurationNeeded",
        &[r#"{"tee":"tdx15","tcb_status":"ConfigurationNeeded","td":{"tee_tcb_svn":"060104"}}"#],
    );
    refused(&[
        (r#"{"tcb_status":"Revoked"}"#, "Revoked"),
        (r#"{"qe_tcb_status":"Revoked"}"#, "Revoked"),
        (
            r#"{"tee":"tdx10","tdx_module_status":"Revoked"}"#,
            "Revoked",
        ),
        (r#"{"tcb_status":"Splendid"}"#, "unknown variant"),
        (
            r#"{"tcb_status":"TDRelaunchAdvised"}"#,
            "Unrecognized TCB status",
        ),
        (r#"{"no_matching_level":true}"#, "No matching TCB level"),
        (
            r#"{"tee":"tdx15","td":{"tee_tcb_svn2":"0b0101"}}"#,
            "TEE_TCB_SVN2",
        ),
    ]);
}

#[test]
fn advisories() {
    let json = r#"{"tee":"tdx10","advisories":["INTEL-SA-1"],"qe_advisories":["INTEL-SA-2"],
        "tdx_module_advisories":["INTEL-SA-3"]}"#;
    let mut advisories = verify(&spec(json).build()).unwrap().advisory_ids;
    advisories.sort();
    assert_eq!(advisories, ["INTEL-SA-1", "INTEL-SA-2", "INTEL-SA-3"]);
}

#[test]
fn broken_signatures() {
    let reasons = [
        ("pck_ca", "Failed to verify certificate chain"),
        ("pck", "Failed to verify certificate chain"),
        ("tcb_signer", "Failed to verify certificate chain"),
        ("tcb_info", "Signature is invalid for tcb_info"),
        ("qe_identity", "Signature is invalid for qe_identity"),
        ("root_crl", "root CA CRL"),
        ("pck_crl", "InvalidCrlSignature"),
        ("qe_report", "Signature is invalid for qe_report"),
        ("quote", "ISV enclave report signature is invalid"),
    ];
    for kind in KINDS {
        for (signature, reason) in reasons {
            for how in ["flipped", "other_key", "zero"] {
                let json = format!(r#"{{"tee":"{kind}","signatures":{{"{signature}":"{how}"}}}}"#);
                refused(&[(&json, reason)]);
            }
        }
    }
}

#[test]
fn malleated_signatures_are_as_good() {
    for signature in [
        "root",
        "pck_ca",
        "pck",
        "tcb_signer",
        "tcb_info",
        "qe_identity",
        "root_crl",
        "pck_crl",
        "qe_report",
        "quote",
    ] {
        let json = format!(r#"{{"signatures":{{"{signature}":"malleated"}}}}"#);
        give("UpToDate", &[&json]);
        let (sound, malleated) = (ForgeSpec::default().build(), spec(&json).build());
        assert!(sound != malleated, "{signature}");
    }
}

#[test]
fn the_pki() {
    refused(&[
        (r#"{"root":"other"}"#, "root CA CRL"),
        (
            r#"{"certificates":{"pck_ca":{"issuer":"other_root"}},"chains":{"quote":["pck","pck_ca","other_root"]}}"#,
            "InvalidSignatureForPublicKey",
        ),
        (
            r#"{"certificates":{"pck":{"issuer":"other_pck_ca"}}}"#,
            "UnknownIssuer",
        ),
        (
            r#"{"certificates":{"pck":{"issuer_cn":"Intel SGX PCK Processor CA"}}}"#,
            "UnknownIssuer",
        ),
        (
            r#"{"certificates":{"pck":{"not_after":"2040-01-01T23:59:59Z"}}}"#,
            "Expired",
        ),
        (
            r#"{"certificates":{"pck_ca":{"not_after":"2040-01-01T23:59:59Z"}}}"#,
            "Expired",
        ),
        (
            r#"{"certificates":{"tcb_signer":{"not_after":"2040-01-01T23:59:59Z"}}}"#,
            "Expired",
        ),
        (
            r#"{"certificates":{"pck":{"not_before":"2040-01-02T00:00:01Z"}}}"#,
            "NotValidYet",
        ),
        (
            r#"{"certificates":{"pck_ca":{"not_before":"2050-01-02T00:00:01Z","not_after":"2051-01-01T00:00:00Z"}}}"#,
            "NotValidYet",
        ),
        (
            r#"{"certificates":{"pck_ca":{"ca":false}}}"#,
            "EndEntityUsedAsCa",
        ),
        (
            r#"{"certificates":{"pck_ca":{"key_usage":4}}}"#,
            "IssuerNotCrlSigner",
        ),
        (
            r#"{"certificates":{"pck":{"extensions_added":[{"oid":"1.2.3","critical":true,"value":"0500"}]}}}"#,
            "UnsupportedCriticalExtension",
        ),
        (
            r#"{"certificates":{"pck":{"extensions_absent":["1.2.840.113741.1.13.1"]}}}"#,
            "Intel extension not found",
        ),
        (r#"{"chains":{"quote":["pck"]}}"#, "UnknownIssuer"),
        (
            r#"{"chains":{"quote":["other_pck","pck_ca","root"]}}"#,
            "Signature is invalid for qe_report",
        ),
        (
            r#"{"chains":{"tcb_info":["pck","pck_ca","root"]},"tcb_info":{"signer":"pck"}}"#,
            "issued directly by the root CA",
        ),
        (
            r#"{"chains":{"pck_certificate":["other_pck","pck_ca","root"]}}"#,
            "Signature is invalid for qe_report",
        ),
    ]);
    give(
        "UpToDate",
        &[
            r#"{"chains":{"quote":["pck","pck_ca"]}}"#,
            r#"{"chains":{"quote":["pck","pck_ca","root","other_root"]}}"#,
            r#"{"chains":{"quote":["pck","root","pck_ca"]}}"#,
            r#"{"chains":{"pck_certificate":["pck","pck_ca","root"]}}"#,
            // The engine believes the collateral's chain, and so one machine's quote can show another's certificate.
            r#"{"chains":{"quote":["other_pck","pck_ca","root"],"pck_certificate":["pck","pck_ca","root"]}}"#,
            r#"{"certificates":{"pck":{"subject_cn":"Somebody"}}}"#,
            r#"{"certificates":{"pck_ca":{"subject_cn":"Intel SGX PCK Garden CA"}}}"#,
            r#"{"certificates":{"root":{"not_after":"2030-01-01T00:00:00Z"}}}"#,
        ],
    );
}

#[test]
fn revocation() {
    refused(&[
        (r#"{"revoked":["pck"]}"#, "CertRevoked"),
        (r#"{"revoked":["pck_ca"]}"#, "CertRevoked"),
        (r#"{"revoked":["tcb_signer"]}"#, "CertRevoked"),
        (r#"{"revoked":["root"]}"#, "CertRevoked"),
        (
            r#"{"crls":{"pck":{"next_update":"2040-01-01T23:59:59Z"}}}"#,
            "CrlExpired",
        ),
        (
            r#"{"crls":{"root":{"next_update":"2040-01-01T23:59:59Z"}}}"#,
            "CrlExpired",
        ),
        (
            r#"{"crls":{"pck":{"issuer":"other_pck_ca"}}}"#,
            "UnknownRevocationStatus",
        ),
        (
            r#"{"crls":{"pck":{"issuer_cn":"Intel SGX PCK Processor CA"}}}"#,
            "UnknownRevocationStatus",
        ),
        (
            r#"{"crls":{"pck":{"next_update_absent":true}}}"#,
            "Failed to parse PCK CRL",
        ),
    ]);
    give(
        "UpToDate",
        &[
            r#"{"revoked":["other_pck"]}"#,
            r#"{"crls":{"root":{"revoked_serials":["00ff"],"number":7}}}"#,
        ],
    );
}

#[test]
fn collateral() {
    refused(&[
        (
            r#"{"collateral_next_update":"2040-01-01T23:59:59Z"}"#,
            "xpired",
        ),
        (
            r#"{"tcb_info":{"next_update":"2040-01-01T23:59:59Z"}}"#,
            "TCBInfo expired",
        ),
        (
            r#"{"tcb_info":{"issue_date":"2040-01-02T00:00:01Z"}}"#,
            "TCBInfo issue date is in the future",
        ),
        (
            r#"{"qe_identity":{"next_update":"2040-01-01T23:59:59Z"}}"#,
            "QE Identity expired",
        ),
        (
            r#"{"qe_identity":{"issue_date":"2040-01-02T00:00:01Z"}}"#,
            "QE Identity issue date is in the future",
        ),
        (r#"{"tcb_info":{"fmspc":"F0F1F2F3F4F6"}}"#, "Fmspc mismatch"),
        (r#"{"tcb_info":{"id":"TDX"}}"#, "non-SGX TCB info"),
        (r#"{"tcb_info":{"version":2}}"#, "Failed to decode TcbInfo"),
        (
            r#"{"tcb_info":{"json":{"tcbLevels":null}}}"#,
            "Failed to decode TcbInfo",
        ),
        (
            r#"{"tcb_info":{"text":"not JSON"}}"#,
            "Failed to decode TcbInfo",
        ),
        (
            r#"{"collateral_tee":"tdx10"}"#,
            "Unsupported QE Identity id",
        ),
        (
            r#"{"tee":"tdx10","collateral_tee":"sgx"}"#,
            "Unsupported QE Identity id",
        ),
        (
            r#"{"qe_identity":{"id":"QVE"}}"#,
            "Unsupported QE Identity id",
        ),
        (
            r#"{"qe_identity":{"version":1}}"#,
            "Unsupported QE Identity id",
        ),
        (
            r#"{"qe_identity":{"mrsigner":"0000000000000000000000000000000000000000000000000000000000000000"}}"#,
            "QE MRSIGNER mismatch",
        ),
        (
            r#"{"qe_identity":{"isvprodid":3}}"#,
            "QE ISVPRODID mismatch",
        ),
        (
            r#"{"qe_identity":{"miscselect":"01000000"}}"#,
            "QE MISCSELECT mismatch",
        ),
        (
            r#"{"qe_identity":{"attributes":"19000000000000000000000000000000"}}"#,
            "QE ATTRIBUTES mismatch",
        ),
        (
            r#"{"qe_identity":{"levels":[{"isvsvn":9,"status":"UpToDate"}]}}"#,
            "below minimum",
        ),
        (r#"{"collateral_raw":{"pck_crl":"zz"}}"#, "nvalid"),
        (r#"{"collateral_raw":{"pck_crl":null}}"#, "missing field"),
    ]);
    give(
        "UpToDate",
        &[
            r#"{"tcb_info":{"evaluation_number":17},"qe_identity":{"evaluation_number":18}}"#,
            r#"{"tcb_info":{"tcb_type":5}}"#,
            r#"{"tcb_info":{"pce_id":"0001"}}"#,
        ],
    );
}

#[test]
fn enclaves_and_tds() {
    refused(&[
        (r#"{"debug":true}"#, "Debug mode"),
        (r#"{"tee":"tdx10","debug":true}"#, "Debug mode"),
        (
            r#"{"tee":"tdx10v5","td":{"profiling":true}}"#,
            "TD profiling",
        ),
        (
            r#"{"tee":"tdx15","td":{"migratable":true}}"#,
            "TD migration",
        ),
        (
            r#"{"tee":"tdx15ex","td":{"servtd_ext":true}}"#,
            "SERVTD_EXT",
        ),
        (
            r#"{"tee":"tdx15","td":{"sept_ve_disable":false}}"#,
            "SEPT_VE_DISABLE",
        ),
        (
            r#"{"tee":"tdx15","td":{"flip_attribute_bits":[32]}}"#,
            "Reserved bits",
        ),
        (
            r#"{"tee":"tdx15","td":{"mr_service_td":"01"}}"#,
            "MR service TD",
        ),
        (
            r#"{"tee":"tdx10","td":{"mr_signer_seam":"01"}}"#,
            "TDX module MRSIGNER",
        ),
        (
            r#"{"tee":"tdx10","td":{"seam_attributes":"01"}}"#,
            "TDX module SEAMATTRIBUTES",
        ),
        (r#"{"tee":"tdx10","td":{"tee_tcb_svn":"0b0204"}}"#, "TDX_02"),
    ]);
    give(
        "UpToDate",
        &[
            r#"{"sgx":{"init":false}}"#,
            r#"{"sgx":{"mr_enclave":"aa","mr_signer":"bb","isv_svn":3}}"#,
            r#"{"tee":"tdx10","td":{"flip_attribute_bits":[30,63]}}"#,
        ],
    );
}

#[test]
fn the_quoting_enclave() {
    refused(&[
        (r#"{"qe":{"binding":"other_key"}}"#, "QE report hash"),
        (r#"{"qe":{"binding":"other_auth_data"}}"#, "QE report hash"),
        (r#"{"qe":{"binding":"zero"}}"#, "QE report hash"),
        (r#"{"qe":{"auth_data":""}}"#, "QE auth data length"),
        (r#"{"qe":{"auth_data":"aabb"}}"#, "QE auth data length"),
        (r#"{"qe":{"mr_signer":"aa"}}"#, "QE MRSIGNER mismatch"),
        (r#"{"qe":{"isv_prod_id":2}}"#, "QE ISVPRODID mismatch"),
        (r#"{"qe":{"misc_select":1}}"#, "QE MISCSELECT mismatch"),
        (r#"{"qe":{"isv_svn":4}}"#, "below minimum"),
        (r#"{"qe":{"debug":true}}"#, "QE report validation"),
        (
            r#"{"qe":{"attributes":"14000000000000000000000000000000"}}"#,
            "QE ATTRIBUTES mismatch",
        ),
    ]);
}

#[test]
fn the_platform() {
    refused(&[
        (r#"{"pck":{"absent":["1"]}}"#, "missing"),
        (r#"{"pck":{"absent":["2.18"]}}"#, "OID is missing"),
        (r#"{"pck":{"fmspc":"f0f1f2f3f4"}}"#, "Fmspc length mismatch"),
        (
            r#"{"pck":{"extensions":"0500"}}"#,
            "Failed to load sequence",
        ),
        (r#"{"pck":{"extensions_count":2}}"#, "more than once"),
    ]);
    give(
        "UpToDate",
        &[
            r#"{"pck":{"ppid":""}}"#,
            r#"{"pck":{"ppid":"0102030405060708090a0b0c0d0e0f"}}"#,
            r#"{"pck":{"der":{"1":"0c03616263"}}}"#,
            r#"{"pck":{"again":{"1":"0401aa"}}}"#,
            r#"{"pck":{"components":[1,2,3]}}"#,
            r#"{"pck":{"smt_enabled":false,"cached_keys":false,"dynamic_platform":false}}"#,
        ],
    );
    let short = spec(r#"{"pck":{"ppid":"0102"}}"#).build();
    assert_eq!(verify(&short).unwrap().ppid, [1, 2]);
}

#[test]
fn the_layout() {
    refused(&[
        (
            r#"{"header":{"qe_vendor_id":"00"}}"#,
            "Unknown QE vendor ID",
        ),
        (r#"{"header":{"version":2}}"#, "Unsupported quote version"),
        (
            r#"{"header":{"attestation_key_type":3}}"#,
            "Unsupported DCAP attestation key type",
        ),
        (r#"{"header":{"tee_type":129}}"#, "Failed to decode quote"),
        (r#"{"tee":"sgx_v4"}"#, "SGX TEE quote must have version 3"),
        (r#"{"tee":"sgx_v5"}"#, "SGX TEE quote must have version 3"),
        (
            r#"{"tee":"tdx15","layout":{"body_type":7}}"#,
            "Failed to decode quote",
        ),
        (
            r#"{"tee":"tdx15","layout":{"body_length":584}}"#,
            "Failed to decode quote",
        ),
        (
            r#"{"layout":{"auth_data_length":99999}}"#,
            "Failed to decode quote",
        ),
        (
            r#"{"layout":{"inner_length":99999}}"#,
            "Failed to decode quote",
        ),
        (r#"{"layout":{"cut_at":4000}}"#, "Failed to decode quote"),
        (
            r#"{"layout":{"patch":[{"at":60,"hex":"ffff"}]}}"#,
            "ISV enclave report signature",
        ),
    ]);
    for number in [1, 2, 3, 4, 6, 7] {
        let json = format!(r#"{{"layout":{{"inner_type":{number}}}}}"#);
        refused(&[(&json, "Unsupported DCAP PCK cert format")]);
        let json = format!(r#"{{"tee":"tdx10","layout":{{"inner_type":{number}}}}}"#);
        refused(&[(&json, "Unsupported DCAP PCK cert format")]);
    }
    give(
        "UpToDate",
        &[
            r#"{"layout":{"trailing_zeros":4096,"trailing":"01"}}"#,
            r#"{"layout":{"after_auth_data":"ffff"}}"#,
            r#"{"layout":{"after_pck_chain":"ffff"}}"#,
            r#"{"tee":"tdx10","layout":{"after_inner":"ffff","after_auth_data":"ffff"}}"#,
            r#"{"tee":"tdx10","layout":{"outer_type":5,"outer_content":6}}"#,
        ],
    );
}
