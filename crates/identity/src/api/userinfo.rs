//! `GET` and `POST …/userinfo`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{call, meta::cors, no_store};
use crate::Identity;
use crate::model::oauth::TokenError;
use crate::model::profile::Face;

const INVALID: &str = "error=\"invalid_token\", error_description=\"The access token provided is expired, revoked, \
    malformed, or invalid for other reasons\"";

/// How a token came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

/// The token comes in the header only: one in the address would lie in logs and histories.
pub(crate) async fn answer(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let face = Face::of(cx.path());
    let shown = shown(&headers);
    let found = match shown {
        Some((_, token)) => identity.userinfo(face, token).await?,
        None => None,
    };
    let (Some((scheme, token)), Some(found)) = (shown, found) else {
        return Ok(refused(face, &headers, INVALID));
    };
    match (scheme, &found.jkt) {
        (Scheme::Bearer, None) => {}
        (Scheme::Dpop, Some(jkt)) => {
            let proofs = call::proofs(&headers);
            let method = cx.method().as_str();
            match identity.proof(&proofs, method, cx.path(), Some(token)).await? {
                Ok(Some(held)) if held == *jkt => {}
                Ok(_) => return Ok(refused(face, &headers, "error=\"invalid_dpop_proof\"")),
                Err(TokenError::UseDpopNonce) => {
                    let mut response = refused(face, &headers, "error=\"use_dpop_nonce\"");
                    call::nonce(&identity, &mut response);
                    return Ok(response);
                }
                Err(_) => return Ok(refused(face, &headers, "error=\"invalid_dpop_proof\"")),
            }
        }
        // A bound token without its key is a stolen one.
        (Scheme::Bearer, Some(_)) | (Scheme::Dpop, None) => return Ok(refused(face, &headers, INVALID)),
    }
    let mut response = Json(found.claims).into_response();
    no_store(&mut response);
    cors(response.headers_mut());
    if face == Face::Open {
        call::nonce(&identity, &mut response);
    }
    Ok(response)
}

/// The national contract's header has no scheme in it.
fn refused(face: Face, headers: &HeaderMap, why: &str) -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    let dpop = shown(headers).is_some_and(|(scheme, _)| scheme == Scheme::Dpop);
    let value = match (face, dpop) {
        (Face::National, _) => why.to_owned(),
        (Face::Open, true) => format!("DPoP {why}, algs=\"ES256 PS256 EdDSA\""),
        (Face::Open, false) => format!("Bearer {why}"),
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    no_store(&mut response);
    cors(response.headers_mut());
    let exposed = HeaderValue::from_static("dpop-nonce, www-authenticate");
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}

fn shown(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some((Scheme::Bearer, token.trim())),
        "dpop" => Some((Scheme::Dpop, token.trim())),
        _ => None,
    }
}
