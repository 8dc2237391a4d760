//! Applications that ask who somebody is.

use copihue_core::Acr;
use serde::{Deserialize, Serialize};

use super::person::PersonKind;

/// Where an application stands (§3.8), as far as a login must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientState {
    /// Approved, not yet certified: the login page says that it isn't enabled.
    Approved,
    /// May be used.
    Active,
    /// Stopped for a while.
    Suspended,
    /// Stopped for ever.
    Revoked,
}

/// For whom the application is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Environment {
    /// Test people only.
    Sandbox,
    /// Real people only.
    Production,
}

impl ClientState {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "aprobada",
            Self::Active => "activa",
            Self::Suspended => "suspendida",
            Self::Revoked => "revocada",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Approved, Self::Active, Self::Suspended, Self::Revoked].into_iter().find(|s| s.code() == code)
    }
}

impl Environment {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "produccion",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Sandbox, Self::Production].into_iter().find(|e| e.code() == code)
    }

    /// Whether this kind of person may log in here.
    #[must_use]
    pub fn admits(self, kind: PersonKind) -> bool {
        match self {
            Self::Sandbox => kind == PersonKind::Test,
            Self::Production => kind == PersonKind::Real,
        }
    }
}

/// Whether the application must prove that it is the one that began (RFC 7636).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Pkce {
    /// Checked when a challenge was given.
    #[default]
    #[serde(rename = "opcional")]
    Optional,
    /// No login without it.
    #[serde(rename = "obligatorio")]
    Required,
}

/// What differs from one application to the next: never a global switch (IDP-01).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// PKCE.
    pub pkce: Pkce,
    /// For how many seconds after a login the provider's own session answers without asking again.
    pub sso_seconds: u32,
    /// Send `iss` with the code (RFC 9207).
    pub iss: bool,
    /// Send the provider's session id (`sid`) in the id_token.
    pub sid: bool,
    /// Send `""` as second surname of people who have one: old programs index `[1]`.
    pub two_surnames: bool,
    /// Give refresh tokens.
    pub refresh: bool,
    /// The weakest login that the application takes.
    #[serde(with = "level")]
    pub acr_min: Acr,
    /// Answer 401 with `WWW-Authenticate` to a program that used Basic and failed.
    pub basic_401: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pkce: Pkce::Optional,
            sso_seconds: 60,
            iss: false,
            sid: false,
            two_surnames: false,
            refresh: true,
            acr_min: Acr::Low,
            basic_401: false,
        }
    }
}

/// A level as settings write it: `bajo`, `sustancial`, `alto`.
mod level {
    use copihue_core::Acr;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    fn word(acr: Acr) -> &'static str {
        acr.urn().rsplit(':').next().unwrap_or_default()
    }

    pub(super) fn serialize<S: Serializer>(acr: &Acr, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(word(*acr))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Acr, D::Error> {
        let text = String::deserialize(from)?;
        let known = [Acr::Low, Acr::Substantial, Acr::High].into_iter().find(|acr| word(*acr) == text);
        known.ok_or_else(|| D::Error::custom("un nivel es bajo, sustancial o alto"))
    }
}

/// A registered application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// What people read at the login.
    pub name: String,
    /// The body it belongs to.
    pub institution: String,
    /// For whom.
    pub environment: Environment,
    /// State.
    pub state: ClientState,
    /// Scopes it may have.
    pub scopes: Vec<String>,
    /// Scheme, authority and path of each.
    pub redirect_uris: Vec<String>,
    /// What differs.
    pub settings: Settings,
}
