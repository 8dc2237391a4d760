//! Where a person is notified (DDU), and what a sending there yields.

use copihue_core::{Error, Result};

/// The state of a person's Domicilio Digital Único.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Domicile {
    /// The Casilla Única: the default (DDU-03).
    #[default]
    Casilla,
    /// A validated e-mail.
    Email,
    /// Excepted from electronic means by an act.
    Excepted,
    /// None set.
    NotConfigured,
}

/// What the sender must know of a sending (NOT-05).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LegalResult {
    /// `enviada`: only this starts the clock (NTF-04).
    Sent,
    /// `persona_exceptuada`: another form, registered letter or in person (LBPA 46).
    Excepted,
    /// `sin_ddu`: registered letter (DS4 25).
    NoDomicile,
    /// `no_enviada`: send again until it leaves.
    NotSent,
}

impl Domicile {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Casilla => "casilla",
            Self::Email => "email",
            Self::Excepted => "excepcion",
            Self::NotConfigured => "not_configured",
        }
    }

    /// From the stored name.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        [Self::Casilla, Self::Email, Self::Excepted, Self::NotConfigured]
            .into_iter()
            .find(|d| d.as_str() == text)
            .ok_or_else(|| Error::internal(format_args!("domicile {text}")))
    }

    /// What a sending to this domicile yields (§3.2). A copy lies in the casilla in every case (DDU-05).
    #[must_use]
    pub const fn result(self) -> LegalResult {
        match self {
            Self::Casilla | Self::Email => LegalResult::Sent,
            Self::Excepted => LegalResult::Excepted,
            Self::NotConfigured => LegalResult::NoDomicile,
        }
    }

    /// Whether `next` may follow, and by whom (§2): the person sets casilla or e-mail; an act excepts.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        !matches!(
            (self, next),
            (_, Self::NotConfigured)
                | (Self::Casilla, Self::Casilla)
                | (Self::Email, Self::Email)
                | (Self::Excepted, Self::Excepted)
        )
    }
}

impl LegalResult {
    /// The published name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "enviada",
            Self::Excepted => "persona_exceptuada",
            Self::NoDomicile => "sin_ddu",
            Self::NotSent => "no_enviada",
        }
    }

    /// From the stored name.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        [Self::Sent, Self::Excepted, Self::NoDomicile, Self::NotSent]
            .into_iter()
            .find(|r| r.as_str() == text)
            .ok_or_else(|| Error::internal(format_args!("legal result {text}")))
    }

    /// The duty that is left to the sender.
    #[must_use]
    pub const fn duty(self) -> Option<&'static str> {
        match self {
            Self::Sent => None,
            Self::Excepted => Some("otra_forma_o_carta_certificada"),
            Self::NoDomicile => Some("carta_certificada"),
            Self::NotSent => Some("reenviar"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_05_each_domicile_yields_its_result_and_the_duty_that_is_left() {
        assert_eq!(Domicile::default().result(), LegalResult::Sent);
        assert_eq!(Domicile::Excepted.result().duty(), Some("otra_forma_o_carta_certificada"));
        assert_eq!(Domicile::NotConfigured.result().as_str(), "sin_ddu");
        assert_eq!(LegalResult::Sent.duty(), None);
    }

    #[test]
    fn ddu_02_the_person_changes_between_casilla_and_email_and_an_act_excepts() {
        assert!(Domicile::Casilla.may_become(Domicile::Email));
        assert!(Domicile::Excepted.may_become(Domicile::Casilla));
        assert!(!Domicile::Email.may_become(Domicile::NotConfigured));
    }
}
