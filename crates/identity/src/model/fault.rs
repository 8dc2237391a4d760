//! What exactly is wrong with a request. The contract's answer follows from it and says less; whoever builds an application reads it
//! whole in the tester.

use super::oauth::{AuthorizeError, TokenError};
use super::params::Unusable;

/// What is wrong with an authorization request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// This parameter came twice.
    Twice(&'static str),
    /// This one is too long, or no text.
    Unreadable(&'static str),
    /// `response_mode` is another than the two that there are.
    Mode,
    /// A request object where none is read.
    Object,
    /// `response_type` is absent.
    TypeMissing,
    /// It is not `code`.
    TypeOther,
    /// `nonce` is too long.
    NonceLong,
    /// `dpop_jkt` is no thumbprint.
    Thumbprint,
    /// The application must use PKCE, and does not.
    ChallengeMissing,
    /// `code_challenge_method` is not `S256`, or came alone.
    ChallengeMethod,
    /// `code_challenge` is not what `S256` gives.
    ChallengeForm,
    /// `scope` lacks `openid`.
    OpenidMissing,
    /// `prompt=none` beside another word.
    Prompt,
    /// `max_age` is no number.
    MaxAge,
    /// `claims` is no JSON object.
    Claims,
    /// `representation` is a word that is not known.
    Acting,
}

impl Fault {
    /// A parameter that can't be used.
    #[must_use]
    pub const fn of(name: &'static str, why: Unusable) -> Self {
        match why {
            Unusable::Duplicate => Self::Twice(name),
            Unusable::Malformed => Self::Unreadable(name),
        }
    }

    /// What the contract answers.
    #[must_use]
    pub const fn error(self) -> AuthorizeError {
        match self {
            Self::Object => AuthorizeError::RequestNotSupported,
            Self::TypeOther => AuthorizeError::UnsupportedResponseType,
            Self::OpenidMissing => AuthorizeError::InvalidScope,
            _ => AuthorizeError::InvalidRequest,
        }
    }

    /// The end of its text's key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Twice(_) => "twice",
            Self::Unreadable(_) => "unreadable",
            Self::Mode => "mode",
            Self::Object => "object",
            Self::TypeMissing => "type-missing",
            Self::TypeOther => "type-other",
            Self::NonceLong => "nonce-long",
            Self::Thumbprint => "thumbprint",
            Self::ChallengeMissing => "challenge-missing",
            Self::ChallengeMethod => "challenge-method",
            Self::ChallengeForm => "challenge-form",
            Self::OpenidMissing => "openid-missing",
            Self::Prompt => "prompt",
            Self::MaxAge => "max-age",
            Self::Claims => "claims",
            Self::Acting => "acting",
        }
    }

    /// The parameter that it is about, where the text doesn't say it.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Twice(name) | Self::Unreadable(name) => name,
            _ => "",
        }
    }
}

/// What is wrong with a token request, before anybody looks at what it redeems.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenFault {
    /// This parameter came twice, or can't be read; it is part of how the application proves itself.
    Proof(&'static str),
    /// This one, of the rest.
    Unusable(&'static str),
    /// The application proves itself in two ways at once, or in none that is known.
    Ways,
    /// The `Authorization` header is no `Basic` one that can be read.
    Basic,
    /// The assertion is no JWT, or its `iss` and `sub` differ.
    Assertion,
    /// `client_id` is absent.
    ClientMissing,
    /// The body names another `client_id` than the proof.
    ClientDiffers,
    /// `grant_type` is absent.
    GrantMissing,
    /// It is none that is known.
    GrantOther,
    /// This parameter, which belongs to the `grant_type`, is absent.
    Missing(&'static str),
}

impl TokenFault {
    /// What the contract answers.
    #[must_use]
    pub const fn error(self) -> TokenError {
        match self {
            Self::GrantOther => TokenError::UnsupportedGrantType,
            Self::Unusable(_) | Self::GrantMissing | Self::Missing(_) => TokenError::InvalidRequest,
            _ => TokenError::InvalidClient,
        }
    }

    /// The end of its text's key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proof(_) | Self::Unusable(_) => "unusable",
            Self::Ways => "ways",
            Self::Basic => "basic",
            Self::Assertion => "assertion",
            Self::ClientMissing => "client-missing",
            Self::ClientDiffers => "client-differs",
            Self::GrantMissing => "grant-missing",
            Self::GrantOther => "grant-other",
            Self::Missing(_) => "missing",
        }
    }

    /// The parameter that it is about, where the text doesn't say it.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Proof(name) | Self::Unusable(name) | Self::Missing(name) => name,
            _ => "",
        }
    }
}
