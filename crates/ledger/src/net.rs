//! HTTP to witnesses and copies, who may be down, slow or lying: within limits of time and size.

use std::sync::OnceLock;
use std::time::Duration;

use copihue_core::{Error, Result};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response, Url};

/// What somebody answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body, when it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }
}

/// How much is waited for and read of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) time: Duration,
    pub(crate) bytes: usize,
}

/// The clients; made when first needed, since most deployments begin without witnesses.
#[derive(Default)]
pub(crate) struct Net {
    outside: OnceLock<Client>,
    here: OnceLock<Client>,
}

impl Net {
    pub(crate) async fn get(&self, url: &str, limits: Limits) -> Result<Reply> {
        let (client, url) = self.client(url)?;
        read(client.get(url).timeout(limits.time).send().await, limits).await
    }

    pub(crate) async fn post(&self, url: &str, body: String, limits: Limits) -> Result<Reply> {
        let (client, url) = self.client(url)?;
        read(client.post(url).timeout(limits.time).body(body).send().await, limits).await
    }

    /// What runs on this machine is never asked through a proxy.
    fn client(&self, url: &str) -> Result<(&Client, Url)> {
        let url: Url = url.parse().map_err(|e| Error::internal(format_args!("ledger: {url}: {e}")))?;
        let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let (place, builder) = if here {
            (&self.here, Client::builder().no_proxy())
        } else {
            (&self.outside, Client::builder())
        };
        if place.get().is_none() {
            let _ = place.set(build(builder)?);
        }
        let client = place.get().ok_or_else(|| Error::internal("ledger: no HTTP client"))?;
        Ok((client, url))
    }
}

fn build(builder: ClientBuilder) -> Result<Client> {
    builder.redirect(Policy::none()).build().map_err(Error::internal)
}

async fn read(answer: reqwest::Result<Response>, limits: Limits) -> Result<Reply> {
    let mut response = answer.map_err(|e| Error::unavailable(e.without_url()))?;
    let (status, mut body) = (response.status().as_u16(), Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|e| Error::unavailable(e.without_url()))? {
        if body.len() + chunk.len() > limits.bytes {
            return Err(Error::unavailable("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}
