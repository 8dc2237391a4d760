//! Applications, from their registration to what they sign, and what holders let them do.

use std::sync::Arc;

use copihue_core::Clock as _;
use copihue_core::json::sha256;
use copihue_db::testing::{TestDb, engines};
use copihue_db::{params, sql};
use copihue_signing::NoEvidence;
use copihue_web::testing::{Reply, TestClient};
use serde_json::{Value, json};

use super::world::{ANA, CLERK, DESKER, MINE, TOWN, Town, YEARLY_CLERK, mail_of};

const APPS: &str = "/gestion/firma/aplicaciones";
const PLATFORM: &str = "/gestion/firma/plataforma";
const ENTITY: &str = "Municipalidad de Puente Alto";

/// A key and its secret.
type Pair = (String, String);

async fn register(town: &Town) -> String {
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{APPS}/nueva")).await.expect(200);
    let fields = [
        ("nombre", "Permisos de circulación"),
        ("descripcion", "Firma los permisos que se pagan en línea."),
        ("correo", "sistemas@muni.cl"),
    ];
    let page = operator.post(&format!("{APPS}/nueva"), &fields).await.expect(200);
    page.path.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned()
}

async fn step(town: &Town, id: &str, step: &str, reason: &str) -> Reply {
    let mut administrator = town.visitor(YEARLY_CLERK).await;
    administrator.get(&format!("{PLATFORM}/{id}")).await.expect(200);
    administrator.post(&format!("{PLATFORM}/{id}/paso"), &[("paso", step), ("motivo", reason)]).await
}

/// The key of an application that is admitted, once it is in production.
async fn promoted(town: &Town, id: &str) -> Pair {
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{APPS}/{id}")).await.expect(200);
    operator.post(&format!("{APPS}/{id}/produccion"), &[]).await.expect(200);
    step(town, id, "pasar_a_produccion", "").await.expect(200);
    secret(town, id, "produccion").await
}

/// The key of a new application in production.
async fn application_in_production(town: &Town) -> Pair {
    let id = register(town).await;
    step(town, &id, "admitir", "").await.expect(200);
    promoted(town, &id).await
}

/// Ana's certificate for processes.
async fn give_certificate(town: &Town) {
    town.make_holder(ANA, "ambos").await.expect(200);
    let request = town.ask(ANA, "desatendido").await;
    town.approve(CLERK, &request).await.expect(200);
}

/// A new secret, as it is shown once.
async fn secret(town: &Town, id: &str, environment: &str) -> Pair {
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{APPS}/{id}")).await.expect(200);
    let page = operator.post(&format!("{APPS}/{id}/{environment}/secreto"), &[]).await.expect(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let text = page.text();
    let mut codes =
        text.split("<code class=\"hash\">").skip(1).map(|c| c.split('<').next().unwrap().to_owned());
    (codes.next().unwrap(), codes.next().unwrap())
}

fn token(town: &Town, secret: &str, run: &str, purpose: &str) -> String {
    use base64::Engine as _;
    let url = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let at = town.clock.now().plus_seconds(300);
    let local = copihue_core::calendar::Zone::Santiago.local(at);
    let claims = json!({"entity": ENTITY, "run": run, "purpose": purpose,
        "expiration": local.strftime("%Y-%m-%dT%H:%M:%S").to_string()});
    let signed = format!("{}.{}", url(br#"{"alg":"HS256"}"#), url(claims.to_string().as_bytes()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    format!("{signed}.{}", url(aws_lc_rs::hmac::sign(&key, signed.as_bytes()).as_ref()))
}

async fn sign(town: &Town, (key, secret): &Pair, run: &str, purpose: &str) -> (u16, Value) {
    let file = json!({"content-type": "application/json", "content": "eyJhIjoxfQ=="});
    let body = json!({"api_token_key": key, "token": token(town, secret, run, purpose), "files": [file]});
    let mut client = TestClient::new(&town.router);
    let path = "/firma/v2/files/tickets";
    let reply =
        client.send(http::Method::POST, path, Some("application/json"), body.to_string().into_bytes()).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_an_application_signs_for_test_signers_until_the_administrator_lets_it_into_production() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let id = register(&town).await;
        let mut administrator = town.visitor(YEARLY_CLERK).await;
        assert!(administrator.get(PLATFORM).await.expect(200).says("Permisos de circulación"));
        step(&town, &id, "pasar_a_produccion", "").await.expect(422);
        step(&town, &id, "admitir", "").await.expect(200);
        assert!(town.mail.to("sistemas@muni.cl")[0].contains("ya puede firmar en el ambiente de prueba"));
        let test_key = secret(&town, &id, "prueba").await;
        let (status, answer) = sign(&town, &test_key, "22222222", "Desatendido").await;
        assert_eq!(status, 200, "{answer}");
        // A test key never reaches a holder.
        give_certificate(&town).await;
        assert_eq!(sign(&town, &test_key, "12345678", "Desatendido").await.0, 404);

        let key = promoted(&town, &id).await;
        let (status, answer) = sign(&town, &key, "11111111", "Desatendido").await;
        assert_eq!(
            (status, &answer["error"]),
            (412, &json!("Aplicación no tiene permisos para esta operación"))
        );

        // The holder lets it, reads what it did, and takes it back.
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(&format!("{MINE}/aplicaciones")).await.expect(200).says("Sin permiso"));
        let place = format!("{MINE}/aplicaciones/{}", key.0);
        let asked = ana.get(&place).await.expect(200);
        assert!(asked.says("Autorizo a «Permisos de circulación»"));
        ana.post(&place, &[]).await.expect(422);
        town.clock.advance_millis(11 * 60_000);
        assert!(ana.post(&place, &[("acepto", "si")]).await.expect(422).says("más de 10 minutos"));
        town.log_in(&mut ana, ANA).await;
        ana.get(&place).await.expect(200);
        assert!(ana.post(&place, &[("acepto", "si")]).await.expect(200).says("Aplicación habilitada"));
        assert!(town.mail.to(&mail_of(ANA)).iter().any(|m| m.contains("Permisos de circulación")));
        assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 200);
        let log = ana.get(&format!("{MINE}/firmas?aplicacion={}", key.0)).await.expect(200);
        assert!(
            log.says("Permisos de circulación") && log.text().contains("signature.made"),
            "{}",
            log.text()
        );
        let kept = town.db.read(|conn| {
            let row = conn.query_one(sql!("SELECT text_sha256 FROM signing_permission"), &params![])?;
            row.get::<Vec<u8>>("text_sha256")
        });
        let text = "Autorizo a «Permisos de circulación» a firmar documentos en mi nombre con mi certificado desatendido, sin pedirme un código cada vez. Sé que puedo retirar esta autorización en cualquier momento.";
        assert_eq!(kept.await.unwrap(), sha256(text.as_bytes()));
        ana.post(&format!("{place}/retirar"), &[]).await.expect(200);
        assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 412);

        step(&town, &id, "suspender", "no").await.expect(422);
        step(&town, &id, "suspender", "Firmó documentos que no debía.").await.expect(200);
        assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 401);
        assert_eq!(sign(&town, &test_key, "22222222", "Desatendido").await.0, 401);
        step(&town, &id, "reanudar", "").await.expect(200);
        assert_eq!(sign(&town, &test_key, "22222222", "Desatendido").await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_stop_withdraws_every_application_in_every_process() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let key = application_in_production(&town).await;
    give_certificate(&town).await;
    let mut ana = town.visitor(ANA).await;
    let place = format!("{MINE}/aplicaciones/{}", key.0);
    ana.get(&place).await.expect(200);
    ana.post(&place, &[("acepto", "si")]).await.expect(200);
    assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 200);
    ana.post(&format!("{MINE}/detener"), &[]).await.expect(200);
    assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 412);
    assert!(ana.get(&format!("{MINE}/aplicaciones")).await.expect(200).says("Permiso retirado"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_two_secrets_hold_while_one_takes_the_others_place() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let id = register(&town).await;
    step(&town, &id, "admitir", "").await.expect(200);
    let old = secret(&town, &id, "prueba").await;
    let new = secret(&town, &id, "prueba").await;
    assert_eq!(old.0, new.0);
    for pair in [&old, &new] {
        assert_eq!(sign(&town, pair, "22222222", "Desatendido").await.0, 200);
    }
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{APPS}/{id}")).await.expect(200);
    let ended = operator.post(&format!("{APPS}/{id}/prueba/terminar-cambio"), &[]).await.expect(200);
    assert!(ended.says("Se terminó el cambio de secreto"), "{}", ended.text());
    assert_eq!(sign(&town, &old, "22222222", "Desatendido").await.0, 400);
    assert_eq!(sign(&town, &new, "22222222", "Desatendido").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_bounds_hold_at_the_contracts_address() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let id = register(&town).await;
    step(&town, &id, "admitir", "").await.expect(200);
    let key = secret(&town, &id, "prueba").await;
    let mut operator = town.visitor(DESKER).await;
    let place = format!("{APPS}/{id}/prueba/limites");
    operator.get(&place).await.expect(200);
    let with =
        |contents: &'static str, purposes: &'static str, per_minute: &'static str, networks: &'static str| {
            [
                ("propositos", purposes),
                ("contenidos", contents),
                ("codigo", "una_vez"),
                ("por_minuto", per_minute),
                ("redes", networks),
                ("nivel", "B-B"),
                ("formato", "etsi"),
                ("hora", "chile"),
                ("suma", "libre"),
            ]
        };
    let wrong = operator.post(&place, &with("json", "ambos", "600", "casa")).await.expect(422);
    assert!(wrong.says("«casa» no es una dirección IP"));
    let unknown = with("json", "ambos", "600", "").map(|(n, v)| (n, if n == "nivel" { "B-Z" } else { v }));
    operator.post(&place, &unknown).await.expect(422);
    for (bounds, expected) in [
        (with("pdf", "ambos", "600", ""), [403, 403]),
        (with("json", "general", "600", ""), [403, 403]),
        (with("json", "ambos", "600", "200.1.2.0/24"), [403, 403]),
        (with("json", "ambos", "1", ""), [200, 429]),
    ] {
        operator.post(&place, &bounds).await.expect(200);
        for status in expected {
            assert_eq!(sign(&town, &key, "22222222", "Desatendido").await.0, status, "{bounds:?}");
        }
        town.clock.advance_millis(120_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_an_application_signs_as_its_institution_sets_it_up() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let id = register(&town).await;
        step(&town, &id, "admitir", "").await.expect(200);
        let key = secret(&town, &id, "prueba").await;
        let mut operator = town.visitor(DESKER).await;
        let place = format!("{APPS}/{id}/prueba/limites");
        let set = |zone: &'static str, checksum: &'static str| {
            [
                ("propositos", "ambos"),
                ("contenidos", "json"),
                ("codigo", "ventana"),
                ("por_minuto", "600"),
                ("redes", ""),
                ("nivel", "B-LT"),
                ("formato", "etsi"),
                ("hora", zone),
                ("suma", checksum),
            ]
        };
        operator.get(&place).await.expect(200);
        let page = operator.post(&place, &set("chile", "estricta")).await.expect(200);
        for says in ["(B-LT)", "PAdES", "Hora de Chile", "Se rechaza el documento"] {
            assert!(page.says(says), "{says} in {}", page.text());
        }
        let (status, answer) = sign(&town, &key, "22222222", "Desatendido").await;
        assert_eq!(
            (status, &answer["metadata"]["signedFailed"]),
            (200, &json!(1)),
            "no checksum came: {answer}"
        );
        operator.post(&place, &set("chile", "libre")).await.expect(200);
        let (_, answer) = sign(&town, &key, "22222222", "Desatendido").await;
        assert_eq!(answer["metadata"]["signedFailed"], 0, "{answer}");
        operator.post(&place, &set("utc", "libre")).await.expect(200);
        let (status, _) = sign(&town, &key, "22222222", "Desatendido").await;
        assert_eq!(status, 400, "what Chile's clock says is long past in universal time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_06_who_left_the_institution_signs_nothing_more_by_contract() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let key = application_in_production(&town).await;
        give_certificate(&town).await;
        let official = town.actor(ANA).hat.unwrap().official;
        town.signing.enable_application(TOWN, official, &key.0).await.unwrap();
        assert_eq!(sign(&town, &key, "11111111", "Desatendido").await.0, 200);
        let now = town.clock.now();
        let snapshot = town.directory.snapshot();
        let membership = snapshot.memberships(official, now).next().unwrap().id;
        let day = copihue_core::calendar::Zone::Santiago.date(now.plus_seconds(-86_400));
        let left = move |d: &copihue_directory::Directory, tx: &mut copihue_db::Tx<'_>| {
            d.official_left(tx, &copihue_core::Actor::job("test"), membership, day)
        };
        town.directory.change(left).await.unwrap();
        let (status, answer) = sign(&town, &key, "11111111", "Desatendido").await;
        assert_eq!(status, 404, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_suspension_ends_no_term_for_good() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let id = register(&town).await;
        step(&town, &id, "admitir", "").await.expect(200);
        let mut operator = town.visitor(DESKER).await;
        operator.get(&format!("{APPS}/{id}")).await.expect(200);
        operator.post(&format!("{APPS}/{id}/produccion"), &[]).await.expect(200);
        let due = async || {
            let page = town.visitor(YEARLY_CLERK).await.get(&format!("{PLATFORM}/{id}")).await.expect(200);
            page.says("Responder hasta")
        };
        assert!(due().await);
        step(&town, &id, "suspender", "Firma lo que no debe.").await.expect(200);
        assert!(!due().await);
        step(&town, &id, "reanudar", "").await.expect(200);
        assert!(due().await);
        step(&town, &id, "pasar_a_produccion", "").await.expect(200);
        assert!(!due().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_applications_that_are_over_leave_room_for_others() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let first: copihue_core::Id = register(&town).await.parse().unwrap();
        let many = move |tx: &mut copihue_db::Tx<'_>| {
            for n in 0..100_u8 {
                let mut id = *first.as_bytes();
                id[15] = id[15].wrapping_add(n + 1);
                let sql = sql!(
                    "INSERT INTO signing_registered (bucket, id, institution, name, description, contact, phase, asked_at)
                     SELECT bucket, $1, institution, name, description, contact, 'revocada', asked_at
                     FROM signing_registered WHERE id = $2"
                );
                tx.execute(sql, &params![id.to_vec(), first])?;
            }
            Ok(())
        };
        town.db.write(many).await.unwrap();
        register(&town).await;
        let alive = |tx: &mut copihue_db::Tx<'_>| {
            tx.execute(sql!("UPDATE signing_registered SET phase = 'prueba_activa'"), &params![])
        };
        town.db.write(alive).await.unwrap();
        let mut operator = town.visitor(DESKER).await;
        operator.get(&format!("{APPS}/nueva")).await.expect(200);
        let fields =
            [("nombre", "Otra más"), ("descripcion", "Firma otra cosa más."), ("correo", "a@muni.cl")];
        let refused = operator.post(&format!("{APPS}/nueva"), &fields).await;
        assert!(refused.says("demasiadas aplicaciones"), "{}", refused.text());
    }
}
