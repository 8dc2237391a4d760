//! Spending a one-time code.

use std::sync::Arc;

use copihue_core::{Actor, Bucket, Error, Id, Kind, Result, totp};
use copihue_db::Conn;

use super::hold::stopped;
use super::setup::{no_certificate, seed_name};
use super::{Mode, Owner, Signing, signing_hat};
use crate::model::holder::Holder;
use crate::model::otp::{self, OtpAnswer};
use crate::store::{holder, otp as store};

/// What a holder's code is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Needs {
    /// To sign: the second factor is set up, and the holder has not stopped their signatures.
    SignaturesNotStopped,
    /// To sign again after a stop.
    SecondFactor,
    /// To set it up.
    Nothing,
}

impl Needs {
    fn check(self, conn: &mut Conn<'_>, bucket: Bucket, holder: &Holder) -> Result<()> {
        if self == Self::SignaturesNotStopped && holder.stopped_at.is_some() {
            return Err(stopped());
        }
        if self == Self::Nothing {
            return Ok(());
        }
        if holder.blocked_at.is_some() {
            return Err(no_certificate());
        }
        let enrolment = store::enrolment(conn, bucket, &holder.institution, holder.official)?;
        match enrolment.and_then(|e| e.confirmed_at) {
            Some(_) => Ok(()),
            None => Err(Error::conflict(
                "segundo_factor_sin_activar",
                "Active primero su segundo factor en «Mi certificado de firma»: escanee el código QR y pruebe un código.",
            )),
        }
    }
}

/// What is said of a code that was not accepted.
pub(super) fn told(answer: OtpAnswer) -> Error {
    match answer {
        OtpAnswer::Accepted => Error::internal("an accepted code is no error"),
        OtpAnswer::Wrong => Error::invalid(
            "codigo_incorrecto",
            "El código no coincide. Revise que la hora de su teléfono sea automática y espere el código siguiente.",
        )
        .field("otp", "El código no coincide."),
        OtpAnswer::Locked { until } => Error::new(
            Kind::RateLimited,
            "codigo_en_pausa",
            format!(
                "Demasiados códigos incorrectos. Podrá intentar de nuevo el {}.",
                crate::verify::local_time(until)
            ),
        ),
        OtpAnswer::Blocked => Error::forbidden(
            "Su segundo factor está bloqueado por demasiados códigos incorrectos. Pida al operador que lo reponga.",
        ),
    }
}

impl Signing {
    /// Spends a code of the holder. A wrong one counts, whatever happens afterwards. The application that spent a code may
    /// present it again in its window: clients by contract send one request for each document. Answers the code's step.
    pub(super) async fn spend_code(
        &self,
        owner: &Owner,
        run: copihue_core::Run,
        code: &str,
        application: Option<&str>,
    ) -> Result<i64> {
        match self.judge_code(owner, run, code, application, Needs::SignaturesNotStopped).await? {
            (OtpAnswer::Accepted, step) => Ok(step),
            (refused, _) => Err(told(refused)),
        }
    }

    /// The same for whoever judges the answer by themselves.
    pub(super) async fn judge_code(
        &self,
        owner: &Owner,
        run: copihue_core::Run,
        code: &str,
        application: Option<&str>,
        needs: Needs,
    ) -> Result<(OtpAnswer, i64)> {
        self.trust_clock()?;
        let official = owner.official().ok_or_else(no_certificate)?;
        let (bucket, now, signing) = (self.bucket(owner.institution()), self.now(), self.clone());
        let (owner, code) = (owner.clone(), Arc::<str>::from(code));
        let application = application.map(Arc::<str>::from);
        // The answer comes back as a value: an error would undo the count of wrong codes.
        let answer = self
            .db()
            .write(move |tx| {
                let found = holder::get(tx, bucket, owner.institution(), official)?;
                let Some(holder) = found.filter(|h| h.run == run) else { return Ok(None) };
                needs.check(tx, bucket, &holder)?;
                let Some((sealed, before)) = store::get(tx, bucket, owner.institution(), official)? else {
                    return Ok(None);
                };
                let seed = signing.0.parts.master_key.open(&seed_name(&owner), &sealed)?;
                if application.is_some()
                    && otp::repeats_the_last(&seed, before, &code, now)
                    && store::last_application(tx, bucket, owner.institution(), official)?.as_deref()
                        == application.as_deref()
                {
                    return Ok(Some((OtpAnswer::Accepted, before.last_step)));
                }
                let (answer, after) = otp::check(&seed, before, &code, now);
                if after != before
                    && store::advance(
                        tx,
                        bucket,
                        (owner.institution(), official),
                        application.as_deref(),
                        before,
                        after,
                    )? == 0
                {
                    return Ok(Some((OtpAnswer::Wrong, before.last_step)));
                }
                Ok(Some((answer, after.last_step)))
            })
            .await?;
        answer.ok_or_else(no_certificate)
    }

    /// Spends a code of the official by whose hat the person acts: proof that it is they, where nobody has logged in.
    ///
    /// # Errors
    /// When the code is wrong or spent, or the official has no certificate in force.
    pub async fn prove(&self, actor: &Actor, code: &str) -> Result<()> {
        let (person, hat) = signing_hat(actor)?;
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        self.spend_code(&owner, person.run, code, None).await.map(|_| ())
    }

    /// The code of this moment, for the demonstration's page.
    ///
    /// # Errors
    /// Forbidden, outside of a demonstration.
    pub async fn current_code(&self, institution: &str, official: Id) -> Result<String> {
        if self.0.parts.mode != Mode::Demo {
            return Err(Error::forbidden("Los códigos solo se muestran en la demostración."));
        }
        let seed = self.seed(institution, official).await?;
        Ok(totp::code_of_step(&seed, totp::step_at(self.now())))
    }
}
