//! docs/assurance.md says what is tested, has no empty cell, and is what the tests are today.

#[test]
fn every_obligation_code_and_status_has_what_would_notice_its_break() {
    let (is, must_be, empty) = harness::assurance::check();
    assert!(empty.is_empty(), "nothing would notice: {empty:#?}");
    assert!(
        is == must_be,
        "docs/assurance.md is not what the tests are: run `cargo xtask assurance`"
    );
}
