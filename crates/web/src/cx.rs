//! The request's context: who asks, in which words and at what instant. Every page's first parameter.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::FromRequestParts;
use axum::response::Response;
use copihue_core::{Actor, Error, Hat, Kind, PersonRef, Result, Timestamp};
use http::request::Parts;
use http::{Extensions, Method, StatusCode, Uri};
use maud::{Markup, html};

use crate::cookies;
use crate::csrf::{Binding, By, Verdict};
use crate::failure::{Failure, see_other};
use crate::forms::FormState;
use crate::locale::{self, Args};
use crate::once::Running;
use crate::page::Page;
use crate::prefs::Prefs;
use crate::routes::{Access, Addresses, Matched};
use crate::session::{Session, SessionCookie, Token};
use crate::web::Web;
use crate::{format, guard};

/// Of the login's address: the provider's own session may not answer.
const LOG_IN_AGAIN: &str = "de-nuevo";

/// The context of a request. Cheap to clone; an extractor that can't fail under [`Web::router`].
#[derive(Clone)]
pub struct Cx(Arc<Inner>);

/// What the outermost layer knows before routing.
pub(crate) struct Start {
    pub(crate) web: Web,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) trace: String,
    pub(crate) now: Timestamp,
    pub(crate) peer: IpAddr,
    pub(crate) prefs: Prefs,
    pub(crate) json: bool,
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) ended: Option<Arc<Session>>,
    pub(crate) hats: Vec<Hat>,
    pub(crate) pre: Option<Binding>,
    /// Of the kept public pages when the request came: what is made before a change is not kept after it.
    pub(crate) generation: u64,
}

struct Inner {
    start: Start,
    chosen: Option<usize>,
    matched: OnceLock<Matched>,
    actor: OnceLock<Actor>,
    rescued: OnceLock<FormState>,
    csrf_given: AtomicBool,
    csrf_checked: AtomicBool,
    forget_rescue: AtomicBool,
    new_pre: OnceLock<Token>,
    running: Mutex<Option<Running>>,
    heard: Mutex<tokio::time::Instant>,
}

impl Cx {
    pub(crate) fn new(start: Start) -> Self {
        let session = start.session.as_deref();
        let chosen = session.and_then(|s| start.hats.iter().position(|h| s.wears(h)));
        Self(Arc::new(Inner {
            start,
            chosen,
            matched: OnceLock::new(),
            actor: OnceLock::new(),
            rescued: OnceLock::new(),
            csrf_given: AtomicBool::new(false),
            csrf_checked: AtomicBool::new(false),
            forget_rescue: AtomicBool::new(false),
            new_pre: OnceLock::new(),
            running: Mutex::new(None),
            heard: Mutex::new(tokio::time::Instant::now()),
        }))
    }

    pub(crate) fn of(extensions: &Extensions) -> std::result::Result<Self, Failure> {
        let cx = extensions.get::<Self>().cloned();
        cx.ok_or_else(|| Error::internal("a route outside of Web::router").into())
    }

    /// The deployment's web face.
    #[must_use]
    pub fn web(&self) -> &Web {
        &self.0.start.web
    }

    /// Who asks, when somebody is logged in. On [`Access::Person`] routes without hat.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.0.actor.get()
    }

    /// Who asks.
    ///
    /// # Errors
    /// Unauthenticated, when nobody is logged in. Cannot happen on routes that are not public.
    pub fn require_actor(&self) -> Result<&Actor> {
        let refused = || Error::new(Kind::Unauthenticated, "sin_sesion", locale::t("web-error-401-detail"));
        self.actor().ok_or_else(refused)
    }

    /// The person who asks.
    ///
    /// # Errors
    /// Unauthenticated, when nobody is logged in. Cannot happen on [`Access::Person`] routes.
    pub fn person(&self) -> Result<&PersonRef> {
        let refused = || Error::new(Kind::Unauthenticated, "sin_sesion", locale::t("web-error-401-detail"));
        self.actor().and_then(Actor::person).ok_or_else(refused)
    }

    /// The hat by which the person acts.
    ///
    /// # Errors
    /// Forbidden, without hat. Cannot happen on [`Access::Official`] and [`Access::Role`] routes.
    pub fn hat(&self) -> Result<&Hat> {
        let hat = self.actor().and_then(|a| a.hat.as_ref());
        hat.ok_or_else(|| Error::forbidden(locale::t("web-error-403-detail")))
    }

    /// The session, when there is one. Never on [`Access::Contract`] routes.
    #[must_use]
    pub fn session(&self) -> Option<&Arc<Session>> {
        let contract = self.access() == Some(Access::Contract);
        self.0.start.session.as_ref().filter(|_| !contract)
    }

    /// The session that the cookie named and that has ended.
    pub(crate) fn ended_session(&self) -> Option<&Arc<Session>> {
        self.0.start.ended.as_ref()
    }

    /// All hats that the person holds now.
    #[must_use]
    pub fn hats(&self) -> &[Hat] {
        if self.session().is_some() { &self.0.start.hats } else { &[] }
    }

    /// The desks of other services that this visitor may open.
    pub fn desks(&self) -> impl Iterator<Item = &crate::NavLink> {
        self.web().config().desks.iter().filter(|link| crate::shell::shown(self, link))
    }

    /// The hat that was chosen, while it is still held.
    #[must_use]
    pub fn chosen_hat(&self) -> Option<&Hat> {
        self.0.chosen.and_then(|i| self.hats().get(i))
    }

    /// The instant of the request.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.start.now
    }

    /// The request's trace id: for logs, error pages and support.
    #[must_use]
    pub fn trace(&self) -> &str {
        &self.0.start.trace
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.0.start.method
    }

    /// The path asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.start.uri.path()
    }

    /// The path with the query. Never goes into a log.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        self.0.start.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
    }

    /// The page that the visitor sees, to come back to: its address, or that of the page whose form was sent.
    #[must_use]
    pub fn page_here(&self) -> String {
        match self.route().filter(|_| !guard::is_read(self.method())) {
            Some(pattern) => self.0.start.addresses.page_of(pattern, self.path()),
            None if guard::is_read(self.method()) => self.path_and_query(),
            None => self.path().to_owned(),
        }
    }

    /// Where the password or the passkey is asked for once more, and from where the person comes back to the page they see.
    /// The session that follows says by [`Session::authenticated`] that it was now.
    #[must_use]
    pub fn log_in_again(&self) -> String {
        let login = guard::with_return(&self.web().config().login_path, &self.page_here());
        format!("{login}&{LOG_IN_AGAIN}=si")
    }

    /// Whether this request to the login asks for the password or the passkey, whoever is logged in.
    #[must_use]
    pub fn asks_for_login_again(&self) -> bool {
        self.query(LOG_IN_AGAIN).is_some()
    }

    /// A value of the query, decoded and trimmed; `None` when absent or empty.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.0.start.uri.query()?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let value = pairs.find(|(n, _)| n == name)?.1.trim().chars().take(500).collect::<String>();
        (!value.is_empty()).then_some(value)
    }

    /// The pattern of the route, once matched: `/mi/expedientes/{iuie}`.
    #[must_use]
    pub fn route(&self) -> Option<&'static str> {
        self.0.matched.get().map(|m| m.entry.path)
    }

    /// The caller's address: the socket's, or what a configured proxy says.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.0.start.peer
    }

    /// Size of letters and contrast.
    #[must_use]
    pub fn prefs(&self) -> Prefs {
        self.0.start.prefs
    }

    /// Whether the answer should be JSON: own APIs, and who accepts JSON but no HTML.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.0.start.json
    }

    /// A text without values.
    #[must_use]
    pub fn t(&self, key: &str) -> &'static str {
        locale::t(key)
    }

    /// A text with values: `cx.ta("casefiles-count", &args! {"n" => 3})`.
    #[must_use]
    pub fn ta(&self, key: &str, args: &Args<'_>) -> String {
        locale::ta(key, args)
    }

    /// «jueves 10 de diciembre de 2026».
    #[must_use]
    pub fn date(&self, date: jiff::civil::Date) -> String {
        format::date(date)
    }

    /// «jueves 10 de diciembre de 2026, 15:04», in continental Chile.
    #[must_use]
    pub fn datetime(&self, at: Timestamp) -> String {
        format::datetime(at)
    }

    /// The hidden `csrf` field. [`Cx::form`] puts it in by itself.
    #[must_use]
    pub fn csrf(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf_token()); }
    }

    /// A token against forgery, for the header `X-CSRF-Token`.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        self.0.csrf_given.store(true, Ordering::Relaxed);
        let web = self.web();
        let by = self.token_for().unwrap_or_else(|| {
            let token = self.0.new_pre.get_or_init(|| Token::new(copihue_core::Bucket::new(0), web.random()));
            By { binding: token.key().hash, person: None }
        });
        web.csrf_key().token(&by, web.random())
    }

    /// Whom a token of this visitor is for.
    fn token_for(&self) -> Option<By> {
        match self.session() {
            Some(session) => Some(session.token_for()),
            None => self.0.start.pre.map(|binding| By { binding, person: None }),
        }
    }

    fn binding(&self) -> Option<Binding> {
        self.token_for().map(|by| by.binding)
    }

    /// What the token of a post is worth. A page that was made for a session since ended may still be sent to a public
    /// route: it acts for nobody.
    pub(crate) fn judge_csrf(&self, token: Option<&str>) -> Verdict {
        self.0.csrf_checked.store(true, Ordering::Relaxed);
        if self.access() == Some(Access::Contract) {
            return Verdict::Good;
        }
        let Some(token) = token else { return Verdict::Forged };
        let verify = |by: By| self.web().csrf_key().verify(&by, token);
        match (self.token_for().map(verify), self.ended_session()) {
            (Some(verdict @ (Verdict::Good | Verdict::OldPage)), _) => verdict,
            (_, Some(ended)) if self.session().is_none() => verify(ended.token_for()),
            _ => Verdict::Forged,
        }
    }

    pub(crate) fn check_csrf(&self, token: Option<&str>) -> std::result::Result<(), Failure> {
        match self.judge_csrf(token) {
            Verdict::Good => Ok(()),
            Verdict::OldPage | Verdict::Forged => Err(guard::forged().into()),
        }
    }

    /// For the shell's own posts that act for nobody (size of letters, opinion): the origin was checked, that suffices.
    pub(crate) fn origin_suffices(&self) {
        self.0.csrf_checked.store(true, Ordering::Relaxed);
    }

    pub(crate) fn csrf_checked(&self) -> bool {
        self.0.csrf_checked.load(Ordering::Relaxed)
    }

    /// Whether the page holds something of this visitor and may not be kept for others.
    pub(crate) fn is_private(&self) -> bool {
        self.session().is_some() || self.0.csrf_given.load(Ordering::Relaxed)
    }

    pub(crate) async fn begin_once(&self, content: [u8; 32]) -> std::result::Result<(), Failure> {
        let Some(binding) = self.binding() else { return Ok(()) };
        let running = self.web().once().begin(&binding, self.path(), &content).await?;
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    pub(crate) fn take_running(&self) -> Option<Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A piece of the body has come: the handler's time begins anew.
    pub(crate) fn hear(&self) {
        *self.0.heard.lock().unwrap_or_else(PoisonError::into_inner) = tokio::time::Instant::now();
    }

    pub(crate) fn last_heard(&self) -> tokio::time::Instant {
        *self.0.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.0.start.generation
    }

    /// A form that posts to an own path, with its token and its guard against double submission.
    ///
    /// ```
    /// use copihue_web::{Cx, Markup, components::button, html};
    /// fn mark_as_read(cx: &Cx) -> Markup {
    ///     cx.form("/mi/avisos/leer", html! { (button("Marcar como leído")) })
    /// }
    /// ```
    #[must_use]
    pub fn form(&self, action: &str, fields: Markup) -> Markup {
        self.form_with(action, None, fields)
    }

    /// The same for a form with files.
    #[must_use]
    pub fn upload_form(&self, action: &str, fields: Markup) -> Markup {
        self.form_with(action, Some("multipart/form-data"), fields)
    }

    fn form_with(&self, action: &str, enctype: Option<&str>, fields: Markup) -> Markup {
        let key: [u8; 12] = copihue_core::random::bytes(self.web().random());
        html! {
            form.form method="post" action=(action) enctype=[enctype] novalidate {
                (self.csrf())
                input type="hidden" name="idempotencia" value=(hex::encode(key));
                @if self.0.rescued.get().is_some() { input type="hidden" name="rescatado" value="si"; }
                (fields)
            }
        }
    }

    /// What the form of this page shows first: nothing, or what was saved from a post after the session had ended.
    #[must_use]
    pub fn form_state(&self) -> FormState {
        self.0.rescued.get().cloned().unwrap_or_default()
    }

    pub(crate) fn set_rescued(&self, state: FormState) {
        let _ = self.0.rescued.set(state);
    }

    pub(crate) fn forget_rescue_cookie(&self) {
        self.0.forget_rescue.store(true, Ordering::Relaxed);
    }

    /// The page in its shell.
    #[must_use]
    pub fn page(&self, page: Page, body: Markup) -> Response {
        page.respond(self, body)
    }

    /// The page in its shell; when the visitor is anonymous it is kept in memory, compressed, and given to the next
    /// ones without asking the handler, for a minute or until [`crate::PublicPages::invalidate`].
    ///
    /// Only for pages that depend on nothing but their path. A page with a form ([`Cx::form`]) or an address with a query is never kept.
    #[must_use]
    pub fn public_page(&self, page: Page, body: Markup) -> Response {
        let mut response = page.respond(self, body);
        if response.status() == StatusCode::OK && !self.is_private() && self.0.start.uri.query().is_none() {
            response.extensions_mut().insert(crate::public::Keep);
        }
        response
    }

    /// 303 to an own path with the new session's cookie.
    #[must_use]
    pub fn logged_in(&self, cookie: SessionCookie, to: &str) -> Response {
        let mut response = see_other(to);
        let names = self.web().cookie_names();
        cookies::add(response.headers_mut(), Some(cookie.0));
        cookies::add(response.headers_mut(), names.clear(names.pre));
        response
    }

    /// 303 to an own path without cookies of a session; the browser forgets what it kept of our pages.
    #[must_use]
    pub fn logged_out(&self, to: &str) -> Response {
        let mut response = see_other(to);
        self.clear_session(&mut response);
        response
    }

    /// The same for an answer made elsewhere (a redirect to the identity provider's log-out).
    pub fn clear_session(&self, response: &mut Response) {
        let names = self.web().cookie_names();
        cookies::add(response.headers_mut(), names.clear(names.session));
        cookies::add(response.headers_mut(), names.clear(names.rescue));
        let value = http::HeaderValue::from_static("\"cache\", \"storage\"");
        response.headers_mut().insert("clear-site-data", value);
    }

    /// Notes in the log that somebody asked for a thing of another: `kind` is ours, `id` must hold no personal data.
    pub fn log_denied(&self, kind: &str, id: &str) {
        let person = self.session().map(|s| s.person.id.to_string());
        tracing::warn!(kind, id, person, trace = self.trace(), route = self.route(), "access refused");
        metrics::counter!("web_access_refused_total").increment(1);
    }

    /// Turns what is not there into 404, and notes the attempt when it is there but another's.
    ///
    /// # Errors
    /// `error` itself; forbidden becomes not found, so that nobody learns what exists.
    pub fn hide<T>(&self, kind: &str, id: &str, result: Result<T>) -> Result<T> {
        result.map_err(|error| match error.kind() {
            Kind::Forbidden | Kind::NotFound => {
                self.log_denied(kind, id);
                Error::not_found()
            }
            _ => error,
        })
    }

    pub(crate) fn set_matched(&self, matched: Matched) {
        let _ = self.0.matched.set(matched);
    }

    pub(crate) fn set_actor(&self, actor: Option<Actor>) {
        if let Some(actor) = actor {
            let _ = self.0.actor.set(actor);
        }
    }

    /// The declared access of the route, once matched.
    pub(crate) fn access(&self) -> Option<Access> {
        self.0.matched.get().map(|m| m.entry.access)
    }

    pub(crate) fn service(&self) -> &'static str {
        self.0.matched.get().map_or("copihue", |m| m.entry.service)
    }

    pub(crate) fn upload_limit(&self) -> u64 {
        let own = self.0.matched.get().and_then(|m| m.files);
        own.unwrap_or(self.web().config().limits.upload_body)
    }

    /// Cookies that the page made necessary.
    pub(crate) fn cookies_to_set(&self, headers: &mut http::HeaderMap) {
        let names = self.web().cookie_names();
        if let Some(token) = self.0.new_pre.get() {
            cookies::add(headers, names.set(names.pre, &token.text(), None));
        }
        if self.0.forget_rescue.load(Ordering::Relaxed) {
            cookies::add(headers, names.clear(names.rescue));
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Failure> {
        Self::of(&parts.extensions)
    }
}
