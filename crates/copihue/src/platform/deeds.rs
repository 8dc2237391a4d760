//! What services did, told by themselves, to be held against the events that each act must have left.

use std::sync::Arc;

use copihue_casefiles::deeds as casefiles;
use copihue_core::Result;
use copihue_db::Conn;
use copihue_ledger::Family;
use copihue_ledger::fsck::Deeds;
use copihue_notifications::deeds as notifications;
use copihue_payments::deeds as payments;
use copihue_procedures::deeds as procedures;
use copihue_signing::deeds as signing;

/// The next acts after a cursor: a cursor and the record of each.
type Page = fn(&mut Conn<'_>, Option<&[u8]>, usize) -> Result<Vec<(Vec<u8>, String)>>;
type IsThere = fn(&mut Conn<'_>, &str) -> Result<bool>;

/// One kind of act, and how its service tells of it.
#[derive(Debug)]
struct Kind {
    family: Family,
    prefix: &'static str,
    page: Page,
    is_there: IsThere,
}

/// Every kind of act that can be held against its event.
pub(crate) fn all() -> Vec<Arc<dyn Deeds>> {
    let kinds: [(Family, &'static str, Page, IsThere); 14] = [
        (Family::Payment, "payment.started/", payments::attempts, payments::is_attempt),
        (Family::Payment, "payment.succeeded/", payments::charges, payments::is_charge),
        (Family::Payment, "payment.refund_submitted/", payments::refunds, payments::is_refund),
        (Family::Casefile, "casefile.opened/", casefiles::cases, casefiles::is_case),
        (Family::Casefile, "casefile.entry/", casefiles::entries, casefiles::is_entry),
        (Family::Casefile, "casefile.filing/", casefiles::filings, casefiles::is_filing),
        (Family::Casefile, "casefile.state/", casefiles::states, casefiles::is_state),
        (Family::Casefile, "procedure.act/", procedures::acts, procedures::is_act),
        (Family::Casefile, "procedure.claimed/", procedures::claims, procedures::is_claim),
        (Family::Interop, "procedure.query/", procedures::queries, procedures::is_query),
        (Family::Notification, "notice.sent/", notifications::sent, notifications::is_sent),
        (Family::Signature, "signature.issued/", signing::issued, signing::is_issued),
        (Family::Signature, "signature.made/", signing::uses, signing::is_use),
        (Family::Signature, "signature.stamps/", signing::stamp_hours, signing::is_stamp_hour),
    ];
    let one = |(family, prefix, page, is_there)| {
        Arc::new(Kind { family, prefix, page, is_there }) as Arc<dyn Deeds>
    };
    kinds.map(one).into()
}

impl Deeds for Kind {
    fn family(&self) -> Family {
        self.family
    }

    fn prefix(&self) -> &'static str {
        self.prefix
    }

    fn page(
        &self,
        conn: &mut Conn<'_>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>> {
        let acts = (self.page)(conn, after, limit)?;
        Ok(acts.into_iter().map(|(cursor, record)| (cursor, format!("{}{record}", self.prefix))).collect())
    }

    fn is_there(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<bool> {
        match record_id.strip_prefix(self.prefix) {
            Some(record) => (self.is_there)(conn, record),
            None => Ok(false),
        }
    }
}
