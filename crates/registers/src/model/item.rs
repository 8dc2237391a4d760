//! Items: what a register says of a key, addressed by the hash of its canonical form.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use copihue_core::{Error, Result, json};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Most bytes of an item's canonical form: an entry must fit its log's bundle many times.
pub const MAX_BYTES: usize = 8 * 1024;

/// SHA-256 of an item's canonical form. Written `sha-256:` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemHash(pub [u8; 32]);

impl fmt::Display for ItemHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha-256:{}", hex::encode(self.0))
    }
}

impl FromStr for ItemHash {
    type Err = Error;

    /// Exactly as it is written; anything else names no item.
    fn from_str(text: &str) -> Result<Self> {
        let digits = text.strip_prefix("sha-256:").filter(|d| !d.bytes().any(|b| b.is_ascii_uppercase()));
        let bytes = digits.and_then(|digits| hex::decode(digits).ok()?.try_into().ok());
        bytes.map(Self).ok_or_else(Error::not_found)
    }
}

/// A value: one text, or a set of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datum {
    /// One text.
    One(String),
    /// A set, in the order of its texts.
    Many(BTreeSet<String>),
}

impl Datum {
    /// As people and CSV read it: a set joined with `;`.
    #[must_use]
    pub fn joined(&self) -> String {
        self.texts().collect::<Vec<_>>().join(";")
    }

    /// Each text of it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(text) => (Some(text.as_str()), None),
            Self::Many(texts) => (None, Some(texts.iter().map(String::as_str))),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// What a register says of a key: fields with texts. Canonical once made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Item(BTreeMap<String, Datum>);

impl Item {
    /// From its fields, in Unicode's composed form. Empty values are left out.
    ///
    /// # Errors
    /// `item_invalido` for a tab, a line break or another control character (TSV has no escape for them), a `;` inside
    /// of a set (its separator in CSV), or an item that is too large.
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, Datum)>) -> Result<Self> {
        let mut item = BTreeMap::new();
        for (name, datum) in fields {
            let datum = clean(name, datum)?;
            if datum.texts().next().is_some_and(|text| !text.is_empty()) {
                item.insert(name.to_owned(), datum);
            }
        }
        let item = Self(item);
        if item.0.is_empty() || item.canonical()?.len() > MAX_BYTES {
            return Err(invalid("", "El contenido está vacío o es demasiado largo."));
        }
        Ok(item)
    }

    /// Reads the JSON of an item.
    ///
    /// # Errors
    /// `item_invalido` when it is not an object of texts and sets of texts, or as [`Item::new`].
    pub fn parse(text: &str) -> Result<Self> {
        let fields: BTreeMap<String, Datum> = serde_json::from_str(text)
            .map_err(|e| invalid("", "El contenido debe ser un objeto JSON de textos.").context(e))?;
        Self::new(fields.iter().map(|(name, datum)| (name.as_str(), datum.clone())))
    }

    /// The RFC 8785 form.
    ///
    /// # Errors
    /// Internal when it can't be written: a defect.
    pub fn canonical(&self) -> Result<String> {
        json::canonical(self)
    }

    /// Its address.
    ///
    /// # Errors
    /// As [`Item::canonical`].
    pub fn hash(&self) -> Result<ItemHash> {
        Ok(ItemHash(json::sha256(self.canonical()?.as_bytes())))
    }

    /// Its fields, by name.
    #[must_use]
    pub const fn fields(&self) -> &BTreeMap<String, Datum> {
        &self.0
    }

    /// A field as one text; a set joined with `;`. Empty when it isn't there.
    #[must_use]
    pub fn text(&self, field: &str) -> String {
        self.0.get(field).map(Datum::joined).unwrap_or_default()
    }

    /// Whether a field has this value, or this one among others.
    #[must_use]
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.0.get(field).is_some_and(|datum| datum.texts().any(|text| text == value))
    }

    /// The same with a field set.
    ///
    /// # Errors
    /// As [`Item::new`].
    pub fn with(&self, field: &str, datum: Datum) -> Result<Self> {
        let others = self.0.iter().filter(|(name, _)| *name != field).map(|(n, d)| (n.as_str(), d.clone()));
        Self::new(others.chain([(field, datum)]))
    }

    /// What it says, without accents and case, to search by.
    #[must_use]
    pub fn folded(&self, key: &str) -> String {
        let texts = self.0.values().flat_map(Datum::texts);
        let all = std::iter::once(key).chain(texts).collect::<Vec<_>>().join(" ");
        copihue_core::text::fold(&all)
    }
}

fn clean(name: &str, datum: Datum) -> Result<Datum> {
    let wrong = |c: char| c.is_control();
    let composed = |text: &str| text.trim().nfc().collect::<String>();
    let datum = match datum {
        Datum::One(text) => Datum::One(composed(&text)),
        Datum::Many(texts) => {
            if texts.iter().any(|text| text.contains(';')) {
                return Err(invalid(name, "Quite el punto y coma: separa los valores de una lista."));
            }
            Datum::Many(texts.iter().map(|text| composed(text)).filter(|text| !text.is_empty()).collect())
        }
    };
    if datum.texts().any(|text| text.contains(wrong)) {
        return Err(invalid(name, "Escriba el texto en una línea, sin tabulaciones."));
    }
    Ok(datum)
}

/// A content that a register doesn't take.
pub(crate) fn invalid(field: &str, message: &str) -> Error {
    let error = Error::invalid("item_invalido", message.to_owned());
    if field.is_empty() { error } else { error.field(field, message.to_owned()) }
}

/// One text.
pub fn one(text: impl Into<String>) -> Datum {
    Datum::One(text.into())
}

/// A set.
pub fn many<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Datum {
    Datum::Many(texts.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn led_12_an_item_is_addressed_by_the_hash_of_its_canonical_form() {
        let item =
            Item::new([("nombre", one("Ñuñoa ")), ("comuna", one("13120")), ("vacio", one(""))]).unwrap();
        assert_eq!(item.canonical().unwrap(), r#"{"comuna":"13120","nombre":"Ñuñoa"}"#);
        let decomposed = Item::parse("{\"nombre\":\"N\u{303}un\u{303}oa\",\"comuna\":\"13120\"}").unwrap();
        assert_eq!(decomposed.hash().unwrap(), item.hash().unwrap());
        let address = item.hash().unwrap().to_string();
        assert_eq!(address.parse::<ItemHash>().unwrap(), item.hash().unwrap());
        assert!(address.to_uppercase().parse::<ItemHash>().is_err());
        for bad in [r#"{"a":"x\ty"}"#, r#"{"a":1}"#, r#"{"a":["x;y"]}"#, "[]", "{}", r#"{"a":null}"#] {
            assert!(Item::parse(bad).is_err(), "{bad}");
        }
    }
}
