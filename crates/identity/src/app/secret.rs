//! Secrets of the applications of an integration: shown once, two at a time (C7).

use copihue_core::{Actor, Error, Id, Result, Secret};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, enqueue};
use serde::{Deserialize, Serialize};

use super::integration::{stage_client, visible};
use super::standing::who;
use crate::model::client::ClientState;
use crate::model::integration::Stage;
use crate::model::phase::Side;
use crate::store::{self, Integration};
use crate::{Identity, RegisteredClient};

/// The job that reminds of a secret that ends.
pub(super) const SECRET_JOB: &str = "identity.secret";
/// Seconds before its end at which somebody is reminded of a secret: a week.
const REMIND: i64 = 7 * 86_400;

#[derive(Serialize, Deserialize)]
struct Ending {
    integration: Id,
    client: String,
}

/// What may be done with the secrets of an application.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SecretAct {
    /// Take the newest back: the one before it stays.
    TakeBack,
    /// End the one before the newest now.
    EndFormer,
}

impl Identity {
    /// A new secret, to be shown once. The one before it is valid for thirty days more (C7).
    ///
    /// # Errors
    /// Not found, before there is an application; `aplicacion_revocada`.
    pub(crate) async fn new_secret(&self, actor: &Actor, id: Id, stage: Stage) -> Result<RegisteredClient> {
        let (identity, actor) = (self.clone(), actor.clone());
        let secret = Secret::new(self.random_text());
        let write = move |tx: &mut Tx<'_>| {
            let (i, client_id) = identity.usable(tx, &actor, id, stage)?;
            let made = identity.rotate(tx, &client_id, &secret, &who(&actor))?;
            identity.done(tx, &i, "secreto_nuevo", &who(&actor), stage.code())?;
            identity.remind_of_secret(tx, id, &client_id)?;
            Ok(made)
        };
        self.0.db.write(write).await
    }

    /// Ends one of two secrets.
    ///
    /// # Errors
    /// `un_solo_secreto` where there are not two.
    pub(crate) async fn end_secret(&self, actor: &Actor, id: Id, stage: Stage, act: SecretAct) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let (i, client_id) = identity.usable(tx, &actor, id, stage)?;
            let two = store::secrets(tx, &client_id, identity.now())?.len() > 1;
            if !two {
                let text = "La aplicación tiene un solo secreto. Para cambiarlo, pida uno nuevo.";
                return Err(Error::conflict("un_solo_secreto", text));
            }
            let code = match act {
                SecretAct::TakeBack => {
                    store::drop_newest_secret(tx, &client_id, identity.now())?;
                    "secreto_deshecho"
                }
                SecretAct::EndFormer => {
                    store::drop_former_secrets(tx, &client_id)?;
                    "secreto_anterior_terminado"
                }
            };
            identity.client_changed(tx, code, &client_id, &who(&actor))?;
            identity.done(tx, &i, code, &who(&actor), stage.code())
        };
        self.0.db.write(write).await
    }

    fn usable(&self, tx: &mut Tx<'_>, actor: &Actor, id: Id, stage: Stage) -> Result<(Integration, String)> {
        let i = visible(tx, actor, Side::Institution, id)?;
        let client_id = stage_client(tx, id, stage)?;
        let client = store::client(tx, &client_id)?.ok_or_else(Error::not_found)?;
        if client.state == ClientState::Revoked {
            return Err(Error::conflict("aplicacion_revocada", "Una aplicación revocada no vuelve."));
        }
        Ok((i, client_id))
    }

    fn remind_of_secret(&self, tx: &mut Tx<'_>, integration: Id, client: &str) -> Result<()> {
        let secrets = store::secrets(tx, client, self.now())?;
        let Some(ends) = secrets.iter().find_map(|secret| secret.expires) else { return Ok(()) };
        let payload = serde_json::to_value(Ending { integration, client: client.to_owned() })?;
        let run_at = ends.plus_seconds(-REMIND);
        enqueue(tx, &NewJob { kind: SECRET_JOB, key: Some(client.to_owned()), payload, run_at })
    }

    /// The former secret ends within a week: whoever has not changed it yet is told.
    pub(super) async fn secret_ends(&self, job: &Job) -> Result<()> {
        let Ending { integration, client } = job.parse()?;
        let identity = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let two = store::secrets(tx, &client, identity.now())?.len() > 1;
            match store::integration(tx, integration)?.filter(|_| two) {
                Some(i) => identity.write_to(tx, &i, "secreto_termina", ""),
                None => Ok(()),
            }
        };
        self.0.db.write(write).await
    }
}
