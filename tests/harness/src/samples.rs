//! Real quotes and collateral: the `sample` folder of the dcap-qvl crate, found through cargo.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

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

fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
