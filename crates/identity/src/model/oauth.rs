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
        }
    }

    /// `error_description`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is otherwise malformed",
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
