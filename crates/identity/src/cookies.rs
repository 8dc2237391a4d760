//! The cookies of the provider and of our pages as its client.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::{Bucket, Random, json};
use http::{HeaderMap, HeaderValue, header};

/// Which cookie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    /// The provider's own session.
    Sso,
    /// A browser that was used before.
    Device,
    /// Binds the login form to the browser that asked for it.
    Form,
    /// What our pages remember between leaving for the provider and coming back.
    Return,
}

/// How cookies are set here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jar {
    /// With `Secure` and the `__Host-` prefix.
    pub(crate) secure: bool,
}

impl Name {
    const fn base(self) -> &'static str {
        match self {
            Self::Sso => "sso",
            Self::Device => "dispositivo",
            Self::Form => "ingreso",
            Self::Return => "retorno",
        }
    }
}

impl Jar {
    fn name(self, name: Name, suffix: &str) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{}{suffix}", name.base())
    }

    /// The value of a cookie. When it came twice (tossed in by a sibling domain) there is none.
    pub(crate) fn get(self, headers: &HeaderMap, name: Name, suffix: &str) -> Option<String> {
        let wanted = self.name(name, suffix);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let mut values = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (n, v) = pair.trim().split_once('=')?;
            (n == wanted).then_some(v)
        });
        let first = values.next()?;
        (values.next().is_none() && !first.is_empty()).then(|| first.to_owned())
    }

    /// Adds a cookie to an answer; without `seconds` it lives as long as the browser.
    pub(crate) fn set(
        self,
        headers: &mut HeaderMap,
        name: Name,
        suffix: &str,
        value: &str,
        seconds: Option<i64>,
    ) {
        let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.name(name, suffix));
        if let Some(seconds) = seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if self.secure {
            text.push_str("; Secure");
        }
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.append(header::SET_COOKIE, value);
        }
    }

    /// Takes a cookie away.
    pub(crate) fn clear(self, headers: &mut HeaderMap, name: Name, suffix: &str) {
        self.set(headers, name, suffix, "", Some(0));
    }
}

/// A secret in a cookie: the bucket in two bytes, then 24 random ones.
pub(crate) struct Token([u8; 26]);

impl Token {
    pub(crate) fn new(bucket: Bucket, random: &dyn Random) -> Self {
        let mut bytes = [0; 26];
        bytes[..2].copy_from_slice(&bucket.number().to_be_bytes());
        random.fill(&mut bytes[2..]);
        Self(bytes)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    pub(crate) fn bucket(&self) -> Bucket {
        Bucket::new(u16::from_be_bytes([self.0[0], self.0[1]]))
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        json::sha256(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f01_cookies_are_for_this_host_and_no_script() {
        let set = |secure| {
            let mut headers = HeaderMap::new();
            Jar { secure }.set(&mut headers, Name::Sso, "", "x", None);
            headers[header::SET_COOKIE].to_str().unwrap().to_owned()
        };
        assert_eq!(set(true), "__Host-sso=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set(false), "sso=x; Path=/; HttpOnly; SameSite=Lax");
        let one = Token::new(Bucket::new(7), &copihue_core::SystemRandom);
        assert!(one.text().len() >= 32 && Token::parse(&one.text()).is_some_and(|t| t.hash() == one.hash()));
        let mut twice = HeaderMap::new();
        twice.insert(header::COOKIE, HeaderValue::from_static("__Host-sso=a; __Host-sso=b"));
        assert_eq!(Jar { secure: true }.get(&twice, Name::Sso, ""), None, "one was tossed in");
    }
}
