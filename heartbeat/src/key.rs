//! The recorder's key: made once, kept in a file that only its owner can read.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cloud_witness::ceremony::keys::Key;
use ed25519_dalek::{Signer as _, SigningKey};

/// The file's one line begins so; 64 hexadecimal digits follow.
const LINE: &str = "cloud-witness-heartbeat-key ";

/// The key that signs a log.
pub struct RecorderKey(SigningKey);

impl fmt::Debug for RecorderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecorderKey")
    }
}

/// Why there is no key.
#[derive(Debug)]
pub enum KeyError {
    /// Reading or writing failed.
    Io {
        /// The file.
        file: PathBuf,
        /// How.
        error: io::Error,
    },
    /// Others may read the file.
    Open(PathBuf),
    /// The file holds something else.
    Unreadable(PathBuf),
    /// The system gives no random numbers.
    NoRandomness,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "{}: {error}", file.display()),
            Self::Open(file) => write!(
                f,
                "{} can be read by others: run chmod 600, or make another key if they did",
                file.display()
            ),
            Self::Unreadable(file) => write!(
                f,
                "{} holds no recorder's key; name another file to make one",
                file.display()
            ),
            Self::NoRandomness => f.write_str("the system gives no random numbers"),
        }
    }
}

impl std::error::Error for KeyError {}

impl RecorderKey {
    /// The key in a file, which is made when there is none.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn read_or_make(file: &Path) -> Result<Self, KeyError> {
        let at_file = |error| KeyError::Io {
            file: file.to_owned(),
            error,
        };
        match std::fs::read_to_string(file) {
            Ok(text) => {
                require_private(file)?;
                Self::parse(&text).ok_or_else(|| KeyError::Unreadable(file.to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(|_| KeyError::NoRandomness)?;
                let key = Self(SigningKey::from_bytes(&seed));
                key.write(file).map_err(at_file)?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(KeyError::Unreadable(file.to_owned()))
            }
            Err(error) => Err(at_file(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(LINE)?.trim_end();
        let mut seed = [0; 32];
        hex::decode_to_slice(digits, &mut seed).ok()?;
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    /// A temporary file is private from its first byte; it takes its name in one step, and never another's.
    fn write(&self, file: &Path) -> io::Result<()> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut part = tempfile::Builder::new()
            .prefix(".heartbeat-key-")
            .tempfile_in(folder)?;
        writeln!(part, "{LINE}{}", hex::encode(self.0.to_bytes()))?;
        part.as_file().sync_all()?;
        part.persist_noclobber(file)?;
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// The public key, as the core knows it.
    pub fn public(&self) -> Option<Key> {
        // Ours is of no small order.
        Key::from_ed25519(self.0.verifying_key().to_bytes()).ok()
    }

    /// Signs.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

#[cfg(unix)]
fn require_private(file: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = std::fs::metadata(file)
        .map_err(|error| KeyError::Io {
            file: file.to_owned(),
            error,
        })?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(KeyError::Open(file.to_owned()))
    }
}

#[cfg(not(unix))]
fn require_private(_: &Path) -> Result<(), KeyError> {
    Ok(())
}
