//! Asking those who hold the data: the face that the interoperability network fills.

use std::collections::HashMap;
use std::time::Duration;

use copihue_core::{Error, Result};
use futures_util::future::BoxFuture;
use serde_json::Value;

/// The largest answer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// A question.
#[derive(Clone, Debug)]
pub struct Query {
    /// Name of the service, as the definition says it.
    pub service: String,
    /// What is sent.
    pub input: Value,
    /// The longest wait.
    pub timeout: Duration,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Reply {
    /// Data, and who answered when they say so.
    Data {
        /// Name of the holder.
        source: Option<String>,
        /// The data.
        data: Value,
    },
    /// The holder has nothing about it.
    NotFound,
    /// The holder refuses.
    Denied,
    /// It is down, slow, or answers nonsense; the reason is for logs.
    Failed(String),
}

/// Asks a holder. Never panics, never waits longer than the question's limit.
pub trait QueryGateway: Send + Sync {
    /// Asks.
    fn ask<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Reply>;
}

/// Holders as HTTP services: `POST` JSON, 200 with JSON, 404 when there is nothing.
pub struct HttpGateway {
    client: reqwest::Client,
    urls: HashMap<String, String>,
}

impl HttpGateway {
    /// A gateway with the address of each service by its name.
    ///
    /// # Errors
    /// When the HTTP client can't be built.
    pub fn new(urls: HashMap<String, String>) -> Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(2))
            .build()
            .map_err(Error::internal)?;
        Ok(Self { client, urls })
    }

    async fn post(&self, query: &Query) -> Reply {
        let Some(url) = self.urls.get(&query.service) else {
            return Reply::Failed(format!("no address for {}", query.service));
        };
        let response = match self.client.post(url).json(&query.input).send().await {
            Ok(response) => response,
            Err(e) => return Reply::Failed(e.without_url().to_string()),
        };
        match response.status().as_u16() {
            200 => body(response).await,
            404 => Reply::NotFound,
            401 | 403 => Reply::Denied,
            status => Reply::Failed(format!("status {status}")),
        }
    }
}

impl QueryGateway for HttpGateway {
    fn ask<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            match tokio::time::timeout(query.timeout, self.post(query)).await {
                Ok(reply) => reply,
                Err(_) => Reply::Failed("no answer in time".to_owned()),
            }
        })
    }
}

async fn body(mut response: reqwest::Response) -> Reply {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if bytes.len() + piece.len() <= MAX_ANSWER => bytes.extend_from_slice(&piece),
            Ok(Some(_)) => return Reply::Failed("the answer is too large".to_owned()),
            Ok(None) => break,
            Err(e) => return Reply::Failed(e.without_url().to_string()),
        }
    }
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(data) => {
            let source = data.get("fuente").and_then(Value::as_str).map(|s| s.chars().take(120).collect());
            Reply::Data { source, data }
        }
        Err(_) => Reply::Failed("the answer is not JSON".to_owned()),
    }
}
