//! Requests that an application leaves with us before it sends the browser (RFC 9126), and requests that it signs (RFC 9101).

use copihue_core::{Result, json::sha256};

use super::client_auth::Answer;
use super::flood::LONGEST;
use crate::Identity;
use crate::model::assertion;
use crate::model::authorize::{AuthorizeRequest, read, redirect_target};
use crate::model::client::{Auth, Client};
use crate::model::oauth::{AuthorizeError, ClientProblem, TokenError};
use crate::model::params::Params;
use crate::model::profile::{Face, Reach};
use crate::store::{self, Pushed};

/// What every name of a request that was left with us begins with.
const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// Seconds in which the browser must come with it.
pub(crate) const PUSHED_SECONDS: i64 = 60;
/// What proves the application and is nobody else's business.
const PROOFS: [&str; 4] = ["client_secret", "client_assertion", "client_assertion_type", "request"];

/// How a browser comes with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Coming {
    /// From the application.
    First,
    /// With the form that we gave it: it may have taken its time.
    Back,
}

impl Identity {
    /// Keeps a request; answers its name.
    pub(crate) async fn push(
        &self,
        client: &Client,
        params: &Params,
        jkt: Option<&str>,
    ) -> Result<Answer<String>> {
        let query = match self.pushable(client, params, jkt).await {
            Ok(query) => query,
            Err(error) => return Ok(Err(error)),
        };
        let name = format!("{URN}{}", self.random_text());
        let id = sha256(name.as_bytes());
        let pushed =
            Pushed { client_id: client.id.clone(), query, created: self.now(), opened: None, used: None };
        self.0.db.write(move |tx| store::push(tx, &id, &pushed)).await?;
        Ok(Ok(name))
    }

    /// The query that stands for the request, if it can be answered.
    async fn pushable(&self, client: &Client, params: &Params, jkt: Option<&str>) -> Answer<String> {
        if params.has("request_uri") {
            return Err(TokenError::InvalidRequest);
        }
        let signed = self.signed(client, params).await.map_err(|_| TokenError::InvalidRequestObject)?;
        let params = signed.as_ref().unwrap_or(params);
        let target = redirect_target(client, Face::Open, params).map_err(|_| TokenError::InvalidRequest)?;
        let request = read(client, target, params).map_err(|(_, fault)| match fault.error() {
            AuthorizeError::InvalidScope => TokenError::InvalidScope,
            _ => TokenError::InvalidRequest,
        })?;
        let mut query = params.query_without(&PROOFS);
        if client.settings.auth == Auth::Public && query.len() > LONGEST {
            return Err(TokenError::InvalidRequest);
        }
        match (jkt, &request.jkt) {
            (Some(jkt), Some(said)) if jkt != said => return Err(TokenError::InvalidDpopProof),
            (Some(jkt), None) => query.push_str(&format!("&dpop_jkt={jkt}")),
            _ => {}
        }
        Ok(query)
    }

    /// The parameters that were signed, where the request is a signed one.
    pub(super) async fn signed(
        &self,
        client: &Client,
        params: &Params,
    ) -> std::result::Result<Option<Params>, ClientProblem> {
        match params.text("request") {
            Ok(None) if !client.settings.signed_requests => Ok(None),
            Ok(Some(object)) => {
                let (keys, issuer) = (self.keys_of(client, object).await, self.issuer(Face::Open));
                let outside = Params::parse(&params.query_without(&PROOFS));
                let signed = assertion::request(object, &client.id, &outside, &keys, issuer, self.now());
                signed.map(Some).ok_or(ClientProblem::Object)
            }
            _ => Err(ClientProblem::Object),
        }
    }

    /// The parameters of a request in the open contract, wherever they are: left with us, signed, or in the address.
    pub(crate) async fn parameters(
        &self,
        client: &Client,
        params: &Params,
        coming: Coming,
    ) -> Result<std::result::Result<(Params, Option<[u8; 32]>), ClientProblem>> {
        match params.text("request_uri") {
            Ok(None) if client.is_alto() => Ok(Err(ClientProblem::Pushed)),
            Ok(None) => {
                let signed = self.signed(client, params).await;
                Ok(signed.map(|s| (s.unwrap_or_else(|| params.clone()), None)))
            }
            Ok(Some(name)) => {
                let id = sha256(name.as_bytes());
                let found = self.take_up(client, id, coming).await?;
                Ok(found.map(|query| (Params::parse(&query), Some(id))).ok_or(ClientProblem::Pushed))
            }
            Err(_) => Ok(Err(ClientProblem::Pushed)),
        }
    }

    /// The browser comes with a request that was left with us.
    async fn take_up(&self, client: &Client, id: [u8; 32], coming: Coming) -> Result<Option<String>> {
        let now = self.now();
        let Some(found) = self.0.db.read(move |conn| store::pushed(conn, &id)).await? else {
            return Ok(None);
        };
        let interaction = client.lifetimes(Reach::Session).interaction;
        let in_time = match (coming, found.opened) {
            (Coming::Back, Some(opened)) => now < opened.plus_seconds(interaction),
            _ => now < found.created.plus_seconds(PUSHED_SECONDS),
        };
        if found.client_id != client.id || found.used.is_some() || !in_time {
            return Ok(None);
        }
        if found.opened.is_none() {
            self.0.db.write(move |tx| store::open_pushed(tx, &id, now)).await?;
        }
        Ok(Some(found.query))
    }
}

impl AuthorizeRequest {
    /// The same, as it was left with us.
    pub(crate) fn named(self, pushed: Option<[u8; 32]>) -> Self {
        Self { pushed, ..self }
    }
}
