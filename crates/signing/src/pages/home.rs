//! `/verificar`: type a code, or give a file.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::components::{FileInput, button, file_upload, text_input};
use copihue_web::{Cx, Failure, FormState, Markup, Page, html, see_other};
use http::{HeaderValue, StatusCode, header};

use super::{MAX_FILE, Pages, code, unlisted};

pub(super) async fn page(State(pages): State<Pages>, cx: Cx) -> Result<Response, Failure> {
    match cx.query("codigo") {
        Some(text) => code::answer(&pages, &cx, &text).await,
        None => Ok(show(&cx, &FormState::new())),
    }
}

pub(super) async fn again() -> Response {
    see_other("/verificar")
}

pub(super) fn show(cx: &Cx, state: &FormState) -> Response {
    let page = Page::new("signing-title").lead(cx.t("signing-lead")).form(state);
    let body = html! {
        (code_form(cx, ""))
        h2 { (cx.t("signing-file-heading")) }
        (file_form(cx, state, None))
    };
    unlisted(cx.page(page, body))
}

/// A plain GET: it works without script, and the code ends in the address, where it may be kept.
pub(super) fn code_form(cx: &Cx, typed: &str) -> Markup {
    html! {
        form.form method="get" action="/verificar" novalidate {
            (text_input("codigo", cx.t("signing-code-label")).hint(cx.t("signing-code-hint")).value(typed.to_owned()).narrow())
            (button(cx.t("signing-code-button")))
        }
    }
}

/// With script the file's hash is made in the browser and compared: the file stays where it is. Without, or for files
/// that are in no register, it is sent.
pub(super) fn file_form(cx: &Cx, state: &FormState, expected: Option<&str>) -> Markup {
    let input = file_input("archivo", cx.t("signing-file-label"), state).hint(cx.t("signing-file-hint"));
    html! {
        div data-local-check data-sha256=[expected] data-same=(cx.t("signing-local-same"))
            data-other=(cx.t("signing-local-other")) data-unknown=(cx.t("signing-local-unknown")) {
            (cx.upload_form("/verificar/archivo", html! {
                (input)
                p.inset data-said aria-live="polite" hidden {}
                (button(cx.t("signing-file-button")))
                p.hint { (cx.t("signing-file-privacy")) }
            }))
        }
        script src="/verificar/comparar.js" defer {}
    }
}

/// Any file: what it is it says itself.
fn file_input<'a>(name: &'a str, label: &'a str, state: &'a FormState) -> FileInput<'a> {
    file_upload(name, label).kinds(&[]).max_bytes(MAX_FILE).state(state)
}

/// A signature and what it is over, which go together.
pub(super) fn pair_form(cx: &Cx, state: &FormState) -> Markup {
    cx.upload_form(
        "/verificar/archivo",
        html! {
            (file_input("archivo", cx.t("signing-pair-signature"), state))
            (file_input("contenido", cx.t("signing-pair-content"), state))
            (button(cx.t("signing-pair-button")))
            p.hint { (cx.t("signing-file-privacy")) }
        },
    )
}

/// The file again, which nobody kept, for a report to keep.
pub(super) fn report_form(cx: &Cx) -> Markup {
    let state = FormState::new();
    cx.upload_form(
        "/verificar/archivo",
        html! {
            input type="hidden" name="informe" value="pdf";
            (file_input("archivo", cx.t("signing-file-label"), &state))
            (file_input("contenido", cx.t("signing-report-content"), &state).optional())
            (button(cx.t("signing-report-button")))
        },
    )
}

pub(super) async fn script() -> Response {
    const SCRIPT: &str = include_str!("compare.js");
    let mut response = (StatusCode::OK, SCRIPT).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
