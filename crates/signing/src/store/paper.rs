//! Papers, who signs them, and who opened them.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::colleague::Colleague;
use crate::model::paper::{Paper, PaperState, Turn, TurnState};
use crate::model::place::Place;

fn bad(what: &str) -> Error {
    Error::internal(format_args!("a stored paper has a bad {what}"))
}

pub(crate) fn add(tx: &mut Tx<'_>, paper: &Paper) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_paper (bucket, id, institution, title, file_name, sender, sender_name, message, original,
         sha256, size, findings, state, created_at, expires_at, code)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let p = paper;
    let findings = serde_json::to_string(&p.findings)?;
    let (sha256, size) = p.current;
    tx.execute(
        sql,
        &params![
            p.id.bucket(),
            p.id,
            p.institution,
            p.title,
            p.file,
            p.sender,
            p.sender_name,
            p.message,
            p.original,
            sha256,
            size,
            findings,
            p.state.code(),
            p.created_at,
            p.expires_at,
            p.code
        ],
    )?;
    Ok(())
}

fn paper(row: &Row) -> Result<Paper> {
    let (state, findings): (String, String) = (row.get("state")?, row.get("findings")?);
    Ok(Paper {
        id: row.get("id")?,
        institution: row.get("institution")?,
        title: row.get("title")?,
        file: row.get("file_name")?,
        sender: row.get("sender")?,
        sender_name: row.get("sender_name")?,
        message: row.get("message")?,
        original: row.get("original")?,
        current: (row.get("sha256")?, row.get("size")?),
        findings: serde_json::from_str(&findings)?,
        state: PaperState::from_code(&state).ok_or_else(|| bad("state"))?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        ended_at: row.get("ended_at")?,
        code: row.get("code")?,
    })
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<Paper>> {
    let sql = sql!(
        "SELECT id, institution, title, file_name, sender, sender_name, message, original, sha256, size, findings, state,
         created_at, expires_at, ended_at, code FROM signing_paper WHERE bucket = $1 AND id = $2"
    );
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(paper).transpose()
}

/// What waits for an official: the turns that are theirs, in papers that can still be signed, oldest first.
pub(crate) fn waiting(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    now: Timestamp,
) -> Result<Vec<Paper>> {
    let sql = sql!(
        "SELECT p.id, p.institution, p.title, p.file_name, p.sender, p.sender_name, p.message, p.original, p.sha256,
         p.size, p.findings, p.state, p.created_at, p.expires_at, p.ended_at, p.code
         FROM signing_turn t JOIN signing_paper p ON p.bucket = t.bucket AND p.id = t.paper
         WHERE t.bucket = $1 AND t.institution = $2 AND t.official = $3 AND t.state = 'pendiente'
         AND p.state = 'en_curso' AND p.expires_at > $4 ORDER BY t.paper LIMIT 500"
    );
    conn.query(sql, &params![bucket, institution, official, now])?.iter().map(paper).collect()
}

/// What an official signed or refused, newest first.
pub(crate) fn dealt_with(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    most: i64,
) -> Result<Vec<Paper>> {
    let sql = sql!(
        "SELECT p.id, p.institution, p.title, p.file_name, p.sender, p.sender_name, p.message, p.original, p.sha256,
         p.size, p.findings, p.state, p.created_at, p.expires_at, p.ended_at, p.code
         FROM signing_turn t JOIN signing_paper p ON p.bucket = t.bucket AND p.id = t.paper
         WHERE t.bucket = $1 AND t.institution = $2 AND t.official = $3 AND t.state IN ('firmado', 'rechazado')
         ORDER BY t.paper DESC LIMIT $4"
    );
    conn.query(sql, &params![bucket, institution, official, most])?.iter().map(paper).collect()
}

/// What an official sent, newest first.
pub(crate) fn sent(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, sender): (&str, Id),
    most: i64,
) -> Result<Vec<Paper>> {
    let sql = sql!(
        "SELECT id, institution, title, file_name, sender, sender_name, message, original, sha256, size, findings, state,
         created_at, expires_at, ended_at, code FROM signing_paper
         WHERE bucket = $1 AND institution = $2 AND sender = $3 ORDER BY id DESC LIMIT $4"
    );
    conn.query(sql, &params![bucket, institution, sender, most])?.iter().map(paper).collect()
}

pub(crate) fn set_state(tx: &mut Tx<'_>, id: Id, state: PaperState, now: Timestamp) -> Result<()> {
    let sql = sql!("UPDATE signing_paper SET state = $3, ended_at = $4 WHERE bucket = $1 AND id = $2");
    let ended = (state != PaperState::Underway).then_some(now);
    tx.execute(sql, &params![id.bucket(), id, state.code(), ended])?;
    Ok(())
}

/// The file with one more signature takes the place of the one without, if that is still there.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    id: Id,
    from: &[u8; 32],
    (sha256, size): (&[u8; 32], u64),
) -> Result<bool> {
    let sql = sql!(
        "UPDATE signing_paper SET sha256 = $4, size = $5 WHERE bucket = $1 AND id = $2 AND sha256 = $3 AND state = 'en_curso'"
    );
    Ok(tx.execute(sql, &params![id.bucket(), id, from, sha256, size])? == 1)
}

/// Locks a paper for a batch, unless another batch has it. Answers whether it could.
pub(crate) fn lock(tx: &mut Tx<'_>, id: Id, batch: Id, now: Timestamp, until: Timestamp) -> Result<bool> {
    let sql = sql!(
        "UPDATE signing_paper SET locked_by = $3, locked_until = $5 WHERE bucket = $1 AND id = $2
         AND (locked_by IS NULL OR locked_by = $3 OR locked_until <= $4)"
    );
    Ok(tx.execute(sql, &params![id.bucket(), id, batch, now, until])? == 1)
}

/// Lets go of every paper that a batch of its institution holds.
pub(crate) fn unlock(tx: &mut Tx<'_>, batch: Id) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_paper SET locked_by = NULL, locked_until = NULL WHERE bucket = $1 AND locked_by = $2
         AND id IN (SELECT paper FROM signing_batch_item WHERE bucket = $1 AND batch = $2)"
    );
    tx.execute(sql, &params![batch.bucket(), batch])?;
    Ok(())
}

pub(crate) fn add_turn(tx: &mut Tx<'_>, paper: Id, institution: &str, turn: &Turn) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_turn (bucket, paper, n, institution, level, official, name, state, since, place)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let t = turn;
    let (state, place) = (t.state.code(), t.place.text());
    tx.execute(
        sql,
        &params![paper.bucket(), paper, t.n, institution, t.level, t.official, t.name, state, t.since, place],
    )?;
    Ok(())
}

fn turn(row: &Row) -> Result<Turn> {
    let (state, place): (String, String) = (row.get("state")?, row.get("place")?);
    Ok(Turn {
        n: row.get("n")?,
        level: row.get("level")?,
        official: row.get("official")?,
        name: row.get("name")?,
        state: TurnState::from_code(&state).ok_or_else(|| bad("turn"))?,
        acted_by: row.get("acted_by")?,
        acted_name: row.get("acted_name")?,
        acted_at: row.get("acted_at")?,
        reason: row.get("reason")?,
        since: row.get("since")?,
        reminded_at: row.get("reminded_at")?,
        place: Place::parse(&place)?,
    })
}

/// The signers of a paper in their order.
pub(crate) fn turns(conn: &mut Conn<'_>, paper: Id) -> Result<Vec<Turn>> {
    let sql = sql!(
        "SELECT n, level, official, name, state, acted_by, acted_name, acted_at, reason, since, reminded_at, place
         FROM signing_turn WHERE bucket = $1 AND paper = $2 ORDER BY n"
    );
    conn.query(sql, &params![paper.bucket(), paper])?.iter().map(turn).collect()
}

/// Writes down where a turn stands now.
pub(crate) fn put_turn(tx: &mut Tx<'_>, paper: Id, turn: &Turn) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_turn SET state = $4, acted_by = $5, acted_name = $6, acted_at = $7, reason = $8, since = $9,
         reminded_at = $10 WHERE bucket = $1 AND paper = $2 AND n = $3"
    );
    let t = turn;
    tx.execute(
        sql,
        &params![
            paper.bucket(),
            paper,
            t.n,
            t.state.code(),
            t.acted_by,
            t.acted_name,
            t.acted_at,
            t.reason,
            t.since,
            t.reminded_at
        ],
    )?;
    Ok(())
}

/// Notes that an official opened this version of a paper.
pub(crate) fn open(tx: &mut Tx<'_>, paper: Id, official: Id, sha256: &[u8; 32], at: Timestamp) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_opened (bucket, paper, official, sha256, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (bucket, paper, official, sha256) DO NOTHING"
    );
    tx.execute(sql, &params![paper.bucket(), paper, official, sha256, at])?;
    Ok(())
}

/// When an official opened this version of a paper for the first time.
pub(crate) fn opened(
    conn: &mut Conn<'_>,
    paper: Id,
    official: Id,
    sha256: &[u8; 32],
) -> Result<Option<Timestamp>> {
    let sql = sql!(
        "SELECT at FROM signing_opened WHERE bucket = $1 AND paper = $2 AND official = $3 AND sha256 = $4"
    );
    let row = conn.query_opt(sql, &params![paper.bucket(), paper, official, sha256])?;
    row.map(|row| row.get("at")).transpose()
}

/// Who signs in an institution, by name.
pub(crate) fn colleagues(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<Vec<Colleague>> {
    let sql = sql!(
        "SELECT official, name, post FROM signing_holder WHERE bucket = $1 AND institution = $2
         ORDER BY name, official LIMIT 100000"
    );
    let colleague = |row: &Row| {
        Ok(Colleague { official: row.get("official")?, name: row.get("name")?, post: row.get("post")? })
    };
    conn.query(sql, &params![bucket, institution])?.iter().map(colleague).collect()
}

/// Whether a batch is signing a paper.
pub(crate) fn is_locked(conn: &mut Conn<'_>, id: Id, now: Timestamp) -> Result<bool> {
    let sql = sql!("SELECT 1 AS held FROM signing_paper WHERE bucket = $1 AND id = $2 AND locked_until > $3");
    Ok(conn.query_opt(sql, &params![id.bucket(), id, now])?.is_some())
}

/// Gives the signers until then.
pub(crate) fn prolong(tx: &mut Tx<'_>, id: Id, until: Timestamp) -> Result<()> {
    let sql = sql!("UPDATE signing_paper SET expires_at = $3 WHERE bucket = $1 AND id = $2");
    tx.execute(sql, &params![id.bucket(), id, until])?;
    Ok(())
}
