//! Who is told what, and who is reminded.

use copihue_core::{Id, Result};
use copihue_db::Tx;
use copihue_db::jobs::{self, Job, NewJob};
use copihue_web::{args, locale};
use serde::Deserialize;
use serde_json::json;

use super::{Desk, Letter};
use crate::model::paper::{DAY_MS, Paper, Turn, TurnState};
use crate::store::{holder, paper as store};

/// The job that reminds a signer.
pub(super) const REMINDER: &str = "signing.reminder";
/// Days between two reminders that come by themselves.
const PAUSE_DAYS: i64 = 2;
/// So many come by themselves.
const MOST: i64 = 3;

/// What a letter is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum News {
    Turn,
    Reminder,
    Refused,
    Expired,
    Complete,
}

impl News {
    /// Its subject and its text.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Turn => ("signing-mail-turn-subject", "signing-mail-turn"),
            Self::Reminder => ("signing-mail-reminder-subject", "signing-mail-reminder"),
            Self::Refused => ("signing-mail-refused-subject", "signing-mail-refused"),
            Self::Expired => ("signing-mail-expired-subject", "signing-mail-expired"),
            Self::Complete => ("signing-mail-complete-subject", "signing-mail-complete"),
        }
    }
}

#[derive(Deserialize)]
struct Reminder {
    paper: Id,
    n: i64,
    sent: i64,
}

impl Desk {
    /// Asks a signer for their signature, and sees to it that they are reminded.
    pub(super) fn call(&self, tx: &mut Tx<'_>, paper: &Paper, turn: &Turn) -> Result<()> {
        self.tell(tx, paper, turn.official, News::Turn)?;
        self.remind_later(tx, paper.id, turn.n, 0)
    }

    fn remind_later(&self, tx: &mut Tx<'_>, paper: Id, n: i64, sent: i64) -> Result<()> {
        if sent >= MOST {
            return Ok(());
        }
        let payload = json!({ "paper": paper, "n": n, "sent": sent });
        let run_at = self.now().plus_millis(PAUSE_DAYS * DAY_MS);
        jobs::enqueue(tx, &NewJob { kind: REMINDER, key: Some(format!("{paper}/{n}")), payload, run_at })
    }

    pub(super) async fn remind_job(&self, job: &Job) -> Result<()> {
        let Reminder { paper: id, n, sent } = job.parse()?;
        let (desk, now) = (self.clone(), self.now());
        self.db()
            .write(move |tx| {
                let Some(paper) = store::get(tx, id)? else { return Ok(()) };
                let turns = store::turns(tx, id)?;
                let turn = turns.iter().find(|t| t.n == n && t.state == TurnState::Open);
                let (Some(turn), Ok(())) = (turn, paper.must_be_underway(now)) else { return Ok(()) };
                desk.remind_now(tx, &paper, turn)?;
                desk.remind_later(tx, id, n, sent + 1)
            })
            .await
    }

    pub(super) fn remind_now(&self, tx: &mut Tx<'_>, paper: &Paper, turn: &Turn) -> Result<()> {
        self.tell(tx, paper, turn.official, News::Reminder)?;
        store::put_turn(tx, paper.id, &Turn { reminded_at: Some(self.now()), ..turn.clone() })
    }

    /// A mail about a paper to an official whose address is known; whoever stands in for them gets one too.
    pub(super) fn tell(&self, tx: &mut Tx<'_>, paper: &Paper, to: Id, news: News) -> Result<()> {
        let (subject, text) = news.keys();
        let values = args! {
            "title" => paper.title.as_str(),
            "sender" => paper.sender_name.as_str(),
            "until" => copihue_web::format::datetime(paper.expires_at),
            "link" => format!("{}/gestion/firma/documentos/{}", self.0.signing.0.parts.base_url, paper.id)
        };
        let bucket = paper.id.bucket();
        for official in [Some(to), self.substitute_of(&paper.institution, to)].into_iter().flatten() {
            let reader = holder::get(tx, bucket, &paper.institution, official)?;
            let Some(address) = reader.and_then(|h| h.email) else { continue };
            let letter = Letter {
                to: address,
                subject: locale::ta(subject, &values),
                text: locale::ta(text, &values),
            };
            self.0.courier.send(tx, &letter)?;
        }
        Ok(())
    }
}
