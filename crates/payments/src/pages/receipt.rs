//! The receipt, and the list of a person's payments.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, json};
use copihue_web::components::{
    Tone, button_link, fact, notification_banner, panel, receipt_link, summary_list, table, tag,
};
use copihue_web::{Cx, Failure, Markup, Page, args, format, html, see_other};

use super::{acts, lines, own_view};
use crate::app::{PaymentView, Payments};
use crate::model::payment::{Payment, PaymentState};
use crate::model::receipt::Receipt;
use crate::model::refund::RefundState;

pub(super) async fn show(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
) -> Result<Response, Failure> {
    let view = own_view(&payments, &cx, &path).await?;
    if view.payment.state != PaymentState::Success {
        return Ok(see_other(&format!("/pagos/{}/estado", view.payment.id)));
    }
    let page = Page::new("payments-receipt-title").crumb(cx.t("payments-list-title"), "/mi/pagos");
    let body = html! {
        @if let Some(refund) = view.payment.refund { (refunded(&cx, &view, refund)) }
        @if let Some(receipt) = &view.receipt { (receipt_of(&cx, &view, receipt)) }
        (acts(&cx, &view))
        (button_link(cx.t("payments-go-on"), view.payment.return_to.as_str()))
    };
    Ok(cx.page(if view.receipt.is_some() { page.own_heading() } else { page }, body))
}

fn refunded(cx: &Cx, view: &PaymentView, refund: RefundState) -> Markup {
    let amount = args! { "amount" => format::money(view.payment.amount) };
    let text = match refund {
        RefundState::Submitted => cx.ta("payments-refund-submitted", &amount),
        RefundState::Confirmed => cx.ta("payments-refund-confirmed", &amount),
        RefundState::Refused => cx.ta("payments-refund-refused", &amount),
    };
    notification_banner(cx.t("payments-refund-title"), text)
}

fn receipt_of(cx: &Cx, view: &PaymentView, receipt: &Receipt) -> Markup {
    let payment = &view.payment;
    let number = cx.ta("payments-receipt-number", &args! { "folio" => receipt.folio() });
    let mut facts = vec![
        fact(cx.t("payments-receipt-institution"), view.issuer.name.as_str()),
        fact(cx.t("payments-receipt-rut"), view.issuer.rut.as_str()),
        fact(cx.t("payments-receipt-concept"), payment.description.as_str()),
        fact(cx.t("payments-receipt-reference"), payment.reference.as_str()),
    ];
    if let Some(case) = &payment.case {
        let link = html! { a href={ "/mi/expedientes/" (payment.institution) ":" (case) } { (case) } };
        facts.push(fact(cx.t("payments-receipt-case"), link));
    }
    let paid_at = copihue_core::text::long_datetime(view.issuer.zone.local(receipt.proof.paid_at));
    facts.push(fact(cx.t("payments-receipt-paid"), paid_at));
    facts.push(fact(cx.t("payments-receipt-order"), receipt.buy_order.as_str()));
    facts.push(fact(cx.t("payments-receipt-authorisation"), receipt.proof.authorisation_code.as_str()));
    if let (Some(kind), Some(digits)) = (&receipt.proof.card_kind, &receipt.proof.card_last4) {
        let text = args! { "kind" => kind.as_str(), "digits" => digits.as_str() };
        facts.push(fact(cx.t("payments-receipt-card"), cx.ta("payments-receipt-card-ending", &text)));
    }
    facts.push(fact(cx.t("payments-receipt-payer"), payment.payer.name.as_str()));
    let code = html! { a href={ "/verificar/" (receipt.code) } { (receipt.code) } };
    facts.push(fact(cx.t("payments-receipt-code"), code));
    html! {
        (panel(cx.t("payments-paid-panel"), number))
        (summary_list(&facts))
        (lines(cx, payment))
        p { a href={ "/mi/pagos/" (payment.id) "/comprobante.json" } { (cx.t("payments-receipt-data")) } }
    }
}

/// The bytes for which the verification code stands.
pub(super) async fn data(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
) -> Result<Response, Failure> {
    let view = own_view(&payments, &cx, &path).await?;
    let receipt = view.receipt.ok_or_else(Error::not_found)?;
    let text = json::canonical(&receipt.json(&view.issuer))?;
    let name = format!("attachment; filename=\"comprobante-{}.json\"", receipt.folio());
    // Not in the text itself, of which the code has the hash.
    let proof =
        receipt_link("payment", &format!("payment.succeeded/{}/{}", view.payment.id, receipt.attempt));
    Ok((
        [proof],
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)],
        text,
    )
        .into_response())
}

pub(super) async fn list(State(payments): State<Payments>, cx: Cx) -> Result<Response, Failure> {
    let all = payments.list(cx.require_actor()?).await?;
    let rows = all.iter().map(|p| {
        vec![
            html! { a href={ "/mi/pagos/" (p.id) } { (p.description) } },
            html! { (cx.datetime(p.created_at)) },
            html! { (format::money(p.amount)) },
            state(&cx, p),
        ]
    });
    let body = html! {
        @if cx.query("en_curso").is_some() {
            (notification_banner(cx.t("payments-under-way-title"), cx.t("payments-under-way-text")))
        }
        (table(cx.t("payments-list-title"))
            .quiet_caption()
            .column(cx.t("payments-list-what"))
            .column(cx.t("payments-list-when"))
            .numeric(cx.t("payments-amount"))
            .column(cx.t("payments-list-state"))
            .rows(rows)
            .empty(cx.t("payments-list-empty")))
    };
    Ok(cx.page(Page::new("payments-list-title"), body))
}

fn state(cx: &Cx, payment: &Payment) -> Markup {
    let (key, tone) = match (payment.state, payment.refund) {
        (PaymentState::Success, None) => ("payments-state-success", Tone::Good),
        (PaymentState::Success, Some(_)) => ("payments-state-refunded", Tone::Warn),
        (PaymentState::Created, _) => ("payments-state-created", Tone::Info),
        (PaymentState::Started, _) => ("payments-state-started", Tone::Info),
        (PaymentState::Submitted, _) => ("payments-state-submitted", Tone::Info),
        (PaymentState::Failed, _) => ("payments-state-failed", Tone::Neutral),
        (PaymentState::Cancelled, _) => ("payments-state-cancelled", Tone::Neutral),
        (PaymentState::Error, _) => ("payments-state-error", Tone::Neutral),
    };
    tag(cx.t(key), tone)
}
