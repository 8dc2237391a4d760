//! Officials ask to be made holders. The operator's term runs; where the body has no operator, the platform's runs first.

use copihue_core::{Actor, Error, Result};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;

use super::{NewAct, Registration, hat_of};
use crate::app::setup::new_id;
use crate::model::act::ActKind;
use crate::model::petition::{Petition, PetitionKind};
use crate::policy::{APPLICATION, HOLDER, REQUEST};
use crate::store::{holder, petition as store};

/// Where the operator answers.
const HOLDERS: &str = "/gestion/firma/titulares";

impl Registration {
    /// The actor asks to be made a holder. Asked twice is asked once.
    ///
    /// # Errors
    /// `ya_es_titular`; `no_es_funcionario`.
    pub(crate) async fn ask_to_be_holder(&self, actor: &Actor) -> Result<()> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Create, (REQUEST, &institution), Some(official))?;
        let place = self.place(&institution, official)?;
        let kind = match self.has_operator(&institution) {
            true => PetitionKind::Holder,
            false => PetitionKind::Institution,
        };
        let operators = self.addresses(&institution, crate::OPERATOR).await?;
        let (asked_at, due) = (self.now(), self.due(&place.body, kind.term())?);
        let id = new_id(self.signing(), &institution, asked_at);
        let new = Petition { id, institution, kind, official, name: place.name, asked_at, due };
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let bucket = id.bucket();
            if holder::get(tx, bucket, &new.institution, official)?.is_some() {
                return Err(Error::conflict("ya_es_titular", "Usted ya es titular de firma."));
            }
            if store::open_in(tx, bucket, &new.institution)?.iter().any(|p| p.official == official) {
                return Ok(());
            }
            store::add(tx, &new)?;
            registration.record(tx, &new.institution, NewAct::of(ActKind::Petition, official, &actor))?;
            let text = format!("{} pide ser titular de firma.", new.name);
            operators.iter().try_for_each(|(_, to)| {
                registration.write_to(tx, Some(to), "Una persona pide ser titular de firma", &text, HOLDERS)
            })
        };
        self.signing().db().write(write).await
    }

    fn has_operator(&self, institution: &str) -> bool {
        !self.directory().snapshot().holders(institution, crate::OPERATOR, self.now()).is_empty()
    }

    /// What the actor asked and nobody has answered.
    pub(crate) async fn my_petition(&self, actor: &Actor) -> Result<Option<Petition>> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        Ok(self.open_petitions(institution).await?.into_iter().find(|p| p.official == official))
    }

    async fn open_petitions(&self, institution: String) -> Result<Vec<Petition>> {
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| store::open_in(conn, bucket, &institution);
        self.signing().db().read(read).await
    }

    /// Who asks the operator.
    pub(crate) async fn petitions(&self, actor: &Actor) -> Result<Vec<Petition>> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Read, (HOLDER, &institution), None)?;
        self.open_petitions(institution).await
    }

    /// Which bodies wait to be enabled, for the administrator of the platform.
    pub(crate) async fn bodies_asking(&self, actor: &Actor) -> Result<Vec<Petition>> {
        self.administers(actor)?;
        self.signing().db().read(store::institutions).await
    }

    fn administers(&self, actor: &Actor) -> Result<()> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Decide, (APPLICATION, &institution), None)
    }

    /// The administrator enabled a body: its operator, who must be in the directory by now, answers those who asked.
    ///
    /// # Errors
    /// `sin_operador`; not found where nobody of the body asked.
    pub(crate) async fn body_enabled(&self, actor: &Actor, institution: &str) -> Result<()> {
        self.administers(actor)?;
        let body = self.directory().institution(institution).ok_or_else(Error::not_found)?;
        if !self.has_operator(institution) {
            let text =
                "La institución todavía no tiene operador de firma en el directorio. Desígnelo primero.";
            return Err(Error::conflict("sin_operador", text));
        }
        let due = self.due(&body, PetitionKind::Holder.term())?;
        let (registration, actor, institution) = (self.clone(), actor.clone(), institution.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let bucket = registration.signing().bucket(&institution);
            if store::pass_on(tx, bucket, &institution, due)? == 0 {
                return Err(Error::not_found());
            }
            let doer = Some(hat_of(&actor)?.official);
            let kind = ActKind::BodyEnabled;
            registration.record(
                tx,
                &institution,
                NewAct { kind, official: None, request: None, doer, note: None },
            )
        };
        self.signing().db().write(write).await
    }
}
