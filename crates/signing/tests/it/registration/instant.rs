//! The instant of a revocation: nothing that was signed before it is voided (SIG-04).

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use copihue_core::{Clock, Result, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Conn, params, sql};
use copihue_signing::verify::verify_pdf;
use copihue_signing::{NoEvidence, SealOptions};
use copihue_web::testing::TestClient;

use super::world::{ANA, DESK, DESKER, HOLDERS, Town};
use crate::support::classic_pdf;

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_a_revocation_voids_nothing_that_was_signed_within_its_own_second() {
    // The holder leaves, or one certificate alone is revoked; a moment later within the second, or in the same instant.
    for (leaves, moment) in [(true, 400), (false, 0)] {
        for test in engines() {
            let town = Town::new(&test, Arc::new(NoEvidence)).await;
            let seed = town.signer(ANA).await;
            town.clock.advance_millis(moment);
            let (actor, code) = (town.actor(ANA), town.code(&seed));
            let signed = town.signing.sign_pdf_as(&actor, &code, classic_pdf(), SealOptions::default());
            let signed = signed.await.unwrap();
            town.clock.advance_millis(moment);
            let mut operator = town.visitor(DESKER).await;
            let place = match leaves {
                true => format!("{HOLDERS}/{}", town.actor(ANA).hat.unwrap().official),
                false => in_force(&mut operator).await,
            };
            operator.get(&place).await.expect(200);
            let deed = if leaves { "cese" } else { "revocar" };
            let motive = [("motivo", "cese_de_funciones")];
            operator.post(&format!("{place}/{deed}"), &motive).await.expect(200);
            let verdict = verify_pdf(&signed.bytes, &town.signing.trust(), signed.signed_at);
            assert!(verdict.is_genuine(), "{}", verdict.sentence());
            let revoked = town.db.read(revoked_at).await.unwrap();
            assert_eq!(revoked, signed.signed_at.plus_seconds(1), "and not later than need be");
        }
    }
}

/// The page of the one certificate in force.
async fn in_force(operator: &mut TestClient) -> String {
    let list = operator.get(&format!("{DESK}?ver=disponibles")).await.expect(200).text();
    format!("{DESK}/{}", &list.split(&format!("{DESK}/")).nth(1).unwrap()[..26])
}

fn revoked_at(conn: &mut Conn<'_>) -> Result<Timestamp> {
    let sql = sql!("SELECT revoked_at FROM signing_certificate WHERE owner <> 'sello'");
    conn.query_one(sql, &params![])?.get("revoked_at")
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_a_revocation_counts_from_when_it_is_written_and_not_from_when_it_was_asked_for() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.signer(ANA).await;
    let mut operator = town.visitor(DESKER).await;
    let certificate = in_force(&mut operator).await;
    operator.get(&certificate).await.expect(200);
    let ((go, wait), (started, writing)) = (channel::<()>(), channel::<()>());
    let (wait, db) = (Arc::new(Mutex::new(wait)), town.db.clone());
    let busy = tokio::spawn(async move {
        db.write(move |_| {
            started.send(()).unwrap();
            // Until the other end is dropped.
            let _ = wait.lock().unwrap().recv();
            Ok(())
        })
        .await
    });
    writing.recv().unwrap();
    let revoked = tokio::spawn(async move {
        operator
            .post(&format!("{certificate}/revocar"), &[("motivo", "cese_de_funciones")])
            .await
            .expect(200);
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    town.clock.advance_millis(5_000);
    let written = town.clock.now();
    drop(go);
    busy.await.unwrap().unwrap();
    revoked.await.unwrap();
    assert!(town.db.read(revoked_at).await.unwrap() > written);
}
