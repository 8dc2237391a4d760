use copihue_core::{Clp, Id, Timestamp};
use copihue_payments::*;

fn entry(n: i64, prev: [u8; 32], kind: EntryKind, attempt: u8, amount: i64) -> Entry {
    let (payment, attempt) = (Id::from_bytes([9; 16]), Id::from_bytes([attempt; 16]));
    let new = NewEntry::of(kind, payment, attempt, "prueba", Clp(amount));
    let mut entry = Entry {
        n,
        at: Timestamp::from_millis(0),
        business_date: "2026-11-21".to_owned(),
        kind,
        payment,
        attempt,
        lines: new.lines.to_vec(),
        key: new.key,
        prev,
        hash: [0; 32],
    };
    entry.hash = entry.compute_hash("i").unwrap();
    entry
}

fn chain(events: &[(EntryKind, u8, i64)]) -> Vec<Entry> {
    let mut prev = [0; 32];
    let mut entries = Vec::new();
    for (i, (kind, attempt, amount)) in events.iter().enumerate() {
        let next = entry(i as i64 + 1, prev, *kind, *attempt, *amount);
        prev = next.hash;
        entries.push(next);
    }
    entries
}

fn broken(entries: &[Entry]) -> Vec<&'static str> {
    check_entries("i", entries).into_iter().map(|f| f.invariant).collect()
}

#[test]
fn pay_09_good_books_have_no_findings_and_every_broken_invariant_is_found() {
    use EntryKind::{Captured, RefundConfirmed, RefundRefused, RefundSubmitted};
    let good = chain(&[
        (Captured, 1, 100),
        (Captured, 2, 50),
        (RefundSubmitted, 1, 100),
        (RefundConfirmed, 1, 100),
        (RefundSubmitted, 2, 50),
        (RefundRefused, 2, 50),
    ]);
    assert!(broken(&good).is_empty());

    let mut unbalanced = good.clone();
    unbalanced[0].lines[0].amount = Clp(101);
    assert!(broken(&unbalanced).contains(&"I1"));
    assert!(broken(&unbalanced).contains(&"I12"), "a change of a line breaks the chain");

    assert!(broken(&chain(&[(Captured, 1, 100), (Captured, 1, 100)])).contains(&"I3"));
    assert!(broken(&chain(&[(Captured, 1, 100), (RefundSubmitted, 1, 101)])).contains(&"I5"));
    assert!(broken(&chain(&[(Captured, 1, 100), (Captured, 1, 100)])).contains(&"I10"));

    let mut cut = good.clone();
    cut.remove(1);
    assert!(broken(&cut).contains(&"I12"));
    let mut moved = good;
    moved[1].lines[0].account = "bank".to_owned();
    assert!(broken(&moved).contains(&"I7"));
}
