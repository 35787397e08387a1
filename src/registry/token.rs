//! Trust tokens: what a trust server signs about a quote of a machine on its list, checked without that server.
//!
//! [`check`] reads as the procedure:
//!
//! 1. the text is one compact JWS (RFC 7515, section 7.1), strictly;
//! 2. its key is one that the user's lists know, and the key says which algorithm;
//! 3. the signature is that key's;
//! 4. the claims have the forms that trust servers write;
//! 5. the times fit each other, the moment, and the dates of the key;
//! 6. what a token of this kind lacks is said;
//! 7. the quote at hand is the one whose hash was signed;
//! 8. that quote is authentic: it is appraised as any other;
//! 9. the machine that was signed is the one that made the quote.
//!
//! | module | what |
//! |---|---|
//! | `jws` | the strict compact form |
//! | [`keys`] | keys.json, the alliance's dated keys, and signatures under them |
//! | [`report`], [`Code`] | what is found, and the closed list of codes |

mod code;
mod jws;
pub mod keys;
pub mod report;

use serde_json::{Map, Value};

pub use self::code::Code;
pub use self::jws::MAX_TOKEN;
pub use self::report::TokenReport;

use self::jws::Compact;
use self::keys::{Algorithm, Alliance, Found, Keys, KidError};
use self::report::{Check, CheckId, Claim, Finding, KeyView, TokenView};
use crate::appraisal::{build, headline};
use crate::evidence::Evidence;
use crate::moment::{Moment, duration_in_words, in_words, rfc3339};
use crate::quote::Quote;
use crate::report::{IdentityView, Outcome, Report, Verdict};
use crate::rows::verdict_of;
use crate::text::{quoted, sha256_hex};
use crate::{Request as QuoteRequest, Verifier};

/// Seconds by which two clocks may differ: what the trust server itself allows.
const SKEW: u64 = 300;
/// Longest label that is shown.
const MAX_LABEL: usize = 200;
/// The last second of the year 9999: a larger number is no time in seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// Everything that one check rests on. What is left out is reported as not given.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The token as pasted.
    pub token: &'a [u8],
    /// The trust server's keys.json.
    pub keys: Option<&'a Keys>,
    /// The alliance's own keys.
    pub alliance: &'a Alliance,
    /// The quote, or the attester's file, and what it is appraised with.
    pub quote: Option<&'a QuoteRequest<'a>>,
    /// The moment that the token is checked for.
    pub moment: Moment,
}

/// Checks a token: a pure function of the verifier and the request.
pub fn check(verifier: &Verifier, request: &Request<'_>) -> TokenReport {
    use CheckId as Id;

    let parsed = Compact::parse(request.token);
    let format = match &parsed {
        Ok(compact) => Check::ran(
            Id::Format,
            "One signed token, in three parts.",
            compact.remarks(),
        ),
        Err(finding) => Check::ran(Id::Format, "", vec![finding.clone()]),
    };
    let compact = parsed.ok();
    let found = compact
        .as_ref()
        .map(|compact| find_key(compact, request.keys, request.alliance));
    let key = match &found {
        None => Check::not_reached(Id::Key),
        Some(Ok(found)) => Check::ran(
            Id::Key,
            format!(
                "The key is known: {}, from {}.",
                found.key.words(),
                found.list
            ),
            Vec::new(),
        ),
        Some(Err(finding)) => Check::ran(Id::Key, "", vec![finding.clone()]),
    };
    let found = found.and_then(Result::ok);
    let signature = match (&compact, &found) {
        (Some(compact), Some(found)) => Check::ran(
            Id::Signature,
            "The key signed exactly this header and payload.",
            found
                .key
                .verify(&compact.signed, &compact.signature)
                .err()
                .into_iter()
                .collect(),
        ),
        _ => Check::not_reached(Id::Signature),
    };

    // What a token says is looked at only once it is signed.
    let payload = compact.as_ref().map(|compact| &compact.payload);
    let claims = payload.map(Claims::read);
    let signed = claims.as_ref().filter(|_| signature.holds());
    let on =
        |id: Id, row: &dyn Fn(&Claims) -> Check| signed.map_or_else(|| Check::not_reached(id), row);
    let appraised = request.quote.map(|quote| verifier.appraise(quote));
    let checks = vec![
        format,
        key,
        signature.clone(),
        on(Id::Claims, &claims_row),
        on(Id::Time, &|claims| {
            time_row(claims, found.as_ref(), request.moment)
        }),
        on(Id::Lacks, &lacks_row),
        on(Id::QuoteHash, &|claims| {
            quote_hash_row(claims, request.quote)
        }),
        on(Id::QuoteAppraisal, &|_| appraisal_row(appraised.as_ref())),
        on(Id::Machine, &|claims| {
            machine_row(claims, appraised.as_ref())
        }),
    ];
    let verdict = verdict_of(&checks);
    let at = request.moment.seconds();
    TokenReport {
        schema: report::SCHEMA,
        verifier: build(),
        verdict,
        headline: headline(verdict, request.moment),
        summary: summary(verdict, &checks, claims.as_ref(), request.moment),
        at,
        at_rfc3339: rfc3339(at),
        time: request.moment.tense(),
        token: compact
            .as_ref()
            .zip(claims.as_ref())
            .map(|(compact, claims)| TokenView {
                sha256: sha256_hex(compact.text.as_bytes()),
                signed: signature.holds(),
                algorithm: compact.text_of("alg"),
                kid: compact.text_of("kid"),
                key: found.as_ref().map(|found| KeyView {
                    kind: found.key.words(),
                    list: found.list,
                    source: found.source.clone(),
                    valid_from: found.valid_from,
                    valid_to: found.valid_to,
                }),
                quote_hash: claims.quote_hash.clone(),
                machine_id: claims.machine_id.clone(),
                machine_id_scheme: claims.machine.as_ref().map(Machine::scheme),
                label: claims.label.clone(),
                issued_at: claims.issued(),
                age_seconds: claims.issued().and_then(|issued| at.checked_sub(issued)),
                expires_at: claims.expires.ok().flatten(),
                claims: compact
                    .payload
                    .iter()
                    .map(|(name, value)| Claim {
                        name: name.clone(),
                        value: value.to_string(),
                    })
                    .collect(),
            }),
        report: appraised,
        checks,
    }
}

/// Row 2. Only keys that the user has decide: what the header says of its key is looked up, never taken.
fn find_key(compact: &Compact, keys: Option<&Keys>, alliance: &Alliance) -> Result<Found, Finding> {
    let says = compact.text_of("alg").unwrap_or_default();
    let named = quoted(&says, 20);
    let algorithm = match says.as_str() {
        "RS256" => Algorithm::Rs256,
        // RFC 9864 names the curve in the algorithm: the same signature under the same key.
        "EdDSA" | "Ed25519" => Algorithm::EdDsa,
        "" => {
            return Err(Finding::fail(
                Code::TokenAlgMissing,
                "The header names no algorithm.",
            ));
        }
        other if other.eq_ignore_ascii_case("none") => {
            return Err(Finding::fail(
                Code::TokenAlgNone,
                format!("The header says {named}: by that, nobody signed this token."),
            ));
        }
        other
            if other
                .get(..2)
                .is_some_and(|head| head.eq_ignore_ascii_case("hs")) =>
        {
            return Err(Finding::fail(
                Code::TokenAlgSymmetric,
                format!(
                    "The header says {named}, a shared secret. With a public key in its place, anybody could have made this token."
                ),
            ));
        }
        _ => {
            return Err(Finding::fail(
                Code::TokenAlgUnsupported,
                format!(
                    "The header says {named}; trust servers sign with RS256 or EdDSA (also named Ed25519)."
                ),
            ));
        }
    };
    let Some(kid) = compact.text_of("kid").filter(|kid| !kid.is_empty()) else {
        return Err(Finding::fail(
            Code::TokenKidMissing,
            "The header does not say which key signed (`kid`).",
        ));
    };
    let found = alliance
        .find(&kid)
        .or_else(|| keys.and_then(|keys| keys.find(&kid)));
    let shown = quoted(&kid, 80);
    match found {
        None if algorithm == Algorithm::Rs256 && keys.is_none() => Err(Finding::fail(
            Code::TokenKeysNotGiven,
            format!(
                "The key {shown} is looked up in the trust server's keys.json, which was not given."
            ),
        )),
        None => Err(Finding::fail(
            Code::TokenKidUnknown,
            format!("No list has the key {shown}."),
        )),
        Some(Err(KidError { code, what })) => Err(Finding::fail(
            code,
            format!("The key {shown} of keys.json cannot be used: {what}."),
        )),
        Some(Ok(found)) if found.key.algorithm() != algorithm => Err(Finding::fail(
            Code::TokenKidAlg,
            format!(
                "The header says {named}, but the key {shown} is {}, which signs {}.",
                found.key.words(),
                found.key.algorithm().id()
            ),
        )),
        Some(Ok(found)) => Ok(found),
    }
}

/// A machine ID by the form in which it is written.
enum Machine {
    /// 16 bytes.
    Ppid(String),
    /// 32 bytes: the trust server's ID until January 2026.
    SgxExtensions(String),
    /// `intel:<sgx|tdx>:ppid:<hex>`.
    Charter { tee: String, ppid: String },
    /// An AMD processor's, 64 bytes, alone or as the charter's `amd:snp:chipid:<hex>`.
    Chip,
}

impl Machine {
    fn read(text: &str) -> Option<Self> {
        let digits = |text: &str, length: usize| {
            text.len() == length
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if digits(text, 32) {
            return Some(Self::Ppid(text.to_owned()));
        }
        if digits(text, 64) {
            return Some(Self::SgxExtensions(text.to_owned()));
        }
        if digits(text, 128) {
            return Some(Self::Chip);
        }
        match text.split(':').collect::<Vec<_>>()[..] {
            ["intel", tee @ ("sgx" | "tdx"), "ppid", ppid] if digits(ppid, 32) => {
                Some(Self::Charter {
                    tee: tee.to_owned(),
                    ppid: ppid.to_owned(),
                })
            }
            ["amd", "snp", "chipid", id] if digits(id, 128) => Some(Self::Chip),
            _ => None,
        }
    }

    const fn scheme(&self) -> &'static str {
        match self {
            Self::Ppid(_) => "ppid",
            Self::SgxExtensions(_) => "sgx_extensions_sha256",
            Self::Charter { .. } => "charter",
            Self::Chip => "amd_chip_id",
        }
    }
}

/// A time claim: absent, seconds, or of another form.
type Seconds = Result<Option<u64>, &'static str>;

/// A NumericDate (RFC 7519, section 2), which may have a fraction. Ends and beginnings of validity are rounded up, so
/// that a whole second is before or after them as it is before or after the fraction; times of making are rounded down.
fn seconds(payload: &Map<String, Value>, name: &'static str, round_up: bool) -> Seconds {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    let text = match value {
        Value::Number(number) => number.to_string(),
        _ => return Err(name),
    };
    // A number's text is digits, then perhaps a point and more digits; with an exponent it is no time.
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_fraction = fraction.bytes().any(|digit| digit != b'0');
    whole
        .parse()
        .ok()
        .filter(|_| fraction.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|seconds: u64| seconds.saturating_add(u64::from(round_up && is_fraction)))
        .filter(|seconds| *seconds <= LAST_SECOND)
        .map(Some)
        .ok_or(name)
}

/// The payload, as trust servers write it.
struct Claims {
    quote_hash: Option<String>,
    machine_id: Option<String>,
    machine: Option<Machine>,
    label: Option<String>,
    timestamp: Seconds,
    issued_at: Seconds,
    not_before: Seconds,
    expires: Seconds,
    tee: Option<String>,
    has_nonce: bool,
    has_tcb_status: bool,
}

impl Claims {
    fn read(payload: &Map<String, Value>) -> Self {
        let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let tee = payload.get("tee");
        let machine_id = text("machine_id");
        Self {
            quote_hash: text("quote_hash"),
            machine: machine_id.as_deref().and_then(Machine::read),
            machine_id,
            label: text("label"),
            timestamp: seconds(payload, "timestamp", false),
            issued_at: seconds(payload, "iat", false),
            not_before: seconds(payload, "nbf", true),
            expires: seconds(payload, "exp", true),
            tee: tee
                .and_then(|tee| tee.get("type"))
                .and_then(Value::as_str)
                .map(str::to_owned),
            has_nonce: payload.contains_key("nonce"),
            has_tcb_status: payload.contains_key("tcb_status")
                || tee.is_some_and(|tee| tee.get("tcb_status").is_some()),
        }
    }

    /// When the token was made, as it says: by its server's clock (`iat`, RFC 7519, section 4.1.6), else by the time that
    /// it was asked for with.
    fn issued(&self) -> Option<u64> {
        let of = |seconds: &Seconds| seconds.ok().flatten();
        of(&self.issued_at).or_else(|| of(&self.timestamp))
    }

    /// Every time at which it says that it was made. Whoever asks for a token chooses `timestamp`, so neither time
    /// speaks for the other.
    fn made(&self) -> impl Iterator<Item = u64> {
        [self.timestamp, self.issued_at]
            .into_iter()
            .filter_map(|seconds| seconds.ok().flatten())
    }

    /// `timestamp` and `iat`, when they are further apart than two clocks.
    fn apart(&self) -> Option<(u64, u64)> {
        match (self.timestamp, self.issued_at) {
            (Ok(Some(asked)), Ok(Some(issued))) if asked.abs_diff(issued) > SKEW => {
                Some((asked, issued))
            }
            _ => None,
        }
    }

    /// The quote's hash, when it is SHA-256 in lower-case hex.
    fn hash(&self) -> Option<&str> {
        self.quote_hash.as_deref().filter(|hash| {
            hash.len() == 64
                && hash
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }
}

/// Row 4: the claims have the forms that trust servers write.
fn claims_row(claims: &Claims) -> Check {
    let mut findings = Vec::new();
    let shown = |text: &Option<String>| {
        text.as_ref()
            .map_or_else(|| "missing".to_owned(), |text| quoted(text, 140))
    };
    if claims.hash().is_none() {
        findings.push(Finding::fail(
            Code::TokenQuoteHashForm,
            format!(
                "The claim quote_hash is {}, not a SHA-256 in lower-case hex.",
                shown(&claims.quote_hash)
            ),
        ));
    }
    if claims.machine.is_none() {
        findings.push(Finding::fail(
            Code::TokenMachineIdForm,
            format!(
                "The claim machine_id is {}, an ID of no scheme that is known here.",
                shown(&claims.machine_id)
            ),
        ));
    }
    match &claims.label {
        Some(label) if label.trim().is_empty() => findings.push(no_label()),
        None => findings.push(no_label()),
        Some(label)
            if label.chars().count() > MAX_LABEL
                || label
                    .chars()
                    .any(|c| c.is_control() || crate::text::is_unseen(c)) =>
        {
            findings.push(Finding::warn(
                Code::TokenLabelCharacter,
                format!("The label is {}.", quoted(label, MAX_LABEL)),
            ));
        }
        Some(_) => {}
    }
    let what = match &claims.machine {
        Some(machine) => format!(
            "A quote's hash, a machine's ID under the scheme {}, and a label.",
            machine.scheme()
        ),
        None => String::new(),
    };
    Check::ran(CheckId::Claims, what, findings)
}

fn no_label() -> Finding {
    Finding::warn(
        Code::TokenLabelMissing,
        "The token does not say which list entry the machine matched.",
    )
}

/// Row 5: the times fit each other, the moment, and the dates of the key.
fn time_row(claims: &Claims, found: Option<&Found>, moment: Moment) -> Check {
    let at = moment.seconds();
    let mut findings = Vec::new();
    for seconds in [
        &claims.timestamp,
        &claims.issued_at,
        &claims.not_before,
        &claims.expires,
    ] {
        if let Err(name) = seconds {
            findings.push(Finding::fail(
                Code::TokenTimeForm,
                format!(
                    "The claim {name} is no number of seconds since 1970, up to the year 9999."
                ),
            ));
        }
    }
    let issued = claims.issued();
    // Of two times the one that speaks against the token counts.
    let (first, last) = (claims.made().min(), claims.made().max());
    if let Some(last) = last.filter(|last| *last > at.saturating_add(SKEW)) {
        findings.push(Finding::fail(
            Code::TokenFuture,
            format!(
                "The token says that it was made at {}, which is after {}.",
                in_words(last),
                in_words(at)
            ),
        ));
    }
    if let Some((asked, issued)) = claims.apart() {
        findings.push(Finding::warn(
            Code::TokenTimesDiffer,
            format!(
                "The token names two times at which it was made: {} (timestamp) and {} (iat).",
                in_words(asked),
                in_words(issued)
            ),
        ));
    }
    if let Ok(Some(from)) = claims.not_before
        && from > at
    {
        findings.push(Finding::fail(
            Code::TokenNotYetValid,
            format!("The token is valid only from {}.", in_words(from)),
        ));
    }
    if let Ok(Some(end)) = claims.expires
        && end <= at
    {
        findings.push(Finding::fail(
            Code::TokenExpired,
            format!("The token expired at {}.", in_words(end)),
        ));
    }
    if let Some(found) = found {
        let (first, last) = (first.unwrap_or(at), last.unwrap_or(at));
        if let Some(from) = found.valid_from.filter(|from| first < *from) {
            findings.push(Finding::fail(
                Code::TokenKeyEarly,
                format!(
                    "The token is of {}; its key was in use only from {}.",
                    in_words(first),
                    in_words(from)
                ),
            ));
        }
        if let Some(to) = found.valid_to.filter(|to| last > *to) {
            findings.push(Finding::fail(
                Code::TokenKeyLate,
                format!(
                    "The token is of {}; its key was in use only until {}.",
                    in_words(last),
                    in_words(to)
                ),
            ));
        }
    }
    match issued {
        None if findings.is_empty() => Check::not_given(
            CheckId::Time,
            "The token does not say when it was made: it could be of any age.",
        ),
        _ => Check::ran(
            CheckId::Time,
            issued.map_or_else(String::new, |issued| {
                format!(
                    "The token was made at {}: {} before the moment that is asked about.",
                    in_words(issued),
                    duration_in_words(at.saturating_sub(issued))
                )
            }),
            findings,
        ),
    }
}

/// Row 6: what a token of this kind lacks.
fn lacks_row(claims: &Claims) -> Check {
    let mut findings = Vec::new();
    if claims.expires == Ok(None) {
        findings.push(Finding::warn(
            Code::TokenNoExpiry,
            "The token never expires: it says the same after the machine was moved, sold or revoked.",
        ));
    }
    findings.push(if claims.has_nonce {
        Finding::warn(
            Code::TokenNonceNotCompared,
            "The token has a nonce, which is compared with nothing here.",
        )
    } else {
        Finding::warn(
            Code::TokenNoNonce,
            "The token answers no challenge: anybody who has it can show it again.",
        )
    });
    if !claims.has_tcb_status {
        findings.push(Finding::warn(
            Code::TokenNoTcbStatus,
            "The token does not say whether the platform is up to date: servers give one to a platform that is not, too.",
        ));
    }
    Check::ran(CheckId::Lacks, "", findings)
}

/// Row 7: the quote at hand is the one whose hash was signed. Zeros after a quote are no part of it (O7), but a
/// server hashes what it was sent, so either form will do, and which one it was is said.
fn quote_hash_row(claims: &Claims, quote: Option<&QuoteRequest<'_>>) -> Check {
    const ID: CheckId = CheckId::QuoteHash;
    let Some(quote) = quote else {
        return Check::not_given(
            ID,
            "No quote was given: the token alone says nothing of a quote that you hold.",
        );
    };
    let Some(signed) = claims.hash() else {
        return Check::not_reached(ID);
    };
    let sent = match Evidence::decode(quote.evidence) {
        Ok(evidence) => evidence.quote,
        Err(finding) => {
            return Check::ran(
                ID,
                "",
                vec![Finding::fail(Code::TokenQuoteUnreadable, finding.detail)],
            );
        }
    };
    if sha256_hex(&sent) == signed {
        return Check::ran(
            ID,
            "The token is about exactly this quote, as it was sent.",
            Vec::new(),
        );
    }
    let bare = Quote::parse(&sent).map(|quote| quote.view());
    match bare {
        Ok(view) if view.sha256 == signed => Check::ran(
            ID,
            format!(
                "The token is about this quote without the {} zeros after it.",
                view.trailing_zeros
            ),
            Vec::new(),
        ),
        _ => Check::ran(
            ID,
            "",
            vec![Finding::fail(
                Code::TokenQuoteHashDiffers,
                format!(
                    "The token is about the quote {signed}; the one given is {}.",
                    sha256_hex(&sent)
                ),
            )],
        ),
    }
}

/// Row 8: the quote is authentic.
fn appraisal_row(report: Option<&Report>) -> Check {
    const ID: CheckId = CheckId::QuoteAppraisal;
    let Some(report) = report else {
        return Check::not_given(ID, "No quote was given.");
    };
    let findings = match report.verdict {
        Verdict::Affirming => Vec::new(),
        Verdict::Warning => vec![Finding::warn(
            Code::TokenQuoteWarning,
            report.summary.clone(),
        )],
        Verdict::Contraindicated => {
            vec![Finding::fail(
                Code::TokenQuoteRefused,
                report.summary.clone(),
            )]
        }
        Verdict::None => vec![Finding::fail(
            Code::TokenQuoteUndecided,
            report.summary.clone(),
        )],
    };
    Check::ran(ID, report.summary.clone(), findings)
}

/// Row 9: the machine that was signed is the one that made the quote.
///
/// The Report names an identity only for an authentic quote.
fn machine_row(claims: &Claims, report: Option<&Report>) -> Check {
    const ID: CheckId = CheckId::Machine;
    let Some(report) = report else {
        return Check::not_given(
            ID,
            "No quote was given: the machine's ID is compared with nothing.",
        );
    };
    let (Some(identity), Some(machine)) = (&report.identity, &claims.machine) else {
        return Check::not_reached(ID);
    };
    let (signed, made) = match machine {
        Machine::Ppid(id) => (id.as_str(), identity.ppid.as_str()),
        Machine::Charter { ppid, .. } => (ppid.as_str(), identity.ppid.as_str()),
        Machine::SgxExtensions(id) => (id.as_str(), of_scheme(identity, machine.scheme())),
        Machine::Chip => {
            return Check::ran(
                ID,
                "",
                vec![Finding::fail(
                    Code::TokenMachineOfOtherMaker,
                    "The token names an AMD processor; the quote is of an Intel one.",
                )],
            );
        }
    };
    let mut findings = Vec::new();
    if signed != made {
        findings.push(Finding::fail(
            Code::TokenMachineDiffers,
            format!(
                "The token names the machine {signed} (scheme {}); the quote was made by {made}.",
                machine.scheme()
            ),
        ));
    }
    let tee = report.quote.as_ref().map(|quote| quote.tee);
    let of_charter = match machine {
        Machine::Charter { tee, .. } => Some(tee),
        _ => None,
    };
    for says in [claims.tee.as_ref(), of_charter].into_iter().flatten() {
        if tee.is_some_and(|tee| !says.eq_ignore_ascii_case(tee)) {
            findings.push(Finding::warn(
                Code::TokenTeeDiffers,
                format!(
                    "The token speaks of {}, the quote is of {}.",
                    quoted(says, 20),
                    tee.unwrap_or_default()
                ),
            ));
        }
    }
    Check::ran(
        ID,
        format!(
            "The token names the machine that made this quote, by the scheme {}.",
            machine.scheme()
        ),
        findings,
    )
}

fn of_scheme<'a>(identity: &'a IdentityView, scheme: &str) -> &'a str {
    identity
        .machine_ids
        .iter()
        .find(|id| id.scheme == scheme)
        .map_or("", |id| id.id.as_str())
}

/// A sentence or two: the verdict, and its weightiest reason.
fn summary(verdict: Verdict, checks: &[Check], claims: Option<&Claims>, moment: Moment) -> String {
    let first = |wanted: &dyn Fn(&Check) -> bool| {
        checks
            .iter()
            .find(|check| wanted(check))
            .map_or("", |check| check.detail.as_str())
    };
    let holds = |id: CheckId| checks.iter().any(|check| check.id == id && check.holds());
    match verdict {
        Verdict::Contraindicated => {
            format!("Do not rely on this token. {}", first(&Check::refuses))
        }
        Verdict::None => format!(
            "Nothing can be decided about this token. {}",
            first(&|check| check.outcome == Outcome::Fail)
        ),
        Verdict::Affirming | Verdict::Warning => {
            let ago = |made: u64| duration_in_words(moment.seconds().saturating_sub(made));
            let age = match (
                claims.and_then(Claims::apart),
                claims.and_then(Claims::issued),
            ) {
                (Some((asked, issued)), _) => format!(
                    "{} ago by its server's clock (iat), {} ago by its timestamp",
                    ago(issued),
                    ago(asked)
                ),
                (None, Some(issued)) => format!("{} ago", ago(issued)),
                (None, None) => "at a time that it does not tell".to_owned(),
            };
            let about = if holds(CheckId::Machine) {
                "about this very quote and the machine that made it"
            } else if holds(CheckId::QuoteHash) {
                "about this very quote"
            } else {
                "about a quote that was not compared"
            };
            format!(
                "A key that your lists know signed this token {age}, {about}. It says that the machine was on the server's \
                 list then; not that it is today, and not that its platform is up to date."
            )
        }
    }
}
