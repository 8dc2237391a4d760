//! Entries: that a key had an item from an instant on, by whose decision and why. Their canonical form is the log's leaf.

use copihue_core::{Error, Result, Timestamp, json};
use copihue_ledger::{Family, Field, Record, Register};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::item::{Item, ItemHash};

/// Who decides what the platform writes by itself.
pub const PLATFORM: &str = "plataforma";

/// What an entry decided, with who answers for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The institution that decided, or [`PLATFORM`].
    pub by: String,
    /// Why, in words that anybody may read.
    pub reason: String,
    /// Salted commitment to who proposed and who approved; nobody when the platform wrote it.
    pub who: Option<[u8; 32]>,
}

/// An entry of a register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// From 1, without gaps. Its place in the log is one less.
    pub number: u64,
    /// Whose item it is.
    pub key: String,
    /// The item's address.
    pub item: ItemHash,
    /// When it was written. Not an order: that is the number.
    pub at: Timestamp,
    /// Who decided, and why.
    pub decision: Decision,
}

/// The latest entry of a key, with its item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Current {
    /// The entry.
    pub entry: Entry,
    /// Its item.
    pub item: Item,
}

impl Entry {
    /// The event for the log: the record itself, item included.
    ///
    /// # Errors
    /// Internal when the item can't be written.
    pub fn record(&self, register: Register, item: &Item) -> Result<Record> {
        let mut fields = vec![
            Field::plain("key", self.key.as_str()),
            Field::plain("item", serde_json::to_value(item)?),
            Field::plain("ts", self.at.to_string()),
            Field::plain("by", self.decision.by.as_str()),
            Field::plain("reason", self.decision.reason.as_str()),
        ];
        fields.extend(self.decision.who.map(|who| Field::plain("who", hex::encode(who))));
        Ok(Record {
            family: Family::Register(register),
            kind: KIND,
            record_id: self.number.to_string(),
            subject: None,
            fields,
        })
    }
}

const KIND: &str = "entry";

/// Reads a [`leaf`].
///
/// # Errors
/// Internal when it isn't one, byte for byte.
pub(crate) fn of_leaf(text: &str) -> Result<Current> {
    let wrong = |_| Error::internal("a register's log holds something that is no entry");
    let Leaf { id, r } = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    let item = Item::parse(&r.item.to_string())?;
    let who = r.who.as_deref().map(hex::decode).transpose().map_err(|e| wrong(e.to_string()))?;
    let entry = Entry {
        number: id.parse().map_err(|_| wrong(id.clone()))?,
        key: r.key,
        item: item.hash()?,
        at: Timestamp::parse(&r.ts).ok_or_else(|| wrong(r.ts.clone()))?,
        decision: Decision { by: r.by, reason: r.reason, who: who.and_then(|bytes| bytes.try_into().ok()) },
    };
    if leaf(&entry, &item)? == text { Ok(Current { entry, item }) } else { Err(wrong(id)) }
}

#[derive(Deserialize)]
struct Leaf {
    id: String,
    r: Fields,
}

#[derive(Deserialize)]
struct Fields {
    key: String,
    item: Value,
    ts: String,
    by: String,
    reason: String,
    who: Option<String>,
}

/// The leaf that [`Entry::record`] becomes in the log: for whoever checks a copy.
///
/// # Errors
/// Internal when it can't be written.
pub fn leaf(entry: &Entry, item: &Item) -> Result<String> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("key", Value::from(entry.key.as_str()));
    set("item", serde_json::to_value(item)?);
    set("ts", Value::from(entry.at.to_string()));
    set("by", Value::from(entry.decision.by.as_str()));
    set("reason", Value::from(entry.decision.reason.as_str()));
    if let Some(who) = entry.decision.who {
        set("who", Value::from(hex::encode(who)));
    }
    json::canonical(&serde_json::json!({"id": entry.number.to_string(), "k": KIND, "r": fields, "v": 1}))
}
