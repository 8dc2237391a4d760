//! The authorization request: what it asks, and why it can't be answered.

use super::client::{Client, ClientState, Pkce};
use super::fault::Fault;
use super::mandate::Asked;
use super::oauth::{AuthorizeError, ClientProblem};
use super::params::{Params, url_safe};
use super::pkce;
use super::profile::{Face, Reach};
use super::redirect::RedirectUri;
use super::wish::{self, Wish};

/// Longest `state` that is echoed; a longer one is refused, never cut.
pub const MAX_STATE: usize = 4 * 1024;
/// Longest `nonce`.
const MAX_NONCE: usize = 1024;
/// Scopes of the national contract. Others are ignored.
pub const SCOPES: [&str; 4] = ["openid", "run", "name", "email"];
/// Scopes of the open one. Others are left out, and the token answer says what was given.
pub const OPEN_SCOPES: [&str; 5] = ["openid", "profile", "email", "run", "offline_access"];

/// The scopes of a face.
#[must_use]
pub const fn scopes(face: Face) -> &'static [&'static str] {
    match face {
        Face::National => &SCOPES,
        Face::Open => &OPEN_SCOPES,
    }
}

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
    /// The person agrees once more to what the application learns.
    Consent,
}

/// How the answer travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// In the address.
    #[default]
    Query,
    /// In a form that the browser sends.
    FormPost,
}

/// Where an answer goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The address.
    pub redirect_uri: RedirectUri,
    /// Echoed as it came; none when it can't be.
    pub state: Option<String>,
    /// How.
    pub mode: Mode,
}

/// A request that can be answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthorizeRequest {
    /// Where the answer goes.
    pub target: Target,
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
    /// The level that is wished for.
    pub wish: Wish,
    /// Thumbprint of the key that the code is bound to.
    pub jkt: Option<String>,
    /// What is asked of whom the person acts for; nothing for an application that may not ask.
    pub acting: Asked,
    /// Hash of the name under which the request was left with us: it counts once.
    pub pushed: Option<[u8; 32]>,
}

impl AuthorizeRequest {
    /// How far what is given reaches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.scope.contains(&"offline_access") { Reach::Offline } else { Reach::Session }
    }
}

/// An answer on its way to the application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Where it goes.
    pub target: Target,
    /// What it says, beside `state`.
    pub pairs: Vec<(&'static str, String)>,
}

impl Answer {
    /// A code.
    #[must_use]
    pub fn code(target: Target, code: String, iss: Option<&str>) -> Self {
        let iss = iss.map(|iss| ("iss", iss.to_owned()));
        Self { target, pairs: std::iter::once(("code", code)).chain(iss).collect() }
    }

    /// An error.
    #[must_use]
    pub fn error(target: Target, error: AuthorizeError, iss: Option<&str>) -> Self {
        let mut pairs =
            vec![("error", error.code().to_owned()), ("error_description", error.description().to_owned())];
        pairs.extend(iss.map(|iss| ("iss", iss.to_owned())));
        Self { target, pairs }
    }

    /// The address to go back to.
    #[must_use]
    pub fn location(&self) -> String {
        let pairs: Vec<(&str, &str)> = self.pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.target.redirect_uri.with(&pairs, self.target.state.as_deref())
    }

    /// The fields of a form that says it.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let raw = self.target.state.as_deref().map(|raw| Params::parse(&format!("state={raw}")));
        let state = raw.and_then(|params| params.text("state").ok().flatten().map(str::to_owned));
        self.pairs.iter().cloned().chain(state.map(|state| ("state", state))).collect()
    }
}

/// Whether the application may be answered at all under these addresses, and where to.
///
/// # Errors
/// The page that is shown instead of a redirect.
pub fn redirect_target(client: &Client, face: Face, params: &Params) -> Result<RedirectUri, ClientProblem> {
    if client.settings.profile.face() != face {
        return Err(ClientProblem::Client);
    }
    match client.state {
        ClientState::Suspended | ClientState::Revoked => return Err(ClientProblem::Stopped),
        ClientState::Approved => return Err(ClientProblem::NotEnabled),
        ClientState::Active => {}
    }
    let requested = params.text("redirect_uri").ok().flatten();
    match (face, requested) {
        (Face::National, Some(uri)) => RedirectUri::matching(uri, &client.redirect_uris),
        (Face::Open, Some(uri)) => RedirectUri::exact(uri, &client.redirect_uris, client.settings.auth),
        // With one address registered there is no doubt which is meant (RFC 6749 §3.1.2.3), unless another came twice.
        (Face::Open, None) if client.redirect_uris.len() == 1 && !params.has("redirect_uri") => {
            client.redirect_uris.first().cloned().map(RedirectUri::stored)
        }
        (_, None) => None,
    }
    .ok_or(ClientProblem::RedirectUri)
}

/// Reads the rest of the request, once it is known where answers go.
///
/// # Errors
/// What goes back.
pub fn read(
    client: &Client,
    redirect_uri: RedirectUri,
    params: &Params,
) -> Result<AuthorizeRequest, (Target, Fault)> {
    let bare = Target { redirect_uri, state: None, mode: Mode::Query };
    let state = match params.one("state") {
        Ok(state) if state.is_none_or(|s| s.value.len() <= MAX_STATE) => state,
        Ok(_) => return Err((bare, Fault::Unreadable("state"))),
        Err(why) => return Err((bare, Fault::of("state", why))),
    };
    let target = Target { state: state.map(|s| url_safe(s).into_owned()), ..bare };
    let (target, mode) = match read_mode(client, params) {
        Ok(mode) => (Target { mode, ..target }, Ok(())),
        Err(fault) => (target, Err(fault)),
    };
    match mode.and_then(|()| read_rest(client, target.clone(), params)) {
        Ok(request) => Ok(request),
        Err(fault) => Err((target, fault)),
    }
}

fn read_mode(client: &Client, params: &Params) -> Result<Mode, Fault> {
    match (client.settings.profile.face(), text(params, "response_mode")?) {
        (Face::National, _) | (Face::Open, None | Some("query")) => Ok(Mode::Query),
        (Face::Open, Some("form_post")) => Ok(Mode::FormPost),
        (Face::Open, Some(_)) => Err(Fault::Mode),
    }
}

fn text<'a>(params: &'a Params, name: &'static str) -> Result<Option<&'a str>, Fault> {
    params.text(name).map_err(|why| Fault::of(name, why))
}

fn read_rest(client: &Client, target: Target, params: &Params) -> Result<AuthorizeRequest, Fault> {
    let text = |name: &'static str| text(params, name);
    if params.has("request") || params.has("request_uri") {
        return Err(Fault::Object);
    }
    match text("response_type")? {
        Some("code") => {}
        Some(_) => return Err(Fault::TypeOther),
        None => return Err(Fault::TypeMissing),
    }
    let nonce = text("nonce")?;
    if nonce.is_some_and(|nonce| nonce.len() > MAX_NONCE) {
        return Err(Fault::NonceLong);
    }
    let max_age = text("max_age")?.map(|n| n.parse::<u32>().map(i64::from)).transpose();
    let jkt = text("dpop_jkt")?;
    if jkt.is_some_and(|jkt| jkt.len() != 43) {
        return Err(Fault::Thumbprint);
    }
    Ok(AuthorizeRequest {
        nonce: nonce.map(str::to_owned),
        challenge: read_challenge(client, text("code_challenge")?, text("code_challenge_method")?)?,
        scope: read_scope(client, text("scope")?.unwrap_or_default())?,
        prompt: read_prompt(text("prompt")?.unwrap_or_default())?,
        max_age: max_age.map_err(|_| Fault::MaxAge)?,
        wish: wish::read(text("acr_values")?, text("claims")?).ok_or(Fault::Claims)?,
        jkt: jkt.map(str::to_owned),
        acting: read_acting(client, text("representation")?)?,
        pushed: None,
        target,
    })
}

/// The national contract has no such parameter: what it doesn't know, it doesn't see.
fn read_acting(client: &Client, word: Option<&str>) -> Result<Asked, Fault> {
    if client.settings.profile.face() == Face::National || !client.settings.representation {
        return Ok(Asked::None);
    }
    Asked::parse(word).ok_or(Fault::Acting)
}

fn read_challenge(
    client: &Client,
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<Option<String>, Fault> {
    match (challenge, method) {
        (Some(challenge), Some("S256")) if pkce::well_formed(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err(Fault::ChallengeForm),
        (_, Some(_)) | (Some(_), None) => Err(Fault::ChallengeMethod),
        (None, None) if client.settings.pkce == Pkce::Optional => Ok(None),
        (None, None) => Err(Fault::ChallengeMissing),
    }
}

/// What is asked, known and allowed to this application.
///
/// # Errors
/// Without `openid`.
pub fn read_scope(client: &Client, scope: &str) -> Result<Vec<&'static str>, Fault> {
    let asked: Vec<&str> = scope.split_ascii_whitespace().collect();
    if !asked.contains(&"openid") {
        return Err(Fault::OpenidMissing);
    }
    let granted = |s: &&'static str| asked.contains(s) && client.scopes.iter().any(|own| own == s);
    Ok(scopes(client.settings.profile.face()).iter().copied().filter(granted).collect())
}

fn read_prompt(prompt: &str) -> Result<Prompt, Fault> {
    let words: Vec<&str> = prompt.split_ascii_whitespace().collect();
    let has = |word| words.contains(&word);
    match (has("none"), has("login"), has("consent")) {
        (true, ..) if words.len() > 1 => Err(Fault::Prompt),
        (true, ..) => Ok(Prompt::None),
        (false, true, _) => Ok(Prompt::Login),
        (false, false, true) => Ok(Prompt::Consent),
        (false, false, false) => Ok(Prompt::Auto),
    }
}
