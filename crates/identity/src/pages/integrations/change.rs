//! Changes of an application that was accepted: an address, or the name.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, inset, radios, text_input};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Page, html, see_other};
use http::StatusCode;

use super::form::{address, logout};
use super::{id_of, own_page, parts};
use crate::Identity;
use crate::app::{Dossier, Wanted};
use crate::model::integration::{Addresses, Stage};
use crate::model::phase::Side;

/// What may be changed, as the form sends it.
const WHAT: [&str; 4] = ["desarrollo", "pruebas", "produccion", "nombre"];

pub(super) async fn page(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = identity.integration(cx.require_actor()?, Side::Institution, id_of(&id)?).await?;
    Ok(shown(&cx, &dossier, &cx.form_state(), StatusCode::OK))
}

fn shown(cx: &Cx, dossier: &Dossier, state: &FormState, status: StatusCode) -> Response {
    let i = &dossier.integration;
    let back = own_page(i.id);
    let what = Stage::ALL.iter().fold(radios("que", cx.t("identity-change-what")), |all, stage| {
        all.option(stage.code(), cx.t(parts::stage_key(*stage)))
    });
    let body = html! {
        (inset(html! {
            @for stage in Stage::ALL { p { strong { (cx.t(parts::stage_key(stage))) } br; (parts::addresses(cx, i.request.at(stage))) } }
        }))
        (cx.form(&format!("{back}/cambio"), html! {
            (what.option("nombre", cx.t("identity-change-nombre")).state(state))
            (text_input("volver", cx.t("identity-integ-redirect")).hint(cx.t("identity-change-redirect-hint")).max(2_048).optional().state(state))
            (text_input("salir", cx.t("identity-integ-logout")).max(2_048).optional().state(state))
            (text_input("nombre", cx.t("identity-integ-name")).hint(cx.t("identity-change-name-hint")).max(80).optional().state(state))
            (button(cx.t("identity-change-button")))
        }))
    };
    let page = Page::new("identity-change-title")
        .caption(i.request.name.as_str())
        .lead(cx.t("identity-change-lead"))
        .back(back)
        .status(status)
        .form(state);
    cx.page(page, body)
}

/// `POST …/cambio`.
pub(super) async fn ask(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let dossier = identity.integration(actor, Side::Institution, id).await?;
    let domains = identity.domains(&dossier.integration.institution);
    match read(&cx, &form, &domains) {
        Ok(wanted) => {
            identity.ask_change(actor, id, wanted).await?;
            Ok(see_other(&format!("{}?hecho=si", own_page(id))))
        }
        Err(state) => Ok(shown(&cx, &dossier, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    }
}

fn read(cx: &Cx, form: &FormData, domains: &[String]) -> Result<Wanted, FormState> {
    let mut fields = Fields::new(form);
    let what = fields.choice("que", &WHAT);
    let wanted = match what.as_deref().map(Stage::parse) {
        None => None,
        Some(None) => fields.text("nombre", 5..=80).map(Wanted::Name),
        Some(Some(stage)) => {
            let redirect = address(cx, &mut fields, form, ("volver", stage, domains));
            let logout = logout(cx, &mut fields, form, ("salir", stage));
            redirect
                .zip(logout)
                .map(|(redirect, logout)| Wanted::Address(stage, Addresses { redirect, logout }))
        }
    };
    fields.done(wanted)
}

/// `POST …/retirar`.
pub(super) async fn take_back(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let kind = form.value("tipo").ok_or_else(Error::not_found)?;
    identity.take_change_back(cx.require_actor()?, id, kind).await?;
    Ok(see_other(&format!("{}?hecho=si", own_page(id))))
}
