//! The whole case as a file, and the receipt of each entry.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::components::inset;
use copihue_web::{Cx, Failure, Page, html, proof_file};
use futures_util::stream;

use super::key_of;
use crate::app::{Casefiles, Part, Prepared};
use crate::export::zip::Writer;

/// The ZIP, one document in memory at a time.
pub(super) async fn export(
    State(app): State<Casefiles>,
    cx: Cx,
    Path(iuie): Path<String>,
) -> Result<Response, Failure> {
    let Prepared { file_name, length, writer, parts } =
        app.export(cx.require_actor()?, &key_of(&iuie)?).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    let rest = Rest { app, writer: Some(writer), parts: parts.into_iter() };
    Ok((headers, Body::from_stream(stream::try_unfold(rest, next))).into_response())
}

/// What is not written yet.
struct Rest {
    app: Casefiles,
    writer: Option<Writer>,
    parts: std::vec::IntoIter<Part>,
}

/// The next file with its header; at the end the list of all. An error cuts the answer short, and the reader sees it.
async fn next(mut rest: Rest) -> Result<Option<(Vec<u8>, Rest)>, Error> {
    let Some(mut writer) = rest.writer.take() else { return Ok(None) };
    let Some(part) = rest.parts.next() else { return Ok(Some((writer.finish(), rest))) };
    let (name, bytes) = rest.app.bytes_of(part).await?;
    let mut chunk = writer.file(&name, &bytes);
    chunk.extend_from_slice(&bytes);
    rest.writer = Some(writer);
    Ok(Some((chunk, rest)))
}

/// The receipt of entry `n`; of the opening when `n` is 0.
pub(super) async fn receipt(
    State(app): State<Casefiles>,
    cx: Cx,
    Path((iuie, n)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let n: i64 = n.parse().map_err(|_| Error::not_found())?;
    let found = app.entry_receipt(cx.require_actor()?, &key_of(&iuie)?, n).await?;
    let Some(proof) = found else {
        let page = Page::new("casefiles-receipt-waiting-title").refresh(3);
        return Ok(cx.page(page, html! { (inset(cx.t("casefiles-receipt-waiting"))) }));
    };
    Ok(proof_file(&format!("{iuie}-{n:04}"), proof))
}
