//! Orders for documents in bulk: one wording, a table of data, the institution's seal. Only documents whose definition says so: what
//! their case would see to, nobody does here.

use std::sync::Arc;

use copihue_core::{Actor, Error, Hat, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{self, NewJob};
use copihue_documents::Template;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Act, Procedures};
use crate::model::template::Key;
use crate::model::template::table::{self, Row};
use crate::store;
use crate::store::batch::{BatchRow, Ended, NewItem, Outcome};

/// The job that issues.
pub(super) const ISSUE: &str = "procedures.issue";
/// What every document may name beside its row.
pub(crate) const GIVEN_IN_BULK: [&str; 4] = ["firmante", "cargo", "lugar", "institucion"];
/// Rows of one order.
const MOST_ROWS: usize = 5_000;
/// The data of what failed are kept this long, to try again.
const KEPT_S: i64 = 30 * 86_400;

#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) institution: String,
    pub(super) batch: Id,
}

/// An order with how far it is.
#[derive(Clone, Debug)]
pub(crate) struct BatchLook {
    pub(crate) batch: BatchRow,
    pub(crate) waiting: u32,
    pub(crate) issued: u32,
    pub(crate) failed: u32,
    /// Of those that failed, how many can be tried again.
    pub(crate) retriable: u32,
}

/// What is done with an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    /// Issue no more of it.
    Stop,
    /// Try again what failed.
    Retry,
    /// Forget the data of what failed.
    Forget,
}

impl Procedures {
    /// Orders a document for each row of a table, under the institution's seal. Answers the order's id.
    ///
    /// # Errors
    /// Forbidden unless the actor writes templates; `no_en_lote` for what only its procedure issues;
    /// `tabla_invalida` with what is wrong, line by line: then nothing is ordered.
    pub(crate) async fn order(&self, actor: &Actor, key: &Key, text: &str) -> Result<Id> {
        let hat = self.writer(actor)?.clone();
        let wording = self.wording(key).await?;
        if !wording.bulk {
            let text = "Este documento se emite en su trámite, caso a caso: no se emite en lote.";
            return Err(Error::conflict("no_en_lote", text));
        }
        let given = self.given_in_bulk(actor, &hat);
        let rows = table::read(text, &wording.template, &given, MOST_ROWS)?;
        let rows = self.tried(key, &wording.template, rows).await?;
        let now = self.now();
        let id = Id::new(now, self.parts().buckets.of_institution(&key.institution), &*self.parts().random);
        let batch = BatchRow {
            institution: key.institution.clone(),
            id,
            procedure: key.procedure.clone(),
            document: key.document.clone(),
            title: wording.title,
            template: serde_json::to_string(&wording.template)?,
            ordered_by: actor.person().map(|p| p.name.clone()).unwrap_or_default(),
            official: Some(hat.official),
            total: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            created_at: now,
            finished_at: None,
            stopped_at: None,
            trouble: None,
        };
        let item = |row: Row| Ok(NewItem { label: row.label, data: serde_json::to_string(&row.values)? });
        let rows = rows.into_iter().map(item).collect::<Result<Vec<_>>>()?;
        let this = self.clone();
        self.parts()
            .db
            .write(move |tx| {
                store::batch::insert(tx, &batch, &rows)?;
                this.tell_order(tx, &batch)?;
                go(tx, &batch.institution, id, now)
            })
            .await?;
        Ok(id)
    }

    /// What people may be told of: who ordered how many of which document, in which words.
    fn tell_order(&self, tx: &mut Tx<'_>, batch: &BatchRow) -> Result<()> {
        let fields: Vec<(&str, Value)> = store::deeds::order_fields(batch);
        let record = batch.id.to_string();
        self.parts()
            .evidence
            .append(tx, Act { kind: "documents.ordered", record, subject: None, fields: &fields })
    }

    /// The values of [`GIVEN_IN_BULK`].
    fn given_in_bulk(&self, actor: &Actor, hat: &Hat) -> Map<String, Value> {
        let values = [
            actor.person().map(|p| p.name.clone()).unwrap_or_default(),
            hat.post.clone(),
            self.place_name(&hat.institution),
            self.institution_name(&hat.institution),
        ];
        let pairs = GIVEN_IN_BULK.into_iter().zip(values);
        pairs.map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
    }

    /// Each row is laid out before any is ordered: who made the table learns of all that is wrong at once.
    async fn tried(&self, key: &Key, template: &Template, rows: Vec<Row>) -> Result<Vec<Row>> {
        let engine = Arc::clone(&self.parts().documents);
        let (template, meta) = (template.clone(), self.meta_of(&key.institution, "", self.now(), None));
        let work = move || {
            let fault = |row: &Row| {
                let refused = engine.render(&template, &row.values, &meta).err();
                refused.map(|e| (row.line, e.detail().to_owned()))
            };
            let faults: Vec<_> = rows.iter().filter_map(fault).take(20).collect();
            if faults.is_empty() { Ok(rows) } else { Err(table::wrong(faults)) }
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// The latest orders of the actor's institution.
    pub(crate) async fn orders(&self, actor: &Actor) -> Result<Vec<BatchRow>> {
        let institution = self.writer(actor)?.institution.clone();
        self.parts().db.read(move |c| store::batch::latest(c, &institution, 50)).await
    }

    /// An order of the actor's institution, and its rows that ended, after a number.
    ///
    /// # Errors
    /// Not found.
    pub(crate) async fn order_look(
        &self,
        actor: &Actor,
        id: Id,
        after: i64,
    ) -> Result<(BatchLook, Vec<Ended>)> {
        const ROWS: i64 = 100;
        let institution = self.writer(actor)?.institution.clone();
        let read = move |c: &mut copihue_db::Conn<'_>| {
            let Some(batch) = store::batch::get(c, &institution, id)? else { return Ok(None) };
            let [waiting, issued, failed] = store::batch::counts(c, id)?;
            let retriable = store::batch::retriable(c, id)?;
            let look = BatchLook { batch, waiting, issued, failed, retriable };
            Ok(Some((look, store::batch::ended(c, id, after, ROWS)?)))
        };
        self.parts().db.read(read).await?.ok_or_else(Error::not_found)
    }

    /// Stops an order, tries again what failed of it, or forgets what failed.
    ///
    /// # Errors
    /// Not found; `lote_terminado` for one that ended and is to be stopped; `lote_en_marcha` for one that goes on.
    pub(crate) async fn order_deed(&self, actor: &Actor, id: Id, deed: Deed) -> Result<()> {
        let institution = self.writer(actor)?.institution.clone();
        let now = self.now();
        let act = move |tx: &mut Tx<'_>| {
            let batch = store::batch::get(tx, &institution, id)?.ok_or_else(Error::not_found)?;
            let stands = batch.finished_at.is_none() && batch.trouble.is_some();
            match (deed, batch.finished_at) {
                (Deed::Stop, None) => store::batch::stop(tx, id, "No se emitió: el lote se detuvo.", now),
                (Deed::Stop, Some(_)) => Err(Error::conflict("lote_terminado", "Este lote ya terminó.")),
                (Deed::Retry, finished) if finished.is_some() || stands => {
                    store::batch::retry(tx, id)?;
                    go(tx, &institution, id, now)
                }
                (Deed::Forget, Some(_)) => store::batch::forget(tx, id),
                (Deed::Retry | Deed::Forget, _) => {
                    Err(Error::conflict("lote_en_marcha", "Este lote todavía está en marcha."))
                }
            }
        };
        self.parts().db.write(act).await
    }

    /// Forgets what failed long ago.
    pub(super) async fn forget_old_orders(&self) -> Result<()> {
        let before = self.now().plus_seconds(-KEPT_S);
        self.parts().db.write(move |tx| store::batch::forget_old(tx, before)).await
    }

    /// A document of an order.
    ///
    /// # Errors
    /// Not found.
    pub(crate) async fn ordered_document(&self, actor: &Actor, id: Id, n: i64) -> Result<Vec<u8>> {
        let institution = self.writer(actor)?.institution.clone();
        let read = move |c: &mut copihue_db::Conn<'_>| {
            let there = store::batch::get(c, &institution, id)?.is_some();
            if there { store::batch::issued(c, id, n) } else { Ok(None) }
        };
        match self.parts().db.read(read).await? {
            Some(Outcome::Issued { sha256, .. }) => self.parts().blobs.get(sha256).await,
            Some(Outcome::Failed(_)) | None => Err(Error::not_found()),
        }
    }
}

/// Lets an order go on.
fn go(tx: &mut Tx<'_>, institution: &str, batch: Id, at: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(Order { institution: institution.to_owned(), batch })?;
    jobs::enqueue(tx, &NewJob { kind: ISSUE, key: Some(batch.to_string()), payload, run_at: at })
}
