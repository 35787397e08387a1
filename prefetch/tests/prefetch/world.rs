//! A forged Intel with a few kinds of platform, and a plan that has no time to lose.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cloud_witness::collateral::piece::{Key, Piece};
use cloud_witness::collateral::pieces_of_document;
use cloud_witness::identity::PckCa;
use cloud_witness::quote::Tee;
use cloud_witness::{Bundle, Verifier};
use prefetch::plan::{Patience, Plan};
use prefetch::summary::Summary;

use crate::shelf::ROOT_CA_CRL;
use crate::standin::StandIn;

pub const NOW: u64 = forge::AT;
pub const ONE: [u8; 6] = forge::FMSPC;
pub const OTHER: [u8; 6] = [0x00, 0x60, 0x6a, 0, 0, 0];

pub const SGX: Key = Key::TcbInfo(Tee::Sgx, ONE);
pub const TDX: Key = Key::TcbInfo(Tee::Tdx, ONE);
pub const SGX_OTHER: Key = Key::TcbInfo(Tee::Sgx, OTHER);
pub const QE: Key = Key::QeIdentity(Tee::Sgx);
pub const TD_QE: Key = Key::QeIdentity(Tee::Tdx);
pub const PROCESSOR: Key = Key::PckCrl(PckCa::Processor);
pub const PLATFORM: Key = Key::PckCrl(PckCa::Platform);

/// Everything there is in [`world`].
pub const ALL: [Key; 8] = [
    Key::RootCaCrl,
    PROCESSOR,
    PLATFORM,
    QE,
    TD_QE,
    SGX_OTHER,
    SGX,
    TDX,
];

pub fn verifier() -> Verifier {
    Verifier::with_root(&forge::root_der()).unwrap()
}

/// The pieces of a forged ceremony, by its specification as JSON.
pub fn forged(spec: &str) -> Vec<Piece> {
    let spec: forge::ForgeSpec = serde_json::from_str(spec).unwrap();
    pieces_of_document(spec.build().collateral_json.as_bytes()).unwrap()
}

pub fn forged_one(spec: &str, key: Key) -> Piece {
    forged(spec)
        .into_iter()
        .find(|piece| piece.key == key)
        .unwrap()
}

/// Two kinds of platform for SGX, one of them for TDX too, both CAs; every specification has `more` in it.
pub fn world_with(more: &str) -> Bundle {
    let mut bundle = Bundle::new(NOW, "forged".to_owned());
    for spec in [
        format!(r#"{{{more}}}"#),
        format!(
            r#"{{"tee":"tdx15"{}{more}}}"#,
            if more.is_empty() { "" } else { "," }
        ),
        format!(
            r#"{{"ca":"processor","tcb_info":{{"fmspc":"00606A000000"}}{}{more}}}"#,
            if more.is_empty() { "" } else { "," }
        ),
    ] {
        for piece in forged(&spec) {
            bundle.put(piece);
        }
    }
    assert!(bundle.pieces().map(|piece| piece.key).eq(ALL));
    bundle
}

pub fn world() -> Bundle {
    world_with("")
}

/// The same, issued a day before: what a file holds before a run.
pub fn yesterday() -> Bundle {
    let mut bundle = world_with(r#""collateral_issued":"2039-12-31T00:00:00Z""#);
    bundle.fetched_at = NOW - 86_400;
    bundle
}

pub fn plan(server: &StandIn) -> Plan {
    let mut plan = Plan::everything_from(&server.url);
    plan.root_ca_crl = format!("{}{ROOT_CA_CRL}", server.url);
    plan.ca_pem = server.ca_pem.clone();
    plan.patience = Patience {
        attempts: 3,
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_secs(2),
        request: Duration::from_secs(20),
        run: Duration::from_secs(120),
    };
    plan
}

/// A folder of its own for a test, with the bundle at hand in it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn with(bundle: &Bundle) -> Self {
        let place = Self::empty();
        std::fs::write(place.file(), bundle.to_json()).unwrap();
        place
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("bundle.json")
    }

    pub fn text(&self) -> Option<String> {
        std::fs::read_to_string(self.file()).ok()
    }

    pub fn bundle(&self) -> Bundle {
        Bundle::parse(self.text().unwrap().as_bytes()).unwrap()
    }

    /// A run over this place's file, at [`NOW`] under the forge's root. Whatever is in the file afterwards verifies.
    pub fn run(&self, plan: &Plan) -> Summary {
        let summary = prefetch::run(&self.file(), plan, &verifier(), NOW, &|_| {});
        if self.text().is_some() {
            for (key, findings) in verifier().check_bundle(&self.bundle(), NOW) {
                assert!(findings.is_empty(), "{key} was written: {findings:?}");
            }
        }
        let others = std::fs::read_dir(self.folder()).unwrap().count();
        assert_eq!(
            others,
            usize::from(self.text().is_some()),
            "something was left behind"
        );
        summary
    }
}

/// `PIECE CODE` of every piece that was not renewed.
pub fn stale(summary: &Summary) -> Vec<String> {
    summary
        .stale
        .iter()
        .map(|stale| format!("{} {}", stale.piece, stale.code))
        .collect()
}
