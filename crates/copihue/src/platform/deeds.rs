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
use serde_json::{Map, Value};

/// The next acts after a cursor: a cursor and the record of each.
type Page = fn(&mut Conn<'_>, Option<&[u8]>, usize) -> Result<Vec<(Vec<u8>, String)>>;
type IsThere = fn(&mut Conn<'_>, &str) -> Result<bool>;
/// What the act's row says, by the names of its event's fields.
type Says = fn(&mut Conn<'_>, &str) -> Result<Option<Map<String, Value>>>;

/// One kind of act, and how its service tells of it.
#[derive(Debug)]
struct Kind {
    family: Family,
    prefix: &'static str,
    page: Page,
    is_there: IsThere,
    says: Says,
}

/// Nothing of the row is in the event.
#[expect(clippy::unnecessary_wraps, reason = "as those that read do")]
fn nothing(_: &mut Conn<'_>, _: &str) -> Result<Option<Map<String, Value>>> {
    Ok(None)
}

/// Every kind of act that can be held against its event.
pub(crate) fn all() -> Vec<Arc<dyn Deeds>> {
    let kinds: [(Family, &'static str, Page, IsThere, Says); 19] = [
        (Family::Payment, "payment.started/", payments::attempts, payments::is_attempt, nothing),
        (Family::Payment, "payment.succeeded/", payments::charges, payments::is_charge, nothing),
        (Family::Payment, "payment.refund_submitted/", payments::refunds, payments::is_refund, nothing),
        (Family::Casefile, "casefile.opened/", casefiles::cases, casefiles::is_case, nothing),
        (Family::Casefile, "casefile.entry/", casefiles::entries, casefiles::is_entry, nothing),
        (Family::Casefile, "casefile.filing/", casefiles::filings, casefiles::is_filing, nothing),
        (Family::Casefile, "casefile.state/", casefiles::states, casefiles::is_state, nothing),
        (Family::Casefile, "procedure.act/", procedures::acts, procedures::is_act, nothing),
        (Family::Casefile, "procedure.claimed/", procedures::claims, procedures::is_claim, nothing),
        (Family::Interop, "procedure.query/", procedures::queries, procedures::is_query, nothing),
        (Family::Notification, "notice.sent/", notifications::sent, notifications::is_sent, nothing),
        (Family::Signature, "signature.issued/", signing::issued, signing::is_issued, signing::issued_says),
        (Family::Signature, "signature.made/", signing::uses, signing::is_use, signing::use_says),
        (
            Family::Signature,
            "signature.stamps/",
            signing::stamp_hours,
            signing::is_stamp_hour,
            signing::stamp_hour_says,
        ),
        (
            Family::Casefile,
            "template.published/",
            procedures::wordings,
            procedures::is_wording,
            procedures::wording_says,
        ),
        (
            Family::Casefile,
            "documents.ordered/",
            procedures::orders,
            procedures::is_order,
            procedures::order_says,
        ),
        (Family::Signature, "signature.state/", signing::states, signing::is_state, signing::state_says),
        (Family::Signature, "signature.registration/", signing::acts, signing::is_act, signing::act_says),
        (Family::Signature, "signature.revoked/", signing::revocations, signing::is_revocation, nothing),
    ];
    let one = |(family, prefix, page, is_there, says)| {
        Arc::new(Kind { family, prefix, page, is_there, says }) as Arc<dyn Deeds>
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

    fn says(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<Option<Map<String, Value>>> {
        match record_id.strip_prefix(self.prefix) {
            Some(record) => (self.says)(conn, record),
            None => Ok(None),
        }
    }
}
