//! A batch: looked through, signed with one code, and its results.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Id, Kind};
use copihue_web::components::{
    Tone, button, declaration, fact, inset, otp_input, summary_list, tag, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::{HERE, batch_at, id_of, list, paper_at, place, results, words};
use crate::app::{BatchView, Desk, Known};
use crate::model::batch::{BatchItem, BatchState, ItemState};

/// Takes what was chosen; nothing chosen leads back with a word.
pub(super) async fn prepare(State(desk): State<Desk>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let chosen: Vec<Id> = form.values("documento").map(id_of).collect::<Result<_, Error>>()?;
    match desk.prepare(cx.require_actor()?, &chosen).await {
        Ok(id) => Ok(see_other(&batch_at(id))),
        Err(error) if error.kind() == Kind::Invalid => {
            list::show(&desk, &cx, &form.state().with_error("documento", error.detail())).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn page(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = desk.batch(cx.require_actor()?, id_of(&id)?).await?;
    Ok(show(&cx, &view, &FormState::new()))
}

fn show(cx: &Cx, view: &BatchView, state: &FormState) -> Response {
    match view.batch.state {
        BatchState::Prepared | BatchState::AwaitingCode => review(cx, view, state),
        BatchState::Authorised | BatchState::Signing => results::progress(cx, view),
        BatchState::Complete
        | BatchState::CompleteWithErrors
        | BatchState::Expired
        | BatchState::Cancelled => results::page(cx, view),
    }
}

fn review(cx: &Cx, view: &BatchView, state: &FormState) -> Response {
    let id = view.batch.id;
    let left: Vec<&BatchItem> = view.items.iter().filter(|i| i.state != ItemState::Signed).collect();
    let body = html! {
        @for item in &left { (document(cx, view, item)) }
        @if left.iter().any(|item| unopened(view, item)) { (warning(cx.t("signing-review-unopened"))) }
        h2 { (cx.t("signing-code-heading")) }
        (cx.form(&format!("{}/firmar", batch_at(id)), html! {
            @if view.has_broken_signature() {
                (declaration("confirma", cx.t("signing-broken-legend"), cx.t("signing-broken-confirm")).state(state))
            }
            (otp_input("otp", cx.t("signing-otp")).hint(cx.t("signing-otp-hint")).state(state))
            (button(cx.ta("signing-sign-all", &args! { "n" => left.len() as i64 })))
        }))
        (cx.form(&format!("{}/cancelar", batch_at(id)), html! { (button(cx.t("signing-cancel")).as_link()) }))
    };
    let page = Page::new("signing-review-title").lead(cx.t("signing-review-lead")).back(HERE).form(state);
    cx.page(page, body)
}

fn unopened(view: &BatchView, item: &BatchItem) -> bool {
    view.paper_of(item).is_some_and(|(_, opened)| opened.is_none())
}

fn document(cx: &Cx, view: &BatchView, item: &BatchItem) -> Markup {
    let paper = view.paper_of(item).map(|(paper, opened)| (paper, opened.is_some()));
    let change = format!("{}/estampa?documento={}", batch_at(view.batch.id), item.n);
    let mut facts = vec![fact(cx.t("signing-stamp"), place::words(cx, &item.place)).change(change)];
    if let Some((paper, opened)) = paper {
        let link = html! {
            @if opened { (tag(cx.t("signing-opened"), Tone::Good)) } @else { (tag(cx.t("signing-not-opened"), Tone::Warn)) }
            " " a href=(format!("{}/archivo", paper_at(paper.id))) target="_blank" rel="noopener" {
                (cx.t("signing-open-new-tab")) span.hidden { " " (item.name) }
            }
        };
        facts.insert(0, fact(cx.t("signing-sent-by"), paper.sender_name.as_str()));
        facts.insert(1, fact(cx.t("signing-document"), link));
    }
    html! {
        section.answers {
            h2 { (item.name) }
            @if let Some((paper, _)) = paper {
                @for sentence in words::findings(cx, &paper.findings) { (warning(sentence)) }
            }
            @if let Some(reason) = &item.reason { (inset(html! { p { (reason) } })) }
            @if let Some(error) = &item.error { (warning(error.message.as_str())) }
            (summary_list(&facts))
        }
    }
}

pub(super) async fn sign(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (actor, id) = (cx.require_actor()?, id_of(&id)?);
    let view = desk.batch(actor, id).await?;
    let state = form.state();
    let Some(code) = form.value("otp") else {
        return Ok(show(&cx, &view, &state.with_error("otp", cx.t("signing-otp-ask"))));
    };
    let known = if form.has("confirma") { Known::BrokenSignature } else { Known::Nothing };
    match desk.authorise(actor, id, code, known).await {
        Ok(()) => Ok(see_other(&batch_at(id))),
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::NotFound) => Err(error.into()),
        Err(error) if error.fields().is_empty() => {
            Ok(show(&cx, &view, &state.with_error("otp", error.detail())))
        }
        Err(error) => Ok(show(&cx, &view, &state.with_failure(&error))),
    }
}

pub(super) async fn cancel(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
    _: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    desk.cancel(cx.require_actor()?, id).await?;
    Ok(see_other(HERE))
}

pub(super) async fn resume(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
    _: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    desk.resume(cx.require_actor()?, id).await?;
    Ok(see_other(&batch_at(id)))
}
