//! Asking somebody else's authority over HTTP (RFC 3161 §3.4).

use std::time::Duration;

use copihue_core::{Error, Result};
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use crate::asn1::{DerError, Reader, tag};

/// No honest answer is longer.
const MAX_ANSWER: usize = 64 << 10;

/// A client for one authority.
pub(super) fn client(url: &str, timeout: Duration) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none());
    let host = reqwest::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned));
    if host.as_deref().is_some_and(|h| h == "localhost" || h.starts_with("127.")) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| Error::internal(format_args!("http client: {e}")))
}

/// Sends a question; the token that came back, or why there is none.
pub(super) async fn ask(
    client: &reqwest::Client,
    url: &str,
    query: Vec<u8>,
) -> std::result::Result<Vec<u8>, String> {
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/timestamp-query")
        .header(ACCEPT, "application/timestamp-reply")
        .body(query);
    let mut response = request.send().await.map_err(|e| e.without_url().to_string())?;
    if !response.status().is_success() {
        return Err(format!("HTTP {}", response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| e.without_url().to_string())? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER {
            return Err("answer too long".to_owned());
        }
    }
    token(&body).map_err(|_| "not a granted timestamp".to_owned())
}

/// The token of a response that grants it: `granted` (0) or `grantedWithMods` (1).
pub(crate) fn token(response: &[u8]) -> std::result::Result<Vec<u8>, DerError> {
    let mut fields = Reader::only(response, tag::SEQUENCE)?;
    let mut status = fields.enter(tag::SEQUENCE)?;
    let granted = matches!(status.expect(tag::INTEGER)?.content, [0 | 1]);
    let token = fields.optional(tag::SEQUENCE)?;
    fields.end()?;
    token.filter(|_| granted).map(|t| t.whole.to_vec()).ok_or(DerError)
}
