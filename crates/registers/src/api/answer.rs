//! One answer in whichever format is asked for, with what caches need.

use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LINK, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use super::address::Format;

/// Never changes: a copy may be kept for ever.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Changes with the next entry.
const BRIEFLY: &str = "public, max-age=10";

/// What is answered.
pub(super) struct Answered {
    pub(super) json: Value,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Address and relation.
    pub(super) links: Vec<(String, &'static str)>,
    pub(super) cache: Cache,
}

/// How long it holds.
pub(super) enum Cache {
    /// For ever.
    Immutable,
    /// As long as this name of the state does.
    Until(String),
}

/// What the reader takes and has.
pub(super) struct Request {
    format: Format,
    has: Option<HeaderValue>,
}

impl Request {
    /// The address's ending wins over `Accept`; JSON when neither says anything.
    pub(super) fn new(headers: &HeaderMap, format: Option<Format>) -> Self {
        let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let asked = accepts.split(',').find_map(|one| match one.split(';').next()?.trim() {
            "text/csv" => Some(Format::Csv),
            "text/tab-separated-values" => Some(Format::Tsv),
            "application/json" => Some(Format::Json),
            _ => None,
        });
        let format = format.or(asked).unwrap_or(Format::Json);
        Self { format, has: headers.get(IF_NONE_MATCH).cloned() }
    }
}

impl Answered {
    /// The answer; 304 when the reader has it already.
    pub(super) fn respond(self, request: &Request) -> Response {
        let tag = match &self.cache {
            Cache::Immutable => None,
            Cache::Until(state) => HeaderValue::from_str(&format!("W/\"{state}-{:?}\"", request.format)).ok(),
        };
        if tag.is_some() && tag == request.has {
            return dressed(StatusCode::NOT_MODIFIED.into_response(), &self, tag);
        }
        let (content_type, body) = match request.format {
            Format::Json => ("application/json", Ok(self.json.to_string())),
            Format::Csv => ("text/csv; charset=utf-8", table(&self, b',')),
            Format::Tsv => ("text/tab-separated-values; charset=utf-8", table(&self, b'\t')),
        };
        match body {
            Ok(body) => dressed(([(CONTENT_TYPE, content_type)], body).into_response(), &self, tag),
            Err(error) => copihue_web::Failure::from(error).into_response(),
        }
    }
}

fn dressed(mut response: Response, answered: &Answered, tag: Option<HeaderValue>) -> Response {
    let cache = if matches!(answered.cache, Cache::Immutable) { FOREVER } else { BRIEFLY };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, link"));
    headers.append(VARY, HeaderValue::from_static("accept"));
    if let Some(tag) = tag {
        headers.insert(ETAG, tag);
    }
    for (href, relation) in &answered.links {
        if let Ok(link) = HeaderValue::from_str(&format!("<{href}>; rel=\"{relation}\"")) {
            headers.append(LINK, link);
        }
    }
    response
}

/// RFC 4180. No item holds a tab or a line break, so TSV needs no escape.
fn table(answered: &Answered, delimiter: u8) -> Result<String, Error> {
    let style = if delimiter == b'\t' { csv::QuoteStyle::Never } else { csv::QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(style)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(&answered.columns).map_err(Error::internal)?;
    for row in &answered.rows {
        writer.write_record(row).map_err(Error::internal)?;
    }
    String::from_utf8(writer.into_inner().map_err(Error::internal)?).map_err(Error::internal)
}

/// A refusal in the contract's own words.
pub(super) fn bad_request(message: &'static str) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (StatusCode::BAD_REQUEST, headers, message).into_response()
}
