//! The log of logs: each minute, what the others published last. A monitor that watches this one log would notice if one
//! of the others were shown to somebody in another shape.
//!
//! One checkpoint a minute of each log is enough: it commits to all those before it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_core::Result;

use crate::ledger::Ledger;
use crate::record::{Family, Field, Record};
use crate::store;

impl Ledger {
    /// Appends the last published checkpoint of each other log. One that is there already is not appended again.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn index_once(&self) -> Result<()> {
        let heads = self.inner.db.read(|conn| {
            let of = |family| Ok((family, store::latest_checkpoint(conn, family)?));
            Family::ALL.into_iter().filter(|f| *f != Family::Index).map(of).collect::<Result<Vec<_>>>()
        });
        let mut records = Vec::new();
        for (family, head) in heads.await? {
            let Some(head) = head else { continue };
            let origin = self.inner.signer(family)?.verifier().name().to_owned();
            records.push(Record {
                family: Family::Index,
                kind: "checkpoint",
                record_id: format!("{}/{}", family.name(), head.size),
                subject: None,
                fields: vec![
                    Field::plain("origin", origin),
                    Field::plain("size", head.size),
                    Field::plain("root", BASE64_STANDARD.encode(head.root)),
                ],
            });
        }
        let ledger = self.clone();
        let append =
            move |tx: &mut copihue_db::Tx<'_>| records.iter().try_for_each(|r| ledger.append(tx, r.clone()));
        self.inner.db.write(append).await
    }
}
