//! `/gestion/firma/plataforma`: the administrator admits the applications of every body, and stops them.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Actor, Error, Id};
use copihue_web::components::{button, radios, success_banner, table, textarea};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::sheet::{Done, Sheet};
use super::{PLATFORM, bounds, parts};
use crate::Registration;
use crate::app::Folder;
use crate::model::petition::BodyAsking;
use crate::model::registered::{Phase, PhaseStep, Registered};
use crate::pages::nav::nav;

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let asked = cx.query("ver").and_then(|code| Phase::from_code(&code)).unwrap_or(Phase::Requested);
    let all = registration.applications_in(cx.require_actor()?, asked).await?;
    let bodies = registration.bodies_asking(cx.require_actor()?).await?;
    let row = |one: &Registered| {
        vec![
            html! { a href=(format!("{PLATFORM}/{}", one.id)) { (one.name) } },
            html! { (registration.body_name(&one.institution)) },
            html! { (cx.t(wants(one))) },
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
        (asking(&registration, &cx, &bodies))
    };
    Ok(cx.page(parts::list_page(&cx, "signing-platform-title", "signing-platform-lead"), body))
}

/// The bodies that wait to be enabled.
fn asking(registration: &Registration, cx: &Cx, all: &[BodyAsking]) -> Markup {
    let row = |one: &BodyAsking| {
        let name = registration.body_name(&one.institution);
        let action = format!("{PLATFORM}/instituciones/{}/habilitada", one.institution);
        vec![
            html! { (name) br; (cx.ta("signing-body-by", &args! {"n" => one.people})) },
            parts::due(cx, Some(one.due)),
            cx.form(
                &action,
                html! { (button(cx.t("signing-body-enabled")).secondary()) span.hidden { ": " (name) } },
            ),
        ]
    };
    html! {
        h2 { (cx.t("signing-bodies")) }
        p { (cx.t("signing-bodies-how")) }
        (table(cx.t("signing-bodies"))
            .column(cx.t("signing-fact-institution"))
            .column(cx.t("signing-cert-due"))
            .column(cx.t("signing-body-answer"))
            .rows(all.iter().map(row))
            .empty(cx.t("signing-bodies-none"))
            .quiet_caption())
    }
}

/// `POST …/instituciones/{code}/habilitada`.
pub(super) async fn enabled(
    State(registration): State<Registration>,
    cx: Cx,
    Path(code): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    registration.body_enabled(cx.require_actor()?, &code).await?;
    Ok(see_other(PLATFORM))
}

/// What an application waits for.
fn wants(one: &Registered) -> &'static str {
    match one.phase {
        Phase::Requested => "signing-platform-asks-test",
        _ if one.waits_for_production() => "signing-platform-asks",
        _ => "signing-platform-asks-nothing",
    }
}

/// An application, for the administrator; the only deed is the step that the form chooses.
pub(super) struct AdmissionSheet;

impl Sheet for AdmissionSheet {
    type Thing = Folder;
    type Deed = ();

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<Folder, Error> {
        registration.folder(actor, id).await
    }

    fn draw(registration: &Registration, cx: &Cx, folder: &Folder, state: &FormState) -> (Page, Markup) {
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
        (Page::new(one.name.as_str()).caption(registration.body_name(&one.institution)).back(PLATFORM), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, (): (), form: &FormData) -> Done {
        let Some(step) = form.value("paso").and_then(PhaseStep::from_code) else {
            return Err(form.state().with_error("paso", cx.t("signing-platform-choose")).into());
        };
        let reason = form.value("motivo").unwrap_or_default();
        let (actor, extra) = (cx.require_actor()?, parts::extra(cx, form));
        registration.take_phase_step(actor, id, (step, reason), extra).await?;
        Ok(see_other(&format!("{PLATFORM}/{id}?hecho=si")))
    }
}

fn steps(cx: &Cx, one: &Registered, state: &FormState) -> Markup {
    let all: Vec<PhaseStep> =
        PhaseStep::ALL.iter().copied().filter(|step| one.after(*step).is_some()).collect();
    let choice = all.iter().fold(radios("paso", cx.t("signing-platform-what")), |choice, step| {
        // Who was never admitted is refused; the step is the same.
        let refusal = *step == PhaseStep::Revoke && one.phase == Phase::Requested;
        let text = if refusal { "rechazar" } else { step.code() };
        choice.option(step.code(), cx.t(&format!("signing-phase-step-{text}")))
    });
    let fields = html! {
        (choice.state(state))
        (textarea("motivo", cx.t("signing-platform-reason")).hint(cx.t("signing-platform-reason-hint")).max(500).optional().state(state))
        (parts::extra_field(cx, state))
        (button(cx.t("signing-platform-go")))
    };
    html! { @if !all.is_empty() { h2 { (cx.t("signing-platform-decide")) } (cx.form(&format!("{PLATFORM}/{}/paso", one.id), fields)) } }
}
