use copihue_core::{Error, Id};
use copihue_db::testing::on_each_engine;
use copihue_db::{Db, MigrationSet, is_foreign_key_violation, is_unique_violation, params, sql};

pub(crate) const TABLES: MigrationSet = MigrationSet {
    name: "test",
    files: &[(
        "0001_create.sql",
        "CREATE TABLE test_owner (id BYTEA NOT NULL PRIMARY KEY, name TEXT NOT NULL, n BIGINT NOT NULL);
         CREATE TABLE test_thing (
             code TEXT NOT NULL PRIMARY KEY,
             owner BYTEA REFERENCES test_owner (id),
             n BIGINT
         );
         CREATE INDEX test_thing_owner ON test_thing (owner, code) WHERE owner IS NOT NULL;",
    )],
};

pub(crate) fn id(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

pub(crate) async fn add_owner(db: &Db, n: u8, name: &'static str) -> copihue_core::Result<u64> {
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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_read_and_a_refused_closure_leaves_nothing() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        let refused: Result<(), Error> = db
            .write(|tx| {
                tx.execute(sql!("UPDATE test_owner SET name = 'x' WHERE id = $1"), &params![id(1)])?;
                Err(Error::invalid("no", "No."))
            })
            .await;
        assert_eq!(refused.unwrap_err().code(), "no");
        assert_eq!(owners(&db).await, ["Ana"]);
        let none = db.read(|c| c.query_opt(sql!("SELECT n FROM test_owner WHERE n = 9"), &params![])).await;
        assert!(none.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn constraints_are_told_apart() {
    on_each_engine(&[TABLES], |db| async move {
        add_owner(&db, 1, "Ana").await.unwrap();
        assert!(is_unique_violation(&add_owner(&db, 1, "Otra").await.unwrap_err()));
        let orphan = db
            .write(|tx| {
                tx.execute(sql!("INSERT INTO test_thing (code, owner) VALUES ('a', $1)"), &params![id(9)])
            })
            .await;
        assert!(is_foreign_key_violation(&orphan.unwrap_err()));
    })
    .await;
}
