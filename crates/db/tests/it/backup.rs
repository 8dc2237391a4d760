use std::collections::BTreeSet;
use std::io::Write;

use copihue_core::Result;
use copihue_db::backup::{Manifest, Progress, backup, copy, restore};
use copihue_db::blobs::{Blobs, INLINE};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{MigrationSet, params, sql};

use crate::tables::{TABLES, id};

/// The next version of the program, which has one more migration.
const LATER: MigrationSet = MigrationSet {
    name: "later",
    files: &[("0001_more.sql", "CREATE TABLE later_more (n BIGINT NOT NULL PRIMARY KEY);")],
};

/// A migration that puts a row itself.
const SEEDED: MigrationSet = MigrationSet {
    name: "seeded",
    files: &[(
        "0001_seeded.sql",
        "CREATE TABLE test_seeded (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
         INSERT INTO test_seeded (one, version) VALUES (1, 0);",
    )],
};

fn blobs_of(db: &TestDb) -> Blobs {
    Blobs::new(db.db(), db.folder().join("objetos"))
}

fn filled(db: TestDb) -> TestDb {
    let db = db.prepare(&[TABLES, SEEDED]);
    db.write_blocking(|tx| {
        tx.execute(sql!("UPDATE test_seeded SET version = $1 WHERE one = 1"), &params![7_i64])?;
        for n in 0..100_u8 {
            let name = format!("a\tb\nc\\d\r\"é\" {n}");
            tx.execute(
                sql!("INSERT INTO test_owner (id, name, n) VALUES ($1, $2, $3)"),
                &params![id(n), name, i64::MIN + i64::from(n)],
            )?;
        }
        // The child comes before its parent: only the commit checks.
        let add = sql!("INSERT INTO test_thing (code, owner, parent, n) VALUES ($1, $2, $3, NULL)");
        tx.execute(add, &params!["child", id(1), "parent"])?;
        tx.execute(add, &params!["parent", None::<[u8; 16]>, None::<&str>])
    })
    .unwrap();
    db
}

async fn with_blobs(db: &TestDb) -> Vec<[u8; 32]> {
    let mut all = Vec::new();
    for size in [10, INLINE + 1, 2_500_000] {
        let staged = blobs_of(db).stage(vec![3_u8; size]).await.unwrap();
        all.push(db.write(move |tx| staged.put(tx)).await.unwrap().sha256);
    }
    all
}

fn archive(db: &TestDb) -> (Vec<u8>, Manifest) {
    let mut bytes = Vec::new();
    let mut items = BTreeSet::new();
    let mut note = |progress: &Progress| {
        items.insert(progress.item.clone());
    };
    let manifest = backup(db, Some(&blobs_of(db)), &mut bytes, &mut note).unwrap();
    assert!(items.contains("test_owner") && items.contains("blobs"));
    (bytes, manifest)
}

fn restored(db: &TestDb, bytes: &[u8]) -> Result<Manifest> {
    restore(db, &[TABLES, SEEDED, LATER], Some(&blobs_of(db)), &mut &*bytes, &mut |_| {})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_either_engine_is_restored_in_either_and_is_the_same() {
    for from in engines().into_iter().map(filled) {
        let kept = with_blobs(&from).await;
        let (bytes, manifest) = archive(&from);
        assert_eq!(manifest.tables["test_owner"].rows, 100);
        assert_eq!((manifest.blobs, manifest.damaged.len()), (2, 0));
        for to in engines() {
            assert_eq!(restored(&to, &bytes).unwrap(), manifest);
            for sha256 in &kept {
                blobs_of(&to).get(*sha256).await.unwrap();
            }
            // The program that restored went on to its own version.
            to.read_blocking(|conn| conn.query(sql!("SELECT n FROM later_more"), &params![])).unwrap();
            let mut again = archive(&to).1;
            again.tables.remove("later_more");
            assert_eq!(again, manifest, "{to:?}");
            // Foreign keys hold again.
            let orphan = to.write_blocking(|tx| {
                tx.execute(sql!("INSERT INTO test_thing (code, owner) VALUES ('x', $1)"), &params![id(200)])
            });
            assert!(orphan.is_err());
            assert!(restored(&to, &bytes).unwrap_err().to_string().contains("not empty"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_was_cut_or_changed_is_refused_and_leaves_the_database_empty() {
    let from = filled(engines().remove(0));
    with_blobs(&from).await;
    let (bytes, _) = archive(&from);
    let mut changed = bytes.clone();
    let at = changed.windows(5).position(|five| five == b"child").unwrap();
    changed[at] = b'C';
    for to in engines() {
        for bad in [&bytes[..bytes.len() / 2], &bytes[..bytes.len() - 4096], &changed, b"nothing"] {
            assert!(restored(&to, bad).is_err());
        }
        restored(&to, &bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_blob_is_told_and_stops_nothing() {
    for from in engines().into_iter().map(filled) {
        let kept = with_blobs(&from).await;
        let name = hex::encode(kept[1]);
        let file = from.folder().join("objetos").join(&name[..2]).join(&name[2..4]).join(&name);
        std::fs::remove_file(file).unwrap();
        let (_, manifest) = archive(&from);
        assert_eq!((manifest.blobs, manifest.damaged), (1, vec![name]));
    }
}

/// Where a backup goes; at its first byte somebody else writes.
struct Meddling<'m> {
    bytes: Vec<u8>,
    db: &'m TestDb,
}

impl Write for Meddling<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.is_empty() {
            let change = self.db.write_blocking(|tx| {
                tx.execute(sql!("UPDATE test_owner SET name = 'meddled' WHERE id = $1"), &params![id(1)])?;
                tx.execute(sql!("UPDATE test_thing SET n = 77 WHERE code = 'child'"), &params![])
            });
            change.unwrap();
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn writers_go_on_during_a_backup_which_sees_one_moment() {
    for from in engines().into_iter().map(filled) {
        let mut out = Meddling { bytes: Vec::new(), db: &from };
        backup(&from, None, &mut out, &mut |_| {}).unwrap();
        let text = String::from_utf8_lossy(&out.bytes).into_owned();
        assert!(!text.contains("meddled") && !text.contains(",77]"));
        let n = from.read_blocking(|conn| {
            conn.query_one(sql!("SELECT n FROM test_thing WHERE code = 'child'"), &params![])?.get::<i64>("n")
        });
        assert_eq!(n.unwrap(), 77);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_moves_to_another_engine_without_losing_a_row() {
    for from in engines().into_iter().map(filled) {
        let kept = with_blobs(&from).await;
        for to in engines() {
            let places = (&blobs_of(&from), &blobs_of(&to));
            let manifest = copy(&from, &to, &[TABLES, SEEDED], Some(places), &mut |_| {}).unwrap();
            assert_eq!(manifest, archive(&to).1);
            blobs_of(&to).get(kept[2]).await.unwrap();
            assert!(copy(&from, &to, &[TABLES, SEEDED], Some(places), &mut |_| {}).is_err());
        }
    }
}
