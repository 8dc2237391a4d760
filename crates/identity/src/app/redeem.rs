//! Codes become tokens.

use copihue_core::Result;
use copihue_db::{Conn, Tx};
use serde_json::{Value, json};

use super::Happened;
use super::client_auth::Answer;
use crate::Identity;
use crate::keys::SignAlg;
use crate::model::checklist::Sign;
use crate::model::claims;
use crate::model::client::{AccessForm, Client};
use crate::model::event::{EventKind, Outcome};
use crate::model::gate::{Ask, Use, may_issue, may_issue_itself};
use crate::model::grant::{Form, Grant, Presented, Purpose, Refresh};
use crate::model::mandate::{Acting, Mandate};
use crate::model::oauth::TokenError;
use crate::model::person::Person;
use crate::model::pkce;
use crate::model::profile::{Face, Reach};
use crate::model::token::Redeem;
use crate::store;

/// What the token endpoint gives.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) id_token: Option<String>,
    expires_in: i64,
    /// Said in the open contract only.
    scope: Option<String>,
    token_type: &'static str,
}

/// A grant that may be used now, with its person: what a transaction answers before anything is signed.
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) admitted: Admitted,
}

/// A person whom the gate let pass, and the mandate by which they act.
pub(super) struct Admitted {
    pub(super) person: Person,
    pub(super) mandate: Option<Mandate>,
}

/// Why a code can't be redeemed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spoiled {
    /// It is none of ours, or none any more.
    Unknown,
    /// It was redeemed before.
    Used,
    /// It was given to another application.
    Foreign,
    /// PKCE's verifier does not answer its challenge; or one of the two is absent.
    Verifier,
    /// The address is another than at the login.
    Address,
    /// It came too late.
    Late,
}

impl Spoiled {
    /// The end of its text's key.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Used => "used",
            Self::Foreign => "foreign",
            Self::Verifier => "verifier",
            Self::Address => "address",
            Self::Late => "late",
        }
    }
}

/// Who redeems, and with which key in hand.
#[derive(Clone)]
pub(crate) struct Redeemer {
    pub(crate) client: Client,
    /// Thumbprint of the key that the request was proved with.
    pub(crate) jkt: Option<String>,
    pub(crate) trace: String,
    /// Network address of the application's server.
    pub(crate) peer: std::net::IpAddr,
}

impl Redeemer {
    /// Whether the key in hand is the one that the grant wants, or one where the application must have one.
    fn holds(&self, bound: Option<&str>) -> Answer<()> {
        match (bound, &self.jkt) {
            (Some(bound), Some(jkt)) if bound == jkt => Ok(()),
            (None, Some(_)) => Ok(()),
            (None, None) if !self.client.is_alto() => Ok(()),
            _ => Err(TokenError::InvalidDpopProof),
        }
    }
}

impl Identity {
    /// Tokens for a code, a refresh token, a device's code, or for the application itself.
    pub(crate) async fn redeem(&self, who: Redeemer, what: Redeem) -> Result<Answer<Tokens>> {
        if let Redeem::Machine { scope } = &what {
            return self.machine(&who, scope.as_deref());
        }
        let refreshed = matches!(what, Redeem::Refresh { .. });
        let (identity, by) = (self.clone(), who.clone());
        let granted = self.0.db.write(move |tx| match &what {
            Redeem::Code { code, redirect_uri, verifier } => {
                identity.redeem_code(tx, &by, code, redirect_uri.as_deref(), verifier.as_deref())
            }
            Redeem::Refresh { token, scope } => identity.refresh(tx, &by, token, scope.as_deref()),
            Redeem::Device { code } => identity.redeem_device(tx, &by, code),
            Redeem::Machine { .. } => Ok(Err(TokenError::UnsupportedGrantType)),
        });
        match granted.await? {
            Ok(granted) => Ok(Ok(self.tokens(&who.client, &granted, refreshed)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    fn tokens(
        &self,
        client: &Client,
        Granted { grant, admitted }: &Granted,
        refreshed: bool,
    ) -> Result<Tokens> {
        let profile = client.settings.profile;
        let life = client.lifetimes(grant.reach);
        let representation = admitted.mandate.as_ref().map(Mandate::claim);
        let access = self.access_token(client, grant, representation.clone())?;
        // An id_token says what happened at the login: it comes with the first tokens only.
        let id_token = match refreshed {
            false => Some(self.id_token(client, grant, &admitted.person, &access, representation)?),
            true => None,
        };
        let refresh = client.settings.refresh.then(|| self.0.tokens.mint(grant, Purpose::Refresh, profile));
        let national = profile.face() == Face::National;
        Ok(Tokens {
            access,
            refresh,
            id_token,
            expires_in: life.access,
            scope: (!national).then(|| grant.scope.clone()),
            token_type: match (national, &grant.jkt) {
                (true, _) => "bearer",
                (false, Some(_)) => "DPoP",
                (false, None) => "Bearer",
            },
        })
    }

    fn id_token(
        &self,
        client: &Client,
        grant: &Grant,
        person: &Person,
        access: &str,
        representation: Option<Value>,
    ) -> Result<String> {
        let about = claims::About {
            issuer: self.issuer(client.settings.profile.face()),
            sub: &self.0.pairwise.sub(person, client),
            access_token: access,
            now: self.now(),
        };
        let alg = if client.settings.rs256 { SignAlg::Rs256 } else { SignAlg::Es256 };
        let claims = claims::with_representation(claims::id_token(&about, client, grant), representation);
        self.0.keys.load().current(alg)?.sign("JWT", &claims)
    }

    /// The access token of the grant's present generation.
    fn access_token(&self, client: &Client, grant: &Grant, representation: Option<Value>) -> Result<String> {
        let profile = client.settings.profile;
        if client.settings.access == AccessForm::Opaque || profile.face() == Face::National {
            return Ok(self.0.tokens.mint(grant, Purpose::Access, profile));
        }
        let jti = format!("{}.{}", hex::encode(grant.key.head()), grant.generation);
        let sub = self.0.pairwise.of(grant.person, client);
        let claims = claims::access_token(self.issuer(Face::Open), &sub, &jti, client, grant);
        let claims = claims::with_representation(claims, representation);
        self.0.keys.load().current(SignAlg::Es256)?.sign("at+jwt", &claims)
    }

    /// A token in the application's own name: signed, short, and kept nowhere.
    fn machine(&self, who: &Redeemer, scope: Option<&str>) -> Result<Answer<Tokens>> {
        let client = &who.client;
        if client.settings.profile.face() == Face::National {
            return Ok(Err(TokenError::UnsupportedGrantType));
        }
        if may_issue_itself(client).is_err() {
            return Ok(Err(TokenError::UnauthorizedClient));
        }
        if let Err(error) = who.holds(None) {
            return Ok(Err(error));
        }
        let wanted = scope.unwrap_or_default().split_ascii_whitespace();
        if wanted.clone().any(|s| !client.scopes.iter().any(|own| own == s)) {
            return Ok(Err(TokenError::InvalidScope));
        }
        let (iat, expires_in) = (self.now().millis() / 1000, client.lifetimes(Reach::Session).access);
        let issuer = self.issuer(Face::Open);
        let scope = wanted.collect::<Vec<_>>().join(" ");
        let mut claims = json!({
            "iss": issuer,
            "sub": client.id,
            "client_id": client.id,
            "aud": client.settings.audience.as_deref().unwrap_or(issuer),
            "scope": scope,
            "iat": iat,
            "exp": iat + expires_in,
            "jti": self.random_text(),
        });
        if let Some(jkt) = &who.jkt {
            claims["cnf"] = json!({"jkt": jkt});
        }
        let access = self.0.keys.load().current(SignAlg::Es256)?.sign("at+jwt", &claims)?;
        let token_type = if who.jkt.is_some() { "DPoP" } else { "Bearer" };
        let scope = Some(scope);
        Ok(Ok(Tokens { access, refresh: None, id_token: None, expires_in, scope, token_type }))
    }

    fn redeem_code(
        &self,
        tx: &mut Tx<'_>,
        who: &Redeemer,
        code: &str,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Result<Answer<Granted>> {
        let (client, now) = (&who.client, self.now());
        let found = self.find(tx, code)?;
        let spoiled = self.spoiled(found.as_ref(), client, redirect_uri, verifier);
        let Some((grant, _)) = found.filter(|_| spoiled != Some(Spoiled::Unknown)) else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        match spoiled {
            None => self.begin(tx, who, grant, Use::Redeem),
            Some(Spoiled::Address) => Ok(Err(other_address(client))),
            Some(_) => {
                // Used twice, by another application, or without its proof: somebody else has it. Nothing of it stays valid.
                store::revoke_grant(tx, grant.key, now)?;
                if grant.generation > 0 {
                    self.happened(tx, reuse(&grant, client, &who.trace))?;
                }
                Ok(Err(TokenError::InvalidGrant))
            }
        }
    }

    /// Why a code is not what this application may redeem so.
    pub(super) fn spoiled(
        &self,
        found: Option<&(Grant, Presented)>,
        client: &Client,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Option<Spoiled> {
        let found = found.filter(|(grant, presented)| self.0.tokens.is_code(grant, presented));
        let Some((grant, presented)) = found else { return Some(Spoiled::Unknown) };
        match () {
            () if grant.code_used.is_some() => Some(Spoiled::Used),
            () if grant.client_id != client.id || presented.form != Form::of(client.settings.profile) => {
                Some(Spoiled::Foreign)
            }
            () if !pkce::verify(grant.challenge.as_deref(), verifier) => Some(Spoiled::Verifier),
            () if !same_address(grant, client, redirect_uri) => Some(Spoiled::Address),
            () => None,
        }
    }

    /// The first tokens of a grant.
    pub(super) fn begin(
        &self,
        tx: &mut Tx<'_>,
        who: &Redeemer,
        grant: Grant,
        how: Use,
    ) -> Result<Answer<Granted>> {
        let (client, now) = (&who.client, self.now());
        if let Err(error) = who.holds(grant.jkt.as_deref()) {
            return Ok(Err(error));
        }
        let admitted = self.admitted(tx, &grant, client, how)?;
        let life = client.lifetimes(grant.reach);
        // A device asks every few seconds: what it was given waits for it as long as it may ask.
        let alive = how == Use::Device || grant.code_alive(&life, now);
        let Some(admitted) = admitted.filter(|_| alive && grant.alive(now)) else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        if !store::redeem_code(tx, grant.key, who.jkt.as_deref(), now)? {
            store::revoke_grant(tx, grant.key, now)?;
            return Ok(Err(TokenError::InvalidGrant));
        }
        self.happened_to_both(tx, admitted.mandate.as_ref(), delivery(&grant, client, &who.trace))?;
        self.note_in(tx, client, Sign::Exchange, "")?;
        self.note_in(tx, client, Sign::Server, &who.peer.to_string())?;
        let jkt = who.jkt.clone();
        let grant = Grant { code_used: Some(now), generation: 1, generation_at: now, jkt, ..grant };
        Ok(Ok(Granted { grant, admitted }))
    }

    fn refresh(
        &self,
        tx: &mut Tx<'_>,
        who: &Redeemer,
        token: &str,
        scope: Option<&str>,
    ) -> Result<Answer<Granted>> {
        let (client, now, profile) = (&who.client, self.now(), who.client.settings.profile);
        let found = self
            .find(tx, token)?
            .filter(|(grant, presented)| grant.client_id == client.id && presented.form == Form::of(profile));
        let Some((grant, presented)) = found else { return Ok(Err(TokenError::InvalidGrant)) };
        let state = self.0.tokens.refresh(&grant, &presented, profile, now);
        if state == Refresh::Dead {
            return Ok(Err(TokenError::InvalidGrant));
        }
        if let Err(error) = who.holds(grant.jkt.as_deref()) {
            return Ok(Err(error));
        }
        if scope.is_some_and(|scope| scope.split_whitespace().any(|s| !grant.has_scope(s))) {
            return Ok(Err(TokenError::InvalidScope));
        }
        let Some(admitted) = self.admitted(tx, &grant, client, Use::Refresh)? else {
            return Ok(Err(TokenError::InvalidGrant));
        };
        match state {
            Refresh::Rotate => {
                if !store::advance(tx, grant.key, grant.generation, now)? {
                    return Ok(Err(TokenError::InvalidGrant));
                }
                let generation = grant.generation + 1;
                Ok(Ok(Granted { grant: Grant { generation, generation_at: now, ..grant }, admitted }))
            }
            Refresh::Repeat => Ok(Ok(Granted { grant, admitted })),
            Refresh::Reused => {
                store::revoke_grant(tx, grant.key, now)?;
                self.happened(tx, reuse(&grant, client, &who.trace))?;
                Ok(Err(TokenError::InvalidGrant))
            }
            Refresh::Dead => Ok(Err(TokenError::InvalidGrant)),
        }
    }

    /// The person of a grant and whom they act for, if the gate lets this use of it pass.
    pub(super) fn admitted(
        &self,
        conn: &mut Conn<'_>,
        grant: &Grant,
        client: &Client,
        how: Use,
    ) -> Result<Option<Admitted>> {
        let Some(person) = self.person_in(conn, grant.person)? else { return Ok(None) };
        // An application that may not ask any more is not told any more (K3).
        let by = grant.mandate.filter(|_| client.settings.representation);
        let mandate = by.map(|id| self.mandate_in(conn, person.id, id)).transpose()?.flatten();
        let validity = mandate.as_ref().map(|mandate| &mandate.validity);
        let acting = if grant.mandate.is_some() { Acting::By(validity) } else { Acting::Self_ };
        let ask = Ask {
            person: &person,
            client,
            how,
            epoch: grant.epoch,
            level: grant.acr,
            amr: &grant.amr,
            acting,
            now: self.now(),
        };
        let denied = may_issue(&ask).err();
        if let Some(why) = denied {
            tracing::info!(?why, ?how, client = client.id, "the gate stays closed");
        }
        Ok(denied.is_none().then_some(Admitted { person, mandate }))
    }

    /// The grant that a code or token names, not yet believed.
    pub(super) fn find(&self, conn: &mut Conn<'_>, text: &str) -> Result<Option<(Grant, Presented)>> {
        let Some(presented) = Presented::parse(text) else { return Ok(None) };
        Ok(store::grant(conn, presented.key)?.map(|grant| (grant, presented)))
    }
}

/// The national contract's clients send the address in several ways; ours may leave it out (OAuth 2.1), or send it as it was.
fn same_address(grant: &Grant, client: &Client, given: Option<&str>) -> bool {
    match client.settings.profile.face() {
        Face::National => given.is_some_and(|uri| grant.redirect_uri.is_same(uri)),
        Face::Open => given.is_none_or(|uri| grant.redirect_uri.is_exactly(uri)),
    }
}

/// What an application hears that names another address than at the login: in the national contract's own words.
fn other_address(client: &Client) -> TokenError {
    match client.settings.profile.face() {
        Face::National => TokenError::InvalidClient,
        Face::Open => TokenError::InvalidGrant,
    }
}

impl Tokens {
    /// The contract's answer.
    pub(crate) fn to_json(&self) -> Value {
        let mut out = json!({
            "access_token": self.access,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
        });
        for (name, value) in
            [("refresh_token", &self.refresh), ("id_token", &self.id_token), ("scope", &self.scope)]
        {
            if let Some(value) = value {
                out[name] = value.as_str().into();
            }
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
