//! Keys that an application publishes at an address of its own (`jwks_uri`): read when one is named that is not known yet, and never more than
//! once in a while (C5). Whoever registers such an address must not make us look around inside our own network (C4): only public addresses,
//! no redirects, not long, not much.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use copihue_core::{Error, Result, Timestamp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::model::client::{Client, Environment};
use crate::model::jose::Jwk;
use crate::model::redirect::is_loopback;

/// Seconds in which an address is read at most once, whatever keys are named.
const AGAIN: i64 = 60;
/// Seconds after which it is read again even for a key that is known: it may have been taken back.
const FRESH: i64 = 3_600;
/// Seconds for which keys count whose address does not answer any more.
const STALE: i64 = 86_400;
/// Longest answer, in bytes.
const MOST: usize = 256 * 1024;
/// Longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was read, or tried to be read, of one application.
#[derive(Debug, Default)]
struct Held {
    uri: String,
    keys: Vec<Jwk>,
    read: Option<Timestamp>,
    tried: Option<Timestamp>,
}

impl Held {
    /// Whether they serve as they are.
    fn serves(&self, kid: Option<&str>, now: Timestamp) -> bool {
        let known = kid.is_none_or(|kid| self.keys.iter().any(|key| key.kid.as_deref() == Some(kid)));
        let fresh = self.read.is_some_and(|read| now < read.plus_seconds(FRESH));
        let just_tried = self.tried.is_some_and(|tried| now < tried.plus_seconds(AGAIN));
        just_tried || (known && fresh)
    }
}

/// The keys of applications that publish theirs.
#[derive(Debug)]
pub(crate) struct RemoteKeys {
    /// Reaches public addresses only.
    outside: reqwest::Client,
    /// For applications of the sandbox on the same machine.
    here: reqwest::Client,
    /// Each behind a lock of its own: a slow address delays its own application alone.
    held: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Held>>>>,
}

impl RemoteKeys {
    pub(crate) fn new() -> Result<Self> {
        let builder = || {
            let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
            plain.no_proxy().timeout(PATIENCE)
        };
        let made = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|e| Error::internal(format_args!("http client: {e}")))
        };
        Ok(Self {
            outside: made(builder().https_only(true).dns_resolver(PublicOnly))?,
            here: made(builder())?,
            held: Mutex::default(),
        })
    }

    /// The keys of an application, among them the one of this name if it is published.
    pub(crate) async fn of(&self, client: &Client, kid: Option<&str>, now: Timestamp) -> Vec<Jwk> {
        let Some(uri) = &client.settings.jwks_uri else { return client.settings.keys() };
        let held = {
            let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(client.id.clone()).or_default())
        };
        let mut held = held.lock().await;
        if held.uri != *uri {
            *held = Held { uri: uri.clone(), ..Held::default() };
        }
        if held.serves(kid, now) {
            return held.keys.clone();
        }
        held.tried = Some(now);
        match self.read(uri, client.environment).await {
            Ok(keys) => (held.keys, held.read) = (keys, Some(now)),
            Err(error) => {
                tracing::warn!(client = client.id, %error, "an application's keys can't be read");
                if held.read.is_none_or(|read| now >= read.plus_seconds(STALE)) {
                    held.keys = Vec::new();
                }
            }
        }
        held.keys.clone()
    }

    async fn read(&self, uri: &str, environment: Environment) -> Result<Vec<Jwk>> {
        let failed = |e: &dyn std::fmt::Display| Error::unavailable(format_args!("jwks_uri: {e}"));
        let url = Url::parse(uri).map_err(|e| failed(&e))?;
        let own = environment == Environment::Sandbox && url.host_str().is_some_and(is_loopback);
        // A name is judged when it is resolved; a number is here.
        let public = match url.host() {
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if !own && !public {
            return Err(failed(&"it is not a public address"));
        }
        let http = if own { &self.here } else { &self.outside };
        let mut answer = http.get(url).send().await.map_err(|e| failed(&e.without_url()))?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(failed(&answer.status()));
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|e| failed(&e.without_url()))? {
            body.extend_from_slice(&part);
            if body.len() > MOST {
                return Err(failed(&"its answer is too long"));
            }
        }
        let set = serde_json::from_slice(&body).map_err(|e| failed(&e))?;
        Jwk::parse_set(&set).ok_or_else(|| failed(&"it is no set of public keys"))
    }
}

/// Resolves names to public addresses, and to nothing else: also when a name changes its mind between two questions.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|at| is_public(at.ip())).collect();
            if found.is_empty() {
                return Err("it has no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether anybody on the Internet can be reached there (IANA's special-purpose registries).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (b & 0xc0) == 64;
    let protocols = a == 192 && b == 0 && c == 0;
    let measured = a == 198 && (b & 0xfe) == 18;
    let never = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation();
    !(never || a == 0 || a >= 224 || shared || protocols || measured)
}

/// Only what is given out to be routed, and nothing that carries an IPv4 address inside of it.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global = (a & 0xe000) == 0x2000;
    let carries = a == 0x2002 || (a == 0x2001 && b == 0);
    let documentation = (a == 0x2001 && b == 0xdb8) || (a & 0xfff0) == 0x3ff0;
    global && !carries && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c04_only_addresses_of_the_internet_are_asked_for_keys() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["200.1.123.4", "100.128.0.1", "2800:300::1", "2606:4700::1111"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[tokio::test]
    async fn c04_a_name_that_leads_inside_leads_nowhere() {
        let name = "localhost".parse().unwrap();
        assert!(PublicOnly.resolve(name).await.is_err());
    }
}
