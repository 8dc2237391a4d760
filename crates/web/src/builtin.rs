//! The shell's own routes: preferences, opinion, choice of hat, keeping a session alive, health, the gallery.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_core::{Bucket, Error, Id};
use copihue_db::{params, sql};
use http::{StatusCode, header};
use maud::html;

use crate::components::{button, radios};
use crate::cookies;
use crate::cx::Cx;
use crate::failure::{Failure, see_other};
use crate::forms::{self, Fields, FormData, FormState, own_path};
use crate::locale::t;
use crate::page::Page;
use crate::prefs::{Contrast, Prefs, Size};
use crate::routes::{Access, RouteSet, Routes, Verb};
use crate::web::Web;
use crate::{gallery, health};

pub(crate) fn routes(web: &Web) -> Vec<RouteSet> {
    let shell = Routes::new(web.clone())
        .service("web")
        .post("/preferencias", Access::Public, set_preferences)
        .post("/opinion", Access::Public, give_opinion)
        .get("/opinion/gracias", Access::Public, thanks)
        .get("/gestion/cargo", Access::Person, hat_page)
        .post("/gestion/cargo", Access::Person, choose_hat)
        .get("/sesion", Access::Public, keep_alive)
        .get("/a/logo", Access::Public, logo)
        .route(Verb::Get, "/healthz", Access::Contract, health::live)
        .route(Verb::Get, "/readyz", Access::Contract, health::ready)
        .finish();
    let mut sets = vec![shell];
    if web.config().development {
        sets.push(gallery::routes());
    }
    sets
}

/// A form of the shell that acts for nobody: its origin was checked by the guard, it needs no token.
async fn plain_form(cx: &Cx, request: axum::extract::Request) -> Result<FormData, Failure> {
    let form = forms::read(cx, request).await?;
    cx.origin_suffices();
    Ok(form)
}

fn back(form: &FormData) -> &str {
    form.value("volver").and_then(own_path).unwrap_or("/")
}

async fn set_preferences(cx: Cx, request: axum::extract::Request) -> Result<Response, Failure> {
    let form = plain_form(&cx, request).await?;
    let now = cx.prefs();
    let size = match form.value("letra") {
        Some("menor") => now.size.smaller(),
        Some("mayor") => now.size.larger(),
        Some("normal") => Size::Normal,
        _ => now.size,
    };
    let contrast = match form.value("contraste") {
        Some("alto") => Contrast::High,
        Some("normal") => Contrast::Normal,
        _ => now.contrast,
    };
    let mut response = see_other(back(&form));
    let names = cx.web().cookie_names();
    let year = 365 * 86_400;
    let cookie = names.set(cookies::PREFERENCES, &Prefs { size, contrast }.text(), Some(year));
    cookies::add(response.headers_mut(), cookie);
    Ok(response)
}

async fn give_opinion(
    State(web): State<Web>,
    cx: Cx,
    request: axum::extract::Request,
) -> Result<Response, Failure> {
    let form = plain_form(&cx, request).await?;
    let mut fields = Fields::new(&form);
    let useful = fields.yes_no("sirvio");
    let comment = fields.text("comentario", 0..=500);
    // The pattern, never an address with somebody's case in it.
    let route = form.value("ruta").filter(|r| r.starts_with('/') && r.len() <= 100).unwrap_or("/").to_owned();
    if let Ok((useful, comment)) = fields.done((useful, comment)) {
        let (now, id) = (cx.now(), Id::new(cx.now(), Bucket::new(0), web.random()));
        web.db()
            .write(move |tx| {
                tx.execute(
                    sql!(
                        "INSERT INTO web_feedback (id, route, useful, comment, created_at) \
                         VALUES ($1, $2, $3, $4, $5)"
                    ),
                    &params![id, route, useful, comment, now],
                )
            })
            .await?;
    }
    Ok(see_other(&crate::guard::with_return("/opinion/gracias", back(&form))))
}

async fn thanks(cx: Cx) -> Response {
    let back = cx.query("volver");
    let back = back.as_deref().and_then(own_path).unwrap_or("/");
    let body = html! { p { a href=(back) { (t("web-feedback-back")) } } };
    cx.page(Page::new("web-feedback-thanks").lead("web-feedback-used").without_feedback(), body)
}

async fn hat_page(cx: Cx) -> Result<Response, Failure> {
    if cx.hats().is_empty() {
        return Err(Error::forbidden(t("web-error-403-detail")).into());
    }
    Ok(hat_form(&cx, &cx.form_state()))
}

fn hat_form(cx: &Cx, state: &FormState) -> Response {
    let back = cx.query("volver").unwrap_or_default();
    let current = cx.chosen_hat().map(hat_value);
    let options = cx.hats().iter().map(|h| (hat_value(h), h.post.clone(), Some(h.institution.clone())));
    let mut choice = radios("cargo", t("web-hat-legend"));
    for (value, label, hint) in options {
        choice = choice.option_with_hint(value, label, hint.unwrap_or_default());
    }
    choice = choice.option_with_hint("ninguno", t("web-hat-none"), t("web-hat-none-hint"));
    let state = state.clone().or("cargo", current.unwrap_or_default());
    let fields = html! {
        input type="hidden" name="volver" value=(back);
        (choice.state(&state))
        (button(t("web-continue")))
    };
    cx.page(Page::new("web-hat-title").form(&state), cx.form("/gestion/cargo", fields))
}

fn hat_value(hat: &copihue_core::Hat) -> String {
    format!("{}/{}", hat.institution, hat.official)
}

async fn choose_hat(State(web): State<Web>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let chosen = form.value("cargo").unwrap_or_default();
    let hat = cx.hats().iter().find(|h| hat_value(h) == chosen).cloned();
    if hat.is_none() && chosen != "ninguno" {
        let state = form.state().with_error("cargo", t("web-form-choice"));
        return Ok(hat_form(&cx, &state));
    }
    let session = cx.session().cloned().ok_or_else(|| Error::internal("a person without session"))?;
    let to = match (form.value("volver").and_then(own_path), &hat) {
        (Some(path), _) => path.to_owned(),
        (None, Some(_)) => "/gestion".to_owned(),
        (None, None) => "/mi".to_owned(),
    };
    let sessions = web.sessions().clone();
    let cookie = web.db().write(move |tx| sessions.change_hat(tx, &session, hat.as_ref())).await?;
    Ok(cx.logged_in(cookie, &to))
}

/// «Seguir conectado»: any request keeps the session; this one has nothing else to say.
async fn keep_alive(cx: Cx) -> Response {
    let status = if cx.session().is_some() { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
    let mut response = status.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("text/html"));
    response
}

async fn logo(State(web): State<Web>) -> Result<Response, Failure> {
    let logo = web.config().logo.clone().ok_or_else(Error::not_found)?;
    let headers =
        [(header::CONTENT_TYPE, logo.content_type), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, logo.bytes).into_response())
}
