//! Routes and who may call them: no route without a declared [`Access`].

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use crate::cx::Cx;
use crate::guard;

/// Who may call a route. Checked before the handler runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Anybody.
    Public,
    /// Who is logged in, acting for themself: the actor has no hat.
    Person,
    /// Who is logged in and acts for a public body, by any post.
    Official,
    /// Who acts by a post with this role.
    Role(&'static str),
    /// A foreign or machine contract: authenticates by itself. No cookie is read, no `csrf` asked, answers are left as they are.
    Contract,
}

/// One route, for the policy test (every route × role has an expected answer).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteEntry {
    /// `GET`, `POST`…
    pub method: Verb,
    /// The pattern: `/mi/expedientes/{iuie}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The service it belongs to.
    pub service: &'static str,
}

/// The methods that pages and own contracts use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "HTTP says what they are")]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
    Patch,
    Options,
}

impl Verb {
    /// As in HTTP: `GET`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Patch => "PATCH",
            Self::Options => "OPTIONS",
        }
    }

    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
            Self::Patch => MethodFilter::PATCH,
            Self::Options => MethodFilter::OPTIONS,
        }
    }
}

impl From<Verb> for Method {
    fn from(method: Verb) -> Self {
        match method {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Delete => Self::DELETE,
            Verb::Patch => Self::PATCH,
            Verb::Options => Self::OPTIONS,
        }
    }
}

/// What the layer before all routes must know of them.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// Those of machines, whose rate is another. Without placeholders, compared as they are.
    pub(crate) contracts: Vec<&'static str>,
    /// The patterns of pages: what a GET answers.
    pub(crate) pages: HashSet<&'static str>,
}

impl Addresses {
    pub(crate) fn add(&mut self, entries: &[RouteEntry]) {
        let contract = |e: &&RouteEntry| e.access == Access::Contract;
        self.contracts.extend(entries.iter().filter(contract).map(|e| e.path));
        let page = |e: &&RouteEntry| e.method == Verb::Get && !contract(e);
        self.pages.extend(entries.iter().filter(page).map(|e| e.path));
    }

    /// The page that a form stood on, by the address it was sent to: itself, or the nearest one above it.
    pub(crate) fn page_of(&self, mut pattern: &str, mut path: &str) -> String {
        while !self.pages.contains(pattern) {
            match (pattern.rsplit_once('/'), path.rsplit_once('/')) {
                (Some((above, _)), Some((path_above, _))) => (pattern, path) = (above, path_above),
                _ => return "/".to_owned(),
            }
        }
        path.to_owned()
    }
}

/// Collects the routes of a service.
///
/// ```
/// use copihue_web::{Access, Cx, Failure, Page, Routes, maud::html};
/// use axum::response::Response;
/// #[derive(Clone)] struct App;
/// async fn home(cx: Cx) -> Result<Response, Failure> {
///     Ok(cx.page(Page::new("Inicio"), html! { p { "Hola" } }))
/// }
/// let set = Routes::new(App).service("portal").get("/", Access::Public, home).finish();
/// assert_eq!(set.entries()[0].path, "/");
/// ```
pub struct Routes<S> {
    state: S,
    service: &'static str,
    router: Router<S>,
    entries: Vec<RouteEntry>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Routes whose handlers share `state`.
    pub fn new(state: S) -> Self {
        Self { state, service: "copihue", router: Router::new(), entries: Vec::new() }
    }

    /// The service's name, for `urn:copihue:<service>:<code>` and logs.
    #[must_use]
    pub fn service(mut self, name: &'static str) -> Self {
        self.service = name;
        self
    }

    /// A GET (and HEAD).
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(Verb::Get, path, access, handler)
    }

    /// A POST. Save for [`Access::Contract`], the handler takes [`crate::FormData`] or [`crate::JsonBody`].
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(Verb::Post, path, access, handler)
    }

    /// A POST with files of `max_bytes` in all. A handler of [`Access::Contract`] that reads its body by itself minds its own limit.
    #[must_use]
    pub fn post_files<H, T>(mut self, path: &'static str, access: Access, max_bytes: u64, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Verb::Post, path, access, Some(max_bytes), handler);
        self
    }

    /// Any method.
    #[must_use]
    pub fn route<H, T>(mut self, method: Verb, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(method, path, access, None, handler);
        self
    }

    fn add<H, T>(&mut self, method: Verb, path: &'static str, access: Access, files: Option<u64>, handler: H)
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let entry = RouteEntry { method, path, access, service: self.service };
        let guarded = Guarded { entry, files, handler };
        let route: MethodRouter<S, Infallible> = on(method.filter(), guarded);
        self.router = std::mem::take(&mut self.router).route(path, route);
        self.entries.push(entry);
    }

    /// The finished set, for [`crate::Web::router`].
    #[must_use]
    pub fn finish(self) -> RouteSet {
        RouteSet { router: self.router.with_state(self.state), entries: self.entries }
    }
}

/// The routes of a service, ready to be put together.
pub struct RouteSet {
    pub(crate) router: Router,
    pub(crate) entries: Vec<RouteEntry>,
}

impl RouteSet {
    /// What it serves, and to whom.
    #[must_use]
    pub fn entries(&self) -> &[RouteEntry] {
        &self.entries
    }
}

/// What the guard needs to know about the route it stands before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matched {
    pub(crate) entry: RouteEntry,
    pub(crate) files: Option<u64>,
}

/// A handler behind its guard.
#[derive(Clone)]
struct Guarded<H> {
    entry: RouteEntry,
    files: Option<u64>,
    handler: H,
}

impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
    S: Send + 'static,
    T: 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        Box::pin(async move {
            let cx = match Cx::of(request.extensions()) {
                Ok(cx) => cx,
                Err(failure) => return failure.into_response(),
            };
            let matched = Matched { entry: self.entry, files: self.files };
            match guard::admit(&cx, matched, request).await {
                Ok(request) => guard::leave(&cx, self.handler.call(request, state).await),
                Err(failure) => failure.into_response(),
            }
        })
    }
}
