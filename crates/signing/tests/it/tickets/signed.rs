//! What is signed, and how it is answered.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::{sha256, sha256_hex};
use copihue_core::{Bucket, Clock, Id, Run, SeededRandom};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::verify_pdf;
use copihue_signing::{Level, NewHolder, Shape};
use serde_json::{Value, json};

use super::world::{ATTENDED, ENTITY, INSTITUTION, Say, UNATTENDED, content, contract, file, files};
use crate::support::classic_pdf;

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_unattended_client_signs_every_kind_in_one_request() {
    for test in engines() {
        let mut contract = contract(test).await;
        let pdf = classic_pdf();
        let json = b"{\"key1\": \"value1\",\"key2\": \"value2\"}";
        let digest = sha256(b"el documento");
        let parts = json!({
            "files": [file("pdf", &pdf), file("json", json), file("xml", b"<a><b Id=\"x\">\xc3\xb1</b></a>")],
            "hashes": [{"content": STANDARD.encode(digest)}],
        });
        let reply = contract.sign(&UNATTENDED, None, parts).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let said = reply.json();
        assert_eq!(said["status"], 200);
        for (name, value) in
            [("filesSigned", 4), ("signedFailed", 0), ("objectsReceived", 4), ("files_recived", 4)]
        {
            assert_eq!(said["metadata"][name], value, "{name}");
        }
        assert_eq!(said["metadata"]["otpExpired"], false);
        assert_eq!(said["files"][0]["checksum_original"], sha256_hex(&pdf));
        assert_eq!(said["files"][0]["checksum_signed"], sha256_hex(&content(&said, "files", 0)));
        assert_eq!(said["files"][0]["nivelAlcanzado"], "B-T");
        assert_eq!(said["hashes"][0]["hashOriginal"], STANDARD.encode(digest));
        assert!(said["session_token"].is_string());
        let verdict =
            verify_pdf(&content(&said, "files", 0), &contract.signing.trust(), contract.clock.now());
        assert!(verdict.is_genuine() && verdict.signatures[0].format == "adbe.pkcs7.detached", "{verdict:?}");
        let jws: Value = serde_json::from_slice(&content(&said, "files", 1)).unwrap();
        let payload = jws["jws"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        assert_eq!(URL_SAFE_NO_PAD.decode(payload).unwrap(), json);
        assert!(content(&said, "hashes", 0).len() <= 7_500);
        // The request, its items and their log were on disk before the answer left; the next one has the next number.
        let id = said["idSolicitud"].as_i64().unwrap();
        assert_eq!(contract.signing.request_counts(id).await.unwrap(), Some((4, 0)));
        let from = copihue_core::Timestamp::from_millis(0);
        assert_eq!(contract.signing.key_uses(INSTITUTION, from).await.unwrap().len(), 4);
        let again = contract.sign(&UNATTENDED, None, files(vec![file("json", b"{}")])).await.json();
        assert_eq!(again["idSolicitud"], id + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_the_third_of_four_that_fails_is_told_and_the_others_are_signed() {
    for test in engines() {
        let mut contract = contract(test).await;
        let items =
            vec![file("json", b"{}"), file("pdf", &classic_pdf()), file("pdf", b"nada"), file("json", b"[]")];
        let said = contract.sign(&UNATTENDED, None, files(items)).await.json();
        let status: Vec<&str> =
            said["files"].as_array().unwrap().iter().map(|f| f["status"].as_str().unwrap()).collect();
        assert_eq!(status, ["OK", "OK", "error", "OK"]);
        assert!(said["files"][2].get("content").is_none() && said["files"][2]["message"].is_string());
        assert_eq!(
            (&said["metadata"]["filesSigned"], &said["metadata"]["signed_failed"]),
            (&json!(3), &json!(1))
        );
        let id = said["idSolicitud"].as_i64().unwrap();
        assert_eq!(contract.signing.request_counts(id).await.unwrap(), Some((3, 1)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_client_asks_for_a_format_and_a_level_by_item() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let item = |format: &str, more: Value| {
        let mut item = json!({"content-type": "text/xml; charset=utf-8", "content": STANDARD.encode(b"<a/>"),
            "formato": format});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    };
    let all: Vec<Value> =
        Shape::ALL.iter().map(|s| item(s.code(), json!({"nivel": "B-LT", "nombre": "a.xml"}))).collect();
    let said = contract.sign(&UNATTENDED, None, files(all)).await.expect(200).json();
    assert_eq!(said["metadata"]["filesSigned"], 8);
    for (n, shape) in Shape::ALL.into_iter().enumerate() {
        let one = &said["files"][n];
        assert_eq!((&one["nivelSolicitado"], &one["nivelAlcanzado"]), (&json!("B-LT"), &json!("B-LT")));
        assert_eq!(one["contentType"], shape.media_type(Level::LT));
    }
    assert!(content(&said, "files", 7).windows(5).any(|w| w == b"a.xml"));
    // Without a level it is the application's, as for a PDF.
    let said =
        contract.sign(&UNATTENDED, None, files(vec![item("jades", json!({}))])).await.expect(200).json();
    assert_eq!(said["files"][0]["nivelAlcanzado"], "B-T");
    assert_eq!(said["files"][0]["contentType"], "application/jose+json");
    let (status, _, why) = contract.refused(&UNATTENDED, None, files(vec![item("pgp", json!({}))])).await;
    assert_eq!((status, why.as_str()), (400, "Tipo de documento no permitido"));
    // One that can't be signed does not keep the others from being signed.
    let elsewhere = item("asic-e-cades", json!({"nombre": "../a"}));
    let said = contract
        .sign(&UNATTENDED, None, files(vec![item("cades", json!({})), elsewhere]))
        .await
        .expect(200)
        .json();
    assert_eq!((&said["files"][0]["status"], &said["files"][1]["status"]), (&json!("OK"), &json!("error")));
    assert!(said["files"][1].get("content").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_client_asks_for_a_hash_by_item() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let item = |kind: &str, content: &[u8], hash: &str| {
        let mut item = file(kind, content);
        item["resumen"] = json!(hash);
        item
    };
    let all = vec![
        item("pdf", &classic_pdf(), "SHA-512"),
        item("xml", b"<a/>", "SHA-384"),
        item("json", b"{}", "SHA-384"),
    ];
    let said = contract.sign(&UNATTENDED, None, files(all)).await.expect(200).json();
    assert_eq!(said["metadata"]["filesSigned"], 3, "{said}");
    let verdict = verify_pdf(&content(&said, "files", 0), &contract.signing.trust(), contract.clock.now());
    assert_eq!(verdict.signatures[0].algorithm, Some("RSA SHA-512"));
    assert!(verdict.is_genuine());
    let xml = String::from_utf8(content(&said, "files", 1)).unwrap();
    assert!(xml.contains("xmldsig-more#rsa-sha384") && xml.contains("xmldsig-more#sha384"));
    let jws: Value = serde_json::from_slice(&content(&said, "files", 2)).unwrap();
    let header = jws["jws"].as_str().unwrap().split('.').next().unwrap().to_owned();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header["alg"], "RS384");
    let weak = files(vec![item("pdf", &classic_pdf(), "SHA-1")]);
    let (status, _, why) = contract.refused(&UNATTENDED, None, weak).await;
    assert_eq!((status, why.as_str()), (400, "Cuerpo de la solicitud mal formada"));
    // RFC 7518 binds a key on P-256 to SHA-256.
    let official = Id::new(contract.clock.now(), Bucket::new(7), &SeededRandom::new(51));
    let run = Run::from_number(5_126_663).unwrap();
    let holder = NewHolder {
        institution: INSTITUTION.into(),
        institution_name: ENTITY.into(),
        official,
        run,
        name: "Firmante de Prueba".into(),
        post: "Funcionaria de prueba".into(),
        email: None,
        algorithm: Algorithm::P256,
    };
    contract.signing.ensure_holder(&holder).await.unwrap();
    let code = contract.signing.current_code(INSTITUTION, official).await.unwrap();
    let both = files(vec![item("json", b"{}", "SHA-384"), item("json", b"{}", "SHA-256")]);
    let say = Say { run: "5126663", ..ATTENDED };
    let said = contract.sign(&say, Some(&code), both).await.expect(200).json();
    assert_eq!((&said["files"][0]["status"], &said["files"][1]["status"]), (&json!("error"), &json!("OK")));
    assert!(said["files"][0]["message"].as_str().unwrap().contains("resumen"), "{said}");
}
