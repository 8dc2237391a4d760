//! What institutions tell the operator at once (AUT-07; DS 9/2023 art. 12), and what the operator did about it.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;

use super::integration::visible;
use super::standing::who;
use crate::Identity;
use crate::model::phase::Side;
use crate::model::report::{Report, Told};
use crate::store::{self, Integration};

impl Identity {
    /// Tells the operator.
    ///
    /// # Errors
    /// Not found, for another body's.
    pub(crate) async fn report(&self, actor: &Actor, integration: Id, told: Told) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, integration)?;
            let (at, by) = (identity.now(), who(&actor));
            let report = Report {
                id: Id::new(at, integration.bucket(), &*identity.0.random),
                integration,
                kind: told.kind(),
                text: told.text().to_owned(),
                peak: told.peak(),
                doer: by.clone(),
                at,
            };
            store::insert_report(tx, &report)?;
            identity.done(tx, &i, &format!("aviso_{}", report.kind.code()), &by, &report.text)
        };
        self.0.db.write(write).await
    }

    /// What nobody has dealt with yet.
    pub(crate) async fn reports(&self) -> Result<Vec<(Integration, Report)>> {
        let read = self.0.db.read(|conn| {
            let mut all = Vec::new();
            for report in store::open_reports(conn)? {
                if let Some(i) = store::integration(conn, report.integration)? {
                    all.push((i, report));
                }
            }
            Ok(all)
        });
        read.await
    }

    /// Says what was done about it.
    ///
    /// # Errors
    /// `motivo_corto`; not found when it was closed already.
    pub(crate) async fn close_report(
        &self,
        actor: &Actor,
        integration: Id,
        id: Id,
        note: &str,
    ) -> Result<()> {
        let note = super::desk::checked(note)?.to_owned();
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = store::integration(tx, integration)?.ok_or_else(Error::not_found)?;
            if !store::close_report(tx, integration, id, &note, identity.now())? {
                return Err(Error::not_found());
            }
            identity.done(tx, &i, "aviso_atendido", &who(&actor), &note)
        };
        self.0.db.write(write).await
    }
}
