use copihue_db::testing::{engines, misunderstood_statements};
use copihue_db::{MigrationSet, params, sql, statements};

use crate::tables::TABLES;

const FIRST: (&str, &str) = ("0001_a.sql", "CREATE TABLE test_a (n BIGINT NOT NULL);");
const SECOND: (&str, &str) = ("0002_b.sql", "ALTER TABLE test_a ADD COLUMN t TEXT;");

const fn set(files: &'static [(&'static str, &'static str)]) -> MigrationSet {
    MigrationSet { name: "test", files }
}

#[test]
fn migrations_are_applied_once_and_go_on_where_they_were() {
    for db in engines() {
        for files in [set(&[FIRST]), set(&[FIRST]), set(&[FIRST, SECOND]), set(&[FIRST, SECOND])] {
            db.migrate(&[files]).unwrap();
        }
        db.write_blocking(|tx| tx.execute(sql!("INSERT INTO test_a (n, t) VALUES (1, 'x')"), &params![]))
            .unwrap();
    }
}

#[test]
fn a_changed_migration_and_a_newer_database_are_refused() {
    for db in engines() {
        db.migrate(&[set(&[FIRST, SECOND])]).unwrap();
        let changed = db.migrate(&[set(&[("0001_a.sql", "CREATE TABLE test_a (n TEXT);"), SECOND])]);
        assert!(changed.unwrap_err().to_string().contains("changed"));
        let newer = db.migrate(&[set(&[FIRST])]);
        assert!(newer.unwrap_err().to_string().contains("newer"));
        let renamed = db.migrate(&[set(&[FIRST, ("0002_c.sql", SECOND.1)])]);
        assert!(renamed.is_err());
    }
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    const BAD: (&str, &str) =
        ("0002_bad.sql", "CREATE TABLE test_b (n BIGINT); CREATE TABLE test_a (n BIGINT);");
    for db in engines() {
        assert!(db.migrate(&[set(&[FIRST, BAD])]).is_err());
        db.migrate(&[set(&[FIRST, SECOND])]).unwrap();
        let left = db.read_blocking(|conn| conn.query(sql!("SELECT n FROM test_b"), &params![]));
        assert!(left.is_err());
    }
}

#[test]
fn every_statement_of_the_library_is_understood_by_both_engines() {
    for db in engines() {
        let db = db.prepare(&[TABLES]);
        // The tests' own stand over tables that not every database here has.
        let wrong: Vec<_> =
            misunderstood_statements(&db).into_iter().filter(|text| text.contains("db/src/")).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    assert!(statements().filter(|sql| sql.to_string().contains("db/src/")).count() > 20);
}
