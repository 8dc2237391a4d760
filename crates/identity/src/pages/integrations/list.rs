//! The institution's applications.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{button_link, table};
use copihue_web::{Cx, Failure, Markup, Page, html};

use super::{HERE, own_page, parts};
use crate::Identity;
use crate::store::Integration;

pub(super) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let all = identity.integrations(cx.require_actor()?).await?;
    let list = table(cx.t("identity-integ-caption"))
        .column(cx.t("identity-integ-name"))
        .column(cx.t("identity-integ-phase"))
        .column(cx.t("identity-integ-due"))
        .rows(all.iter().map(|i| row(&cx, i)))
        .empty(cx.t("identity-integ-empty"))
        .quiet_caption();
    let body = html! {
        (list)
        (button_link(cx.t("identity-integ-new"), format!("{HERE}/nueva")))
        p { a href="/desarrollo/probador" { (cx.t("identity-tester-link")) } }
    };
    let page = Page::new("identity-integ-title")
        .lead(cx.t("identity-integ-lead"))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .wide();
    Ok(cx.page(page, body))
}

fn row(cx: &Cx, i: &Integration) -> Vec<Markup> {
    vec![
        html! { a href=(own_page(i.id)) { (i.request.name) } },
        parts::phase(cx, i.phase),
        parts::due(cx, i.clock.as_ref()),
    ]
}
