//! The holder stops every signature of theirs, and lets them go on.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::components::{button, inset, otp_input, warning};
use copihue_web::{Cx, Failure, FormData, FormState, Page, html, see_other};
use http::StatusCode;

use super::MINE;
use crate::Registration;

pub(super) async fn ask(cx: Cx) -> Result<Response, Failure> {
    let body = html! {
        ul {
            li { (cx.t("signing-stop-effect-keys")) }
            li { (cx.t("signing-stop-effect-applications")) }
            li { (cx.t("signing-stop-effect-documents")) }
        }
        (inset(html! { p { (cx.t("signing-stop-undo")) } }))
        (cx.form(&format!("{MINE}/detener"), html! { (button(cx.t("signing-stop-confirm")).danger()) }))
    };
    Ok(cx.page(Page::new("signing-stop-title").back(MINE).without_feedback(), body))
}

/// `POST …/detener`.
pub(super) async fn stop(
    State(registration): State<Registration>,
    cx: Cx,
    _form: FormData,
) -> Result<Response, Failure> {
    registration.stop(cx.require_actor()?).await?;
    Ok(see_other(&format!("{MINE}?hecho=detenida")))
}

pub(super) async fn ask_resume(cx: Cx) -> Result<Response, Failure> {
    Ok(resuming(&cx, &FormState::new(), StatusCode::OK))
}

fn resuming(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (warning(cx.t("signing-resume-warning")))
        (cx.form(&format!("{MINE}/reanudar"), html! {
            (otp_input("otp", cx.t("signing-otp-label")).hint(cx.t("signing-codes-hint")).state(state))
            (button(cx.t("signing-resume-confirm")))
        }))
    };
    let page = Page::new("signing-resume-title").lead(cx.t("signing-resume-lead")).back(MINE);
    cx.page(page.status(status).form(state), body)
}

/// `POST …/reanudar`.
pub(super) async fn resume(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    match registration.resume(cx.require_actor()?, form.value("otp").unwrap_or_default()).await {
        Ok(()) => Ok(see_other(&format!("{MINE}?hecho=reanudada"))),
        Err(error) if error.kind() != Kind::Internal && error.kind() != Kind::NotFound => {
            let state = FormState::new().with_failure(&error);
            Ok(resuming(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}
