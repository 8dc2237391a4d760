//! `/mi/ingresos/no-fui-yo`: the person locks their account.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id};
use copihue_web::components::{button, button_link, fact, panel, summary_list, warning};
use copihue_web::{Cx, Failure, FormData, Page, args, html};
use http::HeaderMap;

use crate::Identity;
use crate::api::browser;
use crate::model::case::typed;
use crate::model::event::Event;

async fn event(identity: &Identity, cx: &Cx, id: Option<&str>) -> Result<Event, Error> {
    let id: Id = id.and_then(|id| id.parse().ok()).ok_or_else(Error::not_found)?;
    identity.event_of(cx.person()?.id, id).await?.ok_or_else(Error::not_found)
}

/// Asks first: it locks everything.
pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let event = event(&identity, &cx, cx.query("evento").as_deref()).await?;
    let app = event.client.as_ref().map_or("", |c| c.name.as_str());
    let body = html! {
        (summary_list(&[
            fact(cx.t("identity-history-when"), cx.datetime(event.at)),
            fact(cx.t("identity-history-app"), app),
            fact(cx.t("identity-history-device"), event.device.as_str()),
        ]))
        p { (cx.t("identity-dispute-what")) }
        (warning(cx.t("identity-dispute-warning")))
        (cx.form("/mi/ingresos/no-fui-yo", html! {
            input type="hidden" name="evento" value=(event.id.to_string());
            (button(cx.t("identity-dispute-yes")).danger())
            (button_link(cx.t("identity-dispute-no"), "/mi/ingresos").secondary())
        }))
    };
    Ok(cx.page(Page::new("identity-dispute-title").back("/mi/ingresos").without_feedback(), body))
}

pub(crate) async fn dispute(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let event = event(&identity, &cx, form.value("evento")).await?;
    let number = identity.dispute(cx.person()?.id, &event, &browser(&identity, &cx, &headers)).await?;
    Ok(cx.logged_out(&format!("/ingresar/bloqueada?caso={number}")))
}

/// `GET /ingresar/bloqueada`: a case's number is no secret, and nothing else is taken out of the address.
pub(crate) async fn locked(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let number = cx.query("caso").as_deref().and_then(typed);
    let body = html! {
        (panel(cx.t("identity-dispute-done"), cx.t("identity-dispute-done-text")))
        @if let Some(number) = &number { p { (cx.ta("identity-dispute-case", &args! {"number" => number.as_str()})) } }
        p { (cx.t("identity-dispute-next")) }
    };
    Ok(cx.page(Page::new("identity-dispute-done").own_heading().without_feedback(), body))
}
