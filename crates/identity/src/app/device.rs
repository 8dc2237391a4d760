//! A device without a browser asks, a person with one decides (RFC 8628).

use std::net::IpAddr;

use copihue_core::{Acr, Error, Id, Result, Timestamp, json::sha256};
use copihue_db::Tx;
use copihue_web::Session;

use super::Happened;
use super::client_auth::Answer;
use super::redeem::{Granted, Redeemer};
use crate::Identity;
use crate::model::authorize::read_scope;
use crate::model::client::Client;
use crate::model::device::{DeviceRequest, DeviceState, PAUSE_SECONDS, WAIT_SECONDS, user_code};
use crate::model::event::EventKind;
use crate::model::gate::{Ask, Use, may_issue};
use crate::model::grant::Grant;
use crate::model::mandate::Acting;
use crate::model::oauth::TokenError;
use crate::model::profile::{Profile, Reach};
use crate::model::throttle::{Limit, Verdict};
use crate::store::{self, SsoSession};

/// Codes that a person may type: a few at once, then ever slower (G1). One that was right counts too: else a guesser would make
/// room with codes of their own.
const TRIES: Limit = Limit { free: 8, first_wait: 60, max_wait: 15 * 60, forget: 10 * 60 };

/// Whether a code that somebody typed is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TooMany {
    /// It is.
    Go,
    /// Not for a while.
    Wait,
}

/// The two codes of a device's request.
pub(crate) struct Codes {
    pub(crate) device: String,
    pub(crate) user: String,
}

/// What a person decides over.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(crate) request: DeviceRequest,
    pub(crate) client: Client,
}

impl Identity {
    /// A device asks.
    pub(crate) async fn ask_for_device(
        &self,
        client: &Client,
        scope: &str,
        place: &str,
    ) -> Result<Answer<Codes>> {
        if !client.settings.device || client.settings.profile != Profile::Base {
            return Ok(Err(TokenError::UnauthorizedClient));
        }
        let Ok(scope) = read_scope(client, scope) else { return Ok(Err(TokenError::InvalidScope)) };
        let codes = Codes { device: self.random_text(), user: user_code(&*self.0.random) };
        let now = self.now();
        let request = DeviceRequest {
            client_id: client.id.clone(),
            scope: scope.join(" "),
            place: place.to_owned(),
            created: now,
            expires: now.plus_seconds(WAIT_SECONDS),
            polled: now.plus_seconds(-PAUSE_SECONDS),
            pause: PAUSE_SECONDS,
            state: DeviceState::Waiting,
            grant: None,
        };
        let (id, user) = (sha256(codes.device.as_bytes()), self.user_code_hash(&codes.user));
        let write = move |tx: &mut Tx<'_>| store::insert_device_request(tx, &id, &user, &request);
        self.0.db.write(write).await?;
        Ok(Ok(codes))
    }

    /// Counts a code that somebody typed, by person and by address.
    pub(crate) async fn try_user_code(&self, person: Id, peer: IpAddr) -> Result<TooMany> {
        let identity = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            let mine = (person.bucket(), identity.subject("user code", person.as_bytes()));
            let one = identity.take(tx, mine, TRIES, now)?;
            let two = identity.take(
                tx,
                identity.prefix("user code", peer),
                identity.0.config.limits.prefix,
                now,
            )?;
            let go = one.0 == Verdict::Go && two.0 == Verdict::Go;
            Ok(if go { TooMany::Go } else { TooMany::Wait })
        };
        self.0.db.write(write).await
    }

    /// Keyed: of so few letters a plain hash tells the code.
    fn user_code_hash(&self, code: &str) -> [u8; 32] {
        self.0.sealer.hash(format!("user code:{code}").as_bytes())
    }

    /// What waits under a code that somebody typed.
    pub(crate) async fn waiting(&self, code: &str) -> Result<Option<Waiting>> {
        let (hash, now) = (self.user_code_hash(code), self.now());
        let found = self.0.db.read(move |conn| {
            let Some(request) = store::device_request_by_code(conn, &hash)? else { return Ok(None) };
            let client = store::client(conn, &request.client_id)?;
            Ok(client.map(|client| Waiting { request, client }))
        });
        let open = |w: &Waiting| w.request.state == DeviceState::Waiting && now < w.request.expires;
        Ok(found.await?.filter(open))
    }

    /// The person decides: yes gives the device a grant that waits for its next question.
    pub(crate) async fn decide(
        &self,
        session: &Session,
        code: &str,
        approve: bool,
        device: &str,
        trace: &str,
    ) -> Result<()> {
        let waiting = self.waiting(code).await?.ok_or_else(Error::not_found)?;
        let (identity, hash) = (self.clone(), self.user_code_hash(code));
        let origin = origin(session);
        let (device, trace) = (device.to_owned(), trace.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let Waiting { request, client } = &waiting;
            if !approve {
                store::decide_device(tx, &hash, DeviceState::Denied, None)?;
                return Ok(());
            }
            let grant = identity.device_grant(tx, client, request, &origin)?;
            store::insert_grant(tx, &grant)?;
            if !store::decide_device(tx, &hash, DeviceState::Approved, Some(grant.key))? {
                return Err(Error::conflict("codigo_usado", "Este código ya se usó."));
            }
            let what = Happened {
                client: Some(client),
                acr: Some(grant.acr),
                device: &device,
                trace: &trace,
                ..Happened::of(grant.person, EventKind::Device)
            };
            identity.happened(tx, what)
        };
        self.0.db.write(write).await
    }

    fn device_grant(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        request: &DeviceRequest,
        origin: &SsoSession,
    ) -> Result<Grant> {
        let now = self.now();
        let person = self.person_in(tx, origin.person)?.ok_or_else(Error::not_found)?;
        let ask = Ask {
            person: &person,
            client,
            how: Use::Device,
            epoch: person.epoch,
            level: origin.acr,
            amr: &origin.amr,
            acting: Acting::Self_,
            now,
        };
        may_issue(&ask).map_err(|_| Error::forbidden("Su cuenta no puede usarse con esta aplicación."))?;
        self.agree_to(tx, person.id, client, &request.scope.split(' ').collect::<Vec<_>>())?;
        let offline = request.scope.split(' ').any(|s| s == "offline_access");
        let reach = if offline { Reach::Offline } else { Reach::Session };
        Ok(self.new_grant(client, &person, origin, &request.scope, reach))
    }

    /// The device asks what became of it.
    pub(super) fn redeem_device(
        &self,
        tx: &mut Tx<'_>,
        who: &Redeemer,
        code: &str,
    ) -> Result<Answer<Granted>> {
        let (id, now) = (sha256(code.as_bytes()), self.now());
        let found = store::device_request(tx, &id)?.filter(|r| r.client_id == who.client.id);
        let Some(request) = found else { return Ok(Err(TokenError::InvalidGrant)) };
        if now >= request.expires {
            return Ok(Err(TokenError::ExpiredToken));
        }
        if now < request.polled.plus_seconds(request.pause) {
            store::polled(tx, &id, now, request.pause + PAUSE_SECONDS)?;
            return Ok(Err(TokenError::SlowDown));
        }
        store::polled(tx, &id, now, request.pause)?;
        let key = match (request.state, request.grant) {
            (DeviceState::Approved, Some(key)) => key,
            (DeviceState::Denied, _) => return Ok(Err(TokenError::AccessDenied)),
            _ => return Ok(Err(TokenError::AuthorizationPending)),
        };
        match store::grant(tx, key)?.filter(|grant| grant.code_used.is_none()) {
            Some(grant) => self.begin(tx, who, grant, Use::Device),
            None => Ok(Err(TokenError::InvalidGrant)),
        }
    }
}

/// The session of our own pages that the person decided in, as the origin of a grant.
fn origin(session: &Session) -> SsoSession {
    let sid = session.sid.as_deref().and_then(|sid| sid.parse::<Id>().ok());
    SsoSession {
        sid: sid.unwrap_or(session.id),
        person: session.person.id,
        acr: session.acr.min(Acr::High),
        amr: session.amr.clone(),
        // Where nobody knows, it was long ago: an application that wants a fresh login asks for one.
        auth_time: session.authenticated.unwrap_or(Timestamp::from_millis(0)),
        expires: session.expires,
        last_seen: session.created,
        label: String::new(),
    }
}
