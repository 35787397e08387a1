//! A slice of the single-bit flips; `cargo xtask flips` runs them all.

#[test]
fn no_single_bit_flip_gives_another_machine_challenge_measurement_or_status() {
    // A prime, so that all bit positions and fields get their turn.
    let (table, unchanged) = harness::flips::report(997);
    assert!(unchanged, "{table}");
}
