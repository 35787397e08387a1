//! Every single-bit flip of real samples and of their collateral.
//!
//! A flip may be refused, or accepted without effect (padding, text that nothing signs and nothing reads); it
//! must never give another machine, challenge, measurement or status with an equal or better verdict. Beside
//! it runs the engine alone, so that one sees what the obligations O6 to O9 add.

use std::collections::BTreeMap;

use cloud_witness::crypto::TracedConfig;
use cloud_witness::quote::Quote;
use cloud_witness::{Moment, Report, Request, Verdict, Verifier};
use dcap_qvl::verify::QuoteVerifier;
use dcap_qvl::{QuoteClaims, QuoteCollateralV3, QuotePolicy};

/// One sample and the moment at which its collateral is good.
pub struct Sample {
    pub name: &'static str,
    pub at: u64,
    quote: Vec<u8>,
    collateral: Vec<u8>,
}

/// What is flipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Quote,
    Collateral,
}

/// Bits by field: how many were flipped, how many the engine alone accepts, how many we accept, and how many
/// of those (engine, ours) changed what the Report says.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub fields: BTreeMap<String, [u64; 3]>,
    pub changed_in_engine: u64,
    pub changed: Vec<String>,
}

/// The three samples with full collateral and a platform that a TCB level fits.
pub fn samples() -> Vec<Sample> {
    [
        ("sgx_quote", crate::samples::AT),
        ("tdx_quote", crate::samples::AT),
        ("tdx_quote_td15ex", 1_791_590_400),
    ]
    .into_iter()
    .map(|(name, at)| Sample {
        name,
        at,
        quote: crate::samples::quote(name),
        collateral: crate::samples::collateral(name).into_bytes(),
    })
    .collect()
}

impl Sample {
    /// How many bits a part has.
    pub fn bits(&self, part: Part) -> usize {
        8 * match part {
            Part::Quote => self.quote.len(),
            Part::Collateral => self.collateral.len(),
        }
    }

    /// Flips each bit of `bits` in turn.
    pub fn flip(&self, part: Part, bits: impl Iterator<Item = usize>) -> Tally {
        let verifier = Verifier::production();
        let base = Facts::of(&appraise(&verifier, &self.quote, &self.collateral, self.at));
        let engine_base = engine(&self.quote, &self.collateral, self.at).expect("a good sample");
        let mut tally = Tally::default();
        for bit in bits {
            let (mut quote, mut collateral) = (self.quote.clone(), self.collateral.clone());
            let flipped = match part {
                Part::Quote => &mut quote,
                Part::Collateral => &mut collateral,
            };
            flipped[bit / 8] ^= 1 << (bit % 8);
            let field = self.field(part, bit / 8);
            let counts = tally.fields.entry(field.clone()).or_default();
            counts[0] += 1;
            if let Some(claims) = engine(&quote, &collateral, self.at) {
                counts[1] += 1;
                if claims.report != engine_base.report
                    || claims.platform.pck != engine_base.platform.pck
                    || claims.tcb != engine_base.tcb
                {
                    tally.changed_in_engine += 1;
                }
            }
            let report = appraise(&verifier, &quote, &collateral, self.at);
            if matches!(report.verdict, Verdict::Affirming | Verdict::Warning) {
                counts[2] += 1;
                if Facts::of(&report) != base {
                    tally
                        .changed
                        .push(format!("{} bit {bit} ({field})", self.name));
                }
            }
        }
        tally
    }

    fn field(&self, part: Part, at: usize) -> String {
        match part {
            Part::Quote => Quote::parse(&self.quote)
                .unwrap()
                .view()
                .fields
                .iter()
                .find(|field| (field.offset..field.offset + field.length).contains(&at))
                .map_or("zeros after the quote", |field| field.name)
                .to_owned(),
            Part::Collateral => {
                // The last top-level key that begins before the byte.
                let text = String::from_utf8_lossy(&self.collateral);
                [
                    "pck_crl_issuer_chain",
                    "root_ca_crl",
                    "pck_crl",
                    "tcb_info_issuer_chain",
                    "tcb_info",
                    "tcb_info_signature",
                    "qe_identity_issuer_chain",
                    "qe_identity",
                    "qe_identity_signature",
                    "pck_certificate_chain",
                ]
                .into_iter()
                .filter_map(|key| Some((text.find(&format!("\"{key}\":"))?, key)))
                .filter(|(start, _)| *start <= at)
                .max()
                .map_or("punctuation", |(_, key)| key)
                .to_owned()
            }
        }
    }
}

/// What a Report says of the machine, beyond its rows.
#[derive(Debug, PartialEq)]
struct Facts {
    identity: serde_json::Value,
    status: Option<String>,
    advisories: Option<Vec<String>>,
    body: Vec<String>,
}

impl Facts {
    fn of(report: &Report) -> Self {
        Self {
            identity: serde_json::to_value(&report.identity).unwrap(),
            status: report.tcb.as_ref().map(|tcb| tcb.status.clone()),
            advisories: report.tcb.as_ref().map(|tcb| tcb.advisories.clone()),
            body: report
                .quote
                .iter()
                .flat_map(|quote| &quote.fields)
                .filter(|field| {
                    field.name.starts_with("report_body") || field.name.starts_with("header")
                })
                .map(|field| field.value.clone())
                .collect(),
        }
    }
}

fn appraise(verifier: &Verifier, quote: &[u8], collateral: &[u8], at: u64) -> Report {
    let mut request = Request::new(quote, Moment::as_of(at));
    request.collateral = Some(collateral.into());
    verifier.appraise(&request)
}

fn engine(quote: &[u8], collateral: &[u8], at: u64) -> Option<QuoteClaims> {
    let root = include_bytes!("../../../src/intel_sgx_root_ca.der");
    let collateral: QuoteCollateralV3 = serde_json::from_slice(collateral).ok()?;
    cloud_witness::crypto::traced(Vec::new(), || {
        QuoteVerifier::<TracedConfig>::new_with_config(root.to_vec()).verify_with_policy(
            quote,
            collateral,
            at,
            &QuotePolicy::claims_only(at),
        )
    })
    .0
    .ok()
}

/// All bits, on two threads, as a Markdown table; `every` takes each n-th bit only.
pub fn report(every: usize) -> (String, bool) {
    let mut text = String::from(
        "| sample | part | field | bits | engine alone accepts | accepted |\n|---|---|---|---|---|---|\n",
    );
    let (mut changed, mut total, mut changed_in_engine) = (Vec::new(), [0_u64; 3], 0);
    for sample in samples() {
        for part in [Part::Quote, Part::Collateral] {
            let bits = sample.bits(part);
            eprintln!("{} {part:?}: {} bits …", sample.name, bits / every);
            let tallies: Vec<Tally> = std::thread::scope(|scope| {
                let halves: Vec<_> = (0..2)
                    .map(|half| {
                        let sample = &sample;
                        scope.spawn(move || {
                            sample.flip(part, (half * every..bits).step_by(2 * every))
                        })
                    })
                    .collect();
                halves
                    .into_iter()
                    .map(|half| half.join().unwrap())
                    .collect()
            });
            let mut fields: BTreeMap<String, [u64; 3]> = BTreeMap::new();
            for tally in tallies {
                for (field, counts) in tally.fields {
                    let sum = fields.entry(field).or_default();
                    for i in 0..3 {
                        sum[i] += counts[i];
                        total[i] += counts[i];
                    }
                }
                changed.extend(tally.changed);
                changed_in_engine += tally.changed_in_engine;
            }
            for (field, [bits, engine, ours]) in fields {
                if engine + ours > 0 {
                    text.push_str(&format!(
                        "| {} | {part:?} | {field} | {bits} | {engine} | {ours} |\n",
                        sample.name
                    ));
                }
            }
        }
    }
    text.push_str(&format!(
        "| all | | | {} | {} | {} |\n\n{} accepted flips change identity, challenge, measurement or status \
         (engine alone: {changed_in_engine}).\n",
        total[0],
        total[1],
        total[2],
        changed.len()
    ));
    for change in &changed {
        text.push_str(&format!("- {change}\n"));
    }
    (text, changed.is_empty())
}
