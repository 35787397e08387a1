//! Rows 12 to 14: the platform's TCB, and what runs on it.

use dcap_qvl::TcbStatus;

use super::engine::Run;
use super::tcb::{Level, named};
use crate::builds::AttesterBuilds;
use crate::code::Code;
use crate::evidence::Evidence;
use crate::policy::Policy;
use crate::quote::{Quote, Tee};
use crate::report::{Check, CheckId, Compared, Finding, Shortfall};
use crate::text::quoted;

/// Row 12: the platform's TCB level, advisory by advisory (O19).
///
/// `attributes_explain` says that row 13 failed, which explains an engine refusal.
pub(super) fn tcb_status(
    level: &Result<Level, Finding>,
    engine: &Run,
    policy: &Policy,
    attributes_explain: bool,
) -> Check {
    const ID: CheckId = CheckId::TcbStatus;
    let level = match level {
        Ok(level) => level,
        Err(finding) => return Check::ran(ID, "", vec![finding.clone()]),
    };
    let mut findings = Vec::new();
    match engine.claims() {
        Some(claims) => {
            if claims.status != level.status || claims.advisories != level.tcb.advisories {
                findings.push(Finding::fail(
                    Code::EngineDisagrees,
                    format!(
                        "The engine says {}{}, our own evaluation {}{}.",
                        claims.status,
                        named(&claims.advisories),
                        level.status,
                        named(&level.tcb.advisories)
                    ),
                ));
            }
        }
        None if attributes_explain => {}
        None => findings.extend(engine.unexplained_refusal()),
    }
    let qe_is_good = level.qe_status == TcbStatus::UpToDate;
    let good = level.status == TcbStatus::UpToDate && level.tcb.advisories.is_empty() && qe_is_good;
    if policy.requires_up_to_date() && !good {
        findings.push(Finding::fail(
            Code::TcbStatusNotAccepted,
            format!(
                "The platform is {}{}; its quoting enclave is {}.",
                level.status,
                named(&level.tcb.advisories),
                level.qe_status
            ),
        ));
    }
    if let Some(code) = reservation(level.status, &level.tcb.advisories) {
        findings.push(Finding::warn(
            code,
            format!(
                "The platform is {}{}{}",
                level.status,
                named(&level.tcb.advisories),
                short_of(&level.tcb.shortfalls)
            ),
        ));
    }
    // Intel lets only an OutOfDate or Revoked quoting enclave change the platform's status.
    if !qe_is_good && findings.is_empty() {
        findings.push(Finding::warn(
            Code::QeNotUpToDate,
            format!(
                "The platform is UpToDate, but its quoting enclave is {}.",
                level.qe_status
            ),
        ));
    }
    Check::ran(
        ID,
        format!(
            "The platform is UpToDate, without advisories (level of {}).",
            level.tcb.tcb_date
        ),
        findings,
    )
}

/// The code of a status that is not simply good.
fn reservation(status: TcbStatus, advisories: &[String]) -> Option<Code> {
    use TcbStatus as S;
    Some(match status {
        S::UpToDate if advisories.is_empty() => return None,
        S::UpToDate => Code::TcbAdvisories,
        S::SWHardeningNeeded => Code::TcbSwHardeningNeeded,
        S::ConfigurationNeeded => Code::TcbConfigurationNeeded,
        S::ConfigurationAndSWHardeningNeeded => Code::TcbConfigurationAndSwHardeningNeeded,
        S::OutOfDate => Code::TcbOutOfDate,
        S::OutOfDateConfigurationNeeded => Code::TcbOutOfDateConfigurationNeeded,
        S::TDRelaunchAdvised => Code::TcbTdRelaunchAdvised,
        S::TDRelaunchAdvisedConfigurationNeeded => Code::TcbTdRelaunchAdvisedConfigurationNeeded,
        S::Revoked => Code::TcbRevoked,
    })
}

fn short_of(shortfalls: &[Shortfall]) -> String {
    match shortfalls {
        [] => ".".to_owned(),
        shortfalls => {
            let each: Vec<String> = shortfalls
                .iter()
                .map(|s| format!("{} is {}, needs {}", s.component, s.have, s.needs))
                .collect();
            format!(". Short of the newest level: {}.", each.join("; "))
        }
    }
}

/// Row 13: the enclave or TD is protected from its host (O21).
pub(super) fn attributes(quote: &Quote) -> Check {
    let (detail, findings) = match quote.tee() {
        Tee::Sgx => (
            "The enclave is initialised and not in debug mode.",
            sgx_attributes(quote),
        ),
        Tee::Tdx => (
            "No debug, no profiling, no migration, no service TD; SEPT_VE_DISABLE is set.",
            td_attributes(quote),
        ),
    };
    Check::ran(CheckId::EnclaveAttributes, detail, findings)
}

/// Source: Intel SDM volume 3D, table "Layout of ATTRIBUTES Structure": INIT is bit 0, DEBUG bit 1.
fn sgx_attributes(quote: &Quote) -> Vec<Finding> {
    let flags = quote
        .bytes("report_body.attributes")
        .first()
        .copied()
        .unwrap_or_default();
    let mut findings = Vec::new();
    if flags & 0b10 != 0 {
        findings.push(Finding::fail(
            Code::SgxDebug,
            "The enclave runs in debug mode (ATTRIBUTES.DEBUG is set).",
        ));
    }
    if flags & 0b01 == 0 {
        findings.push(Finding::fail(
            Code::SgxNotInitialised,
            "The enclave is not initialised (ATTRIBUTES.INIT is clear).",
        ));
    }
    findings
}

/// Source: Intel TDX Module ABI Specification 348551-008US, table 3.23 (TD ATTRIBUTES).
fn td_attributes(quote: &Quote) -> Vec<Finding> {
    const DEBUG: u64 = 1;
    const PROFILING: u64 = 0b111 << 4;
    const SERVTD_EXT: u64 = 1 << 17;
    const SEPT_VE_DISABLE: u64 = 1 << 28;
    const MIGRATABLE: u64 = 1 << 29;
    const RESERVED: u64 = bits(1, 3) | bits(7, 15) | bits(23, 26) | bits(32, 61);

    let attributes = quote.number("report_body.td_attributes");
    let bound_service_td = quote
        .bytes("report_body.mr_service_td")
        .iter()
        .any(|byte| *byte != 0);
    [
        (
            attributes & DEBUG != 0,
            Code::TdDebug,
            "The TD runs in debug mode (DEBUG is set).",
        ),
        (
            attributes & PROFILING != 0,
            Code::TdProfiling,
            "The TD can be profiled by its host.",
        ),
        (
            attributes & MIGRATABLE != 0,
            Code::TdMigratable,
            "The TD can migrate (MIGRATABLE is set).",
        ),
        (
            attributes & SEPT_VE_DISABLE == 0,
            Code::TdSeptVeEnabled,
            "SEPT_VE_DISABLE is clear.",
        ),
        (
            attributes & SERVTD_EXT != 0 || bound_service_td,
            Code::TdServiceTd,
            "A service TD is bound to the TD.",
        ),
        (
            attributes & RESERVED != 0,
            Code::TdReservedBits,
            "Reserved TD attributes are set.",
        ),
    ]
    .into_iter()
    .filter(|(wrong, _, _)| *wrong)
    .map(|(_, code, detail)| Finding::fail(code, detail))
    .collect()
}

/// The bits `first` to `last` of a 64-bit word.
const fn bits(first: u32, last: u32) -> u64 {
    let ones = u64::MAX.wrapping_shr(63_u32.saturating_sub(last.saturating_sub(first)));
    ones.wrapping_shl(first)
}

/// Row 14: MRENCLAVE is on the list of attester builds (O22). Never fails.
pub(super) fn attester(quote: &Quote, evidence: &Evidence, builds: &AttesterBuilds) -> Check {
    const ID: CheckId = CheckId::EnclaveAttester;
    let warn = |code, detail: String| Check::ran(ID, "", vec![Finding::warn(code, detail)]);
    if quote.tee() == Tee::Tdx {
        return warn(
            Code::AttesterIsTd,
            "The quote is from a TD; the attester is an SGX enclave.".to_owned(),
        );
    }
    let mr_enclave = quote.bytes("report_body.mr_enclave");
    let shown = hex::encode(mr_enclave);
    if builds.entries().is_empty() {
        return warn(
            Code::AttesterListEmpty,
            format!("There is no list of attester builds to look MRENCLAVE {shown} up in."),
        );
    }
    let Some(build) = builds.find(mr_enclave) else {
        return warn(
            Code::AttesterUnlisted,
            format!("MRENCLAVE {shown} is not on the list of attester builds."),
        );
    };
    let findings = if evidence.attester_output().is_some() {
        Vec::new()
    } else {
        vec![Finding::warn(
            Code::AttesterFileMissing,
            "The enclave is a listed attester build, but the input is a bare quote, not the attester's file.",
        )]
    };
    Check::ran(
        ID,
        format!(
            "MRENCLAVE is the attester build {}, added by {}.",
            quoted(&build.image, 100),
            quoted(&build.added_by, 60)
        ),
        findings,
    )
    .comparing(vec![Compared::new(
        "MRENCLAVE",
        hex::encode(build.mr_enclave),
        shown,
    )])
}
