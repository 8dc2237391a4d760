//! The list of logs: how large each is, and since when.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::table;
use copihue_web::{Cx, Failure, Markup, Page, format, html};

use super::Pages;
use super::names::{slug, title};
use crate::overview::Overview;

pub(super) async fn show(State(pages): State<Pages>, cx: Cx) -> Result<Response, Failure> {
    let all = pages.ledger.overviews().await?;
    let page = Page::new("ledger-list-title").lead(cx.t("ledger-list-lead")).wide();
    Ok(cx.public_page(page, body(&cx, &all)))
}

fn body(cx: &Cx, all: &[Overview]) -> Markup {
    let (begun, empty): (Vec<&Overview>, Vec<&Overview>) = all.iter().partition(|o| o.shown.is_some());
    let rows = begun.iter().map(|overview| row(cx, overview));
    html! {
        p { (cx.t("ledger-list-how")) }
        (table(cx.t("ledger-list-title"))
            .column(cx.t("ledger-list-log"))
            .column(cx.t("ledger-signed-at"))
            .numeric(cx.t("ledger-entries"))
            .rows(rows)
            .empty(cx.t("ledger-list-none"))
            .quiet_caption())
        @if !empty.is_empty() {
            h2 { (cx.t("ledger-list-empty")) }
            ul {
                @for overview in empty {
                    li { a href=(address(overview)) { (title(cx, overview.family)) } }
                }
            }
        }
        h2 { (cx.t("ledger-list-check")) }
        p { (cx.t("ledger-list-check-how")) }
        p { a href="/ledger/policy" { (cx.t("ledger-list-policy")) } }
    }
}

fn row(cx: &Cx, overview: &Overview) -> Vec<Markup> {
    let shown = overview.shown.as_ref();
    let size = shown.map_or(0, |shown| i64::try_from(shown.size).unwrap_or(i64::MAX));
    vec![
        html! { a href=(address(overview)) { (title(cx, overview.family)) } },
        html! { @if let Some(at) = shown.and_then(|shown| shown.signed_at) { (cx.datetime(at)) } },
        html! { (format::number(size)) },
    ]
}

fn address(overview: &Overview) -> String {
    format!("/bitacoras/{}", slug(overview.family))
}
