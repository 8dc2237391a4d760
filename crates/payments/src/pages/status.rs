//! What became of a payment.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_web::components::{button_link, inset};
use copihue_web::{Cx, Failure, Page, html, see_other};

use super::{acts, own_view};
use crate::app::{PaymentView, Payments};
use crate::model::payment::{FailureCode, PaymentState};

/// How often the page that waits looks again.
const REFRESH_S: u32 = 3;

pub(super) async fn show(
    State(payments): State<Payments>,
    cx: Cx,
    path: Path<String>,
) -> Result<Response, Failure> {
    let view = own_view(&payments, &cx, &path).await?;
    let payment = &view.payment;
    Ok(match payment.state {
        PaymentState::Success => see_other(&format!("/mi/pagos/{}", payment.id)),
        PaymentState::Created | PaymentState::Started => see_other(&payment.start_path()),
        PaymentState::Submitted => waiting(&cx, &view),
        PaymentState::Failed | PaymentState::Cancelled | PaymentState::Error => failed(&cx, &view),
    })
}

fn waiting(cx: &Cx, view: &PaymentView) -> Response {
    let body = html! {
        p.lead { (cx.t("payments-waiting-text")) }
        (inset(cx.t("payments-waiting-safe")))
        (acts(cx, view))
    };
    let page = Page::new("payments-waiting-title").caption(view.payment.description.as_str());
    cx.page(page.refresh(REFRESH_S), body)
}

fn failed(cx: &Cx, view: &PaymentView) -> Response {
    let why = match view.payment.failure {
        Some(FailureCode::Expired) => cx.t("payments-failed-P0020"),
        Some(FailureCode::CancelledByPayer) => cx.t("payments-failed-P0030"),
        Some(FailureCode::CancelledByService) => cx.t("payments-failed-P0040"),
        Some(FailureCode::ProviderError) => cx.t("payments-failed-P0050"),
        Some(FailureCode::Rejected) | None => cx.t("payments-failed-P0010"),
    };
    let body = html! {
        p.lead { (why) " " (cx.t("payments-failed-text")) }
        (button_link(cx.t("payments-go-on"), view.payment.return_to.as_str()))
        (acts(cx, view))
    };
    cx.page(Page::new("payments-failed-title").caption(view.payment.description.as_str()), body)
}
