//! The keys of a registered application: its secrets, what it may do with each, and how it signs.

use copihue_core::{Actor, Error, Id, Result, Secret, random};
use copihue_db::Tx;

use super::{Extra, Folder, NewSecret, Registration};
use crate::app::applications::{begin_rotation, end_rotation};
use crate::model::act::ActKind;
use crate::model::application::{Application, ApplicationState};
use crate::model::bounds::Bounds;
use crate::model::manner::{Checksum, Manner};
use crate::model::registered::{Environment, Registered};
use crate::store::application;
use crate::store::registered as store;

/// Requests a minute of a new key.
const PER_MINUTE: u32 = 600;

impl Registration {
    /// A new secret of a key, to be shown once. Beside one that is known already, both count until the change is ended.
    ///
    /// # Errors
    /// Not found; `cambio_de_secreto`, where there are two already; as [`Self::check_extra`].
    pub(crate) async fn new_application_secret(
        &self,
        actor: &Actor,
        id: Id,
        environment: Environment,
        extra: Extra<'_>,
    ) -> Result<NewSecret> {
        let folder = self.own_folder(actor, id).await?;
        self.check_extra_for(actor, environment, extra).await?;
        let key = key_in(&folder, environment)?;
        let secret = new_secret(self.signing().random());
        let sealed = self.signing().sealed_secret(&key, &secret)?;
        let (registration, actor, place) = (self.clone(), actor.clone(), key.clone());
        let write = move |tx: &mut Tx<'_>| {
            let now = registration.now();
            let known =
                store::keys(tx, id)?.into_iter().find(|k| k.key == place).ok_or_else(Error::not_found)?;
            match known.shown_at {
                None => application::replace_secret(tx, &place, &sealed)?,
                Some(_) => begin_rotation(tx, &place, &sealed)?,
            }
            store::set_shown(tx, &place, now)?;
            registration.record_about_key(tx, &actor, (id, environment), ActKind::ApplicationSecret)
        };
        self.signing().db().write(write).await?;
        let secret = String::from_utf8(secret.expose().to_vec()).map_err(Error::internal)?;
        Ok(NewSecret { key, secret })
    }

    /// Ends a change of secrets: from now on the newer one alone counts.
    ///
    /// # Errors
    /// Not found; a conflict, where there is one only; as [`Self::check_extra`].
    pub(crate) async fn end_secret_change(
        &self,
        actor: &Actor,
        id: Id,
        environment: Environment,
        extra: Extra<'_>,
    ) -> Result<()> {
        let key = key_in(&self.own_folder(actor, id).await?, environment)?;
        self.check_extra_for(actor, environment, extra).await?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            end_rotation(tx, &key)?;
            registration.record_about_key(tx, &actor, (id, environment), ActKind::SecretChanged)
        };
        self.signing().db().write(write).await
    }

    /// Writes anew what a key may do, from where, and how it signs.
    ///
    /// # Errors
    /// Not found; as [`Self::check_extra`].
    pub(crate) async fn bound_application(
        &self,
        actor: &Actor,
        id: Id,
        environment: Environment,
        (bounds, manner): (Bounds, Manner),
        extra: Extra<'_>,
    ) -> Result<()> {
        let folder = self.own_folder(actor, id).await?;
        let key = key_in(&folder, environment)?;
        let before = folder.keys.into_iter().find(|k| k.key == key).map(|k| k.bounds).unwrap_or_default();
        self.check_extra_for(actor, environment, extra).await?;
        let (registration, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            store::set_bounds(tx, &key, &bounds)?;
            store::set_manner(tx, &key, manner)?;
            let one = store::get(tx, id)?.ok_or_else(Error::not_found)?;
            let note = format!("{}: {bounds} (antes: {before})", environment.code());
            registration.record_about(tx, &actor, &one, ActKind::ApplicationBounds, &note)
        };
        self.signing().db().write(write).await
    }

    /// A test key opens nothing that counts.
    async fn check_extra_for(&self, actor: &Actor, environment: Environment, extra: Extra<'_>) -> Result<()> {
        match environment {
            Environment::Test => Ok(()),
            Environment::Production => self.check_extra(actor, extra).await,
        }
    }

    fn record_about_key(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (id, environment): (Id, Environment),
        kind: ActKind,
    ) -> Result<()> {
        let one = store::get(tx, id)?.ok_or_else(Error::not_found)?;
        self.record_about(tx, actor, &one, kind, environment.code())
    }
}

fn key_in(folder: &Folder, environment: Environment) -> Result<String> {
    let found = folder.keys.iter().find(|key| key.environment == environment);
    found.map(|key| key.key.clone()).ok_or_else(Error::not_found)
}

/// Letters and digits: the contract takes a secret's characters for its bytes.
pub(super) fn new_secret(source: &dyn copihue_core::Random) -> Secret {
    Secret::new(hex::encode(random::bytes::<16>(source)))
}

/// A new key in one environment, as every new key is.
pub(super) fn in_environment(one: &Registered, key: &str, environment: Environment) -> Application {
    let home = Some((one.institution.clone(), environment));
    let Manner { level, sub_filter, zone, checksum } = Manner::default();
    Application {
        key: key.to_owned(),
        name: one.name.clone(),
        state: ApplicationState::Active,
        level,
        sub_filter,
        zone,
        strict_checksum: checksum == Checksum::Strict,
        bounds: Bounds { home, per_minute: Some(PER_MINUTE), ..Bounds::default() },
    }
}
