//! Size and digest of what is published.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// "name: raw bytes, Brotli bytes, SHA-256" in one line.
pub(crate) fn describe(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(format!(
        "{}: {} bytes, {} with Brotli, SHA-256 {}",
        file.file_name().unwrap_or_default().to_string_lossy(),
        bytes.len(),
        brotli(&bytes)?,
        hex::encode(Sha256::digest(&bytes)),
    ))
}

/// Quality 11 and a window of 4 MiB: what static hosts and CDNs use for files compressed ahead of time.
fn brotli(bytes: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut compressed, &parameters)
        .context("compressing with Brotli")?;
    Ok(compressed.len())
}
