//! Asking somebody else's authority over HTTP (RFC 3161 §3.4).

use reqwest::header::{ACCEPT, CONTENT_TYPE};

use crate::asn1::{DerError, Reader, tag};
use crate::client;

/// No honest answer is longer.
const MAX_ANSWER: usize = 64 << 10;

/// Sends a question; the token that came back, or why there is none.
pub(super) async fn ask(
    http: &reqwest::Client,
    url: &str,
    query: Vec<u8>,
) -> std::result::Result<Vec<u8>, String> {
    let request = http
        .post(url)
        .header(CONTENT_TYPE, "application/timestamp-query")
        .header(ACCEPT, "application/timestamp-reply")
        .body(query);
    let (status, body) = client::answer(request, MAX_ANSWER).await?;
    if !(200..300).contains(&status) {
        return Err(format!("HTTP {status}"));
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
