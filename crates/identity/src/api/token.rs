//! `POST …/token`, and its neighbours of the open contract: `par`, `introspect`, `revoke`, `device_authorization`.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use copihue_web::{Cx, Failure};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::call::{Call, receive};
use crate::Identity;
use crate::app::{PUSHED_SECONDS, Redeemer};
use crate::model::client::Auth;
use crate::model::device::{PAUSE_SECONDS, WAIT_SECONDS, shown};
use crate::model::event::device_label;
use crate::model::oauth::TokenError;
use crate::model::token::redeem;

pub(crate) async fn post(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let call = receive(&identity, &cx, &headers, request).await?;
    let what = match redeem(&call.params) {
        Ok(what) => what,
        Err(fault) => return Ok(call.refused(&identity, fault.error())),
    };
    let jkt = call.key(&identity, &cx, &headers).await?;
    let who = Redeemer { client: call.client.clone(), jkt, trace: cx.trace().to_owned(), peer: cx.peer() };
    match identity.redeem(who, what).await? {
        Ok(tokens) => Ok(call.answer(&identity, StatusCode::OK, &tokens.to_json())),
        Err(error) => Ok(call.refused(&identity, error)),
    }
}

/// `POST /oauth2/par`.
pub(crate) async fn push(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let call = receive(&identity, &cx, &headers, request).await?;
    if !identity.takes_one_more(&call.client, "par", cx.peer()).await? {
        return Ok(call.refused(&identity, TokenError::TooMany));
    }
    let jkt = call.key(&identity, &cx, &headers).await?;
    match identity.push(&call.client, &call.params, jkt.as_deref()).await? {
        Ok(name) => {
            let value = json!({"request_uri": name, "expires_in": PUSHED_SECONDS});
            Ok(call.answer(&identity, StatusCode::CREATED, &value))
        }
        Err(error) => Ok(call.refused(&identity, error)),
    }
}

/// The token that a call is about.
fn token_of(call: &Call) -> Result<&str, TokenError> {
    call.params.text("token").ok().flatten().ok_or(TokenError::InvalidRequest)
}

/// `POST /oauth2/introspect`: only for who proves itself.
pub(crate) async fn introspect(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let call = receive(&identity, &cx, &headers, request).await?;
    if call.client.settings.auth == Auth::Public {
        return Ok(call.refused(&identity, TokenError::InvalidClient));
    }
    match token_of(&call) {
        Ok(token) => {
            let value = identity.introspect(&call.client, token).await?;
            Ok(call.answer(&identity, StatusCode::OK, &value))
        }
        Err(error) => Ok(call.refused(&identity, error)),
    }
}

/// `POST /oauth2/revoke`.
pub(crate) async fn revoke(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let call = receive(&identity, &cx, &headers, request).await?;
    match token_of(&call) {
        Ok(token) => {
            identity.revoke(&call.client, token).await?;
            Ok(call.answer(&identity, StatusCode::OK, &json!({})))
        }
        Err(error) => Ok(call.refused(&identity, error)),
    }
}

/// `POST /oauth2/device_authorization`.
pub(crate) async fn device(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Failure> {
    let call = receive(&identity, &cx, &headers, request).await?;
    if !identity.takes_one_more(&call.client, "device", cx.peer()).await? {
        return Ok(call.refused(&identity, TokenError::TooMany));
    }
    let scope = call.params.text("scope").ok().flatten().unwrap_or_default();
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match identity.ask_for_device(&call.client, scope, &device_label(agent)).await? {
        Ok(codes) => {
            let page = format!("{}/vincular", identity.0.web.config().base_url);
            let code = shown(&codes.user);
            let value = json!({
                "device_code": codes.device,
                "user_code": code,
                "verification_uri": page,
                "verification_uri_complete": format!("{page}?codigo={code}"),
                "expires_in": WAIT_SECONDS,
                "interval": PAUSE_SECONDS,
            });
            Ok(call.answer(&identity, StatusCode::OK, &value))
        }
        Err(error) => Ok(call.refused(&identity, error)),
    }
}
