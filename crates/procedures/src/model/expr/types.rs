//! The types that expressions have, taken from the data schema.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A type.
#[derive(Clone, PartialEq, Debug)]
pub enum Ty {
    /// Not known: every use is accepted, and fails at run time if wrong.
    Any,
    /// Only null.
    Null,
    /// A truth value.
    Bool,
    /// A whole number.
    Int,
    /// A text, perhaps one of a closed list.
    Text,
    /// A list, with the most items it may have.
    List(Box<Ty>, u64),
    /// An object with known fields.
    Object(Arc<BTreeMap<String, Field>>),
}

/// A field of an object.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its type.
    pub ty: Ty,
    /// Whether it is there whenever the object is.
    pub required: bool,
}

impl Ty {
    /// An object of `(name, type, required)`.
    pub fn object<S: Into<String>>(fields: impl IntoIterator<Item = (S, Ty, bool)>) -> Self {
        Self::Object(Arc::new(
            fields.into_iter().map(|(name, ty, required)| (name.into(), Field { ty, required })).collect(),
        ))
    }

    /// Whether a value of one type may stand where the other is expected.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a, _), Self::List(b, _)) => a.fits(b),
            (Self::Object(_), Self::Object(_)) => true,
            (a, b) => a == b,
        }
    }

    /// The type of a value that has either.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::List(a, n), Self::List(b, m)) => Self::List(Box::new(a.join(*b)), n.max(m)),
            (a, b) if a == b => a,
            // The empty list and the unknown learn from the other side.
            _ => Self::Any,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Int => "integer",
            Self::Text => "text",
            Self::List(..) => "list",
            Self::Object(_) => "object",
        })
    }
}
