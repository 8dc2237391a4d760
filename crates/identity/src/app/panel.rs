//! The keepers' panel: how many log in, where, with what, how many are refused; and what of it is unusual.

use std::collections::BTreeMap;
use std::time::Duration;

use copihue_core::{Actor, Error, Result, Timestamp};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record};

use super::desk::checked;
use super::standing::who;
use crate::Identity;
use crate::model::alarm::{AlarmKind, HOURS, Unusual, unusual};
use crate::model::event::{EventKind, Outcome};
use crate::model::tally::{Counted, STRANGER, hour_of};
use crate::store::{self, Alarm};

/// Between two writings of what was counted: the panel is never older.
const EACH: Duration = Duration::from_secs(10);
/// Counts are kept for so many hours.
const KEPT: i64 = 400 * 24;
/// Hours that the panel shows.
pub(crate) const SHOWN: usize = 24;
/// Alarms that are shown.
const ALARMS: usize = 50;

/// Logins by how they ended.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Logins {
    pub(crate) done: u64,
    pub(crate) refused: u64,
    /// Of the refused ones, those with a RUN that nobody has.
    pub(crate) strangers: u64,
}

impl Logins {
    fn add(&mut self, what: &Counted, n: u64) {
        if what.is(EventKind::Login, Outcome::Ok) || what.is(EventKind::Reuse, Outcome::Ok) {
            self.done += n;
        } else if what.kind == EventKind::Login.code() {
            self.refused += n;
            self.strangers += if what.factors == STRANGER { n } else { 0 };
        }
    }
}

/// What the panel shows.
pub(crate) struct Panel {
    pub(crate) at: Timestamp,
    /// Each hour, this one last.
    pub(crate) hours: Vec<(Timestamp, Logins)>,
    /// Over all of them: name, institution and logins of each application, the busiest first.
    pub(crate) applications: Vec<(String, String, Logins)>,
    /// The factors of the logins that succeeded, and how many.
    pub(crate) factors: Vec<(Vec<String>, u64)>,
    pub(crate) alarms: Vec<Alarm>,
}

impl Panel {
    pub(crate) fn total(&self) -> Logins {
        self.hours.iter().fold(Logins::default(), |all, (_, hour)| Logins {
            done: all.done + hour.done,
            refused: all.refused + hour.refused,
            strangers: all.strangers + hour.strangers,
        })
    }
}

impl Identity {
    /// Counts it once the transaction is there.
    pub(crate) fn tallied(&self, tx: &mut Tx<'_>, what: Counted) {
        let identity = self.clone();
        tx.on_commit(move || identity.0.tally.add(what, 1));
    }

    /// Writes what was counted, and raises what is unusual, from now on. Ends with the program.
    pub fn watch(&self) -> tokio::task::JoinHandle<()> {
        let identity = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EACH).await;
                if let Err(error) = identity.watch_once().await {
                    tracing::warn!(%error, "the panel of identity waits");
                }
            }
        })
    }

    /// One round of [`watch`](Self::watch).
    ///
    /// # Errors
    /// When the database refuses; what was counted is kept for the next round.
    pub async fn watch_once(&self) -> Result<()> {
        let counts = self.0.tally.take();
        let (identity, counted) = (self.clone(), counts.clone());
        let now = self.now();
        let write = move |tx: &mut Tx<'_>| {
            store::add_counts(tx, &counted)?;
            let hour = hour_of(now);
            for what in unusual(hour, &store::counts_since(tx, hour - HOURS as i64)?) {
                if store::raise(tx, what, now)? {
                    identity.raised(tx, what, now)?;
                }
            }
            Ok(())
        };
        let written = self.0.db.write(write).await;
        if written.is_err() {
            counts.into_iter().for_each(|(what, n)| self.0.tally.add(what, n));
        }
        written
    }

    fn raised(
        &self,
        tx: &mut Tx<'_>,
        Unusual { kind, hour, n, usual }: Unusual,
        now: Timestamp,
    ) -> Result<()> {
        tx.on_commit(move || {
            tracing::error!(kind = kind.code(), n, usual, "something unusual in the logins");
            metrics::counter!("identity_alarm_total", "kind" => kind.code()).increment(1);
        });
        let id = format!("{}/{hour}", kind.code());
        self.0.evidence.append(tx, alarm_record("identity.alarm_raised", id, now, vec![Field::plain("n", n)]))
    }

    /// What the panel shows now.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn panel(&self) -> Result<Panel> {
        self.watch_once().await?;
        let now = self.now();
        let first = hour_of(now) - (SHOWN as i64 - 1);
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let counts = store::counts_since(conn, first)?;
            Ok((counts, store::client_names(conn)?, store::alarms(conn, ALARMS)?))
        };
        let (counts, names, alarms) = self.0.db.read(read).await?;
        Ok(Panel {
            at: now,
            hours: by_hour(first, &counts),
            applications: by_application(&counts, names),
            factors: by_factors(&counts),
            alarms,
        })
    }

    /// Closes an alarm, saying what it was.
    ///
    /// # Errors
    /// `motivo_corto`; not found when no such alarm is open.
    pub(crate) async fn close_alarm(&self, actor: &Actor, alarm: (AlarmKind, i64), note: &str) -> Result<()> {
        let (note, by, now) = (checked(note)?.to_owned(), who(actor), self.now());
        let identity = self.clone();
        let close = move |tx: &mut Tx<'_>| {
            if !store::close_alarm(tx, alarm, (&by, &note), now)? {
                return Err(Error::not_found());
            }
            let id = format!("{}/{}/cerrada", alarm.0.code(), alarm.1);
            let fields = vec![Field::plain("by", by.as_str()), Field::plain("note", note.as_str())];
            identity.0.evidence.append(tx, alarm_record("identity.alarm_closed", id, now, fields))
        };
        self.0.db.write(close).await
    }

    pub(crate) fn forget_counts(&self, tx: &mut Tx<'_>) -> Result<u64> {
        store::drop_counts(tx, hour_of(self.now()) - KEPT)
    }
}

fn alarm_record(kind: &'static str, id: String, now: Timestamp, fields: Vec<Field>) -> Record {
    let ts = Field::plain("ts", now.to_string());
    let fields = std::iter::once(ts).chain(fields).collect();
    Record { family: Family::Identity, kind, record_id: format!("alarma/{id}"), subject: None, fields }
}

fn by_hour(first: i64, counts: &[(Counted, u64)]) -> Vec<(Timestamp, Logins)> {
    let begin = |back: usize| Timestamp::from_millis((first + back as i64) * crate::model::tally::HOUR_MS);
    let mut hours: Vec<(Timestamp, Logins)> = (0..SHOWN).map(|n| (begin(n), Logins::default())).collect();
    for (what, n) in counts {
        let at = usize::try_from(what.hour - first).ok();
        if let Some((_, logins)) = at.and_then(|at| hours.get_mut(at)) {
            logins.add(what, *n);
        }
    }
    hours
}

fn by_application(
    counts: &[(Counted, u64)],
    names: Vec<(String, String, String)>,
) -> Vec<(String, String, Logins)> {
    let mut logins: BTreeMap<&str, Logins> = BTreeMap::new();
    for (what, n) in counts.iter().filter(|(what, _)| !what.client.is_empty()) {
        logins.entry(&what.client).or_default().add(what, *n);
    }
    let of =
        |(id, name, body): (String, String, String)| Some((name, body, logins.get(id.as_str()).copied()?));
    let mut all: Vec<_> = names.into_iter().filter_map(of).filter(|(.., l)| l.done + l.refused > 0).collect();
    all.sort_by_key(|(.., logins)| std::cmp::Reverse(logins.done + logins.refused));
    all
}

fn by_factors(counts: &[(Counted, u64)]) -> Vec<(Vec<String>, u64)> {
    let mut used: BTreeMap<&str, u64> = BTreeMap::new();
    for (what, n) in counts.iter().filter(|(what, _)| what.is(EventKind::Login, Outcome::Ok)) {
        *used.entry(&what.factors).or_default() += n;
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let mut all: Vec<(Vec<String>, u64)> = used.into_iter().map(|(text, n)| (words(text), n)).collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all
}
