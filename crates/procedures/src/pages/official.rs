//! A case at the desk: claim, look, ask for a correction, resolve with a one-time code.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_casefiles::{EntryView, Relation};
use copihue_core::{FieldError, Kind};
use copihue_web::components::{
    button, button_link, details, event, fact, inset, otp_input, summary_list, table, text_input, textarea,
    timeline, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::{fields, posted, show as pieces};
use crate::app::{OfficialLook, Procedures, Resolve, Sent, TaskLook};
use crate::model::form::PageView;

fn path(look: &OfficialLook, end: &str) -> String {
    format!("/gestion/casos/{}{end}", look.case.iuie.clone().unwrap_or_default())
}

pub(super) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
) -> Result<Response, Failure> {
    let found = app.official_look(cx.require_actor()?, &iuie).await;
    let look = cx.hide("case", &iuie, found)?;
    let state = cx.form_state();
    Ok(page(&cx, &look, &state, &[]))
}

fn page(cx: &Cx, look: &OfficialLook, typed: &FormState, errors: &[FieldError]) -> Response {
    let mut state = typed.clone();
    if let Some(task) = &look.mine {
        let views: Vec<&PageView> = task.pages.iter().map(|p| &p.view).collect();
        let with = posted::state(
            if typed.has_errors() { FormState::new() } else { typed.clone() },
            task,
            &views,
            errors,
        );
        state = typed
            .entries()
            .iter()
            .filter(|(n, _)| !n.starts_with("d."))
            .fold(with, |s, (n, v)| s.set(n, v.clone()));
        state = typed.errors().iter().fold(state, |s, e| s.with_error(e.pointer.clone(), e.message.clone()));
    }
    let iuie = look.case.iuie.clone().unwrap_or_default();
    let mut who: Vec<_> =
        look.parties.iter().map(|p| fact(cx.t("procedures-person"), html!((p.name)))).collect();
    who.extend(
        look.parties.iter().filter_map(|p| Some(fact(cx.t("procedures-run"), html!((p.run.as_ref()?))))),
    );
    who.push(fact(cx.t("procedures-status"), html!((look.case.status))));
    let waiting = look.case.state.correction.as_ref().filter(|c| c.answered_at.is_none());
    let body = html! {
        (summary_list(&who))
        @if look.relation == Relation::Oversees { (inset(cx.t("procedures-oversees"))) }
        @if !look.reasons.is_empty() {
            (inset(html! {
                p { strong { (cx.t("procedures-reasons")) } }
                @for reason in &look.reasons { p { (reason) } }
            }))
        }
        (pieces::deadlines(cx, &look.case.state.deadlines, "procedures-who-applicant"))
        @if look.relation != Relation::Processes {
        } @else if let Some(owed) = waiting {
            (warning(html!((cx.ta("procedures-waiting-until", &args! {"date" => cx.date(owed.request.due)})))))
            p { (owed.request.what) }
            @if look.lapsed { (withdraws(cx, look, &state)) }
        } @else if let Some(task) = &look.mine {
            @if !look.silent.is_empty() { (silent(cx, look, task.token)) }
            (work(cx, look, task, &state))
        } @else if let Some(free) = &look.free {
            (claims(cx, look, free.token, &state))
        } @else if let Some(task) = look.tasks.iter().find(|t| t.assignee_name.is_some()) {
            p { (cx.ta("procedures-held-by", &args! {"name" => task.assignee_name.clone().unwrap_or_default()})) }
        }
        (file(cx, look, &iuie))
        @if !look.events.is_empty() { (details(cx.t("procedures-history"), history(look))) }
    };
    let page = Page::new(cx.ta("procedures-case-title", &args! {"iuie" => iuie}))
        .caption(look.case.title.as_str())
        .crumb(cx.t("procedures-desk"), "/gestion")
        .wide()
        .form(&state);
    cx.page(page, body)
}

/// The case file as this official may see it, each entry with its receipt; and all of it to take away.
fn file(cx: &Cx, look: &OfficialLook, iuie: &str) -> Markup {
    let rows = look.entries.iter().map(|e| {
        let author = e.document.as_ref().map_or("", |d| d.author.as_str());
        vec![
            html!((e.n)),
            html! {
                (title(cx, e, iuie))
                br; a href={"/gestion/casos/" (iuie) "/comprobantes/" (e.n)} {
                    (cx.t("procedures-file-receipt")) span.hidden { " " (e.n) }
                }
            },
            html!((if author == "copihue" { cx.t("procedures-file-system") } else { author })),
            html!((cx.datetime(e.received_at))),
        ]
    });
    html! {
        (table(cx.t("procedures-file"))
            .numeric(cx.t("procedures-file-n"))
            .column(cx.t("procedures-file-title"))
            .column(cx.t("procedures-file-author"))
            .column(cx.t("procedures-arrived"))
            .empty(cx.t("procedures-file-empty"))
            .rows(rows))
        p { a href={"/gestion/casos/" (iuie) "/comprobantes/0"} { (cx.t("procedures-file-opening")) } }
        p { (button_link(cx.t("procedures-file-export"), format!("/gestion/casos/{iuie}/exportar")).secondary()) }
        p.hint { (cx.t("procedures-file-export-hint")) }
    }
}

fn title(cx: &Cx, entry: &EntryView, iuie: &str) -> Markup {
    match &entry.document {
        Some(document) if entry.access.allows() => {
            html!(a href={"/gestion/casos/" (iuie) "/documentos/" (entry.n)} { (document.title) })
        }
        Some(document) => html!((document.title)),
        None => html!((cx.t("procedures-file-restricted"))),
    }
}

fn history(look: &OfficialLook) -> Markup {
    let events: Vec<_> =
        look.events.iter().map(|(at, who, what)| event(what.as_str(), *at).by(who.as_str())).collect();
    timeline(&events)
}

fn silent(cx: &Cx, look: &OfficialLook, token: u32) -> Markup {
    let inner = html! {
        input type="hidden" name="tarea" value=(token);
        p { (cx.t("procedures-ask-again-text")) }
        ul { @for holder in &look.silent { li { (holder) } } }
        (button(cx.t("procedures-ask-again")).secondary())
    };
    cx.form(&path(look, "/consultar"), inner)
}

fn withdraws(cx: &Cx, look: &OfficialLook, state: &FormState) -> Markup {
    let inner = html! {
        p { (cx.t("procedures-withdraw-text")) }
        (textarea("hechos", cx.t("procedures-withdraw-facts")).max(2000).state(state))
        (otp_input("otp", cx.t("procedures-otp")).hint(cx.t("procedures-otp-hint")).state(state))
        (button(cx.t("procedures-withdraw")).danger())
    };
    cx.form(&path(look, "/desistir"), inner)
}

fn claims(cx: &Cx, look: &OfficialLook, token: u32, state: &FormState) -> Markup {
    cx.form(
        &path(look, "/tomar"),
        html! {
            input type="hidden" name="tarea" value=(token);
            @if state.error("razon").is_some() || !state.value("razon").is_empty() {
                (text_input("razon", cx.t("procedures-order-reason")).state(state))
            }
            (button(cx.t("procedures-claim")))
        },
    )
}

fn work(cx: &Cx, look: &OfficialLook, task: &TaskLook, state: &FormState) -> Markup {
    let signs = task.outcomes.iter().any(|o| o.signs);
    let inner = html! {
        input type="hidden" name="tarea" value=(task.token);
        @for step in &task.pages {
            h2 { (step.view.title) }
            (fields::nodes(cx, &step.view.nodes, state))
        }
        @if signs { (otp_input("otp", cx.t("procedures-otp")).hint(cx.t("procedures-otp-hint")).state(state)) }
        @for outcome in task.outcomes.iter().filter(|o| !o.help.is_empty()) { p class="hint" { strong { (outcome.label) } ": " (outcome.help) } }
        div class="stack" {
            @if task.outcomes.is_empty() { (button(cx.t("procedures-finish-task"))) }
            @for (i, outcome) in task.outcomes.iter().enumerate() {
                @let b = button(outcome.label.as_str()).sends("resultado", outcome.id.as_str());
                @if i == 0 { (b) } @else { " " (b.secondary()) }
            }
        }
    };
    html! {
        (cx.upload_form(&path(look, "/resolver"), inner))
        @if task.may_correct {
            h2 { (cx.t("procedures-ask-correction")) }
            p { (cx.t("procedures-ask-correction-text")) }
            (cx.form(&path(look, "/corregir"), html! {
                input type="hidden" name="tarea" value=(task.token);
                (textarea("falta", cx.t("procedures-missing")).max(2000).state(state))
                (button(cx.t("procedures-send-request")).secondary())
            }))
        }
    }
}

fn token(form: &FormData) -> Result<u32, copihue_core::Error> {
    form.value("tarea").and_then(|t| t.parse().ok()).ok_or_else(copihue_core::Error::not_found)
}

/// Shows the page again with what was typed and what to mend.
async fn again(
    app: &Procedures,
    cx: &Cx,
    iuie: &str,
    form: &FormData,
    error: copihue_core::Error,
) -> Result<Response, Failure> {
    match error.kind() {
        Kind::Invalid | Kind::RateLimited => {
            let look = app.official_look(cx.require_actor()?, iuie).await?;
            let state = match error.fields() {
                [] => form.state().with_error("otp", error.detail()),
                _ => form.state().with_failure(&error),
            };
            Ok(page(cx, &look, &state, &[]))
        }
        // Twice the same: the first one did it.
        _ if matches!(error.code(), "tarea_ya_completada" | "version_desactualizada") => {
            Ok(see_other(&format!("/gestion/casos/{iuie}")))
        }
        _ => Err(error.into()),
    }
}

pub(super) async fn claim(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let reason = form.value("razon").unwrap_or_default().to_owned();
    let done = app.claim(cx.require_actor()?, &iuie, token(&form)?, &reason).await;
    match cx.hide("case", &iuie, done) {
        Ok(()) => Ok(see_other(&format!("/gestion/casos/{iuie}"))),
        Err(e) => again(&app, &cx, &iuie, &form, e).await,
    }
}

pub(super) async fn ask_correction(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let what = form.value("falta").unwrap_or_default().to_owned();
    let done = app.ask_correction(cx.require_actor()?, &iuie, token(&form)?, &what).await;
    match cx.hide("case", &iuie, done) {
        Ok(()) => Ok(see_other(&format!("/gestion/casos/{iuie}"))),
        Err(e) => again(&app, &cx, &iuie, &form, e).await,
    }
}

pub(super) async fn resolve(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let actor = cx.require_actor()?.clone();
    let found = app.official_look(&actor, &iuie).await;
    let look = cx.hide("case", &iuie, found)?;
    let pages = look.mine.iter().flat_map(|t| &t.pages);
    let views: Vec<&PageView> = pages.map(|p| &p.view).collect();
    let (posted, refused) = posted::read(&app, &form, &views).await?;
    let resolve = Resolve {
        token: token(&form)?,
        outcome: form.value("resultado").unwrap_or_default().to_owned(),
        otp: form.value("otp").unwrap_or_default().to_owned(),
        posted,
    };
    if !refused.is_empty() {
        return Ok(page(&cx, &look, &form.state(), &refused));
    }
    let done = app.resolve(&actor, &iuie, &resolve).await;
    match cx.hide("case", &iuie, done) {
        Ok(Sent::Mend(errors)) => {
            let look = app.official_look(&actor, &iuie).await?;
            let state =
                errors.iter().fold(form.state(), |s, e| s.with_error(e.pointer.clone(), e.message.clone()));
            Ok(page(&cx, &look, &state, &[]))
        }
        Ok(_) => Ok(see_other(&format!("/gestion/casos/{iuie}"))),
        Err(e) => again(&app, &cx, &iuie, &form, e).await,
    }
}

pub(super) async fn ask_again(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let done = app.ask_again(cx.require_actor()?, &iuie, token(&form)?).await;
    match cx.hide("case", &iuie, done) {
        Ok(()) => Ok(see_other(&format!("/gestion/casos/{iuie}"))),
        Err(e) => again(&app, &cx, &iuie, &form, e).await,
    }
}

pub(super) async fn withdraw(
    State(app): State<Procedures>,
    cx: Cx,
    Path(iuie): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (facts, otp) = (form.value("hechos").unwrap_or_default(), form.value("otp").unwrap_or_default());
    let done = app.withdraw(cx.require_actor()?, &iuie, facts, otp).await;
    match cx.hide("case", &iuie, done) {
        Ok(()) => Ok(see_other(&format!("/gestion/casos/{iuie}"))),
        Err(e) => again(&app, &cx, &iuie, &form, e).await,
    }
}
