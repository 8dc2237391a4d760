//! What becomes of a paper besides being signed: refused, taken back, recalled, reminded of, ended.

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{self, Job, NewJob};
use serde::Deserialize;
use serde_json::json;

use super::letters::News;
use super::papers::open_turn;
use super::{Desk, Me, own_institution};
use crate::app::sign::SignedFile;
use crate::model::document::{IssuedDocument, Show};
use crate::model::paper::{Next, Paper, PaperState, REMIND_MS, Turn, TurnState, may_take_back, next};
use crate::signer::SignerName;
use crate::store::{holder, paper as store};

/// The job that ends a paper whose time is over.
pub(super) const END: &str = "signing.paper_end";

#[derive(Deserialize)]
struct End {
    paper: Id,
}

/// A paper and its signers, in a transaction that changes them.
struct Open {
    paper: Paper,
    turns: Vec<Turn>,
}

fn open(tx: &mut Tx<'_>, id: Id, me: &Me) -> Result<Open> {
    let paper =
        store::get(tx, id)?.filter(|p| p.institution == me.institution).ok_or_else(Error::not_found)?;
    Ok(Open { turns: store::turns(tx, id)?, paper })
}

impl Open {
    fn must_be_senders(&self, me: &Me) -> Result<()> {
        if self.paper.sender == me.official { Ok(()) } else { Err(Error::not_found()) }
    }
}

impl Desk {
    /// Refuses to sign: the paper ends, and its sender learns why.
    ///
    /// # Errors
    /// Not found; a conflict where it can't be signed any more, or is being signed.
    pub async fn refuse(&self, actor: &Actor, id: Id, reason: &str) -> Result<()> {
        let (desk, me, reason) = (self.clone(), Me::of(actor)?, reason.to_owned());
        own_institution(id, self.bucket(&me.institution))?;
        let (now, acting) = (self.now(), self.acts_for(&me.institution, me.official));
        self.db()
            .write(move |tx| {
                let Open { paper, turns } = open(tx, id, &me)?;
                let (turn, _) = open_turn(&turns, &acting).ok_or_else(Error::not_found)?;
                paper.must_be_underway(now)?;
                must_be_free(tx, id, now)?;
                let refused =
                    Turn { state: TurnState::Refused, reason: Some(reason.clone()), ..acted(turn, &me, now) };
                store::put_turn(tx, id, &refused)?;
                store::set_state(tx, id, PaperState::Refused, now)?;
                desk.tell(tx, &paper, paper.sender, News::Refused)
            })
            .await
    }

    /// Takes a refusal back: people err.
    ///
    /// # Errors
    /// Not found; a conflict where there is none, or something followed from it.
    pub async fn take_back(&self, actor: &Actor, id: Id) -> Result<()> {
        let me = Me::of(actor)?;
        own_institution(id, self.bucket(&me.institution))?;
        let now = self.now();
        self.db()
            .write(move |tx| {
                let Open { paper, turns } = open(tx, id, &me)?;
                let mine = |t: &&Turn| t.acted_by == Some(me.official) && t.state == TurnState::Refused;
                let turn = turns.iter().find(mine).ok_or_else(Error::not_found)?;
                may_take_back(&paper, turn, me.official, now)?;
                let again = Turn {
                    state: TurnState::Open,
                    acted_by: None,
                    acted_name: None,
                    acted_at: None,
                    reason: None,
                    ..turn.clone()
                };
                store::put_turn(tx, id, &again)?;
                store::set_state(tx, id, PaperState::Underway, now)
            })
            .await
    }

    /// Recalls a paper that the official sent.
    ///
    /// # Errors
    /// Not found; a conflict where it is over, or is being signed.
    pub async fn withdraw(&self, actor: &Actor, id: Id) -> Result<()> {
        self.as_sender(actor, id, |_, tx, Open { paper, .. }, now| {
            paper.must_be_underway(now)?;
            must_be_free(tx, paper.id, now)?;
            store::set_state(tx, paper.id, PaperState::Withdrawn, now)
        })
        .await
    }

    /// Sends a paper again that the official had recalled, or whose time had ended: with the signatures it has.
    ///
    /// # Errors
    /// Not found; a conflict where it is complete or refused.
    pub async fn send_again(&self, actor: &Actor, id: Id) -> Result<()> {
        self.as_sender(actor, id, |desk, tx, Open { paper, turns }, now| {
            if !matches!(paper.state_at(now), PaperState::Withdrawn | PaperState::Expired) {
                return Err(Error::conflict(
                    "documento_en_curso",
                    "El documento no está retirado ni vencido.",
                ));
            }
            let days = crate::model::paper::DEFAULT_DAYS * crate::model::paper::DAY_MS;
            store::set_state(tx, paper.id, PaperState::Underway, now)?;
            let again = Paper {
                state: PaperState::Underway,
                expires_at: paper.expires_at.max(now.plus_millis(days)),
                ..paper.clone()
            };
            store::prolong(tx, paper.id, again.expires_at)?;
            desk.end_later(tx, &again)?;
            let open = turns.iter().filter(|t| t.state == TurnState::Open && t.official != paper.sender);
            open.into_iter().try_for_each(|turn| desk.call(tx, &again, turn))
        })
        .await
    }

    /// Reminds everybody whose turn it is, at most twice a day.
    ///
    /// # Errors
    /// Not found; a conflict where it is over, or everybody was reminded just now.
    pub async fn remind(&self, actor: &Actor, id: Id) -> Result<()> {
        self.as_sender(actor, id, |desk, tx, Open { paper, turns }, now| {
            paper.must_be_underway(now)?;
            let rested = |t: &&Turn| t.reminded_at.is_none_or(|at| now.millis() - at.millis() >= REMIND_MS);
            let mut due = turns.iter().filter(|t| t.state == TurnState::Open).filter(rested).peekable();
            if due.peek().is_none() {
                return Err(Error::conflict(
                    "recordado_hace_poco",
                    "Ya se envió un recordatorio hace poco. Espere unas horas.",
                ));
            }
            due.try_for_each(|turn| desk.remind_now(tx, paper, turn))
        })
        .await
    }

    async fn as_sender(
        &self,
        actor: &Actor,
        id: Id,
        act: impl Fn(&Self, &mut Tx<'_>, &Open, Timestamp) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (desk, me, now) = (self.clone(), Me::of(actor)?, self.now());
        own_institution(id, self.bucket(&me.institution))?;
        self.db()
            .write(move |tx| {
                let open = open(tx, id, &me)?;
                open.must_be_senders(&me)?;
                act(&desk, tx, &open, now)
            })
            .await
    }

    pub(super) fn end_later(&self, tx: &mut Tx<'_>, paper: &Paper) -> Result<()> {
        let payload = json!({ "paper": paper.id });
        let key = Some(paper.id.to_string());
        jobs::enqueue(tx, &NewJob { kind: END, key, payload, run_at: paper.expires_at })
    }

    pub(super) async fn end_job(&self, job: &Job) -> Result<()> {
        let End { paper: id } = job.parse()?;
        let (desk, now) = (self.clone(), self.now());
        self.db()
            .write(move |tx| {
                let Some(paper) = store::get(tx, id)? else { return Ok(()) };
                if paper.state == PaperState::Underway && paper.state_at(now) == PaperState::Expired {
                    store::set_state(tx, id, PaperState::Expired, now)?;
                    desk.tell(tx, &paper, paper.sender, News::Expired)?;
                }
                Ok(())
            })
            .await
    }

    /// A signature takes its place in the paper: the turn is over, and others open. Answers whether it could; it can't where the
    /// paper is no longer what was signed.
    pub(super) fn signed(
        &self,
        tx: &mut Tx<'_>,
        (id, from, me): (Id, &[u8; 32], &Me),
        file: &SignedFile,
    ) -> Result<bool> {
        let (paper, turns) = match store::get(tx, id)? {
            Some(paper) => (paper, store::turns(tx, id)?),
            None => return Ok(false),
        };
        let acting = self.acts_for(&paper.institution, me.official);
        let Some((turn, _)) = open_turn(&turns, &acting) else { return Ok(false) };
        let n = turn.n;
        if !store::advance(tx, id, from, (&file.sha256, file.bytes.len() as u64))? {
            return Ok(false);
        }
        let done = Turn { state: TurnState::Signed, ..acted(turn, me, self.now()) };
        store::put_turn(tx, id, &done)?;
        let turns: Vec<Turn> = turns.into_iter().map(|t| if t.n == n { done.clone() } else { t }).collect();
        self.go_on(tx, &paper, &turns, file)?;
        Ok(true)
    }

    fn go_on(&self, tx: &mut Tx<'_>, paper: &Paper, turns: &[Turn], file: &SignedFile) -> Result<()> {
        match next(turns) {
            Next::Same => Ok(()),
            Next::Open(opening) => turns.iter().filter(|t| opening.contains(&t.n)).try_for_each(|turn| {
                let opened = Turn { state: TurnState::Open, since: Some(self.now()), ..turn.clone() };
                store::put_turn(tx, paper.id, &opened)?;
                self.call(tx, paper, &opened)
            }),
            Next::Done => {
                store::set_state(tx, paper.id, PaperState::Complete, self.now())?;
                self.issue(tx, paper, turns, file)?;
                let alone = turns.iter().all(|t| t.official == paper.sender);
                if alone { Ok(()) } else { self.tell(tx, paper, paper.sender, News::Complete) }
            }
        }
    }

    /// Whoever has the code of a complete paper can check it.
    fn issue(&self, tx: &mut Tx<'_>, paper: &Paper, turns: &[Turn], file: &SignedFile) -> Result<()> {
        let Some(code) = paper.code else { return Ok(()) };
        let institution = file.signer.institution.clone();
        let signers = turns.iter().map(|turn| {
            let who = match turn.acted_by {
                Some(id) => holder::get(tx, paper.id.bucket(), &paper.institution, id)?,
                None => None,
            };
            let (name, post) = who.map_or_else(|| (turn.name.clone(), None), |h| (h.name, Some(h.post)));
            Ok(SignerName { name, post, institution: institution.clone() })
        });
        let signers = signers.collect::<Result<Vec<_>>>()?;
        let document = IssuedDocument {
            code,
            sha256: file.sha256,
            institution: paper.institution.clone(),
            institution_name: institution.clone(),
            title: paper.title.clone(),
            kind: "documento_firmado".to_owned(),
            case: None,
            signers,
            issued_at: self.now(),
            show: Show::Metadata,
        };
        self.0.signing.register_document(tx, &document)
    }
}

fn acted(turn: &Turn, me: &Me, now: Timestamp) -> Turn {
    Turn {
        acted_by: Some(me.official),
        acted_name: (turn.official != me.official).then(|| me.name.clone()),
        acted_at: Some(now),
        ..turn.clone()
    }
}

/// What a batch is signing right now can't be changed.
fn must_be_free(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<()> {
    if store::is_locked(tx, id, now)? {
        return Err(Error::conflict(
            "documento_en_firma",
            "El documento se está firmando en este momento. Intente de nuevo en unos minutos.",
        ));
    }
    Ok(())
}
