//! The holder stops every signature of theirs at once, and lets them go on with a code.

use copihue_core::{Actor, Error, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::{MINE, NewAct, Registration, hat_of};
use crate::app::otp::{Needs, Presenter, told};
use crate::app::{Owner, signing_hat};
use crate::model::act::ActKind;
use crate::model::otp::OtpAnswer;
use crate::policy::REQUEST;
use crate::store::{application, holder};

impl Registration {
    /// Stops all of the actor's keys and withdraws every application's right to sign for them. It holds for whatever commits
    /// after it, in every process: a signature is admitted within its own transaction.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn stop(&self, actor: &Actor) -> Result<()> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Change, (REQUEST, &institution), Some(official))?;
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, place) = (self.clone(), actor.clone(), institution.clone());
        let write = move |tx: &mut Tx<'_>| {
            let Some(found) = holder::get(tx, bucket, &place, official)? else {
                return Err(Error::not_found());
            };
            if found.stopped_at.is_some() {
                return Ok(());
            }
            let at = registration.now();
            holder::set_stopped(tx, bucket, (&place, official), Some(at))?;
            application::withdraw_all(tx, bucket, &place, official, at)?;
            registration.record(tx, &place, NewAct::of(ActKind::Stopped, official, &actor))?;
            let text = "Se detuvieron todas sus firmas y se retiró el permiso de cada aplicación. Si no fue usted, avise al operador de su institución.";
            registration.write_to(tx, found.email.as_deref(), "Sus firmas están detenidas", text, MINE)
        };
        self.signing().db().write(write).await?;
        self.signing().forget_official(&institution, official);
        Ok(())
    }

    /// Lets the actor sign again, with a code of their second factor. Applications stay without permission: each is enabled
    /// anew.
    ///
    /// # Errors
    /// As for a code that signs.
    pub(crate) async fn resume(&self, actor: &Actor, code: &str) -> Result<()> {
        let (person, hat) = signing_hat(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let owner = Owner::Holder { institution: institution.clone(), official };
        let (answer, _) = self
            .signing()
            .judge_code(&owner, person.run, code, Presenter::Holder, Needs::SecondFactor)
            .await?;
        if answer != OtpAnswer::Accepted {
            return Err(told(answer));
        }
        let bucket = self.signing().bucket(&institution);
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            holder::set_stopped(tx, bucket, (&institution, official), None)?;
            registration.record(tx, &institution, NewAct::of(ActKind::Resumed, official, &actor))
        };
        self.signing().db().write(write).await
    }
}
