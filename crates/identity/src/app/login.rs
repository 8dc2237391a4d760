//! A RUN and a password: throttled, answered alike whoever asks, and hashed elsewhere.

use std::net::IpAddr;

use copihue_core::{Acr, Bucket, Result, Run, Timestamp};
use copihue_db::Tx;

use super::authorize::ask;
use super::{Happened, Paid};
use crate::Identity;
use crate::hash::Verified;
use crate::model::client::Client;
use crate::model::event::{EventKind, Outcome};
use crate::model::gate::may_issue;
use crate::model::person::Person;
use crate::model::tally::{Counted as Tallied, STRANGER};
use crate::model::throttle::{Counter, Limit, Verdict, count, verdict};
use crate::store::{self, PersonRow};

/// A try.
pub(crate) struct Attempt<'a> {
    pub(crate) run: Run,
    pub(crate) password: &'a str,
    /// Hash of the browser's cookie.
    pub(crate) device: Option<[u8; 32]>,
    pub(crate) peer: IpAddr,
    /// Browser and system, in words.
    pub(crate) label: &'a str,
    pub(crate) trace: &'a str,
    /// The proof of work, where one may be asked for.
    pub(crate) paid: &'a Paid,
}

/// What became of it.
pub(crate) enum Authenticated {
    /// It is this person.
    Yes(Box<Person>, Counted),
    /// It is not; nobody learns why.
    No,
    /// Nobody looked.
    Wait(Timestamp),
    /// Nobody looked, nor counted it: a proof of work is owed.
    Work,
}

/// The counters that the try raised, to be taken back when it succeeds.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    subject: (Bucket, [u8; 32]),
    /// None for a known browser: its neighbours' counter was not touched.
    prefix: Option<(Bucket, [u8; 32])>,
    /// A hash with today's parameters, when the stored one is older.
    pub(crate) rehash: Option<String>,
}

struct Looked {
    row: Option<PersonRow>,
    waits: bool,
    verdict: Verdict,
    /// A proof of work.
    owed: bool,
    counted: Counted,
}

impl Identity {
    /// Whether the password is that of the RUN. A RUN that nobody has costs the same time and the same writes.
    pub(crate) async fn authenticate(&self, client: &Client, attempt: &Attempt<'_>) -> Result<Authenticated> {
        let looked = self.look(attempt).await?;
        if let Verdict::Wait(until) = looked.verdict {
            return Ok(Authenticated::Wait(until));
        }
        if looked.owed {
            return Ok(Authenticated::Work);
        }
        let stored = looked.row.as_ref().and_then(|row| row.password.as_deref());
        let verified = self.0.hasher.verify(stored, attempt.password).await?;
        let person = match (verified, looked.row) {
            (Verified::Yes | Verified::Outdated, Some(row)) => Some(self.open_person(row)?),
            (_, Some(row)) => {
                let person = self.open_person(row)?;
                self.failed(client, attempt, looked.waits, &looked.counted, Some(person)).await?;
                return Ok(Authenticated::No);
            }
            (_, None) => None,
        };
        let mut counted = looked.counted;
        let best = ["mfa".to_owned()];
        match person {
            // What the login is worth is judged when it is over.
            Some(person) if may_issue(&ask(&person, client, (Acr::High, &best), self.now())).is_ok() => {
                if verified == Verified::Outdated {
                    counted.rehash = Some(self.0.hasher.make(attempt.password, &*self.0.random).await?);
                }
                Ok(Authenticated::Yes(Box::new(person), counted))
            }
            person => {
                self.failed(client, attempt, looked.waits, &counted, person).await?;
                Ok(Authenticated::No)
            }
        }
    }

    /// Counts the try before it is looked at.
    async fn look(&self, attempt: &Attempt<'_>) -> Result<Looked> {
        let (bucket, run_hash) = (self.0.buckets.of_run(attempt.run), self.run_hash(attempt.run));
        let (device, peer, identity) = (attempt.device, attempt.peer, self.clone());
        let paid = attempt.paid.clone();
        let look = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            let row = store::by_run(tx, bucket, &run_hash)?;
            let known = match (&row, device) {
                (Some(row), Some(device)) => {
                    store::knows(tx, bucket, row.id, &device, now)?.then_some(device)
                }
                _ => None,
            };
            let limits = identity.0.config.limits;
            let (subject, limit) = match known {
                Some(device) => {
                    (identity.subject("device", &[run_hash, device].concat()), limits.known_device)
                }
                None => (identity.subject("run", &run_hash), limits.unknown_devices),
            };
            let (mine, prefix) = ((bucket, subject), identity.prefix("login", peer));
            let mut counted = Counted { subject: mine, prefix: None, rehash: None };
            if known.is_none() {
                let priced = identity.priced(Some(mine), prefix);
                if let Some(difficulty) = identity.difficulty(tx, &priced)?
                    && !identity.pays(tx, &paid, difficulty, peer)?
                {
                    return Ok(Looked { row, waits: false, verdict: Verdict::Go, owed: true, counted });
                }
            }
            let one = identity.take(tx, mine, limit, now)?;
            // A known browser is stopped by its own failures only: never by its neighbours'.
            let two = match known {
                Some(_) => (Verdict::Go, false),
                None => identity.take(tx, prefix, limits.prefix, now)?,
            };
            counted.prefix = known.is_none().then_some(prefix);
            let verdict = if one.0 == Verdict::Go { two.0 } else { one.0 };
            Ok(Looked { row, waits: one.1, verdict, owed: false, counted })
        };
        self.0.db.write(look).await
    }

    /// Counts a try of a subject, unless it has to wait anyway. Answers too whether the next one will have to.
    pub(super) fn take(
        &self,
        tx: &mut Tx<'_>,
        at: (Bucket, [u8; 32]),
        limit: Limit,
        now: Timestamp,
    ) -> Result<(Verdict, bool)> {
        let counter = store::counter(tx, at.0, &at.1)?;
        let verdict = verdict(&counter, now);
        if verdict != Verdict::Go {
            return Ok((verdict, true));
        }
        let next = count(&counter, limit, now);
        store::put_counter(tx, at.0, &at.1, &next)?;
        Ok((verdict, now < next.wait_until))
    }

    /// Writes the failure into the history of the person, if there is one; a write either way, for the same time.
    async fn failed(
        &self,
        client: &Client,
        attempt: &Attempt<'_>,
        waits: bool,
        counted: &Counted,
        person: Option<Person>,
    ) -> Result<()> {
        let (identity, client) = (self.clone(), client.clone());
        let (label, trace) = (attempt.label.to_owned(), attempt.trace.to_owned());
        let (subject, unknown) = (counted.subject, counted.prefix.is_some());
        let write = move |tx: &mut Tx<'_>| {
            let counter: Counter = store::counter(tx, subject.0, &subject.1)?;
            store::put_counter(tx, subject.0, &subject.1, &counter)?;
            if unknown {
                identity.count_everybody(tx, subject.0)?;
            }
            let Some(person) = &person else {
                let (kind, outcome) = (EventKind::Login, Outcome::Failed);
                identity.tallied(tx, Tallied::new(identity.now(), kind, outcome, &client.id, STRANGER));
                return Ok(());
            };
            let what = Happened {
                outcome: if waits { Outcome::Blocked } else { Outcome::Failed },
                client: Some(&client),
                device: &label,
                trace: &trace,
                ..Happened::of(person.id, EventKind::Login)
            };
            identity.happened(tx, what)
        };
        self.0.db.write(write).await
    }

    /// The try was right: what it counted is forgotten.
    pub(crate) fn forgive(&self, tx: &mut Tx<'_>, counted: &Counted) -> Result<()> {
        store::clear(tx, counted.subject.0, &counted.subject.1)?;
        match counted.prefix {
            Some(prefix) => self.take_back(tx, prefix),
            None => Ok(()),
        }
    }

    /// Takes one try back.
    pub(super) fn take_back(&self, tx: &mut Tx<'_>, at: (Bucket, [u8; 32])) -> Result<()> {
        let mut counter = store::counter(tx, at.0, &at.1)?;
        if counter.failures > 0 {
            counter.failures -= 1;
            counter.wait_until = counter.wait_until.min(self.now());
            store::put_counter(tx, at.0, &at.1, &counter)?;
        }
        Ok(())
    }

    pub(super) fn subject(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        self.0.sealer.hash(&[b"counter:", kind.as_bytes(), b":", value].concat())
    }

    /// The counter of an address prefix: /24, or /56 of an IPv6 address; another one for each thing that is counted. Only its keyed hash
    /// is stored.
    pub(super) fn prefix(&self, what: &str, peer: IpAddr) -> (Bucket, [u8; 32]) {
        match peer.to_canonical() {
            IpAddr::V4(v4) => self.nobodys(&format!("{what} v4"), &v4.octets()[..3]),
            IpAddr::V6(v6) => self.nobodys(&format!("{what} v6"), &v6.octets()[..7]),
        }
    }

    /// A counter that belongs to no person.
    pub(super) fn nobodys(&self, what: &str, value: &[u8]) -> (Bucket, [u8; 32]) {
        let hash = self.subject(what, value);
        (Bucket::new(u16::from_be_bytes([hash[0], hash[1]])), hash)
    }
}
