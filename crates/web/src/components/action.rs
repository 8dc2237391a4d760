//! Buttons and pages of a list.

use maud::{Markup, Render, html};

use super::Text;
use crate::locale::t;

/// A button that sends the form.
#[derive(Clone)]
pub struct Button<'a> {
    label: Text<'a>,
    class: &'static str,
    name: Option<(Text<'a>, Text<'a>)>,
    href: Option<Text<'a>>,
}

impl<'a> Button<'a> {
    /// Less weight than the one primary button of a page.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.class = "button button-secondary";
        self
    }

    /// For what can't be undone.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.class = "button button-danger";
        self
    }

    /// Looks like a link.
    #[must_use]
    pub fn as_link(mut self) -> Self {
        self.class = "button-link";
        self
    }

    /// Sends `name=value` when it was this button.
    #[must_use]
    pub fn sends(mut self, name: impl Into<Text<'a>>, value: impl Into<Text<'a>>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let (name, value) = self.name.as_ref().map_or((None, None), |(n, v)| (Some(n), Some(v)));
        match &self.href {
            Some(href) => html! { a class=(self.class) href=(href) { (self.label) } },
            None => {
                html! { button class=(self.class) type="submit" name=[name] value=[value] { (self.label) } }
            }
        }
    }
}

/// Sends the form. One primary button a page.
pub fn button<'a>(label: impl Into<Text<'a>>) -> Button<'a> {
    Button { label: label.into(), class: "button", name: None, href: None }
}

/// A link in the clothes of a button, for «Comenzar»: it only leads to another page.
pub fn button_link<'a>(label: impl Into<Text<'a>>, href: impl Into<Text<'a>>) -> Button<'a> {
    Button { href: Some(href.into()), ..button(label) }
}

/// Copies a text, where there is script; hidden otherwise.
#[must_use]
pub fn copy_button(text: &str) -> Markup {
    html! {
        button.button-link type="button" data-copy=(text) data-copied=(t("web-copied")) hidden { (t("web-copy")) }
    }
}

/// «Anterior» and «Siguiente» of a keyset list.
#[must_use]
pub fn pagination(previous: Option<&str>, next: Option<&str>) -> Markup {
    if previous.is_none() && next.is_none() {
        return html! {};
    }
    html! {
        nav.pagination aria-label=(t("web-pages")) {
            @if let Some(href) = previous { a.pagination-previous href=(href) rel="prev" { (t("web-previous")) } }
            @if let Some(href) = next { a.pagination-next href=(href) rel="next" { (t("web-next")) } }
        }
    }
}
