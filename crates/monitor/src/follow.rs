//! One look at a log after the other: each must continue what was seen before.

use std::cmp::Ordering;
use std::sync::Arc;

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::growth::Growth;
use copihue_tlog::merkle::{self, leaf_hash, verify_consistency};
use copihue_tlog::policy::Policy;
use copihue_tlog::tile::{TilePath, WIDTH, unbundled};
use copihue_tlog::{Reason, verify_checkpoint};
use futures_util::{StreamExt, stream};

use crate::copy::Copy;
use crate::probe::Probe;
use crate::source::{self, Source};
use crate::state::State;
use crate::trouble::{Trouble, Verdict};

/// Bundles that are asked for at once.
const AHEAD: usize = 16;
/// After so many bundles the state is saved: 131,072 entries.
const STEP: u64 = 512;

/// How far a look is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Growing {
    /// Entries read.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// What a look found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// The log has not signed anything yet.
    Nothing,
    /// The same as before.
    Same {
        /// Entries.
        size: u64,
    },
    /// It has grown, and every entry is what was signed.
    Grown {
        /// Entries before.
        from: u64,
        /// Entries now.
        to: u64,
        /// The witnesses of the policy that signed.
        witnesses: Vec<String>,
    },
}

/// Follows one log.
pub struct Follower<S> {
    source: Arc<S>,
    origin: String,
    policy: Policy,
    state: State,
    copy: Option<Copy>,
}

impl<S: Source> Follower<S> {
    /// Of the log with this origin, whose key stands in the policy; goes on from `state`, and fills `copy` when there is one.
    pub fn new(source: S, origin: &str, policy: Policy, state: State, copy: Option<Copy>) -> Self {
        Self { source: Arc::new(source), origin: origin.to_owned(), policy, state, copy }
    }

    /// What is remembered now.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Looks at the log. After an error the state is what it was, save for entries that were read.
    ///
    /// # Errors
    /// The [`Trouble`], with what shows it.
    pub async fn look(&mut self, progress: &mut (dyn FnMut(Growing) + Send)) -> Result<News, Trouble> {
        let Some(note) = source::checkpoint(&*self.source).await? else {
            return match self.state.largest()? {
                None => Ok(News::Nothing),
                Some((before, _)) => Err(Trouble::new(
                    Verdict::Rollback,
                    format!(
                        "Retroceso: la bitácora ya no muestra ningún punto de control, y tenía {} entradas.",
                        before.size
                    ),
                )),
            };
        };
        let (head, witnesses) = self.judge(&note).map_err(|trouble| trouble.with(&note))?;
        let before = self.state.largest()?.map(|(before, _)| before);
        match before.map(|before| (head.size.cmp(&before.size), before)) {
            Some((Ordering::Less, before)) => Err(self.shrunk(&before, &head).await?.with(&note)),
            Some((Ordering::Equal, before)) if before.root != head.root => Err(Trouble::new(
                Verdict::Fork,
                format!("Bifurcación: la bitácora firmó dos raíces distintas para {} entradas.", head.size),
            )
            .with(&note)),
            Some((Ordering::Equal, _)) if self.state.goal.is_none() => {
                if let Some(copy) = &self.copy {
                    copy.refresh(&note)?;
                }
                self.state.seen = Some(note);
                self.state.save()?;
                Ok(News::Same { size: head.size })
            }
            _ => self.grow(&note, &head, witnesses, progress).await,
        }
    }

    fn judge(&self, note: &str) -> Result<(Checkpoint, Vec<String>), Trouble> {
        let accepted = verify_checkpoint(note, &self.policy).map_err(refused)?;
        let (head, witnesses) = (accepted.checkpoint, accepted.witnesses);
        if head.origin == self.origin {
            return Ok((head, witnesses));
        }
        let text = format!("El punto de control es de «{}», y se sigue a «{}».", head.origin, self.origin);
        Err(Trouble::new(Verdict::Origin, text))
    }

    /// Less than before: an older state of the same log, or another one.
    async fn shrunk(&self, before: &Checkpoint, head: &Checkpoint) -> Result<Trouble, Trouble> {
        let (old, new) = (head.size, before.size);
        let mut probe = Probe::new(&*self.source, new);
        let proof = probe.compute(|tiles| merkle::consistency_proof(tiles, old, new)).await?;
        let text = match proof {
            Some(proof) if !verify_consistency(old, &head.root, new, &before.root, &proof) => {
                let text = format!(
                    "Bifurcación: la bitácora muestra {old} entradas que no son el comienzo de las {new} que mostró."
                );
                return Ok(Trouble::new(Verdict::Fork, text));
            }
            Some(_) => format!("Retroceso: la bitácora muestra {old} entradas, y ya había mostrado {new}."),
            None => format!(
                "Retroceso: la bitácora muestra {old} entradas, había mostrado {new}, y no entrega con qué compararlas."
            ),
        };
        Ok(Trouble::new(Verdict::Rollback, text))
    }

    /// Reads what is new; the tree that its entries give must be the one that was signed.
    async fn grow(
        &mut self,
        note: &str,
        head: &Checkpoint,
        witnesses: Vec<String>,
        progress: &mut (dyn FnMut(Growing) + Send),
    ) -> Result<News, Trouble> {
        let from = self.state.seen_head()?.map_or(0, |seen| seen.size);
        self.state.goal = Some(note.to_owned());
        self.state.save()?;
        let tree = self.read_to(head, progress).await.map_err(|trouble| trouble.with(note))?;
        if tree.root() != head.root {
            return Err(self.differs(head).await?.with(note));
        }
        if let Some(copy) = &mut self.copy {
            copy.finish(&tree, note, from).await?;
        }
        self.state.growth = tree;
        self.state.seen = Some(note.to_owned());
        self.state.goal = None;
        self.state.save()?;
        Ok(News::Grown { from, to: head.size, witnesses })
    }

    async fn read_to(
        &mut self,
        head: &Checkpoint,
        progress: &mut (dyn FnMut(Growing) + Send),
    ) -> Result<Growth, Trouble> {
        let total = head.size;
        let mut tree = self.state.growth.clone();
        let seen = self.state.seen_head()?;
        let source = Arc::clone(&self.source);
        let first = if tree.size() < total { tree.size() / WIDTH } else { total.div_ceil(WIDTH) };
        let wanted = (first..total.div_ceil(WIDTH)).map(move |n| {
            let (source, width) = (Arc::clone(&source), (total - n * WIDTH).min(WIDTH) as u16);
            let path = TilePath::Entries { n, width };
            async move { source::tile(&*source, path).await.map(|bytes| (n, width, bytes)) }
        });
        let mut bundles = stream::iter(wanted).buffered(AHEAD);
        while let Some(bundle) = bundles.next().await {
            let (n, width, bytes) = bundle?;
            let bytes = take(&mut tree, seen.as_ref(), (n, width), bytes)?;
            if let Some(copy) = &mut self.copy {
                copy.add(TilePath::Entries { n, width }, bytes);
            }
            for tile in tree.take_full() {
                if let Some(copy) = &mut self.copy {
                    copy.add(
                        TilePath::Hashes { level: tile.level, n: tile.n, width: WIDTH as u16 },
                        tile.hashes,
                    );
                }
            }
            if let Some(copy) = self.copy.as_mut().filter(|copy| copy.is_heavy()) {
                copy.flush().await?;
            }
            if (n + 1).is_multiple_of(STEP) {
                if let Some(copy) = &mut self.copy {
                    copy.flush().await?;
                }
                self.state.growth = tree.clone();
                self.state.save()?;
                progress(Growing { done: tree.size(), total });
            }
        }
        Ok(tree)
    }

    /// The entries give another root than the one signed: who lies?
    async fn differs(&mut self, head: &Checkpoint) -> Result<Trouble, Trouble> {
        let seen = self.state.seen_head()?;
        let (old, old_root) = seen.as_ref().map_or((0, merkle::empty_root()), |seen| (seen.size, seen.root));
        // What was read on the way to this root is worth nothing.
        self.forget(old);
        self.state.save()?;
        let size = head.size;
        let mut probe = Probe::new(&*self.source, size);
        let root = probe.compute(|tiles| merkle::root(tiles, size)).await?;
        if root == Some(head.root) {
            let proof = probe.compute(|tiles| merkle::consistency_proof(tiles, old, size)).await?;
            let continues = proof.is_some_and(|p| verify_consistency(old, &old_root, size, &head.root, &p));
            if continues && let Some(index) = self.first_other_entry(&mut probe, old, size).await? {
                let text = format!("La entrada {index} que la bitácora entrega no es la que firmó.");
                return Ok(Trouble::new(Verdict::Entry, text));
            }
        }
        if old == 0 {
            let text = format!("Las {size} entradas que la bitácora entrega no dan la raíz que firmó.");
            return Ok(Trouble::new(Verdict::Entry, text));
        }
        let text = format!(
            "Bifurcación: la bitácora firmó {size} entradas que no continúan las {old} que había mostrado."
        );
        Ok(Trouble::new(Verdict::Fork, text))
    }

    /// Back to what held, when the tree has not gone beyond it; else to the beginning.
    fn forget(&mut self, size: u64) {
        if self.state.growth.size() != size {
            self.state.growth = Growth::default();
        }
        self.state.goal = None;
    }

    async fn first_other_entry(
        &self,
        probe: &mut Probe<'_, S>,
        from: u64,
        to: u64,
    ) -> Result<Option<u64>, Trouble> {
        for n in from / WIDTH..to.div_ceil(WIDTH) {
            let width = (to - n * WIDTH).min(WIDTH) as u16;
            let bytes = source::tile(&*self.source, TilePath::Entries { n, width }).await?;
            let bytes = bytes.unwrap_or_default();
            let entries = unbundled(&bytes).unwrap_or_default();
            for at in 0..u64::from(width) {
                let leaf = entries.get(at as usize).map(|entry| leaf_hash(entry));
                if leaf.is_none() || leaf != probe.leaf(n * WIDTH + at).await? {
                    return Ok(Some(n * WIDTH + at));
                }
            }
        }
        Ok(None)
    }
}

/// Takes a bundle's entries into the tree; those that were there before must be the same. Answers exactly `width` of them.
fn take(
    tree: &mut Growth,
    seen: Option<&Checkpoint>,
    (n, width): (u64, u16),
    bytes: Option<Vec<u8>>,
) -> Result<Vec<u8>, Trouble> {
    let first = n * WIDTH;
    let gone = |index: u64| {
        let text = format!("La bitácora no entrega la entrada {index}, que firmó.");
        Trouble::new(Verdict::Truncated, text)
    };
    let mut bytes = bytes.ok_or_else(|| gone(first))?;
    let Some(entries) = unbundled(&bytes) else {
        let text = format!("El paquete de entradas {n} no se puede leer.");
        return Err(Trouble::new(Verdict::Entry, text));
    };
    if entries.len() < usize::from(width) {
        return Err(gone(first + entries.len() as u64));
    }
    let before: Vec<u8> =
        tree.begun().find(|(level, ..)| *level == 0).map(|(.., h)| h.to_vec()).unwrap_or_default();
    let mut length = 0;
    for (index, entry) in (first..).zip(entries.iter().take(usize::from(width))) {
        length += 2 + entry.len();
        let leaf = leaf_hash(entry);
        if index >= tree.size() {
            tree.push(leaf);
            passes(tree, seen)?;
        } else if before.get((index - first) as usize * 32..).is_none_or(|rest| !rest.starts_with(&leaf)) {
            let text = format!("La entrada {index} ya no es la que la bitácora había mostrado.");
            return Err(Trouble::new(Verdict::Entry, text));
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// A tree that was read again from its beginning must pass through what was seen.
fn passes(tree: &Growth, seen: Option<&Checkpoint>) -> Result<(), Trouble> {
    match seen {
        Some(seen) if seen.size == tree.size() && seen.root != tree.root() => {
            let text =
                format!("Las {} entradas que la bitácora había mostrado ya no son las mismas.", seen.size);
            Err(Trouble::new(Verdict::Entry, text))
        }
        _ => Ok(()),
    }
}

fn refused(reason: Reason) -> Trouble {
    let (verdict, text) = match reason {
        Reason::UnknownOrigin => (Verdict::Origin, "El punto de control es de otra bitácora."),
        Reason::LogSignature => {
            (Verdict::Signature, "El punto de control no está firmado con la llave de la bitácora.")
        }
        Reason::WitnessSignature => (Verdict::Cosignature, "La firma de un testigo no corresponde."),
        Reason::TooFewWitnesses => {
            (Verdict::Witnesses, "Al punto de control le faltan testigos de los que la política pide.")
        }
        _ => (Verdict::Malformed, "Lo que la bitácora muestra no es un punto de control."),
    };
    Trouble::new(verdict, text)
}
