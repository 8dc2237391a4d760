//! Applications: added, suspended, enabled by a holder; and the contract's sandbox.

use std::sync::Arc;

use copihue_core::{Error, Id, Result, Run, Secret};
use copihue_db::Tx;

use super::setup::new_id;
use super::tickets::secret_name;
use super::{Mode, NewHolder, Signing};
use crate::keys::Algorithm;
use crate::model::application::{Application, ApplicationState};
use crate::model::bounds::{Bounds, test_institution};
use crate::model::level::Level;
use crate::model::token::ExpirationZone;
use crate::pdf::SubFilter;
use crate::store::application as store;
use crate::vault::Sealed;

/// The contract's published constants (specs signing §2.9).
pub const SANDBOX: &str = "sandbox";
const SANDBOX_SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
const SANDBOX_ENTITY: &str = "Subsecretaría General de la Presidencia";
const SANDBOX_INSTITUTION: &str = "PRUEBA-SEGPRES";
const ATTENDED_RUN: u32 = 11_111_111;
const UNATTENDED_RUN: u32 = 22_222_222;

impl Signing {
    /// Adds an application with its secret; one that is there stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_application(&self, application: Application, secret: &Secret) -> Result<()> {
        let at = self.now();
        let sealed = self.sealed_secret(&application.key, secret)?;
        let work = Arc::new((application, sealed));
        self.db().write(move |tx| store::add(tx, &work.0, &work.1, at)).await
    }

    pub(super) fn sealed_secret(&self, key: &str, secret: &Secret) -> Result<Sealed> {
        self.0.parts.master_key.seal(&secret_name(key), secret, self.random())
    }

    /// Gives an application a second secret. Both count from now on, so that its servers can change one after the other.
    ///
    /// # Errors
    /// A conflict, when it has two already or is not known.
    pub async fn begin_rotation(&self, key: &str, secret: &Secret) -> Result<()> {
        let work = Arc::new((key.to_owned(), self.sealed_secret(key, secret)?));
        self.db().write(move |tx| begin_rotation(tx, &work.0, &work.1)).await
    }

    /// Ends the change: what counts from now on is the second secret alone.
    ///
    /// # Errors
    /// A conflict, when the application has one secret only.
    pub async fn end_rotation(&self, key: &str) -> Result<()> {
        let key = key.to_owned();
        self.db().write(move |tx| end_rotation(tx, &key)).await
    }

    /// Suspends an application, or lets it go on.
    ///
    /// # Errors
    /// Not found.
    pub async fn set_application_state(&self, key: &str, state: ApplicationState) -> Result<()> {
        let key = key.to_owned();
        match self.db().write(move |tx| store::set_state(tx, &key, state)).await? {
            0 => Err(Error::not_found()),
            _ => Ok(()),
        }
    }

    /// Tells by which exact name tokens mean an institution.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_entity(&self, name: &str, institution: &str) -> Result<()> {
        let (name, institution) = (name.to_owned(), institution.to_owned());
        self.db().write(move |tx| store::add_entity(tx, &name, &institution)).await
    }

    /// Lets an application sign for a holder without them (SIG-07).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn enable_application(&self, institution: &str, official: Id, application: &str) -> Result<()> {
        let (bucket, at) = (self.bucket(institution), self.now());
        let (institution, application) = (institution.to_owned(), application.to_owned());
        self.db().write(move |tx| store::permit(tx, bucket, &institution, official, &application, at)).await
    }

    /// Takes that right away again, at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn disable_application(
        &self,
        institution: &str,
        official: Id,
        application: &str,
    ) -> Result<()> {
        let (bucket, at) = (self.bucket(institution), self.now());
        let (institution, application) = (institution.to_owned(), application.to_owned());
        self.db().write(move |tx| store::withdraw(tx, bucket, &institution, official, &application, at)).await
    }

    /// Makes the contract's sandbox: its application, its institution and its two signers. What it signs has no legal
    /// effect. Tells the institution and the official whose codes it takes.
    ///
    /// # Errors
    /// Outside of a demonstration, or when there is no authority.
    pub async fn ensure_sandbox(&self) -> Result<(&'static str, Id)> {
        if self.0.parts.mode != Mode::Demo {
            return Err(Error::forbidden(
                "La aplicación de prueba «sandbox» solo existe en la demostración.",
            ));
        }
        let application = Application {
            key: SANDBOX.to_owned(),
            name: "Aplicación de prueba".to_owned(),
            state: ApplicationState::Active,
            level: Level::T,
            sub_filter: SubFilter::Adobe,
            zone: ExpirationZone::Chile,
            strict_checksum: false,
            bounds: Bounds::default(),
        };
        self.add_application(application, &Secret::new(SANDBOX_SECRET.as_bytes())).await?;
        self.name_entity(SANDBOX_ENTITY, SANDBOX_INSTITUTION).await?;
        let place = (SANDBOX_INSTITUTION, SANDBOX_ENTITY);
        let attended = self.test_signer(place, ATTENDED_RUN, "Firmante de Prueba con Código").await?;
        let unattended = self.test_signer(place, UNATTENDED_RUN, "Firmante de Prueba Desatendido").await?;
        self.enable_application(SANDBOX_INSTITUTION, unattended, SANDBOX).await?;
        Ok((SANDBOX_INSTITUTION, attended))
    }

    /// The address that sets up an authenticator for the sandbox's attended signer.
    ///
    /// # Errors
    /// As [`Self::ensure_sandbox`].
    pub async fn sandbox_codes(&self) -> Result<String> {
        let (institution, official) = self.ensure_sandbox().await?;
        Ok(self.otp_setup(institution, official, "11111111").await?.uri)
    }

    /// Makes an institution's test signers: those of the contract, apart from its holders and named for what they are.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub(super) async fn ensure_test_signers(&self, institution: &str, name: &str) -> Result<()> {
        let (code, name) = (test_institution(institution), format!("{name} (PRUEBA, sin valor legal)"));
        for run in [ATTENDED_RUN, UNATTENDED_RUN] {
            self.test_signer((&code, &name), run, "Firmante de Prueba").await?;
        }
        Ok(())
    }

    /// The address that sets up an authenticator for an institution's test signer.
    pub(super) async fn test_codes(&self, institution: &str) -> Result<Option<String>> {
        let code = test_institution(institution);
        let (place, run) = (code.clone(), Run::from_number(ATTENDED_RUN));
        let run = run.ok_or_else(|| Error::internal("a test signer without a RUN"))?;
        let Some(official) = self.db().read(move |conn| store::holder(conn, &place, run)).await? else {
            return Ok(None);
        };
        Ok(Some(self.otp_setup(&code, official, "Firmante de prueba").await?.uri))
    }

    async fn test_signer(&self, (code, entity): (&str, &str), run: u32, name: &str) -> Result<Id> {
        let run = Run::from_number(run).ok_or_else(|| Error::internal("a sandbox signer without a RUN"))?;
        let place = code.to_owned();
        let known = self.db().read(move |conn| store::holder(conn, &place, run)).await?;
        let official = known.unwrap_or_else(|| new_id(self, code, self.now()));
        let holder = NewHolder {
            institution: code.to_owned(),
            institution_name: entity.to_owned(),
            official,
            run,
            name: name.to_owned(),
            post: "Funcionario de prueba".to_owned(),
            email: None,
            algorithm: Algorithm::Rsa2048,
        };
        self.ensure_holder(&holder).await?;
        self.ensure_unattended(&holder).await?;
        Ok(official)
    }

    /// A deployment for real institutions must not know the sandbox, whose secret everybody knows.
    pub(super) async fn refuse_sandbox(&self) -> Result<()> {
        if self.0.parts.mode == Mode::Demo {
            return Ok(());
        }
        match self.db().read(|conn| store::get(conn, SANDBOX)).await? {
            Some((application, _)) if application.state == ApplicationState::Active => Err(Error::conflict(
                "sandbox_activo",
                "La base de datos contiene la aplicación de prueba «sandbox», cuyo secreto es público. Use una base nueva para instituciones reales.",
            )),
            _ => Ok(()),
        }
    }
}

/// As [`Signing::begin_rotation`].
pub(super) fn begin_rotation(tx: &mut Tx<'_>, key: &str, secret: &Sealed) -> Result<()> {
    match store::add_second_secret(tx, key, secret)? {
        0 => Err(rotating("La aplicación ya tiene dos secretos. Termine el cambio anterior primero.")),
        _ => Ok(()),
    }
}

/// As [`Signing::end_rotation`].
pub(super) fn end_rotation(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    match store::drop_first_secret(tx, key)? {
        0 => Err(rotating("La aplicación tiene un solo secreto.")),
        _ => Ok(()),
    }
}

fn rotating(why: &str) -> Error {
    Error::conflict("cambio_de_secreto", why)
}
