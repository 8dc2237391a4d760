//! A log over plain GETs.

use std::io::Read;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode, header};

use crate::source::Source;
use crate::trouble::Trouble;

/// Tries before a log counts as unreachable.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(30);

/// A log at an address.
#[derive(Clone, Debug)]
pub struct Http {
    prefix: String,
    client: Client,
}

impl Http {
    /// The log whose files lie below this address.
    ///
    /// # Errors
    /// When this machine can't speak HTTP.
    pub fn new(address: &str) -> Result<Self, Trouble> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .user_agent(concat!("copihue-monitor/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Trouble::unreachable)?;
        Ok(Self { prefix: address.trim_end_matches('/').to_owned(), client })
    }

    async fn once(&self, url: &str, limit: usize) -> Result<Option<Vec<u8>>, Failed> {
        let answer = self.client.get(url).send().await.map_err(|e| Failed::Passing(e.to_string()))?;
        match answer.status() {
            StatusCode::OK => body(answer, limit).await.map(Some),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            // Object stores that may not list their files say this of one that is not there.
            StatusCode::FORBIDDEN if url.contains("/tile/") => Ok(None),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(Failed::Passing(format!("{url} responde {status}")))
            }
            status => Err(Failed::Lasting(format!("{url} responde {status}"))),
        }
    }
}

/// Why one try failed.
enum Failed {
    /// May go by itself.
    Passing(String),
    /// Will not.
    Lasting(String),
}

impl Source for Http {
    async fn get(&self, path: String, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let url = format!("{}/{path}", self.prefix);
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(&url, limit).await {
                Ok(found) => return Ok(found),
                Err(Failed::Passing(_)) if tries < TRIES => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
                }
                Err(Failed::Passing(why) | Failed::Lasting(why)) => return Err(Trouble::unreachable(why)),
            }
        }
    }
}

/// The answer's bytes, never more than the limit whatever it says of itself. Servers may send bundles packed without being asked.
async fn body(mut answer: Response, limit: usize) -> Result<Vec<u8>, Failed> {
    let packed = answer.headers().get(header::CONTENT_ENCODING).is_some_and(|e| e == "gzip");
    let too_large = || Failed::Lasting(format!("responde más de {limit} bytes"));
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|e| Failed::Passing(e.to_string()))? {
        if bytes.len() + piece.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    if !packed {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let mut unpacked = flate2::read::GzDecoder::new(&bytes[..]).take(limit as u64 + 1);
    unpacked.read_to_end(&mut plain).map_err(|e| Failed::Passing(e.to_string()))?;
    if plain.len() > limit { Err(too_large()) } else { Ok(plain) }
}
