//! A batch is put together, looked through, called off, or taken up again.

use std::sync::Arc;

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::jobs::{self, NewJob};
use copihue_db::{Conn, Tx};
use serde_json::json;

use super::papers::open_turn;
use super::{Desk, Me, own_institution, run};
use crate::app::setup::new_id;
use crate::model::batch::{
    Batch, BatchEvent, BatchItem, BatchState, Counts, ItemError, ItemState, MAX_ITEMS, Origin, Standing,
};
use crate::model::layout::StampPage;
use crate::model::level::{Level, WhenShort};
use crate::model::paper::Paper;
use crate::model::place::Place;
use crate::model::token::Purpose;
use crate::store::{batch as store, paper as papers};

/// The level of what is signed at the desk: its time can be proved, and the evidence records keep that for years.
const LEVEL: Level = Level::T;
/// How many batches are listed.
const RECENT: i64 = 10;

/// A document of a batch to be.
pub(crate) struct NewItem {
    /// Its name in the request.
    pub(crate) item: String,
    /// Its name for people.
    pub(crate) name: String,
    /// The paper on the desk that it is of.
    pub(crate) paper: Option<Id>,
    /// SHA-256 of its bytes, which are kept already.
    pub(crate) sha256: [u8; 32],
    /// Where the stamp goes.
    pub(crate) place: Place,
    /// Why it is signed.
    pub(crate) reason: Option<String>,
    /// Why it can't be signed, where that is known already.
    pub(crate) flaw: Option<ItemError>,
}

/// A batch with its documents.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchView {
    /// The batch.
    pub batch: Batch,
    /// Its documents, in order.
    pub items: Vec<BatchItem>,
    /// How they stand.
    pub counts: Counts,
    /// The papers they are of, and when the holder opened each.
    pub papers: Vec<(Paper, Option<Timestamp>)>,
}

impl BatchView {
    /// The paper of an item, and when the holder opened it.
    #[must_use]
    pub fn paper_of(&self, item: &BatchItem) -> Option<&(Paper, Option<Timestamp>)> {
        self.papers.iter().find(|(paper, _)| Some(paper.id) == item.paper)
    }

    /// Whether a document that is still to be signed carries a signature which does not hold.
    #[must_use]
    pub fn has_broken_signature(&self) -> bool {
        let left = self.items.iter().filter(|item| item.state != ItemState::Signed);
        left.filter_map(|item| self.paper_of(item)).any(|(paper, _)| paper.findings.broken)
    }
}

impl Desk {
    /// Puts papers that wait for the official into a batch.
    ///
    /// # Errors
    /// `sin_documentos`, `demasiados_documentos`; not found for a paper that does not wait for them.
    pub async fn prepare(&self, actor: &Actor, chosen: &[Id]) -> Result<Id> {
        let me = Me::of(actor)?;
        chosen.iter().try_for_each(|id| own_institution(*id, self.bucket(&me.institution)))?;
        let (desk, chosen, now) = (self.clone(), Arc::<[Id]>::from(chosen), self.now());
        let acting = self.acts_for(&me.institution, me.official);
        let id = new_id(&self.0.signing, &me.institution, now);
        self.db()
            .write(move |tx| {
                let items = chosen.iter().map(|paper| waiting_item(tx, *paper, &me, (&acting, now)));
                let items = items.collect::<Result<Vec<_>>>()?;
                let batch = desk.new_batch(id, &me, Origin::Desk, (Purpose::Attended, BatchState::Prepared));
                add(tx, &batch, &items)
            })
            .await?;
        Ok(id)
    }

    pub(super) fn new_batch(
        &self,
        id: Id,
        me: &Me,
        origin: Origin,
        (purpose, state): (Purpose, BatchState),
    ) -> Batch {
        Batch {
            id,
            institution: me.institution.clone(),
            official: me.official,
            origin,
            purpose,
            state,
            level: LEVEL,
            when_short: WhenShort::Degrade,
            created_at: self.now(),
            authorisation: None,
            authorised_until: None,
            ended_at: None,
        }
    }

    /// A batch of the official's.
    ///
    /// # Errors
    /// Not found.
    pub async fn batch(&self, actor: &Actor, id: Id) -> Result<BatchView> {
        let me = Me::of(actor)?;
        self.batch_of(&me, id).await
    }

    pub(super) async fn batch_of(&self, me: &Me, id: Id) -> Result<BatchView> {
        own_institution(id, self.bucket(&me.institution))?;
        let me = me.clone();
        let read = move |conn: &mut Conn<'_>| {
            let batch = own(conn, id, &me)?;
            let items = store::items(conn, id)?;
            let mut papers = Vec::new();
            for paper in items.iter().filter_map(|i| i.paper) {
                if let Some(paper) = papers::get(conn, paper)? {
                    let opened = papers::opened(conn, paper.id, me.official, &paper.current.0)?;
                    papers.push((paper, opened));
                }
            }
            Ok(BatchView { batch, counts: store::counts(conn, id)?, items, papers })
        };
        self.db().read(read).await
    }

    /// The official's batches of the desk, newest first.
    ///
    /// # Errors
    /// When the database does not answer, or the actor acts for nobody.
    pub async fn batches(&self, actor: &Actor) -> Result<Vec<(Batch, Counts)>> {
        let me = Me::of(actor)?;
        let bucket = self.bucket(&me.institution);
        let read = move |conn: &mut Conn<'_>| {
            let all = store::recent(conn, bucket, (&me.institution, me.official), RECENT)?;
            all.into_iter().map(|batch| Ok((store::counts(conn, batch.id)?, batch))).map(flipped).collect()
        };
        self.db().read(read).await
    }

    /// Says where the stamp of a document goes; of all of them when `n` is none.
    ///
    /// # Errors
    /// Not found; a conflict once it is authorised.
    pub async fn place(&self, actor: &Actor, id: Id, n: Option<i64>, place: Place) -> Result<()> {
        let me = Me::of(actor)?;
        own_institution(id, self.bucket(&me.institution))?;
        self.db()
            .write(move |tx| {
                let batch = own(tx, id, &me)?;
                if batch.state.after(BatchEvent::Authorise).is_none() {
                    return Err(Error::conflict("lote_en_otro_estado", batch.state.sentence()));
                }
                let items = store::items(tx, id)?;
                let chosen = items.iter().filter(|i| n.is_none_or(|n| i.n == n));
                chosen.into_iter().try_for_each(|item| {
                    must_have_page(tx, item, &place)?;
                    store::place_item(tx, id, item.n, &place)
                })
            })
            .await
    }

    /// Goes on to the code.
    ///
    /// # Errors
    /// Not found; a conflict where it is past that.
    pub async fn ask_for_code(&self, actor: &Actor, id: Id) -> Result<()> {
        self.change(&Me::of(actor)?, id, |_| BatchEvent::Ask).await
    }

    /// Calls a batch off. What is signed stays signed.
    ///
    /// # Errors
    /// Not found; a conflict where it is over.
    pub async fn cancel(&self, actor: &Actor, id: Id) -> Result<()> {
        self.cancel_of(&Me::of(actor)?, id).await
    }

    pub(super) async fn cancel_of(&self, me: &Me, id: Id) -> Result<()> {
        self.change(me, id, |_| BatchEvent::Cancel).await
    }

    /// Tries again what failed or was left: under the same authorisation while that holds, else with a new code.
    ///
    /// # Errors
    /// Not found; a conflict where nothing is left to do.
    pub async fn resume(&self, actor: &Actor, id: Id) -> Result<BatchState> {
        self.resume_of(&Me::of(actor)?, id).await
    }

    pub(super) async fn resume_of(&self, me: &Me, id: Id) -> Result<BatchState> {
        let now = self.now();
        // What FirmaGob signs was authorised by a code that is kept nowhere.
        let is_there = self.0.signing.firmagob(&me.institution).is_some();
        let standing = move |b: &Batch| if is_there { Standing::Lapsed } else { b.standing(now) };
        self.change(me, id, move |batch| BatchEvent::Resume(standing(batch))).await?;
        Ok(self.batch_of(me, id).await?.batch.state)
    }

    async fn change(
        &self,
        me: &Me,
        id: Id,
        event: impl Fn(&Batch) -> BatchEvent + Send + 'static,
    ) -> Result<()> {
        own_institution(id, self.bucket(&me.institution))?;
        let (me, now) = (me.clone(), self.now());
        self.db()
            .write(move |tx| {
                let batch = own(tx, id, &me)?;
                let event = event(&batch);
                let to = batch.state.then(event)?;
                if !store::set_state(tx, id, batch.state, to, now)? {
                    return Err(Error::conflict("lote_en_otro_estado", batch.state.sentence()));
                }
                match event {
                    BatchEvent::Cancel => papers::unlock(tx, id),
                    BatchEvent::Resume(standing) => reopen(tx, id, standing),
                    _ => Ok(()),
                }
            })
            .await
    }
}

/// A stamp on a page that is not there would be found only when the document is signed.
fn must_have_page(tx: &mut Tx<'_>, item: &BatchItem, place: &Place) -> Result<()> {
    let (Some(StampPage::Number(wanted)), Some(paper)) = (place.page(), item.paper) else { return Ok(()) };
    let pages = papers::get(tx, paper)?.map_or(0, |p| p.findings.pages as usize);
    if wanted <= pages {
        return Ok(());
    }
    Err(Error::invalid("pagina_inexistente", format!("«{}» no tiene la página {wanted}.", item.name)))
}

fn reopen(tx: &mut Tx<'_>, id: Id, standing: Standing) -> Result<()> {
    for item in store::items(tx, id)?.iter().filter(|i| i.state == ItemState::Failed) {
        store::reopen_item(tx, id, item.n)?;
    }
    if standing == Standing::Valid { start(tx, id) } else { Ok(()) }
}

/// Hands an authorised batch to the job that signs it.
pub(super) fn start(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let payload = json!({ "batch": id });
    let run_at = Timestamp::from_millis(0);
    jobs::enqueue(tx, &NewJob { kind: run::JOB, key: Some(id.to_string()), payload, run_at })
}

fn flipped<A, B>(pair: Result<(A, B)>) -> Result<(B, A)> {
    pair.map(|(a, b)| (b, a))
}

/// The batch, where it is this official's.
pub(super) fn own(conn: &mut Conn<'_>, id: Id, me: &Me) -> Result<Batch> {
    let batch = store::get(conn, id)?;
    let mine = |b: &Batch| b.institution == me.institution && b.official == me.official;
    batch.filter(mine).ok_or_else(Error::not_found)
}

pub(super) fn add(tx: &mut Tx<'_>, batch: &Batch, items: &[NewItem]) -> Result<()> {
    if items.is_empty() {
        return Err(Error::invalid("sin_documentos", "Elija al menos un documento."));
    }
    if items.len() > MAX_ITEMS {
        return Err(Error::invalid(
            "demasiados_documentos",
            "Se firman como máximo 1.000 documentos a la vez.",
        ));
    }
    store::add(tx, batch)?;
    (0..).zip(items).try_for_each(|(n, new)| store::add_item(tx, batch.id, &new.at(n)))
}

impl NewItem {
    pub(super) fn at(&self, n: i64) -> BatchItem {
        BatchItem {
            n,
            item: self.item.clone(),
            name: self.name.clone(),
            paper: self.paper,
            sha256: self.sha256,
            place: self.place,
            reason: self.reason.clone(),
            state: if self.flaw.is_some() { ItemState::Failed } else { ItemState::Pending },
            signed: None,
            reached: None,
            shortfall: None,
            attempts: 0,
            error: self.flaw.clone(),
        }
    }
}

fn waiting_item(
    tx: &mut Tx<'_>,
    id: Id,
    me: &Me,
    (acting, now): (&[(Id, Option<String>)], Timestamp),
) -> Result<NewItem> {
    let paper =
        papers::get(tx, id)?.filter(|p| p.institution == me.institution).ok_or_else(Error::not_found)?;
    let turns = papers::turns(tx, id)?;
    let (turn, stands_in_for) = open_turn(&turns, acting).ok_or_else(Error::not_found)?;
    paper.must_be_underway(now)?;
    Ok(NewItem {
        item: id.to_string(),
        name: paper.title,
        paper: Some(id),
        sha256: paper.current.0,
        place: turn.place,
        reason: stands_in_for.as_ref().map(|name| format!("Firma en subrogación de {name}")),
        flaw: None,
    })
}
