//! Facts, and answers to check before sending.

use maud::{Markup, Render, html};

use super::Text;
use crate::locale::t;

/// One line of a summary: what, its value, and where it comes from.
#[derive(Clone)]
pub struct Fact<'a> {
    key: Text<'a>,
    value: Markup,
    note: Option<Text<'a>>,
    change: Option<Text<'a>>,
}

impl<'a> Fact<'a> {
    /// Source and time under the value: «Registro Civil, 10-12-2026 15:04».
    #[must_use]
    pub fn note(mut self, note: impl Into<Text<'a>>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// A link «Cambiar» to the page where it was answered.
    #[must_use]
    pub fn change(mut self, href: impl Into<Text<'a>>) -> Self {
        self.change = Some(href.into());
        self
    }
}

/// A fact: `fact("Patente", "BBCL60")`, `fact("Estado", tag(…))`.
pub fn fact<'a>(key: impl Into<Text<'a>>, value: impl Render) -> Fact<'a> {
    Fact { key: key.into(), value: value.render(), note: None, change: None }
}

/// Facts under each other, the key beside the value on wide screens.
#[must_use]
pub fn summary_list(facts: &[Fact<'_>]) -> Markup {
    let changes = facts.iter().any(|f| f.change.is_some());
    html! {
        dl.summary.summary-changes[changes] {
            @for fact in facts {
                div.summary-row {
                    dt { (fact.key) }
                    dd {
                        (fact.value)
                        @if let Some(note) = &fact.note { span.hint.summary-note { (note) } }
                    }
                    @if let Some(href) = &fact.change {
                        dd.summary-action { a href=(href) { (t("web-change")) span.hidden { " " (fact.key) } } }
                    }
                }
            }
        }
    }
}

/// Short for a [`summary_list`] of texts: `facts([("Patente", "BBCL60"), …])`.
pub fn facts<'a, V: Render>(pairs: impl IntoIterator<Item = (&'a str, V)>) -> Markup {
    let all: Vec<Fact<'a>> = pairs.into_iter().map(|(key, value)| fact(key, value)).collect();
    summary_list(&all)
}

/// Answers by section, to check before sending.
#[derive(Clone, Default)]
pub struct CheckAnswers<'a>(Vec<(Text<'a>, Vec<Fact<'a>>)>);

impl<'a> CheckAnswers<'a> {
    /// Adds a section.
    #[must_use]
    pub fn section(mut self, title: impl Into<Text<'a>>, facts: Vec<Fact<'a>>) -> Self {
        self.0.push((title.into(), facts));
        self
    }
}

impl Render for CheckAnswers<'_> {
    fn render(&self) -> Markup {
        html! {
            @for (title, facts) in &self.0 {
                section.answers {
                    h2 { (title) }
                    (summary_list(facts))
                }
            }
        }
    }
}

/// «Revise sus respuestas»: sections of facts with their links «Cambiar».
#[must_use]
pub fn check_answers<'a>() -> CheckAnswers<'a> {
    CheckAnswers::default()
}
