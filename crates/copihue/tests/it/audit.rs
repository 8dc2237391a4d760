//! Reads the tables of several services together, as no service may: is any of it half there?

use std::collections::BTreeMap;
use std::path::Path;

use copihue_casefiles::{EntryClass, Skeleton, replay};
use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, params, sql};

/// Payments that were begun to be charged, promised certificates, and steps that the platform has to take.
pub(crate) fn unfinished(conn: &mut Conn<'_>) -> Result<i64> {
    let row = conn.query_one(
        sql!(
            "SELECT (SELECT count(*) FROM payments_payment WHERE state = 'submitted') + (SELECT count(*) FROM payments_attempt WHERE state = 'committing') + (SELECT count(*) FROM casefiles_filing WHERE n IS NULL) AS n"
        ),
        &params![],
    )?;
    row.get("n")
}

/// Everything that is not as it must be.
pub(crate) fn findings(conn: &mut Conn<'_>, objects: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (what, rows) in wrong(conn)? {
        found.extend(
            rows.iter()
                .map(|row| row.at::<String>(0).map(|id| format!("{what}: {id}")))
                .collect::<Result<Vec<_>>>()?,
        );
    }
    found.extend(broken_indexes(conn)?);
    found.extend(lost_blobs(conn, objects)?);
    Ok(found)
}

/// A rule in words, and the rows that break it.
fn wrong(conn: &mut Conn<'_>) -> Result<Vec<(&'static str, Vec<Row>)>> {
    Ok(vec![
        (
            "a case file without its filing certificate",
            conn.query(sql!("SELECT c.iuie FROM casefiles_case c WHERE NOT EXISTS (SELECT 1 FROM casefiles_filing f WHERE f.bucket = c.bucket AND f.case_id = c.id)"), &params![])?,
        ),
        (
            "a case file that no procedure knows",
            conn.query(sql!("SELECT c.iuie FROM casefiles_case c WHERE NOT EXISTS (SELECT 1 FROM procedures_case p WHERE p.institution = c.institution AND p.iuie = c.iuie)"), &params![])?,
        ),
        (
            "a filed procedure without its case file",
            conn.query(sql!("SELECT p.status FROM procedures_case p WHERE p.filed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM casefiles_case c WHERE p.institution = c.institution AND p.iuie = c.iuie)"), &params![])?,
        ),
        (
            "two receipts for one case",
            conn.query(sql!("SELECT p.case_iuie FROM payments_payment p JOIN payments_receipt r ON r.bucket = p.bucket AND r.payment = p.id GROUP BY p.case_iuie HAVING count(*) > 1"), &params![])?,
        ),
        (
            "a payment without its receipt",
            conn.query(sql!("SELECT p.description FROM payments_payment p WHERE p.state = 'success' AND NOT EXISTS (SELECT 1 FROM payments_receipt r WHERE r.bucket = p.bucket AND r.payment = p.id)"), &params![])?,
        ),
        (
            "a receipt without a payment",
            conn.query(sql!("SELECT r.code FROM payments_receipt r WHERE NOT EXISTS (SELECT 1 FROM payments_payment p WHERE r.bucket = p.bucket AND r.payment = p.id AND p.state = 'success')"), &params![])?,
        ),
        (
            "paid, and neither a permit nor a refund",
            conn.query(sql!("SELECT p.description FROM payments_payment p WHERE p.state = 'success' AND p.refund IS NULL AND NOT EXISTS (SELECT 1 FROM procedures_case c WHERE c.institution = p.institution AND c.iuie = p.case_iuie AND c.closed IS NOT NULL)"), &params![])?,
        ),
        (
            "charged by the provider, and not paid with us",
            conn.query(sql!("SELECT s.buy_order FROM payments_sandbox s WHERE s.state = 'charged' AND NOT EXISTS (SELECT 1 FROM payments_attempt a JOIN payments_payment p ON p.bucket = a.bucket AND p.id = a.payment WHERE a.buy_order = s.buy_order AND p.state = 'success')"), &params![])?,
        ),
        (
            "charged more than once",
            conn.query(sql!("SELECT buy_order FROM payments_sandbox WHERE commits > 1"), &params![])?,
        ),
        (
            "an entry of the journal whose sides differ",
            conn.query(sql!("SELECT institution FROM payments_journal_line GROUP BY institution, n HAVING CAST(sum(amount) AS BIGINT) <> 0"), &params![])?,
        ),
        (
            "a case whose history is cut",
            conn.query(sql!("SELECT c.status FROM procedures_case c WHERE c.seq <> (SELECT count(*) FROM procedures_event e WHERE e.bucket = c.bucket AND e.case_id = c.id) OR NOT EXISTS (SELECT 1 FROM procedures_event e WHERE e.bucket = c.bucket AND e.case_id = c.id AND e.seq = c.seq AND e.hash = c.head)"), &params![])?,
        ),
        (
            "a case file whose trace is cut",
            conn.query(sql!("SELECT c.iuie FROM casefiles_case c WHERE NOT EXISTS (SELECT 1 FROM casefiles_trace t WHERE t.bucket = c.bucket AND t.case_id = c.id AND t.n = c.trace_n AND t.hash = c.trace_head)"), &params![])?,
        ),
        (
            "a document in no index",
            conn.query(sql!("SELECT d.document FROM casefiles_document d WHERE NOT EXISTS (SELECT 1 FROM casefiles_entry e WHERE e.bucket = d.bucket AND e.case_id = d.case_id AND e.n = d.n)"), &params![])?,
        ),
        (
            "a signed document that nobody can verify",
            conn.query(sql!("SELECT d.code FROM casefiles_document d WHERE d.code IS NOT NULL AND d.media_type = 'application/pdf' AND NOT EXISTS (SELECT 1 FROM signing_document s WHERE s.code = d.code AND s.sha256 = d.sha256)"), &params![])?,
        ),
        (
            "a job that was given up",
            conn.query(sql!("SELECT kind FROM db_job WHERE parked_at IS NOT NULL"), &params![])?,
        ),
    ])
}

/// Each index leads to the head that its case holds (EXP-51).
fn broken_indexes(conn: &mut Conn<'_>) -> Result<Vec<String>> {
    let cases = conn.query(
        sql!("SELECT bucket, id, institution, iuie, opened_at, head FROM casefiles_case"),
        &params![],
    )?;
    let rows = conn.query(
        sql!("SELECT case_id, n, class, ref, rec, inc, c FROM casefiles_entry ORDER BY case_id, n"),
        &params![],
    )?;
    let mut entries: BTreeMap<Id, Vec<Row>> = BTreeMap::new();
    for row in rows {
        entries.entry(row.get("case_id")?).or_default().push(row);
    }
    let mut found = Vec::new();
    for case in &cases {
        let exp = format!("{}/{}", case.get::<String>("institution")?, case.get::<String>("iuie")?);
        let of_case = entries.get(&case.get("id")?).map_or(&[][..], Vec::as_slice);
        let index = of_case.iter().map(|row| skeleton(row, &exp)).collect::<Result<Vec<_>>>()?;
        let head = replay(&exp, case.get::<Timestamp>("opened_at")?, &index)?;
        if case.get::<Vec<u8>>("head")? != head {
            found.push(format!("an index that does not lead to its head: {exp}"));
        }
    }
    Ok(found)
}

fn skeleton(row: &Row, exp: &str) -> Result<Skeleton> {
    Ok(Skeleton {
        c: row.get("c")?,
        clase: EntryClass::parse(&row.get::<String>("class")?)?,
        exp: exp.to_owned(),
        id: row.get("ref")?,
        inc: row.get("inc")?,
        n: row.get("n")?,
        rec: row.get("rec")?,
    })
}

/// Documents whose bytes are nowhere, or are others.
fn lost_blobs(conn: &mut Conn<'_>, objects: &Path) -> Result<Vec<String>> {
    let rows = conn.query(
        sql!("SELECT DISTINCT d.document, d.sha256, b.content FROM casefiles_document d LEFT JOIN db_blob b ON b.sha256 = d.sha256"),
        &params![],
    )?;
    let mut found = Vec::new();
    for row in rows {
        let sha256: Vec<u8> = row.get("sha256")?;
        let content = match row.get::<Option<Vec<u8>>>("content")? {
            Some(content) => content,
            None => file(objects, &hex(&sha256)),
        };
        if copihue_core::json::sha256(&content).to_vec() != sha256 {
            found.push(format!("a document without its bytes: {}", row.get::<String>("document")?));
        }
    }
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The kept file of this name; empty when there is none.
fn file(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(&name[..2]).join(&name[2..4]).join(name)).unwrap_or_default()
}
