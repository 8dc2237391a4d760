//! `/api/sign/v1/batches`: batches for applications (specs signing §5).
//!
//! An application authenticates as in FirmaGob's contract: a token of its own making, signed with its secret, that says for whose signature
//! it is and ends within half an hour. It comes in `Authorization: Bearer`, and its header names the application (`kid`). So the
//! secret never travels, a token is worth one signer, and who suspends or rotates does it in one place.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::{Cx, Failure};
use http::{HeaderMap, StatusCode, header};

use super::body;
use super::shapes::{BatchOut, Code, ItemOut, ItemsOut, NewBatch};
use crate::app::Desk;
use crate::app::desk::{Begun, Caller, Change, no_credential};
use crate::model::level::Level;

/// Who asks, by the token.
pub(super) async fn caller(desk: &Desk, cx: &Cx, headers: &HeaderMap) -> Result<Caller, Error> {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = given.and_then(|v| v.strip_prefix("Bearer ")).ok_or_else(no_credential)?;
    desk.caller(token, cx.peer()).await
}

/// Puts a batch together. The same request again answers the batch that it made.
#[utoipa::path(
    post, path = "/api/sign/v1/batches", tag = "Firma", request_body = NewBatch,
    responses((status = 201, body = BatchOut), (status = 200, body = BatchOut, description = "The same request had come before"),
        (status = 401), (status = 403), (status = 409, description = "Another request had this name"), (status = 422))
)]
pub(crate) async fn create(
    State(desk): State<Desk>,
    cx: Cx,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Failure> {
    let caller = caller(&desk, &cx, &headers).await?;
    let new: NewBatch = body::json(body).await?;
    let request = new.read(&caller)?;
    let (status, id) = match desk.request(&caller, request).await? {
        Begun::New(id) => (StatusCode::CREATED, id),
        Begun::Known(id) => (StatusCode::OK, id),
    };
    let view = desk.requested(&caller, &id.to_string()).await?;
    Ok((status, Json(BatchOut::of(&view.batch, view.counts))).into_response())
}

/// Authorises a batch: with the holder's one-time code, or by the permission that they gave the application before.
#[utoipa::path(
    post, path = "/api/sign/v1/batches/{id}/authorise", tag = "Firma", request_body = Code,
    params(("id" = String, Path, description = "The batch")),
    responses((status = 202, body = BatchOut), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422), (status = 429))
)]
pub(crate) async fn authorise(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Failure> {
    let caller = caller(&desk, &cx, &headers).await?;
    let code: Code = body::json(body).await?;
    desk.authorise_requested(&caller, &id, code.otp.as_deref()).await?;
    accepted(&desk, &caller, &id).await
}

/// Where a batch stands.
#[utoipa::path(
    get, path = "/api/sign/v1/batches/{id}", tag = "Firma", params(("id" = String, Path, description = "The batch")),
    responses((status = 200, body = BatchOut), (status = 401), (status = 404))
)]
pub(crate) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let view = desk.requested(&caller(&desk, &cx, &headers).await?, &id).await?;
    Ok(Json(BatchOut::of(&view.batch, view.counts)).into_response())
}

/// The documents of a batch, or those of one state: `?state=error`.
#[utoipa::path(
    get, path = "/api/sign/v1/batches/{id}/items", tag = "Firma",
    params(("id" = String, Path, description = "The batch"), ("state" = Option<String>, Query, description = "pendiente, firmado or error")),
    responses((status = 200, body = ItemsOut), (status = 401), (status = 404))
)]
pub(crate) async fn items(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let view = desk.requested(&caller(&desk, &cx, &headers).await?, &id).await?;
    let wanted = cx.query("state");
    let items = view.items.iter().filter(|i| wanted.as_deref().is_none_or(|state| i.state.code() == state));
    Ok(Json(ItemsOut { items: items.map(|item| ItemOut::of(&view, item)).collect() }).into_response())
}

/// A signed document: the same bytes each time. One that stayed below the level asked for and was raised since is had with that level:
/// `?level=B-LT`.
#[utoipa::path(
    get, path = "/api/sign/v1/batches/{id}/items/{item}/content", tag = "Firma",
    params(("id" = String, Path, description = "The batch"), ("item" = String, Path, description = "The document's id in the request"),
        ("level" = Option<String>, Query, description = "The level to which its signature was raised: B-T, B-LT or B-LTA")),
    responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 404))
)]
pub(crate) async fn content(
    State(desk): State<Desk>,
    Path((id, item)): Path<(String, String)>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let level =
        cx.query("level").map(|name| Level::from_name(&name).ok_or_else(Error::not_found)).transpose()?;
    let caller = caller(&desk, &cx, &headers).await?;
    let bytes = desk.requested_file(&caller, &id, (&item, level)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// Calls a batch off. What is signed stays signed.
#[utoipa::path(
    post, path = "/api/sign/v1/batches/{id}/cancel", tag = "Firma", params(("id" = String, Path, description = "The batch")),
    responses((status = 202, body = BatchOut), (status = 401), (status = 404), (status = 409))
)]
pub(crate) async fn cancel(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    change(&desk, (&cx, &headers), &id, Change::Cancel).await
}

/// Tries again what failed or was left; `esperando_otp` says that it needs another code.
#[utoipa::path(
    post, path = "/api/sign/v1/batches/{id}/resume", tag = "Firma", params(("id" = String, Path, description = "The batch")),
    responses((status = 202, body = BatchOut), (status = 401), (status = 404), (status = 409))
)]
pub(crate) async fn resume(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    change(&desk, (&cx, &headers), &id, Change::Resume).await
}

async fn change(
    desk: &Desk,
    (cx, headers): (&Cx, &HeaderMap),
    id: &str,
    change: Change,
) -> Result<Response, Failure> {
    let caller = caller(desk, cx, headers).await?;
    desk.change_requested(&caller, id, change).await?;
    accepted(desk, &caller, id).await
}

async fn accepted(desk: &Desk, caller: &Caller, id: &str) -> Result<Response, Failure> {
    let view = desk.requested(caller, id).await?;
    Ok((StatusCode::ACCEPTED, Json(BatchOut::of(&view.batch, view.counts))).into_response())
}
