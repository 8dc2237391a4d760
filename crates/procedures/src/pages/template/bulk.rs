//! Issuing many documents from a table that is pasted from a spreadsheet, and how far each order is.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind as ErrorKind};
use copihue_web::components::{button, facts, inset, pagination, table, textarea};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::{HOME, grid, key_of, path_of};
use crate::app::{BatchLook, Deed, GIVEN_IN_BULK, Procedures};
use crate::model::template::Key;
use crate::model::template::table::columns;
use crate::pages::id_of;
use crate::store::batch::{BatchRow, Ended, Outcome};

pub(in crate::pages) async fn form(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    page(&app, &cx, &key, &cx.form_state()).await
}

async fn page(app: &Procedures, cx: &Cx, key: &Key, state: &FormState) -> Result<Response, Failure> {
    let wording = app.wording(key).await?;
    let names = columns(&wording.template, &GIVEN_IN_BULK).into_iter().map(|(name, _)| name);
    let body = html! {
        (inset(html! { p { (cx.t("procedures-bulk-hint")) } }))
        p { (cx.t("procedures-bulk-columns")) }
        p.names { @for name in names { code { (name) } " " } }
        (cx.form(&format!("{}/emitir", path_of(key)), html! {
            (textarea("tabla", cx.t("procedures-bulk-table")).hint(cx.t("procedures-bulk-table-hint")).state(state))
            (button(cx.t("procedures-bulk-issue")))
        }))
    };
    let page = Page::new("procedures-bulk")
        .caption(wording.title)
        .crumb(cx.t("procedures-templates"), HOME)
        .crumb(cx.t("procedures-template-history"), path_of(key))
        .form(state);
    Ok(cx.page(page, body))
}

pub(in crate::pages) async fn order(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document)): Path<(String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    match app.order(cx.require_actor()?, &key, form.value("tabla").unwrap_or_default()).await {
        Ok(id) => Ok(see_other(&format!("/gestion/lotes/{id}"))),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let state = FormState::from_values(form.iter()).with_failure(&error);
            page(&app, &cx, &key, &state).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(in crate::pages) async fn list(State(app): State<Procedures>, cx: Cx) -> Result<Response, Failure> {
    let orders = app.orders(cx.require_actor()?).await?;
    let rows = orders.iter().map(|order| {
        vec![
            html!(a href={"/gestion/lotes/" (order.id)} { (order.title) }),
            html!((order.total)),
            html!((order.ordered_by) br; (cx.datetime(order.created_at))),
            html!((stands(&cx, order))),
        ]
    });
    let body = html! {
        (grid(&cx, "procedures-bulk-orders", &[
                "procedures-template-document",
                "procedures-bulk-total",
                "procedures-bulk-ordered",
                "procedures-bulk-finished",
            ])
            .empty(cx.t("procedures-bulk-none"))
            .rows(rows))
    };
    let page = Page::new("procedures-bulk-orders").crumb(cx.t("procedures-templates"), HOME).wide();
    Ok(cx.page(page, body))
}

/// How far an order is.
fn stands(cx: &Cx, order: &BatchRow) -> String {
    match (order.finished_at, order.stopped_at, &order.trouble) {
        (_, Some(at), _) => format!("{}, {}", cx.t("procedures-bulk-stopped"), cx.datetime(at)),
        (Some(at), ..) => cx.datetime(at),
        (None, None, Some(why)) => format!("{} {why}", cx.t("procedures-bulk-trouble")),
        (None, None, None) => cx.t("procedures-bulk-running").to_owned(),
    }
}

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    look(&app, &cx, &id, &cx.form_state()).await
}

/// Stops an order, tries again what failed, or forgets it.
pub(in crate::pages) async fn act(
    State(app): State<Procedures>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let deed = match form.value("accion") {
        Some("detener") => Deed::Stop,
        Some("reintentar") => Deed::Retry,
        Some("olvidar") => Deed::Forget,
        _ => return Err(Error::not_found().into()),
    };
    match app.order_deed(cx.require_actor()?, id_of(&id)?, deed).await {
        Ok(()) => Ok(see_other(&format!("/gestion/lotes/{id}"))),
        Err(error) if error.kind() == ErrorKind::Conflict => {
            look(&app, &cx, &id, &FormState::new().with_failure(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn look(app: &Procedures, cx: &Cx, id: &str, state: &FormState) -> Result<Response, Failure> {
    let after = cx.query("desde").and_then(|n| n.parse().ok()).unwrap_or(0);
    let (look, rows) = app.order_look(cx.require_actor()?, id_of(id)?, after).await?;
    let counts = |n: u32| html!((n));
    let next =
        rows.last().filter(|_| rows.len() == 100).map(|row| format!("/gestion/lotes/{id}?desde={}", row.n));
    let lines = rows.iter().map(|Ended { n, label, outcome }| {
        let (what, link) = match outcome {
            Outcome::Issued { code, .. } => (
                code.to_string(),
                html!(a href={"/gestion/lotes/" (id) "/" (n)} { (cx.t("procedures-bulk-pdf")) }),
            ),
            Outcome::Failed(why) => (why.clone(), html!("—")),
        };
        let label = if label.is_empty() { "—" } else { label.as_str() };
        vec![html!((n)), html!((label)), html!((what)), link]
    });
    let body = html! {
        (facts(vec![
            (cx.t("procedures-bulk-total"), counts(look.batch.total)),
            (cx.t("procedures-bulk-waiting"), counts(look.waiting)),
            (cx.t("procedures-bulk-issued"), counts(look.issued)),
            (cx.t("procedures-bulk-failed"), counts(look.failed)),
            (cx.t("procedures-bulk-ordered"), html!((look.batch.ordered_by) ", " (cx.datetime(look.batch.created_at)))),
            (cx.t("procedures-bulk-finished"), html!((stands(cx, &look.batch)))),
        ]))
        (deeds(cx, id, &look))
        (table(cx.t("procedures-bulk-rows"))
            .numeric(cx.t("procedures-bulk-row"))
            .column(cx.t("procedures-bulk-whose"))
            .column(cx.t("procedures-bulk-code"))
            .column(cx.t("procedures-bulk-file"))
            .empty(cx.t("procedures-bulk-rows-none"))
            .rows(lines))
        (pagination(None, next.as_deref()))
    };
    let mut page = Page::new(look.batch.title.clone())
        .caption(cx.ta("procedures-bulk-caption", &args! {"n" => look.batch.total}))
        .crumb(cx.t("procedures-bulk-orders"), "/gestion/lotes")
        .form(state);
    if look.batch.finished_at.is_none() && !state.has_errors() {
        page = page.refresh(5);
    }
    Ok(cx.page(page, body))
}

/// What can be done with an order now.
fn deeds(cx: &Cx, id: &str, look: &BatchLook) -> Markup {
    let goes_on = look.batch.finished_at.is_none();
    let retry = look.retriable > 0 && !goes_on || look.batch.trouble.is_some();
    let fields = html! {
        @if look.retriable > 0 && !goes_on { p { (cx.t("procedures-bulk-retry-hint")) } }
        p.buttons {
            @if goes_on { (button(cx.t("procedures-bulk-stop")).danger().sends("accion", "detener")) " " }
            @if retry { (button(cx.t("procedures-bulk-retry")).secondary().sends("accion", "reintentar")) " " }
            @if look.retriable > 0 && !goes_on {
                (button(cx.t("procedures-bulk-forget")).secondary().sends("accion", "olvidar"))
            }
        }
    };
    html!(@if goes_on || retry { (cx.form(&format!("/gestion/lotes/{id}"), fields)) })
}

pub(in crate::pages) async fn document(
    State(app): State<Procedures>,
    cx: Cx,
    Path((id, n)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let number = i64::from(super::number_of(&n)?);
    let pdf = app.ordered_document(cx.require_actor()?, id_of(&id)?, number).await?;
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"documento-{number}.pdf\"")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}
