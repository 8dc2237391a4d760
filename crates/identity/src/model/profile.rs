//! The three profiles of an application, on one engine (§2.1–2.4).

use serde::{Deserialize, Serialize};

/// What contract an application speaks. Of each application, never of the deployment (IDP-01).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The national login's contract, with its leniencies.
    #[default]
    Compat,
    /// OAuth 2.1 and OpenID Connect.
    Base,
    /// FAPI 2.0.
    Alto,
}

/// A set of addresses with an issuer of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Face {
    /// `/openid/…`: the national login's.
    National,
    /// `/oauth2/…`.
    Open,
}

impl Face {
    /// The face that an address belongs to.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path.starts_with("/oauth2/") { Self::Open } else { Self::National }
    }
}

/// How long things live, in seconds (§2.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lifetimes {
    /// A code.
    pub code: i64,
    /// An access token.
    pub access: i64,
    /// An id_token.
    pub id_token: i64,
    /// A refresh token without use.
    pub refresh_idle: i64,
    /// Everything that follows from one login.
    pub grant: i64,
    /// A login that has begun.
    pub interaction: i64,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Compat, Self::Base, Self::Alto];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Base => "base",
            Self::Alto => "alto",
        }
    }

    /// Which addresses answer it.
    #[must_use]
    pub const fn face(self) -> Face {
        match self {
            Self::Compat => Face::National,
            Self::Base | Self::Alto => Face::Open,
        }
    }

    /// How long things live; `offline` is for who asked for `offline_access`.
    #[must_use]
    pub const fn lifetimes(self, offline: Reach) -> Lifetimes {
        let (code, access, id_token, refresh_idle, grant, interaction) = match (self, offline) {
            (Self::Compat, _) => (300, HOUR, 600, HOUR, 12 * HOUR, 900),
            (Self::Base, Reach::Offline) => (60, 600, 300, 14 * DAY, 90 * DAY, 900),
            (Self::Base, Reach::Session) => (60, 600, 300, HOUR / 2, 12 * HOUR, 900),
            (Self::Alto, _) => (60, 300, 300, HOUR, 12 * HOUR, 600),
        };
        Lifetimes { code, access, id_token, refresh_idle, grant, interaction }
    }

    /// Whether each refresh gives another refresh token. FAPI 2.0 forbids it: the token is bound to a key instead.
    #[must_use]
    pub const fn rotates(self) -> bool {
        !matches!(self, Self::Alto)
    }
}

/// How far a grant reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// It ends with the provider's session.
    Session,
    /// It outlives it (`offline_access`).
    Offline,
}
