//! Documents in bulk: one wording, a table of data, the institution's seal. The rows wait in the database; a job issues them in
//! groups, each group's documents in one transaction with their place in the register and the log of the key, so that what
//! cuts it short costs nothing but time: no row is issued twice, and none is lost.

use std::sync::Arc;

use copihue_core::{Actor, Error, Hat, Id, Kind, Result, Timestamp, VerificationCode};
use copihue_db::blobs::Staged;
use copihue_db::jobs::{self, NewJob};
use copihue_documents::{Meta, Template};
use copihue_signing::{IssuedDocument, SealOptions, Sealed, Show};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Procedures;
use crate::model::definition::Sign;
use crate::model::template::{Key, table};
use crate::store;
use crate::store::batch::{BatchRow, Outcome};

/// The job that issues.
pub(super) const ISSUE: &str = "procedures.issue";
/// What every document may name beside its row.
pub(crate) const GIVEN_IN_BULK: [&str; 4] = ["firmante", "cargo", "lugar", "institucion"];
/// Documents of one transaction.
const GROUP: i64 = 64;
/// Rows of one order.
const MOST_ROWS: usize = 5_000;

#[derive(Serialize, Deserialize)]
struct Order {
    institution: String,
    batch: Id,
}

/// An order with how far it is.
#[derive(Clone, Debug)]
pub(crate) struct BatchLook {
    pub(crate) batch: BatchRow,
    pub(crate) waiting: u32,
    pub(crate) issued: u32,
    pub(crate) failed: u32,
}

/// A row that is made, not yet on record.
struct Made {
    n: i64,
    code: VerificationCode,
    staged: Staged,
}

impl Procedures {
    /// Orders a document for each row of a table, under the institution's seal. Answers the order's id.
    ///
    /// # Errors
    /// Forbidden unless the actor writes templates; `no_en_lote` for what an official signs or what decides a case;
    /// `tabla_invalida` with what is wrong, line by line: then nothing is ordered.
    pub(crate) async fn order(&self, actor: &Actor, key: &Key, text: &str) -> Result<Id> {
        let hat = self.writer(actor)?.clone();
        let wording = self.wording(key).await?;
        if wording.sign != Sign::Seal || wording.decides {
            let text = "Este documento lo firma una persona en cada caso: no se emite en lote.";
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
            total: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            created_at: now,
            finished_at: None,
        };
        let rows = rows.iter().map(serde_json::to_string).collect::<serde_json::Result<Vec<_>>>()?;
        self.parts()
            .db
            .write(move |tx| {
                store::batch::insert(tx, &batch, &rows)?;
                let payload =
                    serde_json::to_value(Order { institution: batch.institution.clone(), batch: id })?;
                let key = Some(id.to_string());
                jobs::enqueue(tx, &NewJob { kind: ISSUE, key, payload, run_at: now })
            })
            .await?;
        Ok(id)
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
    async fn tried(
        &self,
        key: &Key,
        template: &Template,
        rows: Vec<Map<String, Value>>,
    ) -> Result<Vec<Map<String, Value>>> {
        let engine = Arc::clone(&self.parts().documents);
        let (template, meta) = (template.clone(), self.meta_of(&key.institution, "", self.now(), None));
        let work = move || {
            let fault = |(n, row): (usize, &Map<String, Value>)| {
                engine.render(&template, row, &meta).err().map(|e| (n + 2, e.detail().to_owned()))
            };
            let faults: Vec<_> = rows.iter().enumerate().filter_map(fault).take(20).collect();
            if faults.is_empty() { Ok(rows) } else { Err(table::wrong(faults)) }
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    fn meta_of(&self, institution: &str, title: &str, at: Timestamp, code: Option<VerificationCode>) -> Meta {
        Meta {
            title: title.to_owned(),
            author: self.institution_name(institution),
            lang: "es-CL".to_owned(),
            created: at,
            document_id: code.map_or_else(String::new, |code| code.to_string()),
            verify_url: code.map(|code| format!("{}/v/{}", self.parts().base_url, code.compact())),
            preview: false,
            code,
        }
    }

    /// The job: issues what waits of an order, group by group.
    pub(super) async fn run_issue(&self, payload: &Value) -> Result<()> {
        let order = Order::deserialize(payload)?;
        let (institution, id) = (order.institution.clone(), order.batch);
        let found = self.parts().db.read(move |c| store::batch::get(c, &institution, id)).await?;
        let batch = Arc::new(found.ok_or_else(|| Error::internal("an order that is not there"))?);
        let template = Arc::new(serde_json::from_str::<Template>(&batch.template)?);
        loop {
            let due = self.parts().db.read(move |c| store::batch::due(c, id, GROUP)).await?;
            if due.is_empty() {
                break;
            }
            self.issue_group(&batch, &template, due).await?;
        }
        let (at, institution) = (self.now(), order.institution);
        self.parts().db.write(move |tx| store::batch::finish(tx, &institution, id, at)).await
    }

    async fn issue_group(
        &self,
        batch: &Arc<BatchRow>,
        template: &Arc<Template>,
        due: Vec<(i64, String)>,
    ) -> Result<()> {
        let now = self.now();
        let (drawn, failed) = self.drawn(batch, template, due, now).await?;
        let (places, pdfs): (Vec<_>, Vec<_>) =
            drawn.into_iter().map(|(n, code, pdf)| ((n, code), pdf)).unzip();
        let because = SealOptions::because(batch.title.clone());
        let sealed = Arc::new(self.parts().signing.seal_pdfs(&batch.institution, pdfs, &because).await?);
        let mut made = Vec::with_capacity(places.len());
        for ((n, code), file) in places.into_iter().zip(&sealed.files) {
            made.push(Made { n, code, staged: self.parts().blobs.stage(file.bytes.clone()).await? });
        }
        let (this, batch, made) = (self.clone(), Arc::clone(batch), Arc::new(made));
        self.parts()
            .db
            .write(move |tx| {
                for (n, why) in &failed {
                    store::batch::end(tx, batch.id, *n, &Outcome::Failed(why.clone()))?;
                }
                this.parts().signing.log_sealed(tx, &sealed)?;
                made.iter().try_for_each(|one| this.keep(tx, &batch, (one, &sealed), now))
            })
            .await
    }

    /// The documents of a group, and why others can't be made.
    async fn drawn(
        &self,
        batch: &BatchRow,
        template: &Arc<Template>,
        due: Vec<(i64, String)>,
        now: Timestamp,
    ) -> Result<(Vec<(i64, VerificationCode, Vec<u8>)>, Vec<(i64, String)>)> {
        let (mut ready, mut failed) = (Vec::new(), Vec::new());
        for (n, data) in due {
            let code = VerificationCode::new(&*self.parts().random);
            let values: Map<String, Value> = serde_json::from_str(&data)?;
            ready.push((n, code, values, self.meta_of(&batch.institution, &batch.title, now, Some(code))));
        }
        let (engine, template) = (Arc::clone(&self.parts().documents), Arc::clone(template));
        let work = move || -> Result<_> {
            let mut drawn = Vec::with_capacity(ready.len());
            for (n, code, values, meta) in ready {
                match engine.render(&template, &values, &meta) {
                    Ok(pdf) => drawn.push((n, code, pdf)),
                    Err(error) if error.kind() == Kind::Invalid => {
                        failed.push((n, error.detail().to_owned()))
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok((drawn, failed))
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// Keeps one document, with its place in the register. Nothing of the group is kept when another hand was faster.
    fn keep(
        &self,
        tx: &mut copihue_db::Tx<'_>,
        batch: &BatchRow,
        (one, sealed): (&Made, &Sealed),
        now: Timestamp,
    ) -> Result<()> {
        let blob = one.staged.put(tx)?;
        let outcome = Outcome::Issued { code: one.code, sha256: blob.sha256 };
        if !store::batch::end(tx, batch.id, one.n, &outcome)? {
            return Err(Error::conflict("lote_adelantado", "Otra tarea ya emitió esta parte del lote."));
        }
        let signers = sealed.files.first().map(|file| file.signer.clone());
        self.parts().signing.register_document(
            tx,
            &IssuedDocument {
                code: one.code,
                sha256: blob.sha256,
                institution: batch.institution.clone(),
                institution_name: self.institution_name(&batch.institution),
                title: batch.title.clone(),
                kind: batch.document.clone(),
                case: None,
                signers: signers.into_iter().collect(),
                issued_at: now,
                show: Show::Metadata,
            },
        )
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
    ) -> Result<(BatchLook, Vec<(i64, Outcome)>)> {
        const ROWS: i64 = 100;
        let institution = self.writer(actor)?.institution.clone();
        let read = move |c: &mut copihue_db::Conn<'_>| {
            let Some(batch) = store::batch::get(c, &institution, id)? else { return Ok(None) };
            let [waiting, issued, failed] = store::batch::counts(c, id)?;
            let look = BatchLook { batch, waiting, issued, failed };
            Ok(Some((look, store::batch::ended(c, id, after, ROWS)?)))
        };
        self.parts().db.read(read).await?.ok_or_else(Error::not_found)
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
