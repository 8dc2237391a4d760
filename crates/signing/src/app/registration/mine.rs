//! What a holder sees of their own.

use copihue_core::{Actor, Result};
use copihue_db::{Conn, Tx};

use super::{Registration, hat_of};
use crate::app::signing_hat;
use crate::model::act::RegistrationAct;
use crate::model::cert_request::CertRequest;
use crate::model::holder::Holder;
use crate::model::petition::Petition;
use crate::store::otp::Enrolment;
use crate::store::{act, cert_request, holder, otp, petition};

/// Acts that are shown.
const ACTS: usize = 20;

/// A holder's own things.
pub(crate) struct Mine {
    /// `None`: the operator has not created them.
    pub(crate) holder: Option<Holder>,
    /// What they asked the operator, or the platform, last.
    pub(crate) petition: Option<Petition>,
    /// The newest first.
    pub(crate) requests: Vec<CertRequest>,
    /// `None`: no second factor was begun.
    pub(crate) second_factor: Option<Enrolment>,
    /// What the registration authority did about them, the newest first.
    pub(crate) acts: Vec<RegistrationAct>,
}

impl Registration {
    /// What is the actor's own, by the hat that they wear.
    pub(crate) async fn mine(&self, actor: &Actor) -> Result<Mine> {
        self.meet(actor).await?;
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| {
            Ok(Mine {
                holder: holder::get(conn, bucket, &institution, official)?,
                petition: petition::last_of(conn, bucket, &institution, official)?,
                requests: cert_request::of_holder(conn, bucket, &institution, official)?,
                second_factor: otp::enrolment(conn, bucket, &institution, official)?,
                acts: act::of_holder(conn, bucket, &institution, official, ACTS)?,
            })
        };
        self.signing().db().read(read).await
    }

    /// Keeps who a holder is where they log in, and their names from there (SIG-18): from now on the evidence of what is done
    /// with their keys is theirs to see.
    ///
    /// # Errors
    /// When the database does not answer, or the actor acts for nobody.
    pub async fn meet(&self, actor: &Actor) -> Result<()> {
        let (person, hat) = signing_hat(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let bucket = self.signing().bucket(&institution);
        let (id, name) = (person.id, person.name.clone());
        let known = {
            let institution = institution.clone();
            let read = move |conn: &mut Conn<'_>| holder::get(conn, bucket, &institution, official);
            self.signing().db().read(read).await?
        };
        match known {
            Some(holder) if holder.person != Some(id) || holder.name != name => {
                let write =
                    move |tx: &mut Tx<'_>| holder::meet(tx, bucket, (&institution, official), id, &name);
                self.signing().db().write(write).await
            }
            _ => Ok(()),
        }
    }
}
