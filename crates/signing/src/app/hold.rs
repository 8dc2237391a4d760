//! What stands between a holder and a signature, looked at within its transaction.

use copihue_core::{Error, Id, Result};
use copihue_db::{Conn, Tx};

use super::setup::no_certificate;
use super::{KeyUse, Owner, Signing};
use crate::store::holder::{self, Standing};

impl Signing {
    /// Refuses a use of an official's key that may not be; the person whose event it is, where they are known.
    pub(super) fn admit(&self, tx: &mut Tx<'_>, used: &KeyUse) -> Result<Option<Id>> {
        let Some(official) = used.official else { return Ok(None) };
        if self.firmagob(&used.institution).is_some() {
            return self.admit_elsewhere(tx, &used.institution, official);
        }
        let bucket = self.bucket(&used.institution);
        let standing = holder::standing(tx, bucket, (&used.institution, official), &used.serial)?;
        let admitted = standing.ok_or_else(no_certificate).and_then(check);
        if admitted.is_err() {
            // What this process remembers is worth nothing any more.
            self.forget_official(&used.institution, official);
        }
        admitted
    }

    /// The same of an official whose key is elsewhere: a stop counts for it, too, and its certificate is not ours to know.
    pub(super) fn admit_elsewhere(
        &self,
        conn: &mut Conn<'_>,
        institution: &str,
        official: Id,
    ) -> Result<Option<Id>> {
        let known = holder::get(conn, self.bucket(institution), institution, official)?;
        let Some(known) = known else { return Ok(None) };
        let (blocked, stopped) = (known.blocked_at.is_some(), known.stopped_at.is_some());
        check(Standing { person: known.person, blocked, stopped, revoked: false })
    }

    /// Forgets an official's keys: the next use looks for them in the database.
    pub(super) fn forget_official(&self, institution: &str, official: Id) {
        let institution = institution.to_owned();
        self.forget(&Owner::Holder { institution: institution.clone(), official });
        self.forget(&Owner::Unattended { institution, official });
    }
}

fn check(standing: Standing) -> Result<Option<Id>> {
    if standing.stopped {
        return Err(stopped());
    }
    if standing.blocked || standing.revoked {
        return Err(no_certificate());
    }
    Ok(standing.person)
}

pub(super) fn stopped() -> Error {
    Error::conflict(
        "firma_detenida",
        "El titular detuvo todas sus firmas. Para volver a firmar debe reanudarlas en «Mi certificado de firma».",
    )
}
