//! What the institution does to an application of its own.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Kind};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, see_other};
use http::StatusCode;

use super::{HERE, id_of, own_page, show};
use crate::Identity;
use crate::model::checklist::Declared;
use crate::model::phase::{Side, Step};
use crate::pages::desk::strong;

/// A step, the version that it was decided on, and the reason.
pub(super) fn read_step(form: &FormData, side: Side) -> Option<(Step, i64, &str)> {
    let step = form.value("paso").and_then(Step::parse).filter(|step| step.side() == side)?;
    let version = form.value("version")?.parse().ok()?;
    Some((step, version, form.value("motivo").unwrap_or_default()))
}

/// Whether an error belongs beside the form that caused it.
pub(super) fn is_shown(error: &Error) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Stale)
}

/// `POST …/paso`.
pub(super) async fn step(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let done = match read_step(&form, Side::Institution) {
        Some((step, version, reason)) => {
            // From there on real people enter: a password alone does not open it.
            if step == Step::Launch {
                strong(&cx)?;
            }
            identity.take_step(actor, (id, version), step, reason).await
        }
        None => Err(Error::invalid("paso_vacio", cx.t("identity-integ-what-ask"))
            .field("paso", cx.t("identity-integ-what-ask"))),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("{}?hecho=si", own_page(id)))),
        Err(error) if is_shown(&error) => {
            let dossier = identity.integration(actor, Side::Institution, id).await?;
            let state = form.state().with_failure(&error);
            Ok(show::shown(&identity, &cx, &dossier, &state, StatusCode::UNPROCESSABLE_ENTITY)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/borrar`.
pub(super) async fn discard(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    identity.discard_integration(cx.require_actor()?, id_of(&id)?).await?;
    Ok(see_other(HERE))
}

/// `POST …/comprobar`.
pub(super) async fn forget(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    identity.forget_checks(cx.require_actor()?, id).await?;
    Ok(see_other(&format!("{}?hecho=si", own_page(id))))
}

/// `POST …/declarar`.
pub(super) async fn declare(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let of = form.value("requisito").and_then(Declared::parse).ok_or_else(Error::not_found)?;
    let evidence = match form.value("retirar") {
        Some(_) => None,
        None => match read_evidence(&form, of) {
            Ok(evidence) => Some(evidence),
            Err(state) => {
                let dossier = identity.integration(actor, Side::Institution, id).await?;
                return Ok(show::shown(&identity, &cx, &dossier, &state, StatusCode::UNPROCESSABLE_ENTITY)?);
            }
        },
    };
    identity.declare(actor, id, of, evidence).await?;
    Ok(see_other(&format!("{}?hecho=si#lista", own_page(id))))
}

fn read_evidence(form: &FormData, of: Declared) -> Result<String, FormState> {
    let mut fields = Fields::new(form);
    let evidence = fields.text(&format!("evidencia-{}", of.code()), 10..=500);
    fields.done(evidence)
}
