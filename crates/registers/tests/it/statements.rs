use copihue_db::statements;

use crate::support::each_engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_is_understood_by_both_engines() {
    each_engine(async |w| {
        for sql in statements().filter(|s| s.to_string().contains("registers_")) {
            w.db.read(move |c| c.prepare(sql)).await.unwrap();
        }
    })
    .await;
}
