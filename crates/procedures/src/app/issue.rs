//! Issuing what was ordered in bulk. The rows wait in the database; a job issues them in groups, each group's documents in one
//! transaction with their place in the register and the log of the key, so that what cuts it short costs nothing but time: no row is
//! issued twice, and none is lost.

use std::sync::Arc;

use copihue_core::{Error, Kind, Result, Timestamp, VerificationCode};
use copihue_db::Tx;
use copihue_db::blobs::Staged;
use copihue_documents::{Meta, Template};
use copihue_signing::{IssuedDocument, SealOptions, Show, SignerName};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Procedures;
use super::bulk::Order;
use crate::store;
use crate::store::batch::{BatchRow, Outcome};

/// Documents of one transaction.
const GROUP: i64 = 64;

/// A row that is made, not yet on record.
struct Made {
    n: i64,
    code: VerificationCode,
    staged: Staged,
    signer: SignerName,
}

impl Procedures {
    /// The job: issues what waits of an order, group by group.
    pub(super) async fn run_issue(&self, payload: &Value) -> Result<()> {
        let order = Order::deserialize(payload)?;
        let (institution, id) = (order.institution.clone(), order.batch);
        let found = self.parts().db.read(move |c| store::batch::get(c, &institution, id)).await?;
        let batch = Arc::new(found.ok_or_else(|| Error::internal("an order that is not there"))?);
        let at = match self.issue_all(&batch).await {
            Ok(()) => self.now(),
            Err(error) => {
                // Who ordered it sees why it stands still; the job tries again by itself.
                let why = error.detail().to_owned();
                self.parts().db.write(move |tx| store::batch::trouble(tx, id, &why)).await?;
                return Err(error);
            }
        };
        self.parts().db.write(move |tx| store::batch::finish(tx, id, at)).await
    }

    async fn issue_all(&self, batch: &Arc<BatchRow>) -> Result<()> {
        let (id, template) = (batch.id, Arc::new(serde_json::from_str::<Template>(&batch.template)?));
        loop {
            let due = self.parts().db.read(move |c| store::batch::due(c, id, GROUP)).await?;
            if due.is_empty() {
                return Ok(());
            }
            self.issue_group(batch, &template, due).await?;
        }
    }

    async fn issue_group(
        &self,
        batch: &Arc<BatchRow>,
        template: &Arc<Template>,
        due: Vec<(i64, String)>,
    ) -> Result<()> {
        let now = self.now();
        let (drawn, mut failed) = self.drawn(batch, template, due, now).await?;
        let (places, pdfs): (Vec<_>, Vec<_>) =
            drawn.into_iter().map(|(n, code, pdf)| ((n, code), pdf)).unzip();
        let because = SealOptions::because(batch.title.clone());
        let sealed = Arc::new(self.parts().signing.seal_pdfs(&batch.institution, pdfs, &because).await?);
        let (mut made, mut unanswered) = (Vec::with_capacity(places.len()), None);
        for ((n, code), file) in places.into_iter().zip(&sealed.files) {
            match file {
                Ok(file) => {
                    let staged = self.parts().blobs.stage(file.bytes.clone()).await?;
                    made.push(Made { n, code, staged, signer: file.signer.clone() });
                }
                Err(error) if error.kind() == Kind::Unavailable => {
                    unanswered = Some(error.detail().to_owned())
                }
                Err(error) => failed.push((n, error.detail().to_owned())),
            }
        }
        let (this, batch, made) = (self.clone(), Arc::clone(batch), Arc::new(made));
        self.parts()
            .db
            .write(move |tx| {
                for (n, why) in &failed {
                    store::batch::end(tx, batch.id, *n, &Outcome::Failed(why.clone()))?;
                }
                this.parts().signing.log_sealed(tx, &sealed)?;
                made.iter().try_for_each(|one| this.keep(tx, &batch, one, now))
            })
            .await?;
        // What could not be asked for waits; what was signed is kept.
        unanswered.map_or(Ok(()), |why| Err(Error::new(Kind::Unavailable, "firma_sin_respuesta", why)))
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

    /// Keeps one document, with its place in the register; nothing of it when it was stopped, or another hand was faster. That the
    /// key was used is on record in any case.
    fn keep(&self, tx: &mut Tx<'_>, batch: &BatchRow, one: &Made, now: Timestamp) -> Result<()> {
        if !store::batch::waits(tx, batch.id, one.n)? {
            return Ok(());
        }
        let sha256 = one.staged.put(tx)?.sha256;
        store::batch::end(tx, batch.id, one.n, &Outcome::Issued { code: one.code, sha256 })?;
        self.parts().signing.register_document(
            tx,
            &IssuedDocument {
                code: one.code,
                sha256,
                institution: batch.institution.clone(),
                institution_name: self.institution_name(&batch.institution),
                title: batch.title.clone(),
                kind: batch.document.clone(),
                case: None,
                signers: vec![one.signer.clone()],
                issued_at: now,
                show: Show::Metadata,
            },
        )
    }

    pub(super) fn meta_of(
        &self,
        institution: &str,
        title: &str,
        at: Timestamp,
        code: Option<VerificationCode>,
    ) -> Meta {
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
}
