//! One of several, any of several.

use maud::{Markup, Render, html};

use super::Text;
use super::field::Field;
use crate::forms::FormState;
use crate::locale::t;

/// Radios or checkboxes in a fieldset.
#[derive(Clone)]
pub struct Choices<'a> {
    field: Field<'a>,
    kind: Kind,
    options: Vec<Choice<'a>>,
    chosen: Vec<Text<'a>>,
    inline: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    One,
    Many,
}

#[derive(Clone)]
struct Choice<'a> {
    value: Text<'a>,
    label: Text<'a>,
    hint: Option<Text<'a>>,
}

impl<'a> Choices<'a> {
    /// Help under the legend.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text<'a>>) -> Self {
        self.field.hint = Some(hint.into());
        self
    }

    /// Sets the error.
    #[must_use]
    pub fn error(mut self, error: impl Into<Text<'a>>) -> Self {
        self.field.error = Some(error.into());
        self
    }

    /// The legend is the page's `h1`: use with [`crate::Page::own_heading`].
    #[must_use]
    pub fn as_heading(mut self) -> Self {
        self.field.label_is = super::field::LabelIs::Heading;
        self
    }

    /// Adds an option.
    #[must_use]
    pub fn option(mut self, value: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Self {
        self.options.push(Choice { value: value.into(), label: label.into(), hint: None });
        self
    }

    /// Adds an option with help under it.
    #[must_use]
    pub fn option_with_hint(
        mut self,
        value: impl Into<Text<'a>>,
        label: impl Into<Text<'a>>,
        hint: impl Into<Text<'a>>,
    ) -> Self {
        self.options.push(Choice { value: value.into(), label: label.into(), hint: Some(hint.into()) });
        self
    }

    /// What is chosen, and the error, from the form's state.
    #[must_use]
    pub fn state(mut self, state: &'a FormState) -> Self {
        self.field.take_error(state);
        let name = self.field.name.clone();
        self.chosen =
            state.entries().iter().filter(|(n, _)| *n == name).map(|(_, v)| v.as_str().into()).collect();
        self
    }

    /// What is chosen.
    #[must_use]
    pub fn value(mut self, value: impl Into<Text<'a>>) -> Self {
        self.chosen.push(value.into());
        self
    }

    /// Side by side on wide screens: for two short options.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    fn one(&self, index: usize, choice: &Choice<'_>) -> Markup {
        let name = &self.field.name;
        // The first one carries the field's name as its id: the error summary leads to it.
        let id = if index == 0 { name.to_string() } else { format!("{name}-{}", index + 1) };
        let hint_id = choice.hint.as_ref().map(|_| format!("{id}-opcion"));
        let kind = if self.kind == Kind::One { "radio" } else { "checkbox" };
        html! {
            div.choice {
                input.choice-input type=(kind) id=(id) name=(name) value=(choice.value)
                    checked[self.chosen.contains(&choice.value)] aria-describedby=[hint_id.as_ref()];
                label.choice-label for=(id) { (choice.label) }
                @if let Some(hint) = &choice.hint { p.hint.choice-hint id=[hint_id.as_ref()] { (hint) } }
            }
        }
    }
}

impl Render for Choices<'_> {
    fn render(&self) -> Markup {
        let f = &self.field;
        html! {
            div class=(f.group_class()) {
                fieldset aria-describedby=[f.described_by()] {
                    (f.legend())
                    (f.notes())
                    div.choices.choices-many[self.kind == Kind::Many].choices-inline[self.inline] {
                        @for (index, choice) in self.options.iter().enumerate() { (self.one(index, choice)) }
                    }
                }
            }
        }
    }
}

/// One of several. Nothing is chosen beforehand.
///
/// ```
/// use copihue_web::{components::radios, html};
/// let page = html! {
///     (radios("instalments", "¿Cómo quiere pagar?").option("1", "En una cuota").option("2", "En dos cuotas"))
/// };
/// assert!(page.into_string().contains("<legend"));
/// ```
pub fn radios<'a>(name: impl Into<Text<'a>>, legend: impl Into<Text<'a>>) -> Choices<'a> {
    let field = Field::new(name, legend);
    Choices { field, kind: Kind::One, options: Vec::new(), chosen: Vec::new(), inline: false }
}

/// Any of several.
pub fn checkboxes<'a>(name: impl Into<Text<'a>>, legend: impl Into<Text<'a>>) -> Choices<'a> {
    Choices { kind: Kind::Many, ..radios(name, legend) }
}

/// «Sí» or «No» (`si`, `no`).
pub fn yes_no<'a>(name: impl Into<Text<'a>>, legend: impl Into<Text<'a>>) -> Choices<'a> {
    radios(name, legend).option("si", t("web-yes")).option("no", t("web-no")).inline()
}

/// A declaration to tick (`si`). `legend` says what it is about, `text` is what is declared.
pub fn declaration<'a>(
    name: impl Into<Text<'a>>,
    legend: impl Into<Text<'a>>,
    text: impl Into<Text<'a>>,
) -> Choices<'a> {
    checkboxes(name, legend).option("si", text)
}
