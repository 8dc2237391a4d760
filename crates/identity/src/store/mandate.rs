//! Mandates, and those for whom they are held.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::unknown;
use crate::model::mandate::{Capacity, EntityKind, MandateState, Power, Source, Validity};

/// Somebody acted for: the RUT still sealed.
#[derive(Clone, Debug)]
pub(crate) struct EntityRow {
    pub(crate) id: Id,
    pub(crate) rut_sealed: Vec<u8>,
    pub(crate) name: String,
    pub(crate) kind: EntityKind,
}

/// A mandate, and its entity as stored.
#[derive(Clone, Debug)]
pub(crate) struct MandateRow {
    pub(crate) id: Id,
    pub(crate) validity: Validity,
    pub(crate) entity: Id,
    pub(crate) capacity: Capacity,
    pub(crate) powers: Vec<Power>,
    pub(crate) source: Source,
    pub(crate) may_delegate: bool,
    pub(crate) parent: Option<Id>,
    pub(crate) created: Timestamp,
}

/// Writes somebody down, or answers who is there under this RUT.
pub(crate) fn entity_or_insert(
    tx: &mut Tx<'_>,
    row: &EntityRow,
    rut_hash: &[u8; 32],
    now: Timestamp,
) -> Result<EntityRow> {
    tx.execute(
        sql!(
            "INSERT INTO identity_entity (bucket, id, rut_hash, rut_sealed, name, kind, created_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (bucket, rut_hash) DO NOTHING"
        ),
        &params![row.id.bucket(), row.id, rut_hash, row.rut_sealed, row.name, row.kind.code(), now],
    )?;
    let found = tx.query_one(
        sql!("SELECT id, rut_sealed, name, kind FROM identity_entity WHERE bucket = $1 AND rut_hash = $2"),
        &params![row.id.bucket(), rut_hash],
    )?;
    entity_of(&found)
}

fn entity_of(row: &Row) -> Result<EntityRow> {
    Ok(EntityRow {
        id: row.get("id")?,
        rut_sealed: row.get("rut_sealed")?,
        name: row.get("name")?,
        kind: EntityKind::parse(&row.get::<String>("kind")?).ok_or_else(|| unknown("kind"))?,
    })
}

/// Somebody acted for.
pub(crate) fn entity(conn: &mut Conn<'_>, id: Id) -> Result<Option<EntityRow>> {
    conn.query_opt(
        sql!("SELECT id, rut_sealed, name, kind FROM identity_entity WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id],
    )?
    .as_ref()
    .map(entity_of)
    .transpose()
}

/// Whether somebody is known under this RUT.
pub(crate) fn entity_by_rut(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    rut_hash: &[u8; 32],
) -> Result<Option<EntityRow>> {
    conn.query_opt(
        sql!("SELECT id, rut_sealed, name, kind FROM identity_entity WHERE bucket = $1 AND rut_hash = $2"),
        &params![bucket, rut_hash],
    )?
    .as_ref()
    .map(entity_of)
    .transpose()
}

/// Writes a mandate.
pub(crate) fn insert_mandate(tx: &mut Tx<'_>, m: &MandateRow) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_mandate ",
            "(bucket, holder, id, entity, capacity, powers, source, state, until_at, may_delegate, parent, created_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &params![
            m.validity.holder.bucket(),
            m.validity.holder,
            m.id,
            m.entity,
            m.capacity.code(),
            m.powers.iter().map(|power| power.code()).collect::<Vec<_>>().join(" "),
            m.source.code(),
            m.validity.state.code(),
            m.validity.until,
            i64::from(m.may_delegate),
            m.parent,
            m.created
        ],
    )?;
    Ok(())
}

fn mandate_of(row: &Row) -> Result<MandateRow> {
    let text = |column| row.get::<String>(column);
    Ok(MandateRow {
        id: row.get("id")?,
        validity: Validity {
            holder: row.get("holder")?,
            state: MandateState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
            until: row.get("until_at")?,
        },
        entity: row.get("entity")?,
        capacity: Capacity::parse(&text("capacity")?).ok_or_else(|| unknown("capacity"))?,
        powers: text("powers")?.split(' ').filter_map(Power::parse).collect(),
        source: Source::parse(&text("source")?).ok_or_else(|| unknown("source"))?,
        may_delegate: row.get::<i64>("may_delegate")? == 1,
        parent: row.get("parent")?,
        created: row.get("created_at")?,
    })
}

/// A mandate of this holder.
pub(crate) fn mandate(conn: &mut Conn<'_>, holder: Id, id: Id) -> Result<Option<MandateRow>> {
    conn.query_opt(
        sql!(
            "SELECT id, holder, entity, capacity, powers, source, state, until_at, may_delegate, parent, created_at ",
            "FROM identity_mandate WHERE bucket = $1 AND holder = $2 AND id = $3"
        ),
        &params![holder.bucket(), holder, id],
    )?
    .as_ref()
    .map(mandate_of)
    .transpose()
}

/// What somebody holds, the latest first.
pub(crate) fn held(conn: &mut Conn<'_>, holder: Id) -> Result<Vec<MandateRow>> {
    conn.query(
        sql!(
            "SELECT id, holder, entity, capacity, powers, source, state, until_at, may_delegate, parent, created_at ",
            "FROM identity_mandate WHERE bucket = $1 AND holder = $2 ORDER BY id DESC LIMIT 200"
        ),
        &params![holder.bucket(), holder],
    )?
    .iter()
    .map(mandate_of)
    .collect()
}

/// What others hold for somebody, the latest first.
pub(crate) fn given(conn: &mut Conn<'_>, entity: Id) -> Result<Vec<MandateRow>> {
    conn.query(
        sql!(
            "SELECT id, holder, entity, capacity, powers, source, state, until_at, may_delegate, parent, created_at ",
            "FROM identity_mandate WHERE entity = $1 ORDER BY created_at DESC LIMIT 200"
        ),
        &params![entity],
    )?
    .iter()
    .map(mandate_of)
    .collect()
}

/// Moves a mandate from one state to another; `false` when somebody was faster.
pub(crate) fn move_mandate(
    tx: &mut Tx<'_>,
    (holder, id): (Id, Id),
    from: MandateState,
    to: MandateState,
    ended: Option<Timestamp>,
) -> Result<bool> {
    let moved = tx.execute(
        sql!(
            "UPDATE identity_mandate SET state = $5, ended_at = $6 ",
            "WHERE bucket = $1 AND holder = $2 AND id = $3 AND state = $4"
        ),
        &params![holder.bucket(), holder, id, from.code(), to.code(), ended],
    )?;
    Ok(moved == 1)
}

/// Ends what was given by a mandate. Answers the applications, each with the provider's session that it came from.
pub(crate) fn revoke_by_mandate(
    tx: &mut Tx<'_>,
    holder: Id,
    mandate: Id,
    now: Timestamp,
) -> Result<Vec<(String, Id)>> {
    let rows = tx.query(
        sql!(
            "SELECT DISTINCT client_id, sid FROM identity_grant WHERE bucket = $1 AND person = $2 AND mandate = $3 ",
            "AND revoked_at IS NULL AND expires_at > $4"
        ),
        &params![holder.bucket(), holder, mandate, now],
    )?;
    tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $4 ",
            "WHERE bucket = $1 AND person = $2 AND mandate = $3 AND revoked_at IS NULL"
        ),
        &params![holder.bucket(), holder, mandate, now],
    )?;
    rows.iter().map(|row| Ok((row.get("client_id")?, row.get("sid")?))).collect()
}
