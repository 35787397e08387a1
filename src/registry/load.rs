//! Reading lists with a verifier at hand, so that signed records count as entries.

use super::list::{Opener, Recorded, Registry, RegistryError};
use crate::Verifier;
use crate::ceremony::report::CheckId;
use crate::ceremony::signers::Signers;
use crate::ceremony::{Beside, open};
use crate::report::{Outcome, Verdict};

/// Reads one list that is made of these files, in any of the forms that [`super::list`] names.
///
/// A record counts when it opens `affirming` or `warning`; without `signers`, or with signers that are not on that list,
/// it carries a remark.
///
/// # Errors
/// [`RegistryError`] when nothing of a file can be used.
pub fn load(
    verifier: &Verifier,
    files: &[&[u8]],
    signers: Option<&Signers>,
) -> Result<Registry, RegistryError> {
    let opener: Opener<'_> = &|file| recorded(verifier, file, signers);
    Registry::read(files, opener)
}

fn recorded(
    verifier: &Verifier,
    file: &[u8],
    signers: Option<&Signers>,
) -> Result<Recorded, String> {
    let beside = Beside {
        signers,
        ..Beside::default()
    };
    let report = open(verifier, file, beside);
    let identity = report
        .report
        .as_ref()
        .and_then(|report| report.identity.as_ref())
        .filter(|_| matches!(report.verdict, Verdict::Affirming | Verdict::Warning));
    let machine = identity.and_then(|identity| {
        let ppid = hex::decode(&identity.ppid).ok()?.try_into().ok()?;
        let tee = report.report.as_ref()?.quote.as_ref()?.tee;
        Some((ppid, tee))
    });
    let (Some((ppid, tee)), Some(entered)) = (machine, &report.entered) else {
        return Err(format!("The record does not verify. {}", report.summary));
    };
    let signers_row = report.check(CheckId::Signers);
    let remark = signers_row
        .filter(|row| row.outcome != Outcome::Pass)
        .map(|row| format!("Who signed the record is not known. {}", row.detail));
    Ok(Recorded {
        ppid,
        tee,
        label: super::enrol::label(entered),
        remark,
    })
}
