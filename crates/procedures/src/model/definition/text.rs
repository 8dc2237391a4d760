//! Texts by language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text by language tag; a bare string is es-CL.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// One language.
    Plain(String),
    /// By tag.
    By(BTreeMap<String, String>),
    /// No text.
    #[default]
    None,
}

impl Text {
    /// The Spanish of Chile.
    #[must_use]
    pub fn es(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::By(map) => map.get("es-CL").map_or("", String::as_str),
            Self::None => "",
        }
    }

    /// Whether the language is there.
    #[must_use]
    pub fn has(&self, language: &str) -> bool {
        match self {
            Self::Plain(text) => language == "es-CL" && !text.is_empty(),
            Self::By(map) => map.get(language).is_some_and(|t| !t.is_empty()),
            Self::None => false,
        }
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.es().is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}
