//! What a body decides about its signatures.

use copihue_core::{Actor, Error, Hat, Result};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;

use super::{Extra, NewAct, Registration, hat_of};
use crate::model::act::ActKind;
use crate::model::holder::{FeeStaff, check_certifier};
use crate::policy::HOLDER;
use crate::store::holder::{self as store, Settings};

impl Registration {
    /// What the actor's body decided.
    pub(crate) async fn settings(&self, actor: &Actor) -> Result<Settings> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Read, (HOLDER, &institution), None)?;
        self.signing().db().read(move |conn: &mut Conn<'_>| store::settings(conn, &institution)).await
    }

    /// The ministro de fe writes down what the body decided, and by which act.
    ///
    /// # Errors
    /// `acto_faltante`, when people with a fee contract are allowed by no act; `ministro_sin_planta`, and as
    /// [`Self::check_extra`].
    pub(crate) async fn set_settings(
        &self,
        actor: &Actor,
        settings: Settings,
        extra: Extra<'_>,
    ) -> Result<()> {
        let Hat { institution, official, .. } = hat_of(actor)?.clone();
        self.decide(actor, Action::Decide, (HOLDER, &institution), None)?;
        check_certifier(self.place(&institution, official)?.bond)?;
        if settings.fee_staff == FeeStaff::Allowed && settings.fee_act.is_none() {
            return Err(Error::invalid(
                "acto_faltante",
                "Indique el acto por el que la institución lo decidió.",
            )
            .field("acto", "Indique el acto, por ejemplo: Decreto 123 de 2026."));
        }
        self.check_extra(actor, extra).await?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            store::set_settings(tx, &institution, &settings)?;
            let own = hat_of(&actor)?.official;
            let act = NewAct { official: None, ..NewAct::of(ActKind::Settings, own, &actor) };
            registration.record(tx, &institution, act.note(settings.fee_act.as_deref().unwrap_or_default()))
        };
        self.signing().db().write(write).await
    }
}
