//! Warnings that a certificate ends soon: 60, 30 and 7 days before.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, enqueue};
use serde::{Deserialize, Serialize};

use super::{APPLICATIONS, HOLDERS, MINE, NewAct, Registration};
use crate::app::otp::WrongCodes;
use crate::model::act::ActKind;
use crate::model::cert_request::{CertRequest, RequestState};
use crate::store::{cert_request as store, holder};

pub(super) const JOB: &str = "signing.warn";
/// Days before the end.
const DAYS: [i64; 3] = [60, 30, 7];
const DAY_S: i64 = 86_400;

#[derive(Serialize, Deserialize)]
struct Waiting {
    request: Id,
    days: i64,
}

/// Lines the warnings of a certificate up; those whose day is past when it is issued fall away.
pub(super) fn line_up(tx: &mut Tx<'_>, request: &CertRequest, now: Timestamp) -> Result<()> {
    let Some(end) = request.not_after else { return Ok(()) };
    for days in DAYS {
        let run_at = end.plus_seconds(-days * DAY_S);
        if run_at > now {
            let payload = serde_json::to_value(Waiting { request: request.id, days })?;
            let key = Some(format!("{}/{days}", request.id));
            enqueue(tx, &NewJob { kind: JOB, key, payload, run_at })?;
        }
    }
    Ok(())
}

impl Registration {
    /// Writes to the holder, and to the operators of the body. A certificate that was revoked, or renewed, needs no warning.
    pub(super) async fn warn_job(&self, job: &Job) -> Result<()> {
        let Waiting { request: id, days } = job.parse()?;
        let found = self.signing().db().read(move |conn| store::get(conn, id)).await?;
        let Some(request) = found.filter(|r| r.state_at(self.now()) == RequestState::InForce) else {
            return Ok(());
        };
        let operators = self.addresses(&request.institution, crate::OPERATOR).await?;
        let registration = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let bucket = registration.signing().bucket(&request.institution);
            let all = store::living(tx, bucket, &request.institution, request.official)?;
            let lasts = |r: &CertRequest| {
                r.purpose == request.purpose
                    && r.not_after > request.not_after
                    && r.state == RequestState::InForce
            };
            if all.iter().any(lasts) {
                return Ok(());
            }
            registration.warn(tx, &request, days, &operators)
        };
        self.signing().db().write(write).await
    }

    fn warn(
        &self,
        tx: &mut Tx<'_>,
        request: &CertRequest,
        days: i64,
        operators: &[(Id, String)],
    ) -> Result<()> {
        let bucket = self.signing().bucket(&request.institution);
        let kind = request.purpose.claim();
        let holder = holder::get(tx, bucket, &request.institution, request.official)?;
        let email = holder.and_then(|h| h.email);
        let text = format!(
            "Su certificado de firma «{kind}» vence en {days} días. Solicite otro para seguir firmando."
        );
        self.write_to(tx, email.as_deref(), "Su certificado vence pronto", &text, MINE)?;
        let text = format!("El certificado «{kind}» de {} vence en {days} días.", request.name);
        for (_, to) in operators.iter().filter(|(_, to)| Some(to) != email.as_ref()) {
            self.write_to(
                tx,
                Some(to),
                "Un certificado vence pronto",
                &text,
                &format!("{HOLDERS}/por-vencer"),
            )?;
        }
        let (official, note) = (Some(request.official), format!("{days} días"));
        let act = NewAct {
            kind: ActKind::Warned,
            official,
            request: Some(request.id),
            doer: None,
            note: Some(&note),
        };
        self.record(tx, &request.institution, act)
    }

    /// Writes to the holder whose codes are tried, or to the operators of the body whose application tries them.
    pub(super) async fn wrong_codes_job(&self, job: &Job) -> Result<()> {
        let WrongCodes { institution, official, application } = job.parse()?;
        let operators = match &application {
            Some(_) => self.addresses(&institution, crate::OPERATOR).await?,
            None => Vec::new(),
        };
        let registration = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let Some(key) = &application else {
                let bucket = registration.signing().bucket(&institution);
                let email = holder::get(tx, bucket, &institution, official)?.and_then(|h| h.email);
                let subject = "Alguien escribió códigos de firma incorrectos";
                let text = "Se escribieron varios códigos incorrectos de su segundo factor, y por unos minutos no se acepta ninguno. Si no fue usted, detenga sus firmas.";
                return registration.write_to(tx, email.as_deref(), subject, text, MINE);
            };
            let subject = "Una aplicación envió demasiados códigos incorrectos";
            let text = format!(
                "La aplicación con la llave {key} envió demasiados códigos de firma incorrectos, de una o más personas. Hasta mañana no se acepta ninguno de ella. Si no sabe por qué, cambie su secreto."
            );
            operators
                .iter()
                .try_for_each(|(_, to)| registration.write_to(tx, Some(to), subject, &text, APPLICATIONS))
        };
        self.signing().db().write(write).await
    }

    /// The body's certificates that end within two months, the first one first.
    pub(crate) async fn ending(&self, actor: &copihue_core::Actor) -> Result<Vec<CertRequest>> {
        let institution = self.operates(actor, copihue_directory::Action::Read)?;
        let (now, bucket) = (self.now(), self.signing().bucket(&institution));
        let until = now.plus_seconds(crate::model::cert_request::RENEW_DAYS * DAY_S);
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            store::ending(conn, bucket, &institution, (now, until), 500)
        };
        self.signing().db().read(read).await
    }
}
