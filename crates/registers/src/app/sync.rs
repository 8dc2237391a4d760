//! The platform's own knowledge, as entries. Only what changed there is written: a correction made here stays.

use std::collections::{BTreeMap, BTreeSet};

use copihue_core::calendar::Zone;
use copihue_core::{Error, Result};
use copihue_db::Tx;
use copihue_ledger::Register;
use jiff::civil::Date;

use super::Registers;
use crate::model::definition::{Definition, END};
use crate::model::entry::{Decision, PLATFORM};
use crate::model::item::{Item, one};
use crate::model::territory;
use crate::store;

/// Few enough that no other transaction waits long behind them.
const BATCH: usize = 200;

/// What happens to a key.
enum Change {
    Put(String, Item),
    End(String),
}

impl Registers {
    /// Writes an entry for each key of which the platform says something new since it was last asked. Answers how many.
    ///
    /// # Errors
    /// When the database or the ledger doesn't take them, after the other registers had their turn; what was written stays.
    pub async fn sync(&self) -> Result<u64> {
        self.sync_those(|_| true).await
    }

    /// [`sync`](Self::sync) of some registers.
    pub(super) async fn sync_those(&self, which: impl Fn(Register) -> bool) -> Result<u64> {
        let (mut written, mut failed) = (0, None);
        for register in Register::ALL.into_iter().filter(|register| which(*register)) {
            match self.sync_one(register).await {
                Ok(count) => written += count,
                Err(error) => failed = Some(error),
            }
        }
        if written > 0 {
            self.reload().await?;
        }
        failed.map_or(Ok(written), Err)
    }

    async fn sync_one(&self, register: Register) -> Result<u64> {
        let taken = self.take_back(register).await?;
        Ok(taken + self.write_news(register).await?)
    }

    async fn write_news(&self, register: Register) -> Result<u64> {
        let today = Zone::Santiago.date(self.parts().clock.now());
        let now = self.known(register, today)?;
        let before = self.parts().db.read(move |conn| store::known::all(conn, register)).await?;
        let names: BTreeSet<&String> = now.keys().collect();
        let gone = before.keys().filter(|key| !names.contains(key)).cloned().map(Change::End);
        let mut changes: Vec<Change> = gone.collect();
        for (key, item) in &now {
            if before.get(key) != Some(&item.hash()?) {
                changes.push(Change::Put(key.clone(), item.clone()));
            }
        }
        let mut written = 0;
        while !changes.is_empty() {
            let rest = changes.split_off(changes.len().min(BATCH));
            let (this, batch) = (self.clone(), std::mem::replace(&mut changes, rest));
            let write = move |tx: &mut Tx<'_>| this.write_all(tx, register, &batch, today);
            written += self.parts().db.write(write).await?;
        }
        Ok(written)
    }

    fn known(&self, register: Register, today: Date) -> Result<BTreeMap<String, Item>> {
        let mut known: BTreeMap<String, Item> = territory::items(register)?.into_iter().collect();
        for (key, item) in self.parts().world.known(register, today)? {
            let (named, item) = Definition::of(register).keyed(&item)?;
            if named != key {
                return Err(Error::internal(format_args!("{}: {key} is {named}", register.name())));
            }
            known.insert(key, item);
        }
        Ok(known)
    }

    fn write_all(&self, tx: &mut Tx<'_>, register: Register, batch: &[Change], today: Date) -> Result<u64> {
        let mut written = 0;
        for change in batch {
            let did = match change {
                Change::Put(key, item) => {
                    store::known::put(tx, register, key, item.hash()?)?;
                    self.write(tx, register, key, item.clone())?
                }
                Change::End(key) => {
                    store::known::forget(tx, register, key)?;
                    let current = store::entry::record(tx, register, key)?.ok_or_else(Error::not_found)?;
                    match current.item.fields().contains_key(END) {
                        true => false,
                        false => {
                            self.write(tx, register, key, current.item.with(END, one(today.to_string()))?)?
                        }
                    }
                }
            };
            written += u64::from(did);
        }
        Ok(written)
    }

    /// Whether it was news.
    fn write(&self, tx: &mut Tx<'_>, register: Register, key: &str, item: Item) -> Result<bool> {
        let current = store::entry::record(tx, register, key)?;
        if current.as_ref().is_some_and(|current| current.item == item) {
            return Ok(false);
        }
        let reason = if current.is_some() { CHANGED } else { LOADED };
        let decision = Decision { by: PLATFORM.to_owned(), reason: reason.to_owned(), who: None };
        self.append(tx, register, (key, &item), decision)?;
        Ok(true)
    }
}

const LOADED: &str = "Carga desde los datos de la plataforma";
const CHANGED: &str = "Cambio en los datos de la plataforma";
