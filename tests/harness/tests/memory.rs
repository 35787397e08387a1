//! Signatures over collateral are remembered between appraisals; no Report may ever tell.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

/// Every vector, appraised by a verifier that remembers nothing, and by one that has seen all the others.
#[test]
fn every_vector_ends_the_same_whatever_was_appraised_before() {
    let made: Vec<_> = harness::case::all()
        .into_iter()
        .map(|(name, case)| (case.make(&name), name))
        .collect();
    let cold: Vec<String> = made
        .iter()
        .map(|(one, _)| {
            // The memory is a thread's own.
            std::thread::scope(|scope| scope.spawn(|| one.appraise().to_json().unwrap()).join())
                .unwrap()
        })
        .collect();
    for round in ["once", "twice", "in the other order"] {
        let mut order: Vec<usize> = (0..made.len()).collect();
        if round == "in the other order" {
            order.reverse();
        }
        for index in order {
            let (one, name) = &made[index];
            let warm = one.appraise().to_json().unwrap();
            assert!(warm == cold[index], "{name}: another Report, {round}");
        }
    }
}
