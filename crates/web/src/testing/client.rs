//! A browser without a screen: cookies, redirects, forms.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use copihue_core::Timestamp;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::Reply;
use crate::session::NewSession;
use crate::web::Web;

/// Speaks to a [`Router`] as one visitor: keeps cookies, follows redirects to own paths, fills in `csrf`.
#[derive(Clone)]
pub struct TestClient {
    router: Router,
    cookies: BTreeMap<String, String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    csrf: Option<String>,
    /// The last page, by its path.
    at: String,
}

impl TestClient {
    /// A new visitor.
    #[must_use]
    pub fn new(router: &Router) -> Self {
        Self {
            router: router.clone(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
            csrf: None,
            at: "/".to_owned(),
        }
    }

    /// Sends this header with every request from now on.
    ///
    /// # Panics
    /// When it is not a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value);
        assert!(value.is_ok(), "a header's value");
        self.headers.retain(|(n, _)| n != name);
        self.headers.extend(value.ok().map(|v| (HeaderName::from_static(name), v)));
        self
    }

    /// Logs in without the identity provider, as if the password had been given now: starts a session and keeps its cookie.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn log_in(&mut self, web: &Web, new: NewSession) {
        self.log_in_since(web, new, Some(web.clock().now())).await;
    }

    /// The same, as if the provider's own session had answered for a password that was given then, or nobody knows when.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn log_in_since(&mut self, web: &Web, new: NewSession, authenticated: Option<Timestamp>) {
        let sessions = web.sessions().clone();
        let cookie = web.db().write(move |tx| sessions.start(tx, &new, authenticated, None)).await;
        assert!(cookie.is_ok(), "start of a session: {:?}", cookie.err());
        if let Ok(cookie) = cookie {
            self.keep_cookie(&cookie.0);
            self.csrf = None;
        }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// All cookies, as a request sends them.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ")
    }

    /// Sets or removes a cookie by hand.
    pub fn set_cookie(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.cookies.insert(name.to_owned(), value.to_owned()),
            None => self.cookies.remove(name),
        };
    }

    /// GET, following redirects.
    pub async fn get(&mut self, path: &str) -> Reply {
        let reply = self.get_raw(path).await;
        self.follow(reply).await
    }

    /// GET, without following.
    pub async fn get_raw(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// POST of fields with the token of the last page, following redirects.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.post_raw(path, fields).await;
        self.follow(reply).await
    }

    /// POST of fields with the token of the last page, without following.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let own = fields.iter().any(|(n, _)| *n == "csrf");
        let mut all: Vec<(String, String)> =
            fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        if !own && let Some(token) = self.token(path).await {
            all.push(("csrf".to_owned(), token));
        }
        self.post_fields(path, &all).await
    }

    /// Fills in and sends the form of `page` that posts to `action`, following redirects.
    ///
    /// # Panics
    /// When the page has no such form.
    pub async fn submit(&mut self, page: &Reply, action: &str, fields: &[(&str, &str)]) -> Reply {
        let form = page.form(action);
        assert!(form.is_some(), "{} has no form that posts to {action}:\n{}", page.path, page.text());
        let mut all = form.unwrap_or_default();
        all.retain(|(n, _)| !fields.iter().any(|(m, _)| n == m));
        all.extend(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let reply = self.post_fields(action, &all).await;
        self.follow(reply).await
    }

    /// POST of a form with files `(field, name, bytes)`, following redirects.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Reply {
        const EDGE: &str = "----copihue-edge";
        let token = self.token(path).await.unwrap_or_default();
        let mut body = Vec::new();
        for (name, value) in fields.iter().copied().chain([("csrf", token.as_str())]) {
            let part =
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={EDGE}");
        let reply = self.send(Method::POST, path, Some(&content_type), body).await;
        self.follow(reply).await
    }

    /// Any request, without following.
    ///
    /// # Panics
    /// When the path is none.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::HOST, "127.0.0.1:8080");
        request = request.header(header::CONTENT_LENGTH, body.len());
        request = request.header(header::REFERER, format!("http://127.0.0.1:8080{}", self.at));
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookies());
        }
        let request = request.body(Body::from(body));
        assert!(request.is_ok(), "a request to {path}");
        let Ok(mut request) = request else { unreachable!("asserted above") };
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        self.read(path, response).await
    }

    async fn read(&mut self, path: &str, response: axum::response::Response) -> Reply {
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep_cookie(cookie);
        }
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let reply = Reply { status: parts.status, headers: parts.headers, body, path: path.to_owned() };
        if reply.header("content-type").is_some_and(|t| t.starts_with("text/html")) {
            self.csrf = reply.csrf().or(self.csrf.take());
            self.at = path.to_owned();
        }
        reply
    }

    async fn follow(&mut self, mut reply: Reply) -> Reply {
        for _ in 0..10 {
            let next = reply.location().filter(|l| reply.status.is_redirection() && l.starts_with('/'));
            let Some(next) = next.map(str::to_owned) else { return reply };
            reply = self.get_raw(&next).await;
        }
        reply
    }

    async fn post_fields(&mut self, path: &str, fields: &[(String, String)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into_bytes()).await
    }

    async fn token(&mut self, path: &str) -> Option<String> {
        if self.csrf.is_none() {
            self.get(path).await;
        }
        self.csrf.clone()
    }

    fn keep_cookie(&mut self, cookie: &HeaderValue) {
        let Some((name, rest)) = cookie.to_str().ok().and_then(|c| c.split_once('=')) else { return };
        let value = rest.split(';').next().unwrap_or_default();
        if rest.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
