//! `xtask-bill LIST FILE`: what something is made of, as a software bill of materials: CycloneDX 1.5. The same list gives
//! the same bytes, so it names neither a time nor a random number.
//!
//! The list is JSON: `{"name", "version", "components": [{"kind", "name", "version", "license"}]}`, where a kind is that of
//! a package URL.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use cyclonedx_bom::models::component::{Classification, Components};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::prelude::{Bom, Component, Purl, SpdxExpression, SpecVersion, Validate};
use serde::Deserialize;

const SPEC: SpecVersion = SpecVersion::V1_5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    name: String,
    version: String,
    components: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    kind: String,
    name: String,
    version: String,
    /// An SPDX expression.
    license: String,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-bill: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [list, file] = arguments.as_slice() else {
        bail!("usage: xtask-bill LIST FILE");
    };
    let (list, file) = (Path::new(list), Path::new(file));
    let text =
        std::fs::read_to_string(list).with_context(|| format!("reading {}", list.display()))?;
    std::fs::write(file, bill(&text)?).with_context(|| format!("writing {}", file.display()))
}

fn bill(list: &str) -> Result<String> {
    let list: List = serde_json::from_str(list).context("reading the list")?;
    let components = list
        .components
        .iter()
        .map(|each| library(&each.kind, &each.name, &each.version, &each.license))
        .collect::<Result<Vec<_>>>()?;
    document(&list.name, &list.version, components)
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

#[cfg(test)]
mod tests {
    use cyclonedx_bom::prelude::Bom;

    use super::{bill, document, library};

    const LIST: &str = r#"{"name":"cloud-witness-site","version":"0.1.0","components":[
        {"kind":"cargo","name":"der","version":"0.8.3","license":"Apache-2.0 OR MIT"},
        {"kind":"npm","name":"@preact/signals","version":"2.11.4","license":"MIT"}]}"#;

    #[test]
    fn a_document_is_valid_and_the_same_each_time() -> anyhow::Result<()> {
        let text = bill(LIST)?;
        assert_eq!(text, bill(LIST)?);
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

    #[test]
    fn a_list_that_lacks_something_is_refused() {
        for lacking in ["\"version\":\"0.8.3\",", "\"kind\":\"cargo\","] {
            assert!(LIST.contains(lacking));
            assert!(bill(&LIST.replace(lacking, "")).is_err(), "{lacking}");
        }
    }
}
