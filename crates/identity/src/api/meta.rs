//! Discovery and keys: written once, served from memory, open to every origin.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::Identity;

pub(crate) async fn discovery(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    fixed(&identity.0.discovery, &headers)
}

pub(crate) async fn jwks(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    fixed(&identity.0.keys.load().national, &headers)
}

pub(crate) async fn open_discovery(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    fixed(&identity.0.open_discovery, &headers)
}

pub(crate) async fn open_jwks(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    fixed(&identity.0.keys.load().open, &headers)
}

fn fixed(body: &Bytes, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", &copihue_core::json::sha256_hex(body)[..20]);
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes());
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body.clone().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.extend(HeaderValue::from_str(&etag).map(|value| (header::ETAG, value)));
    cors(headers);
    response
}

/// Open to every origin, never with cookies.
pub(super) fn cors(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
}

/// A browser asks whether a script of another origin may call.
pub(crate) async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    cors(headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, dpop"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}
