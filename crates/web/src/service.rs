//! The one layer around all routes: what comes before a handler, and what is added to every answer.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind, Timestamp};
use futures_util::FutureExt;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use tower::Service;

use crate::cookies;
use crate::cx::{Cx, Start};
use crate::drain::Drained;
use crate::failure::Failure;
use crate::finish::Finish;
use crate::guard::is_read;
use crate::headers::Security;
use crate::prefs::Prefs;
use crate::rates::{Class, Who};
use crate::routes::Addresses;
use crate::session::{Found, Token};
use crate::web::Web;
use crate::{assets, csrf};

/// No request lasts longer than this, however slowly its body comes.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Puts the layer around routes.
pub(crate) fn wrap(web: Web, routes: Router, addresses: Addresses) -> Router {
    let config = web.config();
    let security = Security::new(&config.form_hosts, config.base_url.starts_with("https://"));
    let addresses = Arc::new(addresses);
    let outer = Outer(Arc::new(Layer { finish: Finish { security }, web, addresses }), routes);
    // As the fallback of an empty router: everything passes here before any other layer or matching.
    Router::new().fallback_service(outer)
}

struct Layer {
    web: Web,
    addresses: Arc<Addresses>,
    finish: Finish,
}

#[derive(Clone)]
struct Outer(Arc<Layer>, Router);

impl Service<Request> for Outer {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if let Some(response) = self.0.fast(&request) {
            return Box::pin(std::future::ready(Ok(response)));
        }
        let (layer, routes) = (Arc::clone(&self.0), self.1.clone());
        Box::pin(async move { Ok(layer.slow(request, routes).await) })
    }
}

impl Layer {
    /// Assets and kept public pages: no session, no context, no allocation but the headers.
    fn fast(&self, request: &Request) -> Option<Response> {
        let (method, path, headers) = (request.method(), request.uri().path(), request.headers());
        if !is_read(method) {
            return None;
        }
        if path.starts_with("/a/")
            && let Some(mut response) = assets::serve(method, path, headers)
        {
            self.finish.security.apply(response.headers_mut());
            return Some(response);
        }
        let names = self.web.cookie_names();
        if request.uri().query().is_some() || cookies::get(headers, names.session).is_some() {
            return None;
        }
        let kept = self.web.public_pages().get(path, Prefs::of(headers))?;
        let who = Who::address(self.peer(request));
        self.web.limiter().take(who, Class::Page, self.web.clock().now()).ok()?;
        metrics::counter!("web_public_pages_kept_total").increment(1);
        Some(kept.respond(method, headers))
    }

    async fn slow(&self, mut request: Request, mut routes: Router) -> Response {
        let started = Instant::now();
        let cx =
            match self.begin(request.method(), request.uri(), request.headers(), self.peer(&request)).await {
                Ok(cx) => cx,
                Err((cx, failure)) => {
                    return self.finish.answer(&cx, request.headers(), failure.into_response(), started);
                }
            };
        let asked = keep_asked(request.headers());
        request.extensions_mut().insert(cx.clone());
        let answer = AssertUnwindSafe(routes.call(request.map(Drained::wrap))).catch_unwind();
        let response = match self.in_time(&cx, answer).await {
            Some(Ok(Ok(response))) => response,
            Some(Ok(Err(never))) => match never {},
            Some(Err(panic)) => failure(Error::internal(panic_text(&*panic))),
            None => failure(Error::unavailable("the handler took too long")),
        };
        self.finish.answer(&cx, &asked, response, started)
    }

    /// The answer, unless the handler rests for too long. A slow upload is no rest: each piece begins the time anew.
    async fn in_time<T>(&self, cx: &Cx, answer: impl Future<Output = T>) -> Option<T> {
        let (patience, longest) = (self.web.config().timeouts.handler, cx.last_heard() + LONGEST);
        tokio::pin!(answer);
        loop {
            let end = (cx.last_heard() + patience).min(longest);
            match tokio::time::timeout_at(end, &mut answer).await {
                Ok(answer) => return Some(answer),
                Err(_) if (cx.last_heard() + patience).min(longest) <= tokio::time::Instant::now() => {
                    return None;
                }
                Err(_) => {}
            }
        }
    }

    /// The context: session, hats, preferences; refuses who asks too often.
    async fn begin(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        peer: IpAddr,
    ) -> Result<Cx, (Cx, Failure)> {
        let now = self.web.clock().now();
        let names = self.web.cookie_names();
        let mut start = Start {
            web: self.web.clone(),
            addresses: Arc::clone(&self.addresses),
            method: method.clone(),
            uri: uri.clone(),
            trace: hex::encode(copihue_core::random::bytes::<8>(self.web.random())),
            now,
            peer,
            prefs: Prefs::of(headers),
            json: wants_json(uri.path(), headers),
            session: None,
            ended: None,
            hats: Vec::new(),
            generation: self.web.public_pages().generation(),
            pre: cookies::get(headers, names.pre).and_then(Token::parse).map(|t| t.key().hash),
        };
        if let Some(cookie) = cookies::get(headers, names.session) {
            match self.web.sessions().find(cookie).await {
                Ok(Found::Alive(session)) => {
                    start.hats = self.web.hats_of(session.person.run);
                    start.session = Some(session);
                }
                Ok(Found::Ended(session)) => start.ended = Some(session),
                Ok(Found::Unknown) => {}
                Err(e) => {
                    let e = Error::unavailable(e);
                    return Err((Cx::new(start), e.into()));
                }
            }
        }
        let limited = self.limit(&start, now);
        let cx = Cx::new(start);
        match limited {
            Ok(()) => Ok(cx),
            Err(seconds) => Err((cx, too_many(seconds).into())),
        }
    }

    fn limit(&self, start: &Start, now: Timestamp) -> Result<(), u32> {
        let who = match &start.session {
            Some(session) => Who::session(&session.key.hash),
            None => Who::address(start.peer),
        };
        let class = if self.addresses.contracts.contains(&start.uri.path()) {
            Class::Contract
        } else if csrf::is_unsafe(&start.method) {
            Class::Write
        } else if start.uri.query().is_some_and(|q| q.starts_with("q=") || q.contains("&q=")) {
            Class::Search
        } else {
            Class::Page
        };
        self.web.limiter().take(who, class, now)
    }

    /// The socket's address, or what a configured proxy says about it: its own last hop.
    fn peer(&self, request: &Request) -> IpAddr {
        let socket = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let socket = socket.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip());
        let trusted = &self.web.config().trusted_proxies;
        if !trusted.contains(&socket) {
            return socket;
        }
        let hops = request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut hops = hops.rsplit(',').filter_map(|hop| hop.trim().parse::<IpAddr>().ok());
        hops.find(|hop| !trusted.contains(hop)).unwrap_or(socket)
    }
}

/// What the end of the answer needs of the question's headers.
fn keep_asked(headers: &HeaderMap) -> HeaderMap {
    let wanted = [header::ACCEPT_ENCODING, header::IF_NONE_MATCH];
    wanted.into_iter().filter_map(|name| Some((name.clone(), headers.get(&name)?.clone()))).collect()
}

fn wants_json(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    path.starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

/// Carried by the answers 429 and 503: seconds to wait.
#[derive(Clone, Copy)]
pub(crate) struct RetryAfter(pub(crate) u32);

fn too_many(seconds: u32) -> Response {
    let args = crate::args! {"n" => seconds};
    let error = Error::new(
        Kind::RateLimited,
        "demasiadas_consultas",
        crate::locale::ta("web-error-429-detail", &args),
    );
    let mut response = failure(error);
    response.extensions_mut().insert(RetryAfter(seconds));
    response
}

fn failure(error: Error) -> Response {
    Failure::from(error).into_response()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}

/// An empty answer of HEAD keeps its length; all others may be read whole.
pub(crate) fn may_compress(method: &Method, response: &Response<Body>) -> bool {
    *method != Method::HEAD
        && response.status() != StatusCode::NO_CONTENT
        && response.status() != StatusCode::NOT_MODIFIED
        && !response.headers().contains_key(header::CONTENT_ENCODING)
}
