//! Parameters and values in PostgreSQL's binary form.

use std::error::Error as StdError;

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::value::{Param, Value};

type Converted<T> = Result<T, Box<dyn StdError + Sync + Send>>;

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Converted<IsNull> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(n) => match *ty {
                Type::INT8 => n.to_sql(ty, out),
                Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*n)?.to_sql(ty, out),
                Type::BOOL => (*n != 0).to_sql(ty, out),
                _ => Err(format!("a number stands where {ty} is expected").into()),
            },
            Param::Text(text) => text_to_sql(text, ty, out),
            Param::Owned(text) => text_to_sql(text, ty, out),
            Param::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            Param::Bytes(_) => Err(format!("bytes stand where {ty} is expected").into()),
            Param::TooLarge => Err("the number exceeds BIGINT".into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn text_to_sql(text: &str, ty: &Type, out: &mut BytesMut) -> Converted<IsNull> {
    if <&str as ToSql>::accepts(ty) {
        text.to_sql(ty, out)
    } else {
        Err(format!("text stands where {ty} is expected").into())
    }
}

impl std::fmt::Debug for Param<'_> {
    /// Never the value: it may be personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Param::Null => "null",
            Param::Int(_) => "int",
            Param::Text(_) | Param::Owned(_) => "text",
            Param::Bytes(_) => "bytes",
            Param::TooLarge => "too large",
        })
    }
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Converted<Self> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|n| Self::Int(n.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|n| Self::Int(n.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|b| Self::Int(b.into())),
            Type::BYTEA => Ok(Self::Bytes(raw.to_vec())),
            _ if <String as FromSql<'_>>::accepts(ty) => String::from_sql(ty, raw).map(Self::Text),
            _ => Err(format!("the result's type {ty} is not BIGINT, TEXT or BYTEA: CAST it").into()),
        }
    }

    fn from_sql_null(_: &Type) -> Converted<Self> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
