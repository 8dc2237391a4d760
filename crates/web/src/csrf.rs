//! Tokens against forged posts: bound to the session (before login, to a pre-session cookie), masked anew on each page.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::Random;
use copihue_core::secret::constant_time_eq;
use http::{HeaderMap, Method, header};

/// The deployment's key for tokens.
pub(crate) struct CsrfKey(hmac::Key);

/// To what a token is bound: the hash of the session's or pre-session's secret.
pub(crate) type Binding = [u8; 32];

impl CsrfKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &[secret.as_slice(), b"csrf"].concat()))
    }

    fn tag(&self, binding: &Binding) -> [u8; 16] {
        let mut out = [0; 16];
        out.copy_from_slice(&hmac::sign(&self.0, binding).as_ref()[..16]);
        out
    }

    /// A token for one page. The random mask keeps compression from telling anything about it (BREACH).
    pub(crate) fn token(&self, binding: &Binding, random: &dyn Random) -> String {
        let mask: [u8; 16] = copihue_core::random::bytes(random);
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&mask);
        for (i, byte) in self.tag(binding).iter().enumerate() {
            bytes[16 + i] = byte ^ mask[i];
        }
        BASE64.encode(bytes)
    }

    pub(crate) fn verify(&self, binding: &Binding, token: &str) -> bool {
        let Ok(bytes) = BASE64.decode(token) else { return false };
        let Ok(bytes) = <[u8; 32]>::try_from(bytes) else { return false };
        let mut tag = [0; 16];
        for (i, byte) in tag.iter_mut().enumerate() {
            *byte = bytes[i] ^ bytes[16 + i];
        }
        constant_time_eq(&tag, &self.tag(binding))
    }
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
        let (one, two) = (key.token(&[1; 32], &random), key.token(&[1; 32], &random));
        assert_ne!(one, two);
        assert!(key.verify(&[1; 32], &one) && key.verify(&[1; 32], &two));
        assert!(!key.verify(&[2; 32], &one));
        assert!(!CsrfKey::new(&[8; 32]).verify(&[1; 32], &one));
        for bad in ["", "x", "AAAA", &"A".repeat(43)] {
            assert!(!key.verify(&[1; 32], bad));
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
