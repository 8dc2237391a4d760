//! Access tokens in use: what they may read, whether they are alive, and their end.

use copihue_core::Result;
use copihue_db::{Conn, Tx};
use serde_json::{Value, json};

use super::redeem::Admitted;
use crate::Identity;
use crate::model::checklist::Sign;
use crate::model::claims;
use crate::model::client::Client;
use crate::model::gate::{Use, may_issue_itself};
use crate::model::grant::{Form, Grant, GrantKey, Refresh};
use crate::model::mandate::Mandate;
use crate::model::profile::Face;
use crate::store;

/// What an access token may read, and the key that it is bound to.
pub(crate) struct Read {
    pub(crate) claims: Value,
    pub(crate) jkt: Option<String>,
}

impl Identity {
    /// What an access token may read under these addresses. None: it is none, or may not be used any more.
    pub(crate) async fn userinfo(&self, face: Face, token: &str) -> Result<Option<Read>> {
        let (identity, token) = (self.clone(), token.to_owned());
        let read = move |conn: &mut Conn<'_>| {
            let found = identity.access(conn, &token)?;
            let found = found.filter(|(_, client)| client.settings.profile.face() == face);
            let Some((grant, client)) = found else { return Ok(None) };
            let admitted = identity.admitted(conn, &grant, &client, Use::Userinfo)?;
            Ok(admitted.map(|Admitted { person, mandate }| {
                let sub = identity.0.pairwise.sub(&person, &client);
                let claims = claims::userinfo(&person, &client, &grant, &sub);
                let claims = claims::with_representation(claims, mandate.as_ref().map(Mandate::claim));
                (Read { claims, jkt: grant.jkt }, client)
            }))
        };
        let Some((found, client)) = self.0.db.read(read).await? else { return Ok(None) };
        self.note(&client, &[(Sign::Userinfo, "")]).await?;
        Ok(Some(found))
    }

    /// The grant of an access token that is alive, and its application.
    fn access(&self, conn: &mut Conn<'_>, token: &str) -> Result<Option<(Grant, Client)>> {
        if token.contains('.') {
            return self.signed_access(conn, token);
        }
        let Some((grant, presented)) = self.find(conn, token)? else { return Ok(None) };
        let Some(client) = store::client(conn, &grant.client_id)? else { return Ok(None) };
        let profile = client.settings.profile;
        let life = profile.lifetimes(grant.reach);
        let ours = presented.form == Form::of(profile)
            && self.0.tokens.is_access(&grant, &presented, &life, self.now());
        Ok(ours.then_some((grant, client)))
    }

    fn signed_access(&self, conn: &mut Conn<'_>, token: &str) -> Result<Option<(Grant, Client)>> {
        let Some(claims) = self.0.keys.load().read("at+jwt", token) else { return Ok(None) };
        let Some((key, generation)) = claims["jti"].as_str().and_then(grant_of) else { return Ok(None) };
        let Some(grant) = store::grant(conn, key)? else { return Ok(None) };
        let Some(client) = store::client(conn, &grant.client_id)? else { return Ok(None) };
        let alive = grant.access_alive(generation, &client.lifetimes(grant.reach), self.now());
        Ok(alive.then_some((grant, client)))
    }

    /// What an application may know of a token: of its own, or one for the API that it is.
    pub(crate) async fn introspect(&self, asking: &Client, token: &str) -> Result<Value> {
        let (identity, asking, token) = (self.clone(), asking.clone(), token.to_owned());
        self.0.db.read(move |conn| identity.introspect_in(conn, &asking, &token)).await
    }

    fn introspect_in(&self, conn: &mut Conn<'_>, asking: &Client, token: &str) -> Result<Value> {
        let inactive = json!({"active": false});
        if let Some(own) = self.machine_token(conn, asking, token)? {
            return Ok(own);
        }
        let access = self.access(conn, token)?;
        let (kind, found) = match access {
            Some(found) => ("access", Some(found)),
            None => ("refresh", self.refresh_of(conn, token)?),
        };
        let Some((grant, client)) = found.filter(|(_, client)| may_know(asking, client)) else {
            return Ok(inactive);
        };
        let Some(admitted) = self.admitted(conn, &grant, &client, Use::Introspect)? else {
            return Ok(inactive);
        };
        let life = client.lifetimes(grant.reach);
        let expires = if kind == "access" { grant.access_expires(&life) } else { grant.expires };
        let issuer = self.issuer(client.settings.profile.face());
        let mut out = json!({
            "active": true,
            "iss": issuer,
            "sub": self.0.pairwise.of(grant.person, &client),
            "aud": client.settings.audience.as_deref().unwrap_or(issuer),
            "client_id": client.id,
            "scope": grant.scope,
            "iat": grant.generation_at.millis() / 1000,
            "exp": expires.millis() / 1000,
            "auth_time": grant.auth_time.millis() / 1000,
            "acr": grant.acr.urn(),
            "amr": grant.amr,
            "token_type": if grant.jkt.is_some() { "DPoP" } else { "Bearer" },
        });
        if let Some(jkt) = grant.jkt {
            out["cnf"] = json!({"jkt": jkt});
        }
        Ok(claims::with_representation(out, admitted.mandate.as_ref().map(Mandate::claim)))
    }

    /// A token in an application's own name: its signature tells, and the application must still be one.
    fn machine_token(&self, conn: &mut Conn<'_>, asking: &Client, token: &str) -> Result<Option<Value>> {
        let claims = self.0.keys.load().read("at+jwt", token);
        let Some(mut claims) = claims.filter(|c| c["sub"] == c["client_id"]) else { return Ok(None) };
        let id = claims["client_id"].as_str().unwrap_or_default();
        let client = store::client(conn, id)?.filter(|c| may_know(asking, c) && may_issue_itself(c).is_ok());
        let alive = claims["exp"].as_i64().is_some_and(|exp| self.now().millis() < exp * 1000);
        if client.is_none() || !alive {
            return Ok(Some(json!({"active": false})));
        }
        claims["active"] = true.into();
        Ok(Some(claims))
    }

    fn refresh_of(&self, conn: &mut Conn<'_>, token: &str) -> Result<Option<(Grant, Client)>> {
        let Some((grant, presented)) = self.find(conn, token)? else { return Ok(None) };
        let Some(client) = store::client(conn, &grant.client_id)? else { return Ok(None) };
        let profile = client.settings.profile;
        let state = self.0.tokens.refresh(&grant, &presented, profile, self.now());
        let ours = presented.form == Form::of(profile) && matches!(state, Refresh::Rotate | Refresh::Repeat);
        Ok(ours.then_some((grant, client)))
    }

    /// Ends what a token of the application belongs to. Another's, or none, changes nothing (RFC 7009 §2.2).
    pub(crate) async fn revoke(&self, asking: &Client, token: &str) -> Result<()> {
        let (identity, asking, token) = (self.clone(), asking.clone(), token.to_owned());
        let revoke = move |tx: &mut Tx<'_>| {
            let found = match identity.access(tx, &token)? {
                Some(found) => Some(found),
                None => identity.refresh_of(tx, &token)?,
            };
            match found.filter(|(_, client)| client.id == asking.id) {
                Some((grant, _)) => store::revoke_grant(tx, grant.key, identity.now()),
                None => Ok(()),
            }
        };
        self.0.db.write(revoke).await
    }
}

/// `jti` of a signed access token: where its grant lies, and the generation.
fn grant_of(jti: &str) -> Option<(GrantKey, i64)> {
    let (head, generation) = jti.split_once('.')?;
    let head: [u8; 7] = hex::decode(head).ok()?.try_into().ok()?;
    Some((GrantKey::from_head(head), generation.parse().ok()?))
}

/// Its own tokens, or those for the API that it is.
fn may_know(asking: &Client, client: &Client) -> bool {
    let resource = asking.settings.resource.as_deref();
    asking.id == client.id || (resource.is_some() && resource == client.settings.audience.as_deref())
}
