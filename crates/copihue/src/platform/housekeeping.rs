//! What nobody needs any more is put away once a day: ended sessions, old counters, files that no row names.

use std::time::Duration;

use copihue_core::Result;
use copihue_db::blobs::Blobs;
use copihue_identity::Identity;
use copihue_web::Web;
use tokio::task::JoinHandle;

/// After the start, so that a restart is not slowed down.
const FIRST: Duration = Duration::from_secs(5 * 60);
/// Between two rounds.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Starts the rounds; they end with the program.
pub(super) fn start(web: Web, identity: Identity, blobs: Blobs) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::time::sleep(FIRST).await;
        loop {
            if let Err(error) = round(&web, &identity, &blobs).await {
                tracing::warn!(%error, "housekeeping");
            }
            tokio::time::sleep(DAY).await;
        }
    })
}

async fn round(web: &Web, identity: &Identity, blobs: &Blobs) -> Result<()> {
    let (sessions, logins) = (web.purge().await?, identity.purge().await?);
    identity.rotate_keys().await?;
    let files = blobs.sweep().await?;
    tracing::info!(sessions, logins, files, "housekeeping");
    Ok(())
}
