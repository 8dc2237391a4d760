//! From a signed checkpoint to a published one: the witnesses are asked, and nothing leaves without their quorum (LED-07).

mod ask;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;

use copihue_core::{Result, Timestamp};
use copihue_tlog::note::Note;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use crate::ledger::{Inner, Ledger};
use crate::meters;
use crate::record::Family;
use crate::store::{self, Signed, Standing};

/// Once the quorum is there, the others get this much longer to sign the same checkpoint.
const GRACE: Duration = Duration::from_millis(100);
/// A log at rest gets new cosignatures so often: a reader sees that it is still being watched.
const REFRESH_SECONDS: i64 = 600;
/// And when they don't answer, they are asked again so often.
const REFRESH_RETRY_SECONDS: i64 = 60;
/// So long without a quorum wakes the operator.
const ALARM_SECONDS: i64 = 60;

/// What a round of questions came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Round {
    /// The last signed checkpoint is out.
    Settled,
    /// It waits for its witnesses: acts go on, receipts stay pending.
    Waiting,
}

impl Ledger {
    /// A round for each log that has something to show, all at once.
    ///
    /// # Errors
    /// As [`copihue_db::Db::write`].
    pub(crate) async fn publish_all(&self) -> Result<()> {
        let rounds = self.due().await?.into_iter().map(|family| self.publish(family));
        join_all(rounds).await.into_iter().try_for_each(|round| round.map(drop))
    }

    /// The logs whose witnesses are to be asked.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub(crate) async fn due(&self) -> Result<Vec<Family>> {
        if self.inner.witnessing.witnesses.is_empty() {
            return Ok(Vec::new());
        }
        let usable: Vec<Family> = Family::ALL.into_iter().filter(|f| self.may_sign(*f)).collect();
        let standings = self.inner.db.read(move |conn| {
            let of = |family| Ok((family, store::standing(conn, family)?));
            usable.iter().copied().map(of).collect::<Result<Vec<_>>>()
        });
        let now = self.inner.clock.now();
        let due = |family: &Family, standing: &Standing| {
            let (Some(shown), Some(asked)) =
                (standing.published_at, self.inner.asked(*family, standing.last.size))
            else {
                return true;
            };
            now >= shown.plus_seconds(REFRESH_SECONDS) && now >= asked.plus_seconds(REFRESH_RETRY_SECONDS)
        };
        let due = standings.await?.into_iter().filter(|(f, s)| s.as_ref().is_some_and(|s| due(f, s)));
        Ok(due.map(|(family, _)| family).collect())
    }

    /// Asks the witnesses of a log's last signed checkpoint, and publishes it when the policy is met.
    ///
    /// # Errors
    /// As [`copihue_db::Db::write`].
    pub(crate) async fn publish(&self, family: Family) -> Result<Round> {
        let Some(_turn) = Turn::take(&self.inner, family) else { return Ok(Round::Waiting) };
        let standing = self.inner.db.read(move |conn| store::standing(conn, family)).await?;
        let Some(standing) = standing else { return Ok(Round::Settled) };
        let lines = self.cosignatures(family, &standing.last).await;
        let names = lines.keys().map(String::as_str);
        let (met, now) = (self.inner.witnessing.is_met_by(names), self.inner.clock.now());
        if met && !(lines.is_empty() && standing.published_at.is_some()) {
            self.show(family, &standing, lines.values().map(String::as_str).collect()).await?;
        }
        self.inner.has_asked(family, standing.last.size, now);
        self.note_waiting(family, &standing, met, now);
        Ok(if met { Round::Settled } else { Round::Waiting })
    }

    /// The signature lines of the witnesses that signed, by their names.
    async fn cosignatures(&self, family: Family, signed: &Signed) -> BTreeMap<String, String> {
        let witnessing = &self.inner.witnessing;
        let mut answers: FuturesUnordered<_> =
            witnessing.witnesses.iter().map(|witness| self.ask(family, witness, signed)).collect();
        let (mut lines, mut silent) = (BTreeMap::new(), self.names());
        let mut add = |(name, line): (&str, Option<String>)| {
            silent.remove(name);
            lines.extend(line.map(|line| (name.to_owned(), line)));
            witnessing.has_quorum() && witnessing.is_met_by(lines.keys().map(String::as_str))
        };
        while let Some(answer) = answers.next().await {
            if add(answer) {
                break;
            }
        }
        let others = async {
            while let Some(answer) = answers.next().await {
                add(answer);
            }
        };
        let _ = tokio::time::timeout(GRACE, others).await;
        silent.iter().for_each(|name| meters::witness(name, "tarde"));
        lines
    }

    fn names(&self) -> BTreeSet<&str> {
        self.inner.witnessing.witnesses.iter().map(|witness| witness.name.as_str()).collect()
    }

    async fn show(&self, family: Family, standing: &Standing, cosignatures: String) -> Result<()> {
        let own = self.inner.signer(family)?.verifier().clone();
        let note = Note::parse(&standing.last.note)
            .map_err(|_| copihue_core::Error::internal("ledger: a signed checkpoint can't be read"))?;
        let note = format!("{}{cosignatures}", note.only(std::slice::from_ref(&own)));
        let (signed, now) = (Signed { note, ..standing.last.clone() }, self.inner.clock.now());
        let fresh = standing.published_at.is_none();
        let write = move |tx: &mut copihue_db::Tx<'_>| {
            let before = store::latest_checkpoint(tx, family)?.map_or(0, |shown| shown.size);
            store::publish(tx, family, &signed, now)?;
            // How long the oldest entry that comes out with it had to wait.
            store::appended_at(tx, family, before)
        };
        let oldest = self.inner.db.write(write).await?;
        if fresh && let Some(oldest) = oldest {
            meters::published(family, oldest, now);
        }
        Ok(())
    }

    fn note_waiting(&self, family: Family, standing: &Standing, met: bool, now: Timestamp) {
        let since = standing.waiting_since.filter(|_| !met);
        let seconds = since.map_or(0, |since| (now.millis() - since.millis()) / 1000);
        meters::unwitnessed(family, seconds);
        let mut alarmed = self.inner.alarmed.lock().unwrap_or_else(PoisonError::into_inner);
        if seconds < ALARM_SECONDS {
            alarmed.remove(&family);
        } else if alarmed.insert(family) {
            tracing::error!(
                ledger = family.name(),
                seconds,
                "sin_quorum: no se publica; los comprobantes esperan a los testigos"
            );
        }
    }

    /// Since when a signed checkpoint of this log waits for its witnesses; `None` when all that was signed is out.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn waiting_for_witnesses(&self, family: Family) -> Result<Option<Timestamp>> {
        let standing = self.inner.db.read(move |conn| store::standing(conn, family)).await?;
        Ok(standing.and_then(|standing| standing.waiting_since))
    }
}

impl Inner {
    /// When the witnesses were asked last about this size of a log.
    fn asked(&self, family: Family, size: u64) -> Option<Timestamp> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(&family).filter(|(of, _)| *of == size).map(|(_, at)| *at)
    }

    fn has_asked(&self, family: Family, size: u64, now: Timestamp) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(family, (size, now));
    }

    pub(crate) fn is_busy(&self, family: Family) -> bool {
        self.busy().contains(&family)
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, BTreeSet<Family>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One round at a time for each log.
struct Turn<'a>(&'a Inner, Family);

impl<'a> Turn<'a> {
    fn take(inner: &'a Inner, family: Family) -> Option<Self> {
        inner.busy().insert(family).then_some(Self(inner, family))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy().remove(&self.1);
    }
}
