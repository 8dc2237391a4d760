//! The tables that the tests use.

use copihue_core::{Id, Result};
use copihue_db::{Db, MigrationSet, params, sql};

pub(crate) const TABLES: MigrationSet = MigrationSet {
    name: "test",
    files: &[(
        "0001_create.sql",
        "CREATE TABLE test_owner (id BYTEA NOT NULL PRIMARY KEY, name TEXT NOT NULL, n BIGINT NOT NULL);
         CREATE TABLE test_thing (
             code TEXT NOT NULL PRIMARY KEY,
             owner BYTEA REFERENCES test_owner (id),
             parent TEXT REFERENCES test_thing (code) DEFERRABLE INITIALLY DEFERRED,
             n BIGINT
         );
         CREATE INDEX test_thing_owner ON test_thing (owner, code) WHERE owner IS NOT NULL;",
    )],
};

pub(crate) fn id(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

pub(crate) async fn add_owner(db: &Db, n: u8, name: &'static str) -> Result<u64> {
    db.write(move |tx| {
        tx.execute(sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, $2, 0)"), &params![id(n), name])
    })
    .await
}

pub(crate) async fn owners(db: &Db) -> Vec<String> {
    db.read(|conn| {
        let rows = conn.query(sql!("SELECT name FROM test_owner ORDER BY name"), &params![])?;
        rows.iter().map(|row| row.get("name")).collect()
    })
    .await
    .unwrap()
}
