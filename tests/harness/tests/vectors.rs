//! The table of vectors, run natively: one test a case, named like its folder, so that the names are the
//! catalogue of attacks.

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let trials = harness::case::all()
        .into_iter()
        .map(|(name, case)| {
            Trial::test(name.clone(), move || {
                let made = case.make(&name);
                let differences = made.differences(&made.appraise());
                if differences.is_empty() {
                    Ok(())
                } else {
                    Err(Failed::from(format!(
                        "{} ({})\n    {}",
                        case.title,
                        case.source,
                        differences.join("\n    ")
                    )))
                }
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
