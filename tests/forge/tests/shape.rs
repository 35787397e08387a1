//! What the forge writes has the shape that Intel gives it, strictly, and is always the same.

use der::{Decode, Encode};
use forge::{ForgeSpec, Forged};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;

fn build(json: &str) -> Forged {
    let spec: ForgeSpec = serde_json::from_str(json).unwrap();
    spec.build()
}

fn collateral(forged: &Forged) -> serde_json::Value {
    serde_json::from_str(&forged.collateral_json).unwrap()
}

#[test]
fn the_same_specification_gives_the_same_bytes() {
    for kind in ["sgx", "tdx15ex"] {
        let json = format!(r#"{{"tee":"{kind}","signatures":{{"quote":"malleated"}}}}"#);
        assert_eq!(build(&json), build(&json));
    }
    assert!(build("{}") != build(r#"{"machine":"machine 2"}"#));
}

/// Vectors and their test-only wasm stand on this root. If it has to change, they all change.
#[test]
fn the_root_is_pinned() {
    let root = forge::root_der();
    assert_eq!(
        hex::encode(Sha256::digest(&root)),
        "375863e2247c3b39376247ee9d0c85799ed62d69c68a701107083773d5a58c40"
    );
    assert_eq!(build("{}").root_der, root);
    assert!(build(r#"{"root":"other"}"#).root_der != root);
}

/// The values of a real machine give its real SGX extensions: those in the PCK certificate of the sample `tdx_quote`
/// that dcap-qvl ships, 554 bytes, by their hash.
#[test]
fn real_values_give_real_sgx_extensions() {
    let forged = build(
        r#"{"pck":{"ppid":"811dca2a26b952e85bb6448b097ba4fd","cpu_svn":"03030202040100050000000000000000",
            "pce_svn":11,"fmspc":"b0c06f000000","platform_instance_id":"07828474603e7019dc930775ffe8cdd2"}}"#,
    );
    assert_eq!(forged.sgx_extensions_der.len(), 554);
    assert_eq!(
        hex::encode(Sha256::digest(&forged.sgx_extensions_der)),
        "3c17fc966c5d41f242ba88f9eb7b4a6cc0bac19188807d73a0233d4b9c15c32c"
    );
}

/// Likewise of the sample `sgx_quote`, from the Processor CA.
#[test]
fn real_values_give_real_sgx_extensions_under_the_processor_ca() {
    let forged = build(
        r#"{"ca":"processor","pck":{"ppid":"d04ec06d4e6d92dc90d0ad3cf5ee2ddf",
            "cpu_svn":"0b0b0202ff0100000000000000000000","pce_svn":13,"fmspc":"00a067110000"}}"#,
    );
    let expected = "308201C1301E060A2A864886F84D010D01010410D04EC06D4E6D92DC90D0AD3CF5EE2DDF308201640\
        60A2A864886F84D010D0102308201543010060B2A864886F84D010D01020102010B3010060B2A864886F84D010D010202";
    assert_eq!(forged.sgx_extensions_der.len(), 453);
    assert!(hex::encode_upper(&forged.sgx_extensions_der).starts_with(expected));
}

#[test]
fn certificates_are_strict_der() {
    for ca in ["platform", "processor"] {
        let forged = build(&format!(r#"{{"ca":"{ca}"}}"#));
        let collateral = collateral(&forged);
        let chains = ["pck_crl_issuer_chain", "tcb_info_issuer_chain"];
        let chains = chains.map(|name| collateral[name].as_str().unwrap().to_owned());
        let listed = pem::parse_many(chains.concat()).unwrap();
        assert_eq!(listed.len(), 4);
        let all = listed.iter().map(|pem| pem.contents().to_vec());
        for der in all.chain([forged.pck_leaf_der]) {
            let certificate = Certificate::from_der(&der).unwrap();
            assert_eq!(certificate.to_der().unwrap(), der);
        }
    }
}

#[test]
fn crls_are_strict_der() {
    let forged = build("{}");
    let collateral = collateral(&forged);
    for (name, entries) in [("root_ca_crl", 0), ("pck_crl", 2)] {
        let der = hex::decode(collateral[name].as_str().unwrap()).unwrap();
        let crl: CertificateList = CertificateList::from_der(&der).unwrap();
        assert_eq!(crl.to_der().unwrap(), der);
        let revoked = crl.tbs_cert_list.revoked_certificates;
        assert_eq!(revoked.map_or(0, |list| list.len()), entries);
    }
}

#[test]
fn names_and_windows_are_intels() {
    let forged = build("{}");
    let leaf = Certificate::from_der(&forged.pck_leaf_der).unwrap();
    let leaf = leaf.tbs_certificate();
    assert_eq!(
        leaf.subject().to_string(),
        "C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=Intel SGX PCK Certificate"
    );
    assert_eq!(
        leaf.issuer().to_string(),
        "C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=Intel SGX PCK Platform CA"
    );
    let validity = leaf.validity();
    assert_eq!(validity.not_before.to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(validity.not_after.to_string(), "2049-12-31T23:59:59Z");
}

#[test]
fn json_is_compact_and_in_intels_order() {
    let forged = build(r#"{"tee":"tdx10"}"#);
    let collateral = collateral(&forged);
    let tcb_info = collateral["tcb_info"].as_str().unwrap();
    assert!(tcb_info.starts_with(
        r#"{"id":"TDX","version":3,"issueDate":"2040-01-01T00:00:00Z","nextUpdate":"2040-01-31T00:00:00Z","fmspc":"F0F1F2F3F4F5","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":20,"tdxModule":{"mrsigner":"000000"#
    ));
    assert!(tcb_info.contains(
        r#"],"tcbLevels":[{"tcb":{"sgxtcbcomponents":[{"svn":4,"category":"BIOS","type":"Early Microcode Update"},"#
    ));
    let qe_identity = collateral["qe_identity"].as_str().unwrap();
    assert!(qe_identity.starts_with(
        r#"{"id":"TD_QE","version":2,"issueDate":"2040-01-01T00:00:00Z","nextUpdate":"2040-01-31T00:00:00Z","tcbEvaluationDataNumber":20,"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":""#
    ));
}

#[test]
fn quotes_have_intels_lengths() {
    let header = 48;
    for (kind, version, body) in [
        ("sgx", 3, 384),
        ("sgx_v4", 4, 384),
        ("sgx_v5", 5, 6 + 384),
        ("tdx10", 4, 584),
        ("tdx10v5", 5, 6 + 584),
        ("tdx15", 5, 6 + 648),
        ("tdx15ex", 5, 6 + 885),
    ] {
        let quote = build(&format!(r#"{{"tee":"{kind}"}}"#)).quote;
        assert_eq!(quote[..2], u16::to_le_bytes(version), "{kind}");
        let length: [u8; 4] = quote[header + body..][..4].try_into().unwrap();
        let rest = quote.len() - header - body - 4;
        assert_eq!(u32::from_le_bytes(length) as usize, rest, "{kind}");
        assert!(quote.ends_with(b"-----END CERTIFICATE-----\n\0"), "{kind}");
    }
}

#[test]
fn version_2_of_tcb_info_names_components_singly() {
    let forged = build(r#"{"tcb_info":{"version":2}}"#);
    let collateral = collateral(&forged);
    let tcb_info = collateral["tcb_info"].as_str().unwrap();
    assert!(tcb_info.starts_with(r#"{"version":2,"issueDate""#));
    assert!(tcb_info.contains(r#""tcbLevels":[{"tcb":{"sgxtcbcomp01svn":4,"sgxtcbcomp02svn":4,"#));
    assert!(tcb_info.contains(r#""sgxtcbcomp16svn":0,"pcesvn":13},"tcbDate""#));
}

#[test]
fn a_specification_with_an_unknown_field_is_refused() {
    for json in [
        r#"{"debugg":true}"#,
        r#"{"td":{"debug":true}}"#,
        r#"{"challenge":"0"}"#,
    ] {
        assert!(serde_json::from_str::<ForgeSpec>(json).is_err(), "{json}");
    }
}
