//! One version as it would look, and what is done with it as a whole.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind as ErrorKind};
use copihue_web::components::{button, facts, inset, textarea};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::list::stands;
use super::{editor, key_of, number_of, path_of, whole};
use crate::app::{Procedures, Seen, Step, Verdict};
use crate::model::template::{Change, Kind, State as Stands, Version};

type Place = Path<(String, String, String)>;

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Place,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let version = app.version(&key, number_of(&number)?).await?;
    page(&app, &cx, &version, &cx.form_state()).await
}

async fn page(app: &Procedures, cx: &Cx, version: &Version, state: &FormState) -> Result<Response, Failure> {
    let wording = app.wording(&version.key).await?;
    let preview = preview(app, cx, version).await?;
    let body = match version.state {
        Stands::Draft => editor::editor(cx, version, &wording, &preview, state),
        Stands::Proposed | Stands::InForce | Stands::Past => html! {
            (about(cx, version))
            div.editor {
                section aria-labelledby="texto" {
                    h2 id="texto" { (cx.t("procedures-template-whole")) }
                    p { (cx.t("procedures-template-whole-hint")) }
                    (whole::text(cx, &version.template))
                }
                section aria-labelledby="vista" {
                    h2 id="vista" { (cx.t("procedures-template-preview")) }
                    (preview)
                }
            }
            @if version.state == Stands::Proposed { (decision(cx, version, state)) }
        },
    };
    let page = Page::new(wording.title)
        .caption(cx.ta("procedures-template-version", &args! {"n" => version.number}))
        .crumb(cx.t("procedures-templates"), super::HOME)
        .crumb(cx.t("procedures-template-history"), path_of(&version.key))
        .wide()
        .form(state);
    Ok(cx.page(page, body))
}

fn about(cx: &Cx, version: &Version) -> Markup {
    let saved = format!("{}, {}", version.saved_by, cx.datetime(version.saved_at));
    let decided =
        version.decision.as_ref().map(|d| format!("{}, {}", d.by, cx.datetime(d.at))).unwrap_or_default();
    let mut pairs = vec![
        (cx.t("procedures-template-state"), stands(cx, version.state)),
        (cx.t("procedures-template-saved"), html!((saved))),
    ];
    if !decided.is_empty() {
        pairs.push((cx.t("procedures-template-decided"), html!((decided))));
    }
    html!((facts(pairs)))
}

/// The pages as pictures, and the document itself; or why there is none.
async fn preview(app: &Procedures, cx: &Cx, version: &Version) -> Result<Markup, Failure> {
    let made = app.preview(&version.key, version.template.clone(), &version.sample).await?.pictures().await;
    let path = format!("{}/{}", path_of(&version.key), version.number);
    match made {
        Ok(pages) => Ok(html! {
            p { a href={(path) "/vista.pdf"} { (cx.t("procedures-template-pdf")) } }
            @for n in 1..=pages.len() {
                img.preview src={(path) "/pagina/" (n) "?paso=" (version.revision)} width="595" height="842"
                    alt=(cx.ta("procedures-template-page", &args! {"n" => n, "of" => pages.len()}));
            }
        }),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Unavailable) => {
            Ok(inset(html! {
                p { (cx.t("procedures-template-no-preview")) " " (error.detail()) }
            }))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the second person says; and who wrote it may take it back.
fn decision(cx: &Cx, version: &Version, state: &FormState) -> Markup {
    let path = format!("{}/{}", path_of(&version.key), version.number);
    let mine = cx.hat().is_ok_and(|hat| version.writers.contains(&hat.official));
    if mine {
        return html! {
            (inset(html! { p { (cx.t("procedures-template-waits-other")) } }))
            (cx.form(&path, html! {
                (editor::seen(version))
                (button(cx.t("procedures-template-take-back")).secondary().sends("accion", "retirar"))
            }))
        };
    }
    cx.form(
        &path,
        html! {
            (editor::seen(version))
            h2 { (cx.t("procedures-template-decide")) }
            p { (cx.t("procedures-template-decide-hint")) }
            (textarea("motivo", cx.t("procedures-template-reason")).hint(cx.t("procedures-template-reason-hint")).max(500).optional().state(state))
            p.buttons {
                (button(cx.t("procedures-template-approve")).sends("accion", "aprobar"))
                " "
                (button(cx.t("procedures-template-reject")).secondary().sends("accion", "rechazar"))
            }
        },
    )
}

pub(in crate::pages) async fn act(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Place,
    form: FormData,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let number = number_of(&number)?;
    let actor = cx.require_actor()?;
    let seen = Seen { key: &key, number, revision: number_of(form.value("paso").unwrap_or("0"))? };
    let action = form.value("accion").unwrap_or_default();
    let path = format!("{}/{number}", path_of(&key));
    let why = form.value("motivo").unwrap_or_default();
    let done = match action {
        "enviar" => app.propose(actor, seen).await.map(|()| path),
        "aprobar" => app.decide(actor, seen, Verdict::Approve, why).await.map(|()| path_of(&key)),
        "rechazar" => app.decide(actor, seen, Verdict::Reject, why).await.map(|()| path_of(&key)),
        "retirar" => app.take_back(actor, seen).await.map(|()| path),
        "descartar" => app.discard(actor, seen).await.map(|()| path_of(&key)),
        _ => {
            let written = match step_of(action, &form) {
                Some(change) => app.write_step(actor, seen, change).await,
                None => Err(Error::not_found()),
            };
            written.map(|touched| landing(&path, action, touched))
        }
    };
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
            let version = app.version(&key, number).await?;
            let state = FormState::from_values(form.iter()).with_failure(&error);
            page(&app, &cx, &version, &state).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `subir-3`, `agregar` with its kind, `deshacer`.
fn step_of(action: &str, form: &FormData) -> Option<Step> {
    let (verb, at) = action.split_once('-').unwrap_or((action, ""));
    let at = || at.parse().ok();
    Some(match verb {
        "agregar" => Step::Change(Change::Add(Kind::from_code(form.value("tipo")?)?)),
        "poner" => Step::Change(Change::Add(Kind::from_code(action.strip_prefix("poner-")?)?)),
        "subir" => Step::Change(Change::Up(at()?)),
        "bajar" => Step::Change(Change::Down(at()?)),
        "quitar" => Step::Change(Change::Remove(at()?)),
        "deshacer" => Step::Undo,
        _ => return None,
    })
}

/// A new block is written at once; a moved one is looked at where it is now.
fn landing(path: &str, action: &str, touched: Option<usize>) -> String {
    match touched {
        Some(at) if action.starts_with("agregar") || action.starts_with("poner") => {
            format!("{path}/bloques/{at}")
        }
        Some(at) => format!("{path}#bloque-{at}"),
        None => format!("{path}#bloques"),
    }
}

pub(in crate::pages) async fn pdf(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number)): Place,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let version = app.version(&key, number_of(&number)?).await?;
    let pdf = app.preview(&key, version.template, &version.sample).await?.pdf().await?;
    Ok(([(CONTENT_TYPE, "application/pdf"), (CACHE_CONTROL, "private, no-store")], pdf).into_response())
}

pub(in crate::pages) async fn picture(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document, number, page)): Path<(String, String, String, String)>,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let version = app.version(&key, number_of(&number)?).await?;
    let pages = app.preview(&key, version.template, &version.sample).await?.pictures().await?;
    let page = (number_of(&page)? as usize).checked_sub(1).ok_or_else(Error::not_found)?;
    let picture = pages.into_iter().nth(page).ok_or_else(Error::not_found)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, no-store")], picture).into_response())
}
