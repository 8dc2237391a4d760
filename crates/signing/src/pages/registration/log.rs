//! `…/firmas`: every signature made with the holder's certificates, each with its receipt.

use axum::extract::State;
use axum::response::Response;
use copihue_core::calendar::Zone;
use copihue_web::components::{button, date_input, integrity_receipt_of, pagination, select, table};
use copihue_web::{Cx, Failure, FormState, Markup, Page, format, html};
use jiff::civil::Date;

use super::MINE;
use crate::Registration;
use crate::app::{Use, Uses, Wanted};

pub(super) async fn page(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let wanted = Wanted {
        application: cx.query("aplicacion"),
        day: day(&cx),
        before: cx.query("antes").and_then(|id| id.parse().ok()),
    };
    let uses = registration.my_uses(cx.require_actor()?, wanted.clone()).await?;
    let older = uses.older.map(|id| older(&cx, &wanted, &id.to_string()));
    let body = html! {
        (filter(&cx, &uses, &wanted))
        (table(cx.t("signing-log-title"))
            .column(cx.t("signing-log-when"))
            .column(cx.t("signing-log-what"))
            .column(cx.t("signing-log-by"))
            .column(cx.t("signing-log-digest"))
            .column(cx.t("signing-log-receipt"))
            .rows(uses.uses.iter().map(|one| row(&cx, &uses, one)))
            .empty(cx.t("signing-log-empty"))
            .quiet_caption())
        (pagination(None, older.as_deref()))
    };
    let page = Page::new("signing-log-title").lead(cx.t("signing-log-lead")).back(MINE).wide();
    Ok(cx.page(page, body))
}

/// The day of the three boxes, if it is one.
fn day(cx: &Cx) -> Option<Date> {
    let part = |name: &str| cx.query(&format!("dia-{name}"))?.parse::<i16>().ok();
    let (year, month, day) = (part("ano")?, part("mes")?, part("dia")?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn older(cx: &Cx, wanted: &Wanted, before: &str) -> String {
    let mut query = url_pairs(wanted);
    query.push(("antes", before.to_owned()));
    let pairs: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", cx.path(), pairs.join("&"))
}

/// An application's key is letters, digits and hyphens: nothing in it needs another form in an address.
fn url_pairs(wanted: &Wanted) -> Vec<(&'static str, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    pairs.extend(wanted.application.iter().map(|key| ("aplicacion", plain(key))));
    if let Some(day) = wanted.day {
        pairs.push(("dia-dia", day.day().to_string()));
        pairs.push(("dia-mes", day.month().to_string()));
        pairs.push(("dia-ano", day.year().to_string()));
    }
    pairs
}

fn plain(key: &str) -> String {
    key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}

fn filter(cx: &Cx, uses: &Uses, wanted: &Wanted) -> Markup {
    let all = select("aplicacion", cx.t("signing-log-application")).option("", cx.t("signing-log-all"));
    let chosen = wanted.application.clone().unwrap_or_default();
    let applications =
        uses.applications.iter().fold(all, |all, (key, name)| all.option(key.clone(), name.clone()));
    let state = FormState::from_values(url_pairs(wanted));
    html! {
        form.form method="get" action=(cx.path()) novalidate {
            @if !uses.applications.is_empty() { (applications.value(chosen)) }
            (date_input("dia", cx.t("signing-log-day")).optional().state(&state))
            (button(cx.t("signing-log-filter")).secondary())
        }
    }
}

fn row(cx: &Cx, all: &Uses, one: &Use) -> Vec<Markup> {
    let used = &one.used;
    let by = match &used.application {
        None => cx.t("signing-log-self"),
        Some(key) => all.applications.iter().find(|(k, _)| k == key).map_or(key.as_str(), |(_, name)| name),
    };
    let when = format::short_datetime(used.at);
    let record = format!("signature.made/{}", used.id);
    let digest = hex::encode(used.digest);
    vec![
        html! { time.nowrap datetime=(Zone::Santiago.rfc3339(used.at)) { (when) } },
        html! { (cx.t(&format!("signing-log-format-{}", used.format.code()))) },
        html! { (by) },
        html! { code.hash title=(digest) { (digest[..16]) "…" } },
        html! {
            @if one.has_receipt { (integrity_receipt_of("signature", &record, &when)) }
            @else { (cx.t("signing-log-no-receipt")) }
        },
    ]
}
