//! Revocation, for good; and everything at once when a holder leaves.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::{Extra, MINE, NewAct, Registration, hat_of};
use crate::app::sign::end_of_trust;
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, RequestState, RequestStep};
use crate::model::motive::Motive;
use crate::policy::REQUEST;
use crate::store::{application, cert_request, certificate, holder as holder_store, otp};

impl Registration {
    /// Revokes a certificate: the operator any of the body, the holder their own. What it signed before this instant stays valid
    /// (SIG-04).
    ///
    /// # Errors
    /// Not found; `paso_imposible`, `motivo_ajeno`, and as [`Self::check_extra`].
    pub(crate) async fn revoke(&self, actor: &Actor, id: Id, motive: Motive, extra: Extra<'_>) -> Result<()> {
        let request = self.request(actor, id).await?;
        self.decide(actor, Action::Change, (REQUEST, &request.institution), Some(request.official))?;
        let own = hat_of(actor)?.official == request.official;
        if own && !actor.has_role(crate::OPERATOR) && !motive.is_for_holders() {
            return Err(Error::invalid("motivo_ajeno", "Elija un motivo de la lista.")
                .field("motivo", "Elija un motivo de la lista."));
        }
        self.check_extra(actor, extra).await?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let request = cert_request::get(tx, id)?.ok_or_else(Error::not_found)?;
            registration.revoke_one(tx, &actor, request, motive)
        };
        self.signing().db().write(write).await?;
        self.after_revocation(&request.institution, request.official).await
    }

    fn revoke_one(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        mut request: CertRequest,
        motive: Motive,
    ) -> Result<()> {
        let bucket = self.signing().bucket(&request.institution);
        request.take(RequestStep::Revoke, self.now())?;
        request.reason = Some(motive.text().to_owned());
        let serial = request.serial.clone().unwrap_or_default();
        certificate::revoke_one(tx, bucket, &serial, end_of_trust(self.now()), motive)?;
        cert_request::save(tx, &request)?;
        let act = NewAct::of(ActKind::Revoked, request.official, actor).request(request.id);
        self.record(tx, &request.institution, act.note(motive.text()))?;
        let holder = holder_store::get(tx, bucket, &request.institution, request.official)?;
        let text = format!("Su certificado de firma fue revocado.\n\nMotivo: {}", motive.text());
        let email = holder.and_then(|h| h.email);
        self.write_to(tx, email.as_deref(), "Su certificado fue revocado", &text, MINE)
    }

    /// A holder leaves: every certificate revoked, every open request taken back, every application's right withdrawn, the
    /// second factor taken away, and they are blocked. One act, all or nothing.
    ///
    /// # Errors
    /// Not found; the actor may not; as [`Self::check_extra`].
    pub(crate) async fn holder_leaves(
        &self,
        actor: &Actor,
        official: Id,
        motive: Motive,
        extra: Extra<'_>,
    ) -> Result<()> {
        let institution = self.operates(actor, Action::Change)?;
        self.check_extra(actor, extra).await?;
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, place) = (self.clone(), actor.clone(), institution.clone());
        let write = move |tx: &mut Tx<'_>| {
            let now = registration.now();
            holder_store::get(tx, bucket, &place, official)?.ok_or_else(Error::not_found)?;
            for request in cert_request::living(tx, bucket, &place, official)? {
                match request.state_at(now) {
                    RequestState::InForce => registration.revoke_one(tx, &actor, request, motive)?,
                    state if state.is_open() => {
                        registration.cancel(tx, request, Some(&actor), Some(motive.text()))?
                    }
                    _ => {}
                }
            }
            // Certificates that a deployment gave without a request.
            certificate::revoke_all(tx, bucket, &place, official, end_of_trust(now), motive)?;
            application::withdraw_all(tx, bucket, &place, official, now)?;
            otp::remove(tx, bucket, &place, official)?;
            holder_store::set_blocked(tx, bucket, (&place, official), Some(now))?;
            let act = NewAct::of(ActKind::HolderLeft, official, &actor).note(motive.text());
            registration.record(tx, &place, act)
        };
        self.signing().db().write(write).await?;
        self.after_revocation(&institution, official).await
    }

    async fn after_revocation(&self, institution: &str, official: Id) -> Result<()> {
        self.signing().forget_official(institution, official);
        self.signing().revocations_changed().await
    }
}
