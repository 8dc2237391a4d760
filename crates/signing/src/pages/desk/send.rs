//! A PDF for others to sign, in an order.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::components::{
    button, checkboxes, details, file_upload, number_input, radios, select, text_input, textarea,
};
use copihue_web::{Cx, Failure, Fields, FileKind, FormData, FormState, Markup, Page, args, html, see_other};

use super::{HERE, MAX_FILE, paper_at, upload};
use crate::app::{Desk, NewPaper};
use crate::model::colleague::{Colleague, Named, named};
use crate::model::layout::StampPage;
use crate::model::paper::{DAYS, DEFAULT_DAYS, NewTurn};
use crate::model::place::{Place, Spot};

/// The order that says for each person when they sign.
const OWN_ORDER: &str = "propio";
/// Signers that the page offers.
const ROWS: usize = 5;
/// People that a list to choose from may hold; of more, each is asked for by name.
const LISTED: usize = 200;
/// People that are named where a name means several.
const TOLD: usize = 5;

pub(super) async fn page(State(desk): State<Desk>, cx: Cx) -> Result<Response, Failure> {
    let colleagues = desk.colleagues(cx.require_actor()?).await?;
    let state = cx.form_state().or("dias", DEFAULT_DAYS.to_string()).or("orden", "uno-a-uno");
    Ok(show(&cx, &colleagues, &state))
}

fn show(cx: &Cx, colleagues: &[Colleague], state: &FormState) -> Response {
    let body = cx.upload_form(
        "/gestion/firma/enviar",
        html! {
            (file_upload("archivo", cx.t("signing-upload-label")).kinds(&[FileKind::Pdf]).max_bytes(MAX_FILE).state(state))
            (text_input("titulo", cx.t("signing-send-name")).hint(cx.t("signing-send-name-hint")).max(200).optional().state(state))
            h2 { (cx.t("signing-send-who")) }
            @for n in 1..=ROWS { (person(cx, n, colleagues, state)) }
            (radios("orden", cx.t("signing-send-order")).option("uno-a-uno", cx.t("signing-send-one-by-one"))
                .option("juntos", cx.t("signing-send-together")).option("propio", cx.t("signing-send-own-order")).state(state))
            (own_order(cx, state))
            (textarea("mensaje", cx.t("signing-message-label")).max(500).optional().state(state))
            (number_input("dias", cx.t("signing-days")).hint(cx.t("signing-days-hint")).state(state))
            (checkboxes("emitir", cx.t("signing-issue-legend")).option_with_hint("si", cx.t("signing-issue"), cx.t("signing-issue-hint")).state(state))
            (button(cx.t("signing-send-button")))
        },
    );
    cx.page(Page::new("signing-send-title").lead(cx.t("signing-send-lead")).back(HERE).form(state), body)
}

fn person(cx: &Cx, n: usize, colleagues: &[Colleague], state: &FormState) -> Markup {
    let (name, label) = (format!("persona-{n}"), cx.ta("signing-send-person", &args! { "n" => n as i64 }));
    if colleagues.len() > LISTED {
        let field = text_input(name, label).hint(cx.t("signing-send-person-hint")).max(200).state(state);
        return html! { @if n > 1 { (field.optional()) } @else { (field) } };
    }
    let people = colleagues
        .iter()
        .fold(select(name, label), |people, one| people.option(one.official.to_string(), said(one)));
    let field = people.state(state);
    html! { @if n > 1 { (field.optional()) } @else { (field) } }
}

/// A person in a list.
fn said(one: &Colleague) -> String {
    format!("{}, {}", one.name, one.post)
}

/// For who wants some to sign together and others afterwards.
fn own_order(cx: &Cx, state: &FormState) -> Markup {
    let fields = html! {
        p { (cx.t("signing-send-levels")) }
        @for n in 1..=ROWS {
            (number_input(format!("orden-{n}"), cx.ta("signing-send-order-of", &args! { "n" => n as i64 })).optional().state(state))
        }
    };
    if state.value("orden") == OWN_ORDER { fields } else { details(cx.t("signing-send-own-summary"), fields) }
}

struct Read {
    title: String,
    message: String,
    days: i64,
}

pub(super) async fn post(State(desk): State<Desk>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let colleagues = desk.colleagues(actor).await?;
    let read = match read(&cx, &form) {
        Ok(read) => read,
        Err(state) => return Ok(show(&cx, &colleagues, &state)),
    };
    let signers = match signers(&cx, &form, &colleagues) {
        Ok(signers) => signers,
        Err(state) => return Ok(show(&cx, &colleagues, &state)),
    };
    let Some(file) = form.file("archivo") else { return Ok(show(&cx, &colleagues, &form.state())) };
    let new = NewPaper {
        title: if read.title.is_empty() { upload::title_of(&file.name) } else { read.title },
        file: file.name.clone(),
        pdf: file.bytes().await?.to_vec(),
        message: read.message,
        signers,
        days: read.days,
        register: upload::register(&form),
    };
    match desk.send(actor, new).await {
        Ok(id) => Ok(see_other(&paper_at(id))),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let field = match error.code() {
                "sin_firmantes" | "firmante_repetido" | "firmante_desconocido" => "persona-1",
                "plazo_para_firmar" => "dias",
                _ => "archivo",
            };
            Ok(show(&cx, &colleagues, &form.state().with_error(field, error.detail())))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(cx: &Cx, form: &FormData) -> Result<Read, FormState> {
    let mut fields = Fields::new(form);
    let file = fields.ask(cx.t("signing-upload-ask")).file("archivo", &[FileKind::Pdf]);
    let (title, message) = (fields.text("titulo", 0..=200), fields.text("mensaje", 0..=500));
    let days = fields.ask(cx.t("signing-days-ask")).integer("dias", DAYS);
    let (_, title, message, days) = fields.done((file, title, message, days))?;
    Ok(Read { title, message, days })
}

/// The people that were chosen, each with their place in the order.
fn signers(cx: &Cx, form: &FormData, colleagues: &[Colleague]) -> Result<Vec<NewTurn>, FormState> {
    let level = |n: usize| match form.value("orden") {
        Some("juntos") => 1,
        Some(OWN_ORDER) => form.value(&format!("orden-{n}")).and_then(|l| l.parse().ok()).unwrap_or(n as i64),
        _ => n as i64,
    };
    let (mut all, mut state) = (Vec::new(), None);
    for n in 1..=ROWS {
        let field = format!("persona-{n}");
        let text = form.value(&field).unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        match whom(cx, colleagues, text) {
            Ok(who) => {
                let place = Place::Spot(StampPage::Last, Spot::BottomRight);
                all.push(NewTurn { level: level(n), official: who.official, name: who.name.clone(), place });
            }
            Err(why) => {
                let before = state.take().unwrap_or_else(|| form.state());
                state = Some(before.with_error(field.as_str(), why));
            }
        }
    }
    state.map_or(Ok(all), Err)
}

/// Who was chosen from the list, or is meant by a name; else what to write instead.
fn whom<'a>(cx: &Cx, colleagues: &'a [Colleague], text: &str) -> Result<&'a Colleague, String> {
    if let Some(chosen) = colleagues.iter().find(|c| c.official.to_string() == text) {
        return Ok(chosen);
    }
    match named(colleagues, text) {
        Named::One(one) => Ok(one),
        Named::Nobody => Err(cx.t("signing-send-nobody").to_owned()),
        Named::Several(found) => {
            let told: Vec<String> = found.iter().take(TOLD).map(|one| said(one)).collect();
            let told = args! { "n" => found.len(), "people" => told.join("; ") };
            Err(cx.ta("signing-send-several", &told))
        }
    }
}
