//! A batch of an institution that signs with FirmaGob. The code authorises the requests themselves and is kept nowhere, so the batch is
//! signed at once, by the process that was given it: no job could take it up again.
//!
//! What was signed is on disk with its paper, request by request. A crash leaves the rest unsigned, and the batch ends with the time of
//! its authorisation; whoever takes it up again does so with another code.

use std::sync::Arc;
use std::time::Duration;

use copihue_core::json::sha256;
use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::jobs::{self, NewJob};
use copihue_db::{Conn, Tx};
use serde_json::json;
use tokio::sync::oneshot;

use super::authorise::{Proof, claim, owner_of};
use super::run::{JOB, Made, Tried, Way};
use super::{BatchView, Desk, Me};
use crate::app::firmagob::{Wanted, Wish};
use crate::app::{KeyUse, Owner};
use crate::firmagob::{FirmaGob, Signatory};
use crate::model::authorisation::{VALID_MS, altered};
use crate::model::batch::{Batch, BatchEvent, BatchItem, BatchState, ItemError, ItemState, Standing};
use crate::signer::SignerName;
use crate::store::{batch as store, holder};

/// Documents of one request, as the contract has it.
const TOGETHER: usize = 100;
/// Bytes of documents in memory at once.
const MOST_BYTES: usize = 64 << 20;
/// How long somebody waits to hear whether their code was taken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A batch that was authorised, and that this process signs.
struct Work {
    engine: Arc<FirmaGob>,
    batch: Batch,
    me: Me,
    owner: Owner,
    signer: SignerName,
    /// Goes along with each request once, and is nowhere else.
    code: Option<String>,
    until: Timestamp,
}

impl Work {
    fn wanted(&self) -> Wanted<'_> {
        let who = Signatory { run: self.me.run, otp: self.code.as_deref() };
        Wanted { engine: &self.engine, owner: &self.owner, who, name: &self.signer.name }
    }
}

/// Some documents of a batch, each with what is to be asked for or why nothing is.
#[derive(Default)]
struct Group {
    items: Vec<BatchItem>,
    wishes: Vec<Result<Wish>>,
    bytes: usize,
}

impl Group {
    fn is_full(&self) -> bool {
        self.items.len() == TOGETHER || self.bytes >= MOST_BYTES
    }
}

impl Desk {
    /// Authorises a batch and signs it. An error means that nothing of it was signed.
    pub(super) async fn authorise_there(
        &self,
        engine: Arc<FirmaGob>,
        me: &Me,
        view: BatchView,
        proof: Proof<'_>,
    ) -> Result<()> {
        let owner = owner_of(&view.batch);
        self.0.signing.must_be_free_to_sign_there(&owner).await?;
        let code = match proof {
            Proof::Code(code) => Some(code.to_owned()),
            Proof::Standing => None,
        };
        let signer = self.name_of(&engine, me).await?;
        let until = self.now().plus_millis(VALID_MS);
        let (desk, known) = (self.clone(), Arc::new(view.items));
        let id = view.batch.id;
        let items = self.db().write(move |tx| desk.take_up(tx, id, &known, until)).await?;
        let me = Me { name: signer.name.clone(), ..me.clone() };
        let work = Work { engine, batch: view.batch, me, owner, signer, code, until };
        let (desk, (tell, told)) = (self.clone(), oneshot::channel());
        // It goes on when the one who asked has left.
        tokio::spawn(async move { desk.sign_there(work, items, tell).await });
        match tokio::time::timeout(PATIENCE, told).await {
            Ok(Ok(answer)) => answer,
            // FirmaGob takes its time; the batch's page says how it goes on.
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// Who signs, as the stamp and the papers say it.
    async fn name_of(&self, engine: &FirmaGob, me: &Me) -> Result<SignerName> {
        let (bucket, institution, official) =
            (self.bucket(&me.institution), me.institution.clone(), me.official);
        let read = move |conn: &mut Conn<'_>| holder::get(conn, bucket, &institution, official);
        let (name, post) = match self.db().read(read).await? {
            Some(known) => (known.name, Some(known.post)),
            None => (me.name.clone(), None),
        };
        Ok(SignerName { name, post, institution: engine.settings.name.clone() })
    }

    /// The batch is this process's from now on: its documents are those that were shown, and nobody else signs them meanwhile.
    fn take_up(
        &self,
        tx: &mut Tx<'_>,
        id: Id,
        known: &[BatchItem],
        until: Timestamp,
    ) -> Result<Vec<BatchItem>> {
        let now = self.now();
        let batch = store::get(tx, id)?.ok_or_else(Error::not_found)?;
        batch.state.then(BatchEvent::Authorise)?;
        if store::items(tx, id)? != known {
            return Err(altered());
        }
        if !store::set_state(tx, id, batch.state, BatchState::Signing, now)? {
            return Err(Error::conflict("lote_en_otro_estado", batch.state.sentence()));
        }
        let mut items = Vec::new();
        for item in known.iter().filter(|i| i.state == ItemState::Pending) {
            match claim(tx, item, id, (now, until)) {
                Ok(()) => items.push(item.clone()),
                Err(error) => {
                    store::fail_item(tx, id, item.n, ItemState::Failed, &ItemError::of(&error))?;
                }
            }
        }
        store::hold(tx, id, until)?;
        let key = Some(format!("{id}/{}", until.millis()));
        jobs::enqueue(tx, &NewJob { kind: JOB, key, payload: json!({ "batch": id }), run_at: until })?;
        Ok(items)
    }

    /// What the process left that was signing it.
    pub(super) async fn end_cut_off(&self, batch: &Batch) -> Result<()> {
        match batch.standing(self.now()) {
            Standing::Valid => Ok(()),
            Standing::Lapsed => self.end(batch.id, BatchEvent::Expire).await,
        }
    }

    async fn sign_there(&self, work: Work, items: Vec<BatchItem>, tell: oneshot::Sender<Result<()>>) {
        let id = work.batch.id;
        if let Err(error) = self.sign_groups(&work, items, tell).await {
            tracing::error!(%error, batch = %id, "a batch that FirmaGob signs was cut off");
            if let Err(error) = self.give_up(&work.batch, &error).await {
                // Its job ends it.
                tracing::error!(%error, batch = %id, "nor can that be noted");
            }
        }
    }

    async fn sign_groups(
        &self,
        work: &Work,
        items: Vec<BatchItem>,
        tell: oneshot::Sender<Result<()>>,
    ) -> Result<()> {
        let (mut tell, mut items) = (Some(tell), items.into_iter());
        loop {
            let group = self.group(work, &mut items).await;
            if group.items.is_empty() {
                return self.conclude(work.batch.id).await;
            }
            if work.until <= self.now() {
                return self.end(work.batch.id, BatchEvent::Expire).await;
            }
            match self.try_group(work, group).await {
                Ok(tried) => {
                    if self.keep_group(work, tried).await? == Way::Stop {
                        return Ok(());
                    }
                    // Whoever asked may have left.
                    tell.take().map(|tell| tell.send(Ok(())));
                }
                Err(error) => match tell.take() {
                    Some(tell) => {
                        // Back to the code.
                        self.end(work.batch.id, BatchEvent::Refuse).await?;
                        drop(tell.send(Err(error)));
                        return Ok(());
                    }
                    // What was signed before stays; nothing more is asked for.
                    None => return self.give_up(&work.batch, &error).await,
                },
            }
        }
    }

    /// The next documents, read and looked at.
    async fn group(&self, work: &Work, items: &mut std::vec::IntoIter<BatchItem>) -> Group {
        let mut group = Group::default();
        while !group.is_full() {
            let Some(item) = items.next() else { break };
            let wish = self.wish(work, &item).await;
            group.bytes += wish.as_ref().map_or(0, |w| w.pdf.len());
            group.items.push(item);
            group.wishes.push(wish);
        }
        group
    }

    async fn wish(&self, work: &Work, item: &BatchItem) -> Result<Wish> {
        let pdf = self.0.blobs.get(item.sha256).await?;
        if sha256(&pdf) != item.sha256 {
            return Err(altered());
        }
        let (pdf, options) = self.dress(&work.batch, item, &work.signer, pdf).await?;
        Ok(Wish { pdf, options })
    }

    /// One request for all of a group. An error is what keeps all of them from being signed.
    async fn try_group(&self, work: &Work, group: Group) -> Result<Vec<Tried>> {
        let (mut wishes, mut flaws) = (Vec::new(), Vec::new());
        for wish in group.wishes {
            flaws.push(match wish {
                Ok(wish) => {
                    wishes.push(wish);
                    None
                }
                Err(error) => Some(error),
            });
        }
        let mut made = self.0.signing.sign_pdfs_there(&work.wanted(), wishes).await?.into_iter();
        let mut tried = Vec::new();
        for (item, flaw) in group.items.into_iter().zip(flaws) {
            let result = match flaw {
                Some(error) => Err(error),
                None => match made.next() {
                    Some(Ok(one)) => self.staged(work, one).await,
                    Some(Err(error)) => Err(error),
                    None => Err(Error::internal("a document was asked for, and nothing came of it")),
                },
            };
            let BatchItem { n, paper, sha256, attempts, .. } = item;
            tried.push(Tried { n, paper, sha256, attempts, result });
        }
        Ok(tried)
    }

    async fn staged(&self, work: &Work, one: crate::app::firmagob::Unlogged) -> Result<Made> {
        let crate::app::firmagob::Unlogged { file, used, asked } = one;
        let used = KeyUse { application: work.batch.origin.application().map(str::to_owned), ..used };
        let staged = self.0.blobs.stage(file.bytes.clone()).await?;
        Ok(Made { file, used, staged, asked: Some(asked) })
    }

    /// Writes a group down, unless the batch was called off: what FirmaGob was asked is on record all the same.
    async fn keep_group(&self, work: &Work, group: Vec<Tried>) -> Result<Way> {
        let (desk, batch, me) = (self.clone(), work.batch.clone(), work.me.clone());
        let group = Arc::new(group);
        let kept = Arc::clone(&group);
        let write = move |tx: &mut Tx<'_>| {
            let id = batch.id;
            if store::get(tx, id)?.map(|b| b.state) != Some(BatchState::Signing) {
                return Ok(Way::Stop);
            }
            desk.admit(tx, &batch)?;
            for tried in kept.iter() {
                match &tried.result {
                    Ok(made) => desk.keep_made(tx, id, &me, (tried, made))?,
                    // The next try is somebody's: it takes another code.
                    Err(error) => {
                        store::fail_item(tx, id, tried.n, ItemState::Failed, &ItemError::of(error))?;
                    }
                }
            }
            Ok(Way::On)
        };
        let way = self.db().write(write).await;
        if !matches!(way, Ok(Way::On)) {
            let asked = group.iter().filter_map(|t| t.result.as_ref().ok()?.asked.clone()).collect();
            self.0.signing.keep_there(asked, None).await?;
        }
        way
    }
}
