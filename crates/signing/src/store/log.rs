//! The log of every use of a key.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::app::{Format, KeyUse};
use crate::model::level::Level;

pub(crate) fn add(tx: &mut Tx<'_>, bucket: Bucket, used: &KeyUse, person: Option<Id>) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_log (bucket, id, institution, serial, official, format, digest, result, at,
         level_asked, level_reached, application, person)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    let KeyUse { id, institution, serial, official, format, digest, levels, application, at } = used;
    let (asked, reached) = (levels.map(|l| l.0.name()), levels.map(|l| l.1.name()));
    let format = format.code();
    tx.execute(
        sql,
        &params![
            bucket,
            id,
            institution,
            serial,
            official,
            format,
            digest,
            "ok",
            at,
            asked,
            reached,
            application,
            person
        ],
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
        "SELECT id, institution, serial, official, format, digest, at, level_asked, level_reached, application FROM signing_log
         WHERE bucket = $1 AND institution = $2 AND at >= $3 ORDER BY id LIMIT 1000"
    );
    conn.query(sql, &params![bucket, institution, from])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<KeyUse> {
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
        application: row.get("application")?,
        at: row.get("at")?,
    })
}

/// Which of a holder's uses are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Only by this application.
    pub(crate) application: Option<String>,
    /// Only between these instants.
    pub(crate) between: Option<(Timestamp, Timestamp)>,
    /// Only older than this one.
    pub(crate) before: Option<Id>,
}

/// A use, and whether its event stands among those of the person who asks.
pub(crate) struct Listed {
    pub(crate) used: KeyUse,
    pub(crate) person: Option<Id>,
}

/// A holder's uses, the newest first.
pub(crate) fn of_holder(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Listed>> {
    let sql = sql!(
        "SELECT id, institution, serial, official, format, digest, at, level_asked, level_reached, application, person
         FROM signing_log WHERE bucket = $1 AND institution = $2 AND official = $3 AND id < $4 AND at >= $5 AND at < $6
         AND ($7 = '' OR application = $7) ORDER BY id DESC LIMIT $8"
    );
    let before = filter.before.map_or_else(|| vec![0xff; 16], |id| id.as_bytes().to_vec());
    let (from, to) = filter.between.unwrap_or((Timestamp::from_millis(0), Timestamp::from_millis(i64::MAX)));
    let application = filter.application.as_deref().unwrap_or_default();
    conn.query(sql, &params![bucket, institution, official, before, from, to, application, limit])?
        .iter()
        .map(|row| Ok(Listed { used: read(row)?, person: row.get("person")? }))
        .collect()
}

fn levels(row: &Row) -> Result<Option<(Level, Level)>> {
    let level = |column| -> Result<Option<Level>> {
        let name: Option<String> = row.get(column)?;
        Ok(name.and_then(|n| Level::from_name(&n)))
    };
    Ok(level("level_asked")?.zip(level("level_reached")?))
}
