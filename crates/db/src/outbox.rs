//! Events from one crate to others, published in the transaction that they tell of.
//!
//! Each consumer gets each event at least once, in any order. A delivery is a [job](crate::jobs): it is
//! tried again and parked like any other. Events of a topic without a consumer are held for its first one.

use copihue_core::{Error, Id, Result, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::jobs::{self, Job, NewJob};
use crate::{Conn, Tx, params, sql};

/// What a consumer is told.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same for every consumer and at each attempt: to recognise what was seen before.
    pub id: Id,
    /// What it is about: `payments.succeeded`.
    pub topic: String,
    /// What was published.
    pub payload: Value,
}

impl Event {
    /// The payload as a type.
    ///
    /// # Errors
    /// Internal when it has another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(T::deserialize(&self.payload)?)
    }

    pub(crate) fn of(topic: &str, job: &Job) -> Result<Self> {
        let id = job.payload["id"].as_str().and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| Error::internal("a delivery without its event's id"))?;
        Ok(Self { id, topic: topic.to_owned(), payload: job.payload["payload"].clone() })
    }
}

/// Publishes an event in this transaction.
///
/// # Errors
/// As [`Conn::execute`].
pub fn publish(tx: &mut Tx<'_>, topic: &str, payload: Value) -> Result<()> {
    let id = tx.shared.new_id();
    let consumers =
        tx.query(sql!("SELECT consumer FROM db_subscription WHERE topic = $1"), &params![topic])?;
    if consumers.is_empty() {
        return hold(tx, id, topic, &payload);
    }
    for row in &consumers {
        deliver(tx, id, topic, &row.get::<String>("consumer")?, &payload)?;
    }
    Ok(())
}

/// A consumer that is no more: its deliveries are dropped, and no others are made.
///
/// # Errors
/// As [`Conn::execute`].
pub fn unsubscribe(tx: &mut Tx<'_>, topic: &str, consumer: &str) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM db_subscription WHERE topic = $1 AND consumer = $2"),
        &params![topic, consumer],
    )?;
    tx.execute(sql!("DELETE FROM db_job WHERE kind = $1"), &params![kind(topic, consumer)])?;
    Ok(())
}

/// The kind of the jobs that deliver a topic to a consumer.
pub(crate) fn kind(topic: &str, consumer: &str) -> String {
    format!("outbox {topic} {consumer}")
}

fn deliver(tx: &mut Tx<'_>, id: Id, topic: &str, consumer: &str, payload: &Value) -> Result<()> {
    let payload = json!({"id": id, "payload": payload});
    // Due at once whatever the clock says.
    let run_at = Timestamp::from_millis(0);
    jobs::enqueue(tx, &NewJob { kind: &kind(topic, consumer), key: None, payload, run_at })
}

fn hold(tx: &mut Tx<'_>, id: Id, topic: &str, payload: &Value) -> Result<()> {
    let now = tx.now();
    tx.execute(
        sql!("INSERT INTO db_held_event (id, topic, payload, created_at) VALUES ($1, $2, $3, $4)"),
        &params![id, topic, payload, now],
    )?;
    Ok(())
}

/// Whether every (topic, consumer) is subscribed already.
pub(crate) fn all_known(conn: &mut Conn<'_>, wanted: &[(String, String)]) -> Result<bool> {
    let known = sql!("SELECT 1 AS known FROM db_subscription WHERE topic = $1 AND consumer = $2");
    for (topic, consumer) in wanted {
        if conn.query_opt(known, &params![topic, consumer])?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Subscribes every (topic, consumer), and delivers to them the events that were held.
pub(crate) fn register(tx: &mut Tx<'_>, wanted: &[(String, String)]) -> Result<()> {
    let now = tx.now();
    for (topic, consumer) in wanted {
        tx.execute(
            sql!(
                "INSERT INTO db_subscription (topic, consumer, created_at) VALUES ($1, $2, $3)
                 ON CONFLICT (topic, consumer) DO NOTHING"
            ),
            &params![topic, consumer, now],
        )?;
    }
    for (topic, consumer) in wanted {
        let held = tx.query(
            sql!("SELECT id, payload FROM db_held_event WHERE topic = $1 ORDER BY id"),
            &params![topic],
        )?;
        for row in &held {
            deliver(tx, row.get("id")?, topic, consumer, &row.get("payload")?)?;
        }
    }
    for (topic, _) in wanted {
        tx.execute(sql!("DELETE FROM db_held_event WHERE topic = $1"), &params![topic])?;
    }
    Ok(())
}
