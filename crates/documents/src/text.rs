//! Text with names in it: `Patente {patente}`, `{monto:pesos}`. A value is data: what it holds prints as it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// As it comes; `true` and `false` as «Sí» and «No».
    Plain,
    /// `:pesos` – an integer as `$45.230`.
    Pesos,
    /// `:numero` – an integer as `45.230`.
    Number,
    /// `:fecha` – an ISO date (`2026-12-10`) as `10 de diciembre de 2026`. An instant prints as it is: only its sender
    /// knows in which zone its day counts.
    Date,
    /// `:run` – `12345678-5` as `12.345.678-5`.
    Run,
    /// `:mayusculas` – in capitals.
    Upper,
}

impl Style {
    /// What a value must be for it, with its article.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Plain | Self::Upper => "un texto",
            Self::Pesos => "un monto en pesos, sin decimales",
            Self::Number => "un número entero",
            Self::Date => "una fecha",
            Self::Run => "un RUN con su dígito verificador",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "pesos" => Self::Pesos,
            "numero" => Self::Number,
            "fecha" => Self::Date,
            "run" => Self::Run,
            "mayusculas" => Self::Upper,
            _ => return None,
        })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Segment {
    Literal(String),
    Value { path: String, style: Style },
}

/// A text of a template, parsed once. `{{` and `}}` stand for the braces themselves.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Text {
    source: String,
    pub(crate) segments: Vec<Segment>,
}

impl Text {
    /// The names that the text asks for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|s| match s {
            Segment::Value { path, .. } => Some(path.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.source.trim().is_empty()
    }
}

/// Why a text of a template can't be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TextError {
    /// A `{` without its `}`, or the other way round.
    #[error("llave sin pareja en «{0}» (escriba {{{{ o }}}} para una llave)")]
    Unpaired(String),
    /// Not a name: letters, digits, `_`, parts joined by dots.
    #[error("«{0}» no es un nombre de dato")]
    Name(String),
    /// A style that doesn't exist.
    #[error("«{0}» no es un formato: use pesos, numero, fecha, run o mayusculas")]
    Style(String),
}

impl FromStr for Text {
    type Err = TextError;

    fn from_str(source: &str) -> Result<Self, TextError> {
        let mut segments = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(escaped) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = escaped;
                continue;
            }
            let unpaired = || TextError::Unpaired(source.chars().take(60).collect());
            if brace == "}" {
                return Err(unpaired());
            }
            let end = after.find('}').ok_or_else(unpaired)?;
            if !literal.is_empty() {
                segments.push(Segment::Literal(std::mem::take(&mut literal)));
            }
            segments.push(parse_value(&after[..end])?);
            rest = &after[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal));
        }
        Ok(Self { source: source.to_owned(), segments })
    }
}

fn parse_value(inner: &str) -> Result<Segment, TextError> {
    let (path, style) = match inner.split_once(':') {
        Some((path, style)) => (path, Style::parse(style).ok_or_else(|| TextError::Style(style.to_owned()))?),
        None => (inner, Style::Plain),
    };
    if !is_path(path) {
        return Err(TextError::Name(inner.to_owned()));
    }
    Ok(Segment::Value { path: path.to_owned(), style })
}

pub(crate) fn is_path(path: &str) -> bool {
    path.len() <= 120
        && path
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether a block shows: `"nombre"` when the value is there and not false, empty or null; `"!nombre"` when it isn't.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct When {
    pub(crate) path: String,
    pub(crate) negated: bool,
}

impl When {
    /// The value that decides.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it shows when the value is not there.
    #[must_use]
    pub const fn negated(&self) -> bool {
        self.negated
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{}{}", if self.negated { "!" } else { "" }, self.path))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        let (negated, path) = match text.strip_prefix('!') {
            Some(path) => (true, path),
            None => (false, text.as_ref()),
        };
        if !is_path(path) {
            return Err(serde::de::Error::custom(TextError::Name(path.to_owned())));
        }
        Ok(Self { path: path.to_owned(), negated })
    }
}
