//! Powers by which a person acts for somebody else (§3.7). `sub` stays the human; whom they act for is said beside it (IDP-03).

use copihue_core::calendar::Zone;
use copihue_core::{Id, Run, Timestamp};
use jiff::civil::Date;
use serde_json::{Value, json};

/// What is said of a mandate's place in its life: `ofrecido → vigente → (suspendido) → vencido | revocado | renunciado`.
/// Time ends one by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MandateState {
    /// Waits for the holder.
    Offered,
    /// In force.
    InForce,
    /// Held for a while.
    Suspended,
    /// Over by time.
    Expired,
    /// Taken back.
    Revoked,
    /// Given back, or never taken.
    Renounced,
}

impl MandateState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Offered, Self::InForce, Self::Suspended, Self::Expired, Self::Revoked, Self::Renounced];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "ofrecido",
            Self::InForce => "vigente",
            Self::Suspended => "suspendido",
            Self::Expired => "vencido",
            Self::Revoked => "revocado",
            Self::Renounced => "renunciado",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// As far as an issuance must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// Who may act by it.
    pub holder: Id,
    /// Where it stands.
    pub state: MandateState,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Where it stands now.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> MandateState {
        match (self.state, self.until) {
            (MandateState::Offered | MandateState::InForce | MandateState::Suspended, Some(until))
                if now >= until =>
            {
                MandateState::Expired
            }
            (state, _) => state,
        }
    }

    /// Whether this person may act by it now.
    #[must_use]
    pub fn allows(&self, person: Id, now: Timestamp) -> bool {
        self.holder == person && self.at(now) == MandateState::InForce
    }
}

/// Who is acted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntityKind {
    /// A company or another legal person.
    Legal,
    /// A person.
    Natural,
}

impl EntityKind {
    /// The contract's word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Legal => "juridica",
            Self::Natural => "natural",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Legal, Self::Natural].into_iter().find(|kind| kind.code() == code)
    }
}

/// Somebody for whom others act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entity {
    /// Id. A person's is their own.
    pub id: Id,
    /// RUT.
    pub rut: Run,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
}

/// In which capacity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// By law or statutes.
    LegalRepresentative,
    /// By a power.
    Attorney,
    /// Of a minor, or of who can't act.
    Guardian,
    /// By a mandate that was handed on.
    Delegate,
}

impl Capacity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::LegalRepresentative, Self::Attorney, Self::Guardian, Self::Delegate];

    /// The contract's word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LegalRepresentative => "representante_legal",
            Self::Attorney => "apoderado",
            Self::Guardian => "tutor",
            Self::Delegate => "delegado",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capacity| capacity.code() == code)
    }
}

/// What may be done by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Power {
    /// Carry on procedures.
    Apply,
    /// Sign.
    Sign,
    /// Pay.
    Pay,
}

impl Power {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Apply, Self::Sign, Self::Pay];

    /// The contract's word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Apply => "tramitar",
            Self::Sign => "firmar",
            Self::Pay => "pagar",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|power| power.code() == code)
    }
}

/// What shows that somebody may. Ley 19.880, art. 22: a power signed electronically is enough, unless the act is a solemn one:
/// which procedure asks for more is the procedure's to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A registry of companies or of persons.
    Registry,
    /// A public or notarised deed that an officer saw.
    Deed,
    /// A power under an advanced signature.
    Advanced,
    /// A power given here by somebody who had logged in: a simple electronic signature.
    Simple,
    /// The tax service's key for companies.
    TaxKey,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Registry, Self::Deed, Self::Advanced, Self::Simple, Self::TaxKey];

    /// The contract's word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registry => "registro",
            Self::Deed => "escritura",
            Self::Advanced => "poder_fea",
            Self::Simple => "poder_fes",
            Self::TaxKey => "clave_tributaria",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// A mandate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mandate {
    /// Id.
    pub id: Id,
    /// Who may act, where it stands, until when.
    pub validity: Validity,
    /// For whom.
    pub entity: Entity,
    /// In which capacity.
    pub capacity: Capacity,
    /// For what.
    pub powers: Vec<Power>,
    /// What shows it.
    pub source: Source,
    /// Whether the holder may hand it on, once.
    pub may_delegate: bool,
    /// The one that it was handed on from.
    pub parent: Option<Id>,
    /// When it was written.
    pub created: Timestamp,
}

impl Mandate {
    /// The claim that an application is told.
    #[must_use]
    pub fn claim(&self) -> Value {
        let mut claim = json!({
            "entity_rut": self.entity.rut.compact(),
            "entity_name": self.entity.name,
            "entity_kind": self.entity.kind.code(),
            "capacity": self.capacity.code(),
            "powers": self.powers.iter().map(|power| power.code()).collect::<Vec<_>>(),
            "mandate_id": self.id.to_string(),
            "source": self.source.code(),
        });
        if let Some(until) = self.validity.until {
            claim["valid_until"] = last_day(until).to_string().into();
        }
        claim
    }

    /// For whom, as a history says it: a person's RUN stays out.
    #[must_use]
    pub fn words(&self) -> String {
        match self.entity.kind {
            EntityKind::Legal => format!("{} ({})", self.entity.name, self.entity.rut),
            EntityKind::Natural => self.entity.name.clone(),
        }
    }
}

/// The last day of something that ends at this instant.
#[must_use]
pub fn last_day(until: Timestamp) -> Date {
    Zone::Santiago.date(Timestamp::from_millis(until.millis() - 1))
}

/// For whom a person acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acting<'a> {
    /// For themself.
    Self_,
    /// By a mandate; `None` when it isn't there any more.
    By(Option<&'a Validity>),
}

/// What an application asks of it (`representation`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Asked {
    /// Nothing: it is not told either.
    #[default]
    None,
    /// The person may act for somebody.
    Allowed,
    /// The person must.
    Required,
}

impl Asked {
    /// From the parameter; `None` for an unknown word.
    #[must_use]
    pub fn parse(word: Option<&str>) -> Option<Self> {
        match word {
            None | Some("none") => Some(Self::None),
            Some("allowed") => Some(Self::Allowed),
            Some("required") => Some(Self::Required),
            Some(_) => None,
        }
    }
}

/// The session of an application's user: another one for each whom the person acts for (K4). Begins with the provider's own.
#[must_use]
pub fn session_id(sid: Id, mandate: Option<Id>) -> String {
    match mandate {
        None => sid.to_string(),
        Some(mandate) => {
            let context = copihue_core::json::sha256(
                &[b"copihue/representation\n", mandate.as_bytes().as_slice()].concat(),
            );
            format!("{sid}.{}", hex::encode(&context[..8]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_contract_is_read_back() {
        assert!(MandateState::ALL.iter().all(|one| MandateState::parse(one.code()) == Some(*one)));
        assert!(Capacity::ALL.iter().all(|one| Capacity::parse(one.code()) == Some(*one)));
        assert!(Power::ALL.iter().all(|one| Power::parse(one.code()) == Some(*one)));
        assert!(Source::ALL.iter().all(|one| Source::parse(one.code()) == Some(*one)));
        assert_eq!(Asked::parse(Some("siempre")), None);
    }
}
