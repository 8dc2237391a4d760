//! Petitions to be made a holder.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::petition::{Answer, BodyAsking, Petition, PetitionKind};

fn read(row: &Row) -> Result<Petition> {
    let kind: String = row.get("kind")?;
    Ok(Petition {
        id: row.get("id")?,
        institution: row.get("institution")?,
        kind: PetitionKind::from_code(&kind).ok_or_else(|| Error::internal("a petition of no kind"))?,
        official: row.get("official")?,
        name: row.get("name")?,
        asked_at: row.get("asked_at")?,
        due: row.get("due")?,
        answer: answer(row)?,
    })
}

fn answer(row: &Row) -> Result<Option<(Timestamp, Answer)>> {
    let Some(at) = row.get::<Option<Timestamp>>("done_at")? else { return Ok(None) };
    // Before answers were kept, it ended when it was granted.
    let Some(code) = row.get::<Option<String>>("answer")? else { return Ok(Some((at, Answer::Granted))) };
    let answer = Answer::from_stored(&code, row.get("reason")?);
    Ok(Some((at, answer.ok_or_else(|| Error::internal("a petition has a bad answer"))?)))
}

/// Adds a petition, unless one of the official's is open. Answers whether it was added.
pub(crate) fn add(tx: &mut Tx<'_>, new: &Petition) -> Result<bool> {
    let sql = sql!(
        "INSERT INTO signing_petition (bucket, id, institution, kind, official, name, asked_at, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
    );
    let Petition { id, institution, kind, official, name, asked_at, due, .. } = new;
    let added =
        tx.execute(sql, &params![id.bucket(), id, institution, kind.code(), official, name, asked_at, due])?;
    Ok(added == 1)
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<Petition>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, name, asked_at, due, done_at, answer, reason FROM signing_petition
         WHERE bucket = $1 AND id = $2"
    );
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(read).transpose()
}

/// What an official asked last: the open one, if there is one.
pub(crate) fn last_of(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Option<Petition>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, name, asked_at, due, done_at, answer, reason FROM signing_petition
         WHERE bucket = $1 AND institution = $2 AND official = $3
         ORDER BY CASE WHEN done_at IS NULL THEN 0 ELSE 1 END, asked_at DESC, id DESC LIMIT 1"
    );
    conn.query_opt(sql, &params![bucket, institution, official])?.as_ref().map(read).transpose()
}

/// How often an official asked after an instant.
pub(crate) fn count_after(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    after: Timestamp,
) -> Result<i64> {
    let sql = sql!(
        "SELECT COUNT(*) AS n FROM signing_petition
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND asked_at > $4"
    );
    conn.query_one(sql, &params![bucket, institution, official, after])?.get("n")
}

/// What is open in an institution, what was asked first, first: as many as a page shows.
pub(crate) fn open_in(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<Vec<Petition>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, name, asked_at, due, done_at, answer, reason FROM signing_petition
         WHERE bucket = $1 AND institution = $2 AND done_at IS NULL ORDER BY asked_at, id LIMIT 500"
    );
    conn.query(sql, &params![bucket, institution])?.iter().map(read).collect()
}

/// Every institution that waits to be enabled, the one that has to be answered first, first.
pub(crate) fn bodies(conn: &mut Conn<'_>) -> Result<Vec<BodyAsking>> {
    let sql = sql!(
        "SELECT institution, COUNT(*) AS people, MIN(due) AS first_due FROM signing_petition
         WHERE kind = $1 AND done_at IS NULL GROUP BY institution ORDER BY first_due, institution LIMIT 1000"
    );
    let one = |row: &Row| {
        let (people, due) = (row.get("people")?, row.get("first_due")?);
        Ok(BodyAsking { institution: row.get("institution")?, people, due })
    };
    conn.query(sql, &params![PetitionKind::Institution.code()])?.iter().map(one).collect()
}

/// Keeps how a petition ended.
pub(crate) fn save(tx: &mut Tx<'_>, one: &Petition) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_petition SET done_at = $3, answer = $4, reason = $5 WHERE bucket = $1 AND id = $2"
    );
    let (at, answer) = one.answer.as_ref().map(|(at, answer)| (at, answer)).unzip();
    let (code, reason) = (answer.map(Answer::code), answer.and_then(Answer::reason));
    tx.execute(sql, &params![one.id.bucket(), one.id, at, code, reason])?;
    Ok(())
}

/// The official is a holder now.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_petition SET done_at = $4, answer = $5
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND done_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, at, Answer::Granted.code()])?;
    Ok(())
}

/// The institution has an operator now, who answers what is open until `due`. Answers how many petitions it was.
pub(crate) fn pass_on(tx: &mut Tx<'_>, bucket: Bucket, institution: &str, due: Timestamp) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_petition SET kind = $3, due = $4
         WHERE bucket = $1 AND institution = $2 AND kind = $5 AND done_at IS NULL"
    );
    let (to, from) = (PetitionKind::Holder.code(), PetitionKind::Institution.code());
    tx.execute(sql, &params![bucket, institution, to, due, from])
}
