//! A body that is handed to the multipart reader piece by piece.
//!
//! The reader takes all there is before it looks at it, and looks at all of it again with each piece that comes. So it
//! gets one piece at a time, and no more of them than the head of a part may need.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::Stream;

/// Bytes in which a part must have shown its head, or some of its content.
const UNSEEN: usize = 64 << 10;

/// What the reader took since it last came to something.
#[derive(Clone, Default)]
pub(super) struct Unseen(Arc<AtomicUsize>);

impl Unseen {
    /// The reader came to something.
    pub(super) fn seen(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// The body's pieces, with a rest after each.
pub(super) struct Pieces {
    body: BodyDataStream,
    unseen: Unseen,
    rests: bool,
}

impl Pieces {
    pub(super) fn new(body: Body, unseen: Unseen) -> Self {
        Self { body: body.into_data_stream(), unseen, rests: false }
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.unseen.0.load(Ordering::Relaxed) > UNSEEN {
            return Poll::Ready(Some(Err("a part without an end of its head".into())));
        }
        let piece = std::task::ready!(Pin::new(&mut self.body).poll_next(cx));
        if let Some(Ok(piece)) = &piece {
            self.unseen.0.fetch_add(piece.len(), Ordering::Relaxed);
            self.rests = true;
        }
        Poll::Ready(piece.map(|p| p.map_err(Into::into)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use multer::Multipart;

    /// A body of many small pieces, and how many of them were taken.
    fn body(head: &str, piece: &'static [u8], pieces: usize) -> (Body, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let rest = (0..pieces).map(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(piece))
        });
        let head = Ok(Bytes::copy_from_slice(head.as_bytes()));
        (Body::from_stream(futures_util::stream::iter(std::iter::once(head).chain(rest))), taken)
    }

    #[tokio::test]
    async fn web_05_a_part_whose_head_never_ends_is_not_waited_for() {
        for head in ["--x\r\nContent-Disposition: form-data; name=\"", "no boundary at all"] {
            let (body, taken) = body(head, &[b'a'; 1024], 20_000);
            let unseen = Unseen::default();
            let mut parts = Multipart::new(Pieces::new(body, unseen), "x");
            assert!(parts.next_field().await.is_err());
            assert!(taken.load(Ordering::Relaxed) < 70, "{}", taken.load(Ordering::Relaxed));
        }
    }

    #[tokio::test]
    async fn web_05_a_large_file_is_never_in_memory_whole() {
        let head = "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.pdf\"\r\n\r\n";
        let (body, taken) = body(head, &[b'a'; 1024], 5_000);
        let unseen = Unseen::default();
        let mut parts = Multipart::new(Pieces::new(body, unseen.clone()), "x");
        let mut file = parts.next_field().await.unwrap().unwrap();
        let mut read = 0;
        while let Ok(Some(piece)) = file.chunk().await {
            unseen.seen();
            read += piece.len();
            assert!(taken.load(Ordering::Relaxed) * 1024 < read + (8 << 10));
        }
        assert!(read > 4_900 * 1024, "{read}");
    }
}
