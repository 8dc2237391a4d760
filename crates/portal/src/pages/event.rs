//! One event of a person with its receipt.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Timestamp};
use copihue_ledger::{Family, PersonEvent, Receipt};
use copihue_web::components::{button_link, details, event_address, fact, inset, summary_list};
use copihue_web::{Cx, Failure, Markup, Page, args, format, html, proof_file, see_other};

use super::words;
use crate::Portal;

type Asked = Path<(String, String)>;

/// An event of the one who asks; anybody else's isn't there.
pub(crate) async fn own(
    portal: &Portal,
    cx: &Cx,
    Path((ledger, record)): &Asked,
) -> Result<(PersonEvent, Receipt), Failure> {
    let family = Family::named(ledger).ok_or_else(Error::not_found)?;
    let found = portal.ledger.event_of(cx.person()?.id, family, record).await?;
    Ok(cx.hide("event", ledger, found.ok_or_else(Error::not_found))?)
}

pub(super) async fn show(State(portal): State<Portal>, cx: Cx, asked: Asked) -> Result<Response, Failure> {
    let (event, receipt) = own(&portal, &cx, &asked).await?;
    let words = words::of(&cx, &portal.directory, &event);
    let mut facts = vec![fact(cx.t("portal-event-when"), cx.datetime(event.at))];
    facts.extend(words.who.as_deref().map(|who| fact(cx.t("portal-event-who"), who)));
    if let Some((institution, number)) = &words.case {
        let link = html! { a href={ "/mi/expedientes/" (institution) ":" (number) } { (number) } };
        facts.push(fact(cx.t("portal-event-case"), link));
    }
    facts.extend(words.facts.iter().map(|(what, value)| fact(what.as_str(), value.as_str())));
    let body = html! {
        (summary_list(&facts))
        h2 { (cx.t("portal-event-receipt")) }
        (state(&cx, &event, &receipt))
        (details(cx.t("portal-event-what-is"), html! {
            p { (cx.t("portal-event-proves")) }
            p { (cx.t("portal-event-proves-not")) }
            p { (cx.t("portal-event-own-data")) }
        }))
    };
    let page = Page::new(words.title).crumb(cx.t("portal-mine-title"), "/mi");
    let page = page.crumb(cx.t("portal-activity-title"), "/mi/actividad");
    Ok(cx.page(if matches!(receipt, Receipt::Ready(_)) { page } else { page.refresh(3) }, body))
}

fn state(cx: &Cx, event: &PersonEvent, receipt: &Receipt) -> Markup {
    match receipt {
        Receipt::Ready(_) => html! {
            p { (cx.t("portal-event-ready")) }
            p { (button_link(cx.t("portal-event-download"), download_address(event))) }
            p { a href="/verificar/registro" { (cx.t("portal-event-verify")) } }
        },
        Receipt::Pending(Some(by)) => {
            inset(cx.ta("portal-event-pending", &args! {"time" => format::time_to_the_second(*by)}))
        }
        Receipt::Pending(None) => inset(cx.t("portal-event-late")),
    }
}

fn download_address(event: &PersonEvent) -> String {
    event_address(event.family.name(), &event.record_id).replacen("/mi/actividad/", "/mi/comprobantes/", 1)
}

/// The file; while there is none, the page that says when there will be.
pub(super) async fn download(
    State(portal): State<Portal>,
    cx: Cx,
    asked: Asked,
) -> Result<Response, Failure> {
    let (event, receipt) = own(&portal, &cx, &asked).await?;
    match receipt {
        Receipt::Ready(proof) => Ok(attachment(&event.family, &event.kind, event.at, proof)),
        Receipt::Pending(_) => Ok(see_other(&event_address(event.family.name(), &event.record_id))),
    }
}

/// A receipt as a file whose name says what it is of and when.
fn attachment(family: &Family, kind: &str, at: Timestamp, proof: String) -> Response {
    let day = format::day_in(at, format::santiago());
    proof_file(&format!("{}-{kind}-{day}", family.name()), proof)
}
