//! Mandates: written by an operator who saw the deed or the registry, offered by a person, taken, given back, taken away.

use copihue_core::{Actor, Error, Id, Result, Run, Timestamp};
use copihue_db::{Conn, Tx};

use super::standing::who;
use super::{Browser, Happened, NewPerson};
use crate::Identity;
use crate::model::event::EventKind;
use crate::model::mandate::{Capacity, Entity, EntityKind, Mandate, MandateState, Power, Source, Validity};
use crate::model::person::{Person, PersonKind, Proofing};
use crate::model::throttle::{Limit, Verdict};
use crate::store::{self, EntityRow, MandateRow};

/// Offers of one person: each may write down a RUN that was not known here.
const OFFERS: Limit = Limit { free: 20, first_wait: 3_600, max_wait: 86_400, forget: 86_400 };

/// A mandate to write.
#[derive(Clone, Debug)]
pub struct NewMandate {
    /// Who may act.
    pub holder: Run,
    /// For whom: RUT, name, what it is.
    pub entity: (Run, String, EntityKind),
    /// In which capacity.
    pub capacity: Capacity,
    /// For what.
    pub powers: Vec<Power>,
    /// What shows it.
    pub source: Source,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// Whether the holder may hand it on.
    pub may_delegate: bool,
}

/// What a person offers another: to act for them, or by a mandate of their own that may be handed on.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) holder: Run,
    pub(crate) powers: Vec<Power>,
    pub(crate) until: Option<Timestamp>,
    /// The mandate to hand on; None: for oneself.
    pub(crate) by: Option<Id>,
}

/// A mandate that somebody else holds, with their name.
pub(crate) struct Given {
    pub(crate) mandate: Mandate,
    pub(crate) holder: String,
}

fn context(id: Id) -> Vec<u8> {
    [b"identity_entity.rut.".as_slice(), id.as_bytes()].concat()
}

fn unknown() -> Error {
    Error::new(copihue_core::Kind::NotFound, "mandato_desconocido", "No hay un mandato así entre los suyos.")
}

impl Identity {
    /// Writes a mandate that is in force at once, on the word of an operator who saw what shows it. Answers its id.
    ///
    /// # Errors
    /// `persona_desconocida` when nobody has the holder's RUN; `mandato_vacio` without a power; `motivo_vacio` without a reason.
    pub async fn add_mandate(&self, actor: &Actor, new: NewMandate, reason: &str) -> Result<Id> {
        if reason.trim().is_empty() {
            return Err(Error::invalid("motivo_vacio", "Escriba el motivo: la persona lo leerá."));
        }
        check_powers(&new.powers)?;
        let holder = self.person_by_run(new.holder).await?.ok_or_else(|| {
            Error::invalid("persona_desconocida", "Nadie tiene ese RUN aquí: agregue antes a la persona.")
        })?;
        let principal = self.person_by_run(new.entity.0).await?;
        let (identity, note) = (self.clone(), format!("{} ({})", reason.trim(), who(actor)));
        let write = move |tx: &mut Tx<'_>| {
            let entity = identity.entity(tx, &new.entity, principal.as_ref())?;
            let row = MandateRow {
                id: identity.new_id(holder.id),
                validity: Validity { holder: holder.id, state: MandateState::InForce, until: new.until },
                entity: entity.id,
                capacity: new.capacity,
                powers: new.powers.clone(),
                source: new.source,
                may_delegate: new.may_delegate,
                parent: None,
                created: identity.now(),
            };
            identity.write_mandate(tx, row, &note, "")
        };
        self.0.db.write(write).await
    }

    /// Offers a mandate. It waits until the holder takes it.
    pub(crate) async fn offer_mandate(
        &self,
        principal: &Person,
        offer: Offer,
        browser: &Browser,
    ) -> Result<Id> {
        check_powers(&offer.powers)?;
        if offer.holder == principal.run {
            return Err(Error::invalid("mandato_propio", "Escriba el RUN de otra persona.")
                .field("run", "Es su propio RUN: escriba el de otra persona."));
        }
        let noted = self.row_of(&nobody_yet(offer.holder, principal.kind))?;
        let (identity, principal, browser) = (self.clone(), principal.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let one = (principal.id.bucket(), identity.subject("offers", principal.id.as_bytes()));
            if identity.take(tx, one, OFFERS, identity.now())?.0 != Verdict::Go {
                return Err(Error::conflict(
                    "muchos_ofrecimientos",
                    "Hizo muchos ofrecimientos hoy. Intente de nuevo más tarde.",
                ));
            }
            let holder = identity.insert(tx, &noted, None)?.id;
            let row = identity.offered(tx, &principal, holder, &offer)?;
            identity.write_mandate(tx, row, "", &browser.trace)
        };
        self.0.db.write(write).await
    }

    fn offered(&self, tx: &mut Tx<'_>, principal: &Person, holder: Id, offer: &Offer) -> Result<MandateRow> {
        let now = self.now();
        let row = |entity: Id, capacity, source, until, parent| MandateRow {
            id: self.new_id(holder),
            validity: Validity { holder, state: MandateState::Offered, until },
            entity,
            capacity,
            powers: offer.powers.clone(),
            source,
            may_delegate: false,
            parent,
            created: now,
        };
        let Some(by) = offer.by else {
            let own = (principal.run, principal.full_name(), EntityKind::Natural);
            let entity = self.entity(tx, &own, Some(principal))?;
            return Ok(row(entity.id, Capacity::Attorney, Source::Simple, offer.until, None));
        };
        let parent = store::mandate(tx, principal.id, by)?.ok_or_else(unknown)?;
        if !parent.validity.allows(principal.id, now) || !parent.may_delegate {
            return Err(Error::forbidden("Este mandato no se puede delegar."));
        }
        if offer.powers.iter().any(|power| !parent.powers.contains(power)) {
            return Err(Error::invalid("mandato_excedido", "No puede delegar más de lo que usted puede."));
        }
        let until = [parent.validity.until, offer.until].into_iter().flatten().min();
        Ok(row(parent.entity, Capacity::Delegate, parent.source, until, Some(parent.id)))
    }

    /// The holder takes an offered mandate.
    pub(crate) async fn accept_mandate(&self, holder: Id, id: Id, browser: &Browser) -> Result<()> {
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let row = store::mandate(tx, holder, id)?.ok_or_else(unknown)?;
            let offered = row.validity.at(identity.now()) == MandateState::Offered;
            let place = (holder, id);
            if !offered
                || !store::move_mandate(tx, place, MandateState::Offered, MandateState::InForce, None)?
            {
                return Err(Error::conflict("mandato_terminado", "Este ofrecimiento ya no está."));
            }
            identity.tell_both(tx, &row, EventKind::MandateTaken, "", &browser.trace)
        };
        self.0.db.write(write).await
    }

    /// The holder gives a mandate back, or refuses it.
    pub(crate) async fn renounce_mandate(&self, holder: Id, id: Id, browser: &Browser) -> Result<()> {
        let (identity, trace) = (self.clone(), browser.trace.clone());
        let write = move |tx: &mut Tx<'_>| {
            let row = store::mandate(tx, holder, id)?.ok_or_else(unknown)?;
            identity.end_mandate(tx, &row, MandateState::Renounced, ("", &trace))
        };
        self.0.db.write(write).await
    }

    /// Takes a mandate away: who gave it, or who holds the one that it was handed on from.
    pub(crate) async fn revoke_mandate(
        &self,
        principal: &Person,
        holder: Id,
        id: Id,
        browser: &Browser,
    ) -> Result<()> {
        let (identity, principal, trace) = (self.clone(), principal.clone(), browser.trace.clone());
        let write = move |tx: &mut Tx<'_>| {
            let row = store::mandate(tx, holder, id)?.ok_or_else(unknown)?;
            let own = identity.own_entity(tx, &principal)?.is_some_and(|entity| entity.id == row.entity);
            let handed_on = match row.parent {
                Some(parent) => store::mandate(tx, principal.id, parent)?.is_some(),
                None => false,
            };
            if !own && !handed_on {
                return Err(unknown());
            }
            identity.end_mandate(tx, &row, MandateState::Revoked, ("", &trace))
        };
        self.0.db.write(write).await
    }

    /// Ends a mandate on an operator's word.
    ///
    /// # Errors
    /// `persona_desconocida`, `mandato_desconocido`, `mandato_terminado`, `motivo_vacio`.
    pub async fn end_mandate_of(&self, actor: &Actor, holder: Run, id: Id, reason: &str) -> Result<()> {
        if reason.trim().is_empty() {
            return Err(Error::invalid("motivo_vacio", "Escriba el motivo: la persona lo leerá."));
        }
        let holder = self.person_by_run(holder).await?.ok_or_else(unknown)?;
        let (identity, note) = (self.clone(), format!("{} ({})", reason.trim(), who(actor)));
        let write = move |tx: &mut Tx<'_>| {
            let row = store::mandate(tx, holder.id, id)?.ok_or_else(unknown)?;
            identity.end_mandate(tx, &row, MandateState::Revoked, (&note, ""))
        };
        self.0.db.write(write).await
    }

    /// Tokens given by it are dead when this commits, and so is what was handed on; the applications are told (K2).
    fn end_mandate(
        &self,
        tx: &mut Tx<'_>,
        row: &MandateRow,
        to: MandateState,
        (note, trace): (&str, &str),
    ) -> Result<()> {
        let (now, holder) = (self.now(), row.validity.holder);
        if !store::move_mandate(tx, (holder, row.id), row.validity.state, to, Some(now))?
            || matches!(row.validity.state, MandateState::Revoked | MandateState::Renounced)
        {
            return Err(Error::conflict("mandato_terminado", "Este mandato ya terminó."));
        }
        for (client_id, sid) in store::revoke_by_mandate(tx, holder, row.id, now)? {
            self.tell_of_logout(tx, holder, &client_id, Some((sid, Some(row.id))))?;
        }
        for child in store::given(tx, row.entity)?.iter().filter(|child| child.parent == Some(row.id)) {
            if matches!(child.validity.state, MandateState::Offered | MandateState::InForce) {
                self.end_mandate(tx, child, MandateState::Revoked, (note, trace))?;
            }
        }
        self.tell_both(tx, row, EventKind::MandateEnded, note, trace)
    }

    /// What a person may act by, and what was offered to them: the latest first.
    pub(crate) async fn mandates_of(&self, person: Id) -> Result<Vec<Mandate>> {
        let identity = self.clone();
        let read = move |conn: &mut Conn<'_>| {
            let rows = store::held(conn, person)?;
            rows.into_iter().map(|row| identity.open_mandate(conn, row)).collect()
        };
        self.0.db.read(read).await
    }

    /// Those by which the person may act now.
    pub(crate) async fn mandates_in_force(&self, person: Id) -> Result<Vec<Mandate>> {
        let now = self.now();
        let all = self.mandates_of(person).await?;
        Ok(all.into_iter().filter(|m| m.validity.allows(person, now)).collect())
    }

    /// What others hold for the person, or by what the person handed on.
    pub(crate) async fn mandates_given(&self, person: &Person) -> Result<Vec<Given>> {
        let (identity, person) = (self.clone(), person.clone());
        let read = move |conn: &mut Conn<'_>| {
            let mut rows = match identity.own_entity(conn, &person)? {
                Some(entity) => store::given(conn, entity.id)?,
                None => Vec::new(),
            };
            for held in store::held(conn, person.id)?.iter().filter(|held| held.may_delegate) {
                let handed_on = store::given(conn, held.entity)?;
                rows.extend(handed_on.into_iter().filter(|row| row.parent == Some(held.id)));
            }
            let mut all = Vec::new();
            for row in rows {
                let holder = identity.person_in(conn, row.validity.holder)?;
                // Only who took it is named: an offer, also one that ended, tells nobody who has that RUN.
                let named = matches!(row.validity.state, MandateState::InForce | MandateState::Suspended);
                let holder = holder
                    .map_or_else(String::new, |p| if named { p.full_name() } else { p.run.to_string() });
                all.push(Given { mandate: identity.open_mandate(conn, row)?, holder });
            }
            Ok(all)
        };
        self.0.db.read(read).await
    }

    /// A mandate of this person, to act by.
    pub(crate) fn mandate_in(&self, conn: &mut Conn<'_>, holder: Id, id: Id) -> Result<Option<Mandate>> {
        store::mandate(conn, holder, id)?.map(|row| self.open_mandate(conn, row)).transpose()
    }

    fn open_mandate(&self, conn: &mut Conn<'_>, row: MandateRow) -> Result<Mandate> {
        let entity =
            store::entity(conn, row.entity)?.ok_or_else(|| Error::internal("a mandate for nobody"))?;
        Ok(Mandate {
            id: row.id,
            validity: row.validity,
            entity: self.open_entity(entity)?,
            capacity: row.capacity,
            powers: row.powers,
            source: row.source,
            may_delegate: row.may_delegate,
            parent: row.parent,
            created: row.created,
        })
    }

    fn open_entity(&self, row: EntityRow) -> Result<Entity> {
        let rut = self.0.sealer.open(&context(row.id), &row.rut_sealed)?;
        let rut = std::str::from_utf8(&rut).ok().and_then(|text| text.parse().ok());
        let rut = rut.ok_or_else(|| Error::internal("a sealed RUT is not a RUT"))?;
        Ok(Entity { id: row.id, rut, name: row.name, kind: row.kind })
    }

    fn own_entity(&self, conn: &mut Conn<'_>, person: &Person) -> Result<Option<EntityRow>> {
        store::entity_by_rut(conn, self.0.buckets.of_run(person.run), &self.run_hash(person.run))
    }

    /// Who is acted for: a person has their own id, so that what is done for them stands in their own history.
    fn entity(
        &self,
        tx: &mut Tx<'_>,
        (rut, name, kind): &(Run, String, EntityKind),
        person: Option<&Person>,
    ) -> Result<EntityRow> {
        let own = person.filter(|_| *kind == EntityKind::Natural).map(|person| person.id);
        let id = own.unwrap_or_else(|| Id::new(self.now(), self.0.buckets.of_run(*rut), &*self.0.random));
        let rut_sealed = self.0.sealer.seal(&*self.0.random, &context(id), rut.compact().as_bytes())?;
        let row = EntityRow { id, rut_sealed, name: name.clone(), kind: *kind };
        store::entity_or_insert(tx, &row, &self.run_hash(*rut), self.now())
    }

    fn new_id(&self, holder: Id) -> Id {
        Id::new(self.now(), holder.bucket(), &*self.0.random)
    }

    fn write_mandate(&self, tx: &mut Tx<'_>, row: MandateRow, note: &str, trace: &str) -> Result<Id> {
        store::insert_mandate(tx, &row)?;
        let kind = match row.validity.state {
            MandateState::Offered => EventKind::MandateOffered,
            _ => EventKind::MandateTaken,
        };
        self.tell_both(tx, &row, kind, note, trace)?;
        Ok(row.id)
    }

    /// In the history of who acts and of whom they act for (K4). Who has not taken an offer is not named there.
    fn tell_both(
        &self,
        tx: &mut Tx<'_>,
        row: &MandateRow,
        kind: EventKind,
        note: &str,
        trace: &str,
    ) -> Result<()> {
        let mandate = self.open_mandate(tx, row.clone())?;
        let what = Happened { note, trace, ..Happened::of(row.validity.holder, kind) };
        if kind == EventKind::MandateTaken || row.validity.state != MandateState::Offered {
            return self.happened_to_both(tx, Some(&mandate), what);
        }
        let ours = format!("en nombre de {}", mandate.words());
        self.happened(tx, Happened { acting: ours, delivered: Vec::new(), ..what })?;
        self.happened(tx, Happened { person: mandate.entity.id, ..what })
    }

    /// Writes an event of a person who may act for somebody: it stands in both histories, and each names the other.
    pub(super) fn happened_to_both(
        &self,
        tx: &mut Tx<'_>,
        acting: Option<&Mandate>,
        what: Happened<'_>,
    ) -> Result<()> {
        let Some(mandate) = acting else { return self.happened(tx, what) };
        let holder = self.person_in(tx, what.person)?.map_or_else(String::new, |p| p.full_name());
        let ours = format!("en nombre de {}", mandate.words());
        self.happened(tx, Happened { acting: ours, delivered: what.delivered.clone(), ..what })?;
        let theirs = Happened { person: mandate.entity.id, acting: format!("actuó {holder}"), ..what };
        self.happened(tx, theirs)
    }
}

/// Who is known by a RUN alone. Whether somebody has an account under it, nobody learns from an offer.
const fn nobody_yet(run: Run, kind: PersonKind) -> NewPerson {
    NewPerson {
        run,
        names: Vec::new(),
        surnames: Vec::new(),
        email: None,
        password: None,
        kind,
        proofing: Proofing::P0,
    }
}

fn check_powers(powers: &[Power]) -> Result<()> {
    if powers.is_empty() {
        return Err(Error::invalid("mandato_vacio", "Elija al menos una cosa que podrá hacer.")
            .field("poderes", "Elija al menos una."));
    }
    Ok(())
}
