//! Passwords: Argon2id over HMAC(pepper, password), on threads of their own (IDP-08). One block of memory a thread, a queue with an
//! end, and a deadline: however many log in at once, tokens and keys are served as fast as before.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use copihue_core::secret::constant_time_eq;
use copihue_core::{Error, Random, Result, Secret};
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;

/// Longest password, in bytes; a longer one is refused before any work.
pub const MAX_PASSWORD: usize = 1024;
/// How long a login may wait for its turn.
const DEADLINE: Duration = Duration::from_secs(3);
/// After so long without work a thread gives its memory back.
const IDLE: Duration = Duration::from_secs(20);
/// Of the threads that hash: a tenth of the usual weight. On Linux each thread has its own.
const NICE: i32 = 10;
const SALT: usize = 16;
const OUTPUT: usize = 32;

/// What a hash costs. Written into each one, so that it may grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HashParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

impl Default for HashParams {
    /// OWASP's: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// A hash with its parameters: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
#[derive(Clone)]
struct Phc {
    params: HashParams,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Phc {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$argon2id$v=19$m=")?;
        let (memory, rest) = rest.split_once(",t=")?;
        let (passes, rest) = rest.split_once(",p=1$")?;
        let (salt, hash) = rest.split_once('$')?;
        Some(Self {
            params: HashParams { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()? },
            salt: BASE64.decode(salt).ok()?,
            hash: BASE64.decode(hash).ok()?,
        })
    }

    fn text(&self) -> String {
        let (HashParams { memory_kib, passes }, salt, hash) =
            (self.params, BASE64.encode(&self.salt), BASE64.encode(&self.hash));
        format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}")
    }
}

struct Work {
    params: HashParams,
    salt: Vec<u8>,
    input: Secret,
    until: Instant,
    answer: oneshot::Sender<Result<Vec<u8>>>,
}

/// The pool of hashing threads. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    queue: SyncSender<Work>,
    params: HashParams,
    pepper: hmac::Key,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({:?})", self.0.params)
    }
}

impl Hasher {
    /// Starts `threads` threads. The pepper is a key of the deployment, outside of the database.
    ///
    /// # Errors
    /// When the parameters can't be used or a thread can't start.
    pub fn start(threads: usize, params: HashParams, pepper: &[u8; 32]) -> Result<Self> {
        argon(params)?;
        // Three seconds of work for each thread: what waits longer is refused anyway.
        let (queue, work) = sync_channel(threads.max(1) * 150);
        let work = Arc::new(Mutex::new(work));
        for n in 0..threads.max(1) {
            let work = Arc::clone(&work);
            let started = std::thread::Builder::new().name(format!("hash-{n}")).spawn(move || run(&work));
            started.map_err(|e| Error::internal(format_args!("hashing thread: {e}")))?;
        }
        let root = hmac::Key::new(hmac::HMAC_SHA256, pepper);
        let pepper =
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"copihue:identity:pepper").as_ref());
        Ok(Self(Arc::new(Inner { queue, params, pepper })))
    }

    fn input(&self, password: &str) -> Result<Secret> {
        if password.len() > MAX_PASSWORD {
            return Err(Error::new(
                copihue_core::Kind::TooLarge,
                "clave_muy_larga",
                "La clave es demasiado larga.",
            ));
        }
        let normal: String = password.nfc().collect();
        Ok(Secret::new(hmac::sign(&self.0.pepper, normal.as_bytes()).as_ref()))
    }

    async fn hash(&self, params: HashParams, salt: Vec<u8>, input: Secret) -> Result<Vec<u8>> {
        let (answer, answered) = oneshot::channel();
        let work = Work { params, salt, input, until: Instant::now() + DEADLINE, answer };
        self.0.queue.try_send(work).map_err(|e| match e {
            TrySendError::Full(_) => busy(),
            TrySendError::Disconnected(_) => Error::internal("the hashing threads are gone"),
        })?;
        answered.await.map_err(|_| busy())?
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// Unavailable when too many wait.
    pub async fn make(&self, password: &str, random: &dyn Random) -> Result<String> {
        let salt = copihue_core::random::bytes::<SALT>(random).to_vec();
        let hash = self.hash(self.0.params, salt.clone(), self.input(password)?).await?;
        Ok(Phc { params: self.0.params, salt, hash }.text())
    }

    /// Whether a password is the one of a hash. Without a hash (nobody has this RUN) it costs the same and the answer is no.
    ///
    /// # Errors
    /// Unavailable when too many wait.
    pub async fn verify(&self, stored: Option<&str>, password: &str) -> Result<Verified> {
        let input = self.input(password)?;
        let phc = stored.and_then(Phc::parse);
        let (params, salt) =
            phc.as_ref().map_or((self.0.params, vec![0; SALT]), |p| (p.params, p.salt.clone()));
        let hash = self.hash(params, salt, input).await?;
        let expected = phc.map(|p| p.hash);
        let same = constant_time_eq(&hash, expected.as_deref().unwrap_or(&[0; OUTPUT])) && expected.is_some();
        Ok(match same {
            false => Verified::No,
            true if params == self.0.params => Verified::Yes,
            true => Verified::Outdated,
        })
    }
}

/// What a password turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verified {
    /// Right.
    Yes,
    /// Right, but hashed with other parameters than today's: hash it again.
    Outdated,
    /// Wrong.
    No,
}

fn busy() -> Error {
    Error::unavailable("too many logins wait for their turn")
}

fn argon(params: HashParams) -> Result<Argon2<'static>> {
    let params = Params::new(params.memory_kib, params.passes, 1, Some(OUTPUT))
        .map_err(|e| Error::internal(format_args!("argon2 parameters: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn run(queue: &Mutex<Receiver<Work>>) {
    // Behind everything else: whoever waits for a hash waits anyway, and what costs none is served meanwhile. Where it
    // can't be had, the threads only share.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "hashing threads keep the usual priority");
    }
    let mut memory: Vec<Block> = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(IDLE);
        match next {
            Ok(work) if Instant::now() < work.until => {
                let done = fill(&work, &mut memory);
                let _ = work.answer.send(done);
            }
            // Nobody waits for it any more.
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => memory = Vec::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn fill(work: &Work, memory: &mut Vec<Block>) -> Result<Vec<u8>> {
    let argon = argon(work.params)?;
    memory.resize(argon.params().block_count(), Block::default());
    let mut out = vec![0; OUTPUT];
    argon
        .hash_password_into_with_memory(work.input.expose(), &work.salt, &mut out, memory.as_mut_slice())
        .map_err(|e| Error::internal(format_args!("argon2: {e}")))?;
    Ok(out)
}
