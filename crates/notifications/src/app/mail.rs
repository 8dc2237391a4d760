//! E-mail: written in a transaction, sent by a job, at least once, with a stable id.

use copihue_core::{Bucket, Id, Result};
use copihue_db::Tx;
use copihue_db::jobs::{self, Job, NewJob, Worker};
use serde::Deserialize;
use serde_json::json;

use super::Notifications;
use crate::model::mail::{KeptMail, Mail, MailState};
use crate::store;

const MAIL_JOB: &str = "notifications.mail";

#[derive(Deserialize)]
struct Work {
    mail: Id,
}

impl Notifications {
    /// Sends an e-mail once the caller's transaction is committed.
    ///
    /// # Errors
    /// `correo_invalido`.
    pub fn mail(&self, tx: &mut Tx<'_>, mail: &Mail) -> Result<()> {
        mail.check()?;
        self.enqueue_mail(tx, mail, None)
    }

    pub(super) fn enqueue_mail(&self, tx: &mut Tx<'_>, mail: &Mail, notice: Option<Id>) -> Result<()> {
        let now = self.now();
        let bucket = notice.map_or(Bucket::new(0), |id| id.bucket());
        let id = Id::new(now, bucket, &*self.parts().random);
        store::insert_mail(tx, id, mail, notice, now)?;
        jobs::enqueue(tx, &NewJob { kind: MAIL_JOB, key: None, payload: json!({ "mail": id }), run_at: now })
    }

    /// Adds this crate's jobs to a worker.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let this = self.clone();
        worker.on(MAIL_JOB, move |job| {
            let this = this.clone();
            async move { this.post(&job).await }
        })
    }

    async fn post(&self, job: &Job) -> Result<()> {
        let id = job.parse::<Work>()?.mail;
        let found = self.db().read(move |c| store::find_mail(c, id)).await?;
        let Some((mail, notice)) = found.filter(|(mail, _)| mail.state == MailState::Waiting) else {
            return Ok(());
        };
        let posted = self.0.post.send(&mail).await?;
        let this = self.clone();
        self.db()
            .write(move |tx| {
                if !store::finish_mail(tx, id, posted.state, &posted.response, this.now())? {
                    return Ok(());
                }
                match (notice, posted.state) {
                    (Some(notice), MailState::Refused) => {
                        this.event(tx, notice, "aviso_rebotado", &posted.response)
                    }
                    (Some(notice), _) => this.event(tx, notice, "aviso_enviado", &posted.response),
                    (None, _) => Ok(()),
                }
            })
            .await
    }

    /// What left, or would have left, newest first: for the development page only.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn kept_mail(&self) -> Result<Vec<KeptMail>> {
        self.db().read(|c| store::mails(c, 100)).await
    }
}
