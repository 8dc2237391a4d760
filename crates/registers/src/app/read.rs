//! Questions.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use copihue_core::text::fold;
use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_ledger::{Family, Register};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::Hash;
use copihue_tlog::note::Note;
use serde_json::{Value, json};

use super::Registers;
use super::decide::persons;
use crate::model::definition::Definition;
use crate::model::entry::Current;
use crate::model::item::ItemHash;
use crate::model::proposal::{Proposal, State};
use crate::store;
use crate::store::entry::Totals;

/// Records that are looked at for a field's value at most, and how many at once.
const FACET: u64 = 20_000;
const FACET_PAGE: u64 = 1_000;

/// Who proposed and approved an entry, and what opens its commitment to them.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// The proposal.
    pub proposal: Proposal,
    /// Value and salt of the commitment: for whoever audits.
    pub opening: Option<Value>,
}

impl Registers {
    /// How much a register holds.
    ///
    /// # Errors
    /// When the database doesn't answer; so everywhere below.
    pub async fn totals(&self, register: Register) -> Result<Totals> {
        self.parts().db.read(move |conn| store::entry::totals(conn, register)).await
    }

    /// Entries `from…=to`, by number.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn entries(&self, register: Register, from: u64, to: u64) -> Result<Vec<Current>> {
        self.parts().db.read(move |conn| store::entry::entries(conn, register, from, to)).await
    }

    /// The latest entry of a key.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn record(&self, register: Register, key: &str) -> Result<Option<Current>> {
        let key = key.to_owned();
        self.parts().db.read(move |conn| store::entry::record(conn, register, &key)).await
    }

    /// The last entries of a key, newest first, older than `before`.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn history(
        &self,
        register: Register,
        key: &str,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Current>> {
        let key = key.to_owned();
        self.parts().db.read(move |conn| store::entry::history(conn, register, &key, before, limit)).await
    }

    /// Records in the order in which their keys first came, after the first `after` ones.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn records(&self, register: Register, after: u64, limit: u64) -> Result<Vec<Current>> {
        self.parts().db.read(move |conn| store::entry::records(conn, register, after, limit)).await
    }

    /// Records by key, after one, that hold these words in this order.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn search(
        &self,
        register: Register,
        words: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Current>> {
        let escaped = fold(words).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let pattern = format!("%{}%", escaped.split_whitespace().collect::<Vec<_>>().join("%"));
        let after = after.to_owned();
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            store::entry::search(conn, register, &pattern, &after, limit)
        };
        self.parts().db.read(read).await
    }

    /// The records whose item has this value in this field, or this one among others; in the order of their first entries.
    ///
    /// # Errors
    /// Not found, when the register has no such field; Invalid `registro_muy_grande`, when looking at every record would cost
    /// too much; as [`totals`](Self::totals).
    pub async fn facet(&self, register: Register, field: &str, value: &str) -> Result<Vec<Current>> {
        let field =
            Definition::of(register).names().find(|name| *name == field).ok_or_else(Error::not_found)?;
        let value = value.to_owned();
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let records = store::entry::totals(conn, register)?.records;
            if records > FACET {
                return Err(Error::invalid(
                    "registro_muy_grande",
                    "Este registro es demasiado grande para buscar por un campo: descárguelo entero y busque en su copia.",
                ));
            }
            let mut found = Vec::new();
            for after in (0..records).step_by(FACET_PAGE as usize) {
                let page = store::entry::records(conn, register, after, FACET_PAGE)?;
                found.extend(page.into_iter().filter(|record| record.item.has(field, &value)));
            }
            Ok(found)
        };
        self.parts().db.read(read).await
    }

    /// The canonical form of an item of this register.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn item(&self, register: Register, hash: ItemHash) -> Result<Option<String>> {
        self.parts().db.read(move |conn| store::entry::item(conn, register, hash)).await
    }

    /// The last signed checkpoint of a register, and its text.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn checkpoint(&self, register: Register) -> Result<Option<(Checkpoint, String)>> {
        let Some(note) = self.parts().ledger.checkpoint(Family::Register(register)).await? else {
            return Ok(None);
        };
        let text = Note::parse(&note).ok().and_then(|parsed| Checkpoint::parse(&parsed.text));
        let checkpoint = text.ok_or_else(|| Error::internal("a stored checkpoint can't be read"))?;
        Ok(Some((checkpoint, note)))
    }

    /// The root over the first `size` entries, as far as they are published.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn root(&self, register: Register, size: u64) -> Result<Option<Hash>> {
        self.parts().ledger.root(Family::Register(register), size).await
    }

    /// The audit path of an entry in the tree of `size` entries.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn audit_path(&self, register: Register, number: u64, size: u64) -> Result<Option<Vec<Hash>>> {
        let Some(index) = number.checked_sub(1) else { return Ok(None) };
        self.parts().ledger.audit_path(Family::Register(register), index, size).await
    }

    /// The hashes that show that the register of `from` entries begins the one of `to`.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn consistency(&self, register: Register, from: u64, to: u64) -> Result<Option<Vec<Hash>>> {
        self.parts().ledger.consistency(Family::Register(register), from, to).await
    }

    /// The `.tlog-proof` of an entry, record included. `None` until a checkpoint covers it.
    ///
    /// # Errors
    /// As [`totals`](Self::totals).
    pub async fn receipt(&self, register: Register, number: u64) -> Result<Option<String>> {
        self.parts().ledger.receipt(Family::Register(register), &number.to_string()).await
    }

    /// A proposal.
    ///
    /// # Errors
    /// Forbidden unless the actor keeps the registers; 404 when there is none.
    pub async fn proposal(&self, actor: &Actor, id: Id) -> Result<Proposal> {
        self.keeper(actor)?;
        self.parts().db.read(move |conn| store::proposal::get(conn, id)).await?.ok_or_else(Error::not_found)
    }

    /// The evidence that a proposal was written, or rejected. `None` until a checkpoint covers it.
    ///
    /// # Errors
    /// As [`proposal`](Self::proposal).
    pub async fn proposal_receipt(&self, actor: &Actor, id: Id) -> Result<Option<String>> {
        let proposal = self.proposal(actor, id).await?;
        let kind = match proposal.state {
            State::Rejected => "register.rejected",
            State::Pending | State::Approved => "register.proposed",
        };
        self.parts().ledger.receipt(Family::Admin, &format!("{kind}/{id}")).await
    }

    /// The proposals that wait for a second person, oldest first.
    ///
    /// # Errors
    /// Forbidden unless the actor keeps the registers.
    pub async fn pending(&self, actor: &Actor, limit: u32) -> Result<Vec<Proposal>> {
        self.keeper(actor)?;
        let first = (Timestamp::from_millis(0), Id::from_bytes([0; 16]));
        self.parts().db.read(move |conn| store::proposal::in_state(conn, State::Pending, first, limit)).await
    }

    /// Who is behind an entry; `None` when the platform itself wrote it.
    ///
    /// # Errors
    /// Forbidden unless the actor keeps the registers.
    pub async fn opened(&self, actor: &Actor, register: Register, number: u64) -> Result<Option<Opened>> {
        self.keeper(actor)?;
        let found = self.parts().db.read(move |conn| store::proposal::behind(conn, register, number)).await?;
        Ok(found.map(|(proposal, salt)| {
            let shown =
                salt.map(|salt| json!({"s": BASE64_URL_SAFE_NO_PAD.encode(salt), "x": persons(&proposal)}));
            Opened { proposal, opening: shown }
        }))
    }
}
