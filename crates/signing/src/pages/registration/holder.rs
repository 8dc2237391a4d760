//! `/gestion/firma/titulares/{official}`: one holder, and what the operator may do.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{
    Tone, button, button_link, details, fact, select, success_banner, summary_list, table, tag,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::{DESK, HOLDERS, holders, id_of, parts};
use crate::Registration;
use crate::app::Dossier;
use crate::model::cert_request::CertRequest;
use crate::model::motive::Motive;

pub(super) async fn page(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
) -> Result<Response, Failure> {
    let dossier = registration.dossier(cx.require_actor()?, id_of(&official)?).await?;
    Ok(shown(&registration, &cx, &dossier, &FormState::new(), StatusCode::OK))
}

fn shown(
    registration: &Registration,
    cx: &Cx,
    d: &Dossier,
    state: &FormState,
    status: StatusCode,
) -> Response {
    let here = format!("{HOLDERS}/{}", d.holder.official);
    let body = html! {
        @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-holders-done"), html! {})) }
        (summary(cx, d))
        (button_link(cx.t("signing-holder-change"), format!("{here}/cambiar")).secondary())
        h2 { (cx.t("signing-mine-certificates")) }
        (table(cx.t("signing-mine-certificates"))
            .column(cx.t("signing-cert-purpose"))
            .column(cx.t("signing-cert-state"))
            .column(cx.t("signing-cert-ends"))
            .rows(d.requests.iter().map(|r| row(cx, r)))
            .empty(cx.t("signing-holder-no-requests"))
            .quiet_caption())
        h2 { (cx.t("signing-holder-acts")) }
        (acts(cx, &here, d))
        h2 { (cx.t("signing-leave-heading")) }
        p { (cx.t("signing-leave-why")) }
        (cx.form(&format!("{here}/cese"), html! {
            (motives(cx, Motive::ALL.iter().copied()).state(state))
            (parts::extra_field(cx, state))
            (button(cx.t("signing-leave-button")).danger())
        }))
        @if !d.acts.is_empty() { (details(cx.t("signing-holder-history"), parts::acts(registration, cx, &d.acts))) }
    };
    let page = Page::new(d.holder.name.as_str()).caption(cx.t("signing-holder-caption")).back(HOLDERS);
    cx.page(page.status(status).form(state), body)
}

fn summary(cx: &Cx, d: &Dossier) -> Markup {
    let factor = match d.second_factor.and_then(|f| f.confirmed_at) {
        Some(_) => tag(cx.t("signing-factor-ready"), Tone::Good),
        None => tag(cx.t("signing-factor-missing"), Tone::Neutral),
    };
    summary_list(&[
        fact(cx.t("signing-cert-state"), holders::standing(cx, &d.holder)),
        fact(cx.t("signing-holder-run"), d.holder.run.to_string()),
        fact(cx.t("signing-cert-post"), d.holder.post.as_str()),
        fact(cx.t("signing-holder-email"), d.holder.email.as_deref().unwrap_or_default()),
        fact(cx.t("signing-holder-kind"), cx.t(&format!("signing-holder-kind-{}", d.holder.kind.code()))),
        fact(
            cx.t("signing-holders-purposes"),
            cx.t(&format!("signing-purposes-{}", d.holder.purposes.code())),
        ),
        fact(cx.t("signing-holder-months"), parts::months(cx, d.holder.months)),
        fact(cx.t("signing-factor"), factor),
    ])
}

fn row(cx: &Cx, r: &CertRequest) -> Vec<Markup> {
    vec![
        html! { a href=(format!("{DESK}/{}", r.id)) { (parts::purpose(r.purpose)) } },
        parts::state(cx, r),
        parts::ends(cx, r),
    ]
}

fn acts(cx: &Cx, here: &str, d: &Dossier) -> Markup {
    let form =
        |path: &str, key: &str| cx.form(&format!("{here}/{path}"), html! { (button(cx.t(key)).secondary()) });
    html! {
        p { (cx.t("signing-holder-acts-hint")) }
        div.actions {
            @if d.holder.blocked_at.is_some() { (form("desbloquear", "signing-holder-unblock")) }
            @else { (form("bloquear", "signing-holder-block")) }
            @if d.second_factor.is_some() { (form("reponer", "signing-holder-reset")) }
        }
    }
}

/// The contract's motives to choose from.
pub(super) fn motives<'a>(
    cx: &Cx,
    offered: impl Iterator<Item = Motive>,
) -> copihue_web::components::Select<'a> {
    let all = select("motivo", cx.t("signing-revoke-motive")).option("", cx.t("signing-revoke-choose"));
    offered.fold(all, |all, motive| all.option(motive.code(), motive.text()))
}

/// The motive that was chosen, or what is said when none was.
pub(super) fn read_motive(cx: &Cx, form: &FormData) -> Result<Motive, FormState> {
    let chosen = form.value("motivo").and_then(Motive::from_code);
    chosen.ok_or_else(|| form.state().with_error("motivo", cx.t("signing-revoke-missing")))
}

/// `POST …/{official}/bloquear`.
pub(super) async fn block(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let done = registration.block_holder(cx.require_actor()?, id_of(&official)?).await;
    back(&official, done)
}

/// `POST …/{official}/desbloquear`.
pub(super) async fn unblock(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let done = registration.unblock_holder(cx.require_actor()?, id_of(&official)?).await;
    back(&official, done)
}

/// `POST …/{official}/reponer`.
pub(super) async fn reset(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let done = registration.reset_codes(cx.require_actor()?, id_of(&official)?).await;
    back(&official, done)
}

fn back(official: &str, done: Result<(), Error>) -> Result<Response, Failure> {
    done?;
    Ok(see_other(&format!("{HOLDERS}/{official}?hecho=si")))
}

/// `POST …/{official}/cese`.
pub(super) async fn leave(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&official)?, cx.require_actor()?);
    let state = match read_motive(&cx, &form) {
        Err(state) => state,
        Ok(motive) => match registration.holder_leaves(actor, id, motive, parts::extra(&cx, &form)).await {
            Ok(()) => return back(&official, Ok(())),
            Err(error) => parts::mendable(form.state(), error)?,
        },
    };
    let dossier = registration.dossier(actor, id).await?;
    Ok(shown(&registration, &cx, &dossier, &state, StatusCode::UNPROCESSABLE_ENTITY))
}
