//! The operator's desk: what waits, by the day on which it is due, and what is decided about it.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{
    Tone, button, fact, radios, success_banner, summary_list, table, tag, textarea, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};
use http::StatusCode;

use super::act::{is_shown, read_step};
use super::{REVIEW, id_of, parts, report};
use crate::Identity;
use crate::app::{Dossier, Verdict, Wanted};
use crate::model::checklist::Declared;
use crate::model::phase::Side;
use crate::pages::desk::strong;
use crate::store::{Change, Integration};

pub(super) async fn list(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    strong(&cx)?;
    let (all, changes) = identity.review().await?;
    let reports = identity.reports().await?;
    let list = table(cx.t("identity-review-caption"))
        .column(cx.t("identity-integ-name"))
        .column(cx.t("identity-integ-phase"))
        .column(cx.t("identity-integ-due"))
        .rows(all.iter().map(|i| row(&identity, &cx, i)))
        .empty(cx.t("identity-review-empty"))
        .quiet_caption();
    let waiting = table(cx.t("identity-integ-changes"))
        .column(cx.t("identity-integ-name"))
        .column(cx.t("identity-change-what"))
        .column(cx.t("identity-integ-due"))
        .rows(changes.iter().map(|(i, change)| {
            vec![
                link(&identity, i),
                html! { (cx.t(&format!("identity-change-{}", change.kind))) },
                parts::due(&cx, Some(&change.clock)),
            ]
        }));
    let body = html! {
        @if cx.query("corto").is_some() { (warning(cx.t("identity-report-short"))) }
        (report::open(&identity, &cx, &reports))
        @if !changes.is_empty() { (waiting) }
        (list)
    };
    let page = Page::new("identity-review-title")
        .lead(cx.t("identity-review-lead"))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .wide();
    Ok(cx.page(page, body))
}

fn link(identity: &Identity, i: &Integration) -> Markup {
    html! {
        a href=(format!("{REVIEW}/{}", i.id)) { (i.request.name) }
        br; span.hint { (identity.body_name(&i.institution)) }
    }
}

fn row(identity: &Identity, cx: &Cx, i: &Integration) -> Vec<Markup> {
    vec![link(identity, i), parts::phase(cx, i.phase), parts::due(cx, i.clock.as_ref())]
}

pub(super) async fn page(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let dossier = identity.integration(cx.require_actor()?, Side::Operator, id_of(&id)?).await?;
    Ok(shown(&identity, &cx, &dossier, &FormState::new(), StatusCode::OK)?)
}

fn shown(
    identity: &Identity,
    cx: &Cx,
    dossier: &Dossier,
    state: &FormState,
    status: StatusCode,
) -> copihue_core::Result<Response> {
    let i = &dossier.integration;
    let here = format!("{REVIEW}/{}", i.id);
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("identity-integ-done"), html! {})) }
        p { (identity.body_name(&i.institution)) }
        (parts::standing(cx, dossier))
        (parts::steps(cx, &format!("{here}/paso"), dossier, Side::Operator, state))
        @for change in &dossier.changes { (deciding(cx, dossier, change, (&here, state))?) }
        h2 { (cx.t("identity-integ-request")) }
        (parts::request(cx, &i.request))
        @for own in &dossier.clients {
            h2 { (cx.t(parts::stage_key(own.stage))) }
            (parts::client(cx, own))
        }
        h2 { (cx.t("identity-integ-list")) }
        (parts::checks(cx, dossier))
        (said(cx, dossier))
        (parts::history(cx, &dossier.history))
    };
    let page = Page::new("identity-integ-one")
        .caption(i.request.name.as_str())
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .crumb(cx.t("identity-review-title"), REVIEW)
        .status(status)
        .form(state);
    Ok(cx.page(page, body))
}

/// What the institution declares.
fn said(cx: &Cx, dossier: &Dossier) -> Markup {
    let facts = Declared::ALL.map(|of| {
        let title = cx.t(&format!("identity-declare-{}", of.code()));
        match parts::declared(dossier, of) {
            Some((evidence, doer, at)) => {
                let by = cx.ta("identity-declared-by", &args! {"who" => doer, "at" => cx.datetime(at)});
                fact(title, evidence).note(by)
            }
            None => fact(title, tag(cx.t("identity-undeclared"), Tone::Neutral)),
        }
    });
    summary_list(&facts)
}

/// A change that waits, beside what it would take the place of.
fn deciding(
    cx: &Cx,
    dossier: &Dossier,
    change: &Change,
    (here, state): (&str, &FormState),
) -> copihue_core::Result<Markup> {
    let request = &dossier.integration.request;
    let (before, after) = match Wanted::of(change)? {
        Wanted::Name(name) => (html! { (request.name) }, html! { (name) }),
        Wanted::Address(stage, to) => (parts::addresses(cx, request.at(stage)), parts::addresses(cx, &to)),
    };
    Ok(html! {
        h2 { (cx.t(&format!("identity-change-{}", change.kind))) }
        (summary_list(&[
            fact(cx.t("identity-change-before"), before),
            fact(cx.t("identity-change-after"), after),
            fact(cx.t("identity-integ-due"), parts::due(cx, Some(&change.clock))),
            fact(cx.t("identity-change-by"), change.doer.as_str()),
        ]))
        (cx.form(&format!("{here}/cambio"), html! {
            input type="hidden" name="tipo" value=(change.kind);
            input type="hidden" name="pedido" value=(change.at.millis());
            (radios("decision", cx.t("identity-integ-what"))
                .option("aceptar", cx.t("identity-change-accept"))
                .option("rechazar", cx.t("identity-change-refuse"))
                .state(state))
            (textarea(format!("motivo-{}", change.kind), cx.t("identity-desk-reason"))
                .hint(cx.t("identity-integ-reason-hint")).max(1_000).state(state))
            (button(cx.t("identity-integ-go")).secondary())
        }))
    })
}

/// `POST …/paso`.
pub(super) async fn step(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let done = match read_step(&form, Side::Operator) {
        Some((step, version, reason)) => identity.take_step(actor, (id, version), step, reason).await,
        None => Err(ask(&cx, "paso")),
    };
    answer(&identity, &cx, id, &form, done).await
}

/// `POST …/cambio`.
pub(super) async fn decide(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let kind = form.value("tipo").filter(|kind| matches!(*kind, "direccion" | "nombre"));
    let kind = kind.ok_or_else(Error::not_found)?;
    let asked = form.value("pedido").and_then(|at| at.parse().ok()).ok_or_else(Error::not_found)?;
    let verdict = match form.value("decision") {
        Some("aceptar") => Some(Verdict::Accept),
        Some("rechazar") => Some(Verdict::Refuse),
        _ => None,
    };
    let reason = form.value(&format!("motivo-{kind}")).unwrap_or_default();
    let done = match verdict {
        Some(verdict) => identity.decide_change(actor, id, (kind, asked), verdict, reason).await,
        None => Err(ask(&cx, "decision")),
    };
    answer(&identity, &cx, id, &form, done).await
}

fn ask(cx: &Cx, field: &str) -> Error {
    let text = cx.t("identity-integ-what-ask");
    Error::invalid("paso_vacio", text).field(field, text)
}

async fn answer(
    identity: &Identity,
    cx: &Cx,
    id: copihue_core::Id,
    form: &FormData,
    done: copihue_core::Result<()>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(see_other(&format!("{REVIEW}/{id}?hecho=si"))),
        Err(error) if is_shown(&error) => {
            let dossier = identity.integration(cx.require_actor()?, Side::Operator, id).await?;
            let state = form.state().with_failure(&error);
            Ok(shown(identity, cx, &dossier, &state, StatusCode::UNPROCESSABLE_ENTITY)?)
        }
        Err(error) => Err(error.into()),
    }
}
