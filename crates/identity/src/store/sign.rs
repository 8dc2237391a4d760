//! What applications under test were seen to do.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::checklist::{Seen, Sign};

/// What was seen of an application.
pub(crate) fn signs(conn: &mut Conn<'_>, client_id: &str) -> Result<Vec<Seen>> {
    conn.query(
        sql!("SELECT what, mark, n, size FROM identity_client_sign WHERE client_id = $1 ORDER BY what, mark"),
        &params![client_id],
    )?
    .iter()
    .map(|row| {
        Ok(Seen { what: row.get("what")?, mark: row.get("mark")?, n: row.get("n")?, size: row.get("size")? })
    })
    .collect()
}

/// Notes that something was seen, of at most [`Sign::most`] different values.
pub(crate) fn note_sign(
    tx: &mut Tx<'_>,
    client_id: &str,
    sign: Sign,
    (mark, size): (&[u8], usize),
    at: Timestamp,
) -> Result<()> {
    let again = tx.execute(
        sql!(
            "UPDATE identity_client_sign SET n = n + 1, last_at = $4 WHERE client_id = $1 AND what = $2 AND mark = $3"
        ),
        &params![client_id, sign.code(), mark, at],
    )?;
    if again > 0 {
        return Ok(());
    }
    let kept = tx.query(
        sql!("SELECT n FROM identity_client_sign WHERE client_id = $1 AND what = $2"),
        &params![client_id, sign.code()],
    )?;
    if kept.len() < sign.most() {
        tx.execute(
            sql!(
                "INSERT INTO identity_client_sign (client_id, what, mark, n, size, first_at, last_at) ",
                "VALUES ($1, $2, $3, 1, $4, $5, $5)"
            ),
            &params![client_id, sign.code(), mark, size, at],
        )?;
    }
    Ok(())
}

/// Forgets what was seen: its tests begin anew.
pub(crate) fn forget_signs(tx: &mut Tx<'_>, client_id: &str) -> Result<()> {
    tx.execute(sql!("DELETE FROM identity_client_sign WHERE client_id = $1"), &params![client_id])?;
    Ok(())
}
