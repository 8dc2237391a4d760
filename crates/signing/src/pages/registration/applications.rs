//! `/gestion/firma/aplicaciones`: the institution's applications, their keys and their bounds.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{
    button, button_link, details, email_input, fact, inset, qr_code, success_banner, summary_list, table,
    text_input, textarea, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};
use http::{HeaderValue, StatusCode, header};

use super::{APPLICATIONS, bounds, id_of, parts};
use crate::Registration;
use crate::app::{Folder, NewRegistered, NewSecret};
use crate::model::registered::{Environment, Registered};
use crate::pages::nav::nav;
use crate::store::registered::Key;

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

pub(super) async fn page(
    State(registration): State<Registration>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let folder = registration.folder(cx.require_actor()?, id_of(&id)?).await?;
    Ok(shown(&registration, &cx, &folder, &FormState::new(), StatusCode::OK))
}

fn shown(
    registration: &Registration,
    cx: &Cx,
    folder: &Folder,
    state: &FormState,
    status: StatusCode,
) -> Response {
    let one = &folder.registered;
    let here = format!("{APPLICATIONS}/{}", one.id);
    let body = html! {
        @match cx.query("hecho").as_deref() {
            Some("enviada") => (success_banner(cx.t("signing-apps-sent"), html! { p { (cx.t("signing-apps-sent-next")) } })),
            Some(_) => (success_banner(cx.t("signing-holders-done"), html! {})),
            None => {}
        }
        (parts::application(cx, one))
        @for key in &folder.keys { (environment(cx, &here, key, state)) }
        @if let Some(uri) = &folder.test_codes {
            (details(cx.t("signing-test-codes"), html! { (qr_code(uri, cx.t("signing-codes-picture"))) }))
        }
        @if one.may_ask_production() {
            h2 { (cx.t("signing-apps-production")) }
            p { (cx.t("signing-apps-production-why")) }
            (cx.form(&format!("{here}/produccion"), html! { (button(cx.t("signing-apps-production-ask"))) }))
        }
        @if folder.keys.is_empty() { (inset(html! { p { (cx.t("signing-apps-wait")) } })) }
        (parts::history(registration, cx, &folder.acts))
    };
    let page = Page::new(one.name.as_str()).caption(cx.t("signing-apps-caption")).back(APPLICATIONS);
    cx.page(page.status(status).form(state), body)
}

fn environment(cx: &Cx, here: &str, key: &Key, state: &FormState) -> Markup {
    let code = key.environment.code();
    let secret = match (key.shown_at, key.has_two_secrets) {
        (None, _) => cx.t("signing-secret-none").to_owned(),
        (Some(at), false) => cx.ta("signing-secret-since", &args! {"since" => cx.datetime(at)}),
        (Some(at), true) => cx.ta("signing-secret-two", &args! {"since" => cx.datetime(at)}),
    };
    html! {
        h2 { (cx.t(&format!("signing-environment-{code}"))) }
        @if key.environment == Environment::Test { p { (cx.t("signing-environment-test-what")) } }
        (summary_list(&[
            fact(cx.t("signing-apps-key"), html! { code.hash { (key.key) } }),
            fact(cx.t("signing-secret"), secret),
            fact(cx.t("signing-bounds"), bounds::summary(cx, &key.bounds)).change(format!("{here}/{code}/limites")),
            fact(cx.t("signing-manner"), bounds::manner(cx, &key.manner)).change(format!("{here}/{code}/limites")),
        ]))
        div.actions {
            @if key.has_two_secrets {
                (cx.form(&format!("{here}/{code}/terminar-cambio"), html! { (button(cx.t("signing-secret-end")).secondary()) }))
            } @else {
                (cx.form(&format!("{here}/{code}/secreto"), html! {
                    @if key.environment == Environment::Production { (parts::extra_field(cx, state)) }
                    (button(cx.t(if key.shown_at.is_none() { "signing-secret-make" } else { "signing-secret-rotate" })).secondary())
                }))
            }
        }
    }
}

fn environment_of(text: &str) -> Result<Environment, Error> {
    Environment::from_code(text).ok_or_else(Error::not_found)
}

/// `POST …/{environment}/secreto`: shown here, and kept by nobody.
pub(super) async fn secret(
    State(registration): State<Registration>,
    cx: Cx,
    Path((id, environment)): Path<(String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor, environment) = (id_of(&id)?, cx.require_actor()?, environment_of(&environment)?);
    match registration.new_application_secret(actor, id, environment, parts::extra(&cx, &form)).await {
        Ok(made) => Ok(secret_page(&cx, &format!("{APPLICATIONS}/{id}"), &made)),
        Err(error) => {
            let state = parts::mendable(form.state(), error)?;
            let folder = registration.folder(actor, id).await?;
            Ok(shown(&registration, &cx, &folder, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn secret_page(cx: &Cx, back: &str, made: &NewSecret) -> Response {
    let body = html! {
        (warning(cx.t("signing-secret-once")))
        (summary_list(&[
            fact(cx.t("signing-apps-key"), html! { code.hash { (made.key) } }),
            fact(cx.t("signing-secret"), html! { code.hash { (made.secret) } }),
        ]))
        (inset(html! { p { (cx.t("signing-secret-use")) } }))
        (button_link(cx.t("signing-secret-kept"), back.to_owned()))
    };
    let mut response = cx.page(Page::new("signing-secret-title").no_referrer().without_feedback(), body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST …/{environment}/terminar-cambio`.
pub(super) async fn end_change(
    State(registration): State<Registration>,
    cx: Cx,
    Path((id, environment)): Path<(String, String)>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    registration.end_secret_change(cx.require_actor()?, id, environment_of(&environment)?).await?;
    Ok(see_other(&format!("{APPLICATIONS}/{id}?hecho=si")))
}

/// `POST …/produccion`.
pub(super) async fn ask_production(
    State(registration): State<Registration>,
    cx: Cx,
    Path(id): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    registration.ask_production(cx.require_actor()?, id).await?;
    Ok(see_other(&format!("{APPLICATIONS}/{id}?hecho=si")))
}

pub(super) async fn edit_bounds(
    State(registration): State<Registration>,
    cx: Cx,
    Path((id, environment)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let folder = registration.folder(cx.require_actor()?, id_of(&id)?).await?;
    let environment = environment_of(&environment)?;
    let key = folder.keys.iter().find(|k| k.environment == environment).ok_or_else(Error::not_found)?;
    let back = format!("{APPLICATIONS}/{id}");
    Ok(bounds::page(&cx, (&back, environment), &bounds::filled(key), StatusCode::OK))
}

/// `POST …/{environment}/limites`.
pub(super) async fn set_bounds(
    State(registration): State<Registration>,
    cx: Cx,
    Path((id, environment)): Path<(String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let (back, environment) = (format!("{APPLICATIONS}/{id}"), environment_of(&environment)?);
    match bounds::read(&cx, &form) {
        Ok(both) => {
            registration.bound_application(cx.require_actor()?, id_of(&id)?, environment, both).await?;
            Ok(see_other(&format!("{back}?hecho=si")))
        }
        Err(state) => Ok(bounds::page(&cx, (&back, environment), &state, StatusCode::UNPROCESSABLE_ENTITY)),
    }
}
