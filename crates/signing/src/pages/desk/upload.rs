//! An official's own PDFs: sent, and on to the code.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id, Kind};
use copihue_web::components::{button, checkboxes, file_upload};
use copihue_web::{Cx, Failure, FileKind, FormData, FormState, Page, Upload, html, see_other};

use super::{HERE, MAX_FILE, batch_at};
use crate::app::{Desk, NewPaper, Register};
use crate::model::layout::StampPage;
use crate::model::paper::{DEFAULT_DAYS, NewTurn};
use crate::model::place::{Place, Spot};

pub(super) async fn page(State(_): State<Desk>, cx: Cx) -> Response {
    show(&cx, &cx.form_state())
}

fn show(cx: &Cx, state: &FormState) -> Response {
    let body = cx.upload_form(
        "/gestion/firma/subir",
        html! {
            (file_upload("archivo", cx.t("signing-upload-label")).hint(cx.t("signing-upload-hint"))
                .kinds(&[FileKind::Pdf]).max_bytes(MAX_FILE).several().state(state))
            (checkboxes("emitir", cx.t("signing-issue-legend")).option_with_hint("si", cx.t("signing-issue"), cx.t("signing-issue-hint")).state(state))
            (button(cx.t("signing-upload-button")))
        },
    );
    cx.page(Page::new("signing-upload-title").lead(cx.t("signing-upload-lead")).back(HERE).form(state), body)
}

pub(super) async fn post(State(desk): State<Desk>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let files: Vec<&Upload> = form.files("archivo").filter(|f| f.size > 0).collect();
    if files.is_empty() {
        return Ok(show(&cx, &form.state().with_error("archivo", cx.t("signing-upload-ask"))));
    }
    let mut papers: Vec<Id> = Vec::new();
    for file in files {
        let new = own(&cx, &form, file).await?;
        match desk.send(actor, new).await {
            Ok(id) => papers.push(id),
            Err(error) if error.kind() == Kind::Internal => return Err(error.into()),
            // What came before waits on the desk; the form says which file is at fault.
            Err(error) => {
                let words = format!("{}: {}", file.name, error.detail());
                return Ok(show(&cx, &form.state().with_error("archivo", words)));
            }
        }
    }
    let batch = desk.prepare(actor, &papers).await?;
    Ok(see_other(&batch_at(batch)))
}

async fn own(cx: &Cx, form: &FormData, file: &Upload) -> Result<NewPaper, Error> {
    let hat = cx.hat()?;
    let signer = NewTurn {
        level: 1,
        official: hat.official,
        name: cx.person()?.name.clone(),
        place: Place::Spot(StampPage::Last, Spot::BottomRight),
    };
    Ok(NewPaper {
        title: title_of(&file.name),
        file: file.name.clone(),
        pdf: file.bytes().await?.to_vec(),
        message: String::new(),
        signers: vec![signer],
        days: DEFAULT_DAYS,
        register: register(form),
    })
}

/// Whether it is to be issued.
pub(super) fn register(form: &FormData) -> Register {
    if form.has("emitir") { Register::Yes } else { Register::No }
}

/// The file's name, without what only programs need.
pub(super) fn title_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.replace(['_', '-'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { name.to_owned() } else { words }
}
