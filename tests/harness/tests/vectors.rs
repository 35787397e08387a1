//! The table of vectors, run natively.

#[test]
fn every_vector_gives_its_expected_rows_natively() {
    let cases = harness::case::all();
    assert!(!cases.is_empty());
    let mut failures = Vec::new();
    for (name, case) in &cases {
        let made = case.make(name);
        let report = made.appraise();
        let differences = made.differences(&report);
        if !differences.is_empty() {
            failures.push(format!("{name}\n    {}", differences.join("\n    ")));
        }
    }
    println!("{} vectors", cases.len());
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}
