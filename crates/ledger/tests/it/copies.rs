//! What an attack or an accident needs: a backup of the ledger's tables, and static copies of a log.

use std::path::Path;

use copihue_db::{Db, MigrationSet, params, sql};
use copihue_ledger::{Family, Ledger};
use copihue_tlog::tile::{TilePath, WIDTH};

/// Tables that hold a backup of the ledger's.
pub(crate) const SAVED: MigrationSet = MigrationSet {
    name: "ledger_saved",
    files: &[(
        "0001.sql",
        "CREATE TABLE saved_record (family BIGINT, record_id TEXT, seq BIGINT, kind TEXT, entry TEXT,
            commitments BYTEA, sealed BYTEA, created_at BIGINT, idx BIGINT, concerns BYTEA);
         CREATE TABLE saved_tree (family BIGINT, size BIGINT, root BYTEA, frontier BYTEA);
         CREATE TABLE saved_tile (family BIGINT, level BIGINT, n BIGINT, hashes BYTEA);
         CREATE TABLE saved_checkpoint (family BIGINT, size BIGINT, root BYTEA, note TEXT, signed_at BIGINT,
            published_at BIGINT);",
    )],
};

/// Takes a backup.
pub(crate) async fn back_up(db: &Db) {
    db.write(|tx| {
        tx.execute(sql!("INSERT INTO saved_record SELECT * FROM ledger_record"), &params![])?;
        tx.execute(sql!("INSERT INTO saved_tree SELECT * FROM ledger_tree"), &params![])?;
        tx.execute(sql!("INSERT INTO saved_tile SELECT * FROM ledger_tile"), &params![])?;
        tx.execute(sql!("INSERT INTO saved_checkpoint SELECT * FROM ledger_checkpoint"), &params![])
    })
    .await
    .unwrap();
}

/// Puts the backup in the place of what is there.
pub(crate) async fn restore(db: &Db) {
    db.write(|tx| {
        for statement in [
            sql!("DELETE FROM ledger_record"),
            sql!("DELETE FROM ledger_tree"),
            sql!("DELETE FROM ledger_tile"),
            sql!("DELETE FROM ledger_checkpoint"),
            sql!("INSERT INTO ledger_record SELECT * FROM saved_record"),
            sql!("INSERT INTO ledger_tree SELECT * FROM saved_tree"),
            sql!("INSERT INTO ledger_tile SELECT * FROM saved_tile"),
            sql!("INSERT INTO ledger_checkpoint SELECT * FROM saved_checkpoint"),
        ] {
            tx.execute(statement, &params![])?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

/// Writes a log's checkpoint and bundles as static files, as any third party would keep them.
pub(crate) async fn clone_to(folder: &Path, ledger: &Ledger, family: Family, size: u64) {
    let root = folder.join(family.name());
    let note = ledger.checkpoint(family).await.unwrap().unwrap();
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("checkpoint"), note).unwrap();
    for n in 0..size.div_ceil(WIDTH) {
        let width = u16::try_from((size - n * WIDTH).min(WIDTH)).unwrap();
        let path = TilePath::Entries { n, width };
        let file = root.join(path.to_string());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, ledger.tile(family, path).await.unwrap().unwrap()).unwrap();
    }
}

/// The largest size that was ever signed.
pub(crate) async fn largest_signed(db: &Db) -> u64 {
    db.read(|conn| {
        conn.query_one(sql!("SELECT max(size) AS size FROM ledger_checkpoint"), &params![])?.get("size")
    })
    .await
    .unwrap()
}
