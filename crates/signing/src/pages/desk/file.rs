//! The file of a paper: shown, and noted that it was; or taken along.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::header;

use super::id_of;
use crate::app::Desk;
use crate::model::paper::Paper;

/// Only a PDF is served from here, under its own type, and nothing that it names is loaded. A reader's own page is the only
/// thing that may put it into itself.
const POLICY: &str =
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// How the browser is to take a file.
#[derive(Clone, Copy)]
enum Way {
    Shown,
    Saved,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (paper, bytes) = desk.open_file(cx.require_actor()?, id_of(&id)?).await?;
    Ok(answer(&paper, bytes, Way::Shown))
}

pub(super) async fn download(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (paper, bytes) = desk.open_file(cx.require_actor()?, id_of(&id)?).await?;
    Ok(answer(&paper, bytes, Way::Saved))
}

fn answer(paper: &Paper, bytes: Vec<u8>, way: Way) -> Response {
    let kind = match way {
        Way::Shown => "inline",
        Way::Saved => "attachment",
    };
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("{kind}; filename=\"{}\"", file_name(&paper.file))),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// A name that any header and any disk takes.
fn file_name(name: &str) -> String {
    let folded = copihue_core::text::fold(name);
    let stem = folded.strip_suffix(".pdf").unwrap_or(&folded);
    let clean: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let clean = clean.trim_matches('-');
    if clean.is_empty() { "documento.pdf".to_owned() } else { format!("{clean}.pdf") }
}
