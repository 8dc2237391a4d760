//! The errors that the contract names, with the texts that clients know (§2.1).

/// An error that goes back to the application by redirect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthorizeError {
    /// Malformed.
    InvalidRequest,
    /// Only `code`.
    UnsupportedResponseType,
    /// Without `openid`.
    InvalidScope,
    /// The person, or the provider, said no.
    AccessDenied,
    /// `prompt=none` and nobody is logged in.
    LoginRequired,
    /// `prompt=none` and the person has not agreed yet.
    ConsentRequired,
    /// `prompt=none` and the person would have to do something.
    InteractionRequired,
    /// The level that is essential can't be reached.
    UnmetAuthentication,
    /// Request objects are not supported.
    RequestNotSupported,
}

impl AuthorizeError {
    /// `error`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::UnmetAuthentication => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
        }
    }

    /// `error_description`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is otherwise malformed",
            Self::UnsupportedResponseType => {
                "The authorization server does not support obtaining an authorization code using this method"
            }
            Self::InvalidScope => "The requested scope is invalid, unknown, or malformed",
            Self::AccessDenied => "The resource owner or authorization server denied the request",
            Self::LoginRequired => "The Authorization Server requires End-User authentication",
            Self::ConsentRequired => "The Authorization Server requires End-User consent",
            Self::InteractionRequired => {
                "The Authorization Server requires End-User interaction of some form to proceed"
            }
            Self::UnmetAuthentication => {
                "The Authorization Server is unable to meet the requirements for the authentication of the End-User"
            }
            Self::RequestNotSupported => "The provider does not support use of the request parameter",
        }
    }
}

/// Why an application can't be answered by redirect at all: a page, 400, and never a redirect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientProblem {
    /// `client_id` is absent, double or unknown.
    Client,
    /// `redirect_uri` is absent, double or not registered.
    RedirectUri,
    /// The institution's application is not enabled yet.
    NotEnabled,
    /// It was stopped.
    Stopped,
    /// The request that was left with us is over, used, or another application's; or it had to be left with us and was not.
    Pushed,
    /// The signed request is not worth its signature; or it had to be signed and was not.
    Object,
}

impl ClientProblem {
    /// The contract's text, shown small for whoever builds the application.
    #[must_use]
    pub const fn technical(self) -> Option<&'static str> {
        match self {
            Self::Client => Some("The client identifier (client_id) is missing or invalid."),
            Self::RedirectUri => Some(
                "The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).",
            ),
            Self::Pushed => Some(
                "The request_uri is missing, invalid, expired, used, or was issued to another client (RFC 9126).",
            ),
            Self::Object => Some("The request object is missing or invalid (RFC 9101)."),
            Self::NotEnabled | Self::Stopped => None,
        }
    }
}

/// An error of the token endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenError {
    /// Malformed.
    InvalidRequest,
    /// Not who it says.
    InvalidClient,
    /// Expired, used or foreign code or token.
    InvalidGrant,
    /// Another grant type.
    UnsupportedGrantType,
    /// More scope than was granted.
    InvalidScope,
    /// The application may not ask in this way.
    UnauthorizedClient,
    /// The proof of possession proves nothing.
    InvalidDpopProof,
    /// The proof of possession lacks our nonce.
    UseDpopNonce,
    /// The signed request is not worth its signature.
    InvalidRequestObject,
    /// The person has not decided yet.
    AuthorizationPending,
    /// The device asks too often.
    SlowDown,
    /// The person said no.
    AccessDenied,
    /// The device's code is over.
    ExpiredToken,
    /// Too many requests that prove nothing.
    TooMany,
}

impl TokenError {
    /// `error`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
            Self::TooMany => "temporarily_unavailable",
        }
    }

    /// `error_description`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is otherwise malformed",
            Self::UnauthorizedClient => "The client is not authorized to use this authorization grant type",
            Self::InvalidDpopProof => {
                "The DPoP proof is missing, malformed, used, or does not fit the request"
            }
            Self::UseDpopNonce => "The DPoP proof must carry the nonce of the DPoP-Nonce header",
            Self::InvalidRequestObject => "The request parameter contains an invalid Request Object",
            Self::AuthorizationPending => "The person has not decided yet",
            Self::SlowDown => "Poll five seconds slower",
            Self::AccessDenied => "The resource owner or authorization server denied the request",
            Self::ExpiredToken => "The device code has expired",
            Self::TooMany => "Too many requests: try again in a minute",
            Self::InvalidClient => {
                "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported \
                 authentication method)"
            }
            Self::InvalidGrant => {
                "The provided authorization grant or refresh token is invalid, expired, revoked, does not match the \
                 redirection URI used in the authorization request, or was issued to another client"
            }
            Self::UnsupportedGrantType => {
                "The authorization grant type is not supported by the authorization server"
            }
            Self::InvalidScope => {
                "The requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner"
            }
        }
    }
}
