//! `POST /firma/v2/files/tickets`: FirmaGob's contract (specs signing §2).

use std::time::Duration;

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::json::sha256_hex;
use copihue_core::{Timestamp, random};
use copihue_web::Cx;
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::Signing;
use crate::app::{Answered, Done};
use crate::model::level::Level;
use crate::model::refusal::Refusal;
use crate::model::ticket::{Item, Kind, MAX_BYTES, Ticket};

/// What a request that is too large may still send before we stop listening: a client that can't finish sending never
/// reads why it was refused.
const MAX_DISCARDED: usize = 64 << 20;

/// Who sends nothing for so long has gone.
const IDLE: Duration = Duration::from_secs(30);

pub(crate) async fn post(State(signing): State<Signing>, cx: Cx, headers: HeaderMap, body: Body) -> Response {
    match answer(&signing, cx.peer(), &headers, body).await {
        Ok(value) => with_json(StatusCode::OK, &value),
        Err(refusal) => refused(&signing, &refusal),
    }
}

async fn answer(signing: &Signing, peer: IpAddr, headers: &HeaderMap, body: Body) -> Result<Value, Refusal> {
    let body = read(body).await?;
    let otp = headers.get("otp").and_then(|v| v.to_str().ok());
    let (ticket, answered) = signing.sign_ticket(body, otp, peer).await?;
    let token = hex::encode(random::bytes::<16>(signing.random()));
    Ok(success(&ticket, &answered, &token))
}

/// The body, five megabytes at most; whatever comes beyond is heard and forgotten.
async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut kept, mut length) = (Vec::new(), 0usize);
    let mut stream = body.into_data_stream();
    while let Some(part) = timeout(IDLE, stream.next()).await.map_err(|_| Refusal::Malformed)? {
        let part = part.map_err(|_| Refusal::Malformed)?;
        length += part.len();
        if length <= MAX_BYTES {
            kept.extend_from_slice(&part);
        } else {
            kept = Vec::new();
        }
        if length > MAX_DISCARDED {
            break;
        }
    }
    if length > MAX_BYTES { Err(Refusal::TooLarge) } else { Ok(kept) }
}

fn success(ticket: &Ticket, answered: &Answered, token: &str) -> Value {
    let (files, hashes) = answered.items.split_at(ticket.files.as_ref().map_or(0, Vec::len));
    let mut all = Map::new();
    if let Some(asked) = &ticket.files {
        all.insert("files".into(), asked.iter().zip(files).map(|(i, d)| file(i, d)).collect());
    }
    if let Some(asked) = &ticket.hashes {
        all.insert("hashes".into(), asked.iter().zip(hashes).map(|(i, d)| hash(i, d)).collect());
    }
    all.insert("metadata".into(), metadata(files, hashes));
    all.insert("idSolicitud".into(), json!(answered.id));
    all.insert("session_token".into(), json!(token));
    // Clients look for it, and refuse the answer without it.
    all.insert("status".into(), json!(200));
    Value::Object(all)
}

/// Both sets of names: the manual's own schema has the older one.
fn metadata(files: &[Done], hashes: &[Done]) -> Value {
    let good = |list: &[Done]| list.iter().filter(|d| d.result.is_ok()).count();
    let (signed, received) = (good(files) + good(hashes), files.len() + hashes.len());
    let failed = received - signed;
    let mut all = json!({
        "otpExpired": false, "OTP_expired": false,
        "filesSigned": signed, "files_signed": signed,
        "signedFailed": failed, "signed_failed": failed,
        "objectsReceived": received, "files_received": received, "files_recived": received,
    });
    if !hashes.is_empty() {
        all["hashesSigned"] = json!(good(hashes));
        all["hashesReceived"] = json!(hashes.len());
        all["objectReceived"] = json!(received);
    }
    all
}

fn file(item: &Item, done: &Done) -> Value {
    let Ok(bytes) = &done.result else { return failed(item, done) };
    let mut all = signed(done, bytes);
    all["description"] = json!(item.description);
    all["checksum_original"] = json!(item.checksum);
    all["checksum_signed"] = json!(sha256_hex(bytes));
    all
}

fn hash(item: &Item, done: &Done) -> Value {
    let Ok(bytes) = &done.result else { return failed(item, done) };
    let mut all = signed(done, bytes);
    all["description"] = json!(item.description);
    all["hashOriginal"] = json!(item.text);
    all["checksum_original"] = json!(item.checksum);
    all
}

fn signed(done: &Done, bytes: &[u8]) -> Value {
    let mut all = json!({
        "content": STANDARD.encode(bytes),
        "status": "OK",
        "contentType": done.kind.content_type(done.levels.map_or(Level::B, |(_, reached)| reached)),
        "documentStatus": "OK",
    });
    if let Some((asked, reached)) = done.levels.filter(|_| done.kind != Kind::Hash) {
        all["nivelSolicitado"] = json!(asked);
        all["nivelAlcanzado"] = json!(reached);
    }
    all
}

/// Without the key `content`: that is how clients know.
fn failed(item: &Item, done: &Done) -> Value {
    let message = done.result.as_ref().err().map(|flaw| flaw.message);
    json!({"checksum_original": item.checksum, "status": "error", "message": message})
}

fn refused(signing: &Signing, refusal: &Refusal) -> Response {
    let (status, inside) = refusal.status();
    let body = json!({"timestamp": clock(signing.now()), "status": inside, "error": refusal.text()});
    with_json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
}

/// `yyyy-MM-dd hh:mm:ss` in Chile, by the twelve hours of the manual.
fn clock(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("America/Santiago").unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from(at).to_zoned(zone).strftime("%Y-%m-%d %I:%M:%S").to_string()
}

fn with_json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], value.to_string()).into_response()
}
