//! Work to do after a transaction: kept in a table, so that it survives whatever happens in between.
//!
//! A job is run at least once: its handler must be able to run twice. It is tried again after 1 s, 2 s, 4 s…
//! up to an hour; after a day of failures it is parked with its error, and an operator decides.

mod store;
mod worker;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use copihue_core::{Id, Result, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Conn, Tx};

pub use worker::{Counters, Worker, WorkerHandle};

/// A job to enqueue.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Which handler runs it: `notifications.mail`.
    pub kind: &'a str,
    /// While one with this kind and key waits, another is not added. Added while it runs, it is run once more.
    pub key: Option<String>,
    /// What the handler is told. No personal data beyond what the job needs.
    pub payload: Value,
    /// Not before this.
    pub run_at: Timestamp,
}

/// A job as its handler sees it.
#[derive(Clone, Debug)]
pub struct Job {
    /// The same at each attempt.
    pub id: Id,
    /// The kind it was enqueued with.
    pub kind: String,
    /// The key it was enqueued with.
    pub key: Option<String>,
    /// What it was enqueued with.
    pub payload: Value,
    /// From 1.
    pub attempt: u32,
}

impl Job {
    /// The payload as a type.
    ///
    /// # Errors
    /// Internal when it has another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(T::deserialize(&self.payload)?)
    }
}

/// How many jobs of a kind there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// Waiting or running.
    pub pending: i64,
    /// Given up.
    pub parked: i64,
}

pub(crate) type HandlerFuture = Pin<Box<dyn Future<Output = Result<()>> + Send>>;
pub(crate) type Handler = Arc<dyn Fn(Job) -> HandlerFuture + Send + Sync>;

/// Adds a job in this transaction. The workers of this process are woken by its commit.
///
/// # Errors
/// As [`Conn::execute`].
pub fn enqueue(tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<()> {
    let id = tx.shared.new_id();
    store::insert(tx, id, job)?;
    let shared = Arc::clone(tx.shared);
    tx.on_commit(move || shared.jobs.send_modify(|n| *n = n.wrapping_add(1)));
    Ok(())
}

/// How many jobs there are of each kind: for metrics and the operator's page.
///
/// # Errors
/// As [`Conn::query`].
pub fn counts(conn: &mut Conn<'_>) -> Result<Vec<KindCount>> {
    store::counts(conn)
}

/// Gives the parked jobs of a kind another day, from now. Answers how many there were.
///
/// # Errors
/// As [`Conn::execute`].
pub fn unpark(tx: &mut Tx<'_>, kind: &str) -> Result<u64> {
    store::unpark(tx, kind)
}
