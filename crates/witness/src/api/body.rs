//! Reads a body, within limits of size and time.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use http_body_util::{BodyExt, Limited};

/// A checkpoint with sixteen post-quantum signatures has 100 kB; what a log sends us carries its own one or two.
const MOST: usize = 64 << 10;
const LONGEST: Duration = Duration::from_secs(5);

/// Why a body was not read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unread {
    TooLarge,
    TooSlow,
}

pub(super) async fn read(request: http::Request<Body>) -> Result<Vec<u8>, Unread> {
    // Said beforehand, nothing of it is read at all.
    if request.body().size_hint().lower() > MOST as u64 {
        return Err(Unread::TooLarge);
    }
    let body = Limited::new(request.into_body(), MOST).collect();
    match tokio::time::timeout(LONGEST, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(_)) => Err(Unread::TooLarge),
        Err(_) => Err(Unread::TooSlow),
    }
}
