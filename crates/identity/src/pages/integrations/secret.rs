//! Secrets of applications: shown once, two at a time (C7).

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, copy_button, details, fact, summary_list, warning};
use copihue_web::{Cx, Failure, FormData, Markup, Page, args, html, see_other};
use http::{HeaderValue, header};

use super::{id_of, own_page, parts};
use crate::app::{SecretAct, StageClient};
use crate::model::client::ClientState;
use crate::model::integration::Stage;
use crate::pages::desk::strong;
use crate::{Identity, RegisteredClient};

/// What may be done with the secrets of an application.
pub(super) fn acts(cx: &Cx, own: &StageClient, here: &str) -> Markup {
    let action = format!("{here}/secreto");
    let stage = own.stage.code();
    let form = |act: &'static str, button: Markup| {
        cx.form(
            &action,
            html! {
                input type="hidden" name="etapa" value=(stage);
                input type="hidden" name="acto" value=(act);
                (button)
            },
        )
    };
    if own.client.state == ClientState::Revoked {
        return html! {};
    }
    html! {
        @if own.secrets.is_empty() { (form("nuevo", html! { (button(cx.t("identity-secret-first")).secondary()) })) }
        @else {
            (details(cx.t("identity-secret-change"), html! {
                p { (cx.t("identity-secret-change-text")) }
                (form("nuevo", html! { (button(cx.t("identity-secret-new")).secondary()) }))
            }))
        }
        @if own.secrets.len() > 1 {
            (form("deshacer", html! { (button(cx.t("identity-secret-undo")).as_link()) }))
            (form("terminar", html! { (button(cx.t("identity-secret-end")).as_link()) }))
        }
    }
}

/// `POST …/secreto`. The people's own data lie behind the secret of production: a password alone does not give it.
pub(super) async fn act(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let stage = form.value("etapa").and_then(Stage::parse).ok_or_else(Error::not_found)?;
    if stage == Stage::Production {
        strong(&cx)?;
    }
    let act = match form.value("acto") {
        Some("nuevo") => {
            return Ok(shown(&cx, &identity.new_secret(actor, id, stage).await?, stage, &own_page(id)));
        }
        Some("deshacer") => SecretAct::TakeBack,
        Some("terminar") => SecretAct::EndFormer,
        _ => return Err(Error::not_found().into()),
    };
    identity.end_secret(actor, id, stage, act).await?;
    Ok(see_other(&format!("{}?hecho=si", own_page(id))))
}

/// The secret, once.
fn shown(cx: &Cx, made: &RegisteredClient, stage: Stage, back: &str) -> Response {
    let secret = String::from_utf8_lossy(made.secret.expose());
    let body = html! {
        (warning(cx.t("identity-secret-once")))
        (summary_list(&[
            fact("client_id", html! { code { (made.id) } }),
            fact("client_secret", html! { code { (secret) } br; (copy_button(&secret)) }),
        ]))
        p { (cx.ta("identity-secret-both", &args! {"days" => crate::ROTATION_SECONDS / 86_400})) }
        p { a href=(back) { (cx.t("identity-secret-back")) } }
    };
    let page = Page::new("identity-secret-title")
        .caption(cx.t(parts::stage_key(stage)))
        .back(back)
        .no_referrer()
        .without_feedback();
    let mut response = cx.page(page, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
