//! Proof of possession (RFC 9449): who uses a token must hold the key that it was given for.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::Timestamp;
use copihue_core::json::sha256;
use copihue_core::secret::constant_time_eq;
use url::Url;

use super::jose::{Jwk, Jws};

/// Seconds that the clock of who proves may be off.
const OFF: i64 = 60;
/// Seconds of one nonce; the one before it is still taken.
const NONCE_SECONDS: i64 = 120;

/// What a proof must be about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's address, without query.
    pub url: &'a str,
    /// The access token that comes with it.
    pub access_token: Option<&'a str>,
    /// The instant.
    pub now: Timestamp,
}

/// A proof that is good, if it has not been used before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The key's thumbprint.
    pub jkt: String,
    /// Its id: counts once.
    pub jti: String,
    /// When it was made, in seconds.
    pub issued: i64,
}

/// Why a proof is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bad {
    /// It proves nothing.
    Proof,
    /// It lacks a nonce of ours that is fresh.
    Nonce,
}

/// Checks a proof.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &str, about: &About<'_>, nonces: &Nonces) -> Result<Proof, Bad> {
    let jws = Jws::parse(text).ok_or(Bad::Proof)?;
    let key = jws.header.get("jwk").and_then(Jwk::parse).ok_or(Bad::Proof)?;
    let now = about.now.millis() / 1000;
    let issued = jws.seconds("iat").ok_or(Bad::Proof)?;
    let jti = jws.text("jti").filter(|jti| (1..=256).contains(&jti.len())).ok_or(Bad::Proof)?;
    let hash = about.access_token.map(|token| BASE64.encode(sha256(token.as_bytes())));
    let fits = jws.typ() == Some("dpop+jwt")
        && jws.text("htm") == Some(about.method)
        && jws.text("htu").is_some_and(|htu| same_address(htu, about.url))
        && issued.abs_diff(now) <= OFF.unsigned_abs()
        && (hash.is_none() || jws.text("ath") == hash.as_deref())
        && jws.signed_by(&key);
    if !fits {
        return Err(Bad::Proof);
    }
    match jws.text("nonce") {
        Some(nonce) if nonces.fresh(nonce, about.now) => {
            Ok(Proof { jkt: key.thumbprint, jti: jti.to_owned(), issued })
        }
        _ => Err(Bad::Nonce),
    }
}

/// Query and fragment aside; host in any case, default port or none (RFC 9449 §4.3).
fn same_address(given: &str, ours: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    bare(given).is_some_and(|given| bare(ours) == Some(given))
}

/// Nonces that every process of the deployment makes and knows without telling the others: the time under a key.
pub struct Nonces(hmac::Key);

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces(***)")
    }
}

impl Nonces {
    /// Under this key.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    fn of(&self, window: i64) -> String {
        BASE64.encode(&hmac::sign(&self.0, &window.to_be_bytes()).as_ref()[..18])
    }

    /// The nonce to use now.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> String {
        self.of(now.millis().div_euclid(1000 * NONCE_SECONDS))
    }

    fn fresh(&self, nonce: &str, now: Timestamp) -> bool {
        let window = now.millis().div_euclid(1000 * NONCE_SECONDS);
        let is = |n: i64| constant_time_eq(self.of(n).as_bytes(), nonce.as_bytes());
        is(window) | is(window - 1)
    }
}
