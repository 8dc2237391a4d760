//! What a person finds about themself.

use copihue_db::Db;
use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, Field, Ledger, MIGRATIONS, Receipt, Record};
use copihue_tlog::verify_proof;

use crate::support::{ledger_over, payment, person, policy};

/// An entry of a case with two parties: nobody's personal data, and both must find it.
fn entry(n: u32) -> Record {
    Record {
        family: Family::Casefile,
        kind: "casefile.entry",
        record_id: format!("casefile.entry/PE-MUN-00345/EXP-1/{n}"),
        subject: None,
        fields: vec![Field::plain("n", n), Field::plain("record", format!("PE-MUN-00345/EXP-1/{n}"))],
    }
}

async fn add(ledger: &Ledger, db: &Db, record: Record, others: Vec<copihue_core::Id>) {
    let ledger = ledger.clone();
    db.write(move |tx| ledger.append_concerning(tx, record.clone(), &others)).await.unwrap();
}

fn ids(events: &copihue_ledger::PersonEvents) -> Vec<&str> {
    events.events.iter().map(|e| e.record_id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn led_03_a_person_finds_what_concerns_them_newest_first_and_nothing_else() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 31);
        for n in 0..5 {
            add(&ledger, &db, payment(n, person(1)), Vec::new()).await;
        }
        add(&ledger, &db, payment(5, person(2)), Vec::new()).await;
        add(&ledger, &db, entry(1), vec![person(1), person(2), person(1)]).await;
        assert_eq!(ledger.events_of(person(1), None, None, 10).await.unwrap().events, []);
        ledger.sequence_once().await.unwrap();

        let first = ledger.events_of(person(1), None, None, 4).await.unwrap();
        assert_eq!(ids(&first), ["casefile.entry/PE-MUN-00345/EXP-1/1", "pago-4", "pago-3", "pago-2"]);
        assert_eq!(first.events[1].fields["run"], "44444444-4");
        assert!(!first.events[1].fields.contains_key("officer"), "another's datum");
        let rest = ledger.events_of(person(1), None, first.older.as_deref(), 4).await.unwrap();
        assert_eq!((ids(&rest), rest.older.as_deref()), (vec!["pago-1", "pago-0"], None));
        let cases = ledger.events_of(person(2), Some(Family::Casefile), None, 4).await.unwrap();
        assert_eq!(ids(&cases), ["casefile.entry/PE-MUN-00345/EXP-1/1"]);
        // The official of a payment did it; it did not happen to them.
        assert_eq!(ledger.events_of(person(99), None, None, 4).await.unwrap().events, []);
        assert_eq!(ledger.events_of(person(1), None, Some("x/y"), 4).await.unwrap(), first);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_03_a_receipt_says_when_it_will_be_there_and_is_only_its_persons() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 32);
        add(&ledger, &db, payment(1, person(1)), Vec::new()).await;
        let own = || ledger.event_of(person(1), Family::Payment, "pago-1");
        let (event, receipt) = own().await.unwrap().unwrap();
        let Receipt::Pending(Some(by)) = receipt else { panic!("{receipt:?}") };
        assert!(by > event.at && by <= event.at.plus_seconds(2));
        assert!(ledger.event_of(person(2), Family::Payment, "pago-1").await.unwrap().is_none());

        ledger.sequence_once().await.unwrap();
        let (_, receipt) = own().await.unwrap().unwrap();
        let Receipt::Ready(proof) = receipt else { panic!("{receipt:?}") };
        let verified = verify_proof(&proof, &policy(&ledger)).unwrap();
        assert_eq!(verified.fields["run"], "44444444-4");
        for (who, family, id) in [
            (person(2), Family::Payment, "pago-1"),
            (person(99), Family::Payment, "pago-1"),
            (person(1), Family::Identity, "pago-1"),
            (person(1), Family::Payment, "pago-2"),
        ] {
            assert!(ledger.event_of(who, family, id).await.unwrap().is_none(), "{id}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn led_05_an_erased_person_stands_in_no_list() {
    on_each_engine(&[MIGRATIONS], |db| async move {
        let ledger = ledger_over(&db, 33);
        add(&ledger, &db, payment(1, person(1)), Vec::new()).await;
        ledger.sequence_once().await.unwrap();
        // These wait while the person is erased.
        add(&ledger, &db, payment(2, person(1)), Vec::new()).await;
        add(&ledger, &db, entry(1), vec![person(1), person(2)]).await;
        let eraser = ledger.clone();
        db.write(move |tx| eraser.erase_subject(tx, person(1), "Ley 21.719, art. 7")).await.unwrap();
        ledger.sequence_once().await.unwrap();
        assert_eq!(ledger.events_of(person(1), None, None, 9).await.unwrap().events, []);
        assert!(ledger.event_of(person(1), Family::Payment, "pago-1").await.unwrap().is_none());
        assert_eq!(ledger.events_of(person(2), None, None, 9).await.unwrap().events.len(), 1);
    })
    .await;
}
