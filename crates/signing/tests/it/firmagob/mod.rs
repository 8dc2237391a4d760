//! FirmaGob as the engine: our own server is the State's, over HTTP; and servers that misbehave.

mod bulk;
mod desk;
mod fake;
mod xml;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use copihue_core::{Clock, Secret, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Certificate;
use copihue_signing::verify::{AnchorKind, verify_jws, verify_pdf};
use copihue_signing::{
    FirmaGobSettings, Level, MIGRATIONS, Mode, NoEvidence, Order, RevocationSource, SANDBOX, SealOptions,
    Shape, Shortfall, Signing, Timestamps, WhenShort,
};

use crate::service::{CITY, actor, open_with};
use crate::support::{Authority, Bench, classic_pdf, stream_pdf, text};
use crate::tickets::{Contract, ENTITY, INSTITUTION, SECRET, contract};

/// A running server's address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The State's service: our own server, whole.
pub(crate) async fn state() -> (Contract, String) {
    let contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let clock = Arc::clone(&contract.clock) as Arc<dyn Clock>;
    let face = copihue_web::testing::web(contract.test.db(), clock, Arc::new(copihue_web::NoHats));
    let url = serve(face.router(vec![contract.signing.contracts(), contract.signing.routes()])).await;
    (contract, url)
}

pub(crate) fn settings(url: &str, trusted: Vec<Certificate>) -> FirmaGobSettings {
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
pub(crate) async fn ours(
    test: &TestDb,
    clock: &Arc<copihue_core::ManualClock>,
    settings: FirmaGobSettings,
) -> Signing {
    test.migrate(&[MIGRATIONS]).unwrap();
    let anchors = settings.trusted.iter().take(1).map(|c| (c.clone(), AnchorKind::State).into()).collect();
    let signing =
        open_with(&test.db(), clock, Mode::Live, Arc::new(NoEvidence), (Timestamps::default(), anchors))
            .await;
    signing.ensure_authority().await.unwrap();
    signing.use_firmagob(settings).unwrap();
    signing
}

pub(crate) fn chain(contract: &Contract) -> Vec<Certificate> {
    vec![contract.signing.root().unwrap(), contract.signing.issuing().unwrap()]
}

pub(crate) fn options(level: Level) -> SealOptions {
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
