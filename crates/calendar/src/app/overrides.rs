//! Changing the calendar without a release (HOL-01 to HOL-04).

use std::sync::Arc;

use copihue_core::calendar::{Calendar, Override, Zone, overrides_from_toml};
use copihue_core::{Actor, Bucket, Error, Id, Result};
use copihue_db::jobs::{self, NewJob};
use copihue_db::{Conn, Tx, outbox};
use serde_json::json;

use super::{Calendars, RECOMPUTE, Snapshot, who};
use crate::CHANGED;
use crate::model::{StoredOverride, Version};
use crate::store::overrides as store;

/// Overrides hang from no person or institution.
const NO_BUCKET: Bucket = Bucket::new(0);

impl Calendars {
    /// The overrides in force, oldest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn overrides(&self, conn: &mut Conn<'_>) -> Result<Vec<StoredOverride>> {
        store::in_force(conn)
    }

    /// The last versions, newest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn versions(&self, conn: &mut Conn<'_>, limit: u16) -> Result<Vec<Version>> {
        store::versions(conn, limit)
    }

    /// Adds overrides as one version, which is in force when the transaction commits. Answers its name.
    ///
    /// # Errors
    /// `feriado_en_conflicto` when two would contradict each other; `motivo_invalido` without a reason.
    pub fn add_overrides(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        new: &[Override],
        reason: &str,
    ) -> Result<String> {
        check_reason(reason)?;
        let at = self.0.clock.now();
        for body in new {
            let line = StoredOverride {
                id: self.id(NO_BUCKET),
                body: body.clone(),
                created_by: who(actor),
                created_at: at,
                reason: reason.to_owned(),
            };
            store::insert(tx, &line)?;
        }
        self.publish(tx, actor, reason)
    }

    /// Adds the overrides of a TOML text that are not there yet. A malformed text changes nothing.
    ///
    /// # Errors
    /// `feriado_invalido`, `feriado_en_conflicto`, `motivo_invalido`.
    pub fn import_overrides(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        toml: &str,
        reason: &str,
    ) -> Result<String> {
        let known = store::in_force(tx)?;
        let mut new = overrides_from_toml(toml)?;
        new.retain(|body| known.iter().all(|line| line.body != *body));
        if new.is_empty() {
            return Ok(self.current().version().to_string());
        }
        self.add_overrides(tx, actor, &new, reason)
    }

    /// Withdraws an override. Its line stays, with who did it and why.
    ///
    /// # Errors
    /// `no_encontrado` when there is none in force with this id; `motivo_invalido` without a reason.
    pub fn withdraw_override(&self, tx: &mut Tx<'_>, actor: &Actor, id: Id, reason: &str) -> Result<String> {
        check_reason(reason)?;
        if !store::withdraw(tx, id, &who(actor), self.0.clock.now(), reason)? {
            return Err(Error::not_found());
        }
        self.publish(tx, actor, reason)
    }

    /// The shipped overrides as the first version, in a database that has none.
    pub(super) fn seed(&self, tx: &mut Tx<'_>) -> Result<()> {
        if store::last_version(tx)?.is_some() {
            return Ok(());
        }
        let shipped = overrides_from_toml(Calendar::shipped_overrides())?;
        self.add_overrides(
            tx,
            &Actor::job("calendar.seed"),
            &shipped,
            "Feriados con que parte la plataforma",
        )?;
        Ok(())
    }

    /// Takes the stored calendar when it is newer than the one in force.
    pub(super) fn reload(&self, conn: &mut Conn<'_>) -> Result<()> {
        let Some(last) = store::last_version(conn)? else { return Ok(()) };
        if last.n > self.0.current.load().n {
            let calendar = self.build(conn, &last.version)?;
            self.swap(&Snapshot { n: last.n, calendar });
        }
        Ok(())
    }

    fn build(&self, conn: &mut Conn<'_>, version: &str) -> Result<Arc<Calendar>> {
        let table = store::in_force(conn)?.into_iter().map(|line| line.body).collect();
        Ok(Arc::new(Calendar::new(version, self.0.policy, table)?))
    }

    /// Makes a version of the overrides as they are now, refusing them when they clash. The last thing that a change does.
    fn publish(&self, tx: &mut Tx<'_>, actor: &Actor, reason: &str) -> Result<String> {
        let now = self.0.clock.now();
        let day = Zone::Santiago.date(now);
        let n = store::last_version(tx)?.map_or(0, |last| last.n) + 1;
        let name = format!("{day}.{}", store::versions_of_day(tx, day)? + 1);
        let calendar = self.build(tx, &name)?;
        let version = Version {
            n,
            version: name.clone(),
            hash: calendar.hash().to_owned(),
            valid_from: now,
            changed_by: who(actor),
            reason: reason.to_owned(),
        };
        store::insert_version(tx, day, &version)?;
        outbox::publish(tx, CHANGED, json!({"version": name, "reason": reason}))?;
        let key = Some(RECOMPUTE.to_owned());
        jobs::enqueue(tx, &NewJob { kind: RECOMPUTE, key, payload: json!({}), run_at: now })?;
        let (this, snapshot) = (self.clone(), Snapshot { n, calendar });
        tx.on_commit(move || this.swap(&snapshot));
        Ok(name)
    }

    /// Puts a snapshot in force, unless a newer one is there already.
    fn swap(&self, new: &Snapshot) {
        self.0
            .current
            .rcu(|current| if current.n >= new.n { current.clone() } else { Arc::new(new.clone()) });
        tracing::info!(version = %new.calendar.version(), "calendar in force");
    }
}

fn check_reason(reason: &str) -> Result<()> {
    if (5..=500).contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    let message = "Escriba el motivo del cambio, entre 5 y 500 caracteres.";
    Err(Error::invalid("motivo_invalido", message).field("motivo", message))
}
