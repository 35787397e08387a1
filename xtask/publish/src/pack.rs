//! The site as one archive: the same site gives the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The site has no folders. Times and owners would differ from one computer to the next, so there are none.
pub(crate) fn pack(site: &Path, file: &Path) -> Result<()> {
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
