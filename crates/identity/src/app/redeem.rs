//! Codes become tokens, tokens become data.

use copihue_core::secret::constant_time_eq;
use copihue_core::{Result, json::sha256};
use copihue_db::{Conn, Tx};
use serde_json::Value;

use super::Happened;
use crate::Identity;
use crate::model::claims;
use crate::model::client::Client;
use crate::model::event::{EventKind, Outcome};
use crate::model::gate::{Ask, Denied, Use, may_issue};
use crate::model::grant::{ACCESS_SECONDS, Grant, Presented, Purpose, Refresh};
use crate::model::mandate::Acting;
use crate::model::oauth::TokenError;
use crate::model::person::Person;
use crate::model::pkce;
use crate::model::token::{Credentials, Redeem};
use crate::store;

/// What the token endpoint gives.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id_token: Option<String>,
}

/// A grant that may be used now, with its person: what a transaction answers before anything is signed.
struct Granted {
    grant: Grant,
    person: Person,
}

type Answer<T> = std::result::Result<T, TokenError>;

impl Identity {
    /// The application, if the secret is one of its own. An unknown one costs the same comparison.
    pub(crate) async fn client_of(&self, given: &Credentials) -> Result<Answer<Client>> {
        let (id, now) = (given.client_id.clone(), self.now());
        let found = self.0.db.read(move |conn| {
            let hashes = store::secret_hashes(conn, &id, now)?;
            Ok((store::client(conn, &id)?, hashes))
        });
        let (client, hashes) = found.await?;
        let presented = sha256(given.secret.as_bytes());
        let mut matches = constant_time_eq(&presented, &[0; 32]);
        for hash in &hashes {
            matches |= constant_time_eq(&presented, hash);
        }
        Ok(client.filter(|_| matches).ok_or(TokenError::InvalidClient))
    }

    /// Tokens for a code or a refresh token.
    pub(crate) async fn redeem(&self, client: &Client, what: Redeem, trace: &str) -> Result<Answer<Tokens>> {
        let (identity, for_client, trace) = (self.clone(), client.clone(), trace.to_owned());
        let fresh = matches!(what, Redeem::Code { .. });
        let granted = self.0.db.write(move |tx| match &what {
            Redeem::Code { code, redirect_uri, verifier } => identity.redeem_code(
                tx,
                &for_client,
                code,
                redirect_uri.as_deref(),
                verifier.as_deref(),
                &trace,
            ),
            Redeem::Refresh { token, scope } => {
                identity.refresh(tx, &for_client, token, scope.as_deref(), &trace)
            }
        });
        let Granted { grant, person } = match granted.await? {
            Ok(granted) => granted,
            Err(error) => return Ok(Err(error)),
        };
        let access = self.0.tokens.mint(&grant, Purpose::Access);
        // The contract gives an id_token with the code only.
        let id_token = match fresh {
            true => Some(self.id_token(client, &grant, &person, &access)?),
            false => None,
        };
        let refresh = self.0.tokens.mint(&grant, Purpose::Refresh);
        Ok(Ok(Tokens { access, refresh, id_token }))
    }

    fn id_token(&self, client: &Client, grant: &Grant, person: &Person, access: &str) -> Result<String> {
        let claims = claims::id_token(&self.0.config.issuer, person, client, grant, access, self.now());
        self.0.keys.current.sign(&claims)
    }

    fn redeem_code(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        code: &str,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
        trace: &str,
    ) -> Result<Answer<Granted>> {
        let now = self.now();
        let Some((grant, _)) = self.find(tx, code, |key, grant, presented| key.is_code(grant, presented))?
        else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        let burned = grant.code_used.is_some() || grant.client_id != client.id;
        if burned || !pkce::verify(grant.challenge.as_deref(), verifier) {
            // Used twice, by another application, or without its proof: somebody else has it. Nothing of it stays valid.
            store::revoke_grant(tx, grant.key, now)?;
            if grant.generation > 0 {
                self.happened(tx, reuse(&grant, client, trace))?;
            }
            return Ok(Err(TokenError::InvalidGrant));
        }
        if !redirect_uri.is_some_and(|uri| grant.redirect_uri.is_same(uri)) {
            return Ok(Err(TokenError::InvalidClient));
        }
        let person = self.admitted(tx, &grant, client, Use::Redeem)?;
        let Some(person) = person.filter(|_| grant.code_alive(now)) else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        if !store::redeem_code(tx, grant.key, now)? {
            store::revoke_grant(tx, grant.key, now)?;
            return Ok(Err(TokenError::InvalidGrant));
        }
        self.happened(tx, delivery(&grant, client, trace))?;
        let grant = Grant { code_used: Some(now), generation: 1, generation_at: now, ..grant };
        Ok(Ok(Granted { grant, person }))
    }

    fn refresh(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        token: &str,
        scope: Option<&str>,
        trace: &str,
    ) -> Result<Answer<Granted>> {
        let now = self.now();
        let found = self.find(tx, token, |key, grant, presented| {
            grant.client_id == client.id && key.refresh(grant, presented, now) != Refresh::Dead
        })?;
        let Some((grant, presented)) = found else { return Ok(Err(TokenError::InvalidGrant)) };
        if scope.is_some_and(|scope| scope.split_whitespace().any(|s| !grant.has_scope(s))) {
            return Ok(Err(TokenError::InvalidScope));
        }
        let Some(person) = self.admitted(tx, &grant, client, Use::Refresh)? else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        match self.0.tokens.refresh(&grant, &presented, now) {
            Refresh::Rotate => {
                if !store::advance(tx, grant.key, grant.generation, now)? {
                    return Ok(Err(TokenError::InvalidGrant));
                }
                let generation = grant.generation + 1;
                Ok(Ok(Granted { grant: Grant { generation, generation_at: now, ..grant }, person }))
            }
            Refresh::Repeat => Ok(Ok(Granted { grant, person })),
            Refresh::Reused => {
                store::revoke_grant(tx, grant.key, now)?;
                self.happened(tx, reuse(&grant, client, trace))?;
                Ok(Err(TokenError::InvalidGrant))
            }
            Refresh::Dead => Ok(Err(TokenError::InvalidGrant)),
        }
    }

    /// The person of a grant, if the gate lets this use of it pass.
    fn admitted(
        &self,
        conn: &mut Conn<'_>,
        grant: &Grant,
        client: &Client,
        how: Use,
    ) -> Result<Option<Person>> {
        let Some(person) = self.person_in(conn, grant.person)? else { return Ok(None) };
        let ask = Ask {
            person: &person,
            client,
            how,
            epoch: grant.epoch,
            level: grant.acr,
            acting: Acting::Self_,
            now: self.now(),
        };
        let denied: Option<Denied> = may_issue(&ask).err();
        if let Some(why) = denied {
            tracing::info!(?why, ?how, client = client.id, "the gate stays closed");
        }
        Ok(denied.is_none().then_some(person))
    }

    /// The grant of a code or token, if it is ours.
    fn find(
        &self,
        conn: &mut Conn<'_>,
        text: &str,
        is_ours: impl Fn(&crate::model::grant::TokenKey, &Grant, &Presented) -> bool,
    ) -> Result<Option<(Grant, Presented)>> {
        let Some(presented) = Presented::parse(text) else { return Ok(None) };
        let grant = store::grant(conn, presented.key)?;
        Ok(grant.filter(|grant| is_ours(&self.0.tokens, grant, &presented)).map(|grant| (grant, presented)))
    }

    /// What an access token may read. None: it is none, or may not be used any more.
    pub(crate) async fn userinfo(&self, token: &str) -> Result<Option<Value>> {
        let (identity, token, now) = (self.clone(), token.to_owned(), self.now());
        let read = move |conn: &mut Conn<'_>| {
            let found =
                identity.find(conn, &token, |key, grant, presented| key.is_access(grant, presented, now))?;
            let Some((grant, _)) = found else { return Ok(None) };
            let Some(client) = store::client(conn, &grant.client_id)? else { return Ok(None) };
            let person = identity.admitted(conn, &grant, &client, Use::Userinfo)?;
            Ok(person.map(|person| claims::userinfo(&person, &client, &grant)))
        };
        self.0.db.read(read).await
    }
}

impl Tokens {
    /// The contract's answer.
    pub(crate) fn to_json(&self) -> Value {
        let mut out = serde_json::json!({
            "access_token": self.access,
            "refresh_token": self.refresh,
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
        });
        if let Some(id_token) = &self.id_token {
            out["id_token"] = id_token.as_str().into();
        }
        out
    }
}

fn delivery<'a>(grant: &Grant, client: &'a Client, trace: &'a str) -> Happened<'a> {
    Happened {
        client: Some(client),
        acr: Some(grant.acr),
        delivered: claims::delivered(&grant.scope),
        trace,
        ..Happened::of(grant.person, EventKind::Delivery)
    }
}

fn reuse<'a>(grant: &Grant, client: &'a Client, trace: &'a str) -> Happened<'a> {
    Happened {
        kind: EventKind::TokenReuse,
        outcome: Outcome::Blocked,
        delivered: Vec::new(),
        ..delivery(grant, client, trace)
    }
}
