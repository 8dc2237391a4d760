//! `POST /api/sign/v1/validate` (multipart): is this file genuine, for machines. Nothing of it is kept.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::{Cx, Failure, FormData};
use http::{HeaderMap, header};

use crate::Signing;
use crate::verify::{to_etsi_xml, to_json};

/// More files than belong together.
const MOST_FILES: usize = 10;

/// Judges a signed file of any kind: `document`, and as `content` what a detached signature is over, and evidence records or
/// timestamps over it. With `Accept: application/xml` the report is one of ETSI TS 119 102-2, with `application/pdf` a sealed
/// PDF.
#[utoipa::path(
    post,
    path = "/api/sign/v1/validate",
    operation_id = "validate",
    request_body(content_type = "multipart/form-data", content = Object),
    responses((status = 200, content((Object = "application/json"), (String = "application/xml"), (String = "application/pdf"))), (status = 413), (status = 422))
)]
pub(crate) async fn post(
    State(signing): State<Signing>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let files = || form.files("document").chain(form.files("content"));
    if form.file("document").is_none() || files().count() > MOST_FILES {
        let detail =
            "Envíe el archivo en «document», y en «content» lo que lo acompaña: hasta diez en total.";
        return Err(Error::invalid("archivos", detail).into());
    }
    let checked = signing.check_uploads(files()).await?;
    let trust = signing.trust();
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.contains("application/xml") {
        let report = to_etsi_xml(&checked.verdict, &trust, cx.now());
        return Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], report).into_response());
    }
    if accepts.contains("application/pdf") {
        let report = signing.report_pdf(&checked.verdict).await?;
        return Ok(([(header::CONTENT_TYPE, "application/pdf")], report).into_response());
    }
    Ok(Json(to_json(&checked.verdict, &trust)).into_response())
}
