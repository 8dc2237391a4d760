//! Certificates from before there were requests.

use std::sync::Arc;

use copihue_db::testing::engines;
use copihue_db::{Tx, params, sql};
use copihue_signing::NoEvidence;

use super::world::{ANA, DESK, DESKER, MINE, Town};

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_a_certificate_from_before_there_were_requests_is_its_holders_to_see_and_to_revoke() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.signer(ANA).await;
        // As it was: a certificate, and nothing that says where it came from.
        let forget = |tx: &mut Tx<'_>| tx.execute(sql!("DELETE FROM signing_cert_request"), &params![]);
        assert_eq!(town.db.write(forget).await.unwrap(), 1);
        let listed = async |number, at: &str| {
            let page = town.visitor(number).await.get(at).await.expect(200).text();
            page.matches("/solicitudes/").count() + page.matches(&format!("{DESK}/0")).count()
        };
        let desk = format!("{DESK}?ver=disponibles");
        assert_eq!((listed(ANA, MINE).await, listed(DESKER, &desk).await), (0, 0));
        assert_eq!(town.registration.adopt().await.unwrap(), 1);
        assert_eq!(town.registration.adopt().await.unwrap(), 0, "once");
        assert!(listed(ANA, MINE).await > 0 && listed(DESKER, &desk).await > 0);
        let mut operator = town.visitor(DESKER).await;
        let list = operator.get(&desk).await.expect(200).text();
        let id = list.split(&format!("{DESK}/")).nth(1).unwrap()[..26].to_owned();
        operator.get(&format!("{DESK}/{id}")).await.expect(200);
        operator
            .post(&format!("{DESK}/{id}/revocar"), &[("motivo", "compromiso_de_clave")])
            .await
            .expect(200);
        let revoked = |conn: &mut copihue_db::Conn<'_>| {
            conn.query(
                sql!("SELECT serial FROM signing_certificate WHERE revoked_at IS NOT NULL"),
                &params![],
            )
        };
        assert_eq!(town.db.read(revoked).await.unwrap().len(), 1);
        // One that was revoked before is listed as that.
        assert_eq!(town.db.write(forget).await.unwrap(), 1);
        assert_eq!(town.registration.adopt().await.unwrap(), 1);
        assert_eq!(listed(DESKER, &desk).await, 0);
        assert!(listed(DESKER, &format!("{DESK}?ver=revocados")).await > 0);
    }
}
