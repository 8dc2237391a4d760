//! Every document of a case in its order, redacted for its reader.

use copihue_core::text;
use copihue_web::components::table;
use copihue_web::{Cx, Markup, args, format, html};

use super::show::by;
use crate::model::chain::EntryClass;
use crate::model::view::{CaseView, DocumentView, EntryView};

pub(super) fn documents(cx: &Cx, view: &CaseView, key: &str) -> Markup {
    let rows = view.entries.iter().map(|e| {
        let when = text::short_datetime(view.zone.local(e.received_at));
        let (from, hash) = match &e.document {
            Some(d) => (by(cx, &d.author), d.sha256.as_str()),
            None => ("", ""),
        };
        let what = html! {
            span.nowrap { (e.n) ". " } (what(cx, e, key))
            @if !hash.is_empty() { br; span.hash { (cx.t("casefiles-document-hash")) ": " code { (hash) } } }
            br; a href={ "/mi/expedientes/" (key) "/comprobantes/" (e.n) } {
                (cx.t("casefiles-document-receipt")) span.hidden { " " (e.n) }
            }
        };
        vec![what, html! { span.nowrap { (when) } }, html! { (from) }]
    });
    html! {
        h2 { (cx.t("casefiles-documents")) }
        (table(cx.t("casefiles-documents"))
            .quiet_caption()
            .column(cx.t("casefiles-document"))
            .column(cx.t("casefiles-document-when"))
            .column(cx.t("casefiles-document-from"))
            .rows(rows)
            .empty(cx.t("casefiles-documents-empty")))
    }
}

fn what(cx: &Cx, entry: &EntryView, key: &str) -> Markup {
    match &entry.document {
        Some(document) => shown(cx, entry, document, key),
        None if entry.class == EntryClass::Documento => html! {
            (cx.t("casefiles-document-restricted")) br;
            span.hint { (cx.t("casefiles-document-restricted-why")) }
        },
        None => html! { (cx.t("casefiles-entry-mark")) " " (entry.class.as_str()) " " (entry.reference) },
    }
}

fn shown(cx: &Cx, entry: &EntryView, document: &DocumentView, key: &str) -> Markup {
    html! {
        @if entry.access.allows() {
            a href={ "/mi/expedientes/" (key) "/documentos/" (entry.n) } { (document.title) }
        } @else {
            (document.title) " (" (cx.t("casefiles-document-no-bytes")) ")"
        }
        br;
        span.hint {
            (document.kind.name()) " · " (entry.reference) " · " (format::size(document.size))
            @if let Some(source) = &document.source {
                br; (cx.ta("casefiles-document-source", &args! { "institution" => source.as_str() }))
            }
            @if let Some(code) = &document.code {
                br; a href={ "/verificar/" (code) } {
                    (cx.ta("casefiles-document-code", &args! { "code" => code.to_string() }))
                }
            }
        }
    }
}
