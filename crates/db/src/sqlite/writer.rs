//! The one thread that writes, many closures a commit.
//!
//! A durable commit costs one fsync whatever it holds. So closures that arrive while one is under way
//! are run together in the next: each in a savepoint, acknowledged only after the commit.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use copihue_core::{Error, Result};
use rusqlite::Connection;

use super::statement::fault;
use crate::conn::{Backend, Conn, Tx};
use crate::db::Options;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::task::{Ran, WriteTask, run_hooks};
use crate::threads::Threads;

pub(crate) type Item = Box<dyn WriteTask>;

/// How often the writer lets others run before it closes a group that is smaller than the last.
const TURNS: usize = 4;

/// The most closures in one commit: bounds how long the first one waits.
const GROUP: usize = 512;

pub(super) fn start(conn: Connection, options: &Options, shared: &Arc<Shared>) -> Result<Threads<Item>> {
    let mut threads = Threads::<Item>::new(options.queue);
    let mut writer = Writer { conn, shared: Arc::clone(shared), waiting: VecDeque::new(), last: 0 };
    threads.spawn("db-writer", move |queue| {
        while let Some(first) = writer.waiting.pop_front().or_else(|| queue.pop()) {
            writer.group(first, queue);
        }
    })?;
    Ok(threads)
}

struct Writer {
    conn: Connection,
    shared: Arc<Shared>,
    /// Taken from the queue, not run yet.
    waiting: VecDeque<Item>,
    /// How many closures the last commit held.
    last: usize,
}

impl Writer {
    fn group(&mut self, first: Item, queue: &Queue<Item>) {
        let mut done = Vec::with_capacity(self.last);
        if let Err(e) = self.statement("BEGIN IMMEDIATE") {
            return first.fail(e);
        }
        let mut whole = Ok(());
        let mut next = Some(first);
        while let Some(mut task) = next.take() {
            if !task.abandoned() {
                whole = self.in_savepoint(task.as_mut());
                done.push(task);
                if whole.is_err() {
                    break;
                }
            }
            next = self.next(queue, done.len());
        }
        self.last = done.len();
        match whole.and_then(|()| self.statement("COMMIT")) {
            Ok(()) => {
                self.shared.commits.fetch_add(1, Ordering::Relaxed);
                done.into_iter().for_each(acknowledge);
            }
            Err(_) => {
                self.rollback();
                done.into_iter().for_each(|task| self.alone(task));
            }
        }
    }

    /// The next closure for a group that holds `done`.
    fn next(&mut self, queue: &Queue<Item>, done: usize) -> Option<Item> {
        let room = GROUP.saturating_sub(done);
        if self.waiting.is_empty() {
            queue.drain_into(&mut self.waiting, room);
        }
        // Those whom the last commit answered are about to come again: on a busy machine they get a turn
        // first, since what misses this commit waits for a whole one.
        for _ in 0..TURNS {
            if room == 0 || !self.waiting.is_empty() || done >= self.last {
                break;
            }
            std::thread::yield_now();
            queue.drain_into(&mut self.waiting, room);
        }
        self.waiting.pop_front()
    }

    /// Runs a closure so that its failure undoes only itself. `Err` when the whole group is lost.
    fn in_savepoint(&self, task: &mut dyn WriteTask) -> Result<()> {
        self.statement("SAVEPOINT closure")?;
        if self.run(task) == Ran::Fine {
            return self.statement("RELEASE closure");
        }
        task.take_hooks();
        self.statement("ROLLBACK TO closure")?;
        self.statement("RELEASE closure")
    }

    fn run(&self, task: &mut dyn WriteTask) -> Ran {
        task.run(&mut Tx::new(Conn::new(Backend::Sqlite(&self.conn), &self.shared)))
    }

    /// A group that could not be committed (disk full, a deferred constraint) is run again one by one, so
    /// that only the culprit fails.
    fn alone(&self, mut task: Item) {
        if let Err(e) = self.statement("BEGIN IMMEDIATE") {
            return task.fail(e);
        }
        if self.run(task.as_mut()) != Ran::Fine {
            task.take_hooks();
            self.rollback();
            return task.finish();
        }
        match self.statement("COMMIT") {
            Ok(()) => acknowledge(task),
            Err(e) => {
                self.rollback();
                task.fail(e);
            }
        }
    }

    fn rollback(&self) {
        if !self.conn.is_autocommit()
            && let Err(e) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %e, "rollback failed");
        }
    }

    fn statement(&self, text: &str) -> Result<()> {
        let done = self.conn.prepare_cached(text).and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|e| -> Error { fault(e).error })
    }
}

fn acknowledge(mut task: Item) {
    run_hooks(task.take_hooks());
    task.finish();
}
