//! Requests for certificates: the holder asks, and may take it back until there is a certificate.

use copihue_core::{Actor, Error, Id, Kind, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::{DESK, NewAct, Place, Registration, hat_of};
use crate::app::setup::new_id;
use crate::app::signing_hat;
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, RequestState, RequestStep};
use crate::model::holder::{Asking, FeeStaff, Holder, check_asking};
use crate::model::token::Purpose;
use crate::policy::REQUEST;
use crate::store::{cert_request as store, holder as holder_store};

/// Business days of the ministro de fe to decide.
const CERTIFIER_TERM: (&str, u16) = ("firma_ministro_de_fe", 5);
/// Requests that a holder may write in a day: each one that is sent goes to every ministro de fe of the body.
const MOST_A_DAY: i64 = 10;
const DAY_S: i64 = 86_400;

/// What a holder asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draft {
    /// What it shall sign.
    pub purpose: Purpose,
    /// For how long.
    pub months: u16,
}

impl Registration {
    /// Writes a request, to be looked through and sent. The names are the login's own (SIG-18).
    ///
    /// # Errors
    /// As [`check_asking`]; `no_es_titular`, `solicitud_abierta`, `certificado_vigente`, `demasiadas_solicitudes`.
    pub async fn begin_request(&self, actor: &Actor, draft: Draft) -> Result<Id> {
        let (person, hat) = signing_hat(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Create, (REQUEST, &institution), Some(official))?;
        let place = self.place(&institution, official)?;
        let at = self.now();
        let request = CertRequest {
            id: new_id(self.signing(), &institution, at),
            institution,
            official,
            purpose: draft.purpose,
            months: draft.months,
            state: RequestState::Draft,
            name: person.name.clone(),
            post: place.post,
            created_at: at,
            sent_at: None,
            due: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            certification: None,
            serial: None,
            not_after: None,
        };
        let (registration, id) = (self.clone(), request.id);
        let write = move |tx: &mut Tx<'_>| {
            registration.entitled(tx, &request)?;
            registration.check_none_open(tx, &request)?;
            registration.check_not_too_many(tx, &request)?;
            store::add(tx, &request)
        };
        self.signing().db().write(write).await?;
        Ok(id)
    }

    pub(super) fn holder_of(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<(Holder, FeeStaff)> {
        let bucket = self.signing().bucket(&request.institution);
        let holder = holder_store::get(tx, bucket, &request.institution, request.official)?;
        let settings = holder_store::settings(tx, &request.institution)?;
        Ok((holder.ok_or_else(no_holder)?, settings.fee_staff))
    }

    /// Whether the holder may have what they ask for, by what operator and directory say at this moment; and what they say.
    fn entitled(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<(Holder, Place)> {
        let place = self.place(&request.institution, request.official)?;
        let (holder, fee_staff) = self.holder_of(tx, request)?;
        let (body, bond, CertRequest { purpose, months, .. }) = (place.body.kind, place.bond, request);
        let (purpose, months) = (*purpose, *months);
        check_asking(&Asking { body, bond, fee_staff, holder: &holder, purpose, months })?;
        Ok((holder, place))
    }

    /// The same of a request that was written before: there is no field any more in which to mend it.
    pub(super) fn still_entitled(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<(Holder, Place)> {
        self.entitled(tx, request).map_err(|error| match error.kind() {
            Kind::Invalid => Error::conflict(error.code(), error.detail()),
            _ => error,
        })
    }

    /// One request for a purpose at a time, and none beside a certificate that lasts.
    fn check_none_open(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
        let (bucket, now) = (self.signing().bucket(&request.institution), self.now());
        let others = store::living(tx, bucket, &request.institution, request.official)?;
        let same = || others.iter().filter(|r| r.purpose == request.purpose && r.id != request.id);
        if same().any(|r| r.state.is_open()) {
            let text = "Ya tiene una solicitud abierta para este tipo de certificado.";
            return Err(Error::conflict("solicitud_abierta", text));
        }
        let lasts = |r: &CertRequest| r.state_at(now) == RequestState::InForce && !r.ends_soon(now);
        if same().any(lasts) {
            let text =
                "Ya tiene un certificado vigente de este tipo. Podrá renovarlo en sus últimos 60 días.";
            return Err(Error::conflict("certificado_vigente", text));
        }
        Ok(())
    }

    fn check_not_too_many(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
        let bucket = self.signing().bucket(&request.institution);
        let (of, after) = ((request.institution.as_str(), request.official), self.now().plus_seconds(-DAY_S));
        if store::count_after(tx, bucket, of, after)? < MOST_A_DAY {
            return Ok(());
        }
        let text =
            format!("Ya hizo {MOST_A_DAY} solicitudes en las últimas 24 horas. Inténtelo otra vez mañana.");
        Err(Error::conflict("demasiadas_solicitudes", text))
    }

    /// A request, for whoever may see it. Others' is not there.
    pub(crate) async fn request(&self, actor: &Actor, id: Id) -> Result<CertRequest> {
        let found = self.signing().db().read(move |conn| store::get(conn, id)).await?;
        let request = found.ok_or_else(Error::not_found)?;
        self.decide(actor, Action::Read, (REQUEST, &request.institution), Some(request.official))?;
        Ok(request)
    }

    /// Sends a request, with the names of the login and the post of this moment: from now on the ministro de fe's term runs.
    ///
    /// # Errors
    /// Not found; `paso_imposible`, and as [`check_asking`]; forbidden for anybody but the holder.
    pub async fn send_request(&self, actor: &Actor, id: Id) -> Result<()> {
        let request = self.request(actor, id).await?;
        let (person, hat) = signing_hat(actor)?;
        if hat.official != request.official {
            return Err(Error::forbidden("Solo el titular envía su solicitud."));
        }
        let place = self.place(&request.institution, request.official)?;
        let (due, certifiers) = (
            self.due(&place.body, CERTIFIER_TERM)?,
            self.addresses(&request.institution, crate::CERTIFIER).await?,
        );
        let (registration, actor, person) = (self.clone(), actor.clone(), person.clone());
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Send, registration.now())?;
            let (_, place) = registration.still_entitled(tx, &request)?;
            let of = (request.institution.as_str(), request.official);
            holder_store::meet(tx, id.bucket(), of, person.id, &person.name)?;
            (request.name, request.post) = (person.name.clone(), place.post);
            (request.sent_at, request.due) = (Some(registration.now()), Some(due));
            store::save(tx, &request)?;
            let act = NewAct::of(ActKind::RequestSent, request.official, &actor).request(id);
            registration.record(tx, &request.institution, act)?;
            let text = format!("{} pidió un certificado de firma electrónica.", request.name);
            for (_, to) in &certifiers {
                registration.write_to(tx, Some(to), "Solicitud de certificado por revisar", &text, DESK)?;
            }
            Ok(())
        };
        self.signing().db().write(write).await
    }

    /// Takes a request back before there is a certificate: the holder their own, the operator anybody's of the body.
    ///
    /// # Errors
    /// Not found; `paso_imposible`.
    pub(crate) async fn cancel_request(&self, actor: &Actor, id: Id) -> Result<()> {
        let request = self.request(actor, id).await?;
        self.decide(actor, Action::Change, (REQUEST, &request.institution), Some(request.official))?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let request = store::get(tx, id)?.ok_or_else(Error::not_found)?;
            registration.cancel(tx, request, Some(&actor), None)
        };
        self.signing().db().write(write).await
    }

    /// Cancels a request, by somebody or, where it may lead to no certificate any more, by the platform.
    pub(super) fn cancel(
        &self,
        tx: &mut Tx<'_>,
        mut request: CertRequest,
        by: Option<&Actor>,
        why: Option<&str>,
    ) -> Result<()> {
        request.take(RequestStep::Cancel, self.now())?;
        if let Some(actor) = by {
            self.decided(&mut request, actor)?;
        }
        request.reason = why.map(str::to_owned);
        store::save(tx, &request)?;
        let doer = by.map(hat_of).transpose()?.map(|hat| hat.official);
        let (kind, official, id) = (ActKind::RequestCancelled, Some(request.official), Some(request.id));
        self.record(tx, &request.institution, NewAct { kind, official, request: id, doer, note: why })
    }

    pub(super) fn decided(&self, request: &mut CertRequest, actor: &Actor) -> Result<()> {
        request.decided_by = Some(hat_of(actor)?.official);
        request.decided_at = Some(self.now());
        Ok(())
    }

    /// Requests of the actor's body in some states, the oldest first.
    pub(crate) async fn requests_in(
        &self,
        actor: &Actor,
        states: &'static [RequestState],
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<CertRequest>> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Read, (REQUEST, &institution), None)?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let mut all = Vec::new();
            for state in states {
                all.extend(store::in_state(conn, bucket, (&institution, *state), after, limit)?);
            }
            all.sort_by_key(|request| request.id);
            all.truncate(limit);
            Ok(all)
        };
        self.signing().db().read(read).await
    }

    /// Mail addresses of those who hold a role in a body.
    pub(super) async fn addresses(&self, institution: &str, role: &str) -> Result<Vec<(Id, String)>> {
        let mut all = Vec::new();
        for official in self.directory().snapshot().holders(institution, role, self.now()) {
            if let Some(email) = self.directory().email_of(official).await? {
                all.push((official, email));
            }
        }
        Ok(all)
    }
}

/// The request after a step, not yet saved.
pub(super) fn taken(
    tx: &mut Tx<'_>,
    id: Id,
    step: RequestStep,
    now: copihue_core::Timestamp,
) -> Result<CertRequest> {
    let mut request = store::get(tx, id)?.ok_or_else(Error::not_found)?;
    request.take(step, now)?;
    Ok(request)
}

fn no_holder() -> Error {
    let text = "Todavía no es titular de firma. Pida al operador de su institución que lo agregue.";
    Error::conflict("no_es_titular", text)
}
