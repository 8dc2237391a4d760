use copihue_core::{Bucket, Clp, Id, Result, Run, Timestamp};
use copihue_db::testing::on_each_engine;
use copihue_db::{MigrationSet, params, sql};
use jiff::civil::{Date, date};
use serde_json::json;

const TABLES: MigrationSet = MigrationSet {
    name: "test",
    files: &[("0001_value.sql", "CREATE TABLE test_value (n BIGINT, t TEXT, b BYTEA);")],
};

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_back_as_it_went_in() {
    on_each_engine(&[TABLES], |db| async move {
        db.write(|tx| {
            let run = Run::from_number(44_444_444).unwrap();
            for n in [
                params![-5_i64],
                params![7_u16],
                params![Timestamp::from_millis(12)],
                params![Clp(45_230)],
                params![run],
                params![Bucket::new(4095)],
                params![true],
            ] {
                tx.execute(sql!("INSERT INTO test_value (n) VALUES ($1)"), &n)?;
            }
            tx.execute(
                sql!("INSERT INTO test_value (t, b) VALUES ($1, $2)"),
                &params![date(2026, 12, 10), Id::from_bytes([1; 16])],
            )?;
            tx.execute(
                sql!("INSERT INTO test_value (t, b) VALUES ($1, $2)"),
                &params![json!({"a": "ñ"}), None::<Vec<u8>>],
            )
        })
        .await
        .unwrap();
        db.read(|conn| {
            let rows =
                conn.query(sql!("SELECT n FROM test_value WHERE n IS NOT NULL ORDER BY n"), &params![])?;
            assert_eq!(rows[0].at::<i64>(0)?, -5);
            assert!(rows[1].get::<bool>("n")?);
            assert_eq!(rows[2].get::<u16>("n")?, 7);
            assert_eq!(rows[3].get::<Timestamp>("n")?, Timestamp::from_millis(12));
            assert_eq!(rows[4].get::<Bucket>("n")?, Bucket::new(4095));
            assert_eq!(rows[5].get::<Clp>("n")?, Clp(45_230));
            assert_eq!(rows[6].get::<Run>("n")?.number(), 44_444_444);
            assert!(rows[0].get::<u16>("n").is_err() && rows[0].get::<String>("n").is_err());
            assert!(rows[0].get::<i64>("absent").is_err());
            let texts =
                conn.query(sql!("SELECT t, b FROM test_value WHERE n IS NULL ORDER BY t"), &params![])?;
            assert_eq!(texts[0].get::<Date>("t")?, date(2026, 12, 10));
            assert_eq!(texts[0].get::<[u8; 16]>("b")?, [1; 16]);
            assert_eq!(texts[1].get::<serde_json::Value>("t")?, json!({"a": "ñ"}));
            assert_eq!(texts[1].get::<Option<Id>>("b")?, None);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_go_by_their_number_wherever_they_stand() {
    on_each_engine(&[TABLES], |db| async move {
        let row = db.read(|conn| {
            conn.query_one(
                sql!("SELECT CAST($2 AS TEXT) AS b, CAST($1 AS TEXT) AS a, CAST($2 AS TEXT) AS c, CAST($3 AS BIGINT) AS n"),
                &params!["one", "two", 3_i64],
            )
        });
        let row = row.await.unwrap();
        let texts: Result<Vec<String>> = ["a", "b", "c"].iter().map(|name| row.get(name)).collect();
        assert_eq!(texts.unwrap(), ["one", "two", "two"]);
        assert_eq!(row.get::<i64>("n").unwrap(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_refuse_what_does_not_fit() {
    on_each_engine(&[TABLES], |db| async move {
        let number_as_text =
            db.write(|tx| tx.execute(sql!("INSERT INTO test_value (n) VALUES ($1)"), &params!["abc"]));
        assert!(number_as_text.await.is_err());
        let text_as_bytes =
            db.write(|tx| tx.execute(sql!("INSERT INTO test_value (b) VALUES ($1)"), &params!["abc"]));
        assert!(text_as_bytes.await.is_err());
        let nul = db.write(|tx| tx.execute(sql!("INSERT INTO test_value (t) VALUES ($1)"), &params!["a\0b"]));
        assert!(nul.await.is_err());
        let missing = db.write(|tx| tx.execute(sql!("INSERT INTO test_value (n) VALUES ($1)"), &params![]));
        assert!(missing.await.is_err());
        let too_large =
            db.write(|tx| tx.execute(sql!("INSERT INTO test_value (n) VALUES ($1)"), &params![u64::MAX]));
        assert!(too_large.await.is_err());
    })
    .await;
}
