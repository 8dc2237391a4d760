//! What forms offer: the records that hold, in memory, renewed when an entry is written here or elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use copihue_core::Result;
use copihue_core::calendar::Zone;
use copihue_core::text::fold;
use copihue_db::Conn;
use copihue_ledger::{Family, Register};
use tokio::task::JoinHandle;

use super::Registers;
use crate::model::definition::ended;
use crate::model::item::Item;
use crate::store;

/// Longer registers are no list that a form can offer.
const MOST: u64 = 20_000;
/// Records in one read.
const PAGE: u64 = 1_000;
/// How often the platform is asked for news, and other processes' entries are looked for.
const POLL: Duration = Duration::from_secs(2);

/// A record that a form offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// What people read.
    pub label: String,
    /// All that the register says of it.
    pub item: Item,
}

/// Every register that forms read from, as of so many entries.
#[derive(Default)]
pub(super) struct Lists(BTreeMap<Register, (u64, Arc<Vec<Listed>>)>);

impl Registers {
    /// The records of a register that hold today, in the order of their names.
    #[must_use]
    pub fn list(&self, register: Register) -> Arc<Vec<Listed>> {
        let lists = self.0.lists.load();
        let today = Zone::Santiago.date(self.parts().clock.now());
        let Some((_, all)) = lists.0.get(&register) else { return Arc::default() };
        if all.iter().any(|listed| ended(&listed.item, today)) {
            return Arc::new(all.iter().filter(|listed| !ended(&listed.item, today)).cloned().collect());
        }
        all.clone()
    }

    /// Takes the entries that were written since, by whomever.
    ///
    /// # Errors
    /// When the database doesn't answer; the old lists stay.
    pub async fn reload(&self) -> Result<()> {
        let known: BTreeMap<Register, u64> =
            self.0.lists.load().0.iter().map(|(register, (entries, _))| (*register, *entries)).collect();
        let fresh = self.parts().db.read(move |conn| fresh(conn, &known)).await?;
        if !fresh.is_empty() {
            self.0.lists.rcu(|old| Lists(old.0.clone().into_iter().chain(fresh.clone()).collect()));
        }
        Ok(())
    }

    /// Asks the platform for news, and other processes' entries, until the handle is dropped.
    #[must_use]
    pub fn start(&self) -> Handle {
        let registers = self.clone();
        Handle(tokio::spawn(async move {
            loop {
                if let Err(error) = registers.round().await {
                    tracing::warn!(%error, "the registers could not be renewed");
                }
                tokio::time::sleep(POLL).await;
            }
        }))
    }

    async fn round(&self) -> Result<()> {
        // Another process keeps the logs, or they are behind what was published: a number given now could be taken.
        let kept = |register| self.parts().ledger.keeps(Family::Register(register));
        let synced = self.sync_those(kept).await.map(drop);
        // Other processes' entries come in even when one of our registers can't go on.
        self.reload().await.and(synced)
    }
}

type Fresh = Vec<(Register, (u64, Arc<Vec<Listed>>))>;

/// The lists of the registers that have grown.
fn fresh(conn: &mut Conn<'_>, known: &BTreeMap<Register, u64>) -> Result<Fresh> {
    let mut fresh = Vec::new();
    for register in Register::ALL {
        let totals = store::entry::totals(conn, register)?;
        if known.get(&register) == Some(&totals.entries) || totals.records > MOST {
            continue;
        }
        let mut all = Vec::new();
        for page in 0..totals.records.div_ceil(PAGE) {
            all.extend(store::entry::records(conn, register, page * PAGE, PAGE)?.into_iter().map(listed));
        }
        all.sort_by_cached_key(|listed| fold(&listed.label));
        fresh.push((register, (totals.entries, Arc::new(all))));
    }
    Ok(fresh)
}

fn listed(current: crate::model::entry::Current) -> Listed {
    let name = current.item.text("nombre");
    let label = if name.is_empty() { current.entry.key.clone() } else { name };
    Listed { key: current.entry.key, label, item: current.item }
}

/// The background work. Ends when dropped.
#[derive(Debug)]
pub struct Handle(JoinHandle<()>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.abort();
    }
}
