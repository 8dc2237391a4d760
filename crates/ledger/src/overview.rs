//! What anybody may know of a log at a glance: its size, its last checkpoint, who stands by it, how it grew.

use std::sync::Arc;

use copihue_core::{Result, Timestamp};
use copihue_db::Conn;

use crate::ledger::{Inner, Ledger};
use crate::record::Family;
use crate::store::{self, audit};
use copihue_tlog::merkle::Hash;
use copihue_tlog::note::{Note, VerifierKey};
use copihue_tlog::policy::Policy;

/// A log at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The log.
    pub family: Family,
    /// The name under which it signs.
    pub origin: String,
    /// Its public key, as verifiers take it.
    pub key: String,
    /// Why it is stopped, when it is.
    pub halted: Option<String>,
    /// What it shows the world. `None` before its first checkpoint.
    pub shown: Option<Shown>,
}

/// The last published checkpoint.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When we signed it.
    pub signed_at: Option<Timestamp>,
    /// The witnesses of the policy that signed it, by their names there.
    pub witnesses: Vec<String>,
    /// The last checkpoint that an authority of time stamped, and its instant.
    pub anchored: Option<(u64, Timestamp)>,
}

impl Ledger {
    /// Every log at a glance.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn overviews(&self) -> Result<Vec<Overview>> {
        let policy = self.policy();
        let inner = Arc::clone(&self.inner);
        let halted = self.halted();
        let read = move |conn: &mut Conn<'_>| {
            let policy = Policy::parse(&policy).unwrap_or_default();
            let mut one = |family| overview(conn, &inner, &policy, family);
            Family::ALL.into_iter().map(&mut one).collect::<Result<Vec<_>>>()
        };
        let mut all = self.inner.db.read(read).await?;
        for overview in &mut all {
            overview.halted = halted.get(&overview.family).cloned();
        }
        Ok(all)
    }

    /// How many entries a log had signed at each of these instants, which come in order.
    ///
    /// # Errors
    /// As [`copihue_db::Db::read`].
    pub async fn sizes_at(&self, family: Family, instants: Vec<Timestamp>) -> Result<Vec<u64>> {
        let read = move |conn: &mut Conn<'_>| {
            let mut least = 0;
            let mut sizes = Vec::with_capacity(instants.len());
            for at in &instants {
                least = size_at(conn, family, least, *at)?;
                sizes.push(least);
            }
            Ok(sizes)
        };
        self.inner.db.read(read).await
    }
}

fn overview(conn: &mut Conn<'_>, inner: &Inner, policy: &Policy, family: Family) -> Result<Overview> {
    let key = inner.signer(family)?.verifier();
    let shown = match store::latest_checkpoint(conn, family)? {
        None => None,
        Some(signed) => {
            let row = audit::checkpoint_from(conn, family, signed.size)?;
            let signed_at = row.filter(|(size, _)| *size == signed.size).map(|(_, at)| at);
            let witnesses = witnesses(&signed.note, policy);
            let anchored = store::anchor::latest(conn, family)?;
            Some(Shown { size: signed.size, root: signed.root, signed_at, witnesses, anchored })
        }
    };
    Ok(Overview { family, origin: key.name().to_owned(), key: key.to_string(), halted: None, shown })
}

fn witnesses(note: &str, policy: &Policy) -> Vec<String> {
    let keys: Vec<VerifierKey> = policy.witnesses().iter().map(|(_, key)| key.clone()).collect();
    let valid = Note::parse(note).and_then(|note| note.verify(&keys)).unwrap_or_default();
    valid.into_iter().map(|(at, _)| policy.witnesses()[at].0.clone()).collect()
}

/// Sizes and times grow together, so a few looks find the last checkpoint before an instant, however many there are.
fn size_at(conn: &mut Conn<'_>, family: Family, least: u64, at: Timestamp) -> Result<u64> {
    let Some(last) = store::latest_checkpoint(conn, family)? else { return Ok(0) };
    let (mut low, mut high) = (least, last.size);
    // The size at the instant is between the two, both included.
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        match audit::checkpoint_from(conn, family, middle)? {
            Some((size, signed)) if signed < at && size <= last.size => low = size,
            _ => high = middle - 1,
        }
    }
    Ok(low)
}
