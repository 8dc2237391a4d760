//! Confirmations, warnings and things to open.

use maud::{Markup, Render, html};

use super::Text;
use crate::locale::t;

/// The confirmation at the end: the page's `h1`, the number, and what comes next under it. Use with
/// [`crate::Page::own_heading`].
#[must_use]
pub fn panel(title: &str, body: impl Render) -> Markup {
    html! {
        div.panel {
            h1 { (title) }
            div.panel-body { (body) }
        }
    }
}

/// What must not be overlooked.
#[must_use]
pub fn warning(text: impl Render) -> Markup {
    html! {
        div.warning {
            span.warning-icon aria-hidden="true" { "!" }
            p { strong { span.hidden { (t("web-warning")) ": " } (text) } }
        }
    }
}

/// A text set apart.
#[must_use]
pub fn inset(body: impl Render) -> Markup {
    html! { div.inset { (body) } }
}

/// «Importante»: news about this page.
#[must_use]
pub fn notification_banner(title: &str, body: impl Render) -> Markup {
    banner("notice", "notice-title", t("web-important"), title, body.render(), None)
}

/// «Listo»: what was just done.
#[must_use]
pub fn success_banner(title: &str, body: impl Render) -> Markup {
    banner("notice notice-success", "success-title", t("web-success"), title, body.render(), Some("alert"))
}

fn banner(class: &str, id: &str, kind: &str, title: &str, body: Markup, role: Option<&str>) -> Markup {
    html! {
        section class=(class) role=[role] aria-labelledby=(id) {
            h2.notice-kind id=(id) { (kind) }
            div.notice-body {
                p.notice-title { (title) }
                (body)
            }
        }
    }
}

/// Something to open.
#[must_use]
pub fn details(summary: &str, body: impl Render) -> Markup {
    html! {
        details.details {
            summary { span { (summary) } }
            div.details-body { (body) }
        }
    }
}

/// Sections one after the other with links to each above: tabs that need no script.
#[must_use]
pub fn tabs(sections: &[(&str, Text<'_>, Markup)]) -> Markup {
    html! {
        div.tabs {
            ul.tabs-list { @for (id, title, _) in sections { li { a href=(format!("#{id}")) { (title) } } } }
            @for (id, title, body) in sections {
                section id=(id) { h2 { (title) } (body) }
            }
        }
    }
}
