//! The page of a log: what it says of itself, who stands by it, how it grew, how anyone watches it.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_core::calendar::Zone;
use copihue_core::{Error, Result, Timestamp};
use copihue_web::components::{Bar, Fact, bar_chart, fact, summary_list, warning};
use copihue_web::{Cx, Failure, Markup, Page, args, format, html};

use super::Pages;
use super::names::{of_slug, slug, title};
use crate::overview::{Overview, Shown};
use crate::record::Family;

/// Days of the chart.
const DAYS: i64 = 14;

pub(super) async fn show(
    State(pages): State<Pages>,
    cx: Cx,
    Path(name): Path<String>,
) -> std::result::Result<Response, Failure> {
    let family = of_slug(&name).ok_or_else(Error::not_found)?;
    let all = pages.ledger.overviews().await?;
    let overview = all.into_iter().find(|o| o.family == family).ok_or_else(Error::not_found)?;
    let growth = growth(&pages, &cx, family).await?;
    let page = Page::new(cx.ta("ledger-log-title", &args! {"name" => title(&cx, family)}))
        .lead(cx.t("ledger-log-lead"))
        .crumb("ledger-list-title", "/bitacoras");
    Ok(cx.public_page(page, body(&cx, &pages, &overview, &growth)))
}

/// The end of each of the last days, as people call it, and the log's size then.
async fn growth(pages: &Pages, cx: &Cx, family: Family) -> Result<Vec<(String, u64)>> {
    let today = Zone::Santiago.date(cx.now());
    let days = (0..DAYS).rev().map(|back| today.saturating_sub(jiff::Span::new().days(back)));
    let (labels, ends): (Vec<String>, Vec<Timestamp>) =
        days.map(|day| (format::short_date(day), Zone::Santiago.end_of_day(day))).unzip();
    Ok(labels.into_iter().zip(pages.ledger.sizes_at(family, ends).await?).collect())
}

fn body(cx: &Cx, pages: &Pages, overview: &Overview, growth: &[(String, u64)]) -> Markup {
    html! {
        @if overview.halted.is_some() { (warning(cx.t("ledger-log-halted"))) }
        @match &overview.shown {
            Some(shown) => (facts(cx, overview, shown)),
            None => p { (cx.t("ledger-log-empty")) },
        }
        h2 { (cx.t("ledger-witnesses")) }
        (witnesses(cx, overview))
        @if overview.shown.is_some() {
            h2 { (cx.t("ledger-growth")) }
            (chart(cx, growth))
        }
        h2 { (cx.t("ledger-watch")) }
        (how_to_watch(cx, pages, overview))
    }
}

fn facts(cx: &Cx, overview: &Overview, shown: &Shown) -> Markup {
    let size = i64::try_from(shown.size).unwrap_or(i64::MAX);
    let code = |text: &str| html! { code.hash { (text) } };
    let mut all: Vec<Fact<'_>> = vec![
        fact(cx.t("ledger-entries"), format::number(size)),
        fact(cx.t("ledger-root"), code(&BASE64_STANDARD.encode(shown.root))),
    ];
    all.extend(shown.signed_at.map(|at| fact(cx.t("ledger-signed-at"), cx.datetime(at))));
    all.extend(
        shown
            .anchored
            .map(|(size, at)| fact(cx.t("ledger-anchored"), anchored(cx, overview.family, size, at))),
    );
    all.push(fact(cx.t("ledger-origin"), code(&overview.origin)));
    all.push(fact(cx.t("ledger-key"), code(&overview.key)));
    summary_list(&all)
}

/// When an authority of time stamped the log, with what anyone needs to check it.
fn anchored(cx: &Cx, family: Family, size: u64, at: Timestamp) -> Markup {
    let file = |kind: &str| format!("/ledger/{}/anchor/{size}.{kind}", family.name());
    let entries = format::number(i64::try_from(size).unwrap_or(i64::MAX));
    html! {
        (cx.datetime(at)) " " (cx.ta("ledger-anchored-size", &args! {"n" => entries}))
        br; a href=(file("tsr")) { (cx.t("ledger-anchored-stamp")) } " · " a href=(file("txt")) { (cx.t("ledger-anchored-text")) }
    }
}

fn witnesses(cx: &Cx, overview: &Overview) -> Markup {
    let names = overview.shown.as_ref().map_or(&[][..], |shown| shown.witnesses.as_slice());
    html! {
        p { (cx.t("ledger-witnesses-why")) }
        @if names.is_empty() {
            p { (cx.t("ledger-witnesses-none")) }
        } @else {
            ul { @for name in names { li { (name) } } }
        }
    }
}

fn chart(cx: &Cx, growth: &[(String, u64)]) -> Markup {
    let bars: Vec<Bar<'_>> = growth.iter().map(|(label, value)| Bar { label, value: *value }).collect();
    bar_chart("crecimiento", cx.t("ledger-growth-title"), cx.t("ledger-entries"), &bars)
}

fn how_to_watch(cx: &Cx, pages: &Pages, overview: &Overview) -> Markup {
    let log = format!("{}/ledger/{}", pages.base_url, overview.family.name());
    let key = &overview.key;
    let slug = slug(overview.family);
    html! {
        p { (cx.t("ledger-watch-why")) }
        ol {
            li { (cx.t("ledger-watch-get")) }
            li {
                (cx.t("ledger-watch-monitor"))
                br; code.hash { "copihue monitor " (log) " --vkey " (key) " --state vigilancia-" (slug) }
            }
            li {
                (cx.t("ledger-watch-clone"))
                br; code.hash { "copihue clone " (log) " copia-" (slug) " --vkey " (key) }
            }
        }
        p { (cx.t("ledger-watch-other")) }
        p { a href=(format!("/ledger/{}/checkpoint", overview.family.name())) { (cx.t("ledger-watch-checkpoint")) } }
    }
}
