//! The person's folder: one page from which everything of theirs is reached.

use axum::extract::State;
use axum::response::Response;
use copihue_web::{Cx, Failure, Page, args, html};

use super::home::card;
use crate::Portal;

pub(super) async fn show(State(portal): State<Portal>, cx: Cx) -> Result<Response, Failure> {
    let unread = portal.notifications.unread(cx.require_actor()?).await?;
    let person = cx.person()?.name.clone();
    let body = html! {
        ul.cards {
            (card("/mi/tramites", cx.t("portal-mine-drafts"), cx.t("portal-mine-drafts-hint")))
            (card("/mi/expedientes", cx.t("portal-mine-cases"), cx.t("portal-mine-cases-hint")))
            (card("/mi/avisos", cx.t("portal-mine-notices"), &cx.ta("portal-mine-notices-hint", &args! {"n" => unread})))
            (card("/mi/pagos", cx.t("portal-mine-payments"), cx.t("portal-mine-payments-hint")))
            (card("/mi/actividad", cx.t("portal-activity-title"), cx.t("portal-mine-activity-hint")))
            (card("/mi/ingresos", cx.t("portal-mine-logins"), cx.t("portal-mine-logins-hint")))
        }
    };
    Ok(cx.page(Page::new("portal-mine-title").caption(person).lead(cx.t("portal-mine-lead")), body))
}
