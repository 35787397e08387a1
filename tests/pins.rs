//! What we depend on is pinned, and watched.

#![allow(clippy::unwrap_used, missing_docs)]

#[test]
fn o30_the_engine_is_pinned_exactly_and_the_upstream_of_its_fork_is_watched() {
    let manifest = include_str!("../Cargo.toml");
    let engine = manifest
        .lines()
        .find(|line| line.starts_with("dcap-qvl = "))
        .unwrap();
    let version = cloud_witness::appraisal::build()
        .engine
        .strip_prefix("dcap-qvl ")
        .unwrap()
        .to_owned();
    assert!(
        engine.contains(&format!("version = \"={version}\"")),
        "{engine}"
    );
    let lock = include_str!("../Cargo.lock");
    assert!(lock.contains(&format!("name = \"dcap-qvl\"\nversion = \"{version}\"\n")));
    // Advisories name the upstream, never the fork.
    assert!(lock.contains("name = \"dcap-qvl-webpki\""));
    let watched = include_str!("../xtask/src/advisories.rs");
    assert!(watched.contains("\"dcap-qvl-webpki\"") && watched.contains("\"rustls-webpki\""));
}
