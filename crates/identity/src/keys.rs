//! The keys that sign: RSA 2048 for the national contract, P-256 for ours. Read once and kept; the published sets are written once.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use copihue_core::json::sha256_hex;
use copihue_core::{Error, Result};
use serde_json::{Value, json};

/// How a key signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SignAlg {
    /// The national contract's.
    Rs256,
    /// Ours.
    Es256,
}

impl SignAlg {
    pub(crate) const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// As headers and rows write it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// From the stored code.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.code() == code)
    }
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// A signing key in memory.
pub(crate) struct SigningKey {
    /// Its name: 32 hex digits.
    pub(crate) kid: String,
    pair: Pair,
}

impl SigningKey {
    /// A new one.
    ///
    /// # Errors
    /// Only if the generator fails.
    pub(crate) fn generate(alg: SignAlg) -> Result<Self> {
        let pair = match alg {
            SignAlg::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa).ok(),
            SignAlg::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ec).ok(),
        };
        Ok(Self::of(pair.ok_or_else(|| Error::internal("no signing key could be made"))?))
    }

    /// From PKCS #8.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn from_pkcs8(alg: SignAlg, der: &[u8]) -> Result<Self> {
        let pair = match alg {
            SignAlg::Rs256 => RsaKeyPair::from_pkcs8(der).map(Pair::Rsa).ok(),
            SignAlg::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Pair::Ec).ok()
            }
        };
        Ok(Self::of(pair.ok_or_else(|| Error::internal("a stored key is not of its kind"))?))
    }

    fn of(pair: Pair) -> Self {
        let public = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(pair) => pair.public_key().as_ref(),
        };
        Self { kid: sha256_hex(public)[..32].to_owned(), pair }
    }

    /// How it signs.
    pub(crate) const fn alg(&self) -> SignAlg {
        match self.pair {
            Pair::Rsa(_) => SignAlg::Rs256,
            Pair::Ec(_) => SignAlg::Es256,
        }
    }

    /// As PKCS #8, to be sealed.
    ///
    /// # Errors
    /// Only if the encoder fails.
    pub(crate) fn to_pkcs8(&self) -> Result<Vec<u8>> {
        let failed = |_| Error::internal("the key could not be written");
        match &self.pair {
            Pair::Rsa(pair) => Ok(pair.as_der().map_err(failed)?.as_ref().to_vec()),
            Pair::Ec(pair) => Ok(pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec()),
        }
    }

    /// The public part, as RFC 7517 writes it.
    #[must_use]
    pub(crate) fn jwk(&self) -> Value {
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                json!({
                    "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
                    "n": BASE64.encode(n.big_endian_without_leading_zero()),
                    "e": BASE64.encode(e.big_endian_without_leading_zero()),
                })
            }
            Pair::Ec(pair) => {
                // 0x04, x, y.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
                    "x": BASE64.encode(x), "y": BASE64.encode(y),
                })
            }
        }
    }

    /// A compact JWS of this type over the claims.
    ///
    /// # Errors
    /// Only if the signature fails.
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> Result<String> {
        let header = json!({"alg": self.alg().code(), "kid": self.kid, "typ": typ});
        let input = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let failed = |_| Error::internal("a token could not be signed");
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
                    .map_err(failed)?;
                signature
            }
            Pair::Ec(pair) => {
                pair.sign(&SystemRandom::new(), input.as_bytes()).map_err(failed)?.as_ref().to_vec()
            }
        };
        Ok(format!("{input}.{}", BASE64.encode(signature)))
    }

    fn signed(&self, input: &str, signature: &[u8]) -> bool {
        let input = input.as_bytes();
        match &self.pair {
            Pair::Rsa(pair) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
                .verify(input, signature)
                .is_ok(),
            Pair::Ec(pair) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key())
                .verify(input, signature)
                .is_ok(),
        }
    }
}

/// Where a key stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyState {
    /// Signs.
    Current,
    /// Published, and will sign.
    Next,
    /// Published for what it has signed.
    Former,
}

impl KeyState {
    /// The stored code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Current => "actual",
            Self::Next => "siguiente",
            Self::Former => "anterior",
        }
    }

    /// From the stored code.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        [Self::Current, Self::Next, Self::Former].into_iter().find(|state| state.code() == code)
    }
}

/// All keys, and the published sets.
pub(crate) struct KeyRing {
    keys: Vec<(KeyState, SigningKey)>,
    /// `GET /openid/jwks`: old programs know RSA only.
    pub(crate) national: Bytes,
    /// `GET /oauth2/jwks`.
    pub(crate) open: Bytes,
}

impl KeyRing {
    /// From the keys, the ones that sign first.
    #[must_use]
    pub(crate) fn new(keys: Vec<(KeyState, SigningKey)>) -> Self {
        let set = |only: Option<SignAlg>| {
            let chosen = keys.iter().filter(|(_, key)| only.is_none_or(|alg| key.alg() == alg));
            let all: Vec<Value> = chosen.map(|(_, key)| key.jwk()).collect();
            Bytes::from(json!({ "keys": all }).to_string())
        };
        let (national, open) = (set(Some(SignAlg::Rs256)), set(None));
        Self { keys, national, open }
    }

    /// The key that signs so.
    ///
    /// # Errors
    /// Never after a start: both are made then.
    pub(crate) fn current(&self, alg: SignAlg) -> Result<&SigningKey> {
        let mut ours =
            self.keys.iter().filter(|(state, key)| *state == KeyState::Current && key.alg() == alg);
        ours.next().map(|(_, key)| key).ok_or_else(|| Error::internal("no signing key"))
    }

    /// The claims of a token of ours of this type, whoever brings it, however old.
    #[must_use]
    pub(crate) fn read(&self, typ: &str, token: &str) -> Option<Value> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        let header: Value = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
        let (_, key) = self.keys.iter().find(|(_, key)| header["kid"] == key.kid.as_str())?;
        let fits = header["typ"] == typ
            && header["alg"] == key.alg().code()
            && key.signed(input, &BASE64.decode(signature).ok()?);
        fits.then(|| serde_json::from_slice(&BASE64.decode(claims).ok()?).ok())?
    }
}
