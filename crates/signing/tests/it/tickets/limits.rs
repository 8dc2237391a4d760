//! What is too much, or comes from nobody.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_db::testing::TestDb;
use copihue_signing::SANDBOX;
use serde_json::{Value, json};

use super::world::{Contract, PATH, Say, UNATTENDED, contract, file, files};

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_who_has_no_secret_is_refused_before_the_documents_are_read() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    // What is wrong with the files is said only to who is known, whichever stands first.
    let forged = Say { secret: "otro", ..UNATTENDED };
    let text = "token : eyJhbGci no valido, favor revise su secret.".to_owned();
    assert_eq!(contract.refused(&forged, None, json!({"files": 1})).await, (400, 400, text));
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let token = contract.token(&forged);
    let body = format!(r#"{{"files":{deep},"api_token_key":"{SANDBOX}","token":"{token}"}}"#);
    let reply = contract.client.send(Method::POST, PATH, None, body.into_bytes()).await;
    assert_eq!((reply.status.as_u16(), reply.json()["status"].as_u64()), (400, Some(400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_five_megabytes_are_taken_and_one_byte_more_is_answered_with_400() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let body = json!({"api_token_key": SANDBOX, "token": contract.token(&UNATTENDED), "files": [file("json", b"{}")]});
    let mut body = body.to_string().into_bytes();
    body.resize(5 * 1_048_576, b' ');
    let send = async |contract: &mut Contract, body: Vec<u8>, path: &str| {
        contract.client.send(Method::POST, path, None, body).await
    };
    assert_eq!(send(&mut contract, body.clone(), PATH).await.status, 200);
    // With a slash behind, and no content type at all.
    assert_eq!(send(&mut contract, body.clone(), "/firma/v2/files/tickets/").await.status, 200);
    body.push(b' ');
    let reply = send(&mut contract, body, PATH).await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["error"], "Solicitud excede el tamaño máximo que son 5 MB.");
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_xml_that_could_be_read_in_two_ways_is_not_signed() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let mut send = async |content: &str, references: Value, objects: Value| {
        let item = json!({"content-type": "application/xml", "content": STANDARD.encode(content),
            "references": references, "xmlObjects": objects});
        contract.sign(&UNATTENDED, None, files(vec![item])).await.status.as_u16()
    };
    assert_eq!(send("<a><b Id='x'/></a>", json!(["x"]), json!(["<o/>"])).await, 200);
    let deep = format!("{}{}", "<a>".repeat(2_000), "</a>".repeat(2_000));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;&c;</a>";
    let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    for content in ["", "<a>", "nada", bomb, outside, deep.as_str(), "<a><b Id='x'/><c ID='x'/></a>", "<a/>"]
    {
        assert_eq!(send(content, json!(["#x"]), json!([])).await, 500, "{content:.60}");
    }
    let many: String = (0..2_001).map(|n| format!(" xmlns:n{n}='n'")).collect();
    assert_eq!(send(&format!("<a{many}><b Id='x'/></a>"), json!(["#x"]), json!([])).await, 500);
    assert_eq!(send("<a><b Id='x'/></a>", json!(["#x", "x"]), json!([])).await, 500, "one node twice");
    assert_eq!(send("<a><b Id='x'/></a>", json!(["#x"]), json!(vec!["<o/>"; 21])).await, 500);
    for object in ["</ds:Object><b Id='x'/>", "<o>", "&x;"] {
        assert_eq!(send("<a><b Id='x'/></a>", json!(["#x"]), json!([object])).await, 500, "{object}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_request_of_more_than_a_hundred_items_is_refused_whole() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let hashes = |n: usize| json!({"hashes": vec![json!({"content": STANDARD.encode([7; 32])}); n]});
    assert_eq!(contract.sign(&UNATTENDED, None, hashes(100)).await.status, 200);
    assert_eq!(contract.refused(&UNATTENDED, None, hashes(101)).await.0, 400);
}
