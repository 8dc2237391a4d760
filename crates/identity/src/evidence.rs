//! Where logins leave a trace that nobody can take back: the ledger `identity`.

use copihue_core::Result;
use copihue_db::Tx;
use copihue_ledger::Record;

/// Appends a record in the transaction of the act itself.
pub trait Evidence: Send + Sync {
    /// Appends it, or undoes the act.
    ///
    /// # Errors
    /// What the ledger answers.
    fn append(&self, tx: &mut Tx<'_>, record: Record) -> Result<()>;
}

/// For tests and tools without a ledger.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvidence;

impl Evidence for NoEvidence {
    fn append(&self, _tx: &mut Tx<'_>, _record: Record) -> Result<()> {
        Ok(())
    }
}
