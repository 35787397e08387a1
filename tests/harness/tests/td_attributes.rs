//! Each of the 64 attributes of a TD, in each kind of TD report (O21).
//!
//! Source: Intel TDX Module ABI Specification 348551-008US, table 3.23 (TD ATTRIBUTES).

#![allow(clippy::unwrap_used)]

use cloud_witness::code::Code;
use cloud_witness::report::{CheckId, Outcome};
use cloud_witness::{Moment, Request, Verdict, Verifier};

const SEPT_VE_DISABLE: u8 = 28;

/// What a TD with this attribute alone, beside SEPT_VE_DISABLE, must be told.
fn expected(bit: u8) -> Option<Code> {
    Some(match bit {
        0 => Code::TdDebug,
        // HGS+, performance monitoring and PMT profiling.
        4..=6 => Code::TdProfiling,
        17 => Code::TdServiceTd,
        29 => Code::TdMigratable,
        // Here it is flipped, which clears it.
        SEPT_VE_DISABLE => Code::TdSeptVeEnabled,
        1..=3 | 7..=15 | 23..=26 | 32..=61 => Code::TdReservedBits,
        _ => return None,
    })
}

#[test]
fn o21_each_attribute_of_a_td_is_judged_as_intel_defines_it() {
    let verifier = Verifier::with_root(&forge::root_der()).unwrap();
    for tee in ["tdx10", "tdx10v5", "tdx15", "tdx15ex"] {
        for bit in 0..64_u8 {
            let spec: forge::ForgeSpec = serde_json::from_value(serde_json::json!({
                "tee": tee,
                "td": { "flip_attribute_bits": [bit] },
            }))
            .unwrap();
            let forged = spec.build();
            let mut request = Request::new(&forged.quote, Moment::as_of(forge::AT));
            request.collateral = Some(forged.collateral_json.as_bytes().into());
            let report = verifier.appraise(&request);
            let row = report.check(CheckId::EnclaveAttributes).unwrap();
            assert_eq!(row.code, expected(bit), "{tee} bit {bit}: {}", row.detail);
            let (outcome, verdict) = match expected(bit) {
                Some(_) => (Outcome::Fail, Verdict::Contraindicated),
                None => (Outcome::Pass, Verdict::Warning),
            };
            assert_eq!(row.outcome, outcome, "{tee} bit {bit}");
            assert_eq!(report.verdict, verdict, "{tee} bit {bit}");
            // The engine refuses no bit that we let pass: that would be a refusal without a reason.
            assert_ne!(
                report.check(CheckId::TcbStatus).unwrap().code,
                Some(Code::EngineRefused),
                "{tee} bit {bit}"
            );
        }
    }
}
