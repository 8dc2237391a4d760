//! `/ingresar/activar`: a person uses the code that an official handed to them, and chooses their password.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Run;
use copihue_web::components::{button, button_link, panel, password_input, run_input, text_input};
use copihue_web::{Cx, Failure, FormData, FormState, Page, html, see_other};
use http::{HeaderMap, StatusCode};

use super::recovery::refusal;
use crate::Identity;
use crate::api::browser;
use crate::app::{Activated, Activating};

const HERE: &str = "/ingresar/activar";

pub(crate) async fn page(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    Ok(ask(&cx, &FormState::new(), StatusCode::OK))
}

fn ask(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (cx.form(HERE, html! {
            (run_input("run", cx.t("identity-login-run")).hint(cx.t("identity-login-run-hint"))
                .autocomplete("username").state(state))
            (text_input("codigo", cx.t("identity-activate-code")).hint(cx.t("identity-activate-code-hint"))
                .autocomplete("off").narrow().state(state))
            (text_input("serie", cx.t("identity-officer-series")).hint(cx.t("identity-officer-series-hint"))
                .autocomplete("off").narrow().state(state))
            (text_input("otp", cx.t("identity-recover-factor")).hint(cx.t("identity-recover-factor-hint"))
                .autocomplete("off").narrow().state(state))
            (password_input("nueva", cx.t("identity-password-new")).hint(cx.t("identity-password-hint"))
                .autocomplete("new-password").state(state))
            (button(cx.t("identity-activate-button")))
        }))
    };
    let page =
        Page::new("identity-activate-title").lead(cx.t("identity-activate-lead")).form(state).status(status);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// `POST /ingresar/activar`: one answer for a RUN that nobody has, a code that is none and a card that is another's.
pub(crate) async fn activate(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let text = |name: &str| form.value(name).unwrap_or_default();
    let state = FormState::from_values(["run", "codigo", "serie"].map(|name| (name, text(name))));
    let Ok(run) = text("run").trim().parse::<Run>() else {
        let state = state.with_error("run", cx.t("identity-login-run-error"));
        return Ok(ask(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let given = Activating {
        run,
        code: text("codigo"),
        series: text("serie"),
        factor: text("otp"),
        password: text("nueva"),
    };
    let browser = browser(&identity, &cx, &headers);
    let (field, key, status) = match identity.activate(&given, cx.peer(), &browser).await? {
        Activated::Done => return Ok(see_other("/ingresar/activar/listo")),
        Activated::Wrong => ("codigo", "identity-activate-error", StatusCode::UNPROCESSABLE_ENTITY),
        Activated::Factor => ("otp", "identity-recover-factor-error", StatusCode::UNPROCESSABLE_ENTITY),
        Activated::Weak(weak) => ("nueva", refusal(weak), StatusCode::UNPROCESSABLE_ENTITY),
        Activated::Wait => ("codigo", "identity-otp-wait", StatusCode::TOO_MANY_REQUESTS),
    };
    Ok(ask(&cx, &state.with_error(field, cx.t(key)), status))
}

/// `GET /ingresar/activar/listo`.
pub(crate) async fn done(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let body = html! {
        (panel(cx.t("identity-activate-done"), cx.t("identity-activate-done-text")))
        (button_link(cx.t("identity-login-button"), "/ingresar"))
    };
    Ok(cx.page(Page::new("identity-activate-done").own_heading().without_feedback(), body))
}
