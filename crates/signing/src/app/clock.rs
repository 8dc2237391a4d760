//! Whether this machine's clock can be relied on: servers of time are asked (RFC 5905).

use std::sync::atomic::Ordering;
use std::time::Duration;

use copihue_core::{Error, Kind, Result};
use futures_util::future::join_all;
use rsntp::{AsyncSntpClient, Config};

use super::Signing;
use crate::model::clock::{ClockState, middle};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(300);
const TIMEOUT: Duration = Duration::from_secs(3);
/// Nothing was learnt yet.
pub(super) const UNKNOWN: i64 = i64::MIN + 1;

impl Signing {
    /// Asks these servers of time from now on: a name, or a name and a port. Ends with the program.
    pub fn watch_clock(&self, servers: Vec<String>) -> tokio::task::JoinHandle<()> {
        let signing = self.clone();
        tokio::spawn(async move {
            while !servers.is_empty() {
                signing.check_clock(&servers).await;
                tokio::time::sleep(EVERY).await;
            }
        })
    }

    /// Asks them once. While none answers, what was learnt before holds.
    pub async fn check_clock(&self, servers: &[String]) -> ClockState {
        let answers = join_all(servers.iter().map(|server| offset(server))).await;
        if let Some(offset_ms) = middle(answers.into_iter().flatten().collect()) {
            self.0.clock_offset.store(offset_ms, Ordering::Relaxed);
            match ClockState::of(Some(offset_ms)) {
                ClockState::Wrong => {
                    tracing::error!(
                        offset_ms,
                        "the clock is wrong: no timestamps are given and no codes judged"
                    );
                }
                ClockState::Drifting => tracing::warn!(offset_ms, "the clock is more than a second off"),
                ClockState::Right | ClockState::Unknown => {}
            }
        }
        self.clock_state()
    }

    /// What is known of the clock.
    #[must_use]
    pub fn clock_state(&self) -> ClockState {
        let offset = self.0.clock_offset.load(Ordering::Relaxed);
        ClockState::of(Some(offset).filter(|offset| *offset != UNKNOWN))
    }

    pub(super) fn clock_is_wrong(&self) -> bool {
        self.clock_state() == ClockState::Wrong
    }

    /// # Errors
    /// Unavailable, while the clock is known to be wrong.
    pub(super) fn trust_clock(&self) -> Result<()> {
        if !self.clock_is_wrong() {
            return Ok(());
        }
        Err(Error::new(
            Kind::Unavailable,
            "reloj_descuadrado",
            "La hora de este servidor no es correcta, así que no puede revisar códigos. Avise al administrador.",
        ))
    }
}

/// How far ahead a server's clock is, in milliseconds; `None` when it does not answer.
async fn offset(server: &str) -> Option<i64> {
    let client = AsyncSntpClient::with_config(Config::default().timeout(TIMEOUT));
    match client.synchronize(server).await {
        Ok(answer) => Some((answer.clock_offset().as_secs_f64() * 1000.0) as i64),
        Err(error) => {
            tracing::warn!(server, %error, "a server of time does not answer");
            None
        }
    }
}
