//! The inbox and its notices; the development page of what left by e-mail.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Id, Timestamp};
use copihue_web::components::{
    Tone, details, fact, inset, integrity_receipt, pagination, receipt_link, summary_list, table, tag,
    warning,
};
use copihue_web::{Access, Cx, Failure, Markup, Page, RouteSet, Routes, args, html};

use crate::app::Notifications;
use crate::model::domicile::LegalResult;
use crate::model::mail::MailState;
use crate::model::notice::{NoticeKind, NoticeState, NoticeSummary, NoticeView};

/// Lines of the inbox on one page.
const PAGE: i64 = 25;

impl Notifications {
    /// The recipient's pages.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        Routes::new(self.clone())
            .service("notifications")
            .get("/mi/avisos", Access::Person, inbox)
            .get("/mi/avisos/{id}", Access::Person, show)
            .get("/mi/avisos/{id}/certificado.json", Access::Person, certificate)
            .finish()
    }

    /// What left by e-mail. Development only: it shows addresses and texts to anybody.
    #[must_use]
    pub fn demo_routes(&self) -> RouteSet {
        Routes::new(self.clone()).service("notifications").get("/demo/correo", Access::Public, mails).finish()
    }
}

async fn inbox(State(app): State<Notifications>, cx: Cx) -> Result<Response, Failure> {
    let before = cx.query("antes").and_then(|text| place(&text));
    let mut notices = app.inbox(cx.require_actor()?, before, PAGE + 1).await?;
    let more = notices.len() as i64 > PAGE;
    notices.truncate(PAGE as usize);
    let next = notices.last().filter(|_| more);
    let next = next.map(|n| format!("/mi/avisos?antes={}.{}", n.sent_at.millis(), n.id));
    let rows = notices.iter().map(|n| {
        vec![
            html! { a href={ "/mi/avisos/" (n.id) } { (n.subject) } },
            html! { (n.sender) },
            html! { (cx.datetime(n.sent_at)) },
            opened(&cx, n),
        ]
    });
    let body = html! {
        (table(cx.t("notifications-inbox-title"))
            .quiet_caption()
            .column(cx.t("notifications-inbox-what"))
            .column(cx.t("notifications-inbox-who"))
            .column(cx.t("notifications-inbox-when"))
            .column(cx.t("notifications-inbox-state"))
            .rows(rows)
            .empty(cx.t("notifications-inbox-empty")))
        (pagination(before.map(|_| "/mi/avisos"), next.as_deref()))
    };
    Ok(cx.page(Page::new("notifications-inbox-title"), body))
}

/// `1796515200000.01ARZ…`: the line after which a page begins.
fn place(text: &str) -> Option<(Timestamp, Id)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

fn opened(cx: &Cx, notice: &NoticeSummary) -> Markup {
    match notice.read_at {
        Some(_) => tag(cx.t("notifications-read"), Tone::Neutral),
        None => tag(cx.t("notifications-new"), Tone::Info),
    }
}

fn id_of(path: &Path<String>) -> Result<Id, Error> {
    path.0.parse().map_err(|_| Error::not_found())
}

async fn show(State(app): State<Notifications>, cx: Cx, path: Path<String>) -> Result<Response, Failure> {
    let id = id_of(&path)?;
    let view = cx.hide("notice", &id.to_string(), app.open(cx.require_actor()?, id).await)?;
    let kind = match view.summary.kind {
        NoticeKind::Notification => cx.t("notifications-kind-nt"),
        NoticeKind::Copy => cx.t("notifications-kind-cp"),
        NoticeKind::Information => cx.t("notifications-kind-ci"),
    };
    let body = html! {
        (made(&cx, &view))
        @for paragraph in view.body.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            p { @for (i, line) in paragraph.lines().enumerate() { @if i > 0 { br; } (line) } }
        }
        (attachments(&cx, &view))
        (facts(&cx, &view))
        p { a href={ "/mi/avisos/" (view.summary.id) "/certificado.json" } { (cx.t("notifications-certificate")) } }
        p { (integrity_receipt("notification", &format!("notice.sent/{}", view.code))) }
    };
    let page = Page::new(view.summary.subject.as_str()).caption(kind);
    Ok(cx.page(page.crumb(cx.t("notifications-inbox-title"), "/mi/avisos"), body))
}

/// When it counts as made, in plain words.
fn made(cx: &Cx, view: &NoticeView) -> Markup {
    if view.result != LegalResult::Sent {
        return warning(cx.t("notifications-not-sent"));
    }
    if view.summary.kind != NoticeKind::Notification {
        return inset(cx.t("notifications-no-clock"));
    }
    let date = args! { "date" => cx.date(view.summary.made_on) };
    let text = match view.summary.state {
        NoticeState::Made => cx.ta("notifications-made-past", &date),
        _ => cx.ta("notifications-made-future", &date),
    };
    html! {
        (inset(text))
        (details(cx.t("notifications-made-title"), html! { p { (cx.t("notifications-made-why")) } }))
    }
}

fn attachments(cx: &Cx, view: &NoticeView) -> Markup {
    html! {
        @if !view.attachments.is_empty() {
            h2 { (cx.t("notifications-attachments")) }
            ul {
                @for a in &view.attachments {
                    li { a href=(a.href) { (a.title) } br; span.hint { (cx.t("notifications-hash")) ": " code { (a.sha256) } } }
                }
            }
        }
    }
}

fn facts(cx: &Cx, view: &NoticeView) -> Markup {
    let sent = copihue_core::text::long_datetime(view.summary.zone.local(view.summary.sent_at));
    let mut facts = vec![
        fact(cx.t("notifications-sender"), view.summary.sender.as_str()),
        fact(cx.t("notifications-sent"), sent),
        fact(cx.t("notifications-code"), view.code.to_string()),
    ];
    if let Some(case) = &view.case {
        let href = format!("/mi/expedientes/{}:{case}", view.institution);
        facts.push(fact(cx.t("notifications-case"), html! { a href=(href) { (case) } }));
    }
    html! { h2 { (cx.t("notifications-details")) } (summary_list(&facts)) }
}

async fn certificate(
    State(app): State<Notifications>,
    cx: Cx,
    path: Path<String>,
) -> Result<Response, Failure> {
    let id = id_of(&path)?;
    let found = app.certificate(cx.require_actor()?, id).await;
    let (json, jws) = cx.hide("notice", &id.to_string(), found)?;
    let text = serde_json::json!({ "certificado": json, "jws": jws }).to_string();
    let name = "attachment; filename=\"certificado-de-envio.json\"";
    let code = json["codigo"].as_str().unwrap_or_default();
    let receipt = receipt_link("notification", &format!("notice.sent/{code}"));
    Ok(([receipt], [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, name)], text)
        .into_response())
}

async fn mails(State(app): State<Notifications>, cx: Cx) -> Result<Response, Failure> {
    let mails = app.kept_mail().await?;
    let body = html! {
        @if mails.is_empty() { p { (cx.t("notifications-mail-empty")) } }
        @for kept in &mails {
            section.card {
                h2 { (kept.mail.subject) }
                p { (cx.t("notifications-mail-to")) " " (kept.mail.to) " · " (cx.datetime(kept.created_at)) " · " (left(&cx, kept.state)) }
                (details(cx.t("notifications-mail-read"), html! { pre { (kept.mail.text) } }))
            }
        }
    };
    Ok(cx.page(Page::new("notifications-mail-title").lead(cx.t("notifications-mail-lead")), body))
}

fn left(cx: &Cx, state: MailState) -> Markup {
    match state {
        MailState::Waiting => tag(cx.t("notifications-mail-waiting"), Tone::Info),
        MailState::Sent => tag(cx.t("notifications-mail-sent"), Tone::Good),
        MailState::Kept => tag(cx.t("notifications-mail-kept"), Tone::Good),
        MailState::Refused => tag(cx.t("notifications-mail-refused"), Tone::Bad),
    }
}
