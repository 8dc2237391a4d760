//! One-line and long texts.

use maud::{Markup, Render, html};

use super::Text;
use super::field::{Field, field_methods};
use crate::locale::{t, ta};

/// A text field.
#[derive(Clone)]
pub struct Input<'a> {
    field: Field<'a>,
    kind: &'static str,
    prefix: Option<&'static str>,
    suffix: Option<Text<'a>>,
    inputmode: Option<&'static str>,
    autocomplete: Option<&'static str>,
    spellcheck: Option<&'static str>,
    class: &'static str,
    max: Option<usize>,
    lines: Option<u32>,
}

impl<'a> Input<'a> {
    field_methods!();

    fn new(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Self {
        Self {
            field: Field::new(name, label),
            kind: "text",
            prefix: None,
            suffix: None,
            inputmode: None,
            autocomplete: None,
            spellcheck: None,
            class: "input",
            max: None,
            lines: None,
        }
    }

    /// What the browser may fill in: `name`, `street-address`, `tel`…
    #[must_use]
    pub fn autocomplete(mut self, value: &'static str) -> Self {
        self.autocomplete = Some(value);
        self
    }

    /// So many characters at most; a long text shows how many are left.
    #[must_use]
    pub fn max(mut self, characters: usize) -> Self {
        self.max = Some(characters);
        self
    }

    /// A unit after the field: `UTM`, `días`.
    #[must_use]
    pub fn suffix(mut self, unit: impl Into<Text<'a>>) -> Self {
        self.suffix = Some(unit.into());
        self
    }

    /// As narrow as its usual content: plates, codes, years.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.class = "input input-narrow";
        self
    }

    fn control(&self) -> Markup {
        let f = &self.field;
        html! {
            input class=(self.class) type=(self.kind) id=(f.name) name=(f.name)
                value=[(self.kind != "password").then_some(&f.value)]
                aria-describedby=[f.described_by()] aria-invalid=[f.invalid()] inputmode=[self.inputmode]
                autocomplete=[self.autocomplete] spellcheck=[self.spellcheck] maxlength=[self.max];
        }
    }

    fn wrapped(&self) -> Markup {
        if self.prefix.is_none() && self.suffix.is_none() {
            return self.control();
        }
        html! {
            div.affix {
                @if let Some(prefix) = self.prefix { span.affix-part aria-hidden="true" { (prefix) } }
                (self.control())
                @if let Some(suffix) = &self.suffix { span.affix-part aria-hidden="true" { (suffix) } }
            }
        }
    }

    fn long(&self, lines: u32) -> Markup {
        let f = &self.field;
        let count_id = format!("{}-cuenta", f.name);
        let described = match (f.described_by(), self.max) {
            (Some(ids), Some(_)) => Some(format!("{ids} {count_id}")),
            (None, Some(_)) => Some(count_id.clone()),
            (ids, None) => ids,
        };
        html! {
            textarea.input.textarea id=(f.name) name=(f.name) rows=(lines) aria-describedby=[described]
                aria-invalid=[f.invalid()] data-max=[self.max] { "\n" (f.value) }
            @if let Some(max) = self.max {
                p.hint.count id=(count_id) data-left=(t_left()) data-left-one=(ta("web-chars-left", &crate::args! {"n" => 1}))
                    data-over=(t_over()) {
                    (ta("web-chars-limit", &crate::args! {"max" => crate::format::number(max as i64)}))
                }
            }
        }
    }
}

/// Patterns for the script, with `#` in place of the number.
fn t_left() -> String {
    ta("web-chars-left", &crate::args! {"n" => 2}).replace('2', "#")
}

fn t_over() -> String {
    ta("web-chars-over", &crate::args! {"n" => 2}).replace('2', "#")
}

impl Render for Input<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(self.field.group_class()) {
                (self.field.label())
                (self.field.notes())
                @match self.lines {
                    Some(lines) => (self.long(lines)),
                    None => (self.wrapped()),
                }
            }
        }
    }
}

/// A line of text.
pub fn text_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    Input::new(name, label)
}

/// A long text, with its count of characters when [`Input::max`] is set.
///
/// ```
/// use copihue_web::{components::textarea, html};
/// let page = html! { (textarea("facts", "Hechos").max(4_000)) }.into_string();
/// assert!(page.contains("Puede escribir hasta 4.000 caracteres"));
/// ```
pub fn textarea<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    Input { lines: Some(6), ..Input::new(name, label) }
}

/// A RUN.
pub fn run_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    let input = Input { spellcheck: Some("false"), class: "input input-narrow", ..Input::new(name, label) };
    input.hint(t("web-run-hint"))
}

/// An amount of pesos.
pub fn money_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    let class = "input input-narrow";
    Input { prefix: Some("$"), inputmode: Some("numeric"), class, ..Input::new(name, label) }
}

/// A whole number.
pub fn number_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    Input { inputmode: Some("numeric"), class: "input input-narrow", ..Input::new(name, label) }
}

/// A mail address.
pub fn email_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    let autocomplete = Some("email");
    Input { kind: "email", spellcheck: Some("false"), autocomplete, ..Input::new(name, label) }
}

/// A telephone number.
pub fn phone_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    Input { kind: "tel", autocomplete: Some("tel"), class: "input input-narrow", ..Input::new(name, label) }
}

/// A street address.
pub fn address_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    Input { autocomplete: Some("street-address"), ..Input::new(name, label) }
}

/// A password. Its value is never given back.
pub fn password_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    let autocomplete = Some("current-password");
    Input { kind: "password", autocomplete, spellcheck: Some("false"), ..Input::new(name, label) }
}

/// A one-time code. Its value is never given back.
pub fn otp_input<'a>(name: impl Into<Text<'a>>, label: impl Into<Text<'a>>) -> Input<'a> {
    let (inputmode, autocomplete) = (Some("numeric"), Some("one-time-code"));
    let input = Input { inputmode, autocomplete, class: "input input-narrow", ..Input::new(name, label) };
    input.max(12)
}

/// A search box with its button, for a form with `method=get`.
#[must_use]
pub fn search_input(action: &str, label: &str, value: &str) -> Markup {
    html! {
        form.search-form role="search" method="get" action=(action) {
            label.label for="q" { (label) }
            div.affix {
                input.input type="search" id="q" name="q" value=(value) maxlength="200";
                button.button type="submit" { (t("web-search")) }
            }
        }
    }
}
