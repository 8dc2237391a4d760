//! What nobody used: documents that no batch named, and batches that nobody authorised.

use copihue_core::Result;

use super::Desk;
use crate::store::{batch, upload};

const DAY_S: i64 = 86_400;
/// A document that an application sent is named within so long, or sent again.
const UPLOADS_KEPT_S: i64 = 7 * DAY_S;
/// The holder authorises a batch within so long. No paper's time to be signed is longer.
const BATCHES_KEPT_S: i64 = 90 * DAY_S;

impl Desk {
    /// Puts away what nobody used, for a daily round. Answers how many uploads and batches it was. Papers stay: who sent them
    /// decides about them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn purge(&self) -> Result<(u64, u64)> {
        let now = self.now();
        let (uploads, batches) = (now.plus_seconds(-UPLOADS_KEPT_S), now.plus_seconds(-BATCHES_KEPT_S));
        self.db()
            .write(move |tx| {
                Ok((upload::delete_older(tx, uploads)?, batch::delete_unauthorised(tx, batches)?))
            })
            .await
    }
}
