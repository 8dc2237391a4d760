//! `/mi/ingresos`: every use of the person's identity (IDP-04).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_core::Acr;
use copihue_web::components::{Tone, button_link, integrity_receipt, pagination, table, tag};
use copihue_web::{Cx, Failure, Markup, Page, html};
use http::header;

use crate::Identity;
use crate::model::event::{Event, EventKind, Outcome};

const ROWS: usize = 20;
/// Rows of an export: years of anybody's logins.
const EXPORT: usize = 10_000;

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let person = cx.person()?.id;
    let before = cx.query("antes").and_then(|id| id.parse().ok());
    let found = identity.history(person, before, ROWS).await?;
    let next = found.next.map(|id| format!("/mi/ingresos?antes={id}"));
    let list = table(cx.t("identity-history-caption"))
        .column(cx.t("identity-history-when"))
        .column(cx.t("identity-history-what"))
        .column(cx.t("identity-history-app"))
        .column(cx.t("identity-history-device"))
        .rows(found.events.iter().map(|event| row(&cx, event)))
        .empty(cx.t("identity-history-empty"))
        .quiet_caption();
    let body = html! {
        (list)
        (pagination(before.map(|_| "/mi/ingresos"), next.as_deref()))
        p.hint { (cx.t("identity-history-doubt")) }
        p { a href="/mi/aplicaciones" { (cx.t("identity-apps-title")) } }
        p { a href="/mi/representaciones" { (cx.t("identity-mandates-title")) } }
        p { a href="/mi/seguridad" { (cx.t("identity-security-title")) } }
        (button_link(cx.t("identity-history-export"), "/mi/ingresos/exportar").secondary())
    };
    let page = Page::new("identity-history-title")
        .lead(cx.t("identity-history-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .wide();
    Ok(cx.page(page, body))
}

pub(super) fn row(cx: &Cx, event: &Event) -> Vec<Markup> {
    let app = event.client.as_ref().map_or("", |c| c.name.as_str());
    let given = event.delivered.join(", ");
    vec![
        html! { (cx.datetime(event.at)) },
        html! {
            (kind(cx, event)) " " (outcome(cx, event.outcome))
            @if !event.factors.is_empty() { br; span.hint { (factors(cx, event)) } }
            @if !given.is_empty() { br; span.hint { (given) } }
            br; (integrity_receipt("identity", &event.id.to_string()))
            @if !event.acting.is_empty() { br; span.hint { (event.acting) } }
            @if !event.note.is_empty() { br; span.hint { (event.note) } }
        },
        html! { (app) },
        html! {
            (event.device)
            @if event.kind == EventKind::Login {
                br;
                a href=(format!("/mi/ingresos/no-fui-yo?evento={}", event.id)) { (cx.t("identity-dispute-link")) }
            }
        },
    ]
}

fn kind(cx: &Cx, event: &Event) -> &'static str {
    cx.t(&format!("identity-event-{}", event.kind.code().replace('_', "-")))
}

/// What was used: «clave, código».
fn factors(cx: &Cx, event: &Event) -> String {
    let words: Vec<&str> = event.factors.iter().map(|f| cx.t(&format!("identity-factor-{f}"))).collect();
    words.join(", ")
}

fn outcome(cx: &Cx, outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Ok => html! {},
        Outcome::Failed => tag(cx.t("identity-outcome-failed"), Tone::Warn),
        Outcome::Blocked => tag(cx.t("identity-outcome-blocked"), Tone::Bad),
    }
}

/// The same as a file: UTC, one line an event.
pub(crate) async fn export(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let found = identity.history(cx.person()?.id, None, EXPORT).await?;
    let mut csv = String::from(
        "fecha;tipo;resultado;aplicacion;institucion;nivel;dispositivo;datos_entregados;representacion;motivo\r\n",
    );
    for event in &found.events {
        let client = event.client.as_ref();
        let cells = [
            event.at.to_string(),
            event.kind.code().to_owned(),
            event.outcome.code().to_owned(),
            client.map(|c| c.name.clone()).unwrap_or_default(),
            client.map(|c| c.institution.clone()).unwrap_or_default(),
            event.acr.map(Acr::urn).unwrap_or_default().to_owned(),
            event.device.clone(),
            event.delivered.join(", "),
            event.acting.clone(),
            event.note.clone(),
        ];
        csv.push_str(&cells.map(|cell| cell_of(&cell)).join(";"));
        csv.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"ingresos.csv\""),
    ];
    Ok((headers, csv).into_response())
}

/// Quoted; what a spreadsheet would compute is made text.
fn cell_of(text: &str) -> String {
    let safe =
        if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    format!("\"{}\"", safe.replace('"', "\"\""))
}
