//! Writing one block, or what stands above them. A form says which revision and which block it began with: where somebody else was
//! faster, what is there now stands beside what was typed, and only a second, plain word puts one in place of the other.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Kind as ErrorKind};
use copihue_documents::Template;
use copihue_documents::template::Block;
use copihue_web::components::{button, details, inset};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};

use super::editor::kind_name;
use super::fields::{Names, fields, head_fields};
use super::{address, load, whole};
use crate::app::{Procedures, Seen, Step, Wording};
use crate::model::template::{Change, Kind, Version, filled, print, read, read_head};

type Place = Path<(String, String, String, String)>;

/// What is written: what stands above the blocks, or a block of a kind, by its place.
enum Part {
    Head,
    Block { at: usize, like: Box<Block> },
}

/// What a form began with.
struct Began {
    revision: u32,
    kind: Option<Kind>,
    /// See [`print`].
    print: String,
}

impl Began {
    fn of(state: &FormState) -> Self {
        Self {
            revision: state.value("paso").parse().unwrap_or_default(),
            kind: Kind::from_code(state.value("tipo")),
            print: state.value("era").to_owned(),
        }
    }
}

/// What became of a part since its form was opened.
enum Now {
    /// Nothing.
    There,
    /// The draft is another, the part is not.
    Same,
    /// In its place stands something else of its kind.
    Other,
    /// It is gone.
    Gone,
}

/// The part of an address. One that is gone lives on in the form of its kind.
fn part_of(text: &str, template: &Template, kind: Option<Kind>) -> Result<Part, Error> {
    if text == "encabezado" {
        return Ok(Part::Head);
    }
    let at: usize = text.parse().map_err(|_| Error::not_found())?;
    let there = template.blocks.get(at).filter(|block| kind.is_none_or(|kind| Kind::of(block) == kind));
    let like = there.cloned().or_else(|| kind?.blank()).ok_or_else(Error::not_found)?;
    Ok(Part::Block { at, like: Box::new(like) })
}

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number, place)): Place,
) -> Result<Response, Failure> {
    let (version, wording) = load(&app, &cx, (&procedure, &document, &number)).await?;
    let mut state = cx.form_state();
    if state.is_rescued() {
        let part = part_of(&place, &version.template, Began::of(&state).kind)?;
        return page(&cx, (&version, &wording), &part, &state, &Now::There);
    }
    let part = part_of(&place, &version.template, None)?;
    let values = match &part {
        Part::Head => head_values(&version.template),
        Part::Block { like, .. } => filled(like),
    };
    state = began(FormState::from_values(values), &version, &part);
    page(&cx, (&version, &wording), &part, &state, &Now::There)
}

/// What the form begins with, from here on.
fn began(state: FormState, version: &Version, part: &Part) -> FormState {
    let state = state.set("paso", version.revision.to_string());
    match part {
        Part::Head => state,
        Part::Block { at, like } => {
            let there = version.template.blocks.get(*at).map(print).unwrap_or_default();
            state.set("tipo", Kind::of(like).code()).set("era", there)
        }
    }
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
    (version, wording): (&Version, &Wording),
    part: &Part,
    state: &FormState,
    now: &Now,
) -> Result<Response, Failure> {
    let names = Names::new(&wording.names, &version.template);
    let (title, inputs, place) = match part {
        Part::Head => (cx.t("procedures-template-head"), head_fields(cx, state), "encabezado".to_owned()),
        Part::Block { at, like } => {
            (kind_name(cx, Kind::of(like)), fields(cx, like, &names, state), at.to_string())
        }
    };
    let path = format!("{}/bloques/{place}", address(version));
    let body = html! {
        (since(cx, version, part, now))
        (available(cx, &names))
        (cx.form(&path, html! {
            @for name in ["paso", "tipo", "era"] {
                input type="hidden" name=(name) value=(state.value(name));
            }
            (inputs)
            p.buttons { (buttons(cx, now)) }
        }))
    };
    let page = Page::new(title)
        .caption(wording.title.clone())
        .crumb(cx.t("procedures-templates"), super::HOME)
        .crumb(cx.t("procedures-template-editor"), address(version))
        .form(state);
    Ok(cx.page(page, body))
}

fn buttons(cx: &Cx, now: &Now) -> Markup {
    let new = || button(cx.t("procedures-template-save-new")).secondary().sends("nueva", "1");
    match now {
        Now::There | Now::Same => html! {
            (button(cx.t("procedures-template-save")))
            " "
            (button(cx.t("procedures-template-save-more")).secondary().sends("seguir", "1"))
        },
        Now::Other => html!((button(cx.t("procedures-template-replace"))) " " (new())),
        Now::Gone => new_only(cx),
    }
}

fn new_only(cx: &Cx) -> Markup {
    html!((button(cx.t("procedures-template-save-new")).sends("nueva", "1")))
}

/// What became of the part, beside what was typed.
fn since(cx: &Cx, version: &Version, part: &Part, now: &Now) -> Markup {
    let there = match part {
        Part::Head => Some(whole::above(cx, &version.template)),
        Part::Block { at, .. } => version.template.blocks.get(*at).map(|block| whole::written(cx, block)),
    };
    match now {
        Now::There => html!(),
        Now::Same => html!((inset(html! { p { (cx.t("procedures-template-now-same")) } }))),
        Now::Other => html!(
            (inset(html! {
                p { (cx.t("procedures-template-now-other")) }
                @if let Some(there) = there { (there) }
            }))
        ),
        Now::Gone => html!((inset(html! { p { (cx.t("procedures-template-now-gone")) } }))),
    }
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
    let typed = FormState::from_values(form.iter());
    let began = Began::of(&typed);
    let part = part_of(&place, &version.template, began.kind)?;
    let posted = |name: &str| form.value(name).unwrap_or_default().to_owned();
    let seen = Seen { key: &version.key, number: version.number, revision: began.revision };
    let change = match &part {
        Part::Head => read_head(&posted).map(|head| Change::Head(Box::new(head))),
        Part::Block { at, like } => read(like, &posted).map(|block| match form.has("nueva") {
            true => Change::Insert(Box::new(block)),
            false => Change::Put(*at, Box::new(block)),
        }),
    };
    let written = match change {
        Ok(change) => app.write_step(cx.require_actor()?, seen, Step::Change(change)).await,
        Err(error) => Err(error),
    };
    match written {
        Ok(Some(at)) if form.has("seguir") => Ok(see_other(&format!("{}/bloques/{at}", address(&version)))),
        Ok(None) if form.has("seguir") => Ok(see_other(&format!("{}/bloques/{place}", address(&version)))),
        Ok(Some(at)) => Ok(see_other(&format!("{}#bloque-{at}", address(&version)))),
        Ok(None) => Ok(see_other(&format!("{}#bloques", address(&version)))),
        Err(error) if error.code() == "plantilla_cambio" => {
            let (version, _) = load(&app, &cx, (&procedure, &document, &number)).await?;
            let (part, now) = find(&version, part, &began);
            let state = self::began(typed, &version, &part).with_failure(&error);
            page(&cx, (&version, &wording), &part, &state, &now)
        }
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let now = if form.has("nueva") { Now::Gone } else { Now::There };
            page(&cx, (&version, &wording), &part, &typed.with_failure(&error), &now)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where a part is now, by what it said when its form was opened.
fn find(version: &Version, part: Part, began: &Began) -> (Part, Now) {
    let Part::Block { at, like } = part else { return (Part::Head, Now::Other) };
    let blocks = &version.template.blocks;
    let same = |block: &Block| print(block) == began.print;
    let here = blocks.get(at).filter(|block| same(block)).map(|_| at);
    if let Some(at) = here.or_else(|| blocks.iter().position(same)) {
        return (Part::Block { at, like }, Now::Same);
    }
    let kind = Kind::of(&like);
    let now = if blocks.get(at).is_some_and(|b| Kind::of(b) == kind) { Now::Other } else { Now::Gone };
    (Part::Block { at, like }, now)
}
