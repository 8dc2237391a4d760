//! A date in three fields.

use maud::{Markup, Render, html};

use super::Text;
use super::field::Field;
use crate::forms::FormState;
use crate::locale::t;

/// Day, month, year: `{name}-dia`, `{name}-mes`, `{name}-ano`. Read with [`crate::Fields::date`].
#[derive(Clone)]
pub struct DateInput<'a> {
    field: Field<'a>,
    parts: [Text<'a>; 3],
}

const PARTS: [(&str, &str, &str); 3] =
    [("dia", "web-date-day", "2"), ("mes", "web-date-month", "10"), ("ano", "web-date-year", "4")];

impl<'a> DateInput<'a> {
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

    /// Says «(opcional)».
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.field.need = super::field::Need::Optional;
        self
    }

    /// Values and error from the form's state.
    #[must_use]
    pub fn state(mut self, state: &'a FormState) -> Self {
        self.field.take_error(state);
        for (slot, (part, ..)) in self.parts.iter_mut().zip(PARTS) {
            if let Some(value) = state.first(&format!("{}-{part}", self.field.name)) {
                *slot = value.into();
            }
        }
        self
    }

    /// Sets the date.
    #[must_use]
    pub fn value(mut self, date: jiff::civil::Date) -> Self {
        self.parts =
            [date.day().to_string().into(), date.month().to_string().into(), date.year().to_string().into()];
        self
    }
}

impl Render for DateInput<'_> {
    fn render(&self) -> Markup {
        let f = &self.field;
        html! {
            div class=(f.group_class()) {
                fieldset role="group" aria-describedby=[f.described_by()] {
                    (f.legend())
                    (f.notes())
                    div.date {
                        @for (index, (part, label, max)) in PARTS.iter().enumerate() {
                            @let name = format!("{}-{part}", f.name);
                            // The first one carries the field's name as its id: the error summary leads to it.
                            @let id = if index == 0 { f.name.to_string() } else { name.clone() };
                            div.date-part {
                                label for=(id) { (t(label)) }
                                input.input.date-year[*part == "ano"] type="text" id=(id) name=(name)
                                    value=(self.parts[index]) maxlength=(max) aria-invalid=[f.invalid()]
                                    inputmode=[(*part != "mes").then_some("numeric")];
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A date; the month as a number or a name.
pub fn date_input<'a>(name: impl Into<Text<'a>>, legend: impl Into<Text<'a>>) -> DateInput<'a> {
    let mut field = Field::new(name, legend);
    field.hint = Some(t("web-date-hint").into());
    DateInput { field, parts: [Text::Borrowed(""), Text::Borrowed(""), Text::Borrowed("")] }
}
