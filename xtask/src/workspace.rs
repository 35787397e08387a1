//! Where things are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The folders that the commands work in, as cargo tells them.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// The real quotes and collateral that the crate `dcap-qvl` ships.
    pub(crate) samples: PathBuf,
    /// Where the sources of our dependencies lie: their paths must not end up in the wasm.
    pub(crate) dependency_folders: BTreeSet<PathBuf>,
    /// Every crate in the lockfile, ours too.
    pub(crate) crates: Vec<Crate>,
}

pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) licence: String,
    pub(crate) folder: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // On a fresh machine it first downloads every crate in the lockfile, and shows that.
        let text = shell::read(
            shell::cargo(Path::new("."))
                .args(["metadata", "--format-version", "1", "--locked"])
                .stderr(Stdio::inherit()),
        )?;
        let metadata: Value = serde_json::from_str(&text).context("reading cargo's metadata")?;
        let root = PathBuf::from(string(&metadata, "workspace_root")?);
        let target = PathBuf::from(string(&metadata, "target_directory")?);
        let mut samples = None;
        let mut dependency_folders = BTreeSet::new();
        let mut crates = Vec::new();
        for package in metadata
            .get("packages")
            .and_then(Value::as_array)
            .context("cargo's metadata has no packages")?
        {
            let manifest = PathBuf::from(string(package, "manifest_path")?);
            let folder = manifest.parent().context("a manifest without a folder")?;
            if string(package, "name")? == "dcap-qvl" {
                samples = Some(folder.join("sample"));
            }
            if let Some(sources) = folder.parent().filter(|_| !folder.starts_with(&root)) {
                dependency_folders.insert(sources.to_owned());
            }
            crates.push(Crate {
                name: string(package, "name")?.to_owned(),
                version: string(package, "version")?.to_owned(),
                // As cargo wrote it before it took SPDX.
                licence: string(package, "license")
                    .unwrap_or_default()
                    .replace('/', " OR "),
                folder: folder.to_owned(),
            });
        }
        Ok(Self {
            root,
            target,
            samples: samples.context("the crate dcap-qvl is not among the dependencies")?,
            dependency_folders,
            crates,
        })
    }

    pub(crate) fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// What a clean clone's page offers: a sample ceremony, and old collateral.
    pub(crate) fn samples_of_the_page(&self) -> PathBuf {
        self.www().join("samples")
    }

    /// The npm package again, around the test-only wasm that trusts the forge's root.
    pub(crate) fn forged_pkg(&self) -> PathBuf {
        self.target.join("forged")
    }

    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    pub(crate) fn forged_site(&self) -> PathBuf {
        self.target.join("forged-site")
    }

    /// A sample registry, and what can be wrong with it.
    pub(crate) fn registry(&self) -> PathBuf {
        self.target.join("registry")
    }

    pub(crate) fn vectors(&self) -> PathBuf {
        self.target.join("vectors")
    }
}

fn string<'a>(value: &'a Value, field: &str) -> Result<&'a str> {
    value
        .get(field)
        .and_then(Value::as_str)
        .with_context(|| format!("cargo's metadata has no {field}"))
}
