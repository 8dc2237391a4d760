//! Signing keys: made at the first start, and taken in turn.

use copihue_core::{Error, Random, Result, Timestamp};
use copihue_db::{Db, Tx};
use copihue_directory::seal::Sealer;

use crate::Identity;
use crate::keys::{KeyRing, KeyState, SignAlg, SigningKey};
use crate::store::{self, KeyRow};

/// Seconds that a key signs.
const SIGNS: i64 = 90 * 86_400;
/// Seconds that a key is published before it signs: every program and every process has seen it by then.
const PUBLISHED_BEFORE: i64 = 2 * 86_400;
/// Seconds that a key is published after it has signed for the last time.
const PUBLISHED_AFTER: i64 = 3 * 86_400;

fn context(kid: &str) -> String {
    format!("identity_key.sealed.{kid}")
}

/// Reads the signing keys, or makes the first ones.
pub(crate) async fn key_ring(
    db: &Db,
    sealer: &Sealer,
    random: &dyn Random,
    now: Timestamp,
) -> Result<KeyRing> {
    let mut stored = db.read(store::keys).await?;
    for alg in SignAlg::ALL {
        if stored.iter().any(|key| key.alg == alg) {
            continue;
        }
        let fresh = make(sealer, random, alg, KeyState::Current, now).await?;
        stored = db
            .write(move |tx| {
                // Another process may have been faster: then its key stands.
                if store::keys(tx)?.iter().all(|key| key.alg != alg) {
                    store::insert_key(tx, &fresh)?;
                }
                store::keys(tx)
            })
            .await?;
    }
    open(sealer, stored)
}

async fn make(
    sealer: &Sealer,
    random: &dyn Random,
    alg: SignAlg,
    state: KeyState,
    now: Timestamp,
) -> Result<KeyRow> {
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(alg))
        .await
        .map_err(|e| Error::internal(format_args!("key generation: {e}")))??;
    let sealed = sealer.seal(random, context(&key.kid).as_bytes(), &key.to_pkcs8()?)?;
    Ok(KeyRow { kid: key.kid, alg, state, sealed, since: now })
}

fn open(sealer: &Sealer, stored: Vec<KeyRow>) -> Result<KeyRing> {
    let key = |row: KeyRow| {
        let der = sealer.open(context(&row.kid).as_bytes(), &row.sealed)?;
        Ok((row.state, SigningKey::from_pkcs8(row.alg, &der)?))
    };
    Ok(KeyRing::new(stored.into_iter().map(key).collect::<Result<_>>()?))
}

/// How much there is to do for one kind of key.
fn due(keys: &[KeyRow], now: Timestamp) -> (Option<&KeyRow>, Option<(&KeyRow, &KeyRow)>, Vec<&KeyRow>) {
    let find = |state| keys.iter().find(|key| key.state == state);
    let old = |key: &&KeyRow, seconds| key.since.plus_seconds(seconds) <= now;
    let (current, next) = (find(KeyState::Current), find(KeyState::Next));
    let turn = current.filter(|key| old(key, SIGNS)).zip(next.filter(|key| old(key, PUBLISHED_BEFORE)));
    let over = keys.iter().filter(|key| key.state == KeyState::Former && old(key, PUBLISHED_AFTER)).collect();
    (next, turn, over)
}

impl Identity {
    /// Makes the next keys where there are none, lets them sign when it is their turn, and forgets those that signed long ago. To be
    /// called daily by each process.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rotate_keys(&self) -> Result<()> {
        let stored = self.0.db.read(store::keys).await?;
        let now = self.now();
        for alg in SignAlg::ALL {
            let ours: Vec<KeyRow> = stored.iter().filter(|key| key.alg == alg).cloned().collect();
            let (next, turn, over) = due(&ours, now);
            if turn.is_some() || next.is_none() {
                let fresh = make(&self.0.sealer, &*self.0.random, alg, KeyState::Next, now).await?;
                let turn = turn.map(|(old, new)| (old.kid.clone(), new.kid.clone()));
                self.0.db.write(move |tx| advance(tx, turn.as_ref(), &fresh, now)).await?;
            }
            let over: Vec<String> = over.into_iter().map(|key| key.kid.clone()).collect();
            self.0.db.write(move |tx| over.iter().try_for_each(|kid| store::drop_key(tx, kid))).await?;
        }
        let stored = self.0.db.read(store::keys).await?;
        self.0.keys.store(std::sync::Arc::new(open(&self.0.sealer, stored)?));
        Ok(())
    }
}

/// Of several processes at once, one does it.
fn advance(tx: &mut Tx<'_>, turn: Option<&(String, String)>, fresh: &KeyRow, now: Timestamp) -> Result<()> {
    if let Some((old, new)) = turn {
        let first = store::move_key(tx, old, KeyState::Current, KeyState::Former, now)?;
        if !first || !store::move_key(tx, new, KeyState::Next, KeyState::Current, now)? {
            return Ok(());
        }
    }
    let none = store::keys(tx)?.iter().all(|key| key.alg != fresh.alg || key.state != KeyState::Next);
    if none { store::insert_key(tx, fresh) } else { Ok(()) }
}
