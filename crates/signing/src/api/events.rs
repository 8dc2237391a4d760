//! `GET /api/sign/v1/batches/{id}/events`: a batch as it goes on, as server-sent events.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::{Cx, Failure};
use futures_util::stream;
use http::{HeaderMap, header};

use super::batches::caller;
use super::shapes::BatchOut;
use crate::app::Desk;
use crate::app::desk::Caller;

/// How often the batch is looked at.
const PAUSE: Duration = Duration::from_millis(500);
/// A reader that stays longer asks again.
const LOOKS: u32 = 1_800;

struct Follow {
    desk: Desk,
    caller: Caller,
    id: String,
    last: Option<String>,
    looks: u32,
    over: bool,
}

/// Tells each change of a batch until it is over: `event: batch` with the batch, as `GET` answers it.
#[utoipa::path(
    get, path = "/api/sign/v1/batches/{id}/events", tag = "Firma", params(("id" = String, Path, description = "The batch")),
    responses((status = 200, content_type = "text/event-stream"), (status = 401), (status = 404))
)]
pub(crate) async fn follow(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let caller = caller(&desk, &cx, &headers).await?;
    desk.progress(&caller, &id).await?;
    let follow = Follow { desk, caller, id, last: None, looks: 0, over: false };
    let events = stream::try_unfold(follow, next);
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(events)).into_response())
}

/// The next change; a comment now and then, so that nothing on the way gives the reader up.
async fn next(mut follow: Follow) -> Result<Option<(String, Follow)>, Error> {
    while !follow.over && follow.looks < LOOKS {
        if follow.looks > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        follow.looks += 1;
        let (batch, counts) = follow.desk.progress(&follow.caller, &follow.id).await?;
        let text = serde_json::to_string(&BatchOut::of(&batch, counts)).map_err(Error::internal)?;
        follow.over = batch.state.is_over();
        if follow.last.as_ref() != Some(&text) {
            follow.last = Some(text.clone());
            return Ok(Some((format!("event: batch\ndata: {text}\n\n"), follow)));
        }
        if follow.looks.is_multiple_of(30) {
            return Ok(Some((": \n\n".to_owned(), follow)));
        }
    }
    Ok(None)
}
