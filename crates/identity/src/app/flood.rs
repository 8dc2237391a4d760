//! What anybody may have us write down without proving anything: so much a minute, by network and by application. Applications that
//! prove who they are answer for themselves.

use std::net::IpAddr;

use copihue_core::Result;
use copihue_db::Tx;

use crate::Identity;
use crate::model::client::{Auth, Client};
use crate::model::throttle::{Limit, Verdict};

/// Requests of one network in a minute.
const NETWORK: Limit = per_minute(60);
/// Requests of one application in a minute, from everywhere.
const APPLICATION: Limit = per_minute(600);
/// Longest request that is kept of an application that proves nothing, in bytes.
pub(super) const LONGEST: usize = 4 * 1024;

const fn per_minute(free: i64) -> Limit {
    Limit { free, first_wait: 60, max_wait: 60, forget: 60 }
}

impl Identity {
    /// Whether one more request of this application is taken. Each minute counts anew.
    pub(crate) async fn takes_one_more(
        &self,
        client: &Client,
        what: &'static str,
        peer: IpAddr,
    ) -> Result<bool> {
        if client.settings.auth != Auth::Public {
            return Ok(true);
        }
        let (identity, id) = (self.clone(), client.id.clone());
        let count = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            let minute = now.millis().div_euclid(60_000);
            let mine = identity.nobodys(&format!("{what} application {minute}"), id.as_bytes());
            let network = identity.prefix(&format!("{what} {minute}"), peer);
            for (subject, limit) in [(network, NETWORK), (mine, APPLICATION)] {
                if identity.take(tx, subject, limit, now)?.0 != Verdict::Go {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        self.0.db.write(count).await
    }
}
