//! Bytes by their SHA-256: up to 64 KiB in the database, larger ones in files. Never overwritten.
//!
//! A large one is written before the transaction (temporary file, fsync, rename, fsync of the folder), so
//! what a committed row names is there, whole, after any crash. A file whose transaction never came is an
//! orphan; [`Blobs::sweep`] removes it a day later. Backups take the database first, then the files.

mod files;
mod read;
mod stage;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use copihue_core::{Error, Result, json};

use crate::Db;

pub(crate) use files::Incoming;
pub use read::BlobStream;
pub use stage::Staged;

/// The largest that is kept in the database, in bytes.
pub const INLINE: usize = 64 * 1024;

/// Where bytes are kept. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    db: Db,
    folder: Arc<PathBuf>,
}

/// Bytes that are kept: what other tables store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BlobRef {
    /// The SHA-256 of the bytes, which is also their name.
    pub sha256: [u8; 32],
    /// How many there are.
    pub size: u64,
}

impl Blobs {
    /// Keeps large bytes in `folder`, the others in `db`.
    #[must_use]
    pub fn new(db: Db, folder: impl Into<PathBuf>) -> Self {
        Self { db, folder: Arc::new(folder.into()) }
    }

    /// Makes bytes ready for a transaction. When this returns, large ones are durable in their file.
    ///
    /// # Errors
    /// `Unavailable` when the disk is full or can't be written.
    pub async fn stage(&self, bytes: impl Into<Vec<u8>>) -> Result<Staged> {
        let bytes = bytes.into();
        if bytes.len() <= INLINE {
            return Ok(Staged::carried(bytes));
        }
        let folder = Arc::clone(&self.folder);
        run(move || {
            let blob = BlobRef { sha256: json::sha256(&bytes), size: bytes.len() as u64 };
            files::keep(&folder, &blob, &bytes)?;
            Ok(Staged::in_file(blob))
        })
        .await
    }

    /// Removes the files older than a day that no row names. Answers how many there were.
    ///
    /// # Errors
    /// When the database doesn't answer or the folder can't be read.
    pub async fn sweep(&self) -> Result<usize> {
        let (db, folder) = (self.db.clone(), Arc::clone(&self.folder));
        let before = db.shared().clock.now().plus_millis(-24 * 3_600_000);
        run(move || {
            let mut removed = 0;
            for found in files::older_than(&folder, before)? {
                let known = match found.sha256 {
                    Some(sha256) => db.read_blocking(move |conn| store::exists(conn, &sha256))?,
                    None => false,
                };
                if !known && files::remove_old(&found.path, before)? {
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}

/// Where the file of a blob is, by its name in hex.
pub(crate) fn path_in(blobs: &Blobs, name: &str) -> PathBuf {
    blobs.folder.join(&name[..2]).join(&name[2..4]).join(name)
}

/// Blocking work away from the async threads.
async fn run<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal(format_args!("blobs: {e}")))?
}
