//! The platform's TCB level, evaluated from the parsed pieces.
//!
//! The engine evaluates it too; row `tcb.status` passes only where both agree. Ours says what the engine's
//! error text would only hint at: revoked, no level, a foreign TDX module, and which SVN falls short.
//!
//! Source: Intel, "SGX and TDX Provisioning Certification Service", section "Get TCB Info", algorithm for
//! comparing TCB levels; Intel QVL's `convergeTcbStatuses` and `checkForRelaunch`. Like Intel's library we take levels in
//! the order of their numbers, whatever their order in the JSON; the engine does so for those of TCB info only, and where that
//! makes a difference the two disagree.

use dcap_qvl::tcb_info::{SvnComponent, TdxModuleIdentity};
use dcap_qvl::{QeIdentity, TcbInfo, TcbLevel, TcbStatus};

use super::Subject;
use super::authenticity::QeReport;
use crate::code::Code;
use crate::collateral::Collateral;
use crate::identity::PckIdentity;
use crate::moment::parse_rfc3339;
use crate::quote::{Body, Quote, Tee};
use crate::report::{Finding, Shortfall, Tcb};

/// The level that a platform meets.
pub(super) struct Level {
    pub(super) status: TcbStatus,
    pub(super) qe_status: TcbStatus,
    pub(super) tcb: Tcb,
}

/// # Errors
/// A finding of row `tcb.status`: no level, revoked, or a foreign TDX module.
pub(super) fn evaluate(subject: &Subject, collateral: &Collateral) -> Result<Level, Finding> {
    let identity = subject.identity.as_ref().map_err(Clone::clone)?;
    let quote = &subject.quote;
    let mut tcb_info = collateral.tcb_info.clone();
    sort_levels(&mut tcb_info);
    let mut qe_identity = collateral.qe_identity.clone();
    sort_qe_levels(&mut qe_identity);
    let qe = qe_level(&qe_identity, quote)?;

    let launch_svn = quote.array::<16>("report_body.tee_tcb_svn");
    let platform = platform_level(&tcb_info, identity, launch_svn.as_ref())?;
    if let Some(svn) = &launch_svn {
        tdx_module_is_intels(&tcb_info, quote, svn)?;
    }
    let mut status = converge(platform.status, qe.status);
    let mut revoked = status == TcbStatus::Revoked;
    if matches!(quote.body(), Body::Td15 | Body::Td15Ex)
        && let Some(svn) = quote.array::<16>("report_body.tee_tcb_svn2")
    {
        let current = platform_level(&tcb_info, identity, Some(&svn))?;
        let current = converge(current.status, qe.status);
        revoked |= current == TcbStatus::Revoked;
        status = check_for_relaunch(status, current);
    }

    let mut advisories = platform.advisories;
    for advisory in qe.advisories {
        if !advisories.contains(&advisory) {
            advisories.push(advisory);
        }
    }
    if revoked {
        return Err(Finding::fail(
            Code::TcbRevoked,
            format!("The platform's TCB level is revoked{}.", named(&advisories)),
        ));
    }
    Ok(Level {
        status,
        qe_status: qe.status,
        tcb: Tcb {
            status: status.to_string(),
            advisories,
            tcb_date: platform.date,
            newest_tcb_date: tcb_info
                .tcb_levels
                .first()
                .map(|newest| newest.tcb_date.clone())
                .unwrap_or_default(),
            platform_status: platform.status.to_string(),
            qe_status: qe.status.to_string(),
            tcb_evaluation_data_number: tcb_info.tcb_evaluation_data_number,
            qe_evaluation_data_number: qe_identity.tcb_evaluation_data_number,
            shortfalls: shortfalls(&tcb_info, &qe_identity, identity, quote),
        },
    })
}

/// `: INTEL-SA-1, INTEL-SA-2`, or nothing.
pub(super) fn named(advisories: &[String]) -> String {
    if advisories.is_empty() {
        String::new()
    } else {
        format!(": {}", advisories.join(", "))
    }
}

struct Matched {
    status: TcbStatus,
    advisories: Vec<String>,
    date: String,
}

/// Highest level first, as Intel's QVL orders them, whatever their order in the JSON.
fn sort_levels(tcb_info: &mut TcbInfo) {
    tcb_info.tcb_levels.sort_by(|a, b| {
        let key = |level: &TcbLevel| {
            (
                level.tcb.sgx_components.clone(),
                level.tcb.pce_svn,
                level.tcb.tdx_components.clone(),
            )
        };
        key(b).cmp(&key(a))
    });
    for module in &mut tcb_info.tdx_module_identities {
        module
            .tcb_levels
            .sort_by_key(|level| std::cmp::Reverse(level.tcb.isvsvn));
    }
}

/// The same for the QE; of one ISVSVN, the newest level counts.
fn sort_qe_levels(identity: &mut QeIdentity) {
    identity
        .tcb_levels
        .sort_by_key(|level| std::cmp::Reverse((level.tcb.isvsvn, parse_rfc3339(&level.tcb_date))));
}

/// The first level that the platform meets, converged with the TDX module's.
fn platform_level(
    tcb_info: &TcbInfo,
    identity: &PckIdentity,
    tee_tcb_svn: Option<&[u8; 16]>,
) -> Result<Matched, Finding> {
    let level = tcb_info
        .tcb_levels
        .iter()
        .find(|level| {
            level
                .shortfalls(&identity.cpu_svn, identity.pce_svn, tee_tcb_svn)
                .is_ok_and(|shortfalls| shortfalls.is_empty())
        })
        .ok_or_else(|| {
            Finding::fail(
                Code::TcbLevelMissing,
                "No TCB level in Intel's list fits this platform.",
            )
        })?;
    let mut matched = Matched {
        status: level.tcb_status,
        advisories: level.advisory_ids.clone(),
        date: level.tcb_date.clone(),
    };
    let Some((svn, module)) =
        tee_tcb_svn.and_then(|svn| Some((svn, tdx_module(tcb_info, svn).transpose()?)))
    else {
        return Ok(matched);
    };
    let level = module?
        .tcb_levels
        .iter()
        .find(|level| level.shortfall(svn).is_none())
        .ok_or_else(|| {
            Finding::fail(
                Code::TcbLevelMissing,
                "No TCB level in Intel's list fits this platform's TDX module.",
            )
        })?;
    matched.status = converge(matched.status, level.tcb_status);
    for advisory in &level.advisory_ids {
        if !matched.advisories.contains(advisory) {
            matched.advisories.push(advisory.clone());
        }
    }
    // The level is as old as its oldest part. RFC 3339 in UTC sorts as text.
    matched.date = matched.date.min(level.tcb_date.clone());
    Ok(matched)
}

fn tdx_module<'a>(
    tcb_info: &'a TcbInfo,
    tee_tcb_svn: &[u8; 16],
) -> Result<Option<&'a TdxModuleIdentity>, Finding> {
    tcb_info.tdx_module_identity(tee_tcb_svn).map_err(|_| {
        Finding::fail(
            Code::TdxModuleMismatch,
            "Intel's list has no TDX module of this platform's version.",
        )
    })
}

fn qe_level(identity: &QeIdentity, quote: &Quote) -> Result<Matched, Finding> {
    let isv_svn = QeReport::read(quote.qe_report()).isv_svn;
    identity
        .tcb_levels
        .iter()
        .find(|level| isv_svn >= level.tcb.isvsvn)
        .map(|level| Matched {
            status: level.tcb_status,
            advisories: level.advisory_ids.clone(),
            date: level.tcb_date.clone(),
        })
        .ok_or_else(|| {
            Finding::fail(
                Code::TcbLevelMissing,
                "No level of the QE identity fits this quoting enclave.",
            )
        })
}

/// MRSIGNERSEAM and SEAMATTRIBUTES are those of the TDX module that TCB info names.
fn tdx_module_is_intels(
    tcb_info: &TcbInfo,
    quote: &Quote,
    tee_tcb_svn: &[u8; 16],
) -> Result<(), Finding> {
    let mismatch = |what: &str| Err(Finding::fail(Code::TdxModuleMismatch, what));
    let (mrsigner, attributes, mask) =
        match (tdx_module(tcb_info, tee_tcb_svn)?, &tcb_info.tdx_module) {
            (Some(module), Some(_)) => (
                &module.mrsigner,
                &module.attributes,
                &module.attributes_mask,
            ),
            (None, Some(module)) => (
                &module.mrsigner,
                &module.attributes,
                &module.attributes_mask,
            ),
            (_, None) => return mismatch("The TCB info names no TDX module."),
        };
    let is = |expected: &str, field: &str| {
        hex::decode(expected).is_ok_and(|expected| expected == quote.bytes(field))
    };
    if !is(mrsigner, "report_body.mr_signer_seam") {
        return mismatch("The TDX module is not signed by the key that Intel's list names.");
    }
    let (Ok(attributes), Ok(mask)) = (hex::decode(attributes), hex::decode(mask)) else {
        return mismatch("The TCB info's attributes of the TDX module cannot be read.");
    };
    let actual = quote.bytes("report_body.seam_attributes");
    // Like Intel's library: the expected attributes are not masked. Beyond it: nothing else may be set.
    let fits = actual.len() == mask.len()
        && attributes.len() == mask.len()
        && actual
            .iter()
            .zip(&attributes)
            .zip(&mask)
            .all(|((actual, expected), mask)| actual & mask == *expected && actual & !mask == 0);
    if !fits {
        return mismatch("The TDX module runs with other attributes than Intel's list names.");
    }
    Ok(())
}

/// Intel QVL's `convergeTcbStatuses`: only an OutOfDate or Revoked component changes the platform's status.
fn converge(platform: TcbStatus, component: TcbStatus) -> TcbStatus {
    use TcbStatus as S;
    match (component, platform) {
        (S::Revoked, _) => S::Revoked,
        (S::OutOfDate, S::UpToDate | S::SWHardeningNeeded) => S::OutOfDate,
        (S::OutOfDate, S::ConfigurationNeeded | S::ConfigurationAndSWHardeningNeeded) => {
            S::OutOfDateConfigurationNeeded
        }
        _ => platform,
    }
}

/// Intel QVL's `checkForRelaunch`, for a TD 1.5: it started out of date, but its module was updated since.
fn check_for_relaunch(launch: TcbStatus, current: TcbStatus) -> TcbStatus {
    use TcbStatus as S;
    let launched_out_of_date = matches!(launch, S::OutOfDate | S::OutOfDateConfigurationNeeded);
    let configuration = |status| {
        matches!(
            status,
            S::ConfigurationNeeded
                | S::OutOfDateConfigurationNeeded
                | S::ConfigurationAndSWHardeningNeeded
        )
    };
    match current {
        S::UpToDate
        | S::SWHardeningNeeded
        | S::ConfigurationNeeded
        | S::ConfigurationAndSWHardeningNeeded
            if launched_out_of_date =>
        {
            if configuration(launch) || configuration(current) {
                S::TDRelaunchAdvisedConfigurationNeeded
            } else {
                S::TDRelaunchAdvised
            }
        }
        _ => launch,
    }
}

/// What is below the newest level of platform and quoting enclave.
fn shortfalls(
    tcb_info: &TcbInfo,
    qe_identity: &QeIdentity,
    identity: &PckIdentity,
    quote: &Quote,
) -> Vec<Shortfall> {
    let tee_tcb_svn = (quote.tee() == Tee::Tdx)
        .then(|| quote.array::<16>("report_body.tee_tcb_svn"))
        .flatten();
    let mut shortfalls: Vec<Shortfall> = tcb_info
        .tcb_levels
        .first()
        .and_then(|newest| {
            newest
                .shortfalls(&identity.cpu_svn, identity.pce_svn, tee_tcb_svn.as_ref())
                .ok()
        })
        .unwrap_or_default()
        .into_iter()
        .chain(tee_tcb_svn.as_ref().and_then(|svn| {
            let module = tdx_module(tcb_info, svn).ok()??;
            module.tcb_levels.first()?.shortfall(svn)
        }))
        .map(|shortfall| Shortfall {
            component: match shortfall.component {
                SvnComponent::Sgx(i) => format!("SGX component {}", i.saturating_add(1)),
                SvnComponent::Tdx(i) => format!("TDX component {}", i.saturating_add(1)),
                SvnComponent::PceSvn => "PCE SVN".to_owned(),
                SvnComponent::TdxModuleIsvSvn => "TDX module ISVSVN".to_owned(),
            },
            have: shortfall.have,
            needs: shortfall.needs,
        })
        .collect();
    let have = QeReport::read(quote.qe_report()).isv_svn;
    if let Some(newest) = qe_identity.tcb_levels.first()
        && have < newest.tcb.isvsvn
    {
        shortfalls.push(Shortfall {
            component: "QE ISVSVN".to_owned(),
            have,
            needs: newest.tcb.isvsvn,
        });
    }
    shortfalls
}
