//! `/gestion/firma/aplicaciones`: the list of the institution's applications, and the way to a new one.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{button, button_link, email_input, table, text_input, textarea};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Page, html, see_other};
use http::StatusCode;

use super::{APPLICATIONS, parts};
use crate::Registration;
use crate::app::NewRegistered;
use crate::model::registered::Registered;
use crate::pages::nav::nav;

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let all = registration.applications(cx.require_actor()?).await?;
    let row = |one: &Registered| {
        vec![
            html! { a href=(format!("{APPLICATIONS}/{}", one.id)) { (one.name) } },
            parts::phase(&cx, one.phase),
            parts::due(&cx, one.due),
        ]
    };
    let body = html! {
        (nav(&cx))
        (button_link(cx.t("signing-apps-new"), format!("{APPLICATIONS}/nueva")))
        (table(cx.t("signing-apps-title"))
            .column(cx.t("signing-apps-name"))
            .column(cx.t("signing-cert-state"))
            .column(cx.t("signing-cert-due"))
            .rows(all.iter().map(row))
            .empty(cx.t("signing-apps-empty"))
            .quiet_caption())
    };
    Ok(cx.page(parts::list_page(&cx, "signing-apps-title", "signing-apps-lead"), body))
}

pub(super) async fn form(cx: Cx) -> Result<Response, Failure> {
    Ok(asking(&cx, &cx.form_state(), StatusCode::OK))
}

fn asking(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = cx.form(
        &format!("{APPLICATIONS}/nueva"),
        html! {
            (text_input("nombre", cx.t("signing-apps-name")).hint(cx.t("signing-apps-name-hint")).max(80).state(state))
            (textarea("descripcion", cx.t("signing-apps-description")).hint(cx.t("signing-apps-description-hint")).max(400).state(state))
            (email_input("correo", cx.t("signing-apps-contact")).hint(cx.t("signing-apps-contact-hint")).state(state))
            (button(cx.t("signing-apps-ask")))
        },
    );
    let page = Page::new("signing-apps-new").lead(cx.t("signing-apps-form-lead")).back(APPLICATIONS);
    cx.page(page.status(status).form(state), body)
}

/// `POST …/nueva`.
pub(super) async fn create(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let mut fields = Fields::new(&form);
    let (name, description) = (fields.text("nombre", 5..=80), fields.text("descripcion", 20..=400));
    let contact = fields.email("correo");
    match fields.done((name, description, contact)) {
        Ok((name, description, contact)) => {
            let new = NewRegistered { name, description, contact };
            let id = registration.register_application(cx.require_actor()?, new).await?;
            Ok(see_other(&format!("{APPLICATIONS}/{id}?hecho=enviada")))
        }
        Err(state) => Ok(asking(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    }
}
