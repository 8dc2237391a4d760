//! `GET` and `POST …/authorize`: the request of an application, and our form under the same address.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id, Run};
use copihue_web::{Cx, Failure, FormState, Markup, html};
use http::{HeaderMap, StatusCode, Uri};

use super::{answer, body, browser, no_store};
use crate::Identity;
use crate::app::{
    Attempt, Authenticated, Browser, By, Coming, Completed, For, Fresh, Paid, Purpose, SessionStanding, Step,
    Tried,
};
use crate::cookies::{Name, Token};
use crate::model::authorize::{Answer, AuthorizeRequest, Prompt, read, redirect_target};
use crate::model::client::Client;
use crate::model::level::{Authenticator, PasswordBy};
use crate::model::mailed::masked;
use crate::model::oauth::{AuthorizeError, ClientProblem};
use crate::model::params::Params;
use crate::model::person::Person;
use crate::model::profile::Face;
use crate::pages::login::{self, Code, Shown};
use crate::pages::passkey::{Offer, key_form};
use crate::pages::{acting, consent};

/// The field of a challenge.
const WORK: &str = "trabajo";

/// A request that may be answered, and the query under which its form stands.
struct Asked {
    client: Client,
    request: AuthorizeRequest,
    query: String,
    /// How the browser is sent on.
    status: StatusCode,
}

/// Where a request is in.
struct At<'a> {
    identity: &'a Identity,
    cx: &'a Cx,
    headers: &'a HeaderMap,
}

pub(crate) async fn get(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    let query = uri.query().unwrap_or_default().to_owned();
    begin(&At { identity: &identity, cx: &cx, headers: &headers }, query, StatusCode::FOUND).await
}

/// Either our form, or an application's request sent by POST: only our form has these fields.
pub(crate) async fn post(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    uri: Uri,
    request: Body,
) -> Result<Response, Failure> {
    let at = At { identity: &identity, cx: &cx, headers: &headers };
    let bytes = body(request).await?;
    let form = Params::parse(std::str::from_utf8(&bytes).unwrap_or_default());
    if !form.has("csrf") && !form.has("password") {
        return begin(&at, form.query_without(&[]), StatusCode::SEE_OTHER).await;
    }
    let query = uri.query().unwrap_or_default().to_owned();
    let asked = asked(&at, query, Coming::Back, StatusCode::SEE_OTHER).await?;
    if form.has("consentir") {
        return decide(&at, asked, &form).await;
    }
    if form.has("representar") || form.has("continuar") {
        return act(&at, asked, &form).await;
    }
    if form.has("paso") || form.has("otp") {
        return second(&at, asked, &form).await;
    }
    if form.has("llave") {
        return by_key(&at, asked, &form).await;
    }
    log_in(&at, asked, &form).await
}

/// Answers from the browser's session, or shows the form.
async fn begin(at: &At<'_>, query: String, status: StatusCode) -> Result<Response, Failure> {
    let asked = asked(at, query, Coming::First, status).await?;
    let silent = asked.request.prompt == Prompt::None;
    let browser = browser(at.identity, at.cx, at.headers);
    match at.identity.look_at(&asked.client, &asked.request, &browser, Coming::First).await? {
        SessionStanding::Answers(known) => {
            let (client, request) = (&asked.client, &asked.request);
            let done = at.identity.answer_again(client, request, *known, &browser, For::Oneself).await?;
            go(at, &asked, &done)
        }
        SessionStanding::Acting(_) if silent => refuse(at, &asked, AuthorizeError::InteractionRequired),
        SessionStanding::Acting(known) => whom(at, &asked, &known.1, &FormState::new()).await,
        SessionStanding::Consent(_) if silent => refuse(at, &asked, AuthorizeError::ConsentRequired),
        SessionStanding::Level if silent => refuse(at, &asked, AuthorizeError::InteractionRequired),
        SessionStanding::Nobody if silent => refuse(at, &asked, AuthorizeError::LoginRequired),
        SessionStanding::Consent(known) => {
            let (csrf, cookie) = token(at, &asked, Asks::Question);
            let page =
                consent::page(at.cx, &asked.client, &asked.request, &known.1, &action(at, &asked), &csrf);
            Ok(ours(at, &asked, page, &cookie))
        }
        SessionStanding::Level | SessionStanding::Nobody => {
            form(at, &asked, &FormState::new(), Shown::First).await
        }
    }
}

/// Reads the request; what can't be answered is answered here.
async fn asked(at: &At<'_>, query: String, coming: Coming, status: StatusCode) -> Result<Asked, Failure> {
    let At { identity, cx, .. } = *at;
    let (params, face) = (Params::parse(&query), Face::of(cx.path()));
    let problem = |problem: ClientProblem| Failure::from(login::problem(identity, cx, problem));
    let Ok(Some(client_id)) = params.text("client_id") else { return Err(problem(ClientProblem::Client)) };
    let client = identity.client(client_id).await?.filter(|c| c.settings.profile.face() == face);
    let Some(client) = client else { return Err(problem(ClientProblem::Client)) };
    let (params, pushed) = match face {
        Face::National => (params, None),
        Face::Open => identity.parameters(&client, &params, coming).await?.map_err(problem)?,
    };
    let redirect_uri = redirect_target(&client, face, &params).map_err(problem)?;
    match read(&client, redirect_uri, &params) {
        Ok(request) => Ok(Asked { client, request: request.named(pushed), query, status }),
        Err((target, fault)) => {
            let refused = Answer::error(target, fault.error(), identity.iss(&client));
            Err(answer(identity, cx, &refused, status)?.into())
        }
    }
}

fn refuse(at: &At<'_>, asked: &Asked, error: AuthorizeError) -> Result<Response, Failure> {
    let refused = Answer::error(asked.request.target.clone(), error, at.identity.iss(&asked.client));
    answer(at.identity, at.cx, &refused, asked.status)
}

fn action(at: &At<'_>, asked: &Asked) -> String {
    format!("{}?{}", at.cx.path(), asked.query)
}

/// What a form of ours asks. One's token is nothing to the other: who was shown the login can't answer what is asked of somebody
/// whose login was enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asks {
    /// Who they are.
    Login,
    /// What follows a login: consent, and for whom they act.
    Question,
}

impl Asks {
    fn of(self, asked: &Asked) -> Cow<'_, str> {
        match self {
            Self::Login => Cow::Borrowed(&asked.query),
            Self::Question => Cow::Owned(format!("{}\n", asked.query)),
        }
    }
}

/// The form's token, bound to this browser and this request; and the browser's cookie.
fn token(at: &At<'_>, asked: &Asked, asks: Asks) -> (String, String) {
    let cookie = cookie(at);
    (at.identity.form_token(&cookie, &asks.of(asked)), cookie)
}

/// The cookie that ties our forms to this browser.
fn cookie(at: &At<'_>) -> String {
    at.identity.form_cookie(at.headers)
}

/// A page of ours with a form that leads to the application.
fn ours(at: &At<'_>, asked: &Asked, mut page: Response, cookie: &str) -> Response {
    no_store(&mut page);
    login::allow_form_target(&mut page, asked.request.target.redirect_uri.origin().as_deref());
    at.identity.jar().set(page.headers_mut(), Name::Form, "", cookie, None);
    page
}

async fn form(at: &At<'_>, asked: &Asked, state: &FormState, shown: Shown) -> Result<Response, Failure> {
    let (csrf, cookie) = token(at, asked, Asks::Login);
    let bound = bound(&cookie, asked);
    // One whose answer is still owed stays: who waits does not begin anew.
    let work = match state.value(WORK) {
        "" => {
            let run = state.value("run").parse::<Run>().ok();
            at.identity.asked_for_work(run, at.cx.peer(), &bound).await?
        }
        owed => Some(owed.to_owned()),
    };
    let key = key(at, asked, &csrf, &bound, Offer::Login, &html! {})?;
    let form = login::Form { action: &action(at, asked), csrf: &csrf, key: &key, work: work.as_deref() };
    let page = login::form(at.identity, at.cx, (&asked.client, &asked.request), &form, state, shown);
    Ok(ours(at, asked, page, &cookie))
}

/// The form that a passkey answers, where this deployment can have any.
fn key(
    at: &At<'_>,
    asked: &Asked,
    csrf: &str,
    bound: &str,
    offer: Offer,
    more: &Markup,
) -> Result<Markup, Failure> {
    let Some(challenge) = at.identity.challenge(bound)? else { return Ok(html! {}) };
    let hidden = html! { input type="hidden" name="csrf" value=(csrf); (more) };
    Ok(key_form(at.cx, &action(at, asked), &hidden, &challenge, offer))
}

/// Whether the form is the one that we gave to this browser for this request.
fn genuine(at: &At<'_>, asked: &Asked, form: &Params, asks: Asks) -> bool {
    let cookie = at.identity.jar().get(at.headers, Name::Form, "").unwrap_or_default();
    let csrf = form.text("csrf").ok().flatten().unwrap_or_default();
    same_site(at.headers) && at.identity.form_token_fits(&cookie, &asks.of(asked), csrf)
}

/// The person agrees, or not, to what the application learns.
async fn decide(at: &At<'_>, asked: Asked, data: &Params) -> Result<Response, Failure> {
    if !genuine(at, &asked, data, Asks::Question) {
        return form(at, &asked, &FormState::new(), Shown::Forged).await;
    }
    if data.text("consentir") != Ok(Some("si")) {
        return refuse(at, &asked, AuthorizeError::AccessDenied);
    }
    let browser = browser(at.identity, at.cx, at.headers);
    match at.identity.look_at(&asked.client, &asked.request, &browser, Coming::Back).await? {
        SessionStanding::Answers(known) | SessionStanding::Consent(known) => {
            let (client, request) = (&asked.client, &asked.request);
            let done = at.identity.answer_again(client, request, *known, &browser, For::Oneself).await?;
            go(at, &asked, &done)
        }
        SessionStanding::Acting(known) => whom(at, &asked, &known.1, &FormState::new()).await,
        SessionStanding::Level | SessionStanding::Nobody => {
            form(at, &asked, &FormState::new(), Shown::First).await
        }
    }
}

/// «¿Actúa por usted o en nombre de otro?»
async fn whom(at: &At<'_>, asked: &Asked, person: &Person, state: &FormState) -> Result<Response, Failure> {
    let mandates = at.identity.mandates_in_force(person.id).await?;
    let (csrf, cookie) = token(at, asked, Asks::Question);
    let question = acting::Question {
        client: &asked.client,
        request: &asked.request,
        person,
        mandates: &mandates,
        action: &action(at, asked),
        csrf: &csrf,
    };
    Ok(ours(at, asked, acting::page(at.cx, &question, state), &cookie))
}

/// The person has said for whom they act.
async fn act(at: &At<'_>, asked: Asked, data: &Params) -> Result<Response, Failure> {
    if !genuine(at, &asked, data, Asks::Question) {
        return form(at, &asked, &FormState::new(), Shown::Forged).await;
    }
    if data.text("continuar") == Ok(Some("no")) {
        return refuse(at, &asked, AuthorizeError::AccessDenied);
    }
    let browser = browser(at.identity, at.cx, at.headers);
    let standing = at.identity.look_at(&asked.client, &asked.request, &browser, Coming::Back).await?;
    let SessionStanding::Acting(known) = standing else {
        return form(at, &asked, &FormState::new(), Shown::First).await;
    };
    let chosen = match data.text("representar").ok().flatten() {
        Some("yo") => Some(For::Oneself),
        Some(id) => id.parse().ok().map(For::Mandate),
        None => None,
    };
    let Some(chosen) = chosen else {
        let state = FormState::new().with_error("representar", at.cx.t("identity-acting-error"));
        return whom(at, &asked, &known.1, &state).await;
    };
    let done = at.identity.answer_again(&asked.client, &asked.request, *known, &browser, chosen).await?;
    go(at, &asked, &done)
}

async fn log_in(at: &At<'_>, asked: Asked, data: &Params) -> Result<Response, Failure> {
    let text = |name: &str| data.text(name).ok().flatten().unwrap_or_default();
    let typed = text("run").trim().chars().take(40).collect::<String>();
    let state = FormState::new().set("run", typed.clone());
    let show = async |state: &FormState, shown| form(at, &asked, state, shown).await;
    if !genuine(at, &asked, data, Asks::Login) {
        return show(&state, Shown::Forged).await;
    }
    let (run, password) = match (typed.parse::<Run>(), password(data)) {
        (Ok(run), Some(password)) => (run, password),
        (run, password) => {
            return show(&mistakes(at.cx, state, run.is_err(), password.is_none()), Shown::Mistaken).await;
        }
    };
    let browser = browser(at.identity, at.cx, at.headers);
    let paid = at.identity.paid(&bound(&cookie(at), &asked), text(WORK), text("solucion"));
    let attempt = attempt(at.cx, (run, password), &browser, &paid);
    match at.identity.authenticate(&asked.client, &attempt).await? {
        Authenticated::No => show(&state, Shown::Wrong).await,
        Authenticated::Wait(until) => show(&state, Shown::Wait(until)).await,
        Authenticated::Work => {
            let owed = if matches!(paid, Paid::Owed) { text(WORK) } else { "" };
            show(&state.set(WORK, owed), Shown::Work).await
        }
        Authenticated::Yes(person, counted) => {
            if let Some(by) = at.identity.waits_for(&asked.client, asked.request.wish, &person).await? {
                at.identity.forgive_now(person.id, counted).await?;
                let step = at.identity.step(&person, by);
                return begin_step(at, &asked, &person, &step).await;
            }
            let fresh = Fresh { person: *person, counted: Some(counted), used: Authenticator::Password };
            finish(at, &asked, fresh, &browser).await
        }
    }
}

/// The browser and the request that a right password belongs to.
fn bound(cookie: &str, asked: &Asked) -> String {
    format!("{cookie}\n{}", asked.query)
}

/// The same, for a passkey of the person whose password was right.
fn bound_to(cookie: &str, asked: &Asked, person: Id) -> String {
    format!("{}\n{person}", bound(cookie, asked))
}

/// Sends the code, where it goes by mail, and asks for it.
async fn begin_step(at: &At<'_>, asked: &Asked, person: &Person, step: &Step) -> Result<Response, Failure> {
    if step.by == By::Mail {
        let (address, app) = (person.email.as_deref(), asked.client.name.as_str());
        if let Some(until) = at.identity.send_code(Purpose::Login, step, address, app).await? {
            return form(at, asked, &FormState::new(), Shown::Wait(until)).await;
        }
    }
    let cookie = cookie(at);
    let sealed = at.identity.seal_step(step, &bound(&cookie, asked))?;
    code_form(at, asked, (step, &sealed), Code::First).await
}

async fn code_form(
    at: &At<'_>,
    asked: &Asked,
    (step, sealed): (&Step, &str),
    shown: Code,
) -> Result<Response, Failure> {
    let (csrf, cookie) = token(at, asked, Asks::Login);
    let more = html! { input type="hidden" name="paso" value=(sealed); };
    let key = match at.identity.factors(step.person).await?.keys.is_empty() {
        true => html! {},
        false => key(at, asked, &csrf, &bound_to(&cookie, asked, step.person), Offer::SecondStep, &more)?,
    };
    let sent_to = match step.by {
        By::Factor => None,
        By::Mail => at.identity.person(step.person).await?.and_then(|p| p.email).map(|m| masked(&m)),
    };
    let form = login::Form { action: &action(at, asked), csrf: &csrf, key: &key, work: None };
    let page = login::code_form(at.cx, &asked.client, &form, (sealed, sent_to.as_deref()), shown);
    Ok(ours(at, asked, page, &cookie))
}

/// A passkey in place of RUN, password and code.
async fn by_key(at: &At<'_>, asked: Asked, data: &Params) -> Result<Response, Failure> {
    let text = |name: &str| data.text(name).ok().flatten().unwrap_or_default();
    if !genuine(at, &asked, data, Asks::Login) {
        return form(at, &asked, &FormState::new(), Shown::Forged).await;
    }
    let (cookie, browser) = (cookie(at), browser(at.identity, at.cx, at.headers));
    let given = (text("llave"), text("reto"), bound(&cookie, &asked));
    match at.identity.by_passkey((given.0, given.1, &given.2), None, &browser).await? {
        Some((person, used)) => finish(at, &asked, Fresh { person, counted: None, used }, &browser).await,
        None => form(at, &asked, &FormState::new(), Shown::Key).await,
    }
}

async fn finish(at: &At<'_>, asked: &Asked, fresh: Fresh, browser: &Browser) -> Result<Response, Failure> {
    let person = fresh.person.clone();
    let done = at.identity.complete(&asked.client, &asked.request, fresh, browser).await?;
    if done.answer.is_some() {
        return go(at, asked, &done);
    }
    let mut page = whom(at, asked, &person, &FormState::new()).await?;
    remember(at, &mut page, &done);
    Ok(page)
}

/// The second factor of a login whose password was right: a code, or a passkey.
async fn second(at: &At<'_>, asked: Asked, data: &Params) -> Result<Response, Failure> {
    let text = |name: &str| data.text(name).ok().flatten().unwrap_or_default();
    let (cookie, sealed) = (cookie(at), text("paso"));
    let step = at.identity.open_step(sealed, &bound(&cookie, &asked));
    let Some(step) = step.filter(|_| genuine(at, &asked, data, Asks::Login)) else {
        return form(at, &asked, &FormState::new(), Shown::Forged).await;
    };
    let browser = browser(at.identity, at.cx, at.headers);
    let person = step.person;
    if data.has("otra") && step.by == By::Mail {
        let known = at.identity.person(person).await?.filter(|p| p.epoch == step.epoch);
        return match known {
            Some(known) => begin_step(at, &asked, &known, &at.identity.step(&known, By::Mail)).await,
            None => form(at, &asked, &FormState::new(), Shown::Forged).await,
        };
    }
    if data.has("llave") {
        let given = (text("llave"), text("reto"), bound_to(&cookie, &asked, person));
        return match at.identity.by_passkey((given.0, given.1, &given.2), Some(person), &browser).await? {
            Some((_, used)) => with_both(at, &asked, &step, used, &browser).await,
            None => code_form(at, &asked, (&step, sealed), Code::Key).await,
        };
    }
    let shown = match at.identity.try_code(&step, text("otp"), &browser).await? {
        Tried::Right => return with_code(at, &asked, &step, &browser).await,
        Tried::Wrong => Code::Wrong,
        Tried::Wait(until) => Code::Wait(until),
    };
    code_form(at, &asked, (&step, sealed), shown).await
}

async fn with_code(at: &At<'_>, asked: &Asked, step: &Step, browser: &Browser) -> Result<Response, Failure> {
    let used = match step.by {
        By::Factor => Authenticator::Code,
        By::Mail => {
            let known = at.identity.person(step.person).await?;
            Authenticator::Mail(known.map_or(PasswordBy::Mail, |person| person.password_by))
        }
    };
    with_both(at, asked, step, used, browser).await
}

async fn with_both(
    at: &At<'_>,
    asked: &Asked,
    step: &Step,
    used: Authenticator,
    browser: &Browser,
) -> Result<Response, Failure> {
    let Some(person) = at.identity.person(step.person).await?.filter(|p| p.epoch == step.epoch) else {
        return form(at, asked, &FormState::new(), Shown::Forged).await;
    };
    finish(at, asked, Fresh { person, counted: None, used }, browser).await
}

fn attempt<'a>(
    cx: &'a Cx,
    (run, password): (Run, &'a str),
    browser: &'a Browser,
    paid: &'a Paid,
) -> Attempt<'a> {
    let device = browser.device.as_deref().and_then(Token::parse).map(|token| token.hash());
    Attempt { run, password, device, peer: cx.peer(), label: &browser.label, trace: &browser.trace, paid }
}

/// What was typed, whole or not at all: a password is never cut.
fn password(form: &Params) -> Option<&str> {
    match form.text("password") {
        Ok(Some(password)) if password.len() <= crate::hash::MAX_PASSWORD => Some(password),
        _ => None,
    }
}

fn mistakes(cx: &Cx, mut state: FormState, bad_run: bool, no_password: bool) -> FormState {
    if bad_run {
        state = state.with_error("run", cx.t("identity-login-run-error"));
    }
    if no_password {
        state = state.with_error("password", cx.t("identity-login-password-error"));
    }
    state
}

/// Whether the browser says that the form was sent from a page of ours.
fn same_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

/// On to the application, with the cookies of session and browser.
fn go(at: &At<'_>, asked: &Asked, done: &Completed) -> Result<Response, Failure> {
    let Some(said) = &done.answer else { return Err(Error::internal("nothing to answer with").into()) };
    let mut response = answer(at.identity, at.cx, said, asked.status)?;
    remember(at, &mut response, done);
    at.identity.jar().clear(response.headers_mut(), Name::Form, "");
    Ok(response)
}

fn remember(at: &At<'_>, response: &mut Response, done: &Completed) {
    let jar = at.identity.jar();
    if let Some(session) = &done.session {
        jar.set(response.headers_mut(), Name::Sso, "", session, None);
    }
    if let Some(device) = &done.device {
        jar.set(response.headers_mut(), Name::Device, "", device, Some(crate::app::DEVICE_SECONDS));
    }
}
