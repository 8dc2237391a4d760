//! Witnesses to test against: real ones behind a door that can be shut, slow or false.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_core::{Clock, ManualClock};
use copihue_db::Options;
use copihue_db::testing::TestDb;
use copihue_ledger::{Config, log_keys};
use copihue_tlog::note::{Algorithm, Signer};
use copihue_witness::Witness;
use http::StatusCode;
use tower::ServiceExt;

use crate::support::config;

/// How a witness behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Honest,
    /// Answers nothing that helps.
    Down,
    /// Answers when nobody waits any more.
    Slow,
    /// Signs with a key that is not its own.
    Forger,
    /// Claims to know more than there is.
    Boaster,
    /// Claims that the log forked.
    Accuser,
    /// Talks without end.
    Babbler,
}

struct One {
    name: String,
    line: String,
    mode: Arc<Mutex<Mode>>,
    _db: TestDb,
}

/// Witnesses that run, each with a database of its own.
pub(crate) struct Witnesses(Vec<One>);

#[derive(Clone)]
struct Door {
    witness: Router,
    mode: Arc<Mutex<Mode>>,
    name: String,
}

impl Witnesses {
    pub(crate) async fn start(count: u8, clock: &Arc<ManualClock>) -> Self {
        let mut all = Vec::new();
        for n in 0..count {
            all.push(start(n, clock).await);
        }
        Self(all)
    }

    pub(crate) fn set(&self, n: usize, mode: Mode) {
        *self.0[n].mode.lock().unwrap() = mode;
    }

    pub(crate) fn all(&self, mode: Mode) {
        (0..self.0.len()).for_each(|n| self.set(n, mode));
    }

    /// `k` of all of them, as a deployment's policy.
    pub(crate) fn policy(&self, k: usize) -> String {
        let lines: String = self.0.iter().map(|one| format!("{}\n", one.line)).collect();
        let names: Vec<&str> = self.0.iter().map(|one| one.name.as_str()).collect();
        format!("{lines}group testigos {k} {}\nquorum testigos\n", names.join(" "))
    }

    pub(crate) fn config(&self, k: usize) -> Config {
        Config { policy: self.policy(k), ..config() }
    }
}

async fn start(n: u8, clock: &Arc<ManualClock>) -> One {
    let db = TestDb::sqlite(&Options { readers: 1, ..Options::default() });
    db.migrate(&[copihue_witness::MIGRATIONS]).unwrap();
    let name = format!("testigo{n}.example");
    let logs = log_keys(&config().host, &config().signing_key).unwrap();
    let about = copihue_witness::Config { name: name.clone(), seed: [0xa0 + n; 32], logs };
    let witness = Witness::new(db.db(), about, Arc::clone(clock) as Arc<dyn Clock>).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = format!("witness {name} {} http://{}", witness.verifier(), listener.local_addr().unwrap());
    let mode = Arc::new(Mutex::new(Mode::Honest));
    let door =
        Door { witness: copihue_witness::routes(witness), mode: Arc::clone(&mode), name: name.clone() };
    let router = Router::new().fallback(enter).with_state(door);
    tokio::spawn(async move { axum::serve(listener, router).await });
    One { name, line, mode, _db: db }
}

async fn enter(State(door): State<Door>, request: http::Request<Body>) -> Response {
    let mode = *door.mode.lock().unwrap();
    let asks = request.method() == http::Method::POST;
    match mode {
        Mode::Down => StatusCode::BAD_GATEWAY.into_response(),
        Mode::Slow => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
        Mode::Forger if asks => {
            let forger = Signer::new(&door.name, Algorithm::Cosignature, &[1; 32]).unwrap();
            forger.line("another text\n", 1_796_126_400).into_response()
        }
        Mode::Boaster if asks => (StatusCode::CONFLICT, "9000000\n").into_response(),
        Mode::Accuser if asks => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Mode::Babbler if asks => "palabras ".repeat(1 << 20).into_response(),
        _ => door.witness.oneshot(request).await.unwrap(),
    }
}
