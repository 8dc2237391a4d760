//! Bytes on their way into a transaction.

use std::sync::Arc;

use bytes::Bytes;
use copihue_core::{Error, Result, json};
use futures_util::{Stream, StreamExt};

use super::files::Incoming;
use super::{BlobRef, Blobs, INLINE, run, store};
use crate::Tx;

/// Bytes that a transaction can name with [`put`](Self::put). Cheap to clone.
#[derive(Clone, Debug)]
pub struct Staged {
    blob: BlobRef,
    content: Option<Arc<[u8]>>,
}

impl Staged {
    pub(super) fn carried(bytes: Vec<u8>) -> Self {
        let blob = BlobRef { sha256: json::sha256(&bytes), size: bytes.len() as u64 };
        Self { blob, content: Some(bytes.into()) }
    }

    pub(super) fn in_file(blob: BlobRef) -> Self {
        Self { blob, content: None }
    }

    /// Small bytes made inside a transaction, which can't wait for [`Blobs::stage`].
    ///
    /// # Errors
    /// Internal above [`INLINE`] bytes: those need a file, which is written before the transaction.
    pub fn small(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        let bytes = bytes.into();
        if bytes.len() > INLINE {
            return Err(Error::internal(format_args!("{} bytes are not small", bytes.len())));
        }
        Ok(Self::carried(bytes))
    }

    /// What the bytes will be known by.
    #[must_use]
    pub fn blob(&self) -> BlobRef {
        self.blob
    }

    /// Keeps the bytes when this transaction commits. The same bytes are kept once.
    ///
    /// # Errors
    /// As [`crate::Conn::execute`].
    pub fn put(&self, tx: &mut Tx<'_>) -> Result<BlobRef> {
        store::insert(tx, &self.blob, self.content.as_deref())?;
        Ok(self.blob)
    }
}

impl Blobs {
    /// As [`stage`](Self::stage), for bytes that arrive little by little: an upload is never whole in memory.
    ///
    /// # Errors
    /// The stream's own, or `Unavailable` when the disk is full. Nothing is left behind.
    pub async fn stage_stream<S>(&self, stream: S) -> Result<Staged>
    where
        S: Stream<Item = Result<Bytes>>,
    {
        let mut stream = std::pin::pin!(stream);
        let mut first = Vec::new();
        while first.len() <= INLINE {
            match stream.next().await {
                Some(piece) => first.extend_from_slice(&piece?),
                None => return Ok(Staged::carried(first)),
            }
        }
        let folder = Arc::clone(&self.folder);
        let mut incoming = run(move || Incoming::begin(&folder)?.with(&first)).await?;
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            incoming = run(move || incoming.with(&piece)).await?;
        }
        let folder = Arc::clone(&self.folder);
        run(move || Ok(Staged::in_file(incoming.keep(&folder)?))).await
    }
}
