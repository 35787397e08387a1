//! The fuzz targets over their seeds, and over each seed damaged a little: what `cargo xtask fuzz` starts from.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use harness::fuzz::{TARGETS, Target};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let trials = TARGETS
        .iter()
        .map(|target| {
            Trial::test(target.name, || {
                over_the_seeds(target);
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn over_the_seeds(target: &Target) {
    (target.run)(b"");
    for (number, seed) in (target.seeds)().iter().enumerate() {
        (target.run)(seed);
        // A few damages of each, spread over it and always the same.
        for step in 0..6 {
            let at = (number * 977 + step * seed.len().max(1) / 6) % seed.len().max(1);
            let mut damaged = seed.clone();
            if let Some(byte) = damaged.get_mut(at) {
                *byte ^= 1 << (step % 8);
            }
            (target.run)(&damaged);
            (target.run)(&seed[..at]);
        }
    }
}
