//! Redirect addresses: registered as scheme, authority and path; compared exactly, the query aside (§2.1).

use percent_encoding::percent_decode_str;

use super::client::Auth;
use super::params::{Unusable, encode};

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

/// In what an address that was refused differs from the nearest one that is registered: to help whoever mends it. It decides nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Difference {
    /// Only in a closing slash.
    Slash,
    /// Only in capitals.
    Case,
    /// It has a query or a fragment.
    Extra,
    /// In `http` or `https`.
    Scheme,
    /// In the port.
    Port,
    /// In the path.
    Path,
    /// In the host, and with that altogether.
    Host,
    /// It came twice, or can't be read.
    Unusable,
    /// It is absent.
    Absent,
}

impl Difference {
    /// The end of its text's key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Slash => "redirect-slash",
            Self::Case => "redirect-case",
            Self::Extra => "redirect-extra",
            Self::Scheme => "redirect-scheme",
            Self::Port => "redirect-port",
            Self::Path => "redirect-path",
            Self::Host => "redirect-host",
            Self::Unusable => "redirect-unusable",
            Self::Absent => "redirect-absent",
        }
    }
}

/// The smallest difference between a refused address and those registered.
#[must_use]
pub fn difference(requested: Result<Option<&str>, Unusable>, registered: &[String]) -> Difference {
    match requested {
        Err(_) => Difference::Unusable,
        Ok(None) => Difference::Absent,
        Ok(Some(asked)) => registered.iter().map(|own| between(asked, own)).min().unwrap_or(Difference::Host),
    }
}

fn between(asked: &str, own: &str) -> Difference {
    let bare = asked.split(['?', '#']).next().unwrap_or(asked);
    if bare == own {
        return Difference::Extra;
    }
    if bare.trim_end_matches('/') == own.trim_end_matches('/') {
        return Difference::Slash;
    }
    if bare.eq_ignore_ascii_case(own) {
        return Difference::Case;
    }
    let (Ok(asked), Ok(own)) = (url::Url::parse(bare), url::Url::parse(own)) else { return Difference::Host };
    match () {
        () if asked.host() != own.host() => Difference::Host,
        () if asked.path() != own.path() => Difference::Path,
        () if asked.scheme() != own.scheme() => Difference::Scheme,
        () => Difference::Port,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a01_a_refused_address_is_told_how_it_differs_and_is_no_less_refused() {
        let own = ["https://a.cl/volver".to_owned(), "https://b.cl:8443/x/".to_owned()];
        for (asked, what) in [
            ("https://a.cl/volver/", Difference::Slash),
            ("https://a.cl/Volver", Difference::Case),
            ("https://a.cl/volver?a=1", Difference::Extra),
            ("http://a.cl/volver", Difference::Scheme),
            ("https://a.cl:444/volver", Difference::Port),
            ("https://a.cl/otra", Difference::Path),
            ("https://a.cl.evil.com/volver", Difference::Host),
            ("no es dirección", Difference::Host),
        ] {
            assert!(RedirectUri::exact(asked, &own, Auth::Secret).is_none());
            assert_eq!(difference(Ok(Some(asked)), &own), what, "{asked}");
        }
        assert_eq!(difference(Ok(None), &own), Difference::Absent);
        assert_eq!(difference(Err(Unusable::Duplicate), &own), Difference::Unusable);
    }
}
