//! One run of the engine, and the trace of the signatures that it checked.

use dcap_qvl::intel::parse_pck_extension_with;
use dcap_qvl::quote::Report;
use dcap_qvl::verify::QuoteVerifier;
use dcap_qvl::{QuoteClaims, QuotePolicy, TcbStatus};

use super::Subject;
use super::authenticity::collateral_claims;
use crate::code::Code;
use crate::collateral::Collateral;
use crate::crypto::{self, StandsFor, Trace, TracedConfig, Verification};
use crate::identity::PckIdentity;
use crate::moment::Moment;
use crate::report::Finding;
use crate::text::quoted;
use crate::x509::{Certificate, Signed};

/// What the engine said, and what it checked. By default: it did not run.
#[derive(Default)]
pub(super) struct Run {
    answer: Option<Result<Claims, String>>,
    pub(super) trace: Trace,
}

/// What the engine says of a quote that it accepts, as far as it is compared with our own reading.
pub(super) struct Claims {
    pub(super) status: TcbStatus,
    pub(super) advisories: Vec<String>,
    pub(super) report: Report,
    pub(super) pck: Pck,
}

/// What it reads in the PCK certificate.
pub(super) struct Pck {
    pub(super) ppid: Vec<u8>,
    cpu_svn: [u8; 16],
    pce_svn: u16,
    pce_id: Vec<u8>,
    fmspc: [u8; 6],
    platform_instance_id: Option<Vec<u8>>,
}

impl From<QuoteClaims> for Claims {
    fn from(claims: QuoteClaims) -> Self {
        let pck = claims.platform.pck;
        Self {
            status: claims.tcb.status,
            advisories: claims.tcb.advisory_ids,
            report: claims.report,
            pck: Pck {
                ppid: pck.ppid,
                cpu_svn: pck.cpu_svn,
                pce_svn: pck.pce_svn,
                pce_id: pck.pce_id,
                fmspc: pck.fmspc,
                platform_instance_id: pck.platform_instance_id.map(|id| id.to_vec()),
            },
        }
    }
}

/// A signature that a row rests on.
pub(super) struct Claim<'a> {
    /// The signed thing, for messages: "the TCB info".
    pub(super) signed_thing: &'static str,
    /// The signer, for messages: "the TCB signing certificate".
    pub(super) signer: &'static str,
    pub(super) key: &'a [u8],
    pub(super) signed: Signed,
    /// Code of a signature that does not fit.
    pub(super) refused: Code,
}

/// Runs the engine at `moment` under `root`, with every signature traced.
///
/// Before it, we check the two signatures that the engine would take from the quote's side only: the PCK CRL
/// under the collateral's own PCK CA, and that CA under the root. So the collateral can be judged whatever
/// the quote is.
pub(super) fn run(
    root: &Certificate,
    subject: &Subject,
    collateral: &Collateral,
    moment: Moment,
) -> Run {
    let for_engine = subject.quote.with_engines_auth_data();
    let stands_for = for_engine.as_ref().map(|given| StandsFor {
        given: given.bound_by_qe(),
        real: subject.quote.bound_by_qe(),
    });
    let quote = for_engine.as_ref().unwrap_or(&subject.quote).canonical();
    let repeating = repeating(root, subject, collateral);
    let (answer, trace) = crypto::traced_with(repeating, stands_for, || {
        if let Some(pck_ca) = collateral.pck_crl_signers.first() {
            crypto::check(&root.key, &pck_ca.signed);
            crypto::check(&pck_ca.key, &collateral.pck_crl.signed);
        }
        let verifier = QuoteVerifier::<TracedConfig>::new_with_config(root.der.clone());
        let claims = verifier.verify_with_policy(
            quote,
            collateral.for_engine(),
            moment.seconds(),
            &QuotePolicy::claims_only(moment.seconds()),
        );
        match claims {
            Err(_) if collateral.has_number_beyond_the_engine() => {
                without_crl_numbers(&verifier, quote, subject, collateral, moment)
            }
            claims => claims
                .map(Claims::from)
                .map_err(|error| format!("{error:#}")),
        }
    });
    Run {
        answer: Some(answer),
        trace,
    }
}

/// The engine's verification without its claims, which hold a CRL's number in 32 bits and fail for a larger one. RFC 5280 allows
/// 20 bytes (section 5.2.3), and nothing here rests on the number.
///
/// Every check of the engine's runs; what the claims would have said of the certificate is read with the engine's own reader.
fn without_crl_numbers(
    verifier: &QuoteVerifier<TracedConfig>,
    quote: &[u8],
    subject: &Subject,
    collateral: &Collateral,
    moment: Moment,
) -> Result<Claims, String> {
    let verified = verifier
        .verify(quote, &collateral.for_engine(), moment.seconds())
        .map_err(|error| format!("{error:#}"))?;
    let pck = parse_pck_extension_with::<TracedConfig>(&subject.chain.pck.der)
        .map_err(|error| format!("{error:#}"))?;
    if pck.ppid != verified.ppid {
        return Err("two readings of the PPID differ".to_owned());
    }
    Ok(Claims {
        status: serde_json::from_value(verified.status.into())
            .map_err(|_| "an unknown TCB status".to_owned())?,
        advisories: verified.advisory_ids,
        report: verified.report,
        pck: Pck {
            ppid: pck.ppid,
            cpu_svn: pck.cpu_svn,
            pce_svn: pck.pce_svn,
            pce_id: pck.pce_id,
            fmspc: pck.fmspc,
            platform_instance_id: pck.platform_instance_id,
        },
    })
}

/// What is the same for every machine of a kind: signed collateral and CA certificates. Never the PCK certificate,
/// whatever the collateral passes it off as, so that repeating a quote is honest work.
fn repeating(root: &Certificate, subject: &Subject, collateral: &Collateral) -> Vec<Vec<u8>> {
    let of_collateral = collateral_claims(root, collateral)
        .into_iter()
        .map(|claim| claim.signed.message);
    let authorities = collateral
        .pck_crl_signers
        .iter()
        .chain(&subject.chain.issuers);
    of_collateral
        .chain([collateral.pck_crl.signed.message.clone()])
        .chain(authorities.map(|authority| authority.signed.message.clone()))
        .filter(|message| *message != subject.chain.pck.signed.message)
        .collect()
}

impl Run {
    /// Whether the engine accepted: all its checks ran and hold.
    pub(super) fn accepted(&self) -> bool {
        matches!(self.answer, Some(Ok(_)))
    }

    /// The engine's claims.
    pub(super) fn claims(&self) -> Option<&Claims> {
        self.answer.as_ref()?.as_ref().ok()
    }

    /// Whether the engine's claims name the same machine that we read (O10).
    pub(super) fn agrees_on(&self, identity: &PckIdentity) -> bool {
        self.claims().is_some_and(|claims| {
            let pck = &claims.pck;
            pck.ppid == identity.ppid
                && pck.fmspc == identity.fmspc
                && pck.pce_id == identity.pce_id
                && pck.cpu_svn == identity.cpu_svn
                && pck.pce_svn == identity.pce_svn
                && pck.platform_instance_id.as_deref()
                    == identity.platform_instance_id.as_ref().map(|id| &id[..])
        })
    }

    /// The finding for an engine refusal that nothing else explains, when there is one.
    pub(super) fn unexplained_refusal(&self) -> Option<Finding> {
        match &self.answer {
            Some(Err(words)) => Some(Finding::fail(
                Code::EngineRefused,
                format!(
                    "The verification engine refused for a reason that no row explains. Its words: {}.",
                    quoted(words, 200)
                ),
            )),
            Some(Ok(_)) => None,
            None => Some(Finding::fail(
                Code::SignatureNotChecked,
                "The verification engine did not run.",
            )),
        }
    }

    fn of(&self, claim: &Claim<'_>) -> Verification {
        self.trace.by_engine(claim.key, &claim.signed)
    }

    /// The signatures among these that the engine refused.
    pub(super) fn refused(&self, claims: &[Claim<'_>]) -> Vec<Finding> {
        claims
            .iter()
            .filter(|claim| self.of(claim) == Verification::Refused)
            .map(|claim| {
                Finding::fail(
                    claim.refused,
                    format!(
                        "The signature over {} does not fit the key of {}.",
                        claim.signed_thing, claim.signer
                    ),
                )
            })
            .collect()
    }

    /// Findings for the signatures that a row rests on, as the engine asked for them.
    ///
    /// A row has no finding only if the trace holds each of them, verified. What the engine did not check
    /// although it accepted is a gap, and fails.
    pub(super) fn findings(&self, claims: &[Claim<'_>]) -> Vec<Finding> {
        let refused = self.refused(claims);
        if !refused.is_empty() {
            return refused;
        }
        claims
            .iter()
            .find(|claim| self.of(claim) == Verification::NotChecked)
            .map(|claim| {
                self.unexplained_refusal().unwrap_or_else(|| {
                    Finding::fail(
                        Code::SignatureNotChecked,
                        format!(
                            "The signature over {} by {} was not checked.",
                            claim.signed_thing, claim.signer
                        ),
                    )
                })
            })
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
impl Run {
    /// As if the engine had refused, with these words.
    pub(super) fn refuse(&mut self, words: &str) {
        self.answer = Some(Err(words.to_owned()));
    }

    /// As if the engine had claimed something else.
    pub(super) fn claim(&mut self, change: impl FnOnce(&mut Claims)) {
        if let Some(Ok(claims)) = &mut self.answer {
            change(claims);
        }
    }
}
