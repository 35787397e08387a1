//! Bundles and service responses made from QuoteCollateralV3 documents, written by hand from
//! `docs/collateral.md`: what the core reads wrong in the same way as it writes, no test would find.

use serde_json::{Value, json};

/// When the bundles made here say that they were fetched: an hour before [`forge::AT`].
pub const FETCHED_AT: u64 = forge::AT - 3_600;

/// A bundle of these documents' pieces, each as it stands. Nothing is left out, so keys can repeat, except that
/// CRLs and QE identities of later documents count only where the earlier ones have none.
pub fn of(documents: &[String]) -> String {
    let mut chains: Vec<Value> = Vec::new();
    let mut chain = |pem: &Value| {
        let at = chains.iter().position(|known| known == pem);
        at.unwrap_or_else(|| {
            chains.push(pem.clone());
            chains.len() - 1
        })
    };
    let mut root_ca_crl = Value::Null;
    let mut pck_crls = json!({ "processor": null, "platform": null });
    let (mut tcb_infos, mut qe_identities) = (Vec::new(), Vec::<Value>::new());
    for document in documents {
        let document: Value = serde_json::from_str(document).expect("JSON");
        if root_ca_crl.is_null() {
            root_ca_crl = document["root_ca_crl"].clone();
        }
        let pck_chain = document["pck_crl_issuer_chain"].clone();
        let ca = if common_names(&document["pck_crl"]).contains("Processor CA") {
            "processor"
        } else {
            "platform"
        };
        if pck_crls[ca].is_null() {
            pck_crls[ca] = json!({ "crl": document["pck_crl"], "chain": chain(&pck_chain) });
        }
        let tcb_info: Value =
            serde_json::from_str(document["tcb_info"].as_str().unwrap()).expect("TCB info");
        let tee = if tcb_info["id"] == "TDX" {
            "tdx"
        } else {
            "sgx"
        };
        tcb_infos.push(json!({
            "tee": tee,
            "fmspc": tcb_info["fmspc"].as_str().unwrap().to_lowercase(),
            "body": document["tcb_info"],
            "signature": document["tcb_info_signature"],
            "chain": chain(&document["tcb_info_issuer_chain"]),
        }));
        let qe_identity: Value =
            serde_json::from_str(document["qe_identity"].as_str().unwrap()).expect("QE identity");
        let tee = if qe_identity["id"] == "TD_QE" {
            "tdx"
        } else {
            "sgx"
        };
        if !qe_identities.iter().any(|identity| identity["tee"] == tee) {
            qe_identities.push(json!({
                "tee": tee,
                "body": document["qe_identity"],
                "signature": document["qe_identity_signature"],
                "chain": chain(&document["qe_identity_issuer_chain"]),
            }));
        }
    }
    json!({
        "schema": 1,
        "kind": "cloud-witness collateral bundle",
        "fetched_at": FETCHED_AT,
        "from": "made for a test",
        "chains": chains,
        "root_ca_crl": root_ca_crl,
        "pck_crls": pck_crls,
        "tcb_infos": tcb_infos,
        "qe_identities": qe_identities,
    })
    .to_string()
}

/// One piece of a document as Intel's service gives it: a JSON response, or a CRL in hex as a PCCS gives it.
pub fn response(document: &str, piece: &str) -> String {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let text = |field: &str| document[field].as_str().unwrap().to_owned();
    match piece {
        "tcb_info" | "qe_identity" => {
            let member = if piece == "tcb_info" {
                "tcbInfo"
            } else {
                "enclaveIdentity"
            };
            format!(
                "{{\"{member}\":{},\"signature\":\"{}\"}}",
                text(piece),
                text(&format!("{piece}_signature"))
            )
        }
        "pck_crl" => text(piece),
        other => panic!("no piece {other}"),
    }
}

/// The readable strings in a DER, in hex.
fn common_names(der: &Value) -> String {
    String::from_utf8_lossy(&hex::decode(der.as_str().unwrap()).unwrap()).into_owned()
}
