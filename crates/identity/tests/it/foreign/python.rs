//! PyPI `authlib`, `django-clave-unica` and `flask-dance`.

use copihue_identity::*;

use super::{free_port, has_python, printed, python};
use crate::world::*;

const AUTHLIB: &str = concat!(include_str!("person.py"), include_str!("authlib_client.py"));
const DJANGO: &str = concat!(include_str!("person.py"), include_str!("django_client.py"));
const FLASK: &str = concat!(include_str!("person.py"), include_str!("flask_client.py"));

#[tokio::test(flavor = "multi_thread")]
async fn idp_a_foreign_client_library_logs_in_unchanged() {
    if !has_python("authlib, requests").await {
        return;
    }
    let (w, callback) = (world().await, "http://localhost:9/callback");
    w.register(NewClient { redirect_uris: vec![callback.into()], ..app() }).await;
    let mut client = python(AUTHLIB);
    client.args([&format!("{}/openid", w.base), APP, SECRET, callback]);
    assert!(printed(client).await.contains("RUN 44444444-4"));
}

/// Runs a site on a port of its own, whose callback has this path; answers what it printed.
async fn site(script: &str, callback: &str, scopes: &[&str]) -> String {
    let (w, port) = (world().await, free_port().to_string());
    w.register(NewClient {
        redirect_uris: vec![format!("http://127.0.0.1:{port}{callback}")],
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..app()
    })
    .await;
    let mut client = python(script);
    client.args([&w.base, APP, SECRET, &port]);
    printed(client).await
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_a_django_site_made_for_clave_unica_logs_in_unchanged() {
    if has_python("clave_unica_auth, requests").await {
        let said = site(DJANGO, "/claveunica/callback/", &["openid", "run", "name", "email"]).await;
        assert_eq!(said.trim(), "44444444-4 María Carmen Del Río Gonzalez maria@ejemplo.cl");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idp_a_flask_site_logs_in_unchanged() {
    if has_python("flask_dance, requests").await {
        let said = site(FLASK, "/login/clave/authorized", &["openid", "run", "name"]).await;
        assert_eq!(said.trim(), "RUN 44444444-4");
    }
}
