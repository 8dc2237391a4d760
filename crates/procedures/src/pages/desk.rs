//! The official's desk: in the order of arrival, with deadlines in colour and in words.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{Tone, table, tag};
use copihue_web::{Cx, Failure, Page, html};

use super::show;
use crate::app::{DeskFilter, Procedures};

pub(super) async fn desk(State(app): State<Procedures>, cx: Cx) -> Result<Response, Failure> {
    let view = cx.query("ver").filter(|v| ["libres", "mios", "vencidos", "espera"].contains(&v.as_str()));
    let filter = DeskFilter {
        procedure: cx.query("tramite").filter(|p| !p.is_empty()),
        view: view.as_deref().map(|v| match v {
            "libres" => "free".to_owned(),
            "mios" => "mine".to_owned(),
            "vencidos" => "late".to_owned(),
            _ => "waiting".to_owned(),
        }),
    };
    let tasks = app.desk(cx.require_actor()?, &filter).await?;
    let rows = tasks.iter().map(|t| {
        let iuie = t.iuie.clone().unwrap_or_default();
        let holder = match (&t.assignee_name, t.state.as_str()) {
            (_, "waiting") => html!((tag(cx.t("procedures-waiting-person"), Tone::Info))),
            (Some(name), _) => html!((name)),
            (None, _) => html!((tag(cx.t("procedures-free"), Tone::Neutral))),
        };
        let due = match t.due {
            Some(due) => show::due(&cx, due, t.expires.is_some_and(|at| at <= cx.now())),
            None => html!((cx.t("procedures-no-due"))),
        };
        vec![
            html!(a class="nowrap" href={"/gestion/casos/" (iuie)} { (iuie) }),
            html!((t.procedure_title) ": " (t.title)),
            html!((t.person_name)),
            html!((cx.datetime(t.arrived))),
            due,
            holder,
        ]
    });
    let filters = [
        ("", "procedures-all"),
        ("libres", "procedures-view-free"),
        ("mios", "procedures-view-mine"),
        ("vencidos", "procedures-view-late"),
        ("espera", "procedures-view-waiting"),
    ];
    let body = html! {
        nav class="filters" aria-label=(cx.t("procedures-filters")) {
            ul {
                @for (value, key) in filters {
                    li {
                        @if view.as_deref().unwrap_or_default() == value {
                            a href={"/gestion?ver=" (value)} aria-current="page" { (cx.t(key)) }
                        } @else {
                            a href={"/gestion?ver=" (value)} { (cx.t(key)) }
                        }
                    }
                }
            }
        }
        (table(cx.t("procedures-queue"))
            .column(cx.t("procedures-number"))
            .column(cx.t("procedures-task"))
            .column(cx.t("procedures-person"))
            .column(cx.t("procedures-arrived"))
            .column(cx.t("procedures-deadline-due"))
            .column(cx.t("procedures-holder"))
            .empty(cx.t("procedures-queue-empty"))
            .rows(rows))
        @let desks: Vec<_> = cx.desks().collect();
        @if !desks.is_empty() {
            h2 { (cx.t("procedures-other-desks")) }
            ul { @for desk in desks { li { a href=(desk.href) { (desk.label) } } } }
        }
    };
    Ok(cx.page(Page::new("procedures-desk").lead(cx.t("procedures-desk-lead")).wide(), body))
}
