//! The end of every answer: error pages, cookies, cache rules, security headers, compression, the log line.

use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use copihue_core::{Error, Kind};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;

use crate::compress::{self, Encoding};
use crate::cx::Cx;
use crate::error_page;
use crate::failure::Unwritten;
use crate::guard::is_read;
use crate::headers::Security;
use crate::log_head::{LogHead, TLOG_CHECKPOINT};
use crate::public::Keep;
use crate::routes::Access;
use crate::service::{RetryAfter, may_compress};

/// Bodies below are not worth compressing; above they are not read whole.
const COMPRESS: std::ops::RangeInclusive<u64> = 700..=(2 << 20);

/// When what has no room now may be asked again (RFC 9110, section 10.2.3).
const UNAVAILABLE: RetryAfter = RetryAfter(5);

pub(crate) struct Finish {
    pub(crate) security: Security,
}

impl Finish {
    pub(crate) fn answer(
        &self,
        cx: &Cx,
        asked: &HeaderMap,
        response: Response,
        started: Instant,
    ) -> Response {
        let foreign = cx.access() == Some(Access::Contract);
        let mut response = self.written(cx, response, foreign);
        let keep = response.extensions_mut().remove::<Keep>().is_some();
        cx.cookies_to_set(response.headers_mut());
        cache_rule(cx, &mut response);
        self.security.apply(response.headers_mut());
        if foreign || cx.wants_json() {
            let head = cx.web().log_head().and_then(|head| LogHead::header(&head));
            response.headers_mut().extend(head.map(|head| (TLOG_CHECKPOINT, head)));
        }
        if keep && !response.headers().contains_key(header::SET_COOKIE) {
            response = keep_page(cx, asked, response);
        } else if may_compress(cx.method(), &response) {
            response = compressed(asked, response);
        }
        log(cx, response.status(), started);
        response
    }

    /// The answer with its body: errors that nobody has written yet become a page or problem+json.
    fn written(&self, cx: &Cx, mut response: Response, foreign: bool) -> Response {
        if let Some(Unwritten(error)) = response.extensions_mut().remove::<Unwritten>() {
            note(cx, &error);
            let retry = response.extensions_mut().remove::<RetryAfter>();
            let said = retry.is_some() || response.headers().contains_key(header::RETRY_AFTER);
            let unsaid = error.kind() == Kind::Unavailable && !said;
            let retry = if unsaid { Some(UNAVAILABLE) } else { retry };
            let mut written = error_page::write(cx, response.status(), &error);
            for empty in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
                response.headers_mut().remove(empty);
            }
            // What the refusal carries besides (Allow, a cookie) stays.
            written.headers_mut().extend(response.headers_mut().drain().filter_map(|(n, v)| Some((n?, v))));
            if let Some(RetryAfter(seconds)) = retry {
                written.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            return written;
        }
        let status = response.status();
        if foreign || !(status.is_client_error() || status.is_server_error()) || has_own_words(&response) {
            return response;
        }
        let error = bare(cx, status);
        let allow = response.headers_mut().remove(header::ALLOW);
        let shown = if error.kind() == Kind::NotFound { StatusCode::NOT_FOUND } else { status };
        let mut written = error_page::write(cx, shown, &error);
        if let Some(allow) = allow {
            written.headers_mut().insert(header::ALLOW, allow);
        }
        written
    }
}

/// The error behind a status that the framework answered by itself. A path that can't be read is a page that does not
/// exist.
fn bare(cx: &Cx, status: StatusCode) -> Error {
    let kind = match status {
        StatusCode::BAD_REQUEST if is_read(cx.method()) => Kind::NotFound,
        StatusCode::NOT_FOUND => Kind::NotFound,
        StatusCode::INTERNAL_SERVER_ERROR => Kind::Internal,
        StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
        StatusCode::FORBIDDEN => Kind::Forbidden,
        StatusCode::UNAUTHORIZED => Kind::Unauthenticated,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
        _ => Kind::Invalid,
    };
    let (code, detail) =
        error_page::words(if kind == Kind::NotFound { StatusCode::NOT_FOUND } else { status });
    Error::new(kind, code, detail)
}

/// Pages and JSON of handlers stay as they are; plain words of the framework do not.
fn has_own_words(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|t| !t.starts_with(b"text/plain"))
}

fn note(cx: &Cx, error: &Error) {
    match error.kind() {
        Kind::Internal => tracing::error!(%error, trace = cx.trace(), route = cx.route(), "defect"),
        Kind::Unavailable => tracing::warn!(%error, trace = cx.trace(), route = cx.route(), "unavailable"),
        _ => tracing::debug!(%error, trace = cx.trace(), route = cx.route(), "refused"),
    }
}

fn cache_rule(cx: &Cx, response: &mut Response) {
    let headers = response.headers_mut();
    if headers.contains_key(header::CACHE_CONTROL) && !headers.contains_key(header::SET_COOKIE) {
        return;
    }
    let private = cx.is_private() || headers.contains_key(header::SET_COOKIE);
    let rule = if private { "no-store" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(rule));
    headers.append(header::VARY, HeaderValue::from_static("cookie"));
}

/// The whole body, when it lies in memory.
fn in_memory(body: Body) -> Result<Bytes, Body> {
    match body.size_hint().exact() {
        Some(size) if size <= *COMPRESS.end() => match body.collect().now_or_never() {
            Some(Ok(all)) => Ok(all.to_bytes()),
            _ => Err(Body::empty()),
        },
        _ => Err(body),
    }
}

fn keep_page(cx: &Cx, asked: &HeaderMap, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match in_memory(body) {
        Ok(bytes) if !bytes.is_empty() => {
            let kept = cx.web().public_pages().keep(cx, parts.headers, bytes);
            kept.respond(cx.method(), asked)
        }
        // An answer of HEAD has no body to keep.
        Ok(_) => Response::from_parts(parts, Body::empty()),
        Err(body) => Response::from_parts(parts, body),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    content_type.starts_with("text/") && !content_type.starts_with("text/event-stream")
        || content_type.contains("json")
        || content_type.contains("xml")
}

fn compressed(asked: &HeaderMap, response: Response) -> Response {
    // Gzip for pages made now, also for readers that know brotli: at this speed it is the smaller of the two.
    let wanted = Encoding::accepted(asked) != Encoding::Plain && asks_gzip(asked);
    let size = response.body().size_hint().exact().unwrap_or(0);
    if !wanted || !COMPRESS.contains(&size) || !is_text(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match in_memory(body) {
        Ok(bytes) => bytes,
        Err(body) => return Response::from_parts(parts, body),
    };
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let Some(packed) = compress::gzip_fast(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(packed))
}

fn asks_gzip(asked: &HeaderMap) -> bool {
    asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"))
}

/// One line a request: never the address asked for (it may hold a token), only the pattern that matched.
fn log(cx: &Cx, status: StatusCode, started: Instant) {
    let elapsed = started.elapsed();
    let route = cx.route().unwrap_or("-");
    let person = cx.session().map(|s| s.person.id.to_string());
    tracing::info!(
        method = %cx.method(),
        route,
        status = status.as_u16(),
        ms = elapsed.as_secs_f64() * 1000.0,
        trace = cx.trace(),
        person,
        "request"
    );
    let class = match status.as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    metrics::counter!("web_requests_total", "route" => route, "status" => class).increment(1);
    metrics::histogram!("web_request_seconds", "route" => route).record(elapsed.as_secs_f64());
}
