//! Public pages kept in memory, compressed: an anonymous reader is answered without asking any handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use copihue_core::json;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use moka::sync::Cache;

use crate::compress::{self, Encoding};
use crate::cx::Cx;
use crate::prefs::Prefs;

/// Marks an answer that may be kept.
#[derive(Clone, Copy)]
pub(crate) struct Keep;

/// Pages by path and preferences. Kept for a minute.
pub struct PublicPages {
    pages: [Cache<String, Arc<Kept>>; Prefs::COUNT],
    generation: AtomicU64,
}

/// A page as it goes over the wire, in three encodings.
pub(crate) struct Kept {
    headers: HeaderMap,
    etag: HeaderValue,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl Default for PublicPages {
    fn default() -> Self {
        let cache = |_| Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(60)).build();
        Self { pages: std::array::from_fn(cache), generation: AtomicU64::new(0) }
    }
}

impl PublicPages {
    /// Forgets all pages: what they show has changed.
    pub fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        for cache in &self.pages {
            cache.invalidate_all();
        }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    pub(crate) fn get(&self, path: &str, prefs: Prefs) -> Option<Arc<Kept>> {
        self.pages[prefs.index()].get(path)
    }

    /// Keeps a page, unless something has changed since `generation`.
    pub(crate) fn keep(&self, cx: &Cx, headers: HeaderMap, plain: Bytes) -> Arc<Kept> {
        let kept = Arc::new(Kept::new(headers, plain));
        if cx.generation() == self.generation() {
            self.pages[cx.prefs().index()].insert(cx.path().to_owned(), Arc::clone(&kept));
        }
        kept
    }
}

impl Kept {
    fn new(mut headers: HeaderMap, plain: Bytes) -> Self {
        let tag = format!("\"{}\"", hex::encode(&json::sha256(&plain)[..10]));
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        headers.insert(header::ETAG, etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
        headers.remove(header::CONTENT_LENGTH);
        let gzip = compress::gzip(&plain, 9).into();
        let brotli = compress::brotli(&plain, 7).into();
        Self { headers, etag, plain, gzip, brotli }
    }

    /// The page for this reader, or 304 when they have it.
    pub(crate) fn respond(&self, method: &Method, asked: &HeaderMap) -> Response {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        if asked.get(header::IF_NONE_MATCH).is_some_and(|v| matches(v, &self.etag)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let body = match Encoding::accepted(asked) {
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
            Encoding::Plain => &self.plain,
        };
        if let Some(name) = Encoding::accepted(asked).name() {
            response.headers_mut().insert(header::CONTENT_ENCODING, name);
        }
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        if *method != Method::HEAD {
            *response.body_mut() = Body::from(body.clone());
        }
        response
    }
}

/// Weak comparison, as RFC 9110 §13.1.2 says for `If-None-Match`.
pub(crate) fn matches(asked: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(asked), Ok(etag)) = (asked.to_str(), etag.to_str()) else { return false };
    asked.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag)
}
