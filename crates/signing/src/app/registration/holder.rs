//! The operator's holders: created, changed, blocked, and given another second factor.

use copihue_core::{Actor, Error, Id, Result, Run};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;

use super::{Extra, MINE, NewAct, Place, Registration, hat_of};
use crate::model::act::{ActKind, RegistrationAct};
use crate::model::cert_request::CertRequest;
use crate::model::holder::{FeeStaff, Holder, HolderKind, Purposes, check_eligible};
use crate::policy::HOLDER;
use crate::store::otp::Enrolment;
use crate::store::{act, cert_request, holder as store, otp, petition};

/// Acts that are shown.
const ACTS: usize = 50;

/// What an operator says of a holder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HolderFacts {
    pub(crate) email: String,
    pub(crate) kind: HolderKind,
    pub(crate) months: u16,
    pub(crate) purposes: Purposes,
}

/// All that the operator sees of a holder.
pub(crate) struct Dossier {
    pub(crate) holder: Holder,
    pub(crate) requests: Vec<CertRequest>,
    pub(crate) second_factor: Option<Enrolment>,
    pub(crate) acts: Vec<RegistrationAct>,
}

impl Registration {
    /// Creates a holder, or writes anew what is kept of one.
    ///
    /// # Errors
    /// `no_es_funcionario`, `institucion_privada`, `honorarios_sin_autorizacion`; the actor may not.
    pub(crate) async fn put_holder(&self, actor: &Actor, run: Run, facts: HolderFacts) -> Result<Id> {
        let institution = self.operates(actor, Action::Create)?;
        let fee_staff = self.fee_staff(&institution).await?;
        let holder = self.becoming(&institution, run, &facts, fee_staff)?;
        let official = holder.official;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| registration.keep_holder(tx, &actor, &holder);
        self.signing().db().write(write).await?;
        Ok(official)
    }

    /// The body for which the actor operates.
    pub(super) fn operates(&self, actor: &Actor, action: Action) -> Result<String> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, action, (HOLDER, &institution), None)?;
        Ok(institution)
    }

    pub(super) async fn fee_staff(&self, institution: &str) -> Result<FeeStaff> {
        let institution = institution.to_owned();
        let read = move |conn: &mut Conn<'_>| store::settings(conn, &institution);
        Ok(self.signing().db().read(read).await?.fee_staff)
    }

    /// The holder that an official would become: the directory says who they are.
    pub(super) fn becoming(
        &self,
        institution: &str,
        run: Run,
        facts: &HolderFacts,
        fee_staff: FeeStaff,
    ) -> Result<Holder> {
        let hat = self.directory().hats(run).into_iter().find(|hat| hat.institution == institution);
        let official = hat.ok_or_else(super::stranger)?.official;
        let Place { body, bond, name, post } = self.place(institution, official)?;
        check_eligible(body.kind, bond, fee_staff)?;
        Ok(Holder {
            institution: institution.to_owned(),
            official,
            run,
            name,
            post,
            email: Some(facts.email.clone()),
            kind: facts.kind,
            months: facts.months,
            purposes: facts.purposes,
            person: None,
            blocked_at: None,
            stopped_at: None,
        })
    }

    pub(super) fn keep_holder(&self, tx: &mut Tx<'_>, actor: &Actor, holder: &Holder) -> Result<()> {
        let bucket = self.signing().bucket(&holder.institution);
        let known = store::get(tx, bucket, &holder.institution, holder.official)?;
        let kind = if known.is_some() { ActKind::HolderChanged } else { ActKind::HolderCreated };
        store::put(tx, bucket, holder, self.now())?;
        petition::close(tx, bucket, &holder.institution, holder.official, self.now())?;
        self.record(tx, &holder.institution, NewAct::of(kind, holder.official, actor))?;
        if let Some(known) = known {
            let before = known.email.filter(|before| Some(before) != holder.email.as_ref());
            let text = "El operador de su institución cambió el correo al que se avisa de sus firmas. Si usted no lo pidió, hable con su institución.";
            return self.write_to(
                tx,
                before.as_deref(),
                "Cambió su correo como titular de firma",
                text,
                MINE,
            );
        }
        let text = "El operador de su institución lo agregó como titular de firma electrónica. Ya puede solicitar su certificado.";
        self.write_to(tx, holder.email.as_deref(), "Ya es titular de firma", text, MINE)
    }

    /// The holders of the actor's body, after one.
    pub(crate) async fn holders(
        &self,
        actor: &Actor,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<Holder>> {
        let institution = self.operates(actor, Action::Read)?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| store::list(conn, bucket, &institution, after, limit);
        self.signing().db().read(read).await
    }

    /// One of them, whole. Another body's is not there.
    pub(crate) async fn dossier(&self, actor: &Actor, official: Id) -> Result<Dossier> {
        let institution = self.operates(actor, Action::Read)?;
        let bucket = self.signing().bucket(&institution);
        let read = move |conn: &mut Conn<'_>| {
            let holder = store::get(conn, bucket, &institution, official)?.ok_or_else(Error::not_found)?;
            Ok(Dossier {
                holder,
                requests: cert_request::of_holder(conn, bucket, &institution, official)?,
                second_factor: otp::enrolment(conn, bucket, &institution, official)?,
                acts: act::of_holder(conn, bucket, &institution, official, ACTS)?,
            })
        };
        self.signing().db().read(read).await
    }

    /// Blocks a holder: nothing is signed with their certificates, and nothing asked for, until they are let go on.
    ///
    /// # Errors
    /// Not found; the actor may not.
    pub(crate) async fn block_holder(&self, actor: &Actor, official: Id) -> Result<()> {
        let at = Some(self.now());
        self.change_holder(actor, official, ActKind::HolderBlocked, move |tx, bucket, place| {
            store::set_blocked(tx, bucket, place, at)
        })
        .await
    }

    /// Lets a holder go on.
    ///
    /// # Errors
    /// Not found; the actor may not; as [`Self::check_extra`].
    pub(crate) async fn unblock_holder(&self, actor: &Actor, official: Id, extra: Extra<'_>) -> Result<()> {
        self.operates(actor, Action::Change)?;
        self.check_extra(actor, extra).await?;
        self.change_holder(actor, official, ActKind::HolderUnblocked, |tx, bucket, place| {
            store::set_blocked(tx, bucket, place, None)
        })
        .await
    }

    /// Takes a holder's second factor away: they set up another one.
    ///
    /// # Errors
    /// Not found; the actor may not; as [`Self::check_extra`].
    pub(crate) async fn reset_codes(&self, actor: &Actor, official: Id, extra: Extra<'_>) -> Result<()> {
        self.operates(actor, Action::Change)?;
        self.check_extra(actor, extra).await?;
        self.change_holder(actor, official, ActKind::OtpReset, |tx, bucket, (institution, official)| {
            otp::remove(tx, bucket, institution, official).map(|_| ())
        })
        .await
    }

    async fn change_holder(
        &self,
        actor: &Actor,
        official: Id,
        kind: ActKind,
        change: impl Fn(&mut Tx<'_>, copihue_core::Bucket, (&str, Id)) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let institution = self.operates(actor, Action::Change)?;
        let bucket = self.signing().bucket(&institution);
        let (registration, actor, place) = (self.clone(), actor.clone(), institution.clone());
        let write = move |tx: &mut Tx<'_>| {
            store::get(tx, bucket, &place, official)?.ok_or_else(Error::not_found)?;
            change(tx, bucket, (&place, official))?;
            registration.record(tx, &place, NewAct::of(kind, official, &actor))
        };
        self.signing().db().write(write).await?;
        self.signing().forget_official(&institution, official);
        Ok(())
    }
}
