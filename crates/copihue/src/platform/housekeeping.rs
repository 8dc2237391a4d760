//! What nobody needs any more is put away: requests that strangers may leave each hour, and once a day ended sessions, old counters, files
//! that no row names, and what nobody signed.

use std::time::Duration;

use copihue_core::Result;
use copihue_db::blobs::Blobs;
use copihue_identity::Identity;
use copihue_signing::Desk;
use copihue_web::Web;
use tokio::task::JoinHandle;

/// After the start, so that a restart is not slowed down.
const FIRST: Duration = Duration::from_secs(5 * 60);
/// Between two looks at what strangers left.
const HOUR: Duration = Duration::from_secs(3600);

/// Starts the rounds; they end with the program.
pub(super) fn start(web: Web, identity: Identity, desk: Desk, blobs: Blobs) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::time::sleep(FIRST).await;
        for hour in 0_u64.. {
            let done = match hour % 24 {
                0 => round(&web, &identity, &desk, &blobs).await,
                _ => identity.purge().await.map(|_| ()),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "housekeeping");
            }
            tokio::time::sleep(HOUR).await;
        }
    })
}

async fn round(web: &Web, identity: &Identity, desk: &Desk, blobs: &Blobs) -> Result<()> {
    let (sessions, logins) = (web.purge().await?, identity.purge().await?);
    identity.rotate_keys().await?;
    let (uploads, batches) = desk.purge().await?;
    let files = blobs.sweep().await?;
    tracing::info!(sessions, logins, uploads, batches, files, "housekeeping");
    Ok(())
}
