//! The list of registers.

use axum::extract::State;
use axum::response::Response;
use copihue_ledger::Register;
use copihue_web::components::{inset, table};
use copihue_web::{Cx, Failure, Page, args, html};

use super::show::title;
use crate::Registers;

pub(super) async fn show(State(registers): State<Registers>, cx: Cx) -> Result<Response, Failure> {
    let mut shown = table(cx.t("registers-list-caption"))
        .quiet_caption()
        .column(cx.t("registers-register"))
        .numeric(cx.t("registers-records"))
        .numeric(cx.t("registers-entries"))
        .column(cx.t("registers-updated"))
        .column(cx.t("registers-download"));
    for register in Register::ALL {
        let totals = registers.totals(register).await?;
        let name = register.name();
        shown = shown.row(vec![
            html! {
                a href={"/registros/" (name)} { (title(&cx, register)) }
                br;
                span.hint { (cx.t(&format!("registers-about-{name}"))) }
            },
            html!((totals.records)),
            html!((totals.entries)),
            html!((totals.updated.map_or_else(String::new, |at| cx.datetime(at)))),
            html! {
                a href={"/registers/" (name) "/records.csv?page-size=5000"} {
                    "CSV" span.hidden { " " (title(&cx, register)) }
                }
                ", "
                a href={"/registers/" (name) "/records.json?page-size=5000"} {
                    "JSON" span.hidden { " " (title(&cx, register)) }
                }
            },
        ]);
    }
    let custodian = registers.custodian_name();
    let body = html! {
        @if let Some(name) = custodian {
            (inset(html! { p { (cx.ta("registers-custodian", &args! {"name" => name})) } }))
        }
        (shown)
        h2 { (cx.t("registers-copy-title")) }
        p { (cx.t("registers-copy-1")) }
        p { (cx.t("registers-copy-2")) }
        p { code.code { "copihue registers verify communes.rsf --policy politica.txt" } }
        p { (cx.t("registers-copy-policy")) " " a href="/ledger/policy" { "/ledger/policy" } "." }
    };
    Ok(cx.page(Page::new("registers-title").lead(cx.t("registers-lead")).wide(), body))
}
