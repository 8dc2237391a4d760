//! `/demo`: what in reality reaches each person's telephone or mailbox, and switches to make a holder fail.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Run};
use copihue_directory::Directory;
use copihue_signing::Signing;
use copihue_web::components::{button, radios, table};
use copihue_web::{Access, Cx, Failure, FormData, Markup, Page, RouteSet, Routes, html, see_other};

use super::holders::{MODES, Running};
use super::install::official;
use super::sample::STAFF;
use crate::platform::Platform;

copihue_web::locale!("copihue", include_str!("../../locales/es-CL.ftl"));

#[derive(Clone)]
struct Demo {
    directory: Directory,
    signing: Signing,
    holders: Arc<Vec<Running>>,
}

/// The demo's routes.
pub(crate) fn routes(platform: &Platform, holders: Vec<Running>) -> RouteSet {
    let demo = Demo {
        directory: platform.directory.clone(),
        signing: platform.signing.clone(),
        holders: Arc::new(holders),
    };
    Routes::new(demo)
        .service("demo")
        .get("/demo", Access::Public, show)
        .post("/demo/organismos/{key}", Access::Public, set_mode)
        .finish()
}

async fn show(State(demo): State<Demo>, cx: Cx) -> Result<Response, Failure> {
    let codes = codes(&demo).await?;
    let body = html! {
        h2 { (cx.t("copihue-demo-codes")) }
        p { (cx.t("copihue-demo-codes-hint")) }
        (codes_table(&cx, codes))
        h2 { (cx.t("copihue-demo-mail")) }
        p { (cx.t("copihue-demo-mail-hint")) }
        p { a href="/demo/correo" { (cx.t("copihue-demo-mail-see")) } }
        h2 { (cx.t("copihue-demo-holders")) }
        p { (cx.t("copihue-demo-holders-hint")) }
        @for holder in demo.holders.iter() { (switch(&cx, holder)) }
    };
    Ok(cx.page(Page::new("copihue-demo-title").lead(cx.t("copihue-demo-lead")), body))
}

/// Name, RUN and present code of each official.
async fn codes(demo: &Demo) -> Result<Vec<[String; 3]>, Error> {
    let mut codes = Vec::new();
    for staff in STAFF {
        let code = demo.signing.current_code(staff.institution, official(&demo.directory, staff)?).await?;
        let run = Run::from_number(staff.run).map(|r| r.to_string()).unwrap_or_default();
        codes.push([format!("{} {}, {}", staff.names, staff.surnames, staff.post), run, code]);
    }
    Ok(codes)
}

fn codes_table(cx: &Cx, codes: Vec<[String; 3]>) -> Markup {
    let mut shown = table(cx.t("copihue-demo-codes"))
        .quiet_caption()
        .column(cx.t("copihue-demo-official"))
        .column(cx.t("copihue-demo-run"))
        .column(cx.t("copihue-demo-code"));
    for [name, run, code] in codes {
        shown = shown.row(vec![html! { (name) }, html! { (run) }, html! { code.code { (code) } }]);
    }
    html! { (shown) }
}

fn switch(cx: &Cx, holder: &Running) -> Markup {
    let mut choice = radios("modo", holder.name).value(holder.mode()).inline();
    for mode in MODES {
        choice = choice.option(*mode, cx.t(&format!("copihue-demo-mode-{mode}")));
    }
    let fields = html! {
        (choice)
        (button(cx.t("copihue-demo-mode-save")).secondary())
    };
    cx.form(&format!("/demo/organismos/{}", holder.key), fields)
}

async fn set_mode(
    State(demo): State<Demo>,
    Path(key): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let holder = demo.holders.iter().find(|h| h.key == key).ok_or_else(Error::not_found)?;
    holder.set_mode(form.value("modo").unwrap_or_default());
    Ok(see_other("/demo"))
}
