//! People: registration, and reading what is sealed.

use copihue_core::{Actor, Error, Id, Result, Run, Secret};
use copihue_db::{Conn, Tx};

use super::Happened;
use super::standing::who;
use crate::Identity;
use crate::model::event::EventKind;
use crate::model::person::{Person, PersonKind, PersonState, Proofing};
use crate::store::{self, NewRow, PersonRow};

/// Which pepper a hash was made with; a second one comes with its rotation.
const PEPPER: &str = "1";
/// Fewest characters of a password (§3.3).
const MIN_PASSWORD: usize = 8;

/// A person to register.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// RUN.
    pub run: Run,
    /// Given names.
    pub names: Vec<String>,
    /// Surnames.
    pub surnames: Vec<String>,
    /// Mail.
    pub email: Option<String>,
    /// Password. None: the person is known, and has no account here.
    pub password: Option<Secret>,
    /// Real or test.
    pub kind: PersonKind,
    /// How the identity was proved.
    pub proofing: Proofing,
}

fn context(what: &str, id: Id) -> Vec<u8> {
    [format!("identity_person.{what}.").as_bytes(), id.as_bytes()].concat()
}

impl Identity {
    pub(crate) fn run_hash(&self, run: Run) -> [u8; 32] {
        self.0.sealer.hash(&run.number().to_be_bytes())
    }

    /// Opens what is sealed in a row.
    pub(crate) fn open_person(&self, row: PersonRow) -> Result<Person> {
        let open = |what: &str, sealed: &[u8]| {
            let plain = self.0.sealer.open(&context(what, row.id), sealed)?;
            String::from_utf8(plain).map_err(|_| Error::internal("a sealed value is not text"))
        };
        let run = open("run", &row.run_sealed)?;
        Ok(Person {
            id: row.id,
            run: run.parse().map_err(|_| Error::internal("a sealed RUN is not a RUN"))?,
            email: row.email_sealed.as_deref().map(|sealed| open("email", sealed)).transpose()?,
            email_verified: row.email_verified,
            names: row.names,
            surnames: row.surnames,
            kind: row.kind,
            state: row.state,
            vital: row.vital,
            proofing: row.proofing,
            password_by: row.password_by,
            epoch: row.epoch,
        })
    }

    pub(super) fn seal_email(&self, person: Id, address: &str) -> Result<Vec<u8>> {
        self.0.sealer.seal(&*self.0.random, &context("email", person), address.as_bytes())
    }

    pub(crate) fn person_in(&self, conn: &mut Conn<'_>, id: Id) -> Result<Option<Person>> {
        store::by_id(conn, id)?.map(|row| self.open_person(row)).transpose()
    }

    /// The person with this id.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn person(&self, id: Id) -> Result<Option<Person>> {
        let identity = self.clone();
        self.0.db.read(move |conn| identity.person_in(conn, id)).await
    }

    /// The person with this RUN, where one is known.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn person_by_run(&self, run: Run) -> Result<Option<Person>> {
        let (bucket, hash) = (self.0.buckets.of_run(run), self.run_hash(run));
        let row = self.0.db.read(move |conn| store::by_run(conn, bucket, &hash)).await?;
        row.map(|row| self.open_person(row)).transpose()
    }

    /// Registers a person with their password, or answers the one who is already known under this RUN, unchanged.
    /// For operators and samples: the password is taken as it is.
    ///
    /// # Errors
    /// Unavailable when too many passwords wait to be hashed; when the database refuses.
    pub async fn register_person(&self, new: NewPerson) -> Result<Person> {
        if let Some(known) = self.person_by_run(new.run).await? {
            return Ok(known);
        }
        let password = match &new.password {
            Some(password) => {
                let text = std::str::from_utf8(password.expose())
                    .map_err(|_| Error::invalid("clave_invalida", "La clave no es un texto."))?;
                Some(self.0.hasher.make(text, &*self.0.random).await?)
            }
            None => None,
        };
        let row = self.row_of(&new)?;
        let identity = self.clone();
        let stored = self.0.db.write(move |tx| identity.insert(tx, &row, password.as_deref())).await?;
        self.open_person(stored)
    }

    /// Registers a person on an operator's word; it stands in their history.
    ///
    /// # Errors
    /// `persona_conocida` for a RUN that has an account; `clave_corta`; `clave_filtrada`; as [`Identity::register_person`].
    pub async fn add_person(&self, actor: &Actor, new: NewPerson) -> Result<Person> {
        let text = new.password.as_ref().map(|p| std::str::from_utf8(p.expose()).unwrap_or_default());
        let password = match text {
            Some(text) if self.is_breached(text).await? => {
                return Err(Error::invalid(
                    "clave_filtrada",
                    "Esa clave apareció en una filtración. Elija otra.",
                ));
            }
            Some(text) if text.chars().count() >= MIN_PASSWORD => {
                Some(self.0.hasher.make(text, &*self.0.random).await?)
            }
            Some(_) => {
                return Err(Error::invalid("clave_corta", "La clave debe tener al menos 8 caracteres."));
            }
            None => None,
        };
        let (row, identity, note) = (self.row_of(&new)?, self.clone(), who(actor));
        let stored = self.0.db.write(move |tx| {
            if !store::insert_person(tx, &row)? {
                return Err(Error::conflict("persona_conocida", "Ya hay una persona con ese RUN."));
            }
            if let Some(password) = &password {
                store::insert_credential(tx, row.id, password, PEPPER, row.created)?;
            }
            identity.happened(tx, Happened { note: &note, ..Happened::of(row.id, EventKind::Registered) })?;
            store::by_id(tx, row.id)
        });
        self.open_person(stored.await?.ok_or_else(Error::not_found)?)
    }

    /// A password that nobody has chosen: 100 bits, without letters that look like another.
    #[must_use]
    pub fn new_password(&self) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let bytes: [u8; 20] = copihue_core::random::bytes(&*self.0.random);
        let letters: Vec<char> = bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
        let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    pub(super) fn insert(&self, tx: &mut Tx<'_>, row: &NewRow, password: Option<&str>) -> Result<PersonRow> {
        if store::insert_person(tx, row)?
            && let Some(password) = password
        {
            store::insert_credential(tx, row.id, password, PEPPER, row.created)?;
        }
        let stored = store::by_run(tx, row.id.bucket(), &row.run_hash)?;
        stored.ok_or_else(|| Error::internal("a person that was just written is not there"))
    }

    pub(crate) fn row_of(&self, new: &NewPerson) -> Result<NewRow> {
        let now = self.now();
        let id = Id::new(now, self.0.buckets.of_run(new.run), &*self.0.random);
        let seal = |what: &str, plain: &str| {
            self.0.sealer.seal(&*self.0.random, &context(what, id), plain.as_bytes())
        };
        Ok(NewRow {
            id,
            run_hash: self.run_hash(new.run),
            run_sealed: seal("run", &new.run.compact())?,
            email_sealed: new.email.as_deref().map(|email| seal("email", email)).transpose()?,
            names: new.names.clone(),
            surnames: new.surnames.clone(),
            kind: new.kind,
            state: if new.password.is_some() { PersonState::Active } else { PersonState::NoAccount },
            proofing: new.proofing,
            created: now,
        })
    }

    /// The person whom another provider vouches for: found by RUN, created when unknown, their names as it says them.
    pub(crate) fn vouched(&self, tx: &mut Tx<'_>, row: &NewRow) -> Result<Person> {
        let stored = self.insert(tx, row, None)?;
        if stored.names != row.names || stored.surnames != row.surnames {
            store::set_names(tx, stored.id, &row.names, &row.surnames)?;
        }
        let person = self.open_person(stored)?;
        Ok(Person { names: row.names.clone(), surnames: row.surnames.clone(), ..person })
    }

    pub(crate) fn set_password_hash(&self, tx: &mut Tx<'_>, person: Id, hash: &str) -> Result<()> {
        store::insert_credential(tx, person, hash, PEPPER, self.now())
    }
}
