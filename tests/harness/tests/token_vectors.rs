//! The table of trust tokens, run natively: one test a token, so that the names are the catalogue of attacks.

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let trials = harness::token::vectors()
        .vectors
        .into_iter()
        .map(|vector| {
            let name = vector["name"].as_str().unwrap_or_default().to_owned();
            Trial::test(name, move || {
                let all = harness::token::vectors();
                match harness::token::difference(&all, &vector) {
                    None => Ok(()),
                    Some(difference) => Err(Failed::from(difference)),
                }
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
