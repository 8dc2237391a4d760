//! Use cases, on the [`Calendars`] that everybody shares.

mod deadlines;
mod overrides;
mod recompute;

use std::sync::Arc;

use arc_swap::ArcSwap;
use copihue_core::calendar::{Calendar, Policy};
use copihue_core::{Actor, Bucket, Clock, Id, Random, Result, Subject};
use copihue_db::Db;

pub use deadlines::{Act, NewDeadline};
pub use recompute::{Progress, RECOMPUTE};

/// The calendar in force and the deadlines that run. Cheap to clone.
#[derive(Clone)]
pub struct Calendars(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    policy: Policy,
    current: ArcSwap<Snapshot>,
}

/// The calendar in force, and its place in the order of versions.
#[derive(Clone)]
struct Snapshot {
    n: i64,
    calendar: Arc<Calendar>,
}

impl Calendars {
    /// Opens the stored calendar. The first time it writes the overrides that the platform ships with. Blocks: call it
    /// at start, after the migrations.
    ///
    /// # Errors
    /// When the database doesn't answer or holds overrides that can't be read.
    pub fn open(db: &Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>, policy: Policy) -> Result<Self> {
        let start = Snapshot { n: 0, calendar: Calendar::shipped() };
        let calendars = Self(Arc::new(Inner {
            db: db.clone(),
            clock,
            random,
            policy,
            current: ArcSwap::from_pointee(start),
        }));
        let seeding = calendars.clone();
        db.write_blocking(move |tx| seeding.seed(tx))?;
        let reading = calendars.clone();
        db.read_blocking(move |conn| reading.reload(conn))?;
        Ok(calendars)
    }

    /// The calendar in force. Keep it for one computation, not longer.
    #[must_use]
    pub fn current(&self) -> Arc<Calendar> {
        self.0.current.load().calendar.clone()
    }

    /// Takes a version that another process wrote. Cheap when there is none.
    ///
    /// # Errors
    /// As [`Calendars::open`].
    pub async fn refresh(&self) -> Result<()> {
        let this = self.clone();
        self.0.db.read(move |conn| this.reload(conn)).await
    }

    fn id(&self, bucket: Bucket) -> Id {
        Id::new(self.0.clock.now(), bucket, self.0.random.as_ref())
    }
}

/// Who, without a RUN: `person:ID`, `client:NAME`, `job:NAME`.
fn who(actor: &Actor) -> String {
    match &actor.subject {
        Subject::Person(person) => format!("person:{}", person.id),
        Subject::Client(name) => format!("client:{name}"),
        Subject::Job(name) => format!("job:{name}"),
    }
}
