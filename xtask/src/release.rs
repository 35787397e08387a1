//! `release`: everything that a release publishes, in one folder. The same source and collateral give the same bytes.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{self, npm, say, step};
use crate::tool::{self, Tool};
use crate::workspace::Workspace;
use crate::{bill, page, site, third_party};

const ONE_FILE: &str = "cloud-witness.html";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    site::run(workspace)?;
    let out = workspace.target.join("published");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    std::fs::create_dir_all(&out)?;
    let site = workspace.site();
    step("packing the site", || {
        let archive = out.join("cloud-witness-site.zip");
        tool::run(
            workspace,
            Tool::Publish,
            ["pack".into(), site.clone(), archive],
        )
    })?;
    std::fs::copy(site.join(ONE_FILE), out.join(ONE_FILE))?;
    std::fs::copy(
        site.join(page::BILL),
        out.join("cloud-witness-site.cdx.json"),
    )?;
    let crates = third_party::in_the_wasm(workspace)?;
    bill::write(
        workspace,
        "cloud-witness",
        bill::of_crates(workspace, &crates)?,
        &out.join("cloud-witness-npm.cdx.json"),
    )?;
    step("packing the npm package", || {
        shell::run(
            npm("npm", &workspace.pkg())
                .args(["pack", "--ignore-scripts", "--silent", "--pack-destination"])
                .arg(&out),
        )
    })?;
    page::write_digests(&out)?;
    let built = ["cloud_witness_bg.wasm", "cloud_witness.js", "inline.js"];
    let mut sizes: Vec<PathBuf> = vec!["sizes".into()];
    sizes.extend(built.map(|name| workspace.pkg().join(name)));
    sizes.push(site.join(page::COLLATERAL));
    tool::run(workspace, Tool::Publish, sizes)?;
    say(&format!("the release is in {}", out.display()));
    print!(
        "{}",
        std::fs::read_to_string(out.join(page::DIGESTS)).context("reading the digests")?
    );
    Ok(())
}
