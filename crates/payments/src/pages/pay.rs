//! Where the payer sees what they pay, begins, tries again, or leaves.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_web::components::{button, inset, notification_banner};
use copihue_web::{Cx, Failure, FormData, Markup, Page, args, format, html, see_other, see_other_host};

use super::{acts, id_of, lines, own_view};
use crate::app::{Begin, PaymentView, Payments};
use crate::model::attempt::AttemptState;
use crate::model::payment::PaymentState;
use crate::provider::{Method, Redirect};

pub(super) async fn show(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
) -> Result<Response, Failure> {
    let view = own_view(&payments, &cx, &path).await?;
    let payment = &view.payment;
    if !matches!(payment.state, PaymentState::Created | PaymentState::Started) {
        return Ok(see_other(&format!("/pagos/{}/estado", payment.id)));
    }
    let body = html! {
        p.lead { (cx.ta("payments-pay-to", &args! { "institution" => view.issuer.name.as_str() })) }
        (last_try(&cx, &view))
        (lines(&cx, payment))
        p.hint { (cx.ta("payments-deadline", &args! { "at" => cx.datetime(payment.expires_at) })) }
        (cx.form(&format!("/pagos/{}/comenzar", payment.id), html! { (button(label(&cx, &view))) }))
        (cx.form(&format!("/pagos/{}/anular", payment.id), html! { (button(cx.t("payments-leave")).as_link()) }))
        (acts(&cx, &view))
    };
    Ok(cx.page(Page::new("payments-pay-title").caption(payment.description.as_str()), body))
}

fn label(cx: &Cx, view: &PaymentView) -> String {
    if view.attempts.is_empty() {
        cx.ta("payments-pay", &args! { "amount" => format::money(view.payment.amount) })
    } else {
        cx.t("payments-retry").to_owned()
    }
}

fn last_try(cx: &Cx, view: &PaymentView) -> Markup {
    match view.attempts.last().map(|a| a.state) {
        Some(AttemptState::Rejected) => {
            notification_banner(cx.t("payments-rejected-title"), cx.t("payments-rejected-text"))
        }
        Some(AttemptState::Aborted | AttemptState::TimedOut) => {
            notification_banner(cx.t("payments-aborted-title"), cx.t("payments-aborted-text"))
        }
        Some(AttemptState::Redirected) => inset(cx.t("payments-open-text")),
        _ => html! {},
    }
}

pub(super) async fn begin(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&path)?;
    let begun = payments.begin(cx.require_actor()?, id).await;
    match cx.hide("payment", &id.to_string(), begun)? {
        Begin::Page(page) => Ok(see_other(&page)),
        Begin::Provider(redirect) => Ok(to_provider(&cx, &redirect)),
    }
}

/// By a redirection, or by a form with a visible button that needs no script.
fn to_provider(cx: &Cx, redirect: &Redirect) -> Response {
    if redirect.method == Method::Get {
        if redirect.url.starts_with('/') {
            return see_other(&redirect.url);
        }
        if let Ok(url) = url::Url::parse(&redirect.url) {
            return see_other_host(&url);
        }
    }
    let body = html! {
        p { (cx.t("payments-to-provider-text")) }
        form method="post" action=(redirect.url) {
            @for (name, value) in &redirect.fields { input type="hidden" name=(name) value=(value); }
            (button(cx.t("payments-to-provider")))
        }
    };
    cx.page(Page::new("payments-to-provider-title").no_referrer(), body)
}

pub(super) async fn leave(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&path)?;
    let left = payments.leave(cx.require_actor()?, id).await;
    let payment = cx.hide("payment", &id.to_string(), left)?;
    if payment.is_paid() {
        return Ok(see_other(&format!("/mi/pagos/{}", payment.id)));
    }
    Ok(see_other(&payment.return_to))
}
