//! Officials ask to be made holders. The operator's term runs; where the body has no operator, the platform's runs first.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;

use super::{HOLDERS, MINE, NewAct, Registration, hat_of};
use crate::app::setup::new_id;
use crate::model::act::ActKind;
use crate::model::cert_request::check_reason;
use crate::model::holder::check_eligible;
use crate::model::petition::{Answer, BodyAsking, Petition, PetitionKind};
use crate::policy::{APPLICATION, HOLDER, REQUEST};
use crate::store::{holder, petition as store};

/// How often a day somebody may ask, who took it back or was refused: each time goes to every operator of the body.
const MOST_A_DAY: i64 = 3;
const DAY_S: i64 = 86_400;

impl Registration {
    /// The actor asks to be made a holder. Asked twice is asked once.
    ///
    /// # Errors
    /// `ya_es_titular`; `no_es_funcionario`, `demasiadas_peticiones`, and as [`check_eligible`].
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
        let (name, body, bond) = (place.name, place.body.kind, place.bond);
        let new = Petition { id, institution, kind, official, name, asked_at, due, answer: None };
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let bucket = id.bucket();
            if holder::get(tx, bucket, &new.institution, official)?.is_some() {
                return Err(Error::conflict("ya_es_titular", "Usted ya es titular de firma."));
            }
            check_eligible(body, bond, holder::settings(tx, &new.institution)?.fee_staff)?;
            if is_open(tx, &new)? {
                return Ok(());
            }
            check_not_too_often(tx, &new)?;
            if !store::add(tx, &new)? {
                return Ok(());
            }
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

    /// The actor takes back what they asked.
    ///
    /// # Errors
    /// Not found, where nothing of theirs is open.
    pub(crate) async fn withdraw_petition(&self, actor: &Actor) -> Result<()> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Change, (REQUEST, &institution), Some(official))?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let bucket = registration.signing().bucket(&institution);
            let last = store::last_of(tx, bucket, &institution, official)?;
            let one = last.filter(|p| p.answer.is_none()).ok_or_else(Error::not_found)?;
            registration.end_petition(tx, one, Answer::Withdrawn, &actor)
        };
        self.signing().db().write(write).await
    }

    /// The operator refuses a petition, with a reason that the person reads; they may ask again.
    ///
    /// # Errors
    /// Not found; `motivo_faltante`, `paso_imposible`.
    pub(crate) async fn refuse_petition(&self, actor: &Actor, id: Id, reason: &str) -> Result<()> {
        let petition = self.petition(actor, id).await?;
        self.decide(actor, Action::Change, (HOLDER, &petition.institution), None)?;
        let email = self.directory().email_of(petition.official).await?;
        let (registration, actor, reason) = (self.clone(), actor.clone(), check_reason(reason)?);
        let write = move |tx: &mut Tx<'_>| {
            let one = store::get(tx, id)?.ok_or_else(Error::not_found)?;
            registration.end_petition(tx, one, Answer::Refused(reason.clone()), &actor)?;
            let text = format!("El operador no lo agregó como titular de firma.\n\nMotivo: {reason}");
            registration.write_to(tx, email.as_deref(), "Su petición de ser titular de firma", &text, MINE)
        };
        self.signing().db().write(write).await
    }

    fn end_petition(&self, tx: &mut Tx<'_>, mut one: Petition, answer: Answer, actor: &Actor) -> Result<()> {
        let reason = answer.reason().unwrap_or_default().to_owned();
        let kind = match answer {
            Answer::Refused(_) => ActKind::PetitionRefused,
            Answer::Granted | Answer::Withdrawn => ActKind::PetitionWithdrawn,
        };
        one.end(answer, self.now())?;
        store::save(tx, &one)?;
        let act = NewAct::of(kind, one.official, actor);
        let act = if reason.is_empty() { act } else { act.note(&reason) };
        self.record(tx, &one.institution, act)
    }

    /// One of the petitions of the actor's body. Another body's is not there.
    pub(crate) async fn petition(&self, actor: &Actor, id: Id) -> Result<Petition> {
        let found = self.signing().db().read(move |conn| store::get(conn, id)).await?;
        let petition = found.ok_or_else(Error::not_found)?;
        self.decide(actor, Action::Read, (HOLDER, &petition.institution), None)?;
        Ok(petition)
    }

    /// Who asks the operator.
    pub(crate) async fn petitions(&self, actor: &Actor) -> Result<Vec<Petition>> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Read, (HOLDER, &institution), None)?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| store::open_in(conn, bucket, &institution);
        self.signing().db().read(read).await
    }

    /// Which bodies wait to be enabled, for the administrator of the platform.
    pub(crate) async fn bodies_asking(&self, actor: &Actor) -> Result<Vec<BodyAsking>> {
        self.administers(actor)?;
        self.signing().db().read(store::bodies).await
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

fn is_open(tx: &mut Tx<'_>, new: &Petition) -> Result<bool> {
    let last = store::last_of(tx, new.id.bucket(), &new.institution, new.official)?;
    Ok(last.is_some_and(|petition| petition.answer.is_none()))
}

fn check_not_too_often(tx: &mut Tx<'_>, new: &Petition) -> Result<()> {
    let (of, after) = ((new.institution.as_str(), new.official), new.asked_at.plus_seconds(-DAY_S));
    if store::count_after(tx, new.id.bucket(), of, after)? < MOST_A_DAY {
        return Ok(());
    }
    let text = format!("Ya lo pidió {MOST_A_DAY} veces en las últimas 24 horas. Inténtelo otra vez mañana.");
    Err(Error::conflict("demasiadas_peticiones", text))
}
