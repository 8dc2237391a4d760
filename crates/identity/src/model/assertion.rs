//! An application that proves itself by a signature (RFC 7523, `private_key_jwt`), and requests that it signs (RFC 9101).

use copihue_core::Timestamp;
use serde_json::Value;

use super::jose::{Jwk, Jws};
use super::params::Params;

/// What a client assertion is.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds that another's clock may be ahead: up to here accepted.
const AHEAD: i64 = 60;
/// Longest life of an assertion.
const MAX_LIFE: i64 = 5 * 60;
/// Longest life of a signed request, and oldest that it may be.
const MAX_REQUEST_LIFE: i64 = 60 * 60;

/// An assertion that is good, if it has not been used before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Good {
    /// Its id: counts once until `expires`.
    pub jti: String,
    /// Seconds since the epoch.
    pub expires: i64,
}

/// Who says to have signed it: only to know whose keys to try.
#[must_use]
pub fn claimed_client(assertion: &str) -> Option<String> {
    let jws = Jws::parse(assertion)?;
    jws.text("sub").filter(|sub| jws.text("iss") == Some(sub)).map(str::to_owned)
}

/// Checks an assertion against the application's keys. The audience is our issuer, as a string and alone: an assertion that also
/// names somebody else could be used there (FAPI 2.0).
#[must_use]
pub fn check(assertion: &str, client_id: &str, keys: &[Jwk], issuer: &str, now: Timestamp) -> Option<Good> {
    let jws = Jws::parse(assertion).filter(|jws| !jws.brings_key())?;
    let now = now.millis() / 1000;
    let (expires, jti) = (jws.seconds("exp")?, jws.text("jti")?);
    let issued = jws.seconds("iat").unwrap_or(now);
    let begins = jws.seconds("nbf").unwrap_or(issued);
    let fits = jws.text("iss") == Some(client_id)
        && jws.text("sub") == Some(client_id)
        && jws.text("aud") == Some(issuer)
        && (now < expires && expires <= now + MAX_LIFE + AHEAD)
        && issued <= now + AHEAD
        && begins <= now + AHEAD
        && (1..=256).contains(&jti.len())
        && jws.signed_by_one_of(keys);
    fits.then(|| Good { jti: jti.to_owned(), expires })
}

/// The parameters of a signed request: only what was signed counts.
#[must_use]
pub fn request(
    object: &str,
    client_id: &str,
    outside: &Params,
    keys: &[Jwk],
    issuer: &str,
    now: Timestamp,
) -> Option<Params> {
    let jws = Jws::parse(object).filter(|jws| !jws.brings_key())?;
    let now = now.millis() / 1000;
    let (expires, begins) = (jws.seconds("exp")?, jws.seconds("nbf")?);
    let for_us = match jws.claims.get("aud")? {
        Value::String(aud) => aud == issuer,
        Value::Array(all) => all.iter().any(|aud| aud == issuer),
        _ => false,
    };
    let fits = matches!(jws.typ(), None | Some("oauth-authz-req+jwt" | "JWT"))
        && jws.text("iss") == Some(client_id)
        && jws.text("client_id") == Some(client_id)
        && for_us
        && now < expires
        && expires <= begins.saturating_add(MAX_REQUEST_LIFE)
        && begins > now - MAX_REQUEST_LIFE
        && begins <= now + AHEAD
        && ["request", "request_uri"].iter().all(|name| !jws.claims.contains_key(*name))
        && jws.signed_by_one_of(keys);
    if !fits {
        return None;
    }
    let named = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];
    let pairs = jws.claims.iter().filter(|(name, _)| !named.contains(&name.as_str()));
    let signed = Params::of(pairs.map(|(name, value)| (name.clone(), text_of(value))));
    let differs = |name: &str| signed.has(name) && outside.text(name) != signed.text(name);
    let repeated = outside.names().filter(|name| *name != "request").any(differs);
    (!repeated).then_some(signed)
}

/// A claim as the parameter that it stands for.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
