//! The public pages of the logs.

use std::sync::Arc;

use copihue_core::{Clock, ManualClock};
use copihue_db::testing::on_each_engine;
use copihue_ledger::{Family, MIGRATIONS, pages};
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};

use crate::support::{append_payments, clock, ledger_at};

#[tokio::test(flavor = "multi_thread")]
async fn led_13_a_page_for_each_log_says_its_size_its_root_and_how_to_watch_it() {
    on_each_engine(&[MIGRATIONS, copihue_web::MIGRATIONS], |db| async move {
        let time: Arc<ManualClock> = clock();
        let ledger = ledger_at(&db, 60, time.clone());
        // Three entries five days ago, two more three days ago, and then nothing.
        time.advance_millis(-5 * 86_400_000);
        append_payments(&ledger, &db, 0..3).await;
        ledger.sequence_once().await.unwrap();
        time.advance_millis(2 * 86_400_000);
        append_payments(&ledger, &db, 3..5).await;
        ledger.sequence_once().await.unwrap();
        time.advance_millis(3 * 86_400_000);
        let router = web(db.clone(), time as Arc<dyn Clock>, Arc::new(NoHats))
            .router(vec![pages::routes(ledger.clone(), "https://datos.example.cl")]);
        let mut client = TestClient::new(&router);
        let list = client.get("/bitacoras").await.expect(200).text().to_owned();
        assert!(list.contains("href=\"/bitacoras/payment\"") && list.contains("Todavía sin entradas"));
        let page = client.get("/bitacoras/payment").await.expect(200).text().to_owned();
        let note = ledger.checkpoint(Family::Payment).await.unwrap().unwrap();
        let root = note.lines().nth(2).unwrap();
        assert!(page.contains(root), "the root that is signed: {root}");
        assert!(
            page.contains("copihue monitor https://datos.example.cl/ledger/payment --vkey datos.example.cl")
        );
        assert!(page.contains("<svg") && page.contains("Lo último firmado no lleva firmas de testigos"));
        let text = |n: usize| {
            let days: Vec<&str> = page.split("chart-label").skip(1).collect();
            days[n].split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
        };
        let sizes: Vec<String> = (0..14).map(|n| text(n).rsplit(' ').next().unwrap().to_owned()).collect();
        assert_eq!(sizes, ["0", "0", "0", "0", "0", "0", "0", "0", "3", "3", "5", "5", "5", "5"]);
        let empty = client.get("/bitacoras/vote").await.expect(200).text().to_owned();
        assert!(empty.contains("Esta bitácora todavía no tiene entradas"));
        let _ = client.get("/bitacoras/otra").await.expect(404);
    })
    .await;
}
