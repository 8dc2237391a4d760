//! The evidence record of an issued document: offered beside it, and judged by the command.

use std::path::PathBuf;
use std::process::ExitCode;

use copihue_core::VerificationCode;
use copihue_core::json::sha256;
use copihue_db::blobs::Blobs;
use copihue_db::{params, sql};
use copihue_signing::{IssuedDocument, Show};
use copihue_web::testing::TestClient;

use super::platform;
use crate::cli::StrongerHash;
use crate::commands::evidence as evidence_command;
use crate::commands::verify::evidence;
use crate::platform::{self, Platform};

fn document(platform: &Platform, bytes: &[u8]) -> IssuedDocument {
    IssuedDocument {
        code: VerificationCode::new(&*platform.random),
        sha256: sha256(bytes),
        institution: "PE-MUN-00301".to_owned(),
        institution_name: "Municipalidad de Puente Alto".to_owned(),
        title: "Permiso".to_owned(),
        kind: "permiso".to_owned(),
        case: None,
        signers: Vec::new(),
        issued_at: platform.clock.now(),
        show: Show::Hash,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_whoever_has_a_document_and_its_record_learns_since_when_it_exists() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    let document = document(&platform, b"un permiso");
    let code = document.code;
    let signing = platform.signing.clone();
    platform.db.write(move |tx| signing.register_document(tx, &document)).await.unwrap();
    let router = platform.web.router(platform.routes());
    let mut anybody = TestClient::new(&router);
    let (page, file) = (format!("/verificar/{code}"), format!("/verificar/{code}/registro-de-evidencia"));
    anybody.get(&file).await.expect(404);
    assert!(!anybody.get(&page).await.expect(200).text().contains(&file));
    // As if the night had come.
    let earlier = sql!("UPDATE signing_document SET registered_at = registered_at - 60000");
    platform.db.write(move |tx| tx.execute(earlier, &params![]).map(drop)).await.unwrap();
    assert_eq!(platform.signing.evidence_once().await.unwrap(), 1);
    assert!(anybody.get(&page).await.expect(200).text().contains(&file));
    let record = anybody.get(&file).await.expect(200);
    let name = format!("attachment; filename=\"documento-{code}.ers\"");
    assert_eq!(record.header("content-disposition"), Some(name.as_str()));
    anybody.get("/verificar/0000-0000-0000-0000/registro-de-evidencia").await.expect(404);
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (ers, good) = (put("d.ers", &record.body), put("permiso", b"un permiso"));
    let other = put("otro", b"otro");
    let (trust, now) = (platform.signing.trust(), platform.clock.now());
    let judged = |document: &PathBuf| {
        let files = [document.clone(), ers.clone()];
        evidence::report(&record.body, (&ers, &files), &trust, now).unwrap()
    };
    let told = judged(&good);
    assert!(told.exit_code == 0 && told.text.starts_with("Prueba válida: "), "{}", told.text);
    assert_eq!(judged(&other).exit_code, 2);
    assert_eq!(told.json["evidencia"]["sellos"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_technician_covers_the_documents_anew_by_a_command_and_sees_how_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    let objects = Blobs::new(platform.db.clone(), platform.config.objects());
    for text in ["se conserva", "se perdió"] {
        let document = document(&platform, text.as_bytes());
        let staged = objects.stage(text.as_bytes().to_vec()).await.unwrap();
        let signing = platform.signing.clone();
        let add = move |tx: &mut copihue_db::Tx<'_>| {
            signing.register_document(tx, &document)?;
            if text == "se conserva" { staged.put(tx).map(drop) } else { Ok(()) }
        };
        platform.db.write(add).await.unwrap();
    }
    let earlier = sql!("UPDATE signing_document SET registered_at = registered_at - 60000");
    platform.db.write(move |tx| tx.execute(earlier, &params![]).map(drop)).await.unwrap();
    assert_eq!(platform.signing.evidence_once().await.unwrap(), 2);
    let (signing, blobs) = platform::evidence_keeper(platform.config.clone()).await.unwrap();
    let code = evidence_command::rehash(&signing, &blobs, StrongerHash::Sha512).await.unwrap();
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE), "one is not kept");
    let said = evidence_command::in_words(&platform.signing.evidence_status().await.unwrap());
    assert!(said.starts_with("2 documentos") && said.contains("1 cubiertos además con sha512."), "{said}");
    let record = platform.signing.evidence_record(sha256("se conserva".as_bytes())).await.unwrap().unwrap();
    let file = folder.path().join("d");
    std::fs::write(&file, "se conserva").unwrap();
    let ers = folder.path().join("d.ers");
    std::fs::write(&ers, &record).unwrap();
    let files = [file, ers.clone()];
    let told = evidence::report(&record, (&ers, &files), &platform.signing.trust(), platform.clock.now());
    let said = told.unwrap().text;
    assert!(said.starts_with("Prueba válida: "), "{said}");
}
