//! The file: reading the bundle at hand, writing the new one in one step.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use cloud_witness::Bundle;
use cloud_witness::collateral::bundle::{BundleError, MAX_BUNDLE};

/// Why a file cannot be used.
#[derive(Debug)]
pub enum StoreError {
    /// Reading or writing failed.
    Io {
        /// The file.
        file: PathBuf,
        /// How.
        error: io::Error,
    },
    /// The file at hand is no bundle: without it nobody knows what would go back.
    OldUnreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        error: BundleError,
    },
    /// The file is no longer what was read at the start: perhaps of another run, and newer.
    Changed {
        /// The file.
        file: PathBuf,
    },
    /// What was gathered cannot be read again, so it was not written.
    NewUnreadable(BundleError),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "{}: {error}", file.display()),
            Self::OldUnreadable { file, error } => write!(
                f,
                "{} is there, but cannot be read, so nobody knows what would go back: {error} Move it away to start anew.",
                file.display()
            ),
            Self::Changed { file } => write!(
                f,
                "{} was changed meanwhile, perhaps by another run, and stays as it is now",
                file.display()
            ),
            Self::NewUnreadable(error) => {
                write!(f, "what was gathered cannot be read again: {error}")
            }
        }
    }
}

impl std::error::Error for StoreError {}

/// The bytes of the file at hand, at most one more than a bundle may have; `None` when there is no such file.
///
/// # Errors
/// [`StoreError`].
pub fn read(file: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let at_file = |error| StoreError::Io {
        file: file.to_owned(),
        error,
    };
    let opened = match std::fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at_file(error)),
    };
    let mut text = Vec::new();
    // One byte past the limit shows that it is over.
    let limit = u64::try_from(MAX_BUNDLE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    opened.take(limit).read_to_end(&mut text).map_err(at_file)?;
    Ok(Some(text))
}

/// The bundle at hand, from what [`read`] gave.
///
/// # Errors
/// [`StoreError`].
pub fn parse(file: &Path, text: Option<&[u8]>) -> Result<Option<Bundle>, StoreError> {
    text.map(Bundle::parse)
        .transpose()
        .map_err(|error| StoreError::OldUnreadable {
            file: file.to_owned(),
            error,
        })
}

/// Writes a bundle so that at every moment the file is the old one or the new one, whole; returns its bytes.
/// Only in the place of `before`, which [`read`] gave: what was written there meanwhile may be newer.
///
/// # Errors
/// [`StoreError`]; then the file is as before.
pub fn write(file: &Path, before: Option<&[u8]>, bundle: &Bundle) -> Result<usize, StoreError> {
    let text = bundle.to_json();
    Bundle::parse(text.as_bytes()).map_err(StoreError::NewUnreadable)?;
    if read(file)?.as_deref() != before {
        return Err(StoreError::Changed {
            file: file.to_owned(),
        });
    }
    replace(file, text.as_bytes()).map_err(|error| StoreError::Io {
        file: file.to_owned(),
        error,
    })?;
    Ok(text.len())
}

/// The bytes go to a file of their own in the same folder, are on the disk before it takes the name, and the
/// folder is on the disk before this returns. A run that is killed in between leaves `.prefetch-….part` behind.
///
/// # Errors
/// Whatever the file system says.
pub fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".prefetch-").suffix(".part");
    // Others may read what is published; temporary files are private by default.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut part = builder.tempfile_in(folder)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(file)?;
    // A folder cannot be opened like this everywhere; where it can, the new name must last.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
