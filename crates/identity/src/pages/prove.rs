//! `/mi/seguridad/cambiar`: the person proves once more who they are, and what they asked for is done.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, inset, password_input, text_input, warning};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::{HeaderMap, StatusCode};

use super::contact;
use super::passkey::{self, Offer, key_form};
use super::recovery;
use super::security::{HERE, codes_page, paper};
use crate::Identity;
use crate::api::browser;
use crate::app::{Browser, Factors, Proved, Shown, proving};
use crate::model::person::Person;

/// What is to be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Act {
    /// Add an authenticator.
    AddCodes,
    /// Take it away.
    RemoveCodes,
    /// New codes on paper in place of the old ones.
    Paper,
    /// Make a passkey.
    AddKey,
    /// Take this one away.
    RemoveKey(Vec<u8>),
    /// Choose another password.
    Password,
    /// Use another address.
    Contact,
}

impl Act {
    fn parse(name: Option<&str>, key: Option<&str>) -> Result<Self, Error> {
        match name {
            Some("codigos") => Ok(Self::AddCodes),
            Some("quitar-codigos") => Ok(Self::RemoveCodes),
            Some("papel") => Ok(Self::Paper),
            Some("llave") => Ok(Self::AddKey),
            Some("clave") => Ok(Self::Password),
            Some("correo") => Ok(Self::Contact),
            Some("quitar-llave") => {
                let id = key.and_then(|key| hex::decode(key).ok()).filter(|id| !id.is_empty());
                id.map(Self::RemoveKey).ok_or_else(Error::not_found)
            }
            _ => Err(Error::not_found()),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::AddCodes => "codigos",
            Self::RemoveCodes => "quitar-codigos",
            Self::Paper => "papel",
            Self::AddKey => "llave",
            Self::RemoveKey(_) => "quitar-llave",
            Self::Password => "clave",
            Self::Contact => "correo",
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::AddCodes => "identity-security-add-title",
            Self::RemoveCodes => "identity-security-remove",
            Self::Paper => "identity-security-paper-new",
            Self::AddKey => "identity-key-title",
            Self::RemoveKey(_) => "identity-key-remove-title",
            Self::Password => "identity-password-title",
            Self::Contact => "identity-contact-title",
        }
    }

    fn key(&self) -> Option<String> {
        if let Self::RemoveKey(id) = self { Some(hex::encode(id)) } else { None }
    }

    /// Whether nothing but the password is left after it (J3).
    fn leaves_nothing(&self, factors: &Factors) -> bool {
        match self {
            Self::RemoveCodes => factors.keys.is_empty(),
            Self::RemoveKey(_) => factors.keys.len() <= 1 && factors.totp.is_none(),
            Self::AddCodes | Self::Paper | Self::AddKey | Self::Password | Self::Contact => false,
        }
    }

    /// Whether there is something to do it to.
    fn fits(&self, identity: &Identity, factors: &Factors) -> bool {
        match self {
            Self::AddCodes => factors.totp.is_none(),
            Self::RemoveCodes => factors.totp.is_some(),
            Self::Paper => factors.strong(),
            Self::AddKey => identity.offers_passkeys(),
            Self::RemoveKey(id) => factors.keys.iter().any(|key| key.id == *id),
            Self::Password | Self::Contact => true,
        }
    }
}

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let act = Act::parse(cx.query("acto").as_deref(), cx.query("llave").as_deref())?;
    ask(&identity, &cx, &act, &FormState::new(), StatusCode::OK).await
}

async fn ask(
    identity: &Identity,
    cx: &Cx,
    act: &Act,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let factors = identity.factors(cx.person()?.id).await?;
    if !act.fits(identity, &factors) {
        return Ok(see_other(HERE));
    }
    let session = cx.session().ok_or_else(Error::not_found)?;
    let challenge = match factors.keys.is_empty() {
        true => None,
        false => identity.challenge(&proving(session))?,
    };
    let carried = carried(act);
    let own = html! { (cx.csrf()) (carried) };
    let name =
        factors.keys.iter().find(|key| Some(hex::encode(&key.id)) == act.key()).map(|key| key.name.as_str());
    let body = html! {
        @if let Some(name) = name { (inset(html! { p { (name) } })) }
        @if act.leaves_nothing(&factors) { (warning(cx.t("identity-security-last"))) }
        p { (cx.t("identity-security-prove")) }
        @if let Some(challenge) = &challenge {
            (key_form(cx, "/mi/seguridad/cambiar", &own, challenge, Offer::Proof))
        }
        (cx.form("/mi/seguridad/cambiar", html! {
            (carried)
            // So that password managers know whose password it is. Not sent.
            input type="text" autocomplete="username" value=(session.person.run.to_string()) hidden readonly;
            (password_input("password", cx.t("identity-security-password")).state(state))
            @if factors.strong() {
                (text_input("otp", cx.t("identity-otp-code")).hint(cx.t("identity-otp-hint"))
                    .autocomplete("one-time-code").narrow().state(state))
            }
            (button(cx.t("identity-security-next")))
        }))
    };
    let page = Page::new(act.title()).back(HERE).form(state).status(status);
    Ok(cx.page(page.no_referrer().without_feedback(), body))
}

fn carried(act: &Act) -> Markup {
    html! {
        input type="hidden" name="acto" value=(act.name());
        @if let Some(key) = act.key() { input type="hidden" name="cual" value=(key); }
    }
}

/// Proof, then the act.
pub(crate) async fn change(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let act = Act::parse(form.value("acto"), form.value("cual"))?;
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    let text = |name: &str| form.value(name).unwrap_or_default();
    let key = form.value("llave").filter(|answer| !answer.is_empty()).map(|answer| (answer, text("reto")));
    let shown = Shown { password: text("password"), code: text("otp"), key };
    let (field, error, status) = match identity.prove(&session, &shown, cx.peer(), &browser).await? {
        Proved::Yes(person) => return perform(&identity, &cx, act, &person, &browser).await,
        Proved::Password => {
            ("password", "identity-security-password-wrong", StatusCode::UNPROCESSABLE_ENTITY)
        }
        Proved::Code => ("otp", "identity-otp-wrong", StatusCode::UNPROCESSABLE_ENTITY),
        Proved::Key => ("password", "identity-key-failed", StatusCode::UNPROCESSABLE_ENTITY),
        Proved::Wait => ("password", "identity-otp-wait", StatusCode::TOO_MANY_REQUESTS),
    };
    ask(&identity, &cx, &act, &FormState::new().with_error(field, cx.t(error)), status).await
}

async fn perform(
    identity: &Identity,
    cx: &Cx,
    act: Act,
    person: &Person,
    browser: &Browser,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    match act {
        Act::AddCodes => {
            let set_up = identity.begin_totp(&session, person).await?;
            Ok(codes_page(cx, &set_up, &FormState::new(), StatusCode::OK))
        }
        Act::AddKey => {
            let challenge = identity.creation(&session, person).await?;
            Ok(passkey::make(cx, &challenge, &browser.label, &FormState::new(), StatusCode::OK))
        }
        Act::Password => {
            let permit = identity.permit(&session)?;
            Ok(recovery::another(cx, &permit, &FormState::new(), StatusCode::OK))
        }
        Act::Contact => {
            let permit = identity.permit(&session)?;
            Ok(contact::another(cx, identity, &permit, &FormState::new(), StatusCode::OK))
        }
        Act::Paper => Ok(paper(cx, &identity.new_paper(&session, browser).await?)),
        Act::RemoveCodes => {
            identity.remove_totp(&session, browser).await?;
            Ok(see_other(HERE))
        }
        Act::RemoveKey(id) => {
            identity.remove_passkey(&session, &id, browser).await?;
            Ok(see_other(HERE))
        }
    }
}
