//! Signatures that stayed below the level asked for, raised later.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use copihue_core::{Clock, ManualClock, SystemClock, VerificationCode};
use copihue_db::Db;
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::testing::{TestDb, engines};
use copihue_signing::keys::Algorithm;
use copihue_signing::model::rendition::Rendition;
use copihue_signing::verify::verify_pdf;
use copihue_signing::{
    IssuedDocument, Level, MIGRATIONS, Mode, NoEvidence, RevocationSource, SealOptions, Shortfall, Show,
    SignedFile, Signing, Source, Timestamps,
};

use crate::firmagob::{chain, ours, serve, settings, state};
use crate::service::{CITY, open_with, set_up};
use crate::support::{Authority, Bench, classic_pdf, stream_pdf, text};

/// An authority of time that can be switched off: our own, by way of the network.
#[derive(Default)]
struct Stamps {
    signing: OnceLock<Signing>,
    is_up: AtomicBool,
}

async fn stamp(State(stamps): State<Arc<Stamps>>, body: Bytes) -> Result<Vec<u8>, StatusCode> {
    let signing = stamps.signing.get().filter(|_| stamps.is_up.load(Ordering::Relaxed));
    let signing = signing.ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    signing.answer_timestamp(&body).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

struct Place {
    signing: Signing,
    clock: Arc<ManualClock>,
    db: Db,
    blobs: Blobs,
    _files: tempfile::TempDir,
}

impl Place {
    fn of(signing: Signing, clock: &Arc<ManualClock>, db: Db) -> Self {
        let files = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(db.clone(), files.path());
        Self { signing, clock: Arc::clone(clock), db, blobs, _files: files }
    }

    async fn sealed(&self, pdf: Vec<u8>, level: Level) -> SignedFile {
        let options = SealOptions { level, ..SealOptions::because("Decreto") };
        self.signing.seal_pdf(CITY, pdf, options).await.unwrap()
    }

    async fn keep(&self, file: &SignedFile) {
        let staged = self.blobs.stage(file.bytes.clone()).await.unwrap();
        self.db.write(move |tx| staged.put(tx)).await.unwrap();
    }

    /// Whatever is due after so many minutes, by two processes.
    async fn after(&self, minutes: i64) {
        self.clock.advance_millis(minutes * 60_000);
        let worker = || {
            let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
            self.signing.raise_with(Worker::new(self.db.clone(), clock), &self.blobs)
        };
        let (one, other) = (worker(), worker());
        let (a, b) = tokio::join!(one.run_due(), other.run_due());
        a.and(b).unwrap();
    }

    async fn renditions(&self, file: &SignedFile) -> Vec<Rendition> {
        self.signing.renditions(file.sha256).await.unwrap()
    }

    fn level(&self, pdf: &[u8]) -> String {
        let verdict = verify_pdf(pdf, &self.signing.trust(), self.clock.now());
        assert!(verdict.is_genuine(), "{verdict:?}");
        verdict.signatures.last().unwrap().level.to_owned()
    }
}

/// What pyHanko says of a file without asking anybody.
fn judged_by_pyhanko(roots: &[u8], pdf: &[u8]) {
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("ca.pem", roots);
    bench.put("f.pdf", pdf);
    let offline = ["sign", "adesverify", "--trust", "ca.pem", "--trust-replace", "--pretty-print", "f.pdf"];
    if let Some(output) = bench.run("pyhanko", &offline) {
        assert!(text(&output).contains("judged VALID"), "{}", text(&output));
    }
    if let Some(output) = bench.run("qpdf", &["--check", "f.pdf"]) {
        assert!(output.status.success(), "{}", text(&output));
    }
}

async fn with_stamps(test: &TestDb) -> (Place, Arc<Stamps>) {
    test.migrate(&[MIGRATIONS]).unwrap();
    let stamps = Arc::new(Stamps::default());
    let url = serve(Router::new().route("/tsa", post(stamp)).with_state(Arc::clone(&stamps))).await;
    let clock = Arc::new(ManualClock::new(SystemClock::default().now()));
    let sources = vec![Source::Remote(format!("{url}/tsa"))];
    let timestamps = Timestamps { sources, timeout: Duration::from_millis(2_000), ..Timestamps::default() };
    let signing = open_with(&test.db(), &clock, Mode::Demo, Arc::new(NoEvidence), (timestamps, vec![])).await;
    set_up(&signing).await;
    stamps.signing.set(signing.clone()).unwrap();
    (Place::of(signing, &clock, test.db()), stamps)
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_signature_without_a_timestamp_is_raised_once_the_authority_answers_again() {
    for test in engines() {
        let (place, stamps) = with_stamps(&test).await;
        for pdf in [classic_pdf(), stream_pdf()] {
            stamps.is_up.store(false, Ordering::Relaxed);
            let signed = place.sealed(pdf, Level::LT).await;
            assert_eq!((signed.level_reached, signed.shortfall), (Level::B, Some(Shortfall::NoTimestamp)));
            place.keep(&signed).await;
            place.after(2).await;
            assert_eq!(place.renditions(&signed).await, []);
            stamps.is_up.store(true, Ordering::Relaxed);
            place.after(400).await;
            let [raised] = place.renditions(&signed).await[..] else { panic!("one rendition") };
            assert_eq!((raised.original, raised.level), (signed.sha256, Level::LT));
            // The original is what it was, and the raised file differs from it only where it may.
            let before = place.blobs.get(signed.sha256).await.unwrap();
            let after = place.blobs.get(raised.sha256).await.unwrap();
            assert_eq!((&before, after.len() as u64), (&signed.bytes, raised.size));
            let differ = before.iter().zip(&after).filter(|(a, b)| a != b);
            assert!(differ.clone().count() > 0 && differ.into_iter().all(|(_, b)| b.is_ascii_hexdigit()));
            assert_eq!((place.level(&before), place.level(&after)), ("B-B".into(), "B-LT".into()));
            judged_by_pyhanko(place.signing.root().unwrap().to_pem().as_bytes(), &after);
            // Nothing more is done, however often.
            place.after(400).await;
            assert_eq!(place.renditions(&signed).await.len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_17_a_raised_file_is_known_as_the_document_that_was_issued() {
    for test in engines() {
        let (place, stamps) = with_stamps(&test).await;
        let signed = place.sealed(classic_pdf(), Level::LTA).await;
        place.keep(&signed).await;
        let code = VerificationCode::new(&copihue_core::SystemRandom);
        let document = IssuedDocument {
            code,
            sha256: signed.sha256,
            institution: CITY.into(),
            institution_name: "Municipalidad de Puente Alto".into(),
            title: "Decreto 1".into(),
            kind: "decreto".into(),
            case: None,
            signers: vec![signed.signer.clone()],
            issued_at: signed.signed_at,
            show: Show::Metadata,
        };
        let signing = place.signing.clone();
        place.db.write(move |tx| signing.register_document(tx, &document)).await.unwrap();
        stamps.is_up.store(true, Ordering::Relaxed);
        place.after(5).await;
        let raised = place.renditions(&signed).await;
        assert_eq!(raised.iter().map(|r| r.level).collect::<Vec<_>>(), [Level::LTA]);
        let bytes = place.blobs.get(raised[0].sha256).await.unwrap();
        assert_eq!(place.level(&bytes), "B-LTA");
        judged_by_pyhanko(place.signing.root().unwrap().to_pem().as_bytes(), &bytes);
        let checked = place.signing.check_files(vec![("d.pdf".into(), bytes.into())]).await.unwrap();
        assert!(checked.is_same_file() && checked.verdict.is_genuine());
        assert_eq!(checked.registered.unwrap().issued.code, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_what_firmagob_signed_is_raised_once_its_authority_says_more() {
    for test in engines() {
        let (contract, url) = state().await;
        let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
        let place = Place::of(signing, &contract.clock, test.db());
        let signed = place.sealed(classic_pdf(), Level::LTA).await;
        assert_eq!((signed.level_reached, signed.shortfall), (Level::T, Some(Shortfall::NoRevocationData)));
        place.keep(&signed).await;
        place.after(2).await;
        assert_eq!(place.renditions(&signed).await, []);
        let issuers = [contract.signing.root().unwrap(), contract.signing.issuing().unwrap()];
        let list = |issuer: copihue_signing::pki::Certificate| RevocationSource {
            crl: Some(format!("{url}/pki/{}.crl", issuer.key_id())),
            ocsp: None,
            issuer,
        };
        // The list of an authority that is younger than the signature is enough.
        place.signing.use_revocation(issuers.into_iter().map(list).collect()).unwrap();
        place.after(60).await;
        let [raised] = place.renditions(&signed).await[..] else { panic!("one rendition") };
        assert_eq!(raised.level, Level::LTA);
        let bytes = place.blobs.get(raised.sha256).await.unwrap();
        assert!(bytes.starts_with(&signed.bytes), "nothing of the signed file changed");
        assert_eq!(place.level(&bytes), "B-LTA");
        let roots =
            [contract.signing.root().unwrap().to_pem(), place.signing.root().unwrap().to_pem()].concat();
        judged_by_pyhanko(roots.as_bytes(), &bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_what_is_not_kept_or_has_lost_its_certificate_is_left_as_it_is() {
    for test in engines() {
        let (place, stamps) = with_stamps(&test).await;
        let nobodys = place.sealed(classic_pdf(), Level::LT).await;
        let late = place.sealed(stream_pdf(), Level::LT).await;
        place.keep(&late).await;
        place.after(3).await;
        // Four years later its certificate has ended: a timestamp from then on would prove nothing.
        place.after(4 * 365 * 1_440).await;
        stamps.is_up.store(true, Ordering::Relaxed);
        place.after(10_000).await;
        assert_eq!(place.renditions(&late).await, []);
        place.keep(&nobodys).await;
        place.after(10_000).await;
        assert_eq!(place.renditions(&nobodys).await, []);
    }
}
