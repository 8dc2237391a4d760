//! Small scripts of these pages: each under an address that carries the hash of its content.

use axum::response::{IntoResponse, Response};
use copihue_web::{Markup, html};
use http::{HeaderValue, header};

/// The script itself.
pub(super) fn answer(text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, text).into_response()
}

/// What loads it.
pub(super) fn tag(address: &str, text: &str) -> Markup {
    let hash = copihue_core::json::sha256_hex(text.as_bytes());
    html! { script src=(format!("{address}?v={}", &hash[..12])) defer {} }
}
