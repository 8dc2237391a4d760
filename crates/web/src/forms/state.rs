//! What a form shows: the values typed so far and the errors found in them.

use copihue_core::{Error, FieldError};

/// Values and errors of a form, in the order of its fields. Components read theirs by name.
///
/// ```
/// use copihue_web::FormState;
/// let state = FormState::new().set("plate", "BBCL60").with_error("plate", "Ingrese la patente, por ejemplo BBCL60.");
/// assert_eq!(state.value("plate"), "BBCL60");
/// assert!(state.has_errors());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct FormState {
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
    rescued: bool,
}

impl FormState {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A form with these values.
    #[must_use]
    pub fn from_values<N: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (N, V)>) -> Self {
        let values = values.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        Self { values, ..Self::default() }
    }

    pub(crate) fn rescued(values: Vec<(String, String)>) -> Self {
        Self { values, errors: Vec::new(), rescued: true }
    }

    pub(crate) fn failed(values: Vec<(String, String)>, errors: Vec<FieldError>) -> Self {
        Self { values, errors, rescued: false }
    }

    /// Sets a value, in place of what there was.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(n, _)| n != name);
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a value unless the form has one: for defaults and stored drafts below what was just typed.
    #[must_use]
    pub fn or(self, name: &str, value: impl Into<String>) -> Self {
        if self.values.iter().any(|(n, _)| n == name) { self } else { self.set(name, value) }
    }

    /// Adds an error for a field. The first one of each field is shown.
    #[must_use]
    pub fn with_error(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: name.into(), message: message.into() });
        self
    }

    /// Adds what a service answered: its messages per field, or else its message for the whole form.
    #[must_use]
    pub fn with_failure(mut self, error: &Error) -> Self {
        if error.fields().is_empty() {
            return self.with_error("", error.detail());
        }
        for field in error.fields() {
            let name = field.pointer.trim_start_matches('/').to_owned();
            self.errors.push(FieldError { pointer: name, message: field.message.clone() });
        }
        self
    }

    /// The first value of this name, or nothing.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.first(name).unwrap_or_default()
    }

    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All values of this name.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first error of this field.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|e| e.pointer == name).map(|e| e.message.as_str())
    }

    /// All errors, in order.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether there is any error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether the values come from a post that arrived after the session had ended.
    #[must_use]
    pub fn is_rescued(&self) -> bool {
        self.rescued
    }

    /// All values, in order.
    #[must_use]
    pub fn entries(&self) -> &[(String, String)] {
        &self.values
    }
}
