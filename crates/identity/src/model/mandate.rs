//! Powers by which a person acts for somebody else (§3.7), as far as an issuance must know.

use copihue_core::{Id, Timestamp};

/// `borrador → ofrecido → aceptado → vigente → (suspendido) → vencido | revocado | renunciado`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MandateState {
    /// Being written.
    Draft,
    /// Waits for the holder.
    Offered,
    /// The holder agreed; not in force yet.
    Accepted,
    /// In force.
    InForce,
    /// Held for a while.
    Suspended,
    /// Over by time.
    Expired,
    /// Taken back.
    Revoked,
    /// Given back.
    Renounced,
}

impl MandateState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Offered,
        Self::Accepted,
        Self::InForce,
        Self::Suspended,
        Self::Expired,
        Self::Revoked,
        Self::Renounced,
    ];
}

/// A mandate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mandate {
    /// Who may act by it.
    pub holder: Id,
    /// Where it stands.
    pub state: MandateState,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

impl Mandate {
    /// Whether this person may act by it now.
    #[must_use]
    pub fn allows(&self, person: Id, now: Timestamp) -> bool {
        self.holder == person
            && self.state == MandateState::InForce
            && self.until.is_none_or(|until| now < until)
    }
}

/// For whom a person acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acting<'a> {
    /// For themself.
    Self_,
    /// By a mandate; `None` when it isn't there any more.
    By(Option<&'a Mandate>),
}
