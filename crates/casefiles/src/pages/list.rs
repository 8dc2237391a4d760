//! A person's cases.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::table;
use copihue_web::{Cx, Failure, Page, html};

use super::show::state_tag;
use crate::app::Casefiles;

pub(super) async fn list(State(app): State<Casefiles>, cx: Cx) -> Result<Response, Failure> {
    let cases = app.list(cx.require_actor()?).await?;
    let rows = cases.iter().map(|c| {
        // The whole key where the number alone would name two.
        let twins = cases.iter().filter(|other| other.case.iuie == c.case.iuie).count();
        let key =
            if twins > 1 { format!("{}:{}", c.case.institution, c.case.iuie) } else { c.case.iuie.clone() };
        vec![
            html! { a href={ "/mi/expedientes/" (key) } { (c.title) } br; span.hint { (c.case.iuie) } },
            html! { (c.institution_name) },
            html! { (cx.datetime(c.opened_at)) },
            state_tag(&cx, c.state),
        ]
    });
    let body = html! {
        (table(cx.t("casefiles-list-title"))
            .quiet_caption()
            .column(cx.t("casefiles-list-what"))
            .column(cx.t("casefiles-list-who"))
            .column(cx.t("casefiles-list-opened"))
            .column(cx.t("casefiles-list-state"))
            .rows(rows)
            .empty(cx.t("casefiles-list-empty")))
    };
    Ok(cx.page(Page::new("casefiles-list-title").lead(cx.t("casefiles-list-lead")), body))
}

/// Two institutions gave the person the same number: which one is it?
pub(super) fn choose(cx: &Cx, error: &Error) -> Response {
    let body = html! {
        p { (cx.t("casefiles-ambiguous-text")) }
        ul { @for field in error.fields() { li { a href={ "/mi/expedientes/" (field.pointer) } { (field.pointer) } } } }
    };
    cx.page(
        Page::new("casefiles-ambiguous-title").crumb(cx.t("casefiles-list-title"), "/mi/expedientes"),
        body,
    )
}
