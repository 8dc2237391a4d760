//! The database: opening it, writing, reading.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use copihue_core::{Clock, Error, Random, Result, SystemClock, SystemRandom};
use tokio::sync::{oneshot, watch};

use crate::conn::{Backend, Conn, Tx};
use crate::error::{nested, overloaded, unanswered};
use crate::postgres::{Item, Pool};
use crate::shared::Shared;
use crate::sqlite::Sqlite;
use crate::task::{Closure, Reply};
use crate::threads::on_database_thread;

/// Which engine keeps the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// How a database is opened.
#[derive(Clone)]
pub struct Options {
    /// SQLite: how many threads read.
    pub readers: usize,
    /// PostgreSQL: how many connections (each a thread).
    pub connections: usize,
    /// The most closures that wait; one more is answered `Unavailable`.
    pub queue: usize,
    /// PostgreSQL: the longest that a statement may take.
    pub statement_timeout: Duration,
    /// Tells the time of jobs, events and blobs.
    pub clock: Arc<dyn Clock>,
    /// Makes the ids of jobs and events, and spreads retries.
    pub random: Arc<dyn Random>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            connections: 16,
            queue: 4096,
            statement_timeout: Duration::from_secs(30),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(SystemRandom),
        }
    }
}

/// A database. Cheap to clone; the last clone dropped finishes what was accepted and closes it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: EngineThreads,
    shared: Arc<Shared>,
}

enum EngineThreads {
    Sqlite(Sqlite),
    Postgres(Box<Pool>),
}

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://user@host/database?schema=name`.
    ///
    /// # Errors
    /// Internal when the address is wrong or the file can't be opened.
    pub fn open(url: &str, options: Options) -> Result<Self> {
        let shared = Arc::new(Shared {
            clock: Arc::clone(&options.clock),
            random: Arc::clone(&options.random),
            commits: AtomicU64::new(0),
            jobs: watch::Sender::new(0),
        });
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            EngineThreads::Sqlite(Sqlite::open(Path::new(path), &options, &shared)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            EngineThreads::Postgres(Box::new(Pool::open(url, &options, &shared)?))
        } else {
            return Err(Error::internal("the database's address is sqlite:PATH or postgres://…"));
        };
        Ok(Self { inner: Arc::new(Inner { engine, shared }) })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner.engine {
            EngineThreads::Sqlite(_) => Engine::Sqlite,
            EngineThreads::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `f` in a transaction, as if it were alone. When this returns `Ok`, the commit is durable.
    ///
    /// `f` may run more than once, so it has no side effects: no mail, no HTTP, no counters. An `Err` from
    /// it rolls everything back.
    ///
    /// # Errors
    /// What `f` answers; `Unavailable` when the queue is full or the engine is not there.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.enqueue_write(Closure::new(f, Reply::Async(sender)))?;
        answer.await.map_err(|_| unanswered())?
    }

    /// Runs `f` over one consistent snapshot.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Conn<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.enqueue_read(Closure::new(f, Reply::Async(sender)))?;
        answer.await.map_err(|_| unanswered())?
    }

    /// [`write`](Self::write) for threads that may block. Never inside a closure.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_blocking<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        if on_database_thread() {
            return Err(nested());
        }
        let (sender, answer) = mpsc::sync_channel(1);
        self.enqueue_write(Closure::new(f, Reply::Blocking(sender)))?;
        answer.recv().map_err(|_| unanswered())?
    }

    /// [`read`](Self::read) for threads that may block. Never inside a closure.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn read_blocking<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut Conn<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        if on_database_thread() {
            return Err(nested());
        }
        let (sender, answer) = mpsc::sync_channel(1);
        self.enqueue_read(Closure::new(f, Reply::Blocking(sender)))?;
        answer.recv().map_err(|_| unanswered())?
    }

    fn enqueue_write<T, F>(&self, closure: Closure<T, F>) -> Result<()>
    where
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let task = Box::new(closure);
        match &self.inner.engine {
            EngineThreads::Sqlite(sqlite) => sqlite.writer.queue.push(task).map_err(|_| overloaded()),
            EngineThreads::Postgres(pool) => {
                pool.threads.queue.push(Item::Write(task)).map_err(|_| overloaded())
            }
        }
    }

    fn enqueue_read<T, F>(&self, closure: Closure<T, F>) -> Result<()>
    where
        F: Fn(&mut Conn<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let task = Box::new(closure);
        match &self.inner.engine {
            EngineThreads::Sqlite(sqlite) => sqlite.readers.queue.push(task).map_err(|_| overloaded()),
            EngineThreads::Postgres(pool) => {
                pool.threads.queue.push(Item::Read(task)).map_err(|_| overloaded())
            }
        }
    }

    /// How many closures wait for a thread: for the metrics.
    #[must_use]
    pub fn waiting(&self) -> usize {
        match &self.inner.engine {
            EngineThreads::Sqlite(sqlite) => sqlite.writer.queue.len() + sqlite.readers.queue.len(),
            EngineThreads::Postgres(pool) => pool.threads.queue.len(),
        }
    }

    /// SQLite: says that this process alone works off the jobs, while the file lives. `None` when another
    /// one does, and on PostgreSQL, where many may.
    pub(crate) fn sole_worker(&self) -> Option<File> {
        let EngineThreads::Sqlite(sqlite) = &self.inner.engine else { return None };
        let mut path = sqlite.path.clone().into_os_string();
        path.push("-worker");
        let file = File::options().create(true).append(true).open(path).ok()?;
        file.try_lock().ok().map(|()| file)
    }

    /// How many commits this process has made: on SQLite one may hold many closures. For the metrics.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.shared.commits.load(Ordering::Relaxed)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }

    /// Runs `f` once on a connection of its own, outside of any transaction, on a thread of its own
    /// (PostgreSQL's client may not be called from an async thread).
    pub(crate) fn dedicated<T: Send>(&self, f: impl FnOnce(&mut Conn<'_>) -> Result<T> + Send) -> Result<T> {
        let run = || match &self.inner.engine {
            EngineThreads::Sqlite(sqlite) => {
                f(&mut Conn::new(Backend::Sqlite(&sqlite.dedicated()?), self.shared()))
            }
            EngineThreads::Postgres(pool) => {
                f(&mut Conn::new(Backend::Postgres(&mut pool.dedicated()?), self.shared()))
            }
        };
        std::thread::scope(|scope| scope.spawn(run).join())
            .unwrap_or_else(|_| Err(Error::internal("a thread with its own connection panicked")))
    }
}
