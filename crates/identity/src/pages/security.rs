//! `/mi/seguridad`: second factor and open sessions.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id};
use copihue_web::components::{
    Tone, button, fact, inset, otp_input, password_input, summary_list, table, tag, text_input, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::{HeaderMap, StatusCode};
use qrcode::{Color, QrCode};

use crate::Identity;
use crate::api::browser;
use crate::app::{Attempt, Authenticated, Factors, SetUp, Tried};
use crate::cookies::Token;
use crate::store::SsoSession;

/// Where everything is.
const HERE: &str = "/mi/seguridad";

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    show(&identity, &cx, &FormState::new(), StatusCode::OK).await
}

async fn show(
    identity: &Identity,
    cx: &Cx,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let person = cx.person()?.id;
    let factors = identity.factors(person).await?;
    let sessions = identity.open_sessions(person).await?;
    let body = html! {
        h2 { (cx.t("identity-security-codes")) }
        (codes(cx, &factors, state))
        h2 { (cx.t("identity-security-sessions")) }
        (open(cx, &sessions))
    };
    let page = Page::new("identity-security-title")
        .lead(cx.t("identity-security-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .status(status)
        .form(state);
    Ok(cx.page(page, body))
}

fn codes(cx: &Cx, factors: &Factors, state: &FormState) -> Markup {
    let Some(since) = factors.totp else {
        return html! {
            p { (cx.t("identity-security-none")) }
            (cx.form("/mi/seguridad/agregar", html! {
                (password_input("password", cx.t("identity-security-password"))
                    .autocomplete("current-password").state(state))
                (button(cx.t("identity-security-add")))
            }))
        };
    };
    let left = factors.backup.to_string();
    html! {
        (summary_list(&[
            fact(cx.t("identity-security-since"), cx.datetime(since)),
            fact(cx.t("identity-security-left"), left.as_str()),
        ]))
        (cx.form("/mi/seguridad/quitar", html! {
            (text_input("otp", cx.t("identity-security-remove-code")).hint(cx.t("identity-otp-hint"))
                .autocomplete("one-time-code").narrow().state(state))
            (button(cx.t("identity-security-remove")).danger())
        }))
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

/// `POST /mi/seguridad/agregar`: with the password once more, so that a stolen session adds nothing (J2).
pub(crate) async fn add(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let person = cx.person()?.clone();
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    let password = form.value("password").unwrap_or_default();
    let wrong = |key: &str| FormState::new().with_error("password", cx.t(key));
    if password.is_empty() || password.len() > crate::hash::MAX_PASSWORD {
        let state = wrong("identity-login-password-error");
        return show(&identity, &cx, &state, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let device = browser.device.as_deref().and_then(Token::parse).map(|token| token.hash());
    let (label, trace) = (browser.label.as_str(), browser.trace.as_str());
    let attempt = Attempt { run: person.run, password, device, peer: cx.peer(), label, trace };
    let own = identity.own_client().await?;
    match identity.authenticate(&own, &attempt).await? {
        Authenticated::Yes(known, counted) if known.id == person.id => {
            identity.forgive_now(known.id, counted).await?;
            let set_up = identity.begin_totp(&session, &known).await?;
            Ok(confirm_page(&cx, &set_up, &FormState::new(), StatusCode::OK))
        }
        Authenticated::Wait(_) => {
            show(&identity, &cx, &wrong("identity-otp-wait"), StatusCode::TOO_MANY_REQUESTS).await
        }
        _ => {
            let state = wrong("identity-security-password-wrong");
            show(&identity, &cx, &state, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

fn confirm_page(cx: &Cx, set_up: &SetUp, state: &FormState, status: StatusCode) -> Response {
    let key: Vec<&str> =
        set_up.key.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap_or_default()).collect();
    let body = html! {
        ol {
            li { (cx.t("identity-security-step-app")) }
            li { (cx.t("identity-security-step-scan")) }
            li { (cx.t("identity-security-step-code")) }
        }
        (picture(cx, &set_up.uri))
        (inset(html! { p { (cx.t("identity-security-key")) " " strong { (key.join(" ")) } } }))
        (cx.form("/mi/seguridad/confirmar", html! {
            input type="hidden" name="alta" value=(set_up.sealed);
            (otp_input("otp", cx.t("identity-security-code")).state(state))
            (button(cx.t("identity-security-confirm")))
        }))
    };
    let page = Page::new("identity-security-add-title").back(HERE).form(state).status(status);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// The QR code as one path, in black on white whatever the contrast.
fn picture(cx: &Cx, uri: &str) -> Markup {
    let Ok(code) = QrCode::new(uri) else { return html! {} };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{},{}h1v1h-1z", at % width + 4, at / width + 4));
        }
    }
    let side = width + 8;
    html! {
        svg width="240" height="240" viewBox=(format!("0 0 {side} {side}")) role="img"
            aria-label=(cx.t("identity-security-picture")) {
            rect width="100%" height="100%" fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// `POST /mi/seguridad/confirmar`.
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
    if let Some(codes) = identity.confirm_totp(&session, sealed, code, &browser).await? {
        return Ok(paper(&cx, &codes));
    }
    let person = identity.person(session.person.id).await?.ok_or_else(Error::not_found)?;
    match identity.begun_totp(&session, &person, sealed) {
        Some(set_up) => {
            let state = FormState::new().with_error("otp", cx.t("identity-security-code-wrong"));
            Ok(confirm_page(&cx, &set_up, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
        None => Ok(see_other(HERE)),
    }
}

/// The codes on paper, shown once.
fn paper(cx: &Cx, codes: &[String]) -> Response {
    let body = html! {
        (warning(cx.t("identity-security-paper")))
        ul { @for code in codes { li { code { (code) } } } }
        p { a href=(HERE) { (cx.t("identity-security-kept")) } }
    };
    let page = Page::new("identity-security-paper-title").no_referrer().without_feedback();
    let mut response = cx.page(page, body);
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

/// `POST /mi/seguridad/quitar`: for who shows one of them.
pub(crate) async fn remove(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    let code = form.value("otp").unwrap_or_default();
    let (key, status) = match identity.try_code(&identity.own_step(&session), code, &browser).await? {
        Tried::Right => {
            identity.remove_factors(&session, &browser).await?;
            return Ok(see_other(HERE));
        }
        Tried::Wrong => ("identity-security-code-wrong", StatusCode::UNPROCESSABLE_ENTITY),
        Tried::Wait(_) => ("identity-otp-wait", StatusCode::TOO_MANY_REQUESTS),
    };
    show(&identity, &cx, &FormState::new().with_error("otp", cx.t(key)), status).await
}
