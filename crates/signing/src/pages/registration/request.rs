//! A holder asks for a certificate, looks at what it will say, sends it or takes it back.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Actor, Error, Id};
use copihue_web::components::{button, button_link, inset, radios, select, success_banner};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::holder::{motives, read_motive};
use super::sheet::{Done, Sheet};
use super::{MINE, parts};
use crate::Registration;
use crate::app::Draft;
use crate::model::cert_request::{CertRequest, MAX_MONTHS, RequestState};
use crate::model::holder::Holder;
use crate::model::motive::Motive;
use crate::model::token::Purpose;

/// Lives that are offered, in months.
const MONTHS: [u16; 4] = [6, 12, 24, 36];

pub(super) async fn form(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let mine = registration.mine(cx.require_actor()?).await?;
    let holder = mine.holder.ok_or_else(Error::not_found)?;
    let longest = MONTHS.into_iter().rfind(|m| *m <= holder.months.min(MAX_MONTHS));
    let state = cx.form_state().or("vigencia", longest.unwrap_or(MAX_MONTHS).to_string());
    Ok(shown(&cx, &holder, &state, StatusCode::OK))
}

fn shown(cx: &Cx, holder: &Holder, state: &FormState, status: StatusCode) -> Response {
    let purposes = Purpose::ALL.into_iter().filter(|p| holder.purposes.has(*p)).fold(
        radios("proposito", cx.t("signing-request-purpose")),
        |all, purpose| {
            let hint = cx.t(&format!("signing-purpose-hint-{}", purpose.code()));
            all.option_with_hint(purpose.code(), purpose.claim(), hint)
        },
    );
    let offered = MONTHS.into_iter().filter(|m| *m <= holder.months.min(MAX_MONTHS));
    let months = offered.fold(select("vigencia", cx.t("signing-request-months")), |all, months| {
        all.option(months.to_string(), parts::months(cx, months))
    });
    let body = cx.form(
        &format!("{MINE}/solicitar"),
        html! {
            (purposes.state(state))
            (months.state(state))
            (button(cx.t("signing-request-next")))
        },
    );
    let page = Page::new("signing-request-title")
        .lead(cx.t("signing-request-lead"))
        .back(MINE)
        .status(status)
        .form(state);
    cx.page(page, body)
}

/// `POST …/solicitar`: written down, not sent.
pub(super) async fn begin(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let holder = registration.mine(actor).await?.holder.ok_or_else(Error::not_found)?;
    let draft = match read(&form) {
        Ok(draft) => draft,
        Err(state) => return Ok(shown(&cx, &holder, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match registration.begin_request(actor, draft).await {
        Ok(id) => Ok(see_other(&format!("{MINE}/solicitudes/{id}"))),
        Err(error) => {
            let state = parts::mendable(form.state(), error)?;
            Ok(shown(&cx, &holder, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn read(form: &FormData) -> Result<Draft, FormState> {
    let mut fields = Fields::new(form);
    let purpose = fields.choice("proposito", &Purpose::ALL.map(Purpose::code));
    let months = fields.choice("vigencia", &MONTHS.map(|m| m.to_string()).each_ref().map(String::as_str));
    let draft = purpose.zip(months).and_then(|(purpose, months)| {
        Some(Draft { purpose: Purpose::from_code(&purpose)?, months: months.parse().ok()? })
    });
    fields.done(draft)
}

/// A request of the holder's own.
pub(super) struct OwnRequestSheet;

/// What the holder does to it.
#[derive(Clone, Copy)]
pub(super) enum OwnRequestDeed {
    Send,
    Cancel,
    Revoke,
}

impl Sheet for OwnRequestSheet {
    type Thing = CertRequest;
    type Deed = OwnRequestDeed;

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<CertRequest, Error> {
        registration.request(actor, id).await
    }

    fn draw(
        registration: &Registration,
        cx: &Cx,
        request: &CertRequest,
        state: &FormState,
    ) -> (Page, Markup) {
        let body = html! {
            @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-request-sent"), html! { p { (cx.t("signing-request-sent-next")) } })) }
            (parts::request(registration, cx, request))
            (acts(cx, request, state))
        };
        let title = match request.state {
            RequestState::Draft => "signing-request-check",
            _ => "signing-request-one",
        };
        (Page::new(title).back(MINE).without_feedback(), body)
    }

    async fn act(
        registration: &Registration,
        cx: &Cx,
        id: Id,
        deed: OwnRequestDeed,
        form: &FormData,
    ) -> Done {
        let actor = cx.require_actor()?;
        Ok(see_other(&match deed {
            OwnRequestDeed::Send => {
                registration.send_request(actor, id).await?;
                format!("{MINE}/solicitudes/{id}?hecho=enviada")
            }
            OwnRequestDeed::Cancel => {
                registration.cancel_request(actor, id).await?;
                format!("{MINE}?ver=cancelados")
            }
            OwnRequestDeed::Revoke => {
                registration.revoke(actor, id, read_motive(cx, form)?, parts::extra(cx, form)).await?;
                format!("{MINE}/solicitudes/{id}")
            }
        }))
    }
}

fn acts(cx: &Cx, request: &CertRequest, state: &FormState) -> Markup {
    let here = format!("{MINE}/solicitudes/{}", request.id);
    html! {
        @match request.state {
            RequestState::Draft => {
                (inset(html! { p { (cx.t("signing-request-names")) } }))
                (cx.form(&format!("{here}/enviar"), html! { (button(cx.t("signing-request-send"))) }))
                (cx.form(&format!("{here}/cancelar"), html! { (button(cx.t("signing-request-discard")).as_link()) }))
            }
            RequestState::Pending | RequestState::Approved => (parts::cancel(cx, &here, request)),
            RequestState::InForce if request.state_at(cx.now()) == RequestState::InForce => {
                h2 { (cx.t("signing-revoke-mine")) }
                p { (cx.t("signing-revoke-why")) }
                (cx.form(&format!("{here}/revocar"), html! {
                    (motives(cx, Motive::ALL.iter().copied().filter(|m| m.is_for_holders())).state(state))
                    (parts::extra_field(cx, state))
                    (button(cx.t("signing-revoke-button")).danger())
                }))
            }
            RequestState::Rejected | RequestState::Cancelled => (button_link(cx.t("signing-request-again"), format!("{MINE}/solicitar"))),
            _ => {}
        }
    }
}
