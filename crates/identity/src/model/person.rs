//! People.

use copihue_core::{Id, Run};

use super::level::PasswordBy;

/// A real person, or one of the sandbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonKind {
    /// Lives.
    Real,
    /// Exists for tests: only sandbox applications know them.
    Test,
}

impl PersonKind {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Test => "prueba",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Real, Self::Test].into_iter().find(|k| k.code() == code)
    }
}

/// `sin_cuenta → activa ⇄ suspendida → cerrada` (§3.3), as far as a login must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonState {
    /// Known through another provider: has no credential here.
    NoAccount,
    /// May log in.
    Active,
    /// May not for now.
    Suspended,
    /// Never again.
    Closed,
}

impl PersonState {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoAccount => "sin_cuenta",
            Self::Active => "activa",
            Self::Suspended => "suspendida",
            Self::Closed => "cerrada",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::NoAccount, Self::Active, Self::Suspended, Self::Closed].into_iter().find(|s| s.code() == code)
    }
}

/// Whether the person lives, as the civil registry or an officer says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vital {
    /// Lives.
    Alive,
    /// Has died.
    Deceased,
}

impl Vital {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Alive => "vive",
            Self::Deceased => "fallecida",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Alive, Self::Deceased].into_iter().find(|v| v.code() == code)
    }
}

/// How the identity was proved (§3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Proofing {
    /// Declared, or imported without evidence.
    P0,
    /// Activation code after a remote check, or an accredited registry.
    P1,
    /// In person, with the identity card.
    P2,
}

impl Proofing {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::P0, Self::P1, Self::P2].into_iter().find(|p| p.code() == code)
    }
}

/// A person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Id, with the bucket of the RUN in it.
    pub id: Id,
    /// RUN.
    pub run: Run,
    /// Given names.
    pub names: Vec<String>,
    /// Surnames.
    pub surnames: Vec<String>,
    /// Mail.
    pub email: Option<String>,
    /// Whether they have shown that they read it.
    pub email_verified: bool,
    /// Real or test.
    pub kind: PersonKind,
    /// State of the account.
    pub state: PersonState,
    /// Alive or not.
    pub vital: Vital,
    /// Proofing.
    pub proofing: Proofing,
    /// Who gave the present password.
    pub password_by: PasswordBy,
    /// Raised by whatever must end every session and token at once.
    pub epoch: i64,
}

impl Person {
    /// Given names and surnames.
    #[must_use]
    pub fn full_name(&self) -> String {
        let parts: Vec<&str> = self.names.iter().chain(&self.surnames).map(String::as_str).collect();
        parts.join(" ")
    }

    /// As other crates know them.
    #[must_use]
    pub fn reference(&self) -> copihue_core::PersonRef {
        copihue_core::PersonRef { id: self.id, run: self.run, name: self.full_name() }
    }
}
