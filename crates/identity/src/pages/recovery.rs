//! `/ingresar/recuperar`: a forgotten password. Looking at a page does nothing, no address carries a secret, and nobody is signed in (I4, I5).

use axum::extract::State;
use axum::response::Response;
use copihue_core::Run;
use copihue_web::components::{button, button_link, inset, panel, password_input, run_input, text_input};
use copihue_web::{Cx, Failure, FormData, FormState, Page, html, see_other};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Identity;
use crate::api::browser;
use crate::app::{Begun, Claimed, Recovered};
use crate::cookies::Name;
use crate::model::password::Weak;

const HERE: &str = "/ingresar/recuperar";

pub(crate) async fn page(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    Ok(ask(&cx, &FormState::new(), StatusCode::OK))
}

fn ask(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (cx.form(HERE, html! {
            (run_input("run", cx.t("identity-login-run")).hint(cx.t("identity-login-run-hint"))
                .autocomplete("username").state(state))
            (button(cx.t("identity-recover-send")))
        }))
        p.hint { (cx.t("identity-recover-person")) }
    };
    let page =
        Page::new("identity-recover-title").lead(cx.t("identity-recover-lead")).form(state).status(status);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// `POST /ingresar/recuperar`: whoever has this RUN, and whether anybody has, the answer is the same (H1).
pub(crate) async fn begin(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let typed: String = form.value("run").unwrap_or_default().trim().chars().take(40).collect();
    let state = FormState::new().set("run", typed.clone());
    let Ok(run) = typed.parse::<Run>() else {
        let state = state.with_error("run", cx.t("identity-login-run-error"));
        return Ok(ask(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let cookie = identity.form_cookie(&headers);
    match identity.begin_recovery(run, cx.peer(), &bound(&cookie)).await? {
        Begun::Wait => {
            let state = state.with_error("run", cx.t("identity-otp-wait"));
            Ok(ask(&cx, &state, StatusCode::TOO_MANY_REQUESTS))
        }
        Begun::Sent(sealed) => {
            let mut response = choose(&cx, &sealed, &FormState::new(), StatusCode::OK);
            identity.jar().set(response.headers_mut(), Name::Form, "", &cookie, None);
            Ok(response)
        }
    }
}

fn bound(cookie: &str) -> String {
    format!("recuperar\n{cookie}")
}

fn choose(cx: &Cx, sealed: &str, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (inset(html! { p { (cx.t("identity-recover-sent")) } }))
        (cx.form("/ingresar/recuperar/clave", html! {
            input type="hidden" name="paso" value=(sealed);
            (text_input("codigo", cx.t("identity-recover-code")).hint(cx.t("identity-recover-code-hint"))
                .autocomplete("one-time-code").narrow().state(state))
            (text_input("otp", cx.t("identity-recover-factor")).hint(cx.t("identity-recover-factor-hint"))
                .autocomplete("off").narrow().state(state))
            (password_input("nueva", cx.t("identity-password-new")).hint(cx.t("identity-password-hint"))
                .autocomplete("new-password").state(state))
            (button(cx.t("identity-password-save")))
        }))
    };
    let page = Page::new("identity-recover-choose").back(HERE).form(state).status(status);
    let mut response = cx.page(page.no_referrer().without_feedback(), body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST /ingresar/recuperar/clave`.
pub(crate) async fn finish(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let text = |name: &str| form.value(name).unwrap_or_default();
    let cookie = identity.jar().get(&headers, Name::Form, "").unwrap_or_default();
    let (sealed, bound) = (text("paso"), bound(&cookie));
    let given =
        Claimed { sealed, bound: &bound, code: text("codigo"), factor: text("otp"), password: text("nueva") };
    let browser = browser(&identity, &cx, &headers);
    let (field, key, status) = match identity.recover(&given, &browser).await? {
        Recovered::Done => return Ok(see_other("/ingresar/recuperar/listo")),
        Recovered::Forged => {
            let state = FormState::new().with_error("run", cx.t("identity-recover-forged"));
            return Ok(ask(&cx, &state, StatusCode::FORBIDDEN));
        }
        Recovered::Code => ("codigo", "identity-recover-code-error", StatusCode::UNPROCESSABLE_ENTITY),
        Recovered::Factor => ("otp", "identity-recover-factor-error", StatusCode::UNPROCESSABLE_ENTITY),
        Recovered::Weak(weak) => ("nueva", refusal(weak), StatusCode::UNPROCESSABLE_ENTITY),
        Recovered::Wait => ("codigo", "identity-otp-wait", StatusCode::TOO_MANY_REQUESTS),
    };
    // What was typed right stays; the password never does.
    let state = FormState::new().set("codigo", given.code).with_error(field, cx.t(key));
    Ok(choose(&cx, sealed, &state, status))
}

/// Why a password is refused, in words.
pub(super) const fn refusal(weak: Weak) -> &'static str {
    match weak {
        Weak::Short => "identity-password-short",
        Weak::Long => "identity-password-long",
        Weak::Personal => "identity-password-personal",
        Weak::Usual => "identity-password-usual",
        Weak::Breached => "identity-password-breached",
    }
}

/// `GET /ingresar/recuperar/listo`.
pub(crate) async fn done(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let body = html! {
        (panel(cx.t("identity-recover-done"), cx.t("identity-recover-done-text")))
        (button_link(cx.t("identity-login-button"), "/ingresar"))
    };
    Ok(cx.page(Page::new("identity-recover-done").own_heading().without_feedback(), body))
}

/// The page on which a person who has just proved who they are chooses another password.
pub(super) fn another(cx: &Cx, permit: &str, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (cx.form("/mi/seguridad/clave", html! {
            input type="hidden" name="permiso" value=(permit);
            (password_input("nueva", cx.t("identity-password-new")).hint(cx.t("identity-password-hint"))
                .autocomplete("new-password").state(state))
            (button(cx.t("identity-password-save")))
        }))
    };
    let page = Page::new("identity-password-title").back(super::security::HERE).form(state).status(status);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// `POST /mi/seguridad/clave`.
pub(crate) async fn change(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(copihue_core::Error::not_found)?;
    let (permit, password) =
        (form.value("permiso").unwrap_or_default(), form.value("nueva").unwrap_or_default());
    let browser = browser(&identity, &cx, &headers);
    match identity.change_password(&session, permit, password, &browser).await? {
        Recovered::Weak(weak) => {
            let state = FormState::new().with_error("nueva", cx.t(refusal(weak)));
            Ok(another(&cx, permit, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Recovered::Done => Ok(see_other(super::security::HERE)),
        _ => Ok(see_other("/mi/seguridad/cambiar?acto=clave")),
    }
}
