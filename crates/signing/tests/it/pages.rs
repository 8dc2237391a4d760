//! The verification page.

use std::sync::Arc;

use copihue_core::json::sha256_hex;
use copihue_db::testing::TestDb;
use copihue_signing::{DataFile, DocumentState, Level, Order, SealOptions, Shape, Show, WhenShort};
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, check_locale, web};

use crate::service::{CITY, World, issued, world};
use crate::support::classic_pdf;

const CODE: &str = "RTZZ-AERD-F9JG-66PK";

struct Site {
    client: TestClient,
    world: World,
    pdf: Vec<u8>,
    _test: TestDb,
}

/// A site with one permit issued.
async fn site(show: Show) -> Site {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let world = world(&test).await;
    let sealed = world.signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
    let mut document = issued(CODE.parse().unwrap(), sealed.sha256, sealed.signed_at);
    document.signers = vec![sealed.signer.clone()];
    document.show = show;
    let signing = world.signing.clone();
    world.db.write(move |tx| signing.register_document(tx, &document)).await.unwrap();
    let face = web(test.db(), Arc::clone(&world.clock) as Arc<dyn copihue_core::Clock>, Arc::new(NoHats));
    let client = TestClient::new(&face.router(vec![world.signing.routes()]));
    Site { client, world, pdf: sealed.bytes, _test: test }
}

#[test]
fn every_text_exists_and_is_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_17_anybody_reads_who_issued_and_whether_it_is_in_force() {
    let mut site = site(Show::Document).await;
    let page = site.client.get(&format!("/verificar/{CODE}")).await.expect(200);
    for text in
        ["Permiso de circulación 2026", "Municipalidad de Puente Alto", "El documento está vigente", CODE]
    {
        assert!(page.says(text), "{text}\n{}", page.text());
    }
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    let signing = site.world.signing.clone();
    let void = move |tx: &mut copihue_db::Tx<'_>| {
        signing.set_document_state(tx, CODE.parse().unwrap(), DocumentState::Void, "Resolución 12", None)
    };
    site.world.db.write(void).await.unwrap();
    let page = site.client.get(&format!("/verificar/{CODE}")).await.expect(200);
    assert!(page.says("quedó sin efecto") && page.says("Resolución 12"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_17_typed_codes_and_short_addresses_lead_to_the_page() {
    let mut site = site(Show::Document).await;
    for path in [
        "/verificar?codigo=rtzz+aerd+f9jg+66pk",
        "/verificar/rtzzaerdf9jg66pk",
        "/verificar/RTZZ%20AERD-F9JG-66PK",
    ] {
        assert!(site.client.get(path).await.expect(200).says("Permiso de circulación 2026"), "{path}");
    }
    for path in [format!("/v/{CODE}"), "/validador/rtzzaerdf9jg66pk".to_owned()] {
        let reply = site.client.get_raw(&path).await.expect(302);
        assert_eq!(reply.location(), Some(format!("/verificar/{CODE}").as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_malformed_codes_have_the_same_answer() {
    let mut site = site(Show::Document).await;
    let body = |reply: copihue_web::testing::Reply| {
        // Tokens against forgery, and traces, differ by request.
        let text = reply.text();
        let main = text.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned();
        main.lines().filter(|l| !l.contains("value=")).collect::<String>().len()
    };
    let unknown = site.client.get("/verificar/0000-0000-0000-001X").await.expect(404);
    assert!(unknown.says("No encontramos un documento con ese código"));
    let malformed = site.client.get("/verificar/0000-0000-0000-0000U").await.expect(404);
    assert_eq!(body(unknown), body(malformed));
    let reply = site.client.get_raw("/v/nada").await.expect(302);
    assert!(reply.location().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_is_slowed_down() {
    let mut site = site(Show::Document).await;
    for _ in 0..30 {
        assert_eq!(site.client.get("/verificar/0000-0000-0000-001X").await.status, 404);
    }
    assert_eq!(site.client.get("/verificar/0000-0000-0000-001X").await.status, 429);
    assert_eq!(site.client.get(&format!("/verificar/{CODE}")).await.status, 429);
    site.world.clock.advance_millis(60_000);
    assert_eq!(site.client.get(&format!("/verificar/{CODE}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn exp_17_machines_read_the_same() {
    let mut site = site(Show::Document).await;
    let mut client = site.client.header("accept", "application/json");
    let json = client.get(&format!("/verificar/{CODE}")).await.expect(200).json();
    assert_eq!(json["estado"], "vigente");
    assert_eq!(json["oae"], CITY);
    assert_eq!(json["sha256"], sha256_hex(&site.pdf));
    assert_eq!(json["firmantes"][0]["institucion"], "Municipalidad de Puente Alto");
    let by_hash =
        client.get(&format!("/verificar/huella/{}", sha256_hex(&site.pdf))).await.expect(200).json();
    assert_eq!(by_hash["codigo"], CODE);
    assert_eq!(client.get(&format!("/verificar/huella/{}", "0".repeat(64))).await.status, 404);
    let missing = client.get("/verificar/0000-0000-0000-001X").await.expect(404);
    assert_eq!(missing.json()["code"], "codigo_desconocido");
    site.client = client;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reserved_shows_only_its_hash_and_state() {
    let mut site = site(Show::Hash).await;
    let page = site.client.get(&format!("/verificar/{CODE}")).await.expect(200);
    assert!(!page.says("Permiso de circulación 2026") && page.says("Documento de acceso restringido"));
    assert!(page.says(&sha256_hex(&site.pdf)) && page.says("vigente"));
    let json =
        site.client.header("accept", "application/json").get(&format!("/verificar/{CODE}")).await.json();
    assert!(json.get("titulo").is_none() && json.get("firmantes").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_file_is_judged_and_a_changed_byte_refused() {
    let mut site = site(Show::Document).await;
    let home = site.client.get("/verificar").await.expect(200);
    assert!(home.says("Código de verificación"));
    let good = site
        .client
        .upload("/verificar/archivo", &[], &[("archivo", "permiso.pdf", &site.pdf)])
        .await
        .expect(200);
    for text in
        ["El documento es auténtico", "Firmado por Municipalidad de Puente Alto", "El documento está vigente"]
    {
        assert!(good.says(text), "{text}\n{}", good.text());
    }
    let mut changed = site.pdf.clone();
    let at = changed.windows(7).position(|w| w == b"Permiso").unwrap();
    changed[at] ^= 1;
    let bad = site
        .client
        .upload("/verificar/archivo", &[], &[("archivo", "permiso.pdf", &changed)])
        .await
        .expect(200);
    assert!(bad.says("El documento no es auténtico") && bad.says("no es idéntico al documento registrado"));
    assert!(!bad.says("El documento está vigente"));
    let unsigned = classic_pdf();
    let plain = site
        .client
        .upload("/verificar/archivo", &[], &[("archivo", "permiso.pdf", &unsigned)])
        .await
        .expect(200);
    assert!(plain.says("El documento no está firmado"));
    let program = b"MZ\x90\0\x03 this program cannot be run in DOS mode";
    let read = site
        .client
        .upload("/verificar/archivo", &[], &[("archivo", "permiso.pdf", program)])
        .await
        .expect(200);
    assert!(read.says("No pudimos leer el archivo") && !read.says("¿Sigue vigente?"));
    assert_eq!(site.client.upload("/verificar/archivo", &[], &[]).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_15_anybody_may_send_a_signature_of_any_kind_and_learns_what_is_missing() {
    let mut site = site(Show::Document).await;
    let file = |name: &str| DataFile {
        name: name.into(),
        media_type: "text/plain".into(),
        bytes: b"Se decreta lo siguiente.".to_vec(),
    };
    let sign = async |signing: &copihue_signing::Signing, shape, files| {
        let order = Order::new(shape, files, Level::B, WhenShort::Refuse).unwrap();
        signing.seal_files(CITY, order).await.unwrap().bytes
    };
    let detached = sign(&site.world.signing, Shape::CadesDetached, vec![file("decreto.txt")]).await;
    let alone = [("archivo", "decreto.p7s", detached.as_slice())];
    let page = site.client.upload("/verificar/archivo", &[], &alone).await.expect(200);
    for text in ["Falta el archivo", "Revisar los dos juntos", "El archivo que se firmó"] {
        assert!(page.says(text), "{text}\n{}", page.text());
    }
    let both = [alone[0], ("contenido", "decreto.txt", b"Se decreta lo siguiente.")];
    let page = site.client.upload("/verificar/archivo", &[], &both).await.expect(200);
    assert!(
        page.says("El documento es auténtico") && page.says("Municipalidad de Puente Alto"),
        "{}",
        page.text()
    );
    let other = [alone[0], ("contenido", "decreto.txt", b"Se decreta otra cosa.")];
    let page = site.client.upload("/verificar/archivo", &[], &other).await.expect(200);
    assert!(page.says("El documento no es auténtico") && page.says("El contenido no es el que se firmó."));
    let container =
        sign(&site.world.signing, Shape::AsicEXades, vec![file("decreto.txt"), file("anexo.txt")]).await;
    let page = site
        .client
        .upload("/verificar/archivo", &[], &[("archivo", "d.asice", &container)])
        .await
        .expect(200);
    for text in ["El documento es auténtico", "Qué archivos están firmados", "anexo.txt", "Ver detalle"] {
        assert!(page.says(text), "{text}\n{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_and_revocations_are_published() {
    let mut site = site(Show::Document).await;
    let root = site.client.get("/pki/raiz.pem").await.expect(200);
    assert!(root.says("-----BEGIN CERTIFICATE-----"));
    let id = site.world.signing.issuing().unwrap().key_id();
    let crl = site.client.get(&format!("/pki/{id}.crl")).await.expect(200);
    assert_eq!(crl.header("content-type"), Some("application/pkix-crl"));
    assert_eq!(site.client.get(&format!("/pki/{id}.cer")).await.status, 200);
    assert_eq!(site.client.get("/pki/otro.cer").await.status, 404);
}
