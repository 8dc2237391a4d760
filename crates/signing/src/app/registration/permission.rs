//! What a holder lets applications do without them (SIG-07).

use copihue_core::json::sha256;
use copihue_core::{Actor, Error, Result};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;
use copihue_web::{args, locale};

use super::{Extra, NewAct, Registration, hat_of};
use crate::model::act::ActKind;
use crate::policy::REQUEST;
use crate::store::registered::{self as store, Offered};
use crate::store::{application, holder};

/// The text that a holder accepts, word by word: its hash is kept.
pub(crate) fn accepted_text(application: &str) -> String {
    locale::ta("signing-permission-text", &args! {"name" => application})
}

impl Registration {
    /// The applications that the actor may let sign for them unattended, and those that they did.
    pub(crate) async fn my_applications(&self, actor: &Actor) -> Result<Vec<Offered>> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Read, (REQUEST, &institution), Some(official))?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| store::offered(conn, bucket, &institution, official);
        self.signing().db().read(read).await
    }

    /// Lets an application sign for the actor without them; what they accepted is kept by its hash, and they are written to.
    ///
    /// # Errors
    /// Not found for what is not offered; as [`Self::check_extra`].
    pub(crate) async fn permit(&self, actor: &Actor, key: &str, extra: Extra<'_>) -> Result<()> {
        let name = self.offered_name(actor, key).await?;
        self.check_extra(actor, extra).await?;
        let hash = sha256(accepted_text(&name).as_bytes());
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, key) = (self.clone(), actor.clone(), key.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let at = registration.now();
            application::permit(tx, bucket, &institution, official, &key, at)?;
            application::keep_accepted(tx, bucket, (&institution, official), &key, hash, at)?;
            let act = NewAct::of(ActKind::Permitted, official, &actor).note(&name);
            registration.record(tx, &institution, act)?;
            let email = holder::get(tx, bucket, &institution, official)?.and_then(|h| h.email);
            let subject = "Una aplicación puede firmar por usted";
            let text = format!(
                "Se habilitó la aplicación «{name}» para firmar en su nombre sin pedirle un código. Si no fue usted, retire el permiso y avise al operador de su institución."
            );
            registration.write_to(
                tx,
                email.as_deref(),
                subject,
                &text,
                "/gestion/firma/mi-certificado/aplicaciones",
            )
        };
        self.signing().db().write(write).await
    }

    /// Takes that right away, at once.
    ///
    /// # Errors
    /// Not found for what is not offered.
    pub(crate) async fn withdraw(&self, actor: &Actor, key: &str) -> Result<()> {
        let name = self.offered_name(actor, key).await?;
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, key) = (self.clone(), actor.clone(), key.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            application::withdraw(tx, bucket, &institution, official, &key, registration.now())?;
            let act = NewAct::of(ActKind::Withdrawn, official, &actor).note(&name);
            registration.record(tx, &institution, act)
        };
        self.signing().db().write(write).await
    }

    async fn offered_name(&self, actor: &Actor, key: &str) -> Result<String> {
        let all = self.my_applications(actor).await?;
        all.into_iter().find(|a| a.key == key).map(|a| a.name).ok_or_else(Error::not_found)
    }
}
