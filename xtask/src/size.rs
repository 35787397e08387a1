//! Size and digest of what is published.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub(crate) fn sha256(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(hex::encode(Sha256::digest(bytes)))
}

/// "name: bytes, SHA-256" in one line. (What a host sends of it, `release` says.)
pub(crate) fn describe(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(format!(
        "{}: {} bytes, SHA-256 {}",
        file.file_name().unwrap_or_default().to_string_lossy(),
        bytes.len(),
        hex::encode(Sha256::digest(&bytes)),
    ))
}
