use std::time::Duration;

use copihue_web::Rates;
use http::Method;

use crate::fixture::one;

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

#[tokio::test]
async fn web_05_bodies_fields_and_compressed_bodies_are_limited() {
    let (_db, site) = one(|_| {});
    let mut client = site.logged_in(1).await;
    let long = format!("nombre={}", "a".repeat(1_000_001)).into_bytes();
    client.send(Method::POST, "/formulario", FORM, long).await.expect(413);
    let many = "a=1&".repeat(1_001).into_bytes();
    client.send(Method::POST, "/formulario", FORM, many).await.expect(413);
    client.send(Method::POST, "/formulario", FORM, b"nombre=%00".to_vec()).await.expect(422);
    client.send(Method::POST, "/formulario", FORM, b"nombre=%ff".to_vec()).await.expect(422);
    client.send(Method::POST, "/formulario", Some("text/plain"), b"x".to_vec()).await.expect(400);
    let mut zipped = client.clone().header("content-encoding", "gzip");
    zipped.send(Method::POST, "/formulario", FORM, b"x".to_vec()).await.expect(400);
}

#[tokio::test]
async fn web_05_who_asks_too_often_waits() {
    let (_db, site) = one(|config| config.rates = Rates { pages: 3, writes: 2, search: 1, contracts: 2 });
    let mut client = site.visitor();
    for _ in 0..3 {
        client.get_raw("/gracias").await.expect(200);
    }
    let reply = client.get_raw("/gracias").await.expect(429);
    assert_eq!(reply.header("retry-after"), Some("20"));
    assert!(reply.says("Demasiadas consultas"));
    client.get_raw("/gracias?q=patente").await.expect(200);
    client.get_raw("/gracias?q=patente").await.expect(429);
    // A session counts for itself, whatever the address.
    site.logged_in(1).await.get_raw("/yo").await.expect(200);
    site.clock.advance_millis(20_000);
    client.get_raw("/gracias").await.expect(200);
}

#[tokio::test]
async fn web_05_forwarded_addresses_count_from_configured_proxies_only() {
    let (_db, site) = one(|config| config.rates = Rates { pages: 1, writes: 1, search: 1, contracts: 2 });
    for n in 0..3 {
        let mut client = site.visitor().header("x-forwarded-for", &format!("200.1.{n}.1"));
        let status = client.get_raw("/gracias").await.status;
        assert_eq!(status, if n == 0 { 200 } else { 429 });
    }
    let proxy = "0.0.0.0".parse().unwrap();
    let (_db, site) = one(|config| {
        config.rates = Rates { pages: 1, writes: 1, search: 1, contracts: 2 };
        config.trusted_proxies = vec![proxy];
    });
    for n in 0..3 {
        let mut client = site.visitor().header("x-forwarded-for", &format!("6.6.6.6, 200.1.{n}.1"));
        client.get_raw("/gracias").await.expect(200);
    }
}

#[tokio::test(start_paused = true)]
async fn web_05_a_handler_that_hangs_is_ended() {
    let (_db, site) = one(|config| config.timeouts.handler = Duration::from_secs(30));
    let reply = site.visitor().get_raw("/lento").await.expect(503);
    assert!(reply.says("El servicio no está disponible"));
}

#[tokio::test]
async fn web_10_contracts_have_a_rate_of_their_own() {
    let (_db, site) = one(|config| config.rates = Rates { pages: 1, writes: 1, search: 1, contracts: 3 });
    let mut machine = site.visitor();
    for _ in 0..3 {
        assert_ne!(machine.get_raw("/healthz").await.status, 429);
    }
    assert_eq!(machine.get_raw("/healthz").await.status, 429);
}
