//! The key that signs id_tokens: RSA 2048, read once and kept. The published set is written once.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use copihue_core::json::sha256_hex;
use copihue_core::{Error, Result};
use serde_json::{Value, json};

/// A signing key in memory.
pub(crate) struct SigningKey {
    /// Its name: 32 hex digits.
    pub(crate) kid: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    /// A new one.
    ///
    /// # Errors
    /// Only if the generator fails.
    pub(crate) fn generate() -> Result<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)
            .map_err(|_| Error::internal("no RSA key could be made"))?;
        Ok(Self::of(pair))
    }

    /// From PKCS #8.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let pair =
            RsaKeyPair::from_pkcs8(der).map_err(|_| Error::internal("the stored key is not an RSA key"))?;
        Ok(Self::of(pair))
    }

    fn of(pair: RsaKeyPair) -> Self {
        let kid = sha256_hex(pair.public_key().as_ref())[..32].to_owned();
        Self { kid, pair }
    }

    /// As PKCS #8, to be sealed.
    ///
    /// # Errors
    /// Only if the encoder fails.
    pub(crate) fn to_pkcs8(&self) -> Result<Vec<u8>> {
        let der = self.pair.as_der().map_err(|_| Error::internal("the key could not be written"))?;
        Ok(der.as_ref().to_vec())
    }

    /// The public part, as RFC 7517 writes it.
    #[must_use]
    pub(crate) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": BASE64.encode(n.big_endian_without_leading_zero()),
            "e": BASE64.encode(e.big_endian_without_leading_zero()),
        })
    }

    /// A compact JWS over the claims: RS256.
    ///
    /// # Errors
    /// Only if the signature fails.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String> {
        let header = json!({"alg": "RS256", "kid": self.kid, "typ": "JWT"});
        let input = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .map_err(|_| Error::internal("the id_token could not be signed"))?;
        Ok(format!("{input}.{}", BASE64.encode(signature)))
    }
}

/// The current key, and the published set with the old ones that may still be needed to verify.
pub(crate) struct KeyRing {
    /// Signs.
    pub(crate) current: SigningKey,
    /// `GET /openid/jwks`, ready to send.
    pub(crate) jwks: Bytes,
}

impl KeyRing {
    /// From the current key and the others.
    #[must_use]
    pub(crate) fn new(current: SigningKey, others: &[SigningKey]) -> Self {
        let keys: Vec<Value> = std::iter::once(&current).chain(others).map(SigningKey::jwk).collect();
        let jwks = json!({ "keys": keys }).to_string().into();
        Self { current, jwks }
    }
}
