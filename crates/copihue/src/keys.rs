//! The deployment's own secrets: made once, kept in files that only the service's user can read.

use std::io::Write;
use std::path::Path;

use copihue_core::{Error, Random, Result, random};

/// The secrets of a deployment.
pub(crate) struct Keys {
    /// Wraps every other key that is stored.
    pub(crate) master: [u8; 32],
    /// Turns RUNs into buckets. Must never change.
    pub(crate) bucket: [u8; 32],
    /// Signs and encrypts cookies and form tokens.
    pub(crate) web: [u8; 32],
    /// The transparency logs' signing keys are derived from it.
    pub(crate) ledger: [u8; 32],
}

impl Keys {
    /// Reads them from `folder`, making those that are not there.
    ///
    /// # Errors
    /// When the folder can't be written, or a file is not 32 bytes of hex.
    pub(crate) fn load(folder: &Path, random: &dyn Random) -> Result<Self> {
        let failed =
            |e: std::io::Error| Error::unavailable(format_args!("keys in {}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Self {
            master: one(&folder.join("master.key"), random)?,
            bucket: one(&folder.join("bucket.key"), random)?,
            web: one(&folder.join("web.key"), random)?,
            ledger: one(&folder.join("ledger.key"), random)?,
        })
    }
}

/// A key of 32 bytes in a file of its own, made when it is not there.
///
/// # Errors
/// As [`Keys::load`].
pub(crate) fn one(path: &Path, random: &dyn Random) -> Result<[u8; 32]> {
    let failed = |e: &dyn std::fmt::Display| Error::unavailable(format_args!("{}: {e}", path.display()));
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let bytes = hex::decode(text.trim()).map_err(|e| failed(&e))?;
            bytes.try_into().map_err(|_| failed(&"not 32 bytes of hex"))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let key = random::bytes::<32>(random);
            write_private(path, &hex::encode(key)).map_err(|e| failed(&e))?;
            Ok(key)
        }
        Err(e) => Err(failed(&e)),
    }
}

/// A new file, readable by its owner only, on disk before this answers.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
