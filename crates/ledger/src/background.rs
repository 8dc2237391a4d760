//! The background work: places, signs, asks the witnesses, keeps the log of logs.
//!
//! Records get their places soon after they arrive, a few at a time, and a checkpoint covers what has its place: had all of
//! an interval's records to be placed when the checkpoint is due, the last ones would wait for longer than an interval.

use std::time::Duration;

use copihue_db::Engine;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::ledger::Ledger;
use crate::publish::Round;

/// How long nothing is looked at when nobody here appends.
const IDLE: Duration = Duration::from_secs(10);
/// The same where another process may append, or an answer is awaited.
const ALERT: Duration = Duration::from_secs(1);
/// Between two rounds of the log of logs.
const INDEX: Duration = Duration::from_secs(60);

/// The background work. Dropped, it goes on by itself.
pub struct Handle {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Handle {
    /// Ends after the batch under way, and lets another process lead.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

impl Ledger {
    /// Sequences and publishes in the background: at once when something is appended, and from then on so often that what
    /// is appended under load is covered by a checkpoint within an interval.
    #[must_use]
    pub fn start(&self) -> Handle {
        let (stop, mut stopped) = watch::channel(false);
        let ledger = self.clone();
        let task = tokio::spawn(async move {
            let mut rounds = JoinSet::new();
            let mut anchoring = JoinSet::new();
            let mut indexed = Instant::now();
            let mut pace = Pace::new(ledger.inner.interval);
            loop {
                if let Err(e) = ledger.step(&mut pace).await {
                    tracing::error!(error = %e, "ledger sequencing failed");
                }
                if let Err(e) = ledger.begin_rounds(&mut rounds).await {
                    tracing::error!(error = %e, "ledger publication failed");
                }
                if indexed.elapsed() >= INDEX {
                    indexed = Instant::now();
                    ledger.index_if_leading().await;
                    ledger.anchor_beside(&mut anchoring);
                }
                tokio::select! {
                    () = ledger.pause(&pace) => {}
                    _ = stopped.changed() => break,
                }
            }
            rounds.shutdown().await;
            anchoring.shutdown().await;
            ledger.resign().await;
        });
        Handle { stop, task }
    }

    /// Places what waits, and signs when it is time for that.
    async fn step(&self, pace: &mut Pace) -> copihue_core::Result<()> {
        if pace.until_signing().is_some() {
            pace.unsigned |= self.place_more().await? > 0;
            return Ok(());
        }
        let begun = Instant::now();
        let placed = self.place_and_sign().await?;
        if pace.unsigned || placed > 0 {
            *pace = Pace { signed: Some(begun), unsigned: false, ..*pace };
        }
        Ok(())
    }

    /// Witnesses are asked beside the placing, which waits for nobody.
    async fn begin_rounds(&self, rounds: &mut JoinSet<()>) -> copihue_core::Result<()> {
        while rounds.try_join_next().is_some() {}
        if !self.inner.is_leading() {
            return Ok(());
        }
        for family in self.due().await? {
            if self.inner.is_busy(family) {
                continue;
            }
            let ledger = self.clone();
            rounds.spawn(async move {
                let round = ledger.publish(family).await;
                if let Err(error) = &round {
                    tracing::error!(ledger = family.name(), %error, "ledger publication failed");
                }
                // What was signed meanwhile, or still waits, has its turn after the pause.
                let more = ledger.due().await.is_ok_and(|due| due.contains(&family));
                if more || !matches!(round, Ok(Round::Settled)) {
                    ledger.inner.wake.notify_one();
                }
            });
        }
        Ok(())
    }

    async fn index_if_leading(&self) {
        if !self.inner.is_leading() {
            return;
        }
        if let Err(error) = self.index_once().await {
            tracing::warn!(%error, "the log of logs waits");
        }
    }

    /// Authorities of time may be slow: one round at once, beside everything else.
    fn anchor_beside(&self, anchoring: &mut JoinSet<()>) {
        while anchoring.try_join_next().is_some() {}
        if !self.inner.is_leading() || !anchoring.is_empty() {
            return;
        }
        let ledger = self.clone();
        anchoring.spawn(async move {
            if let Err(error) = ledger.anchor_once().await {
                tracing::warn!(%error, "the logs' anchors in time wait");
            }
        });
    }

    async fn pause(&self, pace: &Pace) {
        tokio::time::sleep(pace.between_places()).await;
        let alert = self.inner.is_looking() || self.inner.db.engine() == Engine::Postgres;
        let idle = if alert { ALERT } else { IDLE };
        let longest = if pace.unsigned { pace.until_signing().unwrap_or_default() } else { idle };
        let _ = tokio::time::timeout(longest, self.inner.wake.notified()).await;
    }
}

/// When to place, and when to sign.
#[derive(Clone, Copy)]
struct Pace {
    interval: Duration,
    /// When the last signing began.
    signed: Option<Instant>,
    /// Whether something has its place and no checkpoint yet.
    unsigned: bool,
}

impl Pace {
    fn new(interval: Duration) -> Self {
        Self { interval, signed: None, unsigned: true }
    }

    fn between_places(&self) -> Duration {
        self.interval / 10
    }

    /// The rest of the interval is for what arrives while the checkpoint is being made.
    fn until_signing(&self) -> Option<Duration> {
        let due = self.signed? + self.interval * 7 / 10;
        due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}
