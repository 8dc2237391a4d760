//! Four small HTTP services that hold the data of the sample journey, each with its own register.
//!
//! They stand behind the face that the interoperability network will fill: whoever asks them knows a
//! service's name and an address, nothing else. Each can be told to be down, slow or to answer
//! nonsense (`POST /fallas {"modo":"caido"}`), so that everyone can see what the platform does then.

mod answers;
mod vehicle;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use copihue_core::calendar::Zone;
use copihue_core::{Clock, Error, Result};
use jiff::civil::Date;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use vehicle::Vehicle;

/// What holds what: the holder's key, its name, and the services that it answers.
const HOLDERS: &[(&str, &str, &[&str])] = &[
    ("vehiculos", "Registro de vehículos: padrón, tasación y multas", &["padron", "tasacion", "multas"]),
    ("permisos", "Registro de permisos de circulación anteriores", &["anterior"]),
    ("soap", "Aseguradora: seguro obligatorio", &["vigencia"]),
    ("revision", "Plantas de revisión técnica", &["vigencia"]),
];

/// A holder that runs.
pub(crate) struct Running {
    /// Its key: `vehiculos`.
    pub(crate) key: &'static str,
    /// What it is.
    pub(crate) name: &'static str,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    holder: Arc<Holder>,
}

impl Running {
    /// How it answers now: one of [`MODES`].
    pub(crate) fn mode(&self) -> &'static str {
        MODES[usize::from(self.holder.mode.load(Ordering::Relaxed)).min(MODES.len() - 1)]
    }

    /// Makes it answer so from now on. `false` when there is no such mode.
    pub(crate) fn set_mode(&self, mode: &str) -> bool {
        self.holder.set_mode(mode)
    }
}

/// Service name (`vehiculos.padron`) → its URL.
pub(crate) fn addresses(holders: &[Running]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for holder in holders {
        let services = HOLDERS.iter().find(|(key, ..)| *key == holder.key).map_or(&[][..], |h| h.2);
        for service in services {
            all.insert(format!("{}.{service}", holder.key), format!("http://{}/{service}", holder.address));
        }
    }
    all
}

/// Starts the four on free ports of this machine.
///
/// # Errors
/// When a port can't be taken.
pub(crate) async fn start(clock: &Arc<dyn Clock>) -> Result<Vec<Running>> {
    let mut running = Vec::new();
    for (key, name, _) in HOLDERS {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::unavailable)?;
        let address = listener.local_addr().map_err(Error::unavailable)?;
        let holder = Arc::new(Holder { key, clock: clock.clone(), mode: AtomicU8::new(0) });
        let router = Router::new()
            .route("/fallas", post(set_mode))
            .route("/{service}", post(ask))
            .with_state(holder.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        running.push(Running { key, name, address, holder });
    }
    Ok(running)
}

struct Holder {
    key: &'static str,
    clock: Arc<dyn Clock>,
    mode: AtomicU8,
}

/// Modes of failure, in the order of the number kept.
pub(crate) const MODES: &[&str] = &["normal", "caido", "lento", "sin_sentido"];

async fn set_mode(State(holder): State<Arc<Holder>>, Json(body): Json<Value>) -> StatusCode {
    if holder.set_mode(body["modo"].as_str().unwrap_or_default()) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

async fn ask(
    State(holder): State<Arc<Holder>>,
    Path(service): Path<String>,
    Json(input): Json<Value>,
) -> Response {
    match holder.mode.load(Ordering::Relaxed) {
        1 => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        2 => tokio::time::sleep(Duration::from_secs(20)).await,
        3 => return Json(json!({"respuesta": "quizás", "patente": 7})).into_response(),
        _ => {}
    }
    match holder.answer(&service, &input) {
        Some(answer) => Json(answer).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"code": "no_encontrado"}))).into_response(),
    }
}

impl Holder {
    fn set_mode(&self, mode: &str) -> bool {
        let known = MODES.iter().position(|m| *m == mode);
        if let Some(number) = known {
            self.mode.store(number as u8, Ordering::Relaxed);
        }
        known.is_some()
    }

    fn today(&self) -> Date {
        Zone::Santiago.date(self.clock.now())
    }

    fn answer(&self, service: &str, input: &Value) -> Option<Value> {
        let today = self.today();
        let this_year = i64::from(today.year());
        if (self.key, service) == ("vehiculos", "tasacion") {
            return answers::valuation(input["codigo_sii"].as_str()?, input["anio"].as_i64()?);
        }
        let vehicle = Vehicle::of_plate(input["patente"].as_str()?, this_year)?;
        match (self.key, service) {
            ("vehiculos", "padron") => Some(answers::register(&vehicle)),
            ("vehiculos", "multas") => Some(answers::fines(&vehicle, today)),
            ("permisos", "anterior") => Some(answers::previous_permit(&vehicle, input["anio"].as_i64()?)),
            ("soap", "vigencia") => Some(answers::insurance(&vehicle, today)),
            ("revision", "vigencia") => Some(answers::inspection(&vehicle, today)),
            _ => None,
        }
    }
}
