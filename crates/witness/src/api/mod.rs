//! The witness over HTTP: what C2SP says, and a page of text that says who this is.

mod body;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use copihue_core::Result;
use http::StatusCode;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use tokio::sync::Semaphore;

use crate::app::Witness;
use crate::model::answer::Answer;

/// Bodies that are read at a time. Each may have 64 KiB: together they stay within a few megabytes.
const AT_ONCE: usize = 64;
const TEXT: &str = "text/plain; charset=utf-8";

#[derive(Clone)]
struct Shared {
    witness: Witness,
    reading: Arc<Semaphore>,
}

/// `POST /add-checkpoint`, `GET /<hex sha256(origin)>/checkpoint`, and `GET /`.
pub fn routes(witness: Witness) -> Router {
    let shared = Shared { witness, reading: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new()
        .route("/", get(about))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .with_state(shared)
}

async fn add_checkpoint(State(shared): State<Shared>, request: http::Request<Body>) -> Response {
    let Ok(_turn) = shared.reading.try_acquire() else {
        return closing(StatusCode::SERVICE_UNAVAILABLE, "El testigo está ocupado. Intente otra vez.\n");
    };
    match body::read(request).await {
        Ok(body) => answered(shared.witness.add_checkpoint(&body).await),
        Err(body::Unread::TooLarge) => closing(
            StatusCode::PAYLOAD_TOO_LARGE,
            "La solicitud es demasiado grande: el máximo son 64 KiB.\n",
        ),
        Err(body::Unread::TooSlow) => {
            closing(StatusCode::REQUEST_TIMEOUT, "La solicitud tardó demasiado en llegar.\n")
        }
    }
}

fn answered(answer: Result<Answer>) -> Response {
    match answer {
        Ok(Answer::Cosigned(lines)) => text(StatusCode::OK, lines),
        Ok(Answer::UnknownLog) => {
            text(StatusCode::NOT_FOUND, "Este testigo no vigila esa bitácora.\n".to_owned())
        }
        Ok(Answer::Untrusted) => text(
            StatusCode::FORBIDDEN,
            "El punto de control no trae una firma válida de su bitácora.\n".to_owned(),
        ),
        Ok(Answer::Malformed) => text(
            StatusCode::BAD_REQUEST,
            "La solicitud no tiene la forma que pide el protocolo.\n".to_owned(),
        ),
        Ok(Answer::OtherSize(size)) => {
            (StatusCode::CONFLICT, [(CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Ok(Answer::Refused(refusal)) => {
            text(StatusCode::UNPROCESSABLE_ENTITY, format!("No se firma: {}.\n", refusal.explanation()))
        }
        Ok(Answer::TooOften) => {
            text(StatusCode::TOO_MANY_REQUESTS, "Demasiadas solicitudes sin nada nuevo.\n".to_owned())
        }
        Err(error) => unavailable(&error),
    }
}

async fn checkpoint(State(shared): State<Shared>, Path(origin): Path<String>) -> Response {
    let mut hash = [0; 32];
    if origin.len() != 64 || hex::decode_to_slice(&origin, &mut hash).is_err() || origin != hex::encode(hash)
    {
        return not_found();
    }
    match shared.witness.checkpoint(hash).await {
        Ok(Some(note)) => text(StatusCode::OK, note),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

async fn about(State(shared): State<Shared>) -> Response {
    let logs = match shared.witness.logs().await {
        Ok(logs) => logs,
        Err(error) => return unavailable(&error),
    };
    let mut page = format!(
        "Testigo de bitácoras de transparencia\n\nNombre: {}\nLlave:  {}\n\nBitácoras que vigila:\n",
        shared.witness.verifier().name(),
        shared.witness.verifier()
    );
    for log in logs {
        let state = match log.last {
            Some((size, at)) => format!("{size} entradas, firmado {at}"),
            None => "sin firmar todavía".to_owned(),
        };
        page.push_str(&format!("  {}: {state}\n", log.origin));
    }
    text(StatusCode::OK, page)
}

fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "Aquí no hay un punto de control.\n".to_owned())
}

fn unavailable(error: &copihue_core::Error) -> Response {
    tracing::error!(%error, "witness");
    text(
        StatusCode::SERVICE_UNAVAILABLE,
        "El testigo no puede guardar su estado y por eso no firma.\n".to_owned(),
    )
}

fn text(status: StatusCode, body: String) -> Response {
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (status, headers, body).into_response()
}

/// What is left of the body is not read: the connection ends here.
fn closing(status: StatusCode, body: &'static str) -> Response {
    let mut response = text(status, body.to_owned());
    response.headers_mut().insert(CONNECTION, http::HeaderValue::from_static("close"));
    response
}
