//! The threads that hold the connections.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use copihue_core::{Error, Result, random};

use super::session::Session;
use super::url::Target;
use crate::conn::{Backend, Conn, Health, Tx};
use crate::db::Options;
use crate::shared::Shared;
use crate::task::{Ran, ReadTask, WriteTask, run_hooks};
use crate::threads::Threads;

/// A closure for any of the connections.
pub(crate) enum Item {
    Read(Box<dyn ReadTask>),
    Write(Box<dyn WriteTask>),
}

/// The connections, as threads behind one queue.
pub(crate) struct Pool {
    pub(crate) threads: Threads<Item>,
    target: Target,
    options: Options,
}

/// One snapshot for all the queries of a closure, as SQLite gives.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// SQLite's one writer runs closures as if each were alone, and their rules are tested so. Of PostgreSQL's
/// levels only this one promises the same: under REPEATABLE READ two closures that each read what the other
/// writes (two officials who claim the last place) could both commit. It costs retries, which are ours.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";

/// How often a closure is run again after a collision or a lost connection.
const ATTEMPTS: u32 = 30;

impl Pool {
    pub(crate) fn open(url: &str, options: &Options, shared: &Arc<Shared>) -> Result<Self> {
        let target = Target::parse(url)?;
        let mut threads = Threads::new(options.queue);
        for _ in 0..options.connections.max(1) {
            let mut worker = Worker {
                target: target.clone(),
                options: options.clone(),
                shared: Arc::clone(shared),
                session: None,
            };
            threads.spawn("db-postgres", move |queue| {
                while let Some(item) = queue.pop() {
                    worker.serve(item);
                }
            })?;
        }
        Ok(Self { threads, target, options: options.clone() })
    }

    /// A connection of its own, for migrations and backups. Not for an async thread.
    pub(crate) fn dedicated(&self) -> Result<Session> {
        Session::connect(&self.target, &Options { statement_timeout: Duration::ZERO, ..self.options.clone() })
    }
}

struct Worker {
    target: Target,
    options: Options,
    shared: Arc<Shared>,
    session: Option<Session>,
}

impl Worker {
    fn serve(&mut self, item: Item) {
        match item {
            Item::Read(task) if !task.abandoned() => self.read(task),
            Item::Write(task) if !task.abandoned() => self.write(task),
            Item::Read(_) | Item::Write(_) => {}
        }
    }

    fn session(&mut self) -> Result<&mut Session> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = None;
            self.session = Some(Session::connect(&self.target, &self.options)?);
        }
        self.session.as_mut().ok_or_else(|| Error::internal("no session"))
    }

    fn read(&mut self, mut task: Box<dyn ReadTask>) {
        for attempt in 0..ATTEMPTS {
            match self.attempt(BEGIN_READ, |mut conn| task.run(&mut conn)) {
                Ok(Ran::Again(_)) => self.pause(attempt),
                Ok(_) => return task.finish(),
                Err(end) => return task.fail(end),
            }
        }
        task.fail(Error::unavailable("a transaction collided too often"));
    }

    fn write(&mut self, mut task: Box<dyn WriteTask>) {
        for attempt in 0..ATTEMPTS {
            match self.attempt(BEGIN_WRITE, |conn| task.run(&mut Tx::new(conn))) {
                Ok(Ran::Again(_)) => self.pause(attempt),
                Ok(Ran::Fine) => {
                    run_hooks(task.take_hooks());
                    return task.finish();
                }
                Ok(Ran::Refused) => return task.finish(),
                Err(end) => return task.fail(end),
            }
        }
        task.fail(Error::unavailable("a transaction collided too often"));
    }

    /// One run inside BEGIN … COMMIT. `Err` when it can't be told or must not be repeated.
    fn attempt(&mut self, begin: &str, run: impl FnOnce(Conn<'_>) -> Ran) -> Result<Ran> {
        let shared = Arc::clone(&self.shared);
        let session = self.session()?;
        if let Err(fault) = session.batch(begin) {
            self.session = None;
            return if fault.health == Health::Lost {
                Ok(Ran::Again(Health::Lost))
            } else {
                Err(fault.error)
            };
        }
        let ran = run(Conn::new(Backend::Postgres(session), &shared));
        if ran == Ran::Fine {
            return match session.batch("COMMIT") {
                Ok(()) => {
                    shared.commits.fetch_add(1, Ordering::Relaxed);
                    Ok(Ran::Fine)
                }
                Err(fault) if fault.health == Health::Collided => Ok(Ran::Again(Health::Collided)),
                // Nobody knows whether the commit arrived: running it again could do it twice.
                Err(fault) => Err(fault.error.context("commit")),
            };
        }
        if ran == Ran::Again(Health::Lost) || session.batch("ROLLBACK").is_err() {
            self.session = None;
        }
        Ok(ran)
    }

    /// Waits a random while, longer each time, so that those who collided don't meet again.
    fn pause(&self, attempt: u32) {
        let [byte] = random::bytes::<1>(self.shared.random.as_ref());
        let most = 1u64 << attempt.min(8);
        std::thread::sleep(Duration::from_micros(500 * most * (u64::from(byte) + 1) / 256));
    }
}
