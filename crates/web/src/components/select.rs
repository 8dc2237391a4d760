//! One of many.

use maud::{Markup, Render, html};

use super::Text;
use super::field::{Field, field_methods};
use crate::locale::t;

/// A list to choose from: for more than seven options.
#[derive(Clone)]
pub struct Select<'a> {
    field: Field<'a>,
    groups: Vec<(Text<'a>, Vec<(Text<'a>, Text<'a>)>)>,
}

impl<'a> Select<'a> {
    field_methods!();

    /// Adds an option, to the last group when there is one.
    #[must_use]
    pub fn option(mut self, value: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Self {
        if self.groups.is_empty() {
            self.groups.push((Text::Borrowed(""), Vec::new()));
        }
        if let Some((_, options)) = self.groups.last_mut() {
            options.push((value.into(), label.into()));
        }
        self
    }

    /// Begins a group: a region before its communes.
    #[must_use]
    pub fn group(mut self, label: impl Into<Text<'a>>) -> Self {
        self.groups.push((label.into(), Vec::new()));
        self
    }

    fn options(&self, options: &[(Text<'_>, Text<'_>)]) -> Markup {
        html! {
            @for (value, label) in options {
                option value=(value) selected[*value == self.field.value && !value.is_empty()] { (label) }
            }
        }
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let f = &self.field;
        html! {
            div class=(f.group_class()) {
                (f.label())
                (f.notes())
                select.input.select id=(f.name) name=(f.name) aria-describedby=[f.described_by()]
                    aria-invalid=[f.invalid()] {
                    option value="" { (t("web-select-first")) }
                    @for (label, options) in &self.groups {
                        @if label.is_empty() { (self.options(options)) }
                        @else { optgroup label=(label) { (self.options(options)) } }
                    }
                }
            }
        }
    }
}

/// A list to choose from. «Seleccione una opción» comes first by itself.
pub fn select<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Select<'a> {
    Select { field: Field::new(name, label), groups: Vec::new() }
}

/// Communes by region: `(region, [(code, name)])`.
pub fn commune_select<'a>(
    name: impl Into<Text<'a>>,
    label: impl Into<Text<'a>>,
    regions: impl IntoIterator<Item = (&'a str, Vec<(&'a str, &'a str)>)>,
) -> Select<'a> {
    regions.into_iter().fold(select(name, label), |list, (region, communes)| {
        communes.into_iter().fold(list.group(region), |list, (code, name)| list.option(code, name))
    })
}

/// A text field with suggestions that the browser itself offers.
#[must_use]
pub fn datalist_input(input: super::Input<'_>, name: &str, options: &[&str]) -> Markup {
    let id = format!("{name}-lista");
    let field = input.render().into_string();
    // The list is bound to the field inside of the rendered component.
    let marked = format!("id=\"{name}\" ");
    let bound = field.replacen(&marked, &format!("{marked}list=\"{id}\" "), 1);
    html! {
        (maud::PreEscaped(bound))
        datalist id=(id) { @for option in options { option value=(option) {} } }
    }
}
