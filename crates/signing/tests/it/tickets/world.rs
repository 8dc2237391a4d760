//! A client of the contract, and the server that it speaks to.

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::sha256_hex;
use copihue_core::{Clock, Id, ManualClock, SystemClock, Timestamp};
use copihue_db::testing::TestDb;
use copihue_signing::{MIGRATIONS, Mode, NoEvidence, SANDBOX, Signing};
use copihue_web::testing::{Reply, TestClient};
use serde_json::{Value, json};

use crate::service::{open, set_up};

pub(super) const PATH: &str = "/firma/v2/files/tickets";
pub(crate) const SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
pub(crate) const ENTITY: &str = "Subsecretaría General de la Presidencia";
pub(crate) const INSTITUTION: &str = "PRUEBA-SEGPRES";

pub(crate) struct Contract {
    pub(crate) signing: Signing,
    pub(crate) clock: Arc<ManualClock>,
    pub(super) client: TestClient,
    pub(crate) attended: Id,
    pub(crate) test: TestDb,
}

pub(crate) async fn contract(test: TestDb) -> Contract {
    test.migrate(&[MIGRATIONS, copihue_web::MIGRATIONS]).unwrap();
    let clock = Arc::new(ManualClock::new(SystemClock::default().now()));
    let signing = open(&test.db(), &clock, Mode::Demo, Arc::new(NoEvidence)).await;
    set_up(&signing).await;
    let (institution, attended) = signing.ensure_sandbox().await.unwrap();
    assert_eq!(institution, INSTITUTION);
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let face = copihue_web::testing::web(test.db(), shared, Arc::new(copihue_web::NoHats));
    let client = TestClient::new(&face.router(vec![signing.contracts()]));
    Contract { signing, clock, client, attended, test }
}

/// What a client says of itself.
#[derive(Clone)]
pub(crate) struct Say {
    pub(super) run: &'static str,
    pub(super) entity: &'static str,
    pub(super) purpose: &'static str,
    pub(super) secret: &'static str,
    pub(super) minutes: i64,
}

pub(crate) const UNATTENDED: Say =
    Say { run: "22222222", entity: ENTITY, purpose: "Desatendido", secret: SECRET, minutes: 30 };
pub(super) const ATTENDED: Say = Say { run: "11111111", purpose: "Propósito General", ..UNATTENDED };

pub(crate) fn token(say: &Say, now: Timestamp) -> String {
    let at = jiff::Timestamp::from(now.plus_seconds(say.minutes * 60));
    let local = at.in_tz("America/Santiago").unwrap().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let claims = json!({"run": say.run, "entity": say.entity, "purpose": say.purpose, "expiration": local});
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(&claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, say.secret.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
}

impl Contract {
    pub(super) fn token(&self, say: &Say) -> String {
        token(say, self.clock.now())
    }

    pub(super) async fn send(&mut self, body: &Value, otp: Option<&str>) -> Reply {
        let mut client = self.client_with(otp);
        client
            .send(Method::POST, PATH, Some("application/json; charset=utf-8"), body.to_string().into_bytes())
            .await
    }

    fn client_with(&self, otp: Option<&str>) -> TestClient {
        let shared = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let face = copihue_web::testing::web(self.test.db(), shared, Arc::new(copihue_web::NoHats));
        let client = TestClient::new(&face.router(vec![self.signing.contracts()]));
        match otp {
            Some(code) => client.header("otp", code),
            None => client,
        }
    }

    pub(super) async fn sign(&mut self, say: &Say, otp: Option<&str>, parts: Value) -> Reply {
        let mut body = json!({"api_token_key": SANDBOX, "token": self.token(say)});
        body.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        self.send(&body, otp).await
    }

    pub(super) async fn refused(&mut self, say: &Say, otp: Option<&str>, parts: Value) -> (u16, u64, String) {
        let reply = self.sign(say, otp, parts).await;
        let said = reply.json();
        assert!(said["timestamp"].as_str().unwrap().len() == 19);
        (reply.status.as_u16(), said["status"].as_u64().unwrap(), said["error"].as_str().unwrap().to_owned())
    }
}

pub(crate) fn file(kind: &str, content: &[u8]) -> Value {
    json!({"content-type": format!("application/{kind}"), "content": STANDARD.encode(content),
        "description": "un documento", "checksum": sha256_hex(content)})
}

pub(super) fn files(items: Vec<Value>) -> Value {
    json!({ "files": items })
}

pub(super) fn content(said: &Value, list: &str, n: usize) -> Vec<u8> {
    STANDARD.decode(said[list][n]["content"].as_str().unwrap()).unwrap()
}
