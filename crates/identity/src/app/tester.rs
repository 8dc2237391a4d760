//! The tester of integrations: what our own readers say of a request, told whole. Nothing is kept, spent or written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use copihue_core::Result;
use copihue_db::Conn;

use super::redeem::Spoiled;
use crate::Identity;
use crate::api::{AUTHORIZE, OPEN_AUTHORIZE};
use crate::model::authorize::{AuthorizeRequest, read, redirect_target};
use crate::model::client::{Auth, Client, ClientState, Environment};
use crate::model::fault::{Fault, TokenFault};
use crate::model::grant::Presented;
use crate::model::oauth::ClientProblem;
use crate::model::params::Params;
use crate::model::profile::Face;
use crate::model::redirect::{Difference, difference};
use crate::model::token::{Redeem, credentials, redeem};

/// What becomes of an authorization request.
pub(crate) enum Tested {
    /// It is answered.
    Answered(Box<(Client, AuthorizeRequest)>),
    /// The application gets an error back.
    Back(Fault),
    /// A page is shown, and the application gets nothing.
    Page(Stop),
}

/// Why the application can't be answered at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// What was pasted is no address with a query.
    NoAddress,
    /// It is not where logins begin.
    Path,
    /// `client_id` is absent, or came twice.
    ClientMissing,
    /// Nobody has it.
    ClientUnknown,
    /// The application speaks the other contract.
    OtherContract,
    /// It is closed until it is certified.
    NotEnabled,
    /// It was stopped.
    Stopped,
    /// The request is one that was left with us: what was left is to be tested, not its name.
    Named,
    /// The signed request is not worth its signature, or was not signed.
    Object,
    /// The address to come back to is not registered.
    Redirect(Difference),
}

impl Stop {
    /// The end of its text's key.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "no-address",
            Self::Path => "path",
            Self::ClientMissing => "client-missing",
            Self::ClientUnknown => "client-unknown",
            Self::OtherContract => "other-contract",
            Self::NotEnabled => "not-enabled",
            Self::Stopped => "stopped",
            Self::Named => "named",
            Self::Object => "object",
            Self::Redirect(difference) => difference.code(),
        }
    }
}

/// What becomes of a token request, as far as it can be said without its secrets.
pub(crate) enum TokenTested {
    /// Nothing is wrong with it, of the application of this name.
    Good(String),
    /// The code can't be redeemed so. Said of test people's only.
    Spoiled(Spoiled),
    /// Something is.
    Fault(TokenFault),
    /// Nobody has this `client_id`.
    ClientUnknown,
    /// The application speaks the other contract.
    OtherContract,
    /// It has to prove itself in another way.
    Way(Auth),
    /// It does not work now.
    Closed,
}

/// How the secret travels in the request that is tested.
pub(crate) enum Carried<'a> {
    /// In the body, or not at all.
    Body,
    /// In the header, with this `client_id`.
    Header(&'a str),
}

impl Identity {
    /// What becomes of the authorization request at this address.
    pub(crate) async fn test_authorize(&self, address: &str) -> Result<Tested> {
        let stop = |why| Ok(Tested::Page(why));
        let plain = address.split('#').next().unwrap_or_default();
        let Some((place, query)) = plain.split_once('?') else { return stop(Stop::NoAddress) };
        let Ok(url) = url::Url::parse(place) else { return stop(Stop::NoAddress) };
        if !AUTHORIZE.contains(&url.path()) && url.path() != OPEN_AUTHORIZE {
            return stop(Stop::Path);
        }
        let (face, params) = (Face::of(url.path()), Params::parse(query));
        let Ok(Some(client_id)) = params.text("client_id") else { return stop(Stop::ClientMissing) };
        match self.client(client_id).await? {
            None => stop(Stop::ClientUnknown),
            Some(client) if client.settings.profile.face() != face => stop(Stop::OtherContract),
            Some(client) => Ok(self.judge(client, face, &params).await),
        }
    }

    /// As the endpoint reads it, or as the one does where requests are left.
    async fn judge(&self, client: Client, face: Face, params: &Params) -> Tested {
        if face == Face::Open && params.has("request_uri") {
            return Tested::Page(Stop::Named);
        }
        let signed = match face {
            Face::National => Ok(None),
            Face::Open => self.signed(&client, params).await,
        };
        let Ok(signed) = signed else { return Tested::Page(Stop::Object) };
        let params = signed.as_ref().unwrap_or(params);
        let redirect_uri = match redirect_target(&client, face, params) {
            Ok(redirect_uri) => redirect_uri,
            Err(problem) => return Tested::Page(stopped(problem, &client, params)),
        };
        match read(&client, redirect_uri, params) {
            Ok(request) => Tested::Answered(Box::new((client, request))),
            Err((_, fault)) => Tested::Back(fault),
        }
    }

    /// What becomes of a token request with this body.
    pub(crate) async fn test_token(
        &self,
        face: Face,
        carried: Carried<'_>,
        params: &Params,
    ) -> Result<TokenTested> {
        let header = match carried {
            Carried::Body => None,
            Carried::Header(client_id) => Some(format!("Basic {}", BASE64.encode(format!("{client_id}:x")))),
        };
        let given = match credentials(header.as_deref(), params) {
            Ok(given) => given,
            Err(fault) => return Ok(TokenTested::Fault(fault)),
        };
        let Some(client) = self.client(&given.client_id).await? else {
            return Ok(TokenTested::ClientUnknown);
        };
        if client.settings.profile.face() != face {
            return Ok(TokenTested::OtherContract);
        }
        if !given.method.fits(client.settings.auth) {
            return Ok(TokenTested::Way(client.settings.auth));
        }
        if client.state != ClientState::Active {
            return Ok(TokenTested::Closed);
        }
        let what = match redeem(params) {
            Ok(what) => what,
            Err(fault) => return Ok(TokenTested::Fault(fault)),
        };
        let name = client.name.clone();
        let spoiled = match client.environment {
            Environment::Sandbox => self.test_code(client, what).await?,
            Environment::Production => None,
        };
        Ok(spoiled.map_or_else(|| TokenTested::Good(name), TokenTested::Spoiled))
    }

    /// Why a code can't be redeemed, where it is written out. It is as good afterwards as before.
    async fn test_code(&self, client: Client, what: Redeem) -> Result<Option<Spoiled>> {
        let Redeem::Code { code, redirect_uri, verifier } = what else { return Ok(None) };
        if Presented::parse(&code).is_none() {
            return Ok(None);
        }
        let identity = self.clone();
        let read = move |conn: &mut Conn<'_>| {
            let found = identity.find(conn, &code)?;
            let spoiled =
                identity.spoiled(found.as_ref(), &client, redirect_uri.as_deref(), verifier.as_deref());
            let late = found
                .is_some_and(|(grant, _)| !grant.code_alive(&client.lifetimes(grant.reach), identity.now()));
            Ok(spoiled.or(late.then_some(Spoiled::Late)))
        };
        self.0.db.read(read).await
    }
}

fn stopped(problem: ClientProblem, client: &Client, params: &Params) -> Stop {
    match problem {
        ClientProblem::Client => Stop::OtherContract,
        ClientProblem::NotEnabled => Stop::NotEnabled,
        ClientProblem::Stopped => Stop::Stopped,
        ClientProblem::Pushed => Stop::Named,
        ClientProblem::Object => Stop::Object,
        ClientProblem::RedirectUri => {
            Stop::Redirect(difference(params.text("redirect_uri"), &client.redirect_uris))
        }
    }
}
