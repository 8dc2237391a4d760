//! `POST /tsa`: our timestamp authority over HTTP (RFC 3161 §3.4).

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::Failure;
use http::header;

use crate::Signing;

/// A question takes less than two hundred bytes.
const MAX_QUERY: usize = 4096;

/// Answers whatever comes; a refusal is an answer too, and says why.
pub(crate) async fn answer(State(signing): State<Signing>, body: Bytes) -> Result<Response, Failure> {
    let reply = signing.answer_timestamp(body.get(..MAX_QUERY).unwrap_or(&body))?;
    Ok(([(header::CONTENT_TYPE, "application/timestamp-reply")], reply).into_response())
}
