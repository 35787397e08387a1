//! The page is built around committed samples; they are what the core makes of the engine's own.

#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn the_pages_samples_are_what_the_core_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/samples");
    for (name, text) in harness::samples::of_the_page() {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(
            committed == text,
            "www/samples/{name} is another one: run `cargo run --package harness -- page www/samples`, and look at what \
             changed"
        );
    }
}
