//! `POST /openid/token`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{body, meta::cors, no_store};
use crate::Identity;
use crate::model::client::Client;
use crate::model::oauth::TokenError;
use crate::model::params::Params;
use crate::model::token::{Method, credentials, redeem};

pub(crate) async fn post(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let bytes = body(request).await?;
    let params = Params::parse(std::str::from_utf8(&bytes).unwrap_or_default());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let given = match credentials(authorization, &params) {
        Ok(given) => given,
        Err(error) => return Ok(refused(error, None)),
    };
    let client = match identity.client_of(&given).await? {
        Ok(client) => client,
        Err(error) => return Ok(refused(error, None)),
    };
    let basic = (given.method == Method::Basic).then_some(&client);
    let what = match redeem(&params) {
        Ok(what) => what,
        Err(error) => return Ok(refused(error, basic)),
    };
    match identity.redeem(&client, what, cx.trace()).await? {
        Ok(tokens) => Ok(answer(StatusCode::OK, &tokens.to_json())),
        Err(error) => Ok(refused(error, basic)),
    }
}

fn answer(status: StatusCode, value: &serde_json::Value) -> Response {
    let mut response = (status, Json(value)).into_response();
    no_store(&mut response);
    cors(response.headers_mut());
    response
}

/// Always 400, as the original answers; 401 only where the application's record says so and it used Basic.
fn refused(error: TokenError, basic: Option<&Client>) -> Response {
    let body = json!({"error": error.code(), "error_description": error.description()});
    let strict = error == TokenError::InvalidClient && basic.is_some_and(|c| c.settings.basic_401);
    let mut response = answer(if strict { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST }, &body);
    if strict {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"openid\""));
    }
    response
}
