//! The machine contract: an application asks, the holder's code authorises, and a repeat signs nothing again.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::json::sha256_hex;
use copihue_core::{Clock, Secret};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::model::token::ExpirationZone;
use copihue_signing::verify::verify_pdf;
use copihue_signing::{Application, ApplicationState, Credential, Level, SubFilter};
use copihue_web::NoHats;
use copihue_web::testing::{Reply, TestClient, web};
use http::Method;
use serde_json::{Value, json};

use super::world::{Office, RUNS, holder, named_pdf, office};
use crate::service::CITY;

const ENTITY: &str = "Municipalidad de Puente Alto";
const BATCHES: &str = "/api/sign/v1/batches";

struct Machine {
    office: Office,
    client: TestClient,
    credential: Credential,
    other: Credential,
}

async fn machine(test: &TestDb) -> Machine {
    test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let office = office(test).await;
    let mut credentials = Vec::new();
    for key in ["actas", "otra"] {
        let application = Application {
            key: key.into(),
            name: "Actas".into(),
            state: ApplicationState::Active,
            level: Level::T,
            sub_filter: SubFilter::Etsi,
            zone: ExpirationZone::Chile,
            strict_checksum: false,
            bounds: copihue_signing::model::bounds::Bounds::default(),
        };
        let secret = Secret::new(format!("secreto de {key}").as_bytes());
        office.signing.add_application(application, &secret).await.unwrap();
        credentials.push(Credential {
            application: key.into(),
            secret,
            entity: ENTITY.into(),
            run: RUNS[1].to_string(),
            purpose: "Propósito General".into(),
        });
    }
    office.signing.name_entity(ENTITY, CITY).await.unwrap();
    let face = web(test.db(), Arc::clone(&office.clock) as Arc<dyn Clock>, Arc::new(NoHats));
    let client = TestClient::new(&face.router(vec![office.desk.contracts()]));
    let [credential, other] = credentials.try_into().unwrap_or_else(|_| panic!("two applications"));
    Machine { office, client, credential, other }
}

impl Machine {
    async fn ask(&self, credential: &Credential, method: Method, path: &str, body: Option<Value>) -> Reply {
        let token = credential.token(self.office.clock.now()).unwrap();
        let mut client = self.client.clone().header("authorization", &format!("Bearer {token}"));
        let bytes = body.map(|b| b.to_string().into_bytes()).unwrap_or_default();
        client.send(method, path, Some("application/json"), bytes).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask(&self.credential, Method::POST, path, Some(body)).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(&self.credential, Method::GET, path, None).await
    }

    /// A batch that is signed at once, when it is over.
    async fn ended(&self, credential: &Credential, at: &str) -> Value {
        loop {
            let now = self.ask(credential, Method::GET, at, None).await.expect(200).json();
            if now["state"] != "firmando" {
                return now;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    async fn sign(&self, id: &str) -> Value {
        let otp = self.office.code(1).await;
        let reply = self.post(&format!("{BATCHES}/{id}/authorise"), json!({ "otp": otp })).await;
        assert_eq!(reply.expect(202).json()["state"], "autorizado");
        self.office.work().await;
        self.office.wait(60);
        self.get(&format!("{BATCHES}/{id}")).await.expect(200).json()
    }
}

fn item(id: &str, pdf: &[u8]) -> Value {
    json!({ "id": id, "content": STANDARD.encode(pdf), "sha256": sha256_hex(pdf), "name": id, "stamp": "ultima:abajo-derecha" })
}

fn request(name: &str, items: &[Value]) -> Value {
    json!({
        "request_id": name, "institution": CITY, "signer": { "run": RUNS[1].to_string(), "purpose": "Propósito General" },
        "format": "pades", "level": "B-T", "policy": "require", "items": items,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_an_application_asks_the_holder_authorises_and_a_repeat_signs_nothing_again() {
    for test in engines() {
        let machine = machine(&test).await;
        let body =
            request("r-1", &[item("a", &named_pdf("a")), item("b", b"nada"), item("c", &named_pdf("c"))]);
        let made = machine.post(BATCHES, body.clone()).await.expect(201).json();
        assert_eq!((&made["state"], &made["counts"]["error"]), (&json!("esperando_otp"), &json!(1)));
        let id = made["id"].as_str().unwrap();
        let end = machine.sign(id).await;
        assert_eq!(end["state"], "completo_con_errores");
        assert!(end["authorisation"].as_str().unwrap().split('.').count() == 3);
        let failed = machine.get(&format!("{BATCHES}/{id}/items?state=error")).await.expect(200).json();
        assert_eq!(failed["items"][0]["error"]["code"], "pdf_no_es_pdf");
        assert_eq!(failed["items"].as_array().unwrap().len(), 1);
        let first = machine.get(&format!("{BATCHES}/{id}/items/a/content")).await.expect(200);
        let verdict = verify_pdf(&first.body, &machine.office.signing.trust(), machine.office.signing_time());
        assert!(verdict.is_genuine(), "{verdict:?}");
        let again = machine.post(BATCHES, body).await.expect(200).json();
        assert_eq!(again["id"].as_str(), Some(id));
        let second = machine.get(&format!("{BATCHES}/{id}/items/a/content")).await.expect(200);
        assert_eq!(first.body, second.body, "the same bytes");
        let other = machine.post(BATCHES, request("r-1", &[item("a", &named_pdf("otro"))])).await.expect(409);
        assert_eq!(other.json()["code"], "solicitud_distinta");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_who_has_no_good_token_learns_nothing_and_no_application_sees_anothers_batch() {
    for test in engines() {
        let machine = machine(&test).await;
        let made =
            machine.post(BATCHES, request("r", &[item("a", &named_pdf("a"))])).await.expect(201).json();
        let at = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
        machine.client.clone().get_raw(&at).await.expect(401);
        machine.ask(&machine.other, Method::GET, &at, None).await.expect(404);
        let forged = Credential { secret: Secret::new(*b"no es este"), ..machine.credential.clone() };
        machine.ask(&forged, Method::GET, &at, None).await.expect(401);
        let somebody = Credential { run: RUNS[2].to_string(), ..machine.credential.clone() };
        machine.ask(&somebody, Method::GET, &at, None).await.expect(404);
        // A stolen secret without the holder's code signs nothing, and asks for nobody but whom the token is for.
        machine.post(&format!("{at}/authorise"), json!({})).await.expect(422);
        machine.post(&format!("{at}/authorise"), json!({ "otp": "000000" })).await.expect(422);
        machine
            .ask(&somebody, Method::POST, BATCHES, Some(request("s", &[item("a", &named_pdf("a"))])))
            .await
            .expect(422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_named_by_their_hash_and_only_by_who_sent_them() {
    for test in engines() {
        let machine = machine(&test).await;
        let pdf = named_pdf("subido");
        let token = machine.credential.token(machine.office.clock.now()).unwrap();
        let mut client = machine.client.clone().header("authorization", &format!("Bearer {token}"));
        let sent =
            client.send(Method::POST, "/api/sign/v1/uploads", Some("application/pdf"), pdf.clone()).await;
        assert_eq!(sent.expect(201).json()["upload_id"], sha256_hex(&pdf));
        let named = json!({ "id": "a", "upload_id": sha256_hex(&pdf), "sha256": sha256_hex(&pdf) });
        let body = request("r", std::slice::from_ref(&named));
        machine.ask(&machine.other, Method::POST, BATCHES, Some(body.clone())).await.expect(422);
        let made = machine.post(BATCHES, body).await.expect(201).json();
        assert_eq!(machine.sign(made["id"].as_str().unwrap()).await["state"], "completo");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_each_change_until_the_batch_is_over() {
    for test in engines() {
        let machine = machine(&test).await;
        let made =
            machine.post(BATCHES, request("r", &[item("a", &named_pdf("a"))])).await.expect(201).json();
        let id = made["id"].as_str().unwrap().to_owned();
        machine.sign(&id).await;
        let events = machine.get(&format!("{BATCHES}/{id}/events")).await.expect(200);
        assert_eq!(events.header("content-type"), Some("text/event-stream"));
        assert!(events.text().starts_with("event: batch\ndata: {") && events.text().contains("completo"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_an_unattended_batch_needs_the_holders_permission_and_no_code() {
    for test in engines() {
        let machine = machine(&test).await;
        let official = machine.office.officials[1];
        let unattended = Credential { purpose: "Desatendido".into(), ..machine.credential.clone() };
        let mut body = request("r", &[item("a", &named_pdf("a"))]);
        body["signer"]["purpose"] = "Desatendido".into();
        let made = machine.ask(&unattended, Method::POST, BATCHES, Some(body)).await.expect(201).json();
        let at = format!("{BATCHES}/{}/authorise", made["id"].as_str().unwrap());
        machine.ask(&unattended, Method::POST, &at, Some(json!({}))).await.expect(403);
        machine.office.signing.enable_application(CITY, official, "actas").await.unwrap();
        // Permitted, but without a certificate for it.
        machine.ask(&unattended, Method::POST, &at, Some(json!({}))).await.expect(409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_applications_batch_is_signed_by_firmagob_for_processes_and_with_a_code() {
    for test in engines() {
        let (contract, url) = crate::firmagob::state().await;
        let machine = machine(&test).await;
        let (office, official) = (&machine.office, machine.office.officials[1]);
        office.clock.set(contract.clock.now());
        let there = crate::firmagob::settings(&url, crate::firmagob::chain(&contract));
        office.signing.use_firmagob(there).unwrap();
        // By a process: its permission here, and the certificate for processes there.
        let unattended = Credential { purpose: "Desatendido".into(), ..machine.credential.clone() };
        let mut body = request("r", &[item("a", &named_pdf("a")), item("b", &named_pdf("b"))]);
        body["signer"]["purpose"] = "Desatendido".into();
        let made = machine.ask(&unattended, Method::POST, BATCHES, Some(body)).await.expect(201).json();
        let at = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
        let authorise = format!("{at}/authorise");
        machine.ask(&unattended, Method::POST, &authorise, Some(json!({}))).await.expect(403);
        office.signing.enable_application(CITY, official, "actas").await.unwrap();
        machine.ask(&unattended, Method::POST, &authorise, Some(json!({}))).await.expect(202);
        let end = machine.ended(&unattended, &at).await;
        assert_eq!((&end["state"], &end["counts"]["firmado"]), (&json!("completo"), &json!(2)), "{end}");
        let signed = machine.ask(&unattended, Method::GET, &format!("{at}/items/a/content"), None).await;
        let mut trust = copihue_signing::verify::TrustStore::new();
        trust.add_anchor(contract.signing.root().unwrap(), copihue_signing::verify::AnchorKind::State);
        let verdict = verify_pdf(&signed.expect(200).body, &trust, contract.clock.now());
        let signer = verdict.signatures[0].signer.as_ref().unwrap();
        assert_eq!(signer.run_masked.as_deref(), Some("••.•••.222-2"));
        // With a code: the holder's of the State's service, which this one knows nothing of.
        let attended = Credential { run: RUNS[0].to_string(), ..machine.credential.clone() };
        let mut body = request("s", &[item("a", &named_pdf("a"))]);
        body["signer"]["run"] = RUNS[0].to_string().into();
        let made = machine.ask(&attended, Method::POST, BATCHES, Some(body)).await.expect(201).json();
        let at = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
        let authorise = format!("{at}/authorise");
        let own = office.code(0).await;
        machine.ask(&attended, Method::POST, &authorise, Some(json!({ "otp": own }))).await.expect(422);
        let code =
            contract.signing.current_code(crate::tickets::INSTITUTION, contract.attended).await.unwrap();
        machine.ask(&attended, Method::POST, &authorise, Some(json!({ "otp": code }))).await.expect(202);
        let end = machine.ended(&attended, &at).await;
        assert_eq!(end["state"], "completo", "{end}");
        let uses = office.signing.key_uses(CITY, copihue_core::Timestamp::from_millis(0)).await.unwrap();
        assert!(uses.len() == 3 && uses.iter().all(|u| u.application.as_deref() == Some("actas")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_no_batch_names_is_forgotten_a_week_after_it_came_last() {
    for test in engines() {
        let machine = machine(&test).await;
        let pdf = named_pdf("olvidado");
        let send = async || {
            let token = machine.credential.token(machine.office.clock.now()).unwrap();
            let mut client = machine.client.clone().header("authorization", &format!("Bearer {token}"));
            let path = "/api/sign/v1/uploads";
            client.send(Method::POST, path, Some("application/pdf"), pdf.clone()).await.expect(201);
        };
        const DAY_MS: i64 = 86_400_000;
        send().await;
        machine.office.clock.advance_millis(6 * DAY_MS);
        send().await;
        machine.office.clock.advance_millis(6 * DAY_MS);
        assert_eq!(machine.office.desk.purge().await.unwrap().0, 0, "it came again");
        machine.office.clock.advance_millis(2 * DAY_MS);
        assert_eq!(machine.office.desk.purge().await.unwrap().0, 1);
        let named = json!({ "id": "a", "upload_id": sha256_hex(&pdf), "sha256": sha256_hex(&pdf) });
        let body = request("r", std::slice::from_ref(&named));
        machine.ask(&machine.credential, Method::POST, BATCHES, Some(body)).await.expect(422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_what_is_taken_back_or_suspended_signs_no_more_of_a_batch_that_was_authorised() {
    for test in engines() {
        let machine = machine(&test).await;
        let (office, official) = (&machine.office, machine.office.officials[1]);
        office.signing.ensure_unattended(&holder(1, official)).await.unwrap();
        office.signing.enable_application(CITY, official, "actas").await.unwrap();
        let unattended = Credential { purpose: "Desatendido".into(), ..machine.credential.clone() };
        let begin = async |name: &str| {
            let mut body = request(name, &[item("a", &named_pdf(name))]);
            body["signer"]["purpose"] = "Desatendido".into();
            let made = machine.ask(&unattended, Method::POST, BATCHES, Some(body)).await.expect(201).json();
            let at = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
            machine
                .ask(&unattended, Method::POST, &format!("{at}/authorise"), Some(json!({})))
                .await
                .expect(202);
            at
        };
        let why = async |at: &str| {
            let list = machine.ask(&unattended, Method::GET, &format!("{at}/items"), None).await.expect(200);
            list.json()["items"][0]["error"]["code"].clone()
        };
        let taken_back = begin("retirado").await;
        office.signing.disable_application(CITY, official, "actas").await.unwrap();
        office.work().await;
        assert_eq!(why(&taken_back).await, "sin_permiso_del_titular");
        machine.ask(&unattended, Method::POST, &format!("{taken_back}/resume"), None).await;
        office.work().await;
        assert_eq!(why(&taken_back).await, "sin_permiso_del_titular", "nor when it is taken up again");
        office.signing.enable_application(CITY, official, "actas").await.unwrap();
        let suspended = begin("suspendido").await;
        office.signing.set_application_state("actas", ApplicationState::Suspended).await.unwrap();
        office.work().await;
        office.signing.set_application_state("actas", ApplicationState::Active).await.unwrap();
        assert_eq!(why(&suspended).await, "aplicacion_suspendida");
        assert!(
            office
                .signing
                .key_uses(CITY, copihue_core::Timestamp::from_millis(0))
                .await
                .unwrap()
                .iter()
                .all(|u| u.format == copihue_signing::Format::Jws)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_token_for_one_purpose_opens_no_batch_of_the_other() {
    for test in engines() {
        let machine = machine(&test).await;
        let unattended = Credential { purpose: "Desatendido".into(), ..machine.credential.clone() };
        let mut body = request("r", &[item("a", &named_pdf("a"))]);
        body["signer"]["purpose"] = "Desatendido".into();
        let made = machine.ask(&unattended, Method::POST, BATCHES, Some(body)).await.expect(201).json();
        let at = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
        machine.ask(&unattended, Method::GET, &at, None).await.expect(200);
        machine.get(&at).await.expect(404);
        machine.post(&format!("{at}/authorise"), json!({})).await.expect(404);
    }
}
