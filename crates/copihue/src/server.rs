//! Listening, metrics on an address of their own, and being told to stop.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use copihue_core::{Error, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

/// Takes the address.
///
/// # Errors
/// When somebody else has it; the message says how to choose another.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| {
        Error::unavailable(format_args!(
            "listen on {address}: {e}; choose another with --listen ADDRESS:PORT"
        ))
    })
}

/// Serves `/metrics` on its own, internal address.
///
/// # Errors
/// When the address can't be taken.
pub(crate) async fn serve_metrics(address: SocketAddr, handle: PrometheusHandle) -> Result<()> {
    let listener = bind(address).await?;
    let router = Router::new().route("/metrics", get(move || std::future::ready(handle.render())));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

/// Resolves when the program is told to stop: Ctrl+C, or SIGTERM.
pub(crate) async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
