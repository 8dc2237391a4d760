//! Who hears of changes. The directory stands on the ground floor: the ledger is wired from outside.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;

/// A change, as the ledger and the other services may know it: metadata, a person only by the official's id.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// `institution.changed`, `designation.started`, `designation.ended`, `substitution.on`, `substitution.off`,
    /// `official.joined`, `official.left`.
    pub kind: &'static str,
    /// The record: an institution's code or an id.
    pub record: String,
    /// The body.
    pub institution: &'a str,
    /// The official concerned.
    pub official: Option<Id>,
    /// The role concerned.
    pub role: Option<&'a str>,
    /// Who did it.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

impl<'a> Change<'a> {
    pub(crate) fn of(kind: &'static str, record: String, institution: &'a str) -> Self {
        Self { kind, record, institution, official: None, role: None, by: "", at: Timestamp::default() }
    }

    pub(crate) fn institution(code: &'a str) -> Self {
        Self::of("institution.changed", code.to_owned(), code)
    }
}

/// Takes each change in the transaction that makes it.
pub trait Journal: Send + Sync {
    /// Records it, or refuses the whole change.
    ///
    /// # Errors
    /// What the ledger or the outbox answers: the change is then rolled back.
    fn changed(&self, tx: &mut Tx<'_>, change: &Change<'_>) -> Result<()>;
}

/// For tests and tools that keep no ledger.
#[derive(Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn changed(&self, _tx: &mut Tx<'_>, _change: &Change<'_>) -> Result<()> {
        Ok(())
    }
}
