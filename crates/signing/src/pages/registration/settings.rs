//! `/gestion/firma/ajustes`: what the body decided about its signatures.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{button, fact, radios, success_banner, summary_list, text_input};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Page, html, see_other};
use http::StatusCode;

use super::parts;
use crate::keys::Algorithm;
use crate::model::holder::FeeStaff;
use crate::pages::nav::nav;
use crate::store::holder::Settings;
use crate::{CERTIFIER, Registration};

const HERE: &str = "/gestion/firma/ajustes";
/// Keys that are offered.
const KEYS: [Algorithm; 2] = [Algorithm::P256, Algorithm::Rsa2048];

pub(super) async fn page(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let settings = registration.settings(cx.require_actor()?).await?;
    let state = FormState::from_values([
        ("honorarios", settings.fee_staff.code().to_owned()),
        ("acto", settings.fee_act.clone().unwrap_or_default()),
        ("llave", settings.algorithm.code().to_owned()),
    ]);
    Ok(shown(&cx, &settings, &state, StatusCode::OK))
}

fn shown(cx: &Cx, settings: &Settings, state: &FormState, status: StatusCode) -> Response {
    let fee = FeeStaff::ALL.iter().fold(radios("honorarios", cx.t("signing-settings-fee")), |all, fee| {
        all.option(fee.code(), cx.t(&format!("signing-settings-fee-{}", fee.code())))
    });
    let keys = KEYS.into_iter().fold(radios("llave", cx.t("signing-settings-key")), |all, key| {
        all.option(key.code(), cx.t(&format!("signing-settings-key-{}", key.code())))
    });
    let decides = cx.actor().is_some_and(|a| a.has_role(CERTIFIER));
    let body = html! {
        (nav(cx))
        @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-settings-done"), html! {})) }
        @if decides {
            (cx.form(HERE, html! {
                (fee.hint(cx.t("signing-settings-fee-hint")).state(state))
                (text_input("acto", cx.t("signing-settings-act")).hint(cx.t("signing-settings-act-hint")).max(120).optional().state(state))
                (keys.hint(cx.t("signing-settings-key-hint")).state(state))
                (parts::extra_field(cx, state))
                (button(cx.t("signing-settings-save")))
            }))
        } @else {
            (summary_list(&[
                fact(cx.t("signing-settings-fee"), cx.t(&format!("signing-settings-fee-{}", settings.fee_staff.code()))),
                fact(cx.t("signing-settings-key"), cx.t(&format!("signing-settings-key-{}", settings.algorithm.code()))),
            ]))
            p { (cx.t("signing-settings-who")) }
        }
    };
    let page = Page::new("signing-settings-title")
        .lead(cx.t("signing-settings-lead"))
        .crumb(cx.t("signing-crumb-desk"), "/gestion");
    cx.page(page.status(status).form(state), body)
}

/// `POST /gestion/firma/ajustes`.
pub(super) async fn save(
    State(registration): State<Registration>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let state = match read(&form) {
        Err(state) => state,
        Ok(settings) => match registration.set_settings(actor, settings, parts::extra(&cx, &form)).await {
            Ok(()) => return Ok(see_other(&format!("{HERE}?hecho=si"))),
            Err(error) => parts::mendable(form.state(), error)?,
        },
    };
    let settings = registration.settings(actor).await?;
    Ok(shown(&cx, &settings, &state, StatusCode::UNPROCESSABLE_ENTITY))
}

fn read(form: &FormData) -> Result<Settings, FormState> {
    let mut fields = Fields::new(form);
    let fee = fields.choice("honorarios", &["permitido", "no_permitido"]);
    let act = fields.optional("acto", |f, name| f.text(name, 3..=120));
    let key = fields.choice("llave", &KEYS.map(Algorithm::code));
    let settings = fee.zip(act).zip(key).and_then(|((fee, fee_act), key)| {
        Some(Settings {
            fee_staff: FeeStaff::from_code(&fee)?,
            fee_act,
            algorithm: Algorithm::from_code(&key)?,
        })
    });
    fields.done(settings)
}
