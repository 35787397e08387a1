//! The appraisal: seventeen rows in a fixed order, then the verdict.
//!
//! [`Verifier::appraise`] reads as the procedure:
//!
//!  1. exactly one quote is found in the input, and how;
//!  2. the file is the one whose hash was noted during the call;
//!  3. what the attester printed equals what the quote says;
//!  4. the quote's structure is strict and complete;
//!  5. there is collateral for this platform;
//!  6. that collateral is current;
//!  7. that collateral is Intel's;
//!  8. the machine's PCK certificate is Intel's and not revoked;
//!  9. the PCK key signed the QE report, and the QE is Intel's;
//! 10. the QE report binds the attestation key;
//! 11. the attestation key signed this quote;
//! 12. the platform's TCB level;
//! 13. the enclave or TD is protected: no debug, no migration, …;
//! 14. the enclave is an attester build that the ceremony agreed on;
//! 15. the quote answers the challenge;
//! 16. the machine is the one that the file recorded;
//! 17. the machine's standing in a registry.
//!
//! A row runs only when the rows that it rests on hold; otherwise it is `not_reached`, which is never a pass.
//! What a quote says (rows 12 to 16) is looked at only once it is authentic (row 11).

mod authenticity;
mod ceremony;
mod chain;
mod engine;
mod file;
mod freshness;
mod pieces;
mod platform;
mod tcb;

pub(crate) use freshness::old_pieces;

use std::sync::LazyLock;

use crate::builds::AttesterBuilds;
use crate::challenge::DEFAULT_MINUTES;
use crate::code::Code;
use crate::collateral::{Document, Given, Platform, Source};
use crate::evidence::{Evidence, MAX_INPUT};
use crate::identity::{PckCa, PckChain, PckIdentity, fmspc};
use crate::moment::{COMMIT, COMMIT_TIME, Moment, in_words, rfc3339};
use crate::policy::Policy;
use crate::quote::Quote;
use crate::registry::Registry;
use crate::report::{
    Check, CheckId, Finding, Inputs, Outcome, Report, SCHEMA, Tense, Verdict, Verifier as Build,
    verdict_of,
};
use crate::rows::Row as _;
use crate::text::sha256_hex;
use crate::x509::{Certificate, MalformedX509};

/// Intel SGX Root CA, as published by Intel; its SHA-256 is asserted in a test (O18).
const INTEL_SGX_ROOT_CA: &[u8] = include_bytes!("../intel_sgx_root_ca.der");

/// Everything that one appraisal rests on. What is left out is reported as not given.
///
/// ```
/// use cloud_witness::{Moment, Request, Verifier, report::Outcome};
///
/// let mut request = Request::new(b"0300", Moment::as_of(1_750_377_600));
/// request.challenge = Some("48656c6c6f2c20776f726c6421");
/// let report = Verifier::production().appraise(&request);
/// assert_eq!(report.checks.len(), 17);
/// assert!(report.checks.iter().any(|check| check.outcome == Outcome::Fail));
/// ```
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The attester's file, or a quote in another form: see [`crate::evidence`].
    pub evidence: &'a [u8],
    /// A bundle, or one platform's collateral as JSON text: see [`crate::collateral`].
    pub collateral: Option<Given<'a>>,
    /// Who handed the collateral over.
    pub collateral_from: Source,
    /// The challenge as typed.
    pub challenge: Option<&'a str>,
    /// When the challenge was made, Unix seconds.
    pub challenge_issued_at: Option<u64>,
    /// For how many minutes it may be answered.
    pub challenge_minutes: u32,
    /// The file's SHA-256 as noted during the call, whole or its first digits.
    pub noted_sha256: Option<&'a str>,
    /// The moment that is appraised for.
    pub moment: Moment,
    /// The policy in force.
    pub policy: Policy,
    /// The attester builds that are accepted.
    pub attesters: AttesterBuilds,
    /// The list of known machines.
    pub registry: Option<&'a Registry>,
    /// The list of revoked machines.
    pub revoked: Option<&'a Registry>,
}

impl<'a> Request<'a> {
    /// Evidence and a moment; nothing else given.
    pub fn new(evidence: &'a [u8], moment: Moment) -> Self {
        Self {
            evidence,
            collateral: None,
            collateral_from: Source::default(),
            challenge: None,
            challenge_issued_at: None,
            challenge_minutes: DEFAULT_MINUTES,
            noted_sha256: None,
            moment,
            policy: Policy::default(),
            attesters: AttesterBuilds::default(),
            registry: None,
            revoked: None,
        }
    }
}

/// A verifier: the procedure, under one root.
#[derive(Debug, Clone)]
pub struct Verifier {
    root: Certificate,
}

/// A well-formed quote and what can be read of its certificates. Not authenticated yet.
struct Subject {
    quote: Quote,
    chain: PckChain,
    ca: Option<PckCa>,
    fmspc: Option<[u8; 6]>,
    identity: Result<PckIdentity, Finding>,
}

impl Subject {
    /// # Errors
    /// Findings of row `quote.structure`.
    fn parse(quote: &[u8]) -> Result<Self, Finding> {
        let quote = Quote::parse(quote).map_err(|error| {
            Finding::fail(error.code(), error.to_string()).at(format!("byte {}", error.offset()))
        })?;
        let chain = PckChain::parse(quote.pck_chain())
            .map_err(|finding| finding.at(format!("byte {}", quote.pck_chain_offset())))?;
        Ok(Self {
            ca: PckCa::of(&chain.pck),
            fmspc: fmspc(&chain.pck),
            identity: PckIdentity::parse(&chain.pck),
            quote,
            chain,
        })
    }

    /// By what a bundle is looked up; `None` when the certificate does not say.
    fn platform(&self) -> Option<Platform> {
        Some(Platform {
            tee: self.quote.tee(),
            fmspc: self.fmspc?,
            ca: self.ca?,
        })
    }
}

/// Which collateral an input needs: by this a bundle is looked up. `None` when no quote with a certificate of
/// Intel's can be read from it.
pub fn platform_of(evidence: &[u8]) -> Option<Platform> {
    let evidence = Evidence::decode(evidence).ok()?;
    Subject::parse(&evidence.quote).ok()?.platform()
}

impl Verifier {
    /// The verifier for real machines: Intel's SGX root, compiled in.
    pub fn production() -> Self {
        static PRODUCTION: LazyLock<Verifier> = LazyLock::new(|| {
            // The bytes are the crate's own; a test parses them, so that this cannot be another certificate.
            match Verifier::with_root(INTEL_SGX_ROOT_CA) {
                Ok(verifier) => verifier,
                Err(_) => unreachable!("the compiled-in root is a certificate"),
            }
        });
        PRODUCTION.clone()
    }

    /// A verifier under another root, for tests. There is no way to it from JavaScript.
    ///
    /// # Errors
    /// The root is not a certificate in DER.
    pub fn with_root(root: &[u8]) -> Result<Self, MalformedX509> {
        Certificate::from_der(root).map(|root| Self { root })
    }

    /// Appraises evidence: a pure function of this verifier and the request.
    ///
    /// ```
    /// use cloud_witness::{Moment, Request, Verdict, Verifier};
    ///
    /// let verifier = Verifier::production();
    /// let report = verifier.appraise(&Request::new(b"", Moment::now(1_800_000_000)));
    /// assert_eq!(report.verdict, Verdict::None);
    /// assert_eq!(report.checks[0].detail, "The input is empty.");
    /// ```
    pub fn appraise(&self, request: &Request<'_>) -> Report {
        use CheckId as Id;

        let evidence = Evidence::decode(request.evidence);
        let decoded = file::decoded(evidence.as_ref());
        // The border may have cut a larger input, and the digest would be of the cut one.
        let sha256 = (request.evidence.len() <= MAX_INPUT).then(|| sha256_hex(request.evidence));
        let digest = file::digest(request, sha256.as_deref());

        let subject = evidence.as_ref().map(|e| Subject::parse(&e.quote)).ok();
        let structure = after(&decoded, Id::QuoteStructure, || {
            subject
                .as_ref()
                .map(|subject| file::structure(subject.as_ref()))
        });
        let subject = subject.and_then(Result::ok);

        // From here on a bundle is forgotten: what it has for this platform is the collateral that was given.
        let document = request
            .collateral
            .and_then(|given| given.document_for(subject.as_ref().and_then(Subject::platform)));
        let collateral = document.as_ref().map(|document| {
            let document = document.as_ref()?;
            document.collateral.as_ref()
        });
        let found = after(&structure, Id::CollateralFound, || {
            Some(freshness::found(
                &self.root,
                request,
                subject.as_ref()?,
                collateral,
            ))
        });
        let collateral = collateral.and_then(Result::ok);
        let current = after(&found, Id::CollateralCurrent, || {
            Some(freshness::current(request, collateral?))
        });

        let engine = match (&subject, collateral) {
            (Some(subject), Some(collateral)) if current.holds() => {
                engine::run(&self.root, subject, collateral, request.moment)
            }
            _ => engine::Run::default(),
        };
        let genuine = after(&current, Id::CollateralGenuine, || {
            Some(authenticity::collateral(&self.root, collateral?, &engine))
        });
        let pck = authenticity::pck_chain(
            &self.root,
            subject.as_ref(),
            collateral.filter(|_| genuine.holds()),
            &engine,
            request.moment,
        );
        let qe = after(&pck, Id::QeReport, || {
            Some(authenticity::qe_report(
                subject.as_ref()?,
                collateral?,
                &engine,
            ))
        });
        let key = after(&qe, Id::QuoteKey, || {
            Some(authenticity::quote_key(&subject.as_ref()?.quote))
        });
        let signature = after(&key, Id::QuoteSignature, || {
            Some(authenticity::quote_signature(
                &subject.as_ref()?.quote,
                &engine,
            ))
        });

        let level = match (&subject, collateral) {
            (Some(subject), Some(collateral)) if signature.holds() => {
                Some(tcb::evaluate(subject, collateral))
            }
            _ => None,
        };
        let attributes = after(&signature, Id::EnclaveAttributes, || {
            Some(platform::attributes(&subject.as_ref()?.quote))
        });
        let tcb = after(&signature, Id::TcbStatus, || {
            Some(platform::tcb_status(
                level.as_ref()?,
                &engine,
                &request.policy,
                attributes.outcome == Outcome::Fail,
            ))
        });
        let attester = after(&signature, Id::EnclaveAttester, || {
            Some(platform::attester(
                &subject.as_ref()?.quote,
                evidence.as_ref().ok()?,
                &request.attesters,
            ))
        });
        let challenge = ceremony::challenge(
            request,
            subject
                .as_ref()
                .filter(|_| signature.holds())
                .map(|s| &s.quote),
        );
        let ppid = ceremony::ppid_recorded(
            evidence.as_ref().ok(),
            subject.as_ref().filter(|_| signature.holds()),
        );
        let (registry, standing) =
            ceremony::registry(request, subject.as_ref().filter(|_| signature.holds()));
        let signature_holds = signature.holds();
        let key_outcome = key.outcome;
        let level = level.and_then(Result::ok);
        let consistent = after(&decoded, Id::FileConsistent, || {
            Some(file::consistent(
                evidence.as_ref().ok()?,
                subject.as_ref(),
                level.as_ref().map(|level| level.tcb.status.as_str()),
            ))
        });

        let checks = vec![
            decoded, digest, consistent, structure, found, current, genuine, pck, qe, key,
            signature, tcb, attributes, attester, challenge, ppid, registry,
        ];
        Report {
            // O10: shown only when the engine's claims and our own reading agree on it.
            identity: subject.as_ref().and_then(|subject| {
                let identity = subject.identity.as_ref().ok()?;
                let verified = signature_holds && engine.accepted() && engine.agrees_on(identity);
                Some(identity.view(subject.ca?, subject.quote.tee())).filter(|_| verified)
            }),
            tcb: level.filter(|_| engine.accepted()).map(|level| level.tcb),
            quote: subject.as_ref().map(|subject| subject.quote.view()),
            evidence: evidence
                .ok()
                .zip(sha256.clone())
                .map(|(evidence, sha256)| evidence.view(request.evidence.len(), sha256)),
            collateral: collateral.map(|collateral| collateral.view(request.collateral_from)),
            chain: chain::of(
                &self.root,
                subject.as_ref(),
                collateral,
                &engine,
                key_outcome,
            ),
            inputs: inputs(
                request,
                sha256,
                document.as_ref().and_then(|d| d.as_deref().ok()),
            ),
            registry: standing,
            ..self.bare(request, checks)
        }
    }

    /// The Report of evidence whose appraisals differed from each other, though nothing else did: the computer or its
    /// browser errs, so nothing is decided, and nothing that it computed of the evidence is shown.
    ///
    /// An appraisal is a pure function; whoever asks it twice and gets two answers (`pkg/settle.js` does, of every
    /// answer that is bad) says so with this.
    pub fn unsteady(&self, request: &Request<'_>) -> Report {
        let finding = Finding::fail(
            Code::VerifierUnsteady,
            "The same file was appraised several times here, and no two answers in a row were the same: this browser, \
             or this computer, computes wrongly. That says nothing about the file.",
        );
        let checks = CheckId::ALL
            .iter()
            .map(|&id| match id {
                CheckId::FileDecoded => Check::ran(id, "", vec![finding.clone()]),
                _ => Check::not_reached(id),
            })
            .collect();
        self.bare(request, checks)
    }

    /// A Report of these rows that shows nothing of the evidence.
    fn bare(&self, request: &Request<'_>, checks: Vec<Check>) -> Report {
        let verdict = verdict_of(&checks);
        let nothing_ran = engine::Run::default();
        Report {
            schema: SCHEMA,
            verifier: build(),
            verdict,
            headline: headline(verdict, request.moment),
            summary: summary(verdict, &checks),
            at: request.moment.seconds(),
            at_rfc3339: rfc3339(request.moment.seconds()),
            time: request.moment.tense(),
            identity: None,
            tcb: None,
            quote: None,
            evidence: None,
            collateral: None,
            chain: chain::of(&self.root, None, None, &nothing_ran, Outcome::NotReached),
            inputs: inputs(request, None, None),
            policy: request.policy.view(),
            registry: None,
            checks,
        }
    }
}

/// The row `id`, when the row that it rests on holds.
fn after(rests_on: &Check, id: CheckId, row: impl FnOnce() -> Option<Check>) -> Check {
    rests_on
        .holds()
        .then(row)
        .flatten()
        .unwrap_or_else(|| Check::not_reached(id))
}

/// Which build this is.
pub fn build() -> Build {
    Build {
        name: "cloud-witness",
        version: env!("CARGO_PKG_VERSION"),
        commit: COMMIT,
        commit_time: COMMIT_TIME,
        engine: "dcap-qvl 0.7.1",
    }
}

fn inputs(
    request: &Request<'_>,
    evidence_sha256: Option<String>,
    collateral: Option<&Document>,
) -> Inputs {
    let challenge = request.challenge.map(crate::challenge::Challenge::parse);
    Inputs {
        evidence_sha256,
        collateral_sha256: collateral.and_then(|document| document.sha256.clone()),
        collateral_from: request.collateral_from.id(),
        challenge_issued_at: challenge.as_ref().and(request.challenge_issued_at),
        challenge_minutes: challenge.as_ref().map(|_| request.challenge_minutes),
        challenge: challenge.and_then(Result::ok).map(|c| c.hex()),
        noted_sha256: request
            .noted_sha256
            .and_then(|noted| file::noted_digits(noted).ok()),
        attesters_sha256: request.attesters.sha256().map(str::to_owned),
    }
}

pub(crate) fn headline(verdict: Verdict, moment: Moment) -> String {
    let word = match verdict {
        Verdict::Affirming => "Affirming",
        Verdict::Warning => "Warning",
        Verdict::Contraindicated => "Contraindicated",
        Verdict::None => "No verdict",
    };
    match moment.tense() {
        Tense::Now => word.to_owned(),
        Tense::AsOf => format!("{word}, as of {}", in_words(moment.seconds())),
    }
}

/// Rows whose reservations a witness should hear of first.
const WEIGHTIEST_FIRST: [CheckId; 4] = [
    CheckId::TcbStatus,
    CheckId::Challenge,
    CheckId::EnclaveAttester,
    CheckId::FileConsistent,
];

/// A sentence or two: the verdict, its weightiest reason, and what was not given.
fn summary(verdict: Verdict, checks: &[Check]) -> String {
    let first = |wanted: &dyn Fn(&Check) -> bool| {
        checks
            .iter()
            .find(|check| wanted(check))
            .map_or("", |check| check.detail.as_str())
    };
    match verdict {
        Verdict::Affirming => {
            "Genuine hardware answered this challenge, and everything that a ceremony asks for was given and holds."
                .to_owned()
        }
        Verdict::Warning => format!("{}{}", reservations(checks), omissions(checks)),
        Verdict::Contraindicated => {
            format!("Do not accept this evidence. {}", first(&Check::refuses))
        }
        Verdict::None => format!(
            "Nothing can be decided: this says neither that the quote is genuine nor that it is not. {}",
            first(&|check| check.outcome == Outcome::Fail)
        ),
    }
}

fn reservations(checks: &[Check]) -> String {
    let mut warned: Vec<&Check> = checks
        .iter()
        .filter(|check| check.outcome == Outcome::Warn)
        .collect();
    warned.sort_by_key(|check| {
        WEIGHTIEST_FIRST
            .iter()
            .position(|id| *id == check.id)
            .unwrap_or(WEIGHTIEST_FIRST.len())
    });
    let genuine = if warned.iter().any(|check| {
        matches!(
            check.code,
            Some(Code::AttesterUnlisted | Code::AttesterIsTd | Code::AttesterFileMissing)
        )
    }) {
        "Genuine hardware, not ceremony evidence"
    } else {
        "The quote is genuine"
    };
    match warned.as_slice() {
        [] => format!("{genuine}, but not all that a ceremony asks for was given."),
        [only] => format!("{genuine}, with one reservation: {}", only.detail),
        [first, ..] => format!(
            "{genuine}, with {} reservations. The weightiest: {}",
            warned.len(),
            first.detail
        ),
    }
}

/// Names what was never compared, so that no sentence hides it.
fn omissions(checks: &[Check]) -> &'static str {
    let missing = |id: CheckId| {
        checks
            .iter()
            .any(|check| check.id == id && check.outcome == Outcome::NotGiven)
    };
    match (missing(CheckId::Challenge), missing(CheckId::FileDigest)) {
        (true, true) => " Neither a challenge nor a noted hash was compared.",
        (true, false) => " No challenge was compared.",
        (false, true) => " No noted hash was compared.",
        (false, false) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collateral::Collateral;
    use crate::crypto;

    #[test]
    fn o18_the_compiled_in_root_is_intels() {
        assert_eq!(
            sha256_hex(INTEL_SGX_ROOT_CA),
            "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"
        );
        assert!(Verifier::production().root.is_named(crate::x509::ROOT_CA));
    }

    #[test]
    fn o20_every_report_has_seventeen_rows_in_order() {
        for input in [&b""[..], b"junk", &[3, 0, 2, 0]] {
            let report =
                Verifier::production().appraise(&Request::new(input, Moment::as_of(1_750_377_600)));
            assert!(
                report
                    .checks
                    .iter()
                    .map(|check| check.id)
                    .eq(CheckId::ALL.iter().copied())
            );
        }
    }

    #[test]
    fn answers_that_differ_decide_nothing_and_show_nothing() {
        let forged = forge::ForgeSpec::default().build();
        let request = Request::new(&forged.quote, Moment::as_of(forge::AT));
        let report = Verifier::production().unsteady(&request);
        assert_eq!(report.verdict, Verdict::None);
        assert!(
            report
                .checks
                .iter()
                .map(|check| check.id)
                .eq(CheckId::ALL.iter().copied())
        );
        let [first, rest @ ..] = report.checks.as_slice() else {
            unreachable!("seventeen rows")
        };
        assert_eq!(first.code, Some(Code::VerifierUnsteady));
        assert!(rest.iter().all(|row| row.outcome == Outcome::NotReached));
        assert!(report.identity.is_none() && report.quote.is_none() && report.evidence.is_none());
        assert_eq!(report.inputs.evidence_sha256, None);
    }

    /// A good forged ceremony, with the engine's run over it.
    fn good() -> (Certificate, Subject, Collateral, engine::Run) {
        let forged = forge::ForgeSpec::default().build();
        let root = Certificate::from_der(&forge::root_der()).unwrap();
        let subject = Subject::parse(&forged.quote).unwrap();
        let collateral = Collateral::parse(forged.collateral_json.as_bytes()).unwrap();
        let run = engine::run(&root, &subject, &collateral, Moment::as_of(forge::AT));
        assert!(run.accepted());
        (root, subject, collateral, run)
    }

    /// Rows 7, 8, 9 and 11 over a run.
    fn signature_rows(
        (root, subject, collateral, run): &(Certificate, Subject, Collateral, engine::Run),
    ) -> [Check; 4] {
        [
            authenticity::collateral(root, collateral, run),
            authenticity::pck_chain(
                root,
                Some(subject),
                Some(collateral),
                run,
                Moment::as_of(forge::AT),
            ),
            authenticity::qe_report(subject, collateral, run),
            authenticity::quote_signature(&subject.quote, run),
        ]
    }

    fn codes(rows: &[Check]) -> Vec<Option<Code>> {
        rows.iter().map(|row| row.code).collect()
    }

    #[test]
    fn the_signature_rows_of_a_good_ceremony_pass() {
        assert_eq!(codes(&signature_rows(&good())), [None; 4]);
    }

    #[test]
    fn a_signature_that_the_engine_did_not_check_is_never_a_pass() {
        let mut ceremony = good();
        // As if the engine had accepted without asking for a single signature.
        ceremony.3.trace.forget_the_engines();
        assert_eq!(
            codes(&signature_rows(&ceremony)),
            [Some(Code::SignatureNotChecked); 4]
        );
    }

    #[test]
    fn an_engine_refusal_that_no_row_explains_is_contraindicated() {
        let mut ceremony = good();
        ceremony.3.refuse("something new");
        // Every signature was checked and holds, so the first row not yet passed is the TCB's.
        assert_eq!(codes(&signature_rows(&ceremony)), [None; 4]);
        let (_, subject, collateral, run) = &ceremony;
        let level = tcb::evaluate(subject, collateral);
        let row = platform::tcb_status(&level, run, &Policy::ceremony(), false);
        assert_eq!(row.code, Some(Code::EngineRefused));
        assert!(row.refuses());
    }

    #[test]
    fn an_engine_that_stops_before_a_signature_fails_its_row() {
        let mut ceremony = good();
        ceremony.3.refuse("something new");
        ceremony.3.trace.forget_the_engines();
        assert_eq!(
            codes(&signature_rows(&ceremony)),
            [Some(Code::EngineRefused); 4]
        );
    }

    #[test]
    fn o10_an_engine_that_names_another_machine_is_not_believed() {
        let mut ceremony = good();
        ceremony.3.claim(|claims| claims.pck.ppid = vec![7; 16]);
        let [_, pck, _, _] = signature_rows(&ceremony);
        assert_eq!(pck.code, Some(Code::EngineDisagrees));
    }

    #[test]
    fn an_engine_that_reads_another_body_is_not_believed() {
        let mut ceremony = good();
        ceremony.3.claim(|claims| {
            if let dcap_qvl::quote::Report::SgxEnclave(body) = &mut claims.report {
                body.report_data[0] ^= 1;
            }
        });
        let [_, _, _, quote] = signature_rows(&ceremony);
        assert_eq!(quote.code, Some(Code::EngineDisagrees));
    }

    #[test]
    fn an_engine_with_another_tcb_status_is_not_believed() {
        let mut ceremony = good();
        ceremony
            .3
            .claim(|claims| claims.status = dcap_qvl::TcbStatus::SWHardeningNeeded);
        let (_, subject, collateral, run) = &ceremony;
        let level = tcb::evaluate(subject, collateral);
        let row = platform::tcb_status(&level, run, &Policy::ceremony(), false);
        assert_eq!(row.code, Some(Code::EngineDisagrees));
    }

    #[test]
    fn what_repeats_is_remembered_and_what_only_this_machine_signed_never() {
        let (root, subject, collateral, _) = good();
        let is_remembered = |claim: &engine::Claim<'_>| crypto::remembers(claim.key, &claim.signed);
        let [ca, pck, crl] = authenticity::pck_claims(&root, &subject, &collateral)
            .try_into()
            .ok()
            .unwrap();
        let collateral_claims = authenticity::collateral_claims(&root, &collateral);
        assert!(
            collateral_claims
                .iter()
                .chain([&ca, &crl])
                .all(is_remembered)
        );
        let key = authenticity::attestation_key(&subject.quote);
        let own = [
            pck,
            authenticity::qe_report_claim(&subject),
            authenticity::quote_claim(&subject.quote, &key),
        ];
        assert!(!own.iter().any(is_remembered));
    }

    #[test]
    fn a_pck_certificate_among_the_collaterals_certificates_is_not_remembered_either() {
        let (root, subject, mut collateral, _) = good();
        collateral.pck_crl_signers.push(subject.chain.pck.clone());
        engine::run(&root, &subject, &collateral, Moment::as_of(forge::AT));
        let claims = authenticity::pck_claims(&root, &subject, &collateral);
        let pck = claims.get(1).unwrap();
        assert!(!crypto::remembers(pck.key, &pck.signed));
    }

    #[test]
    fn an_engine_that_did_not_run_passes_nothing() {
        let (root, subject, collateral, _) = good();
        let ceremony = (root, subject, collateral, engine::Run::default());
        assert!(signature_rows(&ceremony).iter().all(|row| !row.holds()));
    }
}
