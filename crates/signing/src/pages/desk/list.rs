//! What waits for the official: choose, and sign all of it at once.

use axum::extract::State;
use axum::response::Response;
use copihue_core::calendar::Zone;
use copihue_web::components::{Tone, button, button_link, inset, success_banner, table, tag};
use copihue_web::{Cx, Failure, FormState, Markup, Page, args, html};

use super::{HERE, batch_at, nav, paper_at, words};
use crate::app::{Desk, Waiting};
use crate::model::batch::{Batch, Counts};
use crate::model::paper::Paper;

pub(super) async fn page(State(desk): State<Desk>, cx: Cx) -> Result<Response, Failure> {
    show(&desk, &cx, &FormState::new()).await
}

/// The list, with what was wrong with a choice.
pub(super) async fn show(desk: &Desk, cx: &Cx, state: &FormState) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let waiting = desk.waiting(actor).await?;
    let (batches, past) = (desk.batches(actor).await?, desk.dealt_with(actor).await?);
    let can_sign = desk.can_sign(actor).await?;
    let body = html! {
        @if cx.query("rechazado").is_some() {
            (success_banner(cx.t("signing-refused-title"), html! { p { (cx.t("signing-refused-body")) } }))
        }
        (nav(cx))
        @if !can_sign { (no_certificate(cx)) }
        @if waiting.is_empty() { p.empty { (cx.t("signing-waiting-none")) } } @else { (choose(cx, &waiting, state)) }
        h2 { (cx.t("signing-own-heading")) }
        p { (cx.t("signing-own-hint")) }
        p.actions {
            (button_link(cx.t("signing-own-upload"), "/gestion/firma/subir").secondary()) " "
            (button_link(cx.t("signing-own-send"), "/gestion/firma/enviar").secondary())
        }
        (recent(cx, &batches))
        (dealt_with(cx, &past))
    };
    let page = Page::new("signing-desk-title")
        .lead(cx.t("signing-desk-lead"))
        .crumb(cx.t("signing-crumb-desk"), "/gestion")
        .form(state);
    Ok(cx.page(page, body))
}

fn no_certificate(cx: &Cx) -> Markup {
    inset(html! {
        p { (cx.t("signing-no-certificate")) }
        p { a href="/gestion/firma/mi-certificado" { (cx.t("signing-nav-mine")) } }
    })
}

/// What is over: a refusal is undone from here.
fn dealt_with(cx: &Cx, past: &[Paper]) -> Markup {
    if past.is_empty() {
        return html! {};
    }
    let rows = past.iter().map(|p| {
        let state = words::paper_tag(cx, p.state_at(cx.now()));
        vec![html! { a href=(paper_at(p.id)) { (p.title) } }, html! { (p.sender_name) }, state]
    });
    html! {
        h2 { (cx.t("signing-past-heading")) }
        (table(cx.t("signing-past-heading")).quiet_caption()
            .column(cx.t("signing-document")).column(cx.t("signing-sent-by")).column(cx.t("signing-state"))
            .rows(rows))
    }
}

fn choose(cx: &Cx, waiting: &[Waiting], state: &FormState) -> Markup {
    let error = state.error("documento");
    let class = if error.is_some() { "field field-error" } else { "field" };
    cx.form(
        &format!("{HERE}/lotes"),
        html! {
            div class=(class) {
                fieldset aria-describedby=[error.map(|_| "documento-error")] {
                    legend.label { (cx.ta("signing-waiting-legend", &args! { "n" => waiting.len() as i64 })) }
                    @if let Some(error) = error { p.error-message id="documento-error" { (error) } }
                    div.choices.choices-many {
                        @for (n, one) in waiting.iter().enumerate() { (choice(cx, n, one)) }
                    }
                }
            }
            (button(cx.t("signing-waiting-sign")))
        },
    )
}

fn choice(cx: &Cx, n: usize, one: &Waiting) -> Markup {
    let paper = &one.paper;
    let from = args! {
        "sender" => paper.sender_name.as_str(),
        "since" => cx.date(Zone::Santiago.date(one.since)),
        "until" => cx.date(Zone::Santiago.date(paper.expires_at))
    };
    // The first one carries the field's name as its id: the error summary leads to it.
    let id = if n == 0 { "documento".to_owned() } else { format!("documento-{}", n + 1) };
    let hint = format!("{id}-de");
    html! {
        div.choice {
            input.choice-input type="checkbox" id=(id) name="documento" value=(paper.id) aria-describedby=(hint);
            label.choice-label for=(id) { (paper.title) }
            p.hint.choice-hint id=(hint) {
                (cx.ta("signing-waiting-from", &from))
                @if let Some(name) = &one.stands_in_for {
                    br; (cx.ta("signing-waiting-for", &args! { "name" => name.as_str() }))
                }
                br;
                @if one.opened.is_some() { (tag(cx.t("signing-opened"), Tone::Good)) }
                @else { (tag(cx.t("signing-not-opened"), Tone::Warn)) }
                @if paper.findings.is_active() || paper.findings.broken { " " (tag(cx.t("signing-careful"), Tone::Warn)) }
                " " a href=(paper_at(paper.id)) { (cx.t("signing-look")) span.hidden { " " (paper.title) } }
            }
        }
    }
}

/// Batches that somebody may want to come back to.
fn recent(cx: &Cx, batches: &[(Batch, Counts)]) -> Markup {
    let rows = batches.iter().map(|(batch, counts)| {
        let n = args! { "signed" => counts.signed, "total" => counts.total() };
        vec![
            html! { a href=(batch_at(batch.id)) { (cx.datetime(batch.created_at)) } },
            html! { (cx.ta("signing-batch-counts", &n)) },
            html! { (batch.state.sentence()) },
        ]
    });
    if batches.is_empty() {
        return html! {};
    }
    html! {
        h2 { (cx.t("signing-batches-heading")) }
        (table(cx.t("signing-batches-heading")).quiet_caption()
            .column(cx.t("signing-batch-when")).column(cx.t("signing-batch-documents")).column(cx.t("signing-state")).rows(rows))
    }
}
