//! The nightly tree over the documents of the day, and the renewal of what is about to end: one timestamp for all of them.

use std::time::Duration;

use copihue_core::json::sha256;
use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx};

use super::Signing;
use crate::ers::{
    ArchiveTimestamp, Chain, Digest, EvidenceRecord, EvidenceVerdict, Hash256, Path, Tree, covered, judge,
    path_of, paths_under,
};
use crate::hash::Hash;
use crate::store::ers::{self as store, Ending, Rehash, Stamp};
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
        let stamp = self.stamped((Hash::Sha256, &tree.root())).await?;
        let id = Id::new(self.now(), NO_BUCKET, self.random());
        self.db().write(move |tx| store::add_tree(tx, id, (&leaves, &tree), until, &stamp)).await?;
        Ok(true)
    }

    async fn stamped(&self, digest: (Hash, &[u8])) -> Result<Stamp> {
        let token = self.stamp_over(digest).await.map_err(Error::unavailable)?.token;
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
        let mut renewed = 0;
        for hash in Hash::ALL {
            let of_hash: Vec<Ending> = ending.iter().filter(|e| e.hash == hash).cloned().collect();
            renewed += self.renew_under(hash, of_hash, before).await?;
        }
        Ok(renewed)
    }

    async fn renew_under(&self, hash: Hash, ending: Vec<Ending>, before: Timestamp) -> Result<usize> {
        let leaves: Vec<Digest> = ending.iter().map(|e| hash.of(&[&e.token]).as_ref().to_vec()).collect();
        let Some((root, paths)) = paths_under(hash, &leaves) else { return Ok(0) };
        let stamp = self.stamped((hash, &root)).await?;
        if stamp.ends < before {
            // The authority has no certificate that lasts longer: nothing would be gained.
            tracing::warn!("the authority of time has no new certificate: evidence can't be renewed");
            return Ok(0);
        }
        let count = ending.len();
        let renew = move |tx: &mut Tx<'_>| {
            for (one, path) in ending.iter().zip(&paths) {
                let (token, at, ends) = (stamp.token.clone(), stamp.at, stamp.ends);
                store::add_stamp(tx, (one.tree, one.next), &Stamp { path: path.clone(), token, at, ends })?;
            }
            Ok(())
        };
        self.db().write(renew).await?;
        Ok(count)
    }

    /// Covers documents anew under a stronger hash, with the timestamps that they have, all under one new timestamp: to be done while the
    /// hash before still counts (RFC 4998, section 5.2). It needs the documents themselves. Answers how many there were that have a
    /// record and are not covered under that hash yet.
    ///
    /// # Errors
    /// As [`evidence_once`](Self::evidence_once).
    pub async fn rehash_evidence(&self, hash: Hash, documents: &[Vec<u8>]) -> Result<usize> {
        let digests = documents.iter().map(|d| (sha256(d), hash.of(&[d]).as_ref().to_vec())).collect();
        self.cover_anew(hash, digests).await
    }

    pub(super) async fn cover_anew(&self, hash: Hash, digests: Vec<(Hash256, Digest)>) -> Result<usize> {
        let mut found = Vec::new();
        for (known, digest) in digests {
            let Some(chains) = self.db().read(move |conn| chains(conn, known)).await? else { continue };
            let stamps = chains.last().map_or(0, |chain| chain.stamps.len());
            if chains.iter().all(|chain| chain.hash != hash) {
                let leaf = covered(hash, &digest, &chains);
                found.push((known, chains.len(), (stamps, digest), leaf));
            }
        }
        let leaves: Vec<Digest> = found.iter().map(|(.., leaf)| leaf.clone()).collect();
        let Some((root, paths)) = paths_under(hash, &leaves) else { return Ok(0) };
        let token = self.stamped((hash, &root)).await?;
        let (stamp, count) = (Id::new(self.now(), NO_BUCKET, self.random()), found.len());
        let add = move |tx: &mut Tx<'_>| {
            store::add_stamp(tx, (stamp, 0), &token)?;
            found.iter().zip(&paths).try_for_each(|((sha256, n, (covers, digest), _), path)| {
                let digest = digest.clone();
                let new = Rehash { hash, path: path.clone(), stamp, covers: *covers, digest };
                store::add_rehash(tx, (*sha256, *n), &new)
            })
        };
        self.db().write(add).await?;
        Ok(count)
    }

    /// The evidence record (RFC 4998, DER) of the document with this SHA-256; `None` until it stands in a tree.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_record(&self, sha256: Hash256) -> Result<Option<Vec<u8>>> {
        let chains = self.db().read(move |conn| chains(conn, sha256)).await?;
        Ok(chains.map(|chains| EvidenceRecord(chains).to_der()))
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
        let read = move |conn: &mut Conn<'_>| Ok((chains(conn, sha256)?, store::rehashes(conn, sha256)?));
        let (Some(chains), rehashes) = self.db().read(read).await? else { return Ok(None) };
        let digest = |hash| match hash {
            Hash::Sha256 => Some(sha256.to_vec()),
            other => rehashes.iter().find(|r| r.hash == other).map(|r| r.digest.clone()),
        };
        let record = EvidenceRecord(chains).to_der();
        let verdict = judge(&record, digest, &self.trust(), self.now());
        verdict.map(Some).map_err(|why| Error::internal(format_args!("a stored evidence record: {why:?}")))
    }
}

/// The chains of a document's record; `None` until it stands in a tree.
fn chains(conn: &mut Conn<'_>, sha256: Hash256) -> Result<Option<Vec<Chain>>> {
    let Some((tree, size, position)) = store::leaf(conn, sha256)? else { return Ok(None) };
    let path = path_of(position, size, |level, at| store::node(conn, tree, level, at))?;
    let path = path.ok_or_else(|| Error::internal("evidence: a tree lacks nodes"))?;
    let mut chains = vec![chain(conn, (Hash::Sha256, tree), path)?];
    for rehash in store::rehashes(conn, sha256)? {
        // What was added to the chain since is none of what the next one covers.
        chains.last_mut().into_iter().for_each(|before| before.stamps.truncate(rehash.covers));
        chains.push(chain(conn, (rehash.hash, rehash.stamp), rehash.path)?);
    }
    Ok(Some(chains))
}

/// The timestamps over a tree, the first one with the path that leads to it.
fn chain(conn: &mut Conn<'_>, (hash, tree): (Hash, Id), path: Path) -> Result<Chain> {
    let mut first = Some(path);
    let stamps = store::stamps(conn, tree)?
        .into_iter()
        .map(|stamp| ArchiveTimestamp { path: first.take().unwrap_or(stamp.path), token: stamp.token });
    Ok(Chain { hash, stamps: stamps.collect() })
}
