//! Spending a one-time code.

use std::sync::Arc;

use copihue_core::{Actor, Bucket, Error, Id, Kind, Result, Timestamp, totp};
use copihue_db::jobs::{NewJob, enqueue};
use copihue_db::{Conn, Tx};
use serde::{Deserialize, Serialize};

use super::hold::stopped;
use super::setup::{no_certificate, seed_name};
use super::{Mode, Owner, Signing, signing_hat};
use crate::model::bounds::OtpReuse;
use crate::model::holder::Holder;
use crate::model::otp::{self, OtpAnswer, OtpState};
use crate::store::{application, holder, otp as store};

/// The job that tells of wrong codes.
pub(super) const WRONG_CODES_JOB: &str = "signing.wrong_codes";
const DAY_MS: i64 = 86_400_000;

const fn day(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MS)
}

/// Too many wrong codes: of a holder, or of an application over all holders.
#[derive(Serialize, Deserialize)]
pub(super) struct WrongCodes {
    pub(super) institution: String,
    pub(super) official: Id,
    /// The application whose codes are not judged any more today.
    pub(super) application: Option<String>,
}

impl WrongCodes {
    fn tell(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
        let payload = serde_json::to_value(self).map_err(Error::internal)?;
        enqueue(tx, &NewJob { kind: WRONG_CODES_JOB, key: None, payload, run_at: now })
    }
}

/// By whom a code is presented.
#[derive(Clone, Debug)]
pub(super) enum Presenter {
    /// By the holder, on a page of ours.
    Holder,
    /// By an application, which may present the same code again in its window or not. Its wrong codes are counted over all
    /// holders: whoever has its secret must not be able to try a few codes of each.
    Application { key: String, again: OtpReuse },
}

impl Presenter {
    fn may_repeat(&self) -> Option<&str> {
        match self {
            Self::Application { key, again: OtpReuse::Window } => Some(key),
            Self::Application { .. } | Self::Holder => None,
        }
    }

    /// Until when nothing of it is judged.
    fn paused(&self, conn: &mut Conn<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
        let Self::Application { key, .. } = self else { return Ok(None) };
        let wrong = application::wrong_codes(conn, key, day(now))?;
        Ok((wrong >= otp::WRONG_A_DAY).then(|| Timestamp::from_millis((day(now) + 1) * DAY_MS)))
    }

    /// A wrong code: where it was the one too many, who must know is told.
    fn count_wrong(
        &self,
        tx: &mut Tx<'_>,
        (institution, official): (&str, Id),
        (before, after): (OtpState, OtpState),
        now: Timestamp,
    ) -> Result<()> {
        let mut news = WrongCodes { institution: institution.to_owned(), official, application: None };
        if after.locked_until != before.locked_until {
            news.tell(tx, now)?;
        }
        let Self::Application { key, .. } = self else { return Ok(()) };
        if application::add_wrong_code(tx, key, day(now))? == otp::WRONG_A_DAY {
            news.application = Some(key.clone());
            news.tell(tx, now)?;
        }
        Ok(())
    }
}

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
        presenter: Presenter,
    ) -> Result<i64> {
        match self.judge_code(owner, run, code, presenter, Needs::SignaturesNotStopped).await? {
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
        presenter: Presenter,
        needs: Needs,
    ) -> Result<(OtpAnswer, i64)> {
        self.trust_clock()?;
        let official = owner.official().ok_or_else(no_certificate)?;
        let (bucket, now, signing) = (self.bucket(owner.institution()), self.now(), self.clone());
        let (owner, code) = (owner.clone(), Arc::<str>::from(code));
        // The answer comes back as a value: an error would undo the count of wrong codes.
        let write = move |tx: &mut Tx<'_>| {
            let whose = (owner.institution(), official);
            let found = holder::get(tx, bucket, whose.0, official)?;
            let Some(holder) = found.filter(|h| h.run == run) else { return Ok(None) };
            needs.check(tx, bucket, &holder)?;
            let Some((sealed, before)) = store::get(tx, bucket, whose.0, official)? else { return Ok(None) };
            let seed = signing.0.parts.master_key.open(&seed_name(&owner), &sealed)?;
            if let Some(key) = presenter.may_repeat()
                && otp::repeats_the_last(&seed, before, &code, now)
                && store::last_application(tx, bucket, whose.0, official)?.as_deref() == Some(key)
            {
                return Ok(Some((OtpAnswer::Accepted, before.last_step)));
            }
            if let Some(until) = presenter.paused(tx, now)? {
                return Ok(Some((OtpAnswer::Locked { until }, before.last_step)));
            }
            let (answer, after) = otp::check(&seed, before, &code, now);
            if answer == OtpAnswer::Wrong {
                presenter.count_wrong(tx, whose, (before, after), now)?;
            }
            if after != before
                && store::advance(tx, bucket, whose, presenter.may_repeat(), before, after)? == 0
            {
                return Ok(Some((OtpAnswer::Wrong, before.last_step)));
            }
            Ok(Some((answer, after.last_step)))
        };
        self.db().write(write).await?.ok_or_else(no_certificate)
    }

    /// Spends a code of the official by whose hat the person acts: proof that it is they, where nobody has logged in.
    ///
    /// # Errors
    /// When the code is wrong or spent, or the official has no certificate in force.
    pub async fn prove(&self, actor: &Actor, code: &str) -> Result<()> {
        let (person, hat) = signing_hat(actor)?;
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        self.spend_code(&owner, person.run, code, Presenter::Holder).await.map(|_| ())
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
