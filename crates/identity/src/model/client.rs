//! Applications that ask who somebody is.

use copihue_core::Acr;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::jose::Jwk;
use super::person::PersonKind;
use super::profile::{Lifetimes, Profile, Reach};

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

/// How an application proves who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Auth {
    /// A secret, in the header or in the body.
    #[default]
    #[serde(rename = "secreto")]
    Secret,
    /// A signature with a key of its own (`private_key_jwt`).
    #[serde(rename = "llave")]
    Key,
    /// Not at all: a program on the person's own machine keeps no secret.
    #[serde(rename = "publica")]
    Public,
}

/// What access tokens look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum AccessForm {
    /// Says nothing: whoever gets it asks us.
    #[default]
    #[serde(rename = "opaco")]
    Opaque,
    /// Signed (RFC 9068): whoever gets it checks it alone, and learns of a revocation when it expires.
    #[serde(rename = "jwt")]
    Jwt,
}

/// What differs from one application to the next: never a global switch (IDP-01).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The contract that it speaks.
    pub profile: Profile,
    /// PKCE.
    pub pkce: Pkce,
    /// For how many seconds after a login the provider's own session answers without asking again.
    pub sso_seconds: u32,
    /// For how many seconds without use it does.
    pub sso_idle_seconds: u32,
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
    /// No login by password alone: a code by mail where the person has nothing better. Its own contract does not change.
    pub require_2fa: bool,
    /// Answer 401 with `WWW-Authenticate` to a program that used Basic and failed.
    pub basic_401: bool,
    /// How it proves who it is.
    pub auth: Auth,
    /// Its public keys, as a JWK set: of its assertions and signed requests.
    pub jwks: Option<Value>,
    /// Where it publishes them instead.
    pub jwks_uri: Option<String>,
    /// Its requests come signed, or not at all.
    pub signed_requests: bool,
    /// Whoever shares a sector sees the same `sub`: the host of its addresses, or one that was registered for several.
    pub sector: Option<String>,
    /// Sign its id_tokens with RS256 instead of ES256.
    pub rs256: bool,
    /// What its access tokens look like.
    pub access: AccessForm,
    /// The API that its access tokens are for.
    pub audience: Option<String>,
    /// The API that it is itself: it may ask about tokens for it.
    pub resource: Option<String>,
    /// It may be used on devices without a browser (RFC 8628).
    pub device: bool,
    /// It may ask for tokens in its own name (`client_credentials`).
    pub machine: bool,
    /// It may ask for whom the person acts.
    pub representation: bool,
    /// Where a browser may be sent after log-out, letter by letter.
    pub post_logout_uris: Vec<String>,
    /// Where it is told of a log-out (back-channel).
    pub logout_notice_uri: Option<String>,
    /// What it does is noted down: it is being tested for its certification (§3.8).
    pub watched: bool,
}

impl Settings {
    /// What an application of this profile begins with.
    #[must_use]
    pub fn of(profile: Profile) -> Self {
        let strict = profile != Profile::Compat;
        let (sso_seconds, sso_idle_seconds) = match profile {
            Profile::Compat => (60, 60),
            Profile::Base => (12 * 3_600, 30 * 60),
            Profile::Alto => (3_600, 15 * 60),
        };
        Self {
            profile,
            pkce: if strict { Pkce::Required } else { Pkce::Optional },
            sso_seconds,
            sso_idle_seconds,
            iss: strict,
            sid: strict,
            two_surnames: false,
            refresh: true,
            acr_min: Acr::Low,
            require_2fa: false,
            basic_401: strict,
            auth: if profile == Profile::Alto { Auth::Key } else { Auth::Secret },
            jwks: None,
            jwks_uri: None,
            signed_requests: false,
            sector: None,
            rs256: !strict,
            access: AccessForm::Opaque,
            audience: None,
            resource: None,
            device: false,
            machine: false,
            representation: false,
            post_logout_uris: Vec::new(),
            logout_notice_uri: None,
            watched: false,
        }
    }

    /// The keys of [`Settings::jwks`].
    #[must_use]
    pub fn keys(&self) -> Vec<Jwk> {
        self.jwks.as_ref().and_then(Jwk::parse_set).unwrap_or_default()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(Profile::Compat)
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

impl Client {
    /// How long things live for it.
    #[must_use]
    pub fn lifetimes(&self, reach: Reach) -> Lifetimes {
        self.settings.profile.lifetimes(reach)
    }

    /// Whether its tokens must be bound to a key of its own, and its requests be left with us first.
    #[must_use]
    pub fn is_alto(&self) -> bool {
        self.settings.profile == Profile::Alto
    }
}
