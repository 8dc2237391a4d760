//! Reading bytes back, never without checking them.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::Bytes;
use copihue_core::{Error, Result, json};
use futures_util::{Stream, stream};

use super::{Blobs, files, run, store};

/// How much of a file is in memory at once, in bytes.
const PIECE: usize = 128 * 1024;

/// A blob that is read little by little.
pub struct BlobStream<S> {
    /// How many bytes will come.
    pub size: u64,
    /// The bytes. When they are not those that were kept, the last piece is an error instead.
    pub pieces: S,
}

impl Blobs {
    /// The bytes with this hash.
    ///
    /// # Errors
    /// `NotFound` when no row names them; Internal when they are damaged or their file is gone.
    pub async fn get(&self, sha256: [u8; 32]) -> Result<Vec<u8>> {
        let stored = self.find(sha256).await?;
        let bytes = match stored.content {
            Some(content) => content,
            None => {
                let folder = Arc::clone(&self.folder);
                run(move || std::fs::read(files::path(&folder, &sha256)).map_err(files::disk)).await?
            }
        };
        if bytes.len() as u64 != stored.size || json::sha256(&bytes) != sha256 {
            return Err(damaged(&sha256));
        }
        Ok(bytes)
    }

    /// The bytes with this hash, piece by piece.
    ///
    /// # Errors
    /// As [`get`](Self::get); damage is told in place of the last piece.
    pub async fn stream(
        &self,
        sha256: [u8; 32],
    ) -> Result<BlobStream<impl Stream<Item = Result<Bytes>> + Send + use<>>> {
        let stored = self.find(sha256).await?;
        let reading = if let Some(content) = stored.content {
            if json::sha256(&content) != sha256 {
                return Err(damaged(&sha256));
            }
            Reading::Carried(content.into())
        } else {
            let folder = Arc::clone(&self.folder);
            let file = run(move || File::open(files::path(&folder, &sha256)).map_err(files::disk)).await?;
            Reading::File(InFile {
                file,
                left: stored.size,
                hash: digest::Context::new(&digest::SHA256),
                sha256,
            })
        };
        let pieces = stream::try_unfold(reading, |reading| run(move || reading.next()));
        Ok(BlobStream { size: stored.size, pieces: Box::pin(pieces) })
    }

    async fn find(&self, sha256: [u8; 32]) -> Result<store::Stored> {
        let stored = self.db.read(move |conn| store::find(conn, &sha256)).await?;
        stored.ok_or_else(Error::not_found)
    }
}

enum Reading {
    Carried(Bytes),
    File(InFile),
    Done,
}

struct InFile {
    file: File,
    left: u64,
    hash: digest::Context,
    sha256: [u8; 32],
}

impl Reading {
    fn next(self) -> Result<Option<(Bytes, Self)>> {
        match self {
            Self::Done => Ok(None),
            Self::Carried(bytes) => Ok(Some((bytes, Self::Done))),
            Self::File(mut file) => {
                let piece = file.piece()?;
                let rest = if file.left == 0 { Self::Done } else { Self::File(file) };
                Ok(Some((piece, rest)))
            }
        }
    }
}

impl InFile {
    fn piece(&mut self) -> Result<Bytes> {
        let length = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; length];
        self.file.read_exact(&mut piece).map_err(files::disk)?;
        self.hash.update(&piece);
        self.left -= length as u64;
        if self.left == 0 && self.hash.clone().finish().as_ref() != self.sha256 {
            return Err(damaged(&self.sha256));
        }
        Ok(piece.into())
    }
}

fn damaged(sha256: &[u8; 32]) -> Error {
    Error::internal(format_args!("blob {} is damaged", hex::encode(sha256)))
}
