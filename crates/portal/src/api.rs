//! The machine contract of a person's own receipts.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Timestamp;
use copihue_ledger::Receipt;
use copihue_web::{Cx, Failure};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::pages::own;

/// The portal's part of the machine API.
#[derive(OpenApi)]
#[openapi(paths(receipt), components(schemas(ReceiptOut, ReceiptState)))]
pub struct ApiDoc;

/// An event of the person who asks, with its receipt.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptOut {
    /// The ledger.
    pub ledger: &'static str,
    /// The record's id in it.
    pub record: String,
    /// What happened.
    pub kind: String,
    /// When it was appended.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it says.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, Value>,
    /// Whether the receipt is there.
    pub state: ReceiptState,
    /// The `.tlog-proof`.
    pub proof: Option<String>,
    /// By when it will be there, while it is not and isn't late.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_at: Option<Timestamp>,
}

/// Whether a receipt is there.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceiptState {
    /// It is.
    Ready,
    /// A signed checkpoint does not cover the event yet.
    Pending,
}

/// The receipt of an event that concerns the person who asks.
#[utoipa::path(
    get,
    path = "/api/receipts/{ledger}/{record}",
    params(("ledger" = String, Path), ("record" = String, Path, description = "The record's id, with its slashes")),
    responses((status = 200, body = ReceiptOut), (status = 202, body = ReceiptOut), (status = 404))
)]
pub(crate) async fn receipt(
    State(portal): State<Portal>,
    cx: Cx,
    asked: Path<(String, String)>,
) -> Result<Response, Failure> {
    let (event, receipt) = own(&portal, &cx, &asked).await?;
    let (state, proof, expected_at) = match receipt {
        Receipt::Ready(proof) => (ReceiptState::Ready, Some(proof), None),
        Receipt::Pending(by) => (ReceiptState::Pending, None, by),
    };
    let answer = ReceiptOut {
        ledger: event.family.name(),
        record: event.record_id,
        kind: event.kind,
        at: event.at,
        fields: event.fields,
        state,
        proof,
        expected_at,
    };
    Ok(match state {
        ReceiptState::Ready => Json(answer).into_response(),
        ReceiptState::Pending => {
            (StatusCode::ACCEPTED, [(header::RETRY_AFTER, "1")], Json(answer)).into_response()
        }
    })
}
