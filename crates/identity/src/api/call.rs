//! A call of an application: who it is, which key it holds, and how it is answered.

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use copihue_web::{Cx, Failure};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{body, meta::cors, no_store};
use crate::Identity;
use crate::model::client::Client;
use crate::model::oauth::TokenError;
use crate::model::params::Params;
use crate::model::profile::Face;
use crate::model::token::{Method, credentials};

/// A call whose application is known.
pub(super) struct Call {
    pub(super) client: Client,
    pub(super) params: Params,
    method: Method,
    face: Face,
}

/// Reads a form and proves the application.
pub(super) async fn receive(
    identity: &Identity,
    cx: &Cx,
    headers: &HeaderMap,
    request: Body,
) -> Result<Call, Failure> {
    let face = Face::of(cx.path());
    let bytes = body(request).await?;
    let params = Params::parse(std::str::from_utf8(&bytes).unwrap_or_default());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let unknown = |error| Failure::from(refused(error, face, Strict::of(face)));
    let given = credentials(authorization, &params).map_err(|fault| unknown(fault.error()))?;
    let client = identity.client_of(face, &given).await?.map_err(unknown)?;
    Ok(Call { client, params, method: given.method, face })
}

/// Whether a program that failed to prove itself is told so by 401.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strict {
    Yes,
    No,
}

impl Strict {
    /// The national contract answers 400 whoever asks.
    fn of(face: Face) -> Self {
        if face == Face::Open { Self::Yes } else { Self::No }
    }
}

impl Call {
    /// The thumbprint of the key that the call is proved with, when it is.
    pub(super) async fn key(
        &self,
        identity: &Identity,
        cx: &Cx,
        headers: &HeaderMap,
    ) -> Result<Option<String>, Failure> {
        if self.face == Face::National {
            return Ok(None);
        }
        let proof = identity.proof(&proofs(headers), "POST", cx.path(), None).await?;
        proof.map_err(|error| self.refused(identity, error).into())
    }

    /// An error, as the contract of the application says it.
    pub(super) fn refused(&self, identity: &Identity, error: TokenError) -> Response {
        let national_401 = self.client.settings.basic_401 && self.method == Method::Basic;
        let strict = if self.face == Face::Open || national_401 { Strict::Yes } else { Strict::No };
        let mut response = refused(error, self.face, strict);
        if matches!(error, TokenError::UseDpopNonce | TokenError::InvalidDpopProof) {
            nonce(identity, &mut response);
        }
        response
    }

    /// The answer.
    pub(super) fn answer(&self, identity: &Identity, status: StatusCode, value: &Value) -> Response {
        let mut response = answer(status, value);
        if self.face == Face::Open {
            nonce(identity, &mut response);
        }
        response
    }
}

/// The proofs of possession that came.
pub(super) fn proofs(headers: &HeaderMap) -> Vec<&str> {
    // What is no text is no proof either, but it came.
    headers.get_all("dpop").iter().map(|v| v.to_str().unwrap_or_default()).collect()
}

/// Tells the nonce to use from now on.
pub(super) fn nonce(identity: &Identity, response: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(&identity.0.nonces.current(identity.now())) {
        response.headers_mut().insert(HeaderName::from_static("dpop-nonce"), value);
    }
}

/// JSON that nobody keeps and every origin may read.
pub(super) fn answer(status: StatusCode, value: &Value) -> Response {
    let mut response = (status, Json(value)).into_response();
    no_store(&mut response);
    cors(response.headers_mut());
    let exposed = HeaderValue::from_static("dpop-nonce, www-authenticate");
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}

/// An error of the token endpoint and its neighbours.
fn refused(error: TokenError, face: Face, strict: Strict) -> Response {
    let unknown = error == TokenError::InvalidClient && strict == Strict::Yes;
    let status = match error {
        TokenError::TooMany => StatusCode::TOO_MANY_REQUESTS,
        _ if unknown => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let value = json!({"error": error.code(), "error_description": error.description()});
    let mut response = answer(status, &value);
    if error == TokenError::TooMany {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    if unknown {
        let realm = match face {
            Face::National => "Basic realm=\"openid\"",
            Face::Open => "Basic realm=\"oauth2\"",
        };
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(realm));
    }
    response
}
