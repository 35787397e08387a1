//! What a release and a comparison need and nothing else does: an archive, the sizes that a host sends, a site fetched.

mod compare;
mod pack;
mod size;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-publish: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["pack", site, archive] => pack::pack(Path::new(site), Path::new(archive)),
        ["sizes", files @ ..] => {
            for file in files {
                eprintln!("{}", size::describe(Path::new(file))?);
            }
            Ok(())
        }
        ["collateral", place, file] => compare::collateral(place, Path::new(file)),
        ["compare", ours, place, source] => compare::run(Path::new(ours), place, source),
        _ => bail!(
            "usage: xtask-publish pack SITE ARCHIVE | sizes FILE… | collateral PLACE FILE | compare OURS PLACE SOURCE"
        ),
    }
}
