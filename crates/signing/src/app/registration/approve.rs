//! The ministro de fe decides about requests for certificates.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::request::taken;
use super::{DESK, Extra, MINE, NewAct, Registration, hat_of, issue};
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, Certification, RequestStep, check_reason};
use crate::model::holder::check_certifier;
use crate::policy::{HEAD, REQUEST};
use crate::store::cert_request as store;

impl Registration {
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
    /// Not found; `paso_imposible`, `ministro_sin_planta`, `solicitud_desactualizada`, `sin_segunda_persona`, what the operator
    /// does not allow (any more), and as [`Self::check_extra`].
    pub(crate) async fn approve_request(&self, actor: &Actor, id: Id, extra: Extra<'_>) -> Result<()> {
        let request = self.certifier(actor, id).await?;
        self.check_extra(actor, extra).await?;
        let certification = match hat_of(actor)?.official == request.official {
            true => Certification::OfOneself,
            false => Certification::ByAnother,
        };
        let second = match certification {
            Certification::OfOneself => self.second_persons(&request).await?,
            Certification::ByAnother => Vec::new(),
        };
        let (registration, by) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let mut request = taken(tx, id, RequestStep::Approve, registration.now())?;
            let (holder, place) = registration.still_entitled(tx, &request)?;
            check_current(&request, (&holder.name, &place.post))?;
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
                    &format!("{DESK}/{id}"),
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

    /// Who hears of a ministro de fe's own certificate, never they themselves: the head of the service and the operators; where
    /// the body has nobody who can be told, the administrators of the platform.
    ///
    /// # Errors
    /// `sin_segunda_persona`.
    async fn second_persons(&self, request: &CertRequest) -> Result<Vec<(Id, String)>> {
        let mut all = self.addresses(&request.institution, HEAD).await?;
        all.extend(self.addresses(&request.institution, crate::OPERATOR).await?);
        all.retain(|(official, _)| *official != request.official);
        if all.is_empty() {
            for body in self.directory().institutions() {
                all.extend(self.addresses(&body.code, crate::ADMINISTRATOR).await?);
            }
            all.retain(|(official, _)| *official != request.official);
        }
        if all.is_empty() {
            let text = "No hay otra persona a quien avisar de que usted se certifica a sí mismo. Pida que se nombre un operador de firma, con su correo, en el directorio.";
            return Err(Error::conflict("sin_segunda_persona", text));
        }
        // Who holds both roles hears it once.
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all.dedup_by(|a, b| a.1 == b.1);
        Ok(all)
    }
}

/// Whether a request says of its holder what is true at this moment.
fn check_current(request: &CertRequest, (name, post): (&str, &str)) -> Result<()> {
    if (request.name.as_str(), request.post.as_str()) == (name, post) {
        return Ok(());
    }
    let text = "El nombre o el cargo cambiaron desde que se envió la solicitud. Rechácela con ese motivo, para que la persona la envíe otra vez.";
    Err(Error::conflict("solicitud_desactualizada", text))
}
