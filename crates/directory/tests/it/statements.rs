//! Every SQL text is one that both engines take.

use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_sound_on_both_engines() {
    for w in worlds().await {
        let sound = w.db.read(|conn| {
            let own = copihue_db::statements().filter(|sql| sql.to_string().contains("directory/src"));
            own.map(|sql| conn.prepare(sql).map(|()| 1)).sum::<copihue_core::Result<usize>>()
        });
        assert!(sound.await.unwrap() > 20);
    }
}
