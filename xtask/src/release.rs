//! `release`: everything that a release publishes, in one folder. The same source and collateral give the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::shell::{self, npm, say, step};
use crate::workspace::Workspace;
use crate::{page, sbom, site, third_party};

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
        pack(&site, &out.join("cloud-witness-site.zip"))
    })?;
    std::fs::copy(site.join(ONE_FILE), out.join(ONE_FILE))?;
    std::fs::copy(
        site.join(page::SBOM),
        out.join("cloud-witness-site.cdx.json"),
    )?;
    let crates = third_party::in_the_wasm(workspace)?;
    sbom::write(
        workspace,
        "cloud-witness",
        sbom::of_crates(workspace, &crates)?,
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
    say(&format!("the release is in {}", out.display()));
    print!(
        "{}",
        std::fs::read_to_string(out.join(page::DIGESTS)).context("reading the digests")?
    );
    Ok(())
}

/// The site has no folders. Times and owners would differ from one computer to the next, so there are none.
fn pack(site: &Path, file: &Path) -> Result<()> {
    let mut names = std::fs::read_dir(site)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<String>>>()?;
    names.sort();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(File::create(file)?);
    for name in names {
        archive.start_file(&name, options)?;
        archive.write_all(&std::fs::read(site.join(&name))?)?;
    }
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    #[test]
    fn the_same_site_packs_to_the_same_bytes() -> anyhow::Result<()> {
        let folder =
            std::env::temp_dir().join(format!("cloud-witness-pack-{}", std::process::id()));
        let site = folder.join("site");
        std::fs::create_dir_all(&site)?;
        std::fs::write(site.join("b.txt"), "later")?;
        std::fs::write(site.join("a.txt"), "first")?;
        super::pack(&site, &folder.join("1.zip"))?;
        // Another time of writing.
        std::fs::write(site.join("a.txt"), "first")?;
        super::pack(&site, &folder.join("2.zip"))?;
        let packed = std::fs::read(folder.join("1.zip"))?;
        assert_eq!(packed, std::fs::read(folder.join("2.zip"))?);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(packed))?;
        let mut text = String::new();
        archive.by_name("b.txt")?.read_to_string(&mut text)?;
        assert_eq!(text, "later");
        Ok(std::fs::remove_dir_all(folder)?)
    }
}
