//! `/mi/aplicaciones`: what the person lets applications know, and its end.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, table};
use copihue_web::{Cx, Failure, FormData, Markup, Page, args, html, see_other};
use http::HeaderMap;

use crate::Identity;
use crate::api::browser;
use crate::app::Application;

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let all = identity.applications(cx.person()?.id).await?;
    let list = table(cx.t("identity-apps-caption"))
        .column(cx.t("identity-history-app"))
        .column(cx.t("identity-apps-data"))
        .column(cx.t("identity-apps-since"))
        .column(cx.t("identity-apps-act"))
        .rows(all.iter().map(|app| row(&cx, app)))
        .empty(cx.t("identity-apps-empty"))
        .quiet_caption();
    let page = Page::new("identity-apps-title")
        .lead(cx.t("identity-apps-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .wide();
    Ok(cx.page(page, html! { (list) }))
}

fn row(cx: &Cx, app: &Application) -> Vec<Markup> {
    let label = cx.ta("identity-apps-remove", &args! {"app" => app.name.as_str()});
    vec![
        html! { (app.name) br; span.hint { (app.institution) } },
        html! { (app.data.join(", ")) },
        html! { (cx.datetime(app.given)) },
        cx.form(
            "/mi/aplicaciones",
            html! {
                input type="hidden" name="aplicacion" value=(app.client_id);
                (button(label.as_str()).secondary())
            },
        ),
    ]
}

/// `POST /mi/aplicaciones`.
pub(crate) async fn withdraw(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let client_id = form.value("aplicacion").ok_or_else(Error::not_found)?;
    let browser = browser(&identity, &cx, &headers);
    identity.withdraw(cx.person()?.id, client_id, &browser).await?;
    Ok(see_other("/mi/aplicaciones"))
}
