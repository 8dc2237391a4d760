//! What waits for somebody, and what they may see of a paper.

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::Conn;

use super::{Desk, Me, own_institution};
use crate::model::colleague::Colleague;
use crate::model::paper::{Paper, PaperState, Turn, TurnState};
use crate::store::paper as store;

/// How much of what is over is listed.
const RECENT: i64 = 20;

/// Something that waits for a signature.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// The paper.
    pub paper: Paper,
    /// Since when.
    pub since: Timestamp,
    /// For whom the official would sign, when they stand in.
    pub stands_in_for: Option<String>,
    /// When they opened it as it is now.
    pub opened: Option<Timestamp>,
}

/// What somebody is to a paper.
#[derive(Clone, PartialEq, Debug)]
pub enum Role {
    /// It is their turn, or that of the one named, for whom they stand in.
    Signer(Turn, Option<String>),
    /// They sent it.
    Sender,
    /// They signed or refused it.
    Past(Turn),
}

/// A paper as somebody may see it.
#[derive(Clone, PartialEq, Debug)]
pub struct PaperView {
    /// The paper.
    pub paper: Paper,
    /// Where it stands now.
    pub state: PaperState,
    /// Its signers.
    pub turns: Vec<Turn>,
    /// What the reader is to it.
    pub role: Role,
    /// Whether the reader sent it.
    pub is_sender: bool,
    /// When the reader opened it as it is now.
    pub opened: Option<Timestamp>,
}

impl Desk {
    /// What waits for the official and for those for whom they stand in, oldest first.
    ///
    /// # Errors
    /// When the database does not answer, or the actor acts for nobody.
    pub async fn waiting(&self, actor: &Actor) -> Result<Vec<Waiting>> {
        let me = Me::of(actor)?;
        let (bucket, now, acting) =
            (self.bucket(&me.institution), self.now(), self.acts_for(&me.institution, me.official));
        let read = move |conn: &mut Conn<'_>| {
            let mut all: Vec<Waiting> = Vec::new();
            for (official, stands_in_for) in &acting {
                for paper in store::waiting(conn, bucket, (&me.institution, *official), now)? {
                    if all.iter().any(|w| w.paper.id == paper.id) {
                        continue;
                    }
                    let turns = store::turns(conn, paper.id)?;
                    let turn = turns.iter().find(|t| t.official == *official);
                    let since = turn.and_then(|t| t.since).unwrap_or(paper.created_at);
                    let opened = store::opened(conn, paper.id, me.official, &paper.current.0)?;
                    all.push(Waiting { since, stands_in_for: stands_in_for.clone(), opened, paper });
                }
            }
            all.sort_by_key(|w| w.since);
            Ok(all)
        };
        self.db().read(read).await
    }

    /// What the official sent, newest first.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn sent(&self, actor: &Actor) -> Result<Vec<(Paper, Vec<Turn>)>> {
        let me = Me::of(actor)?;
        let bucket = self.bucket(&me.institution);
        let read = move |conn: &mut Conn<'_>| {
            let papers = store::sent(conn, bucket, (&me.institution, me.official), RECENT)?;
            papers
                .into_iter()
                .map(|p| Ok((store::turns(conn, p.id)?, p)))
                .map(|r: Result<_>| r.map(|(t, p)| (p, t)))
                .collect()
        };
        self.db().read(read).await
    }

    /// What the official signed or refused, newest first.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn dealt_with(&self, actor: &Actor) -> Result<Vec<Paper>> {
        let me = Me::of(actor)?;
        let bucket = self.bucket(&me.institution);
        let read = move |conn: &mut Conn<'_>| {
            store::dealt_with(conn, bucket, (&me.institution, me.official), RECENT)
        };
        self.db().read(read).await
    }

    /// Who can be asked to sign, by name.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn colleagues(&self, actor: &Actor) -> Result<Vec<Colleague>> {
        let me = Me::of(actor)?;
        let bucket = self.bucket(&me.institution);
        self.db().read(move |conn| store::colleagues(conn, bucket, &me.institution)).await
    }

    /// A paper, as the official may see it. To whom it is not their turn yet it does not exist.
    ///
    /// # Errors
    /// Not found.
    pub async fn paper(&self, actor: &Actor, id: Id) -> Result<PaperView> {
        let me = Me::of(actor)?;
        let acting = self.acts_for(&me.institution, me.official);
        own_institution(id, self.bucket(&me.institution))?;
        let now = self.now();
        let read = move |conn: &mut Conn<'_>| {
            let Some(paper) = store::get(conn, id)? else { return Ok(None) };
            if paper.institution != me.institution {
                return Ok(None);
            }
            let turns = store::turns(conn, id)?;
            let opened = store::opened(conn, id, me.official, &paper.current.0)?;
            let Some(role) = role(&paper, &turns, me.official, &acting) else { return Ok(None) };
            let (state, is_sender) = (paper.state_at(now), paper.sender == me.official);
            Ok(Some(PaperView { state, turns, role, is_sender, opened, paper }))
        };
        self.db().read(read).await?.ok_or_else(Error::not_found)
    }

    /// The file of a paper as it is now. That the official opened it is noted.
    ///
    /// # Errors
    /// Not found.
    pub async fn open_file(&self, actor: &Actor, id: Id) -> Result<(Paper, Vec<u8>)> {
        let view = self.paper(actor, id).await?;
        let bytes = self.0.blobs.get(view.paper.current.0).await?;
        let (official, sha256, now) = (Me::of(actor)?.official, view.paper.current.0, self.now());
        self.db().write(move |tx| store::open(tx, id, official, &sha256, now)).await?;
        Ok((view.paper, bytes))
    }
}

/// What an official is to a paper; `None` where it is hidden from them.
pub(super) fn role(
    paper: &Paper,
    turns: &[Turn],
    official: Id,
    acting: &[(Id, Option<String>)],
) -> Option<Role> {
    if let Some((turn, stands_in_for)) = open_turn(turns, acting) {
        return Some(Role::Signer(turn.clone(), stands_in_for.clone()));
    }
    let past = |t: &&Turn| {
        t.acted_by == Some(official)
            || t.official == official && matches!(t.state, TurnState::Signed | TurnState::Refused)
    };
    if let Some(turn) = turns.iter().find(past) {
        return Some(Role::Past(turn.clone()));
    }
    (paper.sender == official).then_some(Role::Sender)
}

/// The turn that is open to whoever acts for these, their own first.
pub(super) fn open_turn<'a>(
    turns: &'a [Turn],
    acting: &'a [(Id, Option<String>)],
) -> Option<(&'a Turn, &'a Option<String>)> {
    acting.iter().find_map(|(official, stands_in_for)| {
        let turn = turns.iter().find(|t| t.official == *official && t.state == TurnState::Open)?;
        Some((turn, stands_in_for))
    })
}
