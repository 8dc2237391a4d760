//! Another address for codes and notices: asked for on `/mi/seguridad`, and taken back by whoever reads the old one, without logging in.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Kind};
use copihue_web::components::{
    button, button_link, email_input, fact, inset, panel, summary_list, text_input, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::security::HERE;
use crate::Identity;
use crate::api::browser;
use crate::app::{CANCEL, Change, Confirmed, Wished};
use crate::model::mailed::masked;

/// Where the proof is asked for first.
const PROVE: &str = "/mi/seguridad/cambiar?acto=correo";

/// The address in use and the one that waits.
pub(super) fn shown(cx: &Cx, email: Option<&str>, change: Option<&Change>) -> Markup {
    let own = email.map_or_else(|| cx.t("identity-contact-none").to_owned(), masked);
    let mut facts = vec![fact(cx.t("identity-contact-now"), own)];
    if let Some(change) = change {
        facts.push(fact(cx.t("identity-contact-next"), change.masked.as_str()));
        facts.push(fact(cx.t("identity-contact-from"), cx.datetime(change.effective)));
    }
    html! {
        (summary_list(&facts))
        @match change {
            Some(_) => {
                p { (cx.t("identity-contact-waits")) }
                (cx.form("/mi/seguridad/correo/anular", html! {
                    (button(cx.t("identity-contact-cancel")).secondary())
                }))
            },
            None => (button_link(cx.t("identity-contact-title"), PROVE).secondary()),
        }
    }
}

/// The page on which a person who has just proved who they are writes the new address.
pub(super) fn another(
    cx: &Cx,
    identity: &Identity,
    permit: &str,
    state: &FormState,
    status: StatusCode,
) -> Response {
    let hours = args! {"hours" => identity.0.config.contact_hold.hours()};
    let body = html! {
        p { (cx.ta("identity-contact-what", &hours)) }
        (cx.form("/mi/seguridad/correo", html! {
            input type="hidden" name="permiso" value=(permit);
            (email_input("correo", cx.t("identity-contact-new")).state(state))
            (button(cx.t("identity-contact-send")))
        }))
    };
    private(cx, body, state, status)
}

/// A page of a form that nobody else keeps.
fn private(cx: &Cx, body: Markup, state: &FormState, status: StatusCode) -> Response {
    let page = Page::new("identity-contact-title").back(HERE).form(state).status(status);
    kept_by_nobody(cx.page(page.no_referrer().without_feedback(), body))
}

fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST /mi/seguridad/correo`: a code goes to the new address.
pub(crate) async fn wish(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let permit = form.value("permiso").unwrap_or_default();
    let mut fields = Fields::new(&form);
    let address = fields.email("correo");
    let address = match fields.done((address,)) {
        Ok((address,)) => address,
        Err(state) => return Ok(another(&cx, &identity, permit, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let again = |key: &str, status| {
        another(&cx, &identity, permit, &form.state().with_error("correo", cx.t(key)), status)
    };
    match identity.wish_contact(&session, permit, &address).await {
        Ok(Wished::Sent(sealed)) => {
            Ok(code_page(&cx, &sealed, &masked(&address), &FormState::new(), StatusCode::OK))
        }
        Ok(Wished::Same) => Ok(again("identity-contact-same", StatusCode::UNPROCESSABLE_ENTITY)),
        Ok(Wished::Wait) => Ok(again("identity-contact-wait", StatusCode::TOO_MANY_REQUESTS)),
        Ok(Wished::Forged) => Ok(see_other(PROVE)),
        // The page says what is under way.
        Err(error) if error.kind() == Kind::Conflict => Ok(see_other(HERE)),
        Err(error) => Err(error.into()),
    }
}

fn code_page(cx: &Cx, sealed: &str, masked: &str, state: &FormState, status: StatusCode) -> Response {
    let body = html! {
        (inset(html! { p { (cx.ta("identity-mailed-sent", &args! {"address" => masked})) } }))
        (cx.form("/mi/seguridad/correo/codigo", html! {
            input type="hidden" name="alta" value=(sealed);
            input type="hidden" name="donde" value=(masked);
            (text_input("codigo", cx.t("identity-otp-code")).hint(cx.t("identity-mailed-hint"))
                .autocomplete("one-time-code").narrow().state(state))
            (button(cx.t("identity-contact-confirm")))
        }))
    };
    private(cx, body, state, status)
}

/// `POST /mi/seguridad/correo/codigo`: from now on the new address waits.
pub(crate) async fn confirm(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let session = cx.session().cloned().ok_or_else(Error::not_found)?;
    let text = |name: &str| form.value(name).unwrap_or_default();
    let (sealed, browser) = (text("alta"), browser(&identity, &cx, &headers));
    let (key, status) = match identity.confirm_contact(&session, sealed, text("codigo"), &browser).await {
        Ok(Confirmed::Done) => return Ok(see_other(HERE)),
        Ok(Confirmed::Forged) => return Ok(see_other(PROVE)),
        Ok(Confirmed::Wrong) => ("identity-recover-code-error", StatusCode::UNPROCESSABLE_ENTITY),
        Ok(Confirmed::Wait) => ("identity-otp-wait", StatusCode::TOO_MANY_REQUESTS),
        Err(error) if error.kind() == Kind::Conflict => return Ok(see_other(HERE)),
        Err(error) => return Err(error.into()),
    };
    let state = FormState::new().with_error("codigo", cx.t(key));
    Ok(code_page(&cx, sealed, text("donde"), &state, status))
}

/// `POST /mi/seguridad/correo/anular`.
pub(crate) async fn cancel(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    _: FormData,
) -> Result<Response, Failure> {
    identity.cancel_contact(cx.person()?.id, &browser(&identity, &cx, &headers)).await?;
    Ok(see_other(HERE))
}

/// `GET /ingresar/correo/anular`: where the link of the notice leads. Looking does nothing: mail scanners open links (I5).
pub(crate) async fn link(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let link = cx.query("cambio").unwrap_or_default();
    let change = identity.change_of_link(&link).await?;
    let Some(change) = change else { return Ok(over(&cx)) };
    let body = html! {
        (summary_list(&[
            fact(cx.t("identity-contact-next"), change.masked.as_str()),
            fact(cx.t("identity-contact-from"), cx.datetime(change.effective)),
        ]))
        (warning(cx.t("identity-contact-link-warning")))
        (cx.form(CANCEL, html! {
            input type="hidden" name="cambio" value=(link);
            (button(cx.t("identity-contact-cancel")).danger())
        }))
    };
    let page = Page::new("identity-contact-link-title").no_referrer().without_feedback();
    Ok(kept_by_nobody(cx.page(page, body)))
}

fn over(cx: &Cx) -> Response {
    let body = html! {
        p { (cx.t("identity-contact-over")) }
        p { (cx.t("identity-dispute-next")) }
        p { a href="/mi/ingresos" { (cx.t("identity-history-title")) } }
    };
    let page = Page::new("identity-contact-over-title").status(StatusCode::NOT_FOUND);
    kept_by_nobody(cx.page(page.no_referrer().without_feedback(), body))
}

/// `POST /ingresar/correo/anular`.
pub(crate) async fn cancel_by_link(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let link = form.value("cambio").unwrap_or_default();
    match identity.cancel_by_link(link, &browser(&identity, &cx, &headers)).await? {
        true => Ok(see_other("/ingresar/correo/anulado")),
        false => Ok(over(&cx)),
    }
}

/// `GET /ingresar/correo/anulado`.
pub(crate) async fn cancelled(State(_): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let body = html! {
        (panel(cx.t("identity-contact-cancelled"), cx.t("identity-contact-cancelled-text")))
        (button_link(cx.t("identity-recover-title"), "/ingresar/recuperar"))
    };
    Ok(cx.page(Page::new("identity-contact-cancelled").own_heading().without_feedback(), body))
}
