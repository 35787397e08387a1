//! Evidence of colocation that checks out, from `tests/colocation/`, whose parts can be changed before it is checked.

use std::path::{Path, PathBuf};

use cloud_witness::colocation::evidence::{Contents, Entered, Item, Kind, Role};
use cloud_witness::colocation::heartbeat::line::{Answer, Chain, FORMAT, Header, PowerState, When};
use cloud_witness::colocation::{Asked, ColocationReport, check};

use ed25519_dalek::Signer as _;

use crate::ceremony::{key, key_line};

/// The machine that the files are about: the forge's.
pub const MACHINE: &str = "intel:sgx:ppid:e8a3f02ba44268956272bc8f295e0027";
/// The moment that the files are made for: that of the forged ceremony.
pub const AT: u64 = forge::AT;

/// The folder with mails, pledges and keys.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../colocation")
}

/// A file of that folder.
pub fn file(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The same as text.
pub fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

/// The log in that folder, as its recorder writes it: an hour, a poll a minute, signed every ten; and its key's line.
pub fn heartbeat() -> (String, String) {
    let key = key("the heartbeat's recorder");
    let line = key_line(&key);
    let start = AT - 3600;
    let header = Header {
        format: FORMAT,
        machine: MACHINE.to_owned(),
        endpoint: "bmc-7, rack 12".to_owned(),
        asked: vec!["/redfish/v1/Systems/1".to_owned()],
        interval: 60,
        max_gap: 150,
        sign_every: 10,
        time: start,
        key: line.clone(),
    };
    let answer = Answer {
        power: PowerState::On,
        uuid: Some("00112233-4455-6677-8899-aabbccddeeff".to_owned()),
        serial: Some("4711".to_owned()),
        supplies: Some(2),
    };
    let (first, mut chain) = Chain::begin(header).unwrap();
    let mut lines = vec![first, chain.start(start)];
    for poll in 0..60 {
        let clock = poll * 60;
        let time = start + clock;
        lines.push(chain.beat(When { time, clock }, 1, &answer));
        if poll % 10 == 9 {
            lines.push(chain.signature(time, |signed| key.sign(signed).to_bytes()));
        }
    }
    let text = lines
        .iter()
        .fold(String::new(), |text, line| text + line + "\n");
    (text, line)
}

/// Items with their files' bytes, as a caller holds them.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub items: Vec<Item>,
    pub contents: Contents<'static>,
    pub machine: Option<String>,
    pub at: u64,
    pub console: bool,
}

#[derive(serde::Deserialize)]
struct Sample {
    machine: String,
    items: Vec<Item>,
}

impl Evidence {
    /// Everything in `evidence.json`: each item counts.
    pub fn good() -> Self {
        let sample: Sample = serde_json::from_slice(&file("evidence.json")).unwrap();
        let mut evidence = Self {
            items: sample.items,
            contents: Contents::default(),
            machine: Some(sample.machine),
            at: AT,
            console: false,
        };
        for item in &mut evidence.items {
            for named in &mut item.files {
                named.sha256 = evidence.contents.add(file(&named.name));
            }
        }
        evidence
    }

    /// Of these kinds alone.
    pub fn only(kinds: &[Kind]) -> Self {
        Self::good().with(|evidence| {
            evidence
                .items
                .retain(|item| kinds.contains(&item.entered.kind()));
        })
    }

    /// The same, changed.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// What was entered of the item of a kind.
    pub fn entered(&mut self, kind: Kind) -> &mut Entered {
        &mut self.item(kind).entered
    }

    /// The item of a kind.
    pub fn item(&mut self, kind: Kind) -> &mut Item {
        self.items
            .iter_mut()
            .find(|item| item.entered.kind() == kind)
            .unwrap()
    }

    /// Puts other bytes into the place of an item's file.
    pub fn replace(&mut self, kind: Kind, role: Role, bytes: Vec<u8>) {
        let sha256 = self.contents.add(bytes);
        let item = self.item(kind);
        let file = item
            .files
            .iter_mut()
            .find(|file| file.role == role)
            .unwrap();
        file.sha256 = sha256;
    }

    /// Checks it.
    pub fn check(&self) -> ColocationReport {
        check(&Asked {
            items: &self.items,
            contents: &self.contents,
            machine: self.machine.as_deref(),
            at: self.at,
            console: self.console,
        })
    }
}
