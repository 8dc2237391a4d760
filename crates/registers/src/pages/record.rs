//! A record: what it says, since when, by whose decision, and its proof.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::{Actor, Error};
use copihue_ledger::Register;
use copihue_web::components::{Event, button_link, event, facts, inset, timeline};
use copihue_web::{Cx, Failure, Markup, Page, args, html};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::Value;

use super::show::{decider, facts as item_facts, name, short, state, title};
use super::{keeper, named};
use crate::Registers;
use crate::model::definition::{Definition, Edits};
use crate::model::entry::Current;

/// Entries of a history on one page.
const HISTORY: u32 = 50;

pub(super) async fn show(
    State(registers): State<Registers>,
    cx: Cx,
    Path((register, key)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let register = named(&register)?;
    let history = registers.history(register, &key, i64::MAX as u64, HISTORY).await?;
    let current = history.first().ok_or_else(Error::not_found)?;
    let editable = Definition::of(register).edits == Edits::Custodian;
    let keeper = keeper(&registers, &cx).filter(|_| editable);
    let mut events = Vec::new();
    for one in &history {
        events.push(happened(&cx, &registers, register, one, keeper.as_ref()).await?);
    }
    let proposes = format!("/gestion/registros/{}/proponer?clave={key}", register.name());
    let body = html! {
        p { (state(&cx, &current.item)) }
        (item_facts(&cx, &registers, register, &current.item))
        @if keeper.is_some() {
            p { (button_link(cx.t("registers-propose-change"), proposes).secondary()) }
        }
        (evidence(&cx, &registers, register, current).await?)
        h2 { (cx.t("registers-history")) }
        p { (cx.t("registers-history-hint")) }
        (timeline(&events))
    };
    let page = Page::new(name(&current.item, &key))
        .caption(title(&cx, register))
        .crumb(cx.t("registers-title"), "/registros")
        .crumb(title(&cx, register), format!("/registros/{}", register.name()));
    Ok(cx.page(page, body))
}

/// One entry of the history; whoever keeps the register sees who is behind it, and may go back to it.
async fn happened<'a>(
    cx: &Cx,
    registers: &Registers,
    register: Register,
    current: &'a Current,
    keeper: Option<&Actor>,
) -> Result<Event<'a>, Error> {
    let entry = &current.entry;
    let title =
        cx.ta("registers-entry-n", &args! {"n" => entry.number, "reason" => entry.decision.reason.as_str()});
    let behind = match keeper {
        Some(actor) => registers.opened(actor, register, entry.number).await?,
        None => None,
    };
    let back =
        format!("/gestion/registros/{}/proponer?clave={}&desde={}", register.name(), entry.key, entry.number);
    let body = html! {
        p { (cx.t("registers-content")) " " code { (short(&entry.item.to_string())) } }
        @if let Some(opened) = behind {
            p {
                a href={"/gestion/registros/propuestas/" (opened.proposal.id)} { (cx.t("registers-behind")) }
            }
            @if let Some(opening) = &opened.opening { (commitment(cx, opening)) }
        }
        @if keeper.is_some() { p { a href=(back) { (cx.t("registers-go-back")) span.hidden { " " (entry.number) } } } }
    };
    Ok(event(title, entry.at).by(decider(cx, registers, &entry.decision.by)).body(body))
}

fn commitment(cx: &Cx, opening: &Value) -> Markup {
    html! { p.hint { (cx.t("registers-opening")) " " code.hash { (opening) } } }
}

async fn evidence(
    cx: &Cx,
    registers: &Registers,
    register: Register,
    current: &Current,
) -> Result<Markup, Failure> {
    let checkpoint = registers.checkpoint(register).await?.map(|(checkpoint, _)| checkpoint);
    let covered = checkpoint.filter(|checkpoint| checkpoint.size >= current.entry.number);
    let Some(checkpoint) = covered else {
        return Ok(html! { (inset(html! { p { (cx.t("registers-unsigned")) } })) });
    };
    let at = format!("/registros/{}/{}/prueba", register.name(), current.entry.key);
    let hash = current.entry.item.to_string();
    Ok(html! {
        h2 { (cx.t("registers-proof")) }
        p { (cx.ta("registers-proof-hint", &args! {"n" => current.entry.number, "size" => checkpoint.size})) }
        (facts([
            (cx.t("registers-content"), html!(code.hash { (hash) })),
            (cx.t("registers-log"), html!(code.hash { (checkpoint.origin) })),
        ]))
        p { a href=(at) { (cx.t("registers-proof-download")) } }
    })
}

/// The record's latest entry with its proof, for `copihue verify` and for any other program.
pub(super) async fn proof(
    State(registers): State<Registers>,
    Path((register, key)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let register = named(&register)?;
    let current = registers.record(register, &key).await?.ok_or_else(Error::not_found)?;
    let receipt = registers.receipt(register, current.entry.number).await?.ok_or_else(Error::not_found)?;
    Ok(attachment(&format!("{}-{key}.tlog-proof", register.name()), receipt))
}

/// A proof as a file. The name holds only letters, digits and hyphens.
pub(super) fn attachment(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, text).into_response()
}
