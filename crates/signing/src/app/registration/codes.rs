//! A holder's second factor: the QR code, and the first good code.

use copihue_core::{Actor, Error, Id, Result, Secret, Timestamp, random, totp};
use copihue_db::Tx;

use super::{MINE, NewAct, Registration};
use crate::app::otp::{Needs, Presenter};
use crate::app::setup::{SEED_BYTES, seed_name};
use crate::app::{Owner, signing_hat};
use crate::model::act::ActKind;
use crate::model::otp::{self, OtpAnswer};
use crate::store::{holder, otp as store};

/// A seed to be shown once.
pub(crate) struct Seed {
    /// `otpauth://…`, for the QR code.
    pub(crate) uri: String,
    /// The same, to be typed where no camera is.
    pub(crate) key: String,
}

/// What came of a code that was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tried {
    /// Good: the second factor counts. The telephone's clock is off by so many seconds.
    Good { drift: i64 },
    /// Good, but accepted before: the next one is waited for.
    Spent,
    /// The telephone's clock is off by too many seconds.
    Off { drift: i64 },
    /// Wrong.
    Wrong,
    /// Nothing is looked at until then.
    Locked { until: Timestamp },
    /// The operator must set it up again.
    Blocked,
}

impl Registration {
    /// The seed of the actor's second factor, made where there is none. Shown once for each login, and only over one of a moment
    /// ago; each time is recorded, and the holder is told by mail.
    ///
    /// # Errors
    /// `ingreso_no_reciente`; not found for who is no holder.
    pub(crate) async fn show_seed(&self, actor: &Actor, logged_in: Option<Timestamp>) -> Result<Seed> {
        let (person, hat) = signing_hat(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let owner = Owner::Holder { institution: institution.clone(), official };
        let parts = &self.signing().0.parts;
        let fresh = Secret::new(random::bytes::<SEED_BYTES>(parts.random.as_ref()));
        let sealed = parts.master_key.seal(&seed_name(&owner), &fresh, parts.random.as_ref())?;
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, account) = (self.clone(), actor.clone(), person.name.clone());
        let write = move |tx: &mut Tx<'_>| {
            let now = registration.now();
            let found = holder::get(tx, bucket, &institution, official)?.ok_or_else(Error::not_found)?;
            store::add(tx, bucket, (&institution, official), &sealed, None)?;
            let enrolment = store::enrolment(tx, bucket, &institution, official)?.unwrap_or_default();
            if !otp::may_show(logged_in, enrolment.shown_at, now) {
                let text = "Por seguridad, el código QR se muestra una vez por cada ingreso reciente. Ingrese de nuevo.";
                return Err(Error::conflict("ingreso_no_reciente", text));
            }
            store::set_shown(tx, bucket, (&institution, official), now)?;
            registration.record(tx, &institution, NewAct::of(ActKind::OtpShown, official, &actor))?;
            let text = "Se mostró el código QR de su segundo factor, con el que se firma en su nombre. Si no fue usted, detenga sus firmas de inmediato y avise al operador de su institución.";
            let subject = "Se mostró su código QR de firma";
            registration.write_to(tx, found.email.as_deref(), subject, text, MINE)?;
            let stored = store::get(tx, bucket, &institution, official)?;
            Ok(stored.ok_or_else(Error::not_found)?.0)
        };
        let stored = self.signing().db().write(write).await?;
        let seed = self.signing().0.parts.master_key.open(&seed_name(&owner), &stored)?;
        let uri = totp::uri(&seed, "Copihue Firma", &account);
        Ok(Seed { uri, key: totp::base32(seed.expose()) })
    }

    /// Tries a code: a good one makes the second factor count; a wrong one is counted, and the clock's fault told.
    ///
    /// # Errors
    /// When the actor has no second factor.
    pub(crate) async fn try_code(&self, actor: &Actor, code: &str) -> Result<Tried> {
        let (person, hat) = signing_hat(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let owner = Owner::Holder { institution: institution.clone(), official };
        let now = self.now();
        let (answer, _) =
            self.signing().judge_code(&owner, person.run, code, Presenter::Holder, Needs::Nothing).await?;
        let seed = self.signing().seed(&institution, official).await?;
        let drift = otp::drift(&seed, code, now);
        if answer == OtpAnswer::Wrong && drift.is_some_and(|d| d > totp::STEP_SECONDS) {
            // To say that a code is one of the next minutes must not be to say which will be right then: it never will.
            let step = totp::step_at(now.plus_seconds(drift.unwrap_or_default()));
            self.spend_until(&institution, official, step).await?;
        }
        Ok(match answer {
            OtpAnswer::Accepted => {
                self.confirm_codes(actor, &institution, official).await?;
                Tried::Good { drift: drift.unwrap_or_default() }
            }
            OtpAnswer::Wrong if drift.is_some_and(|d| d.abs() <= totp::STEP_SECONDS) => Tried::Spent,
            OtpAnswer::Wrong => drift.map_or(Tried::Wrong, |drift| Tried::Off { drift }),
            OtpAnswer::Locked { until } => Tried::Locked { until },
            OtpAnswer::Blocked => Tried::Blocked,
        })
    }

    async fn spend_until(&self, institution: &str, official: Id, step: i64) -> Result<()> {
        let (bucket, institution) = (self.signing().bucket(institution), institution.to_owned());
        let write = move |tx: &mut Tx<'_>| store::spend_until(tx, bucket, (&institution, official), step);
        self.signing().db().write(write).await
    }

    async fn confirm_codes(&self, actor: &Actor, institution: &str, official: Id) -> Result<()> {
        let bucket = self.signing().bucket(institution);
        let (registration, actor, institution) = (self.clone(), actor.clone(), institution.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            if store::confirm(tx, bucket, (&institution, official), registration.now())? == 0 {
                return Ok(());
            }
            registration.record(tx, &institution, NewAct::of(ActKind::OtpConfirmed, official, &actor))
        };
        self.signing().db().write(write).await
    }
}
