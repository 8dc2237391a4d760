//! One process places and signs: two machines with one key would fork the logs.

use std::sync::atomic::Ordering;

use copihue_core::{Error, Kind, Result};

use crate::ledger::Ledger;
use crate::store::lease::{self, Claim};

/// For how long a leader may be silent before another process takes its place.
const LEASE_SECONDS: i64 = 30;
const FENCED: &str = "registro_cedido";

/// What a process is told that no longer leads.
pub(crate) fn fenced() -> Error {
    Error::new(Kind::Unavailable, FENCED, "Otro proceso ordena y firma ahora las bitácoras.")
}

pub(crate) fn is_fenced(error: &Error) -> bool {
    error.code() == FENCED
}

impl Ledger {
    /// Whether this process places and signs. One that starts takes over from whoever led, as after a crash or a new
    /// version; from then on, it leads until another one starts or its lease ends.
    ///
    /// # Errors
    /// As [`copihue_db::Db::write`].
    pub(crate) async fn leads(&self) -> Result<bool> {
        let inner = &self.inner;
        let claim = if inner.claimed.load(Ordering::Acquire) { Claim::Waiting } else { Claim::Starting };
        let (holder, now) = (inner.holder, inner.clock.now());
        let take = move |tx: &mut copihue_db::Tx<'_>| {
            lease::take(tx, &holder, claim, now, now.plus_seconds(LEASE_SECONDS))
        };
        let leads = inner.db.write(take).await?;
        inner.claimed.store(true, Ordering::Release);
        inner.set_leading(leads);
        Ok(leads)
    }

    /// Lets another process lead.
    pub(crate) async fn resign(&self) {
        let holder = self.inner.holder;
        if let Err(error) = self.inner.db.write(move |tx| lease::release(tx, &holder)).await {
            tracing::warn!(%error, "the ledger's lease ends by itself");
        }
    }
}
