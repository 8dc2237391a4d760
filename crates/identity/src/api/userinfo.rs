//! `GET` and `POST /openid/userinfo`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::Failure;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{meta::cors, no_store};
use crate::Identity;

const INVALID: &str = "error=\"invalid_token\", error_description=\"The access token provided is expired, revoked, \
    malformed, or invalid for other reasons\"";

/// The token comes in the header only: one in the address would lie in logs and histories.
pub(crate) async fn answer(
    State(identity): State<Identity>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let found = match bearer(&headers) {
        Some(token) => identity.userinfo(token).await?,
        None => None,
    };
    let mut response = match found {
        Some(claims) => Json(claims).into_response(),
        None => {
            let mut response = StatusCode::UNAUTHORIZED.into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(INVALID));
            response
        }
    };
    no_store(&mut response);
    cors(response.headers_mut());
    Ok(response)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
