//! `/gestion/firma/titulares/lista`: many holders at once, from a CSV file.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{button, details, file_upload, success_banner, table, warning};
use copihue_web::{Cx, Failure, Fields, FileKind, FormData, FormState, Markup, Page, args, html};
use http::StatusCode;

use super::HOLDERS;
use crate::Registration;
use crate::model::roster::Fault;

/// The largest list.
pub(super) const MAX_BYTES: u64 = 1_000_000;
/// Faults that are shown.
const SHOWN: usize = 200;
/// What a list looks like.
const EXAMPLE: &str =
    "run;correo;tipo;vigencia;propositos\n11.111.111-1;nombre@institucion.cl;funcionario;24;general";

pub(super) async fn form(cx: Cx) -> Result<Response, Failure> {
    Ok(shown(&cx, html! {}, &FormState::new(), StatusCode::OK))
}

fn shown(cx: &Cx, said: Markup, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (said)
        (cx.upload_form(&format!("{HOLDERS}/lista"), html! {
            p.hint { (cx.t("signing-roster-hint")) }
            (file_upload("lista", cx.t("signing-roster-file")).kinds(&[FileKind::Text]).max_bytes(MAX_BYTES).state(state))
            (button(cx.t("signing-roster-button")))
        }))
        (details(cx.t("signing-roster-example"), html! {
            pre { (EXAMPLE) }
            ul {
                li { (cx.t("signing-roster-kind")) }
                li { (cx.t("signing-roster-months")) }
                li { (cx.t("signing-roster-purposes")) }
            }
        }))
    };
    let page = Page::new("signing-roster-title").lead(cx.t("signing-roster-lead")).back(HOLDERS);
    cx.page(page.status(status).form(state), body)
}

/// `POST …/lista`.
pub(super) async fn load(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let mut fields = Fields::new(&form);
    let file = fields.file("lista", &[FileKind::Text]);
    let file = match fields.done(file) {
        Ok(file) => file,
        Err(state) => return Ok(shown(&cx, html! {}, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let bytes = file.bytes().await?;
    let text = String::from_utf8_lossy(&bytes);
    match registration.add_roster(cx.require_actor()?, &text).await? {
        Ok(n) => {
            let said = success_banner(
                &cx.ta("signing-roster-done", &args! {"n" => n}),
                html! {
                    p { a href=(HOLDERS) { (cx.t("signing-roster-see")) } }
                },
            );
            Ok(shown(&cx, said, &FormState::new(), StatusCode::OK))
        }
        Err(faults) => {
            let state = FormState::new()
                .with_error("lista", cx.ta("signing-roster-wrong", &args! {"n" => faults.len()}));
            Ok(shown(&cx, wrong(&cx, &faults), &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn wrong(cx: &Cx, faults: &[Fault]) -> Markup {
    let row = |fault: &Fault| {
        vec![html! { (fault.line) }, html! { (fault.column.unwrap_or_default()) }, html! { (fault.message) }]
    };
    html! {
        (warning(cx.t("signing-roster-nothing")))
        (table(cx.t("signing-roster-faults"))
            .column(cx.t("signing-roster-line"))
            .column(cx.t("signing-roster-column"))
            .column(cx.t("signing-roster-what"))
            .rows(faults.iter().take(SHOWN).map(row)))
    }
}
