//! Making the key and the certificate of an approved request.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob};
use serde::{Deserialize, Serialize};

use super::{MINE, NewAct, Registration, warn};
use crate::app::Owner;
use crate::keys::Algorithm;
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, RequestState, RequestStep, ends_at};
use crate::model::holder::Holder;
use crate::model::token::Purpose;
use crate::pki::Profile;
use crate::store::{cert_request as store, certificate, holder as holder_store};

/// Ends what an approval began, when the process fell in between.
pub(super) const JOB: &str = "signing.issue";
/// The approval itself issues; the job looks a moment later.
const LATER_S: i64 = 10;

#[derive(Serialize, Deserialize)]
struct Approved {
    request: Id,
}

/// Looks later whether the certificate was issued.
pub(super) fn enqueue(tx: &mut Tx<'_>, request: Id, now: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(Approved { request })?;
    let run_at = now.plus_seconds(LATER_S);
    copihue_db::jobs::enqueue(tx, &NewJob { kind: JOB, key: Some(request.to_string()), payload, run_at })
}

impl Registration {
    pub(super) async fn issue_job(&self, job: &Job) -> Result<()> {
        self.issue(job.parse::<Approved>()?.request).await
    }

    /// Makes the key in the vault and issues the certificate, if that was approved and is not done yet.
    pub(super) async fn issue(&self, id: Id) -> Result<()> {
        let signing = self.signing().clone();
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let Some(request) = store::get(conn, id)? else { return Ok(None) };
            let bucket = signing.bucket(&request.institution);
            let holder = holder_store::get(conn, bucket, &request.institution, request.official)?;
            let algorithm = holder_store::settings(conn, &request.institution)?.algorithm;
            Ok(holder.map(|holder| (request, holder, algorithm)))
        };
        let found = self.signing().db().read(read).await?;
        let Some((request, holder, algorithm)) = found.filter(|f| f.0.state == RequestState::Approved) else {
            return Ok(());
        };
        self.make_certificate(request, holder, algorithm).await
    }

    async fn make_certificate(
        &self,
        request: CertRequest,
        holder: Holder,
        algorithm: Algorithm,
    ) -> Result<()> {
        let signing = self.signing().clone();
        let (owner, profile) = (owner_of(&request), self.profile(&request, &holder)?);
        let issuer_end = signing.with_authority(|a| Ok(a.issuing.validity().1))?;
        let ends = ends_at(self.now(), request.months, algorithm, issuer_end);
        let (maker, place) = (signing.clone(), owner.clone());
        let (key, _) = signing.on_cpu(move || maker.make(&place, &profile, algorithm, ends)).await?;
        let work = std::sync::Arc::new((request.id, key, owner.clone()));
        let registration = self.clone();
        let write = move |tx: &mut Tx<'_>| registration.keep_certificate(tx, &work);
        signing.db().write(write).await?;
        signing.forget(&owner);
        Ok(())
    }

    fn keep_certificate(
        &self,
        tx: &mut Tx<'_>,
        (id, key, owner): &(Id, certificate::StoredKey, Owner),
    ) -> Result<()> {
        let Some(mut request) = store::get(tx, *id)? else { return Ok(()) };
        // Another process may have done it since, or somebody have taken it back.
        if request.state != RequestState::Approved {
            return Ok(());
        }
        let (holder, _) = self.holder_of(tx, &request)?;
        if let Some(why) = self.barred(&holder) {
            return self.refuse(tx, request, &holder, why);
        }
        request.take(RequestStep::Issue, self.now())?;
        request.serial = Some(key.certificate.serial());
        request.not_after = Some(key.certificate.validity().1);
        let bucket = self.signing().bucket(&request.institution);
        certificate::add(tx, bucket, &request.institution, &owner.place(), key)?;
        store::save(tx, &request)?;
        warn::line_up(tx, &request, self.now())?;
        let (kind, official) = (ActKind::Issued, Some(request.official));
        let act = NewAct { kind, official, request: Some(*id), doer: None, note: request.serial.as_deref() };
        self.record(tx, &request.institution, act)?;
        let text = match request.purpose {
            Purpose::Attended => {
                "Su certificado de firma electrónica está listo. Antes de firmar, active su segundo factor: escanee el código QR y pruebe un código."
            }
            Purpose::Unattended => {
                "Su certificado de firma desatendida está listo. Ninguna aplicación firma con él hasta que usted la habilite."
            }
        };
        self.write_to(tx, holder.email.as_deref(), "Su certificado está listo", text, MINE)
    }

    /// Why a holder may have no certificate any more, though theirs was approved.
    fn barred(&self, holder: &Holder) -> Option<&'static str> {
        if holder.blocked_at.is_some() {
            return Some("El titular fue bloqueado antes de que se emitiera el certificado.");
        }
        let left = self.place(&holder.institution, holder.official).is_err();
        left.then_some("La persona dejó la institución antes de que se emitiera el certificado.")
    }

    fn refuse(&self, tx: &mut Tx<'_>, request: CertRequest, holder: &Holder, why: &str) -> Result<()> {
        self.cancel(tx, request, None, Some(why))?;
        let text = format!("Su solicitud de certificado fue cancelada.\n\nMotivo: {why}");
        self.write_to(tx, holder.email.as_deref(), "Su solicitud de certificado", &text, MINE)
    }

    fn profile(&self, request: &CertRequest, holder: &Holder) -> Result<Profile> {
        let institution = self.directory().institution(&request.institution);
        let institution = institution.ok_or_else(copihue_core::Error::not_found)?.name.clone();
        Ok(Profile::Holder {
            name: request.name.clone(),
            run: holder.run,
            post: request.post.clone(),
            institution,
            email: holder.email.clone(),
        })
    }
}

/// Whose certificate a request is about.
pub(super) fn owner_of(request: &CertRequest) -> Owner {
    let (institution, official) = (request.institution.clone(), request.official);
    match request.purpose {
        Purpose::Attended => Owner::Holder { institution, official },
        Purpose::Unattended => Owner::Unattended { institution, official },
    }
}
