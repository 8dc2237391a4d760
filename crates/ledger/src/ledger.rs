//! The service: its parts, its state, its background work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use copihue_core::{Clock, Error, Id, Kind, Random, Result};
use copihue_db::Db;
use tokio::sync::{Notify, watch};

use crate::append::Order;
use crate::record::Family;
use crate::sealed::SubjectKey;
use crate::vault::Vault;
use copihue_tlog::note::{Algorithm, Signer};

/// How a deployment's ledgers are run.
#[derive(Clone)]
pub struct Config {
    /// Host (and prefix) of the logs' origins, without scheme: `datos.example.cl` gives `datos.example.cl/ledger/identity`.
    pub host: String,
    /// Protects the record and person keys at rest.
    pub master_key: [u8; 32],
    /// The logs' signing keys are derived from it, one each.
    pub signing_key: [u8; 32],
    /// How long after a checkpoint the next one may come.
    pub interval: Duration,
}

/// The platform's ledgers. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) master: Vault,
    pub(crate) subjects: moka::sync::Cache<(Id, Family), Arc<SubjectKey>>,
    pub(crate) order: Order,
    pub(crate) wake: Notify,
    signers: BTreeMap<Family, Signer>,
    halted: Mutex<BTreeMap<Family, String>>,
    pub(crate) interval: Duration,
}

/// A ledger that was stopped: nothing more is signed, services that need evidence refuse.
pub(crate) fn halted(why: impl std::fmt::Display) -> Error {
    Error::new(
        Kind::Unavailable,
        "registro_detenido",
        "El registro de evidencias está detenido, así que no podemos dejar constancia de este acto. Intente más tarde.",
    )
    .context(why)
}

/// [`halted`], naming the ledger.
pub(crate) fn halt(family: Family, why: &str) -> Error {
    halted(format_args!("bifurcacion_evitada: {}: {why}", family.name()))
}

impl Ledger {
    /// The ledgers of a deployment. [`check`](Self::check) them before anything is appended.
    ///
    /// # Errors
    /// Internal when the host can't be an origin.
    pub fn new(db: Db, config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self> {
        let mut signers = BTreeMap::new();
        for family in Family::ALL {
            let origin = format!("{}/ledger/{}", config.host, family.name());
            let seed = derived(&config.signing_key, &origin);
            let signer = Signer::new(&origin, Algorithm::Ed25519, &seed);
            let wrong = || Error::internal(format_args!("ledger: {origin} can't be an origin"));
            signers.insert(family, signer.ok_or_else(wrong)?);
        }
        let subjects =
            moka::sync::Cache::builder().max_capacity(20_000).time_to_live(Duration::from_secs(600)).build();
        let inner = Inner {
            db,
            clock,
            random,
            master: Vault::new(&config.master_key),
            subjects,
            order: Order::default(),
            wake: Notify::new(),
            signers,
            halted: Mutex::new(BTreeMap::new()),
            interval: config.interval,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The policy with which anyone checks this deployment's proofs: one `log` line each, and no quorum yet.
    #[must_use]
    pub fn policy(&self) -> String {
        let lines: String = self.inner.signers.values().map(|s| format!("log {}\n", s.verifier())).collect();
        format!("{lines}quorum none\n")
    }

    /// Why a ledger is stopped, when it is.
    #[must_use]
    pub fn halted(&self) -> BTreeMap<Family, String> {
        self.inner.halted().clone()
    }

    pub(crate) fn usable(&self, family: Family) -> Result<()> {
        self.inner.halted().get(&family).map_or(Ok(()), |why| Err(halted(why)))
    }

    /// Sequences and publishes in the background: at once when something is appended, at most once an interval.
    #[must_use]
    pub fn start(&self) -> Handle {
        let (stop, mut stopped) = watch::channel(false);
        let ledger = self.clone();
        let task = tokio::spawn(async move {
            loop {
                if let Err(e) = ledger.sequence_once().await {
                    tracing::error!(error = %e, "ledger sequencing failed");
                }
                let pause = async {
                    tokio::time::sleep(ledger.inner.interval).await;
                    // Another process may have appended: look even when nobody here did.
                    let woken = ledger.inner.wake.notified();
                    let _ = tokio::time::timeout(Duration::from_secs(30), woken).await;
                };
                tokio::select! {
                    () = pause => {}
                    _ = stopped.changed() => return,
                }
            }
        });
        Handle { stop, task }
    }
}

impl Inner {
    pub(crate) fn signer(&self, family: Family) -> Result<&Signer> {
        self.signers.get(&family).ok_or_else(|| Error::internal("ledger: no signer"))
    }

    fn halted(&self) -> std::sync::MutexGuard<'_, BTreeMap<Family, String>> {
        self.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops a ledger when an error says that it must not go on.
    pub(crate) fn stop_if_broken(&self, family: Family, error: &Error) {
        if error.code() == "registro_detenido" {
            tracing::error!(ledger = family.name(), %error, "bifurcacion_evitada");
            self.halted().insert(family, error.to_string());
        }
    }
}

fn derived(key: &[u8; 32], origin: &str) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    context.update(b"copihue/ledger-key/v1\n");
    context.update(origin.as_bytes());
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// The background work. Dropped, it goes on by itself.
pub struct Handle {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Handle {
    /// Ends after the batch under way.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}
