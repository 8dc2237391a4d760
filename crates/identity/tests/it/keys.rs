//! Attacks C4 and C5: applications that publish their keys at an address of their own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use copihue_identity::*;
use copihue_web::testing::Reply;
use serde_json::{Value, json};

use crate::open_world::{ALTO, Key, alto, asserted, post, request};
use crate::world::*;

/// An application's own server of keys.
struct Published {
    says: Mutex<Says>,
    reads: AtomicU32,
}

#[derive(Clone)]
enum Says {
    Keys(Value),
    Elsewhere(String),
    Endless,
    Nothing,
}

async fn answer(State(published): State<Arc<Published>>) -> Response {
    published.reads.fetch_add(1, Ordering::SeqCst);
    let says = published.says.lock().unwrap().clone();
    match says {
        Says::Keys(set) => axum::Json(set).into_response(),
        Says::Elsewhere(uri) => (StatusCode::FOUND, [(header::LOCATION, uri)]).into_response(),
        Says::Endless => " ".repeat(2_000_000).into_response(),
        Says::Nothing => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

impl Published {
    /// Serves; answers its address too.
    async fn serve(says: Says) -> (Arc<Self>, String) {
        let published = Arc::new(Self { says: Mutex::new(says), reads: AtomicU32::new(0) });
        let app =
            axum::Router::new().route("/jwks", axum::routing::get(answer)).with_state(published.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (published, uri)
    }

    fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    fn reads(&self) -> u32 {
        self.reads.load(Ordering::SeqCst)
    }
}

fn named(key: &Key, kid: &str) -> Value {
    let mut jwk = key.jwk();
    jwk["kid"] = kid.into();
    jwk
}

fn set(keys: &[Value]) -> Says {
    Says::Keys(json!({"keys": keys}))
}

/// A high application that publishes its keys there.
fn published_at(uri: &str) -> NewClient {
    let new = alto(&Key::new());
    NewClient { settings: Settings { jwks: None, jwks_uri: Some(uri.into()), ..new.settings.clone() }, ..new }
}

/// Proves itself with this key under this name.
async fn prove(w: &World, key: &Key, kid: &str) -> Reply {
    let jwt = key.sign(&json!({"alg": "ES256", "kid": kid}), &key.assertion_claims(w, ALTO));
    post(w, "/oauth2/par", &[asserted(jwt), request(ALTO, &[])].concat(), None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_a_key_that_was_just_published_is_taken_after_one_more_reading() {
    let w = world().await;
    let (old, new) = (Key::new(), Key::new());
    let (published, uri) = Published::serve(set(&[named(&old, "uno")])).await;
    w.register(published_at(&uri)).await;
    for _ in 0..3 {
        prove(&w, &old, "uno").await.expect(201);
    }
    assert_eq!(published.reads(), 1);
    // It is published and used at once; the former one goes on until it is taken away.
    published.say(set(&[named(&old, "uno"), named(&new, "dos")]));
    w.clock.advance_millis(61_000);
    prove(&w, &old, "uno").await.expect(201);
    assert_eq!(published.reads(), 1, "a key that is known asks for nothing");
    let both = [prove(&w, &new, "dos"), prove(&w, &new, "dos"), prove(&w, &old, "uno")];
    for answer in futures_util::future::join_all(both).await {
        answer.expect(201);
    }
    assert_eq!(published.reads(), 2);
    // Names that nobody has make us read once a minute, and no more.
    for n in 0..5 {
        prove(&w, &Key::new(), &format!("otra {n}")).await.expect(401);
    }
    assert_eq!(published.reads(), 2);
    w.clock.advance_millis(61_000);
    for n in 0..5 {
        prove(&w, &Key::new(), &format!("otra {n}")).await.expect(401);
    }
    assert_eq!(published.reads(), 3);
    // What was taken away is noticed within the hour; an address that is down for a while stops nobody.
    published.say(set(&[named(&new, "dos")]));
    w.clock.advance_millis(3_600_000);
    prove(&w, &old, "uno").await.expect(401);
    published.say(Says::Nothing);
    w.clock.advance_millis(3_600_000);
    prove(&w, &new, "dos").await.expect(201);
    w.clock.advance_millis(86_400_000);
    prove(&w, &new, "dos").await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn c04_an_address_of_keys_leads_nowhere_else_and_says_little() {
    let w = world().await;
    let key = Key::new();
    let (inner, uri) = Published::serve(set(&[named(&key, "uno")])).await;
    for says in [Says::Elsewhere(uri.clone()), Says::Endless, Says::Keys(json!({"keys": "none"}))] {
        let (published, elsewhere) = Published::serve(says).await;
        let w = World::on(copihue_db::testing::engines().remove(0), |_| {}).await;
        w.register(published_at(&elsewhere)).await;
        prove(&w, &key, "uno").await.expect(401);
        assert_eq!((published.reads(), inner.reads()), (1, 0));
    }
    // An application that is not of the sandbox reaches nothing on this machine or beside it.
    for inside in
        [uri.as_str(), "https://127.0.0.1/jwks", "https://169.254.169.254/jwks", "https://localhost/jwks"]
    {
        let w = World::on(copihue_db::testing::engines().remove(0), |_| {}).await;
        w.register(NewClient { environment: Environment::Production, ..published_at(inside) }).await;
        prove(&w, &key, "uno").await.expect(401);
        assert_eq!(inner.reads(), 0, "{inside}");
    }
    // And what is no such address is not registered, nor one beside a set.
    let both = Settings { jwks: Some(key.set()), ..published_at(&uri).settings };
    let bad = ["http://ejemplo.cl/jwks", "https://u:p@ejemplo.cl/jwks", "file:///etc/passwd", "jwks"];
    let bad = bad.map(|uri| published_at(uri).settings);
    for settings in bad.into_iter().chain([both]) {
        let identity = w.identity.clone();
        let new = NewClient { settings, ..published_at(&uri) };
        let refused = w.db.write(move |tx| identity.register_client(tx, &new)).await;
        assert_eq!(refused.unwrap_err().code(), "llaves_invalidas");
    }
}
