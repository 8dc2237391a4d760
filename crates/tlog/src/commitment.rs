//! Salted commitments: what the public log holds of a record that has personal data.
//!
//! Each field is committed under a salt derived from a secret key: the person's for their data, the record's for the
//! rest. Whoever has a salt can show that field and no other; when a person's key is destroyed, what was committed under
//! it becomes noise, and every proof stays valid (Ley 21.719).

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use copihue_core::json::canonical;
use copihue_core::{Result, secret::constant_time_eq};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::merkle::{Hash, hash};

/// A key under which fields are salted: K_subject or K_record.
pub struct SaltKey(hmac::Key);

impl SaltKey {
    /// From its 32 secret bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// `HMAC(K, "copihue/salt/v1\n" ‖ record_id ‖ "\n" ‖ field)`.
    #[must_use]
    pub fn salt(&self, record_id: &str, field: &str) -> Hash {
        mac(&self.0, &[b"copihue/salt/v1\n", record_id.as_bytes(), b"\n", field.as_bytes()])
    }
}

/// `HMAC(salt, "copihue/field/v1\n" ‖ field ‖ "\n" ‖ JCS(value))`.
///
/// # Errors
/// Internal when the value can't be written.
pub fn commit_field(salt: &Hash, field: &str, value: &Value) -> Result<Hash> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
    let value = canonical_value(value)?;
    Ok(mac(&key, &[b"copihue/field/v1\n", field.as_bytes(), b"\n", value.as_bytes()]))
}

/// `SHA-256("copihue/record/v1\n" ‖ JCS({field: base64url(c)}))`.
///
/// # Errors
/// Internal when the names can't be written.
pub fn commit_record(fields: &BTreeMap<String, Hash>) -> Result<Hash> {
    let text = if fields.keys().all(|name| is_plain(name)) {
        let pairs: Vec<String> =
            fields.iter().map(|(name, c)| format!("\"{name}\":\"{}\"", b64(c))).collect();
        format!("{{{}}}", pairs.join(","))
    } else {
        let encoded: BTreeMap<&str, String> = fields.iter().map(|(n, c)| (n.as_str(), b64(c))).collect();
        canonical(&encoded)?
    };
    Ok(hash(&[b"copihue/record/v1\n", text.as_bytes()]))
}

/// Characters that JSON writes as they are, and whose byte order is the order of RFC 8785.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
}

/// RFC 8785. Most values are a text or an integer, which `serde_json` already writes canonically: every act in every
/// transaction comes through here.
fn canonical_value(value: &Value) -> Result<String> {
    match value {
        Value::String(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Number(n) if n.is_i64() => Ok(n.to_string()),
        _ => canonical(value),
    }
}

/// The log's entry of a commitment: JCS of `{"c":…,"k":kind,"v":1}`.
///
/// # Errors
/// Internal when the kind can't be written.
pub fn entry(kind: &str, commitment: &Hash) -> Result<String> {
    if is_plain(kind) {
        return Ok(format!(r#"{{"c":"{}","k":"{kind}","v":1}}"#, b64(commitment)));
    }
    canonical(&serde_json::json!({"c": b64(commitment), "k": kind, "v": 1}))
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> Hash {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// What a proof discloses of its record, carried in `extra`: every field's commitment, and salt and value of those shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Always 1.
    v: u8,
    /// The event's kind.
    #[serde(rename = "k")]
    pub kind: String,
    /// base64url of each field's commitment.
    fields: BTreeMap<String, String>,
    /// The fields shown.
    pub open: BTreeMap<String, OpenField>,
}

/// A field that is shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenField {
    /// base64url of its salt.
    #[serde(rename = "s")]
    salt: String,
    /// Its value.
    #[serde(rename = "x")]
    pub value: Value,
}

const MAX_EXTRA: usize = 64 * 1024;

impl Disclosure {
    /// Of these commitments, showing nothing yet.
    #[must_use]
    pub fn new(kind: &str, fields: &BTreeMap<String, Hash>) -> Self {
        let fields = fields.iter().map(|(name, c)| (name.clone(), b64(c))).collect();
        Self { v: 1, kind: kind.to_owned(), fields, open: BTreeMap::new() }
    }

    /// Shows a field.
    pub fn show(&mut self, field: &str, salt: &Hash, value: Value) {
        self.open.insert(field.to_owned(), OpenField { salt: b64(salt), value });
    }

    /// Reads what a proof carries. `None` when it has another shape, is larger than 64 KiB, or isn't canonical: so that
    /// every reader finds the same in it (a name that stands twice, a number that not all can hold).
    #[must_use]
    pub fn parse(extra: &[u8]) -> Option<Self> {
        let small = Some(extra).filter(|e| e.len() <= MAX_EXTRA)?;
        serde_json::from_slice::<Self>(small).ok().filter(|d| d.v == 1 && is_canonical(d, small))
    }

    /// As carried in `extra`.
    ///
    /// # Errors
    /// Internal when it can't be written.
    pub fn to_extra(&self) -> Result<String> {
        canonical(self)
    }

    /// The log's entry that this record gives. `None` when a field shown isn't the one committed.
    #[must_use]
    pub fn entry(&self) -> Option<String> {
        let mut commitments = BTreeMap::new();
        for (name, c) in &self.fields {
            commitments.insert(name.clone(), decode(c)?);
        }
        for (name, open) in &self.open {
            let c = commit_field(&decode(&open.salt)?, name, &open.value).ok()?;
            if !constant_time_eq(&c, commitments.get(name)?) {
                return None;
            }
        }
        entry(&self.kind, &commit_record(&commitments).ok()?).ok()
    }
}

fn decode(text: &str) -> Option<Hash> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn is_canonical<T: Serialize>(value: &T, text: &[u8]) -> bool {
    canonical(value).is_ok_and(|written| written.as_bytes() == text)
}

/// An entry of an open ledger, carried in `extra` as it stands in the log.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenEntry {
    v: u8,
    entry: String,
}

/// The `extra` of an open ledger's entry.
///
/// # Errors
/// Internal when it can't be written.
pub fn open_extra(entry: &str) -> Result<String> {
    canonical(&OpenEntry { v: 1, entry: entry.to_owned() })
}

/// The entry of an open ledger with its kind and fields. `None` when `extra` carries something else.
#[must_use]
pub fn parse_open_extra(extra: &[u8]) -> Option<(String, String, BTreeMap<String, Value>)> {
    let small = Some(extra).filter(|e| e.len() <= MAX_EXTRA)?;
    let open: OpenEntry = serde_json::from_slice(small).ok()?;
    let sound = open.v == 1 && is_canonical(&open, small);
    let record: Value = serde_json::from_str(&open.entry).ok().filter(|_| sound)?;
    let fields = record.get("r")?.as_object()?.clone().into_iter().collect();
    let kind = record.get("k")?.as_str()?.to_owned();
    Some((open.entry, kind, fields))
}
