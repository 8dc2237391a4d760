//! A closure on its way through the database's threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use copihue_core::{Error, Result};
use tokio::sync::oneshot;

use crate::conn::{Conn, Health, Hook, Tx, swallowed};

/// How a run of a closure ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ran {
    /// Commit it.
    Fine,
    /// Roll it back; its answer stands.
    Refused,
    /// Roll it back and run it again.
    Again(Health),
}

/// A closure that writes, its outcome and who waits for it.
pub(crate) trait WriteTask: Send {
    /// Nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// Runs the closure. May be called several times.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// What the last run asked to do after the commit.
    fn take_hooks(&mut self) -> Vec<Hook>;
    /// Answers with the last run's outcome, which is durable now (or was refused).
    fn finish(self: Box<Self>);
    /// Answers with an error instead.
    fn fail(self: Box<Self>, error: Error);
}

/// A closure that reads.
pub(crate) trait ReadTask: Send {
    fn abandoned(&self) -> bool;
    fn run(&mut self, conn: &mut Conn<'_>) -> Ran;
    fn finish(self: Box<Self>);
    fn fail(self: Box<Self>, error: Error);
}

/// Who waits for the answer.
pub(crate) enum Reply<T> {
    Async(oneshot::Sender<Result<T>>),
    Blocking(mpsc::SyncSender<Result<T>>),
}

impl<T> Reply<T> {
    fn abandoned(&self) -> bool {
        matches!(self, Self::Async(sender) if sender.is_closed())
    }

    fn send(self, answer: Result<T>) {
        // Whoever stopped waiting doesn't need the answer.
        match self {
            Self::Async(sender) => drop(sender.send(answer)),
            Self::Blocking(sender) => drop(sender.send(answer)),
        }
    }
}

/// A closure with its answer.
pub(crate) struct Closure<T, F> {
    f: F,
    outcome: Option<Result<T>>,
    hooks: Vec<Hook>,
    reply: Reply<T>,
}

impl<T, F> Closure<T, F> {
    pub(crate) fn new(f: F, reply: Reply<T>) -> Self {
        Self { f, outcome: None, hooks: Vec::new(), reply }
    }

    fn settle(&mut self, answer: std::thread::Result<Result<T>>, health: Health) -> Ran {
        let answer = answer.unwrap_or_else(|_| Err(Error::internal("a database closure panicked")));
        let (ran, answer) = match (answer, health) {
            (answer, Health::Collided | Health::Lost) => (Ran::Again(health), answer),
            (Ok(_), Health::Failed) => (Ran::Refused, Err(swallowed())),
            (Err(error), _) => (Ran::Refused, Err(error)),
            (Ok(value), Health::Good) => (Ran::Fine, Ok(value)),
        };
        self.outcome = Some(answer);
        ran
    }

    fn answer(self) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Error::internal("a closure never ran")));
        self.reply.send(outcome);
    }
}

impl<T, F> WriteTask for Closure<T, F>
where
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn abandoned(&self) -> bool {
        self.reply.abandoned()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        let answer = catch_unwind(AssertUnwindSafe(|| (self.f)(tx)));
        self.hooks = tx.take_hooks();
        self.settle(answer, tx.health)
    }

    fn take_hooks(&mut self) -> Vec<Hook> {
        std::mem::take(&mut self.hooks)
    }

    fn finish(self: Box<Self>) {
        self.answer();
    }

    fn fail(self: Box<Self>, error: Error) {
        self.reply.send(Err(error));
    }
}

impl<T, F> ReadTask for Closure<T, F>
where
    F: Fn(&mut Conn<'_>) -> Result<T> + Send,
    T: Send,
{
    fn abandoned(&self) -> bool {
        self.reply.abandoned()
    }

    fn run(&mut self, conn: &mut Conn<'_>) -> Ran {
        let answer = catch_unwind(AssertUnwindSafe(|| (self.f)(conn)));
        self.settle(answer, conn.health)
    }

    fn finish(self: Box<Self>) {
        self.answer();
    }

    fn fail(self: Box<Self>, error: Error) {
        self.reply.send(Err(error));
    }
}

/// Runs what was asked for after the commit. A hook that panics must not take the thread with it.
pub(crate) fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        if catch_unwind(AssertUnwindSafe(hook)).is_err() {
            tracing::error!("a commit hook panicked");
        }
    }
}
