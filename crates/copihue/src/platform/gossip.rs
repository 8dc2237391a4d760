//! The log of logs in the answers and at the foot of the pages: a keeper who shows two people two logs has to tell each of
//! them the same, each time.

use std::time::Duration;

use copihue_core::Result;
use copihue_ledger::{Family, Ledger};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::note::Note;
use copihue_web::{LogHead, Web};
use tokio::task::JoinHandle;

/// The log of logs grows once a minute.
const EACH: Duration = Duration::from_secs(10);
const PAGE: &str = "/bitacoras/index";

/// Tells it from now on; ends with the program.
pub(super) fn start(web: Web, ledger: Ledger) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            if let Err(error) = tell(&web, &ledger).await {
                tracing::warn!(%error, "the log of logs can't be told");
            }
            tokio::time::sleep(EACH).await;
        }
    })
}

/// Tells what the log of logs has published last.
///
/// # Errors
/// When the database doesn't answer.
pub(crate) async fn tell(web: &Web, ledger: &Ledger) -> Result<()> {
    let note = ledger.checkpoint(Family::Index).await?.and_then(|note| Note::parse(&note).ok());
    let checkpoint = note.and_then(|note| Checkpoint::parse(&note.text));
    web.set_log_head(checkpoint.map(|Checkpoint { origin, size, root }| LogHead {
        origin,
        size,
        root,
        page: PAGE,
    }));
    Ok(())
}
