//! The use cases of a witness.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use copihue_core::json::sha256;
use copihue_core::{Clock, Error, Result, Timestamp};
use copihue_db::{Db, Tx};
use copihue_tlog::note::{Algorithm, Signer, VerifierKey, signature_by};

use crate::model::answer::{Answer, Refusal};
use crate::model::decide::{self, Step};
use crate::model::pace::Pace;
use crate::model::request::{self, Request};
use crate::store;

/// Who a witness is, and whose logs it watches.
pub struct Config {
    /// Its key's name: a host name of its own, such as `testigo.universidad.cl`.
    pub name: String,
    /// The secret bytes of its Ed25519 key. One key for this role and for nothing else.
    pub seed: [u8; 32],
    /// The logs' keys. A log in rotation has two.
    pub logs: Vec<VerifierKey>,
}

/// A witness. Cheap to clone.
#[derive(Clone)]
pub struct Witness {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    signer: Signer,
    logs: Vec<VerifierKey>,
    pace: Mutex<Pace>,
}

/// What is known of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cosigned {
    /// The log.
    pub origin: String,
    /// The size cosigned last, and when; `None` before the first time.
    pub last: Option<(u64, Timestamp)>,
}

impl Witness {
    /// Over a database that has [`MIGRATIONS`](crate::MIGRATIONS).
    ///
    /// # Errors
    /// Invalid when the name may not be a key's.
    pub fn new(db: Db, config: Config, clock: Arc<dyn Clock>) -> Result<Self> {
        let signer = Signer::new(&config.name, Algorithm::Cosignature, &config.seed).ok_or_else(|| {
            Error::invalid(
                "nombre_de_testigo",
                "El nombre del testigo no puede estar vacío ni tener espacios ni «+». Use un nombre de host, como testigo.universidad.cl.",
            )
        })?;
        let pace = Mutex::new(Pace::default());
        Ok(Self { inner: Arc::new(Inner { db, clock, signer, logs: config.logs, pace }) })
    }

    /// Its verifier key, for the policies of those who trust it.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.inner.signer.verifier()
    }

    /// Judges a request and cosigns; on disk before it answers.
    ///
    /// # Errors
    /// Unavailable when the state can't be read or written, or the clock tells no time: nothing was signed then.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Result<Answer> {
        let request = match request::read(body, &self.inner.logs) {
            Ok(request) => request,
            Err(answer) => return Ok(answer),
        };
        let asked = request.clone();
        let known = self.inner.db.read(move |conn| store::known(conn, &asked.checkpoint.origin)).await?;
        match decide::decide(known.as_ref(), &request) {
            // Only a log itself can bring something new, so nobody else can use up its turns for that.
            Ok(Step::Grown) => self.cosign(request).await,
            Err(answer @ Answer::OtherSize(_)) => {
                tracing::info!(origin = request.checkpoint.origin, old = request.old, "another size");
                Ok(answer)
            }
            Ok(Step::Again) if !self.in_pace(&request) => self.said_before(request).await,
            Err(Answer::Refused(_)) if !self.in_pace(&request) => Ok(Answer::TooOften),
            Ok(Step::Again) => self.cosign(request).await,
            Err(Answer::Refused(refusal)) => self.refuse(request, refusal).await,
            Err(answer) => Ok(answer),
        }
    }

    /// The signature that it gave already. Whoever repeats a log's checkpoint, which is public, costs no write with it and
    /// doesn't keep the log itself from its answer.
    async fn said_before(&self, request: Request) -> Result<Answer> {
        let stored = self.checkpoint(sha256(request.checkpoint.origin.as_bytes())).await?.unwrap_or_default();
        let lines = stored.strip_prefix(&request.text).unwrap_or_default().trim_start_matches('\n');
        let line = signature_by(self.verifier(), &request.text, lines);
        Ok(line.map_or(Answer::TooOften, |(line, _)| Answer::Cosigned(line)))
    }

    fn in_pace(&self, request: &Request) -> bool {
        let mut pace = self.inner.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.take(&request.checkpoint.origin, self.inner.clock.now())
    }

    /// Decides again inside the transaction that saves: between two requests only one can be first.
    async fn cosign(&self, request: Request) -> Result<Answer> {
        let inner = Arc::clone(&self.inner);
        self.inner.db.write(move |tx| inner.cosign(tx, &request)).await
    }

    async fn refuse(&self, request: Request, refusal: Refusal) -> Result<Answer> {
        let (origin, size) = (request.checkpoint.origin.clone(), request.checkpoint.size);
        tracing::error!(origin, size, reason = refusal.code(), "a signed checkpoint is refused");
        let now = self.inner.clock.now();
        self.inner.db.write(move |tx| store::keep_finding(tx, &request, refusal, now)).await?;
        Ok(Answer::Refused(refusal))
    }

    /// The latest cosigned checkpoint of the log whose origin has this SHA-256.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn checkpoint(&self, origin_hash: [u8; 32]) -> Result<Option<String>> {
        self.inner.db.read(move |conn| store::note(conn, &origin_hash)).await
    }

    /// The logs that it watches, in the order of their names.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn logs(&self) -> Result<Vec<Cosigned>> {
        let mut logs: BTreeMap<String, Option<(u64, Timestamp)>> =
            self.inner.logs.iter().map(|key| (key.name().to_owned(), None)).collect();
        for (origin, size, time) in self.inner.db.read(store::all).await? {
            let at = i64::try_from(time).unwrap_or_default().saturating_mul(1000);
            if let Some(last) = logs.get_mut(&origin) {
                *last = Some((size, Timestamp::from_millis(at)));
            }
        }
        Ok(logs.into_iter().map(|(origin, last)| Cosigned { origin, last }).collect())
    }

    /// What a log signed and should not have: the reason and the signed note, oldest first.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn findings(&self, origin: &str) -> Result<Vec<(String, String)>> {
        let origin = origin.to_owned();
        self.inner.db.read(move |conn| store::findings(conn, &origin)).await
    }
}

impl Inner {
    fn cosign(&self, tx: &mut Tx<'_>, request: &Request) -> Result<Answer> {
        let known = store::known(tx, &request.checkpoint.origin)?;
        if let Err(answer) = decide::decide(known.as_ref(), request) {
            return Ok(answer);
        }
        let now = self.clock.now();
        let time = decide::time(known.as_ref(), now.millis())
            .ok_or_else(|| Error::unavailable("witness: the machine's clock is not set"))?;
        let line = self.signer.line(&request.text, time);
        let note = format!("{}{line}", request.note);
        let hash = sha256(request.checkpoint.origin.as_bytes());
        store::advance(tx, &hash, known.as_ref(), request, (&note, time))?;
        Ok(Answer::Cosigned(line))
    }
}
