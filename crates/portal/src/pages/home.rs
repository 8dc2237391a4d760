//! The home page: search, topics, institutions.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::search_input;
use copihue_web::{Cx, Markup, Page, args, html};

use crate::Portal;
use crate::model::catalogue::{Catalogue, Heading};

pub(super) async fn show(State(portal): State<Portal>, cx: Cx) -> Response {
    let body = body(&cx, &portal.catalogue());
    cx.public_page(Page::new("portal-home-title").lead(cx.t("portal-home-lead")).own_search().wide(), body)
}

fn body(cx: &Cx, catalogue: &Catalogue) -> Markup {
    html! {
        (search_input("/tramites", cx.t("portal-home-search"), ""))
        p.hint { (cx.t("portal-home-search-hint")) }
        section aria-labelledby="temas" {
            h2 id="temas" { (cx.t("portal-home-topics")) }
            (headings(cx, "tema", &catalogue.topics()))
        }
        section aria-labelledby="instituciones" {
            h2 id="instituciones" { (cx.t("portal-home-institutions")) }
            (headings(cx, "institucion", &catalogue.institutions()))
        }
        section aria-labelledby="ademas" {
            h2 id="ademas" { (cx.t("portal-home-other")) }
            ul.cards {
                (card("/verificar", cx.t("portal-home-verify"), cx.t("portal-home-verify-hint")))
                (card("/registros", cx.t("portal-home-registers"), cx.t("portal-home-registers-hint")))
                (card("/mi", cx.t("portal-home-mine"), cx.t("portal-home-mine-hint")))
            }
        }
    }
}

fn headings(cx: &Cx, parameter: &str, headings: &[Heading]) -> Markup {
    html! {
        ul.cards {
            @for h in headings {
                (card(&format!("/tramites?{parameter}={}", h.key), &h.label, &cx.ta("portal-count", &args! {"n" => h.count})))
            }
        }
    }
}

/// A link with a line about where it leads.
pub(super) fn card(href: &str, label: &str, text: &str) -> Markup {
    html! {
        li.card {
            a href=(href) { (label) }
            p { (text) }
        }
    }
}
