//! Error pages in the shell, and problem+json for machines.

use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind};
use http::{HeaderValue, StatusCode, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::cx::Cx;
use crate::locale::{t, ta};
use crate::page::Page;

/// Title and next steps by status.
const TITLES: [(u16, &str); 12] = [
    (401, "web-error-401"),
    (403, "web-error-403"),
    (404, "web-error-404"),
    (405, "web-error-405"),
    (409, "web-error-409"),
    (410, "web-error-410"),
    (412, "web-error-409"),
    (413, "web-error-413"),
    (415, "web-error-415"),
    (422, "web-error-422"),
    (429, "web-error-429"),
    (503, "web-error-503"),
];

fn title(status: StatusCode) -> &'static str {
    let found = TITLES.iter().find(|(code, _)| *code == status.as_u16());
    match found {
        Some((_, key)) => key,
        None if status.is_client_error() => "web-error-422",
        None => "web-error-500",
    }
}

/// Stable code and outside words for a status that came without an error.
pub(crate) fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        401 => ("sin_sesion", t("web-error-401-detail")),
        403 => ("sin_permiso", t("web-error-403-detail")),
        404 => ("no_encontrado", t("web-error-404-detail")),
        405 => ("metodo_no_permitido", t("web-error-405-detail")),
        413 => ("demasiado_grande", t("web-error-413-detail")),
        415 => ("tipo_no_admitido", t("web-error-415-detail")),
        503 => ("no_disponible", t("web-error-503-detail")),
        500..600 => ("error_interno", t("web-error-500-detail")),
        _ => ("solicitud_invalida", t("web-error-422-detail")),
    }
}

/// The answer for an error, as this reader takes it.
pub(crate) fn write(cx: &Cx, status: StatusCode, error: &Error) -> Response {
    if cx.wants_json() || cx.access() == Some(crate::Access::Contract) {
        return problem(cx, status, error);
    }
    let page = Page::new(t(title(status))).status(status).without_feedback();
    let mut response = page.respond(cx, body(cx, status, error));
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

fn body(cx: &Cx, status: StatusCode, error: &Error) -> Markup {
    let home = cx.session().map_or("/", |_| "/mi");
    html! {
        p.lead { (detail(status, error)) }
        @if !error.fields().is_empty() {
            ul { @for field in error.fields() { li { (field.message) } } }
        }
        @match status.as_u16() {
            401 => p { a.button href=(cx.web().config().login_path) { (t("web-log-in")) } },
            403 if cx.hats().len() > 1 => p { a href="/gestion/cargo" { (t("web-error-403-hat")) } },
            404 => p { (t("web-error-404-next")) },
            409 | 412 => p { (t("web-error-409-next")) },
            500..600 => {
                p { (t("web-error-500-next")) }
                p { (ta("web-error-trace", &crate::args! {"trace" => cx.trace().to_owned()})) }
            },
            _ => {},
        }
        p { a href=(home) { (t(if home == "/mi" { "web-error-folder" } else { "web-error-home" })) } }
    }
}

/// What hidden and absent things say is the same, whatever the service said.
fn detail(status: StatusCode, error: &Error) -> String {
    match error.kind() {
        Kind::NotFound => t("web-error-404-detail").to_owned(),
        Kind::Internal => t("web-error-500-detail").to_owned(),
        Kind::Unavailable => t("web-error-503-detail").to_owned(),
        _ if status == StatusCode::METHOD_NOT_ALLOWED => t("web-error-405-detail").to_owned(),
        _ => error.detail().to_owned(),
    }
}

/// `application/problem+json` (RFC 9457) with our members.
fn problem(cx: &Cx, status: StatusCode, error: &Error) -> Response {
    let errors: Vec<Value> = error
        .fields()
        .iter()
        .map(|f| json!({"pointer": f.pointer, "rule": error.code(), "message": f.message}))
        .collect();
    let mut value = json!({
        "type": format!("urn:copihue:{}:{}", cx.service(), error.code()),
        "title": t(title(status)),
        "status": status.as_u16(),
        "code": error.code(),
        "detail": detail(status, error),
        "trace": cx.trace(),
    });
    if !errors.is_empty() {
        value["errors"] = Value::Array(errors);
    }
    let mut response = (status, value.to_string()).into_response();
    let content_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
