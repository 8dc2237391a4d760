//! What a new calendar does to the terms that run (PLZ-02), in batches that don't hold filings up.

use copihue_core::calendar::{Deadline, Recomputed};
use copihue_core::{Actor, Error, Id, Result};
use copihue_db::jobs::Worker;
use copihue_db::{Conn, Tx, outbox};
use serde_json::json;

use super::deadlines::Act;
use super::{Calendars, Snapshot};
use crate::model::{Decision, EventType, Running, State};
use crate::store::deadline as store;
use crate::{MOVED, SHORTENED};

/// The kind of the job that compares running deadlines with a new calendar.
pub const RECOMPUTE: &str = "calendar.recompute";

/// Deadlines in one transaction.
const BATCH: u16 = 200;

/// What a recomputation did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Deadlines compared.
    pub compared: u32,
    /// Those that end later now.
    pub moved: u32,
    /// Those that would end sooner, and wait for a human.
    pub waiting: u32,
}

impl Calendars {
    /// Runs this crate's jobs on the worker.
    #[must_use]
    pub fn jobs(&self, worker: Worker) -> Worker {
        let this = self.clone();
        worker.on(RECOMPUTE, move |_| {
            let this = this.clone();
            async move { this.recompute().await.map(drop) }
        })
    }

    /// Compares every running deadline with the calendar in force: what ends later is moved, told and written to its
    /// history; what would end sooner waits for a human.
    ///
    /// # Errors
    /// When the database doesn't answer; what was compared stays compared.
    pub async fn recompute(&self) -> Result<Progress> {
        self.refresh().await?;
        let mut total = Progress::default();
        for state in [State::Open, State::Suspended] {
            loop {
                let this = self.clone();
                let done = self.0.db.write(move |tx| this.recompute_batch(tx, state)).await?;
                total.compared += done.compared;
                total.moved += done.moved;
                total.waiting += done.waiting;
                if done.compared < u32::from(BATCH) {
                    break;
                }
            }
        }
        tracing::info!(total.compared, total.moved, total.waiting, "deadlines compared with the calendar");
        Ok(total)
    }

    /// Deadlines that wait for a human, soonest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn waiting(&self, conn: &mut Conn<'_>, limit: u16) -> Result<Vec<Running>> {
        store::waiting(conn, limit)
    }

    /// A human decides about a term that the new calendar would shorten.
    ///
    /// # Errors
    /// `sin_propuesta` when nothing waits.
    pub fn decide(&self, tx: &mut Tx<'_>, id: Id, decision: Decision, act: Act<'_>) -> Result<Running> {
        let calendar = self.current();
        self.change(tx, id, EventType::Recomputed, act, &|running| {
            let proposed = running.proposed.take().ok_or_else(|| {
                Error::conflict(
                    "sin_propuesta",
                    "Este plazo no espera una decisión por cambio de calendario.",
                )
            })?;
            running.deadline = match decision {
                Decision::Shorten => proposed,
                Decision::Keep => running.deadline.kept(&proposed, &calendar, act.reference)?,
            };
            Ok(())
        })
    }

    fn recompute_batch(&self, tx: &mut Tx<'_>, state: State) -> Result<Progress> {
        let (snapshot, now) = (self.0.current.load_full(), self.0.clock.now());
        let mut done = Progress::default();
        for running in store::stale(tx, state, snapshot.n, BATCH)? {
            done.compared += 1;
            match running.deadline.recomputed(&snapshot.calendar, now)? {
                Recomputed::Same(new) => self.replace(tx, &snapshot, running, new)?,
                Recomputed::Later(new) => {
                    self.tell(tx, MOVED, &running, &new)?;
                    let (id, due) = (running.id, (Some(running.deadline.due), Some(new.due)));
                    let version = new.calendar_version.clone();
                    self.replace(tx, &snapshot, running, new)?;
                    let actor = Actor::job(RECOMPUTE);
                    self.note(
                        tx,
                        id,
                        EventType::Recomputed,
                        Act { actor: &actor, reference: &version },
                        due,
                    )?;
                    done.moved += 1;
                }
                Recomputed::Sooner(new) => {
                    self.tell(tx, SHORTENED, &running, &new)?;
                    store::update(tx, &Running { proposed: Some(new), ..running }, snapshot.n)?;
                    done.waiting += 1;
                }
            }
        }
        Ok(done)
    }

    fn replace(&self, tx: &mut Tx<'_>, snapshot: &Snapshot, running: Running, new: Deadline) -> Result<()> {
        store::update(tx, &Running { deadline: new, proposed: None, ..running }, snapshot.n)
    }

    fn tell(&self, tx: &mut Tx<'_>, topic: &str, running: &Running, new: &Deadline) -> Result<()> {
        let payload = json!({
            "deadline": running.id,
            "subject_kind": running.subject_kind,
            "subject": running.subject,
            "label": running.label,
            "before": running.deadline.due,
            "after": new.due,
            "version": new.calendar_version,
        });
        outbox::publish(tx, topic, payload)
    }
}
