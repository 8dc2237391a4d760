//! What stands between a holder and a signature, looked at within its transaction.

use copihue_core::{Error, Id, Result};
use copihue_db::{Conn, Tx};
use copihue_directory::Directory;

use super::setup::no_certificate;
use super::{KeyUse, Owner, Signing};
use crate::model::registered::Environment;
use crate::store::application;
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

    /// Who belongs to a body, from now on.
    pub(super) fn know_members(&self, directory: &Directory) {
        // A second authority over the same keys would be of the same directory.
        drop(self.0.members.set(directory.clone()));
    }

    /// Whether an official still belongs to a body: a lost post signs nothing more, whatever the operator forgot. True of a body that the
    /// directory does not know: test signers are in none.
    pub(super) fn is_member(&self, institution: &str, official: Id) -> bool {
        let Some(directory) = self.0.members.get() else { return true };
        directory.institution(institution).is_none()
            || directory.snapshot().memberships(official, self.now()).any(|m| m.institution == institution)
    }

    /// Refuses signatures that an application asks for and may not: it was suspended, or the holder took back what they let it do,
    /// between the request and this transaction.
    pub(super) fn admit_application(&self, conn: &mut Conn<'_>, key: &str, owner: &Owner) -> Result<()> {
        let Some(environment) = application::active_in(conn, key)? else {
            return Err(Error::conflict(
                "aplicacion_suspendida",
                "La aplicación que pidió la firma está suspendida.",
            ));
        };
        let Owner::Unattended { institution, official } = owner else { return Ok(()) };
        let bucket = self.bucket(institution);
        // A test signer is nobody: there is nobody to ask.
        if environment == Some(Environment::Test)
            || application::is_permitted(conn, bucket, institution, *official, key)?
        {
            return Ok(());
        }
        Err(Error::conflict(
            "sin_permiso_del_titular",
            "El titular retiró el permiso para que la aplicación firme por su cuenta.",
        ))
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
