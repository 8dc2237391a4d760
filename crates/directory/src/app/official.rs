//! Officials and memberships.

use copihue_core::{Actor, Error, Id, Result, Run};
use copihue_db::Tx;
use jiff::civil::Date;

use super::{text, unknown};
use crate::Directory;
use crate::journal::Change;
use crate::model::official::{Bond, Membership, MembershipState, NameSource, Official};
use crate::model::period::Period;
use crate::model::policy::{Action, ResourceRef};
use crate::model::unit::Seats;
use crate::store::{self, Recorded};

/// From this number on a RUT belongs to a body or a company.
const FIRST_COMPANY: u32 = 60_000_000;

/// An official to add to a body.
#[derive(Clone, Debug)]
pub struct NewOfficial {
    /// Their RUN.
    pub run: Run,
    /// Their name.
    pub name: String,
    /// Where the name comes from.
    pub name_source: NameSource,
    /// Their personal institutional mail.
    pub email: Option<String>,
    /// Where they belong.
    pub membership: NewMembership,
}

/// A place in a body.
#[derive(Clone, Debug)]
pub struct NewMembership {
    /// The body.
    pub institution: String,
    /// The unit.
    pub unit: Id,
    /// The post.
    pub post: Id,
    /// Legal bond.
    pub bond: Bond,
    /// When.
    pub period: Period,
}

impl Directory {
    /// Adds a membership for the official with this RUN, who is created when unknown. A known official keeps their name.
    ///
    /// # Errors
    /// `run_invalido` for a company's RUT, `correo_invalido`, `titular_vigente` for a taken post of one seat,
    /// `referencia_desconocida`, or the actor may not.
    pub fn add_official(&self, tx: &mut Tx<'_>, actor: &Actor, new: NewOfficial) -> Result<Id> {
        if new.run.number() >= FIRST_COMPANY {
            return Err(Error::invalid("run_invalido", "Ingrese el RUN de una persona natural.")
                .field("run", "Ingrese el RUN de una persona natural, por ejemplo 12.345.678-5."));
        }
        let place = &new.membership;
        let recorded =
            self.begin(tx, actor, Action::Create, &ResourceRef::new("official", &place.institution))?;
        let official = self.find_or_create(tx, &new, &recorded)?;
        let membership = self.check_membership(tx, official, place, &recorded)?;
        store::insert_membership(tx, &membership, &recorded)?;
        let change = Change::of("official.joined", membership.id.to_string(), &membership.institution);
        self.tell(tx, &recorded, Change { official: Some(official), ..change })?;
        Ok(official)
    }

    fn find_or_create(&self, tx: &mut Tx<'_>, new: &NewOfficial, recorded: &Recorded) -> Result<Id> {
        let (bucket, run_hash) = (self.0.buckets.of_run(new.run), self.run_hash(new.run));
        if let Some(known) = store::find_official(tx, bucket, &run_hash)? {
            return Ok(known.id);
        }
        let id = Id::new(recorded.at, bucket, &*self.0.random);
        let seal =
            |what: &str, plain: &[u8]| self.0.sealer.seal(&*self.0.random, &sealed_context(what, id), plain);
        let email = new.email.as_deref().map(check_email).transpose()?;
        let sealed = store::Sealed {
            run: seal("run", new.run.compact().as_bytes())?,
            email: email.map(|email| seal("email", email.as_bytes())).transpose()?,
        };
        let name = text(&new.name, "name", 150)?;
        let official = Official { id, name, name_source: new.name_source, run_hash };
        store::insert_official(tx, &official, &sealed, recorded)?;
        Ok(id)
    }

    fn check_membership(
        &self,
        tx: &mut Tx<'_>,
        official: Id,
        place: &NewMembership,
        recorded: &Recorded,
    ) -> Result<Membership> {
        let (code, bucket) = (&place.institution, self.bucket(&place.institution));
        store::unit(tx, bucket, code, place.unit)?.ok_or_else(|| unknown("unit", "esa unidad"))?;
        let post = store::post(tx, bucket, code, place.post)?.ok_or_else(|| unknown("post", "ese cargo"))?;
        let others = store::memberships_of(tx, bucket, code)?;
        let mut same_time =
            others.iter().filter(|m| m.state != MembershipState::Ended && m.period.overlaps(&place.period));
        if post.seats == Seats::Single && same_time.any(|m| m.post == place.post) {
            return Err(Error::conflict("titular_vigente", "El cargo ya está ocupado en ese período."));
        }
        Ok(Membership {
            id: Id::new(recorded.at, bucket, &*self.0.random),
            official,
            institution: code.clone(),
            unit: place.unit,
            post: place.post,
            bond: place.bond,
            state: MembershipState::Active,
            period: place.period,
        })
    }

    /// Blocks a membership, or lets it act again.
    ///
    /// # Errors
    /// 404, `transicion_invalida` after the official left, or the actor may not.
    pub fn set_membership_state(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        membership: Id,
        state: MembershipState,
    ) -> Result<()> {
        let mut found = store::membership(tx, membership)?.ok_or_else(Error::not_found)?;
        let recorded =
            self.begin(tx, actor, Action::Change, &ResourceRef::new("official", &found.institution))?;
        if found.state == MembershipState::Ended {
            return Err(Error::conflict(
                "transicion_invalida",
                "La persona ya no pertenece a la institución.",
            ));
        }
        found.state = state;
        store::insert_membership(tx, &found, &recorded)?;
        let change = Change::of("official.changed", membership.to_string(), &found.institution);
        self.tell(tx, &recorded, Change { official: Some(found.official), ..change })
    }

    /// Ends a membership on a day: with it go the roles and designations in that body (DIR-13).
    ///
    /// # Errors
    /// 404, or the actor may not.
    pub fn official_left(&self, tx: &mut Tx<'_>, actor: &Actor, membership: Id, day: Date) -> Result<()> {
        let mut left = store::membership(tx, membership)?.ok_or_else(Error::not_found)?;
        let recorded =
            self.begin(tx, actor, Action::Change, &ResourceRef::new("official", &left.institution))?;
        match left.period.until(day) {
            Some(period) => left.period = period,
            None => left.state = MembershipState::Ended,
        }
        store::insert_membership(tx, &left, &recorded)?;
        let change = Change::of("official.left", membership.to_string(), &left.institution);
        self.tell(tx, &recorded, Change { official: Some(left.official), ..change })?;
        self.end_all_of(tx, left.official, &left.institution, day, &recorded)
    }
}

/// Binds a sealed value to its table, column and row.
pub(crate) fn sealed_context(what: &str, id: Id) -> Vec<u8> {
    [format!("directory_official.{what}.").as_bytes(), id.as_bytes()].concat()
}

/// Personal institutional mail only: shared boxes are refused.
fn check_email(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let bad = |message: &str| Error::invalid("correo_invalido", message).field("email", message);
    let Some((local, domain)) = email.split_once('@') else {
        return Err(bad("Ingrese un correo, por ejemplo nombre@ejemplo.cl."));
    };
    if matches!(local, "contacto" | "soporte" | "info") {
        return Err(bad("Ingrese un correo institucional personal, no una casilla compartida."));
    }
    let plain = !local.is_empty()
        && email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if plain && crate::model::institution::check_domain(domain).is_ok() {
        return Ok(email);
    }
    Err(bad("Ingrese un correo, por ejemplo nombre@ejemplo.cl."))
}
