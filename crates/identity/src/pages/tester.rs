//! `/desarrollo/probador`: whoever builds an application pastes a request, and reads what is wrong with it and how to mend it. What is
//! secret in it is thrown away before anything is shown, and nothing is kept.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{
    Tone, button, details, facts, inset, radios, success_banner, tag, text_input, textarea, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html};
use http::{HeaderValue, StatusCode, header};

use crate::Identity;
use crate::app::{Carried, Stop, Tested, TokenTested};
use crate::model::authorize::AuthorizeRequest;
use crate::model::checklist::STATE_LENGTH;
use crate::model::client::{Auth, Client, Environment};
use crate::model::params::Params;
use crate::model::profile::{Face, Profile};

const HERE: &str = "/desarrollo/probador";
const TOKEN: &str = "/desarrollo/probador/canje";
/// Characters of a request that is looked at.
const LONGEST: usize = 16 * 1024;
/// What proves or gives something: never shown again.
const SECRETS: [&str; 10] = [
    "client_secret",
    "client_assertion",
    "request",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "access_token",
    "id_token_hint",
    "login_hint",
];

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    Ok(shown(&identity, &cx, &FormState::new(), html! {}, StatusCode::OK))
}

fn shown(identity: &Identity, cx: &Cx, state: &FormState, result: Markup, status: StatusCode) -> Response {
    let base = identity.0.config.base();
    let body = html! {
        (result)
        h2 { (cx.t("identity-tester-authorize")) }
        (cx.form(HERE, html! {
            (textarea("direccion", cx.t("identity-tester-address"))
                .hint(cx.ta("identity-tester-address-hint", &args! {"base" => base})).max(LONGEST).state(state))
            (button(cx.t("identity-tester-button")))
        }))
        h2 { (cx.t("identity-tester-token")) }
        (cx.form(TOKEN, html! {
            (radios("contrato", cx.t("identity-tester-contract"))
                .option("nacional", format!("{base}/openid/token"))
                .option("abierto", format!("{base}/oauth2/token"))
                .state(state))
            (radios("secreto", cx.t("identity-tester-carried"))
                .option("cuerpo", cx.t("identity-tester-in-body"))
                .option("cabecera", cx.t("identity-tester-in-header"))
                .state(state))
            (text_input("client_id", cx.t("identity-tester-client")).hint(cx.t("identity-tester-client-hint"))
                .max(200).optional().state(state))
            (textarea("cuerpo", cx.t("identity-tester-body")).hint(cx.t("identity-tester-body-hint")).max(LONGEST).state(state))
            (button(cx.t("identity-tester-token-button")).secondary())
        }))
    };
    let page = Page::new("identity-tester-title")
        .lead(cx.t("identity-tester-lead"))
        .status(status)
        .form(state)
        .no_referrer();
    let mut response = cx.page(page, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A query or body without what is secret in it.
fn clean(params: &Params) -> String {
    let hidden = SECRETS.iter().filter(|name| params.has(name)).map(|name| format!("{name}=***"));
    let open = Some(params.query_without(&SECRETS)).filter(|text| !text.is_empty());
    open.into_iter().chain(hidden).collect::<Vec<_>>().join("&")
}

/// `POST /desarrollo/probador`.
pub(crate) async fn authorize(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let mut fields = Fields::new(&form);
    let typed = fields.ask(cx.t("identity-tester-address-ask")).text("direccion", 1..=LONGEST);
    let address = match fields.done(typed) {
        Ok(address) => address,
        Err(state) => {
            let state = state.set("direccion", "");
            return Ok(shown(&identity, &cx, &state, html! {}, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let params = Params::parse(address.split_once('?').map_or("", |(_, query)| query));
    let place = address.split('?').next().unwrap_or_default();
    let state = FormState::new().set("direccion", format!("{place}?{}", clean(&params)));
    let tested = identity.test_authorize(address.trim()).await?;
    let result = html! {
        @if params.has("client_secret") { (warning(cx.t("identity-tester-leaked"))) }
        (answer(&cx, &tested, &params))
    };
    Ok(shown(&identity, &cx, &state, result, StatusCode::OK))
}

fn answer(cx: &Cx, tested: &Tested, params: &Params) -> Markup {
    match tested {
        Tested::Answered(good) => {
            let (client, request) = good.as_ref();
            html! {
                (success_banner(cx.t("identity-tester-good"), html! { p { (cx.t("identity-tester-good-text")) } }))
                (understood(cx, client, request))
                (advice(cx, client, request, params))
            }
        }
        Tested::Back(fault) => {
            let what = format!("identity-fault-{}", fault.code());
            let text = match fault.parameter() {
                "" => cx.t(&what).to_owned(),
                name => cx.ta(&what, &args! {"name" => name}),
            };
            let error = fault.error();
            bad(cx, "identity-tester-back", &text, Some((error.code(), error.description())))
        }
        Tested::Page(stop) => bad(cx, "identity-tester-page", &stop_text(cx, *stop), None),
    }
}

fn stop_text(cx: &Cx, stop: Stop) -> String {
    cx.t(&format!("identity-stop-{}", stop.code())).to_owned()
}

/// What is wrong, how to mend it, and what the program gets.
fn bad(cx: &Cx, title: &str, text: &str, error: Option<(&str, &str)>) -> Markup {
    html! {
        (inset(html! {
            p { (tag(cx.t("identity-tester-bad"), Tone::Bad)) " " strong { (cx.t(title)) } }
            p { (text) }
            @if let Some((code, description)) = error {
                (details(cx.t("identity-tester-answer"), html! {
                    p lang="en" { code { "error=" (code) } br; (description) }
                }))
            }
        }))
    }
}

/// How the request was understood.
fn understood(cx: &Cx, client: &Client, request: &AuthorizeRequest) -> Markup {
    let people = match client.environment {
        Environment::Sandbox => "identity-tester-people-test",
        Environment::Production => "identity-tester-people-real",
    };
    facts([
        (cx.t("identity-integ-name"), client.name.clone()),
        (cx.t("identity-tester-people"), cx.t(people).to_owned()),
        (cx.t("identity-integ-redirect"), request.target.redirect_uri.as_str().to_owned()),
        ("scope", request.scope.join(" ")),
    ])
}

/// What is allowed, and better done otherwise.
fn advice(cx: &Cx, client: &Client, request: &AuthorizeRequest, params: &Params) -> Markup {
    let asked = params.text("scope").ok().flatten().unwrap_or_default();
    let dropped: Vec<&str> =
        asked.split_ascii_whitespace().filter(|word| !request.scope.contains(word)).collect();
    let short =
        request.target.state.as_ref().is_none_or(|s| i64::try_from(s.len()).unwrap_or(0) < STATE_LENGTH);
    let modern = client.settings.profile != Profile::Compat;
    let mut all = Vec::new();
    if !dropped.is_empty() {
        all.push(cx.ta("identity-advice-scope", &args! {"words" => dropped.join(", ")}));
    }
    if short {
        all.push(cx.t("identity-advice-state").to_owned());
    }
    if modern && request.nonce.is_none() {
        all.push(cx.t("identity-advice-nonce").to_owned());
    }
    if request.challenge.is_none() {
        all.push(cx.t("identity-advice-pkce").to_owned());
    }
    if client.is_alto() {
        all.push(cx.t("identity-advice-pushed").to_owned());
    }
    html! {
        @if !all.is_empty() {
            h2 { (cx.t("identity-tester-advice")) }
            ul { @for text in &all { li { (text) } } }
        }
    }
}

/// `POST /desarrollo/probador/canje`.
pub(crate) async fn token(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let body = form.value("cuerpo").unwrap_or_default().trim();
    let params = Params::parse(body);
    let mut fields = Fields::new(&form);
    let face = fields.choice("contrato", &["nacional", "abierto"]);
    let carried = fields.choice("secreto", &["cuerpo", "cabecera"]);
    let whole = fields.ask(cx.t("identity-tester-body-ask")).text("cuerpo", 1..=LONGEST);
    let (face, carried, _) = match fields.done((face, carried, whole)) {
        Ok(read) => read,
        Err(state) => {
            let state = state.set("cuerpo", clean(&params));
            return Ok(shown(&identity, &cx, &state, html! {}, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let state = form.state().set("cuerpo", clean(&params));
    let face = if face == "nacional" { Face::National } else { Face::Open };
    let carried = match carried.as_str() {
        "cabecera" => Carried::Header(form.value("client_id").unwrap_or_default()),
        _ => Carried::Body,
    };
    let tested = identity.test_token(face, carried, &params).await?;
    Ok(shown(&identity, &cx, &state, token_answer(&cx, &tested), StatusCode::OK))
}

fn token_answer(cx: &Cx, tested: &TokenTested) -> Markup {
    let title = "identity-tester-token-bad";
    match tested {
        TokenTested::Good(name) => html! {
            (success_banner(cx.t("identity-tester-token-good"), html! { p { (cx.t("identity-tester-token-good-text")) } }))
            (facts([(cx.t("identity-integ-name"), name.as_str())]))
        },
        TokenTested::Fault(fault) => {
            let key = format!("identity-token-{}", fault.code());
            let text = match fault.parameter() {
                "" => cx.t(&key).to_owned(),
                name => cx.ta(&key, &args! {"name" => name}),
            };
            let error = fault.error();
            bad(cx, title, &text, Some((error.code(), error.description())))
        }
        TokenTested::Spoiled(why) => bad(cx, title, cx.t(&format!("identity-code-{}", why.code())), None),
        TokenTested::ClientUnknown => bad(cx, title, &stop_text(cx, Stop::ClientUnknown), None),
        TokenTested::OtherContract => bad(cx, title, &stop_text(cx, Stop::OtherContract), None),
        TokenTested::Closed => bad(cx, title, cx.t("identity-token-closed"), None),
        TokenTested::Way(auth) => {
            let key = match auth {
                Auth::Secret => "identity-token-way-secret",
                Auth::Key => "identity-token-way-key",
                Auth::Public => "identity-token-way-public",
            };
            bad(cx, title, cx.t(key), None)
        }
    }
}
