//! What is published of the provider, and random texts.

use bytes::Bytes;
use copihue_core::Acr;
use serde_json::json;

use crate::Identity;
use crate::config::Config;
use crate::model::authorize::OPEN_SCOPES;
use crate::model::jose::Alg;
use crate::model::pkce;
use crate::model::token::DEVICE_GRANT;

/// The national contract's discovery document, ready to send.
pub(crate) fn discovery(config: &Config) -> Bytes {
    let (issuer, base) = (&config.issuer, config.base());
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{base}/api/v1/accounts/app/logout"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "scopes_supported": crate::model::authorize::SCOPES,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": false,
        "claims_parameter_supported": false,
    })
    .to_string()
    .into()
}

/// Ours (OpenID Connect Discovery, RFC 8414), ready to send.
pub(crate) fn open_discovery(config: &Config) -> Bytes {
    let base = config.base();
    let at = |endpoint: &str| format!("{base}/oauth2/{endpoint}");
    let levels = [Acr::Low, Acr::Substantial, Acr::High].map(Acr::urn);
    let auth = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    json!({
        "issuer": base,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "pushed_authorization_request_endpoint": at("par"),
        "introspection_endpoint": at("introspect"),
        "revocation_endpoint": at("revoke"),
        "end_session_endpoint": at("logout"),
        "device_authorization_endpoint": at("device_authorization"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported":
            ["authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": OPEN_SCOPES,
        "claims_supported": ["sub", "name", "given_name", "family_name", "run", "email", "email_verified", "acr", "amr",
            "auth_time", "sid"],
        "acr_values_supported": levels,
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "token_endpoint_auth_methods_supported": auth,
        "token_endpoint_auth_signing_alg_values_supported": Alg::NAMES,
        "introspection_endpoint_auth_methods_supported": auth[..3],
        "introspection_endpoint_auth_signing_alg_values_supported": Alg::NAMES,
        "revocation_endpoint_auth_methods_supported": auth,
        "revocation_endpoint_auth_signing_alg_values_supported": Alg::NAMES,
        "request_object_signing_alg_values_supported": Alg::NAMES,
        "dpop_signing_alg_values_supported": Alg::NAMES,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "ui_locales_supported": ["es-CL"],
    })
    .to_string()
    .into()
}

impl Identity {
    /// A random text of 43 characters: states, nonces, verifiers, secrets of applications.
    pub(crate) fn random_text(&self) -> String {
        let bytes: [u8; 32] = copihue_core::random::bytes(&*self.0.random);
        // The challenge of anything random is as random, and has the right alphabet.
        pkce::challenge(&hex::encode(bytes))
    }
}
