//! The nightly tree over the documents of the day, and the renewal of what is about to end: one timestamp for all of them.

use std::time::Duration;

use copihue_core::json::sha256;
use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx};

use super::Signing;
use crate::ers::{ArchiveTimestamp, EvidenceRecord, EvidenceVerdict, Hash256, Tree, path_of, verify_record};
use crate::store::ers::{self as store, Stamp};
use crate::verify::token_facts;

/// Documents under one timestamp at most: what one transaction writes in a moment.
const MOST: usize = 10_000;
/// A document whose transaction took so long to commit is still found the next time.
const LATE_SECONDS: i64 = 3_600;
/// Documents younger than this wait for the next tree: their transactions may not have ended.
const YOUNG_SECONDS: i64 = 5;
/// So long before its certificate ends a timestamp is renewed.
const RENEW_SECONDS: i64 = 90 * 86_400;
/// Trees hang from no institution.
const NO_BUCKET: Bucket = Bucket::new(0);
/// Between two looks at whether it is time.
const LOOK: Duration = Duration::from_secs(60);

impl Signing {
    /// Makes trees when it is time, and renews, from now on. Ends with the program.
    pub fn keep_evidence(&self) -> tokio::task::JoinHandle<()> {
        let signing = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let done = async {
                    signing.renew_services().await?;
                    if signing.is_time().await? {
                        signing.evidence_once().await?;
                    }
                    signing.renew_evidence().await
                };
                if let Err(error) = done.await {
                    tracing::warn!(%error, "evidence records wait");
                }
            }
        })
    }

    async fn is_time(&self) -> Result<bool> {
        let every = i64::try_from(self.0.parts.timestamps.evidence.as_secs()).unwrap_or(i64::MAX);
        let last = self.db().read(store::last_until).await?;
        Ok(last.is_none_or(|last| self.now() >= last.plus_seconds(every)))
    }

    /// Puts every document that stands in no tree yet under a timestamp. Answers how many there were.
    ///
    /// # Errors
    /// When no authority gives a timestamp, or the database refuses; what is not covered then is the next time.
    pub async fn evidence_once(&self) -> Result<usize> {
        let mut covered = 0;
        loop {
            let until = self.now().plus_seconds(-YOUNG_SECONDS);
            let read = move |conn: &mut Conn<'_>| {
                let last = store::last_until(conn)?;
                let from = last.map_or(Timestamp::from_millis(0), |last| last.plus_seconds(-LATE_SECONDS));
                store::without_tree(conn, (from, until), MOST)
            };
            let found = self.db().read(read).await?;
            let full = found.len() == MOST;
            // All of one instant, or those that were left out would not be looked at again.
            let until = if full { found.last().map_or(until, |(_, at)| *at) } else { until };
            let mut leaves: Vec<Hash256> = found.into_iter().map(|(sha256, _)| sha256).collect();
            leaves.sort_unstable();
            leaves.dedup();
            covered += leaves.len();
            if !self.add_tree(leaves, until).await? || !full {
                return Ok(covered);
            }
        }
    }

    async fn add_tree(&self, leaves: Vec<Hash256>, until: Timestamp) -> Result<bool> {
        let Some(tree) = Tree::of(leaves.clone()) else { return Ok(false) };
        let stamp = self.stamped(tree.root()).await?;
        let id = Id::new(self.now(), NO_BUCKET, self.random());
        self.db().write(move |tx| store::add_tree(tx, id, (&leaves, &tree), until, &stamp)).await?;
        Ok(true)
    }

    async fn stamped(&self, digest: Hash256) -> Result<Stamp> {
        let token = self.stamp(digest).await.map_err(Error::unavailable)?.token;
        let (at, ends) =
            token_facts(&token).map_err(|why| Error::internal(format_args!("a token: {why:?}")))?;
        Ok(Stamp { path: Vec::new(), token, at, ends })
    }

    /// Renews the timestamps whose certificates end within ninety days, all under one new timestamp. Answers how many.
    ///
    /// # Errors
    /// As [`evidence_once`](Self::evidence_once).
    pub async fn renew_evidence(&self) -> Result<usize> {
        let before = self.now().plus_seconds(RENEW_SECONDS);
        let ending = self.db().read(move |conn| store::ending(conn, before, MOST)).await?;
        let leaves: Vec<Hash256> = ending.iter().map(|(_, _, token)| sha256(token)).collect();
        let Some(tree) = Tree::of(leaves) else { return Ok(0) };
        let stamp = self.stamped(tree.root()).await?;
        if stamp.ends < before {
            // The authority has no certificate that lasts longer: nothing would be gained.
            tracing::warn!("the authority of time has no new certificate: evidence can't be renewed");
            return Ok(0);
        }
        let count = ending.len();
        let renew = move |tx: &mut Tx<'_>| {
            for (position, (id, next, _)) in ending.iter().enumerate() {
                let path = tree.path(position).ok_or_else(|| Error::internal("a tree without its leaf"))?;
                let (token, at, ends) = (stamp.token.clone(), stamp.at, stamp.ends);
                store::add_stamp(tx, (*id, *next), &Stamp { path, token, at, ends })?;
            }
            Ok(())
        };
        self.db().write(renew).await?;
        Ok(count)
    }

    /// The evidence record (RFC 4998, DER) of the document with this SHA-256; `None` until it stands in a tree.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_record(&self, sha256: Hash256) -> Result<Option<Vec<u8>>> {
        let read = move |conn: &mut Conn<'_>| {
            let Some((tree, size, position)) = store::leaf(conn, sha256)? else { return Ok(None) };
            let path = path_of(position, size, |level, at| store::node(conn, tree, level, at))?;
            let mut path = path.ok_or_else(|| Error::internal("evidence: a tree lacks nodes"))?;
            let stamps = store::stamps(conn, tree)?.into_iter().map(|stamp| ArchiveTimestamp {
                path: if path.is_empty() { stamp.path } else { std::mem::take(&mut path) },
                token: stamp.token,
            });
            Ok(Some(EvidenceRecord(stamps.collect()).to_der()))
        };
        self.db().read(read).await
    }

    /// Whether the document with this SHA-256 stands in a tree.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_evidence(&self, sha256: Hash256) -> Result<bool> {
        Ok(self.db().read(move |conn| store::leaf(conn, sha256)).await?.is_some())
    }

    /// What the document's own record shows, as anybody would judge it now; `None` until there is one.
    ///
    /// # Errors
    /// As [`evidence_record`](Self::evidence_record); Internal when the stored record doesn't hold.
    pub async fn evidence_of(&self, sha256: Hash256) -> Result<Option<EvidenceVerdict>> {
        let Some(record) = self.evidence_record(sha256).await? else { return Ok(None) };
        let verdict = verify_record(&record, sha256, &self.trust(), self.now());
        verdict.map(Some).map_err(|why| Error::internal(format_args!("a stored evidence record: {why:?}")))
    }
}
