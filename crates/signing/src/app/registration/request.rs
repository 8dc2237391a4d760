//! Requests for certificates: the holder asks, the ministro de fe decides.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::{Extra, NewAct, Registration, hat_of, issue};
use crate::app::setup::new_id;
use crate::app::signing_hat;
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, Certification, RequestState, RequestStep, check_reason};
use crate::model::holder::{Asking, Holder, check_asking, check_certifier, check_eligible};
use crate::model::token::Purpose;
use crate::policy::REQUEST;
use crate::store::{cert_request as store, holder as holder_store};

/// Business days of the ministro de fe to decide.
const CERTIFIER_TERM: (&str, u16) = ("firma_ministro_de_fe", 5);
/// Where holders see what is theirs.
const MINE: &str = "/gestion/firma/mi-certificado";
/// Where the ministro de fe decides.
const DESK: &str = "/gestion/firma/solicitudes";

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
    /// As [`check_asking`]; `no_es_titular`, `solicitud_abierta`, `certificado_vigente`.
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
        let (registration, id, body, bond) = (self.clone(), request.id, place.body.kind, place.bond);
        let write = move |tx: &mut Tx<'_>| {
            let (holder, fee_staff) = registration.holder_of(tx, &request)?;
            let CertRequest { purpose, months, .. } = request;
            check_asking(&Asking { body, bond, fee_staff, holder: &holder, purpose, months })?;
            registration.check_none_open(tx, &request)?;
            store::add(tx, &request)
        };
        self.signing().db().write(write).await?;
        Ok(id)
    }

    fn holder_of(
        &self,
        tx: &mut Tx<'_>,
        request: &CertRequest,
    ) -> Result<(Holder, crate::model::holder::FeeStaff)> {
        let bucket = self.signing().bucket(&request.institution);
        let holder = holder_store::get(tx, bucket, &request.institution, request.official)?;
        let settings = holder_store::settings(tx, &request.institution)?;
        Ok((holder.ok_or_else(no_holder)?, settings.fee_staff))
    }

    /// One request for a purpose at a time, and none beside a certificate that lasts.
    fn check_none_open(&self, tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
        let (bucket, now) = (self.signing().bucket(&request.institution), self.now());
        let others = store::of_holder(tx, bucket, &request.institution, request.official)?;
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

    /// A request, for whoever may see it. Others' is not there.
    pub(crate) async fn request(&self, actor: &Actor, id: Id) -> Result<CertRequest> {
        let found = self.signing().db().read(move |conn| store::get(conn, id)).await?;
        let request = found.ok_or_else(Error::not_found)?;
        self.decide(actor, Action::Read, (REQUEST, &request.institution), Some(request.official))?;
        Ok(request)
    }

    /// Sends a request: from now on the ministro de fe's term runs.
    ///
    /// # Errors
    /// Not found; `paso_imposible`; forbidden for anybody but the holder.
    pub async fn send_request(&self, actor: &Actor, id: Id) -> Result<()> {
        let request = self.request(actor, id).await?;
        if hat_of(actor)?.official != request.official {
            return Err(Error::forbidden("Solo el titular envía su solicitud."));
        }
        let place = self.place(&request.institution, request.official)?;
        let (due, certifiers) = (
            self.due(&place.body, CERTIFIER_TERM)?,
            self.addresses(&request.institution, crate::CERTIFIER).await?,
        );
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Send, registration.now())?;
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

    /// Takes a request back before it is decided: the holder their own, the operator anybody's of the body.
    ///
    /// # Errors
    /// Not found; `paso_imposible`.
    pub(crate) async fn cancel_request(&self, actor: &Actor, id: Id) -> Result<()> {
        let request = self.request(actor, id).await?;
        self.decide(actor, Action::Change, (REQUEST, &request.institution), Some(request.official))?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Cancel, registration.now())?;
            registration.decided(&mut request, &actor)?;
            store::save(tx, &request)?;
            let act = NewAct::of(ActKind::RequestCancelled, request.official, &actor).request(id);
            registration.record(tx, &request.institution, act)
        };
        self.signing().db().write(write).await
    }

    /// The ministro de fe refuses a request, with a reason that the holder reads.
    ///
    /// # Errors
    /// Not found; `motivo_faltante`, `paso_imposible`, `ministro_sin_planta`.
    pub(crate) async fn reject_request(&self, actor: &Actor, id: Id, reason: &str) -> Result<()> {
        self.certifier(actor, id).await?;
        let (registration, actor, reason) = (self.clone(), actor.clone(), check_reason(reason)?);
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Reject, registration.now())?;
            registration.decided(&mut request, &actor)?;
            request.reason = Some(reason.clone());
            store::save(tx, &request)?;
            let act =
                NewAct::of(ActKind::RequestRejected, request.official, &actor).request(id).note(&reason);
            registration.record(tx, &request.institution, act)?;
            let (holder, _) = registration.holder_of(tx, &request)?;
            let text = format!("Su solicitud de certificado fue rechazada.\n\nMotivo: {reason}");
            registration.write_to(tx, holder.email.as_deref(), "Su solicitud de certificado", &text, MINE)
        };
        self.signing().db().write(write).await
    }

    /// The ministro de fe certifies who the holder is; the key is made and the certificate issued. Who certifies themself is
    /// flagged, and a second person is told.
    ///
    /// # Errors
    /// Not found; `paso_imposible`, `ministro_sin_planta`, and as [`check_eligible`] and [`Self::check_extra`].
    pub(crate) async fn approve_request(&self, actor: &Actor, id: Id, extra: Extra<'_>) -> Result<()> {
        let request = self.certifier(actor, id).await?;
        self.check_extra(actor, extra).await?;
        let place = self.place(&request.institution, request.official)?;
        let certification = match hat_of(actor)?.official == request.official {
            true => Certification::OfOneself,
            false => Certification::ByAnother,
        };
        let second = match certification {
            Certification::OfOneself => self.second_persons(&request).await?,
            Certification::ByAnother => Vec::new(),
        };
        let (registration, by, body, bond) = (self.clone(), actor.clone(), place.body.kind, place.bond);
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Approve, registration.now())?;
            let (_, fee_staff) = registration.holder_of(tx, &request)?;
            check_eligible(body, bond, fee_staff)?;
            registration.decided(&mut request, &by)?;
            request.certification = Some(certification);
            store::save(tx, &request)?;
            let kind = match certification {
                Certification::OfOneself => ActKind::RequestSelfApproved,
                Certification::ByAnother => ActKind::RequestApproved,
            };
            registration.record(
                tx,
                &request.institution,
                NewAct::of(kind, request.official, &by).request(id),
            )?;
            for (_, to) in &second {
                let text = format!(
                    "{} aprobó como ministro de fe su propio certificado de firma. Revise que corresponda.",
                    request.name
                );
                registration.write_to(
                    tx,
                    Some(to),
                    "Un ministro de fe se certificó a sí mismo",
                    &text,
                    DESK,
                )?;
            }
            issue::enqueue(tx, id, registration.now())
        };
        self.signing().db().write(write).await?;
        self.issue(id).await
    }

    /// The request, for a ministro de fe who may decide about it.
    async fn certifier(&self, actor: &Actor, id: Id) -> Result<CertRequest> {
        let request = self.request(actor, id).await?;
        self.decide(actor, Action::Decide, (REQUEST, &request.institution), Some(request.official))?;
        check_certifier(self.place(&request.institution, hat_of(actor)?.official)?.bond)?;
        Ok(request)
    }

    fn decided(&self, request: &mut CertRequest, actor: &Actor) -> Result<()> {
        request.decided_by = Some(hat_of(actor)?.official);
        request.decided_at = Some(self.now());
        Ok(())
    }

    /// Requests of the actor's body in a state, the oldest first.
    pub(crate) async fn requests_in(
        &self,
        actor: &Actor,
        state: RequestState,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<CertRequest>> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Read, (REQUEST, &institution), None)?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            store::in_state(conn, bucket, (&institution, state), after, limit)
        };
        self.signing().db().read(read).await
    }

    /// Who hears of a ministro de fe's own certificate: the head of the service and the operators, but never they themselves.
    async fn second_persons(&self, request: &CertRequest) -> Result<Vec<(Id, String)>> {
        let mut all = self.addresses(&request.institution, "jefe_superior").await?;
        all.extend(self.addresses(&request.institution, crate::OPERATOR).await?);
        all.retain(|(official, _)| *official != request.official);
        // Who holds both roles hears it once.
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all.dedup_by(|a, b| a.1 == b.1);
        Ok(all)
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
fn taken(tx: &mut Tx<'_>, id: Id, step: RequestStep, now: copihue_core::Timestamp) -> Result<CertRequest> {
    let mut request = store::get(tx, id)?.ok_or_else(Error::not_found)?;
    request.take(step, now)?;
    Ok(request)
}

fn no_holder() -> Error {
    let text = "Todavía no es titular de firma. Pida al operador de su institución que lo agregue.";
    Error::conflict("no_es_titular", text)
}
