//! What is asked beside the session before a sensitive act (SIG-16): a login of a moment ago, or a code of one's second factor.
//!
//! Both, so that nobody is locked out: who certifies others may have no second factor yet, and who lost their telephone must still
//! be able to revoke.

use copihue_core::{Actor, Error, Result, Timestamp};

use super::Registration;
use crate::app::otp::{Needs, Presenter, told};
use crate::app::{Owner, signing_hat};
use crate::model::otp::{OtpAnswer, is_fresh};

/// What an official shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extra<'a> {
    /// When they gave their password, or what stands for it; none where nobody knows.
    pub(crate) logged_in: Option<Timestamp>,
    /// A one-time code; empty where none was given.
    pub(crate) code: &'a str,
}

impl Registration {
    /// # Errors
    /// `ingreso_no_reciente` where neither is there; as for a code that signs.
    pub(super) async fn check_extra(&self, actor: &Actor, extra: Extra<'_>) -> Result<()> {
        if is_fresh(extra.logged_in, self.now()) {
            return Ok(());
        }
        if extra.code.trim().is_empty() {
            let text = "Han pasado más de 10 minutos desde su ingreso. Escriba un código de su segundo factor, o ingrese de nuevo.";
            return Err(Error::invalid("ingreso_no_reciente", text).field("otp", text));
        }
        let (person, hat) = signing_hat(actor)?;
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        let judged =
            self.signing().judge_code(&owner, person.run, extra.code, Presenter::Holder, Needs::SecondFactor);
        match judged.await?.0 {
            OtpAnswer::Accepted => Ok(()),
            wrong => Err(told(wrong)),
        }
    }
}
