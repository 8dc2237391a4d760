//! Reading a definition: limits, duplicate keys, where an error lies, and the two hashes.

use std::fmt;

use copihue_core::json;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Definition, SCHEMA};

/// The largest definition, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The deepest nesting.
pub const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 500;
const MAX_EDGES: usize = 2000;
const MAX_DOCUMENTS: usize = 60;

/// A definition that can't be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct ParseError {
    /// JSON pointer to the place, empty for the whole.
    pub pointer: String,
    /// What is wrong.
    pub reason: String,
}

impl From<ParseError> for copihue_core::Error {
    fn from(e: ParseError) -> Self {
        Self::invalid("definicion_invalida", "La definición del trámite no se puede leer.")
            .field(e.pointer.clone(), e.reason.clone())
            .context(e)
    }
}

/// Reads a definition and fills in its hashes.
///
/// # Errors
/// When it breaks a limit, repeats a key, is not JSON, or does not have the shape of the format. A `hash` that
/// is written but is another than the computed one is an error too.
pub fn parse(bytes: &[u8]) -> Result<Definition, ParseError> {
    let value = strict(bytes)?;
    let mut definition: Definition = serde_path_to_error::deserialize(&value)
        .map_err(|e| ParseError { pointer: pointer(e.path()), reason: e.inner().to_string() })?;
    limits(&definition)?;
    let (hash, hash_flow) = hashes(&definition)?;
    if definition.hash.as_ref().is_some_and(|written| *written != hash) {
        return Err(at("/hash", "it is not the hash of this content"));
    }
    definition.hash = Some(hash);
    definition.hash_flow = Some(hash_flow);
    Ok(definition)
}

fn at(pointer: &str, reason: impl Into<String>) -> ParseError {
    ParseError { pointer: pointer.to_owned(), reason: reason.into() }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

fn strict(bytes: &[u8]) -> Result<Value, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(at("", format!("larger than {MAX_BYTES} bytes")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }.deserialize(&mut reader).map_err(|e| at("", e.to_string()))?;
    reader.end().map_err(|e| at("", e.to_string()))?;
    Ok(value)
}

fn limits(d: &Definition) -> Result<(), ParseError> {
    let id_ok = (3..=64).contains(&d.id.len())
        && d.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if d.schema != SCHEMA {
        return Err(at("/schema", format!("must be {SCHEMA}")));
    }
    if !id_ok {
        return Err(at("/id", "must be 3 to 64 of a-z, 0-9 and -"));
    }
    if d.flow.nodes.len() > MAX_NODES {
        return Err(at("/flow/nodes", format!("more than {MAX_NODES} nodes")));
    }
    if d.flow.edges.len() > MAX_EDGES {
        return Err(at("/flow/edges", format!("more than {MAX_EDGES} edges")));
    }
    if d.documents.len() > MAX_DOCUMENTS {
        return Err(at("/documents", format!("more than {MAX_DOCUMENTS} documents")));
    }
    Ok(())
}

/// `(hash, hash_flow)`.
fn hashes(d: &Definition) -> Result<(String, String), ParseError> {
    let whole = serde_json::to_value(d).map_err(|e| at("", e.to_string()))?;
    let Value::Object(mut whole) = whole else { return Err(at("", "not an object")) };
    for key in ["version", "hash", "hash_flow"] {
        whole.remove(key);
    }
    let mut course = Map::new();
    for key in ["data", "flow", "decisions", "access", "deadlines"] {
        if let Some(part) = whole.get(key) {
            course.insert(key.to_owned(), part.clone());
        }
    }
    Ok((digest(&Value::Object(whole))?, digest(&Value::Object(course))?))
}

fn digest(value: &Value) -> Result<String, ParseError> {
    let canonical = json::canonical(value).map_err(|e| at("", e.to_string()))?;
    Ok(format!("sha256:{}", json::sha256_hex(canonical.as_bytes())))
}

/// JSON without repeated keys, NUL or deep nesting.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Bool(b))
    }
    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::from(n))
    }
    fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Value, E> {
        i64::try_from(n).map(Value::from).map_err(|_| E::custom("a number above the largest integer"))
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("numbers are integers; write other decimals as text"))
    }
    fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<Value, E> {
        if s.contains('\0') { Err(E::custom("a text with NUL")) } else { Ok(Value::from(s)) }
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if out.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` is repeated")));
            }
            let value = map.next_value_seed(inner)?;
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }
}
