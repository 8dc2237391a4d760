//! A receipt that is asked for before the log has published it.

use copihue_core::VerificationCode;
use copihue_signing::{IssuedDocument, Show};
use copihue_web::testing::TestClient;

use super::platform;

#[tokio::test(flavor = "multi_thread")]
async fn led_03_the_receipt_of_a_document_says_that_it_is_being_published_and_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.ledger.sequence_once().await.unwrap();
    let code = VerificationCode::new(&*platform.random);
    let document = IssuedDocument {
        code,
        sha256: [7; 32],
        institution: "PE-MUN-00301".to_owned(),
        institution_name: "Municipalidad de Puente Alto".to_owned(),
        title: "Permiso".to_owned(),
        kind: "permiso".to_owned(),
        case: None,
        signers: Vec::new(),
        issued_at: platform.clock.now(),
        show: Show::Hash,
    };
    let signing = platform.signing.clone();
    platform.db.write(move |tx| signing.register_document(tx, &document)).await.unwrap();
    let router = platform.web.router(platform.routes());
    let mut anybody = TestClient::new(&router);
    let address = format!("/verificar/{code}/comprobante");
    let page = anybody.get(&address).await.expect(202);
    assert!(page.says("El comprobante se está publicando"), "{}", page.text());
    assert!(page.says("vuelva en un minuto"));
    assert_eq!(page.header("retry-after"), Some("3"));
    let mut program = TestClient::new(&router).header("accept", "application/json");
    let answer = program.get(&address).await.expect(503);
    assert_eq!(answer.json()["code"], "comprobante_en_publicacion");
    assert_eq!(answer.header("retry-after"), Some("3"));
    assert_eq!(anybody.get("/verificar/0000-0000-0000-0000/comprobante").await.status.as_u16(), 404);
    platform.ledger.sequence_once().await.unwrap();
    let file = anybody.get(&address).await.expect(200);
    let name = format!("attachment; filename=\"documento-{code}.tlog-proof\"");
    assert_eq!(file.header("content-disposition"), Some(name.as_str()));
    assert!(file.text().starts_with("c2sp.org/tlog-proof@v1"));
}
