//! `/gestion/identidad/panel`: how the logins go, and what is unusual in them. Of nobody in particular.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Timestamp};
use copihue_web::components::{
    Bar, Tone, bar_chart, button, details, fact, success_banner, summary_list, table, tag, text_input,
    warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, format, html, see_other};
use http::StatusCode;

use super::desk::strong;
use crate::Identity;
use crate::app::{Logins, Panel};
use crate::model::alarm::AlarmKind;
use crate::model::tally::HOUR_MS;
use crate::store::Alarm;

const HERE: &str = "/gestion/identidad/panel";
/// Rows of a table that somebody reads.
const ROWS: usize = 50;

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    strong(&cx)?;
    let panel = identity.panel().await?;
    Ok(shown(&cx, &panel, None, StatusCode::OK))
}

/// `POST /gestion/identidad/panel`: somebody says what an alarm was.
pub(crate) async fn close(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let kind = AlarmKind::ALL.into_iter().find(|kind| form.value("alarma") == Some(kind.code()));
    let hour = form.value("hora").and_then(|hour| hour.parse::<i64>().ok());
    let alarm = kind.zip(hour).ok_or_else(Error::not_found)?;
    let field = field(alarm);
    let note = form.value(&field).unwrap_or_default();
    match identity.close_alarm(cx.require_actor()?, alarm, note).await {
        Ok(()) => Ok(see_other("/gestion/identidad/panel?hecho=si")),
        Err(error) if error.code() == "motivo_corto" => {
            let state = form.state().with_error(field, error.detail());
            let panel = identity.panel().await?;
            Ok(shown(&cx, &panel, Some((alarm, &state)), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}

/// An alarm whose form was not filled in as it should, and what was sent.
type Mistaken<'a> = Option<((AlarmKind, i64), &'a FormState)>;

fn shown(cx: &Cx, panel: &Panel, mistaken: Mistaken<'_>, status: StatusCode) -> Response {
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("identity-panel-done"), html! {})) }
        (alarms(cx, &panel.alarms, mistaken))
        h2 { (cx.t("identity-panel-now")) }
        (numbers(cx, panel))
        h2 { (cx.t("identity-panel-applications")) }
        (applications(cx, panel))
        h2 { (cx.t("identity-panel-factors")) }
        (factors(cx, panel))
        h2 { (cx.t("identity-panel-by-hour")) }
        (by_hour(cx, panel))
    };
    let mut page = Page::new("identity-panel-title")
        .lead(cx.ta("identity-panel-lead", &args! {"at" => cx.datetime(panel.at)}))
        .crumb(cx.t("identity-desk-crumb"), "/gestion")
        .wide()
        .status(status);
    if let Some((_, state)) = mistaken {
        page = page.form(state);
    }
    cx.page(page, body)
}

/// The field of an alarm's form: a page may show several.
fn field((kind, hour): (AlarmKind, i64)) -> String {
    format!("motivo-{}-{hour}", kind.code())
}

fn number(n: u64) -> String {
    format::number(i64::try_from(n).unwrap_or(i64::MAX))
}

fn alarms(cx: &Cx, all: &[Alarm], mistaken: Mistaken<'_>) -> Markup {
    let (open, closed): (Vec<&Alarm>, Vec<&Alarm>) = all.iter().partition(|alarm| alarm.closed.is_none());
    html! {
        @if open.is_empty() { p { (tag(cx.t("identity-panel-calm"), Tone::Good)) } }
        @for alarm in open { (open_alarm(cx, alarm, mistaken)) }
        @if !closed.is_empty() {
            (details(cx.t("identity-panel-closed"), closed_alarms(cx, &closed)))
        }
    }
}

fn open_alarm(cx: &Cx, alarm: &Alarm, mistaken: Mistaken<'_>) -> Markup {
    let (kind, hour) = (alarm.what.kind, alarm.what.hour);
    let empty = FormState::new();
    let state = mistaken.filter(|(of, _)| *of == (kind, hour)).map_or(&empty, |(_, state)| state);
    html! {
        section {
            (warning(words(cx, alarm)))
            p { (cx.t(&format!("identity-panel-do-{}", kind.code().replace('_', "-")))) }
            (cx.form(HERE, html! {
                input type="hidden" name="alarma" value=(kind.code());
                input type="hidden" name="hora" value=(hour);
                (text_input(field((kind, hour)), cx.t("identity-panel-note")).hint(cx.t("identity-panel-note-hint")).state(state))
                (button(cx.t("identity-panel-close")).secondary())
            }))
        }
    }
}

/// What is unusual, in words.
fn words(cx: &Cx, alarm: &Alarm) -> String {
    let what = alarm.what;
    let from = Timestamp::from_millis(what.hour * HOUR_MS);
    let args = args! {"n" => number(what.n), "usual" => number(what.usual), "at" => cx.datetime(from)};
    cx.ta(&format!("identity-panel-alarm-{}", what.kind.code().replace('_', "-")), &args)
}

fn closed_alarms(cx: &Cx, closed: &[&Alarm]) -> Markup {
    let row = |alarm: &&Alarm| {
        let (at, by, note) = alarm.closed.clone().unwrap_or_default();
        vec![html! { (words(cx, alarm)) }, html! { (note) }, html! { (by) }, html! { (cx.datetime(at)) }]
    };
    html! {
        (table(cx.t("identity-panel-closed"))
            .column(cx.t("identity-panel-alarm"))
            .column(cx.t("identity-panel-note"))
            .column(cx.t("identity-panel-by"))
            .column(cx.t("identity-panel-when"))
            .rows(closed.iter().map(row))
            .quiet_caption())
    }
}

fn numbers(cx: &Cx, panel: &Panel) -> Markup {
    let hour = panel.hours.last().map(|(_, logins)| *logins).unwrap_or_default();
    let day = panel.total();
    let both = |now: u64, all: u64| {
        cx.ta("identity-panel-both", &args! {"hour" => number(now), "day" => number(all)})
    };
    summary_list(&[
        fact(cx.t("identity-panel-logins"), both(hour.done, day.done)),
        fact(cx.t("identity-panel-refused"), both(hour.refused, day.refused)),
        fact(cx.t("identity-panel-strangers"), both(hour.strangers, day.strangers)),
    ])
}

fn by_hour(cx: &Cx, panel: &Panel) -> Markup {
    let labels: Vec<String> = panel.hours.iter().map(|(at, _)| format::time(*at)).collect();
    let bars: Vec<Bar<'_>> =
        labels.iter().zip(&panel.hours).map(|(label, (_, l))| Bar { label, value: l.done }).collect();
    bar_chart("ingresos", cx.t("identity-panel-chart"), cx.t("identity-panel-logins"), &bars)
}

fn applications(cx: &Cx, panel: &Panel) -> Markup {
    let row = |(name, institution, logins): &(String, String, Logins)| {
        vec![
            html! { (name) br; span.hint { (institution) } },
            html! { (number(logins.done)) },
            html! { (number(logins.refused)) },
        ]
    };
    html! {
        (table(cx.t("identity-panel-applications"))
            .column(cx.t("identity-panel-application"))
            .column(cx.t("identity-panel-logins"))
            .column(cx.t("identity-panel-refused"))
            .rows(panel.applications.iter().take(ROWS).map(row))
            .empty(cx.t("identity-panel-none"))
            .quiet_caption())
    }
}

fn factors(cx: &Cx, panel: &Panel) -> Markup {
    let name = |factors: &[String]| {
        let words: Vec<&str> = factors.iter().map(|f| cx.t(&format!("identity-factor-{f}"))).collect();
        if words.is_empty() { cx.t("identity-panel-no-factor").to_owned() } else { words.join(" + ") }
    };
    let row = |(factors, n): &(Vec<String>, u64)| vec![html! { (name(factors)) }, html! { (number(*n)) }];
    html! {
        (table(cx.t("identity-panel-factors"))
            .column(cx.t("identity-panel-factor"))
            .column(cx.t("identity-panel-logins"))
            .rows(panel.factors.iter().map(row))
            .empty(cx.t("identity-panel-none"))
            .quiet_caption())
    }
}
