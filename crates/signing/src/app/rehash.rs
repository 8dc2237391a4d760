//! Every document that has an evidence record, covered anew under a stronger hash: for a technician, while the hash before still counts.

use copihue_core::{Kind, Result, Timestamp};
use copihue_db::Conn;
use copihue_db::blobs::Blobs;

use super::Signing;
use crate::hash::Hash;
use crate::store::ers as store;

/// Documents under one new timestamp: so much is done again after a crash at most.
const TOGETHER: usize = 1_000;

/// What came of covering documents anew.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rehashed {
    /// So many were covered.
    pub covered: usize,
    /// SHA-256 of those that are no longer kept, and so were not.
    pub absent: Vec<[u8; 32]>,
}

/// How the evidence records stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvidenceStatus {
    /// Documents that have one.
    pub documents: u64,
    /// How many of them are covered under each hash beyond the first.
    pub anew: Vec<(Hash, u64)>,
    /// When the first of their last timestamps can no longer be checked by its certificate.
    pub ends: Option<Timestamp>,
}

impl Signing {
    /// Covers every document anew that has an evidence record, is kept, and is not covered under that hash yet. What a run that was cut
    /// off did stays done. `progress` hears how many were covered so far.
    ///
    /// # Errors
    /// When no authority gives a timestamp, a document can't be read, or the database refuses.
    pub async fn rehash_kept(
        &self,
        hash: Hash,
        blobs: &Blobs,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Rehashed> {
        let (mut done, mut after) = (Rehashed::default(), Vec::new());
        loop {
            let from = after.clone();
            let page = move |conn: &mut Conn<'_>| store::not_under(conn, hash, &from, TOGETHER);
            let page = self.db().read(page).await?;
            let Some(last) = page.last() else { return Ok(done) };
            after = last.to_vec();
            let mut digests = Vec::new();
            for sha256 in page {
                match blobs.get(sha256).await {
                    // One by one: a page of large documents is not in memory at once.
                    Ok(document) => digests.push((sha256, hash.of(&[&document]).as_ref().to_vec())),
                    Err(error) if error.kind() == Kind::NotFound => done.absent.push(sha256),
                    Err(error) => return Err(error),
                }
            }
            done.covered += self.cover_anew(hash, digests).await?;
            // The program that does this may end before anybody else writes it down.
            self.write_stamp_log().await?;
            progress(done.covered);
        }
    }

    /// How the evidence records stand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_status(&self) -> Result<EvidenceStatus> {
        self.db()
            .read(|conn| {
                let (documents, ends) = store::summary(conn)?;
                Ok(EvidenceStatus { documents, anew: store::covered_anew(conn)?, ends })
            })
            .await
    }
}
