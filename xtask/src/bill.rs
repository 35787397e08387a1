//! What the site and the npm package are made of, as a list, and its bill of materials, which `xtask-bill` writes.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::install;
use crate::shell::{self, program};
use crate::tool::{self, Tool};
use crate::workspace::{Crate, Workspace};

pub(crate) fn of_crates(workspace: &Workspace, crates: &[&Crate]) -> Result<Vec<Value>> {
    let mut components = vec![library(
        "generic",
        "rust-std",
        &compiler_version(workspace)?,
        "MIT OR Apache-2.0",
    )];
    for each in crates {
        components.push(library("cargo", &each.name, &each.version, &each.licence));
    }
    Ok(components)
}

/// From the list that `www/build.mjs` leaves.
pub(crate) fn of_npm(list: &str) -> Result<Vec<Value>> {
    let list: Vec<Value> = serde_json::from_str(list).context("reading the npm packages")?;
    list.iter()
        .map(|package| {
            let field = |name: &str| {
                package
                    .get(name)
                    .and_then(Value::as_str)
                    .with_context(|| format!("an npm package without {name}: {package}"))
            };
            Ok(library(
                "npm",
                field("name")?,
                field("version")?,
                field("license")?,
            ))
        })
        .collect()
}

pub(crate) fn write(
    workspace: &Workspace,
    name: &str,
    components: Vec<Value>,
    file: &Path,
) -> Result<()> {
    let version = workspace
        .crates
        .iter()
        .find(|each| each.name == "cloud-witness")
        .map(|each| each.version.as_str())
        .context("the crate cloud-witness is not in the workspace")?;
    let list = json!({ "name": name, "version": version, "components": components });
    let folder = workspace.target.join("bills");
    std::fs::create_dir_all(&folder)?;
    let listed = folder.join(name).with_extension("json");
    std::fs::write(&listed, list.to_string())
        .with_context(|| format!("writing {}", listed.display()))?;
    tool::run(workspace, Tool::Bill, [listed.as_path(), file])
}

fn library(kind: &str, name: &str, version: &str, licence: &str) -> Value {
    json!({ "kind": kind, "name": name, "version": version, "license": licence })
}

fn compiler_version(workspace: &Workspace) -> Result<String> {
    let version = shell::read(program(install::rustc(), &workspace.root).arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("release: "))
        .map(str::to_owned)
        .context("`rustc -vV` names no release")
}

#[cfg(test)]
mod tests {
    use super::of_npm;

    #[test]
    fn an_npm_package_without_a_licence_is_refused() -> anyhow::Result<()> {
        let list = r#"[{"name":"@preact/signals","version":"2.11.4","license":"MIT"}]"#;
        assert_eq!(of_npm(list)?.len(), 1);
        assert!(of_npm(&list.replace("license", "licence")).is_err());
        Ok(())
    }
}
