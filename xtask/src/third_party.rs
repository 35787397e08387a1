//! Whose code is in the wasm, and the notices that its licences ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result, ensure};

use crate::install::WASM_TARGET;
use crate::shell;
use crate::workspace::{Crate, Workspace};

/// The crates of others that are compiled into the wasm: neither build tools, nor what only tests use.
pub(crate) fn in_the_wasm(workspace: &Workspace) -> Result<Vec<&Crate>> {
    let tree = shell::read(shell::cargo(&workspace.root).args([
        "tree",
        "--locked",
        "--package",
        "cloud-witness",
        "--target",
        WASM_TARGET,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let named: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let mut crates: Vec<&Crate> = workspace
        .crates
        .iter()
        .filter(|each| named.contains(&(each.name.as_str(), each.version.as_str())))
        .filter(|each| !each.folder.starts_with(&workspace.root))
        .collect();
    crates.sort_by_key(|each| (&each.name, &each.version));
    // Our own crate is the one that is left out.
    ensure!(
        crates.len().checked_add(1) == Some(named.len()),
        "cargo's tree and its metadata name different crates"
    );
    Ok(crates)
}

/// `der v0.8.3 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

/// Every crate by name, then each text once: many crates share one to the letter.
pub(crate) fn notices(crates: &[&Crate]) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut notices = "The verifier (cloud_witness_bg.wasm) contains the Rust standard library (MIT OR Apache-2.0), and \
                       these crates:\n\n"
        .to_owned();
    for each in crates {
        let name = format!("{} {}", each.name, each.version);
        writeln!(notices, "  {name} ({})", each.licence)?;
        for text in texts_of(each)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in by_first_name(texts) {
        write!(
            notices,
            "\n{}\n\n{}:\n\n{text}",
            "-".repeat(80),
            names.join(", ")
        )?;
    }
    Ok(notices)
}

fn by_first_name(texts: BTreeMap<String, Vec<String>>) -> Vec<(String, Vec<String>)> {
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|(_, a), (_, b)| a.cmp(b));
    texts
}

/// What a crate's authors ask to be passed on.
fn texts_of(each: &Crate) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for entry in std::fs::read_dir(&each.folder)
        .with_context(|| format!("reading {}", each.folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        let is_notice = ["licen", "copying", "copyright", "notice", "unlicense"]
            .iter()
            .any(|start| name.starts_with(start));
        if is_notice && path.is_file() {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("reading {}", path.display()))?;
            texts.insert(format!("{}\n", text.replace("\r\n", "\n").trim_end()));
        }
    }
    ensure!(
        !texts.is_empty(),
        "{} {} comes without a licence text",
        each.name,
        each.version
    );
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn a_line_of_cargos_tree_names_a_crate() {
        assert_eq!(name_and_version("der v0.8.3 (*)"), Some(("der", "0.8.3")));
        assert_eq!(
            name_and_version("dcap-qvl-webpki v0.103.15+dcap.1"),
            Some(("dcap-qvl-webpki", "0.103.15+dcap.1"))
        );
        assert_eq!(name_and_version(""), None);
    }
}
