//! Structured logs on standard error, as lines of JSON. No personal data: types that hold some print redacted.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts them. `COPIHUE_LOG` chooses the level (`info`, `debug`, `copihue_payments=debug`); a person at a terminal gets plain lines.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("COPIHUE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.compact().init();
    } else {
        builder.json().init();
    }
}
