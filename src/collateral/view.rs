//! A bundle for people: what is in it, and until when it holds. Nothing of it is verified.

use serde::Serialize;

use super::bundle::{Bundle, SCHEMA};
use super::piece::{Key, Piece};
use crate::quote::Tee;
use crate::text::quoted;

/// A bundle as page and command line show it. Plain data; mirrored in `pkg/index.d.ts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleView {
    /// [`SCHEMA`].
    pub schema: u32,
    /// When it was fetched, Unix seconds.
    pub fetched_at: u64,
    /// From where; text from outside, at most 200 characters, escaped.
    pub from: String,
    /// The first moment of the oldest of its pieces that Intel issues at least monthly, Unix seconds: all but
    /// the root's CRL. `null` without any.
    pub oldest_from: Option<u64>,
    /// The last second at which all of it is valid, certificates included; `null` without any piece.
    pub valid_until: Option<u64>,
    /// The range of TCB evaluation data numbers of TCB infos and QE identities; `null` without any.
    pub tcb_evaluation_data_numbers: Option<NumbersView>,
    /// How many kinds of platform (FMSPCs) it has TCB info for.
    pub fmspcs: usize,
    /// How many of these have TCB info for SGX.
    pub sgx: usize,
    /// How many of these have TCB info for TDX.
    pub tdx: usize,
    /// Every piece: CRLs, QE identities, TCB infos.
    pub pieces: Vec<PieceView>,
}

/// Least and greatest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NumbersView {
    /// The least.
    pub least: u32,
    /// The greatest.
    pub greatest: u32,
}

/// One piece of a bundle. What it says is not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceView {
    /// "root_ca_crl", "pck_crl", "qe_identity" or "tcb_info".
    pub kind: &'static str,
    /// In words, for example "TCB info for TDX 90c06f000000".
    pub label: String,
    /// "sgx" or "tdx"; `null` for a CRL.
    pub tee: Option<&'static str>,
    /// 12 hex digits; only of TCB info.
    pub fmspc: Option<String>,
    /// "processor" or "platform"; only of a PCK CRL.
    pub ca: Option<&'static str>,
    /// issueDate or thisUpdate, Unix seconds.
    pub from: u64,
    /// Last second before or at nextUpdate.
    pub to: u64,
    /// Last second at which it and its issuer chain are valid.
    pub valid_until: u64,
    /// tcbEvaluationDataNumber; `null` for a CRL and for the oldest TCB infos.
    pub tcb_evaluation_data_number: Option<u32>,
    /// How many TCB levels; `null` for a CRL.
    pub levels: Option<usize>,
    /// Status of the newest level, in Intel's words; text from outside, escaped when it is no plain word.
    pub newest_status: Option<String>,
    /// Date of the newest level, likewise.
    pub newest_date: Option<String>,
    /// How many certificates a CRL revokes.
    pub revoked: Option<usize>,
    /// A CRL's number in hex; `null` without one.
    pub crl_number: Option<String>,
    /// SHA-256 of the signed text, or of the CRL.
    pub sha256: String,
}

impl Bundle {
    /// The bundle as page and command line show it.
    pub fn view(&self) -> BundleView {
        let numbers = || {
            self.pieces()
                .filter_map(|piece| piece.facts()?.tcb_evaluation_data_number)
        };
        let fmspcs = |wanted: &dyn Fn(Tee) -> bool| {
            let mut fmspcs: Vec<[u8; 6]> = self
                .pieces()
                .filter_map(|piece| match piece.key {
                    Key::TcbInfo(tee, fmspc) if wanted(tee) => Some(fmspc),
                    _ => None,
                })
                .collect();
            fmspcs.sort_unstable();
            fmspcs.dedup();
            fmspcs.len()
        };
        BundleView {
            schema: SCHEMA,
            fetched_at: self.fetched_at,
            from: plain(&self.from, 200),
            oldest_from: self
                .pieces()
                .filter(|piece| piece.key != Key::RootCaCrl)
                .map(|piece| piece.window.from)
                .min(),
            valid_until: self.pieces().map(Piece::valid_until).min(),
            tcb_evaluation_data_numbers: numbers()
                .min()
                .zip(numbers().max())
                .map(|(least, greatest)| NumbersView { least, greatest }),
            fmspcs: fmspcs(&|_| true),
            sgx: fmspcs(&|tee| tee == Tee::Sgx),
            tdx: fmspcs(&|tee| tee == Tee::Tdx),
            pieces: self.pieces().map(Piece::view).collect(),
        }
    }
}

impl Piece {
    /// The piece as page and command line show it.
    pub fn view(&self) -> PieceView {
        let facts = self.facts();
        let crl = self.crl();
        let (kind, tee, fmspc, ca) = match self.key {
            Key::RootCaCrl => ("root_ca_crl", None, None, None),
            Key::PckCrl(ca) => ("pck_crl", None, None, Some(ca.id())),
            Key::QeIdentity(tee) => ("qe_identity", Some(tee.word()), None, None),
            Key::TcbInfo(tee, fmspc) => {
                ("tcb_info", Some(tee.word()), Some(hex::encode(fmspc)), None)
            }
        };
        PieceView {
            kind,
            label: self.key.to_string(),
            tee,
            fmspc,
            ca,
            from: self.window.from,
            to: self.window.to,
            valid_until: self.valid_until(),
            tcb_evaluation_data_number: facts.and_then(|facts| facts.tcb_evaluation_data_number),
            levels: facts.map(|facts| facts.levels),
            newest_status: facts
                .and_then(|facts| facts.newest_status.as_deref())
                .map(|text| plain(text, 60)),
            newest_date: facts
                .and_then(|facts| facts.newest_date.as_deref())
                .map(|text| plain(text, 40)),
            revoked: crl.map(crate::x509::Crl::revoked_count),
            crl_number: crl.and_then(|crl| crl.number.as_deref()).map(hex::encode),
            sha256: self.sha256(),
        }
    }
}

/// Text from outside as it is when it is short printable ASCII, else quoted and escaped (O27).
fn plain(text: &str, limit: usize) -> String {
    if text.len() <= limit && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        text.to_owned()
    } else {
        quoted(text, limit)
    }
}
