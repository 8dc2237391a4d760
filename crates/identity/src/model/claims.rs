//! What an application is told: userinfo and the claims of an id_token (§2.1, §2.2).

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::{Id, Timestamp};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::grant::Grant;
use super::mandate::session_id;
use super::person::Person;
use super::profile::{Face, Profile};

/// The key under which each sector sees another `sub` of the same person.
pub struct Pairwise(hmac::Key);

impl Pairwise {
    /// Under this key.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The `sub` by which an application knows a person. In the national contract it is the RUN's number as text: a large platform
    /// in production keys on it.
    #[must_use]
    pub fn sub(&self, person: &Person, client: &Client) -> String {
        match client.settings.profile {
            Profile::Compat => person.run.number().to_string(),
            Profile::Base | Profile::Alto => self.of(person.id, client),
        }
    }

    /// The pairwise `sub`.
    #[must_use]
    pub fn of(&self, person: Id, client: &Client) -> String {
        let sector = client.settings.sector.as_deref().unwrap_or(&client.id);
        let input = [sector.as_bytes(), b"\n", person.as_bytes()].concat();
        BASE64.encode(hmac::sign(&self.0, &input).as_ref())
    }
}

/// What userinfo says.
#[must_use]
pub fn userinfo(person: &Person, client: &Client, grant: &Grant, sub: &str) -> Value {
    match client.settings.profile.face() {
        Face::National => national(person, client, grant, sub),
        Face::Open => open(person, grant, sub),
    }
}

fn national(person: &Person, client: &Client, grant: &Grant, sub: &str) -> Value {
    let mut out = Map::new();
    out.insert("sub".into(), sub.into());
    if grant.has_scope("run") {
        let run =
            json!({"numero": person.run.number(), "DV": person.run.check_digit().to_string(), "tipo": "RUN"});
        out.insert("RolUnico".into(), run);
    }
    if grant.has_scope("name") {
        let mut surnames = at_least_one(&person.surnames);
        if surnames.len() == 1 && client.settings.two_surnames {
            surnames.push(String::new());
        }
        out.insert("name".into(), json!({"nombres": at_least_one(&person.names), "apellidos": surnames}));
    }
    if grant.has_scope("email") {
        // A known client fails without the key.
        out.insert("email".into(), person.email.clone().unwrap_or_default().into());
    }
    Value::Object(out)
}

fn open(person: &Person, grant: &Grant, sub: &str) -> Value {
    let mut out = json!({"sub": sub, "acr": grant.acr.urn(), "amr": grant.amr});
    if grant.has_scope("profile") {
        out["name"] = person.full_name().into();
        out["given_name"] = person.names.join(" ").into();
        out["family_name"] = person.surnames.join(" ").into();
    }
    if grant.has_scope("run") {
        out["run"] = person.run.compact().into();
    }
    if let Some(email) = person.email.as_deref().filter(|_| grant.has_scope("email")) {
        out["email"] = email.into();
        out["email_verified"] = person.email_verified.into();
    }
    out
}

/// Old programs index `[0]` without looking.
fn at_least_one(words: &[String]) -> Vec<String> {
    if words.is_empty() { vec![String::new()] } else { words.to_vec() }
}

/// What an id_token is about, beside its grant.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Who gives it.
    pub issuer: &'a str,
    /// Who the person is for this application.
    pub sub: &'a str,
    /// The access token that comes with it.
    pub access_token: &'a str,
    /// The instant.
    pub now: Timestamp,
}

/// The claims of an id_token. `acr` and `amr` say what happened, never what was asked.
#[must_use]
pub fn id_token(about: &About<'_>, client: &Client, grant: &Grant) -> Value {
    let iat = about.now.millis() / 1000;
    let mut claims = json!({
        "iss": about.issuer,
        "sub": about.sub,
        "aud": grant.client_id,
        "exp": iat + client.lifetimes(grant.reach).id_token,
        "iat": iat,
        "auth_time": grant.auth_time.millis() / 1000,
        "at_hash": at_hash(about.access_token),
        "acr": grant.acr.urn(),
        "amr": grant.amr,
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if client.settings.sid {
        claims["sid"] = session_id(grant.sid, grant.mandate).into();
    }
    claims
}

/// The claims of a signed access token (RFC 9068). Nothing in it tells who the person is (D5).
#[must_use]
pub fn access_token(issuer: &str, sub: &str, jti: &str, client: &Client, grant: &Grant) -> Value {
    let life = client.lifetimes(grant.reach);
    let mut claims = json!({
        "iss": issuer,
        "sub": sub,
        "aud": client.settings.audience.as_deref().unwrap_or(issuer),
        "client_id": grant.client_id,
        "scope": grant.scope,
        "iat": grant.generation_at.millis() / 1000,
        "exp": grant.access_expires(&life).millis() / 1000,
        "jti": jti,
        "auth_time": grant.auth_time.millis() / 1000,
        "acr": grant.acr.urn(),
    });
    if let Some(jkt) = &grant.jkt {
        claims["cnf"] = json!({"jkt": jkt});
    }
    claims
}

/// The same claims with whom the person acts for, when they act for somebody.
#[must_use]
pub fn with_representation(mut claims: Value, representation: Option<Value>) -> Value {
    if let Some(representation) = representation {
        claims["representation"] = representation;
    }
    claims
}

/// The left half of the access token's SHA-256 (OIDC Core §3.1.3.6).
fn at_hash(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    BASE64.encode(&hash.as_ref()[..16])
}

/// What a scope gives away, in the person's words, for their history.
#[must_use]
pub fn delivered(scope: &str) -> Vec<String> {
    let words = [("run", "RUN"), ("name", "nombre"), ("profile", "nombre"), ("email", "correo")];
    words
        .iter()
        .filter(|(s, _)| scope.split(' ').any(|given| given == *s))
        .map(|(_, w)| (*w).to_owned())
        .collect()
}
