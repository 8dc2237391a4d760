//! A register: search, records, downloads, and the checkpoint that answers for all of it.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_ledger::Register;
use copihue_web::components::{details, facts, pagination, search_input, table};
use copihue_web::{Cx, Failure, Markup, Page, args, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::show::{name, state, title};
use super::{keeper, named};
use crate::Registers;
use crate::model::entry::Current;

/// Records on a page.
const PAGE: u32 = 50;

pub(super) async fn show(
    State(registers): State<Registers>,
    cx: Cx,
    Path(register): Path<String>,
) -> Result<Response, Failure> {
    let register = named(&register)?;
    let words = cx.query("q").unwrap_or_default();
    let after = cx.query("despues").unwrap_or_default();
    let mut found = registers.search(register, &words, &after, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|last| next(register, &words, &last.entry.key));
    let at = format!("/registros/{}", register.name());
    let first = (!after.is_empty()).then(|| format!("{at}?q={}", encoded(&words)));
    let keeper = keeper(&registers, &cx).is_some();
    let body = html! {
        (search_input(&at, cx.t("registers-search"), &words))
        @if !words.is_empty() && found.is_empty() {
            h2 role="status" { (cx.ta("registers-none", &args! {"q" => words.as_str()})) }
            p { a href=(at) { (cx.t("registers-all")) } }
        } @else {
            (records(&cx, register, &found))
            (pagination(first.as_deref(), next.as_deref()))
        }
        @if keeper {
            p { a href={"/gestion/registros"} { (cx.t("registers-desk")) } }
        }
        (downloads(&cx, register))
        (evidence(&cx, &registers, register).await?)
    };
    let page = Page::new(title(&cx, register))
        .lead(cx.t(&format!("registers-about-{}", register.name())))
        .crumb(cx.t("registers-title"), "/registros")
        .own_search()
        .wide();
    Ok(cx.page(page, body))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn next(register: Register, words: &str, last: &str) -> String {
    format!("/registros/{}?q={}&despues={}", register.name(), encoded(words), encoded(last))
}

fn records(cx: &Cx, register: Register, found: &[Current]) -> Markup {
    let rows = found.iter().map(|current| {
        let key = current.entry.key.as_str();
        vec![
            html! { a href={"/registros/" (register.name()) "/" (key)} { (name(&current.item, key)) } },
            html! { code { (key) } },
            html!((cx.datetime(current.entry.at))),
            state(cx, &current.item),
        ]
    });
    html! {
        (table(cx.t("registers-records-caption"))
            .quiet_caption()
            .column(cx.t("registers-name"))
            .column(cx.t("registers-key"))
            .column(cx.t("registers-updated"))
            .column(cx.t("registers-state"))
            .empty(cx.t("registers-empty"))
            .rows(rows))
    }
}

fn downloads(cx: &Cx, register: Register) -> Markup {
    let at = format!("/registers/{}", register.name());
    html! {
        h2 { (cx.t("registers-downloads")) }
        ul {
            li { a href={(at) "/records.csv?page-size=5000"} { (cx.t("registers-download-csv")) } }
            li { a href={(at) "/records.json?page-size=5000"} { (cx.t("registers-download-json")) } }
            li { a href={(at) "/entries.csv?limit=5000"} { (cx.t("registers-download-entries")) } }
            li { a href={(at) "/download-rsf"} { (cx.t("registers-download-rsf")) } }
        }
    }
}

/// Size, root and signed checkpoint, for whoever compares or checks.
async fn evidence(cx: &Cx, registers: &Registers, register: Register) -> Result<Markup, Failure> {
    let Some((checkpoint, note)) = registers.checkpoint(register).await? else {
        return Ok(html! { p { (cx.t("registers-unsigned")) } });
    };
    let size = checkpoint.size.to_string();
    let root = BASE64_STANDARD.encode(checkpoint.root);
    Ok(details(
        cx.t("registers-evidence"),
        html! {
            p { (cx.t("registers-evidence-hint")) }
            (facts([
                (cx.t("registers-log"), html!(code.hash { (checkpoint.origin) })),
                (cx.t("registers-size"), html!((size))),
                (cx.t("registers-root"), html!(code.hash { (root) })),
            ]))
            pre { (note) }
            p { a href={"/ledger/" (register.log()) "/checkpoint"} { (cx.t("registers-checkpoint")) } }
        },
    ))
}
