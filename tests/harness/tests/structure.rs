//! The strict structure of quotes, over real samples and every forged kind.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use cloud_witness::code::Code;
use cloud_witness::quote::Quote;
use parity_scale_codec::Encode as _;

fn quotes() -> Vec<(String, Vec<u8>)> {
    let samples = [
        "sgx_quote",
        "tdx_quote",
        "tdx_quote_outdated",
        "tdx_quote_td15ex",
    ]
    .map(|name| (name.to_owned(), harness::samples::quote(name)));
    let forged = ["sgx", "tdx10", "tdx10v5", "tdx15", "tdx15ex"].map(|tee| {
        let spec: forge::ForgeSpec =
            serde_json::from_value(serde_json::json!({ "tee": tee })).unwrap();
        (tee.to_owned(), spec.build().quote)
    });
    samples.into_iter().chain(forged).collect()
}

#[test]
fn o07_every_byte_of_a_quote_belongs_to_exactly_one_field() {
    for (name, bytes) in quotes() {
        let view = Quote::parse(&bytes).unwrap().view();
        let mut at = 0;
        for field in &view.fields {
            assert_eq!(field.offset, at, "{name}: {}", field.name);
            at += field.length;
        }
        assert_eq!(at, view.length, "{name}");
        assert_eq!(at + view.trailing_zeros, bytes.len(), "{name}");
    }
}

#[test]
fn o07_the_engines_own_encoding_of_a_quote_is_its_canonical_form() {
    for (name, bytes) in quotes() {
        let ours = Quote::parse(&bytes).unwrap();
        let engines = dcap_qvl::quote::Quote::parse(&bytes).unwrap();
        assert_eq!(engines.encode(), ours.canonical(), "{name}");
        assert_eq!(engines.signed_length(), ours.signed_bytes().len(), "{name}");
    }
}

#[test]
fn o07_a_quote_cut_at_every_length_is_truncated_and_says_where() {
    for (name, bytes) in quotes() {
        let whole = Quote::parse(&bytes).unwrap().canonical().len();
        for length in 0..whole {
            let error = Quote::parse(&bytes[..length]).unwrap_err();
            assert_eq!(error.code(), Code::QuoteTruncated, "{name} cut at {length}");
            assert!(error.offset() <= length, "{name} cut at {length}");
        }
        for length in whole..=bytes.len() {
            assert!(
                Quote::parse(&bytes[..length]).is_ok(),
                "{name} cut at {length}"
            );
        }
    }
}

#[test]
fn o12_the_sample_has_the_published_check_values() {
    let bytes = harness::samples::quote("tdx_quote");
    let quote = Quote::parse(&bytes).unwrap();
    let chain = cloud_witness::identity::PckChain::parse(quote.pck_chain()).unwrap();
    let identity = cloud_witness::identity::PckIdentity::parse(&chain.pck).unwrap();
    let ca = cloud_witness::identity::PckCa::of(&chain.pck).unwrap();
    let ids: Vec<(&str, String)> = identity
        .view(ca, quote.tee())
        .machine_ids
        .into_iter()
        .map(|id| (id.scheme, id.id))
        .collect();
    assert_eq!(
        ids,
        [
            ("ppid", "811dca2a26b952e85bb6448b097ba4fd".to_owned()),
            (
                "sgx_extensions_sha256",
                "3c17fc966c5d41f242ba88f9eb7b4a6cc0bac19188807d73a0233d4b9c15c32c".to_owned()
            ),
            (
                "charter",
                "intel:tdx:ppid:811dca2a26b952e85bb6448b097ba4fd".to_owned()
            ),
        ]
    );
}

#[test]
fn o11_the_identity_shows_what_the_certificate_says() {
    for (ca, instance) in [("platform", true), ("processor", false)] {
        let spec: forge::ForgeSpec = serde_json::from_value(serde_json::json!({
            "ca": ca,
            "pck": { "pce_id": "0102", "platform_instance_id": instance.then(|| "17".repeat(16)) },
        }))
        .unwrap();
        let forged = spec.build();
        let mut request =
            cloud_witness::Request::new(&forged.quote, cloud_witness::Moment::as_of(forge::AT));
        request.collateral = Some(forged.collateral_json.as_bytes().into());
        let report = cloud_witness::Verifier::with_root(&forge::root_der())
            .unwrap()
            .appraise(&request);
        let identity = report.identity.unwrap();
        assert_eq!(identity.ppid, hex::encode(&forged.ppid));
        assert_eq!(identity.pce_id, "0102");
        assert_eq!(identity.fmspc, "f0f1f2f3f4f5");
        assert_eq!(identity.pck_ca, ca);
        assert_eq!(
            identity.platform_instance_id,
            instance.then(|| "17".repeat(16))
        );
        assert_eq!(identity.dynamic_platform, instance.then_some(true));
        assert_eq!(identity.cached_keys, instance.then_some(true));
        assert_eq!(identity.smt_enabled, instance.then_some(true));
        // It can change with a firmware update, so it is no part of any key.
        assert!(
            identity
                .machine_ids
                .iter()
                .all(|id| !id.id.contains(&"17".repeat(16)))
        );
    }
}

/// Every byte that a length field takes in is accounted for: one more or one less is never a quote.
#[test]
fn o07_every_length_field_that_is_one_off_is_refused() {
    for (name, bytes) in quotes() {
        let quote = Quote::parse(&bytes).unwrap();
        let view = quote.view();
        let sizes: Vec<(&str, usize, usize)> = view
            .fields
            .iter()
            .filter(|field| field.name.ends_with(".size"))
            .map(|field| (field.name, field.offset, field.length))
            .collect();
        assert!(sizes.len() >= 3, "{name}");
        for (field, at, length) in sizes {
            for delta in [1_i64, -1, 2, -2, 256, -256, 65_536, i64::from(u32::MAX)] {
                let mut value = [0; 8];
                value[..length].copy_from_slice(&bytes[at..at + length]);
                let value = i64::from_le_bytes(value).wrapping_add(delta).to_le_bytes();
                if value[..length] == bytes[at..at + length] {
                    continue;
                }
                let mut changed = bytes.clone();
                changed[at..at + length].copy_from_slice(&value[..length]);
                // A chain that is cut or longer by a byte is still a field; what is wrong shows in its PEM.
                let refused = match Quote::parse(&changed) {
                    Err(_) => true,
                    Ok(quote) => {
                        cloud_witness::identity::PckChain::parse(quote.pck_chain()).is_err()
                    }
                };
                assert!(refused, "{name}: {field} {delta:+}");
            }
        }
    }
}

/// The quote with one bit of its PCK CA's public key changed: a CA of the right name that the root never signed.
#[test]
fn a_forged_pck_ca_with_a_key_of_its_own_is_refused_not_undecided() {
    let forged = forge::ForgeSpec::default().build();
    let quote = Quote::parse(&forged.quote).unwrap();
    let chain = cloud_witness::identity::PckChain::parse(quote.pck_chain()).unwrap();
    let ca = &chain.issuers[0];
    let at = ca
        .der
        .windows(ca.key.len())
        .position(|window| window == ca.key)
        .unwrap();
    let mut der = ca.der.clone();
    der[at + 40] ^= 1;
    let pem = |der: &[u8]| {
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let text = String::from_utf8(quote.pck_chain().to_vec()).unwrap();
    assert!(text.contains(&pem(&ca.der)));
    let mut bytes = forged.quote.clone();
    let start = quote.pck_chain_offset();
    let changed = text.replace(&pem(&ca.der), &pem(&der));
    bytes[start..start + changed.len()].copy_from_slice(changed.as_bytes());

    let mut request = cloud_witness::Request::new(&bytes, cloud_witness::Moment::as_of(forge::AT));
    request.collateral = Some(forged.collateral_json.as_bytes().into());
    let report = cloud_witness::Verifier::with_root(&forge::root_der())
        .unwrap()
        .appraise(&request);
    let row = report
        .check(cloud_witness::report::CheckId::PckChain)
        .unwrap();
    assert_eq!(row.code, Some(Code::PckSignatureInvalid), "{}", row.detail);
    assert_eq!(report.verdict, cloud_witness::Verdict::Contraindicated);
}
