//! The list of procedures: all, under a topic, of an institution, or what a search found.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::search_input;
use copihue_web::{Cx, Markup, Page, args, html};

use super::home::card;
use crate::Portal;
use crate::model::catalogue::{Catalogue, Heading, Listing};

pub(super) async fn show(State(portal): State<Portal>, cx: Cx) -> Response {
    let catalogue = portal.catalogue();
    let query = cx.query("q").unwrap_or_default();
    let (heading, found) = found(&cx, &catalogue, &query);
    let page = Page::new("portal-catalogue-title").own_search();
    cx.page(page, body(&cx, &query, heading.as_deref(), &found))
}

fn found<'a>(cx: &Cx, catalogue: &'a Catalogue, query: &str) -> (Option<String>, Vec<&'a Listing>) {
    if !query.is_empty() {
        let found = catalogue.search(query);
        let key = if found.is_empty() { "portal-results-none" } else { "portal-results" };
        return (Some(cx.ta(key, &args! {"n" => found.len(), "q" => query})), found);
    }
    if let Some(topic) = cx.query("tema") {
        let label = label(&catalogue.topics(), &topic);
        return (
            label.map(|l| cx.ta("portal-catalogue-topic", &args! {"topic" => l})),
            catalogue.under_topic(&topic),
        );
    }
    if let Some(code) = cx.query("institucion") {
        let label = label(&catalogue.institutions(), &code);
        return (
            label.map(|l| cx.ta("portal-catalogue-institution", &args! {"name" => l})),
            catalogue.of_institution(&code),
        );
    }
    (None, catalogue.all().iter().collect())
}

fn label(headings: &[Heading], key: &str) -> Option<String> {
    headings.iter().find(|h| h.key == key).map(|h| h.label.clone())
}

fn body(cx: &Cx, query: &str, heading: Option<&str>, found: &[&Listing]) -> Markup {
    html! {
        (search_input("/tramites", cx.t("portal-catalogue-search"), query))
        @if let Some(heading) = heading {
            h2 role="status" { (heading) }
        }
        @if found.is_empty() {
            p { (cx.t("portal-results-none-hint")) }
        }
        ul.cards {
            @for listing in found { (card(&format!("/tramites/{}", listing.id), &listing.title, &listing.summary)) }
        }
        @if heading.is_some() {
            p { a href="/tramites" { (cx.t("portal-catalogue-all")) } }
        }
    }
}
