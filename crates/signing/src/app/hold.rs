//! What stands between a holder and a signature, looked at within its transaction.

use copihue_core::{Error, Id, Result};
use copihue_db::Tx;

use super::setup::no_certificate;
use super::{KeyUse, Owner, Signing};
use crate::store::holder::{self, Standing};

impl Signing {
    /// Refuses a use of an official's key that may not be; the person whose event it is, where they are known.
    pub(super) fn admit(&self, tx: &mut Tx<'_>, used: &KeyUse) -> Result<Option<Id>> {
        let Some(official) = used.official else { return Ok(None) };
        let bucket = self.bucket(&used.institution);
        let standing = holder::standing(tx, bucket, (&used.institution, official), &used.serial)?;
        let admitted = standing.ok_or_else(no_certificate).and_then(check);
        if admitted.is_err() {
            // What this process remembers is worth nothing any more.
            self.forget_official(&used.institution, official);
        }
        admitted
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
