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
                    return Ok(());
                }
                let message = format!(
                    "{} ({})\n    {}",
                    case.title,
                    case.source,
                    differences.join("\n    ")
                );
                // For `cargo mutants`, which only asks whether any case notices.
                if std::env::var_os("CW_FIRST_FAILURE_ENDS").is_some() {
                    eprintln!("{name}: {message}");
                    std::process::exit(101);
                }
                Err(Failed::from(message))
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
