//! `/pki/ocsp`: whether a certificate of ours still counts (RFC 6960 App. A).

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_web::Failure;
use http::header;

use crate::Signing;

pub(crate) async fn post(State(signing): State<Signing>, body: Bytes) -> Result<Response, Failure> {
    answer(&signing, &body).await
}

/// The request in base64 within the path, as NSS asks. Its `+` may have become a blank on the way.
pub(crate) async fn get(
    State(signing): State<Signing>,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    // What is no base64 is no request either, and is answered so.
    let request = STANDARD.decode(text.trim().replace(' ', "+")).unwrap_or_default();
    answer(&signing, &request).await
}

async fn answer(signing: &Signing, request: &[u8]) -> Result<Response, Failure> {
    let reply = signing.answer_ocsp(request).await?;
    Ok(([(header::CONTENT_TYPE, "application/ocsp-response")], reply).into_response())
}
