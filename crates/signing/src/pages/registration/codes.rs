//! `…/codigo`: the holder's second factor: its QR code, and a code to try.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Kind};
use copihue_web::components::{
    Tone, button, button_link, fact, inset, otp_input, qr_code, success_banner, summary_list, tag, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html};
use http::{HeaderValue, StatusCode, header};

use super::{MINE, parts};
use crate::Registration;
use crate::app::{Seed, Tried};

/// A clock that is off by no more than this needs no word.
const SMALL_DRIFT_S: i64 = 0;

pub(super) async fn page(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    shown(&registration, &cx, html! {}, &FormState::new(), StatusCode::OK).await
}

async fn shown(
    registration: &Registration,
    cx: &Cx,
    said: Markup,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let mine = registration.mine(cx.require_actor()?).await?;
    mine.holder.as_ref().ok_or_else(Error::not_found)?;
    let begun = mine.second_factor;
    let confirmed = begun.and_then(|f| f.confirmed_at);
    let standing = match confirmed {
        Some(_) => tag(cx.t("signing-factor-ready"), Tone::Good),
        None => tag(cx.t("signing-factor-missing"), Tone::Warn),
    };
    let body = html! {
        (said)
        (summary_list(&[fact(cx.t("signing-factor"), standing)]))
        @if begun.is_some() {
            h2 { (cx.t("signing-codes-try")) }
            p { (cx.t("signing-codes-try-why")) }
            (try_form(cx, state))
        }
        h2 { (cx.t("signing-codes-qr")) }
        p { (cx.t(if begun.is_none() { "signing-codes-first" } else { "signing-codes-again" })) }
        (cx.form(&format!("{MINE}/codigo/ver"), html! {
            @if begun.is_none() { (button(cx.t("signing-codes-show"))) }
            @else { (button(cx.t("signing-codes-show-again")).secondary()) }
        }))
        h2 { (cx.t("signing-codes-lost-heading")) }
        p { (cx.t("signing-codes-lost")) " " a href=(format!("{MINE}/detener")) { (cx.t("signing-stop-button")) } }
    };
    let page = Page::new("signing-codes-title").lead(cx.t("signing-codes-lead")).back(MINE);
    Ok(cx.page(page.status(status).form(state), body))
}

fn try_form(cx: &Cx, state: &FormState) -> Markup {
    cx.form(
        &format!("{MINE}/codigo/probar"),
        html! {
            (otp_input("otp", cx.t("signing-otp-label")).hint(cx.t("signing-codes-hint")).state(state))
            (button(cx.t("signing-codes-try-button")))
        },
    )
}

/// `POST …/codigo/ver`: the QR code, shown here and kept by nobody.
pub(super) async fn show(
    State(registration): State<Registration>,
    cx: Cx,
    _form: FormData,
) -> Result<Response, Failure> {
    match registration.show_seed(cx.require_actor()?, parts::logged_in(&cx)).await {
        Ok(seed) => Ok(seed_page(&cx, &seed)),
        Err(error) if error.code() == "ingreso_no_reciente" => Ok(log_in_again(&cx, &error)),
        Err(error) => Err(error.into()),
    }
}

fn seed_page(cx: &Cx, seed: &Seed) -> Response {
    let key: Vec<&str> =
        seed.key.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap_or_default()).collect();
    let body = html! {
        (warning(cx.t("signing-codes-once")))
        ol {
            li { (cx.t("signing-codes-step-app")) }
            li { (cx.t("signing-codes-step-scan")) }
            li { (cx.t("signing-codes-step-try")) }
        }
        (qr_code(&seed.uri, cx.t("signing-codes-picture")))
        (inset(html! { p { (cx.t("signing-codes-key")) " " strong { (key.join(" ")) } } }))
        (try_form(cx, &FormState::new()))
    };
    let page = Page::new("signing-codes-qr-title").back(format!("{MINE}/codigo"));
    let mut response = cx.page(page.no_referrer().without_feedback(), body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A login of a moment ago is asked for.
fn log_in_again(cx: &Cx, error: &Error) -> Response {
    let body = html! {
        p { (error.detail()) }
        p { (cx.t("signing-codes-login-how")) }
        (button_link(cx.t("signing-codes-login"), cx.log_in_again()))
    };
    let page = Page::new("signing-codes-login-title").back(format!("{MINE}/codigo"));
    cx.page(page.status(StatusCode::CONFLICT).without_feedback(), body)
}

/// `POST …/codigo/probar`.
pub(super) async fn try_one(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let tried = match registration.try_code(cx.require_actor()?, form.value("otp").unwrap_or_default()).await
    {
        Ok(tried) => tried,
        Err(error) if error.kind() == Kind::Conflict => {
            let state = FormState::new().with_failure(&error);
            return shown(&registration, &cx, html! {}, &state, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Tried::Good { drift } = tried {
        let said = success_banner(cx.t("signing-codes-good"), html! { p { (clock(&cx, drift)) } });
        return shown(&registration, &cx, said, &FormState::new(), StatusCode::OK).await;
    }
    let state = FormState::new().with_error("otp", refused(&cx, tried));
    shown(&registration, &cx, html! {}, &state, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn clock(cx: &Cx, drift: i64) -> String {
    let seconds = drift.abs();
    if seconds <= SMALL_DRIFT_S {
        return cx.t("signing-codes-clock-good").to_owned();
    }
    let key = if drift < 0 { "signing-codes-clock-slow" } else { "signing-codes-clock-fast" };
    cx.ta(key, &args! {"n" => seconds})
}

fn refused(cx: &Cx, tried: Tried) -> String {
    match tried {
        Tried::Off { drift } if drift > 0 => {
            format!("{} {}", clock(cx, drift), cx.ta("signing-codes-clock-fix-fast", &args! {"n" => drift}))
        }
        Tried::Off { drift } => format!("{} {}", clock(cx, drift), cx.t("signing-codes-clock-fix")),
        Tried::Spent => cx.t("signing-codes-spent").to_owned(),
        Tried::Locked { until } => cx.ta("signing-codes-locked", &args! {"until" => cx.datetime(until)}),
        Tried::Blocked => cx.t("signing-codes-blocked").to_owned(),
        Tried::Wrong | Tried::Good { .. } => cx.t("signing-codes-wrong").to_owned(),
    }
}
