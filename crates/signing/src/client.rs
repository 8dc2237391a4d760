//! Asking others over HTTP: one address each, within a time, without following anybody elsewhere.

use std::time::Duration;

use copihue_core::{Error, Result};
use reqwest::redirect::Policy;

/// A client for one address.
pub(crate) fn client(url: &str, timeout: Duration) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder().timeout(timeout).redirect(Policy::none());
    let host = reqwest::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned));
    if host.as_deref().is_some_and(|h| h == "localhost" || h.starts_with("127.")) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| Error::internal(format_args!("http client: {e}")))
}

/// Sends a request: the status and the body, or why there is no whole answer.
pub(crate) async fn answer(
    request: reqwest::RequestBuilder,
    longest: usize,
) -> std::result::Result<(u16, Vec<u8>), String> {
    let mut response = request.send().await.map_err(|e| e.without_url().to_string())?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| e.without_url().to_string())? {
        body.extend_from_slice(&part);
        if body.len() > longest {
            return Err("answer too long".to_owned());
        }
    }
    Ok((status, body))
}
