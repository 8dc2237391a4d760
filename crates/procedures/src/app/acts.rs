//! The acts of a case, each with the record under which its receipt is found.

use copihue_casefiles::{CaseActs, CaseRef, OtherAct};
use copihue_core::{Actor, Id, Result, Timestamp};
use futures_util::future::BoxFuture;

use super::Procedures;
use crate::store;
use crate::store::case::CaseRow;
use crate::store::event::{CLAIMED, EventRow, LEGAL, QUERIED};
use crate::words;

impl Procedures {
    /// The acts of a person's own case: what was asked of others, what the law knows, what was filed, issued and paid.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub async fn acts(&self, actor: &Actor, id: Id) -> Result<Vec<OtherAct>> {
        let row = self.own(actor, id).await?;
        let mut acts = self.done_in(&row).await?;
        acts.extend(self.filings(actor, &row).await?);
        acts.extend(issued(&row));
        Ok(acts)
    }

    /// What the case's log and its payments tell.
    async fn done_in(&self, row: &CaseRow) -> Result<Vec<OtherAct>> {
        let id = row.id;
        let events = self.parts().db.read(move |c| store::event::of_case(c, id)).await?;
        let mut acts: Vec<OtherAct> = events.iter().filter_map(|event| of_event(row, event)).collect();
        for paid in row.state.pay.values() {
            let Ok(payment) = paid.id.parse() else { continue };
            let done = self.parts().payments.acts(payment).await?;
            acts.extend(done.into_iter().map(|(kind, record, at)| OtherAct {
                ledger: "payment",
                record,
                title: words::history(kind),
                at,
            }));
        }
        Ok(acts)
    }

    async fn filings(&self, actor: &Actor, row: &CaseRow) -> Result<Vec<OtherAct>> {
        let Some(number) = &row.iuie else { return Ok(Vec::new()) };
        let case = format!("{}/{number}", row.institution);
        let key = format!("{}:{number}", row.institution).parse()?;
        let certificates = self.parts().casefiles.filing_certificates(actor, &key).await?;
        let act = |kind: &str, record: String, at: Option<Timestamp>| OtherAct {
            ledger: "casefile",
            record,
            title: words::history(kind),
            at,
        };
        let opened = act("casefile.opened", format!("casefile.opened/{case}"), row.filed);
        let filed = certificates.iter().map(|(certificate, _)| {
            let document = certificate["certificado"].as_str().unwrap_or_default();
            let at = certificate["recibido"].as_str().and_then(Timestamp::parse);
            act("casefile.filing", format!("casefile.filing/{case}/{document}"), at)
        });
        Ok(std::iter::once(opened).chain(filed).collect())
    }
}

impl CaseActs for Procedures {
    fn acts<'a>(&'a self, case: &'a CaseRef) -> BoxFuture<'a, Result<Vec<OtherAct>>> {
        Box::pin(async move {
            let (institution, number) = (case.institution.clone(), case.iuie.clone());
            let found = self.parts().db.read(move |c| store::case::by_iuie(c, &institution, &number)).await?;
            match found {
                Some(row) => self.done_in(&row).await,
                None => Ok(Vec::new()),
            }
        })
    }
}

fn of_event(row: &CaseRow, event: &EventRow) -> Option<OtherAct> {
    let text = |key: &str| event.detail.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
    let own = |kind: &str| format!("{kind}/{}/{}", row.id, event.seq);
    let (ledger, record, title) = match event.kind.as_str() {
        LEGAL => {
            let number = row.iuie.as_deref().unwrap_or_default();
            let record = format!("procedure.act/{}/{number}/{}", row.institution, event.seq);
            ("casefile", record, words::act(text("event")))
        }
        CLAIMED => ("casefile", own("procedure.claimed"), words::history(CLAIMED)),
        QUERIED => ("interop", own("procedure.query"), words::history(QUERIED)),
        _ => return None,
    };
    Some(OtherAct { ledger, record, title, at: Some(event.at) })
}

fn issued(row: &CaseRow) -> Vec<OtherAct> {
    let number = row.iuie.as_deref().unwrap_or_default();
    let act = |issued: &crate::model::machine::Issued| OtherAct {
        ledger: "casefile",
        record: format!("casefile.entry/{}/{number}/{}", row.institution, issued.n),
        title: issued.title.clone(),
        at: Some(issued.at),
    };
    row.state.issued.values().map(act).collect()
}
