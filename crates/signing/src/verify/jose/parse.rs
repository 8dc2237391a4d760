//! A JWS in each of its forms (RFC 7515 §7): compact, flattened JSON, general JSON.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::strict;

/// More signatures over one payload than any honest file has.
const MOST: usize = 16;

/// One signature and what it is over, each in the encoding in which it stands there.
pub(super) struct Jws {
    /// As it is written; `None`: it is elsewhere.
    pub(super) payload: Option<String>,
    pub(super) protected: String,
    pub(super) unprotected: Map<String, Value>,
    pub(super) signature: String,
}

/// `a.b.c`, with nothing around it but line ends.
pub(super) fn compact(text: &str) -> Option<Jws> {
    let mut parts = text.trim_end_matches(['\r', '\n']).split('.');
    let (protected, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(())?;
    Some(Jws {
        payload: (!payload.is_empty()).then(|| payload.to_owned()),
        protected: protected.to_owned(),
        unprotected: Map::new(),
        signature: signature.to_owned(),
    })
}

/// Each signature of either JSON form.
pub(super) fn json(bytes: &[u8]) -> Option<Vec<Jws>> {
    let whole = strict::object(bytes)?;
    let payload = match whole.get("payload") {
        None => None,
        Some(value) => Some(value.as_str()?.to_owned()).filter(|text| !text.is_empty()),
    };
    let many = match whole.get("signatures") {
        // RFC 7515 §7.2.2: a flattened one has no list beside its own signature.
        Some(_) if whole.contains_key("signature") => return None,
        Some(list) => list.as_array().filter(|l| (1..=MOST).contains(&l.len()))?.clone(),
        None => vec![Value::Object(whole)],
    };
    many.iter().map(|one| read(one, payload.clone())).collect()
}

fn read(one: &Value, payload: Option<String>) -> Option<Jws> {
    let text = |name: &str| Some(one.get(name)?.as_str()?.to_owned());
    let unprotected = match one.get("header") {
        None => Map::new(),
        Some(value) => value.as_object()?.clone(),
    };
    Some(Jws { payload, protected: text("protected")?, unprotected, signature: text("signature")? })
}

impl Jws {
    /// The protected header, which repeats nothing of the other one, nor of itself.
    pub(super) fn header(&self) -> Option<Map<String, Value>> {
        let map = strict::object(&URL_SAFE_NO_PAD.decode(&self.protected).ok()?)?;
        let is_apart = |name: &String| !map.contains_key(name) && name != "crit" && name != "alg";
        self.unprotected.keys().all(is_apart).then_some(map)
    }
}

/// Whether these bytes look like a JWS.
pub(in crate::verify) fn is_jws(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    if text.trim_start().starts_with('{') {
        return json(bytes).is_some();
    }
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-_.\r\n".contains(&c);
    text.starts_with("eyJ") && text.bytes().all(is_plain) && compact(text).is_some()
}
