//! Redirect addresses: registered as scheme, authority and path; compared exactly, the query aside (§2.1).

use percent_encoding::percent_decode_str;

use super::client::Auth;
use super::params::encode;

/// Longest address.
const MAX: usize = 2_048;

/// A redirect address that matched a registered one, with the query that the request brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RedirectUri(String);

fn base(uri: &str) -> &str {
    uri.split('?').next().unwrap_or(uri)
}

impl RedirectUri {
    /// The requested address, if its scheme, authority and path are those of a registered one, letter by letter.
    #[must_use]
    pub fn matching(requested: &str, registered: &[String]) -> Option<Self> {
        let clean = requested.len() <= MAX && requested.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        let known = clean && registered.iter().any(|r| r == base(requested));
        known.then(|| Self(requested.to_owned()))
    }

    /// The requested address, if it is a registered one, letter by letter. A program on the person's own machine listens at
    /// whatever port is free (RFC 8252 §7.3): only then, and only by the machine's number, the port doesn't count.
    #[must_use]
    pub fn exact(requested: &str, registered: &[String], auth: Auth) -> Option<Self> {
        let clean = requested.len() <= MAX && requested.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        let same = |r: &String| {
            r == requested
                || (auth == Auth::Public && loopback(r).is_some() && loopback(r) == loopback(requested))
        };
        (clean && registered.iter().any(same)).then(|| Self(requested.to_owned()))
    }

    /// Whether this is the same address, letter by letter.
    #[must_use]
    pub fn is_exactly(&self, given: &str) -> bool {
        self.0 == given
    }

    /// What was stored after a match.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As requested.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the token request names the same address: ignoring the query, and after one more decoding, because real
    /// clients send it encoded twice.
    #[must_use]
    pub fn is_same(&self, given: &str) -> bool {
        let ours = base(&self.0);
        let decoded = percent_decode_str(given).decode_utf8_lossy();
        base(given) == ours || base(&decoded) == ours
    }

    /// The address with these parameters appended. `raw` values go in as they are.
    #[must_use]
    pub fn with(&self, pairs: &[(&str, &str)], state: Option<&str>) -> String {
        let mut uri = self.0.clone();
        let mut separator = match uri.contains('?') {
            false => "?",
            true if uri.ends_with(['?', '&']) => "",
            true => "&",
        };
        for (name, value) in pairs {
            uri.push_str(&format!("{separator}{name}={}", encode(value)));
            separator = "&";
        }
        if let Some(state) = state {
            uri.push_str(&format!("{separator}state={state}"));
        }
        uri
    }

    /// Scheme and authority, for the page's `form-action`.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        origin(&self.0)
    }
}

/// An address on the person's own machine, without its port: host, and the rest from the path on.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.split_at_checked(rest.find('/')?)?;
    let host = ["127.0.0.1", "[::1]"].into_iter().find(|host| authority.starts_with(host))?;
    let port = &authority[host.len()..];
    let number = port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    (port.is_empty() || number).then_some((host, path))
}

/// `https://host:port` of an address, or of an authority written alone.
#[must_use]
pub fn origin(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// The host of an address.
#[must_use]
pub fn host(uri: &str) -> Option<String> {
    url::Url::parse(uri).ok()?.host_str().map(str::to_owned)
}

/// Whether a host is the person's own machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Checks an address before it is registered: absolute, `https` (or plain `http` on this machine for tests), without query,
/// fragment or credentials.
#[must_use]
pub fn may_be_registered(uri: &str) -> bool {
    may_be_told(uri) && !uri.contains('?')
}

/// [`may_be_registered`] for an address that is told of a log-out, which may have a query (OpenID Connect Back-Channel
/// Logout 1.0, section 2.2): Apache's module has no other.
#[must_use]
pub fn may_be_told(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else { return false };
    let local = url.host_str().is_some_and(is_loopback);
    let secure = url.scheme() == "https" || (url.scheme() == "http" && local);
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    secure && bare && uri.len() <= MAX && uri.bytes().all(|b| b.is_ascii_graphic())
}
