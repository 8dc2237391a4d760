//! Our own style sheet, script and icon: embedded, compressed at build, kept by browsers for a year.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::compress::Encoding;

/// A file that never changes under its name.
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Bytes over the wire of style sheet and script, as a browser of today gets them.
#[must_use]
pub fn weight() -> usize {
    STYLE.brotli.len() + SCRIPT.brotli.len()
}

/// Bytes of the script before compression, and of the style sheet after it.
#[must_use]
pub fn budgets() -> (usize, usize) {
    (SCRIPT.plain.len(), STYLE.brotli.len())
}

/// The asset under this path.
pub(crate) fn serve(method: &Method, path: &str, asked: &HeaderMap) -> Option<Response> {
    let asset = [&STYLE, &SCRIPT, &ICON].into_iter().find(|a| a.path == path)?;
    let encoding = Encoding::accepted(asked);
    let body = match encoding {
        Encoding::Brotli => asset.brotli,
        Encoding::Gzip => asset.gzip,
        Encoding::Plain => asset.plain,
    };
    let mut response = Response::new(if *method == Method::HEAD { Body::empty() } else { Body::from(body) });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, name);
    }
    Some(response)
}
