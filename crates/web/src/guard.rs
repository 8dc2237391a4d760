//! The one place that decides whether a request may reach its handler.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use copihue_core::{Actor, Error, Hat, Kind, Subject};
use http::{Method, StatusCode, header};

use crate::cx::Cx;
use crate::failure::{Failure, see_other};
use crate::forms::own_path;
use crate::locale::t;
use crate::routes::{Access, Matched};
use crate::{csrf, rescue};

/// Lets the request through, or answers in its place.
pub(crate) async fn admit(cx: &Cx, matched: Matched, request: Request) -> Result<Request, Failure> {
    cx.set_matched(matched);
    if matched.entry.access == Access::Contract {
        return Ok(request);
    }
    if csrf::is_unsafe(cx.method()) && !csrf::same_origin(request.headers(), &cx.web().config().base_url) {
        return Err(forged().into());
    }
    early_size(cx, matched, &request)?;
    let actor = match who(cx, matched.entry.access) {
        Ok(actor) => actor,
        Err(refusal) => return Err(refuse(cx, refusal, request).await),
    };
    cx.set_actor(actor);
    if is_read(cx.method()) && cx.session().is_some() {
        rescue::recall(cx, request.headers()).await?;
    }
    Ok(request)
}

/// What hinders a request.
enum Refusal {
    Login,
    ChooseHat,
    Role,
}

fn who(cx: &Cx, access: Access) -> Result<Option<Actor>, Refusal> {
    let actor = |hat: Option<&Hat>| {
        cx.session().map(|s| Actor {
            subject: Subject::Person(s.person.clone()),
            hat: hat.cloned(),
            acr: s.acr,
            trace: cx.trace().to_owned(),
        })
    };
    match access {
        Access::Contract => Ok(None),
        Access::Public => Ok(actor(cx.chosen_hat())),
        Access::Person => actor(None).map(Some).ok_or(Refusal::Login),
        Access::Official | Access::Role(_) => {
            cx.session().ok_or(Refusal::Login)?;
            let hat = match (cx.chosen_hat(), cx.hats()) {
                (Some(hat), _) => hat,
                // Who has only one need not choose.
                (None, [only]) => only,
                (None, []) => return Err(Refusal::Role),
                (None, _) => return Err(Refusal::ChooseHat),
            };
            match access {
                Access::Role(role) if !hat.roles.iter().any(|r| r == role) => Err(Refusal::Role),
                _ => Ok(actor(Some(hat))),
            }
        }
    }
}

async fn refuse(cx: &Cx, refusal: Refusal, request: Request) -> Failure {
    if cx.wants_json() {
        return match refusal {
            Refusal::Login => {
                Error::new(Kind::Unauthenticated, "sin_sesion", t("web-error-401-detail")).into()
            }
            Refusal::ChooseHat | Refusal::Role => Error::forbidden(t("web-error-403-detail")).into(),
        };
    }
    match refusal {
        Refusal::Login if csrf::is_unsafe(cx.method()) => {
            let back = form_page(cx, request.headers());
            let kept = rescue::keep(cx, &back, request).await;
            let mut response = to_login(cx, &back);
            if let Some(cookie) = kept {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response.into()
        }
        Refusal::Login => to_login(cx, &cx.path_and_query()).into(),
        Refusal::ChooseHat => see_other(&with_return("/gestion/cargo", &cx.path_and_query())).into(),
        Refusal::Role => {
            cx.log_denied("route", cx.route().unwrap_or_default());
            Error::forbidden(t("web-error-403-detail")).into()
        }
    }
}

fn to_login(cx: &Cx, back: &str) -> Response {
    see_other(&with_return(&cx.web().config().login_path, back))
}

pub(crate) fn with_return(path: &str, back: &str) -> String {
    let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
    format!("{path}?volver={back}")
}

/// The page on which the form stood: our own `Referer`, else the form's own address.
pub(crate) fn form_page(cx: &Cx, headers: &http::HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|v| v.to_str().ok());
    let own = referer.and_then(|r| url::Url::parse(r).ok()).and_then(|url| {
        let same_host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).is_some_and(|host| {
            Some(host)
                == url.host_str().map(|h| url.port().map_or(h.to_owned(), |p| format!("{h}:{p}"))).as_deref()
        });
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        (same_host && own_path(&path).is_some()).then_some(path)
    });
    own.unwrap_or_else(|| cx.path().to_owned())
}

/// A body that says it is too large is refused before a byte of it is read.
fn early_size(cx: &Cx, matched: Matched, request: &Request) -> Result<(), Error> {
    let headers = request.headers();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Error::new(Kind::Invalid, "formulario_ilegible", t("web-form-unreadable"))
            .context("compressed body refused"));
    }
    let length: Option<u64> =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let content_type = headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let limits = cx.web().config().limits;
    let limit = match matched.files {
        Some(files) if content_type.starts_with(b"multipart/") => files,
        None if content_type.starts_with(b"multipart/") => limits.upload_body,
        _ => limits.body,
    };
    match length {
        Some(length) if length > limit => Err(crate::forms::too_large(limit)),
        _ => Ok(()),
    }
}

pub(crate) fn forged() -> Error {
    Error::new(Kind::Forbidden, "formulario_no_reconocido", t("web-error-csrf-detail"))
}

/// After the handler: an unsafe request whose token nobody looked at is a defect, and says so at the first try.
pub(crate) fn leave(cx: &Cx, response: Response) -> Response {
    let unsafe_page = csrf::is_unsafe(cx.method()) && cx.access() != Some(Access::Contract);
    let succeeded = response.status().is_success() || response.status().is_redirection();
    let response = match cx.take_running() {
        Some(running) => {
            running.finish(&response);
            response
        }
        None => response,
    };
    if unsafe_page && succeeded && !cx.csrf_checked() {
        tracing::error!(route = cx.route(), method = %cx.method(), "a handler took a post without checking its token");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    response
}

/// HEAD is answered by the handlers of GET.
pub(crate) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
