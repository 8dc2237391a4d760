//! What a handler answers when it can't: one type, mapped to a page or to problem+json in one place.

use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind};
use http::{HeaderValue, StatusCode, header};

/// The error side of a handler: `async fn page(cx: Cx) -> Result<Response, Failure>`.
///
/// Made from a [`copihue_core::Error`] by `?`, or from an answer that ends the handler early (a redirect).
pub struct Failure(Answer);

enum Answer {
    Error(Error),
    Response(Box<Response>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Answer::Error(error))
    }
}

impl From<Response> for Failure {
    fn from(response: Response) -> Self {
        Self(Answer::Response(Box::new(response)))
    }
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Answer::Error(error) => write!(f, "Failure({error:?})"),
            Answer::Response(response) => write!(f, "Failure({})", response.status()),
        }
    }
}

/// Carried by an answer that the outermost layer still has to write, as a page or as problem+json.
#[derive(Clone)]
pub(crate) struct Unwritten(pub(crate) std::sync::Arc<Error>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self.0 {
            Answer::Response(response) => *response,
            Answer::Error(error) => {
                let mut response = status(&error).into_response();
                response.extensions_mut().insert(Unwritten(std::sync::Arc::new(error)));
                response
            }
        }
    }
}

/// The one place where kinds become statuses.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error.kind() {
        Kind::Invalid
            if matches!(error.code(), "json_invalido" | "formulario_ilegible" | "cuerpo_incompleto") =>
        {
            StatusCode::BAD_REQUEST
        }
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::Gone => StatusCode::GONE,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// 303 to an own path. Another target leads home: a redirect never leaves the site by what somebody typed.
#[must_use]
pub fn see_other(path: &str) -> Response {
    let own = crate::forms::own_path(path).unwrap_or("/");
    redirect(own)
}

/// 303 to another host that the deployment's configuration names (identity provider, payment).
#[must_use]
pub fn see_other_host(url: &url::Url) -> Response {
    redirect(url.as_str())
}

fn redirect(target: &str) -> Response {
    // A target may hold characters that a header may not: they travel percent-encoded.
    const ODD: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b' ');
    let encoded = percent_encoding::utf8_percent_encode(target, ODD).to_string();
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(&encoded) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
