//! Signed JSON of others: compact JWS, checked with a public JWK. Only what FAPI 2.0 allows; nothing that a header says about
//! where a key comes from is followed.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::json::sha256;
use serde_json::{Map, Value};

/// Longest token that is looked at.
const MAX: usize = 16 * 1024;
/// Deepest JSON that is read (§6).
const MAX_DEPTH: usize = 32;

/// Signatures that others may use towards us.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alg {
    /// ECDSA on P-256.
    Es256,
    /// RSA with PSS, 2048 bits or more.
    Ps256,
    /// Ed25519.
    EdDsa,
}

impl Alg {
    /// Their names, for the discovery document.
    pub const NAMES: [&str; 3] = ["ES256", "PS256", "EdDSA"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "PS256" => Some(Self::Ps256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A compact JWS, not yet believed.
#[derive(Debug)]
pub struct Jws<'a> {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    alg: Alg,
    input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads one. None: it is none, is signed with what we don't take, or demands an extension.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (input, signature) = text.rsplit_once('.').filter(|_| text.len() <= MAX)?;
        let (header, claims) = input.split_once('.')?;
        let (header, claims) = (object(header)?, object(claims)?);
        let alg = Alg::parse(header.get("alg")?.as_str()?)?;
        let plain = !header.contains_key("crit");
        let signature = BASE64.decode(signature).ok()?;
        plain.then_some(Self { header, claims, alg, input, signature })
    }

    /// `typ`, without the prefix that may be left out.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        let typ = self.header.get("typ")?.as_str()?;
        Some(typ.strip_prefix("application/").unwrap_or(typ))
    }

    /// Whether the header tries to say where its key is.
    #[must_use]
    pub fn brings_key(&self) -> bool {
        ["jwk", "jku", "x5u", "x5c"].iter().any(|name| self.header.contains_key(*name))
    }

    /// A claim as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A claim as seconds since the epoch.
    #[must_use]
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "a date with a fraction is rounded down")]
        value.as_i64().or_else(|| value.as_f64().map(|f| f.floor() as i64))
    }

    /// The key that it says it was signed with.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn signed_by(&self, key: &Jwk) -> bool {
        let input = self.input.as_bytes();
        let plain = |algorithm, point: &[u8]| {
            UnparsedPublicKey::new(algorithm, point).verify(input, &self.signature).is_ok()
        };
        match (self.alg, &key.public) {
            (Alg::Es256, Public::P256(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input, &self.signature).is_ok()
            }
            (Alg::EdDsa, Public::Ed25519(point)) => plain(&ED25519, point),
            (Alg::Ps256, Public::Rsa { n, e }) => {
                let key = RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() };
                key.verify(&RSA_PSS_2048_8192_SHA256, input, &self.signature).is_ok()
            }
            _ => false,
        }
    }

    /// Whether one of these keys signed it: the one that it names, or any when it names none.
    #[must_use]
    pub fn signed_by_one_of(&self, keys: &[Jwk]) -> bool {
        let kid = self.kid();
        keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid).any(|key| self.signed_by(key))
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Public {
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jwk {
    public: Public,
    /// Its name.
    pub kid: Option<String>,
    /// RFC 7638, base64url.
    pub thumbprint: String,
}

impl Jwk {
    /// Reads a public key of a kind that we take. One that brings its private part is refused: it is nobody's secret any more.
    #[must_use]
    pub fn parse(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str();
        let bytes = |name: &str| BASE64.decode(text(name)?).ok();
        if ["d", "p", "q", "k"].iter().any(|name| value.get(name).is_some()) {
            return None;
        }
        let (public, canonical) = match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => {
                let point = [vec![4], bytes("x")?, bytes("y")?].concat();
                let canonical =
                    format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text("x")?, text("y")?);
                (Some(Public::P256(point)).filter(|_| text("x").is_some_and(|x| x.len() == 43))?, canonical)
            }
            ("OKP", Some("Ed25519")) => {
                let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text("x")?);
                (Public::Ed25519(bytes("x").filter(|x| x.len() == 32)?), canonical)
            }
            ("RSA", _) => {
                let n = bytes("n").filter(|n| n.len() >= 256)?;
                let canonical = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text("e")?, text("n")?);
                (Public::Rsa { n, e: bytes("e")? }, canonical)
            }
            _ => return None,
        };
        let thumbprint = BASE64.encode(sha256(canonical.as_bytes()));
        Some(Self { public, kid: text("kid").map(str::to_owned), thumbprint })
    }

    /// Reads a set: every key in it must be one that we take.
    #[must_use]
    pub fn parse_set(set: &Value) -> Option<Vec<Self>> {
        let keys = set.get("keys")?.as_array().filter(|keys| !keys.is_empty() && keys.len() <= 20)?;
        keys.iter().map(Self::parse).collect()
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match json(&BASE64.decode(part).ok()?)? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// JSON of others, up to [`MAX_DEPTH`].
#[must_use]
pub fn json(bytes: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    shallow(&value, MAX_DEPTH).then_some(value)
}

fn shallow(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(all) => left > 0 && all.iter().all(|v| shallow(v, left - 1)),
        Value::Object(map) => left > 0 && map.values().all(|v| shallow(v, left - 1)),
        _ => true,
    }
}
