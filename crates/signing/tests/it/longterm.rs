//! Long-term levels: what revocation data and archive timestamps prove, here and to foreign programs.

use std::sync::Arc;

use axum::http::Method;
use copihue_core::{Clock, ManualClock, SystemClock, Timestamp};
use copihue_db::testing::TestDb;
use copihue_signing::keys::Algorithm;
use copihue_signing::pdf::{ValidationData, append_dss};
use copihue_signing::pki::{
    Certificate, OcspQuestion, Profile, RevocationReason, Standing, answer_ocsp, issue_crl,
};
use copihue_signing::verify::{Indication, Outcome, SubIndication, verify_pdf};
use copihue_signing::{Level, MIGRATIONS, Mode, NoEvidence, SealOptions, SignedFile, Signing};
use copihue_web::testing::TestClient;

use crate::foreign::cut;
use crate::service::{CITY, actor, official, open, set_up};
use crate::support::{Authority, Bench, classic_pdf, now, stream_pdf, text};

const YEAR_S: i64 = 365 * 86_400;

pub(crate) struct Place {
    pub(crate) signing: Signing,
    pub(crate) clock: Arc<ManualClock>,
    client: TestClient,
    pub(crate) bench: Bench,
    pub(crate) test: TestDb,
}

/// A deployment by the machine's own clock, which foreign programs go by.
pub(crate) async fn place() -> Place {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    test.migrate(&[MIGRATIONS, copihue_web::MIGRATIONS]).unwrap();
    let clock = Arc::new(ManualClock::new(SystemClock::default().now()));
    let signing = open(&test.db(), &clock, Mode::Demo, Arc::new(NoEvidence)).await;
    set_up(&signing).await;
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let face = copihue_web::testing::web(test.db(), shared, Arc::new(copihue_web::NoHats));
    let client = TestClient::new(&face.router(vec![signing.routes(), signing.contracts()]));
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("ca.pem", signing.root().unwrap().to_pem().as_bytes());
    bench.put("issuing.pem", signing.issuing().unwrap().to_pem().as_bytes());
    Place { signing, clock, client, bench, test }
}

async fn sealed(place: &Place, pdf: Vec<u8>, level: Level) -> SignedFile {
    let options = SealOptions { level, ..SealOptions::because("prueba") };
    let sealed = place.signing.seal_pdf(CITY, pdf, options).await.unwrap();
    assert_eq!((sealed.level_asked, sealed.level_reached, sealed.shortfall), (level, level, None));
    sealed
}

/// The certificate of this name that travels with a signature, as openssl finds it.
pub(crate) fn certificate(bench: &Bench, pdf: &[u8], name: &str) -> Option<Certificate> {
    bench.put("s.p7s", &cut(pdf).1);
    let output = bench.run("openssl", &["pkcs7", "-inform", "DER", "-in", "s.p7s", "-print_certs"])?;
    Certificate::many_from_pem(&text(&output)).unwrap().into_iter().find(|c| c.common_name() == name)
}

const CERTIFICATE: [&str; 2] = ["-cert", "c.pem"];

impl Place {
    /// Asks as openssl does, over GET or POST, and lets openssl judge the answer.
    async fn ask(&mut self, hash: &[&str], which: [&str; 2], by_get: bool) -> Option<String> {
        let question =
            [&["ocsp"][..], hash, &["-issuer", "issuing.pem"], &which, &["-reqout", "q.der"]].concat();
        self.bench.run("openssl", &question)?;
        let request = std::fs::read(self.bench.0.path().join("q.der")).unwrap();
        let reply = if by_get {
            use base64::Engine as _;
            let text = base64::engine::general_purpose::STANDARD.encode(&request);
            let text = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            self.client.get_raw(&format!("/pki/ocsp/{text}")).await.expect(200)
        } else {
            self.client
                .send(Method::POST, "/pki/ocsp", Some("application/ocsp-request"), request)
                .await
                .expect(200)
        };
        assert_eq!(reply.header("content-type"), Some("application/ocsp-response"));
        self.bench.put("r.der", &reply.body);
        let known = ["-respin", "r.der", "-CAfile", "ca.pem", "-verify_other", "issuing.pem"];
        // With the question, openssl compares the nonces; without, it says what the answer is.
        let said = text(&self.bench.run("openssl", &[&["ocsp", "-reqin", "q.der"][..], &known].concat())?);
        assert!(said.contains("Response verify OK") && !said.contains("Nonce"), "{said}");
        let about = ["-no_nonce", "-issuer", "issuing.pem"];
        Some(text(&self.bench.run("openssl", &[&["ocsp"][..], hash, &about, &which, &known].concat())?))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_openssl_asks_whether_a_certificate_counts_and_reads_the_list() {
    let mut place = place().await;
    let code = place.signing.current_code(CITY, official()).await.unwrap();
    let bare = SealOptions { level: Level::B, ..SealOptions::default() };
    let signed = place.signing.sign_pdf_as(&actor(), &code, classic_pdf(), bare).await.unwrap();
    let Some(holder) = certificate(&place.bench, &signed.bytes, "María Ñancupil") else { return };
    place.bench.put("c.pem", holder.to_pem().as_bytes());
    for hash in [&[][..], &["-sha256"][..]] {
        for by_get in [false, true] {
            let said = place.ask(hash, CERTIFICATE, by_get).await.unwrap();
            assert!(said.contains("Response verify OK") && said.contains("c.pem: good"), "{said}");
        }
    }
    place.signing.revoke_holder(CITY, official(), RevocationReason::KeyCompromise).await.unwrap();
    let said = place.ask(&["-sha256"], CERTIFICATE, false).await.unwrap();
    assert!(said.contains("c.pem: revoked") && said.contains("Reason: keyCompromise"), "{said}");
    // Never issued here.
    let said = place.ask(&[], ["-serial", "0x1234"], false).await.unwrap();
    assert!(said.contains("0x1234: unknown"), "{said}");
    let issuing = place.signing.issuing().unwrap().key_id();
    let root = place.signing.root().unwrap().key_id();
    for (id, by) in [(issuing, "issuing.pem"), (root, "ca.pem")] {
        let list = place.client.get(&format!("/pki/{id}.crl")).await.expect(200);
        place.bench.put("list.crl", &list.body);
        let output = place
            .bench
            .run("openssl", &["crl", "-inform", "DER", "-in", "list.crl", "-CAfile", by, "-noout", "-text"])
            .unwrap();
        let said = text(&output);
        assert!(said.contains("verify OK"), "{said}");
        let is_listed = said.contains(&holder.serial().to_uppercase());
        assert_eq!(is_listed, by == "issuing.pem", "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_questions_that_are_none_or_of_another_authority_are_refused() {
    let mut place = place().await;
    let refused = async |place: &mut Place, body: Vec<u8>| {
        place.client.send(Method::POST, "/pki/ocsp", None, body).await.expect(200).body.to_vec()
    };
    assert_eq!(refused(&mut place, b"nada".to_vec()).await, [0x30, 3, 0x0a, 1, 1]);
    assert_eq!(place.client.get_raw("/pki/ocsp/nada").await.expect(200).body.to_vec(), [0x30, 3, 0x0a, 1, 1]);
    let other = Authority::new(Algorithm::P256);
    place.bench.put("issuing.pem", other.issuing.to_pem().as_bytes());
    place.bench.put("c.pem", other.seal().certificate().to_pem().as_bytes());
    let question = ["ocsp", "-issuer", "issuing.pem", "-cert", "c.pem", "-reqout", "q.der"];
    if place.bench.run("openssl", &question).is_none() {
        return;
    }
    let request = std::fs::read(place.bench.0.path().join("q.der")).unwrap();
    assert_eq!(refused(&mut place, request).await, [0x30, 3, 0x0a, 1, 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_pyhanko_judges_long_term_signatures_valid_offline() {
    let place = place().await;
    for pdf in [classic_pdf(), stream_pdf()] {
        for level in [Level::LT, Level::LTA] {
            let sealed = sealed(&place, pdf.clone(), level).await;
            place.bench.put("f.pdf", &sealed.bytes);
            let offline =
                ["sign", "adesverify", "--trust", "ca.pem", "--trust-replace", "--pretty-print", "f.pdf"];
            if let Some(output) = place.bench.run("pyhanko", &offline) {
                let said = text(&output);
                assert!(output.status.success() && said.contains("judged VALID"), "{level:?} {said}");
            }
            let simple = [
                "sign",
                "validate",
                "--trust",
                "ca.pem",
                "--trust-replace",
                "--no-revocation-check",
                "f.pdf",
            ];
            if let Some(output) = place.bench.run("pyhanko", &simple) {
                let said = text(&output);
                assert!(output.status.success() && said.contains("EXTENDED_WITH_LTA_UPDATES"), "{said}");
                assert!(said.contains("TIMESTAMP_TOKEN<INTACT:TRUSTED>"), "{said}");
            }
            if let Some(output) = place.bench.run("pdfsig", &["-nocert", "f.pdf"]) {
                assert!(text(&output).contains("Signature is Valid."), "{}", text(&output));
            }
            if let Some(output) = place.bench.run("qpdf", &["--check", "f.pdf"]) {
                assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_each_level_is_recognised_and_nothing_more_is_claimed() {
    let place = place().await;
    let trust = place.signing.trust();
    for level in [Level::B, Level::T, Level::LT, Level::LTA] {
        let sealed = sealed(&place, classic_pdf(), level).await;
        let verdict = verify_pdf(&sealed.bytes, &trust, sealed.signed_at);
        assert!(verdict.is_genuine(), "{verdict:?}");
        assert_eq!(verdict.signatures[0].level, level.name());
        assert_eq!(verdict.document_timestamps.len(), usize::from(level == Level::LTA));
        assert_eq!(verdict.signatures[0].revocation.is_empty(), level < Level::LT);
    }
    // Who cuts the validation data off leaves a signature that proves less.
    let long = sealed(&place, classic_pdf(), Level::LT).await;
    let end = long.bytes.windows(5).position(|w| w == b"%%EOF").unwrap();
    let end = long.bytes[end + 5..].windows(5).position(|w| w == b"%%EOF").unwrap() + end + 5 + 6;
    let verdict = verify_pdf(&long.bytes[..end], &trust, long.signed_at);
    assert_eq!((verdict.outcome, verdict.signatures[0].level), (Outcome::Genuine, "B-T"));
    // A later signature leaves the first at its level.
    place.clock.advance_millis(60_000);
    let twice = sealed(&place, long.bytes, Level::LT).await;
    let verdict = verify_pdf(&twice.bytes, &trust, twice.signed_at);
    assert!(verdict.is_genuine(), "{verdict:?}");
    assert_eq!(verdict.signatures.iter().map(|s| s.level).collect::<Vec<_>>(), ["B-LT", "B-LT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_no_byte_of_an_archived_pdf_can_change_unseen() {
    let place = place().await;
    let trust = place.signing.trust();
    let sealed = sealed(&place, classic_pdf(), Level::LTA).await;
    for at in (0..sealed.bytes.len()).step_by(41) {
        let mut changed = sealed.bytes.clone();
        changed[at] ^= [0x01, 0x20, 0xff][at % 3];
        let verdict = verify_pdf(&changed, &trust, sealed.signed_at);
        let passed = verdict.is_genuine()
            && verdict
                .signatures
                .iter()
                .any(|s| s.indication == Indication::TotalPassed && s.level == "B-LTA");
        assert!(!passed, "byte {at} of {}: {verdict:?}", sealed.bytes.len());
    }
}

/// A stamped signature with an OCSP answer of our own making.
fn with_standing(authority: &Authority, standing: Standing, at: Timestamp, by_responder: bool) -> Vec<u8> {
    let (pdf, certificate) = authority.stamped_by(&authority.holder(), &classic_pdf(), now());
    let name = "Respuestas de prueba".to_owned();
    let profile = Profile::OcspResponder { name, organisation: "Copihue".into() };
    let (from, until) = (now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let responder = if by_responder { authority.issue(&profile, from, until) } else { authority.seal() };
    let question = OcspQuestion::about(&certificate, &authority.issuing);
    let answer = answer_ocsp(&responder, &question, &[standing], at, at.plus_seconds(3600)).unwrap();
    let crl = issue_crl(&authority.root, &authority.root_key, &[], 1, at, at.plus_seconds(86_400)).unwrap();
    // Of the timestamp authority nothing is said.
    append_dss(&pdf, &ValidationData { ocsps: vec![answer], crls: vec![crl], ..ValidationData::default() })
        .unwrap()
}

#[test]
fn sig_04_an_answer_in_the_file_that_says_revoked_counts_and_one_by_nobody_does_not() {
    let authority = Authority::new(Algorithm::P256);
    let trust = authority.trust();
    let revoked = Standing::Revoked(now().plus_seconds(-60), RevocationReason::KeyCompromise);
    let pdf = with_standing(&authority, revoked, now(), true);
    let verdict = verify_pdf(&pdf, &trust, now());
    assert_eq!(verdict.signatures[0].sub_indication, Some(SubIndication::Revoked));
    // Revoked after the timestamp: the signature came first.
    let later = Standing::Revoked(now().plus_seconds(600), RevocationReason::KeyCompromise);
    let verdict = verify_pdf(&with_standing(&authority, later, now().plus_seconds(700), true), &trust, now());
    assert!(verdict.is_genuine(), "{verdict:?}");
    // A seal's certificate is nobody to answer for its authority.
    let verdict = verify_pdf(&with_standing(&authority, revoked, now(), false), &trust, now());
    assert!(verdict.is_genuine() && verdict.signatures[0].level != "B-LT", "{verdict:?}");
    // Good, but of the timestamp authority nothing is said: not the long-term level.
    let verdict = verify_pdf(&with_standing(&authority, Standing::Good, now(), true), &trust, now());
    assert_eq!((verdict.is_genuine(), verdict.signatures[0].level), (true, "B-T"));
}
