//! `/gestion/identidad`: an administrator reads an account and changes how it stands; `…/soporte`: the support desk stops one
//! unseen. A RUN is never part of an address here, so what was read is the answer of a form.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Acr, Error, Id, Kind};
use copihue_web::components::{
    button, fact, radios, run_input, success_banner, summary_list, table, textarea, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::cases::state_tag;
use super::history::row;
use crate::Identity;
use crate::app::{Account, Standing};
use crate::model::person::{PersonState, Vital};

const HERE: &str = "/gestion/identidad";
pub(super) const SUPPORT: &str = "/gestion/identidad/soporte";
/// What can be done to an account, as the form sends it.
const ACTS: [(&str, Standing, &str); 3] = [
    ("suspender", Standing::Suspend, "identity-desk-suspend"),
    ("reabrir", Standing::Reopen, "identity-desk-reopen"),
    ("fallecida", Standing::Deceased, "identity-desk-deceased"),
];

/// A password alone opens nobody else's history.
pub(super) fn strong(cx: &Cx) -> Result<(), Error> {
    if cx.require_actor()?.acr >= Acr::Substantial {
        return Ok(());
    }
    Err(Error::forbidden(cx.t("identity-desk-level")))
}

pub(crate) async fn ask(cx: Cx) -> Result<Response, Failure> {
    strong(&cx)?;
    Ok(asking(&cx, &FormState::new(), StatusCode::OK))
}

fn asking(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("identity-desk-done-title"), html! { p { (cx.t("identity-desk-done")) } })) }
        (cx.form(HERE, html! {
            (who_and_why(cx, state))
            (button(cx.t("identity-desk-read")))
        }))
        p { a href="/gestion/identidad/panel" { (cx.t("identity-panel-link")) } }
    };
    let page = Page::new("identity-desk-title")
        .lead(cx.t("identity-desk-lead"))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .status(status)
        .form(state);
    cx.page(page, body)
}

fn who_and_why(cx: &Cx, state: &FormState) -> Markup {
    html! {
        (run_input("run", cx.t("identity-desk-run")).hint(cx.t("identity-login-run-hint")).state(state))
        (textarea("motivo", cx.t("identity-desk-reason")).hint(cx.t("identity-desk-reason-hint")).state(state))
    }
}

fn read(form: &FormData) -> Result<(copihue_core::Run, String), FormState> {
    let mut fields = Fields::new(form);
    let run = fields.run("run");
    let reason = fields.text("motivo", 10..=300);
    fields.done((run, reason))
}

/// `POST /gestion/identidad`: the account.
pub(crate) async fn show(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let (run, reason) = match read(&form) {
        Ok(read) => read,
        Err(state) => return Ok(asking(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match identity.consult(cx.require_actor()?, run, &reason).await {
        Ok(account) => Ok(shown(&cx, &account)),
        Err(error) if error.kind() == Kind::NotFound => {
            Ok(asking(&cx, &form.state().with_failure(&error), StatusCode::NOT_FOUND))
        }
        Err(error) => Err(error.into()),
    }
}

fn shown(cx: &Cx, account: &Account) -> Response {
    let person = &account.person;
    let yes_no = |yes: bool| cx.t(if yes { "web-yes" } else { "web-no" });
    let mut facts = vec![
        fact(cx.t("identity-desk-run"), person.run.to_string()),
        fact(cx.t("identity-desk-state"), cx.t(state_key(person.state, person.vital))),
        fact(cx.t("identity-desk-proofing"), person.proofing.code()),
        fact(cx.t("identity-desk-codes"), yes_no(account.factors.totp.is_some())),
        fact(cx.t("identity-desk-keys"), account.factors.keys.len().to_string()),
    ];
    for case in &account.cases {
        facts.push(fact(cx.t("identity-case-title"), html! { (case.number) " " (state_tag(cx, case)) }));
    }
    let acts = ACTS.iter().fold(radios("acto", cx.t("identity-desk-act")), |all, (value, _, key)| {
        all.option(*value, cx.t(key))
    });
    let list = table(cx.t("identity-history-caption"))
        .column(cx.t("identity-history-when"))
        .column(cx.t("identity-history-what"))
        .column(cx.t("identity-history-app"))
        .column(cx.t("identity-history-device"))
        .rows(account.events.iter().map(|event| row(cx, event)))
        .empty(cx.t("identity-history-empty"))
        .quiet_caption();
    let body = html! {
        (warning(cx.t("identity-desk-seen")))
        (summary_list(&facts))
        @if person.state != PersonState::Closed {
            h2 { (cx.t("identity-desk-change")) }
            (cx.form("/gestion/identidad/estado", html! {
                input type="hidden" name="persona" value=(person.id.to_string());
                (acts)
                (textarea("motivo", cx.t("identity-desk-reason")).hint(cx.t("identity-desk-reason-hint")))
                (button(cx.t("identity-desk-change-button")).danger())
            }))
        }
        h2 { (cx.t("identity-history-caption")) }
        (list)
    };
    let page = Page::new("identity-desk-account")
        .caption(person.full_name())
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .crumb(cx.t("identity-desk-title"), HERE)
        .wide();
    cx.page(page, body)
}

const fn state_key(state: PersonState, vital: Vital) -> &'static str {
    match (state, vital) {
        (_, Vital::Deceased) => "identity-state-deceased",
        (PersonState::NoAccount, _) => "identity-state-none",
        (PersonState::Active, _) => "identity-state-active",
        (PersonState::Suspended, _) => "identity-state-suspended",
        (PersonState::Closed, _) => "identity-state-closed",
    }
}

/// `POST /gestion/identidad/estado`.
pub(crate) async fn stand(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let person = form.value("persona").and_then(|id| id.parse::<Id>().ok()).ok_or_else(Error::not_found)?;
    let act = form.value("acto").and_then(|value| ACTS.iter().find(|(known, ..)| *known == value));
    let (_, to, _) = act.ok_or_else(|| Error::invalid("acto_vacio", cx.t("identity-desk-act-ask")))?;
    identity
        .stand_by_desk(cx.require_actor()?, person, *to, form.value("motivo").unwrap_or_default())
        .await?;
    Ok(see_other("/gestion/identidad?hecho=si"))
}

pub(crate) async fn support(cx: Cx) -> Result<Response, Failure> {
    Ok(supporting(&cx, &FormState::new(), StatusCode::OK))
}

fn supporting(cx: &Cx, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("identity-support-done-title"), html! { p { (cx.t("identity-support-done")) } })) }
        (cx.form(SUPPORT, html! {
            (who_and_why(cx, state))
            (button(cx.t("identity-support-stop")).danger())
        }))
        p { a href="/gestion/identidad/soporte/casos" { (cx.t("identity-cases-title")) } }
    };
    let page = Page::new("identity-support-title")
        .lead(cx.t("identity-support-lead"))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .status(status)
        .form(state);
    cx.page(page, body)
}

/// `POST /gestion/identidad/soporte`.
pub(crate) async fn stop(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let (run, reason) = match read(&form) {
        Ok(read) => read,
        Err(state) => return Ok(supporting(&cx, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    identity.stop_unseen(cx.require_actor()?, run, &reason).await?;
    Ok(see_other("/gestion/identidad/soporte?hecho=si"))
}
