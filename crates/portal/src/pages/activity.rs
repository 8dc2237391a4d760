//! «Lo que el Estado hizo conmigo»: every event that concerns the person, newest first, each with its receipt.

use axum::extract::State;
use axum::response::Response;
use copihue_ledger::{Family, PersonEvent};
use copihue_web::components::{event, event_address, pagination, timeline};
use copihue_web::{Cx, Failure, Markup, Page, html};

use super::words::{self, Words};
use crate::Portal;

/// Events on one page.
const EVENTS: usize = 20;
const ADDRESS: &str = "/mi/actividad";

pub(super) async fn show(State(portal): State<Portal>, cx: Cx) -> Result<Response, Failure> {
    let person = cx.person()?.id;
    let view = View::asked(&cx);
    let before = cx.query("antes");
    let found = portal.ledger.events_of(person, view.family(), before.as_deref(), EVENTS).await?;
    let next = found.older.map(|older| view.address(Some(&older)));
    let first = before.map(|_| view.address(None));
    let body = html! {
        (views(&cx, view))
        @if found.events.is_empty() { p { (cx.t(view.empty())) } }
        (list(&cx, &portal, &found.events))
        (pagination(None, next.as_deref()))
        @if let Some(first) = first { p { a href=(first) { (cx.t("portal-activity-first")) } } }
    };
    let page = Page::new("portal-activity-title")
        .lead(cx.t("portal-activity-lead"))
        .crumb(cx.t("portal-mine-title"), "/mi");
    Ok(cx.page(page, body))
}

/// Which events are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    Readings,
}

impl View {
    fn asked(cx: &Cx) -> Self {
        if cx.query("ver").as_deref() == Some("accesos") { Self::Readings } else { Self::All }
    }

    fn family(self) -> Option<Family> {
        (self == Self::Readings).then_some(Family::Access)
    }

    fn empty(self) -> &'static str {
        match self {
            Self::All => "portal-activity-empty",
            Self::Readings => "portal-activity-nobody",
        }
    }

    fn address(self, before: Option<&str>) -> String {
        let mut address = match self {
            Self::All => format!("{ADDRESS}?"),
            Self::Readings => format!("{ADDRESS}?ver=accesos&"),
        };
        if let Some(before) = before {
            address.push_str("antes=");
            address.extend(percent_encoding::utf8_percent_encode(before, percent_encoding::NON_ALPHANUMERIC));
        }
        address.trim_end_matches(['?', '&']).to_owned()
    }
}

fn views(cx: &Cx, now: View) -> Markup {
    let all = [(View::All, "portal-activity-all"), (View::Readings, "portal-activity-readings")];
    html! {
        nav aria-label=(cx.t("portal-activity-views")) {
            ul.tabs-list {
                @for (view, key) in all {
                    li { a href=(view.address(None)) aria-current=[(view == now).then_some("page")] { (cx.t(key)) } }
                }
            }
        }
    }
}

fn list(cx: &Cx, portal: &Portal, events: &[PersonEvent]) -> Markup {
    let lines: Vec<_> = events
        .iter()
        .map(|e| {
            let words = words::of(cx, &portal.directory, e);
            let line = event(words.title, e.at).body(under(cx, e, &words));
            match words.who {
                Some(who) => line.by(who),
                None => line,
            }
        })
        .collect();
    timeline(&lines)
}

/// Why, as the case it belongs to; and the way to the receipt.
fn under(cx: &Cx, event: &PersonEvent, words: &Words) -> Markup {
    html! {
        @if let Some((institution, number)) = &words.case {
            a href={ "/mi/expedientes/" (institution) ":" (number) } { (cx.t("portal-activity-case")) " " (number) }
            " · "
        }
        a href=(event_address(event.family.name(), &event.record_id)) {
            (cx.t("portal-activity-receipt")) span.hidden { ": " (words.title) ", " (cx.datetime(event.at)) }
        }
    }
}
