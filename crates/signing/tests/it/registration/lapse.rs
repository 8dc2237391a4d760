//! What changes between a request and its certificate: who asked leaves or is blocked, the operator or the directory says
//! something else, or the key can't be made.

use std::sync::Arc;

use copihue_core::Id;
use copihue_db::jobs::{NewJob, enqueue};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{Conn, Tx, params, sql};
use copihue_signing::NoEvidence;
use copihue_web::testing::{Reply, TestClient};

use super::world::{ANA, CLERK, DESK, DESKER, HOLDERS, MINE, Town, mail_of};

/// A request that was approved by a process which fell before it made the key; the job is still there.
async fn approved_and_fallen(town: &Town, purpose: &str) -> String {
    let id = town.ask(ANA, purpose).await;
    let (request, now) = (id.parse::<Id>().unwrap(), copihue_core::Clock::now(&*town.clock));
    let approve = move |tx: &mut Tx<'_>| {
        let sql = sql!("UPDATE signing_cert_request SET state = 'aprobada' WHERE id = $1");
        tx.execute(sql, &params![request])?;
        let payload = serde_json::json!({"request": request});
        enqueue(tx, &NewJob { kind: "signing.issue", key: Some(request.to_string()), payload, run_at: now })
    };
    town.db.write(approve).await.unwrap();
    id
}

async fn certificates(town: &Town) -> usize {
    let read = |conn: &mut Conn<'_>| {
        conn.query(sql!("SELECT serial FROM signing_certificate WHERE owner <> 'sello'"), &params![])
    };
    town.db.read(read).await.unwrap().len()
}

fn holder(town: &Town) -> String {
    format!("{HOLDERS}/{}", town.actor(ANA).hat.unwrap().official)
}

/// Ana's draft of a certificate.
async fn draft(ana: &mut TestClient, purpose: &str) -> Reply {
    ana.get(&format!("{MINE}/solicitar")).await.expect(200);
    ana.post(&format!("{MINE}/solicitar"), &[("proposito", purpose), ("vigencia", "12")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_who_left_gets_no_certificate_of_an_approval_whose_key_was_still_to_be_made() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let id = approved_and_fallen(&town, "general").await;
        let mut operator = town.visitor(DESKER).await;
        operator.get(&holder(&town)).await.expect(200);
        let left = [("motivo", "cese_de_funciones")];
        operator.post(&format!("{}/cese", holder(&town)), &left).await.expect(200);
        town.run_jobs().await;
        assert_eq!(certificates(&town).await, 0);
        assert!(operator.get(&format!("{DESK}/{id}")).await.expect(200).says("Cancelada"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_who_is_blocked_gets_no_certificate_and_everybody_sees_why() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let id = approved_and_fallen(&town, "general").await;
        let mut operator = town.visitor(DESKER).await;
        operator.get(&holder(&town)).await.expect(200);
        operator.post(&format!("{}/bloquear", holder(&town)), &[]).await.expect(200);
        town.run_jobs().await;
        assert_eq!(certificates(&town).await, 0);
        let why = "El titular fue bloqueado antes de que se emitiera el certificado.";
        for page in [format!("{DESK}/{id}"), holder(&town)] {
            let page = operator.get(&page).await.expect(200);
            assert!(page.says("Cancelada") && page.says(why), "{}", page.text());
        }
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(&format!("{MINE}/solicitudes/{id}")).await.expect(200).says(why));
        assert!(town.mail.to(&mail_of(ANA)).last().unwrap().contains(why));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_an_approval_that_is_stuck_is_seen_and_taken_back_by_operator_and_holder() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        for (number, place) in [(DESKER, DESK.to_owned()), (ANA, format!("{MINE}/solicitudes"))] {
            let id = approved_and_fallen(&town, "general").await;
            let pending = town.visitor(CLERK).await.get(DESK).await.expect(200);
            assert!(pending.says("Aprobada, en emisión"), "{}", pending.text());
            let mut visitor = town.visitor(number).await;
            assert!(visitor.get(&format!("{place}/{id}")).await.expect(200).says("Cancelar la solicitud"));
            let done = visitor.post(&format!("{place}/{id}/cancelar"), &[]).await.expect(200);
            assert!(done.says("Cancelada"), "{}", done.text());
            town.run_jobs().await;
            assert_eq!(certificates(&town).await, 0);
        }
        town.ask(ANA, "general").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_what_the_operator_allows_is_asked_again_when_a_request_is_sent_and_when_it_is_approved() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let mut ana = town.visitor(ANA).await;
        let page = draft(&mut ana, "general").await.expect(200).path;
        let unattended = town.ask(ANA, "desatendido").await;
        town.make_holder(ANA, "desatendido").await.expect(200);
        let refused = ana.post(&format!("{page}/enviar"), &[]).await.expect(422);
        assert!(refused.says("no habilitó este tipo de certificado"), "{}", refused.text());
        town.make_holder(ANA, "general").await.expect(200);
        ana.post(&format!("{page}/enviar"), &[]).await.expect(200);
        let refused = town.approve(CLERK, &unattended).await.expect(422);
        assert!(refused.says("no habilitó este tipo de certificado"), "{}", refused.text());
        let mut operator = town.visitor(DESKER).await;
        operator.get(&holder(&town)).await.expect(200);
        operator.post(&format!("{}/bloquear", holder(&town)), &[]).await.expect(200);
        let general = page.rsplit('/').next().unwrap();
        let refused = town.approve(CLERK, general).await.expect(422);
        assert!(refused.says("El operador bloqueó"), "{}", refused.text());
        assert_eq!(certificates(&town).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_a_request_says_name_and_post_of_the_day_it_is_sent_and_is_sent_again_when_they_change() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let mut ana = town.visitor(ANA).await;
        let page = draft(&mut ana, "general").await.expect(200).path;
        let id = page.rsplit('/').next().unwrap().to_owned();
        // As if the directory had known another post, and the login another name, until now.
        let former = |tx: &mut Tx<'_>| {
            tx.execute(sql!("UPDATE signing_cert_request SET post = 'Cargo anterior'"), &params![])
        };
        let renamed = |tx: &mut Tx<'_>| {
            tx.execute(sql!("UPDATE signing_cert_request SET name = 'Nombre anterior'"), &params![])
        };
        town.db.write(former).await.unwrap();
        town.db.write(renamed).await.unwrap();
        let sent = ana.post(&format!("{page}/enviar"), &[]).await.expect(200);
        assert!(sent.says("Cargo 11111111") && sent.says("Ana María Ñancupil Peña"), "{}", sent.text());
        for change in [former, renamed] {
            town.db.write(change).await.unwrap();
            let refused = town.approve(CLERK, &id).await.expect(422);
            assert!(refused.says("la persona la envíe otra vez"), "{}", refused.text());
        }
        assert_eq!(certificates(&town).await, 0);
    }
}

/// As many cancelled drafts as hide whatever lies below them in a list.
fn bury(tx: &mut Tx<'_>, request: Id) -> copihue_core::Result<()> {
    for n in 0..205_u16 {
        let mut id = *request.as_bytes();
        // Later than the first, and each another.
        id[5] = id[5].wrapping_add(1);
        id[14..16].copy_from_slice(&n.to_be_bytes());
        let sql = sql!(
            "INSERT INTO signing_cert_request (bucket, id, institution, official, purpose, months, state, name, post, created_at)
             SELECT bucket, $1, institution, official, purpose, months, 'cancelado', name, post, 0
             FROM signing_cert_request WHERE id = $2"
        );
        tx.execute(sql, &params![id.to_vec(), request])?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_requests_that_came_to_nothing_hide_none_that_is_open() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let id = town.ask(ANA, "general").await;
        let request = id.parse::<Id>().unwrap();
        town.db.write(move |tx| bury(tx, request)).await.unwrap();
        let mut ana = town.visitor(ANA).await;
        let second = draft(&mut ana, "general").await.expect(422);
        assert!(second.says("Ya tiene una solicitud abierta"), "{}", second.text());
        let mut operator = town.visitor(DESKER).await;
        operator.get(&holder(&town)).await.expect(200);
        let left = [("motivo", "cese_de_funciones")];
        operator.post(&format!("{}/cese", holder(&town)), &left).await.expect(200);
        assert!(operator.get(&format!("{DESK}/{id}")).await.expect(200).says("Cancelada"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_ten_requests_a_day_are_enough() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "ambos").await.expect(200);
    let mut ana = town.visitor(ANA).await;
    for _ in 0..10 {
        let page = draft(&mut ana, "general").await.expect(200).path;
        ana.post(&format!("{page}/cancelar"), &[]).await.expect(200);
    }
    let refused = draft(&mut ana, "general").await.expect(422);
    assert!(refused.says("Ya hizo 10 solicitudes en las últimas 24 horas"), "{}", refused.text());
    town.clock.advance_millis(86_400_000);
    let mut ana = town.visitor(ANA).await;
    draft(&mut ana, "general").await.expect(200);
}
