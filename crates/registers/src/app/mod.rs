//! Use cases.

mod decide;
mod lists;
mod read;
mod sync;
mod take_back;

use std::sync::Arc;

use arc_swap::ArcSwap;
use copihue_core::{Clock, Random, Result};
use copihue_db::{Db, Tx};
use copihue_ledger::{Ledger, Register};
use jiff::civil::Date;

pub use decide::{Draft, MOST_PENDING, Verdict};
pub use lists::{Handle, Listed};
pub use read::Opened;

use crate::model::entry::{Decision, Entry};
use crate::model::item::Item;
use crate::store;
use lists::Lists;

/// The institution that keeps the registers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Custodian {
    /// Its code.
    pub code: String,
    /// The licence under which it publishes them, by its SPDX name.
    pub licence: String,
}

/// An approved entry, before it is written.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// The register.
    pub register: Register,
    /// What the key had.
    pub before: Option<&'a Item>,
    /// What it will have.
    pub item: &'a Item,
    /// Why.
    pub reason: &'a str,
}

/// The rest of the platform: what it knows, and what follows there from an entry.
pub trait World: Send + Sync {
    /// What the platform says today of each key of a register: key and item.
    ///
    /// # Errors
    /// When it can't be said: the register is then left as it is.
    fn known(&self, register: Register, today: Date) -> Result<Vec<(String, Item)>>;

    /// Takes over an approved entry, in its transaction.
    ///
    /// # Errors
    /// Refuses the entry.
    fn take(&self, tx: &mut Tx<'_>, taken: &Taken<'_>) -> Result<()>;
}

/// What the registers are made of.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// The logs.
    pub ledger: Ledger,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The rest of the platform.
    pub world: Arc<dyn World>,
    /// Who keeps the registers; without one, nobody edits them.
    pub custodian: Option<Custodian>,
}

struct Inner {
    parts: Parts,
    lists: ArcSwap<Lists>,
}

/// The registers. Cheap to clone.
#[derive(Clone)]
pub struct Registers(Arc<Inner>);

impl Registers {
    /// The registers as the database has them.
    ///
    /// # Errors
    /// When it doesn't answer.
    pub async fn open(parts: Parts) -> Result<Self> {
        let registers = Self(Arc::new(Inner { parts, lists: ArcSwap::default() }));
        registers.reload().await?;
        Ok(registers)
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Who keeps them.
    #[must_use]
    pub fn custodian(&self) -> Option<&Custodian> {
        self.parts().custodian.as_ref()
    }

    /// The custodian's name, as the register of institutions has it.
    #[must_use]
    pub fn custodian_name(&self) -> Option<String> {
        self.custodian().map(|custodian| self.institution_name(&custodian.code))
    }

    /// An institution's name, as its register has it; its code when it isn't there.
    #[must_use]
    pub fn institution_name(&self, code: &str) -> String {
        let all = self.list(Register::Institutions);
        all.iter().find(|one| one.key == code).map_or_else(|| code.to_owned(), |one| one.label.clone())
    }

    /// Writes the next entry of a register, and its leaf.
    fn append(
        &self,
        tx: &mut Tx<'_>,
        register: Register,
        (key, item): (&str, &Item),
        decision: Decision,
    ) -> Result<Entry> {
        let entry = Entry {
            number: store::entry::last_number(tx, register)? + 1,
            key: key.to_owned(),
            item: item.hash()?,
            at: self.parts().clock.now(),
            decision,
        };
        store::entry::append(tx, register, &entry, item)?;
        self.parts().ledger.append(tx, entry.record(register, item)?)?;
        Ok(entry)
    }
}
