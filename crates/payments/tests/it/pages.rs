use std::sync::Arc;

use axum::Router;
use copihue_core::{Acr, Id};
use copihue_payments::*;
use copihue_web::testing::{TestClient, check_locale, web};
use copihue_web::{NewSession, NoHats, Web};

use crate::support::{World, each_engine, person};

fn site(w: &World) -> (Web, Router) {
    let web = web(w.db.clone(), w.clock.clone(), Arc::new(NoHats));
    let sets = vec![w.payments.routes(), w.provider.sandbox.routes(&w.payments)];
    let router = web.router(sets);
    (web, router)
}

async fn payer(web: &Web, router: &Router, n: u32) -> TestClient {
    let mut client = TestClient::new(router);
    let session = NewSession { person: person(n), acr: Acr::Low, amr: vec!["pwd".to_owned()], sid: None };
    client.log_in(web, session).await;
    client
}

async fn at_the_bank(w: &World, client: &mut TestClient, id: Id) -> String {
    let page = client.get(&format!("/pagos/{id}")).await.expect(200);
    assert!(page.says("$46.210") && page.says("Municipalidad de Puente Alto"));
    let bank = client.post(&format!("/pagos/{id}/comenzar"), &[]).await.expect(200);
    assert!(bank.says("No se cobra nada de verdad"));
    assert_eq!(w.view(1, id).await.attempts.len(), 1);
    bank.path
}

#[test]
fn every_text_is_in_the_locale_and_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_the_payer_pays_and_gets_the_receipt() {
    each_engine(async |w| {
        let (web, router) = site(&w);
        let mut client = payer(&web, &router, 1).await;
        let id = w.asked(1, "placa").await;
        let bank = at_the_bank(&w, &mut client, id).await;
        let receipt = client.post(&bank, &[("resultado", "aprobar")]).await.expect(200);
        assert_eq!(receipt.path, format!("/mi/pagos/{id}"));
        assert!(
            receipt.says("Pago realizado")
                && receipt.says("2026-000001")
                && receipt.says("terminada en 6623")
        );
        let data = client.get(&format!("/mi/pagos/{id}/comprobante.json")).await.expect(200);
        assert_eq!(data.json()["monto"], 46_210);
        let mut other = payer(&web, &router, 2).await;
        for path in [format!("/mi/pagos/{id}"), format!("/pagos/{id}")] {
            assert_eq!(other.get(&path).await.status.as_u16(), 404);
        }
        assert!(client.get("/mi/pagos").await.expect(200).says("Pagado"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_05_a_bank_that_answers_twice_charges_once() {
    each_engine(async |w| {
        let (web, router) = site(&w);
        let mut client = payer(&web, &router, 1).await;
        let id = w.asked(1, "placa").await;
        let bank = at_the_bank(&w, &mut client, id).await;
        let receipt = client.post(&bank, &[("resultado", "dos-veces")]).await.expect(200);
        assert!(receipt.says("Pago realizado"));
        assert_eq!(w.commits(w.view(1, id).await.attempts[0].id).await, 1);
        assert_eq!(w.books().await.len(), 1);
        assert!(client.get(&bank).await.expect(200).says("ya se respondió"), "the back button");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_a_rejected_payer_may_try_again_or_leave() {
    each_engine(async |w| {
        let (web, router) = site(&w);
        let mut client = payer(&web, &router, 1).await;
        let id = w.asked(1, "placa").await;
        let bank = at_the_bank(&w, &mut client, id).await;
        let page = client.post(&bank, &[("resultado", "rechazar")]).await.expect(200);
        assert!(page.says("El banco rechazó el pago") && page.says("Reintentar"));
        client.post_raw(&format!("/pagos/{id}/anular"), &[]).await;
        assert!(client.get(&format!("/pagos/{id}/estado")).await.expect(200).says("Usted volvió sin pagar"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pay_03_returns_by_post_without_a_cookie_settle_the_payment() {
    each_engine(async |w| {
        let (_, router) = site(&w);
        let id = w.asked(1, "placa").await;
        let redirect = w.go(1, id).await;
        let (attempt, _) = w.decide(&redirect, Verdict::Approve).await;
        let mut stranger = TestClient::new(&router);
        let body = format!("token_ws={}", redirect.token);
        let path = format!("/pagos/retorno/prueba/{attempt}");
        let kind = "application/x-www-form-urlencoded";
        let reply = stranger.send("POST".parse().unwrap(), &path, Some(kind), body.into_bytes()).await;
        assert_eq!(reply.status.as_u16(), 303);
        assert_eq!(reply.location(), Some(format!("/pagos/{id}/estado").as_str()));
        assert!(w.view(1, id).await.payment.is_paid());
        for path in ["/pagos/retorno/prueba/nada", "/pagos/retorno/otro/01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert_eq!(stranger.get_raw(path).await.status.as_u16(), 303);
        }
    })
    .await;
}
