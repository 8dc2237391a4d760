//! A8: an act without its event and an event without its act are both found.

use std::sync::Arc;

use copihue_core::Result;
use copihue_db::testing::on_each_engine;
use copihue_db::{Conn, MigrationSet, params, sql};
use copihue_ledger::fsck::{Deeds, Options, Place, Verdict};
use copihue_ledger::{Family, MIGRATIONS};
use serde_json::{Map, Value, json};

use crate::fsck::fsck;
use crate::support::{append_payments, ledger_over};

const TABLE: MigrationSet = MigrationSet {
    name: "ledger_deeds",
    files: &[("0001.sql", "CREATE TABLE deeds_payment (n BIGINT NOT NULL PRIMARY KEY, amount BIGINT);")],
};

/// The business table of [`crate::support::payment`].
#[derive(Debug)]
struct Payments;

impl Deeds for Payments {
    fn family(&self) -> Family {
        Family::Payment
    }

    fn prefix(&self) -> &'static str {
        "pago-"
    }

    fn page(
        &self,
        conn: &mut Conn<'_>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>> {
        let after = after.map_or(-1, |cursor| i64::from_be_bytes(cursor.try_into().unwrap()));
        let next = sql!("SELECT n FROM deeds_payment WHERE n > $1 ORDER BY n LIMIT $2");
        let rows = conn.query(next, &params![after, limit])?;
        rows.iter()
            .map(|row| row.at::<i64>(0).map(|n| (n.to_be_bytes().to_vec(), format!("pago-{n}"))))
            .collect()
    }

    fn is_there(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<bool> {
        let n: i64 = record_id.strip_prefix("pago-").and_then(|n| n.parse().ok()).unwrap_or(-1);
        Ok(conn.query_opt(sql!("SELECT n FROM deeds_payment WHERE n = $1"), &params![n])?.is_some())
    }

    fn says(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<Option<Map<String, Value>>> {
        let n: i64 = record_id.strip_prefix("pago-").and_then(|n| n.parse().ok()).unwrap_or(-1);
        let row = conn.query_opt(sql!("SELECT amount FROM deeds_payment WHERE n = $1"), &params![n])?;
        let amount: Option<i64> = row.map_or(Ok(None), |row| row.at(0))?;
        let all = amount.map(|amount| [("amount", json!(amount)), ("unknown", json!("never compared"))]);
        Ok(all.map(|all| all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_acts_without_event_and_events_without_act_are_found() {
    on_each_engine(&[MIGRATIONS, TABLE], |db| async move {
        let ledger = ledger_over(&db, 70);
        append_payments(&ledger, &db, 0..1_100).await;
        let act = sql!("INSERT INTO deeds_payment (n) VALUES ($1)");
        db.write(move |tx| (0..1_100_i64).try_for_each(|n| tx.execute(act, &params![n]).map(drop)))
            .await
            .unwrap();
        ledger.sequence_once().await.unwrap();
        let options = || Options { deeds: vec![Arc::new(Payments)], ..Options::default() };
        assert!(fsck(&ledger, options()).await.is_clean());
        // A row whose event was never appended, and a row deleted behind its event's back.
        db.write(move |tx| {
            tx.execute(act, &params![2_000_i64])?;
            tx.execute(sql!("DELETE FROM deeds_payment WHERE n = 1050"), &params![])
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, options()).await;
        let named: Vec<_> = checked.findings.first.iter().map(|f| (f.verdict, f.place)).collect();
        let orphan = (Verdict::OrphanEvent, Place::Entries(1_050, 1_051));
        assert_eq!(named, [(Verdict::MissingEvent, Place::Store), orphan]);
        assert!(checked.findings.first[0].text.contains("pago-2000"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_an_act_whose_row_says_something_else_than_its_event_is_found() {
    on_each_engine(&[MIGRATIONS, TABLE], |db| async move {
        let ledger = ledger_over(&db, 71);
        append_payments(&ledger, &db, 0..700).await;
        let act = sql!("INSERT INTO deeds_payment (n, amount) VALUES ($1, $2)");
        db.write(move |tx| (0..700_i64).try_for_each(|n| tx.execute(act, &params![n, 45_230_i64]).map(drop)))
            .await
            .unwrap();
        ledger.sequence_once().await.unwrap();
        let options = || Options { deeds: vec![Arc::new(Payments)], ..Options::default() };
        assert!(fsck(&ledger, options()).await.is_clean());
        db.write(move |tx| {
            tx.execute(sql!("UPDATE deeds_payment SET amount = amount + 1 WHERE n IN (3, 655)"), &params![])
        })
        .await
        .unwrap();
        let checked = fsck(&ledger, options()).await;
        let named: Vec<_> = checked.findings.first.iter().map(|f| (f.verdict, f.place)).collect();
        let changed = |n| (Verdict::ActMismatch, Place::Entries(n, n + 1));
        assert_eq!(named, [changed(3), changed(655)]);
        assert!(checked.findings.first[0].text.contains("«amount»"), "{}", checked.findings.first[0].text);
    })
    .await;
}
