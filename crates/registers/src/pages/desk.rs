//! The custodian's desk: what waits for a second person, and where to propose.

use axum::extract::State;
use axum::response::Response;
use copihue_ledger::Register;
use copihue_web::components::table;
use copihue_web::{Cx, Failure, Page, html};

use super::show::{name, title};
use crate::Registers;
use crate::app::MOST_PENDING;
use crate::model::definition::{Definition, Edits};

pub(super) async fn show(State(registers): State<Registers>, cx: Cx) -> Result<Response, Failure> {
    let pending = registers.pending(cx.require_actor()?, MOST_PENDING).await?;
    let own = cx.hat()?.official;
    let rows = pending.iter().map(|proposal| {
        let mine = proposal.proposed_by == own;
        vec![
            html! {
                a href={"/gestion/registros/propuestas/" (proposal.id)} { (name(&proposal.item, &proposal.key)) }
            },
            html!((title(&cx, proposal.register))),
            html!((proposal.reason)),
            html!((cx.datetime(proposal.proposed_at))),
            html!((cx.t(if mine { "registers-waits-other" } else { "registers-waits-you" }))),
        ]
    });
    let editable = Register::ALL.into_iter().filter(|r| Definition::of(*r).edits == Edits::Custodian);
    let body = html! {
        h2 { (cx.t("registers-pending")) }
        (table(cx.t("registers-pending"))
            .quiet_caption()
            .column(cx.t("registers-name"))
            .column(cx.t("registers-register"))
            .column(cx.t("registers-reason"))
            .column(cx.t("registers-proposed-at"))
            .column(cx.t("registers-waits"))
            .empty(cx.t("registers-pending-none"))
            .rows(rows))
        h2 { (cx.t("registers-propose")) }
        ul {
            @for register in editable {
                li {
                    a href={"/gestion/registros/" (register.name()) "/proponer"} {
                        (cx.t("registers-propose-new")) ": " (title(&cx, register))
                    }
                }
            }
        }
        p { (cx.t("registers-propose-hint")) " " a href="/registros" { (cx.t("registers-title")) } "." }
    };
    Ok(cx.page(
        Page::new("registers-desk")
            .lead(cx.t("registers-desk-lead"))
            .crumb(cx.t("registers-gestion"), "/gestion")
            .wide(),
        body,
    ))
}
