//! The inbox. Opening a notice is logged, and never moves its date (NTF-03).

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use serde_json::Value;

use super::Notifications;
use crate::model::notice::{NoticeSummary, NoticeView};
use crate::store;

impl Notifications {
    /// The actor's notices, newest first; a page of at most `limit`, from before a place in the list.
    ///
    /// # Errors
    /// `NotFound` when the actor isn't a person.
    pub async fn inbox(
        &self,
        actor: &Actor,
        before: Option<(Timestamp, Id)>,
        limit: i64,
    ) -> Result<Vec<NoticeSummary>> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        let mut notices = self.db().read(move |c| store::inbox(c, person, before, limit)).await?;
        self.date(&mut notices);
        Ok(notices)
    }

    /// How many notices the actor has not opened.
    ///
    /// # Errors
    /// `NotFound` when the actor isn't a person.
    pub async fn unread(&self, actor: &Actor) -> Result<i64> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        self.db().read(move |c| store::unread(c, person)).await
    }

    /// A notice of the actor's own. Each opening is logged before the text is given (NTF-12); the first one is
    /// evidence, and starts nothing.
    ///
    /// # Errors
    /// `NotFound` for anybody else's.
    pub async fn open(&self, actor: &Actor, id: Id) -> Result<NoticeView> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let mut view = store::find(tx, id, person)?.ok_or_else(Error::not_found)?;
                let now = this.now();
                this.event(tx, id, "leida", "")?;
                if store::mark_read(tx, id, now)? {
                    this.testify(tx, "notice.read", view.code.to_string(), person, &[])?;
                    view.summary.read_at = Some(now);
                }
                this.date(std::slice::from_mut(&mut view.summary));
                Ok(view)
            })
            .await
    }

    /// The certificate of sending of a notice of the actor's own, as (JSON, compact JWS).
    ///
    /// # Errors
    /// `NotFound` for anybody else's.
    pub async fn certificate(&self, actor: &Actor, id: Id) -> Result<(Value, String)> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        self.db()
            .read(move |c| {
                store::find(c, id, person)?.ok_or_else(Error::not_found)?;
                store::certificate(c, id)?.ok_or_else(Error::not_found)
            })
            .await
    }

    /// What happened to a notice of the actor's own, oldest first, as (when, what).
    ///
    /// # Errors
    /// `NotFound` for anybody else's.
    pub async fn events(&self, actor: &Actor, id: Id) -> Result<Vec<(Timestamp, String)>> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        self.db()
            .read(move |c| {
                store::find(c, id, person)?.ok_or_else(Error::not_found)?;
                store::events(c, id)
            })
            .await
    }

    /// Says of each notice where it stands today.
    pub(super) fn date(&self, notices: &mut [NoticeSummary]) {
        for notice in notices {
            notice.state = notice.state.on(notice.zone.date(self.now()), notice.made_on);
        }
    }
}
