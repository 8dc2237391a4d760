//! `/gestion/firma/titulares`: the operator's list of holders, and the way to a new one.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Id, Kind, Run};
use copihue_web::components::{
    Tone, button, button_link, email_input, pagination, radios, run_input, select, success_banner, table, tag,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::{HOLDERS, PETITIONS, id_of, parts};
use crate::Registration;
use crate::app::HolderFacts;
use crate::model::cert_request::CertRequest;
use crate::model::holder::{Holder, HolderKind, Purposes};
use crate::model::petition::Petition;
use crate::pages::nav::nav;

/// Holders on a page.
const PAGE: usize = 50;
/// Lives that are offered, in months.
const MONTHS: [&str; 4] = ["36", "24", "12", "6"];

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let after = cx.query("desde").and_then(|id| id.parse::<Id>().ok());
    let mut all = registration.holders(cx.require_actor()?, after, PAGE + 1).await?;
    let more = all.len() > PAGE;
    all.truncate(PAGE);
    let next = all.last().filter(|_| more).map(|h| format!("{HOLDERS}?desde={}", h.official));
    let asking = registration.petitions(cx.require_actor()?).await?;
    let body = html! {
        (nav(&cx))
        @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-holders-done"), html! {})) }
        @if !asking.is_empty() { (petitions(&cx, &asking)) h2 { (cx.t("signing-holders-known")) } }
        p.actions {
            (button_link(cx.t("signing-holders-new"), format!("{HOLDERS}/nuevo")))
            (button_link(cx.t("signing-holders-roster"), format!("{HOLDERS}/lista")).secondary())
        }
        (table(cx.t("signing-holders-title"))
            .column(cx.t("signing-cert-name"))
            .column(cx.t("signing-cert-post"))
            .column(cx.t("signing-holders-purposes"))
            .column(cx.t("signing-cert-state"))
            .rows(all.iter().map(|h| row(&cx, h)))
            .empty(cx.t("signing-holders-empty"))
            .quiet_caption())
        (pagination(None, next.as_deref()))
        p { a href=(format!("{HOLDERS}/por-vencer")) { (cx.t("signing-ending-link")) } }
    };
    Ok(cx.page(parts::list_page(&cx, "signing-holders-title", "signing-holders-lead"), body))
}

/// Who asks to be made a holder, and until when they must be answered.
fn petitions(cx: &Cx, all: &[Petition]) -> Markup {
    let row = |one: &Petition| {
        vec![
            html! { a href=(format!("{PETITIONS}/{}", one.id)) { (one.name) } },
            html! { (cx.datetime(one.asked_at)) },
            parts::due(cx, Some(one.due)),
        ]
    };
    html! {
        h2 { (cx.t("signing-petitions")) }
        p { (cx.t("signing-petitions-how")) }
        (table(cx.t("signing-petitions"))
            .column(cx.t("signing-petition-who"))
            .column(cx.t("signing-petition-asked"))
            .column(cx.t("signing-cert-due"))
            .rows(all.iter().map(row))
            .quiet_caption())
    }
}

fn row(cx: &Cx, holder: &Holder) -> Vec<Markup> {
    vec![
        html! { a href=(format!("{HOLDERS}/{}", holder.official)) { (holder.name) } },
        html! { (holder.post) },
        html! { (cx.t(&format!("signing-purposes-{}", holder.purposes.code()))) },
        standing(cx, holder),
    ]
}

/// Whether anything stands between a holder and a signature.
pub(super) fn standing(cx: &Cx, holder: &Holder) -> Markup {
    match (holder.blocked_at, holder.stopped_at) {
        (Some(_), _) => tag(cx.t("signing-holder-blocked"), Tone::Bad),
        (None, Some(_)) => tag(cx.t("signing-holder-stopped"), Tone::Warn),
        (None, None) => tag(cx.t("signing-holder-active"), Tone::Good),
    }
}

/// `…/por-vencer`: what ends within two months.
pub(super) async fn ending(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let all = registration.ending(cx.require_actor()?).await?;
    let row = |r: &CertRequest| {
        let day = r.not_after.map(|at| copihue_core::calendar::Zone::Santiago.date(at));
        vec![
            html! { a href=(format!("{HOLDERS}/{}", r.official)) { (r.name) } },
            html! { (parts::purpose(r.purpose)) },
            html! { @if let Some(day) = day { (cx.date(day)) } },
        ]
    };
    let body = html! {
        (table(cx.t("signing-ending-title"))
            .column(cx.t("signing-cert-name"))
            .column(cx.t("signing-cert-purpose"))
            .column(cx.t("signing-cert-ends"))
            .rows(all.iter().map(row))
            .empty(cx.t("signing-ending-empty"))
            .quiet_caption())
    };
    Ok(cx.page(Page::new("signing-ending-title").lead(cx.t("signing-ending-lead")).back(HOLDERS), body))
}

pub(super) async fn form(cx: Cx) -> Result<Response, Failure> {
    let state = cx.form_state().or("vigencia", MONTHS[0]);
    Ok(shown(&cx, "signing-holder-new", &format!("{HOLDERS}/nuevo"), Who::New, &state, StatusCode::OK))
}

/// Whose facts a form asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    New,
    Known,
}

fn shown(cx: &Cx, title: &str, action: &str, who: Who, state: &FormState, status: StatusCode) -> Response {
    let kinds = HolderKind::ALL.iter().fold(radios("tipo", cx.t("signing-holder-kind")), |all, kind| {
        all.option(kind.code(), cx.t(&format!("signing-holder-kind-{}", kind.code())))
    });
    let purposes =
        Purposes::ALL.iter().fold(radios("propositos", cx.t("signing-holders-purposes")), |all, p| {
            all.option(p.code(), cx.t(&format!("signing-purposes-{}", p.code())))
        });
    let months = MONTHS.into_iter().fold(select("vigencia", cx.t("signing-holder-months")), |all, months| {
        all.option(months, parts::months(cx, months.parse().unwrap_or_default()))
    });
    let body = cx.form(
        action,
        html! {
            @if who == Who::New { (run_input("run", cx.t("signing-holder-run")).state(state)) }
            (email_input("correo", cx.t("signing-holder-email")).state(state))
            (kinds.state(state))
            (purposes.state(state))
            (months.state(state))
            (button(cx.t("signing-holder-save")))
        },
    );
    // One step back: to the list, or to the holder whose data these are.
    let back = action.rsplit_once('/').map_or(HOLDERS, |(back, _)| back);
    let page = Page::new(title).lead(cx.t("signing-holder-form-lead")).back(back);
    cx.page(page.status(status).form(state), body)
}

fn facts(fields: &mut Fields<'_>) -> Option<HolderFacts> {
    let email = fields.email("correo");
    let kind = fields.choice("tipo", &["funcionario", "autoridad"]);
    let purposes = fields.choice("propositos", &Purposes::ALL.map(Purposes::code));
    let months = fields.choice("vigencia", &MONTHS);
    Some(HolderFacts {
        email: email?,
        kind: HolderKind::from_code(&kind?)?,
        purposes: Purposes::from_code(&purposes?)?,
        months: months?.parse().ok()?,
    })
}

/// `POST …/nuevo`.
pub(super) async fn create(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let here = format!("{HOLDERS}/nuevo");
    let again = |state: &FormState| {
        shown(&cx, "signing-holder-new", &here, Who::New, state, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let mut fields = Fields::new(&form);
    let (run, facts) = (fields.run("run"), facts(&mut fields));
    match fields.done((run, facts)) {
        Ok((run, facts)) => keep(&registration, &cx, (run, facts), &form, again).await,
        Err(state) => Ok(again(&state)),
    }
}

async fn keep(
    registration: &Registration,
    cx: &Cx,
    (run, facts): (Run, HolderFacts),
    form: &FormData,
    again: impl Fn(&FormState) -> Response,
) -> Result<Response, Failure> {
    match registration.put_holder(cx.require_actor()?, run, facts).await {
        Ok(official) => Ok(see_other(&format!("{HOLDERS}/{official}?hecho=si"))),
        Err(error) if error.code() == "no_es_funcionario" => {
            Ok(again(&form.state().with_error("run", error.detail())))
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            Ok(again(&form.state().with_failure(&error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `…/{official}/cambiar`.
pub(super) async fn edit(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
) -> Result<Response, Failure> {
    let holder = registration.dossier(cx.require_actor()?, id_of(&official)?).await?.holder;
    let state = FormState::from_values([
        ("correo", holder.email.clone().unwrap_or_default()),
        ("tipo", holder.kind.code().to_owned()),
        ("propositos", holder.purposes.code().to_owned()),
        ("vigencia", holder.months.to_string()),
    ]);
    let here = format!("{HOLDERS}/{official}/cambiar");
    Ok(shown(&cx, "signing-holder-change", &here, Who::Known, &state, StatusCode::OK))
}

/// `POST …/{official}/cambiar`.
pub(super) async fn change(
    State(registration): State<Registration>,
    cx: Cx,
    Path(official): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let holder =
        registration.dossier(cx.require_actor()?, id_of(&official)?).await.map_err(|_| Error::not_found())?;
    let here = format!("{HOLDERS}/{official}/cambiar");
    let again = |state: &FormState| {
        shown(&cx, "signing-holder-change", &here, Who::Known, state, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let mut fields = Fields::new(&form);
    let facts = facts(&mut fields);
    match fields.done(facts) {
        Ok(facts) => keep(&registration, &cx, (holder.holder.run, facts), &form, again).await,
        Err(state) => Ok(again(&state)),
    }
}
