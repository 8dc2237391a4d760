//! A proposal: what is there, what would be, and the second person's decision.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Id, Kind};
use copihue_web::components::{button, fact, inset, summary_list, table, textarea};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::record::attachment;
use super::show::{label, name, title};
use crate::model::definition::Definition;
use crate::model::item::Item;
use crate::model::proposal::{Proposal, State as Stands};
use crate::{Registers, Verdict};

fn id_of(text: &str) -> Result<Id, Error> {
    text.parse().map_err(|_| Error::not_found())
}

pub(super) async fn show(
    State(registers): State<Registers>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let proposal = registers.proposal(cx.require_actor()?, id_of(&id)?).await?;
    page(&registers, &cx, &proposal, &cx.form_state()).await
}

async fn page(
    registers: &Registers,
    cx: &Cx,
    proposal: &Proposal,
    state: &FormState,
) -> Result<Response, Failure> {
    let before = match proposal.base {
        0 => None,
        base => registers.entries(proposal.register, base, base).await?.pop().map(|current| current.item),
    };
    let mine = proposal.proposed_by == cx.hat()?.official;
    let mut facts = vec![
        fact(cx.t("registers-register"), html!((title(cx, proposal.register)))),
        fact(cx.t("registers-key"), html!(code { (proposal.key) })),
        fact(cx.t("registers-reason"), html!((proposal.reason))),
        fact(cx.t("registers-proposed-at"), html!((cx.datetime(proposal.proposed_at)))),
        fact(cx.t("registers-state"), html!((cx.t(&format!("registers-stands-{}", proposal.state.code()))))),
    ];
    if let Some(decision) = &proposal.decision {
        facts.push(fact(cx.t("registers-decision"), html!((decision))));
    }
    let body = html! {
        (summary_list(&facts))
        (changes(cx, proposal, before.as_ref()))
        @if let Some(number) = proposal.number {
            p {
                a href={"/registros/" (proposal.register.name()) "/" (proposal.key)} {
                    (cx.ta("registers-became", &args! {"n" => number}))
                }
            }
        }
        @if proposal.state == Stands::Pending && mine {
            (inset(html! { p { (cx.t("registers-mine")) } }))
        } @else if proposal.state == Stands::Pending {
            (decision(cx, proposal, state))
        }
        p {
            a href={"/gestion/registros/propuestas/" (proposal.id) "/constancia"} { (cx.t("registers-receipt")) }
        }
    };
    let page = Page::new(name(&proposal.item, &proposal.key))
        .caption(cx.t("registers-proposal"))
        .crumb(cx.t("registers-desk"), "/gestion/registros")
        .form(state);
    Ok(cx.page(page, body))
}

/// Field by field, what is there and what would be.
fn changes(cx: &Cx, proposal: &Proposal, before: Option<&Item>) -> Markup {
    let mut shown = table(cx.t("registers-changes")).column(cx.t("registers-field"));
    if before.is_some() {
        shown = shown.column(cx.t("registers-before"));
    }
    shown = shown.column(cx.t("registers-after"));
    for field in Definition::of(proposal.register).names() {
        let old = before.map(|item| item.text(field));
        let new = proposal.item.text(field);
        if new.is_empty() && old.as_ref().is_none_or(String::is_empty) {
            continue;
        }
        let changed = old.as_ref().is_some_and(|old| *old != new);
        let mut row = vec![html!((label(cx, field)))];
        row.extend(old.map(|old| html!((or_dash(&old)))));
        row.push(html! { @if changed { strong { (or_dash(&new)) } } @else { (or_dash(&new)) } });
        shown = shown.row(row);
    }
    html!((shown))
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "—" } else { text }
}

fn decision(cx: &Cx, proposal: &Proposal, state: &FormState) -> Markup {
    let fields = html! {
        h2 { (cx.t("registers-decide")) }
        (textarea("motivo", cx.t("registers-decision")).hint(cx.t("registers-decision-hint")).max(500).state(state))
        p.buttons {
            (button(cx.t("registers-approve")).sends("resolucion", "aprobar"))
            " "
            (button(cx.t("registers-reject")).secondary().sends("resolucion", "rechazar"))
        }
    };
    cx.form(&format!("/gestion/registros/propuestas/{}", proposal.id), fields)
}

pub(super) async fn decide(
    State(registers): State<Registers>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let verdict = match form.value("resolucion") {
        Some("aprobar") => Verdict::Approve,
        Some("rechazar") => Verdict::Reject,
        _ => return Err(Error::not_found().into()),
    };
    let actor = cx.require_actor()?;
    match registers.decide(actor, id, verdict, form.value("motivo").unwrap_or_default()).await {
        Ok(_) => {
            cx.web().public_pages().invalidate();
            Ok(see_other(&format!("/gestion/registros/propuestas/{id}")))
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let proposal = registers.proposal(actor, id).await?;
            let state = FormState::from_values(form.iter()).with_failure(&error);
            page(&registers, &cx, &proposal, &state).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The evidence of the proposal, or of its rejection.
pub(super) async fn receipt(
    State(registers): State<Registers>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let receipt = registers.proposal_receipt(cx.require_actor()?, id).await?;
    Ok(attachment(&format!("propuesta-{id}.tlog-proof"), receipt.ok_or_else(Error::not_found)?))
}
