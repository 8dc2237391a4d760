//! One application, as its institution sees it.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_web::components::{Tone, button, button_link, details, success_banner, tag, text_input};
use copihue_web::{Cx, Failure, FormState, Markup, Page, args, html};
use http::StatusCode;

use super::{HERE, id_of, own_page, parts, secret};
use crate::Identity;
use crate::app::{Dossier, Wanted, declares};
use crate::model::checklist::Declared;
use crate::model::phase::{Phase, Side};
use crate::model::profile::{Face, Profile};

pub(super) async fn page(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = identity.integration(cx.require_actor()?, Side::Institution, id_of(&id)?).await?;
    Ok(shown(&identity, &cx, &dossier, &FormState::new(), StatusCode::OK)?)
}

/// The page, with what was wrong in a form.
pub(super) fn shown(
    identity: &Identity,
    cx: &Cx,
    dossier: &Dossier,
    state: &FormState,
    status: StatusCode,
) -> copihue_core::Result<Response> {
    let i = &dossier.integration;
    let (here, base) = (own_page(i.id), identity.0.config.base());
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("identity-integ-done"), html! {})) }
        (parts::standing(cx, dossier))
        (parts::steps(cx, &format!("{here}/paso"), dossier, Side::Institution, state))
        (drafting(cx, dossier, &here))
        @if !dossier.clients.is_empty() { (provider(cx, base, i.request.profile)) }
        @for own in &dossier.clients {
            h2 { (cx.t(parts::stage_key(own.stage))) }
            (parts::client(cx, own))
            (secret::acts(cx, own, &here))
        }
        @if !dossier.clients.is_empty() {
            p { a href=(format!("{here}/aviso")) { (cx.t("identity-report-link")) } }
        }
        @if dossier.integration.phase.is_accepted() { (changing(cx, dossier, &here)?) }
        @if !dossier.clients.is_empty() { (checklist(cx, dossier, &here, state)) }
        h2 { (cx.t("identity-integ-request")) }
        (parts::request(cx, &i.request))
        (parts::history(cx, &dossier.history))
    };
    let page = Page::new("identity-integ-one")
        .caption(i.request.name.as_str())
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .crumb(cx.t("identity-integ-title"), HERE)
        .status(status)
        .form(state);
    Ok(cx.page(page, body))
}

/// Where a program sends what, and where it can be tried.
fn provider(cx: &Cx, base: &str, profile: Profile) -> Markup {
    let face = match profile.face() {
        Face::National => "openid",
        Face::Open => "oauth2",
    };
    let all = ["authorize", "token", "userinfo"].map(|what| format!("{base}/{face}/{what}"));
    html! {
        h2 { (cx.t("identity-integ-provider")) }
        ul { @for address in &all { li { code { (address) } } } }
        p { a href="/desarrollo/probador" { (cx.t("identity-tester-link")) } }
    }
}

/// What may be done to a request that is open.
fn drafting(cx: &Cx, dossier: &Dossier, here: &str) -> Markup {
    let i = &dossier.integration;
    html! {
        @if i.phase.is_open() {
            (button_link(cx.t("identity-integ-correct"), format!("{here}/solicitud")).secondary())
        }
        @if i.phase == Phase::Draft && i.sent.is_none() {
            (cx.form(&format!("{here}/borrar"), html! { (button(cx.t("identity-integ-discard")).as_link()) }))
        }
    }
}

/// Changes that wait, and the way to ask for one.
fn changing(cx: &Cx, dossier: &Dossier, here: &str) -> copihue_core::Result<Markup> {
    let mut waiting = Vec::new();
    for change in &dossier.changes {
        waiting.push((change, Wanted::of(change)?.text()));
    }
    Ok(html! {
        h2 { (cx.t("identity-integ-changes")) }
        @for (change, text) in &waiting {
            p { (cx.t(&format!("identity-change-{}", change.kind))) ": " code { (text) } br; (parts::due(cx, Some(&change.clock))) }
            (cx.form(&format!("{here}/retirar"), html! {
                input type="hidden" name="tipo" value=(change.kind);
                (button(cx.t("identity-change-withdraw")).as_link())
            }))
        }
        (button_link(cx.t("identity-change-ask"), format!("{here}/cambio")).secondary())
    })
}

fn checklist(cx: &Cx, dossier: &Dossier, here: &str, state: &FormState) -> Markup {
    html! {
        h2 id="lista" { (cx.t("identity-integ-list")) }
        p { (cx.t("identity-integ-list-lead")) }
        (parts::checks(cx, dossier))
        (details(cx.t("identity-integ-again"), html! {
            p { (cx.t("identity-integ-again-text")) }
            (cx.form(&format!("{here}/comprobar"), html! { (button(cx.t("identity-integ-again-button")).secondary()) }))
        }))
        @for requirement in Declared::ALL { (declaring(cx, dossier, here, (requirement, state))) }
    }
}

/// One thing to declare, or to take back.
fn declaring(cx: &Cx, dossier: &Dossier, here: &str, (of, state): (Declared, &FormState)) -> Markup {
    let code = of.code();
    let action = format!("{here}/declarar");
    let open = declares(dossier.integration.phase);
    html! {
        h3 { (cx.t(&format!("identity-declare-{code}"))) }
        @match parts::declared(dossier, of) {
            Some((evidence, doer, at)) => {
                p {
                    (tag(cx.t("identity-declared"), Tone::Good)) " " (evidence)
                    br; span.hint { (cx.ta("identity-declared-by", &args! {"who" => doer, "at" => cx.datetime(at)})) }
                }
                @if open {
                    (cx.form(&action, html! {
                        input type="hidden" name="requisito" value=(code);
                        input type="hidden" name="retirar" value="si";
                        (button(cx.t("identity-declare-withdraw")).as_link())
                    }))
                }
            },
            None if open => {
                @let name = format!("evidencia-{code}");
                (cx.form(&action, html! {
                    input type="hidden" name="requisito" value=(code);
                    (text_input(name, cx.t("identity-declare-evidence"))
                        .hint(cx.t(&format!("identity-evidence-{code}"))).max(500).state(state))
                    (button(cx.t("identity-declare-button")).secondary())
                }))
            },
            None => p { (tag(cx.t("identity-undeclared"), Tone::Neutral)) },
        }
    }
}
