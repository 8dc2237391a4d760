//! The engines' errors in the platform's words. Never with a parameter's value: it may be personal data.

use copihue_core::{Error, Kind};

const DUPLICATE: &str = "duplicado";
const BAD_REFERENCE: &str = "referencia_invalida";

/// The error says that a unique constraint refused the row.
#[must_use]
pub fn is_unique_violation(error: &Error) -> bool {
    error.kind() == Kind::Conflict && error.code() == DUPLICATE
}

/// The error says that a foreign key refused the row.
#[must_use]
pub fn is_foreign_key_violation(error: &Error) -> bool {
    error.kind() == Kind::Conflict && error.code() == BAD_REFERENCE
}

pub(crate) fn duplicate() -> Error {
    Error::conflict(DUPLICATE, "Ya existe un registro con estos datos.")
}

pub(crate) fn bad_reference() -> Error {
    Error::conflict(BAD_REFERENCE, "El registro depende de otro que no existe, o que aún se usa.")
}

/// A queue is full, or the database is being closed.
pub(crate) fn overloaded() -> Error {
    Error::unavailable("the database's queue is full or closed")
}

/// A closure asked for the database again: it would wait for itself.
pub(crate) fn nested() -> Error {
    Error::internal("a database closure called the database; use its own connection")
}

/// The answer was lost: a thread of the database ended.
pub(crate) fn unanswered() -> Error {
    Error::unavailable("the database ended before it answered")
}
