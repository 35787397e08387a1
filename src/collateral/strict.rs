//! What Intel's library refuses in a TCB info or a QE identity that can be read all the same.
//!
//! Source: Intel, SGX-TDX-DCAP-QuoteVerificationLibrary, `AttestationParsers/src/Json`: `TcbInfo.cpp`, `TcbLevel.cpp`,
//! `TdxModuleIdentity.cpp`, `TdxModuleTcbLevel.cpp`, `EnclaveIdentity.cpp`, `IdentityTcbLevel.cpp`. Which of them refuses what is
//! in `docs/decisions/0014-strictness.md`.

use std::collections::HashMap;

use dcap_qvl::{QeIdentity, TcbInfo, TcbStatus};
use serde::de::IgnoredAny;

use crate::moment::parse_rfc3339;
use crate::text::quoted;

/// SVNs of a level, and bytes of MRSIGNER and attributes of the TDX module.
const COMPONENTS: usize = 16;
const MODULE_MRSIGNER: usize = 48;
const MODULE_ATTRIBUTES: usize = 8;

/// What is wrong with a TCB info: a clause that follows "The TCB info".
pub(super) fn tcb_info(info: &TcbInfo, text: &str) -> Option<String> {
    use TcbStatus as S;
    let is_tdx = info.id == "TDX";
    if info.tcb_levels.is_empty() {
        return Some("has no TCB levels".to_owned());
    }
    for (number, level) in (1..).zip(&info.tcb_levels) {
        let tcb = &level.tcb;
        if tcb.sgx_components.len() != COMPONENTS
            || (is_tdx && tcb.tdx_components.len() != COMPONENTS)
        {
            return Some(format!(
                "has a TCB level, number {number}, without its {COMPONENTS} components"
            ));
        }
        let is_known = matches!(
            level.tcb_status,
            S::UpToDate
                | S::OutOfDate
                | S::ConfigurationNeeded
                | S::Revoked
                | S::OutOfDateConfigurationNeeded
                | S::SWHardeningNeeded
                | S::ConfigurationAndSWHardeningNeeded
        );
        if let Some(wrong) = wrong_level("TCB level", &level.tcb_date, level.tcb_status, is_known) {
            return Some(wrong);
        }
        let twins = info.tcb_levels.iter().filter(|other| {
            other.tcb.sgx_components == tcb.sgx_components
                && other.tcb.pce_svn == tcb.pce_svn
                && (!is_tdx || other.tcb.tdx_components == tcb.tdx_components)
        });
        if twins.count() > 1 {
            return Some(format!(
                "has two TCB levels with the same SVNs, number {number} and a later one"
            ));
        }
    }
    if is_tdx {
        tdx_modules(info)
    } else {
        foreign_members(text)
    }
}

/// TCB info for SGX says nothing of TDX modules.
fn foreign_members(text: &str) -> Option<String> {
    let members: HashMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    ["tdxModule", "tdxModuleIdentities"]
        .into_iter()
        .find(|member| members.contains_key(*member))
        .map(|member| format!("is for SGX, but has {member}"))
}

fn tdx_modules(info: &TcbInfo) -> Option<String> {
    use TcbStatus as S;
    let Some(base) = &info.tdx_module else {
        return Some("is for TDX, but has no tdxModule".to_owned());
    };
    let identities = info.tdx_module_identities.iter();
    let modules = std::iter::once((&base.mrsigner, &base.attributes, &base.attributes_mask)).chain(
        identities.map(|module| {
            (
                &module.mrsigner,
                &module.attributes,
                &module.attributes_mask,
            )
        }),
    );
    for (mrsigner, attributes, mask) in modules {
        if !has_bytes(mrsigner, MODULE_MRSIGNER)
            || !has_bytes(attributes, MODULE_ATTRIBUTES)
            || !has_bytes(mask, MODULE_ATTRIBUTES)
        {
            return Some(format!(
                "has a TDX module whose mrsigner has not {MODULE_MRSIGNER} bytes, or whose attributes or mask have not {MODULE_ATTRIBUTES}"
            ));
        }
    }
    for module in &info.tdx_module_identities {
        let id = quoted(&module.id, 20);
        if module.tcb_levels.is_empty() {
            return Some(format!("has no levels for the TDX module {id}"));
        }
        for level in &module.tcb_levels {
            let is_known = matches!(level.tcb_status, S::UpToDate | S::OutOfDate | S::Revoked);
            let what = "level of a TDX module";
            if let Some(wrong) = wrong_level(what, &level.tcb_date, level.tcb_status, is_known) {
                return Some(wrong);
            }
            let twins = module
                .tcb_levels
                .iter()
                .filter(|other| other.tcb.isvsvn == level.tcb.isvsvn);
            if twins.count() > 1 {
                return Some(format!(
                    "has two levels with ISVSVN {} for the TDX module {id}",
                    level.tcb.isvsvn
                ));
            }
        }
    }
    None
}

/// What is wrong with a QE identity: a clause that follows "The QE identity".
pub(super) fn qe_identity(identity: &QeIdentity) -> Option<String> {
    use TcbStatus as S;
    if identity.tcb_levels.is_empty() {
        return Some("has no TCB levels".to_owned());
    }
    for level in &identity.tcb_levels {
        let is_known = matches!(
            level.tcb_status,
            S::UpToDate
                | S::OutOfDate
                | S::ConfigurationNeeded
                | S::Revoked
                | S::OutOfDateConfigurationNeeded
        );
        if let Some(wrong) = wrong_level("level", &level.tcb_date, level.tcb_status, is_known) {
            return Some(wrong);
        }
        // Intel's library orders levels of one ISVSVN by their dates.
        let date = parse_rfc3339(&level.tcb_date);
        let twins = identity.tcb_levels.iter().filter(|other| {
            other.tcb.isvsvn == level.tcb.isvsvn && parse_rfc3339(&other.tcb_date) == date
        });
        if twins.count() > 1 {
            return Some(format!(
                "has two levels with ISVSVN {} of the same date",
                level.tcb.isvsvn
            ));
        }
    }
    None
}

/// A status or a date that a level of this kind cannot have.
fn wrong_level(what: &str, date: &str, status: TcbStatus, is_known: bool) -> Option<String> {
    if !is_known {
        return Some(format!("has a {what} with the status {status}"));
    }
    parse_rfc3339(date)
        .is_none()
        .then(|| format!("has a {what} whose date is {}", quoted(date, 30)))
}

fn has_bytes(text: &str, length: usize) -> bool {
    hex::decode(text).is_ok_and(|bytes| bytes.len() == length)
}
