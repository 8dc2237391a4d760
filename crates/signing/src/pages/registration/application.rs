//! `/gestion/firma/aplicaciones/{id}`: one application, its keys and their bounds.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Actor, Error, Id};
use copihue_web::components::{
    button, button_link, details, fact, inset, qr_code, success_banner, summary_list, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};
use http::{HeaderValue, StatusCode, header};

use super::sheet::{Done, Sheet, answer};
use super::{APPLICATIONS, bounds, id_of, parts};
use crate::Registration;
use crate::app::{Folder, NewSecret};
use crate::model::registered::Environment;
use crate::store::registered::Key;

/// An application, for the operator of its institution; the only deed to it as a whole is to ask for production.
pub(super) struct ApplicationSheet;

impl Sheet for ApplicationSheet {
    type Thing = Folder;
    type Deed = ();

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<Folder, Error> {
        registration.folder(actor, id).await
    }

    fn draw(registration: &Registration, cx: &Cx, folder: &Folder, state: &FormState) -> (Page, Markup) {
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
        (Page::new(one.name.as_str()).caption(cx.t("signing-apps-caption")).back(APPLICATIONS), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, (): (), _: &FormData) -> Done {
        registration.ask_production(cx.require_actor()?, id).await?;
        Ok(done(id))
    }
}

fn done(id: Id) -> Response {
    see_other(&format!("{APPLICATIONS}/{id}?hecho=si"))
}

fn environment(cx: &Cx, here: &str, key: &Key, state: &FormState) -> Markup {
    let code = key.environment.code();
    let secret = match (key.shown_at, key.has_two_secrets) {
        (None, _) => cx.t("signing-secret-none").to_owned(),
        (Some(at), false) => cx.ta("signing-secret-since", &args! {"since" => cx.datetime(at)}),
        (Some(at), true) => cx.ta("signing-secret-two", &args! {"since" => cx.datetime(at)}),
    };
    let extra = html! { @if key.environment == Environment::Production { (parts::extra_field(cx, state)) } };
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
                (cx.form(&format!("{here}/{code}/terminar-cambio"), html! {
                    (extra)
                    (button(cx.t("signing-secret-end")).secondary())
                }))
            } @else {
                (cx.form(&format!("{here}/{code}/secreto"), html! {
                    (extra)
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
    let (id, environment) = (id_of(&id)?, environment_of(&environment)?);
    let extra = parts::extra(&cx, &form);
    let made = registration.new_application_secret(cx.require_actor()?, id, environment, extra).await;
    let done = made.map(|made| secret_page(&cx, &format!("{APPLICATIONS}/{id}"), &made)).map_err(Into::into);
    answer::<ApplicationSheet>(&registration, &cx, id, form, done).await
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
    form: FormData,
) -> Result<Response, Failure> {
    let (id, environment) = (id_of(&id)?, environment_of(&environment)?);
    let extra = parts::extra(&cx, &form);
    let ended = registration.end_secret_change(cx.require_actor()?, id, environment, extra).await;
    let next = ended.map(|()| done(id)).map_err(Into::into);
    answer::<ApplicationSheet>(&registration, &cx, id, form, next).await
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
    let (id, environment) = (id_of(&id)?, environment_of(&environment)?);
    let (actor, extra) = (cx.require_actor()?, parts::extra(&cx, &form));
    let state = match bounds::read(&cx, &form) {
        Err(state) => state,
        Ok(both) => match registration.bound_application(actor, id, environment, both, extra).await {
            Ok(()) => return Ok(done(id)),
            Err(error) => parts::mendable(form.state(), error)?,
        },
    };
    let back = format!("{APPLICATIONS}/{id}");
    Ok(bounds::page(&cx, (&back, environment), &state, StatusCode::UNPROCESSABLE_ENTITY))
}
