//! DKIM signatures (RFC 6376, RFC 8301, RFC 8463), against a key record that somebody supplied.
//!
//! Only `rsa-sha256` and `ed25519-sha256`, as RFC 8301 and RFC 8463 ask. Arithmetic is the `rsa` crate's and
//! `ed25519-dalek`'s. No library that knows DKIM does without a clock and DNS of its own (`docs/decisions/0009`).

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::UintRef;
use der::{Decode as _, Sequence};
use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey as RsaPublicKey};
use sha2::{Digest as _, Sha256};

use super::Code;
use super::mail::{Field, Message, OF_THE_BODY, domain_name, is_within, trimmed, unfolded};
use super::report::Finding;
use super::zone;
use crate::ceremony::keys::Key;
use crate::text::{quoted, sha256};

/// Most signatures of a mail that are looked at, and most of the domain's that are verified.
pub(super) const MAX_SIGNATURES: usize = 16;
pub(super) const MAX_VERIFIED: usize = 4;
/// Longest key record.
const MAX_RECORD: usize = 8 * 1024;
/// Fewest bits of an RSA modulus (RFC 8301, section 3.2), and how many there should be.
const LEAST_BITS: u32 = 1024;
const GOOD_BITS: u32 = 2048;
/// Most bits: more only keep the reader waiting.
const MOST_BITS: u32 = 8192;

/// The key of a record.
#[derive(Debug, Clone)]
pub(super) enum PublicKey {
    Rsa { key: Box<RsaPublicKey>, bits: u32 },
    Ed25519(Key),
}

/// A key record (RFC 6376, section 3.6.1).
#[derive(Debug, Clone)]
pub(super) struct KeyRecord {
    key: PublicKey,
    /// Of its text.
    digest: [u8; 32],
    /// `t=y`: the domain only tests.
    is_testing: bool,
    /// `t=s`: `i=` has no subdomain.
    is_strict: bool,
}

/// `tag=value; …` (RFC 6376, section 3.2): every tag once.
struct Tags<'a>(Vec<(&'a str, String)>);

impl<'a> Tags<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let mut tags: Vec<(&str, String)> = Vec::new();
        let mut known = BTreeSet::new();
        let text = trimmed(text);
        let text = text.strip_suffix(';').unwrap_or(text);
        for spec in text.split(';') {
            let (name, value) = spec
                .split_once('=')
                .ok_or_else(|| format!("{} is no tag", quoted(trimmed(spec), 40)))?;
            let name = trimmed(name);
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !is_name {
                return Err(format!("{} is no tag's name", quoted(name, 40)));
            }
            if !known.insert(name) {
                return Err(format!("the tag {name} stands twice"));
            }
            tags.push((name, trimmed(value).to_owned()));
        }
        Ok(Self(tags))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A value of which white space is no part.
    fn squeezed(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(|value| value.chars().filter(|c| !matches!(c, ' ' | '\t')).collect())
    }

    /// A list with colons between.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        self.get(name).map(|value| {
            value
                .split(':')
                .map(|item| trimmed(item).to_owned())
                .collect()
        })
    }

    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
                .map(Some)
                .ok_or_else(|| format!("{name}={} is no number", quoted(digits, 40))),
        }
    }
}

/// `RSAPublicKey` of RFC 8017, appendix A.1.1.
#[derive(Sequence)]
struct RsaKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// Reads a key record in any form that [`zone`] knows: as DNS gives it, or as tools and zone files have it.
///
/// # Errors
/// A [`Finding`] of row `mail.key`.
pub(super) fn key_record(text: &str) -> Result<KeyRecord, Finding> {
    let unreadable = |what: String| {
        Finding::fail(
            Code::KeyRecordUnreadable,
            format!("The key record cannot be read: {what}."),
        )
    };
    if text.len() > MAX_RECORD {
        return Err(unreadable(format!("it has more than {MAX_RECORD} bytes")));
    }
    let text = zone::text(text).map_err(|refusal| unreadable(refusal.words()))?;
    let tags = Tags::read(&text).map_err(unreadable)?;
    let is_first = tags.0.first().is_some_and(|(name, _)| *name == "v");
    match tags.get("v") {
        Some("DKIM1") if is_first => {}
        None => {}
        Some(other) => {
            return Err(unreadable(format!(
                "v={} is not DKIM1 at its beginning",
                quoted(other, 40)
            )));
        }
    }
    let lacks = |name: &str, words: &[&str]| {
        tags.list(name)
            .is_some_and(|list| !list.iter().any(|item| words.contains(&item.as_str())))
    };
    if lacks("h", &["sha256"]) {
        return Err(unreadable("it allows no SHA-256 (h=)".to_owned()));
    }
    if lacks("s", &["*", "email"]) {
        return Err(unreadable("it is not for e-mail (s=)".to_owned()));
    }
    let flags = tags.list("t").unwrap_or_default();
    let digits = tags
        .squeezed("p")
        .ok_or_else(|| unreadable("it has no key (p=)".to_owned()))?;
    if digits.is_empty() {
        return Err(Finding::fail(
            Code::KeyRecordRevoked,
            "The key record says that its key was revoked (p= is empty).",
        ));
    }
    let bytes = STANDARD
        .decode(digits)
        .map_err(|_| unreadable("p= is no base64".to_owned()))?;
    let key = match tags.get("k").unwrap_or("rsa") {
        "rsa" => rsa_key(&bytes)?,
        "ed25519" => <[u8; 32]>::try_from(bytes)
            .ok()
            .and_then(|bytes| Key::from_ed25519(bytes).ok())
            .map(PublicKey::Ed25519)
            .ok_or_else(|| unreadable("p= is no Ed25519 key".to_owned()))?,
        other => {
            return Err(unreadable(format!(
                "keys of the kind {} are not verified here",
                quoted(other, 40)
            )));
        }
    };
    Ok(KeyRecord {
        key,
        digest: sha256(text.as_bytes()),
        is_testing: flags.iter().any(|flag| flag == "y"),
        is_strict: flags.iter().any(|flag| flag == "s"),
    })
}

/// As senders publish it: a SubjectPublicKeyInfo, or the bare key (RFC 6376, errata 3017).
fn rsa_key(bytes: &[u8]) -> Result<PublicKey, Finding> {
    let unreadable = || {
        Finding::fail(
            Code::KeyRecordUnreadable,
            "The key record cannot be read: p= is no RSA key.",
        )
    };
    let info = x509_cert::spki::SubjectPublicKeyInfoRef::from_der(bytes).ok();
    let bare = match &info {
        None => bytes,
        Some(info) if info.algorithm.oid == const_oid::db::rfc5912::RSA_ENCRYPTION => {
            info.subject_public_key.as_bytes().ok_or_else(unreadable)?
        }
        Some(_) => return Err(unreadable()),
    };
    let key = RsaKey::from_der(bare).map_err(|_| unreadable())?;
    let modulus = BoxedUint::from_be_slice_vartime(key.modulus.as_bytes());
    let bits = modulus.bit_width();
    if bits < LEAST_BITS {
        return Err(Finding::fail(
            Code::KeyRecordWeak,
            format!("The key has {bits} bits; at least {LEAST_BITS} are asked for (RFC 8301)."),
        ));
    }
    if bits > MOST_BITS {
        return Err(unreadable());
    }
    let exponent = BoxedUint::from_be_slice_vartime(key.exponent.as_bytes());
    // The crate's own limits leave out keys that are in use.
    let size = |bits: u32| usize::try_from(bits).unwrap_or_default();
    RsaPublicKey::new_with_size_limits(modulus, exponent, size(LEAST_BITS)..=size(MOST_BITS))
        .map(|key| PublicKey::Rsa {
            key: Box::new(key),
            bits,
        })
        .map_err(|_| unreadable())
}

impl KeyRecord {
    /// What speaks against the key, though it can be used.
    pub(super) fn reservations(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let PublicKey::Rsa { bits, .. } = &self.key
            && *bits < GOOD_BITS
        {
            findings.push(Finding::warn(
                Code::KeyRecordShort,
                format!("The key has {bits} bits; {GOOD_BITS} are good practice."),
            ));
        }
        if self.is_testing {
            findings.push(Finding::warn(
                Code::KeyRecordTesting,
                "The key record says that its domain only tests DKIM (t=y).",
            ));
        }
        findings
    }

    /// In words: "RSA with 2048 bits".
    pub(super) fn words(&self) -> String {
        match &self.key {
            PublicKey::Rsa { bits, .. } => format!("RSA with {bits} bits"),
            PublicKey::Ed25519(_) => "Ed25519".to_owned(),
        }
    }
}

/// What was computed of a mail, for each of its signatures and every item that names it: both depend on the mail alone.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By canonical form: simple, relaxed.
    bodies: [OnceCell<Body>; 2],
    /// What a signature signs of the header, by the line of its field.
    headers: RefCell<BTreeMap<usize, [u8; 32]>>,
    /// Whether a signature holds, by the line of its field and the key record's digest.
    outcomes: RefCell<BTreeMap<(usize, [u8; 32]), bool>>,
    work: Cell<Work>,
}

/// What was done, in numbers that no clock changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Bytes of bodies and fields that were brought into canonical form and hashed.
    pub(super) hashed: usize,
    /// Signatures that were verified under a key.
    pub(super) verified: usize,
}

/// A body in canonical form.
#[derive(Debug, Clone, Copy)]
struct Body {
    bytes: u64,
    sha256: [u8; 32],
}

impl Memory {
    /// What was done so far.
    pub(super) const fn work(&self) -> Work {
        self.work.get()
    }

    fn worked(&self, hashed: usize, verified: usize) {
        let work = self.work.get();
        self.work.set(Work {
            hashed: work.hashed.saturating_add(hashed),
            verified: work.verified.saturating_add(verified),
        });
    }

    fn body(&self, canon: Canon, message: &Message<'_>) -> Body {
        let [simple, relaxed] = &self.bodies;
        let place = match canon {
            Canon::Simple => simple,
            Canon::Relaxed => relaxed,
        };
        *place.get_or_init(|| {
            let body = canonical_body(canon, message.body);
            self.worked(body.len(), 0);
            Body {
                bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
                sha256: sha256(&body),
            }
        })
    }

    fn header(&self, signature: &Signature<'_>, message: &Message<'_>) -> [u8; 32] {
        let line = signature.field.line;
        let known = self.headers.borrow().get(&line).copied();
        known.unwrap_or_else(|| {
            let (hash, bytes) = signature.header_hash(message);
            self.worked(bytes, 0);
            self.headers.borrow_mut().insert(line, hash);
            hash
        })
    }
}

impl Memory {
    /// Whether a signature holds over the header, under the key of a record.
    fn holds(&self, signature: &Signature<'_>, message: &Message<'_>, record: &KeyRecord) -> bool {
        let place = (signature.field.line, record.digest);
        let known = self.outcomes.borrow().get(&place).copied();
        known.unwrap_or_else(|| {
            let hash = self.header(signature, message);
            self.worked(0, 1);
            let holds = match &record.key {
                PublicKey::Rsa { key, .. } => key
                    .verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature.signature)
                    .is_ok(),
                // RFC 8463, section 3: what Ed25519 signs is the hash.
                PublicKey::Ed25519(key) => key.verifies_raw(&hash, &signature.signature).is_ok(),
            };
            self.outcomes.borrow_mut().insert(place, holds);
            holds
        })
    }
}

/// How white space and line ends are treated (RFC 6376, section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Canon {
    Simple,
    Relaxed,
}

/// A `DKIM-Signature` field, read.
#[derive(Debug, Clone)]
pub(super) struct Signature<'a> {
    field: Field<'a>,
    is_ed25519: bool,
    signature: Vec<u8>,
    body_hash: Vec<u8>,
    header: Canon,
    body: Canon,
    /// In lower case.
    pub(super) domain: String,
    pub(super) selector: String,
    /// Names of the signed fields, as written.
    pub(super) signed: Vec<String>,
    /// The domain of `i=`.
    user_domain: String,
    length: Option<u64>,
    pub(super) signed_at: Option<u64>,
    pub(super) expires_at: Option<u64>,
}

impl<'a> Signature<'a> {
    /// Reads a field.
    ///
    /// # Errors
    /// A [`Finding`] of row `mail.signature`.
    pub(super) fn read(field: Field<'a>) -> Result<Self, Finding> {
        let unreadable = |what: String| {
            Finding::fail(
                Code::DkimUnreadable,
                format!("The DKIM signature cannot be read: {what}."),
            )
            .at(format!("line {}", field.line))
        };
        let text = unfolded(field.value);
        let tags = Tags::read(&text).map_err(unreadable)?;
        let needed = |name: &str| {
            tags.get(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| unreadable(format!("it has no {name}=")))
        };
        let base64 = |name: &str| {
            needed(name)?;
            let digits = tags.squeezed(name).unwrap_or_default();
            STANDARD
                .decode(digits)
                .map_err(|_| unreadable(format!("{name}= is no base64")))
        };
        if needed("v")? != "1" {
            return Err(unreadable("its version is not 1".to_owned()));
        }
        let algorithm = needed("a")?.to_ascii_lowercase();
        let is_ed25519 = match algorithm.as_str() {
            "rsa-sha256" => false,
            "ed25519-sha256" => true,
            other => {
                return Err(Finding::fail(
                    Code::DkimAlgorithm,
                    format!(
                        "The signature's algorithm is {}; rsa-sha256 and ed25519-sha256 are verified (RFC 8301).",
                        quoted(other, 40)
                    ),
                )
                .at(format!("line {}", field.line)));
            }
        };
        let canon = |word: &str| match word {
            "simple" => Ok(Canon::Simple),
            "relaxed" => Ok(Canon::Relaxed),
            other => Err(unreadable(format!("c= names {}", quoted(other, 40)))),
        };
        let (header, body) = match tags.get("c") {
            None => (Canon::Simple, Canon::Simple),
            Some(both) => match both.split_once('/') {
                None => (canon(both)?, Canon::Simple),
                Some((header, body)) => (canon(header)?, canon(body)?),
            },
        };
        let domain =
            domain_name(needed("d")?).ok_or_else(|| unreadable("d= is no domain".to_owned()))?;
        let user_domain = match tags.get("i") {
            None => domain.clone(),
            Some(user) => user
                .rsplit_once('@')
                .and_then(|(_, domain)| domain_name(domain))
                .ok_or_else(|| unreadable("i= is no address".to_owned()))?,
        };
        let signed = tags.list("h").unwrap_or_default();
        if signed.iter().any(String::is_empty) || signed.is_empty() {
            return Err(unreadable("h= names no fields".to_owned()));
        }
        let methods = tags.list("q").unwrap_or_else(|| vec!["dns/txt".to_owned()]);
        if !methods.iter().any(|method| method == "dns/txt") {
            return Err(unreadable("q= names no dns/txt".to_owned()));
        }
        let (signed_at, expires_at) = (
            tags.number("t").map_err(unreadable)?,
            tags.number("x").map_err(unreadable)?,
        );
        if let (Some(signed), Some(expires)) = (signed_at, expires_at)
            && expires <= signed
        {
            return Err(unreadable("it expires before it was made".to_owned()));
        }
        Ok(Self {
            field,
            is_ed25519,
            signature: base64("b")?,
            body_hash: base64("bh")?,
            header,
            body,
            domain,
            selector: needed("s")?.to_ascii_lowercase(),
            signed,
            user_domain,
            length: tags.number("l").map_err(unreadable)?,
            signed_at,
            expires_at,
        })
    }

    /// Whether a field's name is among the signed ones.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.signed
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name))
    }

    /// Verifies it over a mail, under a key: what is wrong, or what speaks against it though it is good.
    pub(super) fn verify(
        &self,
        message: &Message<'_>,
        record: &KeyRecord,
        memory: &Memory,
    ) -> Vec<Finding> {
        let place = format!("line {}", self.field.line);
        let fail = |code: Code, detail: String| vec![Finding::fail(code, detail).at(place.clone())];
        if !self.covers("From") {
            return fail(
                Code::DkimFromUnsigned,
                "The signature does not cover the field From.".to_owned(),
            );
        }
        let user_fits = if record.is_strict {
            self.user_domain == self.domain
        } else {
            is_within(&self.user_domain, &self.domain)
        };
        if !user_fits {
            return fail(
                Code::DkimUser,
                format!(
                    "The signature is for {} (i=), which is not within its domain {}.",
                    self.user_domain, self.domain
                ),
            );
        }
        let body = memory.body(self.body, message);
        let whole = body.bytes;
        let mut findings = Vec::new();
        match self.length {
            None => {}
            Some(length) if length == whole => findings.push(
                Finding::warn(
                    Code::DkimLength,
                    format!("The signature names the body's length (l={length}): it would hold with more behind."),
                )
                .at(place.clone()),
            ),
            Some(length) if length < whole => {
                return fail(
                    Code::DkimLength,
                    format!(
                        "The signature covers the first {length} of {whole} bytes of the body (l=); anyone can have added the rest."
                    ),
                );
            }
            Some(length) => {
                return fail(
                    Code::DkimBody,
                    format!("The signature covers {length} bytes of the body (l=); it has {whole}."),
                );
            }
        }
        if body.sha256[..] != *self.body_hash {
            return fail(
                Code::DkimBody,
                "The body is not the one that was signed: its hash differs from bh=.".to_owned(),
            );
        }
        let is_of_kind = match &record.key {
            PublicKey::Rsa { .. } => !self.is_ed25519,
            PublicKey::Ed25519(_) => self.is_ed25519,
        };
        if !is_of_kind {
            return fail(
                Code::DkimRefused,
                format!(
                    "The signature is of another kind than the key record's key ({}).",
                    record.words()
                ),
            );
        }
        let holds = memory.holds(self, message, record);
        let is_unsigned = |name: &&str| !self.covers(name) && !message.all(name).is_empty();
        let unsigned: Vec<&str> = OF_THE_BODY.into_iter().filter(is_unsigned).collect();
        if holds && !unsigned.is_empty() {
            findings.push(
                Finding::warn(
                    Code::DkimTypeUnsigned,
                    format!(
                        "The signature does not cover {}, by which the body is read.",
                        unsigned.join(", ")
                    ),
                )
                .at(place.clone()),
            );
        }
        if !holds {
            return fail(
                Code::DkimRefused,
                format!(
                    "The signature of {} does not fit the signed fields under the key that was supplied for its selector {}.",
                    self.domain,
                    quoted(&self.selector, 60)
                ),
            );
        }
        findings
    }

    /// RFC 6376, section 3.7: the signed fields, each name taking the next one from the bottom, then this field without `b`.
    /// And how many bytes that are.
    fn header_hash(&self, message: &Message<'_>) -> ([u8; 32], usize) {
        let mut left: BTreeMap<String, Vec<Field<'_>>> = BTreeMap::new();
        for field in &message.fields {
            // A signature does not sign itself.
            if field.line != self.field.line {
                left.entry(field.name.to_ascii_lowercase())
                    .or_default()
                    .push(*field);
            }
        }
        let mut hasher = Sha256::new();
        let mut bytes = 0_usize;
        for name in &self.signed {
            let lowest = left.get_mut(&name.to_ascii_lowercase()).and_then(Vec::pop);
            if let Some(field) = lowest {
                let field = canonical_field(self.header, field.raw);
                bytes = bytes.saturating_add(field.len());
                hasher.update(field);
            }
        }
        let own = canonical_field(self.header, &without_b(self.field.raw));
        hasher.update(own.strip_suffix(b"\r\n").unwrap_or(&own));
        (hasher.finalize().into(), bytes.saturating_add(own.len()))
    }
}

/// The field with nothing between `b=` and what follows its value.
fn without_b(raw: &[u8]) -> Vec<u8> {
    let start = raw
        .iter()
        .position(|byte| *byte == b':')
        .map_or(0, |colon| colon.saturating_add(1));
    let (name, rest) = raw.split_at_checked(start).unwrap_or((raw, &[]));
    let (rest, end) = match rest.strip_suffix(b"\r\n") {
        Some(rest) => (rest, &b"\r\n"[..]),
        None => (rest, &[][..]),
    };
    let mut out = name.to_vec();
    for (number, spec) in rest.split(|byte| *byte == b';').enumerate() {
        if number > 0 {
            out.push(b';');
        }
        let equals = spec.iter().position(|byte| *byte == b'=');
        let (tag, _) = spec
            .split_at_checked(equals.unwrap_or_default())
            .unwrap_or_default();
        if trimmed_bytes(tag, is_folding) == b"b" {
            out.extend_from_slice(tag);
            out.push(b'=');
        } else {
            out.extend_from_slice(spec);
        }
    }
    out.extend_from_slice(end);
    out
}

/// White space of a field (RFC 6376, section 2.8), and nothing else: a form feed is content that was signed.
const fn is_wsp(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The same, and the line ends of a folded field.
const fn is_folding(byte: u8) -> bool {
    is_wsp(byte) || matches!(byte, b'\r' | b'\n')
}

fn trimmed_bytes(text: &[u8], is_space: impl Fn(u8) -> bool) -> &[u8] {
    let first = text.iter().position(|byte| !is_space(*byte));
    let last = text.iter().rposition(|byte| !is_space(*byte));
    first
        .zip(last)
        .and_then(|(first, last)| text.get(first..=last))
        .unwrap_or_default()
}

/// Runs of space as one, none at the end.
fn squeeze(line: &[u8], out: &mut Vec<u8>) {
    let mut is_space = false;
    for byte in line {
        if is_wsp(*byte) {
            is_space = true;
        } else {
            if is_space {
                out.push(b' ');
            }
            is_space = false;
            out.push(*byte);
        }
    }
}

/// A field in canonical form, with its line end (RFC 6376, sections 3.4.1 and 3.4.2).
fn canonical_field(canon: Canon, raw: &[u8]) -> Vec<u8> {
    if canon == Canon::Simple {
        return raw.to_vec();
    }
    let colon = raw
        .iter()
        .position(|byte| *byte == b':')
        .unwrap_or(raw.len());
    let (name, value) = raw.split_at_checked(colon).unwrap_or((raw, &[]));
    let mut out = trimmed_bytes(name, is_wsp).to_ascii_lowercase();
    out.push(b':');
    let unfolded: Vec<u8> = value
        .iter()
        .skip(1)
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    squeeze(trimmed_bytes(&unfolded, is_wsp), &mut out);
    out.extend_from_slice(b"\r\n");
    out
}

/// A body in canonical form (RFC 6376, sections 3.4.3 and 3.4.4).
fn canonical_body(canon: Canon, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len().saturating_add(2));
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        match canon {
            Canon::Simple => out.extend_from_slice(line),
            Canon::Relaxed => {
                squeeze(line.strip_suffix(b"\r\n").unwrap_or(line), &mut out);
                if line.ends_with(b"\n") {
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
    }
    while out.ends_with(b"\r\n\r\n") || out == b"\r\n" {
        out.truncate(out.len().saturating_sub(2));
    }
    let lacks_end = !out.ends_with(b"\r\n");
    if lacks_end && (canon == Canon::Simple || !out.is_empty()) {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_out_as_rfc_6376_says() {
        // Section 3.4.5, with lines' ends written out.
        let body = b" C \r\nD \t E\r\n\r\n\r\n";
        assert_eq!(canonical_body(Canon::Relaxed, body), b" C\r\nD E\r\n");
        assert_eq!(canonical_body(Canon::Simple, body), b" C \r\nD \t E\r\n");
        for empty in [&b""[..], b"\r\n", b"\r\n\r\n"] {
            assert_eq!(canonical_body(Canon::Simple, empty), b"\r\n");
            assert_eq!(canonical_body(Canon::Relaxed, empty), b"");
        }
        assert_eq!(canonical_body(Canon::Relaxed, b" \r\n\t\r\n"), b"");
        assert_eq!(canonical_body(Canon::Simple, b"x"), b"x\r\n");
        assert_eq!(canonical_body(Canon::Relaxed, b"x"), b"x\r\n");
    }

    #[test]
    fn fields_come_out_as_rfc_6376_says() {
        assert_eq!(canonical_field(Canon::Relaxed, b"A: X\r\n"), b"a:X\r\n");
        assert_eq!(
            canonical_field(Canon::Relaxed, b"B : Y\t\r\n\tZ  \r\n"),
            b"b:Y Z\r\n"
        );
        assert_eq!(
            canonical_field(Canon::Simple, b"B : Y\t\r\n\tZ  \r\n"),
            b"B : Y\t\r\n\tZ  \r\n"
        );
    }

    #[test]
    fn no_space_but_sp_and_tab_is_left_out_of_a_field() {
        for other in ["\u{b}", "\u{c}", "\u{a0}", "\u{85}", "\u{2003}"] {
            let raw = format!("A:{other}X{other}\r\n");
            let canonical = canonical_field(Canon::Relaxed, raw.as_bytes());
            assert_eq!(canonical, format!("a:{other}X{other}\r\n").into_bytes());
            let tags = Tags::read("a=x").unwrap();
            assert_eq!(tags.get("a"), Some("x"));
            // Within a list of tags it is no space either.
            let spaced = format!("a={other}x; b=y{other}z; c=p:{other}q");
            let tags = Tags::read(&spaced).unwrap();
            assert_eq!(tags.get("a"), Some(format!("{other}x").as_str()));
            assert_eq!(tags.squeezed("b"), Some(format!("y{other}z")));
            assert_eq!(
                tags.list("c"),
                Some(vec!["p".to_owned(), format!("{other}q")])
            );
            assert!(Tags::read(&format!("{other}a=x")).is_err());
            let raw = format!("D: a=1;{other}b=xyz\r\n");
            assert_eq!(without_b(raw.as_bytes()), raw.as_bytes());
        }
    }

    #[test]
    fn only_the_value_of_b_is_left_out() {
        let raw = b"DKIM-Signature: v=1; bh=ab=;\r\n b = cd\r\n ef==; d=x.y\r\n";
        assert_eq!(
            without_b(raw),
            b"DKIM-Signature: v=1; bh=ab=;\r\n b =; d=x.y\r\n"
        );
        assert_eq!(without_b(b"D: a=1; b=xyz\r\n"), b"D: a=1; b=\r\n");
    }

    #[test]
    fn a_signature_of_half_a_million_tags_is_read_in_one_pass() {
        let many: String = (0..500_000).map(|number| format!("t{number}=;")).collect();
        assert!(Tags::read(&many).is_ok());
        // Compared with every one before it, each would make this last for hours; the last is found all the same.
        assert!(Tags::read(&format!("{many}t0=")).is_err());
    }

    /// What a signature with these names in `h=` hashes of a mail with these fields.
    fn hashed(names: &str, fields: impl Iterator<Item = Field<'static>>) -> [u8; 32] {
        let raw = format!("D: v=1; a=rsa-sha256; d=x.example; s=s; b=AAAA; bh=AAAA; h={names}\r\n");
        let own = Field {
            name: "D",
            value: raw.trim_end().strip_prefix("D:").unwrap().as_bytes(),
            raw: raw.as_bytes(),
            line: 0,
        };
        let message = Message {
            fields: fields.collect(),
            body: b"",
        };
        Signature::read(own).unwrap().header_hash(&message).0
    }

    fn named_a(raw: &'static [u8], line: usize) -> Field<'static> {
        Field {
            name: "a",
            value: b"",
            raw,
            line,
        }
    }

    #[test]
    fn of_fields_with_one_name_the_lowest_is_signed_first() {
        let (upper, lower) = (named_a(b"a: 1\r\n", 1), named_a(b"a: 2\r\n", 2));
        let both = [upper, lower].into_iter();
        assert_eq!(hashed("A", both.clone()), hashed("A", [lower].into_iter()));
        assert_ne!(hashed("a", both), hashed("a", [upper].into_iter()));
    }

    #[test]
    fn each_signed_name_is_looked_up_without_a_look_at_every_field() {
        // 300,000 of either: were each compared with each, this would last for minutes.
        let many = 300_000;
        let names = "b:".repeat(many) + "a";
        let fields = (1..many).map(|line| named_a(b"a: 1\r\n", line));
        assert_eq!(
            hashed(&names, fields.clone()),
            hashed(&names, fields.take(1))
        );
    }

    fn refused(record: &str) -> Code {
        key_record(record).unwrap_err().code
    }

    #[test]
    fn a_key_record_that_cannot_be_used_says_why() {
        for record in [
            "",
            "p",
            "v=DKIM2; p=AA==",
            "p=AA==; v=DKIM1",
            "v=DKIM1; k=rsa",
            "v=DKIM1; p=AA==; p=AA==",
            "v=DKIM1; k=rsa; p=AA==",
            "v=DKIM1; k=dsa; p=AA==",
            "v=DKIM1; k=ed25519; p=AA==",
            "v=DKIM1; h=sha1; p=AA==",
            "v=DKIM1; s=tlsrpt; p=AA==",
            "v=DKIM1; p=%",
        ] {
            assert_eq!(refused(record), Code::KeyRecordUnreadable, "{record}");
        }
        // Around a key that could be used.
        let good = "k=ed25519; p=WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY=";
        assert!(key_record(&format!("v=DKIM1; {good}")).is_ok() && key_record(good).is_ok());
        for record in [
            format!("v=DKIM2; {good}"),
            format!("{good}; v=DKIM1"),
            format!("v=DKIM1; h=sha1; {good}"),
            format!("v=DKIM1; s=tlsrpt; {good}"),
            format!("v=DKIM1; {good}; p=AA=="),
        ] {
            assert_eq!(refused(&record), Code::KeyRecordUnreadable, "{record}");
        }
        assert_eq!(refused("v=DKIM1; p="), Code::KeyRecordRevoked);
        assert_eq!(
            refused(&format!("v=DKIM1; p={}", "A".repeat(MAX_RECORD))),
            Code::KeyRecordUnreadable
        );
    }

    #[test]
    fn a_key_that_is_not_for_this_is_not_used() {
        let key = "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        for good in [
            "",
            "v=DKIM1; ",
            "h=sha1:sha256; ",
            "s=tlsrpt:email; ",
            "s=*; ",
            "n=note; ",
        ] {
            assert!(key_record(&format!("{good}{key}")).is_ok(), "{good}");
        }
        for other in ["h=sha1; ", "s=tlsrpt; "] {
            assert_eq!(
                refused(&format!("{other}{key}")),
                Code::KeyRecordUnreadable,
                "{other}"
            );
        }
    }
}
