//! Before anything is placed or signed after a start: what have others seen of this log? (LED-06)
//!
//! A database restored from a backup may be behind what was published; to go on from there would fork the log. So the
//! witnesses and the copies are asked first. When they know more, the missing entries are pulled from a copy and checked
//! against the checkpoint that we once signed; when no copy has them, the log stays read-only, with an alarm.

mod copy;
mod pull;

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

use copihue_core::Result;
use copihue_core::json::sha256;
use copihue_db::Conn;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{self, Hash};
use copihue_tlog::note::Note;
use copihue_tlog::tile::Tiles;
use futures_util::future::join_all;

use crate::halt;
use crate::ledger::{Inner, Ledger};
use crate::meters;
use crate::net::{Limits, Reply};
use crate::record::Family;
use crate::sequence::current;
use crate::store::{Signed, StoredTiles};
use crate::witnessing::Asked;

pub(crate) use copy::LogCopy;

const LIMITS: Limits = Limits { time: Duration::from_secs(2), bytes: 256 << 10 };

/// What we know of what others have seen of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Outlook {
    /// Not asked yet, or too few answered to be sure.
    #[default]
    Unknown,
    /// Nobody knows more than we do.
    Clear,
    /// Others hold a checkpoint of ours that is larger than our log.
    Behind,
    /// Others hold a checkpoint of ours that contradicts our log.
    Forked,
}

/// A checkpoint under our own signature, beside what we have.
enum Judgement {
    Ours,
    Ahead,
    Fork,
}

impl Ledger {
    /// Whether a log may be placed and signed.
    pub(crate) fn may_sign(&self, family: Family) -> bool {
        self.usable(family).is_ok() && self.inner.outlook(family) == Outlook::Clear
    }

    /// Asks about every log that is not clear yet. What fails for one keeps no other from going on.
    pub(crate) async fn look_around(&self) {
        let wanting = |family: &Family| match self.inner.outlook(*family) {
            Outlook::Unknown => self.usable(*family).is_ok(),
            Outlook::Behind => true,
            Outlook::Clear | Outlook::Forked => false,
        };
        let looks = Family::ALL.into_iter().filter(wanting).map(async |family| {
            if let Err(error) = self.look(family).await {
                tracing::error!(ledger = family.name(), %error, "what others know of a ledger can't be judged");
                self.inner.stop_if_broken(family, &error);
            }
        });
        join_all(looks).await;
    }

    async fn look(&self, family: Family) -> Result<()> {
        let (seen, silent) = self.seen_by_others(family).await?;
        let mut ahead: Option<Signed> = None;
        for checkpoint in seen.into_values() {
            match self.judge(family, &checkpoint).await? {
                Judgement::Ours => {}
                Judgement::Ahead => ahead = Some(checkpoint),
                Judgement::Fork => {
                    self.forked(family, checkpoint.size);
                    return Ok(());
                }
            }
        }
        if let Some(ahead) = ahead {
            return self.catch_up(family, ahead).await;
        }
        // As long as those who are silent could have been a quorum, they may know a checkpoint that we don't.
        if self.inner.witnessing.has_quorum()
            && self.inner.witnessing.is_met_by(silent.iter().map(String::as_str))
        {
            tracing::warn!(ledger = family.name(), "too few witnesses answer to go on after a start");
            return Ok(());
        }
        self.inner.set_outlook(family, Outlook::Clear);
        Ok(())
    }

    /// The checkpoints that others hold under our signature, smallest first; and the witnesses that did not answer. Two
    /// of one size with different roots are both kept: they are the proof of a fork.
    async fn seen_by_others(&self, family: Family) -> Result<(BTreeMap<(u64, Hash), Signed>, Vec<String>)> {
        let (mut seen, mut silent) = (BTreeMap::new(), Vec::new());
        let inner = &self.inner;
        let witnesses = inner.witnessing.witnesses.iter().map(|w| self.seen_by_witness(family, w));
        for (witness, answer) in inner.witnessing.witnesses.iter().zip(join_all(witnesses).await) {
            match answer {
                Ok(checkpoint) => seen.extend(checkpoint.map(|c| ((c.size, c.root), c))),
                Err(_) => silent.push(witness.name.clone()),
            }
        }
        for answer in join_all(inner.copies.iter().map(|copy| copy.checkpoint(&inner.net, family))).await {
            let note = answer.ok().flatten();
            seen.extend(note.and_then(|note| self.own(family, &note)).map(|c| ((c.size, c.root), c)));
        }
        Ok((seen, silent))
    }

    /// The latest checkpoint that a witness cosigned. `Err` when it does not answer, or with something else.
    async fn seen_by_witness(&self, family: Family, witness: &Asked) -> Result<Option<Signed>> {
        let origin = self.inner.signer(family)?.verifier().name().to_owned();
        let url = format!("{}/{}/checkpoint", witness.url, hex::encode(sha256(origin.as_bytes())));
        let Reply { status, body } = self.inner.net.get(&url, LIMITS).await?;
        if status == 404 {
            return Ok(None);
        }
        let note = String::from_utf8(body).ok().filter(|_| status == 200);
        let checkpoint = note.and_then(|note| self.own(family, &note));
        checkpoint.map(Some).ok_or_else(|| {
            copihue_core::Error::unavailable("a witness shows something that is no checkpoint of ours")
        })
    }

    /// A note as a checkpoint that we signed: only our own signature counts, whoever shows it.
    fn own(&self, family: Family, note: &str) -> Option<Signed> {
        let key = self.inner.signer(family).ok()?.verifier();
        let parsed = Note::parse(note).ok()?;
        let valid = parsed.verify(std::slice::from_ref(key)).ok()?;
        let checkpoint = Checkpoint::parse(&parsed.text)?;
        let ours = !valid.is_empty() && checkpoint.origin == key.name();
        let sane = i64::try_from(checkpoint.size).is_ok();
        (ours && sane).then(|| Signed {
            size: checkpoint.size,
            root: checkpoint.root,
            note: self.with_known_signatures(key, &parsed),
        })
    }

    /// Without the lines that anybody may have put under it.
    fn with_known_signatures(&self, own: &copihue_tlog::note::VerifierKey, note: &Note) -> String {
        let witnesses = self.inner.witnessing.witnesses.iter().map(|witness| witness.key.clone());
        let good = |key: &copihue_tlog::note::VerifierKey| {
            note.verify(std::slice::from_ref(key)).is_ok_and(|valid| !valid.is_empty())
        };
        let known: Vec<_> = std::iter::once(own.clone()).chain(witnesses).filter(good).collect();
        note.only(&known)
    }

    async fn judge(&self, family: Family, checkpoint: &Signed) -> Result<Judgement> {
        let (size, root) = (checkpoint.size, checkpoint.root);
        let judge = move |conn: &mut Conn<'_>| {
            if current(conn, family)?.frontier.size() < size {
                return Ok(Judgement::Ahead);
            }
            let ours = merkle::root(&mut Tiles::new(StoredTiles { conn, family }), size)?;
            Ok(if ours == root { Judgement::Ours } else { Judgement::Fork })
        };
        self.inner.db.read(judge).await
    }

    /// A witness says that it knows more, or other things, than we signed. Only our own signature can make us stop: a
    /// witness that can't show one is wrong or lies, and does not count.
    pub(crate) async fn look_at_accusation(&self, family: Family, witness: &Asked) {
        let Ok(Some(shown)) = self.seen_by_witness(family, witness).await else { return };
        match self.judge(family, &shown).await {
            Ok(Judgement::Ours) => {
                tracing::warn!(
                    ledger = family.name(),
                    witness = witness.name,
                    "a witness refuses without cause"
                );
            }
            Ok(Judgement::Ahead | Judgement::Fork) => self.inner.set_outlook(family, Outlook::Unknown),
            Err(error) => tracing::warn!(ledger = family.name(), %error, "an accusation can't be judged"),
        }
    }

    fn forked(&self, family: Family, size: u64) {
        meters::fork_guard(family, "bifurcacion");
        self.inner.set_outlook(family, Outlook::Forked);
        let why = format!("a checkpoint of {size} entries under our signature contradicts this database");
        self.inner.stop_if_broken(family, &halt(family, &why));
    }

    /// Pulls what is missing from the first copy that has it.
    async fn catch_up(&self, family: Family, target: Signed) -> Result<()> {
        if self.inner.outlook(family) != Outlook::Behind {
            meters::fork_guard(family, "atrasado");
            self.inner.set_outlook(family, Outlook::Behind);
            self.inner.stop_behind(family, target.size);
        }
        for copy in &self.inner.copies {
            match self.pull(family, &target, copy).await {
                Ok(count) => {
                    tracing::warn!(ledger = family.name(), count, copy = %copy, "missing entries recovered");
                    self.inner.go_on(family);
                    self.inner.set_outlook(family, Outlook::Clear);
                    return self.record_recovery(family, target.size, count).await;
                }
                Err(error) => {
                    tracing::error!(ledger = family.name(), copy = %copy, %error, "a copy can't help");
                }
            }
        }
        Ok(())
    }
}

impl Inner {
    pub(crate) fn outlook(&self, family: Family) -> Outlook {
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner).get(&family).copied().unwrap_or_default()
    }

    fn set_outlook(&self, family: Family, outlook: Outlook) {
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner).insert(family, outlook);
    }

    /// Whether any log waits for an answer, or for a copy.
    pub(crate) fn is_looking(&self) -> bool {
        Family::ALL.into_iter().any(|f| matches!(self.outlook(f), Outlook::Unknown | Outlook::Behind))
    }
}
