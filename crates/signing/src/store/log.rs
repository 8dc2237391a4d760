//! The log of every use of a key.

use copihue_core::{Bucket, Error, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::app::{Format, KeyUse};
use crate::model::level::Level;

pub(crate) fn add(tx: &mut Tx<'_>, bucket: Bucket, used: &KeyUse) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_log (bucket, id, institution, serial, official, format, digest, result, at,
         level_asked, level_reached)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let KeyUse { id, institution, serial, official, format, digest, levels, at } = used;
    let (asked, reached) = (levels.map(|l| l.0.name()), levels.map(|l| l.1.name()));
    let format = format.code();
    tx.execute(
        sql,
        &params![bucket, id, institution, serial, official, format, digest, "ok", at, asked, reached],
    )?;
    Ok(())
}

pub(crate) fn since(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    from: Timestamp,
) -> Result<Vec<KeyUse>> {
    let sql = sql!(
        "SELECT id, institution, serial, official, format, digest, at, level_asked, level_reached FROM signing_log
         WHERE bucket = $1 AND institution = $2 AND at >= $3 ORDER BY id LIMIT 1000"
    );
    conn.query(sql, &params![bucket, institution, from])?
        .iter()
        .map(|row| {
            let format: String = row.get("format")?;
            Ok(KeyUse {
                id: row.get("id")?,
                institution: row.get("institution")?,
                serial: row.get("serial")?,
                official: row.get("official")?,
                format: Format::from_code(&format)
                    .ok_or_else(|| Error::internal("a logged signature of no format"))?,
                digest: row.get("digest")?,
                levels: levels(row)?,
                at: row.get("at")?,
            })
        })
        .collect()
}

fn levels(row: &Row) -> Result<Option<(Level, Level)>> {
    let level = |column| -> Result<Option<Level>> {
        let name: Option<String> = row.get(column)?;
        Ok(name.and_then(|n| Level::from_name(&n)))
    };
    Ok(level("level_asked")?.zip(level("level_reached")?))
}
