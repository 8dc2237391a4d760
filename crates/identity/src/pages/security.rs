//! `/mi/seguridad`: what the person logs in with, and their open sessions.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id};
use copihue_web::components::{
    Tone, button, button_link, fact, inset, otp_input, qr_code, summary_list, table, tag, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};
use http::{HeaderMap, StatusCode};

use super::contact;
use crate::Identity;
use crate::api::browser;
use crate::app::{Factors, SetUp};
use crate::store::{Passkey, SsoSession};

/// Where everything is.
pub(super) const HERE: &str = "/mi/seguridad";

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let person = cx.person()?.id;
    let factors = identity.factors(person).await?;
    let sessions = identity.open_sessions(person).await?;
    let known = identity.person(person).await?.ok_or_else(Error::not_found)?;
    let change = identity.contact_change(person).await?;
    let body = html! {
        @if !factors.strong() { (inset(html! { p { (cx.t("identity-security-none")) } })) }
        @if identity.offers_passkeys() || !factors.keys.is_empty() {
            h2 { (cx.t("identity-key-heading")) }
            (keys(&identity, &cx, &factors))
        }
        h2 { (cx.t("identity-security-codes")) }
        (codes(&cx, &factors))
        @if factors.strong() {
            h2 { (cx.t("identity-security-paper-heading")) }
            p { (cx.ta("identity-security-left", &args! {"n" => factors.backup})) }
            (button_link(cx.t("identity-security-paper-new"), "/mi/seguridad/cambiar?acto=papel").secondary())
        }
        h2 { (cx.t("identity-password-heading")) }
        (button_link(cx.t("identity-password-title"), "/mi/seguridad/cambiar?acto=clave").secondary())
        h2 { (cx.t("identity-contact-heading")) }
        (contact::shown(&cx, known.email.as_deref(), change.as_ref()))
        h2 { (cx.t("identity-security-sessions")) }
        (open(&cx, &sessions))
    };
    let page = Page::new("identity-security-title")
        .lead(cx.t("identity-security-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi");
    Ok(cx.page(page, body))
}

fn keys(identity: &Identity, cx: &Cx, factors: &Factors) -> Markup {
    let list = table(cx.t("identity-key-heading"))
        .column(cx.t("identity-key-name"))
        .column(cx.t("identity-security-began"))
        .column(cx.t("identity-security-seen"))
        .column(cx.t("identity-key-remove"))
        .rows(factors.keys.iter().map(|key| key_row(cx, key)))
        .quiet_caption();
    html! {
        p { (cx.t("identity-key-what")) }
        @if !factors.keys.is_empty() { (list) }
        @if identity.offers_passkeys() {
            (button_link(cx.t("identity-key-add"), "/mi/seguridad/cambiar?acto=llave").secondary())
        }
    }
}

fn key_row(cx: &Cx, key: &Passkey) -> Vec<Markup> {
    let remove = format!("/mi/seguridad/cambiar?acto=quitar-llave&llave={}", hex::encode(&key.id));
    vec![
        html! { (key.name) },
        html! { (cx.datetime(key.created)) },
        html! { @match key.used { Some(at) => (cx.datetime(at)), None => (cx.t("identity-key-never")) } },
        html! { a href=(remove) { (cx.t("identity-key-remove")) span.hidden { " " (key.name) } } },
    ]
}

fn codes(cx: &Cx, factors: &Factors) -> Markup {
    let Some(since) = factors.totp else {
        return html! {
            p { (cx.t("identity-security-codes-what")) }
            (button_link(cx.t("identity-security-add"), "/mi/seguridad/cambiar?acto=codigos").secondary())
        };
    };
    let remove = "/mi/seguridad/cambiar?acto=quitar-codigos";
    html! {
        (summary_list(&[fact(cx.t("identity-security-since"), cx.datetime(since))]))
        p { a href=(remove) { (cx.t("identity-security-remove")) } }
    }
}

fn open(cx: &Cx, sessions: &[SsoSession]) -> Markup {
    let current = cx.session().and_then(|s| s.sid.as_deref()).and_then(|sid| sid.parse::<Id>().ok());
    let list = table(cx.t("identity-security-sessions"))
        .column(cx.t("identity-history-device"))
        .column(cx.t("identity-security-began"))
        .column(cx.t("identity-security-seen"))
        .column(cx.t("identity-security-act"))
        .rows(sessions.iter().map(|session| row(cx, session, current)))
        .empty(cx.t("identity-security-no-sessions"))
        .quiet_caption();
    html! {
        (list)
        (cx.form("/mi/seguridad/sesiones", html! {
            input type="hidden" name="sesion" value="todas";
            (button(cx.t("identity-security-end-all")).danger())
        }))
    }
}

fn row(cx: &Cx, session: &SsoSession, current: Option<Id>) -> Vec<Markup> {
    let label = if session.label.is_empty() { cx.t("identity-security-unknown") } else { &session.label };
    vec![
        html! {
            (label) " "
            @if Some(session.sid) == current { (tag(cx.t("identity-security-this"), Tone::Good)) }
        },
        html! { (cx.datetime(session.auth_time)) },
        html! { (cx.datetime(session.last_seen)) },
        cx.form(
            "/mi/seguridad/sesiones",
            html! {
                input type="hidden" name="sesion" value=(session.sid.to_string());
                (button(cx.t("identity-security-end")).secondary())
            },
        ),
    ]
}

/// `POST /mi/seguridad/sesiones`: ends one, or all of them and this one too.
pub(crate) async fn end(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let person = cx.person()?.id;
    let browser = browser(&identity, &cx, &headers);
    match form.value("sesion") {
        Some("todas") => {
            identity.end_all_sessions(person, &browser).await?;
            Ok(cx.logged_out("/salir/listo"))
        }
        Some(sid) => {
            let sid = sid.parse().map_err(|_| Error::not_found())?;
            identity.end_one_session(person, sid, &browser).await?;
            Ok(see_other(HERE))
        }
        None => Err(Error::not_found().into()),
    }
}

/// An authenticator's seed, as a picture and as letters.
pub(super) fn codes_page(cx: &Cx, set_up: &SetUp, state: &FormState, status: StatusCode) -> Response {
    let key: Vec<&str> =
        set_up.key.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap_or_default()).collect();
    let body = html! {
        ol {
            li { (cx.t("identity-security-step-app")) }
            li { (cx.t("identity-security-step-scan")) }
            li { (cx.t("identity-security-step-code")) }
        }
        (qr_code(&set_up.uri, cx.t("identity-security-picture")))
        (inset(html! { p { (cx.t("identity-security-key")) " " strong { (key.join(" ")) } } }))
        (cx.form("/mi/seguridad/codigos", html! {
            input type="hidden" name="alta" value=(set_up.sealed);
            (otp_input("otp", cx.t("identity-security-code")).state(state))
            (button(cx.t("identity-security-confirm")))
        }))
    };
    let page = Page::new("identity-security-add-title").back(HERE).form(state).status(status);
    let mut response = cx.page(page.no_referrer().without_feedback(), body);
    kept_by_nobody(&mut response);
    response
}

/// `POST /mi/seguridad/codigos`: the first code of a new authenticator.
pub(crate) async fn confirm(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    let code = form.value("otp").unwrap_or_default();
    let sealed = form.value("alta").unwrap_or_default();
    match identity.confirm_totp(&session, sealed, code, &browser).await? {
        Some(codes) if codes.is_empty() => return Ok(see_other(HERE)),
        Some(codes) => return Ok(paper(&cx, &codes)),
        None => {}
    }
    let person = identity.person(session.person.id).await?.ok_or_else(Error::not_found)?;
    match identity.begun_totp(&session, &person, sealed) {
        Some(set_up) => {
            let state = FormState::new().with_error("otp", cx.t("identity-security-code-wrong"));
            Ok(codes_page(&cx, &set_up, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
        None => Ok(see_other(HERE)),
    }
}

/// The codes on paper, shown once.
pub(super) fn paper(cx: &Cx, codes: &[String]) -> Response {
    let body = html! {
        (warning(cx.t("identity-security-paper")))
        ul { @for code in codes { li { code { (code) } } } }
        p { a href=(HERE) { (cx.t("identity-security-kept")) } }
    };
    let page = Page::new("identity-security-paper-title").no_referrer().without_feedback();
    let mut response = cx.page(page, body);
    kept_by_nobody(&mut response);
    response
}

fn kept_by_nobody(response: &mut Response) {
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
}
