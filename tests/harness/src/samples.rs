//! Real quotes and collateral: the `sample` folder of the dcap-qvl crate, found through cargo.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use cloud_witness::Bundle;
use cloud_witness::collateral::pieces_of_document;
use sha2::Digest as _;

/// A moment inside the collateral of `sgx_quote` and `tdx_quote`: 2025-06-20T00:00:00Z.
pub const AT: u64 = 1_750_377_600;

/// The `sample` folder: `DCAP_QVL_SAMPLES`, else as `cargo metadata` finds the crate.
pub fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        if let Some(folder) = std::env::var_os("DCAP_QVL_SAMPLES") {
            return folder.into();
        }
        let output = Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--format-version",
                "1",
                "--locked",
                "--manifest-path",
            ])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let package = metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|package| package["name"] == "dcap-qvl")
            .expect("dcap-qvl is a dependency");
        PathBuf::from(package["manifest_path"].as_str().unwrap())
            .parent()
            .unwrap()
            .join("sample")
    })
}

/// A sample quote's bytes.
pub fn quote(name: &str) -> Vec<u8> {
    read(name)
}

/// A sample quote's collateral.
pub fn collateral(name: &str) -> String {
    String::from_utf8(read(&format!("{name}_collateral.json"))).unwrap()
}

/// The quotes that come with collateral.
pub const WITH_COLLATERAL: [&str; 4] = [
    "sgx_quote",
    "tdx_quote",
    "tdx_quote_outdated",
    "tdx_quote_td15ex",
];

/// What a clean clone has for a bundle: of every piece in the samples the newest. They are of different months,
/// so no moment lies inside all of them. It says that it was fetched when its newest piece was issued.
pub fn bundle() -> Bundle {
    let mut bundle = Bundle::new(
        0,
        "the samples of the crate dcap-qvl 0.7.1, not a service".to_owned(),
    );
    for name in WITH_COLLATERAL {
        for piece in pieces_of_document(collateral(name).as_bytes()).unwrap() {
            bundle.fetched_at = bundle.fetched_at.max(piece.window.from);
            // An older one than is there already is left out.
            let _ = bundle.put_forward(piece);
        }
    }
    bundle
}

/// The files of `www/samples`. They are committed, so that the page is built without compiling any of this.
pub fn of_the_page() -> [(&'static str, String); 2] {
    [
        ("sample.json", ceremonies()),
        ("collateral.json", bundle().to_json()),
    ]
}

/// The ceremonies behind "Try it with a real sample".
fn ceremonies() -> String {
    // The challenge is the hex of the quote's report_data, a text.
    let challenge = b"Hello, world!";
    let text = crate::evidence::attester_text(
        &quote("sgx_quote"),
        "2026-02-15",
        "CONFIG_AND_SW_HARDENING_NEEDED",
    );
    let ceremony = serde_json::json!({
        "name": "SGX machine, June 2025",
        "evidence": text,
        "challenge": hex::encode(challenge),
        "sha256": hex::encode(sha2::Sha256::digest(text.as_bytes())),
        "at": AT,
        "collateral": collateral("sgx_quote"),
        "note": "A real quote of a real machine. Its file is printed as the attester prints it; the challenge \
                 was \"Hello, world!\". It is appraised as of 20 June 2025, when its collateral was valid.",
    });
    serde_json::json!({ "ceremonies": [ceremony] }).to_string()
}

fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
