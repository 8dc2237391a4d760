//! Our own pages' way to the provider and back.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Kind;
use copihue_db::Tx;
use copihue_web::components::button_link;
use copihue_web::{Cx, Failure, FormData, Page, html, see_other, see_other_host};
use http::{HeaderMap, StatusCode};

use crate::Identity;
use crate::api::browser;
use crate::app::{AWAY_SECONDS, Asking};
use crate::cookies::Name;

/// An own path: `/`, then neither `/` nor `\`, no control characters; anything else leads home.
fn own_path(path: Option<String>) -> String {
    let own = |p: &String| {
        p.starts_with('/')
            && !p.starts_with("//")
            && !p.contains(['\\', '#'])
            && !p.chars().any(|c| c.is_control() || c.is_whitespace())
            && p.len() <= 2_000
    };
    path.filter(own).unwrap_or_else(|| "/mi".to_owned())
}

/// The first letters of the state name the cookie, so that two tabs don't take each other's.
fn suffix(state: &str) -> String {
    let letters: String = state.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("-{letters}")
}

/// `GET /ingresar?volver=/path`; with `de-nuevo` the password or passkey is asked for whoever is logged in.
pub(crate) async fn leave(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let back = own_path(cx.query("volver"));
    let asking = if cx.asks_for_login_again() { Asking::Again } else { Asking::Login };
    if cx.session().is_some() && asking == Asking::Login {
        return Ok(see_other(&back));
    }
    let (url, away) = identity.leave(&back, asking)?;
    let mut response = see_other_host(&url);
    let (name, value) = (suffix(&away.state), identity.seal_away(&away)?);
    identity.jar().set(response.headers_mut(), Name::Return, &name, &value, Some(AWAY_SECONDS));
    Ok(response)
}

/// `GET /ingresar/retorno?code=…&state=…`.
pub(crate) async fn back(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let state = cx.query("state").unwrap_or_default();
    let name = suffix(&state);
    let cookie = identity.jar().get(&headers, Name::Return, &name);
    let away = cookie.as_deref().and_then(|cookie| identity.open_away(cookie, &state));
    let (Some(code), Some(away)) = (cx.query("code"), away) else {
        return Ok(failed(&identity, &cx, &name, StatusCode::BAD_REQUEST));
    };
    let browser = browser(&identity, &cx, &headers);
    match identity.welcome(&code, away, &browser, cx.session().cloned()).await {
        Ok(back) => {
            let mut response = cx.logged_in(back.session, &back.to);
            identity.jar().clear(response.headers_mut(), Name::Return, &name);
            Ok(response)
        }
        Err(error) if error.kind() == Kind::Unauthenticated => {
            tracing::warn!(%error, trace = cx.trace(), "the provider's answer was refused");
            Ok(failed(&identity, &cx, &name, StatusCode::UNAUTHORIZED))
        }
        Err(error) => Err(error.into()),
    }
}

fn failed(identity: &Identity, cx: &Cx, name: &str, status: StatusCode) -> Response {
    let body = html! {
        p { (cx.t("identity-return-failed")) }
        (button_link(cx.t("identity-return-again"), "/ingresar"))
    };
    let page = Page::new("identity-return-title").status(status).no_referrer().without_feedback();
    let mut response = cx.page(page, body);
    identity.jar().clear(response.headers_mut(), Name::Return, name);
    response
}

/// `POST /salir`: ends our session and the provider's behind it.
pub(crate) async fn log_out(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    _form: FormData,
) -> Result<Response, Failure> {
    if let Some(session) = cx.session().cloned() {
        let (sessions, inner) = (identity.0.web.sessions().clone(), identity.clone());
        let browser = browser(&identity, &cx, &headers);
        let end = move |tx: &mut Tx<'_>| {
            sessions.end(tx, &session)?;
            inner.end_behind(tx, session.person.id, session.sid.as_deref(), &browser)
        };
        identity.0.db.write(end).await?;
    }
    let mut response = cx.logged_out("/salir/listo");
    identity.jar().clear(response.headers_mut(), Name::Sso, "");
    Ok(response)
}

/// `GET /salir/listo`. The national login's own session is offered for closing: its answer may be empty, so nobody is sent there.
pub(crate) async fn logged_out(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let body = html! {
        p { (cx.t("identity-logout-text")) }
        @if let Some(url) = &identity.0.relying.logout_url {
            p { a href=(url) rel="noreferrer" { (cx.t("identity-logout-provider")) } }
        }
        p { a href="/" { (cx.t("identity-home")) } }
    };
    Ok(cx.page(Page::new("identity-logout-title").without_feedback(), body))
}
