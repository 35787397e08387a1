//! What the site and the npm package are made of, as a software bill of materials: CycloneDX 1.5. The same build gives
//! the same bytes, so it names neither a time nor a random number.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use cyclonedx_bom::models::component::{Classification, Components};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::prelude::{Bom, Component, Purl, SpdxExpression, SpecVersion, Validate};
use serde_json::Value;

use crate::install;
use crate::shell::{self, program};
use crate::workspace::{Crate, Workspace};

const SPEC: SpecVersion = SpecVersion::V1_5;

pub(crate) fn of_crates(workspace: &Workspace, crates: &[&Crate]) -> Result<Vec<Component>> {
    let mut components = vec![library(
        "generic",
        "rust-std",
        &compiler_version(workspace)?,
        "MIT OR Apache-2.0",
    )?];
    for each in crates {
        components.push(library("cargo", &each.name, &each.version, &each.licence)?);
    }
    Ok(components)
}

/// From the list that `www/build.mjs` leaves.
pub(crate) fn of_npm(list: &str) -> Result<Vec<Component>> {
    let list: Vec<Value> = serde_json::from_str(list).context("reading the npm packages")?;
    list.iter()
        .map(|package| {
            let field = |name: &str| {
                package
                    .get(name)
                    .and_then(Value::as_str)
                    .with_context(|| format!("an npm package without {name}: {package}"))
            };
            library("npm", field("name")?, field("version")?, field("license")?)
        })
        .collect()
}

pub(crate) fn write(
    workspace: &Workspace,
    name: &str,
    components: Vec<Component>,
    file: &Path,
) -> Result<()> {
    let version = workspace
        .crates
        .iter()
        .find(|each| each.name == "cloud-witness")
        .map(|each| each.version.as_str())
        .context("the crate cloud-witness is not in the workspace")?;
    let text = document(name, version, components)?;
    std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

fn document(name: &str, version: &str, components: Vec<Component>) -> Result<String> {
    let mut subject = library("generic", name, version, "MIT OR Apache-2.0")?;
    subject.component_type = Classification::Application;
    let subject_ref = subject.bom_ref.clone().unwrap_or_default();
    let refs = components.iter().filter_map(|each| each.bom_ref.clone());
    let dependencies = Dependencies(vec![Dependency {
        dependency_ref: subject_ref,
        dependencies: refs.collect(),
    }]);
    let bom = Bom {
        serial_number: None,
        metadata: Some(Metadata {
            component: Some(subject),
            ..Metadata::default()
        }),
        components: Some(Components(components)),
        dependencies: Some(dependencies),
        spec_version: SPEC,
        ..Bom::default()
    };
    let checked = bom.validate_version(SPEC);
    ensure!(
        checked.passed(),
        "not a valid CycloneDX document: {checked:?}"
    );
    let mut text = Vec::new();
    bom.output_as_json(&mut text, SPEC)
        .context("writing CycloneDX")?;
    text.push(b'\n');
    Ok(String::from_utf8(text)?)
}

fn library(kind: &str, name: &str, version: &str, licence: &str) -> Result<Component> {
    let purl = match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        // An npm scope is a namespace, which the library's own function does not take.
        Some((scope, name)) => format!("pkg:{kind}/%40{scope}/{name}@{version}")
            .parse()
            .ok(),
        None => Purl::new(kind, name, version).ok(),
    };
    let purl = purl.with_context(|| format!("no package URL for {name} {version}"))?;
    let mut component = Component::new(
        Classification::Library,
        name,
        version,
        Some(purl.to_string()),
    );
    component.licenses = Some(Licenses(vec![LicenseChoice::Expression(
        SpdxExpression::new(licence),
    )]));
    component.purl = Some(purl);
    Ok(component)
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
    use cyclonedx_bom::prelude::Bom;

    use super::{document, library, of_npm};

    #[test]
    fn a_document_is_valid_and_the_same_each_time() -> anyhow::Result<()> {
        let make = || -> anyhow::Result<String> {
            let mut components = vec![library("cargo", "der", "0.8.3", "Apache-2.0 OR MIT")?];
            components.extend(of_npm(
                r#"[{"name":"@preact/signals","version":"2.11.4","license":"MIT"}]"#,
            )?);
            document("cloud-witness-site", "0.1.0", components)
        };
        let text = make()?;
        assert_eq!(text, make()?);
        let read = Bom::parse_from_json(text.as_bytes())?;
        assert_eq!(read.components.map(|list| list.0.len()), Some(2));
        assert!(text.contains("pkg:npm/%40preact/signals@2.11.4"), "{text}");
        Ok(())
    }

    #[test]
    fn a_licence_that_is_no_spdx_expression_is_refused() -> anyhow::Result<()> {
        let component = library("cargo", "x", "1.0.0", "see the file")?;
        assert!(document("site", "0.1.0", vec![component]).is_err());
        Ok(())
    }
}
