//! Holders that were silent for a day: the person is told that their case can go on, or waits for them.

use copihue_core::Result;
use copihue_db::Tx;
use copihue_notifications::{Notice, NoticeKind};
use copihue_web::args;
use copihue_web::locale::ta;

use super::Procedures;
use super::commit::{Plan, email};
use super::prepare::Ready;
use crate::model::machine::Effect;
use crate::store::case::CaseRow;

impl Procedures {
    /// Tells the person when this command gave holders up.
    pub(super) fn tell_silence(&self, tx: &mut Tx<'_>, plan: &Plan, row: &CaseRow) -> Result<()> {
        let d = &plan.procedure.definition;
        let silent: Vec<&str> = plan
            .ready
            .iter()
            .filter_map(|ready| match ready {
                Ready::Plain(Effect::GaveUp { query }) => d.queries.get(query),
                _ => None,
            })
            .map(|query| query.source.es())
            .collect();
        if silent.is_empty() {
            return Ok(());
        }
        let said = args! {
            "procedure" => d.title.es(), "holders" => silent.join(", "),
            "link" => format!("{}/mi/tramites/{}", self.parts().base_url, row.id),
        };
        let blocked = row.state.services.values().any(|service| service.given_up);
        let body = if blocked { "procedures-silence-blocked" } else { "procedures-silence-goes-on" };
        self.parts().notifications.notify(
            tx,
            &Notice {
                institution: row.institution.clone(),
                recipient: row.person.clone(),
                email: email(row),
                case: row.iuie.clone(),
                procedure_code: d.catalog.cpat.clone(),
                kind: NoticeKind::Information,
                subject: ta("procedures-silence-subject", &said),
                body: ta(body, &said),
                attachments: Vec::new(),
            },
        )?;
        Ok(())
    }
}
