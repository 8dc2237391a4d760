//! The login form's token against forgery: of our own, because the form stands under an address of the contract.

use aws_lc_rs::hmac;
use copihue_core::Bucket;
use copihue_core::secret::constant_time_eq;
use http::HeaderMap;

use crate::Identity;
use crate::cookies::{Name, Token};

impl Identity {
    /// The token of the login form: bound to the browser's cookie and to the request's query, masked anew on each page.
    pub(crate) fn form_token(&self, cookie: &str, query: &str) -> String {
        let mask: [u8; 16] = copihue_core::random::bytes(&*self.0.random);
        let tag = self.form_tag(cookie, query);
        let masked: Vec<u8> = tag.iter().zip(mask).map(|(t, m)| t ^ m).collect();
        format!("{}{}", hex::encode(mask), hex::encode(masked))
    }

    pub(crate) fn form_token_fits(&self, cookie: &str, query: &str, token: &str) -> bool {
        let Ok(bytes) = hex::decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(16) else { return false };
        let tag: Vec<u8> = masked.iter().zip(mask).map(|(t, m)| t ^ m).collect();
        !cookie.is_empty() && constant_time_eq(&tag, &self.form_tag(cookie, query))
    }

    /// The cookie that ties a form to this browser: its own, or a new one.
    pub(crate) fn form_cookie(&self, headers: &HeaderMap) -> String {
        let own = self.jar().get(headers, Name::Form, "").filter(|text| Token::parse(text).is_some());
        own.unwrap_or_else(|| Token::new(Bucket::new(0), &*self.0.random).text())
    }

    fn form_tag(&self, cookie: &str, query: &str) -> [u8; 16] {
        let input = [cookie.as_bytes(), b"\n", query.as_bytes()].concat();
        let mut out = [0; 16];
        out.copy_from_slice(&hmac::sign(&self.0.form, &input).as_ref()[..16]);
        out
    }
}
