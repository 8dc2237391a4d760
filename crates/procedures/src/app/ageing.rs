//! Drafts that nobody touches: warned of three days before, and deleted after thirty (retention, specs §8).

use copihue_core::text::long_date;
use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{self, NewJob};
use copihue_notifications::{Notice, NoticeKind};
use copihue_web::args;
use copihue_web::locale::ta;
use serde_json::json;

use super::Procedures;
use super::commit::email_in;
use crate::model::machine::DraftEnd;
use crate::store;
use crate::store::case::CaseRow;

/// The job that looks at all of them.
pub(super) const SWEEP: &str = "procedures.drafts";
const DAY_S: i64 = 86_400;
/// A draft is kept this long after it was last touched.
const KEPT_S: i64 = 30 * DAY_S;
/// Its person is told at least this long before.
const WARNED_S: i64 = 3 * DAY_S;
/// How often the job looks.
const EVERY_S: i64 = 3_600;
const BATCH: i64 = 200;

impl Procedures {
    /// Sees to it that the job waits; while it does, this changes nothing.
    pub(super) async fn schedule_sweep(&self, at: Timestamp) -> Result<()> {
        self.parts()
            .db
            .write(move |tx| {
                let key = Some("drafts".to_owned());
                jobs::enqueue(tx, &NewJob { kind: SWEEP, key, payload: json!({}), run_at: at })
            })
            .await
    }

    /// The job: looks at every draft that is old enough to be warned of.
    pub(super) async fn sweep_drafts(&self) -> Result<()> {
        let now = self.now();
        self.schedule_sweep(now.plus_seconds(EVERY_S)).await?;
        self.forget_old_orders().await?;
        let before = now.plus_seconds(WARNED_S - KEPT_S);
        let mut after = (Timestamp::from_millis(0), Id::from_bytes([0; 16]));
        loop {
            let found = self.parts().db.read(move |c| store::draft::old(c, before, after, BATCH)).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = *last;
            for (_, id) in found {
                let this = self.clone();
                if let Err(error) = self.parts().db.write(move |tx| this.age(tx, id, now)).await {
                    tracing::warn!(case = %id, %error, "an old draft could not be looked at");
                }
            }
        }
    }

    /// Warns of one draft, or deletes it when its warning is over. A touch in between starts it all again.
    fn age(&self, tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<()> {
        let Some(row) = store::case::get(tx, id)? else { return Ok(()) };
        // What somebody may have paid for is no draft.
        if row.filed.is_some() || row.closed.is_some() || !row.state.pay.is_empty() {
            return Ok(());
        }
        let drafts = store::draft::of_case(tx, id)?;
        let touched = drafts.iter().map(|(_, at)| *at).fold(row.updated, Timestamp::max);
        match row.state.draft_end {
            Some(end) if end.touched == touched && now >= end.at => {
                tracing::info!(case = %id, "an old draft is deleted");
                store::draft::delete_case(tx, id)
            }
            Some(end) if end.touched == touched => Ok(()),
            _ if now < touched.plus_seconds(KEPT_S - WARNED_S) => Ok(()),
            _ => {
                let at = touched.plus_seconds(KEPT_S).max(now.plus_seconds(WARNED_S));
                let email = email_in(&row.state.data)
                    .or_else(|| drafts.iter().find_map(|(draft, _)| email_in(&draft.data)));
                self.warn(tx, row, DraftEnd { touched, at }, email, now)
            }
        }
    }

    fn warn(
        &self,
        tx: &mut Tx<'_>,
        mut row: CaseRow,
        end: DraftEnd,
        email: Option<String>,
        now: Timestamp,
    ) -> Result<()> {
        let procedure = self.procedure_of(&row)?;
        let day = long_date(self.place(&row.institution).date(end.at));
        let link = format!("{}/mi/tramites/{}", self.parts().base_url, row.id);
        let said = args! {"procedure" => procedure.definition.title.es(), "day" => day, "link" => link};
        self.parts().notifications.notify(
            tx,
            &Notice {
                institution: row.institution.clone(),
                recipient: row.person.clone(),
                email,
                case: None,
                procedure_code: procedure.definition.catalog.cpat.clone(),
                kind: NoticeKind::Information,
                subject: ta("procedures-draft-ends-subject", &said),
                body: ta("procedures-draft-ends-body", &said),
                attachments: Vec::new(),
            },
        )?;
        let rev = row.rev;
        row.rev += 1;
        row.state.draft_end = Some(end);
        let detail = json!({"until": end.at.to_string()});
        store::event::append(tx, &mut row, ("platform:procedures", "draft.warned"), &detail, now)?;
        store::case::update(tx, &row, rev)
    }
}
