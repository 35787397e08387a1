//! Evidence of colocation: a machine in a data centre has no provider's console, so evidence is combined.
//!
//! ```text
//! items (what people entered, files) ─check─▶ rows an item ─▶ trust table: attacker × evidence
//! ```
//!
//! Each kind is checked as far as a file can be, and the report says how far. Nothing is asked of the network: the user
//! supplies the files. An item counts in the [`trust`] table only if all that it needs was given and holds; the table
//! is computed from that alone. `docs/colocation.md` lists kinds, rows and codes.

// Plain data: what is given, what is found, and the closed list of codes.
pub mod code;
pub mod evidence;
pub mod report;

// Reading what came in. Nothing here is trusted yet.
mod dkim;
mod mail;
mod people;
mod written;
mod zone;

// One checker a kind.
pub mod addresses;
mod claim;
pub mod heartbeat;
mod hosting;
mod pledge;

// What the items that count are worth.
pub mod trust;

// Texts that people start from.
pub mod templates;

pub use code::Code;
pub use evidence::{Contents, Item};
pub use report::ColocationReport;

use std::collections::BTreeMap;
use std::rc::Rc;

use evidence::{Entered, File, Kind, MAX_FILES, MAX_ITEMS, MAX_READS, MailKey, Pledge, Role};
use hosting::Opened;
use people::Entries;
use report::{Check, CheckId, FileView, Finding, Found, ItemReport, SCHEMA, Tie};

use crate::moment::rfc3339;
use crate::report::Outcome;
use crate::text::quoted;

/// What SSH signatures of owners and signatories must have been made for: `ssh-keygen -Y sign -n colocation@cloud-witness`.
pub const NAMESPACE: &str = "colocation@cloud-witness";

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The items; of more than [`MAX_ITEMS`] the first.
    pub items: &'a [Item],
    /// Their files' bytes.
    pub contents: &'a Contents<'a>,
    /// The machine's charter key, for example `intel:sgx:ppid:…`.
    pub machine: Option<&'a str>,
    /// The moment to check for, Unix seconds.
    pub at: u64,
    /// Whether a bare-metal ceremony's record about this machine was opened and holds.
    pub console: bool,
}

/// Checks items of evidence: a pure function of what is asked.
pub fn check(asked: &Asked<'_>) -> ColocationReport {
    check_counting(asked).0
}

/// The same, and what was done for its mails: what keeps a check short is shown by these numbers.
fn check_counting(asked: &Asked<'_>) -> (ColocationReport, Vec<dkim::Work>) {
    let mut reads = Reads::default();
    let items: Vec<ItemReport> = asked
        .items
        .iter()
        .take(MAX_ITEMS)
        .map(|item| check_item(item, asked, &mut reads))
        .collect();
    let works = reads
        .mails
        .values()
        .flat_map(|mail| mail.as_ref())
        .map(Opened::work);
    let works = works.collect();
    let report = ColocationReport {
        schema: SCHEMA,
        verifier: crate::appraisal::build(),
        at: asked.at,
        at_rfc3339: rfc3339(asked.at),
        machine: asked.machine.map(str::to_owned),
        trust: trust::table(asked.items, &items, asked.console),
        items,
    };
    (report, works)
}

/// Most bytes of the different files of a check, and of its mails and documents.
const MAX_BYTES: usize = 320 * 1024 * 1024;
const MAX_MAIL_BYTES: usize = 16 * 1024 * 1024;

/// What was read already, by its SHA-256: one file that is held once can be named a thousand times.
#[derive(Default)]
struct Reads<'a> {
    /// How often.
    times: BTreeMap<&'a str, usize>,
    /// All of it, and mails and documents alone.
    bytes: usize,
    mail_bytes: usize,
    /// Mails are opened once.
    mails: BTreeMap<&'a str, Mail<'a>>,
}

/// A mail's file, opened; or why it is none.
type Mail<'a> = Rc<Result<Opened<'a>, Finding>>;

impl<'a> Reads<'a> {
    /// Whether a file is read once more.
    ///
    /// # Errors
    /// A [`Finding`] of row `files`.
    fn allow(&mut self, file: &'a File, bytes: usize) -> Result<(), Finding> {
        // Nothing reads a certificate, and one can be of several standards.
        if file.role == Role::Certificate {
            return Ok(());
        }
        let name = quoted(&file.name, 100);
        let reads = self.times.entry(&file.sha256).or_default();
        *reads = reads.saturating_add(1);
        if *reads > MAX_READS {
            return Err(Finding::fail(
                Code::FileUnexpected,
                format!(
                    "{name} is one file too many: of all items, one file is read {MAX_READS} times."
                ),
            ));
        }
        if *reads > 1 {
            return Ok(());
        }
        let is_mail = matches!(file.role, Role::Mail | Role::Document);
        let of_mails = if is_mail { bytes } else { 0 };
        let all = self.bytes.saturating_add(bytes);
        let mails = self.mail_bytes.saturating_add(of_mails);
        if all > MAX_BYTES || mails > MAX_MAIL_BYTES {
            // It was not read, and a smaller one may be.
            *reads = 0;
            let (what, most) = if mails > MAX_MAIL_BYTES {
                ("mails and documents", MAX_MAIL_BYTES)
            } else {
                ("files", MAX_BYTES)
            };
            return Err(Finding::fail(
                Code::FilesTooLarge,
                format!(
                    "{name} was not read: with its {bytes} bytes, the {what} of all items would be larger than {most} bytes together."
                ),
            ));
        }
        (self.bytes, self.mail_bytes) = (all, mails);
        Ok(())
    }

    fn mail(&mut self, file: &'a File, bytes: &'a [u8]) -> Mail<'a> {
        let mail = self
            .mails
            .entry(&file.sha256)
            .or_insert_with(|| Rc::new(Opened::new(bytes)));
        Rc::clone(mail)
    }
}

/// The files of an item whose row `files` holds.
pub(crate) struct Given<'a> {
    files: Vec<(&'a File, &'a [u8])>,
    mail: Option<Mail<'a>>,
}

impl<'a> Given<'a> {
    /// The one file of a role.
    fn one(&self, role: Role) -> Option<&'a [u8]> {
        self.files
            .iter()
            .find(|(file, _)| file.role == role)
            .map(|(_, bytes)| *bytes)
    }

    /// What was said of it: its SHA-256 is that of its bytes.
    fn named(&self, role: Role) -> Option<&'a File> {
        self.files
            .iter()
            .find(|(file, _)| file.role == role)
            .map(|(file, _)| *file)
    }

    /// The first mail, opened, or why it is none.
    fn mail(&self) -> Option<Result<&Opened<'a>, &Finding>> {
        self.mail.as_ref().map(|mail| mail.as_ref().as_ref())
    }

    /// Name and bytes of every file of a role.
    fn all(&self, role: Role) -> Vec<(&'a str, &'a [u8])> {
        self.files
            .iter()
            .filter(|(file, _)| file.role == role)
            .map(|(file, bytes)| (file.name.as_str(), *bytes))
            .collect()
    }
}

fn check_item<'a>(item: &'a Item, asked: &Asked<'a>, reads: &mut Reads<'a>) -> ItemReport {
    let kind = item.entered.kind();
    let entered = entered(&item.entered, asked.at);
    let (files, given) = files(item, asked.contents, reads);
    let mut checks = vec![entered, files];
    // A file that lacks does not keep the others from being looked at.
    let (found, ties) = check_kind(&item.entered, &given, asked);
    checks.extend(found.checks);
    ItemReport {
        kind,
        counts: checks
            .iter()
            .all(|check| check.holds() || is_done_without(check)),
        checks,
        how_far: kind.how_far(),
        facts: found.facts,
        ties,
        files: item
            .files
            .iter()
            .take(MAX_FILES)
            .map(|file| FileView {
                role: file.role,
                name: file.name.clone(),
                sha256: file.sha256.clone(),
                bytes: asked.contents.get(&file.sha256).map(<[u8]>::len),
            })
            .collect(),
        timeline: found.timeline,
    }
}

/// Whether the kind does without what was not given.
fn is_done_without(check: &Check) -> bool {
    check.outcome == Outcome::NotGiven && check.id == CheckId::ClaimCertificates
}

fn check_kind(entered: &Entered, given: &Given<'_>, asked: &Asked<'_>) -> (Found, Vec<Tie>) {
    let found = match entered {
        Entered::OwnerClaim {
            key, certificates, ..
        } => claim::check(given, key, certificates, asked.machine, asked.at),
        Entered::HostingVideo {
            watched_by,
            seconds,
            ..
        } => hosting::video(watched_by, *seconds),
        Entered::HostingMail { mail, .. } => hosting::mail(given.mail(), mail, asked.at).found,
        Entered::NotificationPledge(pledge) | Entered::ProviderPledge(pledge) => {
            return pledge::check(given, pledge, asked.at);
        }
        Entered::Heartbeat(heartbeat) => {
            heartbeat::found(heartbeat, given.one(Role::Log), asked.machine, asked.at)
        }
        Entered::Addresses(addresses) => {
            addresses::found(addresses, &given.all(Role::Prefixes), asked.at)
        }
        Entered::Beacon { .. } => Found {
            checks: vec![Check::ran(
                CheckId::BeaconNoted,
                "",
                vec![Finding::warn(
                    Code::BeaconWorkInProgress,
                    "The beacon was noted. Nothing of it can be checked yet.",
                )],
            )],
            ..Found::default()
        },
    };
    (found, Vec::new())
}

/// Row `entered`.
fn entered(entered: &Entered, at: u64) -> Check {
    let mut entries = Entries::new(at);
    match entered {
        Entered::OwnerClaim {
            owner,
            key,
            key_source,
            certificates,
        } => {
            entries
                .line("owner", owner)
                .key("owner's key", key)
                .free_text("way in which the key is known", key_source);
            for certificate in certificates {
                entries
                    .line("certificate's standard", &certificate.standard)
                    .line("certificate's issuer", &certificate.issuer)
                    .free_text("certificate's scope", &certificate.scope)
                    .span(
                        "certificate's validity",
                        certificate.valid_from,
                        certificate.valid_to,
                    );
            }
        }
        Entered::HostingVideo {
            data_centre,
            sha256,
            link,
            seconds: _,
            recorded_at,
            seen,
            watched_by,
        } => {
            entries
                .line("data centre", data_centre)
                .digest("video", sha256)
                .past("video", *recorded_at)
                .free_text("description of what is seen", seen);
            if let Some(link) = link {
                entries.link(link);
            }
            for name in watched_by {
                entries.line("name of one who watched", name);
            }
        }
        Entered::HostingMail { data_centre, mail } => {
            entries.line("data centre", data_centre);
            mail_entered(&mut entries, mail);
        }
        Entered::NotificationPledge(pledge) | Entered::ProviderPledge(pledge) => {
            let Pledge {
                data_centre,
                signatory,
                signatory_role,
                confirmed_by,
            } = pledge;
            entries
                .line("data centre", data_centre)
                .line("signatory", signatory)
                .line("signatory's role", signatory_role);
            match confirmed_by {
                evidence::Confirmation::Mail(mail) => mail_entered(&mut entries, mail),
                evidence::Confirmation::Signature { key, key_source } => {
                    entries
                        .key("signatory's key", key)
                        .free_text("way in which the key is known", key_source);
                }
            }
        }
        Entered::Heartbeat(heartbeat) => {
            entries
                .key("recorder's key", &heartbeat.key)
                .free_text("way in which the key is known", &heartbeat.key_source)
                .past("end of the log", heartbeat.to)
                .span("log", heartbeat.from, heartbeat.to);
        }
        Entered::Addresses(addresses) => {
            entries
                .line("data centre", &addresses.data_centre)
                .free_text(
                    "way in which the prefixes are known",
                    &addresses.prefixes_source,
                );
            if let Some(holder) = &addresses.holder {
                entries.line("holder's id", holder);
            }
            for seen in &addresses.seen {
                entries
                    .line("address", &seen.address)
                    .line("one who saw the address", &seen.seen_by)
                    .past("sight of the address", seen.seen_at);
            }
        }
        Entered::Beacon {
            description,
            hashes,
        } => {
            entries.free_text("description of the beacon", description);
            for noted in hashes {
                entries
                    .line("name of what was noted", &noted.what)
                    .digest("noted thing", &noted.sha256);
            }
        }
    }
    entries.row()
}

fn mail_entered(entries: &mut Entries, mail: &MailKey) {
    entries
        .domain(&mail.domain)
        .free_text("way in which the domain is known", &mail.domain_source)
        .free_text(
            "place and time where the key record was looked up",
            &mail.key_record_source,
        );
    if mail.key_record.trim().is_empty() {
        entries.fail(
            Code::EnteredMissing,
            "The DKIM key record was not entered.".to_owned(),
        );
    }
}

/// Row `files`: those that the kind needs are there, and no other; and the files whose bytes are.
fn files<'a>(
    item: &'a Item,
    contents: &'a Contents<'a>,
    reads: &mut Reads<'a>,
) -> (Check, Given<'a>) {
    let id = CheckId::Files;
    let mut findings = Vec::new();
    let mut given = Vec::new();
    let needed = item.entered.roles();
    for file in item.files.iter().take(MAX_FILES) {
        let name = quoted(&file.name, 100);
        if !needed.iter().any(|(role, _)| *role == file.role) {
            findings.push(Finding::fail(
                Code::FileUnexpected,
                format!("{name} is no file that this kind takes."),
            ));
            continue;
        }
        let read = bytes_of(file, contents)
            .and_then(|bytes| reads.allow(file, bytes.len()).map(|()| bytes));
        match read {
            Ok(bytes) => given.push((file, bytes)),
            Err(finding) => findings.push(finding),
        }
    }
    if item.files.len() > MAX_FILES {
        findings.push(Finding::fail(
            Code::FileUnexpected,
            format!("There are more than {MAX_FILES} files."),
        ));
    }
    for (role, number) in needed {
        let found = item.files.iter().filter(|file| file.role == role).count();
        if number.is_some_and(|number| found > number) {
            findings.push(Finding::fail(
                Code::FileUnexpected,
                format!("There are {found} files {}.", role.words()),
            ));
        }
        if found < number.unwrap_or(1) {
            findings.push(Finding::fail(
                Code::FileMissing,
                format!("The file {} is not there.", role.words()),
            ));
        }
    }
    let detail = if item.files.is_empty() {
        "This kind has no files.".to_owned()
    } else {
        format!(
            "{} as named by SHA-256.",
            crate::text::count(item.files.len(), "file")
        )
    };
    let mail = given
        .iter()
        .find(|(file, _)| file.role == Role::Mail)
        .map(|(file, bytes)| reads.mail(file, bytes));
    (
        Check::ran(id, detail, findings),
        Given { files: given, mail },
    )
}

fn bytes_of<'a>(file: &File, contents: &'a Contents<'a>) -> Result<&'a [u8], Finding> {
    let name = quoted(&file.name, 100);
    if !people::is_digest(&file.sha256) {
        return Err(Finding::fail(
            Code::DigestInvalid,
            format!(
                "The SHA-256 of {name} is {}, not 64 lower-case hex digits.",
                quoted(&file.sha256, 70)
            ),
        ));
    }
    let Some(bytes) = contents.get(&file.sha256) else {
        return Err(Finding::fail(
            Code::FileMissing,
            format!(
                "{name} is not here: the file with the SHA-256 {}.",
                file.sha256
            ),
        ));
    };
    if bytes.is_empty() {
        return Err(Finding::fail(Code::FileEmpty, format!("{name} is empty.")));
    }
    let most = file.role.most_bytes();
    if bytes.len() > most {
        // What to give in its place depends on what it is.
        let code = match file.role {
            Role::Prefixes => Code::PrefixesTooLarge,
            Role::Log => Code::LogTooLarge,
            _ => Code::FileTooLarge,
        };
        return Err(Finding::fail(
            code,
            format!("{name} has {} bytes; at most {most} are read.", bytes.len()),
        ));
    }
    Ok(bytes)
}

impl Entered {
    /// Which files it takes: a role, and how many of it exactly; none for one or more.
    fn roles(&self) -> Vec<(Role, Option<usize>)> {
        let confirmed = |pledge: &Pledge| match pledge.confirmed_by {
            evidence::Confirmation::Mail(_) => Role::Mail,
            evidence::Confirmation::Signature { .. } => Role::Signature,
        };
        match self {
            Self::OwnerClaim { certificates, .. } => vec![
                (Role::Statement, Some(1)),
                (Role::Signature, Some(1)),
                (Role::Certificate, Some(certificates.len())),
            ],
            Self::HostingMail { .. } => vec![(Role::Mail, Some(1))],
            Self::NotificationPledge(pledge) | Self::ProviderPledge(pledge) => {
                vec![(Role::Document, Some(1)), (confirmed(pledge), Some(1))]
            }
            Self::Heartbeat(_) => vec![(Role::Log, Some(1))],
            Self::Addresses(_) => vec![(Role::Prefixes, None)],
            Self::HostingVideo { .. } | Self::Beacon { .. } => Vec::new(),
        }
    }
}

impl Role {
    const fn words(self) -> &'static str {
        match self {
            Self::Statement => "with the statement",
            Self::Signature => "with the signature",
            Self::Certificate => "with an audit certificate",
            Self::Mail => "with the e-mail",
            Self::Document => "with the document",
            Self::Log => "with the log",
            Self::Prefixes => "with prefixes",
        }
    }

    /// Most bytes of such a file (O1).
    pub const fn most_bytes(self) -> usize {
        const KIB: usize = 1024;
        match self {
            Self::Statement => 64 * KIB,
            Self::Signature => 8 * KIB,
            Self::Certificate | Self::Mail | Self::Document => 4 * 1024 * KIB,
            Self::Log => heartbeat::MAX_LOG,
            Self::Prefixes => addresses::MAX_PREFIXES,
        }
    }
}

impl Kind {
    /// Every kind, in the order of the trust table.
    pub const ALL: [Self; 8] = [
        Self::OwnerClaim,
        Self::HostingVideo,
        Self::HostingMail,
        Self::NotificationPledge,
        Self::ProviderPledge,
        Self::Addresses,
        Self::Heartbeat,
        Self::Beacon,
    ];

    /// Plain words: how far its checks go, and what they do not show.
    pub const fn how_far(self) -> &'static str {
        match self {
            Self::OwnerClaim => {
                "Checked: the key signed this very statement, which names the machine; certificates by the dates that were \
                 entered. Not checked: that the key is the owner's, what the certificates say, and whether the claim is \
                 true. It is the owner's promise."
            }
            Self::HostingVideo => {
                "Checked: that a video is named by a hash, and that people were entered who watched it. Not checked: that they did, \
                 and anything that is on it. It is their word."
            }
            Self::HostingMail => {
                "Checked: the mail was signed under the key that was supplied, by a domain that was entered as the data \
                 centre's; its body and the fields that are signed were not changed since; no mark of a program's mail \
                 was found in it. Not from DNS: whoever supplied the key record vouches that it stood there. Not \
                 checked: who wrote it, for marks can be cut off that are not signed, and what it says. Read it."
            }
            Self::NotificationPledge | Self::ProviderPledge => {
                "Checked: that a signature is over this very document; or that a mail attaches it, or holds its SHA-256 in the \
                 text that is shown, outside of what looks quoted, and that no mark of a program's mail was found in it. A mail's key is not from DNS: whoever supplied the key record vouches that it stood there. Not \
                 checked: what the document says, whether the signatory may speak for the data centre, and who wrote the \
                 mail, for a program can repeat what it was sent. Read both: a mail that names the document may also refuse it."
            }
            Self::Heartbeat => {
                "Checked: that the log is whole, in order, signed by the recorder's key, and without silences longer than \
                 declared. Not checked: that what answered was this machine. The recorder's keeper vouches for that."
            }
            Self::Addresses => {
                "Checked: that the addresses lie in the prefixes that were supplied. A range is not a location: addresses \
                 can be announced, tunnelled or forwarded from elsewhere. Not checked: that the prefixes are the data \
                 centre's today, and who saw the addresses."
            }
            Self::Beacon => {
                "Work in progress: hashes and a description are kept for later. Nothing is checked, and nothing is proven."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    /// A mail with this many signatures of either canonical form for its body, all of which fit it and none the key.
    fn mail(number: usize, signatures: usize, domain: &str) -> Vec<u8> {
        let body = format!("a  b{number}\r\n").repeat(1000);
        let relaxed = format!("a b{number}\r\n").repeat(1000);
        let fields: String = (0..signatures)
            .map(|index| {
                let (form, body) = if index % 2 == 0 {
                    ("simple", &body)
                } else {
                    ("relaxed", &relaxed)
                };
                format!(
                    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/{form}; d={domain}; s=s; h=From; bh={}; b=AAAA\r\n",
                    STANDARD.encode(crate::text::sha256(body.as_bytes()))
                )
            })
            .collect();
        format!("{fields}From: a@dc.example\r\n\r\n{body}").into_bytes()
    }

    /// What is done for so many mails, each named by so many items.
    fn work(mails: &[Vec<u8>], items: usize) -> (ColocationReport, Vec<dkim::Work>) {
        let mut contents = Contents::default();
        let entered = Entered::HostingMail {
            data_centre: "x".to_owned(),
            mail: MailKey {
                domain: "dc.example".to_owned(),
                domain_source: "x".to_owned(),
                key_record: "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned(),
                key_record_source: "x".to_owned(),
            },
        };
        let items: Vec<Item> = mails
            .iter()
            .flat_map(|mail| {
                let file = File {
                    role: Role::Mail,
                    name: "mail.eml".to_owned(),
                    sha256: contents.add(mail.clone()),
                    base64: None,
                };
                let item = Item {
                    entered: entered.clone(),
                    files: vec![file],
                };
                vec![item; items]
            })
            .collect();
        check_counting(&Asked {
            items: &items,
            contents: &contents,
            machine: None,
            at: 0,
            console: false,
        })
    }

    #[test]
    fn a_body_is_hashed_once_for_all_signatures_and_items() {
        let both_forms = |mail: &[u8]| {
            let (_, works) = work(&[mail.to_vec()], 1);
            works[0].hashed
        };
        let two = both_forms(&mail(1, 2, "dc.example"));
        // 4 signatures in 8 items: no byte of the body more; and of the header what each signs, once; and each is verified once.
        let four = mail(1, 4, "dc.example");
        let (report, works) = work(std::slice::from_ref(&four), 8);
        assert_eq!(works.len(), 1);
        assert_eq!(works[0].hashed, both_forms(&four));
        let fields = works[0].hashed - two;
        assert!(fields < 4 * 400, "{fields}");
        assert_eq!(works[0].verified, 4);
        for item in &report.items {
            assert_eq!(item.checks[4].code, Some(Code::DkimRefused));
        }
    }

    #[test]
    fn nothing_is_done_for_signatures_of_other_domains() {
        let (report, works) = work(&[mail(1, 16, "other.example")], 8);
        assert_eq!(works, [dkim::Work::default()]);
        assert_eq!(report.items[0].checks[4].code, Some(Code::DomainDiffers));
        // Nor for more of the domain than anybody needs.
        let (report, works) = work(&[mail(1, 5, "dc.example")], 1);
        assert_eq!(works, [dkim::Work::default()]);
        assert_eq!(report.items[0].checks[4].code, Some(Code::DkimTooMany));
    }

    #[test]
    fn of_many_mails_each_is_hashed_once() {
        let mails: Vec<Vec<u8>> = (0..4).map(|number| mail(number, 4, "dc.example")).collect();
        let (_, works) = work(&mails, 8);
        let hashed: usize = works.iter().map(|work| work.hashed).sum();
        let verified: usize = works.iter().map(|work| work.verified).sum();
        assert_eq!(verified, 4 * 4);
        let bytes: usize = mails.iter().map(Vec::len).sum();
        assert_eq!(works.len(), 4);
        assert!(hashed < 2 * bytes, "{hashed} of {bytes}");
    }
}
