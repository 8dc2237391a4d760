//! The accounting ledger: double entry, append only, chained by hash (payments §6).

use copihue_core::{Clp, Id, Timestamp};
use serde::Serialize;

use super::names;

/// What an entry records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryKind {
    /// The provider holds the money for us.
    Captured,
    /// A refund was asked for.
    RefundSubmitted,
    /// The provider gave it back.
    RefundConfirmed,
    /// The provider refused to give it back.
    RefundRefused,
}

names!(EntryKind, "entry kind", {
    Captured => "captured", RefundSubmitted => "refund_submitted",
    RefundConfirmed => "refund_confirmed", RefundRefused => "refund_refused",
});

/// One side of an entry. Debits are positive, credits negative.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EntryLine {
    /// `receivable:{provider}`, `due_to`, `refunds_pending`.
    pub account: String,
    /// Pesos.
    pub amount: Clp,
}

/// An entry, before it has its number and its hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEntry {
    /// What it records.
    pub kind: EntryKind,
    /// The payment.
    pub payment: Id,
    /// The attempt whose charge it moves.
    pub attempt: Id,
    /// The provider.
    pub provider: String,
    /// Two sides that sum to zero (I1).
    pub lines: [EntryLine; 2],
    /// Appears once for each institution (I10).
    pub key: String,
}

impl NewEntry {
    /// The entry of an event: debit and credit as §6's table says.
    #[must_use]
    pub fn of(kind: EntryKind, payment: Id, attempt: Id, provider: &str, amount: Clp) -> Self {
        let receivable = format!("receivable:{provider}");
        let (debit, credit) = match kind {
            EntryKind::Captured => (receivable, "due_to".to_owned()),
            EntryKind::RefundSubmitted => ("due_to".to_owned(), "refunds_pending".to_owned()),
            EntryKind::RefundConfirmed => ("refunds_pending".to_owned(), receivable),
            EntryKind::RefundRefused => ("refunds_pending".to_owned(), "due_to".to_owned()),
        };
        Self {
            kind,
            payment,
            attempt,
            provider: provider.to_owned(),
            lines: [
                EntryLine { account: debit, amount },
                EntryLine { account: credit, amount: Clp(-amount.0) },
            ],
            key: format!("{}:{attempt}", kind.as_str()),
        }
    }
}

/// An entry as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number within the institution, from 1 without gaps.
    pub n: i64,
    /// When it was written.
    pub at: Timestamp,
    /// The civil day in the institution's zone.
    pub business_date: String,
    /// What it records.
    pub kind: EntryKind,
    /// The payment.
    pub payment: Id,
    /// The attempt.
    pub attempt: Id,
    /// Its two sides.
    pub lines: Vec<EntryLine>,
    /// Its idempotency key.
    pub key: String,
    /// The hash of the entry before; 32 zeros for the first.
    pub prev: [u8; 32],
    /// Its own hash.
    pub hash: [u8; 32],
}

/// What is hashed of an entry, in canonical JSON, after the previous hash.
#[derive(Serialize)]
struct Hashed<'a> {
    at: Timestamp,
    attempt: Id,
    business_date: &'a str,
    institution: &'a str,
    key: &'a str,
    kind: &'a str,
    lines: &'a [EntryLine],
    n: i64,
    payment: Id,
}

impl Entry {
    /// The hash that it must have: SHA-256(prev ‖ canonical JSON).
    ///
    /// # Errors
    /// Never in practice: when the entry can't be written as JSON.
    pub fn compute_hash(&self, institution: &str) -> copihue_core::Result<[u8; 32]> {
        let text = copihue_core::json::canonical(&Hashed {
            at: self.at,
            attempt: self.attempt,
            business_date: &self.business_date,
            institution,
            key: &self.key,
            kind: self.kind.as_str(),
            lines: &self.lines,
            n: self.n,
            payment: self.payment,
        })?;
        let mut bytes = self.prev.to_vec();
        bytes.extend_from_slice(text.as_bytes());
        Ok(copihue_core::json::sha256(&bytes))
    }
}

/// A broken invariant of §6.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// `I1` … `I12`.
    pub invariant: &'static str,
    /// What is wrong, with ids and numbers only.
    pub what: String,
}

/// Checks what the entries alone can show: I1, I3, I5, I7, I8, I10, I12.
#[must_use]
pub fn check_entries(institution: &str, entries: &[Entry]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |invariant, what: String| findings.push(Finding { invariant, what });
    let mut prev = [0; 32];
    let mut keys = std::collections::HashSet::new();
    let mut balance = std::collections::HashMap::<&str, i64>::new();
    let mut charge = std::collections::HashMap::<Id, [i64; 4]>::new();
    for (i, entry) in entries.iter().enumerate() {
        let hash = entry.compute_hash(institution).unwrap_or_default();
        if entry.n != i as i64 + 1 || entry.prev != prev || entry.hash != hash {
            find("I12", format!("entry {}", entry.n));
        }
        prev = entry.hash;
        if entry.lines.iter().map(|line| line.amount.0).sum::<i64>() != 0 {
            find("I1", format!("entry {}", entry.n));
        }
        if !keys.insert(&entry.key) {
            find("I10", format!("entry {} repeats {}", entry.n, entry.key));
        }
        for line in &entry.lines {
            *balance.entry(&line.account).or_default() += line.amount.0;
        }
        let amount = entry.lines.iter().map(|line| line.amount.0.max(0)).sum::<i64>();
        let sums = charge.entry(entry.attempt).or_default();
        sums[entry.kind as usize] += amount;
        if entry.kind == EntryKind::Captured && sums[0] != amount {
            find("I3", format!("attempt {} captured twice", entry.attempt));
        }
        let [captured, submitted, _, refused] = *sums;
        if submitted - refused > captured || submitted < refused {
            find("I5", format!("attempt {}", entry.attempt));
        }
    }
    let total = |kind: EntryKind| charge.values().map(|sums| sums[kind as usize]).sum::<i64>();
    let receivable: i64 = balance.iter().filter(|(a, _)| a.starts_with("receivable:")).map(|(_, b)| b).sum();
    if receivable != total(EntryKind::Captured) - total(EntryKind::RefundConfirmed) {
        find("I7", format!("receivable is {receivable}"));
    }
    let pending = -balance.get("refunds_pending").copied().unwrap_or_default();
    let open = total(EntryKind::RefundSubmitted)
        - total(EntryKind::RefundConfirmed)
        - total(EntryKind::RefundRefused);
    if pending != open {
        find("I8", format!("refunds_pending is {pending}, open refunds {open}"));
    }
    findings
}
