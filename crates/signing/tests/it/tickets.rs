//! FirmaGob's contract over HTTP: what clients send, what they get, and what other programs say of it.

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::{sha256, sha256_hex};
use copihue_core::{Clock, Id, ManualClock, SystemClock, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::verify::verify_pdf;
use copihue_signing::{ApplicationState, Level, MIGRATIONS, Mode, NoEvidence, SANDBOX, Shape, Signing};
use copihue_web::testing::{Reply, TestClient};
use serde_json::{Value, json};

use crate::service::{open, set_up};
use crate::support::{Authority, Bench, classic_pdf, stream_pdf, text};

const PATH: &str = "/firma/v2/files/tickets";
pub(crate) const SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
pub(crate) const ENTITY: &str = "Subsecretaría General de la Presidencia";
pub(crate) const INSTITUTION: &str = "PRUEBA-SEGPRES";

pub(crate) struct Contract {
    pub(crate) signing: Signing,
    pub(crate) clock: Arc<ManualClock>,
    client: TestClient,
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
    run: &'static str,
    entity: &'static str,
    purpose: &'static str,
    secret: &'static str,
    minutes: i64,
}

pub(crate) const UNATTENDED: Say =
    Say { run: "22222222", entity: ENTITY, purpose: "Desatendido", secret: SECRET, minutes: 30 };
const ATTENDED: Say = Say { run: "11111111", purpose: "Propósito General", ..UNATTENDED };

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
    fn token(&self, say: &Say) -> String {
        token(say, self.clock.now())
    }

    async fn send(&mut self, body: &Value, otp: Option<&str>) -> Reply {
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

    async fn sign(&mut self, say: &Say, otp: Option<&str>, parts: Value) -> Reply {
        let mut body = json!({"api_token_key": SANDBOX, "token": self.token(say)});
        body.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        self.send(&body, otp).await
    }

    async fn refused(&mut self, say: &Say, otp: Option<&str>, parts: Value) -> (u16, u64, String) {
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

fn files(items: Vec<Value>) -> Value {
    json!({ "files": items })
}

fn content(said: &Value, list: &str, n: usize) -> Vec<u8> {
    STANDARD.decode(said[list][n]["content"].as_str().unwrap()).unwrap()
}

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

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_applications_two_secrets_count_while_it_changes_from_one_to_the_other() {
    for test in engines() {
        let mut contract = contract(test).await;
        let one = || files(vec![file("json", b"{}")]);
        let (old, new) = (UNATTENDED, Say { secret: "el secreto nuevo", ..UNATTENDED });
        let secret = copihue_core::Secret::new(new.secret.as_bytes());
        assert_eq!(contract.signing.end_rotation(SANDBOX).await.unwrap_err().code(), "cambio_de_secreto");
        assert_eq!(contract.refused(&new, None, one()).await.0, 400);
        contract.signing.begin_rotation(SANDBOX, &secret).await.unwrap();
        assert_eq!(
            contract.signing.begin_rotation(SANDBOX, &secret).await.unwrap_err().code(),
            "cambio_de_secreto"
        );
        assert_eq!(contract.sign(&old, None, one()).await.status, 200);
        assert_eq!(contract.sign(&new, None, one()).await.status, 200);
        contract.signing.end_rotation(SANDBOX).await.unwrap();
        assert_eq!(contract.sign(&new, None, one()).await.status, 200);
        let (status, _, why) = contract.refused(&old, None, one()).await;
        assert_eq!((status, why.as_str()), (400, "token : eyJhbGci no valido, favor revise su secret."));
    }
}

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
async fn sig_21_attended_clients_give_a_code_which_another_application_can_not_use() {
    for test in engines() {
        let mut contract = contract(test).await;
        let parts = || files(vec![file("json", b"{}")]);
        let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(
            contract.refused(&ATTENDED, None, parts()).await,
            (400, 400, "Debe ingresar un código OTP".into())
        );
        assert_eq!(contract.refused(&ATTENDED, Some(" "), parts()).await.2, "Debe ingresar un código OTP");
        assert_eq!(
            contract.refused(&ATTENDED, Some("12345"), parts()).await,
            (400, 400, "Debe ingresar un código OTP Valido".into())
        );
        assert_eq!(contract.sign(&ATTENDED, Some(&code), parts()).await.status, 200);
        // Clients send a request for each document, with the same code.
        assert_eq!(contract.sign(&ATTENDED, Some(&code), parts()).await.status, 200);
        contract.clock.advance_millis(90_000);
        let wrong = (412, 401, "Verificaciòn de OTP fallido".to_owned());
        assert_eq!(contract.refused(&ATTENDED, Some(&code), parts()).await, wrong);
        for _ in 0..4 {
            assert_eq!(contract.refused(&ATTENDED, Some("000000"), parts()).await.0, 412);
        }
        let next = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(contract.refused(&ATTENDED, Some(&next), parts()).await.0, 429);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_every_refusal_is_worded_as_the_contract_says() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let one = || files(vec![file("json", b"{}")]);
    let cases: Vec<(Say, Value, u16, &str)> = vec![
        (
            Say { secret: "otro", ..UNATTENDED },
            one(),
            400,
            "token : eyJhbGci no valido, favor revise su secret.",
        ),
        (
            Say { entity: "", ..UNATTENDED },
            one(),
            400,
            "Favor revisar los campos del token, ya que contiene datos vacíos",
        ),
        (Say { minutes: -1, ..UNATTENDED }, one(), 400, "Fecha de expiración del token está vencida"),
        (Say { minutes: 32, ..UNATTENDED }, one(), 400, "Fecha de expiración del token está vencida"),
        (UNATTENDED, json!({}), 400, "Debe Adjuntar Documento/s, a Firmar"),
        (UNATTENDED, files(vec![]), 400, "Debe Adjuntar Documento/s, a Firmar"),
        (UNATTENDED, files(vec![file("zip", b"x")]), 400, "Tipo de documento no permitido"),
        (UNATTENDED, json!({"files": 1}), 400, "Cuerpo de la solicitud mal formada"),
        (Say { entity: "Otro", ..UNATTENDED }, one(), 404, "Error data servicio y/o propósito"),
        (Say { purpose: "Proposito General", ..UNATTENDED }, one(), 404, "Error data servicio y/o propósito"),
        (
            Say { run: "5126663", ..UNATTENDED },
            one(),
            404,
            "“run” no se puede obtener los datos del firmante",
        ),
        (
            Say { run: "11111111", ..UNATTENDED },
            one(),
            412,
            "Aplicación no tiene permisos para esta operación",
        ),
        (
            UNATTENDED,
            files(vec![file("pdf", b"nada")]),
            500,
            "ERROR : Formato de contenido o layout incorrecto",
        ),
    ];
    for (say, parts, status, error) in cases {
        let (got, _, said) = contract.refused(&say, None, parts).await;
        assert_eq!((got, said.as_str()), (status, error));
    }
    let token = contract.token(&UNATTENDED);
    let unknown = contract.send(&json!({"api_token_key": "otra", "token": token, "files": []}), None).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()["error"].as_str()),
        (400, Some("Aplicación no existe en la RA"))
    );
    let garbage = contract.send(&json!({"api_token_key": SANDBOX, "token": "a.b", "files": []}), None).await;
    assert_eq!(garbage.json()["error"], "Error al decodificar el token favor revisar el formato.");
    contract.signing.set_application_state(SANDBOX, ApplicationState::Suspended).await.unwrap();
    assert_eq!(contract.refused(&UNATTENDED, None, one()).await, (401, 401, "Error no autorizado".into()));
    contract.signing.set_application_state(SANDBOX, ApplicationState::Active).await.unwrap();
    assert_eq!(contract.client.get(PATH).await.status, 405);
    // Four years later the certificates have ended.
    contract.clock.advance_millis(4 * 365 * 86_400_000);
    let (status, _, said) = contract.refused(&UNATTENDED, None, one()).await;
    assert_eq!((status, said.as_str()), (403, "certificado del usuario : 22222222 se encuentra vencido."));
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

/// A picture of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn layout(rect: [&str; 4], page: &str, image: &str) -> String {
    let [a, b, c, d] = rect;
    format!(
        "<AgileSignerConfig><Application id=\"THIS-CONFIG\"><pdfPassword/><Signature>\n <Visible active=\"true\" \
         layer2=\"false\" label=\"true\" pos=\"1\"><llx> {a} </llx><lly>{b}</lly><urx>{c}</urx><ury>{d}</ury>\
         <page>{page}</page><image>BASE64</image><BASE64VALUE>{image}</BASE64VALUE></Visible></Signature>\
         </Application></AgileSignerConfig>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_layouts_are_followed_as_clients_write_them() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let sign = async |contract: &mut Contract, layout: &str, other: bool| {
        let mut pdf = file("pdf", &classic_pdf());
        pdf["layout"] = json!(layout);
        let mut items = vec![pdf];
        if other {
            items.push(file("json", b"{}"));
        }
        contract.sign(&UNATTENDED, None, files(items)).await
    };
    let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
    bench.put("ca.pem", contract.signing.root().unwrap().to_pem().as_bytes());
    let good = [
        layout(["250", "300", "350", "450"], "LAST", PNG),
        layout(["350.5", "450", "250,25", "300"], "1", ""),
        layout(["250", "300", "350", "450"], "1", &PNG.replace("iVBOR", "iVBO\nR")),
    ];
    for layout in good {
        let said = sign(&mut contract, &layout, false).await;
        assert_eq!(said.status, 200, "{layout} {}", said.text());
        let pdf = content(&said.json(), "files", 0);
        assert!(pdf.windows(4).any(|w| w == b"/AP<"));
        assert!(verify_pdf(&pdf, &contract.signing.trust(), contract.clock.now()).is_genuine());
        bench.put("f.pdf", &pdf);
        if let Some(output) = bench.run("qpdf", &["--check", "f.pdf"]) {
            assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
        }
        let validate =
            ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
        if let Some(output) = bench.run("pyhanko", &validate) {
            assert!(output.status.success(), "{}", text(&output));
        }
    }
    for invisible in [
        "",
        "<AgileSignerConfig><Application><Signature><Invisible/></Signature></Application></AgileSignerConfig>",
    ] {
        let said = sign(&mut contract, invisible, false).await.json();
        assert!(!content(&said, "files", 0).windows(4).any(|w| w == b"/AP<"));
    }
    let rect = ["250", "300", "350", "450"];
    let bad = [
        "<AgileSignerConfig>".to_owned(),
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>".to_owned(),
        layout(["a", "300", "350", "450"], "1", PNG),
        layout(["NaN", "300", "350", "450"], "1", PNG),
        layout(["250", "300", "250", "450"], "1", PNG),
        layout(rect, "0", PNG),
        layout(rect, "2", PNG),
        layout(rect, "uno", PNG),
        layout(rect, "1", "AAAA"),
        layout(rect, "1", PNG).replace("<pdfPassword/>", "<pdfPassword>x</pdfPassword>"),
    ];
    for layout in bad {
        let said = sign(&mut contract, &layout, false).await;
        assert_eq!(said.status, 500, "{layout}");
        assert_eq!(said.json()["error"], "ERROR : Formato de contenido o layout incorrecto");
        let said = sign(&mut contract, &layout, true).await.json();
        assert_eq!(
            (&said["files"][0]["status"], &said["files"][1]["status"]),
            (&json!("error"), &json!("OK"))
        );
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_holder_withdraws_an_application_at_once() {
    for test in engines() {
        let mut contract = contract(test).await;
        let one = || files(vec![file("json", b"{}")]);
        let attended = contract.attended;
        let as_process = Say { run: "11111111", ..UNATTENDED };
        assert_eq!(contract.refused(&as_process, None, one()).await.0, 412);
        contract.signing.enable_application(INSTITUTION, attended, SANDBOX).await.unwrap();
        assert_eq!(contract.sign(&as_process, None, one()).await.status, 200);
        contract.signing.disable_application(INSTITUTION, attended, SANDBOX).await.unwrap();
        assert_eq!(contract.refused(&as_process, None, one()).await.0, 412);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_real_deployment_does_not_start_with_the_sandbox() {
    let contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let parts = crate::service::parts(&contract.test.db(), &contract.clock, Mode::Live, Arc::new(NoEvidence));
    assert_eq!(Signing::open(parts).await.unwrap_err().code(), "sandbox_activo");
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
