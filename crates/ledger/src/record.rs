//! What a service appends.

use copihue_core::{Error, Id, Result};
use copihue_tlog::tile::decimal;
use serde_json::Value;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::register::Register;

/// One log per domain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the ledgers of the platform, by their names")]
pub enum Family {
    Identity,
    Consent,
    Interop,
    Directory,
    Notification,
    Casefile,
    Signature,
    Communications,
    Payment,
    Participation,
    Vote,
    Access,
    Admin,
    /// The log of logs: what the others published.
    Index,
    Register(Register),
}

/// What the public entry holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// The record itself; it has no personal data.
    Open,
    /// Only a salted commitment: not even institution or time.
    Commitment,
}

impl Family {
    /// Every ledger.
    pub const ALL: [Self; 20] = [
        Self::Identity,
        Self::Consent,
        Self::Interop,
        Self::Directory,
        Self::Notification,
        Self::Casefile,
        Self::Signature,
        Self::Communications,
        Self::Payment,
        Self::Participation,
        Self::Vote,
        Self::Access,
        Self::Admin,
        Self::Index,
        Self::Register(Register::Regions),
        Self::Register(Register::Provinces),
        Self::Register(Register::Communes),
        Self::Register(Register::Institutions),
        Self::Register(Register::Holidays),
        Self::Register(Register::Procedures),
    ];

    /// The ledger's name in its address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Consent => "consent",
            Self::Interop => "interop",
            Self::Directory => "directory",
            Self::Notification => "notification",
            Self::Casefile => "casefile",
            Self::Signature => "signature",
            Self::Communications => "communications",
            Self::Payment => "payment",
            Self::Participation => "participation",
            Self::Vote => "vote",
            Self::Access => "access",
            Self::Admin => "admin",
            Self::Index => "index",
            Self::Register(register) => register.log(),
        }
    }

    /// The ledger of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// What its entries hold.
    #[must_use]
    pub const fn profile(self) -> Profile {
        match self {
            Self::Directory | Self::Admin | Self::Vote | Self::Index | Self::Register(_) => Profile::Open,
            _ => Profile::Commitment,
        }
    }

    /// As stored.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Identity => 0,
            Self::Consent => 1,
            Self::Interop => 2,
            Self::Directory => 3,
            Self::Notification => 4,
            Self::Casefile => 5,
            Self::Signature => 6,
            Self::Communications => 7,
            Self::Payment => 8,
            Self::Participation => 9,
            Self::Vote => 10,
            Self::Access => 11,
            Self::Admin => 12,
            Self::Index => 13,
            // Registers are counted apart, so that either list may grow.
            Self::Register(register) => 100 + register.number(),
        }
    }

    pub(crate) fn numbered(n: i64) -> Result<Self> {
        let family = Self::ALL.into_iter().find(|family| family.number() == n);
        family.ok_or_else(|| Error::internal(format_args!("no ledger has the number {n}")))
    }
}

/// Whose datum a field is: it is committed and kept under their key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// Nobody's: not a personal datum.
    Record,
    /// The person that the record is about.
    Subject,
    /// Another person, such as the official who acted.
    Person(Id),
}

/// A field of a record.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// `[a-z0-9_]`, 1 to 64.
    pub name: &'static str,
    /// Text, integer within ±2^53, boolean, array or object.
    pub value: Value,
    /// Whose datum it is.
    pub owner: Owner,
}

impl Field {
    /// A field that is nobody's personal datum.
    pub fn plain(name: &'static str, value: impl Into<Value>) -> Self {
        Self { name, value: value.into(), owner: Owner::Record }
    }

    /// A personal datum of the record's subject.
    pub fn personal(name: &'static str, value: impl Into<Value>) -> Self {
        Self { name, value: value.into(), owner: Owner::Subject }
    }

    /// A personal datum of somebody else.
    pub fn of(person: Id, name: &'static str, value: impl Into<Value>) -> Self {
        Self { name, value: value.into(), owner: Owner::Person(person) }
    }
}

/// An event to append. Its time belongs into its fields.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The ledger.
    pub family: Family,
    /// What happened: `[a-z0-9_.]`, 1 to 40. The only thing besides the commitment that the public sees.
    pub kind: &'static str,
    /// Unique in its ledger: the same again is the same event.
    pub record_id: String,
    /// The person it is about.
    pub subject: Option<Id>,
    /// What is committed to.
    pub fields: Vec<Field>,
}

const MAX_SAFE: i64 = 1 << 53;
const MAX_DEPTH: u8 = 8;

impl Record {
    /// Puts texts into NFC and refuses what can't be committed to.
    ///
    /// # Errors
    /// Internal: a record is written by us, so this is a defect.
    pub(crate) fn checked(mut self) -> Result<Self> {
        let wrong = |what: &str| Err(Error::internal(format_args!("ledger record {}: {what}", self.kind)));
        let id_ok = (1..=200).contains(&self.record_id.len()) && !self.record_id.contains(char::is_control);
        if !is_word(self.kind, 40, b"_.") || !id_ok {
            return wrong("kind or record id");
        }
        if matches!(self.family, Family::Register(_)) && self.place().is_none() {
            return wrong("an entry's number");
        }
        if self.fields.is_empty() || self.fields.len() > 64 {
            return wrong("between 1 and 64 fields");
        }
        for i in 0..self.fields.len() {
            let name = self.fields[i].name;
            if !is_word(name, 64, b"_") || self.fields[..i].iter().any(|f| f.name == name) {
                return wrong("a field's name");
            }
            if self.fields[i].owner == Owner::Subject && self.subject.is_none() {
                return wrong("a personal field without a subject");
            }
            if self.fields[i].owner != Owner::Record && self.family.profile() == Profile::Open {
                return wrong("personal data in an open ledger");
            }
        }
        for field in &mut self.fields {
            if !normalise(&mut field.value, 0) {
                return Err(Error::internal(format_args!(
                    "ledger record {}: value of {}",
                    self.kind, field.name
                )));
            }
        }
        Ok(self)
    }

    /// The place that an entry of a register must have, from its number: entries come in the order of their numbers,
    /// whatever the clocks of several processes say. `None` for every other ledger's events.
    pub(crate) fn place(&self) -> Option<i64> {
        let number = matches!(self.family, Family::Register(_)).then(|| decimal(&self.record_id)).flatten();
        number.and_then(|n| i64::try_from(n).ok()).filter(|n| *n > 0)
    }
}

fn is_word(text: &str, max: usize, others: &[u8]) -> bool {
    (1..=max).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || others.contains(&b))
}

/// NFC everywhere; `false` for a float, a null, an unsafe integer or too deep a value.
fn normalise(value: &mut Value, depth: u8) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => true,
        Value::Number(n) => n.as_i64().is_some_and(|n| (-MAX_SAFE..=MAX_SAFE).contains(&n)),
        Value::String(s) => {
            if is_nfc_quick(s.chars()) != IsNormalized::Yes {
                *s = s.nfc().collect();
            }
            true
        }
        Value::Array(items) => depth < MAX_DEPTH && items.iter_mut().all(|v| normalise(v, depth + 1)),
        Value::Object(map) => depth < MAX_DEPTH && map.values_mut().all(|v| normalise(v, depth + 1)),
    }
}
