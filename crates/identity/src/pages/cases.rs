//! `/gestion/identidad/soporte/casos`: what people said was not them. The desk sees a number and dates: who calls says the number, and nothing
//! here says who they are.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Kind};
use copihue_web::components::{Tone, button, fact, inset, radios, summary_list, table, tag, textarea};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::desk::SUPPORT;
use crate::Identity;
use crate::app::Move;
use crate::model::case::{Case, CaseState, Resolution, typed};

const HERE: &str = "/gestion/identidad/soporte/casos";
const ONE: &str = "/gestion/identidad/soporte/caso";
/// Taking a case, as the form sends it.
const TAKE: &str = "tomar";

/// What waits, what is being looked into, and what is over.
pub(crate) async fn list(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let mut sections = Vec::new();
    for state in [CaseState::Open, CaseState::Review, CaseState::Resolved] {
        sections.push((state, identity.cases(state).await?));
    }
    let body = html! {
        @for (state, cases) in &sections {
            h2 { (cx.t(heading(*state))) }
            (listed(&cx, *state, cases))
        }
    };
    let page = Page::new("identity-cases-title")
        .lead(cx.t("identity-cases-lead"))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .crumb(cx.t("identity-support-title"), SUPPORT);
    Ok(cx.page(page, body))
}

fn listed(cx: &Cx, state: CaseState, cases: &[Case]) -> Markup {
    let row = |case: &Case| {
        vec![
            html! { a href=(format!("{ONE}?numero={}", case.number)) { (case.number) } },
            html! { (cx.datetime(case.opened)) },
            html! { (state_tag(cx, case)) },
        ]
    };
    let list = table(cx.t(heading(state)))
        .column(cx.t("identity-case-number"))
        .column(cx.t("identity-case-opened"))
        .column(cx.t("identity-case-state"))
        .rows(cases.iter().map(row))
        .empty(cx.t("identity-cases-none"))
        .quiet_caption();
    html! { (list) }
}

const fn heading(state: CaseState) -> &'static str {
    match state {
        CaseState::Open => "identity-cases-open",
        CaseState::Review => "identity-cases-review",
        CaseState::Resolved => "identity-cases-resolved",
    }
}

pub(super) fn state_tag(cx: &Cx, case: &Case) -> Markup {
    match (case.state, case.resolution) {
        (CaseState::Open, _) => tag(cx.t("identity-case-open"), Tone::Warn),
        (CaseState::Review, _) => tag(cx.t("identity-case-review"), Tone::Neutral),
        (CaseState::Resolved, resolution) => {
            tag(cx.t(resolution.map_or("identity-case-resolved", resolved_as)), Tone::Good)
        }
    }
}

const fn resolved_as(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Recovered => "identity-case-recovered",
        Resolution::Mistaken => "identity-case-mistaken",
        Resolution::Forwarded => "identity-case-forwarded",
    }
}

async fn found(identity: &Identity, number: Option<&str>) -> Result<Case, Error> {
    let number = number.and_then(typed).ok_or_else(Error::not_found)?;
    identity.case(&number).await?.ok_or_else(Error::not_found)
}

/// `GET /gestion/identidad/soporte/caso`.
pub(crate) async fn one(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let case = found(&identity, cx.query("numero").as_deref()).await?;
    Ok(shown(&cx, &case, &FormState::new(), StatusCode::OK))
}

fn shown(cx: &Cx, case: &Case, state: &FormState, status: StatusCode) -> Response {
    let mut facts = vec![
        fact(cx.t("identity-case-number"), case.number.as_str()),
        fact(cx.t("identity-case-disputed"), cx.datetime(case.disputed)),
        fact(cx.t("identity-case-opened"), cx.datetime(case.opened)),
        fact(cx.t("identity-case-state"), state_tag(cx, case)),
    ];
    if !case.note.is_empty() {
        facts.push(fact(cx.t("identity-case-note"), case.note.as_str()));
        facts.push(fact(cx.t("identity-case-by"), case.handled_by.as_str()));
        facts.push(fact(cx.t("identity-case-changed"), cx.datetime(case.changed)));
    }
    let mut acts = radios("acto", cx.t("identity-case-act")).state(state);
    if case.state == CaseState::Open {
        acts = acts.option(TAKE, cx.t("identity-case-take"));
    }
    let acts = Resolution::ALL.iter().fold(acts, |all, one| all.option(one.code(), cx.t(resolved_as(*one))));
    let body = html! {
        (summary_list(&facts))
        @if case.state != CaseState::Resolved {
            (inset(html! { p { (cx.t("identity-case-how")) } }))
            (cx.form(ONE, html! {
                input type="hidden" name="numero" value=(case.number);
                (acts)
                (textarea("motivo", cx.t("identity-case-words")).hint(cx.t("identity-desk-reason-hint")).state(state))
                (button(cx.t("identity-case-save")))
            }))
        }
    };
    let page = Page::new("identity-case-title")
        .caption(case.number.as_str())
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .crumb(cx.t("identity-support-title"), SUPPORT)
        .crumb(cx.t("identity-cases-title"), HERE)
        .status(status)
        .form(state);
    cx.page(page, body)
}

fn read(cx: &Cx, form: &FormData) -> Result<(Move, String), FormState> {
    let codes: Vec<&str> = [TAKE].into_iter().chain(Resolution::ALL.map(Resolution::code)).collect();
    let mut fields = Fields::new(form);
    let act = fields.ask(cx.t("identity-case-act-ask")).choice("acto", &codes);
    let note = fields.text("motivo", 10..=300);
    let (act, note) = fields.done((act, note))?;
    Ok((Resolution::parse(&act).map_or(Move::Take, Move::Resolve), note))
}

/// `POST /gestion/identidad/soporte/caso`.
pub(crate) async fn act(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let case = found(&identity, form.value("numero")).await?;
    let (what, note) = match read(&cx, &form) {
        Ok(read) => read,
        Err(state) => return Ok(shown(&cx, &case, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match identity.move_case(cx.require_actor()?, &case.number, what, &note).await {
        // The page shows what the other did.
        Err(error) if error.kind() == Kind::Conflict => {}
        done => done?,
    }
    Ok(see_other(&format!("{ONE}?numero={}", case.number)))
}
