//! The service: its parts and its state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use copihue_core::{Clock, Error, Id, Kind, Random, Result, Timestamp, random};
use copihue_db::Db;
use tokio::sync::Notify;

use crate::anchor::TimeAuthority;
use crate::append::Order;
use crate::meters;
use crate::net::Net;
use crate::record::Family;
use crate::recover::{LogCopy, Outlook};
use crate::sealed::SubjectKey;
use crate::vault::Vault;
use crate::witnessing::Witnessing;
use copihue_tlog::note::{Algorithm, Signer, VerifierKey};

/// The policy of a deployment that asks nobody.
pub const NO_WITNESSES: &str = "quorum none\n";

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
    /// The witnesses with their addresses, and the quorum without which no checkpoint leaves, in the policy's own format.
    pub policy: String,
    /// Static copies of the logs (`https://…`, or a folder), from which they are brought up after an old backup was restored.
    pub copies: Vec<String>,
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
    pub(crate) interval: Duration,
    pub(crate) witnessing: Witnessing,
    pub(crate) copies: Vec<LogCopy>,
    pub(crate) net: Net,
    pub(crate) authority: OnceLock<Arc<dyn TimeAuthority>>,
    /// This process, in the lease.
    pub(crate) holder: [u8; 16],
    /// Whether this process has ever asked for the lease.
    pub(crate) claimed: AtomicBool,
    leading: AtomicBool,
    pub(crate) outlook: Mutex<BTreeMap<Family, Outlook>>,
    /// Logs whose witnesses are being asked.
    pub(crate) busy: Mutex<BTreeSet<Family>>,
    /// The size about which the witnesses were asked last, and when.
    pub(crate) asked: Mutex<BTreeMap<Family, (u64, Timestamp)>>,
    /// The size that each witness cosigned last, as far as we know.
    pub(crate) believed: Mutex<BTreeMap<(Family, String), u64>>,
    pub(crate) alarmed: Mutex<BTreeSet<Family>>,
    signers: BTreeMap<Family, Signer>,
    halted: Mutex<BTreeMap<Family, String>>,
}

/// A ledger that was stopped: nothing more is signed, services that need evidence refuse.
pub(crate) fn halted(why: impl std::fmt::Display) -> Error {
    Error::new(
        Kind::Unavailable,
        "registro_detenido",
        "La bitácora está detenida, así que no podemos dejar constancia de este acto. Intente más tarde.",
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
    /// Internal when the host can't be an origin; Invalid when the policy can't be read.
    pub fn new(db: Db, config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self> {
        let signers = signers(&config.host, &config.signing_key)?;
        let witnessing = Witnessing::parse(&config.policy)?;
        let subjects =
            moka::sync::Cache::builder().max_capacity(20_000).time_to_live(Duration::from_secs(600)).build();
        // Never from a seeded generator of tests: two processes must not be the same holder.
        let holder = random::bytes(&copihue_core::SystemRandom);
        let inner = Inner {
            db,
            clock,
            random,
            master: Vault::new(&config.master_key),
            subjects,
            order: Order::default(),
            wake: Notify::new(),
            interval: config.interval,
            witnessing,
            copies: config.copies.iter().map(|copy| LogCopy::parse(copy)).collect(),
            net: Net::default(),
            authority: OnceLock::new(),
            holder,
            claimed: AtomicBool::new(false),
            leading: AtomicBool::new(false),
            outlook: Mutex::default(),
            busy: Mutex::default(),
            asked: Mutex::default(),
            believed: Mutex::default(),
            alarmed: Mutex::default(),
            signers,
            halted: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The policy with which anyone checks this deployment's proofs: its logs, and the witnesses that it asks.
    #[must_use]
    pub fn policy(&self) -> String {
        self.inner.witnessing.public(self.inner.signers.values().map(Signer::verifier))
    }

    /// Why a ledger is stopped, when it is.
    #[must_use]
    pub fn halted(&self) -> BTreeMap<Family, String> {
        self.inner.halted().clone()
    }

    pub(crate) fn usable(&self, family: Family) -> Result<()> {
        self.inner.halted().get(&family).map_or(Ok(()), |why| Err(halted(why)))
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
            meters::fork_guard(family, "bifurcacion_evitada");
            self.halted().insert(family, error.to_string());
        }
    }

    /// Stops a ledger until its missing entries are back.
    pub(crate) fn stop_behind(&self, family: Family, size: u64) {
        let why = format!(
            "registro_atrasado: se publicó un punto de control de {size} entradas que esta base de datos no tiene, como \
             después de restaurar un respaldo antiguo; indique en la configuración una copia del registro (copies)"
        );
        tracing::error!(ledger = family.name(), size, "{why}");
        self.halted().insert(family, why);
    }

    /// The missing entries are back.
    pub(crate) fn go_on(&self, family: Family) {
        self.halted().remove(&family);
    }

    pub(crate) fn is_leading(&self) -> bool {
        self.leading.load(Ordering::Acquire)
    }

    pub(crate) fn set_leading(&self, leading: bool) {
        if self.leading.swap(leading, Ordering::AcqRel) != leading {
            tracing::info!(leading, "ledger lease");
        }
    }
}

fn signers(host: &str, key: &[u8; 32]) -> Result<BTreeMap<Family, Signer>> {
    let signer = |family: Family| {
        let origin = format!("{host}/ledger/{}", family.name());
        let signer = Signer::new(&origin, Algorithm::Ed25519, &derived(key, &origin));
        let wrong = || Error::internal(format_args!("ledger: {origin} can't be an origin"));
        Ok((family, signer.ok_or_else(wrong)?))
    };
    Family::ALL.into_iter().map(signer).collect()
}

/// The verifier keys of a deployment's logs: for its witnesses, which may start before it does.
///
/// # Errors
/// Internal when the host can't be an origin.
pub fn log_keys(host: &str, signing_key: &[u8; 32]) -> Result<Vec<VerifierKey>> {
    Ok(signers(host, signing_key)?.values().map(|signer| signer.verifier().clone()).collect())
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
