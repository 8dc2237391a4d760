//! What the deployment's log of logs says of itself, told in passing: whoever keeps what they were shown can hold it against
//! what others were shown.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue};

/// The header of answers for programs: `"origin";size=7;root=:…:` (RFC 9651, a String with parameters).
pub(crate) const TLOG_CHECKPOINT: HeaderName = HeaderName::from_static("tlog-checkpoint");

/// A published checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogHead {
    /// The name under which the log signs.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: [u8; 32],
    /// Path of the page that says what this is.
    pub page: &'static str,
}

impl LogHead {
    pub(crate) fn root_text(&self) -> String {
        BASE64_STANDARD.encode(self.root)
    }

    /// `None` when the origin can't stand in a header.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
        let sane = self.origin.chars().all(plain);
        let text = format!("\"{}\";size={};root=:{}:", self.origin, self.size, self.root_text());
        HeaderValue::from_str(&text).ok().filter(|_| sane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn led_13_the_header_is_a_structured_field() {
        let head = LogHead {
            origin: "bitacora.example.cl/index".into(),
            size: 7,
            root: [0; 32],
            page: "/bitacoras/indice",
        };
        let expected =
            "\"bitacora.example.cl/index\";size=7;root=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
        assert_eq!(head.header().unwrap(), expected);
        assert!(LogHead { origin: "a\"b".into(), ..head.clone() }.header().is_none());
        assert!(LogHead { origin: "ñ".into(), ..head }.header().is_none());
    }
}
