//! The test provider's page: approve, reject, give up, leave, or answer twice.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Error, Id};
use copihue_web::components::{button, button_link, fact, inset, summary_list};
use copihue_web::{Cx, Failure, FormData, Page, format, html, see_other};

use crate::app::Payments;
use crate::sandbox::{NAME, Sandbox, Verdict};

type Parts = State<(Sandbox, Payments)>;

pub(super) async fn show(
    State((sandbox, _)): Parts,
    cx: Cx,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let order = sandbox.order(&token).await?.ok_or_else(Error::not_found)?;
    let facts = [
        fact(cx.t("payments-sandbox-merchant"), order.institution.as_str()),
        fact(cx.t("payments-concept"), order.description.as_str()),
        fact(cx.t("payments-sandbox-order"), order.buy_order.as_str()),
        fact(cx.t("payments-amount"), format::money(order.amount)),
    ];
    let choices = html! {
        (button(cx.t("payments-sandbox-approve")).sends("resultado", "aprobar"))
        (button(cx.t("payments-sandbox-reject")).secondary().sends("resultado", "rechazar"))
        (button(cx.t("payments-sandbox-cancel")).secondary().sends("resultado", "anular"))
        (button(cx.t("payments-sandbox-twice")).secondary().sends("resultado", "dos-veces"))
    };
    let body = html! {
        (inset(cx.t("payments-sandbox-text")))
        (summary_list(&facts))
        @if order.state == "initialised" {
            (cx.form(&format!("/pagos/prueba/{token}"), choices))
            p { a href="/" { (cx.t("payments-sandbox-abandon")) } }
        } @else {
            p { (cx.t("payments-sandbox-done")) }
            (button_link(cx.t("payments-sandbox-back"), order.return_address()))
        }
    };
    Ok(cx.page(Page::new("payments-sandbox-title").without_feedback().no_referrer(), body))
}

pub(super) async fn decide(
    State((sandbox, payments)): Parts,
    _cx: Cx,
    Path(token): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let verdict = match form.value("resultado") {
        Some("aprobar" | "dos-veces") => Verdict::Approve,
        Some("rechazar") => Verdict::Reject,
        Some("anular") => Verdict::Cancel,
        _ => return Ok(see_other(&format!("/pagos/prueba/{token}"))),
    };
    let path = sandbox.decide(&token, verdict).await?;
    if form.value("resultado") == Some("dos-veces") {
        let order = sandbox.order(&token).await?.ok_or_else(Error::not_found)?;
        let attempt: Id = order.buy_order.parse().map_err(Error::internal)?;
        // A second browser with the same token, at the same time as the payer's own.
        tokio::spawn(async move {
            let twice = payments.returned(NAME, attempt, &order.return_params()).await;
            tracing::debug!(ok = twice.is_ok(), "the test provider answered a second time");
        });
    }
    Ok(see_other(&path))
}
