//! `POST /api/sign/v1/uploads`: a document that a batch will name.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::{HeaderMap, StatusCode};

use super::batches::caller;
use super::body;
use super::shapes::UploadOut;
use crate::app::Desk;

/// Keeps a PDF for a batch of the same application. Its `upload_id` is the SHA-256 of the bytes, hex.
#[utoipa::path(
    post, path = "/api/sign/v1/uploads", tag = "Firma",
    request_body(content = String, content_type = "application/pdf"),
    responses((status = 201, body = UploadOut), (status = 401), (status = 413), (status = 422))
)]
pub(crate) async fn keep(
    State(desk): State<Desk>,
    cx: Cx,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let caller = caller(&desk, &cx, &headers).await?;
    let sha256 = desk.upload(&caller, body::bytes(body).await?).await?;
    Ok((StatusCode::CREATED, Json(UploadOut { upload_id: hex::encode(sha256) })).into_response())
}
