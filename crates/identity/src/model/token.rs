//! The token request, as lenient as real clients need it and no more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::oauth::TokenError;
use super::params::{Params, Unusable};

/// How the application proved who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// In the body.
    Post,
    /// In the `Authorization` header.
    Basic,
}

/// The application's name and secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub secret: String,
    /// Where it came.
    pub method: Method,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ***)", self.client_id)
    }
}

/// What is to be redeemed.
#[derive(Clone, PartialEq, Eq)]
pub enum Redeem {
    /// A code.
    Code {
        /// The code.
        code: String,
        /// The address of the request that gave it.
        redirect_uri: Option<String>,
        /// PKCE.
        verifier: Option<String>,
    },
    /// A refresh token.
    Refresh {
        /// The token.
        token: String,
        /// A narrower scope.
        scope: Option<String>,
    },
}

/// Reads name and secret from header or body. A program that uses both at once is refused.
///
/// # Errors
/// `invalid_client`.
pub fn credentials(authorization: Option<&str>, params: &Params) -> Result<Credentials, TokenError> {
    let body = |name: &str| params.text(name).map_err(|_| TokenError::InvalidClient);
    let (id, secret) = (body("client_id")?, body("client_secret")?);
    let basic = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(s, _)| s.eq_ignore_ascii_case("basic"));
    let Some((_, encoded)) = basic else {
        let (Some(id), Some(secret)) = (id, secret) else { return Err(TokenError::InvalidClient) };
        return Ok(Credentials { client_id: id.to_owned(), secret: secret.to_owned(), method: Method::Post });
    };
    let (client_id, from_header) = read_basic(encoded).ok_or(TokenError::InvalidClient)?;
    if secret.is_some() || id.is_some_and(|id| id != client_id) {
        return Err(TokenError::InvalidClient);
    }
    Ok(Credentials { client_id, secret: from_header, method: Method::Basic })
}

/// RFC 6749 §2.3.1: both parts are form-encoded inside of the base64, which only some programs do. Our own names and secrets
/// hold no character that the difference touches.
fn read_basic(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Reads what is to be redeemed. `state` and unknown fields are ignored: real clients send them.
///
/// # Errors
/// `unsupported_grant_type`, `invalid_request`.
pub fn redeem(params: &Params) -> Result<Redeem, TokenError> {
    let text = |name: &str| match params.text(name) {
        Ok(value) => Ok(value.map(str::to_owned)),
        Err(Unusable::Duplicate | Unusable::Malformed) => Err(TokenError::InvalidRequest),
    };
    match text("grant_type")?.as_deref() {
        Some("authorization_code") => Ok(Redeem::Code {
            code: text("code")?.ok_or(TokenError::InvalidRequest)?,
            redirect_uri: text("redirect_uri")?,
            verifier: text("code_verifier")?,
        }),
        Some("refresh_token") => Ok(Redeem::Refresh {
            token: text("refresh_token")?.ok_or(TokenError::InvalidRequest)?,
            scope: text("scope")?,
        }),
        Some(_) => Err(TokenError::UnsupportedGrantType),
        None => Err(TokenError::InvalidRequest),
    }
}
