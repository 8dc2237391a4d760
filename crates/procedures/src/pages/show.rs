//! Pieces that the person's and the official's pages share.

use copihue_casefiles::OtherAct;
use copihue_web::components::{Tone, details, fact, integrity_receipt_of, summary_list, table, tag};
use copihue_web::{Cx, Markup, args, html};
use jiff::civil::Date;

use crate::app::{CaseLook, is_receipt};
use crate::model::definition::Party;
use crate::model::machine::Running;

/// A deadline in words and colour: the colour never says it alone.
pub(super) fn due(cx: &Cx, due: Date, late: bool) -> Markup {
    let today = copihue_core::calendar::Zone::Santiago.date(cx.now());
    let days = today.until(due).map_or(0, |span| i64::from(span.get_days()));
    let (words, tone) = match days {
        _ if late => (cx.t("procedures-late").to_owned(), Tone::Bad),
        0 => (cx.t("procedures-due-today").to_owned(), Tone::Warn),
        1..=2 => (cx.ta("procedures-due-in", &args! {"n" => days}), Tone::Warn),
        _ => (cx.ta("procedures-due-in", &args! {"n" => days}), Tone::Good),
    };
    html! { (cx.date(due)) " " (tag(&words, tone)) }
}

/// The terms of a case. `applicant` is how its reader calls the person: `procedures-who-person` or `-applicant`.
pub(super) fn deadlines(cx: &Cx, running: &[Running], applicant: &str) -> Markup {
    let rows = running.iter().map(|r| {
        let state = match r.met_at {
            Some(at) => html! { (tag(cx.t("procedures-met"), Tone::Good)) " " (cx.datetime(at)) },
            None => due(cx, r.due, r.expires <= cx.now()),
        };
        let who = if r.who == Party::Applicant { applicant } else { "procedures-who-institution" };
        vec![html!((r.title)), html!((cx.t(who))), state]
    });
    html! {
        (table(cx.t("procedures-deadlines"))
            .column(cx.t("procedures-deadline"))
            .column(cx.t("procedures-deadline-who"))
            .column(cx.t("procedures-deadline-due"))
            .empty(cx.t("procedures-no-deadlines"))
            .rows(rows))
    }
}

/// Each act of the case with its receipt of the public log.
pub(super) fn acts(cx: &Cx, acts: &[OtherAct]) -> Markup {
    let inner = html! {
        p { (cx.t("procedures-acts-why")) }
        ul {
            @for act in acts {
                li {
                    (act.title) @if let Some(at) = act.at { ", " (cx.datetime(at)) }
                    br; (integrity_receipt_of(act.ledger, &act.record, &act.title))
                }
            }
        }
    };
    html! { @if !acts.is_empty() { (details(cx.t("procedures-acts"), inner)) } }
}

/// Documents that the institution issued in a case.
pub(super) fn issued(cx: &Cx, look: &CaseLook) -> Markup {
    let Some(iuie) = &look.iuie else { return html!() };
    // What was asked for comes before the receipt of what it cost.
    let mut documents: Vec<_> = look.state.issued.iter().collect();
    documents.sort_by_key(|(id, i)| (is_receipt(id), i.n));
    let items: Vec<_> = documents
        .into_iter()
        .map(|(_, i)| {
            let href = format!("/mi/expedientes/{}:{iuie}/documentos/{}", look.institution, i.n);
            let note = cx.ta("procedures-code", &args! {"code" => i.code.clone()});
            fact(
                i.title.as_str(),
                html!(a href=(href) { (cx.t("procedures-download")) span.hidden { ": " (i.title) } }),
            )
            .note(note)
        })
        .collect();
    html! {
        @if !items.is_empty() {
            h2 { (cx.t("procedures-documents")) }
            (summary_list(&items))
        }
    }
}
