//! What the official asked others to sign, and how far each paper is.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{button_link, table};
use copihue_web::{Cx, Failure, Page, args, html};

use super::{HERE, nav, paper_at, words};
use crate::app::Desk;
use crate::model::paper::TurnState;

pub(super) async fn page(State(desk): State<Desk>, cx: Cx) -> Result<Response, Failure> {
    let sent = desk.sent(cx.require_actor()?).await?;
    let rows = sent.iter().map(|(paper, turns)| {
        let signed = turns.iter().filter(|t| t.state == TurnState::Signed).count();
        let n = args! { "signed" => signed as i64, "total" => turns.len() as i64 };
        vec![
            html! { a href=(paper_at(paper.id)) { (paper.title) } },
            html! { (cx.datetime(paper.created_at)) },
            html! { (cx.ta("signing-batch-counts", &n)) },
            words::paper_tag(&cx, paper.state_at(cx.now())),
        ]
    });
    let body = html! {
        (nav(&cx))
        (table(cx.t("signing-nav-sent")).quiet_caption()
            .column(cx.t("signing-document")).column(cx.t("signing-sent-at"))
            .column(cx.t("signing-signatures")).column(cx.t("signing-state"))
            .rows(rows).empty(cx.t("signing-sent-none")))
        p.actions { (button_link(cx.t("signing-own-send"), "/gestion/firma/enviar").secondary()) }
    };
    let page =
        Page::new("signing-nav-sent").lead(cx.t("signing-sent-lead")).crumb(cx.t("signing-desk-title"), HERE);
    Ok(cx.page(page, body))
}
