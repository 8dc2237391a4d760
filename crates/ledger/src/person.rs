//! What happened to a person, as they may see it: their events, newest first, each with its receipt.

use std::collections::BTreeMap;
use std::sync::Arc;

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Conn;
use copihue_tlog::commitment::{Disclosure, parse_open_extra};
use serde_json::Value;

use crate::append::KeysForReading;
use crate::ledger::{Inner, Ledger};
use crate::receipt::signed_proof;
use crate::record::Family;
use crate::sealed::{self, Show};
use crate::store::Stored;
use crate::store::person::{self, Listed, Place};

/// Beyond an interval, the time that sequencing and signing themselves may take.
const ALLOWANCE_MS: i64 = 1_000;
/// A receipt that is later than this is late: nobody promises when it comes.
const LATE_MS: i64 = 15_000;

/// An event of a person, with the fields that they may see.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonEvent {
    /// The ledger.
    pub family: Family,
    /// What happened.
    pub kind: String,
    /// The record's id.
    pub record_id: String,
    /// When it was appended.
    pub at: Timestamp,
    /// What it says, without what concerns others or was erased.
    pub fields: BTreeMap<String, Value>,
}

/// Some of a person's events.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonEvents {
    /// Newest first.
    pub events: Vec<PersonEvent>,
    /// Where older ones begin, when there are any: for the next call.
    pub older: Option<String>,
}

/// Where the receipt of an event is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Receipt {
    /// The `.tlog-proof`.
    Ready(String),
    /// No signed checkpoint covers it yet; by when one will, unless it is late.
    Pending(Option<Timestamp>),
}

impl Ledger {
    /// The person's events, of one ledger or of all; `before` as an earlier answer gave it (anything else begins anew).
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn events_of(
        &self,
        person: Id,
        family: Option<Family>,
        before: Option<&str>,
        limit: usize,
    ) -> Result<PersonEvents> {
        let (inner, before) = (Arc::clone(&self.inner), before.and_then(place));
        let read = move |conn: &mut Conn<'_>| {
            let mut found = person::events(conn, person, family, before.as_ref(), limit + 1)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let older = found.last().filter(|_| more).map(|last| bookmark(&last.place));
            let events = found.into_iter().map(|listed| shown(conn, &inner, person, listed));
            Ok(PersonEvents { events: events.collect::<Result<_>>()?, older })
        };
        self.inner.db.read(read).await
    }

    /// One event with its receipt, which shows the person's own fields. `None` when it isn't the person's.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn event_of(
        &self,
        person: Id,
        family: Family,
        record_id: &str,
    ) -> Result<Option<(PersonEvent, Receipt)>> {
        let (ledger, record_id) = (self.clone(), record_id.to_owned());
        let read = move |conn: &mut Conn<'_>| {
            let Some(listed) = person::event(conn, person, family, &record_id)? else { return Ok(None) };
            let show = Show::PersonOwn(person);
            let receipt = ledger.receipt_in(conn, family, &record_id, &listed.stored, show, listed.at)?;
            Ok(Some((shown(conn, &ledger.inner, person, listed)?, receipt)))
        };
        self.inner.db.read(read).await
    }

    pub(crate) fn receipt_in(
        &self,
        conn: &mut Conn<'_>,
        family: Family,
        record_id: &str,
        stored: &Stored,
        show: Show,
        at: Timestamp,
    ) -> Result<Receipt> {
        let proof = match stored.index {
            Some(index) => signed_proof(conn, family, index, None)?,
            None => None,
        };
        let Some(mut proof) = proof else { return Ok(Receipt::Pending(self.expected(family, at))) };
        proof.extra = Some(extra(conn, &self.inner, (family, record_id), stored, show)?.into_bytes());
        Ok(Receipt::Ready(proof.to_string()))
    }

    /// By when a checkpoint will cover what was appended at `at`.
    fn expected(&self, family: Family, at: Timestamp) -> Option<Timestamp> {
        let interval = i64::try_from(self.inner.interval.as_millis()).unwrap_or(i64::MAX);
        let now = self.inner.clock.now();
        let late = now > at.plus_millis(interval.saturating_add(LATE_MS)) || self.usable(family).is_err();
        let promised = at.plus_millis(interval.saturating_add(ALLOWANCE_MS));
        (!late).then(|| promised.max(now.plus_millis(ALLOWANCE_MS)))
    }
}

fn shown(conn: &mut Conn<'_>, inner: &Inner, person: Id, listed: Listed) -> Result<PersonEvent> {
    let Place { family, record_id, .. } = listed.place;
    let extra = extra(conn, inner, (family, &record_id), &listed.stored, Show::PersonOwn(person))?;
    Ok(PersonEvent { family, kind: listed.stored.kind, at: listed.at, fields: fields(&extra), record_id })
}

/// What a receipt of this record discloses.
pub(crate) fn extra(
    conn: &mut Conn<'_>,
    inner: &Inner,
    (family, record_id): (Family, &str),
    stored: &Stored,
    show: Show,
) -> Result<String> {
    let mut keys = KeysForReading { inner, conn, family };
    let place = (family.name(), record_id, stored.kind.as_str());
    sealed::disclose(place, &stored.sealed, show, &inner.master, &mut keys)
}

fn fields(extra: &str) -> BTreeMap<String, Value> {
    if let Some((_, _, fields)) = parse_open_extra(extra.as_bytes()) {
        return fields;
    }
    let open = Disclosure::parse(extra.as_bytes()).map(|d| d.open).unwrap_or_default();
    open.into_iter().map(|(name, field)| (name, field.value)).collect()
}

fn bookmark(place: &Place) -> String {
    format!("{}/{}/{}", place.seq, place.family.name(), place.record_id)
}

fn place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '/');
    Some(Place {
        seq: parts.next()?.parse().ok()?,
        family: Family::named(parts.next()?)?,
        record_id: parts.next()?.to_owned(),
    })
}
