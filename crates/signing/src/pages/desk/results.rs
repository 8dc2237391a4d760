//! A batch at work, and what became of each document.

use axum::response::Response;
use copihue_web::components::{button, inset, notification_banner, success_banner, table};
use copihue_web::{Cx, Markup, Page, args, html};

use super::{HERE, batch_at, paper_at, words};
use crate::app::BatchView;
use crate::model::batch::{BatchItem, BatchState, ItemState};

/// Loaded again every two seconds, without script.
pub(super) fn progress(cx: &Cx, view: &BatchView) -> Response {
    let counts = view.counts;
    let n = args! { "signed" => counts.signed + counts.failed, "total" => counts.total() };
    let body = html! {
        p { progress max=(counts.total()) value=(counts.signed + counts.failed) aria-label=(cx.t("signing-progress")) {} }
        p role="status" { (cx.ta("signing-progress-counts", &n)) }
        (inset(html! { p { (cx.t("signing-progress-leave")) } }))
        (cx.form(&format!("{}/cancelar", batch_at(view.batch.id)), html! { (button(cx.t("signing-stop")).secondary()) }))
    };
    cx.page(Page::new("signing-progress-title").refresh(2).without_feedback(), body)
}

pub(super) fn page(cx: &Cx, view: &BatchView) -> Response {
    let counts = view.counts;
    let n = args! { "signed" => counts.signed, "left" => counts.failed + counts.pending, "total" => counts.total() };
    let whole = view.batch.state == BatchState::Complete;
    let again = matches!(view.batch.state, BatchState::CompleteWithErrors | BatchState::Expired);
    let body = html! {
        @if whole {
            (success_banner(&cx.ta("signing-done", &n), html! {}))
        } @else {
            (notification_banner(&cx.ta("signing-not-done", &n), html! { p { (view.batch.state.sentence()) } }))
        }
        (documents(cx, view))
        @if again {
            (cx.form(&format!("{}/reintentar", batch_at(view.batch.id)), html! {
                p.hint { (cx.t("signing-again-hint")) }
                (button(cx.t("signing-again")))
            }))
        }
        p { a href=(HERE) { (cx.t("signing-back")) } }
    };
    let page = Page::new("signing-results-title").crumb(cx.t("signing-desk-title"), HERE);
    cx.page(page, body)
}

fn documents(cx: &Cx, view: &BatchView) -> Markup {
    let rows = view.items.iter().map(|item| vec![name(item), outcome(cx, item), links(cx, item)]);
    html! {
        (table(cx.t("signing-documents")).quiet_caption()
            .column(cx.t("signing-document")).column(cx.t("signing-result")).column(cx.t("signing-file")).rows(rows))
    }
}

fn name(item: &BatchItem) -> Markup {
    match item.paper {
        Some(paper) => html! { a href=(paper_at(paper)) { (item.name) } },
        None => html! { (item.name) },
    }
}

fn outcome(cx: &Cx, item: &BatchItem) -> Markup {
    html! {
        (words::item_tag(cx, item.state))
        @if let Some(error) = &item.error { br; (error.message) }
        @if let Some(short) = item.shortfall { br; span.hint { (short.sentence()) } }
    }
}

fn links(cx: &Cx, item: &BatchItem) -> Markup {
    match (item.state, item.paper) {
        (ItemState::Signed, Some(paper)) => html! {
            a href=(format!("{}/descargar", paper_at(paper))) {
                (cx.t("signing-download")) span.hidden { " " (item.name) }
            }
        },
        _ => html! { span aria-hidden="true" { "–" } },
    }
}
