//! Requests a minute, for each session or address prefix and class: a token bucket each.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use copihue_core::Timestamp;

use crate::config::Rates;

/// What kind of request it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Class {
    Page,
    Write,
    Search,
    /// A foreign or machine contract: a whole institution may speak from one address.
    Contract,
}

/// Who asks: a session, or the network an address belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Who {
    Session(u64),
    /// /24 of IPv4.
    Net4([u8; 3]),
    /// /56 of IPv6.
    Net6([u8; 7]),
}

impl Who {
    pub(crate) fn session(hash: &[u8; 32]) -> Self {
        let mut head = [0; 8];
        head.copy_from_slice(&hash[..8]);
        Self::Session(u64::from_be_bytes(head))
    }

    pub(crate) fn address(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Self::Net4([a, b, c])
            }
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, ..] = ip.octets();
                Self::Net6([a, b, c, d, e, f, g])
            }
        }
    }
}

struct Bucket {
    /// Thousandths of a request left.
    left: u64,
    at: i64,
}

const SHARDS: usize = 16;
/// Above so many in a shard, those that are full again are forgotten.
const SHARD_MAX: usize = 4_096;
/// After this a bucket is full again, whatever was taken.
const FULL_MS: i64 = 60_000;

/// Buckets, and above how many of them the full ones are looked for. Looking costs as much as there are, so it is done
/// only when there are twice as many as the last look left.
struct Shard {
    buckets: HashMap<(Who, Class), Bucket>,
    look_at: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { buckets: HashMap::new(), look_at: SHARD_MAX }
    }
}

impl Shard {
    fn forget_full(&mut self, now: Timestamp) {
        if self.buckets.len() >= self.look_at {
            self.buckets.retain(|_, b| now.millis() - b.at < FULL_MS);
            self.look_at = SHARD_MAX.max(2 * self.buckets.len());
        }
    }
}

/// All buckets.
pub(crate) struct Limiter {
    rates: Rates,
    shards: [Mutex<Shard>; SHARDS],
}

impl Limiter {
    pub(crate) fn new(rates: Rates) -> Self {
        Self { rates, shards: std::array::from_fn(|_| Mutex::default()) }
    }

    const fn per_minute(&self, class: Class) -> u32 {
        match class {
            Class::Page => self.rates.pages,
            Class::Write => self.rates.writes,
            Class::Search => self.rates.search,
            Class::Contract => self.rates.contracts,
        }
    }

    /// Takes one request, or says after how many seconds there is one again.
    pub(crate) fn take(&self, who: Who, class: Class, now: Timestamp) -> Result<(), u32> {
        let rate = u64::from(self.per_minute(class).max(1));
        let full = rate * 1000;
        let mut shard = self.shards[shard(who)].lock().unwrap_or_else(PoisonError::into_inner);
        shard.forget_full(now);
        let bucket = shard.buckets.entry((who, class)).or_insert(Bucket { left: full, at: now.millis() });
        let passed = u64::try_from(now.millis() - bucket.at).unwrap_or(0);
        bucket.left = full.min(bucket.left.saturating_add(passed.saturating_mul(rate) / 60));
        bucket.at = now.millis();
        if bucket.left >= 1000 {
            bucket.left -= 1000;
            return Ok(());
        }
        let missing_ms = (1000 - bucket.left) * 60 / rate;
        Err(u32::try_from(missing_ms.div_ceil(1000)).unwrap_or(60).max(1))
    }
}

fn shard(who: Who) -> usize {
    let byte = match who {
        Who::Session(n) => n as u8,
        Who::Net4(net) => net[2],
        Who::Net6(net) => net[6] ^ net[5],
    };
    usize::from(byte) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_10_a_minute_gives_so_many_and_refills() {
        let limiter = Limiter::new(Rates { pages: 60, writes: 2, search: 1, contracts: 1 });
        let (who, at) = (Who::Session(1), Timestamp::from_millis);
        assert!(limiter.take(who, Class::Write, at(0)).is_ok());
        assert!(limiter.take(who, Class::Write, at(0)).is_ok());
        assert_eq!(limiter.take(who, Class::Write, at(0)), Err(30));
        assert!(limiter.take(who, Class::Page, at(0)).is_ok(), "classes are apart");
        assert!(limiter.take(Who::Session(2), Class::Write, at(0)).is_ok(), "and sessions");
        assert!(limiter.take(who, Class::Write, at(30_000)).is_ok());
    }

    #[test]
    fn web_10_a_crowd_is_forgotten_and_not_counted_at_each_request() {
        let limiter = Limiter::new(Rates { pages: 60, writes: 2, search: 1, contracts: 1 });
        let at = Timestamp::from_millis;
        let started = std::time::Instant::now();
        for n in 0..400_000_u64 {
            assert!(limiter.take(Who::Session(n), Class::Page, at(0)).is_ok());
        }
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
        for n in 400_000..900_000_u64 {
            assert!(limiter.take(Who::Session(n), Class::Page, at(FULL_MS)).is_ok());
        }
        let kept: usize = limiter.shards.iter().map(|s| s.lock().unwrap().buckets.len()).sum();
        assert!(kept < 900_000, "{kept}");
    }

    #[test]
    fn web_10_neighbours_share_an_address_prefix() {
        let net = |ip: &str| Who::address(ip.parse().unwrap());
        assert_eq!(net("200.1.2.3"), net("200.1.2.250"));
        assert_ne!(net("200.1.2.3"), net("200.1.3.3"));
        assert_eq!(net("2001:db8:1:2:3::1"), net("2001:db8:1:20:9::1"));
        assert_eq!(net("::ffff:200.1.2.3"), net("200.1.2.9"));
    }
}
