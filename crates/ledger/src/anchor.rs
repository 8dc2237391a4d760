//! Anchors in time: once an hour an authority that stamps documents stamps each log's checkpoint, too (LED-09). Whatever we
//! or our witnesses say of the time, what stands under that checkpoint was there before the authority's instant.

use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Tx};
use copihue_tlog::note::Note;
use futures_util::future::BoxFuture;

use crate::ledger::Ledger;
use crate::meters;
use crate::record::Family;
use crate::store::{self, Signed, lease};

/// Between two anchors of a log that grows.
const INTERVAL_SECONDS: i64 = 3_600;

/// Where anchors come from: the deployment's authorities of time.
pub trait TimeAuthority: Send + Sync {
    /// A response (RFC 3161 `TimeStampResp`, DER) that grants a timestamp over these bytes, and the instant that it says.
    ///
    /// # Errors
    /// When no authority gives one that holds. Never anything but a real one.
    fn stamp(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(Vec<u8>, Timestamp)>>;
}

/// What an authority of time said of a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// The checkpoint's size.
    pub size: u64,
    /// The authority's response over the checkpoint's text: RFC 3161 `TimeStampResp`, DER.
    pub response: Vec<u8>,
    /// The instant that it says.
    pub at: Timestamp,
}

/// What the authority stamps: the checkpoint's three lines, without any signature.
pub(crate) fn text(signed: &Signed) -> Result<String> {
    let note = Note::parse(&signed.note);
    note.map(|note| note.text).map_err(|_| Error::internal("ledger: a signed checkpoint can't be read"))
}

impl Ledger {
    /// Says where anchors come from. Until then, and without it, there are none.
    pub fn anchor_with(&self, authority: Arc<dyn TimeAuthority>) {
        let _ = self.inner.authority.set(authority);
    }

    /// Has each log's last published checkpoint stamped that has grown since its last anchor, an hour ago or more. Answers
    /// how many were. What an authority doesn't give now is asked for again the next time.
    ///
    /// # Errors
    /// When no authority answers, or the database refuses.
    pub async fn anchor_once(&self) -> Result<usize> {
        let Some(authority) = self.inner.authority.get() else { return Ok(0) };
        let mut done = 0;
        for family in Family::ALL.into_iter().filter(|family| self.may_sign(*family)) {
            let Some(signed) = self.to_anchor(family).await? else { continue };
            let stamped = authority.stamp(text(&signed)?.into_bytes()).await;
            meters::anchor(family, stamped.is_ok());
            let (response, at) = stamped?;
            let (anchor, holder) = (Anchor { size: signed.size, response, at }, self.inner.holder);
            let keep = move |tx: &mut Tx<'_>| {
                lease::require(tx, &holder)?;
                store::anchor::insert(tx, family, &anchor)
            };
            self.inner.db.write(keep).await?;
            done += 1;
        }
        Ok(done)
    }

    async fn to_anchor(&self, family: Family) -> Result<Option<Signed>> {
        let now = self.inner.clock.now();
        let read = move |conn: &mut Conn<'_>| {
            let Some(signed) = store::latest_checkpoint(conn, family)? else { return Ok(None) };
            let last = store::anchor::latest(conn, family)?;
            let due = |(size, at): (u64, Timestamp)| {
                signed.size > size && now.millis() >= at.plus_seconds(INTERVAL_SECONDS).millis()
            };
            Ok(last.is_none_or(due).then_some(signed))
        };
        self.inner.db.read(read).await
    }

    /// What an authority of time said of the checkpoint of this size, if one was asked about it.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn anchor(&self, family: Family, size: u64) -> Result<Option<Anchor>> {
        self.inner.db.read(move |conn| store::anchor::of_size(conn, family, size)).await
    }

    /// The text that the authority stamped at this size.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn anchored_text(&self, family: Family, size: u64) -> Result<Option<String>> {
        let read = move |conn: &mut Conn<'_>| {
            let signed =
                store::anchor::of_size(conn, family, size)?.map(|_| store::checkpoint_of(conn, family, size));
            signed.transpose()?.flatten().map(|signed| text(&signed)).transpose()
        };
        self.inner.db.read(read).await
    }
}
