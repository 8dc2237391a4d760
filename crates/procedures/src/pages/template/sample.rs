//! Data to look at a document with: what is not said is made up, and what decides whether something shows can be left out.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Kind as ErrorKind;
use copihue_documents::Template;
use copihue_web::components::{button, checkboxes, inset, text_input};
use copihue_web::{Cx, Failure, FormData, FormState, Page, html, see_other};
use serde_json::{Map, Value};

use super::{address, load, number_of};
use crate::app::{Procedures, Seen, Step, Wording};
use crate::model::template::Version;

/// The names that are left without a value.
const EMPTY: &str = "vacios";

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let mut state = cx.form_state();
    if !state.is_rescued() {
        let given = version.sample.iter().map(|(name, value)| match value {
            Value::String(text) => (field(name), text.clone()),
            _ => (EMPTY.to_owned(), name.clone()),
        });
        state = FormState::from_values(given).set("paso", version.revision.to_string());
    }
    Ok(page(&cx, &version, &wording, &state))
}

fn field(path: &str) -> String {
    format!("d-{}", path.replace('.', "-"))
}

/// Every name as the sample says it: in a list, after the list's.
fn paths(template: &Template) -> Vec<String> {
    let full = |input: &copihue_documents::Input| match &input.rows {
        Some(rows) => format!("{rows}.{}", input.path),
        None => input.path.clone(),
    };
    let lists = template.lists();
    template.inputs().keys().map(full).filter(|path| !lists.contains(&path.as_str())).collect()
}

/// Names without which something shows or not.
fn deciding(template: &Template) -> Vec<String> {
    let mut names = template.conditions();
    names.extend(template.lists().into_iter().map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names
}

fn page(cx: &Cx, version: &Version, wording: &Wording, state: &FormState) -> Response {
    let deciding = deciding(&version.template);
    let empty =
        checkboxes(EMPTY, cx.t("procedures-template-empty")).hint(cx.t("procedures-template-empty-hint"));
    let empty = deciding.iter().fold(empty, |list, path| list.option(path.as_str(), path.as_str()));
    let fields = html! {
        input type="hidden" name="paso" value=(state.value("paso"));
        @for path in paths(&version.template) {
            (text_input(field(&path), path.as_str()).max(300).optional().state(state))
        }
        @if !deciding.is_empty() { (empty.state(state)) }
        (button(cx.t("procedures-template-save")))
    };
    let body = html! {
        (inset(html! { p { (cx.t("procedures-template-sample-hint")) } }))
        (cx.form(&format!("{}/ejemplo", address(version)), fields))
    };
    let page = Page::new("procedures-template-sample-title")
        .caption(wording.title.clone())
        .crumb(cx.t("procedures-templates"), super::HOME)
        .crumb(cx.t("procedures-template-editor"), address(version))
        .form(state);
    cx.page(page, body)
}

pub(in crate::pages) async fn write(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Path<(String, String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let revision = number_of(form.value("paso").unwrap_or("0"))?;
    let mut sample = Map::new();
    for path in paths(&version.template) {
        let value: String = form.value(&field(&path)).unwrap_or_default().trim().chars().take(300).collect();
        if !value.is_empty() {
            sample.insert(path, Value::String(value));
        }
    }
    for name in deciding(&version.template).into_iter().filter(|name| form.values(EMPTY).any(|v| v == name)) {
        sample.insert(name, Value::Null);
    }
    let seen = Seen { key: &version.key, number: version.number, revision };
    match app.write_step(cx.require_actor()?, seen, Step::Sample(sample)).await {
        Ok(_) => Ok(see_other(&format!("{}#vista", address(&version)))),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let state = FormState::from_values(form.iter()).set("paso", version.revision.to_string());
            let state = state.with_failure(&error);
            Ok(page(&cx, &version, &wording, &state))
        }
        Err(error) => Err(error.into()),
    }
}
