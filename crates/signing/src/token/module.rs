//! A vendor's library: one for the whole process, whatever the number of keys that are reached through it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};

/// A library is not started anew more often: that ends the sessions of every key that is reached through it.
const BETWEEN_STARTS: Duration = Duration::from_secs(5);

pub(super) struct Module {
    path: PathBuf,
    loaded: Mutex<Loaded>,
    /// Held for reading by whoever calls the library: it may not be closed under a call (PKCS#11 §5.4).
    calls: RwLock<()>,
}

#[derive(Default)]
struct Loaded {
    library: Option<Pkcs11>,
    started: Option<Instant>,
}

impl Module {
    /// The one at this path.
    pub(super) fn at(path: &Path) -> Arc<Self> {
        static ALL: OnceLock<Mutex<HashMap<PathBuf, Arc<Module>>>> = OnceLock::new();
        let mut all = ALL.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let new =
            || Arc::new(Self { path: path.to_owned(), loaded: Mutex::default(), calls: RwLock::default() });
        Arc::clone(all.entry(path.to_owned()).or_insert_with(new))
    }

    /// While this is held, the library stays open.
    pub(super) fn at_work(&self) -> RwLockReadGuard<'_, ()> {
        self.calls.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The library, loaded and started.
    pub(super) fn library(&self) -> Result<Pkcs11, TokenError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let library = match &loaded.library {
            Some(library) => library.clone(),
            None => loaded.library.insert(Pkcs11::new(&self.path)?).clone(),
        };
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => loaded.started = Some(Instant::now()),
            Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error),
        }
        Ok(library)
    }

    /// Closes the library, so that it looks for its tokens again when it is next asked: many see only those that were there
    /// when they started. Not while somebody calls it, and not again and again.
    pub(super) fn restart(&self) {
        let Ok(_nobody_calls) = self.calls.try_write() else { return };
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.started.is_some_and(|at| at.elapsed() < BETWEEN_STARTS) {
            return;
        }
        if let Some(library) = loaded.library.clone()
            && let Err(error) = library.finalize()
        {
            tracing::warn!(%error, "the library of a token can't be closed");
        }
    }
}
