//! What an application authenticates with: its key, its secret, and for whose signature it asks.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_core::{Error, Result, Secret, Timestamp};
use serde_json::json;

/// How long a token of ours holds: a request, and a clock that is a little off.
const GOOD_S: i64 = 5 * 60;

/// An application that asks for somebody's signature.
#[derive(Clone)]
pub struct Credential {
    /// Its key.
    pub application: String,
    /// Its secret.
    pub secret: Secret,
    /// The institution's exact name.
    pub entity: String,
    /// RUN of who signs, without dots, dash or check digit.
    pub run: String,
    /// `Propósito General` or `Desatendido`.
    pub purpose: String,
}

impl Credential {
    /// A token of the contract (specs signing §2.3), whose header names the application.
    ///
    /// # Errors
    /// When there is no such instant.
    pub fn token(&self, now: Timestamp) -> Result<String> {
        let until = jiff::Timestamp::from(now.plus_seconds(GOOD_S)).in_tz("America/Santiago");
        let until = until.map_err(Error::internal)?;
        let header = json!({ "alg": "HS256", "kid": self.application, "typ": "JWT" });
        let claims = json!({
            "entity": self.entity, "run": self.run, "purpose": self.purpose,
            "expiration": until.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.expose());
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))))
    }
}
