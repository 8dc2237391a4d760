//! A PDF for others to sign, in an order.

use axum::extract::State;
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::components::{
    button, checkboxes, file_upload, inset, number_input, select, text_input, textarea,
};
use copihue_web::{Cx, Failure, Fields, FileKind, FormData, FormState, Markup, Page, args, html, see_other};

use super::{HERE, MAX_FILE, paper_at, upload};
use crate::app::{Colleague, Desk, NewPaper};
use crate::model::layout::StampPage;
use crate::model::paper::{DAYS, DEFAULT_DAYS, NewTurn};
use crate::model::place::{Place, Spot};

/// Signers that the page offers.
const ROWS: usize = 5;

pub(super) async fn page(State(desk): State<Desk>, cx: Cx) -> Result<Response, Failure> {
    let colleagues = desk.colleagues(cx.require_actor()?).await?;
    let state = cx.form_state().or("dias", DEFAULT_DAYS.to_string());
    Ok(show(&cx, &colleagues, &state))
}

fn show(cx: &Cx, colleagues: &[Colleague], state: &FormState) -> Response {
    let body = cx.upload_form(
        "/gestion/firma/enviar",
        html! {
            (file_upload("archivo", cx.t("signing-upload-label")).kinds(&[FileKind::Pdf]).max_bytes(MAX_FILE).state(state))
            (text_input("titulo", cx.t("signing-send-name")).hint(cx.t("signing-send-name-hint")).max(200).state(state))
            h2 { (cx.t("signing-send-who")) }
            (inset(html! { p { (cx.t("signing-send-order")) } }))
            @for n in 1..=ROWS { (row(cx, n, colleagues, state)) }
            (textarea("mensaje", cx.t("signing-message-label")).max(500).state(state))
            (number_input("dias", cx.t("signing-days")).hint(cx.t("signing-days-hint")).state(state))
            (checkboxes("emitir", cx.t("signing-issue-legend")).option_with_hint("si", cx.t("signing-issue"), cx.t("signing-issue-hint")).state(state))
            (button(cx.t("signing-send-button")))
        },
    );
    cx.page(Page::new("signing-send-title").lead(cx.t("signing-send-lead")).back(HERE).form(state), body)
}

fn row(cx: &Cx, n: usize, colleagues: &[Colleague], state: &FormState) -> Markup {
    let (who, order) = (format!("persona-{n}"), format!("orden-{n}"));
    let number = args! { "n" => n as i64 };
    let mut people = select(who, cx.ta("signing-send-person", &number));
    for one in colleagues {
        people = people.option(one.official.to_string(), format!("{}, {}", one.name, one.post));
    }
    let mut orders = select(order, cx.ta("signing-send-order-of", &number));
    for level in 1..=ROWS {
        orders =
            orders.option(level.to_string(), cx.ta("signing-send-level", &args! { "n" => level as i64 }));
    }
    html! { (people.state(state)) (orders.state(state)) }
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
    let Some(file) = form.file("archivo") else { return Ok(show(&cx, &colleagues, &form.state())) };
    let new = NewPaper {
        title: if read.title.is_empty() { upload::title_of(&file.name) } else { read.title },
        file: file.name.clone(),
        pdf: file.bytes().await?.to_vec(),
        message: read.message,
        signers: signers(&form, &colleagues),
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

/// The rows with somebody in them; a row without an order comes at its place.
fn signers(form: &FormData, colleagues: &[Colleague]) -> Vec<NewTurn> {
    let row = |n: usize| {
        let chosen = form.value(&format!("persona-{n}"))?;
        let who = colleagues.iter().find(|c| c.official.to_string() == chosen)?;
        let level = form.value(&format!("orden-{n}")).and_then(|l| l.parse().ok()).unwrap_or(n as i64);
        let place = Place::Spot(StampPage::Last, Spot::BottomRight);
        Some(NewTurn { level, official: who.official, name: who.name.clone(), place })
    };
    (1..=ROWS).filter_map(row).collect()
}
