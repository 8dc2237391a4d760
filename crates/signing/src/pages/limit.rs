//! Guessing codes: an address prefix may miss thirty times a minute; then it waits.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use copihue_core::{Error, Kind, Result, Timestamp};
use copihue_web::locale;

const MISSES_A_MINUTE: u32 = 30;
const MINUTE_MS: i64 = 60_000;
/// Above so many prefixes, old ones are forgotten.
const MOST: usize = 10_000;

/// Misses in the running minute, by address prefix.
#[derive(Default)]
pub(super) struct MissLimit(Mutex<HashMap<[u8; 7], (Timestamp, u32)>>);

impl MissLimit {
    /// Refuses who missed too often, known codes and unknown ones alike: the answer must tell nothing.
    pub(super) fn check(&self, peer: IpAddr, now: Timestamp) -> Result<()> {
        let misses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = misses
            .get(&prefix(peer))
            .is_some_and(|(since, n)| *n >= MISSES_A_MINUTE && now.millis() - since.millis() < MINUTE_MS);
        if over {
            return Err(Error::new(Kind::RateLimited, "demasiadas_consultas", locale::t("signing-too-many")));
        }
        Ok(())
    }

    pub(super) fn missed(&self, peer: IpAddr, now: Timestamp) {
        let mut misses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = |since: Timestamp| now.millis() - since.millis() >= MINUTE_MS;
        if misses.len() >= MOST {
            misses.retain(|_, (since, _)| !is_old(*since));
        }
        let entry = misses.entry(prefix(peer)).or_insert((now, 0));
        if is_old(entry.0) {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

/// /24 of IPv4, /56 of IPv6: who owns one address owns its neighbours.
fn prefix(peer: IpAddr) -> [u8; 7] {
    let mut prefix = [0; 7];
    match peer.to_canonical() {
        IpAddr::V4(ip) => {
            prefix[0] = 4;
            prefix[1..4].copy_from_slice(&ip.octets()[..3]);
        }
        IpAddr::V6(ip) => prefix.copy_from_slice(&ip.octets()[..7]),
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_misses_a_minute_and_then_a_pause() {
        let limit = MissLimit::default();
        let peer: IpAddr = "200.1.2.3".parse().unwrap();
        let at = Timestamp::from_millis;
        for _ in 0..MISSES_A_MINUTE {
            assert!(limit.check(peer, at(0)).is_ok());
            limit.missed(peer, at(0));
        }
        assert_eq!(limit.check("200.1.2.99".parse().unwrap(), at(1)).unwrap_err().kind(), Kind::RateLimited);
        assert!(limit.check("200.1.3.3".parse().unwrap(), at(1)).is_ok());
        assert!(limit.check(peer, at(MINUTE_MS)).is_ok());
    }
}
