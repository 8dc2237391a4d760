//! What our timestamp authority gave: summed up in memory, written a moment later, and closed hour by hour into the ledger.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use copihue_core::{Result, Timestamp};
use copihue_db::Tx;

use super::{Act, Signing};
use crate::model::stamp_hour::StampHour;
use crate::store::stamp_hour as store;

/// Between two writes.
const EVERY: Duration = Duration::from_secs(1);
/// What waits to be written. While nothing can be, no more is given than this.
const MOST_WAITING: usize = 100_000;

/// A timestamp that was given: by which certificate, its digest, when.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) serial: String,
    pub(super) token: [u8; 32],
    pub(super) at: Timestamp,
}

impl Signing {
    /// Keeps the log of timestamps from now on. Ends with the program.
    pub fn keep_stamp_log(&self) -> tokio::task::JoinHandle<()> {
        let signing = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(error) = signing.write_stamp_log().await {
                    tracing::error!(%error, "the log of timestamps can't be written; trying again");
                }
            }
        })
    }

    /// Writes what was given since the last time, and closes the hours that are over.
    ///
    /// # Errors
    /// When the database or the ledger does not take it; what was given waits then.
    pub async fn write_stamp_log(&self) -> Result<()> {
        let given = std::mem::take(&mut *self.given());
        let (work, signing, now) = (Arc::new(given), self.clone(), self.now());
        let inside = Arc::clone(&work);
        let written = self.db().write(move |tx| {
            for run in inside.chunk_by(|a, b| a.serial == b.serial) {
                sum_up(tx, run)?;
            }
            let closed = store::close(tx, now)?;
            closed.iter().try_for_each(|h| signing.0.parts.evidence.append(tx, &Act::Stamped(h)))
        });
        let result = written.await;
        if result.is_err() {
            let mut waiting = self.given();
            let since = std::mem::replace(&mut *waiting, work.to_vec());
            waiting.extend(since);
        }
        result
    }

    /// The hours in which timestamps were given, from this one on, a thousand at most.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stamp_hours(&self, from: Timestamp) -> Result<Vec<StampHour>> {
        self.db().read(move |conn| store::since(conn, from)).await
    }

    pub(super) fn note_stamp(&self, given: Given) {
        self.given().push(given);
    }

    /// Whether so much waits to be written that nothing more may be given.
    pub(super) fn stamp_log_is_full(&self) -> bool {
        self.given().len() >= MOST_WAITING
    }

    fn given(&self) -> std::sync::MutexGuard<'_, Vec<Given>> {
        self.0.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Timestamps of one certificate, in their order.
fn sum_up(tx: &mut Tx<'_>, run: &[Given]) -> Result<()> {
    let Some(first) = run.first() else { return Ok(()) };
    let mut hour = store::current(tx, &first.serial, first.at)?;
    for given in run {
        let next = crate::model::stamp_hour::hour_of(given.at);
        if next > hour.hour {
            store::put(tx, &hour)?;
            hour = StampHour::begin(&given.serial, given.at, hour.chain);
        }
        hour.add(given.token, given.at);
    }
    store::put(tx, &hour)
}
