//! A visitor without a screen: keeps cookies, follows redirects, reads links and fills in forms.
//!
//! Tests and benches speak to a running Copihue through it, over a real socket, as somebody would whose
//! browser has no JavaScript. It knows just enough HTML for the pages of this project.

pub mod demo;
mod form;
mod html;
mod http;
pub mod journeys;

use std::collections::BTreeMap;

pub use form::Form;
pub use http::{Answer, Failed};

use http::Connection;

/// How many redirects are followed before something is wrong.
const MAX_REDIRECTS: usize = 12;

/// One person's browser: an address, cookies, a connection kept alive.
pub struct Visitor {
    connection: Connection,
    cookies: BTreeMap<String, String>,
}

/// A page that was shown.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Path and query where the redirects ended.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Visitor {
    /// A visitor of `host:port`, without cookies.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self { connection: Connection::new(address), cookies: BTreeMap::new() }
    }

    /// Opens a path (or an absolute address of the same host) and follows redirects.
    ///
    /// # Errors
    /// When the host doesn't answer, or redirects without end.
    pub fn get(&mut self, path: &str) -> Result<Page, Failed> {
        self.request("GET", path, None)
    }

    /// Sends a body and follows redirects.
    ///
    /// # Errors
    /// As [`Visitor::get`].
    pub fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> Result<Page, Failed> {
        self.request("POST", path, Some((content_type, body)))
    }

    /// Fills in and sends a form.
    ///
    /// # Errors
    /// As [`Visitor::get`].
    pub fn submit(&mut self, form: &Form) -> Result<Page, Failed> {
        let (content_type, body) = form.encode();
        if form.method == "GET" {
            let query = String::from_utf8_lossy(&body).into_owned();
            return self.get(&format!("{}?{query}", form.action));
        }
        self.post(&form.action, &content_type, &body)
    }

    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// The `Cookie` header as it is sent now.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ")
    }

    /// The same person's second window: the same cookies, a connection of its own.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self { connection: self.connection.twin(), cookies: self.cookies.clone() }
    }

    /// Asks for this content type from now on, as `Accept` says it.
    pub fn accept(&mut self, accept: &str) {
        accept.clone_into(&mut self.connection.accept);
    }

    /// Forgets every cookie.
    pub fn forget(&mut self) {
        self.cookies.clear();
    }

    fn request(&mut self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Result<Page, Failed> {
        let mut path = self.connection.own_path(path);
        let mut answer = self.once(method, &path, body)?;
        for _ in 0..MAX_REDIRECTS {
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(Page { status: answer.status, path, headers: answer.headers, bytes: answer.body });
            }
            let to = answer.header("location").ok_or(Failed::NoLocation)?.to_owned();
            path = self.connection.own_path(&to);
            answer = self.once("GET", &path, None)?;
        }
        Err(Failed::TooManyRedirects)
    }

    /// One request without following redirects.
    ///
    /// # Errors
    /// When the host doesn't answer.
    pub fn once(&mut self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Result<Answer, Failed> {
        let cookies = self.cookie_header();
        let answer = self.connection.exchange(method, path, &cookies, body)?;
        for (_, value) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(value);
        }
        Ok(answer)
    }

    fn keep(&mut self, set_cookie: &str) {
        let Some((name, value)) = set_cookie.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let ended = set_cookie.to_ascii_lowercase().contains("max-age=0");
        if ended || value.is_empty() {
            self.cookies.remove(name.trim());
        } else {
            self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
}

impl Page {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads: the body without tags, white space made single.
    #[must_use]
    pub fn visible(&self) -> String {
        html::visible(&self.text())
    }

    /// The first link whose text or address contains `part`.
    #[must_use]
    pub fn link(&self, part: &str) -> Option<String> {
        html::links(&self.text())
            .into_iter()
            .find(|(text, href)| text.contains(part) || href.contains(part))
            .map(|l| l.1)
    }

    /// All forms.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        form::all(&self.text(), &self.path)
    }

    /// The first form that has a field of this name.
    #[must_use]
    pub fn form_with(&self, field: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| form.has(field))
    }

    /// The first form whose action contains `part`.
    #[must_use]
    pub fn form_to(&self, part: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| form.action.contains(part))
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}
