//! Entries that the log has and the register lost, as after a restored backup whose log came back from a copy: the leaf
//! is the entry, item included.

use copihue_core::Result;
use copihue_db::{Conn, Tx};
use copihue_ledger::{Family, Register};

use super::{Registers, Taken};
use crate::model::entry::{Current, PLATFORM, of_leaf};
use crate::store;

/// In one read.
const PAGE: u64 = 256;

/// What the rest of the platform is told of an entry that comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    Tell,
    Silent,
}

impl Registers {
    /// Writes again what only the log still has. Answers how many entries.
    pub(super) async fn take_back(&self, register: Register) -> Result<u64> {
        let mut taken = 0;
        loop {
            let ledger = self.parts().ledger.clone();
            let missing = move |conn: &mut Conn<'_>| {
                let last = store::entry::last_number(conn, register)?;
                ledger.entries(conn, Family::Register(register), last, PAGE)
            };
            let leaves = self.parts().db.read(missing).await?;
            for leaf in &leaves {
                self.take_one_back(register, of_leaf(leaf)?).await?;
            }
            taken += leaves.len() as u64;
            if leaves.is_empty() {
                break;
            }
        }
        if taken > 0 {
            tracing::warn!(register = register.name(), taken, "entries taken back from the log");
        }
        Ok(taken)
    }

    /// The entry counts whatever the rest of the platform says of it: it was published.
    async fn take_one_back(&self, register: Register, found: Current) -> Result<()> {
        let told = self.written_again(register, found.clone(), Telling::Tell).await;
        let Err(error) = told else { return Ok(()) };
        tracing::error!(register = register.name(), number = found.entry.number, %error, "an entry came back alone");
        self.written_again(register, found, Telling::Silent).await
    }

    async fn written_again(&self, register: Register, found: Current, telling: Telling) -> Result<()> {
        let this = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let Current { entry, item } = &found;
            let before = store::entry::record(tx, register, &entry.key)?;
            if entry.decision.by == PLATFORM {
                store::known::put(tx, register, &entry.key, entry.item)?;
            } else if telling == Telling::Tell {
                let (before, reason) = (before.as_ref().map(|b| &b.item), entry.decision.reason.as_str());
                this.parts().world.take(tx, &Taken { register, before, item, reason })?;
            }
            store::entry::append(tx, register, entry, item)
        };
        self.parts().db.write(write).await
    }
}
