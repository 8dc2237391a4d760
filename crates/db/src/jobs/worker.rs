//! Workers: take due jobs, run their handlers, and write down how it went.

use std::collections::BTreeMap;
use std::fs::File;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use copihue_core::{Clock, Error, Result, random};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::store::{self, Claimed, LEASE_MS, WorkerId};
use super::{Handler, Job};
use crate::Db;
use crate::outbox::{self, Event};

/// How many jobs of one kind run at once, unless told otherwise.
const LANE: usize = 4;
/// How many run at once in all.
const TOTAL: usize = 32;
/// How long a job enqueued by another process waits at most before it is seen.
const POLL: Duration = Duration::from_secs(1);
/// The longest pause between two attempts.
const MAX_PAUSE_MS: i64 = 3_600_000;
/// A job that has failed for so long is parked.
const PATIENCE_MS: i64 = 24 * 3_600_000;

/// Handlers by kind. Each kind is a lane of its own: a slow one holds up no other.
pub struct Worker {
    db: Db,
    clock: Arc<dyn Clock>,
    id: WorkerId,
    lanes: BTreeMap<String, Lane>,
    subscriptions: Vec<(String, String)>,
    counters: Arc<Counters>,
}

struct Lane {
    handler: Handler,
    limit: usize,
}

/// What a worker has done since it was made.
#[derive(Debug, Default)]
pub struct Counters {
    done: AtomicU64,
    failed: AtomicU64,
    parked: AtomicU64,
}

impl Counters {
    /// Jobs that ended well.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Attempts that failed and will be repeated.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Jobs that were given up.
    #[must_use]
    pub fn parked(&self) -> u64 {
        self.parked.load(Ordering::Relaxed)
    }
}

impl Worker {
    /// A worker without handlers.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        let id = random::bytes(db.shared().random.as_ref());
        let counters = Arc::default();
        Self { db, clock, id, lanes: BTreeMap::new(), subscriptions: Vec::new(), counters }
    }

    /// Runs jobs of `kind` with `handler`.
    #[must_use]
    pub fn on<H, F>(self, kind: &str, handler: H) -> Self
    where
        H: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        self.on_lane(kind, LANE, handler)
    }

    /// As [`on`](Self::on), at most `limit` at once.
    #[must_use]
    pub fn on_lane<H, F>(mut self, kind: &str, limit: usize, handler: H) -> Self
    where
        H: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |job| Box::pin(handler(job)));
        self.lanes.insert(kind.to_owned(), Lane { handler, limit: limit.max(1) });
        self
    }

    /// Tells `handler` of every event of `topic`, as `consumer` (a name that stays the same for ever).
    #[must_use]
    pub fn subscribe<H, F>(mut self, topic: &str, consumer: &str, handler: H) -> Self
    where
        H: Fn(Event) -> F + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let named = topic.to_owned();
        self.subscriptions.push((topic.to_owned(), consumer.to_owned()));
        self.on(&outbox::kind(topic, consumer), move |job| {
            let handler = Arc::clone(&handler);
            let event = Event::of(&named, &job);
            async move { handler(event?).await }
        })
    }

    /// What it has done.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Runs what is due, and what becomes due by it, one after the other. Answers how many attempts it made.
    ///
    /// # Errors
    /// When the database doesn't answer. A handler's error is written down with its job instead.
    pub async fn run_due(&self) -> Result<usize> {
        self.register().await?;
        let mut ran = 0;
        loop {
            let claimed = self.claim(TOTAL, |_, lane| lane.limit).await?;
            if claimed.is_empty() {
                return Ok(ran);
            }
            for one in claimed {
                self.run(one).await;
                ran += 1;
            }
        }
    }

    /// Works in the background until it is told to stop.
    #[must_use]
    pub fn start(self) -> WorkerHandle {
        let (stop, stopped) = watch::channel(false);
        let counters = self.counters();
        let task = tokio::spawn(Arc::new(self).work(stopped));
        WorkerHandle { stop, task: Some(task), counters }
    }

    async fn register(&self) -> Result<()> {
        if self.subscriptions.is_empty() {
            return Ok(());
        }
        let wanted = self.subscriptions.clone();
        if self.db.read(move |conn| outbox::all_known(conn, &wanted)).await? {
            return Ok(());
        }
        let wanted = self.subscriptions.clone();
        self.db.write(move |tx| outbox::register(tx, &wanted)).await
    }

    /// Takes due jobs, at most `room`, and of each kind as many as `free` allows. Writes only when something is due.
    async fn claim(&self, room: usize, free: impl Fn(&str, &Lane) -> usize) -> Result<Vec<Claimed>> {
        let now = self.clock.now();
        let mut wanted: Vec<(String, usize)> =
            self.lanes.iter().map(|(kind, lane)| (kind.clone(), free(kind, lane))).collect();
        wanted.retain(|(_, most)| *most > 0);
        let due = self
            .db
            .read(move |conn| {
                let mut due = Vec::new();
                for (kind, most) in &wanted {
                    if store::any_due(conn, kind, now)? {
                        due.push((kind.clone(), *most));
                    }
                }
                Ok(due)
            })
            .await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let by = self.id;
        let claim = move |tx: &mut crate::Tx<'_>| {
            let mut claimed = Vec::new();
            for (kind, most) in &due {
                let most = room.saturating_sub(claimed.len()).min(*most);
                claimed.extend(store::claim(tx, kind, &by, now, most)?);
            }
            Ok(claimed)
        };
        self.db.write(claim).await
    }

    /// One attempt, to its end in the table.
    async fn run(&self, claimed: Claimed) {
        let Claimed { job, first_attempt_at } = claimed;
        let (id, kind, attempt) = (job.id, job.kind.clone(), job.attempt);
        let Some(lane) = self.lanes.get(&kind) else { return };
        let handler = Arc::clone(&lane.handler);
        // A task of its own, so that a panic is an error like others.
        let ended = tokio::spawn(async move { handler(job).await }).await;
        let answer = ended.unwrap_or_else(|_| Err(Error::internal("the job's handler panicked")));
        let (by, now) = (self.id, self.clock.now());
        let recorded = match answer {
            Ok(()) => {
                self.counters.done.fetch_add(1, Ordering::Relaxed);
                self.db.write(move |tx| store::finish(tx, id, &by)).await
            }
            Err(error) => {
                let text: String = error.to_string().chars().take(1000).collect();
                tracing::warn!(%kind, attempt, error = %text, "a job failed");
                if now.millis() - first_attempt_at.millis() >= PATIENCE_MS {
                    self.counters.parked.fetch_add(1, Ordering::Relaxed);
                    self.db.write(move |tx| store::park(tx, id, &by, now, &text)).await
                } else {
                    self.counters.failed.fetch_add(1, Ordering::Relaxed);
                    let again = now.plus_millis(pause_ms(attempt));
                    self.db.write(move |tx| store::retry(tx, id, &by, again, &text)).await
                }
            }
        };
        if let Err(error) = recorded {
            // Its lease runs out, and it is run again.
            tracing::error!(%kind, %error, "a job's end could not be written down");
        }
    }

    async fn work(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        // Held to the end: what another process of this file left unfinished before was given up by its death.
        let _sole = self.take_over().await;
        let mut bell = self.db.shared().jobs.subscribe();
        let mut sign_of_life = interval(Duration::from_millis(LEASE_MS as u64 / 3));
        sign_of_life.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut registered = false;
        let mut running = JoinSet::new();
        let mut busy: BTreeMap<String, usize> = BTreeMap::new();
        while !*stopped.borrow_and_update() {
            bell.borrow_and_update();
            if !registered {
                registered = self.register().await.inspect_err(log_unregistered).is_ok();
            }
            self.fill(&mut running, &mut busy).await;
            tokio::select! {
                _ = bell.changed() => {}
                () = sleep_until(Instant::now() + POLL) => {}
                Some(ended) = running.join_next() => leave(&mut busy, ended),
                _ = sign_of_life.tick(), if !busy.is_empty() => self.renew().await,
                changed = stopped.changed() => if changed.is_err() { break },
            }
        }
        loop {
            tokio::select! {
                ended = running.join_next() => if ended.is_none() { return },
                _ = sign_of_life.tick() => self.renew().await,
            }
        }
    }

    /// Starts as many due jobs as there is room for.
    async fn fill(self: &Arc<Self>, running: &mut JoinSet<String>, busy: &mut BTreeMap<String, usize>) {
        let room = TOTAL.saturating_sub(running.len());
        let free = |kind: &str, lane: &Lane| lane.limit.saturating_sub(busy.get(kind).copied().unwrap_or(0));
        if room == 0 {
            return;
        }
        let claimed = match self.claim(room, free).await {
            Ok(claimed) => claimed,
            Err(error) => return tracing::warn!(%error, "jobs could not be taken"),
        };
        for one in claimed {
            *busy.entry(one.job.kind.clone()).or_insert(0) += 1;
            let worker = Arc::clone(self);
            running.spawn(async move {
                let kind = one.job.kind.clone();
                worker.run(one).await;
                kind
            });
        }
    }

    async fn renew(&self) {
        let (by, now) = (self.id, self.clock.now());
        if let Err(error) = self.db.write(move |tx| store::renew(tx, &by, now)).await {
            tracing::warn!(%error, "leases could not be renewed");
        }
    }

    async fn take_over(&self) -> Option<File> {
        let sole = self.db.sole_worker()?;
        let now = self.clock.now();
        if let Err(error) = self.db.write(move |tx| store::release_all(tx, now)).await {
            tracing::warn!(%error, "unfinished jobs wait for their lease to run out");
        }
        Some(sole)
    }
}

fn log_unregistered(error: &Error) {
    tracing::warn!(%error, "consumers could not be subscribed yet");
}

fn leave(busy: &mut BTreeMap<String, usize>, ended: std::result::Result<String, tokio::task::JoinError>) {
    if let Ok(kind) = ended
        && let Some(n) = busy.get_mut(&kind)
    {
        *n -= 1;
        if *n == 0 {
            busy.remove(&kind);
        }
    }
}

/// 1 s, 2 s, 4 s… up to an hour.
fn pause_ms(attempt: u32) -> i64 {
    (1000_i64 << attempt.saturating_sub(1).min(20)).min(MAX_PAUSE_MS)
}

/// A worker at work. Dropped, it takes no more jobs; [`stop`](Self::stop) also waits for those that run.
pub struct WorkerHandle {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl WorkerHandle {
    /// Takes no more jobs and waits until those that run have ended.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take()
            && task.await.is_err()
        {
            tracing::error!("the worker panicked");
        }
    }

    /// What it has done.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}
