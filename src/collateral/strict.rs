//! What Intel's library refuses in a TCB info or a QE identity that can be read all the same.
//!
//! Source: Intel, SGX-TDX-DCAP-QuoteVerificationLibrary, `AttestationParsers/src/Json`: `TcbInfo.cpp`, `TcbLevel.cpp`,
//! `TdxModuleIdentity.cpp`, `TdxModuleTcbLevel.cpp`, `EnclaveIdentity.cpp`, `IdentityTcbLevel.cpp`. Which of them refuses what is
//! in `docs/decisions/0014-strictness.md`.

use std::collections::{HashMap, HashSet};

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
    // Whoever hands in the collateral decides how many levels there are: every pair compared would take minutes.
    let mut seen = HashMap::new();
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
        let tdx_components = is_tdx.then_some(&tcb.tdx_components);
        let svns = (&tcb.sgx_components, tcb.pce_svn, tdx_components);
        if let Some(earlier) = seen.insert(svns, number) {
            return Some(format!(
                "has two TCB levels with the same SVNs, numbers {earlier} and {number}"
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
        let mut seen = HashSet::new();
        for level in &module.tcb_levels {
            let is_known = matches!(level.tcb_status, S::UpToDate | S::OutOfDate | S::Revoked);
            let what = "level of a TDX module";
            if let Some(wrong) = wrong_level(what, &level.tcb_date, level.tcb_status, is_known) {
                return Some(wrong);
            }
            if !seen.insert(level.tcb.isvsvn) {
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
    let mut seen = HashSet::new();
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
        if !seen.insert((level.tcb.isvsvn, parse_rfc3339(&level.tcb_date))) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_one_isvsvn_without_number_are_told_apart_in_one_pass() {
        let forged = forge::ForgeSpec::default().build();
        let document: serde_json::Value = serde_json::from_str(&forged.collateral_json).unwrap();
        let text = document["qe_identity"].as_str().unwrap();
        let mut identity: QeIdentity = serde_json::from_str(text).unwrap();
        let first = identity.tcb_levels[0].clone();
        // As many as a field of a mebibyte holds.
        identity.tcb_levels = (0..13_000)
            .map(|number| {
                let mut level = first.clone();
                let (day, second) = (number / 3600 + 1, number % 3600);
                level.tcb_date =
                    format!("2023-01-{day:02}T00:{:02}:{:02}Z", second / 60, second % 60);
                level
            })
            .collect();
        // With every pair compared, this line takes a quarter of a minute.
        assert_eq!(qe_identity(&identity), None);
        identity.tcb_levels.push(first.clone());
        identity.tcb_levels.push(first);
        assert!(qe_identity(&identity).unwrap().contains("of the same date"));
    }
}
