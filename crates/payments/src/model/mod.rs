//! What payments are and may become: types and pure rules. No SQL, no HTTP.

pub(crate) mod attempt;
pub(crate) mod journal;
pub(crate) mod payment;
pub(crate) mod receipt;
pub(crate) mod refund;

/// A text of the database doesn't name a value of this type.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a {what}: {text}")]
pub struct UnknownName {
    what: &'static str,
    text: String,
}

/// Gives an enum its stored names: `as_str`, `FromStr`.
macro_rules! names {
    ($type:ty, $what:literal, { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $type {
            /// The stored and published name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::model::UnknownName;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::model::UnknownName { what: $what, text: text.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use names;
