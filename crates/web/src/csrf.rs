//! Tokens against forged posts: bound to the session (before login, to a pre-session cookie), masked anew on each page.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::secret::constant_time_eq;
use copihue_core::{Id, Random};
use http::{HeaderMap, Method, header};

/// The deployment's key for tokens.
pub(crate) struct CsrfKey(hmac::Key);

/// To what a token is bound: the hash of the session's or pre-session's secret.
pub(crate) type Binding = [u8; 32];

impl CsrfKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &[secret.as_slice(), b"csrf"].concat()))
    }

    /// 16 bytes bound to the session, 8 to the person.
    fn tag(&self, by: &By) -> [u8; TAG] {
        let mut out = [0; TAG];
        out[..16].copy_from_slice(&hmac::sign(&self.0, &by.binding).as_ref()[..16]);
        let person = by.person.as_ref().map_or([0; 16], |id| *id.as_bytes());
        out[16..]
            .copy_from_slice(&hmac::sign(&self.0, &[b"person", person.as_slice()].concat()).as_ref()[..8]);
        out
    }

    /// A token for one page. The random mask keeps compression from telling anything about it (BREACH).
    pub(crate) fn token(&self, by: &By, random: &dyn Random) -> String {
        let mask: [u8; TAG] = copihue_core::random::bytes(random);
        let mut bytes = [0; 2 * TAG];
        bytes[..TAG].copy_from_slice(&mask);
        for (i, byte) in self.tag(by).iter().enumerate() {
            bytes[TAG + i] = byte ^ mask[i];
        }
        BASE64.encode(bytes)
    }

    pub(crate) fn verify(&self, by: &By, token: &str) -> Verdict {
        let bytes = BASE64.decode(token).ok().and_then(|b| <[u8; 2 * TAG]>::try_from(b).ok());
        let Some(bytes) = bytes else { return Verdict::Forged };
        let mut tag = [0; TAG];
        for (i, byte) in tag.iter_mut().enumerate() {
            *byte = bytes[i] ^ bytes[TAG + i];
        }
        let own = self.tag(by);
        match (constant_time_eq(&tag[..16], &own[..16]), constant_time_eq(&tag[16..], &own[16..])) {
            (true, _) => Verdict::Good,
            (false, true) if by.person.is_some() => Verdict::OldPage,
            _ => Verdict::Forged,
        }
    }
}

const TAG: usize = 24;

/// Whom a token is for.
pub(crate) struct By {
    pub(crate) binding: Binding,
    pub(crate) person: Option<Id>,
}

/// What a token turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Of this session.
    Good,
    /// Of this person, from a page that an earlier session of theirs (or another hat) was given.
    OldPage,
    /// Anything else.
    Forged,
}

/// Whether a request comes from a page of ours, as far as the browser says.
///
/// `Sec-Fetch-Site` decides where it is sent (login pages say `Origin: null`), else `Origin`. A browser that sends
/// neither is let through: then the token alone decides.
pub(crate) fn same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match text(header::ORIGIN.as_str()) {
        Some(origin) => origin.eq_ignore_ascii_case(base_url),
        None => true,
    }
}

/// Methods that may change something.
pub(crate) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use copihue_core::SeededRandom;
    use http::HeaderValue;

    #[test]
    fn web_04_csrf_tokens_are_masked_and_bound() {
        let (key, random) = (CsrfKey::new(&[7; 32]), SeededRandom::new(1));
        let by = |binding: u8, person: u8| By {
            binding: [binding; 32],
            person: Some(Id::from_bytes([person; 16])),
        };
        let (one, two) = (key.token(&by(1, 1), &random), key.token(&by(1, 1), &random));
        assert_ne!(one, two);
        assert_eq!(
            (key.verify(&by(1, 1), &one), key.verify(&by(1, 1), &two)),
            (Verdict::Good, Verdict::Good)
        );
        assert_eq!(key.verify(&by(2, 1), &one), Verdict::OldPage);
        assert_eq!(key.verify(&by(2, 2), &one), Verdict::Forged);
        assert_eq!(CsrfKey::new(&[8; 32]).verify(&by(1, 1), &one), Verdict::Forged);
        let nobody = || By { binding: [1; 32], person: None };
        let before_login = key.token(&nobody(), &random);
        assert_eq!(key.verify(&nobody(), &before_login), Verdict::Good);
        assert_eq!(key.verify(&By { binding: [2; 32], person: None }, &before_login), Verdict::Forged);
        for bad in ["", "x", "AAAA", &"A".repeat(64)] {
            assert_eq!(key.verify(&by(1, 1), bad), Verdict::Forged);
        }
    }

    #[test]
    fn web_04_other_origins_and_sibling_domains_are_refused() {
        let ask = |name: &'static str, value: &'static str| {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )]);
            same_origin(&headers, "https://a.example.cl")
        };
        assert!(ask("origin", "https://a.example.cl"));
        assert!(!ask("origin", "https://b.example.cl"));
        assert!(!ask("origin", "null"));
        assert!(ask("sec-fetch-site", "same-origin"));
        assert!(!ask("sec-fetch-site", "same-site"));
        assert!(!ask("sec-fetch-site", "cross-site"));
        assert!(ask("accept", "*/*"));
    }
}
