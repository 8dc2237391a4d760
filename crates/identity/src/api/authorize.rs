//! `GET` and `POST /openid/authorize`: the request of an application, and the login form under the same address.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_core::Run;
use copihue_web::{Cx, Failure, FormState};
use http::{HeaderMap, StatusCode, Uri, header};

use super::{body, browser, no_store, redirect};
use crate::Identity;
use crate::app::{Attempt, Authenticated, Browser, Completed, Fresh};
use crate::cookies::{Name, Token};
use crate::model::authorize::{AuthorizeRequest, Prompt, read, redirect_target};
use crate::model::client::Client;
use crate::model::oauth::{AuthorizeError, ClientProblem};
use crate::model::params::Params;
use crate::pages::login::{self, Shown};

/// A request that may be answered, and the query under which its form stands.
struct Asked {
    client: Client,
    request: AuthorizeRequest,
    query: String,
}

pub(crate) async fn get(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    let query = uri.query().unwrap_or_default().to_owned();
    begin(&identity, &cx, &headers, query, StatusCode::FOUND).await
}

/// Either the form, or an application's request sent by POST: only the form has these fields.
pub(crate) async fn post(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
    request: Body,
) -> Result<Response, Failure> {
    let bytes = body(request).await?;
    let form = Params::parse(std::str::from_utf8(&bytes).unwrap_or_default());
    if form.has("csrf") || form.has("password") {
        let asked =
            asked(&identity, &cx, uri.query().unwrap_or_default().to_owned(), StatusCode::SEE_OTHER).await?;
        return log_in(&identity, &cx, &headers, asked, &form).await;
    }
    begin(&identity, &cx, &headers, form.query_without(&[]), StatusCode::SEE_OTHER).await
}

/// Answers from the browser's session, or shows the form.
async fn begin(
    identity: &Identity,
    cx: &Cx,
    headers: &HeaderMap,
    query: String,
    status: StatusCode,
) -> Result<Response, Failure> {
    let asked = asked(identity, cx, query, status).await?;
    let browser = browser(identity, cx, headers);
    if let Some(session) = identity.reusable(&asked.client, &asked.request, &browser).await? {
        let done = identity.answer_again(&asked.client, &asked.request, session, &browser).await?;
        return Ok(redirect(status, &done.location)?);
    }
    if asked.request.prompt == Prompt::None {
        return refuse(identity, &asked, AuthorizeError::LoginRequired, status);
    }
    Ok(form(identity, cx, headers, &asked, FormState::new(), Shown::First))
}

/// Reads the request; what can't be answered is answered here.
async fn asked(identity: &Identity, cx: &Cx, query: String, status: StatusCode) -> Result<Asked, Failure> {
    let params = Params::parse(&query);
    let problem = |problem: ClientProblem| Failure::from(login::problem(identity, cx, problem));
    let Ok(Some(client_id)) = params.text("client_id") else { return Err(problem(ClientProblem::Client)) };
    let Some(client) = identity.client(client_id).await? else { return Err(problem(ClientProblem::Client)) };
    let redirect_uri = redirect_target(&client, &params).map_err(problem)?;
    match read(&client, redirect_uri, &params) {
        Ok(request) => Ok(Asked { client, request, query }),
        Err(refused) => {
            let iss = client.settings.iss.then_some(identity.0.config.issuer.as_str());
            Err(redirect(status, &refused.location(iss))?.into())
        }
    }
}

fn refuse(
    identity: &Identity,
    asked: &Asked,
    error: AuthorizeError,
    status: StatusCode,
) -> Result<Response, Failure> {
    let (redirect_uri, state) = (asked.request.redirect_uri.clone(), asked.request.state.clone());
    let iss = asked.client.settings.iss.then_some(identity.0.config.issuer.as_str());
    let refused = crate::model::authorize::Refused { redirect_uri, state, error };
    Ok(redirect(status, &refused.location(iss))?)
}

/// The form, bound to this browser and this request.
fn form(
    identity: &Identity,
    cx: &Cx,
    headers: &HeaderMap,
    asked: &Asked,
    state: FormState,
    shown: Shown,
) -> Response {
    let cookie = identity.jar().get(headers, Name::Form, "");
    let token = cookie.filter(|text| Token::parse(text).is_some());
    let token = token.unwrap_or_else(|| Token::new(copihue_core::Bucket::new(0), &*identity.0.random).text());
    let csrf = identity.form_token(&token, &asked.query);
    let action = format!("{}?{}", cx.path(), asked.query);
    let mut response = login::form(identity, cx, &asked.client, &action, &csrf, &state, shown);
    no_store(&mut response);
    login::allow_form_target(&mut response, asked.request.redirect_uri.origin().as_deref());
    identity.jar().set(response.headers_mut(), Name::Form, "", &token, None);
    response
}

async fn log_in(
    identity: &Identity,
    cx: &Cx,
    headers: &HeaderMap,
    asked: Asked,
    form_data: &Params,
) -> Result<Response, Failure> {
    let text = |name: &str| form_data.text(name).ok().flatten().unwrap_or_default();
    let typed = text("run").trim().chars().take(40).collect::<String>();
    let state = FormState::new().set("run", typed.clone());
    let show = |state, shown| form(identity, cx, headers, &asked, state, shown);
    let cookie = identity.jar().get(headers, Name::Form, "").unwrap_or_default();
    if !same_site(headers) || !identity.form_token_fits(&cookie, &asked.query, text("csrf")) {
        return Ok(show(state, Shown::Forged));
    }
    let password = password(form_data);
    let (run, password) = match (typed.parse::<Run>(), password) {
        (Ok(run), Some(password)) => (run, password),
        (run, password) => {
            return Ok(show(mistakes(cx, state, run.is_err(), password.is_none()), Shown::Mistaken));
        }
    };
    let browser = browser(identity, cx, headers);
    let device = browser.device.as_deref().and_then(Token::parse).map(|token| token.hash());
    let attempt =
        Attempt { run, password, device, peer: cx.peer(), label: &browser.label, trace: &browser.trace };
    match identity.authenticate(&asked.client, &attempt).await? {
        Authenticated::No => Ok(show(state, Shown::Wrong)),
        Authenticated::Wait(until) => Ok(show(state, Shown::Wait(until))),
        Authenticated::Yes(person, counted) => {
            let fresh = Fresh { person: *person, counted };
            let done = identity.complete(&asked.client, &asked.request, fresh, &browser).await?;
            Ok(go(identity, &done, &browser)?)
        }
    }
}

/// What was typed, whole or not at all: a password is never cut.
fn password(form: &Params) -> Option<&str> {
    match form.text("password") {
        Ok(Some(password)) if password.len() <= crate::hash::MAX_PASSWORD => Some(password),
        _ => None,
    }
}

fn mistakes(cx: &Cx, mut state: FormState, bad_run: bool, no_password: bool) -> FormState {
    if bad_run {
        state = state.with_error("run", cx.t("identity-login-run-error"));
    }
    if no_password {
        state = state.with_error("password", cx.t("identity-login-password-error"));
    }
    state
}

/// Whether the browser says that the form was sent from a page of ours.
fn same_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

/// 303 to the application, with the cookies of session and browser.
fn go(identity: &Identity, done: &Completed, browser: &Browser) -> Result<Response, copihue_core::Error> {
    let mut response = redirect(StatusCode::SEE_OTHER, &done.location)?;
    let jar = identity.jar();
    if let Some(session) = &done.session {
        jar.set(response.headers_mut(), Name::Sso, "", session, None);
    }
    if let Some(device) = &done.device {
        jar.set(response.headers_mut(), Name::Device, "", device, Some(crate::app::DEVICE_SECONDS));
    }
    jar.clear(response.headers_mut(), Name::Form, "");
    tracing::debug!(trace = browser.trace, "a code was given");
    debug_assert!(response.headers().contains_key(header::LOCATION));
    Ok(response.into_response())
}
