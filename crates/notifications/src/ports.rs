//! What notices need of others, as small traits: wired by the binary, played by tests.

use std::sync::Arc;

use copihue_core::calendar::{Calendar, Scope, Zone};
use copihue_core::{Id, Result};
use copihue_db::Tx;
use serde_json::Value;

/// The calendar of today: a snapshot that may be renewed while the platform runs.
pub type Calendars = Arc<dyn Fn() -> Arc<Calendar> + Send + Sync>;

/// Writes an act to the transparency log (ledger `notification`), in the act's own transaction.
pub trait Evidence: Send + Sync {
    /// Appends the commitment of one act.
    ///
    /// # Errors
    /// When it can't be written: the act is rolled back with it.
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()>;
}

/// An act with legal effect. Fields hold codes, dates and hashes.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// `notice.sent`, `notice.read`.
    pub kind: &'static str,
    /// What it is about: one record for each act of a kind.
    pub record: String,
    /// Whose it is.
    pub subject: Option<Id>,
    /// What is committed.
    pub fields: &'a [(&'static str, Value)],
}

/// An institution as a sender.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    /// Its name.
    pub name: String,
    /// The zone in which its days begin.
    pub zone: Zone,
    /// Whose holidays count.
    pub scope: Scope,
}

/// Knows the institutions.
pub trait Senders: Send + Sync {
    /// The institution of this letter code.
    fn sender(&self, institution: &str) -> Option<Sender>;
}

/// Seals in the institution's name.
pub trait Sealer: Send + Sync {
    /// A compact JWS over a value, at once.
    ///
    /// # Errors
    /// When the institution has no seal.
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String>;

    /// The same, with the use of the key written in this transaction where the signer can.
    ///
    /// # Errors
    /// As [`seal_jws`](Self::seal_jws).
    fn seal_jws_in(&self, _tx: &mut Tx<'_>, institution: &str, value: &Value) -> Result<String> {
        self.seal_jws(institution, value)
    }
}
