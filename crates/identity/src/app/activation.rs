//! An official who has seen somebody's card starts their account, or gives it back to them; with a second one, at the highest level. Neither
//! learns or sets a password (I3).

use std::net::IpAddr;

use copihue_core::{Actor, Error, Id, Result, Run};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record};

use super::standing::who;
use super::{Browser, Happened, NewPerson};
use crate::Identity;
use crate::config::Provider;
use crate::model::activation::{self, Activation, Former};
use crate::model::client::Environment;
use crate::model::event::EventKind;
use crate::model::level::PasswordBy;
use crate::model::password::Weak;
use crate::model::person::{Person, PersonKind, PersonState, Proofing, Vital};
use crate::model::throttle::{Limit, NETWORK, Verdict};
use crate::store;

/// Codes of one official in one hour: beyond it something is wrong.
const PER_HOUR: Limit = Limit { free: 200, first_wait: 3_600, max_wait: 3_600, forget: 3_600 };

/// What an official has seen.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) run: Run,
    pub(crate) names: Vec<String>,
    pub(crate) surnames: Vec<String>,
    pub(crate) email: Option<String>,
    /// The number of the card itself.
    pub(crate) series: String,
    pub(crate) proofing: Proofing,
    pub(crate) former: Former,
}

/// What became of it.
pub(crate) enum Started {
    /// The code to hand over, shown once.
    Code(String),
    /// A second official decides.
    Waits,
}

/// What somebody brings to the page of activation.
pub(crate) struct Activating<'a> {
    pub(crate) run: Run,
    pub(crate) code: &'a str,
    pub(crate) series: &'a str,
    /// From their authenticator or paper, where they still have one.
    pub(crate) factor: &'a str,
    pub(crate) password: &'a str,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Activated {
    Done,
    /// Code, card and RUN don't fit together; or no more.
    Wrong,
    Factor,
    Weak(Weak),
    Wait,
}

impl Identity {
    /// Starts somebody's account at a counter, or gives it back.
    pub(crate) async fn start_account(&self, actor: &Actor, officer: Id, seen: Seen) -> Result<Started> {
        let code = activation::code(&*self.0.random);
        let row = self.row_of(&self.person_of(&seen))?;
        let (identity, note) = (self.clone(), who(actor));
        let write = move |tx: &mut Tx<'_>| {
            identity.count_officer(tx, officer)?;
            let person = identity.started(tx, &row, &seen)?;
            if person.id == officer {
                return Err(Error::forbidden("Nadie puede activar su propia cuenta."));
            }
            let two = Activation::needs_two(seen.proofing, seen.former);
            let now = identity.now();
            let lives = if two { activation::WAIT_SECONDS } else { activation::SECONDS };
            let started = Activation {
                person: person.id,
                code_hash: (!two).then(|| identity.activation_hash(person.id, "code", &code)),
                series_hash: identity.activation_hash(person.id, "series", &activation::typed(&seen.series)),
                proofing: seen.proofing,
                former: seen.former,
                officer,
                office: note.clone(),
                created: now,
                expires: now.plus_seconds(lives),
                tries: 0,
            };
            store::put_activation(tx, &started)?;
            identity.activation_done(
                tx,
                person.id,
                EventKind::ActivationStarted,
                "activacion_iniciada",
                &note,
            )?;
            Ok(if two { Started::Waits } else { Started::Code(activation::printed(&code)) })
        };
        self.0.db.write(write).await
    }

    /// A second official has seen the person and the card too.
    pub(crate) async fn approve_account(&self, actor: &Actor, officer: Id, person: Id) -> Result<String> {
        let code = activation::code(&*self.0.random);
        let (identity, note) = (self.clone(), who(actor));
        let write = move |tx: &mut Tx<'_>| {
            identity.count_officer(tx, officer)?;
            let now = identity.now();
            let waiting = store::activation(tx, person)?.filter(|a| a.code_hash.is_none() && now < a.expires);
            let waiting = waiting.ok_or_else(Error::not_found)?;
            if waiting.officer == officer || person == officer {
                return Err(Error::forbidden(
                    "Debe aprobar un funcionario distinto de quien inició y de la persona.",
                ));
            }
            let code_hash = Some(identity.activation_hash(person, "code", &code));
            let expires = now.plus_seconds(activation::SECONDS);
            store::put_activation(tx, &Activation { code_hash, expires, ..waiting })?;
            identity.activation_done(
                tx,
                person,
                EventKind::ActivationStarted,
                "activacion_aprobada",
                &note,
            )?;
            Ok(activation::printed(&code))
        };
        self.0.db.write(write).await
    }

    /// What waits for a second official: who, and who started it.
    pub(crate) async fn accounts_waiting(&self) -> Result<Vec<(Person, Activation)>> {
        let (identity, now) = (self.clone(), self.now());
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let mut all = Vec::new();
            for waiting in store::activations_waiting(conn, now)? {
                if let Some(person) = identity.person_in(conn, waiting.person)? {
                    all.push((person, waiting));
                }
            }
            Ok(all)
        };
        self.0.db.read(read).await
    }

    /// The person uses their code: a password of their own, and the level that the official vouched for. Nobody is signed in.
    pub(crate) async fn activate(
        &self,
        given: &Activating<'_>,
        peer: IpAddr,
        browser: &Browser,
    ) -> Result<Activated> {
        let identity = self.clone();
        let count = move |tx: &mut Tx<'_>| {
            Ok(identity.take(tx, identity.prefix("activation", peer), NETWORK, identity.now())?.0)
        };
        if self.0.db.write(count).await? != Verdict::Go {
            return Ok(Activated::Wait);
        }
        let found = self.person_by_run(given.run).await?;
        // As much work for a RUN that nobody has.
        let asked = found.as_ref().map_or_else(|| self.nobody(given.run), |person| Ok(person.id))?;
        let fits = self.code_fits(asked, given).await?;
        let (Some(person), Some(started)) = (found, fits) else { return Ok(Activated::Wrong) };
        if let Some(weak) = self.weakness(given.password, &person).await? {
            return Ok(Activated::Weak(weak));
        }
        if started.former == Former::Kept && self.has_factor(person.id).await? {
            let step = self.step(&person, super::By::Factor);
            match self.try_code(&step, given.factor, browser).await? {
                super::Tried::Right => {}
                super::Tried::Wrong => return Ok(Activated::Factor),
                super::Tried::Wait(_) => return Ok(Activated::Wait),
            }
        }
        let hash = self.0.hasher.make(given.password, &*self.0.random).await?;
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| identity.activate_in(tx, &person, &started, &hash, &browser);
        self.0.db.write(write).await
    }

    fn activate_in(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        started: &Activation,
        hash: &str,
        browser: &Browser,
    ) -> Result<Activated> {
        // Of two at once, one.
        if !store::drop_activation(tx, person.id)? {
            return Ok(Activated::Wrong);
        }
        let now = self.person_in(tx, person.id)?.ok_or_else(Error::not_found)?;
        if now.state == PersonState::Closed || now.vital == Vital::Deceased {
            return Ok(Activated::Wrong);
        }
        self.set_password_hash(tx, person.id, hash)?;
        store::set_password_by(tx, person.id, PasswordBy::Owner)?;
        if started.former == Former::Lost {
            for key in store::passkeys(tx, person.id)? {
                store::drop_passkey(tx, person.id, &key.id)?;
            }
            store::drop_totp(tx, person.id)?;
            store::drop_backup_codes(tx, person.id)?;
        }
        store::set_proofing(tx, person.id, started.proofing.max(now.proofing))?;
        store::set_standing(tx, person.id, PersonState::Active, now.vital)?;
        self.end_everything(tx, person.id)?;
        self.close_cases(tx, person.id, &started.office)?;
        self.tell(
            tx,
            now.email.as_deref(),
            "Activó su cuenta",
            "Su cuenta se activó con un código entregado en una oficina.",
        )?;
        let (device, trace, note) = (browser.label.as_str(), browser.trace.as_str(), started.office.as_str());
        self.happened(tx, Happened { device, trace, note, ..Happened::of(person.id, EventKind::Activated) })?;
        Ok(Activated::Done)
    }

    /// What was started for this person, if code and card are its own. A wrong one counts; after five it is void.
    async fn code_fits(&self, person: Id, given: &Activating<'_>) -> Result<Option<Activation>> {
        let identity = self.clone();
        let (code, series) = (activation::typed(given.code), activation::typed(given.series));
        let check = move |tx: &mut Tx<'_>| {
            let Some(started) = store::activation(tx, person)? else { return Ok(None) };
            if !started.alive(identity.now()) {
                return Ok(None);
            }
            let right = started.code_hash == Some(identity.activation_hash(person, "code", &code))
                && started.series_hash == identity.activation_hash(person, "series", &series);
            if !right {
                store::try_activation(tx, person)?;
            }
            Ok(right.then_some(started))
        };
        self.0.db.write(check).await
    }

    fn activation_hash(&self, person: Id, what: &str, value: &str) -> [u8; 32] {
        let input = [b"activation:", what.as_bytes(), b":", person.as_bytes().as_slice(), value.as_bytes()];
        self.0.sealer.hash(&input.concat())
    }

    /// The person, known or not.
    fn started(&self, tx: &mut Tx<'_>, row: &store::NewRow, seen: &Seen) -> Result<Person> {
        store::insert_person(tx, row)?;
        let stored = store::by_run(tx, row.id.bucket(), &row.run_hash)?.ok_or_else(Error::not_found)?;
        let person = self.open_person(stored)?;
        if person.state == PersonState::Closed || person.vital == Vital::Deceased {
            return Err(Error::conflict("cuenta_cerrada", "Esa cuenta está cerrada: no se vuelve a abrir."));
        }
        // Who has an account is not renamed at a counter.
        if person.state == PersonState::NoAccount {
            store::set_names(tx, person.id, &seen.names, &seen.surnames)?;
        }
        Ok(person)
    }

    fn person_of(&self, seen: &Seen) -> NewPerson {
        let kind = match &self.0.config.provider {
            Provider::Own { environment: Environment::Sandbox, .. } => PersonKind::Test,
            _ => PersonKind::Real,
        };
        NewPerson {
            run: seen.run,
            names: seen.names.clone(),
            surnames: seen.surnames.clone(),
            email: seen.email.clone(),
            password: None,
            kind,
            proofing: Proofing::P0,
        }
    }

    fn count_officer(&self, tx: &mut Tx<'_>, officer: Id) -> Result<()> {
        let hour = self.now().millis().div_euclid(3_600_000);
        let subject = (officer.bucket(), self.subject(&format!("activations {hour}"), officer.as_bytes()));
        if self.take(tx, subject, PER_HOUR, self.now())?.0 == Verdict::Go {
            return Ok(());
        }
        tracing::error!(officer = %officer, "an official starts too many accounts");
        Err(Error::conflict(
            "demasiadas_cuentas",
            "Inició demasiadas cuentas en esta hora. Avise a su encargado de seguridad.",
        ))
    }

    /// In the person's history, and in the ledger of the administration.
    fn activation_done(
        &self,
        tx: &mut Tx<'_>,
        person: Id,
        kind: EventKind,
        act: &str,
        note: &str,
    ) -> Result<()> {
        self.happened(tx, Happened { note, ..Happened::of(person, kind) })?;
        let at = self.now();
        let record_id = Id::new(at, person.bucket(), &*self.0.random).to_string();
        let fields =
            vec![Field::plain("fecha", at.to_string()), Field::plain("acto", act), Field::plain("por", note)];
        let record = Record {
            family: Family::Admin,
            kind: "identity.activation",
            record_id,
            subject: Some(person),
            fields,
        };
        self.0.evidence.append(tx, record)
    }
}
