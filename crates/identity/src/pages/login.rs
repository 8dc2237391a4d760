//! The login form, and what is said when there can be none.

use axum::response::Response;
use copihue_core::Timestamp;
use copihue_web::components::{button, details, inset, password_input, run_input, text_input};
use copihue_web::{Cx, FormState, Markup, Page, args, html};
use http::{HeaderValue, StatusCode, header};

use crate::Identity;
use crate::OWN_CLIENT;
use crate::app::again_at;
use crate::model::authorize::AuthorizeRequest;
use crate::model::client::Client;
use crate::model::oauth::ClientProblem;

/// Why the form is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shown {
    /// For the first time.
    First,
    /// A field is wrong.
    Mistaken,
    /// RUN and password don't fit: whatever the reason, the same words.
    Wrong,
    /// It wasn't sent from the page that we gave to this browser.
    Forged,
    /// It was no passkey of anybody.
    Key,
    /// Too many tries.
    Wait(Timestamp),
    /// A proof of work is owed.
    Work,
}

/// Where a form of ours is sent, and the one beside it that a passkey answers.
pub(crate) struct Form<'a> {
    pub(crate) action: &'a str,
    pub(crate) csrf: &'a str,
    pub(crate) key: &'a Markup,
    /// The challenge of a proof of work.
    pub(crate) work: Option<&'a str>,
}

/// The form. The RUN that was typed stays, the password never.
pub(crate) fn form(
    identity: &Identity,
    cx: &Cx,
    (client, request): (&Client, &AuthorizeRequest),
    &Form { action, csrf, key, work }: &Form<'_>,
    state: &FormState,
    shown: Shown,
) -> Response {
    let (state, status) = match shown {
        Shown::First => (state.clone(), StatusCode::OK),
        Shown::Mistaken => (state.clone(), StatusCode::UNPROCESSABLE_ENTITY),
        Shown::Wrong => {
            (state.clone().with_error("password", cx.t("identity-login-wrong")), StatusCode::UNAUTHORIZED)
        }
        Shown::Forged => {
            (state.clone().with_error("password", cx.t("identity-login-forged")), StatusCode::FORBIDDEN)
        }
        Shown::Key => {
            (state.clone().with_error("run", cx.t("identity-key-failed")), StatusCode::UNAUTHORIZED)
        }
        Shown::Wait(until) => {
            let minutes = (until.millis() - cx.now().millis() + 59_999).div_euclid(60_000).max(1);
            let text = cx.ta("identity-login-wait", &args! {"n" => minutes});
            (state.clone().with_error("password", text), StatusCode::TOO_MANY_REQUESTS)
        }
        Shown::Work => {
            (state.clone().with_error("password", cx.t("identity-work-owed")), StatusCode::TOO_MANY_REQUESTS)
        }
    };
    let asks = client.id != OWN_CLIENT;
    // «webauthn» lets the browser offer passkeys beside the field.
    let who = if key.0.is_empty() { "username" } else { "username webauthn" };
    let body = html! {
        @if asks {
            (inset(html! {
                p { (asks_for(identity, cx, client)) }
                @if request.scope.contains(&"offline_access") { p { (cx.t("identity-consent-offline")) } }
            }))
        }
        form.form method="post" action=(action) novalidate {
            input type="hidden" name="csrf" value=(csrf);
            (run_input("run", cx.t("identity-login-run")).hint(cx.t("identity-login-run-hint"))
                .autocomplete(who).state(&state))
            (password_input("password", cx.t("identity-login-password")).autocomplete("current-password").state(&state))
            @if let Some(challenge) = work { (super::work::fields(cx, challenge)) }
            (button(cx.t("identity-login-button")))
        }
        (key)
        (details(cx.t("identity-login-help"), html! {
            p { a href="/ingresar/recuperar" { (cx.t("identity-recover-title")) } }
            p { a href="/ingresar/activar" { (cx.t("identity-activate-title")) } }
            p { (cx.t("identity-login-help-text")) }
            p { (cx.t("identity-login-help-safe")) }
        }))
    };
    let page = Page::new("identity-login-title").status(status).form(&state).no_referrer().without_feedback();
    let page = if asks { page.caption(client.name.as_str()) } else { page.lead(cx.t("identity-login-lead")) };
    let mut response = cx.page(page, body);
    let again = match (shown, work) {
        (Shown::Wait(until), _) => Some(until),
        (Shown::Work, Some(challenge)) => Some(again_at(cx.now(), challenge)),
        _ => None,
    };
    if let Some(until) = again {
        let seconds = (until.millis() - cx.now().millis()).div_euclid(1000).max(1);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Why the code is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    /// The password was right.
    First,
    /// It was not the code.
    Wrong,
    /// It was not a passkey of the person.
    Key,
    /// Too many.
    Wait(Timestamp),
}

/// Asks for the second factor.
pub(crate) fn code_form(
    cx: &Cx,
    client: &Client,
    &Form { action, csrf, key, .. }: &Form<'_>,
    (step, sent_to): (&str, Option<&str>),
    shown: Code,
) -> Response {
    let (error, status) = match shown {
        Code::First => (None, StatusCode::OK),
        Code::Wrong => (Some(cx.t("identity-otp-wrong")), StatusCode::UNAUTHORIZED),
        Code::Key => (Some(cx.t("identity-key-failed")), StatusCode::UNAUTHORIZED),
        Code::Wait(_) => (Some(cx.t("identity-otp-wait")), StatusCode::TOO_MANY_REQUESTS),
    };
    let state = error.map_or_else(FormState::new, |text| FormState::new().with_error("otp", text));
    let body = html! {
        form.form method="post" action=(action) novalidate {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="paso" value=(step);
            @match sent_to {
                Some(address) => {
                    (inset(html! { p { (cx.ta("identity-mailed-sent", &args! {"address" => address})) } }))
                    (text_input("otp", cx.t("identity-otp-code")).hint(cx.t("identity-mailed-hint"))
                        .autocomplete("one-time-code").narrow().state(&state))
                },
                None => (text_input("otp", cx.t("identity-otp-code")).hint(cx.t("identity-otp-hint"))
                    .autocomplete("one-time-code").narrow().state(&state)),
            }
            (button(cx.t("identity-login-button")))
            @if sent_to.is_some() { (button(cx.t("identity-mailed-again")).sends("otra", "si").secondary()) }
        }
        (key)
        @if sent_to.is_none() {
            (details(cx.t("identity-otp-help"), html! { p { (cx.t("identity-otp-help-text")) } }))
        }
    };
    let page = Page::new("identity-otp-title").status(status).form(&state).no_referrer().without_feedback();
    let page = if client.id == OWN_CLIENT { page } else { page.caption(client.name.as_str()) };
    cx.page(page, body)
}

/// «La aplicación X, de Y, recibirá su RUN y su nombre.»
fn asks_for(identity: &Identity, cx: &Cx, client: &Client) -> String {
    let email = client.scopes.iter().any(|s| s == "email");
    let data = cx.t(if email { "identity-login-data-email" } else { "identity-login-data" });
    let args = args! {
        "app" => client.name.as_str(),
        "institution" => client.institution.as_str(),
        "data" => data,
        "brand" => identity.0.config.brand.as_str()
    };
    cx.ta("identity-login-asks", &args)
}

/// Lets the form lead to the application: browsers apply `form-action` to the redirect after it too.
pub(crate) fn allow_form_target(response: &mut Response, target: Option<&str>) {
    let csp = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; \
         worker-src 'self'",
        target.unwrap_or_default()
    );
    if let Ok(value) = HeaderValue::from_str(&csp) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// The application can't be answered: never a redirect.
pub(crate) fn problem(identity: &Identity, cx: &Cx, problem: ClientProblem) -> Response {
    let (title, status) = match problem {
        ClientProblem::Client
        | ClientProblem::RedirectUri
        | ClientProblem::Pushed
        | ClientProblem::Object => ("identity-problem-title", StatusCode::BAD_REQUEST),
        ClientProblem::NotEnabled => ("identity-problem-not-enabled-title", StatusCode::FORBIDDEN),
        ClientProblem::Stopped => ("identity-problem-stopped-title", StatusCode::FORBIDDEN),
    };
    tracing::warn!(?problem, trace = cx.trace(), "an application was not answered");
    let brand = args! {"brand" => identity.0.config.brand.as_str()};
    let body = html! {
        @match problem {
            ClientProblem::NotEnabled => p { (cx.ta("identity-problem-not-enabled", &brand)) },
            ClientProblem::Stopped => p { (cx.t("identity-problem-stopped")) },
            _ => p { (cx.t("identity-problem-text")) },
        }
        @if let Some(technical) = problem.technical() {
            (details(cx.t("identity-problem-technical"), html! { p lang="en" { (technical) } }))
        }
        p { a href="/" { (cx.t("identity-home")) } }
    };
    let mut response = cx.page(Page::new(title).status(status).no_referrer().without_feedback(), body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
