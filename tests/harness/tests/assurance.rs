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

/// Whether each turns its test red takes an hour to see (`cargo xtask breaks`); whether it could be tried at all, a moment.
#[test]
fn every_break_fits_the_code() {
    let (tried, unfit) = harness::assurance::breaks_that_fit_no_more();
    assert!(tried > 400, "{tried} breaks");
    assert!(unfit.is_empty(), "these fit the code no more: {unfit:#?}");
}
