//! From appended records to a signed checkpoint; and the checks without which nothing is signed (LED-06).

use std::sync::Arc;

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Tx};

use crate::halt;
use crate::lead::is_fenced;
use crate::ledger::{Inner, Ledger};
use crate::meters;
use crate::record::Family;
use crate::store::{self, Pending, Signed, StoredTiles, Tree, lease};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{self, Frontier, leaf_hash};
use copihue_tlog::note::{Note, Signer};
use copihue_tlog::tile::{Tiles, WIDTH};

/// Few enough that no business transaction waits long behind a batch.
const BATCH: usize = 512;

impl Ledger {
    /// Gives every waiting record its place, signs what is new, and asks the witnesses. Answers how many records it placed:
    /// none while another process leads.
    ///
    /// # Errors
    /// As [`copihue_db::Db::write`], after the other ledgers had their turn. A ledger that must not go on is stopped.
    pub async fn sequence_once(&self) -> Result<u64> {
        let placed = self.place_and_sign().await;
        if self.inner.is_leading() {
            self.publish_all().await?;
        }
        placed
    }

    /// [`sequence_once`](Self::sequence_once) without the witnesses.
    pub(crate) async fn place_and_sign(&self) -> Result<u64> {
        if !self.leads().await? {
            return Ok(0);
        }
        self.look_around().await;
        let result = match self.place_and_sign_leading().await {
            Err(error) if is_fenced(&error) => {
                self.inner.set_leading(false);
                return Ok(0);
            }
            result => result,
        };
        let oldest = self.oldest_waiting().await?;
        meters::outbox(oldest, self.inner.clock.now());
        result
    }

    /// Between two checkpoints: gives what waits its place, and signs nothing.
    pub(crate) async fn place_more(&self) -> Result<u64> {
        if !self.inner.is_leading() {
            return Ok(0);
        }
        match self.place_waiting().await {
            (_, Some(error)) if is_fenced(&error) => {
                self.inner.set_leading(false);
                Ok(0)
            }
            (placed, failed) => failed.map_or(Ok(placed), Err),
        }
    }

    async fn place_and_sign_leading(&self) -> Result<u64> {
        let (placed, mut failed) = self.place_waiting().await;
        for family in self.grown().await? {
            failed = self.sign(family).await.err().or(failed);
        }
        failed.map_or(Ok(placed), Err)
    }

    /// How many records got their place, and the last error: one log's doesn't keep the others waiting.
    async fn place_waiting(&self) -> (u64, Option<Error>) {
        let families = match self.inner.db.read(store::pending_families).await {
            Ok(families) => families,
            Err(error) => return (0, Some(error)),
        };
        let (mut placed, mut failed) = (0, None);
        for family in families {
            match self.sequence_all(family).await {
                Ok(count) => placed += count,
                Err(error) => failed = Some(error),
            }
        }
        (placed, failed)
    }

    async fn sequence_all(&self, family: Family) -> Result<u64> {
        let (mut placed, holder) = (0, self.inner.holder);
        while self.may_sign(family) {
            let batch = self.inner.db.write(move |tx| {
                lease::require(tx, &holder)?;
                sequence(tx, family)
            });
            let count = batch.await.inspect_err(|error| self.inner.stop_if_broken(family, error))?;
            placed += count as u64;
            if count < BATCH {
                break;
            }
        }
        Ok(placed)
    }

    /// Signs a checkpoint of a log that has grown since its last one.
    async fn sign(&self, family: Family) -> Result<()> {
        if !self.may_sign(family) {
            return Ok(());
        }
        let inner = Arc::clone(&self.inner);
        let signed = self.inner.db.write(move |tx| {
            lease::require(tx, &inner.holder)?;
            sign(tx, &inner, family)
        });
        let size = signed.await.inspect_err(|error| self.inner.stop_if_broken(family, error))?;
        meters::size(family, size);
        Ok(())
    }

    async fn grown(&self) -> Result<Vec<Family>> {
        self.inner.db.read(store::unsigned_families).await
    }

    /// The check before anything is appended: every log's root is computed again from its frontier and its last entries,
    /// and held against the stored state and the last signed checkpoint. A log that fails is stopped; answers which.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn check(&self) -> Result<Vec<Family>> {
        let mut broken = Vec::new();
        for family in Family::ALL {
            let inner = Arc::clone(&self.inner);
            match self.inner.db.read(move |conn| check(conn, inner.signer(family)?, family)).await {
                Ok(()) => {}
                Err(error) if error.code() == "registro_detenido" => {
                    self.inner.stop_if_broken(family, &error);
                    broken.push(family);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(broken)
    }

    /// When the oldest record that has no place yet was appended: for health and metrics.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn oldest_waiting(&self) -> Result<Option<Timestamp>> {
        self.inner.db.read(store::oldest_pending).await
    }
}

pub(crate) fn current(conn: &mut Conn<'_>, family: Family) -> Result<Tree> {
    let empty = || Tree { root: merkle::empty_root(), frontier: Frontier::default() };
    let tree = store::tree(conn, family)?.unwrap_or_else(empty);
    if tree.frontier.root() == tree.root {
        Ok(tree)
    } else {
        Err(halt(family, "the frontier gives another root"))
    }
}

/// Places a batch; answers its length.
fn sequence(tx: &mut Tx<'_>, family: Family) -> Result<usize> {
    let batch = store::pending(tx, family, BATCH)?;
    if batch.is_empty() {
        return Ok(0);
    }
    let first = grow(tx, family, batch.iter().map(|record| record.entry.as_str()))?;
    store::place_pending(tx, family, first, batch.len())?;
    batch.iter().try_for_each(|record| list(tx, family, record))?;
    Ok(batch.len())
}

/// Gives a record its place, and lists it to those whom it concerns.
pub(crate) fn place(tx: &mut Tx<'_>, family: Family, record: &Pending, index: u64) -> Result<()> {
    store::set_index(tx, family, &record.record_id, index)?;
    list(tx, family, record)
}

fn list(tx: &mut Tx<'_>, family: Family, record: &Pending) -> Result<()> {
    match &record.concerns {
        Some(concerns) => store::person::list_event(tx, family, (&record.record_id, record.seq), concerns),
        None => Ok(()),
    }
}

/// Adds entries to a log's tree and its tiles; answers the place of the first.
pub(crate) fn grow<'a>(
    tx: &mut Tx<'_>,
    family: Family,
    entries: impl Iterator<Item = &'a str>,
) -> Result<u64> {
    let mut tree = current(tx, family)?;
    let old_size = tree.frontier.size();
    let mut tiles = Tiles::new(StoredTiles { conn: &mut *tx, family });
    for entry in entries {
        let leaf = leaf_hash(entry.as_bytes());
        tiles.push(tree.frontier.size(), &leaf)?;
        tree.frontier.push(leaf);
    }
    let grown: Vec<(u8, u64, Vec<u8>)> =
        tiles.grown().map(|(l, n, hashes)| (l, n, hashes.to_vec())).collect();
    drop(tiles);
    for (level, n, hashes) in &grown {
        store::save_tile(tx, family, *level, *n, hashes)?;
    }
    tree.root = tree.frontier.root();
    store::save_tree(tx, family, old_size, &tree)?;
    Ok(old_size)
}

/// Signs the committed state, after computing that it continues what was signed last, and stores it before anybody sees
/// it; answers its size. Where the policy asks for witnesses, it is not shown yet.
fn sign(tx: &mut Tx<'_>, inner: &Inner, family: Family) -> Result<u64> {
    let tree = current(tx, family)?;
    let size = tree.frontier.size();
    let last = store::latest_signed(tx, family)?;
    if let Some(last) = &last {
        if last.size == size && last.root == tree.root {
            return Ok(size);
        }
        continues(tx, family, last, &tree)?;
    }
    let signer = inner.signer(family)?;
    let origin = signer.verifier().name().to_owned();
    let text = Checkpoint { origin, size, root: tree.root }.text();
    let signed = Signed { size, root: tree.root, note: signer.sign(&text) };
    let now = inner.clock.now();
    let shown = (!inner.witnessing.has_quorum()).then_some(now);
    store::insert_checkpoint(tx, family, &signed, now, shown)?;
    Ok(size)
}

/// Both roots are computed from the tiles, and the consistency between them proved as any stranger would.
fn continues(conn: &mut Conn<'_>, family: Family, last: &Signed, tree: &Tree) -> Result<()> {
    let size = tree.frontier.size();
    if last.size > size {
        return Err(halt(family, "a larger checkpoint was signed before"));
    }
    let mut tiles = Tiles::new(StoredTiles { conn, family });
    if merkle::root(&mut tiles, size)? != tree.root {
        return Err(halt(family, "the tiles give another root"));
    }
    let proof = merkle::consistency_proof(&mut tiles, last.size, size)?;
    if merkle::verify_consistency(last.size, &last.root, size, &tree.root, &proof) {
        Ok(())
    } else {
        Err(halt(family, "it does not continue the last signed checkpoint"))
    }
}

fn check(conn: &mut Conn<'_>, signer: &Signer, family: Family) -> Result<()> {
    let tree = current(conn, family)?;
    let last = store::latest_signed(conn, family)?;
    if let Some(last) = &last {
        check_signature(signer, last, family)?;
        continues(conn, family, last, &tree)?;
    }
    check_last_entries(conn, family, tree.frontier.size())
}

fn check_signature(signer: &Signer, last: &Signed, family: Family) -> Result<()> {
    let other = || halt(family, "the last checkpoint is not ours");
    let note = Note::parse(&last.note).map_err(|_| other())?;
    let valid = note.verify(std::slice::from_ref(signer.verifier())).map_err(|_| other())?;
    let checkpoint = Checkpoint::parse(&note.text).ok_or_else(other)?;
    let same = checkpoint.size == last.size && checkpoint.root == last.root;
    if same && !valid.is_empty() { Ok(()) } else { Err(other()) }
}

/// The last tile's hashes are those of its entries, and no entry stands beyond the tree.
fn check_last_entries(conn: &mut Conn<'_>, family: Family, size: u64) -> Result<()> {
    let from = size.saturating_sub(1) / WIDTH * WIDTH;
    let entries = store::entries(conn, family, from, WIDTH + 1)?;
    let hashes: Vec<u8> = entries.iter().flat_map(|e| leaf_hash(e.as_bytes())).collect();
    let mut tiles = Tiles::new(StoredTiles { conn, family });
    if *tiles.get(0, from / WIDTH)? == hashes && from + entries.len() as u64 == size {
        Ok(())
    } else {
        Err(halt(family, "the last entries are not those of the tree"))
    }
}
