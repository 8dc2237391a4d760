//! The protected header of a JWS: what it says, where it says it once and nothing that must be understood is unknown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;
use serde_json::{Map, Value};

use crate::hash::Hash;
use crate::oid;
use crate::pki::Certificate;
use crate::verify::algorithm::Family;
use crate::verify::chain::MAX_PATH;
use crate::verify::verdict::SubIndication;

/// What a header may mark as critical, since it is acted on here or only tells something.
const UNDERSTOOD: [&str; 8] = ["b64", "sigT", "sigD", "x5t#o", "sigX5ts", "srCms", "sigPl", "srAts"];
/// Registered by RFC 7515 itself: these may not be marked.
const REGISTERED: [&str; 11] =
    ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"];

/// A protected header, read.
pub(super) struct Header {
    algorithm: String,
    /// When, by the signer's own clock.
    pub(super) claimed: Option<Timestamp>,
    /// As they are sent, the signer's first.
    pub(super) certificates: Vec<Certificate>,
    /// Digests by which the signer says which certificate it means; `None`: by a hash that does not count.
    ids: Vec<(Option<Hash>, Vec<u8>)>,
    /// Whether the payload is encoded (RFC 7797).
    pub(super) is_encoded: bool,
    pub(super) detached: Option<Detached>,
}

/// Files beside the signature that it is over (`sigD`).
pub(super) struct Detached {
    pub(super) names: Vec<String>,
    /// The digest of each; `None`: they are the payload themselves.
    pub(super) digests: Option<(Hash, Vec<Vec<u8>>)>,
}

type Checked<T> = Result<T, SubIndication>;

const DAMAGED: SubIndication = SubIndication::FormatFailure;

impl Header {
    pub(super) fn read(map: &Map<String, Value>) -> Checked<Self> {
        check_critical(map)?;
        let text = |name: &str| map.get(name).and_then(Value::as_str);
        Ok(Self {
            algorithm: text("alg").ok_or(DAMAGED)?.to_owned(),
            claimed: claimed(map)?,
            certificates: certificates(map)?,
            ids: ids(map)?,
            is_encoded: is_encoded(map)?,
            detached: map.get("sigD").map(|value| Detached::read(value).ok_or(DAMAGED)).transpose()?,
        })
    }

    /// Whether it says which certificate it means and when it was signed, as JAdES demands.
    pub(super) fn is_ades(&self) -> bool {
        !self.ids.is_empty() && self.claimed.is_some()
    }

    /// The algorithm that it names, where it is the key's own: the header alone must not choose it.
    pub(super) fn algorithm(&self, leaf: &Certificate) -> Checked<(Family, Hash)> {
        let (kind, curve) = leaf.key_algorithm();
        let (family, hash, fits) = match self.algorithm.as_str() {
            "RS256" => (Family::Rsa, Hash::Sha256, kind == oid::RSA),
            "RS384" => (Family::Rsa, Hash::Sha384, kind == oid::RSA),
            "RS512" => (Family::Rsa, Hash::Sha512, kind == oid::RSA),
            "PS256" => (Family::Pss, Hash::Sha256, kind == oid::RSA),
            "PS384" => (Family::Pss, Hash::Sha384, kind == oid::RSA),
            "PS512" => (Family::Pss, Hash::Sha512, kind == oid::RSA),
            "ES256" => (Family::Ecdsa, Hash::Sha256, curve == Some(oid::P256)),
            "ES384" => (Family::Ecdsa, Hash::Sha384, curve == Some(oid::P384)),
            "ES512" => (Family::Ecdsa, Hash::Sha512, curve == Some(oid::P521)),
            "EdDSA" | "Ed25519" => (Family::Ed25519, Hash::Sha512, kind == oid::ED25519),
            _ => return Err(SubIndication::CryptoConstraintsFailure),
        };
        if fits { Ok((family, hash)) } else { Err(SubIndication::CryptoConstraintsFailure) }
    }

    /// Whether each digest that it names is this certificate's.
    pub(super) fn check_certificate(&self, leaf: &Certificate) -> Checked<()> {
        for (hash, digest) in &self.ids {
            let hash = hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
            if !constant_time_eq(hash.of(&[leaf.der()]).as_ref(), digest) {
                return Err(SubIndication::NoSigningCertificateFound);
            }
        }
        Ok(())
    }
}

/// RFC 7515 §4.1.11: a list of distinct names, each of the header, none that RFC 7515 registers, and all understood.
fn check_critical(map: &Map<String, Value>) -> Checked<()> {
    let Some(list) = map.get("crit") else { return Ok(()) };
    let names: Option<Vec<&str>> = list.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    let mut names = names.filter(|n| !n.is_empty()).ok_or(DAMAGED)?;
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let fits = |n: &&str| UNDERSTOOD.contains(n) && map.contains_key(*n) && !REGISTERED.contains(n);
    if names.len() == count && names.iter().all(fits) { Ok(()) } else { Err(DAMAGED) }
}

/// `iat` in seconds, or the `sigT` of earlier editions; never both.
fn claimed(map: &Map<String, Value>) -> Checked<Option<Timestamp>> {
    match (map.get("iat"), map.get("sigT")) {
        (None, None) => Ok(None),
        (Some(seconds), None) => {
            let millis = seconds.as_i64().and_then(|s| s.checked_mul(1000)).ok_or(DAMAGED)?;
            Ok(Some(Timestamp::from_millis(millis)))
        }
        (None, Some(text)) => {
            let at = text.as_str().and_then(|t| t.parse::<jiff::Timestamp>().ok()).ok_or(DAMAGED)?;
            Ok(Some(Timestamp::from(at)))
        }
        (Some(_), Some(_)) => Err(DAMAGED),
    }
}

fn certificates(map: &Map<String, Value>) -> Checked<Vec<Certificate>> {
    let Some(list) = map.get("x5c") else { return Ok(Vec::new()) };
    let list = list.as_array().filter(|list| list.len() <= MAX_PATH).ok_or(DAMAGED)?;
    let read = |value: &Value| Certificate::from_der(&STANDARD.decode(value.as_str()?).ok()?).ok();
    list.iter().map(read).collect::<Option<_>>().ok_or(SubIndication::CertificateChainGeneralFailure)
}

fn ids(map: &Map<String, Value>) -> Checked<Vec<(Option<Hash>, Vec<u8>)>> {
    let decode = |value: &Value| URL_SAFE_NO_PAD.decode(value.as_str()?).ok();
    let mut ids = Vec::new();
    if let Some(value) = map.get("x5t#S256") {
        ids.push((Some(Hash::Sha256), decode(value).ok_or(DAMAGED)?));
    }
    // The first of a list is the signer's (TS 119 182-1 §5.2.2.3).
    let listed = map.get("sigX5ts").map(|list| list.as_array().and_then(|l| l.first()).ok_or(DAMAGED));
    for value in map.get("x5t#o").map(Ok).into_iter().chain(listed) {
        let value = value?;
        let name = value.get("digAlg").and_then(Value::as_str).ok_or(DAMAGED)?;
        ids.push((hash_named(name), value.get("digVal").and_then(decode).ok_or(DAMAGED)?));
    }
    Ok(ids)
}

/// By the names of TS 119 182-1 and the addresses of XML.
fn hash_named(name: &str) -> Option<Hash> {
    match name {
        "S256" | "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Hash::Sha256),
        "S384" | "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(Hash::Sha384),
        "S512" | "http://www.w3.org/2001/04/xmlenc#sha512" => Some(Hash::Sha512),
        _ => None,
    }
}

/// RFC 7797 §6: who says that the payload is not encoded marks that as critical.
fn is_encoded(map: &Map<String, Value>) -> Checked<bool> {
    let is_marked = map.get("crit").and_then(Value::as_array).is_some_and(|l| l.iter().any(|n| n == "b64"));
    match map.get("b64") {
        None => Ok(true),
        Some(Value::Bool(true)) => Ok(true),
        Some(Value::Bool(false)) if is_marked => Ok(false),
        Some(_) => Err(DAMAGED),
    }
}

impl Detached {
    fn read(value: &Value) -> Option<Self> {
        const MOST: usize = 1_000;
        let texts = |name: &str| -> Option<Vec<&str>> {
            let list = value.get(name)?.as_array().filter(|l| (1..=MOST).contains(&l.len()))?;
            list.iter().map(Value::as_str).collect()
        };
        let names: Vec<String> = texts("pars")?.into_iter().map(str::to_owned).collect();
        let digests = match value.get("mId")?.as_str()? {
            "http://uri.etsi.org/19182/ObjectIdByURI" => None,
            "http://uri.etsi.org/19182/ObjectIdByURIHash" => {
                let hash = hash_named(value.get("hashM")?.as_str()?)?;
                let digests: Vec<Vec<u8>> = texts("hashV")?
                    .into_iter()
                    .map(|t| URL_SAFE_NO_PAD.decode(t).ok())
                    .collect::<Option<_>>()?;
                (digests.len() == names.len()).then_some(())?;
                Some((hash, digests))
            }
            _ => return None,
        };
        Some(Self { names, digests })
    }
}
