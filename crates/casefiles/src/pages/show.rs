//! The page of a case.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::text;
use copihue_web::components::{
    Tone, button_link, details, event, fact, inset, integrity_receipt, integrity_receipt_of, summary_list,
    tag, timeline,
};
use copihue_web::{Cx, Failure, Markup, Page, args, html};

use super::{documents, key_of, list};
use crate::app::Casefiles;
use crate::model::case::CaseState;
use crate::model::view::{CaseView, TraceView};

/// How the log names the platform itself.
const SYSTEM: &str = "copihue";

pub(super) async fn show(
    State(app): State<Casefiles>,
    cx: Cx,
    Path(iuie): Path<String>,
) -> Result<Response, Failure> {
    let view = match app.case(cx.require_actor()?, &key_of(&iuie)?).await {
        Err(error) if error.code() == "expediente_ambiguo" => return Ok(list::choose(&cx, &error)),
        other => other?,
    };
    let mut panels = Vec::new();
    for panel in app.panels() {
        panels.extend(panel.panel(&cx, &view).await?);
    }
    let body = html! {
        (state(&cx, &view))
        @for panel in &panels { (panel) }
        (receipts(&cx, &view, &iuie))
        (documents::documents(&cx, &view, &iuie))
        (whole(&cx, &iuie))
        (happened(&cx, &view))
        (details(cx.t("casefiles-index"), html! { p { (cx.t("casefiles-index-why")) } code { (view.head) } }))
    };
    let page = Page::new(view.title.as_str()).caption(view.case.iuie.as_str()).wide();
    Ok(cx.page(page.crumb(cx.t("casefiles-list-title"), "/mi/expedientes"), body))
}

/// The state in words and colour.
pub(super) fn state_tag(cx: &Cx, state: CaseState) -> Markup {
    let tone = match state {
        CaseState::Received | CaseState::Open | CaseState::InProgress => Tone::Info,
        CaseState::Suspended => Tone::Warn,
        CaseState::Resolved | CaseState::Enforceable => Tone::Good,
        CaseState::Closed | CaseState::Kept | CaseState::Merged => Tone::Neutral,
    };
    tag(words(cx, state), tone)
}

fn words(cx: &Cx, state: CaseState) -> &'static str {
    cx.t(&format!("casefiles-state-{}", state.as_str()))
}

fn state(cx: &Cx, view: &CaseView) -> Markup {
    let who = &view.responsible;
    let parties: Vec<&str> = view.parties.iter().map(|p| p.name.as_str()).collect();
    let facts = [
        fact(cx.t("casefiles-state"), state_tag(cx, view.state)),
        fact(
            cx.t("casefiles-responsible"),
            html! { (who.name) @if who.post != who.name { br; span.hint { (who.post) } } },
        ),
        fact(cx.t("casefiles-institution"), view.institution_name.as_str()),
        fact(cx.t("casefiles-procedure"), view.procedure_name.as_str()),
        fact(cx.t("casefiles-parties"), parties.join(", ")),
        fact(cx.t("casefiles-opened"), local(view, view.opened_at)),
        fact(cx.t("casefiles-number"), view.case.iuie.as_str()),
    ];
    html! {
        (inset(cx.t(&format!("casefiles-means-{}", view.state.as_str()))))
        (summary_list(&facts))
    }
}

/// A moment in the institution's zone, named when it isn't Santiago's.
pub(super) fn local(view: &CaseView, at: copihue_core::Timestamp) -> String {
    let local = text::long_datetime(view.zone.local(at));
    if view.zone == copihue_core::calendar::Zone::Santiago {
        local
    } else {
        format!("{local} ({})", view.zone.label())
    }
}

fn receipts(cx: &Cx, view: &CaseView, key: &str) -> Markup {
    html! {
        @if !view.filings.is_empty() {
            h2 { (cx.t("casefiles-receipts")) }
            ul {
                @for f in &view.filings {
                    li {
                        strong { (f.document) } br;
                        (cx.ta("casefiles-receipt-received", &args! { "at" => local(view, f.received) })) " "
                        (cx.ta("casefiles-receipt-effective", &args! { "at" => local(view, f.effective) })) " "
                        @if f.effective != f.received { (cx.t("casefiles-receipt-shifted")) }
                        br;
                        @match f.n {
                            Some(n) => a href={ "/mi/expedientes/" (key) "/documentos/" (n) } { (cx.t("casefiles-receipt-pdf")) },
                            None => span.hint { (cx.t("casefiles-receipt-pending")) },
                        }
                        br;
                        (cx.t("casefiles-receipt-code")) ": " a href={ "/verificar/" (f.code) } { (f.code) }
                        br;
                        (integrity_receipt("casefile", &format!("casefile.filing/{}/{}", view.case.exp(), f.document)))
                    }
                }
            }
        }
    }
}

/// All of it to take away.
fn whole(cx: &Cx, key: &str) -> Markup {
    html! {
        h2 { (cx.t("casefiles-whole")) }
        p { (cx.t("casefiles-whole-why")) }
        p { (button_link(cx.t("casefiles-whole-download"), format!("/mi/expedientes/{key}/exportar")).secondary()) }
    }
}

/// What happened, but for the documents, which have their own list.
fn happened(cx: &Cx, view: &CaseView) -> Markup {
    let lines = (1..).zip(&view.timeline).filter(|(_, t)| t.action != "incorporar");
    let events: Vec<_> = lines
        .map(|(n, t)| event(title(cx, t), t.at).by(by(cx, &t.actor)).body(under(cx, view, n, t)))
        .collect();
    html! { h2 { (cx.t("casefiles-timeline")) } (timeline(&events)) }
}

/// Details of line `n` of the trace, and the receipt of what is an act of its own; the others belong to one.
fn under(cx: &Cx, view: &CaseView, n: usize, line: &TraceView) -> Markup {
    let exp = view.case.exp();
    let record = match line.action.as_str() {
        "crear" => Some(format!("casefile.opened/{exp}")),
        "estado" => Some(format!("casefile.state/{exp}/{n}")),
        _ => None,
    };
    html! {
        (detail(cx, line))
        @if let Some(record) = record { br; (integrity_receipt_of("casefile", &record, title(cx, line))) }
    }
}

/// Who did it; what no person did is said in words.
pub(super) fn by<'a>(cx: &Cx, actor: &'a str) -> &'a str {
    if actor == SYSTEM { cx.t("casefiles-by-system") } else { actor }
}

/// Our own actions by their name; those of other services by the key of their own locale.
fn title(cx: &Cx, line: &TraceView) -> &'static str {
    if line.action.contains('-') {
        cx.t(&line.action)
    } else {
        cx.t(&format!("casefiles-trace-{}", line.action))
    }
}

fn detail(cx: &Cx, line: &TraceView) -> String {
    match line.action.as_str() {
        "estado" => {
            CaseState::parse(&line.detail).map_or_else(|_| line.detail.clone(), |s| words(cx, s).to_owned())
        }
        _ => line.detail.clone(),
    }
}
