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

/// A mail that the data centre's domain signs with an Ed25519 key, in simple canonical form, and the key's record.
pub struct Signer {
    /// What stands in `h=`.
    pub covers: &'static str,
    /// More tags, each with its semicolon.
    pub tags: String,
    /// `d=`.
    pub domain: &'static str,
}

impl Default for Signer {
    fn default() -> Self {
        Self {
            covers: "from:to:subject:date:content-type:content-transfer-encoding",
            tags: format!("t={};", AT - 86_400),
            domain: "datacentre.example",
        }
    }
}

impl Signer {
    /// The record of the key that signs.
    pub fn record() -> String {
        use base64::Engine as _;

        let key = key("the data centre's mail server").verifying_key();
        let key = base64::engine::general_purpose::STANDARD.encode(key.to_bytes());
        format!("v=DKIM1; k=ed25519; p={key}")
    }

    /// Signs header lines and a body, whose lines end in LF.
    pub fn sign(&self, header: &str, body: &str) -> Vec<u8> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        use sha2::{Digest as _, Sha256};

        let (header, body) = (header.replace('\n', "\r\n"), body.replace('\n', "\r\n"));
        let canonical = format!("{}\r\n", body.trim_end_matches("\r\n"));
        let hash = STANDARD.encode(Sha256::digest(canonical));
        let own = format!(
            "DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d={}; s=ed; {} h={}; bh={hash}; b=",
            self.domain, self.tags, self.covers
        );
        // A folded field is one; none of these stands twice.
        let unfolded = header.replace("\r\n ", "\u{1}");
        let mut signed = String::new();
        for name in self.covers.split(':') {
            let field = unfolded.lines().find(|line| {
                line.split_once(':')
                    .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
            });
            if let Some(field) = field {
                signed += &format!("{field}\r\n");
            }
        }
        let signed = signed.replace('\u{1}', "\r\n ") + &own;
        let signature = key("the data centre's mail server").sign(&Sha256::digest(signed));
        let signature = STANDARD.encode(signature.to_bytes());
        format!("{own}{signature}\r\n{header}\r\n{body}").into_bytes()
    }
}

/// The most work that mails can ask for: each as large as one may be, with as many signatures under the largest key as are
/// verified, over the most of the header and in both canonical forms, all of which fit the body and none the key; and each
/// named by as many items as may name it.
pub fn worst() -> Evidence {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    // An odd number of 8192 bits serves as a modulus: nothing is ever signed under it. Its DER by hand (RFC 8017, A.1.1).
    let modulus: Vec<u8> = (0..32_u8).flat_map(|part| Sha256::digest([part])).collect();
    let integer = [
        &[2, 0x82, 4, 1, 0][..],
        &[0x80 | modulus[0]],
        &modulus[1..1023],
        &[modulus[1023] | 1],
    ]
    .concat();
    let exponent = [2, 3, 1, 0, 1];
    let content = [integer, exponent.to_vec()].concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let key = STANDARD.encode([&[0x30, 0x82][..], &length, &content].concat());
    let mails: Vec<Vec<u8>> = (0..4_u8)
        .map(|number| {
            let line = format!(" a  b\tc{number}\r\n");
            let body = line.repeat((4 * 1024 * 1024 - 256 * 1024) / line.len());
            let relaxed = format!(" a b c{number}\r\n").repeat(body.len() / line.len());
            let header = format!("X: {}\r\n", "x \t".repeat(70_000));
            let signatures: String = (0..4)
                .map(|index| {
                    let (form, hash) = if index % 2 == 0 {
                        ("simple", Sha256::digest(&body))
                    } else {
                        ("relaxed", Sha256::digest(&relaxed))
                    };
                    format!(
                        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/{form}; d=datacentre.example; s=s{index}; \
                         h=From:X; bh={}; b={}\r\n",
                        STANDARD.encode(hash),
                        STANDARD.encode([1; 1024])
                    )
                })
                .collect();
            format!("{signatures}{header}From: a@datacentre.example\r\n\r\n{body}").into_bytes()
        })
        .collect();
    let mut evidence = Evidence::only(&[Kind::HostingMail]);
    let Entered::HostingMail { mail, .. } = &mut evidence.items[0].entered else {
        panic!("a hosting mail");
    };
    mail.key_record = format!("v=DKIM1; k=rsa; p={key}");
    let item = evidence.items[0].clone();
    evidence.items = mails
        .into_iter()
        .flat_map(|mail| {
            let mut item = item.clone();
            item.files[0].sha256 = evidence.contents.add(mail);
            vec![item; 8]
        })
        .collect();
    evidence
}
