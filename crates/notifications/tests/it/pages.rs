use std::sync::Arc;

use copihue_core::Acr;
use copihue_web::testing::{TestClient, check_locale, web};
use copihue_web::{NewSession, NoHats};

use crate::support::{each_engine, notice, person};

#[test]
fn every_text_is_in_the_locale_and_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_03_the_recipient_reads_the_whole_notice_and_when_it_counts() {
    each_engine(async |w| {
        let web = web(w.db.clone(), w.clock.clone(), Arc::new(NoHats));
        let router = web.router(vec![w.notifications.routes(), w.notifications.demo_routes()]);
        let mut client = TestClient::new(&router);
        let session = |n| NewSession { person: person(n), acr: Acr::Low, amr: Vec::new(), sid: None };
        client.log_in(&web, session(1)).await;
        assert!(client.get("/mi/avisos").await.expect(200).says("No tiene notificaciones"));
        let sent = w.send(notice(1)).await.unwrap();
        assert!(client.get("/mi/avisos").await.expect(200).says("Sin leer"));
        let path = format!("/mi/avisos/{}", sent.id);
        let page = client.get(&path).await.expect(200);
        assert!(page.says("Se otorga el permiso de circulación."));
        assert!(page.says("jueves 10 de diciembre de 2026") && page.says("tercer día hábil"));
        assert!(page.says("/mi/expedientes/EXP-20261204-000001/documentos/3"));
        assert!(client.get("/mi/avisos").await.expect(200).says("Leída"));
        let certificate = client.get(&format!("{path}/certificado.json")).await.expect(200).json();
        assert_eq!(certificate["certificado"]["codigo"], sent.code.to_string());
        let mut other = TestClient::new(&router);
        other.log_in(&web, session(2)).await;
        assert_eq!(other.get(&path).await.status.as_u16(), 404);
        assert!(other.get("/demo/correo").await.expect(200).says("ana@ejemplo.cl"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ddu_06_a_long_inbox_is_read_page_by_page() {
    each_engine(async |w| {
        let web = web(w.db.clone(), w.clock.clone(), Arc::new(NoHats));
        let router = web.router(vec![w.notifications.routes()]);
        let mut client = TestClient::new(&router);
        client
            .log_in(&web, NewSession { person: person(1), acr: Acr::Low, amr: Vec::new(), sid: None })
            .await;
        for i in 0..30 {
            let mut n = notice(1);
            n.subject = format!("Asunto número {i:02}");
            w.send(n).await.unwrap();
            w.clock.advance_millis(1);
        }
        let first = client.get("/mi/avisos").await.expect(200);
        assert!(
            first.says("Asunto número 29")
                && first.says("Asunto número 05")
                && !first.says("Asunto número 04")
        );
        let text = first.text();
        let next = text.split("/mi/avisos?antes=").nth(1).unwrap().split('"').next().unwrap();
        let second = client.get(&format!("/mi/avisos?antes={next}")).await.expect(200);
        assert!(second.says("Asunto número 04") && second.says("Asunto número 00"));
    })
    .await;
}
