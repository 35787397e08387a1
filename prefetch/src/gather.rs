//! Every piece: fetched, verified, compared with the one at hand; what fails leaves the old piece in place.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use cloud_witness::code::Code;
use cloud_witness::collateral::piece::{Key, Piece};
use cloud_witness::collateral::rollback::{GoesBack, goes_back};
use cloud_witness::identity::PckCa;
use cloud_witness::moment::in_words;
use cloud_witness::report::Finding;
use cloud_witness::{Bundle, Verifier};

use crate::http::{Client, HttpError, NoCertificates};
use crate::plan::Plan;
use crate::service::{FetchError, Service};

/// A bundle that may be written, and what became of each piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    /// The bundle: every piece of it verified.
    pub bundle: Bundle,
    /// Pieces that were fetched and verified in this run.
    pub fresh: usize,
    /// Kinds of platform that a TEE is not for, as the service says.
    pub absent: usize,
    /// Pieces of the bundle at hand that this run did not ask for.
    pub untouched: usize,
    /// Pieces that are not fresh although they were asked for.
    pub stale: Vec<Stale>,
    /// Requests made.
    pub requests: u32,
}

/// A piece that could not be renewed.
#[derive(Debug, Clone, PartialEq)]
pub struct Stale {
    /// Which.
    pub key: Key,
    /// Why.
    pub problem: Problem,
    /// The old piece that was kept: its issueDate or thisUpdate and its last second. `None`: the bundle lacks it.
    pub kept: Option<(u64, u64)>,
}

/// What is wrong with a piece that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It could not be had.
    Fetch(FetchError),
    /// It does not verify: the weightiest finding.
    Unverified(Finding),
    /// It is older than the one at hand.
    Back(GoesBack),
}

impl Problem {
    /// A closed, stable code, for machines.
    pub fn code(&self) -> String {
        match self {
            Self::Fetch(error) => error.code().to_owned(),
            Self::Unverified(finding) => serde_json::to_value(finding.code)
                .ok()
                .and_then(|code| code.as_str().map(str::to_owned))
                .unwrap_or_default(),
            Self::Back(_) => "GOES_BACK".to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => write!(f, "{error}"),
            Self::Unverified(finding) => write!(f, "it does not verify. {}", finding.detail),
            Self::Back(back) => write!(f, "it goes back: {back}"),
        }
    }
}

/// Why there is no bundle to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    /// The CA file.
    Certificates(NoCertificates),
    /// The root CA's CRL: without it nobody knows whether a signer is revoked.
    RootCaCrl(Problem),
    /// The clock is before something that is known to have been: what is newer cannot be told from what is older.
    Clock {
        /// What the clock says, Unix seconds.
        now: u64,
        /// What it cannot be before: the bundle at hand was fetched then, or a verified piece of it begins then.
        after: u64,
        /// The piece; `None`: the bundle as a whole.
        piece: Option<Key>,
    },
    /// The list of kinds of platform.
    Fmspcs(FetchError),
    /// Not a single piece but the root CA's CRL is fresh: the first problem.
    NothingFresh(Option<(Key, Problem)>),
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates(error) => write!(f, "{error}"),
            Self::RootCaCrl(problem) => write!(f, "root CA CRL: {problem}"),
            Self::Clock { now, after, piece } => {
                let (now, after) = (in_words(*now), in_words(*after));
                match piece {
                    None => write!(f, "the bundle at hand was fetched on {after}")?,
                    Some(key) => write!(f, "{key} at hand is valid from {after}")?,
                }
                write!(
                    f,
                    ", but this computer's clock says {now}: set the clock, or move the file away to start anew"
                )
            }
            Self::Fmspcs(FetchError::Http(HttpError::NotFound)) => write!(
                f,
                "this server has no list of FMSPCs (a PCCS has none): name them by --fmspc"
            ),
            Self::Fmspcs(error) => write!(f, "list of FMSPCs: {error}"),
            Self::NothingFresh(Some((key, problem))) => {
                write!(
                    f,
                    "not a single piece is fresh; the first: {key}: {problem}"
                )
            }
            Self::NothingFresh(None) => write!(f, "nothing was asked for"),
        }
    }
}

impl std::error::Error for Nothing {}

/// How far a run has come, for who watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many pieces are asked for.
    Total(usize),
    /// One of them is done.
    Done(Key),
}

/// Fetches what `plan` asks for, verifies it under `verifier` at `now` (Unix seconds), and lays it over the
/// bundle at hand. No piece goes back, and nothing is taken over that does not verify, old pieces included.
///
/// # Errors
/// [`Nothing`]: there is nothing worth writing.
pub fn gather(
    plan: &Plan,
    verifier: &Verifier,
    old: Option<&Bundle>,
    now: u64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Gathered, Nothing> {
    if let Some(after) = old.map(|old| old.fetched_at).filter(|after| now < *after) {
        return Err(Nothing::Clock {
            now,
            after,
            piece: None,
        });
    }
    let client = Client::new(plan, now).map_err(Nothing::Certificates)?;
    let run = Run {
        service: Service::new(plan, &client),
        verifier,
        old,
        now,
    };
    let mut gathered = Gathered {
        bundle: Bundle::new(now, plan.from.clone()),
        fresh: 0,
        absent: 0,
        untouched: 0,
        stale: Vec::new(),
        requests: 0,
    };

    // Its own judge first: everything else is judged by it too.
    let root_ca_crl = run.renewed(Key::RootCaCrl, None);
    run.settle(&mut gathered, Key::RootCaCrl, root_ca_crl)
        .map_err(Nothing::RootCaCrl)?;
    run.clock(gathered.bundle.get(Key::RootCaCrl))?;

    let keys = run.keys(plan)?;
    progress(Progress::Total(keys.len()));
    let root_ca_crl = gathered.bundle.get(Key::RootCaCrl).cloned();
    let outcomes = in_parallel(plan.parallel, &keys, |key| {
        let outcome = run.renewed(key, root_ca_crl.as_ref());
        progress(Progress::Done(key));
        outcome
    });
    let fresh_before = gathered.fresh;
    for (key, outcome) in keys.iter().zip(outcomes) {
        // Whatever is lacking is in `stale`.
        let _ = run.settle(&mut gathered, *key, outcome);
    }
    if gathered.fresh == fresh_before {
        let first = gathered.stale.into_iter().find(|s| s.key != Key::RootCaCrl);
        return Err(Nothing::NothingFresh(
            first.map(|stale| (stale.key, stale.problem)),
        ));
    }
    for piece in old.into_iter().flat_map(Bundle::pieces) {
        let asked_for = piece.key == Key::RootCaCrl || keys.contains(&piece.key);
        if asked_for {
            continue;
        }
        match run.fault(piece, gathered.bundle.get(Key::RootCaCrl)) {
            None => {
                gathered.bundle.put(piece.clone());
                gathered.untouched = gathered.untouched.saturating_add(1);
            }
            Some(finding) => gathered.stale.push(Stale {
                key: piece.key,
                problem: Problem::Unverified(finding),
                kept: None,
            }),
        }
    }
    gathered.requests = client.requests();
    Ok(gathered)
}

struct Run<'a> {
    service: Service<'a>,
    verifier: &'a Verifier,
    old: Option<&'a Bundle>,
    now: u64,
}

impl Run<'_> {
    /// No verified piece at hand, nor a certificate of its chain, begins after `now`: else the clock is behind.
    fn clock(&self, root_ca_crl: Option<&Piece>) -> Result<(), Nothing> {
        for piece in self.old.into_iter().flat_map(Bundle::pieces) {
            let chain = piece.signers().iter().map(|signer| signer.window.from);
            let after = chain.fold(piece.window.from, u64::max);
            if self.now < after && self.may_stay(piece, root_ca_crl) {
                return Err(Nothing::Clock {
                    now: self.now,
                    after,
                    piece: Some(piece.key),
                });
            }
        }
        Ok(())
    }

    /// Every piece but the root CA's CRL.
    fn keys(&self, plan: &Plan) -> Result<Vec<Key>, Nothing> {
        let mut fmspcs =
            match &plan.fmspcs {
                Some(fmspcs) => fmspcs.clone(),
                None => {
                    let mut fmspcs = self.service.fmspcs().map_err(Nothing::Fmspcs)?;
                    fmspcs.extend(self.old.into_iter().flat_map(Bundle::pieces).filter_map(
                        |piece| match piece.key {
                            Key::TcbInfo(tee, fmspc) if plan.tees.contains(&tee) => Some(fmspc),
                            _ => None,
                        },
                    ));
                    fmspcs
                }
            };
        fmspcs.sort_unstable();
        fmspcs.dedup();
        let mut keys: Vec<Key> = PckCa::ALL.into_iter().map(Key::PckCrl).collect();
        keys.extend(plan.tees.iter().copied().map(Key::QeIdentity));
        for tee in &plan.tees {
            keys.extend(fmspcs.iter().map(|fmspc| Key::TcbInfo(*tee, *fmspc)));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// A piece as it may be taken over: had, verified, not going back.
    fn renewed(&self, key: Key, root_ca_crl: Option<&Piece>) -> Result<Piece, Problem> {
        let piece = self.service.piece(key).map_err(Problem::Fetch)?;
        let findings =
            self.verifier
                .check_piece(&piece, root_ca_crl.and_then(Piece::crl), self.now);
        if let Some(finding) = findings.into_iter().next() {
            return Err(Problem::Unverified(finding));
        }
        // What is not Intel's at hand is no measure: an unsigned number there would keep every good piece out.
        let before = self
            .old
            .and_then(|old| old.get(key))
            .filter(|before| self.may_stay(before, root_ca_crl));
        match before.and_then(|before| goes_back(before, &piece)) {
            Some(back) => Err(Problem::Back(back)),
            None => Ok(piece),
        }
    }

    /// Takes a fresh piece over, or else the old one.
    fn settle(
        &self,
        gathered: &mut Gathered,
        key: Key,
        outcome: Result<Piece, Problem>,
    ) -> Result<(), Problem> {
        let problem = match outcome {
            Ok(piece) => {
                gathered.bundle.put(piece);
                gathered.fresh = gathered.fresh.saturating_add(1);
                return Ok(());
            }
            Err(problem) => problem,
        };
        let root_ca_crl = gathered.bundle.get(Key::RootCaCrl);
        let had = self.old.and_then(|old| old.get(key));
        let old = had.filter(|piece| self.may_stay(piece, root_ca_crl));
        // Not every kind of platform has TDX, and the newest have no SGX.
        let is_absent = matches!(key, Key::TcbInfo(..))
            && problem == Problem::Fetch(FetchError::Http(HttpError::NotFound));
        if is_absent && had.is_none() {
            gathered.absent = gathered.absent.saturating_add(1);
            return Ok(());
        }
        gathered.stale.push(Stale {
            key,
            problem: problem.clone(),
            kept: old.map(|piece| (piece.window.from, piece.window.to)),
        });
        match old {
            Some(piece) => {
                gathered.bundle.put(piece.clone());
                Ok(())
            }
            None => Err(problem),
        }
    }

    /// An old piece stays, and is the measure of what goes back, when nothing but its age is wrong with it: an
    /// expired one still serves for its own time, and one not yet valid shows that the clock is behind.
    fn may_stay(&self, piece: &Piece, root_ca_crl: Option<&Piece>) -> bool {
        self.fault(piece, root_ca_crl).is_none()
    }

    /// What but its age is wrong with an old piece.
    fn fault(&self, piece: &Piece, root_ca_crl: Option<&Piece>) -> Option<Finding> {
        self.verifier
            .check_piece(piece, root_ca_crl.and_then(Piece::crl), self.now)
            .into_iter()
            .find(|finding| {
                !matches!(
                    finding.code,
                    Code::CollateralExpired | Code::CollateralNotYetValid
                )
            })
    }
}

/// Does `work` for each key, at most `parallel` at a time; the outcomes in the order of the keys.
fn in_parallel<T: Send>(parallel: usize, keys: &[Key], work: impl Fn(Key) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(keys.len()));
    std::thread::scope(|scope| {
        for _ in 0..parallel.clamp(1, 16) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(key) = keys.get(index) else { break };
                    let outcome = work(*key);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((index, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
