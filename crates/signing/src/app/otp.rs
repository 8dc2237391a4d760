//! Spending a one-time code.

use std::sync::Arc;

use copihue_core::{Actor, Error, Id, Kind, Result, totp};

use super::setup::{no_certificate, seed_name};
use super::{Mode, Owner, Signing, signing_hat};
use crate::model::otp::{self, OtpAnswer};
use crate::store::{certificate, otp as store};

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
        let official = owner.official().ok_or_else(no_certificate)?;
        let (bucket, now, signing) = (self.bucket(owner.institution()), self.now(), self.clone());
        let (owner, code) = (owner.clone(), Arc::<str>::from(code));
        let application = application.map(Arc::<str>::from);
        // The answer comes back as a value: an error would undo the count of wrong codes.
        let answer = self
            .db()
            .write(move |tx| {
                if certificate::holder_run(tx, bucket, owner.institution(), official)? != Some(run) {
                    return Ok(None);
                }
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
        let (answer, step) = answer.ok_or_else(no_certificate)?;
        match answer {
            OtpAnswer::Accepted => Ok(step),
            OtpAnswer::Wrong => Err(Error::invalid(
                "codigo_incorrecto",
                "El código no coincide. Revise que la hora de su teléfono sea automática y espere el código siguiente.",
            )
            .field("otp", "El código no coincide.")),
            OtpAnswer::Locked { until } => Err(Error::new(
                Kind::RateLimited,
                "codigo_en_pausa",
                format!("Demasiados códigos incorrectos. Podrá intentar de nuevo el {}.", crate::verify::local_time(until)),
            )),
            OtpAnswer::Blocked => Err(Error::forbidden(
                "Su segundo factor está bloqueado por demasiados códigos incorrectos. Pida al operador que lo reponga.",
            )),
        }
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
