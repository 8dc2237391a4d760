//! One page of the person's task at a time, the answers to check, and the correction.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, FieldError, Kind};
use copihue_payments::OWN_PAYMENT_UNDER_WAY;
use copihue_web::components::{Fact, button, check_answers, details, fact, inset, warning};
use copihue_web::{Cx, Failure, FormData, Markup, Page, html, see_other};

use super::posted::{self, Pressed, pressed};
use super::{case_path, fields, id_of};
use crate::app::{CaseLook, Procedures, Sent, TaskLook};
use crate::model::definition::StepMode;
use crate::model::form::{FactView, NodeView, PageView};

type Where = (String, u32, usize);

pub(super) async fn page(
    State(app): State<Procedures>,
    cx: Cx,
    Path((case, token, n)): Path<Where>,
) -> Result<Response, Failure> {
    let found = app.look(cx.require_actor()?, id_of(&case)?).await;
    let look = cx.hide("case", &case, found)?;
    match task_of(&look, token) {
        Some(task) => show(&cx, &look, task, n, &[]),
        // The back button, or a second tab: the case says where it stands.
        None => Ok(see_other(&case_path(look.id))),
    }
}

fn task_of(look: &CaseLook, token: u32) -> Option<&TaskLook> {
    look.task.as_ref().filter(|t| t.token == token)
}

fn path(look: &CaseLook, task: &TaskLook, n: impl std::fmt::Display) -> String {
    format!("{}/paso/{}/{n}", case_path(look.id), task.token)
}

fn show(
    cx: &Cx,
    look: &CaseLook,
    task: &TaskLook,
    n: usize,
    errors: &[FieldError],
) -> Result<Response, Failure> {
    let Some(step) = n.checked_sub(1).and_then(|i| task.pages.get(i)) else {
        return Ok(see_other(&case_path(look.id)));
    };
    let state = posted::state(cx.form_state(), task, &[&step.view], errors);
    let last = n == task.pages.len();
    let buttons = html! {
        @if last && !task.confirm && !task.outcomes.is_empty() {
            (outcomes(task))
        } @else {
            (button(cx.t("procedures-continue")))
        }
        " " (button(cx.t("procedures-save-leave")).secondary().sends("guardar", "1"))
    };
    let inner = html! { (fields::nodes(cx, &step.view.nodes, &state)) div class="stack" { (buttons) } };
    let back = if n > 1 { path(look, task, n - 1) } else { "/mi/tramites".to_owned() };
    let page = Page::new(step.view.title.as_str()).caption(look.title.as_str()).back(back).form(&state);
    Ok(cx.page(page, cx.upload_form(&path(look, task, n), inner)))
}

pub(super) async fn send(
    State(app): State<Procedures>,
    cx: Cx,
    Path((case, token, n)): Path<Where>,
    form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&case)?;
    let actor = cx.require_actor()?.clone();
    let found = app.look(&actor, id).await;
    let look = cx.hide("case", &case, found)?;
    let Some(step) = task_of(&look, token).and_then(|t| t.pages.get(n.checked_sub(1)?)) else {
        return Ok(see_other(&case_path(id)));
    };
    let (posted, refused) = posted::read(&app, &form, &[&step.view]).await?;
    let press = pressed(&form);
    let keep = matches!(press, Pressed::Save | Pressed::Add(_) | Pressed::Remove(_));
    let sent = match app.send_page(&actor, id, token, n, posted, keep).await {
        Err(e) if e.kind() == Kind::Conflict => return Ok(see_other(&case_path(id))),
        other => other?,
    };
    let mut errors = refused;
    if let Sent::Mend(found) = sent {
        errors.extend(found);
    }
    let outcome = match press {
        Pressed::Save => return Ok(see_other("/mi/tramites?guardado=1")),
        Pressed::Add(list) => return change_list(&app, &cx, id, (token, n), (&list, None)).await,
        Pressed::Remove(item) => {
            let (list, i) = item.rsplit_once('.').ok_or_else(Error::not_found)?;
            return change_list(&app, &cx, id, (token, n), (list, Some(i.parse().unwrap_or(usize::MAX))))
                .await;
        }
        Pressed::Outcome(outcome) => Some(outcome),
        Pressed::Next => None,
    };
    let look = app.look(&actor, id).await?;
    let Some(task) = task_of(&look, token) else { return Ok(see_other(&case_path(id))) };
    // A way out that does not validate is taken even from a page with errors.
    if !errors.is_empty() && outcome.is_none() {
        return show(&cx, &look, task, n, &errors);
    }
    if n < task.pages.len() && outcome.is_none() {
        return Ok(see_other(&path(&look, task, n + 1)));
    }
    if task.confirm {
        return Ok(see_other(&path(&look, task, "revisar")));
    }
    end(&app, &cx, &look, task, &outcome.unwrap_or_default(), n).await
}

async fn change_list(
    app: &Procedures,
    cx: &Cx,
    case: copihue_core::Id,
    (token, n): (u32, usize),
    (list, remove): (&str, Option<usize>),
) -> Result<Response, Failure> {
    app.change_list(cx.require_actor()?, case, (token, n), &posted::pointer(list)?, remove).await?;
    Ok(see_other(&format!("{}/paso/{token}/{n}", case_path(case))))
}

/// Ends the task; what is wrong is shown on the first page that holds it.
async fn end(
    app: &Procedures,
    cx: &Cx,
    look: &CaseLook,
    task: &TaskLook,
    outcome: &str,
    n: usize,
) -> Result<Response, Failure> {
    match app.finish(cx.require_actor()?, look.id, task.token, outcome).await {
        Ok(Sent::Mend(errors)) => {
            let holds = |view: &PageView| {
                posted::fields(&view.nodes).iter().any(|f| errors.iter().any(|e| e.pointer == f.name))
            };
            let at = task.pages.iter().position(|p| holds(&p.view)).map_or(n, |i| i + 1);
            show(cx, look, task, at, &errors)
        }
        Ok(_) => to_pay_or_case(app, cx, look).await,
        // A double click: the first one did it.
        Err(e) if matches!(e.code(), "tarea_ya_completada" | "version_desactualizada") => {
            Ok(see_other(&case_path(look.id)))
        }
        Err(e) if e.code() == OWN_PAYMENT_UNDER_WAY => Ok(see_other("/mi/pagos?en_curso=1")),
        Err(e) => Err(e.into()),
    }
}

async fn to_pay_or_case(app: &Procedures, cx: &Cx, look: &CaseLook) -> Result<Response, Failure> {
    let look = app.look(cx.require_actor()?, look.id).await?;
    Ok(match &look.payment {
        Some((_, payment)) if payment.status == "pending" => see_other(&payment.start_path),
        _ => see_other(&case_path(look.id)),
    })
}

pub(super) async fn check(
    State(app): State<Procedures>,
    cx: Cx,
    Path((case, token)): Path<(String, u32)>,
) -> Result<Response, Failure> {
    let found = app.look(cx.require_actor()?, id_of(&case)?).await;
    let look = cx.hide("case", &case, found)?;
    let Some(task) = task_of(&look, token) else { return Ok(see_other(&case_path(look.id))) };
    let mut answers = check_answers();
    let mut folded = Vec::new();
    for (i, step) in task.pages.iter().enumerate() {
        let href = path(&look, task, i + 1);
        let known = known(&step.view);
        if step.mode == StepMode::View {
            folded.push((step.view.title.as_str(), known));
        } else {
            answers = known.into_iter().fold(answers, |all, (title, facts)| all.section(title, facts));
        }
        let typed: Vec<_> = shown(&step.view.nodes)
            .into_iter()
            .map(|(label, value)| {
                let item = fact(label, html!((value)));
                if step.mode == StepMode::Edit { item.change(href.clone()) } else { item }
            })
            .collect();
        if !typed.is_empty() {
            answers = answers.section(step.view.title.as_str(), typed);
        }
    }
    let buttons = html! {
        @if task.outcomes.is_empty() { (button(cx.t("procedures-send"))) }
        (outcomes(task))
    };
    let body = html! {
        (answers)
        @for (title, known) in folded {
            (details(title, html!((known.into_iter().fold(check_answers(), |all, (t, f)| all.section(t, f))))))
        }
        (inset(html!(p { (cx.t("procedures-check-text")) })))
        (cx.form(&path(&look, task, "revisar"), html!(div class="stack" { (buttons) })))
    };
    let back = path(&look, task, task.pages.len());
    Ok(cx.page(Page::new("procedures-check").caption(look.title.as_str()).back(back), body))
}

/// The ways out of a task as buttons; the first is the main one.
fn outcomes(task: &TaskLook) -> Markup {
    html! {
        @for (i, outcome) in task.outcomes.iter().enumerate() {
            @let b = button(outcome.label.as_str()).sends("resultado", outcome.id.as_str());
            @if i == 0 { (b) } @else { " " (b.secondary()) }
        }
    }
}

/// What is already known on a page, each group under its title: nobody can change it here.
fn known(view: &PageView) -> Vec<(&str, Vec<Fact<'_>>)> {
    let mut groups = Vec::new();
    for group in facts_in(&view.nodes) {
        let title = if group.title.is_empty() { &view.title } else { &group.title };
        let items = group.items.iter().map(|(label, value)| fact(label.as_str(), html!((value))));
        groups.push((title.as_str(), items.collect()));
    }
    groups
}

fn facts_in(nodes: &[NodeView]) -> Vec<&FactView> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            NodeView::Facts(facts) => out.push(facts),
            NodeView::Section { nodes, .. } => out.extend(facts_in(nodes)),
            _ => {}
        }
    }
    out
}

/// Labels and values that were typed on a page, as the person reads them.
fn shown(nodes: &[NodeView]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            NodeView::Field(f) if !f.shown.is_empty() => out.push((f.label.clone(), f.shown.clone())),
            NodeView::Section { nodes, .. } => out.extend(shown(nodes)),
            NodeView::Repeat(r) => r.items.iter().for_each(|item| out.extend(shown(item))),
            _ => {}
        }
    }
    out
}

pub(super) async fn finish(
    State(app): State<Procedures>,
    cx: Cx,
    Path((case, token)): Path<(String, u32)>,
    form: FormData,
) -> Result<Response, Failure> {
    let found = app.look(cx.require_actor()?, id_of(&case)?).await;
    let look = cx.hide("case", &case, found)?;
    let Some(task) = task_of(&look, token) else { return to_pay_or_case(&app, &cx, &look).await };
    let outcome = form.value("resultado").unwrap_or_default().to_owned();
    end(&app, &cx, &look, task, &outcome, 1).await
}

pub(super) async fn correction(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
) -> Result<Response, Failure> {
    let found = app.look(cx.require_actor()?, id_of(&case)?).await;
    let look = cx.hide("case", &case, found)?;
    Ok(correction_page(&cx, &look, &[]))
}

fn correction_page(cx: &Cx, look: &CaseLook, errors: &[FieldError]) -> Response {
    let Some((owed, task)) = &look.correction else { return see_other(&case_path(look.id)) };
    let views: Vec<&PageView> = task.pages.iter().map(|p| &p.view).collect();
    let state = posted::state(cx.form_state(), task, &views, errors);
    let inner: Markup = html! {
        @for view in &views { (fields::nodes(cx, &view.nodes, &state)) }
        (button(cx.t("procedures-send-correction")))
    };
    let body = html! {
        (warning(html!((crate::words::warning(owed.request.due)))))
        h2 { (cx.t("procedures-must-complete")) }
        p { (owed.request.what) }
        (cx.upload_form(&format!("{}/correccion", case_path(look.id)), inner))
    };
    cx.page(
        Page::new("procedures-complete").caption(look.title.as_str()).back(case_path(look.id)).form(&state),
        body,
    )
}

pub(super) async fn correct(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&case)?;
    let actor = cx.require_actor()?.clone();
    let found = app.look(&actor, id).await;
    let look = cx.hide("case", &case, found)?;
    let Some((_, task)) = &look.correction else { return Ok(see_other(&case_path(id))) };
    let views: Vec<&PageView> = task.pages.iter().map(|p| &p.view).collect();
    let (posted, refused) = posted::read(&app, &form, &views).await?;
    if !refused.is_empty() {
        return Ok(correction_page(&cx, &look, &refused));
    }
    match app.answer_correction(&actor, id, posted).await {
        Ok(Sent::Mend(errors)) => {
            let look = app.look(&actor, id).await?;
            Ok(correction_page(&cx, &look, &errors))
        }
        Ok(_) => Ok(see_other(&case_path(id))),
        Err(e) if matches!(e.code(), "tarea_ya_completada" | "version_desactualizada") => {
            Ok(see_other(&case_path(id)))
        }
        Err(e) => Err(e.into()),
    }
}
