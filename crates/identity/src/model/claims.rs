//! What an application is told: userinfo and the claims of an id_token (§2.1).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::Timestamp;
use serde_json::{Map, Value, json};

use super::client::Client;
use super::grant::{Grant, ID_TOKEN_SECONDS};
use super::person::Person;

/// What userinfo says. `sub` is the RUN's number as text: a large platform in production keys on it (compat only).
#[must_use]
pub fn userinfo(person: &Person, client: &Client, grant: &Grant) -> Value {
    let mut out = Map::new();
    out.insert("sub".into(), person.run.number().to_string().into());
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

/// Old programs index `[0]` without looking.
fn at_least_one(words: &[String]) -> Vec<String> {
    if words.is_empty() { vec![String::new()] } else { words.to_vec() }
}

/// The claims of an id_token. `acr` and `amr` say what happened, never what was asked.
#[must_use]
pub fn id_token(
    issuer: &str,
    person: &Person,
    client: &Client,
    grant: &Grant,
    access_token: &str,
    now: Timestamp,
) -> Value {
    let iat = now.millis() / 1000;
    let mut claims = json!({
        "iss": issuer,
        "sub": person.run.number().to_string(),
        "aud": grant.client_id,
        "exp": iat + ID_TOKEN_SECONDS,
        "iat": iat,
        "auth_time": grant.auth_time.millis() / 1000,
        "at_hash": at_hash(access_token),
        "acr": grant.acr.urn(),
        "amr": grant.amr,
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if client.settings.sid {
        claims["sid"] = grant.sid.to_string().into();
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
    let words = [("run", "RUN"), ("name", "nombre"), ("email", "correo")];
    words
        .iter()
        .filter(|(s, _)| scope.split(' ').any(|given| given == *s))
        .map(|(_, w)| (*w).to_owned())
        .collect()
}
