//! Passkeys on the pages: the form that uses one, the page that makes one, and the script that both need.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, text_input, warning};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::{HeaderMap, StatusCode};

use super::script;
use super::security::{HERE, paper};
use crate::Identity;
use crate::api::browser;
use crate::app::Challenge;

const SCRIPT: &str = include_str!("passkey.js");
/// Where the script is.
const ADDRESS: &str = "/ingresar/llave.js";

/// `GET /ingresar/llave.js`.
pub(crate) async fn script() -> Response {
    script::answer(SCRIPT)
}

fn script_tag() -> Markup {
    script::tag(ADDRESS, SCRIPT)
}

/// Where the form stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Offer {
    /// At a login: the browser offers the person's passkeys by itself too, beside the field of the RUN.
    Login,
    /// After the password: only when the button is pressed.
    SecondStep,
    /// Before a change: the same.
    Proof,
}

/// A form that a passkey answers. Hidden until the script finds that the browser knows passkeys.
pub(crate) fn key_form(
    cx: &Cx,
    action: &str,
    hidden: &Markup,
    challenge: &Challenge,
    offer: Offer,
) -> Markup {
    let by_itself = (offer == Offer::Login).then_some("si");
    let label = if offer == Offer::Proof { "identity-key-prove" } else { "identity-key-use" };
    html! {
        form.form method="post" action=(action) novalidate hidden data-llave=(challenge.options) data-ofrece=[by_itself] {
            (hidden)
            (answer_fields(challenge))
            (button(cx.t(label)).secondary())
            (status(cx))
        }
        (script_tag())
    }
}

/// What the script fills in, and what we sealed.
fn answer_fields(challenge: &Challenge) -> Markup {
    html! {
        input type="hidden" name="reto" value=(challenge.sealed);
        input type="hidden" name="llave" value="" autocomplete="off";
    }
}

fn status(cx: &Cx) -> Markup {
    html! {
        p.error-message role="status" data-failed=(cx.t("identity-key-failed")) data-known=(cx.t("identity-key-known")) {}
    }
}

/// The page on which a passkey is made.
pub(crate) fn make(
    cx: &Cx,
    challenge: &Challenge,
    label: &str,
    state: &FormState,
    status_code: StatusCode,
) -> Response {
    let named = state.clone().or("nombre", label);
    let fields = html! {
        (text_input("nombre", cx.t("identity-key-name")).hint(cx.t("identity-key-name-hint")).max(60)
            .autocomplete("off").state(&named))
        (answer_fields(challenge))
        (button(cx.t("identity-key-make")))
        (status(cx))
    };
    let body = html! {
        p { (cx.t("identity-key-what")) }
        noscript { (warning(cx.t("identity-key-noscript"))) }
        form.form method="post" action="/mi/seguridad/llave" novalidate hidden data-llave=(challenge.options) {
            (cx.csrf())
            (fields)
        }
        (script_tag())
    };
    let page = Page::new("identity-key-title").back(HERE).form(state).status(status_code);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// `POST /mi/seguridad/llave`: what the authenticator made.
pub(crate) async fn keep(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    let text = |name: &str| form.value(name).unwrap_or_default();
    let given = (text("llave"), text("reto"), text("nombre"));
    match identity.add_passkey(&session, given, &browser).await? {
        Some(codes) if codes.is_empty() => Ok(see_other(HERE)),
        Some(codes) => Ok(paper(&cx, &codes)),
        None => {
            let body = html! {
                p { (cx.t("identity-key-refused")) }
                p { a href="/mi/seguridad/cambiar?acto=llave" { (cx.t("identity-key-again")) } }
            };
            let page = Page::new("identity-key-title").back(HERE).status(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(cx.page(page.without_feedback(), body))
        }
    }
}
