//! The accounting ledger and the receipts. Nothing here updates or deletes an entry (I2).

use copihue_core::{Bucket, Id, Result, Timestamp, VerificationCode};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::named;
use crate::model::attempt::{Attempt, Proof};
use crate::model::journal::{Entry, EntryLine, NewEntry};
use crate::model::payment::Payment;
use crate::model::receipt::Receipt;

/// Where an institution's entries are kept.
#[derive(Clone, Copy)]
pub(crate) struct Book<'a> {
    pub(crate) bucket: Bucket,
    pub(crate) institution: &'a str,
}

/// Adds an entry to the end of the institution's chain.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    book: Book<'_>,
    new: &NewEntry,
    at: Timestamp,
    business_date: &str,
) -> Result<Entry> {
    // Takes the head's row first: writers of one institution wait for each other here.
    let head = tx.query_one(
        sql!(
            "INSERT INTO payments_journal_head (bucket, institution, n, hash) VALUES ($1, $2, 0, $3) ",
            "ON CONFLICT (bucket, institution) DO UPDATE SET n = payments_journal_head.n RETURNING n, hash"
        ),
        &params![book.bucket, book.institution, [0u8; 32]],
    )?;
    let mut entry = Entry {
        n: head.get::<i64>("n")? + 1,
        at,
        business_date: business_date.to_owned(),
        kind: new.kind,
        payment: new.payment,
        attempt: new.attempt,
        lines: new.lines.to_vec(),
        key: new.key.clone(),
        prev: head.get("hash")?,
        hash: [0; 32],
    };
    entry.hash = entry.compute_hash(book.institution)?;
    insert(tx, book, &entry)?;
    tx.execute(
        sql!("UPDATE payments_journal_head SET n = $3, hash = $4 WHERE bucket = $1 AND institution = $2"),
        &params![book.bucket, book.institution, entry.n, entry.hash],
    )?;
    Ok(entry)
}

fn insert(tx: &mut Tx<'_>, book: Book<'_>, entry: &Entry) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO payments_journal (bucket, institution, n, at, business_date, kind, payment, attempt, key, ",
            "prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &params![
            book.bucket, book.institution, entry.n, entry.at, entry.business_date, entry.kind.as_str(), entry.payment,
            entry.attempt, entry.key, entry.prev, entry.hash
        ],
    )?;
    for (side, line) in entry.lines.iter().enumerate() {
        tx.execute(
            sql!(
                "INSERT INTO payments_journal_line (bucket, institution, n, side, account, amount) ",
                "VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            &params![book.bucket, book.institution, entry.n, side, line.account, line.amount],
        )?;
    }
    Ok(())
}

/// Every entry of an institution, in order.
pub(crate) fn entries(conn: &mut Conn<'_>, book: Book<'_>) -> Result<Vec<Entry>> {
    let mut entries = conn
        .query(
            sql!("SELECT * FROM payments_journal WHERE bucket = $1 AND institution = $2 ORDER BY n"),
            &params![book.bucket, book.institution],
        )?
        .iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    let lines = conn.query(
        sql!("SELECT n, account, amount FROM payments_journal_line WHERE bucket = $1 AND institution = $2 ORDER BY n, side"),
        &params![book.bucket, book.institution],
    )?;
    for line in lines {
        let n: i64 = line.get("n")?;
        if let Ok(i) = entries.binary_search_by_key(&n, |entry| entry.n) {
            entries[i].lines.push(EntryLine { account: line.get("account")?, amount: line.get("amount")? });
        }
    }
    Ok(entries)
}

fn read(row: &Row) -> Result<Entry> {
    Ok(Entry {
        n: row.get("n")?,
        at: row.get("at")?,
        business_date: row.get("business_date")?,
        kind: named(&row.get::<String>("kind")?)?,
        payment: row.get("payment")?,
        attempt: row.get("attempt")?,
        lines: Vec::new(),
        key: row.get("key")?,
        prev: row.get("prev")?,
        hash: row.get("hash")?,
    })
}

/// Charges of an institution without the proof that the provider gave (I6).
pub(crate) fn captured_without_proof(conn: &mut Conn<'_>, book: Book<'_>) -> Result<Vec<Id>> {
    conn.query(
        sql!(
            "SELECT j.attempt FROM payments_journal j ",
            "LEFT JOIN payments_attempt a ON a.id = j.attempt AND a.state = 'authorised' AND a.proof IS NOT NULL ",
            "WHERE j.bucket = $1 AND j.institution = $2 AND j.kind = 'captured' AND a.id IS NULL"
        ),
        &params![book.bucket, book.institution],
    )?
    .iter()
    .map(|row| row.get("attempt"))
    .collect()
}

/// The next receipt number of the institution and year, without gaps (I4).
pub(crate) fn next_receipt_number(tx: &mut Tx<'_>, book: Book<'_>, year: i64) -> Result<i64> {
    tx.query_one(
        sql!(
            "INSERT INTO payments_receipt_counter (bucket, institution, year, last) VALUES ($1, $2, $3, 1) ",
            "ON CONFLICT (bucket, institution, year) DO UPDATE SET last = payments_receipt_counter.last + 1 ",
            "RETURNING last"
        ),
        &params![book.bucket, book.institution, year],
    )?
    .get("last")
}

/// A receipt's own row.
pub(crate) struct ReceiptRow {
    pub(crate) payment: Id,
    pub(crate) attempt: Id,
    pub(crate) institution: String,
    pub(crate) year: i64,
    pub(crate) number: i64,
    pub(crate) code: VerificationCode,
    pub(crate) issued_at: Timestamp,
}

impl ReceiptRow {
    /// The receipt with what it was issued for.
    pub(crate) fn whole(&self, payment: &Payment, attempt: &Attempt, proof: &Proof) -> Receipt {
        Receipt {
            payment: payment.clone(),
            attempt: attempt.id,
            year: self.year,
            number: self.number,
            code: self.code,
            issued_at: self.issued_at,
            provider: attempt.provider.clone(),
            buy_order: attempt.buy_order.clone(),
            proof: proof.clone(),
        }
    }
}

pub(crate) fn insert_receipt(tx: &mut Tx<'_>, r: &ReceiptRow) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO payments_receipt (bucket, payment, attempt, institution, year, number, code, issued_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &params![r.payment.bucket(), r.payment, r.attempt, r.institution, r.year, r.number, r.code, r.issued_at],
    )?;
    Ok(())
}

pub(crate) fn receipt_of(conn: &mut Conn<'_>, payment: Id) -> Result<Option<ReceiptRow>> {
    conn.query_opt(
        sql!("SELECT * FROM payments_receipt WHERE bucket = $1 AND payment = $2"),
        &params![payment.bucket(), payment],
    )?
    .map(|row| {
        Ok(ReceiptRow {
            payment,
            attempt: row.get("attempt")?,
            institution: row.get("institution")?,
            year: row.get("year")?,
            number: row.get("number")?,
            code: row.get("code")?,
            issued_at: row.get("issued_at")?,
        })
    })
    .transpose()
}

/// Receipt numbers of an institution, by year.
pub(crate) fn receipt_numbers(conn: &mut Conn<'_>, institution: &str) -> Result<Vec<(i64, i64)>> {
    conn.query(
        sql!("SELECT year, number FROM payments_receipt WHERE institution = $1 ORDER BY year, number"),
        &params![institution],
    )?
    .iter()
    .map(|row| Ok((row.get("year")?, row.get("number")?)))
    .collect()
}
