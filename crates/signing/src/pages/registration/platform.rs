//! `/gestion/firma/plataforma`: the administrator admits the applications of every body, and stops them.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::components::{button, radios, success_banner, table, textarea};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::{PLATFORM, bounds, id_of, parts};
use crate::Registration;
use crate::app::Folder;
use crate::model::registered::{Phase, PhaseStep, Registered};
use crate::pages::nav::nav;

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let asked = cx.query("ver").and_then(|code| Phase::from_code(&code)).unwrap_or(Phase::Requested);
    let all = registration.applications_in(cx.require_actor()?, asked).await?;
    let row = |one: &Registered| {
        vec![
            html! { a href=(format!("{PLATFORM}/{}", one.id)) { (one.name) } },
            html! { (registration.body_name(&one.institution)) },
            html! { @if one.production_asked_at.is_some() && one.phase == Phase::Testing { (cx.t("signing-platform-asks")) } },
            parts::due(&cx, one.due),
        ]
    };
    let body = html! {
        (nav(&cx))
        nav.filters aria-label=(cx.t("signing-platform-phases")) {
            ul {
                @for phase in Phase::ALL {
                    li { a href=(format!("{PLATFORM}?ver={}", phase.code())) aria-current=[(*phase == asked).then_some("page")] { (cx.t(&format!("signing-phase-{}", phase.code()))) } }
                }
            }
        }
        (table(cx.t("signing-platform-title"))
            .column(cx.t("signing-apps-name"))
            .column(cx.t("signing-fact-institution"))
            .column(cx.t("signing-platform-wants"))
            .column(cx.t("signing-cert-due"))
            .rows(all.iter().map(row))
            .empty(cx.t("signing-platform-empty"))
            .quiet_caption())
    };
    let page = Page::new("signing-platform-title")
        .lead(cx.t("signing-platform-lead"))
        .crumb(cx.t("signing-crumb-desk"), "/gestion");
    Ok(cx.page(page.wide(), body))
}

pub(super) async fn page(
    State(registration): State<Registration>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let folder = registration.folder(cx.require_actor()?, id_of(&id)?).await?;
    Ok(shown(&registration, &cx, &folder, &FormState::new(), StatusCode::OK))
}

fn shown(
    registration: &Registration,
    cx: &Cx,
    folder: &Folder,
    state: &FormState,
    status: StatusCode,
) -> Response {
    let one = &folder.registered;
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-holders-done"), html! {})) }
        (parts::application(cx, one))
        @for key in &folder.keys {
            h2 { (cx.t(&format!("signing-environment-{}", key.environment.code()))) }
            p { (bounds::summary(cx, &key.bounds)) }
        }
        (steps(cx, one, state))
        (parts::history(registration, cx, &folder.acts))
    };
    let page = Page::new(one.name.as_str()).caption(registration.body_name(&one.institution)).back(PLATFORM);
    cx.page(page.status(status).form(state), body)
}

fn steps(cx: &Cx, one: &Registered, state: &FormState) -> Markup {
    let all: Vec<PhaseStep> =
        PhaseStep::ALL.iter().copied().filter(|step| one.after(*step).is_some()).collect();
    let choice = all.iter().fold(radios("paso", cx.t("signing-platform-what")), |choice, step| {
        choice.option(step.code(), cx.t(&format!("signing-phase-step-{}", step.code())))
    });
    let fields = html! {
        (choice.state(state))
        (textarea("motivo", cx.t("signing-platform-reason")).hint(cx.t("signing-platform-reason-hint")).max(500).optional().state(state))
        (button(cx.t("signing-platform-go")))
    };
    html! { @if !all.is_empty() { h2 { (cx.t("signing-platform-decide")) } (cx.form(&format!("{PLATFORM}/{}/paso", one.id), fields)) } }
}

/// `POST …/{id}/paso`.
pub(super) async fn step(
    State(registration): State<Registration>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let done = match form.value("paso").and_then(PhaseStep::from_code) {
        Some(step) => {
            registration.take_phase_step(actor, id, step, form.value("motivo").unwrap_or_default()).await
        }
        None => Err(copihue_core::Error::invalid("paso_vacio", cx.t("signing-platform-choose"))
            .field("paso", cx.t("signing-platform-choose"))),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("{PLATFORM}/{id}?hecho=si"))),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let folder = registration.folder(actor, id).await?;
            let state = form.state().with_failure(&error);
            Ok(shown(&registration, &cx, &folder, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}
