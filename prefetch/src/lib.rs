//! Fetches Intel's collateral for every platform into one bundle, verifies it, and never goes back.
//!
//! | module | what |
//! |---|---|
//! | [`plan`] | what is asked for, of whom, and how patiently |
//! | [`http`] | one GET: limits, retries, Retry-After, no redirects |
//! | [`service`] | the paths and headers of Intel's PCS and of a PCCS; a response becomes a piece |
//! | [`gather`] | every piece: fetched, verified, compared with the one at hand |
//! | [`store`] | reading the old bundle, writing the new one in one step |
//! | [`summary`] | what became of it all, for people and for machines |
//! | [`run`] | all of this, over one file |
//!
//! Whatever is written was verified by the core under its root at the moment that the caller names. There is no
//! clock here: `main.rs` reads it once.

pub mod gather;
pub mod http;
pub mod plan;
pub mod service;
pub mod store;
pub mod summary;

use std::path::Path;
use std::time::Instant;

use cloud_witness::Verifier;

use crate::gather::{Progress, gather};
use crate::plan::Plan;
use crate::summary::Summary;

/// Renews the bundle in `file`, or leaves it as it is; `now` is what the caller's clock says, in Unix seconds.
pub fn run(
    file: &Path,
    plan: &Plan,
    verifier: &Verifier,
    now: u64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Summary {
    let started = Instant::now();
    let name = file.display().to_string();
    let renewed = || -> Result<_, String> {
        let before = store::read(file).map_err(|error| error.to_string())?;
        let old = store::parse(file, before.as_deref()).map_err(|error| error.to_string())?;
        let gathered = gather(plan, verifier, old.as_ref(), now, progress)
            .map_err(|nothing| nothing.to_string())?;
        let bytes = store::write(file, before.as_deref(), &gathered.bundle)
            .map_err(|error| error.to_string())?;
        Ok((gathered, bytes))
    };
    let outcome = renewed();
    let seconds = started.elapsed().as_secs_f64();
    match outcome {
        Ok((gathered, bytes)) => Summary::written(&name, &gathered, bytes, seconds),
        Err(problem) => Summary::nothing(&name, &plan.from, now, problem, seconds),
    }
}
