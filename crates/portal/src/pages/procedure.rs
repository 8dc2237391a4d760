//! A procedure's page: what it is, what it costs, what is needed, and where to start.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button_link, details, inset};
use copihue_web::{Cx, Failure, Markup, Page, html};

use crate::Portal;
use crate::model::catalogue::Listing;

pub(super) async fn show(
    State(portal): State<Portal>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let catalogue = portal.catalogue();
    let listing = catalogue.get(&id).ok_or_else(Error::not_found)?;
    let page = Page::new(listing.title.as_str())
        .lead(listing.summary.as_str())
        .crumb(cx.t("portal-catalogue-title"), "/tramites");
    Ok(cx.public_page(page, body(&cx, listing)))
}

fn body(cx: &Cx, listing: &Listing) -> Markup {
    html! {
        (start(cx, listing))
        (part(cx, "portal-procedure-what", &listing.what))
        (list(cx, "portal-procedure-who", &listing.who))
        (list(cx, "portal-procedure-needs", &listing.needs))
        (cost(cx, listing))
        @if !listing.time.is_empty() {
            h2 { (cx.t("portal-procedure-time")) }
            p { (listing.time) }
        }
        (details(cx.t("portal-procedure-law"), html! {
            ul { @for law in &listing.legal_basis { li { (law) } } }
            p { (cx.t("portal-procedure-code")) ": " (listing.code) }
        }))
    }
}

/// The way in, and who offers it.
fn start(cx: &Cx, listing: &Listing) -> Markup {
    let names: Vec<&str> = listing.offered_by.iter().map(|o| o.name.as_str()).collect();
    html! {
        (inset(html! { p { (cx.t("portal-procedure-login")) } }))
        p { (button_link(cx.t("portal-procedure-start"), format!("/tramites/{}/comenzar", listing.id))) }
        p.hint { (cx.t("portal-procedure-offered")) ": " (names.join(", ")) }
    }
}

fn part(cx: &Cx, heading: &str, paragraphs: &[String]) -> Markup {
    html! {
        @if !paragraphs.is_empty() {
            h2 { (cx.t(heading)) }
            @for text in paragraphs { p { (text) } }
        }
    }
}

fn list(cx: &Cx, heading: &str, items: &[String]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (cx.t(heading)) }
            ul { @for text in items { li { (text) } } }
        }
    }
}

fn cost(cx: &Cx, listing: &Listing) -> Markup {
    html! {
        h2 { (cx.t("portal-procedure-cost")) }
        @if listing.cost.is_empty() { p { (cx.t("portal-procedure-free")) } }
        @for text in &listing.cost { p { (text) } }
    }
}
