//! A batch is signed: each document under the permit, several at once, some of them in each transaction.
//!
//! A signature and all that follows from it are on disk together or not at all. So a batch that a crash cut off goes on where it was: what
//! was signed stays, what was not is signed, and nothing is signed twice.

use std::sync::Arc;

use copihue_core::{Error, Id, Result};
use copihue_db::blobs::Staged;
use copihue_db::jobs::Job;
use copihue_db::{Conn, Tx};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

use super::authorise::{grant, owner_of};
use super::{Desk, Me};
use crate::app::firmagob::Asked;
use crate::app::{KeyUse, SignedFile};
use crate::model::authorisation::{Permit, Permitted, altered};
use crate::model::batch::{
    Batch, BatchEvent, BatchState, Counts, ItemError, ItemState, MAX_ATTEMPTS, Outcome, may_pass,
};
use crate::store::{batch as store, holder, paper as papers};
use crate::verify::verify_jws;

/// The job that signs a batch.
pub(super) const JOB: &str = "signing.batch";
/// Documents on their way at once: enough to keep each processor busy while others wait for a timestamp.
const AT_ONCE: usize = 8;
/// Documents of one transaction, which others wait behind.
const TOGETHER: usize = 32;

#[derive(Deserialize)]
struct Payload {
    batch: Id,
}

/// A document that was tried.
pub(super) struct Tried {
    pub(super) n: i64,
    pub(super) paper: Option<Id>,
    pub(super) sha256: [u8; 32],
    pub(super) attempts: i64,
    pub(super) result: Result<Made>,
}

/// A signed document and the use of the key that made it.
pub(super) struct Made {
    pub(super) file: SignedFile,
    pub(super) used: KeyUse,
    pub(super) staged: Staged,
    /// What was asked of FirmaGob for it, where it signs.
    pub(super) asked: Option<Asked>,
}

/// Whether there is anything left to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    On,
    Stop,
}

impl Desk {
    pub(super) async fn run_job(&self, job: &Job) -> Result<()> {
        let Payload { batch } = job.parse()?;
        self.run(batch).await
    }

    /// Signs what is left of a batch, while its authorisation holds.
    async fn run(&self, id: Id) -> Result<()> {
        let Some(batch) = self.db().read(move |conn| store::get(conn, id)).await? else { return Ok(()) };
        if batch.state.after(BatchEvent::Begin).is_none() {
            return Ok(());
        }
        if self.0.signing.firmagob(&batch.institution).is_some() {
            return self.end_cut_off(&batch).await;
        }
        let permit = match self.permit(&batch).await {
            Ok(permit) => permit,
            Err(error) if may_pass(&error) => return Err(error),
            Err(error) => return self.give_up(&batch, &error).await,
        };
        if !permit.holds(self.now()) {
            return self.end(id, BatchEvent::Expire).await;
        }
        if self.begin(&batch).await? == Way::Stop {
            return Ok(());
        }
        match self.sign_all(&batch, &permit).await {
            Ok(()) => self.conclude(id).await,
            Err(error) if may_pass(&error) => Err(error),
            // The holder stopped their signatures meanwhile, or lost the certificate.
            Err(error) => self.give_up(&batch, &error).await,
        }
    }

    /// The signed record, held against the documents. Whoever changed either is stopped here.
    async fn permit(&self, batch: &Batch) -> Result<Permit> {
        let none = || Error::forbidden("No hay una autorización válida, así que no se firma.");
        let signer = self.0.signing.signer(&owner_of(batch)).await?;
        let (record, id) = (batch.authorisation.clone().ok_or_else(none)?, batch.id);
        let verdict = verify_jws(&record, &self.0.signing.trust(), self.now());
        let serial = signer.certificate().serial();
        let own = verdict.signer.as_ref().is_some_and(|s| s.serial == serial);
        if verdict.problem.is_some() || !own {
            return Err(none().context(format_args!("{:?}", verdict.problem)));
        }
        let items = self.db().read(move |conn| store::items(conn, id)).await?;
        Permit::open(&verdict.payload, &grant(batch, serial), items, batch.level)
    }

    async fn begin(&self, batch: &Batch) -> Result<Way> {
        let (id, from, now) = (batch.id, batch.state, self.now());
        let begun =
            self.db().write(move |tx| store::set_state(tx, id, from, BatchState::Signing, now)).await?;
        Ok(if begun { Way::On } else { Way::Stop })
    }

    async fn sign_all(&self, batch: &Batch, permit: &Permit) -> Result<()> {
        // Known before any key is used: each use is written down with it.
        let me = self.holder(batch).await?;
        let pending = permit.documents().filter(|d| d.item().state == ItemState::Pending);
        let tried = stream::iter(pending).map(|document| self.try_one(batch, permit, document));
        let mut groups = tried.buffer_unordered(AT_ONCE).ready_chunks(TOGETHER).boxed();
        while let Some(group) = groups.next().await {
            if self.keep(batch, &me, group).await? == Way::Stop {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn try_one(&self, batch: &Batch, permit: &Permit, document: Permitted<'_>) -> Tried {
        let item = document.item();
        let result = if permit.holds(self.now()) {
            self.sign_one(batch, &document).await
        } else {
            Err(Error::unavailable("the authorisation ended"))
        };
        Tried { n: item.n, paper: item.paper, sha256: item.sha256, attempts: item.attempts, result }
    }

    /// Writes a group down, unless the batch was called off.
    async fn keep(&self, batch: &Batch, me: &Me, group: Vec<Tried>) -> Result<Way> {
        let (desk, id, batch, me) = (self.clone(), batch.id, batch.clone(), me.clone());
        let group = Arc::new(group);
        self.db()
            .write(move |tx| {
                let state = store::get(tx, id)?.map(|b| b.state);
                if state != Some(BatchState::Signing) {
                    return Ok(Way::Stop);
                }
                desk.admit(tx, &batch)?;
                group.iter().try_for_each(|tried| desk.keep_one(tx, id, &me, tried))?;
                Ok(Way::On)
            })
            .await
    }

    fn keep_one(&self, tx: &mut Tx<'_>, batch: Id, me: &Me, tried: &Tried) -> Result<()> {
        match &tried.result {
            Ok(made) => self.keep_made(tx, batch, me, (tried, made)),
            Err(error) => {
                let last = !may_pass(error) || tried.attempts + 1 >= MAX_ATTEMPTS;
                let state = if last { ItemState::Failed } else { ItemState::Pending };
                store::fail_item(tx, batch, tried.n, state, &ItemError::of(error))
            }
        }
    }

    pub(super) fn keep_made(
        &self,
        tx: &mut Tx<'_>,
        batch: Id,
        me: &Me,
        (tried, made): (&Tried, &Made),
    ) -> Result<()> {
        made.staged.put(tx)?;
        made.asked.iter().try_for_each(|asked| self.0.signing.keep_asked(tx, asked))?;
        let kept = match tried.paper {
            Some(paper) => self.signed(tx, (paper, &tried.sha256, me), &made.file)?,
            None => true,
        };
        if !kept {
            return store::fail_item(tx, batch, tried.n, ItemState::Failed, &ItemError::of(&altered()));
        }
        let signed = store::Signed {
            sha256: made.file.sha256,
            size: made.file.bytes.len() as u64,
            at: made.file.signed_at,
            reached: made.file.level_reached,
            shortfall: made.file.shortfall,
            key_use: made.used.id,
        };
        // Another process may have been quicker: then this signature never was, and the whole group is undone.
        if store::sign_item(tx, batch, tried.n, &signed)? {
            return self.0.signing.log_kept(tx, &made.used);
        }
        Err(Error::unavailable("another process signed the document"))
    }

    /// Who signs, as papers note it.
    async fn holder(&self, batch: &Batch) -> Result<Me> {
        let (bucket, institution, official) = (batch.id.bucket(), batch.institution.clone(), batch.official);
        let read = move |conn: &mut Conn<'_>| holder::get(conn, bucket, &institution, official);
        let found = self.db().read(read).await?.ok_or_else(|| Error::internal("a batch of nobody"))?;
        Ok(Me { institution: found.institution, official, run: found.run, name: found.name })
    }

    /// Refuses what an application asked for and may not have any more.
    pub(super) fn admit(&self, conn: &mut Conn<'_>, batch: &Batch) -> Result<()> {
        match batch.origin.application() {
            Some(key) => self.0.signing.admit_application(conn, key, &owner_of(batch)),
            None => Ok(()),
        }
    }

    /// Nothing of it can be signed: each document says why.
    pub(super) async fn give_up(&self, batch: &Batch, error: &Error) -> Result<()> {
        let (id, why) = (batch.id, ItemError::of(error));
        self.db()
            .write(move |tx| {
                for item in store::items(tx, id)? {
                    store::fail_item(tx, id, item.n, ItemState::Failed, &why)?;
                }
                Ok(())
            })
            .await?;
        self.end(id, BatchEvent::Finish(Outcome::Partial)).await
    }

    /// Ends the batch, once nothing is pending; else what is left is tried again.
    pub(super) async fn conclude(&self, id: Id) -> Result<()> {
        let counts: Counts = self.db().read(move |conn| store::counts(conn, id)).await?;
        match counts.outcome() {
            Some(outcome) => self.end(id, BatchEvent::Finish(outcome)).await,
            None => Err(Error::unavailable(format_args!("{} documents of a batch are left", counts.pending))),
        }
    }

    pub(super) async fn end(&self, id: Id, event: BatchEvent) -> Result<()> {
        let now = self.now();
        self.db()
            .write(move |tx| {
                let Some(batch) = store::get(tx, id)? else { return Ok(()) };
                let Some(to) = batch.state.after(event) else { return Ok(()) };
                store::set_state(tx, id, batch.state, to, now)?;
                papers::unlock(tx, id)
            })
            .await
    }
}
