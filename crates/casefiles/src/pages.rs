//! A person's cases, and each case with all that belongs to it (EXP-16).

mod documents;
mod export;
mod list;
mod show;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::{Access, Cx, Failure, RouteSet, Routes};

use crate::app::{Casefiles, DocumentFile};
use crate::model::number::CaseKey;

impl Casefiles {
    /// The pages of persons, and the documents of officials.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        Routes::new(self.clone())
            .service("casefiles")
            .get("/mi/expedientes", Access::Person, list::list)
            .get("/mi/expedientes/{iuie}", Access::Person, show::show)
            .get("/mi/expedientes/{iuie}/documentos/{n}", Access::Person, download)
            .get("/mi/expedientes/{iuie}/comprobantes/{n}", Access::Person, export::receipt)
            .get("/mi/expedientes/{iuie}/exportar", Access::Person, export::export)
            .get("/gestion/casos/{iuie}/documentos/{n}", Access::Official, download)
            .get("/gestion/casos/{iuie}/comprobantes/{n}", Access::Official, export::receipt)
            .get("/gestion/casos/{iuie}/exportar", Access::Official, export::export)
            .finish()
    }
}

/// The key of an address; anything else isn't there.
fn key_of(text: &str) -> Result<CaseKey, Error> {
    text.parse()
}

async fn download(
    State(app): State<Casefiles>,
    cx: Cx,
    Path((iuie, n)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let n = n.parse().map_err(|_| Error::not_found())?;
    let file = app.document(cx.require_actor()?, &key_of(&iuie)?, n).await?;
    let etag = format!("\"{}\"", hex::encode(file.sha256));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    Ok(attachment(file, etag))
}

/// Never shown inside of the site: what somebody filed may be a page with a script.
fn attachment(file: DocumentFile, etag: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.file_name)),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, etag),
    ];
    (headers, file.bytes).into_response()
}
