//! What the platform itself last said of a key.

use std::collections::BTreeMap;

use copihue_core::Result;
use copihue_db::{Conn, Tx, params, sql};
use copihue_ledger::Register;

use crate::model::item::ItemHash;

pub(crate) fn all(conn: &mut Conn<'_>, register: Register) -> Result<BTreeMap<String, ItemHash>> {
    let rows = conn.query(
        sql!("SELECT key, item FROM registers_known WHERE register = $1"),
        &params![register.number()],
    )?;
    rows.iter().map(|row| Ok((row.get("key")?, ItemHash(row.get("item")?)))).collect()
}

pub(crate) fn put(tx: &mut Tx<'_>, register: Register, key: &str, item: ItemHash) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO registers_known (register, key, item) VALUES ($1, $2, $3)
             ON CONFLICT (register, key) DO UPDATE SET item = excluded.item"
        ),
        &params![register.number(), key, item.0],
    )?;
    Ok(())
}

pub(crate) fn forget(tx: &mut Tx<'_>, register: Register, key: &str) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM registers_known WHERE register = $1 AND key = $2"),
        &params![register.number(), key],
    )?;
    Ok(())
}
