//! A platform that runs: background work, the listener, the metrics, and a stop that cuts nobody off.

use std::time::Duration;

use copihue_core::{Error, Result};
use copihue_db::blobs::Blobs;
use copihue_web::{RouteSet, Timeouts};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;

use super::{Platform, gossip, housekeeping};
use crate::server::{serve_metrics, told_to_stop};

/// How often old samples of the metrics are folded away.
const UPKEEP: Duration = Duration::from_secs(30);

/// Serves until the program is told to stop; then what began ends, and the rest waits in the database.
///
/// # Errors
/// When an address can't be taken.
pub(crate) async fn serve(platform: Platform, listener: TcpListener, more: Vec<RouteSet>) -> Result<()> {
    if let Some(address) = platform.config.metrics {
        let handle = PrometheusBuilder::new().install_recorder().map_err(Error::internal)?;
        let upkeep = handle.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        });
        serve_metrics(address, handle).await?;
    }
    let worker = platform.worker().start();
    let sequencer = platform.ledger.start();
    if let Err(error) = platform.registration.adopt().await {
        tracing::warn!(%error, "certificates from before there were requests are not listed");
    }
    let _watch = platform.directory.watch();
    let _registers = platform.registers.start();
    let _signing = platform.signing.start();
    let _revocations = platform.signing.watch_revocations();
    let _evidence = platform.signing.keep_evidence();
    let _stamps = platform.signing.keep_stamp_log();
    let _clock = platform.signing.watch_clock(platform.config.clock.servers.clone());
    let _payments = platform.payments.start();
    let _casefiles = platform.casefiles.start();
    let _panel = platform.identity.watch();
    let _gossip = gossip::start(platform.web.clone(), platform.ledger.clone());
    let blobs = Blobs::new(platform.db.clone(), platform.config.objects());
    let _housekeeping =
        housekeeping::start(platform.web.clone(), platform.identity.clone(), platform.desk.clone(), blobs);
    let mut sets = platform.routes();
    sets.extend(more);
    let router = platform.web.router(sets);
    copihue_web::serve(listener, router, Timeouts::default(), told_to_stop())
        .await
        .map_err(Error::unavailable)?;
    worker.stop().await;
    sequencer.stop().await;
    Ok(())
}
