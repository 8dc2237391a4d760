//! Every SQL text of the crate. Nothing is updated in place: a change adds a version.

mod designation;
mod institution;
mod official;
mod substitution;
mod unit;

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::designation::Act;
use crate::model::period::Period;
use crate::model::snapshot::Rows;

pub(crate) use self::designation::{designation, designations, insert_designation};
pub(crate) use self::institution::{insert_alias, insert_institution, institution, institution_exists};
pub(crate) use self::official::{
    Sealed, find_official, insert_membership, insert_official, membership, memberships_of, official_email,
    official_run,
};
pub(crate) use self::substitution::{insert_substitution, substitution, substitutions};
pub(crate) use self::unit::{insert_post, insert_unit, post, unit, units};

/// Who recorded a row, and when: the second of the two times.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) at: Timestamp,
    pub(crate) by: String,
}

/// Everything known at an instant.
pub(crate) fn rows(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Rows> {
    Ok(Rows {
        institutions: institution::all(conn, known_at)?,
        aliases: institution::aliases(conn, known_at)?,
        units: unit::all_units(conn, known_at)?,
        posts: unit::all_posts(conn, known_at)?,
        officials: official::all(conn, known_at)?,
        memberships: official::all_memberships(conn, known_at)?,
        designations: designation::all(conn, known_at)?,
        substitutions: substitution::all(conn, known_at)?,
    })
}

/// How many changes there have been.
pub(crate) fn version(conn: &mut Conn<'_>) -> Result<i64> {
    conn.query_one(sql!("SELECT n FROM directory_version WHERE one = 1"), &params![])?.get("n")
}

/// Counts a change. Taken first by every write, it also puts writers one after the other: two heads cannot be named at once.
pub(crate) fn begin_change(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(sql!("UPDATE directory_version SET n = n + 1 WHERE one = 1"), &params![])?;
    Ok(())
}

/// Registers a role under its present name.
pub(crate) fn put_role(tx: &mut Tx<'_>, code: &str, name: &str, service: &str) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO directory_role (code, name, service) VALUES ($1, $2, $3) ",
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name, service = excluded.service"
        ),
        &params![code, name, service],
    )?;
    Ok(())
}

/// The codes of every role that was ever registered.
pub(crate) fn role_codes(conn: &mut Conn<'_>) -> Result<Vec<String>> {
    conn.query(sql!("SELECT code FROM directory_role ORDER BY code"), &params![])?
        .iter()
        .map(|row| row.get("code"))
        .collect()
}

/// Reads rows ordered by their key and then their version, keeping the last of each key.
fn last_versions<K: PartialEq, T>(
    rows: &[Row],
    key: impl Fn(&Row) -> Result<K>,
    read: impl Fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    let mut kept: Vec<T> = Vec::with_capacity(rows.len());
    let mut previous = None;
    for row in rows {
        let this = Some(key(row)?);
        if this == previous {
            kept.pop();
        }
        kept.push(read(row)?);
        previous = this;
    }
    Ok(kept)
}

/// An enum from its code.
fn code<T>(row: &Row, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| Error::internal(format_args!("unknown code {text} in {column}")))
}

fn period(row: &Row) -> Result<Period> {
    Period::new(row.get("valid_from")?, row.get("valid_to")?)
}

fn act(row: &Row) -> Result<Option<Act>> {
    let Some(kind) = row.get::<Option<String>>("act_kind")? else { return Ok(None) };
    Ok(Some(Act { kind, number: row.get("act_number")?, date: row.get("act_date")? }))
}
