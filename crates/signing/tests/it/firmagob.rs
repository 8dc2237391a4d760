//! FirmaGob as the engine: our own server is the State's, over HTTP; and servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::{Actor, Clock, Error, Result, Secret, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::cms::pades;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::{Certificate, Profile};
use copihue_signing::verify::{AnchorKind, verify_jws, verify_pdf};
use copihue_signing::{
    FirmaGobSettings, Level, MIGRATIONS, Mode, NoEvidence, Order, RevocationSource, SANDBOX, SealOptions,
    Shape, Shortfall, Signer, Signing, Timestamps, WhenShort,
};
use serde_json::{Value, json};

use crate::service::{CITY, actor, open_with};
use crate::support::{Authority, Bench, classic_pdf, holder, now, stream_pdf, text};
use crate::tickets::{Contract, ENTITY, INSTITUTION, SECRET, contract};

/// A running server's address.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The State's service: our own server, whole.
async fn state() -> (Contract, String) {
    let contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let clock = Arc::clone(&contract.clock) as Arc<dyn Clock>;
    let face = copihue_web::testing::web(contract.test.db(), clock, Arc::new(copihue_web::NoHats));
    let url = serve(face.router(vec![contract.signing.contracts(), contract.signing.routes()])).await;
    (contract, url)
}

fn settings(url: &str, trusted: Vec<Certificate>) -> FirmaGobSettings {
    FirmaGobSettings {
        institution: CITY.into(),
        name: "Municipalidad de Puente Alto".into(),
        url: url.into(),
        entity: ENTITY.into(),
        application: SANDBOX.into(),
        secret: Secret::new(SECRET.as_bytes()),
        seal: "22.222.222-2".parse().unwrap(),
        trusted,
        timeout: Duration::from_millis(1_500),
        pause: Duration::from_millis(5),
    }
}

/// A deployment whose municipality signs with what is at this address, and that knows the State's root.
async fn ours(test: &TestDb, clock: &Arc<copihue_core::ManualClock>, settings: FirmaGobSettings) -> Signing {
    test.migrate(&[MIGRATIONS]).unwrap();
    let anchors = settings.trusted.iter().take(1).map(|c| (c.clone(), AnchorKind::State).into()).collect();
    let signing =
        open_with(&test.db(), clock, Mode::Live, Arc::new(NoEvidence), (Timestamps::default(), anchors))
            .await;
    signing.ensure_authority().await.unwrap();
    signing.use_firmagob(settings).unwrap();
    signing
}

fn chain(contract: &Contract) -> Vec<Certificate> {
    vec![contract.signing.root().unwrap(), contract.signing.issuing().unwrap()]
}

fn options(level: Level) -> SealOptions {
    SealOptions { level, ..SealOptions::because("Decreto") }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_institution_signs_with_firmagob_what_foreign_programs_accept() {
    for test in engines() {
        let (contract, url) = state().await;
        let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
        let bench = Bench::new(&Authority::new(Algorithm::P256));
        let roots = [contract.signing.root().unwrap().to_pem(), signing.root().unwrap().to_pem()].concat();
        bench.put("ca.pem", roots.as_bytes());
        for pdf in [classic_pdf(), stream_pdf()] {
            let signed = signing.seal_pdf(CITY, pdf.clone(), options(Level::T)).await.unwrap();
            assert_eq!((signed.level_reached, signed.shortfall), (Level::T, None));
            assert_eq!(signed.signer.name, "Firmante de Prueba Desatendido");
            assert_eq!(&signed.bytes[..pdf.len()], &pdf[..]);
            let verdict = verify_pdf(&signed.bytes, &signing.trust(), contract.clock.now());
            assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-T", "{verdict:?}");
            assert_eq!(verdict.signatures[0].format, "adbe.pkcs7.detached");
            bench.put("f.pdf", &signed.bytes);
            let validate = [
                "sign",
                "validate",
                "--trust",
                "ca.pem",
                "--trust-replace",
                "--no-revocation-check",
                "f.pdf",
            ];
            if let Some(output) = bench.run("pyhanko", &validate) {
                let said = text(&output);
                let stamped = "INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>,UNTOUCHED";
                assert!(output.status.success() && said.contains(stamped), "{said}");
            }
            if let Some(output) = bench.run("pdfsig", &["-nocert", "f.pdf"]) {
                assert!(text(&output).contains("Signature is Valid."), "{}", text(&output));
            }
        }
        let epoch = Timestamp::from_millis(0);
        let uses = signing.key_uses(CITY, epoch).await.unwrap();
        assert_eq!((uses.len(), uses[0].official), (2, None));
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        assert!(kept.iter().all(|k| k.status == Some(200) && k.outcome == "firmado" && k.number.is_some()));
        assert_eq!(contract.signing.key_uses(INSTITUTION, epoch).await.unwrap().len(), 2);
        // The State's service got nothing but digests.
        let json = signing.seal_json(CITY, b"{\"b\": 1, \"a\": \"\xc3\xb1\"}".to_vec()).await.unwrap();
        let verdict = verify_jws(&json, &signing.trust(), contract.clock.now());
        assert_eq!(
            (verdict.payload.as_slice(), verdict.problem),
            (&b"{\"b\": 1, \"a\": \"\xc3\xb1\"}"[..], None)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_official_signs_with_firmagob_and_the_code_goes_there_once() {
    for test in engines() {
        let (contract, url) = state().await;
        let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
        let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        let sign =
            async |code: &str| signing.sign_pdf_as(&actor(), code, classic_pdf(), options(Level::B)).await;
        assert_eq!(sign("000000").await.unwrap_err().code(), "codigo_incorrecto");
        assert_eq!(sign("").await.unwrap_err().code(), "codigo_incorrecto");
        assert_eq!(sign("12345\n").await.unwrap_err().code(), "codigo_incorrecto");
        // A file that can't be signed is not asked about.
        let bad = signing.sign_pdf_as(&actor(), &code, b"MZ".to_vec(), options(Level::B)).await.unwrap_err();
        assert_eq!(bad.code(), "pdf_no_es_pdf");
        let signed = sign(&code).await.unwrap();
        assert_eq!(signed.signer.name, "Firmante de Prueba con Código");
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        let mut outcomes: Vec<&str> = kept.iter().map(|k| k.outcome.as_str()).collect();
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["codigo", "codigo", "codigo", "firmado"]);
        assert_eq!(
            signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap()[0].official,
            actor().hat.map(|h| h.official)
        );
        // Ten with one code, the third of which is no PDF.
        let mut pdfs = vec![classic_pdf(); 10];
        pdfs[2] = b"nada".to_vec();
        let all = signing.sign_pdfs_as(&actor(), &code, pdfs, options(Level::B)).await.unwrap();
        let good: Vec<bool> = all.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, true, true, true, true, true, true, true]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_what_firmagob_signed_is_raised_here_with_what_its_authority_says() {
    let (contract, url) = state().await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
    let seal = async || signing.seal_pdf(CITY, classic_pdf(), options(Level::LTA)).await.unwrap();
    let low = seal().await;
    assert_eq!((low.level_reached, low.shortfall), (Level::T, Some(Shortfall::NoRevocationData)));
    let (root, issuing) = (contract.signing.root().unwrap(), contract.signing.issuing().unwrap());
    let list = |of: &Certificate| Some(format!("{url}/pki/{}.crl", of.key_id()));
    let of_root = RevocationSource { issuer: root.clone(), ocsp: None, crl: list(&root) };
    let by_answer = RevocationSource {
        issuer: issuing.clone(),
        ocsp: Some(format!("{url}/pki/ocsp")),
        crl: list(&issuing),
    };
    signing.use_revocation(vec![of_root.clone(), by_answer.clone()]).unwrap();
    let high = seal().await;
    assert_eq!((high.level_reached, high.shortfall), (Level::LTA, None));
    let verdict = verify_pdf(&high.bytes, &signing.trust(), contract.clock.now());
    assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-LTA", "{verdict:?}");
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("ca.pem", [root.to_pem(), signing.root().unwrap().to_pem()].concat().as_bytes());
    bench.put("f.pdf", &high.bytes);
    let offline = ["sign", "adesverify", "--trust", "ca.pem", "--trust-replace", "--pretty-print", "f.pdf"];
    if let Some(output) = bench.run("pyhanko", &offline) {
        assert!(text(&output).contains("judged VALID"), "{}", text(&output));
    }
    // A list of this morning can't say that a certificate still counted now.
    contract.signing.crl().await.unwrap();
    contract.clock.advance_millis(3_600_000);
    let by_list = RevocationSource { issuer: issuing.clone(), ocsp: None, crl: list(&issuing) };
    signing.use_revocation(vec![of_root.clone(), by_list]).unwrap();
    assert_eq!(seal().await.level_reached, Level::T);
    // Nor is what somebody else's responder says worth anything.
    let (other, _) = (Authority::new(Algorithm::P256), ());
    let elsewhere = RevocationSource { issuer: other.issuing, ..by_answer };
    signing.use_revocation(vec![of_root, elsewhere]).unwrap();
    assert_eq!(seal().await.level_reached, Level::T);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_nothing_here_signs_in_firmagobs_place() {
    let (contract, url) = state().await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
    let seal = copihue_signing::NewSeal {
        institution: CITY.into(),
        name: "M".into(),
        rut: None,
        algorithm: Algorithm::P256,
    };
    signing.ensure_seal(&seal).await.unwrap();
    let file = copihue_signing::DataFile {
        name: "a.xml".into(),
        media_type: "application/xml".into(),
        bytes: b"<a/>".to_vec(),
    };
    let order = Order::new(Shape::ALL[0], vec![file], Level::B, WhenShort::Degrade).unwrap();
    assert_eq!(signing.seal_files(CITY, order).await.unwrap_err().code(), "firma_en_firmagob");
    let twice = signing.use_firmagob(settings(&url, vec![])).unwrap_err();
    assert_eq!(twice.code(), "configuracion");
    // Nobody listens there.
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let signing = ours(&test, &contract.clock, settings("http://127.0.0.1:9", chain(&contract))).await;
    signing.ensure_seal(&seal).await.unwrap();
    let error = signing.seal_pdf(CITY, classic_pdf(), options(Level::B)).await.unwrap_err();
    assert_eq!(error.code(), "firmagob_no_responde");
    let kept = signing.firmagob_requests(CITY).await.unwrap();
    assert!(kept.len() == 3 && kept.iter().all(|k| k.status.is_none() && k.outcome == "sin_respuesta"));
}

/// How a server misbehaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    Honest,
    OtherDigest,
    OtherRun,
    Ended,
    ForeignChain,
    Oversized,
    Damaged,
    NotSigned,
    TwoForOne,
    Gateway,
    Truncated,
    Endless,
    Slow,
    Elsewhere,
    Expired,
    Unknown,
}

struct Fake {
    manner: Manner,
    authority: Authority,
    foreign: Authority,
    asked: AtomicU32,
}

fn signer(authority: &Authority, run: &str, days: i64) -> Signer {
    let Profile::Holder { name, post, institution, email, .. } = holder() else { panic!("a holder") };
    let profile = Profile::Holder { run: run.parse().unwrap(), name, post, institution, email };
    authority.issue(&profile, now().plus_seconds(-20 * 86_400), now().plus_seconds(days * 86_400))
}

/// The same signature with an attribute that is not signed and larger than any honest one.
fn grown(cms: &[u8]) -> Vec<u8> {
    let value = tlv(0x04, &[0; 16_000]);
    let attribute = tlv(0x30, &[tlv(0x06, &[0x2a, 3, 4]), tlv(0x31, &value)].concat());
    // The last element of the last element, five times, is the signer.
    within(cms, 4, &tlv(0xa1, &attribute))
}

fn within(element: &[u8], levels: u8, more: &[u8]) -> Vec<u8> {
    let content = &element[header(element)..];
    if levels == 0 {
        return tlv(element[0], &[content, more].concat());
    }
    let mut last = 0;
    let mut at = 0;
    while at < content.len() {
        last = at;
        at += header(&content[at..]) + length(&content[at..]);
    }
    tlv(element[0], &[&content[..last], &within(&content[last..], levels - 1, more)].concat())
}

fn header(element: &[u8]) -> usize {
    if element[1] < 0x80 { 2 } else { 2 + usize::from(element[1] & 0x7f) }
}

fn length(element: &[u8]) -> usize {
    let bytes = &element[2..header(element)];
    if bytes.is_empty() {
        usize::from(element[1])
    } else {
        bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b))
    }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content.to_vec()].concat()
}

async fn answer(State(fake): State<Arc<Fake>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    fake.asked.fetch_add(1, Ordering::Relaxed);
    let run = if headers.contains_key("otp") { "11.111.111-1" } else { "22.222.222-2" };
    let asked = STANDARD.decode(body["hashes"][0]["content"].as_str().unwrap()).unwrap();
    let digest = if fake.manner == Manner::OtherDigest { vec![7; 32] } else { asked };
    let who = match fake.manner {
        Manner::OtherRun => signer(&fake.authority, "5.126.663-3", 300),
        Manner::Ended => signer(&fake.authority, run, -2),
        Manner::ForeignChain => signer(&fake.foreign, run, 300),
        _ => signer(&fake.authority, run, 300),
    };
    let mut cms = pades(&who, &digest).unwrap();
    match fake.manner {
        Manner::Damaged => *cms.last_mut().unwrap() ^= 1,
        Manner::Oversized => cms = grown(&cms),
        _ => {}
    }
    let item = json!({"content": STANDARD.encode(cms), "status": "OK"});
    let good = json!({"hashes": [item], "idSolicitud": 7, "status": 200});
    let refused = |status: u16, error: &str| {
        (StatusCode::from_u16(status).unwrap(), Json(json!({"status": status, "error": error})))
            .into_response()
    };
    match fake.manner {
        Manner::NotSigned => {
            Json(json!({"hashes": [{"status": "error"}], "metadata": {"signedFailed": 1}})).into_response()
        }
        Manner::TwoForOne => Json(json!({"hashes": [item, item]})).into_response(),
        Manner::Gateway => (StatusCode::GATEWAY_TIMEOUT, "<html>").into_response(),
        Manner::Truncated => {
            let half = good.to_string().into_bytes()[..200].to_vec();
            let parts = [Ok(Bytes::from(half)), Err(std::io::Error::other("gone"))];
            Body::from_stream(futures_util::stream::iter(parts)).into_response()
        }
        Manner::Endless => Body::from_stream(futures_util::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 65_536]))
        }))
        .into_response(),
        Manner::Slow => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Json(good).into_response()
        }
        Manner::Elsewhere => (StatusCode::FOUND, [("location", "http://127.0.0.1:9/")]).into_response(),
        Manner::Expired => refused(400, "Fecha de expiración del token está vencida"),
        Manner::Unknown => refused(404, "Error data servicio y/o propósito"),
        _ => Json(good).into_response(),
    }
}

async fn fake(manner: Manner) -> (Arc<Fake>, FirmaGobSettings) {
    let (authority, foreign) = (Authority::new(Algorithm::P256), Authority::new(Algorithm::P256));
    let trusted = vec![authority.root.clone()];
    let fake = Arc::new(Fake { manner, authority, foreign, asked: AtomicU32::new(0) });
    let router = Router::new().route("/firma/v2/files/tickets", post(answer)).with_state(Arc::clone(&fake));
    (fake, settings(&serve(router).await, trusted))
}

async fn against(
    manner: Manner,
    seal: impl AsyncFn(&Signing) -> Result<Vec<u8>>,
) -> (Arc<Fake>, Signing, Result<Vec<u8>>) {
    let (fake, settings) = fake(manner).await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let clock = Arc::new(copihue_core::ManualClock::new(now()));
    let signing = ours(&test, &clock, settings).await;
    let result = seal(&signing).await;
    (fake, signing, result)
}

async fn unattended(signing: &Signing) -> Result<Vec<u8>> {
    signing.seal_pdf(CITY, classic_pdf(), options(Level::B)).await.map(|s| s.bytes)
}

async fn attended(signing: &Signing) -> Result<Vec<u8>> {
    let who: Actor = actor();
    signing.sign_pdf_as(&who, "123456", classic_pdf(), options(Level::B)).await.map(|s| s.bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_answer_that_is_not_what_was_asked_for_is_thrown_away_and_not_asked_again() {
    for (manner, code, outcome) in [
        (Manner::OtherDigest, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::OtherRun, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Ended, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::ForeignChain, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Oversized, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Damaged, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::TwoForOne, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::Elsewhere, "firmagob_respuesta", "respuesta_incorrecta"),
        (Manner::NotSigned, "firmagob_contenido", "contenido"),
        (Manner::Expired, "firmagob_reloj", "reloj"),
        (Manner::Unknown, "firmagob_configuracion", "configuracion"),
    ] {
        let (fake, signing, result) = against(manner, unattended).await;
        let error: Error = result.unwrap_err();
        assert_eq!(error.code(), code, "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 1, "{manner:?}");
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        assert_eq!((kept.len(), kept[0].outcome.as_str()), (1, outcome), "{manner:?}");
        assert!(signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().is_empty());
    }
    assert!(against(Manner::Honest, unattended).await.2.is_ok());
    assert!(against(Manner::Honest, attended).await.2.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_without_an_answer_a_seal_is_asked_for_again_and_a_code_never() {
    for manner in [Manner::Gateway, Manner::Truncated, Manner::Endless, Manner::Slow] {
        let (fake, signing, result) = against(manner, unattended).await;
        assert_eq!(result.unwrap_err().code(), "firmagob_no_responde", "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 3, "{manner:?}");
        assert_eq!(signing.firmagob_requests(CITY).await.unwrap().len(), 3);
        let (fake, _, result) = against(manner, attended).await;
        assert_eq!(result.unwrap_err().code(), "firmagob_no_responde", "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), 1, "{manner:?}");
    }
    // After five of them nobody is asked any more.
    let (fake, signing, _) = against(Manner::Gateway, unattended).await;
    assert_eq!(unattended(&signing).await.unwrap_err().code(), "firmagob_en_pausa");
    assert_eq!(attended(&signing).await.unwrap_err().code(), "firmagob_en_pausa");
    assert_eq!(fake.asked.load(Ordering::Relaxed), 5);
    assert_eq!(signing.firmagob_requests(CITY).await.unwrap().len(), 5);
}
