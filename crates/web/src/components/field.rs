//! What every field shares: label, hint, error, value.

use maud::{Markup, html};

use super::Text;
use crate::forms::FormState;
use crate::locale::t;

#[derive(Clone)]
pub(super) struct Field<'a> {
    pub(super) name: Text<'a>,
    pub(super) label: Text<'a>,
    pub(super) hint: Option<Text<'a>>,
    pub(super) value: Text<'a>,
    pub(super) error: Option<Text<'a>>,
    pub(super) need: Need,
    pub(super) label_is: LabelIs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// Whether the label is the page's heading: one question a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelIs {
    Label,
    Heading,
}

impl<'a> Field<'a> {
    pub(super) fn new(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: None,
            value: Text::Borrowed(""),
            error: None,
            need: Need::Required,
            label_is: LabelIs::Label,
        }
    }

    pub(super) fn take(&mut self, state: &'a FormState) {
        self.take_error(state);
        let value = state.first(&self.name);
        if let Some(value) = value {
            self.value = Text::Borrowed(value);
        }
    }

    pub(super) fn take_error(&mut self, state: &'a FormState) {
        if let Some(error) = state.error(&self.name) {
            self.error = Some(Text::Borrowed(error));
        }
    }

    pub(super) fn hint_id(&self) -> String {
        format!("{}-ayuda", self.name)
    }

    pub(super) fn error_id(&self) -> String {
        format!("{}-error", self.name)
    }

    /// `aria-describedby`: hint and error, when they are there.
    pub(super) fn described_by(&self) -> Option<String> {
        match (&self.hint, &self.error) {
            (None, None) => None,
            (Some(_), None) => Some(self.hint_id()),
            (None, Some(_)) => Some(self.error_id()),
            (Some(_), Some(_)) => Some(format!("{} {}", self.hint_id(), self.error_id())),
        }
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    pub(super) fn group_class(&self) -> &'static str {
        if self.error.is_some() { "field field-error" } else { "field" }
    }

    fn label_text(&self) -> Markup {
        html! {
            (self.label)
            @if self.need == Need::Optional { " " span.optional { (t("web-optional")) } }
        }
    }

    /// The label of a single input.
    pub(super) fn label(&self) -> Markup {
        let label = html! { label.label for=(self.name) { (self.label_text()) } };
        match self.label_is {
            LabelIs::Label => label,
            LabelIs::Heading => html! { h1.label-heading { (label) } },
        }
    }

    /// The legend of a group of inputs.
    pub(super) fn legend(&self) -> Markup {
        html! {
            legend.label {
                @if self.label_is == LabelIs::Heading { h1.label-heading { (self.label_text()) } }
                @else { (self.label_text()) }
            }
        }
    }

    /// Hint and error, under the label.
    pub(super) fn notes(&self) -> Markup {
        html! {
            @if let Some(hint) = &self.hint { p.hint id=(self.hint_id()) { (hint) } }
            @if let Some(error) = &self.error {
                p.error-message id=(self.error_id()) { span.hidden { (t("web-error-prefix")) } (error) }
            }
        }
    }
}

/// The builder methods that every field has.
macro_rules! field_methods {
    () => {
        /// Value and error from the form's state, by the field's name.
        #[must_use]
        pub fn state(mut self, state: &'a crate::FormState) -> Self {
            self.field.take(state);
            self
        }

        /// Help under the label.
        #[must_use]
        pub fn hint(mut self, hint: impl Into<super::Text<'a>>) -> Self {
            self.field.hint = Some(hint.into());
            self
        }

        /// Sets the value.
        #[must_use]
        pub fn value(mut self, value: impl Into<super::Text<'a>>) -> Self {
            self.field.value = value.into();
            self
        }

        /// Sets the error.
        #[must_use]
        pub fn error(mut self, error: impl Into<super::Text<'a>>) -> Self {
            self.field.error = Some(error.into());
            self
        }

        /// Says «(opcional)».
        #[must_use]
        pub fn optional(mut self) -> Self {
            self.field.need = super::field::Need::Optional;
            self
        }

        /// The label is the page's `h1`: use with [`crate::Page::own_heading`].
        #[must_use]
        pub fn as_heading(mut self) -> Self {
            self.field.label_is = super::field::LabelIs::Heading;
            self
        }
    };
}
pub(super) use field_methods;
