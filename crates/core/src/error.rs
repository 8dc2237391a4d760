//! One error for the whole platform: what is said outside, what is logged inside.

use std::fmt;

/// `Result` with the platform's error.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as the caller may know it. `web` maps it to HTTP in one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The input is wrong (422, or 400 for a body that can't be read at all).
    Invalid,
    /// Nobody is logged in (401).
    Unauthenticated,
    /// The caller may know that the thing exists, but may not do this (403).
    Forbidden,
    /// It doesn't exist, or is not the caller's to know (404).
    NotFound,
    /// The state doesn't allow it (409).
    Conflict,
    /// Somebody changed it before (412).
    Stale,
    /// It was there and is no longer (410).
    Gone,
    /// Too large (413).
    TooLarge,
    /// Too many requests (429).
    RateLimited,
    /// A part that is needed doesn't answer (503). Nothing was done.
    Unavailable,
    /// A defect (500).
    Internal,
}

/// A message for one field of the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// JSON pointer, or the form field's name.
    pub pointer: String,
    /// What the person must do, in plain Spanish.
    pub message: String,
}

/// The platform's error: an outside message in Spanish, and an inside context that only logs see.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    code: &'static str,
    detail: String,
    fields: Vec<FieldError>,
    context: Option<String>,
}

impl Error {
    /// An error with its stable code (`version_desactualizada`) and its outside message in Spanish.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, code, detail: detail.into(), fields: Vec::new(), context: None }))
    }

    /// Input that can't be accepted.
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, detail)
    }

    /// Not there, or not the caller's to know.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "no_encontrado", "No encontramos lo que busca.")
    }

    /// The state doesn't allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// Not this caller's to do.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, "sin_permiso", detail)
    }

    /// A defect: the outside learns nothing, the log gets `context` (never personal data).
    pub fn internal(context: impl fmt::Display) -> Self {
        Self::new(Kind::Internal, "error_interno", "Tenemos un problema. Intente de nuevo en unos minutos.")
            .context(context)
    }

    /// A part that is needed doesn't answer.
    pub fn unavailable(context: impl fmt::Display) -> Self {
        Self::new(
            Kind::Unavailable,
            "no_disponible",
            "El servicio no está disponible. Intente de nuevo en unos minutos.",
        )
        .context(context)
    }

    /// Adds what only logs may see. Outermost first.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.context = Some(match self.0.context.take() {
            Some(inner) => format!("{context}: {inner}"),
            None => context.to_string(),
        });
        self
    }

    /// Adds a message for one field.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.fields.push(FieldError { pointer: pointer.into(), message: message.into() });
        self
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The outside message.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The messages per field.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)?;
        match &self.0.context {
            Some(context) => write!(f, " [{context}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Self::internal(format_args!("json: {e}"))
    }
}
