//! `/gestion/firma/solicitudes`: the ministro de fe decides; the operator looks.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Actor, Error, Id};
use copihue_web::components::{button, pagination, success_banner, table, textarea, warning};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::holder::{motives, read_motive};
use super::sheet::{Done, Sheet};
use super::{DESK, parts};
use crate::model::cert_request::{CertRequest, RequestState};
use crate::model::motive::Motive;
use crate::pages::nav::nav;
use crate::{CERTIFIER, OPERATOR, Registration};

/// Requests on a page.
const PAGE: usize = 50;
/// The tabs: name, and what is behind it.
const TABS: [(&str, &[RequestState]); 4] = [
    ("pendientes", &[RequestState::Pending, RequestState::Approved]),
    ("disponibles", &[RequestState::InForce]),
    ("revocados", &[RequestState::Revoked]),
    ("rechazados", &[RequestState::Rejected]),
];

pub(super) async fn list(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let asked = cx.query("ver");
    let (tab, states) = TABS.into_iter().find(|(n, _)| asked.as_deref() == Some(n)).unwrap_or(TABS[0]);
    let after = cx.query("desde").and_then(|id| id.parse().ok());
    let mut all = registration.requests_in(cx.require_actor()?, states, after, PAGE + 1).await?;
    let more = all.len() > PAGE;
    all.truncate(PAGE);
    let next = all.last().filter(|_| more).map(|r| format!("{DESK}?ver={tab}&desde={}", r.id));
    let body = html! {
        (nav(&cx))
        nav.filters aria-label=(cx.t("signing-decide-states")) {
            ul {
                @for (name, _) in TABS {
                    li { a href=(format!("{DESK}?ver={name}")) aria-current=[(name == tab).then_some("page")] { (cx.t(&format!("signing-decide-tab-{name}"))) } }
                }
            }
        }
        (table(cx.t("signing-decide-title"))
            .column(cx.t("signing-cert-name"))
            .column(cx.t("signing-cert-purpose"))
            .column(cx.t("signing-cert-state"))
            .column(cx.t("signing-cert-due"))
            .rows(all.iter().map(|r| row(&cx, r)))
            .empty(cx.t("signing-decide-empty"))
            .quiet_caption())
        (pagination(None, next.as_deref()))
    };
    Ok(cx.page(parts::list_page(&cx, "signing-decide-title", "signing-decide-lead"), body))
}

fn row(cx: &Cx, r: &CertRequest) -> Vec<Markup> {
    vec![
        html! { a href=(format!("{DESK}/{}", r.id)) { (r.name) } },
        html! { (parts::purpose(r.purpose)) },
        parts::state(cx, r),
        if r.state == RequestState::Pending {
            parts::due(cx, r.due)
        } else {
            html! { (cx.t("signing-due-none")) }
        },
    ]
}

/// A request, for the ministro de fe and the operator.
pub(super) struct RequestSheet;

/// What they do about it.
#[derive(Clone, Copy)]
pub(super) enum RequestDeed {
    Approve,
    Reject,
    Cancel,
    Revoke,
}

impl Sheet for RequestSheet {
    type Thing = CertRequest;
    type Deed = RequestDeed;

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<CertRequest, Error> {
        registration.request(actor, id).await
    }

    fn draw(
        registration: &Registration,
        cx: &Cx,
        request: &CertRequest,
        state: &FormState,
    ) -> (Page, Markup) {
        let here = format!("{DESK}/{}", request.id);
        let is = |role| cx.actor().is_some_and(|a| a.has_role(role));
        let body = html! {
            @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-decide-done"), html! { p { (cx.t("signing-decide-done-detail")) } })) }
            (parts::request(registration, cx, request))
            @if is(OPERATOR) { (operator(cx, &here, request, state)) }
            @if is(CERTIFIER) && request.state == RequestState::Pending { (certifier(cx, &here, request, state)) }
        };
        let title = cx.ta("signing-decide-one", &args! {"name" => request.name.as_str()});
        (Page::new(title).back(DESK), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, deed: RequestDeed, form: &FormData) -> Done {
        let (actor, extra) = (cx.require_actor()?, parts::extra(cx, form));
        match deed {
            RequestDeed::Approve => registration.approve_request(actor, id, extra).await?,
            RequestDeed::Reject => {
                registration.reject_request(actor, id, form.value("motivo").unwrap_or_default()).await?;
            }
            RequestDeed::Cancel => registration.cancel_request(actor, id).await?,
            RequestDeed::Revoke => registration.revoke(actor, id, read_motive(cx, form)?, extra).await?,
        }
        Ok(see_other(&format!("{DESK}/{id}?hecho=si")))
    }
}

/// What the ministro de fe decides.
fn certifier(cx: &Cx, here: &str, request: &CertRequest, state: &FormState) -> Markup {
    let own = cx.hat().is_ok_and(|hat| hat.official == request.official);
    html! {
        h2 { (cx.t("signing-decide-decide")) }
        p { (cx.t("signing-decide-certify")) }
        @if own { (warning(cx.t("signing-decide-own"))) }
        (cx.form(&format!("{here}/aprobar"), html! { (parts::extra_field(cx, state)) (button(cx.t("signing-decide-approve"))) }))
        h2 { (cx.t("signing-decide-reject-heading")) }
        (cx.form(&format!("{here}/rechazar"), html! {
            (textarea("motivo", cx.t("signing-decide-reason")).hint(cx.t("signing-decide-reason-hint")).max(500).state(state))
            (button(cx.t("signing-decide-reject")).secondary())
        }))
    }
}

/// What the operator may do about it.
fn operator(cx: &Cx, here: &str, request: &CertRequest, state: &FormState) -> Markup {
    html! {
        @match request.state_at(cx.now()) {
            RequestState::Pending | RequestState::Approved => (parts::cancel(cx, here, request)),
            RequestState::InForce => {
                h2 { (cx.t("signing-revoke-heading")) }
                p { (cx.t("signing-revoke-why")) }
                (cx.form(&format!("{here}/revocar"), html! {
                    (motives(cx, Motive::ALL.iter().copied()).state(state))
                    (parts::extra_field(cx, state))
                    (button(cx.t("signing-revoke-button")).danger())
                }))
            }
            _ => {}
        }
    }
}
