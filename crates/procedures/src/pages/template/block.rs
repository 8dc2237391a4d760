//! Writing one block, what stands above them, or the data to look at the document with.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Kind as ErrorKind};
use copihue_documents::Template;
use copihue_web::components::{button, details, inset, text_input};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use serde_json::{Map, Value};

use super::editor::kind_name;
use super::fields::{Names, fields, head_fields};
use super::{key_of, number_of, path_of};
use crate::app::{Procedures, Step, Wording};
use crate::model::template::{Change, Kind, Version, filled, read, read_head};

type Place = Path<(String, String, String, String)>;

/// What is written: a block by its place, or what stands above them.
#[derive(Clone, Copy)]
enum Part {
    Head,
    Block(usize),
}

fn part_of(text: &str) -> Result<Part, Error> {
    if text == "encabezado" {
        return Ok(Part::Head);
    }
    text.parse().map(Part::Block).map_err(|_| Error::not_found())
}

async fn load(
    app: &Procedures,
    cx: &Cx,
    (procedure, document, number): (&str, &str, &str),
) -> Result<(Version, Wording), Error> {
    let key = key_of(app, cx, procedure, document)?;
    let version = app.version(&key, number_of(number)?).await?;
    Ok((version, app.wording(&key).await?))
}

fn address(version: &Version) -> String {
    format!("{}/{}", path_of(&version.key), version.number)
}

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number, place)): Place,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let part = part_of(&place)?;
    let values = match part {
        Part::Head => head_values(&version.template),
        Part::Block(at) => filled(version.template.blocks.get(at).ok_or_else(Error::not_found)?),
    };
    let mut state = cx.form_state();
    if !state.is_rescued() {
        state = FormState::from_values(values);
    }
    page(&cx, &version, &wording, part, &state)
}

fn head_values(template: &Template) -> Vec<(String, String)> {
    let text =
        |t: Option<&copihue_documents::text::Text>| t.map_or_else(String::new, |t| t.source().to_owned());
    [
        ("institucion", template.header.institution.source().to_owned()),
        ("unidad", text(template.header.unit.as_ref())),
        ("referencia", text(template.header.reference.as_ref())),
        ("titulo", template.title.source().to_owned()),
        ("subtitulo", text(template.subtitle.as_ref())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn page(
    cx: &Cx,
    version: &Version,
    wording: &Wording,
    part: Part,
    state: &FormState,
) -> Result<Response, Failure> {
    let names = Names::new(&wording.names, &version.template);
    let (title, inputs, place) = match part {
        Part::Head => (cx.t("procedures-template-head"), head_fields(cx, state), "encabezado".to_owned()),
        Part::Block(at) => {
            let block = version.template.blocks.get(at).ok_or_else(Error::not_found)?;
            (kind_name(cx, Kind::of(block)), fields(cx, block, &names, state), at.to_string())
        }
    };
    let path = format!("{}/bloques/{place}", address(version));
    let body = html! {
        (available(cx, &names))
        (cx.form(&path, html! {
            input type="hidden" name="paso" value=(version.step);
            (inputs)
            p.buttons {
                (button(cx.t("procedures-template-save")))
                " "
                (button(cx.t("procedures-template-save-more")).secondary().sends("seguir", "1"))
            }
        }))
    };
    let page = Page::new(title)
        .caption(wording.title.clone())
        .crumb(cx.t("procedures-templates"), super::HOME)
        .crumb(cx.t("procedures-template-editor"), address(version))
        .form(state);
    Ok(cx.page(page, body))
}

/// The names that may stand in a text, and how a value can be written.
fn available(cx: &Cx, names: &Names<'_>) -> Markup {
    details(
        cx.t("procedures-template-names"),
        html! {
            p { (cx.t("procedures-template-names-hint")) }
            p.names { @for name in names.all() { code { "{" (name) "}" } " " } }
            p { (cx.t("procedures-template-styles")) }
        },
    )
}

pub(in crate::pages) async fn write(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number, place)): Place,
    form: FormData,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let part = part_of(&place)?;
    let posted = |name: &str| form.value(name).unwrap_or_default().to_owned();
    let step = number_of(form.value("paso").unwrap_or("0"))?;
    let change = match part {
        Part::Head => read_head(&posted).map(|head| Change::Head(Box::new(head))),
        Part::Block(at) => {
            let like = version.template.blocks.get(at).ok_or_else(Error::not_found)?;
            read(like, &posted).map(|block| Change::Put(at, Box::new(block)))
        }
    };
    let written = match change {
        Ok(change) => {
            app.write_step(cx.require_actor()?, (&version.key, version.number, step), Step::Change(change))
                .await
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(_) if form.has("seguir") => Ok(see_other(&format!("{}/bloques/{place}", address(&version)))),
        Ok(touched) => Ok(see_other(&match touched {
            Some(at) => format!("{}#bloque-{at}", address(&version)),
            None => format!("{}#bloques", address(&version)),
        })),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let state = FormState::from_values(form.iter()).with_failure(&error);
            page(&cx, &version, &wording, part, &state)
        }
        Err(error) => Err(error.into()),
    }
}

pub(in crate::pages) async fn sample(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let mut state = cx.form_state();
    if !state.is_rescued() {
        let given =
            version.sample.iter().map(|(name, v)| (field(name), v.as_str().unwrap_or_default().to_owned()));
        state = FormState::from_values(given);
    }
    Ok(sample_page(&cx, &version, &wording, &state))
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

fn sample_page(cx: &Cx, version: &Version, wording: &Wording, state: &FormState) -> Response {
    let fields = html! {
        input type="hidden" name="paso" value=(version.step);
        @for path in paths(&version.template) {
            (text_input(field(&path), path.as_str()).max(300).optional().state(state))
        }
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

pub(in crate::pages) async fn write_sample(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Path<(String, String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let step = number_of(form.value("paso").unwrap_or("0"))?;
    let mut sample = Map::new();
    for path in paths(&version.template) {
        let value: String = form.value(&field(&path)).unwrap_or_default().trim().chars().take(300).collect();
        if !value.is_empty() {
            sample.insert(path, Value::String(value));
        }
    }
    let at = (&version.key, version.number, step);
    match app.write_step(cx.require_actor()?, at, Step::Sample(sample)).await {
        Ok(_) => Ok(see_other(&format!("{}#vista", address(&version)))),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let state = FormState::from_values(form.iter()).with_failure(&error);
            Ok(sample_page(&cx, &version, &wording, &state))
        }
        Err(error) => Err(error.into()),
    }
}
