//! Where mail goes: the outgoing mail of `notifications`, as `copihue` wires it.

use copihue_core::Result;
use copihue_db::Tx;

/// A mail to a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Sends mail once the transaction is committed.
pub trait Mailer: Send + Sync {
    /// Enqueues it, or undoes the act.
    ///
    /// # Errors
    /// When the address can't be one, or the queue refuses.
    fn send(&self, tx: &mut Tx<'_>, letter: &Letter) -> Result<()>;
}

/// For tests and tools that send none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMail;

impl Mailer for NoMail {
    fn send(&self, _tx: &mut Tx<'_>, _letter: &Letter) -> Result<()> {
        Ok(())
    }
}
