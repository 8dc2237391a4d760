//! The token request, as lenient as real clients need it and no more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::assertion::{ASSERTION_TYPE, claimed_client};
use super::client::Auth;
use super::fault::TokenFault;
use super::params::Params;

/// How the application proved who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// A secret in the body.
    Post,
    /// A secret in the `Authorization` header.
    Basic,
    /// A signature.
    Assertion,
    /// Its name only.
    None,
}

impl Method {
    /// Whether an application that has to prove itself so may do it in this way.
    #[must_use]
    pub fn fits(self, auth: Auth) -> bool {
        match self {
            Self::Post | Self::Basic => auth == Auth::Secret,
            Self::Assertion => auth == Auth::Key,
            Self::None => auth == Auth::Public,
        }
    }
}

/// The application's name and proof.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `client_id`.
    pub client_id: String,
    /// The secret or the assertion; empty for none.
    pub proof: String,
    /// What it is, and where it came.
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
    /// A device's code.
    Device {
        /// The code.
        code: String,
    },
    /// Nothing: the application asks in its own name.
    Machine {
        /// What for.
        scope: Option<String>,
    },
}

/// `grant_type` of a device's code.
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Reads name and proof from header or body. A program that uses two ways at once is refused.
///
/// # Errors
/// What is wrong with them: `invalid_client` in the contract.
pub fn credentials(authorization: Option<&str>, params: &Params) -> Result<Credentials, TokenFault> {
    let body = |name: &'static str| params.text(name).map_err(|_| TokenFault::Proof(name));
    let (id, secret) = (body("client_id")?, body("client_secret")?);
    let (assertion, kind) = (body("client_assertion")?, body("client_assertion_type")?);
    let basic = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(s, _)| s.eq_ignore_ascii_case("basic"));
    let given = match (basic, secret, assertion) {
        (Some((_, encoded)), None, None) => {
            let (client_id, proof) = read_basic(encoded).ok_or(TokenFault::Basic)?;
            Credentials { client_id, proof, method: Method::Basic }
        }
        (None, None, Some(proof)) if kind == Some(ASSERTION_TYPE) => {
            let client_id = claimed_client(proof).ok_or(TokenFault::Assertion)?;
            Credentials { client_id, proof: proof.to_owned(), method: Method::Assertion }
        }
        (None, secret, None) => {
            let client_id = id.ok_or(TokenFault::ClientMissing)?.to_owned();
            let method = if secret.is_some() { Method::Post } else { Method::None };
            Credentials { client_id, proof: secret.unwrap_or_default().to_owned(), method }
        }
        _ => return Err(TokenFault::Ways),
    };
    if id.is_some_and(|id| id != given.client_id) {
        return Err(TokenFault::ClientDiffers);
    }
    Ok(given)
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
/// What is wrong with it: `unsupported_grant_type` or `invalid_request` in the contract.
pub fn redeem(params: &Params) -> Result<Redeem, TokenFault> {
    let text = |name: &'static str| {
        params.text(name).map(|value| value.map(str::to_owned)).map_err(|_| TokenFault::Unusable(name))
    };
    let needed = |name: &'static str| text(name)?.ok_or(TokenFault::Missing(name));
    match text("grant_type")?.as_deref() {
        Some("authorization_code") => Ok(Redeem::Code {
            code: needed("code")?,
            redirect_uri: text("redirect_uri")?,
            verifier: text("code_verifier")?,
        }),
        Some("refresh_token") => {
            Ok(Redeem::Refresh { token: needed("refresh_token")?, scope: text("scope")? })
        }
        Some(DEVICE_GRANT) => Ok(Redeem::Device { code: needed("device_code")? }),
        Some("client_credentials") => Ok(Redeem::Machine { scope: text("scope")? }),
        Some(_) => Err(TokenFault::GrantOther),
        None => Err(TokenFault::GrantMissing),
    }
}
