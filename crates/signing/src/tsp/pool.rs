//! Authorities asked in turn. Only a real token is ever given out; when there is none, the answer says so.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use copihue_core::{Random, Result, Timestamp, random};

use super::authority::Authority;
use super::query::Query;
use super::remote;
use crate::client;
use crate::hash::Hash;
use crate::verify::{TrustStore, accept_token};

/// An authority that failed is asked last for so long.
const REST_MS: i64 = 30_000;
/// Room for a token before one was measured.
const FIRST_GUESS: usize = 6 << 10;

/// Where timestamps come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// This deployment's own authority.
    Own,
    /// Another one, at an address that speaks RFC 3161 over HTTP. Its root must be among the trusted ones.
    Remote(String),
}

/// Where timestamps come from, in the order of asking, and how long each may take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timestamps {
    /// In the order of asking.
    pub sources: Vec<Source>,
    /// For one answer.
    pub timeout: Duration,
    /// Between two timestamps over all documents that were issued meanwhile (evidence records).
    pub evidence: Duration,
}

impl Default for Timestamps {
    fn default() -> Self {
        Self {
            sources: vec![Source::Own],
            timeout: Duration::from_secs(5),
            evidence: Duration::from_secs(86_400),
        }
    }
}

/// No authority gave a timestamp that holds; what each one answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no timestamp: {0}")]
pub(crate) struct NoTimestamp(String);

/// A token that holds.
pub(crate) struct Stamped {
    pub(crate) token: Vec<u8>,
    /// Whether our own authority made it, and so its use must be logged.
    pub(crate) own: bool,
}

/// What a question is answered with.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    pub(crate) own: Option<&'a Authority>,
    pub(crate) trust: &'a TrustStore,
    pub(crate) now: Timestamp,
    pub(crate) random: &'a dyn Random,
}

struct Member {
    source: Source,
    client: Option<reqwest::Client>,
    /// Asked last until then.
    rests_until: AtomicI64,
}

/// The authorities of a deployment.
pub(crate) struct Pool {
    members: Vec<Member>,
    largest: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(settings: &Timestamps) -> Result<Self> {
        let member = |source: &Source| {
            let client = match source {
                Source::Own => None,
                Source::Remote(url) => Some(client::client(url, settings.timeout)?),
            };
            Ok(Member { source: source.clone(), client, rests_until: AtomicI64::new(i64::MIN) })
        };
        let members = settings.sources.iter().map(member).collect::<Result<_>>()?;
        Ok(Self { members, largest: AtomicUsize::new(0) })
    }

    /// Bytes to keep for a token: the largest one that came yet.
    pub(crate) fn room(&self) -> usize {
        match self.largest.load(Ordering::Relaxed) {
            0 => FIRST_GUESS,
            measured => measured + 256,
        }
    }

    /// A token over a digest, from the first authority that gives one that holds.
    pub(crate) async fn stamp(
        &self,
        digest: (Hash, &[u8]),
        means: Means<'_>,
    ) -> std::result::Result<Stamped, NoTimestamp> {
        let mut order: Vec<&Member> = self.members.iter().collect();
        order.sort_by_key(|m| m.rests_until.load(Ordering::Relaxed) > means.now.millis());
        let mut answers = Vec::new();
        for member in order {
            match member.ask(digest, means).await {
                Ok(stamped) => {
                    member.rests_until.store(i64::MIN, Ordering::Relaxed);
                    self.largest.fetch_max(stamped.token.len(), Ordering::Relaxed);
                    return Ok(stamped);
                }
                Err(why) => {
                    tracing::warn!(source = member.name(), why, "an authority gave no timestamp");
                    member.rests_until.store(means.now.millis() + REST_MS, Ordering::Relaxed);
                    answers.push(format!("{}: {why}", member.name()));
                }
            }
        }
        Err(NoTimestamp(answers.join("; ")))
    }
}

impl Member {
    fn name(&self) -> &str {
        match &self.source {
            Source::Own => "own",
            Source::Remote(url) => url,
        }
    }

    async fn ask(&self, digest: (Hash, &[u8]), means: Means<'_>) -> std::result::Result<Stamped, String> {
        match (&self.source, &self.client) {
            (Source::Remote(url), Some(client)) => {
                let query = Query::new(digest, random::bytes(means.random));
                let token = remote::ask(client, url, query.to_der()).await?;
                accept_token(&token, &query, means.trust, means.now)?;
                Ok(Stamped { token, own: false })
            }
            _ => {
                let own = means.own.ok_or("there is none")?;
                let issued = own.stamp_over(digest, means.now, means.random).map_err(|e| e.to_string())?;
                let token = issued.ok_or("its clock or its certificate can't be relied on")?;
                Ok(Stamped { token, own: true })
            }
        }
    }
}
