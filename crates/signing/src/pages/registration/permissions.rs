//! `…/aplicaciones`: what the holder lets applications do without them.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{
    Tone, button, button_link, declaration, fact, inset, success_banner, summary_list, tag,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};
use http::StatusCode;

use super::{MINE, parts};
use crate::Registration;
use crate::app::accepted_text;
use crate::store::registered::Offered;

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let all = registration.my_applications(cx.require_actor()?).await?;
    let body = html! {
        @match cx.query("hecho").as_deref() {
            Some("habilitada") => (success_banner(cx.t("signing-permission-given"), html! {})),
            Some("retirada") => (success_banner(cx.t("signing-permission-taken"), html! {})),
            _ => {}
        }
        @if all.is_empty() { (inset(html! { p { (cx.t("signing-permission-none")) } })) }
        @for one in &all { (shown(&cx, one)) }
    };
    let page = Page::new("signing-permission-title").lead(cx.t("signing-permission-lead")).back(MINE);
    Ok(cx.page(page, body))
}

fn shown(cx: &Cx, one: &Offered) -> Markup {
    let enabled = one.since.filter(|_| one.withdrawn_at.is_none());
    let standing = match enabled {
        Some(_) => tag(cx.t("signing-permission-on"), Tone::Good),
        None => tag(cx.t("signing-permission-off"), Tone::Neutral),
    };
    let mut facts = vec![fact(cx.t("signing-cert-state"), standing)];
    facts.extend(enabled.map(|at| fact(cx.t("signing-permission-since"), cx.datetime(at))));
    facts.extend(one.withdrawn_at.map(|at| fact(cx.t("signing-permission-until"), cx.datetime(at))));
    let here = format!("{MINE}/aplicaciones/{}", one.key);
    html! {
        h2 { (one.name) }
        p { (one.description) }
        (summary_list(&facts))
        @if enabled.is_some() {
            (cx.form(&format!("{here}/retirar"), html! { (button(cx.t("signing-permission-withdraw")).secondary()) }))
        } @else { (button_link(cx.t("signing-permission-enable"), here).secondary()) }
    }
}

async fn one(registration: &Registration, cx: &Cx, key: &str) -> Result<Offered, Error> {
    let all = registration.my_applications(cx.require_actor()?).await?;
    all.into_iter().find(|a| a.key == key).ok_or_else(Error::not_found)
}

pub(super) async fn ask(
    State(registration): State<Registration>,
    cx: Cx,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    let offered = one(&registration, &cx, &key).await?;
    Ok(asking(&cx, &offered, &FormState::new(), StatusCode::OK))
}

fn asking(cx: &Cx, offered: &Offered, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        p { (offered.description) }
        (cx.form(&format!("{MINE}/aplicaciones/{}", offered.key), html! {
            (declaration("acepto", cx.t("signing-permission-accept"), accepted_text(&offered.name)).state(state))
            (parts::extra_field(cx, state))
            (button(cx.t("signing-permission-enable")))
        }))
    };
    let title = cx.ta("signing-permission-ask", &args! {"name" => offered.name.as_str()});
    cx.page(Page::new(title).back(format!("{MINE}/aplicaciones")).status(status).form(state), body)
}

/// `POST …/{key}`.
pub(super) async fn enable(
    State(registration): State<Registration>,
    cx: Cx,
    Path(key): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let offered = one(&registration, &cx, &key).await?;
    let mut fields = Fields::new(&form);
    let accepted = fields.declaration("acepto");
    let state = match fields.done(accepted) {
        Err(state) => state,
        Ok(()) => match registration.permit(cx.require_actor()?, &key, parts::extra(&cx, &form)).await {
            Ok(()) => return Ok(see_other(&format!("{MINE}/aplicaciones?hecho=habilitada"))),
            Err(error) => parts::mendable(form.state(), error)?,
        },
    };
    Ok(asking(&cx, &offered, &state, StatusCode::UNPROCESSABLE_ENTITY))
}

/// `POST …/{key}/retirar`.
pub(super) async fn withdraw(
    State(registration): State<Registration>,
    cx: Cx,
    Path(key): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    registration.withdraw(cx.require_actor()?, &key).await?;
    Ok(see_other(&format!("{MINE}/aplicaciones?hecho=retirada")))
}
