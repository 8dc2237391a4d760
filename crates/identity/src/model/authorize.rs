//! The authorization request: what it asks, and why it can't be answered.

use super::client::{Client, ClientState, Pkce};
use super::oauth::{AuthorizeError, ClientProblem};
use super::params::{Params, url_safe};
use super::pkce;
use super::redirect::RedirectUri;

/// Longest `state` that is echoed; a longer one is refused, never cut.
pub const MAX_STATE: usize = 4 * 1024;
/// Longest `nonce`.
const MAX_NONCE: usize = 1024;
/// Scopes of the contract. Others are ignored.
pub const SCOPES: [&str; 4] = ["openid", "run", "name", "email"];

/// Whether the person may be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Prompt {
    /// A session may answer, else the person is asked.
    #[default]
    Auto,
    /// Only a session may answer.
    None,
    /// The person is asked in any case.
    Login,
}

/// A request that can be answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthorizeRequest {
    /// Where the answer goes.
    pub redirect_uri: RedirectUri,
    /// Echoed as it came.
    pub state: Option<String>,
    /// Goes into the id_token.
    pub nonce: Option<String>,
    /// PKCE.
    pub challenge: Option<String>,
    /// Granted scopes, in the contract's order.
    pub scope: Vec<&'static str>,
    /// Whether the person may be asked.
    pub prompt: Prompt,
    /// Seconds that a session's login may lie back.
    pub max_age: Option<i64>,
}

/// A request that goes back with an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Where the answer goes.
    pub redirect_uri: RedirectUri,
    /// Echoed as it came; none when it can't be.
    pub state: Option<String>,
    /// Why.
    pub error: AuthorizeError,
}

impl Refused {
    /// The address to go back to.
    #[must_use]
    pub fn location(&self, iss: Option<&str>) -> String {
        let mut pairs = vec![("error", self.error.code()), ("error_description", self.error.description())];
        pairs.extend(iss.map(|iss| ("iss", iss)));
        self.redirect_uri.with(&pairs, self.state.as_deref())
    }
}

/// Whether the application may be answered at all, and where to.
///
/// # Errors
/// The page that is shown instead of a redirect.
pub fn redirect_target(client: &Client, params: &Params) -> Result<RedirectUri, ClientProblem> {
    match client.state {
        ClientState::Suspended | ClientState::Revoked => return Err(ClientProblem::Stopped),
        ClientState::Approved => return Err(ClientProblem::NotEnabled),
        ClientState::Active => {}
    }
    let requested = params.text("redirect_uri").ok().flatten().ok_or(ClientProblem::RedirectUri)?;
    RedirectUri::matching(requested, &client.redirect_uris).ok_or(ClientProblem::RedirectUri)
}

/// Reads the rest of the request, once it is known where answers go.
///
/// # Errors
/// What goes back by redirect.
pub fn read(
    client: &Client,
    redirect_uri: RedirectUri,
    params: &Params,
) -> Result<AuthorizeRequest, Refused> {
    let state = match params.one("state") {
        Ok(state) => state,
        Err(_) => return Err(Refused { redirect_uri, state: None, error: AuthorizeError::InvalidRequest }),
    };
    if state.is_some_and(|s| s.value.len() > MAX_STATE) {
        return Err(Refused { redirect_uri, state: None, error: AuthorizeError::InvalidRequest });
    }
    let state = state.map(|s| url_safe(s).into_owned());
    match read_rest(client, params) {
        Ok(rest) => Ok(AuthorizeRequest { redirect_uri, state, ..rest }),
        Err(error) => Err(Refused { redirect_uri, state, error }),
    }
}

fn read_rest(client: &Client, params: &Params) -> Result<AuthorizeRequest, AuthorizeError> {
    let text = |name: &str| params.text(name).map_err(|_| AuthorizeError::InvalidRequest);
    if params.has("request") || params.has("request_uri") {
        return Err(AuthorizeError::RequestNotSupported);
    }
    match text("response_type")? {
        Some("code") => {}
        Some(_) => return Err(AuthorizeError::UnsupportedResponseType),
        None => return Err(AuthorizeError::InvalidRequest),
    }
    let nonce = text("nonce")?.filter(|n| n.len() <= MAX_NONCE);
    if params.has("nonce") && nonce.is_none() && text("nonce")?.is_some() {
        return Err(AuthorizeError::InvalidRequest);
    }
    let challenge = read_challenge(client, text("code_challenge")?, text("code_challenge_method")?)?;
    let max_age = text("max_age")?.map(|n| n.parse::<u32>().map(i64::from)).transpose();
    Ok(AuthorizeRequest {
        redirect_uri: RedirectUri::stored(String::new()),
        state: None,
        nonce: nonce.map(str::to_owned),
        challenge,
        scope: read_scope(client, text("scope")?.unwrap_or_default())?,
        prompt: read_prompt(text("prompt")?.unwrap_or_default())?,
        max_age: max_age.map_err(|_| AuthorizeError::InvalidRequest)?,
    })
}

fn read_challenge(
    client: &Client,
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<Option<String>, AuthorizeError> {
    match challenge {
        Some(challenge) if method == Some("S256") && pkce::well_formed(challenge) => {
            Ok(Some(challenge.to_owned()))
        }
        None if method.is_none() && client.settings.pkce == Pkce::Optional => Ok(None),
        _ => Err(AuthorizeError::InvalidRequest),
    }
}

fn read_scope(client: &Client, scope: &str) -> Result<Vec<&'static str>, AuthorizeError> {
    let asked: Vec<&str> = scope.split_ascii_whitespace().collect();
    if !asked.contains(&"openid") {
        return Err(AuthorizeError::InvalidScope);
    }
    let granted = |s: &&'static str| asked.contains(s) && client.scopes.iter().any(|own| own == s);
    Ok(SCOPES.into_iter().filter(granted).collect())
}

fn read_prompt(prompt: &str) -> Result<Prompt, AuthorizeError> {
    let words: Vec<&str> = prompt.split_ascii_whitespace().collect();
    match (words.contains(&"none"), words.contains(&"login")) {
        (true, _) if words.len() > 1 => Err(AuthorizeError::InvalidRequest),
        (true, _) => Ok(Prompt::None),
        (false, true) => Ok(Prompt::Login),
        (false, false) => Ok(Prompt::Auto),
    }
}
