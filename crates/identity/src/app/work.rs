//! When a try costs a proof of work, and whether it was brought (§3.4). Strangers' failures make tries dearer and never impossible: who has
//! no script waits for some seconds, and a browser that the person has used before is asked for nothing.

use std::net::IpAddr;

use copihue_core::{Bucket, Result, Run, Timestamp};
use copihue_db::{Conn, Tx};

use crate::Identity;
use crate::model::throttle::{Counter, Limit, Verdict, count, standing, verdict};
use crate::model::work::{self, Endpoint, Ticket};
use crate::store;

/// Tries of one network in a minute that are paid with patience alone: waiting costs a guesser little.
const WAITS: Limit = Limit { free: 10, first_wait: 60, max_wait: 60, forget: 60 };
/// A count that never stops anybody: of the failures of everybody, in a minute.
const EVERYBODY: Limit = Limit { free: i64::MAX, first_wait: 0, max_wait: 0, forget: 60 };
/// Rows that share the count of everybody: no single one is written by every login.
const SHARDS: i64 = 16;

/// What a try brings.
#[derive(Clone, Debug)]
pub(crate) enum Paid {
    /// Nothing that counts.
    Nothing,
    /// It comes out of a session, not from anybody.
    Exempt,
    /// A challenge whose answer is still owed.
    Owed,
    /// The answer.
    Solved(Ticket),
    /// The time.
    Waited(Ticket),
}

/// Where failures are counted, and how many begin to cost.
pub(super) struct Priced {
    pub(super) at: (Bucket, [u8; 32]),
    pub(super) limit: Limit,
    pub(super) from: i64,
}

impl Identity {
    /// What a form brings for its work.
    pub(crate) fn paid(&self, bound: &str, challenge: &str, answer: &str) -> Paid {
        let now = self.now();
        let Some(ticket) = work::read(&self.0.form, (Endpoint::Login, bound), challenge, now) else {
            return Paid::Nothing;
        };
        match () {
            () if ticket.solved_by(answer) => Paid::Solved(ticket),
            () if ticket.waited(now) => Paid::Waited(ticket),
            () => Paid::Owed,
        }
    }

    /// A challenge for a form of this browser, where its next try will cost one.
    pub(crate) async fn asked_for_work(
        &self,
        run: Option<Run>,
        peer: IpAddr,
        bound: &str,
    ) -> Result<Option<String>> {
        let identity = self.clone();
        let subject = run.map(|run| (self.0.buckets.of_run(run), self.subject("run", &self.run_hash(run))));
        let read = move |conn: &mut Conn<'_>| {
            let priced = identity.priced(subject, identity.prefix("login", peer));
            identity.difficulty(conn, &priced)
        };
        let difficulty = self.0.db.read(read).await?;
        let make =
            |bits| work::challenge(&self.0.form, (Endpoint::Login, bound), bits, self.now(), &*self.0.random);
        Ok(difficulty.map(make))
    }

    /// The counters that make a try dearer: those of the RUN, of the network, and of everybody.
    pub(super) fn priced(
        &self,
        subject: Option<(Bucket, [u8; 32])>,
        prefix: (Bucket, [u8; 32]),
    ) -> Vec<Priced> {
        let (limits, from) = (self.0.config.limits, self.0.config.limits.work);
        let mine = subject.map(|at| Priced { at, limit: limits.unknown_devices, from: from.run });
        let shard = subject.map_or(0, |(bucket, _)| shard(bucket));
        let everybody = Priced {
            at: self.everybody(shard),
            limit: EVERYBODY,
            from: from.everybody.div_euclid(SHARDS).max(1),
        };
        let network = Priced { at: prefix, limit: limits.prefix, from: from.prefix };
        mine.into_iter().chain([network, everybody]).collect()
    }

    /// The hardest of what they ask for; nothing where the try has to wait anyway.
    pub(super) fn difficulty(&self, conn: &mut Conn<'_>, priced: &[Priced]) -> Result<Option<u8>> {
        let mut hardest = None;
        for Priced { at, limit, from } in priced {
            let counter = store::counter(conn, at.0, &at.1)?;
            if verdict(&counter, self.now()) != Verdict::Go {
                return Ok(None);
            }
            let failures = standing(&counter, *limit, self.now());
            hardest = hardest.max(work::difficulty(failures, *from));
        }
        Ok(hardest)
    }

    /// Whether what the try brings is enough, and spends it.
    pub(super) fn pays(&self, tx: &mut Tx<'_>, paid: &Paid, difficulty: u8, peer: IpAddr) -> Result<bool> {
        let (ticket, waited) = match paid {
            Paid::Exempt => return Ok(true),
            Paid::Nothing | Paid::Owed => return Ok(false),
            Paid::Solved(ticket) => (ticket, false),
            Paid::Waited(ticket) => (ticket, true),
        };
        if ticket.difficulty < difficulty {
            return Ok(false);
        }
        if waited && self.take(tx, self.prefix("login waits", peer), WAITS, self.now())?.0 != Verdict::Go {
            return Ok(false);
        }
        store::spend_once(tx, &ticket.id(), ticket.expires())
    }

    /// One more failure of somebody. When they become too many, whoever watches the program's log is told.
    pub(super) fn count_everybody(&self, tx: &mut Tx<'_>, bucket: Bucket) -> Result<()> {
        let at = self.everybody(shard(bucket));
        let counter: Counter = store::counter(tx, at.0, &at.1)?;
        let next = count(&counter, EVERYBODY, self.now());
        let from = self.0.config.limits.work.everybody.div_euclid(SHARDS).max(1);
        let (before, after) =
            (work::difficulty(counter.failures, from), work::difficulty(next.failures, from));
        if after > before {
            tracing::warn!(
                difficulty = after,
                "passwords are being guessed on a large scale: a proof of work is asked for"
            );
        }
        store::put_counter(tx, at.0, &at.1, &next)
    }

    /// The count of everybody's failures in this minute, one part of it.
    fn everybody(&self, shard: i64) -> (Bucket, [u8; 32]) {
        let minute = self.now().millis().div_euclid(60_000);
        self.nobodys(&format!("everybody {minute}"), &shard.to_be_bytes())
    }
}

fn shard(bucket: Bucket) -> i64 {
    i64::from(bucket.number()) % SHARDS
}

/// Until when a try of this form may be told to wait, in seconds.
pub(crate) fn patience_of(challenge: &str) -> i64 {
    let bits = challenge.split('.').nth(2).and_then(|bits| bits.parse().ok());
    work::patience(bits.unwrap_or(work::EASIEST))
}

/// When a try that brought nothing may come again.
pub(crate) fn again_at(now: Timestamp, challenge: &str) -> Timestamp {
    now.plus_seconds(patience_of(challenge))
}
