//! What other programs say of what the contract returns.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::json::sha256;
use copihue_core::{Clock, Id};
use copihue_db::testing::TestDb;
use serde_json::{Value, json};

use super::world::{ATTENDED, ENTITY, INSTITUTION, Say, UNATTENDED, content, contract, file};
use crate::support::{Authority, Bench, classic_pdf, stream_pdf, text};

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_foreign_programs_accept_what_the_contract_returns() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
    bench.put("ca.pem", contract.signing.root().unwrap().to_pem().as_bytes());
    bench.put("issuing.pem", contract.signing.issuing().unwrap().to_pem().as_bytes());
    bench.put("doc", b"el documento");
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p:a xmlns:p=\"urn:p\" z='1' a=\"&#10;ñ\">\n<b id=\"16311\"><c/>\
               </b><!-- nota --><?pi x?></p:a>\n";
    let parts = json!({
        "files": [
            file("pdf", &classic_pdf()),
            file("pdf", &stream_pdf()),
            file("xml", xml.as_bytes()),
            {"content-type": "application/xml", "content": STANDARD.encode(xml), "references": ["#16311"],
             "xmlObjects": ["<extra xmlns=\"urn:e\">1</extra>"]},
        ],
        "hashes": [{"content": STANDARD.encode(sha256(b"el documento"))}],
    });
    let reply = contract.sign(&UNATTENDED, None, parts).await;
    let said = reply.json();
    assert_eq!(said["metadata"]["signedFailed"], 0, "{said}");
    for n in [0, 1] {
        bench.put("f.pdf", &content(&said, "files", n));
        let validate =
            ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
        if let Some(output) = bench.run("pyhanko", &validate) {
            assert!(output.status.success(), "{}", text(&output));
        }
        if let Some(output) = bench.run("pdfsig", &["-nocert", "f.pdf"]) {
            let said = text(&output);
            assert!(said.contains("Signature is Valid.") && said.contains("Total document signed"), "{said}");
        }
        if let Some(output) = bench.run("mutool", &["sign", "-v", "f.pdf"]) {
            assert!(text(&output).contains("unchanged since signing"), "{}", text(&output));
        }
    }
    bench.put("s.p7s", &content(&said, "hashes", 0));
    let cms = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "s.p7s",
        "-content",
        "doc",
        "-CAfile",
        "ca.pem",
        "-purpose",
        "any",
        "-out",
        "/dev/null",
    ];
    if let Some(output) = bench.run("openssl", &cms) {
        assert!(output.status.success(), "{}", text(&output));
    }
    let verify = |bytes: &[u8]| {
        bench.put("f.xml", bytes);
        let arguments = [
            "--verify",
            "--id-attr:id",
            "b",
            "--id-attr:Id",
            "http://www.w3.org/2000/09/xmldsig#:Object",
            "--trusted-pem",
            "ca.pem",
            "--untrusted-pem",
            "issuing.pem",
            "--enabled-key-data",
            "x509",
            "f.xml",
        ];
        bench.run("xmlsec1", &arguments)
    };
    for n in [2, 3] {
        let signed = content(&said, "files", n);
        let Some(output) = verify(&signed) else { return };
        assert!(output.status.success(), "{}\n{}", text(&output), String::from_utf8_lossy(&signed));
        let changed = String::from_utf8(signed).unwrap().replace("<c/>", "<d/>").replace("<c></c>", "<d/>");
        assert!(!verify(changed.as_bytes()).unwrap().status.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_digests_of_other_hashes_are_signed_as_openssl_accepts_them() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
    bench.put("ca.pem", contract.signing.root().unwrap().to_pem().as_bytes());
    bench.put("doc", b"el documento");
    let digest = |a| aws_lc_rs::digest::digest(a, b"el documento").as_ref().to_vec();
    let digests =
        [&aws_lc_rs::digest::SHA256, &aws_lc_rs::digest::SHA384, &aws_lc_rs::digest::SHA512].map(digest);
    let hashes: Vec<Value> = digests.iter().map(|d| json!({"content": STANDARD.encode(d)})).collect();
    for (n, algorithm) in copihue_signing::keys::Algorithm::DOCUMENTS.into_iter().enumerate() {
        let (run, official) =
            [("5126663", 41), ("8765432", 42), ("7654321", 43), ("6543210", 44), ("9876543", 45)].map(
                |(run, seed)| {
                    (
                        run,
                        Id::new(
                            contract.clock.now(),
                            copihue_core::Bucket::new(7),
                            &copihue_core::SeededRandom::new(seed),
                        ),
                    )
                },
            )[n];
        let holder = copihue_signing::NewHolder {
            institution: INSTITUTION.into(),
            institution_name: ENTITY.into(),
            official,
            run: copihue_core::Run::from_number(run.parse().unwrap()).unwrap(),
            name: "Firmante de Prueba".into(),
            post: "Funcionaria de prueba".into(),
            email: None,
            algorithm,
        };
        contract.signing.ensure_holder(&holder).await.unwrap();
        let code = contract.signing.current_code(INSTITUTION, official).await.unwrap();
        let say = Say { run, ..ATTENDED };
        let said = contract.sign(&say, Some(&code), json!({"hashes": hashes})).await.expect(200).json();
        assert_eq!(said["metadata"]["hashesSigned"], 3, "{said}");
        for n in 0..3 {
            bench.put("s.p7s", &content(&said, "hashes", n));
            let verify = "cms -verify -binary -inform DER -in s.p7s -content doc -CAfile ca.pem -purpose any -out /dev/null";
            let Some(output) = bench.run("openssl", &verify.split(' ').collect::<Vec<_>>()) else { return };
            assert!(output.status.success(), "{algorithm:?} {n}: {}", text(&output));
        }
    }
    let odd = json!({"hashes": [{"content": STANDARD.encode([7; 20])}]});
    assert_eq!(contract.refused(&UNATTENDED, None, odd).await.0, 500);
}
