//! The file: a DSSE envelope (<https://github.com/secure-systems-lab/dsse>, version 1.0.2) with one signature a
//! participant, and beside it what was added later, each an envelope of its own.
//!
//! A signature's `sig` is either 64 bytes of Ed25519 over the pre-authentication encoding, as DSSE has it, or the
//! bytes of an SSH signature over the payload, which begin with `SSHSIG`. `keyid` is the key's OpenSSH fingerprint.
//! The file itself is canonical JSON, so that a changed byte anywhere is noticed; DSSE's readers take it as it is.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::{self, JsonError};
use super::keys::{self, Key, Refusal, SshSignature};
use super::participants::MAX_PARTICIPANTS;
use super::record::{
    ADDENDUM_TYPE, Addendum, Participant, RECORD_TYPE, Record, STATEMENT_TYPE, Statement,
};
use super::report::{Finding, SignatureView};
use super::substance::Substance;
use super::{Code, MAX_FILE, participants};
use crate::Verifier;
use crate::evidence::foreign_encoding;
use crate::report::{Report, Verdict};
use crate::text::{quoted, sha256_hex};

/// `payloadType` of in-toto statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Most signatures, and most addenda, in a file.
const MAX_SIGNATURES: usize = 64;

/// A DSSE envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Base64 of the statement's canonical JSON.
    pub payload: String,
    /// [`PAYLOAD_TYPE`].
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// By key.
    pub signatures: Vec<Signature>,
    /// What was added later: our own field, which DSSE's readers ignore as its section "Parsing rules" asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addenda: Vec<Envelope>,
}

/// One signature in an envelope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The key's OpenSSH fingerprint, `SHA256:…`.
    pub keyid: String,
    /// Base64.
    pub sig: String,
}

/// What a participant signs, in both ways that a key can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToSign {
    /// The payload: the content of the file to sign with `ssh-keygen -Y sign -n ceremony@cloud-witness FILE`.
    pub payload: String,
    /// SHA-256 of the payload.
    pub payload_sha256: String,
    /// DSSE's pre-authentication encoding of it: the text whose UTF-8 a raw Ed25519 key signs.
    pub pae: String,
    /// [`keys::NAMESPACE`].
    pub namespace: &'static str,
}

/// A signature as a participant hands it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed<'a> {
    /// 64 bytes of Ed25519 over [`ToSign::pae`], with the key's OpenSSH line.
    Raw {
        /// The line.
        key: &'a str,
        /// The bytes.
        signature: &'a [u8],
    },
    /// The text that `ssh-keygen -Y sign` wrote.
    Ssh(&'a str),
}

/// Why a file cannot be read, or a signature not be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// A closed code.
    pub code: Code,
    /// Plain words, with the facts.
    pub detail: String,
}

impl Refused {
    fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.detail, self.code.advice())
    }
}

impl std::error::Error for Refused {}

/// An envelope that was read: its payload and the record in it. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// As it stands in the file.
    pub envelope: Envelope,
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// What they say.
    pub statement: Statement<Record>,
}

/// What only tells which kind of statement a text is.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "_type")]
    statement_type: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

impl Opened {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refused`] with a code of row `record.format`.
    pub fn read(file: &[u8]) -> Result<Self, Refused> {
        if file.len() > MAX_FILE {
            return Err(Refused::new(
                Code::RecordTooLarge,
                format!("The file has more than {MAX_FILE} bytes."),
            ));
        }
        if let Some(encoding) = foreign_encoding(file) {
            return Err(Refused::new(
                Code::RecordNotJson,
                format!(
                    "The file is saved as {encoding}; a record is UTF-8 without a byte order mark."
                ),
            ));
        }
        let envelope: Envelope =
            json::read_canonical(file).map_err(|error| not_a_record(file, &error))?;
        envelope.limited()?;
        let (payload, statement) = envelope.statement::<Record>(RECORD_TYPE)?;
        // Every one of them is looked at in many places.
        if statement.predicate.entered.participants.len() > MAX_PARTICIPANTS {
            return Err(Refused::new(
                Code::ParticipantsTooMany,
                format!("The record has more than {MAX_PARTICIPANTS} participants."),
            ));
        }
        Ok(Self {
            envelope,
            payload,
            statement,
        })
    }

    /// The record's name: SHA-256 of its payload.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.payload)
    }

    /// Who takes part.
    pub fn participants(&self) -> &[Participant] {
        &self.statement.predicate.entered.participants
    }

    /// Participants with a good signature on the record: positions in `participants`, from 0.
    pub fn signed_by(&self) -> BTreeSet<usize> {
        self.signatures().signed
    }

    /// Fingerprints of the keys with a good signature on the record.
    pub(super) fn signed_by_keys(&self) -> BTreeSet<String> {
        let good = self.signatures().views.into_iter();
        good.filter(|view| view.verified)
            .map(|view| view.keyid)
            .collect()
    }

    /// Checks every signature on the record.
    pub(super) fn signatures(&self) -> Checked {
        Checked::of(
            &self.envelope.signatures,
            &self.payload,
            self.participants(),
        )
    }

    /// Reads what was added later, and checks who signed it.
    pub(super) fn addenda(&self) -> Vec<(Option<Addendum>, Checked)> {
        self.envelope
            .addenda
            .iter()
            .map(|envelope| {
                let read = self.read_addendum(envelope);
                let payload = read.as_ref().map_or(&[][..], |(payload, _)| payload);
                let checked = Checked::of(&envelope.signatures, payload, self.participants());
                (read.ok().map(|(_, addendum)| addendum), checked)
            })
            .collect()
    }

    /// An addendum that is about this record.
    fn read_addendum(&self, envelope: &Envelope) -> Result<(Vec<u8>, Addendum), Refused> {
        let (payload, statement) = envelope.statement::<Addendum>(ADDENDUM_TYPE)?;
        let about_this = match statement.subject.as_slice() {
            [subject] => subject.digest.sha256 == self.sha256() && envelope.addenda.is_empty(),
            _ => false,
        };
        if !about_this {
            return Err(Refused::new(
                Code::AddendumRefused,
                "The addition is about another record.",
            ));
        }
        if let Some(finding) = self.check_addendum(&statement.predicate).into_iter().next() {
            return Err(Refused::new(finding.code, finding.detail));
        }
        Ok((payload, statement.predicate))
    }

    fn check_addendum(&self, addendum: &Addendum) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(addendum.recording.as_deref().and_then(recording_link));
        findings.extend(
            addendum
                .note
                .as_deref()
                .and_then(|note| participants::free_text("note", note)),
        );
        let ended = self.statement.predicate.entered.times.outcome;
        if addendum.added_at < ended || addendum.added_at > super::substance::LAST_SECOND {
            findings.push(Finding::fail(
                Code::TimeInvalid,
                "The time of the addition is none, or before the end of the ceremony.",
            ));
        }
        findings
    }
}

impl Envelope {
    /// Around a statement, without a signature yet.
    pub(super) fn around(payload: &[u8]) -> Self {
        Self {
            payload: STANDARD.encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: Vec::new(),
            addenda: Vec::new(),
        }
    }

    /// Every signature costs time, and a file may come from anyone.
    fn limited(&self) -> Result<(), Refused> {
        let too_many = |envelope: &Self| envelope.signatures.len() > MAX_SIGNATURES;
        if too_many(self)
            || self.addenda.len() > MAX_SIGNATURES
            || self.addenda.iter().any(too_many)
        {
            return Err(Refused::new(
                Code::RecordTooManySignatures,
                format!("The file has more than {MAX_SIGNATURES} signatures or additions."),
            ));
        }
        Ok(())
    }

    /// The file's bytes: signatures by key, then canonical JSON.
    pub(super) fn to_file(&self) -> Vec<u8> {
        let mut sorted = self.clone();
        for envelope in std::iter::once(&mut sorted.signatures).chain(
            sorted
                .addenda
                .iter_mut()
                .map(|addendum| &mut addendum.signatures),
        ) {
            envelope.sort();
            envelope.dedup();
        }
        sorted.addenda.sort_by(|a, b| a.payload.cmp(&b.payload));
        json::canonical(&sorted)
    }

    /// Decodes the payload and reads the statement of a kind in it.
    fn statement<P: DeserializeOwned + Serialize>(
        &self,
        kind: &str,
    ) -> Result<(Vec<u8>, Statement<P>), Refused> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(Refused::new(
                Code::RecordPayloadType,
                format!(
                    "The envelope holds {}, not {PAYLOAD_TYPE}.",
                    quoted(&self.payload_type, 60)
                ),
            ));
        }
        let payload = STANDARD.decode(&self.payload).map_err(|_| {
            Refused::new(
                Code::RecordBase64,
                "The payload is not base64 with padding (RFC 4648, section 4).",
            )
        })?;
        let header: Header = json::read(&payload).map_err(|error| unreadable("payload", &error))?;
        if header.statement_type != STATEMENT_TYPE || header.predicate_type != kind {
            return Err(Refused::new(
                Code::RecordVersionUnsupported,
                format!(
                    "The statement is {} of the kind {}; this verifier reads {kind}.",
                    quoted(&header.statement_type, 100),
                    quoted(&header.predicate_type, 100)
                ),
            ));
        }
        let statement =
            json::read_canonical(&payload).map_err(|error| unreadable("payload", &error))?;
        Ok((payload, statement))
    }
}

/// Why a file is not read as a record, and what it is where that can be told.
fn not_a_record(file: &[u8], error: &JsonError) -> Refused {
    let words = match error {
        JsonError::NotCanonical { byte } => written_anew(file, *byte),
        JsonError::Field { .. } => {
            let fields: serde_json::Map<String, Value> = json::read(file).unwrap_or_default();
            fields.contains_key("dsseEnvelope").then(|| {
                "This is a Sigstore bundle: the envelope stands in its field dsseEnvelope."
                    .to_owned()
            })
        }
        _ => None,
    };
    match words {
        Some(words) => Refused::new(error.code(), words),
        None => unreadable("file", error),
    }
}

/// What is said of a file that holds a record, whole and with good signatures only, in another writing than its one text.
/// It is not read: two files of one record would have two digests. `None` where more than the writing is wrong.
fn written_anew(file: &[u8], byte: usize) -> Option<String> {
    let envelope: Envelope = json::read(file).ok()?;
    let canonical = json::canonical(&envelope);
    // A canonical text comes back here never.
    let opened = Opened::read(&canonical).ok()?;
    let all_good = |checked: &Checked| checked.views.iter().all(|view| view.verified);
    let signatures = opened.signatures();
    let addenda_hold = opened
        .addenda()
        .iter()
        .all(|(addendum, checked)| addendum.is_some() && all_good(checked));
    if !all_good(&signatures) || !addenda_hold {
        return None;
    }
    let whole = if signatures.views.is_empty() {
        "its payload is whole, and nobody has signed it yet"
    } else {
        "payload and signatures are whole"
    };
    Some(match file.strip_prefix(canonical.as_slice()) {
        Some(b"\n" | b"\r\n") => format!(
            "A line end stands behind the record: {whole}. Take it away; `jq -cSj . FILE` prints the record's one text."
        ),
        Some(_) => format!(
            "Empty space stands behind the record: {whole}. Take it away; `jq -cSj . FILE` prints the record's one text."
        ),
        None => format!(
            "Only the envelope's writing differs, first at byte {byte}: {whole}. `jq -cSj . FILE` prints the record's one text."
        ),
    })
}

fn unreadable(what: &str, error: &JsonError) -> Refused {
    Refused::new(error.code(), format!("The {what} cannot be read: {error}."))
}

/// DSSE's pre-authentication encoding: `DSSEv1 LEN TYPE LEN BODY`, lengths in bytes.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

/// Every signature of an envelope, checked.
pub(super) struct Checked {
    pub(super) views: Vec<SignatureView>,
    /// Participants with a good signature.
    pub(super) signed: BTreeSet<usize>,
}

impl Checked {
    fn of(signatures: &[Signature], payload: &[u8], participants: &[Participant]) -> Self {
        let mut signed = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let owners = Owners::of(participants);
        let message = Message::of(payload);
        let views = signatures
            .iter()
            .map(|signature| {
                // The same bytes again need no second look, each of which takes its time.
                if !seen.insert(signature) {
                    return owners.view(signature, Err(Code::SignatureTwice));
                }
                let view = owners.check(signature, &message);
                match view.participant.filter(|_| view.verified) {
                    Some(participant) if !signed.insert(participant) => {
                        owners.view(signature, Err(Code::SignatureTwice))
                    }
                    _ => view,
                }
            })
            .collect();
        Self { views, signed }
    }

    /// What is wrong with them, in words.
    pub(super) fn findings(&self) -> Vec<Finding> {
        self.views
            .iter()
            .filter_map(|view| {
                let keyid = quoted(&view.keyid, 60);
                let finding = match view.code? {
                    code @ Code::SignatureByStranger => Finding::warn(
                        code,
                        format!(
                            "The key {keyid} is no participant's; its signature counts for nothing."
                        ),
                    ),
                    code @ Code::SignatureTwice => Finding::warn(
                        code,
                        format!("The key {keyid} signed twice; it counts once."),
                    ),
                    code @ Code::SignatureUnreadable => {
                        Finding::fail(code, format!("The signature by {keyid} cannot be read."))
                    }
                    code @ Code::SignatureNamespace => Finding::fail(
                        code,
                        format!("The signature by {keyid} was made for another purpose."),
                    ),
                    code @ Code::SignatureUntouched => Finding::fail(
                        code,
                        format!("Nobody touched the security key {keyid} when it signed."),
                    ),
                    code => Finding::fail(
                        code,
                        format!("The signature by {keyid} does not fit this record."),
                    ),
                };
                Some(match view.participant {
                    Some(participant) => finding.of(participant),
                    None => finding,
                })
            })
            .collect()
    }
}

/// Participants' keys by fingerprint, read once.
struct Owners(BTreeMap<String, (usize, Key)>);

impl Owners {
    fn of(participants: &[Participant]) -> Self {
        let keys = participants
            .iter()
            .take(MAX_PARTICIPANTS)
            .enumerate()
            .filter_map(|(index, participant)| {
                let key = Key::parse(participant.key.as_deref()?).ok()?;
                Some((key.fingerprint(), (index, key)))
            });
        // Of two with one key, which row `participants` refuses, the first counts.
        let mut owners = BTreeMap::new();
        for (fingerprint, owner) in keys {
            owners.entry(fingerprint).or_insert(owner);
        }
        Self(owners)
    }
}

/// A payload, and what of it is signed.
struct Message<'a> {
    payload: &'a [u8],
    pae: Vec<u8>,
}

impl<'a> Message<'a> {
    fn of(payload: &'a [u8]) -> Self {
        Self {
            payload,
            pae: pae(PAYLOAD_TYPE, payload),
        }
    }
}

impl Owners {
    fn index(&self, keyid: &str) -> Option<usize> {
        self.0.get(keyid).map(|(index, _)| *index)
    }

    /// Checks one signature: whose it is, and that it fits the message.
    fn check(&self, signature: &Signature, message: &Message<'_>) -> SignatureView {
        let bytes = STANDARD.decode(&signature.sig).unwrap_or_default();
        let outcome = match self.0.get(&signature.keyid) {
            None => Err(Code::SignatureByStranger),
            Some(_) if bytes.is_empty() => Err(Code::SignatureUnreadable),
            Some((_, key)) if keys::is_ssh_signature(&bytes) => SshSignature::from_bytes(&bytes)
                .and_then(|ssh| key.verifies_ssh(message.payload, &ssh))
                .map_err(Refusal::code),
            Some((_, key)) => key
                .verifies_raw(&message.pae, &bytes)
                .map_err(Refusal::code),
        };
        self.view(signature, outcome)
    }

    fn view(&self, signature: &Signature, outcome: Result<(), Code>) -> SignatureView {
        let bytes = STANDARD.decode(&signature.sig).unwrap_or_default();
        SignatureView {
            keyid: signature.keyid.clone(),
            form: match bytes.len() {
                0 => None,
                _ if keys::is_ssh_signature(&bytes) => Some("sshsig"),
                _ => Some("dsse"),
            },
            participant: self.index(&signature.keyid),
            verified: outcome.is_ok(),
            code: outcome.err(),
        }
    }
}

/// What a participant signs.
///
/// # Errors
/// [`Refused`] when the file cannot be read.
pub fn bytes_to_sign(file: &[u8]) -> Result<ToSign, Refused> {
    Opened::read(file).map(|opened| to_sign(&opened.payload))
}

/// The same, of any payload that this module made.
pub(super) fn to_sign(payload: &[u8]) -> ToSign {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ToSign {
        payload: text(payload),
        payload_sha256: sha256_hex(payload),
        pae: text(&pae(PAYLOAD_TYPE, payload)),
        namespace: keys::NAMESPACE,
    }
}

/// Adds a participant's signature, and returns the file with it.
///
/// The evidence is appraised again first: a record whose verdict is `none` or `contraindicated` is never signed.
///
/// # Errors
/// [`Refused`]: the file cannot be read, must not be signed, or the signature does not count.
pub fn sign(verifier: &Verifier, file: &[u8], signed: Signed<'_>) -> Result<Vec<u8>, Refused> {
    let mut opened = Opened::read(file)?;
    let substance = Substance::of(verifier, &opened.statement.predicate);
    if !substance.is_signable(&opened.statement) {
        return Err(Refused::new(
            Code::OutcomeNotSignable,
            format!("Appraised again, {}", reason(&substance.report)),
        ));
    }
    let signature = signature_of(signed, &opened.payload, opened.participants())?;
    let checked = opened.signatures();
    let already = checked
        .views
        .iter()
        .any(|view| view.verified && view.keyid == signature.keyid);
    if already {
        return Err(Refused::new(
            Code::SignatureTwice,
            format!(
                "The key {} has signed this record already.",
                signature.keyid
            ),
        ));
    }
    // What does not count is left out: it could keep the file from being read.
    let people = opened.participants().to_vec();
    let all = std::mem::take(&mut opened.envelope.signatures);
    opened.envelope.signatures = good_ones(all, &opened.payload, &people);
    opened.envelope.signatures.push(signature);
    readable(opened.envelope.to_file())
}

/// What is handed out can be opened again: with too many signatures by strangers, say, it could not.
fn readable(file: Vec<u8>) -> Result<Vec<u8>, Refused> {
    Opened::read(&file).map(|_| file)
}

fn reason(report: &Report) -> String {
    match report.verdict {
        Verdict::None | Verdict::Contraindicated => report.summary.clone(),
        Verdict::Affirming | Verdict::Warning => {
            "the evidence does not give what the record says: open it to see what differs."
                .to_owned()
        }
    }
}

/// A signature that was handed over, checked and in the envelope's form.
fn signature_of(
    signed: Signed<'_>,
    payload: &[u8],
    participants: &[Participant],
) -> Result<Signature, Refused> {
    let (key, bytes, ssh) = match signed {
        Signed::Raw { key, signature } => (
            Key::parse(key)
                .map_err(|error| Refused::new(error.code(), format!("The key: {error}.")))?,
            signature.to_vec(),
            None,
        ),
        Signed::Ssh(text) => {
            let signature = SshSignature::from_armoured(text).map_err(|refusal| {
                Refused::new(
                    refusal.code(),
                    match refusal {
                        Refusal::Encoding { saved_as } => format!(
                            "The signature is saved as {saved_as}; ssh-keygen writes plain text."
                        ),
                        _ => "The text is no SSH signature.".to_owned(),
                    },
                )
            })?;
            let key = signature
                .key()
                .map_err(|error| Refused::new(error.code(), format!("The key: {error}.")))?;
            (key, signature.to_bytes(), Some(signature))
        }
    };
    let signature = Signature {
        keyid: key.fingerprint(),
        sig: STANDARD.encode(&bytes),
    };
    let view = Owners::of(participants).check(&signature, &Message::of(payload));
    let conversion = match (view.code, &ssh) {
        (Some(Code::SignatureRefused), Some(ssh)) => {
            match key.explained(keys::NAMESPACE, payload, ssh) {
                Err(Refusal::Converted(conversion)) => Some(conversion),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(conversion) = conversion {
        return Err(Refused::new(
            Code::SignatureConverted,
            format!(
                "The signature by {} fits the payload {conversion}: the file was converted before it was signed.",
                signature.keyid
            ),
        ));
    }
    match view.code {
        None => Ok(signature),
        Some(code) => Err(Refused::new(
            code,
            match code {
                Code::SignatureUntouched => format!(
                    "Nobody touched the security key {} when it signed.",
                    signature.keyid
                ),
                Code::SignatureByStranger => {
                    format!("The key {} is no participant's.", signature.keyid)
                }
                Code::SignatureNamespace => {
                    "The signature was made for another purpose.".to_owned()
                }
                _ => format!(
                    "The signature by {} does not fit this record.",
                    signature.keyid
                ),
            },
        )),
    }
}

/// Merges two files of one record: the union of what counts in them.
///
/// Kept are one good signature a participant and the additions that participants signed, whichever file comes first;
/// what does not count is left out.
///
/// # Errors
/// [`Refused`]: a file cannot be read, or they are about different records, with the first difference named.
pub fn merge(a: &[u8], b: &[u8]) -> Result<Vec<u8>, Refused> {
    let (mut one, other) = (Opened::read(a)?, Opened::read(b)?);
    if one.payload != other.payload {
        return Err(Refused::new(
            Code::PayloadsDiffer,
            format!(
                "The two files hold different records; they differ first in {}.",
                first_difference(&one.statement, &other.statement)
            ),
        ));
    }
    let people = one.participants().to_vec();
    let Envelope {
        signatures,
        addenda,
        ..
    } = other.envelope;
    one.envelope.signatures.extend(signatures);
    one.envelope.signatures = good_ones(one.envelope.signatures, &one.payload, &people);

    let mut additions: BTreeMap<Vec<u8>, Vec<Signature>> = BTreeMap::new();
    for addendum in std::mem::take(&mut one.envelope.addenda)
        .into_iter()
        .chain(addenda)
    {
        if let Ok((payload, _)) = one.read_addendum(&addendum) {
            additions
                .entry(payload)
                .or_default()
                .extend(addendum.signatures);
        }
    }
    one.envelope.addenda = additions
        .into_iter()
        .map(|(payload, signatures)| Envelope {
            signatures: good_ones(signatures, &payload, &people),
            ..Envelope::around(&payload)
        })
        .filter(|addendum| !addendum.signatures.is_empty())
        .collect();
    readable(one.envelope.to_file())
}

/// One good signature a participant. Of several, as with ECDSA, which draws lots, the one whose bytes sort first.
fn good_ones(
    mut signatures: Vec<Signature>,
    payload: &[u8],
    participants: &[Participant],
) -> Vec<Signature> {
    signatures.sort();
    let checked = Checked::of(&signatures, payload, participants);
    signatures
        .into_iter()
        .zip(checked.views)
        .filter(|(_, view)| view.verified)
        .map(|(signature, _)| signature)
        .collect()
}

/// Where two statements differ first, with both values.
fn first_difference(a: &Statement<Record>, b: &Statement<Record>) -> String {
    let value = |statement| serde_json::to_value(statement).unwrap_or_default();
    differences(&value(a), &value(b), 1)
        .into_iter()
        .next()
        .map_or_else(
            || "their layout".to_owned(),
            |(place, a, b)| format!("{place}: {} against {}", quoted(&a, 80), quoted(&b, 80)),
        )
}

/// The first leaves in which two JSON values differ, at most `most`: each one's place, and both values as text.
pub(crate) fn differences(a: &Value, b: &Value, most: usize) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), a, b, most, &mut found);
    found
}

/// A place is put into words only where something differs: a record may be made to be slow.
fn walk<'a>(
    path: &mut Vec<std::borrow::Cow<'a, str>>,
    a: &'a Value,
    b: &'a Value,
    most: usize,
    found: &mut Vec<(String, String, String)>,
) {
    static NULL: Value = Value::Null;
    if found.len() >= most {
        return;
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                path.push(key.as_str().into());
                let of = |map: &'a serde_json::Map<String, Value>| map.get(key).unwrap_or(&NULL);
                walk(path, of(a), of(b), most, found);
                path.pop();
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                path.push(index.to_string().into());
                walk(path, a, b, most, found);
                path.pop();
            }
        }
        _ if a == b => {}
        _ => {
            let text = |value: &Value| match value {
                Value::String(text) => cut(text),
                other => cut(&other.to_string()),
            };
            found.push((cut(&path.join(".")), text(a), text(b)));
        }
    }
}

/// Long enough for everything that a Report holds.
fn cut(text: &str) -> String {
    const LONGEST: usize = 2000;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// What a participant signs to add something to a record later, such as the recording's link.
///
/// # Errors
/// [`Refused`]: the file cannot be read, or what is to be added is not fit to be.
pub fn addendum(file: &[u8], addendum: Addendum) -> Result<ToSign, Refused> {
    let opened = Opened::read(file)?;
    if let Some(finding) = opened.check_addendum(&addendum).into_iter().next() {
        return Err(Refused::new(finding.code, finding.detail));
    }
    let statement = Statement::about("ceremony record", opened.sha256(), ADDENDUM_TYPE, addendum);
    Ok(to_sign(&json::canonical(&statement)))
}

/// Attaches an addition that a participant signed, and returns the file with it.
///
/// # Errors
/// [`Refused`]: the file cannot be read, the addition is about another record, or its signature does not count.
pub fn attach(file: &[u8], payload: &[u8], signed: Signed<'_>) -> Result<Vec<u8>, Refused> {
    let mut opened = Opened::read(file)?;
    let mut envelope = Envelope::around(payload);
    opened.read_addendum(&envelope)?;
    let people = opened.participants().to_vec();
    let signature = signature_of(signed, payload, &people)?;
    // Of what is there under this payload, what counts is kept.
    let (same, others) = std::mem::take(&mut opened.envelope.addenda)
        .into_iter()
        .partition(|known| known.payload == envelope.payload);
    opened.envelope.addenda = others;
    let readable_ones = Vec::into_iter(same).filter(|known| opened.read_addendum(known).is_ok());
    let known = readable_ones.flat_map(|known| known.signatures).collect();
    envelope.signatures = good_ones(known, payload, &people);
    if envelope
        .signatures
        .iter()
        .any(|other| other.keyid == signature.keyid)
    {
        return Err(Refused::new(
            Code::SignatureTwice,
            format!(
                "The key {} has signed this addition already.",
                signature.keyid
            ),
        ));
    }
    envelope.signatures.push(signature);
    opened.envelope.addenda.push(envelope);
    readable(opened.envelope.to_file())
}

/// What is wrong with a recording's link.
pub(super) fn recording_link(link: &str) -> Option<Finding> {
    let is_link = link.starts_with("https://")
        && link.len() <= 2000
        && link.chars().all(|c| c.is_ascii_graphic());
    (!is_link).then(|| {
        Finding::fail(
            Code::RecordingLink,
            format!("{} is no link of a recording.", quoted(link, 80)),
        )
    })
}
