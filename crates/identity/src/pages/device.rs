//! `/vincular`: a person lets in a device without a browser (RFC 8628).

use axum::extract::State;
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, fact, inset, panel, summary_list, text_input, warning};
use copihue_web::{Cx, Failure, FormData, FormState, Page, args, html};
use http::{HeaderMap, StatusCode, header};

use crate::Identity;
use crate::app::{TooMany, Waiting};
use crate::model::device::{shown, typed};
use crate::model::event::device_label;

/// `GET /vincular?codigo=BCDF-GHJK`: the code that came along is filled in, and nothing is decided.
pub(crate) async fn page(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let code = cx.query("codigo").and_then(|text| typed(&text)).map(|code| shown(&code));
    let state = code.map_or_else(FormState::new, |code| FormState::new().set("codigo", code));
    Ok(ask(&cx, &state, StatusCode::OK))
}

fn ask(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (cx.form("/vincular", html! {
            (text_input("codigo", cx.t("identity-device-code")).hint(cx.t("identity-device-code-hint"))
                .autocomplete("off").narrow().state(state))
            (button(cx.t("identity-device-next")))
        }))
    };
    let page = Page::new("identity-device-title").lead(cx.t("identity-device-lead")).status(status);
    cx.page(page.form(state).without_feedback(), body)
}

/// `POST /vincular`: looks the code up, and then takes the decision.
pub(crate) async fn decide(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let given = form.value("codigo").unwrap_or_default();
    let wrong = |key: &str, status| {
        Ok(ask(&cx, &FormState::new().set("codigo", given).with_error("codigo", cx.t(key)), status))
    };
    if identity.try_user_code(cx.person()?.id, cx.peer()).await? == TooMany::Wait {
        return wrong("identity-device-wait", StatusCode::TOO_MANY_REQUESTS);
    }
    let code = typed(given);
    let found = match &code {
        Some(code) => identity.waiting(code).await?,
        None => None,
    };
    let (Some(code), Some(waiting)) = (code, found) else {
        return wrong("identity-device-code-error", StatusCode::UNPROCESSABLE_ENTITY);
    };
    let approve = match form.value("decision") {
        Some("si") => true,
        Some("no") => false,
        _ => return Ok(compare(&cx, &code, &waiting)),
    };
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    identity.decide(&session, &code, approve, &device_label(agent), cx.trace()).await?;
    Ok(done(&cx, approve))
}

/// Who asks, from where and for what: a stranger may have sent the person here (G3).
fn compare(cx: &Cx, code: &str, waiting: &Waiting) -> Response {
    let Waiting { request, client } = waiting;
    let data = crate::model::claims::delivered(&request.scope).join(", ");
    let code = shown(code);
    let facts = [
        fact(cx.t("identity-device-app"), client.name.as_str()),
        fact(cx.t("identity-device-institution"), client.institution.as_str()),
        fact(cx.t("identity-device-place"), request.place.as_str()),
        fact(cx.t("identity-device-since"), cx.datetime(request.created)),
        fact(cx.t("identity-device-data"), data.as_str()),
    ];
    let body = html! {
        (inset(html! { p { (cx.ta("identity-device-compare", &args! {"code" => code.as_str()})) } }))
        (summary_list(&facts))
        (warning(cx.t("identity-device-warning")))
        (cx.form("/vincular", html! {
            input type="hidden" name="codigo" value=(code);
            (button(cx.t("identity-device-yes")).sends("decision", "si"))
            (button(cx.t("identity-device-no")).sends("decision", "no").secondary())
        }))
    };
    cx.page(Page::new("identity-device-confirm").back("/vincular").without_feedback(), body)
}

fn done(cx: &Cx, approved: bool) -> Response {
    let (title, text) = match approved {
        true => ("identity-device-done", cx.t("identity-device-done-text")),
        false => ("identity-device-refused", cx.t("identity-device-refused-text")),
    };
    let body = html! {
        (panel(cx.t(title), text))
        p { a href="/mi" { (cx.t("identity-history-crumb")) } }
    };
    cx.page(Page::new(title).own_heading().without_feedback(), body)
}
