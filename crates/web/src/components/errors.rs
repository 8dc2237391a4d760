//! The summary of errors.

use maud::{Markup, html};

use crate::forms::FormState;
use crate::locale::ta;

/// «Hay un problema», with a link to each field. [`crate::Page::form`] shows it by itself.
#[must_use]
pub fn error_summary(state: &FormState) -> Markup {
    let mut seen: Vec<&str> = Vec::new();
    let first_of_each = state.errors().iter().filter(|e| {
        let new = e.pointer.is_empty() || !seen.contains(&e.pointer.as_str());
        seen.push(&e.pointer);
        new
    });
    let errors: Vec<_> = first_of_each.collect();
    if errors.is_empty() {
        return html! {};
    }
    html! {
        div.error-summary role="alert" aria-labelledby="error-summary-title" tabindex="-1" data-focus {
            h2 id="error-summary-title" { (ta("web-summary", &crate::args! {"n" => errors.len()})) }
            ul {
                @for error in errors {
                    @if error.pointer.is_empty() { li { (error.message) } }
                    @else { li { a href=(format!("#{}", error.pointer)) { (error.message) } } }
                }
            }
        }
    }
}
