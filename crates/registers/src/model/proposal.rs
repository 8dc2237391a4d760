//! Proposals: an entry that one person writes and another decides on.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_ledger::Register;

use super::item::Item;

/// Where a proposal stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Waits for a second person.
    Pending,
    /// It became an entry.
    Approved,
    /// It became none.
    Rejected,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pendiente",
            Self::Approved => "aprobada",
            Self::Rejected => "rechazada",
        }
    }

    pub(crate) fn named(code: &str) -> Result<Self> {
        let all = [Self::Pending, Self::Approved, Self::Rejected];
        let found = all.into_iter().find(|state| state.code() == code);
        found.ok_or_else(|| Error::internal(format_args!("no proposal state {code}")))
    }
}

/// A proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Its id.
    pub id: Id,
    /// The register.
    pub register: Register,
    /// The key.
    pub key: String,
    /// What the key would have.
    pub item: Item,
    /// The entry of the key that it was written against; 0 for a new key.
    pub base: u64,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: State,
    /// The institution for which it was proposed.
    pub institution: String,
    /// The official who wrote it.
    pub proposed_by: Id,
    /// When.
    pub proposed_at: Timestamp,
    /// The official who decided.
    pub decided_by: Option<Id>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was decided so.
    pub decision: Option<String>,
    /// The entry that it became.
    pub number: Option<u64>,
}

/// Whether this official may decide on it now, given the key's latest entry.
///
/// # Errors
/// `propuesta_decidida`, `misma_persona` (four eyes), `registro_cambio` when the key has another entry by now.
pub fn may_decide(proposal: &Proposal, official: Id, latest: u64) -> Result<()> {
    if proposal.state != State::Pending {
        return Err(Error::conflict("propuesta_decidida", "Esta propuesta ya fue resuelta."));
    }
    if proposal.proposed_by == official {
        return Err(Error::conflict(
            "misma_persona",
            "Debe resolverla otra persona: quien propone un cambio no lo aprueba.",
        ));
    }
    if proposal.base != latest {
        return Err(Error::conflict(
            "registro_cambio",
            "El registro cambió después de esta propuesta. Rechácela y proponga el cambio de nuevo.",
        ));
    }
    Ok(())
}

/// A reason that people will read: 5 to 500 characters in one line.
///
/// # Errors
/// `motivo_invalido`.
pub fn reason(text: &str) -> Result<String> {
    use unicode_normalization::UnicodeNormalization;
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    if (5..=500).contains(&text.chars().count()) && !text.contains(char::is_control) {
        return Ok(text);
    }
    let message = "Escriba el motivo, entre 5 y 500 caracteres.";
    Err(Error::invalid("motivo_invalido", message).field("motivo", message))
}
