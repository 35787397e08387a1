//! What Intel's service would answer, from pieces: bodies, media types, and issuer chains URL-encoded in headers.

use cloud_witness::Bundle;
use cloud_witness::collateral::piece::{Body, Key, Piece};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::standin::{Answers, Reply};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

pub const FMSPCS: &str = "/sgx/certification/v4/fmspcs";
pub const ROOT_CA_CRL: &str = "/IntelSGXRootCA.der";

/// The target that a piece is asked for by.
pub fn target(key: Key) -> String {
    match key {
        Key::RootCaCrl => ROOT_CA_CRL.to_owned(),
        Key::PckCrl(ca) => format!("/sgx/certification/v4/pckcrl?ca={}&encoding=der", ca.id()),
        Key::QeIdentity(tee) => format!("/{}/certification/v4/qe/identity", tee.word()),
        Key::TcbInfo(tee, fmspc) => format!(
            "/{}/certification/v4/tcb?fmspc={}",
            tee.word(),
            hex::encode(fmspc)
        ),
    }
}

/// The answer that carries a piece.
pub fn reply(piece: &Piece) -> Reply {
    let chain = piece
        .chain
        .as_ref()
        .map(|chain| utf8_percent_encode(&chain.pem, UNRESERVED).to_string());
    let (member, content_type, header) = match piece.key {
        Key::RootCaCrl => ("", "application/pkix-crl", ""),
        Key::PckCrl(_) => ("", "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain"),
        Key::QeIdentity(_) => (
            "enclaveIdentity",
            "application/json",
            "SGX-Enclave-Identity-Issuer-Chain",
        ),
        Key::TcbInfo(..) => ("tcbInfo", "application/json", "TCB-Info-Issuer-Chain"),
    };
    let body = match &piece.body {
        Body::Crl { der, .. } => der.clone(),
        Body::Document {
            text, signature, ..
        } => format!(
            "{{\"{member}\":{text},\"signature\":\"{}\"}}",
            hex::encode(signature)
        )
        .into_bytes(),
    };
    let reply = Reply {
        body,
        ..Reply::status(200)
    }
    .with("Content-Type", content_type);
    match chain {
        Some(chain) => reply.with(header, &chain),
        None => reply,
    }
}

/// Intel's service with these pieces, its list of FMSPCs included.
pub fn intel(pieces: &Bundle) -> Answers {
    let mut answers: Answers = pieces
        .pieces()
        .map(|piece| (target(piece.key), vec![reply(piece)]))
        .collect();
    let mut fmspcs: Vec<String> = pieces
        .pieces()
        .filter_map(|piece| match piece.key {
            Key::TcbInfo(_, fmspc) => Some(hex::encode_upper(fmspc)),
            _ => None,
        })
        .collect();
    fmspcs.sort();
    fmspcs.dedup();
    let list: Vec<String> = fmspcs
        .iter()
        .map(|fmspc| format!("{{\"fmspc\":\"{fmspc}\",\"platform\":\"E5\"}}"))
        .collect();
    let list = Reply {
        body: format!("[{}]", list.join(",")).into_bytes(),
        ..Reply::status(200)
    };
    answers.insert(
        FMSPCS.to_owned(),
        vec![list.with("Content-Type", "application/json")],
    );
    answers
}

/// A PCCS with these pieces: no list, CRLs in hex, the older header's name, the root CA's CRL among the others.
pub fn pccs(pieces: &Bundle) -> Answers {
    let mut answers = intel(pieces);
    answers.remove(FMSPCS);
    for piece in pieces.pieces() {
        let replies = answers.get_mut(&target(piece.key)).unwrap();
        if let Body::Crl { der, .. } = &piece.body {
            replies[0].body = hex::encode(der).into_bytes();
        }
        if matches!(piece.key, Key::TcbInfo(..)) {
            let (_, chain) = replies[0]
                .headers
                .iter()
                .find(|(name, _)| name == "TCB-Info-Issuer-Chain")
                .cloned()
                .unwrap();
            replies[0] = replies[0]
                .clone()
                .without("TCB-Info-Issuer-Chain")
                .with("SGX-TCB-Info-Issuer-Chain", &chain);
        }
    }
    let root = answers.remove(ROOT_CA_CRL).unwrap();
    answers.insert("/sgx/certification/v4/rootcacrl".to_owned(), root);
    answers
}
