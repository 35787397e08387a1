//! Polls at an interval until it is told to stop.

use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cloud_witness::colocation::heartbeat::line::When;

use crate::key::RecorderKey;
use crate::log::{Log, LogError};
use crate::plan::Plan;
use crate::redfish::{Client, Failure, NoClient};

/// Why recording ended before it was told to stop.
#[derive(Debug)]
pub enum RecordError {
    /// No client.
    Client(NoClient),
    /// The log.
    Log(LogError),
    /// The key is no key.
    Key,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "{error}"),
            Self::Log(error) => write!(f, "{error}"),
            Self::Key => f.write_str("the recorder's key cannot be used; make another"),
        }
    }
}

impl std::error::Error for RecordError {}

/// What happens, for who watches it.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many lines at the log's end, which no signature of the recorder covers, were cut off.
    Dropped(u64),
    /// The recorder has begun; its public key, as an OpenSSH line.
    Begun(&'a str),
    /// A good answer.
    Answered,
    /// A poll without one.
    Failed(&'a Failure),
}

/// Records until something comes from `stop`, or its other end is dropped; then the log ends with a signature.
///
/// # Errors
/// [`RecordError`]
pub fn record(
    plan: &Plan,
    key: RecorderKey,
    stop: &Receiver<()>,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), RecordError> {
    let client = Client::new(plan.endpoint.clone()).map_err(RecordError::Client)?;
    let public = key.public().ok_or(RecordError::Key)?;
    let mut log =
        Log::open(&plan.log, &plan.about, key, &public, now()).map_err(RecordError::Log)?;
    if log.dropped() > 0 {
        watch(Event::Dropped(log.dropped()));
    }
    watch(Event::Begun(&public.line()));
    let started = Instant::now();
    let interval = Duration::from_secs(plan.about.interval.max(1));
    let mut due = started;
    loop {
        let poll = client.poll(&plan.about.asked);
        let when = When {
            time: now(),
            clock: started.elapsed().as_secs(),
        };
        match &poll {
            Ok(answer) => {
                log.beat(when, answer).map_err(RecordError::Log)?;
                watch(Event::Answered);
            }
            Err(failure) => {
                log.error(when, failure).map_err(RecordError::Log)?;
                watch(Event::Failed(failure));
            }
        }
        // A poll that took longer than the interval does not make the next ones come in a row.
        let elapsed = Instant::now();
        while due <= elapsed {
            due = due.checked_add(interval).unwrap_or(elapsed);
        }
        let wait = due.saturating_duration_since(elapsed);
        if stop.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return log.finish(now()).map_err(RecordError::Log);
        }
    }
}

/// A clock before 1970 makes times that every check refuses, which says what is wrong.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
