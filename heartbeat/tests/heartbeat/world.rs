//! A place for a log and a key, and a plan that has no time to lose.

use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloud_witness::ceremony::keys::Key;
use cloud_witness::colocation::Code;
use cloud_witness::colocation::heartbeat::{Expected, HeartbeatReport, check};
use heartbeat::key::RecorderKey;
use heartbeat::log::{Log, LogError};
use heartbeat::plan::{About, Endpoint, Login, Plan, Trust};
use heartbeat::record::{Event, RecordError, record};

use crate::standin::{POWER, SYSTEM, StandIn};

pub const MACHINE: &str = "intel:sgx:ppid:0123456789abcdef0123456789abcdef";

/// A folder of its own for a test.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.file("log.jsonl")).unwrap_or_default()
    }

    pub fn lines(&self) -> Vec<String> {
        let log = String::from_utf8(self.log()).unwrap();
        log.lines().map(str::to_owned).collect()
    }

    pub fn key(&self) -> RecorderKey {
        RecorderKey::read_or_make(&self.file("key")).unwrap()
    }

    pub fn public(&self) -> Key {
        self.key().public().unwrap()
    }

    pub fn plan(&self, server: &StandIn) -> Plan {
        Plan {
            log: self.file("log.jsonl"),
            about: About {
                machine: MACHINE.to_owned(),
                name: "stand-in".to_owned(),
                asked: vec![SYSTEM.to_owned(), POWER.to_owned()],
                interval: 1,
                max_gap: 60,
                sign_every: 3,
            },
            endpoint: Endpoint {
                url: server.url.clone(),
                trust: Trust::Public,
                login: Login::None,
                timeout: Duration::from_secs(5),
            },
        }
    }

    /// So many polls, then a clean stop. A test that starts a process holds all open files for a moment, and with them
    /// this one's lock: that passes.
    pub fn record(&self, plan: &Plan, polls: u32) -> Result<(), RecordError> {
        for _ in 0..50 {
            let recorded = self.record_once(plan, polls);
            if !matches!(&recorded, Err(RecordError::Log(LogError::InUse(_)))) {
                return recorded;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.record_once(plan, polls)
    }

    fn record_once(&self, plan: &Plan, polls: u32) -> Result<(), RecordError> {
        let (stop, stopped) = channel();
        let mut seen = 0;
        record(plan, self.key(), &stopped, &mut |event| {
            if !matches!(event, Event::Begun(_) | Event::Dropped(_)) {
                seen += 1;
                if seen == polls {
                    stop.send(()).unwrap();
                }
            }
        })
    }

    /// Opens the log as the recorder does, once the lock is free.
    pub fn open(&self, plan: &Plan) -> Log {
        for _ in 0..50 {
            match Log::open(&plan.log, &plan.about, self.key(), &self.public(), now()) {
                Err(LogError::InUse(_)) => std::thread::sleep(Duration::from_millis(20)),
                opened => return opened.unwrap(),
            }
        }
        panic!("the log stays in use");
    }

    /// The log as the core finds it.
    pub fn report(&self) -> HeartbeatReport {
        let key = self.public();
        check(
            &self.log(),
            Expected {
                machine: Some(MACHINE),
                recorder: Some(&key),
                at: now(),
                ..Expected::default()
            },
        )
    }
}

pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

pub fn codes(report: &HeartbeatReport) -> Vec<Code> {
    report.counts.iter().map(|count| count.code).collect()
}

/// Nothing is wrong but what a busy computer does to a test's intervals.
#[track_caller]
pub fn assert_sound(report: &HeartbeatReport) {
    let is_pace = |code: &Code| matches!(code, Code::PollEarly | Code::PollLate);
    assert!(codes(report).iter().all(is_pace), "{:#?}", report.findings);
}
