//! What goes into a statement ([`Param`]) and what comes out of it ([`Value`]).

use copihue_core::{Bucket, Clp, Id, Run, Timestamp, VerificationCode};
use jiff::civil::Date;

/// A stored value: the three column types, or nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

/// A parameter of a statement, borrowed where possible.
#[derive(Clone, PartialEq, Eq)]
pub enum Param<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// TEXT made for this call.
    Owned(String),
    /// BYTEA.
    Bytes(&'a [u8]),
    /// A number that BIGINT can't hold: the statement is refused.
    TooLarge,
}

/// The parameters of a statement: `&params![id, name]`. Borrows what it is given.
#[macro_export]
macro_rules! params {
    () => { ([] as [$crate::Param<'static>; 0]) };
    ($($value:expr),+ $(,)?) => { [$($crate::ToParam::to_param(&$value)),+] };
}

/// What can be a parameter.
pub trait ToParam {
    /// The value as a parameter.
    fn to_param(&self) -> Param<'_>;
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// What the column must hold, for the error.
    const EXPECTED: &'static str;

    /// The value, or `None` when the column holds something else.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: ToParam + ?Sized> ToParam for &T {
    fn to_param(&self) -> Param<'_> {
        (**self).to_param()
    }
}

impl<T: ToParam> ToParam for Option<T> {
    fn to_param(&self) -> Param<'_> {
        self.as_ref().map_or(Param::Null, ToParam::to_param)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl ToParam for $type {
            fn to_param(&self) -> Param<'_> {
                i64::try_from(*self).map_or(Param::TooLarge, Param::Int)
            }
        }

        impl FromValue for $type {
            const EXPECTED: &'static str = stringify!($type);

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Int(n) = value { Self::try_from(*n).ok() } else { None }
            }
        }
    )+};
}

integers!(i64, i32, i16, u8, u16, u32, u64, usize);

/// Types that are one of the three column types in other clothes.
macro_rules! as_int {
    ($type:ty, $expected:literal, |$self:ident| $to:expr, |$n:ident| $from:expr) => {
        impl ToParam for $type {
            fn to_param(&self) -> Param<'_> {
                let $self = self;
                Param::Int($to)
            }
        }

        impl FromValue for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Int($n) = *value { $from } else { None }
            }
        }
    };
}

as_int!(bool, "0 or 1", |b| i64::from(*b), |n| match n {
    0 => Some(false),
    1 => Some(true),
    _ => None,
});
as_int!(Timestamp, "milliseconds", |at| at.millis(), |n| Some(Self::from_millis(n)));
as_int!(Clp, "pesos", |clp| clp.pesos(), |n| Some(Self(n)));
as_int!(Run, "a RUN's number", |run| i64::from(run.number()), |n| u32::try_from(n)
    .ok()
    .and_then(Self::from_number));
as_int!(Bucket, "a bucket", |bucket| i64::from(bucket.number()), |n| u16::try_from(n)
    .ok()
    .filter(|n| *n < 4096)
    .map(Self::new));

impl ToParam for str {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self)
    }
}

impl ToParam for String {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self)
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "text";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl ToParam for [u8] {
    fn to_param(&self) -> Param<'_> {
        Param::Bytes(self)
    }
}

impl ToParam for Vec<u8> {
    fn to_param(&self) -> Param<'_> {
        Param::Bytes(self)
    }
}

impl FromValue for Vec<u8> {
    const EXPECTED: &'static str = "bytes";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl<const N: usize> ToParam for [u8; N] {
    fn to_param(&self) -> Param<'_> {
        Param::Bytes(self)
    }
}

impl<const N: usize> FromValue for [u8; N] {
    const EXPECTED: &'static str = "bytes of a fixed length";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { bytes.as_slice().try_into().ok() } else { None }
    }
}

impl ToParam for Id {
    fn to_param(&self) -> Param<'_> {
        Param::Bytes(self.as_bytes())
    }
}

impl FromValue for Id {
    const EXPECTED: &'static str = "an id of 16 bytes";

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Self::from_slice(bytes) } else { None }
    }
}

/// TEXT, without its dashes.
impl ToParam for VerificationCode {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self.compact())
    }
}

/// TEXT, `2026-12-10`.
impl ToParam for Date {
    fn to_param(&self) -> Param<'_> {
        Param::Owned(self.to_string())
    }
}

/// JSON as TEXT.
impl ToParam for serde_json::Value {
    fn to_param(&self) -> Param<'_> {
        Param::Owned(self.to_string())
    }
}

/// Types written as TEXT that parse back.
macro_rules! from_text {
    ($($type:ty: $expected:literal),+) => {$(
        impl FromValue for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Text(text) = value { text.parse().ok() } else { None }
            }
        }
    )+};
}

from_text!(Date: "a date", serde_json::Value: "JSON", VerificationCode: "a verification code");
