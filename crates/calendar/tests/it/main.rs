//! The stored calendar and the deadlines that run, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod deadlines;
mod overrides;
mod recompute;

use std::sync::Arc;

use copihue_calendar::{Act, Calendars, MIGRATIONS, NewDeadline};
use copihue_core::calendar::{Event, EventKind, Policy, Scope, Zone, term};
use copihue_core::{Actor, Bucket, Id, ManualClock, Result, SeededRandom, Timestamp};
use copihue_db::jobs::Worker;
use copihue_db::testing::{TestDb, engines_at};
use copihue_db::{Db, Tx};
use jiff::civil::Date;

/// One database with the calendar of Saturday 21 November 2026, 12:00 in Santiago.
struct World {
    db: TestDb,
    clock: Arc<ManualClock>,
    calendars: Calendars,
}

/// One for each engine.
fn worlds() -> Vec<World> {
    let clock = Arc::new(ManualClock::at("2026-11-21T15:00:00Z"));
    let world = |db: TestDb| {
        let db = db.prepare(&[MIGRATIONS]);
        let calendars = open(&db, &clock);
        World { db, clock: clock.clone(), calendars }
    };
    engines_at(&clock).into_iter().map(world).collect()
}

fn open(db: &Db, clock: &Arc<ManualClock>) -> Calendars {
    let random = Arc::new(SeededRandom::new(7));
    Calendars::open(db, clock.clone(), random, Policy::default()).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The id of a case in bucket 9.
fn case(n: u8) -> Id {
    Id::new(at("2026-11-21T15:00:00Z"), Bucket::new(9), &SeededRandom::new(u64::from(n)))
}

fn official() -> Actor {
    Actor::job("prueba")
}

impl World {
    /// Writes with the calendars and an actor at hand.
    async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>, &Calendars, &Actor) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let calendars = self.calendars.clone();
        self.db.write(move |tx| f(tx, &calendars, &official())).await
    }

    /// Opens a term of the table for a case, by an act of this date at noon.
    async fn open_term(&self, code: &'static str, subject: Id, date: &'static str) -> Id {
        let noon = Zone::Santiago.instant(day(date).at(12, 0, 0, 0));
        let event = Event { kind: EventKind::Act, at: noon, zone: Zone::Santiago, scope: Scope::NATIONAL };
        self.write(move |tx, calendars, actor| {
            let term = term(code).unwrap();
            let deadline = calendars.current().deadline(term, &event)?;
            let new = NewDeadline { subject_kind: "case", subject, label: &term.label, deadline: &deadline };
            calendars.open_deadline(tx, &new, Act { actor, reference: "DOCU-1" })
        })
        .await
        .unwrap()
    }

    fn worker(&self) -> Worker {
        self.calendars.jobs(Worker::new(self.db.db(), self.clock.clone()))
    }
}
