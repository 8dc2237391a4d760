//! The checkpoints that were signed, in the order of their sizes, and those that others hold between them.

use std::collections::VecDeque;

use copihue_core::{Result, Timestamp};
use copihue_db::Db;

use super::{Findings, Known, Options, Place, Verdict};
use crate::record::Family;
use crate::store::Signed;
use crate::store::audit;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::Hash;
use copihue_tlog::note::{Note, VerifierKey};
use copihue_tlog::policy::Policy;

const PAGE: usize = 512;

/// Whose word a root is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// Stored here, and signed by us.
    Stored,
    /// Signed by us, and held by somebody else.
    Outside,
    /// The state from which the log goes on; nobody signed it.
    State,
}

/// A root that the entries must give at this size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) source: Source,
    pub(super) at: Option<Timestamp>,
}

/// Reads ahead as the walk goes on.
pub(super) struct Claims {
    db: Db,
    family: Family,
    key: VerifierKey,
    policy: Option<Policy>,
    end: u64,
    after: i64,
    exhausted: bool,
    next: VecDeque<Claim>,
    outside: VecDeque<Claim>,
}

impl Claims {
    pub(super) fn new(db: Db, family: Family, key: VerifierKey, options: &Options, end: u64) -> Self {
        let mut outside: Vec<Claim> = options
            .known
            .iter()
            .filter(|known| known.checkpoint.size > 0 && known.is_signed_by(&key))
            .map(|Known { checkpoint, .. }| Claim {
                size: checkpoint.size,
                root: checkpoint.root,
                source: Source::Outside,
                at: None,
            })
            .collect();
        outside.sort_by_key(|claim| claim.size);
        Self {
            db,
            family,
            key,
            policy: options.policy.clone(),
            end,
            after: -1,
            exhausted: false,
            next: VecDeque::new(),
            outside: outside.into(),
        }
    }

    /// The next stored checkpoint, which is not taken away.
    pub(super) fn upcoming(&mut self, findings: &mut Findings) -> Result<Option<Claim>> {
        while self.next.is_empty() && !self.exhausted {
            let (family, after) = (self.family, self.after);
            let page = self.db.read_blocking(move |conn| audit::checkpoints(conn, family, after, PAGE))?;
            self.exhausted = page.len() < PAGE;
            for (signed, at) in page {
                self.after = i64::try_from(signed.size).unwrap_or(i64::MAX);
                // What was signed after the check began is the next check's.
                if signed.size > self.end {
                    self.exhausted = true;
                    break;
                }
                if let Some(claim) = self.judged(&signed, at, findings).filter(|claim| claim.size > 0) {
                    self.next.push_back(claim);
                }
            }
        }
        Ok(self.next.front().copied())
    }

    /// Every claim at this size.
    pub(super) fn take(&mut self, size: u64, findings: &mut Findings) -> Result<Vec<Claim>> {
        let mut due = Vec::new();
        if self.upcoming(findings)?.is_some_and(|claim| claim.size <= size) {
            due.extend(self.next.pop_front());
        }
        while self.outside.front().is_some_and(|claim| claim.size <= size) {
            due.extend(self.outside.pop_front());
        }
        Ok(due)
    }

    /// What others hold beyond the end of what is here.
    pub(super) fn beyond(&mut self) -> impl Iterator<Item = Claim> {
        std::mem::take(&mut self.outside).into_iter()
    }

    /// The claim of a stored checkpoint, when it is really ours.
    fn judged(&self, signed: &Signed, at: Timestamp, findings: &mut Findings) -> Option<Claim> {
        let place = Place::Checkpoint(signed.size);
        let mut wrong = |verdict, text: &str| {
            findings.add(verdict, place, format!("El punto de control de {} entradas {text}.", signed.size));
            None
        };
        let Some((note, checkpoint)) = read(&signed.note) else {
            return wrong(Verdict::SignatureMismatch, "no se puede leer");
        };
        if checkpoint.origin != self.key.name() {
            return wrong(Verdict::OriginMismatch, "es de otra bitácora");
        }
        match note.verify(std::slice::from_ref(&self.key)) {
            Ok(valid) if !valid.is_empty() => {}
            _ => return wrong(Verdict::SignatureMismatch, "no está firmado con la llave de esta bitácora"),
        }
        if checkpoint.size != signed.size || checkpoint.root != signed.root {
            return wrong(Verdict::SignatureMismatch, "no dice lo mismo que la fila que lo guarda");
        }
        if let Some(policy) = &self.policy {
            let keys: Vec<VerifierKey> = policy.witnesses().iter().map(|(_, key)| key.clone()).collect();
            if note.verify(&keys).is_err() {
                wrong(Verdict::CosignatureMismatch, "trae la firma de un testigo que no corresponde");
            }
        }
        Some(Claim { size: signed.size, root: signed.root, source: Source::Stored, at: Some(at) })
    }
}

fn read(note: &str) -> Option<(Note, Checkpoint)> {
    let note = Note::parse(note).ok()?;
    let checkpoint = Checkpoint::parse(&note.text)?;
    Some((note, checkpoint))
}
