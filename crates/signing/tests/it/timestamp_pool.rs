//! The pool of authorities: slow, lying and silent ones, and what a signature says when none answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::post;
use copihue_core::{ManualClock, SystemRandom, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Certificate;
use copihue_signing::tsp::Authority as Stamps;
use copihue_signing::verify::{AnchorKind, verify_pdf};
use copihue_signing::{
    Level, MIGRATIONS, Mode, NoEvidence, SealOptions, Shortfall, Signing, Source, Timestamps, WhenShort,
};

use crate::service::{CITY, open_with, set_up, world};
use crate::support::{Authority, Bench, classic_pdf, now, text};

/// How a foreign authority behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    Slow,
    /// Answers with a token over something else.
    Lying,
    /// Repeats the first answer that it ever gave.
    Replaying,
    Garbage,
    Failing,
    /// By a clock that is a day behind.
    Late,
}

struct Foreign {
    manner: Manner,
    stamps: Stamps,
    first: std::sync::Mutex<Option<Vec<u8>>>,
    asked: AtomicU32,
}

async fn answer(State(foreign): State<Arc<Foreign>>, body: Bytes) -> Result<Vec<u8>, StatusCode> {
    foreign.asked.fetch_add(1, Ordering::Relaxed);
    let at = if foreign.manner == Manner::Late { now().plus_seconds(-7200) } else { now() };
    let mut question = body.to_vec();
    match foreign.manner {
        Manner::Slow => tokio::time::sleep(Duration::from_secs(30)).await,
        Manner::Failing => return Err(StatusCode::INTERNAL_SERVER_ERROR),
        Manner::Garbage => return Ok(b"<html>".to_vec()),
        Manner::Lying => question[30] ^= 1,
        Manner::Honest | Manner::Replaying | Manner::Late => {}
    }
    let reply = foreign.stamps.answer(&question, at, &SystemRandom).unwrap().0;
    let mut first = foreign.first.lock().unwrap();
    let first = first.get_or_insert_with(|| reply.clone()).clone();
    Ok(if foreign.manner == Manner::Replaying { first } else { reply })
}

/// A running authority: its address, its root, and how often it was asked.
async fn foreign(manner: Manner) -> (Source, Certificate, Arc<Foreign>) {
    let authority = Authority::new(Algorithm::P256);
    let stamps = authority.stamps(now().plus_seconds(-86_400), now().plus_seconds(86_400));
    let foreign = Arc::new(Foreign { manner, stamps, first: Default::default(), asked: AtomicU32::new(0) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    let app = Router::new().route("/tsa", post(answer)).with_state(Arc::clone(&foreign));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (Source::Remote(url), authority.root, foreign)
}

/// A service whose timestamps come from these, and that knows all their roots.
async fn service(test: &TestDb, sources: Vec<Source>, roots: Vec<Certificate>) -> Signing {
    test.migrate(&[MIGRATIONS]).unwrap();
    let clock = Arc::new(ManualClock::new(now()));
    let timestamps = Timestamps { sources, timeout: Duration::from_millis(400), ..Timestamps::default() };
    let anchors = roots.into_iter().map(|r| (r, AnchorKind::Other).into()).collect();
    let signing =
        open_with(&test.db(), &clock, Mode::Demo, Arc::new(NoEvidence), (timestamps, anchors)).await;
    set_up(&signing).await;
    signing
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_the_next_authority_is_asked_when_one_is_slow_lying_or_down() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let manners =
        [Manner::Slow, Manner::Lying, Manner::Replaying, Manner::Garbage, Manner::Failing, Manner::Late];
    let (mut sources, mut roots, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for manner in manners.into_iter().chain([Manner::Honest]) {
        let (source, root, running) = foreign(manner).await;
        sources.push(source);
        roots.push(root);
        all.push(running);
    }
    // Nobody listens there.
    sources.insert(0, Source::Remote("http://127.0.0.1:9/tsa".into()));
    let signing = service(&test, sources, roots).await;
    // The one that repeats itself answers its first question well.
    all[2].first.lock().unwrap().replace(b"0\x030\x01\0".to_vec());
    let started = Instant::now();
    let sealed = signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(
        (sealed.level_asked, sealed.level_reached, sealed.shortfall),
        (Level::LT, Level::T, Some(Shortfall::NoRevocationData))
    );
    assert!(all.iter().all(|f| f.asked.load(Ordering::Relaxed) == 1));
    let verdict = verify_pdf(&sealed.bytes, &signing.trust(), now());
    assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-T", "{verdict:?}");
    // Those that failed rest: the next signature goes straight to the one that answered.
    signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
    assert_eq!(all[0].asked.load(Ordering::Relaxed), 1);
    assert_eq!(all[6].asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_replayed_token_or_one_of_an_unknown_root_is_not_taken() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let (source, root, running) = foreign(Manner::Replaying).await;
    let signing = service(&test, vec![source], vec![root]).await;
    let reached = async |signing: &Signing| {
        signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap().level_reached
    };
    assert_eq!(reached(&signing).await, Level::T);
    assert_eq!(reached(&signing).await, Level::B);
    assert_eq!(running.asked.load(Ordering::Relaxed), 2);
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let (source, _, _) = foreign(Manner::Honest).await;
    assert_eq!(reached(&service(&test, vec![source], vec![]).await).await, Level::B);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_a_missing_timestamp_is_said_or_the_signature_refused() {
    for test in engines() {
        let signing = service(&test, vec![Source::Remote("http://127.0.0.1:9/tsa".into())], vec![]).await;
        let sealed = signing.seal_pdf(CITY, classic_pdf(), SealOptions::default()).await.unwrap();
        assert_eq!((sealed.level_asked, sealed.level_reached), (Level::LT, Level::B));
        assert_eq!(sealed.shortfall, Some(Shortfall::NoTimestamp));
        let uses = signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap();
        assert_eq!(uses[0].levels, Some((Level::LT, Level::B)));
        let strict = SealOptions { when_short: WhenShort::Refuse, ..SealOptions::default() };
        let refused = signing.seal_pdf(CITY, classic_pdf(), strict).await.unwrap_err();
        assert_eq!(refused.code(), "nivel_no_alcanzado");
        assert_eq!(signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().len(), 1);
        let plain = SealOptions { level: Level::B, ..SealOptions::default() };
        let sealed = signing.seal_pdf(CITY, classic_pdf(), plain).await.unwrap();
        assert_eq!((sealed.level_reached, sealed.shortfall), (Level::B, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_the_authority_answers_over_http_and_its_uses_are_logged() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    test.migrate(&[copihue_web::MIGRATIONS]).unwrap();
    let world = world(&test).await;
    let clock = Arc::clone(&world.clock) as Arc<dyn copihue_core::Clock>;
    let face = copihue_web::testing::web(test.db(), clock, Arc::new(copihue_web::NoHats));
    let mut client = copihue_web::testing::TestClient::new(
        &face.router(vec![world.signing.routes(), world.signing.contracts()]),
    );
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("doc", b"un documento");
    bench.put("ca.pem", world.signing.root().unwrap().to_pem().as_bytes());
    let query = ["ts", "-query", "-data", "doc", "-sha256", "-cert", "-out", "q.tsq"];
    if bench.run("openssl", &query).is_none() {
        return;
    }
    let question = std::fs::read(bench.0.path().join("q.tsq")).unwrap();
    let reply =
        client.send(Method::POST, "/tsa", Some("application/timestamp-query"), question).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/timestamp-reply"));
    bench.put("r.tsr", &reply.body);
    let at = copihue_core::Clock::now(&*world.clock).millis() / 1000;
    let verify =
        ["ts", "-verify", "-data", "doc", "-in", "r.tsr", "-CAfile", "ca.pem", "-attime", &at.to_string()];
    let said = text(&bench.run("openssl", &verify).unwrap());
    assert!(said.contains("Verification: OK"), "{said}");
    let garbage = client.send(Method::POST, "/tsa", None, b"nada".to_vec()).await.expect(200);
    assert!(garbage.body.len() < 200);
    assert_eq!(client.get("/tsa").await.status, 405);
    world.signing.write_stamp_log().await.unwrap();
    let hours = world.signing.stamp_hours(Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(hours.iter().map(|h| h.given).collect::<Vec<_>>(), [1]);
}
