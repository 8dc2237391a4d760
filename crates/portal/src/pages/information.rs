//! The pages that the footer leads to.

use axum::response::Response;
use copihue_web::{Cx, Page, html};

pub(super) async fn accessibility(cx: Cx) -> Response {
    let keys = ["portal-accessibility-1", "portal-accessibility-2", "portal-accessibility-3"];
    show(&cx, "portal-accessibility-title", &keys)
}

pub(super) async fn privacy(cx: Cx) -> Response {
    show(&cx, "portal-privacy-title", &["portal-privacy-1", "portal-privacy-2", "portal-privacy-3"])
}

pub(super) async fn contact(cx: Cx) -> Response {
    show(&cx, "portal-contact-title", &["portal-contact-1", "portal-contact-2"])
}

fn show(cx: &Cx, title: &str, paragraphs: &[&str]) -> Response {
    let body = html! { @for key in paragraphs { p { (cx.t(key)) } } };
    cx.public_page(Page::new(title), body)
}
